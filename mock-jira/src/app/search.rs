//! Searching issues with JQL.

use super::{Context, jql_functions, sessions};
use crate::{
    db::{self, search::Page},
    domain::{
        failure::{Complaints, Failure, Result},
        jql::{
            self, Query, SyntaxErrorKind,
            resolve::{
                Condition, IssueNames, Order, Outcome, Problem, Referents, Resolution, SavedFilter, Scope,
                asks_for_logins, named_filters, resolve,
            },
        },
        permission::Extent,
        sharing::Audience,
        site::{SearchPaging, SemanticErrors},
    },
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Ids of the issues found, in order, and whether there are more.
pub type Found = Page;

/// Where a page of a search begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// How many issues are before it.
    pub offset: i64,
    /// The number of the result that was kept for paging through.
    pub kept: Option<i64>,
}

/// How long a search can be paged through (S-5).
pub const LIFETIME: TimeDelta = TimeDelta::days(7);

/// A page of the issues that a query asks for, as far as the caller may see them.
pub async fn search(context: &Context, jql: &str, offset: i64, limit: i64) -> Result<Found> {
    find(context, &bounded(context, jql).await?, offset, limit).await
}

/// A page for who goes on to the next one, and where that begins: of what is found now, or of what was found when the
/// first one was asked for, as the site has it (S-6, C-6).
pub async fn page(context: &Context, jql: &str, start: Start, limit: i64) -> Result<(Vec<i64>, Option<Start>)> {
    let resolution = bounded(context, jql).await?;
    if let Some(id) = start.kept {
        let mut db = context.read().await?;
        let page = db::search::kept::page(&mut db, id, start.offset, limit).await?;
        let Page { ids, more } = page.ok_or_else(|| Failure::invalid(BAD_TOKEN))?;
        let named = Condition::Issue(IssueNames { ids: ids.clone(), keys: Vec::new() });
        let seen = db::search::find(&mut db, &visible(context), &named, &[], 0, limit).await.map_err(cut_off)?;
        let seen: HashSet<i64> = seen.ids.into_iter().collect();
        let next = more.then(|| Start { offset: start.offset + ids.len() as i64, ..start });
        return Ok((ids.into_iter().filter(|id| seen.contains(id)).collect(), next));
    }
    let snapshot = context.site.site.settings.search_paging == SearchPaging::Snapshot && start.offset == 0;
    if !snapshot {
        let Page { ids, more } = find(context, &resolution, start.offset, limit).await?;
        let next = more.then(|| Start { offset: start.offset + ids.len() as i64, kept: None });
        return Ok((ids, next));
    }
    let mut ids = find(context, &resolution, 0, i64::MAX).await?.ids;
    let length = usize::try_from(limit)?;
    if ids.len() <= length {
        return Ok((ids, None));
    }
    let mut work = context.begin().await?;
    let kept = db::search::kept::insert(&mut work, &ids, context.now, LIFETIME).await?;
    work.commit_unrecorded().await?;
    ids.truncate(length);
    Ok((ids, Some(Start { offset: limit, kept: Some(kept) })))
}

/// S-7.
pub const BAD_TOKEN: &str = "The provided next page token is invalid or expired.";

/// How many issues a query asks for, as far as the caller may see them (S-40).
pub async fn count(context: &Context, jql: &str) -> Result<i64> {
    let resolution = bounded(context, jql).await?;
    total(context, &resolution.condition).await
}

/// The same page with the number of all: the removed search, which took any query (S-44).
pub async fn unbounded(context: &Context, jql: &str, offset: i64, limit: i64) -> Result<(Vec<i64>, i64)> {
    let resolution = read(context, jql).await?;
    let found = find(context, &resolution, offset, limit).await?;
    Ok((found.ids, total(context, &resolution.condition).await?))
}

async fn find(context: &Context, resolution: &Resolution, offset: i64, limit: i64) -> Result<Page> {
    let mut db = context.read().await?;
    let Resolution { condition, order, .. } = resolution;
    db::search::find(&mut db, &visible(context), condition, order, offset, limit).await.map_err(cut_off)
}

async fn total(context: &Context, condition: &Condition) -> Result<i64> {
    let mut db = context.read().await?;
    db::search::count(&mut db, &visible(context), condition).await.map_err(cut_off)
}

/// A search that asks for too much is the query's fault. How Jira words it is not recorded.
pub(super) fn cut_off(error: db::Error) -> Failure {
    if db::too_heavy(&error) {
        return Failure::invalid(
            "The JQL query took too long or is too complex to run. Please add a search restriction to your query.",
        );
    }
    error.into()
}

/// A query that restricts the search: with at least one condition, whatever it be (S-9, S-10).
async fn bounded(context: &Context, jql: &str) -> Result<Resolution> {
    // Before any mistake in the order is looked at (S-25).
    if jql::is_unbounded(jql) {
        let sentence = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
        return Err(Failure::invalid(sentence));
    }
    read(context, jql).await
}

/// S-26.
const MOST_SORTS: usize = 7;

/// What a query means. One that means nothing finds nothing, or is refused where the site is strict (S-27, S-29).
async fn read(context: &Context, jql: &str) -> Result<Resolution> {
    let strict = context.site.site.settings.search_semantic_errors == SemanticErrors::Strict;
    let query = match jql::parse(jql) {
        Ok(query) => query,
        Err(error) if error.kind == SyntaxErrorKind::Operand && !strict => {
            return Ok(Resolution::nothing());
        }
        Err(error) => return Err(Failure::invalid(error.message)),
    };
    let referents = referents(context, &query).await?;
    let resolution = resolve(&query, &scope(context, &referents));
    jql_functions::note_calls(context, &query, &referents).await?;
    // No site is lenient with an order that is too long (S-26).
    if strict || query.order_by.len() > MOST_SORTS {
        let messages = sentences(complaints(context, &resolution).await?);
        if !messages.is_empty() {
            return Err(Failure::Invalid(Complaints { messages, ..Complaints::default() }));
        }
    }
    note_use(context, &referents).await?;
    Ok(resolution)
}

