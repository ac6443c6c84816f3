//! Table `attachment`: files of issues, with their content.

use super::{Read, Work};
use chrono::{DateTime, Utc};
use std::ops::Range;
use uuid::Uuid;

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
        "SELECT id, issue_id, media_id, file_name, author, created, size, mime_type
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
        },
    }))
}

/// A part of an attachment's content; `None` if the attachment is gone.
pub async fn content(db: &mut Read, id: i64, part: Range<i64>) -> sqlx::Result<Option<Vec<u8>>> {
    let site_id = db.site_id;
    // Sizes are bounded by what one value of a row can hold, which fits an `integer`.
    let (start, length) = (part.start as i32, (part.end - part.start) as i32);
    sqlx::query_scalar!(
        r#"SELECT substring(content FROM $3::integer + 1 FOR $4::integer) AS "content!"
           FROM attachment WHERE site_id = $1 AND id = $2"#,
        site_id,
        id,
        start,
        length
    )
    .fetch_optional(db.sql())
    .await
}

/// Stores a file.
pub async fn insert(db: &mut Work, new: &Stored, content: &[u8]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let attachment = &new.attachment;
    sqlx::query!(
        "INSERT INTO attachment (site_id, id, issue_id, media_id, file_name, author, created, size, mime_type, content)
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
        content
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
