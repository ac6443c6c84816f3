//! Table `resolution`.

use super::Work;
use crate::domain::config::Resolution;

/// Stores a new resolution, below all others, or the name and description of one.
pub async fn put(db: &mut Work, resolution: &Resolution) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO resolution (site_id, id, name, description, position)
         VALUES ($1, $2, $3, $4, (SELECT coalesce(max(position), -1) + 1 FROM resolution WHERE site_id = $1))
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4",
        site_id,
        resolution.id,
        resolution.name,
        resolution.description
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Makes one resolution the default, or none.
pub async fn set_default(db: &mut Work, id: Option<i64>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE resolution SET is_default = coalesce(id = $2, false) WHERE site_id = $1 AND is_default <> coalesce(id = $2, false)",
        site_id,
        id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Puts all resolutions in an order.
pub async fn arrange(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE resolution SET position = place - 1 FROM unnest($2::bigint[]) WITH ORDINALITY AS wanted(id, place)
         WHERE site_id = $1 AND resolution.id = wanted.id",
        site_id,
        ids
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a resolution that no issue and no workflow has any more.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM resolution WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
