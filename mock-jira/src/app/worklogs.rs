//! Worklogs: who may see, log, change and remove work; the issue's estimate and totals follow (J-97 to J-99).

use super::{Context, issues, properties};
use crate::{
    db::{
        self, Read, Work,
        worklogs::{Filter, Worklog},
    },
    domain::{
        audit::{Record, Thing},
        config::Project,
        failure::{Complaints, Failure, Result},
        issue::{Issue, References, changes::ChangeItem, edit::Extras, values::TextFormat},
        worklog::{Adjust, Draft, Edit, Operation},
    },
};
use serde_json::{Map, Value};

/// What the properties of worklogs hang on.
pub const WORKLOG: &str = "worklog";

/// Most worklogs that can be deleted or moved at once.
const AT_ONCE: usize = 5000;

/// One worklog of an issue; restricted ones are missing for others (J-93).
pub async fn get(context: &Context, db: &mut Read, issue: &Issue, id: &str) -> Result<Worklog> {
    find(context, db, issue, parse(id)?).await?.ok_or_else(|| missing(id))
}

/// Nothing is to be done with worklogs while nobody tracks time.
pub fn check_enabled(context: &Context) -> Result<()> {
    if context.site.settings.time_tracking.enabled {
        return Ok(());
    }
    Err(Failure::not_found("Time tracking is disabled."))
}

async fn find(context: &Context, db: &mut Read, issue: &Issue, id: i64) -> Result<Option<Worklog>> {
    let ids = [id];
    let filter =
        Filter { viewer: context.caller.account_id(), issue_id: Some(issue.id), ids: Some(&ids), ..Filter::default() };
    Ok(db::worklogs::list(db, filter, 0, 1).await?.pop())
}

/// Logs work on an issue.
pub async fn add(
    context: &Context,
    id_or_key: &str,
    body: &Map<String, Value>,
    adjust: Adjust,
    format: TextFormat,
) -> Result<Worklog> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    let mut complaints = Complaints::default();
    let draft = Draft::read(&context.site, context.access(), project, format, body, &mut complaints);
    draft.check_new(&mut complaints);
    complaints.into_result()?;
    let done = store(context, work, &issue, vec![Edit { operation: Operation::Add(draft), adjust }]).await?;
    first(done)
}

/// Changes a worklog.
pub async fn update(
    context: &Context,
    (id_or_key, id): (&str, &str),
    body: &Map<String, Value>,
    adjust: Adjust,
    format: TextFormat,
) -> Result<Worklog> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    let mut complaints = Complaints::default();
    let draft = Draft::read(&context.site, context.access(), project, format, body, &mut complaints);
    complaints.into_result()?;
    let operation = Operation::Change(parse(id)?, draft);
    let done = store(context, work, &issue, vec![Edit { operation, adjust }]).await?;
    first(done)
}

/// Removes a worklog.
pub async fn delete(context: &Context, id_or_key: &str, id: &str, adjust: Adjust) -> Result<()> {
    let mut work = context.begin().await?;
    let (issue, _) = issues::locked(context, &mut work, id_or_key).await?;
    store(context, work, &issue, vec![Edit { operation: Operation::Remove(parse(id)?), adjust }]).await?;
    Ok(())
}

/// Removes several worklogs of an issue, all or none.
pub async fn delete_many(context: &Context, id_or_key: &str, ids: &[i64], adjust: Adjust) -> Result<()> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    let worklogs = several(context, &mut work, &issue, ids).await?;
    if !context.access().on(project, issue.people(), "DELETE_ALL_WORKLOGS") {
        return Err(Failure::invalid("You do not have permission to delete these worklogs."));
    }
    let mut changed = issue.clone();
    let items = remove(context, &mut work, &mut changed, &worklogs, adjust).await?;
    save(context, work, &issue, &mut changed, items).await
}

