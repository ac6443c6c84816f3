//! Tables `worklog` and `deleted_worklog`.

use super::{Read, Work};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A worklog as it is stored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Worklog {
    /// Unique in the site.
    pub id: i64,
    /// Its issue.
    pub issue_id: i64,
    /// Account id.
    pub author: String,
    /// Account id.
    pub update_author: String,
    /// Atlassian Document Format.
    #[serde(default, deserialize_with = "document")]
    pub comment: Option<Value>,
    /// When it was written.
    pub created: DateTime<Utc>,
    /// When it was last edited.
    pub updated: DateTime<Utc>,
    /// When the work began.
    pub started: DateTime<Utc>,
    /// How long it took.
    pub seconds: i64,
    /// `role` or `group` (J-93).
    pub visibility_type: Option<String>,
    /// The role's or the group's id.
    pub visibility_id: Option<String>,
}

/// As in comments, documents travel as text.
fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| serde_json::from_str(&text).map_err(serde::de::Error::custom)).transpose()
}

/// Whose worklogs to look for, and which.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Who asks: restricted worklogs are there for whom they are for.
    pub viewer: Option<&'a str>,
    /// Of this issue alone.
    pub issue_id: Option<i64>,
    /// Of these ids alone.
    pub ids: Option<&'a [i64]>,
    /// Begun then or later.
    pub from: Option<DateTime<Utc>>,
    /// Begun earlier.
    pub before: Option<DateTime<Utc>>,
}

/// Which of some pairs of an issue and a worklog there are, in the order of the worklogs.
pub async fn existing(db: &mut Read, pairs: &[(i64, i64)]) -> sqlx::Result<Vec<(i64, i64)>> {
    let site_id = db.site_id;
    let (issues, worklogs): (Vec<i64>, Vec<i64>) = pairs.iter().copied().unzip();
    let rows = sqlx::query!(
        "SELECT issue_id, id FROM worklog
         WHERE site_id = $1 AND (issue_id, id) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[])) ORDER BY id",
        site_id,
        &issues,
        &worklogs
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.issue_id, row.id)).collect())
}

/// A page of worklogs, oldest first.
pub async fn list(db: &mut Read, filter: Filter<'_>, start_at: i64, max_results: i64) -> sqlx::Result<Vec<Worklog>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Worklog,
        "SELECT w.id, w.issue_id, w.author, w.update_author, w.comment, w.created, w.updated, w.started, w.seconds,
                w.visibility_type, w.visibility_id
         FROM worklog w JOIN issue i ON i.site_id = w.site_id AND i.id = w.issue_id
         WHERE w.site_id = $1 AND ($2::bigint IS NULL OR w.issue_id = $2) AND ($3::bigint[] IS NULL OR w.id = ANY($3))
           AND ($4::timestamptz IS NULL OR w.started >= $4) AND ($5::timestamptz IS NULL OR w.started < $5)
           AND (w.visibility_type IS NULL OR admits($1, i.project_id, w.visibility_type, w.visibility_id, $6))
         ORDER BY w.created, w.id OFFSET $7 LIMIT $8",
        site_id,
        filter.issue_id,
        filter.ids,
        filter.from,
        filter.before,
        filter.viewer,
        start_at,
        max_results
    )
    .fetch_all(db.sql())
    .await
}

/// How many worklogs there are.
pub async fn count(db: &mut Read, filter: Filter<'_>) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!"
         FROM worklog w JOIN issue i ON i.site_id = w.site_id AND i.id = w.issue_id
         WHERE w.site_id = $1 AND ($2::bigint IS NULL OR w.issue_id = $2) AND ($3::bigint[] IS NULL OR w.id = ANY($3))
           AND ($4::timestamptz IS NULL OR w.started >= $4) AND ($5::timestamptz IS NULL OR w.started < $5)
           AND (w.visibility_type IS NULL OR admits($1, i.project_id, w.visibility_type, w.visibility_id, $6))"#,
        site_id,
        filter.issue_id,
        filter.ids,
        filter.from,
        filter.before,
        filter.viewer
    )
    .fetch_one(db.sql())
    .await
}

