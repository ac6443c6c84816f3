//! One priority, resolution, type or status in place of another, in many issues.

use crate::db::Work;
use chrono::{DateTime, Utc};

/// Issues changed by one statement.
const BATCH: i64 = 200;

/// Which issues, by what they have; in the order of their ids.
#[derive(Debug, Clone, Copy)]
pub struct Those<'a> {
    /// Of the thing that is replaced.
    pub id: i64,
    /// Only of these projects.
    pub project_ids: Option<&'a [i64]>,
    /// Only after this issue.
    pub after: i64,
}

/// Gives the next issues another priority; their ids.
pub async fn priority(db: &mut Work, those: Those<'_>, to: Option<i64>, now: DateTime<Utc>) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "UPDATE issue SET priority_id = $5, updated = $6 WHERE site_id = $1 AND id IN (
           SELECT id FROM issue WHERE site_id = $1 AND priority_id = $2 AND ($3::bigint[] IS NULL OR project_id = ANY($3)) AND id > $4
           ORDER BY id LIMIT $7 FOR NO KEY UPDATE)
         RETURNING id",
        site_id,
        those.id,
        those.project_ids,
        those.after,
        to,
        now,
        BATCH
    )
    .fetch_all(db.sql())
    .await
}

/// Gives the next issues another resolution; their ids.
pub async fn resolution(db: &mut Work, those: Those<'_>, to: i64, now: DateTime<Utc>) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "UPDATE issue SET resolution_id = $4, updated = $5 WHERE site_id = $1 AND id IN (
           SELECT id FROM issue WHERE site_id = $1 AND resolution_id = $2 AND id > $3
           ORDER BY id LIMIT $6 FOR NO KEY UPDATE)
         RETURNING id",
        site_id,
        those.id,
        those.after,
        to,
        now,
        BATCH
    )
    .fetch_all(db.sql())
    .await
}

/// Gives the next issues another type; their ids.
pub async fn issue_type(db: &mut Work, those: Those<'_>, to: i64, now: DateTime<Utc>) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "UPDATE issue SET issue_type_id = $4, updated = $5 WHERE site_id = $1 AND id IN (
           SELECT id FROM issue WHERE site_id = $1 AND issue_type_id = $2 AND id > $3
           ORDER BY id LIMIT $6 FOR NO KEY UPDATE)
         RETURNING id",
        site_id,
        those.id,
        those.after,
        to,
        now,
        BATCH
    )
    .fetch_all(db.sql())
    .await
}

/// Gives the next issues of these types another status; their ids.
pub async fn status(
    db: &mut Work,
    those: Those<'_>,
    types: &[i64],
    (to, other_category): (i64, bool),
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "UPDATE issue SET status_id = $6, updated = $7,
                status_category_changed = CASE WHEN $8 THEN $7 ELSE status_category_changed END
         WHERE site_id = $1 AND id IN (
           SELECT id FROM issue WHERE site_id = $1 AND status_id = $2 AND project_id = ANY($3) AND issue_type_id = ANY($4) AND id > $5
           ORDER BY id LIMIT $9 FOR NO KEY UPDATE)
         RETURNING id",
        site_id,
        those.id,
        those.project_ids,
        types,
        those.after,
        to,
        now,
        other_category,
        BATCH
    )
    .fetch_all(db.sql())
    .await
}
