//! Table `property`: entity properties of anything (J-118).

use super::{Read, Work};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

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

/// Keys and values by the ids of what they hang on; things that have none are left out.
pub type Found = HashMap<String, Vec<(String, Value)>>;

/// Properties of several things: those of these keys, or with `*all` all of them.
pub async fn list(db: &mut Read, owner: &str, owner_ids: &[String], keys: &[String]) -> sqlx::Result<Found> {
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
    let mut found = Found::new();
    for row in rows {
        found.entry(row.owner_id).or_default().push((row.key, row.value));
    }
    Ok(found)
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

/// Removes all properties of a thing that is deleted.
pub async fn delete_all(db: &mut Work, owner: &str, owner_id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let owner_id = owner_id.to_string();
    sqlx::query!("DELETE FROM property WHERE site_id = $1 AND owner = $2 AND owner_id = $3", site_id, owner, owner_id)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// Sets a property of several things.
pub async fn put_all(db: &mut Work, owner: &str, owner_ids: &[String], key: &str, value: &Value) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO property (site_id, owner, owner_id, key, value) SELECT $1, $2, unnest($3::text[]), $4, $5::text::json
         ON CONFLICT (site_id, owner, owner_id, key) DO UPDATE SET value = excluded.value",
        site_id,
        owner,
        owner_ids,
        key,
        value.to_string()
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Removes a property from several things.
pub async fn delete_from(db: &mut Work, owner: &str, owner_ids: &[String], key: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "DELETE FROM property WHERE site_id = $1 AND owner = $2 AND owner_id = ANY($3) AND key = $4",
        site_id,
        owner,
        owner_ids,
        key
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Which issues to choose by a property.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueFilter {
    /// Of these ids alone.
    pub entity_ids: Option<Vec<i64>>,
    /// With this value; the order of members does not matter.
    pub current_value: Option<Value>,
    /// With the property, or without it.
    pub has_property: Option<bool>,
}

/// Ids of issues that a filter chooses.
pub async fn chosen_issues(db: &mut Read, key: &str, filter: &IssueFilter) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT i.id FROM issue i
         LEFT JOIN property p ON p.site_id = $1 AND p.owner = 'issue' AND p.owner_id = i.id::text AND p.key = $2
         WHERE i.site_id = $1 AND ($3::bigint[] IS NULL OR i.id = ANY($3)) AND ($4::jsonb IS NULL OR p.value::jsonb = $4)
           AND ($5::boolean IS NULL OR (p.key IS NOT NULL) = $5)
         ORDER BY i.id",
        site_id,
        key,
        filter.entity_ids.as_deref(),
        filter.current_value,
        filter.has_property
    )
    .fetch_all(db.sql())
    .await
}
