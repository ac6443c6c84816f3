//! Table `workflow_scheme`.

use super::{Read, Work};
use crate::domain::config::WorkflowScheme;

/// Stores a new scheme.
pub async fn insert(db: &mut Work, scheme: &WorkflowScheme) -> anyhow::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO workflow_scheme (site_id, id, name, description, default_workflow_id, mappings)
         VALUES ($1, $2, $3, $4, $5, $6)",
        site_id,
        scheme.id,
        scheme.name,
        scheme.description,
        scheme.default_workflow_id,
        serde_json::to_value(&scheme.mappings)?
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a scheme that no project follows.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM workflow_scheme WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// Makes a project follow a scheme.
pub async fn assign(db: &mut Work, project_id: i64, scheme_id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE project SET workflow_scheme_id = $3 WHERE site_id = $1 AND id = $2",
        site_id,
        project_id,
        scheme_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Whether a project has an issue.
pub async fn has_issues(db: &mut Read, project_id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM issue WHERE site_id = $1 AND project_id = $2) AS "exists!""#,
        site_id,
        project_id
    )
    .fetch_one(db.sql())
    .await
}
