//! Table `property`: entity properties of anything (J-118).

use super::{Read, Work};
use serde_json::Value;

/// Sets a property; whether it is new.
pub async fn put(db: &mut Work, owner: &str, owner_id: &str, key: &str, value: &Value) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let created = sqlx::query_scalar!(
        r#"INSERT INTO property (site_id, owner, owner_id, key, value) VALUES ($1, $2, $3, $4, $5::text::json)
           ON CONFLICT (site_id, owner, owner_id, key) DO UPDATE SET value = $5::text::json RETURNING (xmax = 0) AS "created!""#,
        site_id,
        owner,
        owner_id,
        key,
        value.to_string()
    )
    .fetch_one(db.sql())
    .await?;
    Ok(created)
}

/// Chosen properties of several things: owner id, key, value.
pub async fn list(
    db: &mut Read,
    owner: &str,
    owner_ids: &[String],
    keys: &[String],
) -> sqlx::Result<Vec<(String, String, Value)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT owner_id, key, value FROM property
         WHERE site_id = $1 AND owner = $2 AND owner_id = ANY($3) AND (key = ANY($4) OR '*all' = ANY($4)) ORDER BY key",
        site_id,
        owner,
        owner_ids,
        keys
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.owner_id, row.key, row.value)).collect())
}

/// The keys of all properties of a thing.
pub async fn keys(db: &mut Read, owner: &str, owner_id: &str) -> sqlx::Result<Vec<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT key FROM property WHERE site_id = $1 AND owner = $2 AND owner_id = $3 ORDER BY key",
        site_id,
        owner,
        owner_id
    )
    .fetch_all(db.sql())
    .await
}

/// The value of a property.
pub async fn find(db: &mut Read, owner: &str, owner_id: &str, key: &str) -> sqlx::Result<Option<Value>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT value FROM property WHERE site_id = $1 AND owner = $2 AND owner_id = $3 AND key = $4",
        site_id,
        owner,
        owner_id,
        key
    )
    .fetch_optional(db.sql())
    .await
}

/// Removes a property; whether it was there.
pub async fn delete(db: &mut Work, owner: &str, owner_id: &str, key: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "DELETE FROM property WHERE site_id = $1 AND owner = $2 AND owner_id = $3 AND key = $4",
        site_id,
        owner,
        owner_id,
        key
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}
