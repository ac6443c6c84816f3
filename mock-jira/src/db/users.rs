//! Table `account`.

use super::{Read, Work};
use crate::domain::people::Account;

/// An account as far as creating and removing it is concerned.
#[derive(Debug)]
pub struct Standing {
    /// Its id.
    pub account_id: String,
    /// May use the site.
    pub active: bool,
    /// Has left the site.
    pub removed: bool,
}

/// The account of an e-mail address, in any case.
pub async fn find_by_email(db: &mut Work, email: &str) -> sqlx::Result<Option<Standing>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Standing,
        "SELECT account_id, active, removed FROM account WHERE site_id = $1 AND lower(email) = lower($2) FOR UPDATE",
        site_id,
        email
    )
    .fetch_optional(db.sql())
    .await
}

/// Stores a new account.
pub async fn insert(db: &mut Work, account: &Account) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO account (site_id, account_id, account_type, email, display_name, time_zone, locale)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        site_id,
        account.account_id,
        account.account_type,
        account.email,
        account.display_name,
        account.time_zone.name(),
        account.locale
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Brings a removed account back.
pub async fn restore(db: &mut Work, account_id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE account SET active = true, removed = false WHERE site_id = $1 AND account_id = $2",
        site_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Removes an account from the site: out of all groups, and without access. `false` if it is gone already.
pub async fn remove(db: &mut Work, account_id: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let removed = sqlx::query!(
        "UPDATE account SET active = false, removed = true WHERE site_id = $1 AND account_id = $2 AND NOT removed",
        site_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM membership WHERE site_id = $1 AND account_id = $2", site_id, account_id)
        .execute(db.sql())
        .await?;
    db.changes_configuration();
    Ok(removed.rows_affected() == 1)
}

/// Whether an account has left the site.
pub async fn is_removed(db: &mut Read, account_id: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let removed =
        sqlx::query_scalar!("SELECT removed FROM account WHERE site_id = $1 AND account_id = $2", site_id, account_id);
    Ok(removed.fetch_optional(db.sql()).await?.unwrap_or(true))
}

/// How many people the members of these groups are, apps left out.
pub async fn count_people(db: &mut Work, groups: &[uuid::Uuid]) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM account a
           WHERE a.site_id = $1 AND a.active AND a.account_type = 'atlassian' AND EXISTS (
             SELECT FROM membership m WHERE m.site_id = $1 AND m.account_id = a.account_id AND m.group_id = ANY($2))"#,
        site_id,
        groups
    )
    .fetch_one(db.sql())
    .await
}

/// Changes an account's time zone and language, where given.
pub async fn localize(
    db: &mut Work,
    account_id: &str,
    time_zone: Option<&str>,
    locale: Option<&str>,
) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE account SET time_zone = coalesce($3, time_zone), locale = coalesce($4, locale)
         WHERE site_id = $1 AND account_id = $2",
        site_id,
        account_id,
        time_zone,
        locale
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// The accounts that have a property of this value at this path of its JSON.
pub async fn with_property(db: &mut Read, key: &str, path: &[String], value: &str) -> sqlx::Result<Vec<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT owner_id FROM property
         WHERE site_id = $1 AND owner = 'user' AND key = $2 AND value #>> $3 = $4",
        site_id,
        key,
        path,
        value
    )
    .fetch_all(db.sql())
    .await
}
