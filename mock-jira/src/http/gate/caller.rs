//! Who calls.

use crate::{
    db::sites::SiteAddress,
    domain::{people::Caller, snapshot::Snapshot},
    http::server::{AuthMode, Server},
};
use axum::http::HeaderValue;
use base64::Engine;
use chrono::Utc;
use sha2::{Digest, Sha256};

/// Whose credentials a request carries.
pub(in crate::http) enum Who {
    Known(Caller),
    /// No credentials, or some that resolve to nobody.
    Nobody,
    /// An unreadable bearer token (H-23).
    Refused,
}

/// Reads the credentials.
pub(in crate::http) fn identify(
    server: &Server,
    site: &Snapshot,
    address: &SiteAddress,
    authorization: Option<&HeaderValue>,
) -> Who {
    let credentials = authorization.and_then(|value| value.to_str().ok());
    let (scheme, value) = credentials.and_then(|text| text.split_once(' ')).unwrap_or_default();
    let token_owner = |token: &str| {
        let token = site.tokens.get(<[u8; 32]>::from(Sha256::digest(token.as_bytes())).as_slice())?;
        let alive = token.expires.is_none_or(|time| time > site.site.clock.at(Utc::now()));
        let at_gateway = matches!(address, SiteAddress::CloudId(_));
        let usable = alive && (server.options.loopback || !token.well_known) && (at_gateway || token.scopes.is_none());
        let mut caller = site.caller(&token.account_id).filter(|_| usable)?;
        caller.scopes = token.scopes.clone();
        caller.account.as_ref().is_some_and(|account| account.active).then_some(caller)
    };
    let known = if let Some((email, token)) = basic(authorization) {
        token_owner(&token).filter(|caller| caller.account.as_ref().is_some_and(|account| account.has_email(&email)))
    } else if scheme.eq_ignore_ascii_case("bearer") {
        match token_owner(value.trim()) {
            None if server.options.auth == AuthMode::Strict => return Who::Refused,
            found => found,
        }
    } else {
        None
    };
    match known {
        Some(caller) => Who::Known(caller),
        None if server.options.auth == AuthMode::Permissive => administrator(site).map_or(Who::Nobody, Who::Known),
        None => Who::Nobody,
    }
}

/// The e-mail address and the token of a request that has them.
fn basic(authorization: Option<&HeaderValue>) -> Option<(String, String)> {
    let (scheme, value) = authorization?.to_str().ok()?.split_once(' ')?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.trim()).ok()?;
    let decoded = String::from_utf8(bytes).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    decoded.split_once(':').map(|(email, token)| (email.to_owned(), token.to_owned()))
}

/// The account that a request logs in to by its e-mail address, whether it succeeds or not.
pub(in crate::http) fn attempted<'a>(site: &'a Snapshot, authorization: Option<&HeaderValue>) -> Option<&'a str> {
    let (email, _) = basic(authorization)?;
    let account = site.accounts.values().find(|account| account.has_email(&email))?;
    Some(account.account_id.as_str())
}

/// Some account that administers the site.
fn administrator(site: &Snapshot) -> Option<Caller> {
    let mut callers: Vec<Caller> = site.accounts.keys().filter_map(|id| site.caller(id)).collect();
    callers.sort_by(|a, b| a.account_id().cmp(&b.account_id()));
    callers.into_iter().find(|caller| crate::domain::permission::Access::new(site, caller).administers())
}
