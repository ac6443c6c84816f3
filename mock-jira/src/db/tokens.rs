//! API tokens: the hash is kept, never the token.

use super::{Read, Work};
use chrono::{DateTime, Utc};

/// A token, without its secret.
#[derive(Debug)]
pub struct Token {
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// Whose it is.
    pub email: Option<String>,
    /// What its owner calls it.
    pub label: String,
    /// Published in the documentation.
    pub well_known: bool,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// After this it is nobody's.
    pub expires: Option<DateTime<Utc>>,
    /// What it is limited to.
    pub scopes: Option<Vec<String>>,
}

/// A token to be stored.
#[derive(Debug)]
pub struct NewToken<'a> {
    /// SHA-256 of the token.
    pub hash: &'a [u8],
    /// E-mail address of its owner, in any case, or the account id.
    pub owner: &'a str,
    /// What its owner calls it.
    pub label: &'a str,
    /// After this it is nobody's.
    pub expires: Option<DateTime<Utc>>,
    /// What it is limited to.
    pub scopes: Option<&'a [String]>,
}

/// All tokens of the site, oldest first.
pub async fn list(db: &mut Read) -> sqlx::Result<Vec<Token>> {
    let id = db.site_id;
    sqlx::query_as!(
        Token,
        "SELECT t.token_hash AS hash, a.email, t.label, t.well_known, t.created, t.expires, t.scopes
         FROM api_token t JOIN account a ON a.site_id = t.site_id AND a.account_id = t.account_id
         WHERE t.site_id = $1 ORDER BY t.created, t.token_hash",
        id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a token; `false` if there is no such account.
pub async fn insert(db: &mut Work, token: &NewToken<'_>) -> sqlx::Result<bool> {
    let id = db.site_id;
    let stored = sqlx::query!(
        "INSERT INTO api_token (site_id, token_hash, account_id, label, expires, scopes)
         SELECT $1, $2, account_id, $3, $4, $6 FROM account
         WHERE site_id = $1 AND (lower(email) = lower($5) OR account_id = $5)",
        id,
        token.hash,
        token.label,
        token.expires,
        token.owner,
        token.scopes
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(stored.rows_affected() > 0)
}

/// Removes a token; whether it was there.
pub async fn delete(db: &mut Work, hash: &[u8]) -> sqlx::Result<bool> {
    let id = db.site_id;
    let deleted = sqlx::query!("DELETE FROM api_token WHERE site_id = $1 AND token_hash = $2", id, hash)
        .execute(db.sql())
        .await?;
    db.changes_configuration();
    Ok(deleted.rows_affected() > 0)
}
