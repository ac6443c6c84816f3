//! Who is at the site, and since when.

use super::Context;
use crate::{
    db,
    domain::{
        failure::Result,
        session::{NOTED, Session},
    },
};
use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// What this server has noted lately, so that not every request has to: when each account was seen, by site.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<i32, HashMap<String, DateTime<Utc>>>>);

/// Sites that are remembered; tests make many and leave them.
const MOST_SITES: usize = 10_000;

impl Sessions {
    /// Takes note of the caller, aside: no request waits for it, and none fails by it.
    pub fn note(&self, context: &Context) {
        if context.caller.account_id().is_none_or(|id| self.has_noted(context.site.site.id, id, context.now)) {
            return;
        }
        let context = context.clone();
        tokio::spawn(async move {
            if let Err(failure) = keep(&context).await {
                // The site or the account is gone, or the server stops.
                tracing::debug!(?failure, "a session was not noted");
            }
        });
    }

    /// Forgets a site that became another.
    pub fn forget(&self, site_id: i32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&site_id);
    }

    fn has_noted(&self, site_id: i32, account_id: &str, now: DateTime<Utc>) -> bool {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() == MOST_SITES {
            sites.clear();
        }
        let accounts = sites.entry(site_id).or_default();
        // A site's clock can be moved, also back.
        if accounts.get(account_id).is_some_and(|seen| (now - seen).abs() < NOTED) {
            return true;
        }
        accounts.insert(account_id.to_owned(), now);
        false
    }
}

async fn keep(context: &Context) -> Result<()> {
    let account_id = context.account_id()?;
    let mut work = context.begin().await?;
    let last = db::sessions::find(&mut work, account_id).await?;
    db::sessions::keep(&mut work, account_id, &Session::at(context.now, last)).await?;
    Ok(work.commit_unrecorded().await?)
}

/// The caller's session, whether it is noted yet or not.
pub async fn current(context: &Context) -> Result<Option<Session>> {
    let Some(account_id) = context.caller.account_id() else { return Ok(None) };
    let last = db::sessions::find(&mut context.read().await?, account_id).await?;
    Ok(Some(Session::at(context.now, last)))
}
