//! Table `session`: when accounts came to the site.

use super::{Read, Work};
use crate::domain::session::Session;

/// An account's, as it was last noted.
pub async fn find(db: &mut Read, account_id: &str) -> sqlx::Result<Option<Session>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Session,
        "SELECT began, seen, previous FROM session WHERE site_id = $1 AND account_id = $2",
        site_id,
        account_id
    )
    .fetch_optional(db.sql())
    .await
}

/// Notes an account's.
pub async fn keep(db: &mut Work, account_id: &str, session: &Session) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO session (site_id, account_id, began, seen, previous) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (site_id, account_id) DO UPDATE SET began = $3, seen = $4, previous = $5",
        site_id,
        account_id,
        session.began,
        session.seen,
        session.previous
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
