//! Table `search_result`: what searches found that are paged through as of one moment.

use super::Page;
use crate::db::{Read, Work};
use chrono::{DateTime, TimeDelta, Utc};

/// Keeps what a search found, and forgets what nobody can ask for any more; the number under which it is kept.
pub async fn insert(db: &mut Work, ids: &[i64], now: DateTime<Utc>, lifetime: TimeDelta) -> sqlx::Result<i64> {
    let id = db.next_id("search_result").await?;
    let site_id = db.site_id;
    sqlx::query!(
        "WITH forgotten AS (DELETE FROM search_result WHERE site_id = $1 AND created < $5)
         INSERT INTO search_result (site_id, id, created, issue_ids) VALUES ($1, $2, $3, $4)",
        site_id,
        id,
        now,
        ids,
        now - lifetime
    )
    .execute(db.sql())
    .await?;
    Ok(id)
}

/// A page of what was found; `None` if it was forgotten.
pub async fn page(db: &mut Read, id: i64, offset: i64, limit: i64) -> sqlx::Result<Option<Page>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        r#"SELECT array(SELECT found.id FROM unnest(issue_ids) WITH ORDINALITY AS found (id, at)
             ORDER BY found.at OFFSET $3 LIMIT $4) AS "ids!", cardinality(issue_ids) AS "total!"
           FROM search_result WHERE site_id = $1 AND id = $2"#,
        site_id,
        id,
        offset,
        limit
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(row.map(|row| Page { more: i64::from(row.total) > offset.saturating_add(limit), ids: row.ids }))
}
