//! Queries as things of their own: parsed, matched, rewritten (S-50 to S-58).

use super::{
    Context,
    search::{complaints, cut_off, referents, scope, visible},
};
use crate::{
    db,
    domain::{
        failure::{Failure, Result},
        jql::{
            self, Query,
            resolve::{Condition, IssueNames, Referents, named_issues, resolve, sanitized, with_account_ids},
        },
    },
};
use std::{collections::HashSet, ops::Range};

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
    let referents = referents(context, query).await?;
    let problems = complaints(context, &resolve(query, &scope(context, &referents))).await?;
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
    let referents = referents(context, &query).await?;
    let resolution = resolve(&query, &scope(context, &referents));
    if resolution.problems.iter().any(|problem| !problem.unknown_value) {
        return Ok(None);
    }
    let named = Condition::Issue(IssueNames { ids: ids.to_vec(), keys: Vec::new() });
    let condition = Condition::all([resolution.condition, named]);
    let limit = i64::try_from(ids.len())?;
    let mut db = context.read().await?;
    let found = db::search::find(&mut db, &visible(context), &condition, &[], 0, limit).await.map_err(cut_off)?;
    let mut found: HashSet<i64> = found.ids.into_iter().collect();
    Ok(Some(ids.iter().copied().filter(|id| found.remove(id)).collect()))
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
    let caller = account_id.and_then(|id| context.site.caller(id)).unwrap_or_default();
    let reader = Context { caller, ..context.clone() };
    let (known, readable) = (referents(context, &query).await?, referents(&reader, &query).await?);
    let (own, other) = (scope(context, &known), scope(&reader, &readable));
    let hidden = hidden_issues(context, &reader, named_issues(&query, &own)).await?;
    Ok(Ok(sanitized(jql, &query, &own, &other, &hidden)))
}

/// Of issues that a query names, those that a reader does not see, with their ids.
async fn hidden_issues(
    context: &Context,
    reader: &Context,
    named: Vec<(Range<usize>, IssueNames)>,
) -> Result<Vec<(Range<usize>, i64)>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = named.iter().enumerate().map(|(at, (_, names))| (at, names)).collect();
    let mut db = context.read().await?;
    let there = db::search::existing(&mut db, &visible(context), &names).await.map_err(cut_off)?;
    let seen = db::search::existing(&mut db, &visible(reader), &names).await.map_err(cut_off)?;
    let hidden = there.into_iter().filter(|(at, _)| !seen.contains_key(at));
    Ok(hidden.filter_map(|(at, (id, _))| Some((named.get(at)?.0.clone(), id))).collect())
}

/// A query with account ids instead of other names of people, and whether some of them are nobody's (S-57).
pub fn clean(context: &Context, jql: &str) -> Result<(String, bool)> {
    let query = jql::parse(jql).map_err(|error| Failure::invalid(error.message))?;
    let referents = Referents::default();
    Ok(with_account_ids(jql, &query, &scope(context, &referents)))
}
