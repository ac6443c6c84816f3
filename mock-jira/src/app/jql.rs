//! Queries as things of their own: parsed, matched, rewritten (S-50 to S-58).

use super::{
    Context,
    search::{complaints, cut_off, saved_filters, scope, visible},
};
use crate::{
    db,
    domain::{
        failure::{Failure, Result},
        jql::{
            self, Query,
            resolve::{Condition, IssueNames, SavedFilters, Scope, resolve, sanitized, with_account_ids},
        },
    },
};

/// What the strict validator says of a query.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What makes it no query of the site.
    pub errors: Vec<String>,
    /// Values that name nothing (S-52).
    pub warnings: Vec<String>,
}

/// Has a query judged that follows the grammar.
pub async fn judge(context: &Context, query: &Query) -> Result<Verdict> {
    let filters = saved_filters(context, query).await?;
    let problems = complaints(context, &resolve(query, &scope(context, &filters))).await?;
    let mut verdict = Verdict::default();
    for problem in problems {
        let said = if problem.unknown_value { &mut verdict.warnings } else { &mut verdict.errors };
        if !said.contains(&problem.sentence) {
            said.push(problem.sentence);
        }
    }
    Ok(verdict)
}

/// Which of some issues a query finds, in the order of `ids`; `None` if it is no query of the site. A value that names
/// nothing is no mistake here (S-53).
pub async fn matching(context: &Context, jql: &str, ids: &[i64]) -> Result<Option<Vec<i64>>> {
    let Ok(query) = jql::parse(jql) else { return Ok(None) };
    let filters = saved_filters(context, &query).await?;
    let resolution = resolve(&query, &scope(context, &filters));
    if resolution.problems.iter().any(|problem| !problem.unknown_value) {
        return Ok(None);
    }
    let named = Condition::Issue(IssueNames { ids: ids.to_vec(), keys: Vec::new() });
    let condition = Condition::all([resolution.condition, named]);
    let limit = i64::try_from(ids.len())?;
    let mut db = context.read().await?;
    let found = db::search::find(&mut db, &visible(context), &condition, &[], 0, limit).await.map_err(cut_off)?;
    let mut found = found.ids;
    found.sort_by_key(|id| ids.iter().position(|other| other == id));
    Ok(Some(found))
}

/// A query as an account may see it, or as anybody may without one; or what is wrong with it (S-58).
pub async fn sanitize(context: &Context, jql: &str, account_id: Option<&str>) -> Result<Result<String, Vec<String>>> {
    let query = match jql::parse(jql) {
        Ok(query) => query,
        Err(error) => return Ok(Err(vec![error.message])),
    };
    // Names that nothing has may have been hidden already.
    let Verdict { errors, .. } = judge(context, &query).await?;
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    // Nobody has an unknown account.
    let reader = account_id.and_then(|id| context.site.caller(id)).unwrap_or_default();
    let filters = SavedFilters::default();
    let scope_of = |caller| Scope { site: &context.site, caller, now: context.now, filters: &filters };
    Ok(Ok(sanitized(jql, &query, &scope_of(&context.caller), &scope_of(&reader))))
}

/// A query with account ids instead of other names of people, and whether some of them are nobody's (S-57).
pub fn clean(context: &Context, jql: &str) -> Result<(String, bool)> {
    let query = jql::parse(jql).map_err(|error| Failure::invalid(error.message))?;
    let filters = SavedFilters::default();
    Ok(with_account_ids(jql, &query, &scope(context, &filters)))
}
