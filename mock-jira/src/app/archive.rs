//! Archiving issues and bringing them back (J-136). Archived issues are found by no search and changed by nobody.

mod export;

use super::{
    Context, issues, search,
    tasks::{self, End, Job, Run},
};
use crate::{
    db::{self, Work, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
        issue::Issue,
    },
};
pub use export::{Export, Filter, export_in_background, invalid, submit_export};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// Most issues of one request (J-136).
pub const LIMIT: usize = 1_000;
/// Most issues that a query archives.
const LIMIT_OF_QUERY: i64 = 100_000;
/// How many issues are archived in one transaction.
const STEP: usize = 200;

/// The refusal of everybody else.
const ONLY_ADMINISTRATORS: &str = "Only admins can archive or unarchive issues. Access denied.";

/// Archives, or brings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Out of the way.
    Archive,
    /// Back.
    Unarchive,
}

/// What became of the issues that a request names.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// How many were archived or brought back, sub-tasks among them.
    pub updated: usize,
    /// Why others were not: the name of the reason, and as the request names them.
    pub refused: BTreeMap<String, Vec<String>>,
}

impl Outcome {
    fn refuse(&mut self, reason: &str, name: String) {
        self.refused.entry(reason.to_owned()).or_default().push(name);
    }
}

/// Archives the issues of a list, or brings them back.
pub async fn change(context: &Context, names: &[String], direction: Direction) -> Result<Outcome> {
    administers(context, ONLY_ADMINISTRATORS)?;
    let mut work = context.begin().await?;
    let mut outcome = Outcome::default();
    let chosen = choose(context, &mut work, &names[..names.len().min(LIMIT)], &mut outcome).await?;
    if chosen.is_empty() {
        return Err(Failure::invalid("No valid issue to archive or unarchive. Bad request."));
    }
    outcome.updated = store(context, &mut work, &chosen, direction).await?;
    let ids = chosen.iter().map(|issue| issue.id.to_string()).collect::<Vec<_>>().join(", ");
    let summary = if direction == Direction::Archive { "Issues archived" } else { "Issues unarchived" };
    let mut record = Record::new(summary, Area::Everyday, Thing::new("ISSUES", ids, summary));
    for issue in &chosen {
        record = record.with(context.issue_thing(issue));
    }
    work.commit(record).await?;
    if names.len() > LIMIT {
        return Err(Failure::Precondition(format!(
            "The number of issues to archive or unarchive exceeds the hard limit of {LIMIT}. Precondition failed."
        )));
    }
    Ok(outcome)
}

/// The issues that can be archived or brought back, out of those that are named.
async fn choose(context: &Context, work: &mut Work, names: &[String], outcome: &mut Outcome) -> Result<Vec<Issue>> {
    let mut chosen = Vec::new();
    for (name, issue) in names.iter().zip(issues::named(context, work, names).await?) {
        let Some(issue) = issue else {
            outcome.refuse("issuesNotFound", name.clone());
            continue;
        };
        let subtask = context.site.issue_types.get(issue.issue_type_id).is_some_and(|kind| kind.is_subtask());
        let project = context.site.projects.get(issue.project_id);
        if subtask {
            outcome.refuse("issueIsSubtask", name.clone());
        } else if project.is_some_and(|project| project.archived.is_some()) {
            outcome.refuse("issuesInArchivedProjects", name.clone());
        } else {
            chosen.push(issue);
        }
    }
    Ok(chosen)
}

async fn store(context: &Context, work: &mut Work, chosen: &[Issue], direction: Direction) -> Result<usize> {
    let ids: Vec<i64> = chosen.iter().map(|issue| issue.id).collect();
    let types = context.site.issue_types.iter().filter(|kind| kind.is_subtask());
    let subtask_types: Vec<i64> = types.map(|kind| kind.id).collect();
    let (archived, by) = match direction {
        Direction::Archive => (Some(context.now), context.caller.account_id()),
        Direction::Unarchive => (None, None),
    };
    Ok(db::archive::set(work, &ids, &subtask_types, archived, by).await?.len())
}

/// Asks for all issues of a query to be archived in the background.
pub async fn submit(context: &Context, jql: &str) -> Result<Task> {
    administers(context, ONLY_ADMINISTRATORS)?;
    let invalid = |failure| match failure {
        Failure::Invalid(_) => Failure::invalid("Invalid JQL. Bad request."),
        other => other,
    };
    search::count(context, jql).await.map_err(invalid)?;
    let mut work = context.begin().await?;
    let task = tasks::submit(context, &mut work, &Job::ArchiveIssues { jql: jql.to_owned() }).await?;
    alone(&mut work, &task).await?;
    work.commit(Record::new("Archiving of issues submitted", Area::Everyday, Thing::new("TASK", task.id, jql))).await?;
    Ok(task)
}

/// Refuses a task while there is another one of its kind. Tasks are numbered one after the other, so that no two miss
/// each other.
async fn alone(work: &mut Work, task: &Task) -> Result<()> {
    let kind = task.job["kind"].as_str().unwrap_or_default();
    match db::tasks::open(work, &[kind]).await?.into_iter().find(|id| *id != task.id) {
        None => Ok(()),
        Some(other) => Err(Failure::Precondition(format!(
            "An issue archival task is already running with ID {other}. To start a new one, cancel the task or wait for it to finish."
        ))),
    }
}

/// How far the archiving of a query's issues is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Progress {
    /// Ids of those that are left; absent before the query was asked.
    left: Option<Vec<i64>>,
    total: usize,
    outcome: Outcome,
}

/// What [`Job::ArchiveIssues`] does.
pub async fn archive_in_background(run: &mut Run, jql: &str) -> Result<End> {
    let mut progress: Progress = run.checkpoint()?;
    loop {
        let context = run.context().await?;
        let mut left = match progress.left.take() {
            Some(left) => left,
            None => {
                let mut ids = search::search(&context, jql, 0, LIMIT_OF_QUERY).await?.ids;
                ids.sort_unstable();
                progress.total = ids.len();
                ids
            }
        };
        if left.is_empty() {
            return Ok(End::Complete(told(&progress)));
        }
        if run.cancelled().await? {
            return Ok(End::Cancelled(told(&progress)));
        }
        let later = left.split_off(left.len().min(STEP));
        let names: Vec<String> = left.iter().map(i64::to_string).collect();
        let mut work = context.begin().await?;
        let chosen = choose(&context, &mut work, &names, &mut progress.outcome).await?;
        progress.outcome.updated += store(&context, &mut work, &chosen, Direction::Archive).await?;
        for issue in &chosen {
            work.record(context.issue_record("Issue archived", issue));
        }
        let done = (progress.total - later.len()) * 100 / progress.total.max(1);
        progress.left = Some(later);
        run.save(&mut work, done, &progress).await?;
        // The step may have archived nothing.
        work.commit_recorded_if_any().await?;
    }
}

fn told(progress: &Progress) -> serde_json::Value {
    json!({ "numberOfIssuesUpdated": progress.outcome.updated, "errors": progress.outcome.refused })
}

fn administers(context: &Context, refusal: &str) -> Result<()> {
    if context.caller.account.is_none() {
        return Err(Failure::Unauthorized("User is not logged in.".into()));
    }
    if context.access().administers() { Ok(()) } else { Err(Failure::forbidden(refusal)) }
}
