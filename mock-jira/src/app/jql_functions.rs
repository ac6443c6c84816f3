//! JQL functions of apps and what the apps gave for their calls.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
        jql::{
            Query,
            resolve::{AppCalls, Outcome, Precomputation, Referents, foreign_calls},
        },
    },
};
use std::collections::HashSet;
use uuid::Uuid;

/// The apps' functions that queries call, with what is known of the calls.
pub(super) async fn called(context: &Context, queries: &[&Query]) -> Result<AppCalls> {
    let mut apps = AppCalls::default();
    let calls: Vec<_> = queries.iter().flat_map(|query| foreign_calls(query)).collect();
    if calls.is_empty() {
        return Ok(apps);
    }
    // PostgreSQL has no text with NUL, and so no function has such a name.
    let names = calls.iter().map(|(_, function)| function.name.to_lowercase()).filter(|name| !name.contains('\0'));
    let names: Vec<String> = names.collect();
    let mut db = context.read().await?;
    apps.functions = db::jql_functions::named(&mut db, &names).await?;
    let ids: Vec<Uuid> =
        calls.iter().filter_map(|(terminal, _)| apps.find(terminal)).map(|(_, call)| call.id()).collect();
    if !ids.is_empty() {
        apps.precomputations = db::jql_functions::precomputations(&mut db, &ids).await?;
    }
    Ok(apps)
}

/// More than a query may run through.
const MOST_CALLS: usize = 200;

/// Notes that calls were needed: here the app would be asked for those that it never answered, and there the app finds
/// what it has to answer.
pub(super) async fn note_calls(context: &Context, query: &Query, found: &Referents) -> Result<()> {
    if found.apps.functions.is_empty() {
        return Ok(());
    }
    let mut ids = HashSet::new();
    let terminals = found.queries(query).into_iter().flat_map(foreign_calls);
    let mut calls: Vec<_> = terminals.filter_map(|(terminal, _)| found.apps.find(terminal)).collect();
    calls.retain(|(_, call)| !call.arguments.iter().any(|text| text.contains('\0')) && ids.insert(call.id()));
    calls.truncate(MOST_CALLS);
    let mut work = context.begin().await?;
    for (_, call) in calls {
        db::jql_functions::note_use(&mut work, &call, context.now).await?;
    }
    Ok(work.commit_unrecorded().await?)
}

/// What an app gives for a call.
#[derive(Debug)]
pub struct Update {
    /// The call's id.
    pub id: String,
    /// JQL, or a sentence.
    pub outcome: Outcome,
}

/// The caller's functions, which it must have to be an app with functions.
pub async fn own_keys(context: &Context, db: &mut db::Read) -> Result<Vec<String>> {
    let keys = db::jql_functions::keys_of(db, context.account_id()?).await?;
    if keys.is_empty() {
        return Err(Failure::forbidden("This API is only accessible to apps that provide JQL functions."));
    }
    Ok(keys)
}

/// Stores what the caller's app gives for calls; the ids that are no calls of its functions. With any of these nothing
/// is stored, unless they are to be skipped.
pub async fn update(context: &Context, updates: &[Update], skip_unknown: bool) -> Result<Vec<String>> {
    let mut work = context.begin().await?;
    let keys = own_keys(context, &mut work).await?;
    let ids: Vec<Uuid> = updates.iter().filter_map(|update| update.id.parse().ok()).collect();
    let mut known = db::jql_functions::precomputations(&mut work, &ids).await?;
    known.retain(|known| keys.contains(&known.call.function_key));
    let mut unknown = Vec::new();
    for update in updates {
        let id = update.id.parse().unwrap_or_default();
        match known.iter().find(|known| known.id == id) {
            None => unknown.push(update.id.clone()),
            Some(known) => {
                db::jql_functions::set_outcome(&mut work, id, &update.outcome, context.now).await?;
                work.record(record(known, &update.outcome));
            }
        }
    }
    if unknown.is_empty() || skip_unknown {
        work.commit_recorded_if_any().await?;
    }
    Ok(unknown)
}

fn record(before: &Precomputation, after: &Outcome) -> Record {
    let thing = Thing::new("JQL_PRECOMPUTATION", before.id, before.call.function_key.as_str());
    let record = Record::new("JQL precomputation updated", Area::Everyday, thing);
    let (value, error) = (before.outcome.parts(), after.parts());
    record.change("Value", value.0, error.0).change("Error", value.1, error.1)
}
