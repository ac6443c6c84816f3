//! Searching issues with JQL.

use super::Context;
use crate::{
    db::{self, search::Page},
    domain::{
        failure::{Complaints, Failure, Result},
        jql::{
            self, SyntaxErrorKind,
            resolve::{Condition, Resolution, Scope, resolve},
        },
        permission::Extent,
        site::SemanticErrors,
    },
};

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
    let resolution = resolve(&query, &Scope { site: &context.site, caller: &context.caller, now: context.now });
    if !strict {
        return Ok(resolution);
    }
    let mut messages = resolution.problems.clone();
    for mention in &resolution.mentions {
        if total(context, &Condition::Issue(mention.issue.clone())).await? == 0 {
            messages.push(mention.complaint.clone());
        }
    }
    if messages.is_empty() {
        return Ok(resolution);
    }
    Err(Failure::Invalid(Complaints { messages, ..Complaints::default() }))
}

/// The issues that the caller sees: those of deleted and of archived projects are not searched (S-30).
pub fn visible(context: &Context) -> Extent {
    context.access().extent("BROWSE_PROJECTS", |project| project.deleted.is_none() && project.archived.is_none())
}
