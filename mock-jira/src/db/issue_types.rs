//! Table `issue_type`, and where types are named.

use super::{Read, Work};
use crate::domain::config::IssueType;

/// Stores a new issue type, or the name, description and avatar of one.
pub async fn put(db: &mut Work, kind: &IssueType) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO issue_type (site_id, id, name, description, level, icon, avatar_id, project_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, avatar_id = $7",
        site_id,
        kind.id,
        kind.name,
        kind.description,
        kind.level,
        kind.icon,
        kind.avatar_id,
        kind.project_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Where issues of a type are: projects with the statuses of their issues.
pub async fn uses(db: &mut Read, id: i64) -> sqlx::Result<Vec<(i64, i64)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT DISTINCT project_id, status_id FROM issue WHERE site_id = $1 AND issue_type_id = $2",
        site_id,
        id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.status_id)).collect())
}

/// Some issues of projects that have one of the types.
pub async fn issues_of(db: &mut Read, project_ids: &[i64], type_ids: &[i64], limit: i64) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND project_id = ANY($2) AND issue_type_id = ANY($3) ORDER BY id LIMIT $4",
        site_id,
        project_ids,
        type_ids,
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// Deletes a type that no issue has any more, wherever it is named. A field's context for it alone stays
/// as it is: without any type it would be for all.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let text = id.to_string();
    sqlx::query!(
        "UPDATE issue_type_scheme SET type_ids = array_remove(type_ids, $2), default_type_id = nullif(default_type_id, $2)
         WHERE site_id = $1 AND $2 = ANY(type_ids)",
        site_id,
        id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE workflow_scheme SET mappings = mappings - $2::text WHERE site_id = $1 AND mappings ? $2::text",
        site_id,
        text
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE issue_type_screen_scheme SET mappings = mappings - $2::text WHERE site_id = $1 AND mappings ? $2::text",
        site_id,
        text
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE field_context SET issue_type_ids = array_remove(issue_type_ids, $2)
         WHERE site_id = $1 AND $2 = ANY(issue_type_ids) AND cardinality(issue_type_ids) > 1",
        site_id,
        id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM property WHERE site_id = $1 AND owner = 'issuetype' AND owner_id = $2", site_id, text)
        .execute(db.sql())
        .await?;
    sqlx::query!("DELETE FROM issue_type WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
