//! Tables `jql_function` and `jql_precomputation`: functions that apps add to JQL.

use super::{Read, Work};
use crate::domain::jql::resolve::{AppFunction, Call, Outcome, Precomputation};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// All functions, by name.
pub async fn list(db: &mut Read) -> sqlx::Result<Vec<AppFunction>> {
    select(db, None).await
}

/// Functions of some names, in lower case.
pub async fn named(db: &mut Read, names: &[String]) -> sqlx::Result<Vec<AppFunction>> {
    select(db, Some(names)).await
}

async fn select(db: &mut Read, names: Option<&[String]>) -> sqlx::Result<Vec<AppFunction>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT key, name, account_id, arguments, operators FROM jql_function
         WHERE site_id = $1 AND ($2::text[] IS NULL OR lower(name) = ANY($2)) ORDER BY lower(name)",
        site_id,
        names
    )
    .fetch_all(db.sql())
    .await?;
    let functions = rows.into_iter().map(|row| {
        Ok(AppFunction {
            key: row.key,
            name: row.name,
            account_id: row.account_id,
            arguments: serde_json::from_value(row.arguments).map_err(|error| sqlx::Error::Decode(error.into()))?,
            operators: row.operators,
        })
    });
    functions.collect()
}

/// Keys of the functions that an account's app provides.
pub async fn keys_of(db: &mut Read, account_id: &str) -> sqlx::Result<Vec<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT key FROM jql_function WHERE site_id = $1 AND account_id = $2 ORDER BY key",
        site_id,
        account_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a function, instead of the one of its key if there is one.
pub async fn put(db: &mut Work, function: &AppFunction) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO jql_function (site_id, key, name, account_id, arguments, operators) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (site_id, key) DO UPDATE
         SET name = excluded.name, account_id = excluded.account_id, arguments = excluded.arguments,
           operators = excluded.operators",
        site_id,
        function.key,
        function.name,
        function.account_id,
        json!(function.arguments),
        &function.operators
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Removes a function with its precomputations; whether there was one.
pub async fn delete(db: &mut Work, key: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let deleted = sqlx::query!("DELETE FROM jql_function WHERE site_id = $1 AND key = $2", site_id, key)
        .execute(db.sql())
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// A row of `jql_precomputation`.
struct Row {
    id: Uuid,
    function_key: String,
    field: String,
    operator: String,
    arguments: Vec<String>,
    value: Option<String>,
    error: Option<String>,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
    used: DateTime<Utc>,
}

impl From<Row> for Precomputation {
    fn from(row: Row) -> Self {
        let Row { id, function_key, field, operator, arguments, value, error, created, updated, used } = row;
        let outcome = match (value, error) {
            (Some(value), _) => Outcome::Fragment(value),
            (None, Some(error)) => Outcome::Refused(error),
            (None, None) => Outcome::Pending,
        };
        Self { id, call: Call { function_key, field, operator, arguments }, outcome, created, updated, used }
    }
}

/// Precomputations by their ids, in the order of their creation.
pub async fn precomputations(db: &mut Read, ids: &[Uuid]) -> sqlx::Result<Vec<Precomputation>> {
    let site_id = db.site_id;
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, function_key, field, operator, arguments, value, error, created, updated, used
         FROM jql_precomputation WHERE site_id = $1 AND id = ANY($2) ORDER BY created, id",
        site_id,
        ids
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(Precomputation::from).collect())
}

/// Precomputations of some functions, in the order of their creation.
pub async fn precomputations_of(db: &mut Read, keys: &[String]) -> sqlx::Result<Vec<Precomputation>> {
    let site_id = db.site_id;
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, function_key, field, operator, arguments, value, error, created, updated, used
         FROM jql_precomputation WHERE site_id = $1 AND function_key = ANY($2) ORDER BY created, id",
        site_id,
        keys
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(Precomputation::from).collect())
}

/// Notes that a query needed a call, for the first time or again. The function may be gone by now.
pub async fn note_use(db: &mut Work, call: &Call, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO jql_precomputation (site_id, id, function_key, field, operator, arguments, created, updated, used)
         SELECT site_id, $2, key, $4, $5, $6, $7, $7, $7 FROM jql_function WHERE site_id = $1 AND key = $3
         ON CONFLICT (site_id, id) DO UPDATE SET used = excluded.used",
        site_id,
        call.id(),
        call.function_key,
        call.field,
        call.operator,
        &call.arguments,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores what the app gave for a call.
pub async fn set_outcome(db: &mut Work, id: Uuid, outcome: &Outcome, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let (value, error) = outcome.parts();
    sqlx::query!(
        "UPDATE jql_precomputation SET value = $3, error = $4, updated = $5 WHERE site_id = $1 AND id = $2",
        site_id,
        id,
        value,
        error,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
