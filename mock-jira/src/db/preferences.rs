//! Tables `preference`, `user_columns`: what accounts have chosen for themselves.

use super::{Read, Work};

/// A preference that an account has set.
pub async fn find(db: &mut Read, account_id: &str, key: &str) -> sqlx::Result<Option<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT value FROM preference WHERE site_id = $1 AND account_id = $2 AND key = $3",
        site_id,
        account_id,
        key
    )
    .fetch_optional(db.sql())
    .await
}

/// Sets a preference.
pub async fn put(db: &mut Work, account_id: &str, key: &str, value: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO preference (site_id, account_id, key, value) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site_id, account_id, key) DO UPDATE SET value = $4",
        site_id,
        account_id,
        key,
        value
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Removes a preference; whether it was set.
pub async fn delete(db: &mut Work, account_id: &str, key: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let deleted = sqlx::query!(
        "DELETE FROM preference WHERE site_id = $1 AND account_id = $2 AND key = $3",
        site_id,
        account_id,
        key
    )
    .execute(db.sql())
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// The columns that an account has chosen.
pub async fn find_columns(db: &mut Read, account_id: &str) -> sqlx::Result<Option<Vec<String>>> {
    let site_id = db.site_id;
    sqlx::query_scalar!("SELECT columns FROM user_columns WHERE site_id = $1 AND account_id = $2", site_id, account_id)
        .fetch_optional(db.sql())
        .await
}

/// Chooses an account's columns.
pub async fn put_columns(db: &mut Work, account_id: &str, columns: &[String]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO user_columns (site_id, account_id, columns) VALUES ($1, $2, $3)
         ON CONFLICT (site_id, account_id) DO UPDATE SET columns = $3",
        site_id,
        account_id,
        columns
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Goes back to the default columns.
pub async fn delete_columns(db: &mut Work, account_id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM user_columns WHERE site_id = $1 AND account_id = $2", site_id, account_id)
        .execute(db.sql())
        .await?;
    Ok(())
}
