//! Table `comment`.

use super::{Read, Work};
use crate::domain::rich_text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A comment as it is stored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Comment {
    /// Unique in the site.
    pub id: i64,
    /// Its issue.
    pub issue_id: i64,
    /// Account id.
    pub author: String,
    /// Account id.
    pub update_author: String,
    /// Atlassian Document Format.
    #[serde(deserialize_with = "document")]
    pub body: Value,
    /// When it was written.
    pub created: DateTime<Utc>,
    /// When it was last edited.
    pub updated: DateTime<Utc>,
    /// `role` or `group` (J-93).
    pub visibility_type: Option<String>,
    /// The role's or the group's id.
    pub visibility_id: Option<String>,
    /// Shown to customers of a service desk.
    pub jsd_public: bool,
}

/// Documents travel as text inside larger JSON, so that the order of their members survives.
fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map_err(serde::de::Error::custom)
}

/// All comments of an issue, oldest first; who may see which is for the caller to decide.
pub async fn list(db: &mut Read, issue_id: i64) -> sqlx::Result<Vec<Comment>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Comment,
        "SELECT id, issue_id, author, update_author, body, created, updated, visibility_type, visibility_id, jsd_public
         FROM comment WHERE site_id = $1 AND issue_id = $2 ORDER BY id",
        site_id,
        issue_id
    )
    .fetch_all(db.sql())
    .await
}

/// One comment of an issue.
pub async fn find(db: &mut Read, issue_id: i64, id: i64) -> sqlx::Result<Option<Comment>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Comment,
        "SELECT id, issue_id, author, update_author, body, created, updated, visibility_type, visibility_id, jsd_public
         FROM comment WHERE site_id = $1 AND issue_id = $2 AND id = $3",
        site_id,
        issue_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// The issue that a comment is on.
pub async fn issue_of(db: &mut Read, id: i64) -> sqlx::Result<Option<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!("SELECT issue_id FROM comment WHERE site_id = $1 AND id = $2", site_id, id)
        .fetch_optional(db.sql())
        .await
}

/// How many comments an issue has.
pub async fn count(db: &mut Read, issue_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM comment WHERE site_id = $1 AND issue_id = $2"#,
        site_id,
        issue_id
    )
    .fetch_one(db.sql())
    .await
}

/// Stores a new comment.
pub async fn insert(db: &mut Work, comment: &Comment) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO comment (site_id, id, issue_id, author, update_author, body, created, updated, visibility_type, visibility_id,
           jsd_public, search_text)
         VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8, $9, $10, $11, words($12))",
        site_id,
        comment.id,
        comment.issue_id,
        comment.author,
        comment.update_author,
        comment.body.to_string(),
        comment.created,
        comment.updated,
        comment.visibility_type,
        comment.visibility_id,
        comment.jsd_public,
        rich_text::to_plain(&comment.body)
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Replaces a comment's text and visibility.
pub async fn update(db: &mut Work, comment: &Comment) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE comment SET update_author = $3, body = $4::text::json, updated = $5, visibility_type = $6, visibility_id = $7, jsd_public = $8,
           search_text = words($9)
         WHERE site_id = $1 AND id = $2",
        site_id,
        comment.id,
        comment.update_author,
        comment.body.to_string(),
        comment.updated,
        comment.visibility_type,
        comment.visibility_id,
        comment.jsd_public,
        rich_text::to_plain(&comment.body)
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a comment with its properties.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM comment WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    super::properties::delete_all(db, "comment", id).await
}

/// Comments by id, oldest first.
pub async fn by_ids(db: &mut Read, ids: &[i64]) -> sqlx::Result<Vec<Comment>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Comment,
        "SELECT id, issue_id, author, update_author, body, created, updated, visibility_type, visibility_id, jsd_public
         FROM comment WHERE site_id = $1 AND id = ANY($2) ORDER BY id",
        site_id,
        ids
    )
    .fetch_all(db.sql())
    .await
}
