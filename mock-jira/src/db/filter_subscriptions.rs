//! Table `filter_subscription`. They are read with their filters.

use super::Work;
use serde::Deserialize;
use uuid::Uuid;

/// Somebody gets what a filter finds by mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subscription {
    /// Unique in the site.
    pub id: i64,
    /// Who subscribed.
    pub account_id: String,
    /// Whose members get it instead.
    pub group_id: Option<Uuid>,
}

/// Stores a subscription to a filter.
pub async fn insert(db: &mut Work, filter_id: i64, subscription: &Subscription) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO filter_subscription (site_id, id, filter_id, account_id, group_id) VALUES ($1, $2, $3, $4, $5)",
        site_id,
        subscription.id,
        filter_id,
        subscription.account_id,
        subscription.group_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a subscription; whether there was one.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!("DELETE FROM filter_subscription WHERE site_id = $1 AND id = $2", site_id, id);
    Ok(done.execute(db.sql()).await?.rows_affected() > 0)
}
