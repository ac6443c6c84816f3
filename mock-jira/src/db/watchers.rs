//! Table `watcher`: who watches which issue.

use super::{Read, Work};

/// Account ids of all who watch an issue, in a stable order.
pub async fn list(db: &mut Read, issue_id: i64) -> sqlx::Result<Vec<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT account_id FROM watcher WHERE site_id = $1 AND issue_id = $2 ORDER BY account_id",
        site_id,
        issue_id
    )
    .fetch_all(db.sql())
    .await
}

/// Those of the issues that an account watches.
pub async fn watched(db: &mut Read, issue_ids: &[i64], account_id: &str) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT issue_id FROM watcher WHERE site_id = $1 AND issue_id = ANY($2) AND account_id = $3",
        site_id,
        issue_ids,
        account_id
    )
    .fetch_all(db.sql())
    .await
}

/// Makes an account watch an issue; no matter if it does already.
pub async fn insert(db: &mut Work, issue_id: i64, account_id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO watcher (site_id, issue_id, account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        site_id,
        issue_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Ends it; no matter if it was so.
pub async fn delete(db: &mut Work, issue_id: i64, account_id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "DELETE FROM watcher WHERE site_id = $1 AND issue_id = $2 AND account_id = $3",
        site_id,
        issue_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
