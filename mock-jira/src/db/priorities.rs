//! Table `priority`.

use super::Work;
use crate::domain::config::Priority;

/// Stores a new priority, below all others, or a changed one.
pub async fn put(db: &mut Work, priority: &Priority) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO priority (site_id, id, name, description, icon, avatar_id, status_color, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT coalesce(max(position), -1) + 1 FROM priority WHERE site_id = $1))
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, icon = $5, avatar_id = $6, status_color = $7",
        site_id,
        priority.id,
        priority.name,
        priority.description,
        priority.icon,
        priority.avatar_id,
        priority.status_color
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Puts all priorities in an order.
pub async fn arrange(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE priority SET position = place - 1 FROM unnest($2::bigint[]) WITH ORDINALITY AS wanted(id, place)
         WHERE site_id = $1 AND priority.id = wanted.id",
        site_id,
        ids
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a priority that no issue and no scheme has any more.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM priority WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
