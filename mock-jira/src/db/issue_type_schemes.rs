//! Table `issue_type_scheme`.

use super::Work;
use crate::domain::config::IssueTypeScheme;

/// Stores a scheme, new or changed.
pub async fn put(db: &mut Work, scheme: &IssueTypeScheme) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO issue_type_scheme (site_id, id, name, description, is_default, default_type_id, type_ids)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, default_type_id = $6, type_ids = $7",
        site_id,
        scheme.id,
        scheme.name,
        scheme.description,
        scheme.is_default,
        scheme.default_type_id,
        &scheme.type_ids
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Makes a project follow a scheme.
pub async fn assign(db: &mut Work, project_id: i64, scheme_id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE project SET issue_type_scheme_id = $3 WHERE site_id = $1 AND id = $2",
        site_id,
        project_id,
        scheme_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a scheme that no project follows.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM issue_type_scheme WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
