//! API tokens of a site's accounts, as an administrator of the server deals with them.

use crate::{
    db::{
        By, Db,
        tokens::{self, NewToken, Token},
    },
    domain::{
        audit::{Area, Record, Thing},
        failure::Failure,
        site::Site,
    },
};
use base64::Engine;
use chrono::{TimeDelta, Utc};
use sha2::{Digest, Sha256};

/// How much of a hash names a token in lists and for revoking it.
const ID_LENGTH: usize = 16;

/// What the administration calls a token: the beginning of its hash.
pub fn id(token: &Token) -> String {
    let mut id: String = token.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    id.truncate(ID_LENGTH);
    id
}

/// Why there is no new token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No account of the site has the address, or the id.
    #[error("No account of the site has the e-mail address or id '{0}'.")]
    UnknownAccount(String),
    /// Tokens live for at least a day.
    #[error("A token can live for 1 to 36500 days.")]
    Lifetime,
    /// A fault of ours.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// All tokens of a site.
pub async fn list(db: &Db, site_id: i32) -> anyhow::Result<Vec<Token>> {
    Ok(tokens::list(&mut db.read(site_id).await.map_err(internal)?).await?)
}

/// A token as it is asked for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// Its account, by the e-mail address or, as apps have none, by the id.
    pub owner: &'a str,
    /// What its owner calls it.
    pub label: &'a str,
    /// For how long it is good.
    pub lifetime_days: Option<i64>,
    /// What it is limited to.
    pub scopes: Option<&'a [String]>,
}

/// Makes a token for an account and returns it, the only time that anyone sees it.
pub async fn create(db: &Db, site: &Site, wanted: &Wanted<'_>) -> Result<String, TokenError> {
    let Wanted { owner, label, lifetime_days, scopes } = *wanted;
    let token = random();
    let hash = Sha256::digest(token.as_bytes());
    let expires = match lifetime_days {
        // By the site's clock, which also decides when it has expired.
        Some(days @ 1..=36_500) => Some(site.clock.at(Utc::now()) + TimeDelta::days(days)),
        Some(_) => return Err(TokenError::Lifetime),
        None => None,
    };
    let new = NewToken { hash: &hash, owner, label, expires, scopes };
    let by = By { at: site.clock.at(Utc::now()), ..By::default() };
    let mut work = db.begin(site.id, by).await.map_err(internal)?;
    if !tokens::insert(&mut work, &new).await.map_err(internal)? {
        return Err(TokenError::UnknownAccount(owner.to_owned()));
    }
    work.commit(Record::new("API token created", Area::System, Thing::new("API_TOKEN", label, owner)))
        .await
        .map_err(internal)?;
    Ok(token)
}

/// Removes the tokens that `name` names: one by its id, or all with that label. Returns how many.
pub async fn revoke(db: &Db, site_id: i32, name: &str) -> anyhow::Result<usize> {
    let by = By { at: Utc::now(), ..By::default() };
    let mut work = db.begin(site_id, by).await.map_err(internal)?;
    let mut revoked = 0;
    for token in tokens::list(&mut work).await? {
        if (token.label == name || id(&token) == name) && tokens::delete(&mut work, &token.hash).await? {
            revoked += 1;
        }
    }
    work.commit(Record::new("API token revoked", Area::System, Thing::new("API_TOKEN", name, name))).await?;
    Ok(revoked)
}

/// A new secret. Its beginning keeps scanners for secrets from taking it for a real one.
pub fn random() -> String {
    format!("mock-{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>()))
}

/// No refusal can come from here: whatever fails is a fault of ours.
fn internal(failure: impl Into<Failure>) -> anyhow::Error {
    match failure.into() {
        Failure::Internal(error) => error,
        other => anyhow::anyhow!("{other:?}"),
    }
}