/// Gives worklogs to another issue, all or none. That leaves no history.
pub async fn relocate(context: &Context, from: &str, ids: &[i64], to: &str, adjust: Adjust) -> Result<()> {
    let mut work = context.begin().await?;
    let ends = [from.to_owned(), to.to_owned()];
    let references = context.references(&mut work, &ends).await?;
    let end = |name: &str| references.get(name).ok_or_else(Failure::no_issue);
    let (from_id, to_id) = (end(from)?.id, end(to)?.id);
    if from_id == to_id {
        return Err(Failure::invalid("The worklogs are on this issue already."));
    }
    db::issues::lock_all(&mut work, &[from_id, to_id]).await?;
    let (mut source, project) = issues::visible(context, &mut work, &from_id.to_string()).await?;
    let (mut destination, other_project) = issues::visible(context, &mut work, &to_id.to_string()).await?;
    let worklogs = several(context, &mut work, &source, ids).await?;
    let may = |project: &Project, issue: &Issue, key: &str| context.access().on(project, issue.people(), key);
    if !may(project, &source, "DELETE_ALL_WORKLOGS")
        || !may(project, &source, "WORK_ON_ISSUES")
        || !may(other_project, &destination, "WORK_ON_ISSUES")
    {
        return Err(Failure::invalid("You do not have permission to move these worklogs."));
    }
    if worklogs.iter().any(|worklog| worklog.visibility_type.as_deref() == Some("role")) {
        return Err(Failure::invalid("Worklogs that are restricted to a project role can't be moved."));
    }
    let limit = context.site.site.settings.issue_limits.worklogs;
    if db::worklogs::count_all(&mut work, to_id).await? + worklogs.len() as i64 > limit {
        return Err(Failure::invalid(too_many(limit)));
    }
    let seconds = worklogs.iter().map(|worklog| worklog.seconds).sum();
    spend(&mut source, adjust, seconds, 0);
    spend(&mut destination, adjust, 0, seconds);
    for issue in [&mut source, &mut destination] {
        issue.updated = context.now;
        db::issues::update(&mut work, issue).await?;
    }
    let ids: Vec<i64> = worklogs.iter().map(|worklog| worklog.id).collect();
    db::worklogs::relocate(&mut work, &ids, to_id).await?;
    let record = record(context, "Worklogs moved", &source, &ids).with(context.issue_thing(&destination));
    Ok(work.commit(record).await?)
}

/// The worklogs that a bulk request names; all must be there.
async fn several(context: &Context, db: &mut Read, issue: &Issue, ids: &[i64]) -> Result<Vec<Worklog>> {
    check_enabled(context)?;
    if ids.is_empty() {
        return Err(Failure::invalid("The list of worklog ids must not be empty."));
    }
    if ids.len() > AT_ONCE {
        return Err(Failure::invalid(format!("The number of worklogs exceeds the limit of {AT_ONCE}.")));
    }
    let filter =
        Filter { viewer: context.caller.account_id(), issue_id: Some(issue.id), ids: Some(ids), ..Filter::default() };
    let found = db::worklogs::list(db, filter, 0, AT_ONCE as i64).await?;
    match ids.iter().find(|id| !found.iter().any(|worklog| worklog.id == **id)) {
        Some(id) => Err(missing(id)),
        None => Ok(found),
    }
}

/// Does `edits` to a locked issue and ends the transaction; the worklogs that are there afterwards.
async fn store(context: &Context, mut work: Work, issue: &Issue, edits: Vec<Edit>) -> Result<Vec<Worklog>> {
    let mut changed = issue.clone();
    let (items, worklogs) = apply(context, &mut work, &mut changed, edits).await?;
    save(context, work, issue, &mut changed, items).await?;
    Ok(worklogs)
}

async fn save(context: &Context, mut work: Work, old: &Issue, issue: &mut Issue, items: Vec<ChangeItem>) -> Result<()> {
    let extras = Extras { items, ..Extras::default() };
    issues::save(context, &mut work, old, issue, extras, &References::new()).await?;
    Ok(work.commit_recorded().await?)
}

fn first(worklogs: Vec<Worklog>) -> Result<Worklog> {
    worklogs.into_iter().next().ok_or_else(|| anyhow::anyhow!("no worklog was written").into())
}

/// Does what a request asks for the worklogs of a locked issue. Its estimate and its time spent follow, and are for
/// the caller to store, with what the history tells; the worklogs that are there afterwards.
pub async fn apply(
    context: &Context,
    work: &mut Work,
    issue: &mut Issue,
    edits: Vec<Edit>,
) -> Result<(Vec<ChangeItem>, Vec<Worklog>)> {
    let project = context.project_of(issue)?;
    check_enabled(context)?;
    let mut items = Vec::new();
    let mut written = Vec::new();
    for Edit { operation, adjust } in edits {
        let estimate = issue.remaining_estimate;
        match operation {
            Operation::Add(draft) => {
                let worklog = insert(context, work, project, issue, draft).await?;
                spend(issue, adjust, 0, worklog.seconds);
                if adjust != Adjust::Leave && issue.remaining_estimate == estimate {
                    items.push(ChangeItem::estimate_kept(estimate));
                }
                items.push(ChangeItem::worklog(None, Some(worklog.id)));
                work.record(record(context, "Worklog added", issue, &[worklog.id]));
                written.push(worklog);
            }
            Operation::Change(id, draft) => {
                let old = existing(context, work, project, issue, id, "edit").await?;
                let worklog = change(context, work, &old, draft).await?;
                spend(issue, adjust, old.seconds, worklog.seconds);
                items.push(ChangeItem::worklog(Some(id), Some(id)));
                work.record(record(context, "Worklog updated", issue, &[id]));
                written.push(worklog);
            }
            Operation::Remove(id) => {
                let old = existing(context, work, project, issue, id, "delete").await?;
                items.extend(remove(context, work, issue, &[old], adjust).await?);
            }
        }
    }
    Ok((items, written))
}

