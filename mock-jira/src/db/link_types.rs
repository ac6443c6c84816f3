//! Table `issue_link_type`; it is read with the snapshot.

use super::Work;
use crate::domain::config::IssueLinkType;

/// Stores a new type.
pub async fn insert(db: &mut Work, kind: &IssueLinkType) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO issue_link_type (site_id, id, name, inward, outward) VALUES ($1, $2, $3, $4, $5)",
        site_id,
        kind.id,
        kind.name,
        kind.inward,
        kind.outward
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Changes a type; whether it was still there.
pub async fn update(db: &mut Work, kind: &IssueLinkType) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE issue_link_type SET name = $3, inward = $4, outward = $5 WHERE site_id = $1 AND id = $2",
        site_id,
        kind.id,
        kind.name,
        kind.inward,
        kind.outward
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes a type with its links; whether it was still there.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!("DELETE FROM issue_link_type WHERE site_id = $1 AND id = $2", site_id, id)
        .execute(db.sql())
        .await?;
    Ok(done.rows_affected() == 1)
}
