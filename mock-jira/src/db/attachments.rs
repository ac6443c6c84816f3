//! Tables `attachment` and `attachment_chunk`: files of issues, with their content in pieces.

use super::{Read, Work};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The size of all pieces of a content but the last, in bytes.
pub const CHUNK: usize = 256 * 1024;

/// An attachment without its content.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub struct Attachment {
    /// Unique in the site.
    pub id: i64,
    /// As uploaded.
    pub file_name: String,
    /// Account id.
    pub author: String,
    /// When it was uploaded.
    pub created: DateTime<Utc>,
    /// Bytes.
    pub size: i64,
    /// As uploaded.
    pub mime_type: String,
    /// Whether it is a picture of which thumbnails can be made.
    pub thumbnail: bool,
}

/// An attachment, and what no answer shows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// What answers show.
    pub attachment: Attachment,
    /// The issue it hangs on.
    pub issue_id: i64,
    /// Random, so that it can vouch for addresses that need no credentials.
    pub media_id: Uuid,
}

/// One attachment by id.
pub async fn find(db: &mut Read, id: i64) -> sqlx::Result<Option<Stored>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        "SELECT id, issue_id, media_id, file_name, author, created, size, mime_type, thumbnail
         FROM attachment WHERE site_id = $1 AND id = $2",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(row.map(|row| Stored {
        issue_id: row.issue_id,
        media_id: row.media_id,
        attachment: Attachment {
            id: row.id,
            file_name: row.file_name,
            author: row.author,
            created: row.created,
            size: row.size,
            mime_type: row.mime_type,
            thumbnail: row.thumbnail,
        },
    }))
}

/// How many files an issue has.
pub async fn count(db: &mut Read, issue_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM attachment WHERE site_id = $1 AND issue_id = $2"#,
        site_id,
        issue_id
    )
    .fetch_one(db.sql())
    .await
}

/// A piece of a content; `None` if it is gone.
pub async fn chunk(db: &mut Read, media_id: Uuid, position: i32) -> sqlx::Result<Option<Vec<u8>>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT content FROM attachment_chunk WHERE site_id = $1 AND media_id = $2 AND position = $3",
        site_id,
        media_id,
        position
    )
    .fetch_optional(db.sql())
    .await
}

/// Stores a piece of a content, whose attachment follows in the same transaction.
pub async fn insert_chunk(db: &mut Work, media_id: Uuid, position: i32, content: &[u8]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO attachment_chunk (site_id, media_id, position, content) VALUES ($1, $2, $3, $4)",
        site_id,
        media_id,
        position,
        content
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores a file of which the content is stored.
pub async fn insert(db: &mut Work, new: &Stored) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let attachment = &new.attachment;
    sqlx::query!(
        "INSERT INTO attachment (site_id, id, issue_id, media_id, file_name, author, created, size, mime_type, thumbnail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        site_id,
        attachment.id,
        new.issue_id,
        new.media_id,
        attachment.file_name,
        attachment.author,
        attachment.created,
        attachment.size,
        attachment.mime_type,
        attachment.thumbnail
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a file; whether it was still there.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done =
        sqlx::query!("DELETE FROM attachment WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(done.rows_affected() == 1)
}
