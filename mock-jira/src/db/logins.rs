//! Table `failed_login`: how often an account's login has failed since it last succeeded.

use super::{Read, Work};

/// How often it has.
pub async fn failed(db: &mut Read, account_id: &str) -> sqlx::Result<i32> {
    let site_id = db.site_id;
    let count = sqlx::query_scalar!(
        "SELECT count FROM failed_login WHERE site_id = $1 AND account_id = $2",
        site_id,
        account_id
    );
    Ok(count.fetch_optional(db.sql()).await?.unwrap_or_default())
}

/// It has once more.
pub async fn fail(db: &mut Work, account_id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO failed_login (site_id, account_id, count) VALUES ($1, $2, 1)
         ON CONFLICT (site_id, account_id) DO UPDATE SET count = failed_login.count + 1",
        site_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// It has succeeded.
pub async fn forget(db: &mut Work, account_id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM failed_login WHERE site_id = $1 AND account_id = $2", site_id, account_id)
        .execute(db.sql())
        .await?;
    Ok(())
}