/// What a query asks for, as suggestions take it; `None` if it is none.
pub(super) async fn lenient(context: &Context, jql: &str) -> Result<Option<(Condition, Vec<Order>)>> {
    let Ok(query) = jql::parse(jql) else { return Ok(None) };
    let referents = referents(context, &query).await?;
    let Resolution { condition, order, .. } = resolve(&query, &scope(context, &referents));
    Ok(Some((condition, order)))
}

/// What is wrong with a query that is to be stored, by the strict validator whatever the site's search does:
/// nothing if it may be. A filter may not refer to itself.
pub async fn validate(context: &Context, jql: &str, stored_as: Option<i64>) -> Result<Vec<String>> {
    let query = match jql::parse(jql) {
        Ok(query) => query,
        Err(error) => return Ok(vec![error.message]),
    };
    let referents = Referents { stored_as, ..referents(context, &query).await? };
    Ok(sentences(complaints(context, &resolve(&query, &scope(context, &referents))).await?))
}

fn sentences(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().map(|problem| problem.sentence).collect()
}

/// Where, for whom and when the caller's query is asked.
pub(super) fn scope<'a>(context: &'a Context, referents: &'a Referents) -> Scope<'a> {
    Scope { site: &context.site, caller: &context.caller, now: context.now, referents }
}

/// All that a strict site says of a query.
pub(super) async fn complaints(context: &Context, resolution: &Resolution) -> Result<Vec<Problem>> {
    let mut problems = resolution.problems.clone();
    let named = resolution.mentions.iter().enumerate().filter_map(|(at, mention)| match &mention.found_by {
        Condition::Issue(names) => Some((at, names)),
        _ => None,
    });
    let named: Vec<(usize, &IssueNames)> = named.collect();
    let mut found = HashMap::new();
    if !named.is_empty() {
        let mut db = context.read().await?;
        found = db::search::existing(&mut db, &visible(context), &named).await.map_err(cut_off)?;
    }
    for (at, mention) in resolution.mentions.iter().enumerate() {
        let complaint = match &mention.found_by {
            Condition::Issue(_) => match found.get(&at) {
                Some((_, true)) => None,
                Some((_, false)) => mention.if_moved.as_ref(),
                None => Some(&mention.complaint),
            },
            other if total(context, other).await? > 0 => None,
            _ => Some(&mention.complaint),
        };
        problems.extend(complaint.cloned());
    }
    Ok(problems)
}

/// What a query refers to: filters, those that these refer to, as far as the caller sees them, and functions of apps.
pub(super) async fn referents(context: &Context, query: &Query) -> Result<Referents> {
    let mut found = Referents::default();
    add_filters(context, &mut found, wanted(query)).await?;
    found.apps = jql_functions::called(context, &found.queries(query)).await?;
    let fragments = found.apps.precomputations.iter().filter_map(|known| match &known.outcome {
        Outcome::Fragment(value) => jql::parse(value).ok(),
        Outcome::Pending | Outcome::Refused(_) => None,
    });
    let fragments: Vec<Query> = fragments.collect();
    add_filters(context, &mut found, fragments.iter().flat_map(wanted).collect()).await?;
    if found.queries(query).into_iter().chain(&fragments).any(asks_for_logins) {
        found.session = sessions::current(context).await?;
    }
    Ok(found)
}

/// Adds the filters of some names, and those that these refer to.
async fn add_filters(context: &Context, found: &mut Referents, mut names: Vec<String>) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let audience = Audience::of(&context.site, &context.caller);
    let mut db = context.read().await?;
    let mut asked = HashSet::new();
    while !names.is_empty() {
        let ids: Vec<i64> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let rows = db::filters::named(&mut db, &audience, &ids, &names).await?;
        asked.extend(names);
        names = Vec::new();
        for (id, name, owner, jql) in rows {
            if found.filters.iter().all(|filter| filter.id != id) {
                let query = jql::parse(&jql).ok();
                names.extend(query.iter().flat_map(wanted).filter(|name| !asked.contains(name)));
                found.filters.push(SavedFilter { id, name, owner, query });
            }
        }
    }
    Ok(())
}

/// Names of filters in a query, as the database compares them.
fn wanted(query: &Query) -> Vec<String> {
    // PostgreSQL has no text with NUL, and so no filter has such a name.
    let names = named_filters(query).into_iter().filter(|value| !value.text.contains('\0'));
    names.map(|value| value.text.to_lowercase()).collect()
}

/// Filters show when they were last used.
async fn note_use(context: &Context, referents: &Referents) -> Result<()> {
    if referents.filters.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = referents.filters.iter().map(|filter| filter.id).collect();
    let mut work = context.begin().await?;
    db::filters::used(&mut work, &ids, context.now).await?;
    Ok(work.commit_unrecorded().await?)
}

/// The issues that the caller sees: those of deleted and of archived projects are not searched (S-30).
pub fn visible(context: &Context) -> Extent {
    context.access().extent("BROWSE_PROJECTS", |project| project.deleted.is_none() && project.archived.is_none())
}
