//! Suggestions of issues while somebody types (S-46).

use super::{Context, search};
use crate::{
    db::{
        self,
        issues::{Loaded, Name, Wanted},
        search::Page,
    },
    domain::{
        failure::Result,
        jql::resolve::{Condition, IdColumn, IssueNames, NumberColumn, Order, Readable, TextQuery},
    },
};
use std::{ops::Bound, sync::Arc};

/// What is typed, and where.
#[derive(Debug, Default)]
pub struct Typed {
    /// Words of a text, or a key.
    pub query: String,
    /// The issue at which it is typed, which is not suggested itself.
    pub issue_key: Option<String>,
    /// The project that all suggestions are of.
    pub project_id: Option<String>,
    /// Whether sub-tasks are suggested.
    pub subtasks: bool,
    /// Whether the parent of the issue is suggested if that is a sub-task.
    pub parent: bool,
}

/// Suggestions of a kind, and how many there are in all.
#[derive(Debug, Default)]
pub struct Suggested {
    /// In their order.
    pub issues: Vec<Loaded>,
    /// Of these only some are suggested.
    pub total: i64,
}

/// Most suggestions of a kind.
const MOST: i64 = 20;

/// How many issues of the caller's history are looked at.
const HISTORY: i64 = 50;

/// From the issues that the caller created, edited or looked at lately.
pub async fn history(context: &Context, typed: &Typed) -> Result<Suggested> {
    let Some(account_id) = context.caller.account_id() else { return Ok(Suggested::default()) };
    let ids = db::issues::touched_by(&mut context.read().await?, account_id, HISTORY).await?;
    let touched = Condition::Issue(IssueNames { ids: ids.clone(), keys: Vec::new() });
    let mut found = suggest(context, typed, touched, &[], HISTORY).await?;
    found.issues.sort_by_key(|loaded| ids.iter().position(|id| *id == loaded.issue.id));
    found.issues.truncate(usize::try_from(MOST)?);
    Ok(found)
}

/// From what a query finds; one that is none finds nothing.
pub async fn current(context: &Context, typed: &Typed, jql: &str) -> Result<Suggested> {
    let Some((condition, order)) = search::lenient(context, jql).await? else { return Ok(Suggested::default()) };
    suggest(context, typed, condition, &order, MOST).await
}

/// What takes too long to find is not suggested.
async fn suggest(context: &Context, typed: &Typed, among: Condition, order: &[Order], limit: i64) -> Result<Suggested> {
    let mut db = context.read().await?;
    let condition = Condition::all([among, fitting(context, &mut db, typed).await?]);
    let (page, total) = match find(context, &mut db, &condition, order, limit).await {
        Err(error) if db::too_heavy(&error) => return Ok(Suggested::default()),
        found => found?,
    };
    let issues = db::issues::list(&mut db, &page.ids, Wanted::default(), context.caller.account_id()).await?;
    Ok(Suggested { issues, total })
}

async fn find(
    context: &Context,
    db: &mut db::Read,
    condition: &Condition,
    order: &[Order],
    limit: i64,
) -> Result<(Page, i64), db::Error> {
    let visible = search::visible(context);
    let page = db::search::find(db, &visible, condition, order, 0, limit).await?;
    let total = match page.more {
        true => db::search::count(db, &visible, condition).await?,
        false => page.ids.len() as i64,
    };
    Ok((page, total))
}

/// What a suggestion has to be.
async fn fitting(context: &Context, db: &mut db::Read, typed: &Typed) -> Result<Condition> {
    let mut all = vec![matching(context, &typed.query)];
    if let Some(id) = &typed.project_id {
        let project = context.live_projects().find(|project| project.id.to_string() == *id);
        all.push(Condition::Id(IdColumn::Project, project.map(|project| project.id).into_iter().collect()));
    }
    let types = context.site.issue_types.iter();
    let subtasks: Vec<i64> = types.filter(|kind| kind.is_subtask()).map(|kind| kind.id).collect();
    if !typed.subtasks {
        all.push(Condition::Id(IdColumn::IssueType, subtasks.clone()).not());
    }
    if let Some(name) = typed.issue_key.as_deref().and_then(|key| context.issue_name(key)) {
        all.push(named(name).not());
        let here = db::issues::find(db, name, Wanted::default(), context.caller.account_id()).await?;
        if let Some(here) = here.filter(|here| subtasks.contains(&here.issue.issue_type_id))
            && let Some(parent) = here.issue.parent_id.filter(|_| !typed.parent)
        {
            all.push(named(Name::Id(parent)).not());
        }
    }
    Ok(Condition::all(all))
}

fn named(name: Name) -> Condition {
    Condition::Issue(match name {
        Name::Id(id) => IssueNames { ids: vec![id], keys: Vec::new() },
        Name::Number(project_id, number) => IssueNames { ids: Vec::new(), keys: vec![(project_id, number)] },
    })
}

/// Issues with words that begin so, or of that key, or of that number in any project.
fn matching(context: &Context, query: &str) -> Condition {
    let words: Vec<TextQuery> = query
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| TextQuery::Prefix(w.into()))
        .collect();
    if words.is_empty() {
        return Condition::Everything;
    }
    let readable = Arc::new(Readable::to(&context.site, &context.caller));
    let mut any = vec![Condition::Anywhere(TextQuery::All(words), readable)];
    if let Ok(number) = query.trim().parse() {
        any.push(Condition::Number(NumberColumn::InKey, (Bound::Included(number), Bound::Included(number))));
    } else if let Some(name) = context.issue_name(query.trim()) {
        any.push(named(name));
    }
    Condition::any(any)
}