/// Removes worklogs of a locked issue; what its history tells.
async fn remove(
    context: &Context,
    work: &mut Work,
    issue: &mut Issue,
    worklogs: &[Worklog],
    adjust: Adjust,
) -> Result<Vec<ChangeItem>> {
    spend(issue, adjust, worklogs.iter().map(|worklog| worklog.seconds).sum(), 0);
    let ids: Vec<i64> = worklogs.iter().map(|worklog| worklog.id).collect();
    db::worklogs::delete(work, &ids).await?;
    work.record(record(context, "Worklog deleted", issue, &ids));
    Ok(ids.iter().map(|id| ChangeItem::worklog(Some(*id), None)).collect())
}

/// Moves an issue's totals when what a worklog tells goes from `before` to `after`.
fn spend(issue: &mut Issue, adjust: Adjust, before: i64, after: i64) {
    issue.remaining_estimate = adjust.estimate(issue.remaining_estimate, before, after);
    issue.time_spent = Some((issue.time_spent.unwrap_or(0) + after - before).max(0));
}

async fn insert(context: &Context, work: &mut Work, project: &Project, issue: &Issue, draft: Draft) -> Result<Worklog> {
    if !context.access().on(project, issue.people(), "WORK_ON_ISSUES") {
        return Err(Failure::invalid("You do not have the permission to associate a worklog to this issue."));
    }
    let limit = context.site.site.settings.issue_limits.worklogs;
    if db::worklogs::count_all(work, issue.id).await? >= limit {
        return Err(Failure::TooLarge(too_many(limit))); // J-77
    }
    let (visibility_type, visibility_id) = draft.visibility.flatten().unzip();
    let worklog = Worklog {
        id: work.next_id("worklog").await?,
        issue_id: issue.id,
        author: context.author().to_owned(),
        update_author: context.author().to_owned(),
        comment: draft.comment.flatten(),
        created: context.now,
        updated: context.now,
        started: draft.started.unwrap_or(context.now),
        seconds: draft.seconds.unwrap_or(0),
        visibility_type,
        visibility_id,
    };
    db::worklogs::insert(work, &worklog).await?;
    properties::store(work, WORKLOG, worklog.id, &draft.properties).await?;
    Ok(worklog)
}

async fn change(context: &Context, work: &mut Work, old: &Worklog, draft: Draft) -> Result<Worklog> {
    let mut worklog = Worklog {
        update_author: context.author().to_owned(),
        updated: context.now,
        comment: draft.comment.unwrap_or_else(|| old.comment.clone()),
        started: draft.started.unwrap_or(old.started),
        seconds: draft.seconds.unwrap_or(old.seconds),
        ..old.clone()
    };
    if let Some(visibility) = draft.visibility {
        (worklog.visibility_type, worklog.visibility_id) = visibility.unzip();
    }
    db::worklogs::update(work, &worklog).await?;
    properties::store(work, WORKLOG, worklog.id, &draft.properties).await?;
    Ok(worklog)
}

/// A worklog that the caller may edit or delete.
async fn existing(
    context: &Context,
    db: &mut Read,
    project: &Project,
    issue: &Issue,
    id: i64,
    verb: &str,
) -> Result<Worklog> {
    let worklog = find(context, db, issue, id).await?.ok_or_else(|| missing(id))?;
    if may_change(context, project, issue, &worklog, &verb.to_uppercase()) {
        return Ok(worklog);
    }
    Err(Failure::invalid(format!("You do not have permission to {verb} worklog with id: '{id}'.")))
}

/// Whether the caller may `EDIT` or `DELETE` a worklog.
pub fn may_change(context: &Context, project: &Project, issue: &Issue, worklog: &Worklog, verb: &str) -> bool {
    let may = |whose: &str| context.access().on(project, issue.people(), &format!("{verb}_{whose}_WORKLOGS"));
    may("ALL") || context.caller.is(Some(&worklog.author)) && may("OWN")
}

fn record(context: &Context, summary: &'static str, issue: &Issue, ids: &[i64]) -> Record {
    let worklog = |id: &i64| Thing::new("WORKLOG", id, id.to_string());
    ids.iter().map(worklog).fold(context.issue_record(summary, issue), Record::with)
}

fn parse(id: &str) -> Result<i64> {
    id.parse().map_err(|_| missing(id))
}

fn missing(id: impl std::fmt::Display) -> Failure {
    Failure::not_found(format!("Cannot find worklog with id: '{id}'."))
}

fn too_many(limit: i64) -> String {
    format!("The issue has reached the limit of {limit} worklogs.")
}
