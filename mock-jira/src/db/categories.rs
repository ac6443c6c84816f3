//! Table `project_category`.

use super::Work;
use crate::domain::config::ProjectCategory;

/// A category as it is now, locked for the rest of the transaction.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<Option<ProjectCategory>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        ProjectCategory,
        "SELECT id, name, description FROM project_category WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Stores a new category, or a changed one. A taken name breaks the constraint `project_category_name`.
pub async fn put(db: &mut Work, category: &ProjectCategory) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO project_category (site_id, id, name, description) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4",
        site_id,
        category.id,
        category.name,
        category.description
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a category; its projects have none then.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE project SET category_id = NULL WHERE site_id = $1 AND category_id = $2", site_id, id)
        .execute(db.sql())
        .await?;
    sqlx::query!("DELETE FROM project_category WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
