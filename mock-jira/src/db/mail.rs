//! Table `mail`: what Jira would have sent.

use super::{Read, Work};
use chrono::{DateTime, Utc};

/// A letter, to all its recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Unique in the site.
    pub id: i64,
    /// When it was sent.
    pub sent: DateTime<Utc>,
    /// Account id.
    pub sender: String,
    /// Account ids.
    pub recipients: Vec<String>,
    /// The issue it is about; that may be gone.
    pub issue_id: Option<i64>,
    /// One line.
    pub subject: String,
    /// As plain text; may be empty.
    pub text_body: String,
    /// As HTML; may be empty.
    pub html_body: String,
}

/// Sends a letter.
pub async fn insert(db: &mut Work, letter: &Letter) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO mail (site_id, id, sent, sender, recipients, issue_id, subject, text_body, html_body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        site_id,
        letter.id,
        letter.sent,
        letter.sender,
        &letter.recipients,
        letter.issue_id,
        letter.subject,
        letter.text_body,
        letter.html_body
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// The newest letters, oldest of them first.
pub async fn list(db: &mut Read, limit: i64) -> sqlx::Result<Vec<Letter>> {
    let site_id = db.site_id;
    let mut letters = sqlx::query_as!(
        Letter,
        "SELECT id, sent, sender, recipients, issue_id, subject, text_body, html_body
         FROM mail WHERE site_id = $1 ORDER BY id DESC LIMIT $2",
        site_id,
        limit
    )
    .fetch_all(db.sql())
    .await?;
    letters.reverse();
    Ok(letters)
}

/// Forgets all letters.
pub async fn clear(db: &mut Work) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM mail WHERE site_id = $1", site_id).execute(db.sql()).await?;
    Ok(())
}
