//! Table `remote_link`.

use super::{Read, Work};
use crate::domain::remote_link::RemoteLink;
use sqlx::types::Json;

/// Remote links of an issue, oldest first, with their ids.
pub async fn list(db: &mut Read, issue_id: i64) -> sqlx::Result<Vec<(i64, RemoteLink)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT id, content AS "content: Json<RemoteLink>" FROM remote_link WHERE site_id = $1 AND issue_id = $2 ORDER BY id"#,
        site_id,
        issue_id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.content.0)).collect())
}

/// The issue of a remote link, and the link.
pub async fn find(db: &mut Read, id: i64) -> sqlx::Result<Option<(i64, RemoteLink)>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        r#"SELECT issue_id, content AS "content: Json<RemoteLink>" FROM remote_link WHERE site_id = $1 AND id = $2"#,
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(row.map(|row| (row.issue_id, row.content.0)))
}

/// The remote link of an issue with that global id.
pub async fn find_global(db: &mut Read, issue_id: i64, global_id: &str) -> sqlx::Result<Option<(i64, RemoteLink)>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        r#"SELECT id, content AS "content: Json<RemoteLink>" FROM remote_link
           WHERE site_id = $1 AND issue_id = $2 AND global_id = $3"#,
        site_id,
        issue_id,
        global_id
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(row.map(|row| (row.id, row.content.0)))
}

/// How many remote links an issue has.
pub async fn count(db: &mut Read, issue_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM remote_link WHERE site_id = $1 AND issue_id = $2"#,
        site_id,
        issue_id
    )
    .fetch_one(db.sql())
    .await
}

/// Stores a remote link, a new one or one that was changed.
pub async fn put(db: &mut Work, id: i64, issue_id: i64, link: &RemoteLink) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO remote_link (site_id, id, issue_id, global_id, content) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (site_id, id) DO UPDATE SET global_id = $4, content = $5",
        site_id,
        id,
        issue_id,
        link.global_id,
        Json(link) as _
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a remote link.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM remote_link WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