/// How many worklogs an issue has, whoever may see them.
pub async fn count_all(db: &mut Read, issue_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM worklog WHERE site_id = $1 AND issue_id = $2"#,
        site_id,
        issue_id
    )
    .fetch_one(db.sql())
    .await
}

/// A worklog in a feed: its id and when it was changed or deleted.
pub type Changed = (i64, DateTime<Utc>);

/// Worklogs that were changed after `since` and before `until`, oldest first: at most `limit`, but all that were
/// changed at the same moment as the last one, so that the next page can begin after that.
pub async fn updated(
    db: &mut Read,
    viewer: Option<&str>,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Changed>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT w.id, w.updated FROM worklog w JOIN issue i ON i.site_id = w.site_id AND i.id = w.issue_id
         WHERE w.site_id = $1 AND w.updated > $2 AND w.updated < $3
           AND (w.visibility_type IS NULL OR admits($1, i.project_id, w.visibility_type, w.visibility_id, $4))
         ORDER BY w.updated FETCH FIRST $5 ROWS WITH TIES",
        site_id,
        since,
        until,
        viewer,
        limit
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.updated)).collect())
}

/// Worklogs that were deleted, in the same way.
pub async fn deleted(
    db: &mut Read,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Changed>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT id, deleted FROM deleted_worklog WHERE site_id = $1 AND deleted > $2 AND deleted < $3
         ORDER BY deleted FETCH FIRST $4 ROWS WITH TIES",
        site_id,
        since,
        until,
        limit
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.deleted)).collect())
}

/// Stores a new worklog.
pub async fn insert(db: &mut Work, worklog: &Worklog) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO worklog (site_id, id, issue_id, author, update_author, comment, created, updated, started, seconds,
           visibility_type, visibility_id)
         VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, date_trunc('milliseconds', $8::timestamptz), $9, $10, $11, $12)",
        site_id,
        worklog.id,
        worklog.issue_id,
        worklog.author,
        worklog.update_author,
        worklog.comment.as_ref().map(Value::to_string),
        worklog.created,
        worklog.updated,
        worklog.started,
        worklog.seconds,
        worklog.visibility_type,
        worklog.visibility_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores a worklog of a locked issue that was changed.
pub async fn update(db: &mut Work, worklog: &Worklog) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE worklog SET update_author = $3, comment = $4::text::json, updated = date_trunc('milliseconds', $5::timestamptz),
           started = $6, seconds = $7, visibility_type = $8, visibility_id = $9
         WHERE site_id = $1 AND id = $2",
        site_id,
        worklog.id,
        worklog.update_author,
        worklog.comment.as_ref().map(Value::to_string),
        worklog.updated,
        worklog.started,
        worklog.seconds,
        worklog.visibility_type,
        worklog.visibility_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Gives worklogs to another issue.
pub async fn relocate(db: &mut Work, ids: &[i64], issue_id: i64) -> sqlx::Result<()> {
    let (site_id, now) = (db.site_id, db.by().at);
    sqlx::query!(
        "UPDATE worklog SET issue_id = $3, updated = date_trunc('milliseconds', $4::timestamptz) WHERE site_id = $1 AND id = ANY($2)",
        site_id,
        ids,
        issue_id,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes worklogs with their properties, and remembers that they were there.
pub async fn delete(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let (site_id, now) = (db.site_id, db.by().at);
    sqlx::query!(
        "WITH gone AS (DELETE FROM worklog WHERE site_id = $1 AND id = ANY($2) RETURNING id),
              forgotten AS (
                DELETE FROM property WHERE site_id = $1 AND owner = 'worklog' AND owner_id = ANY(SELECT id::text FROM gone))
         INSERT INTO deleted_worklog (site_id, id, deleted) 
           SELECT $1, id, date_trunc('milliseconds', $3::timestamptz) FROM gone",
        site_id,
        ids,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
