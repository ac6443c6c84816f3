//! Searching issues with JQL.

use super::Context;
use crate::{
    db::{self, search::Page},
    domain::{
        failure::{Complaints, Failure, Result},
        jql::{
            self, Query, SyntaxErrorKind,
            resolve::{Condition, Problem, Resolution, SavedFilter, SavedFilters, Scope, references, resolve},
        },
        permission::Extent,
        sharing::Audience,
        site::SemanticErrors,
    },
};
use std::collections::HashSet;

/// Ids of the issues found, in order, and whether there are more.
pub type Found = Page;

/// A page of the issues that a query asks for, as far as the caller may see them.
pub async fn search(context: &Context, jql: &str, offset: i64, limit: i64) -> Result<Found> {
    find(context, &bounded(context, jql).await?, offset, limit).await
}

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
    Ok(db::search::find(&mut db, &visible(context), condition, order, offset, limit).await?)
}

async fn total(context: &Context, condition: &Condition) -> Result<i64> {
    let mut db = context.read().await?;
    Ok(db::search::count(&mut db, &visible(context), condition).await?)
}

/// A query that restricts the search: with at least one condition, whatever it be (S-9, S-10).
async fn bounded(context: &Context, jql: &str) -> Result<Resolution> {
    let resolution = read(context, jql).await?;
    if resolution.bounded {
        return Ok(resolution);
    }
    Err(Failure::invalid("Unbounded JQL queries are not allowed here. Please add a search restriction to your query."))
}

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
    let filters = saved_filters(context, &query).await?;
    let resolution = resolve(&query, &scope(context, &filters));
    if strict {
        let messages = sentences(complaints(context, &resolution).await?);
        if !messages.is_empty() {
            return Err(Failure::Invalid(Complaints { messages, ..Complaints::default() }));
        }
    }
    note_use(context, &filters).await?;
    Ok(resolution)
}

/// What is wrong with a query that is to be stored, by the strict validator whatever the site's search does:
/// nothing if it may be. A filter may not refer to itself.
pub async fn validate(context: &Context, jql: &str, stored_as: Option<i64>) -> Result<Vec<String>> {
    let query = match jql::parse(jql) {
        Ok(query) => query,
        Err(error) => return Ok(vec![error.message]),
    };
    let filters = SavedFilters { stored_as, ..saved_filters(context, &query).await? };
    Ok(sentences(complaints(context, &resolve(&query, &scope(context, &filters))).await?))
}

fn sentences(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().map(|problem| problem.sentence).collect()
}

/// Where, for whom and when the caller's query is asked.
pub(super) fn scope<'a>(context: &'a Context, filters: &'a SavedFilters) -> Scope<'a> {
    Scope { site: &context.site, caller: &context.caller, now: context.now, filters }
}

/// All that a strict site says of a query.
pub(super) async fn complaints(context: &Context, resolution: &Resolution) -> Result<Vec<Problem>> {
    let mut problems = resolution.problems.clone();
    for mention in &resolution.mentions {
        if total(context, &mention.found_by).await? == 0 {
            problems.push(mention.complaint.clone());
        }
    }
    Ok(problems)
}

/// The filters that a query refers to, and those that these refer to, as far as the caller sees them.
pub(super) async fn saved_filters(context: &Context, query: &Query) -> Result<SavedFilters> {
    let mut found = SavedFilters::default();
    let mut names = wanted(query);
    if names.is_empty() {
        return Ok(found);
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
    Ok(found)
}

/// Names of filters in a query, as the database compares them.
fn wanted(query: &Query) -> Vec<String> {
    // PostgreSQL has no text with NUL, and so no filter has such a name.
    let names = references(query).into_iter().filter(|value| !value.text.contains('\0'));
    names.map(|value| value.text.to_lowercase()).collect()
}

/// Filters show when they were last used.
async fn note_use(context: &Context, filters: &SavedFilters) -> Result<()> {
    if filters.filters.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = filters.filters.iter().map(|filter| filter.id).collect();
    let mut work = context.begin().await?;
    db::filters::used(&mut work, &ids, context.now).await?;
    Ok(work.commit_unrecorded().await?)
}

/// The issues that the caller sees: those of deleted and of archived projects are not searched (S-30).
pub fn visible(context: &Context) -> Extent {
    context.access().extent("BROWSE_PROJECTS", |project| project.deleted.is_none() && project.archived.is_none())
}
