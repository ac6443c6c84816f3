//! Table `status`.

use super::Work;
use crate::domain::config::Status;

/// Stores a new status, or the name, description and category of one.
pub async fn put(db: &mut Work, status: &Status) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO status (site_id, id, name, description, icon, category, project_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, category = $6",
        site_id,
        status.id,
        status.name,
        status.description,
        status.icon,
        status.category,
        status.project_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes statuses that no workflow has.
pub async fn delete(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM status WHERE site_id = $1 AND id = ANY($2)", site_id, ids).execute(db.sql()).await?;
    Ok(())
}
