//! Changing many issues in the background (J-130 to J-135).
//!
//! Each issue is changed by the code that changes one, in a transaction of its own, which also stores that the issue
//! is done: a server that takes the work up again neither leaves one out nor does one twice.

pub mod moving;

use super::{
    Context, issues, mail,
    tasks::{self, End, Job, Run},
    transitions, watchers,
};
use crate::{
    db::{self, Work, issues::Wanted, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        bulk::ISSUES,
        failure::{Failure, Result},
        issue::{
            Issue,
            edit::{Extras, Input},
            values::TextFormat,
        },
    },
};
pub use moving::Target;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is done to an issue.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase")]
pub enum Action {
    /// With its sub-tasks.
    Delete,
    /// As an edit of it alone.
    Edit {
        /// Field id to new value.
        fields: Map<String, Value>,
        /// Field id to operations.
        update: Map<String, Value>,
        /// A status to bring it to.
        status: Option<String>,
    },
    /// To another project, type or parent.
    Move(Target),
    /// By this transition.
    Transition {
        /// The transition's id.
        id: String,
    },
    /// By who asks.
    Watch,
    /// By who asks.
    Unwatch,
}

/// Some of the issues, and what is done to them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The same for all.
    pub action: Action,
    /// In their order.
    pub issue_ids: Vec<i64>,
}

/// How far a bulk operation is.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Progress {
    /// How many issues were looked at, whatever came of it.
    done: usize,
    /// Ids of those that were changed.
    pub processed: Vec<i64>,
    /// Why others were not, by their ids.
    pub failed: BTreeMap<i64, Vec<String>>,
    /// How many were gone, or out of sight.
    pub inaccessible: usize,
    /// Account ids of those who are to be told at the end.
    recipients: BTreeSet<String>,
}

/// Most bulk operations of a site at once (J-131, R-23).
const AT_ONCE: usize = 5;

/// How often an issue is tried that others change at the same time.
const TRIES: usize = 5;

/// The issues that a request names; each once, and none of them missing.
pub async fn chosen(context: &Context, db: &mut db::Read, names: &[String]) -> Result<Vec<Issue>> {
    if names.is_empty() {
        return Err(Failure::invalid("The list of issues must not be empty."));
    }
    if names.len() > ISSUES {
        return Err(Failure::invalid(format!("At most {ISSUES} issues can be changed at once.")));
    }
    let found: Option<Vec<Issue>> = issues::named(context, db, names).await?.into_iter().collect();
    let mut found = found.ok_or_else(|| Failure::invalid("Some of the issues in the issueIdsOrKeys are not valid"))?; // J-133
    let mut seen = HashSet::new();
    found.retain(|issue| seen.insert(issue.id));
    Ok(found)
}

/// Asks for the same to be done to all issues that are named.
pub async fn submit_all(context: &Context, names: &[String], action: Action, notify: bool) -> Result<Task> {
    let mut work = context.begin().await?;
    let mut issues = chosen(context, &mut work, names).await?;
    if matches!(action, Action::Delete) {
        // Sub-tasks first: they would be gone with their parents.
        let level = |issue: &Issue| context.site.issue_types.get(issue.issue_type_id).map(|kind| kind.level);
        issues.sort_by_key(level);
    }
    let issue_ids = issues.iter().map(|issue| issue.id).collect();
    submit(context, work, vec![Part { action, issue_ids }], notify).await
}

/// Asks for transitions: each with the issues that take it.
pub async fn submit_transitions(context: &Context, steps: Vec<(String, Vec<String>)>, notify: bool) -> Result<Task> {
    let mut work = context.begin().await?;
    let all: Vec<String> = steps.iter().flat_map(|(_, names)| names).cloned().collect();
    chosen(context, &mut work, &all).await?;
    let mut parts = Vec::with_capacity(steps.len());
    for (id, names) in steps {
        let issues = chosen(context, &mut work, &names).await?;
        let issue_ids = issues.iter().map(|issue| issue.id).collect();
        parts.push(Part { action: Action::Transition { id }, issue_ids });
    }
    submit(context, work, parts, notify).await
}

/// Stores the work to be done.
async fn submit(context: &Context, mut work: Work, parts: Vec<Part>, notify: bool) -> Result<Task> {
    // Tasks are numbered one after the other, so that no two submissions miss each other.
    let task = tasks::submit(context, &mut work, &Job::Bulk { parts, notify }).await?;
    if db::tasks::open(&mut work, &["bulk"]).await?.len() > AT_ONCE {
        return Err(Failure::invalid(format!("At most {AT_ONCE} bulk operations can run at the same time.")));
    }
    let thing = Thing::new("TASK", task.id, &task.description);
    work.commit(Record::new("Bulk operation submitted", Area::Everyday, thing)).await?;
    Ok(task)
}

/// The words for a task.
pub fn description(parts: &[Part]) -> &'static str {
    match parts.first().map(|part| &part.action) {
        Some(Action::Delete) => "Bulk delete",
        Some(Action::Edit { .. }) => "Bulk edit",
        Some(Action::Move(_)) => "Bulk move",
        Some(Action::Transition { .. }) => "Bulk transition",
        Some(Action::Watch) => "Bulk watch",
        Some(Action::Unwatch) => "Bulk unwatch",
        None => "Bulk operation",
    }
}

/// What [`Job::Bulk`] does.
pub async fn run_in_background(run: &mut Run, parts: &[Part], notify: bool) -> Result<End> {
    let steps: Vec<(&Action, i64)> =
        parts.iter().flat_map(|part| part.issue_ids.iter().map(move |id| (&part.action, *id))).collect();
    let mut progress: Progress = run.checkpoint()?;
    while let Some((action, id)) = steps.get(progress.done) {
        if run.cancelled().await? {
            tell(run, description(parts), &mut progress).await?;
            return Ok(End::Cancelled(progress.told(steps.len())));
        }
        progress.done += 1;
        let percent = progress.done * 100 / steps.len();
        let (context, failure) = match change(run, (action, *id), notify, percent, &mut progress).await? {
            Ok(()) => continue,
            Err(refused) => refused,
        };
        match failure {
            Failure::NotFound(_) => progress.inaccessible += 1,
            failure => {
                let complaints = issues::complaints_of(failure);
                let reasons = complaints.messages.into_iter().chain(complaints.fields.into_values());
                progress.failed.insert(*id, reasons.collect());
            }
        }
        let mut work = context.begin().await?;
        run.save(&mut work, percent, &progress).await?;
        work.commit_unrecorded().await?;
    }
    tell(run, description(parts), &mut progress).await?;
    Ok(End::Complete(progress.told(steps.len())))
}

/// Sends one letter to all whom the changes concern.
async fn tell(run: &mut Run, what: &str, progress: &mut Progress) -> Result<()> {
    if progress.recipients.is_empty() {
        return Ok(());
    }
    let context = run.context().await?;
    let mut work = context.begin().await?;
    let recipients = std::mem::take(&mut progress.recipients).into_iter().collect();
    let changed = progress.processed.len();
    mail::announce(&context, &mut work, what, changed, recipients).await?;
    // Nobody is told twice, if this is done again.
    run.save(&mut work, 100, progress).await?;
    Ok(work.commit_recorded_if_any().await?)
}

/// Changes one issue, and stores that it is done; the inner failure is about this issue alone.
async fn change(
    run: &mut Run,
    (action, id): (&Action, i64),
    notify: bool,
    percent: usize,
    progress: &mut Progress,
) -> Result<Result<(), (Context, Failure)>> {
    let mut tries = 1;
    loop {
        let (context, mut work) = run.context().await?.begin_settled().await?;
        // Asked before: afterwards it may be gone.
        let concerned = if notify { mail::concerned(&context, &mut work, id).await? } else { Vec::new() };
        match apply(&context, &mut work, action, id).await {
            Ok(()) => {
                progress.processed.push(id);
                progress.recipients.extend(concerned);
                run.save(&mut work, percent, progress).await?;
                work.commit_recorded_if_any().await?;
                return Ok(Ok(()));
            }
            Err(Failure::Internal(cause)) if db::race(&cause).is_some() && tries < TRIES => tries += 1,
            Err(Failure::Internal(cause)) => return Err(Failure::Internal(cause)),
            Err(failure) => return Ok(Err((context, failure))),
        }
    }
}

/// Does what is wanted to one issue, in a transaction.
async fn apply(context: &Context, work: &mut Work, action: &Action, id: i64) -> Result<()> {
    let name = id.to_string();
    match action {
        Action::Delete => issues::delete_within(context, work, &name, true).await,
        Action::Edit { fields, update, status } => {
            let input = Input { fields: fields.clone(), update: update.clone(), ..Input::default() };
            if !input.fields.is_empty() || !input.update.is_empty() {
                let edit = issues::Edit { input, ..issues::Edit::default() };
                issues::edit_within(context, work, &name, &edit, TextFormat::Document).await?;
            }
            match status {
                Some(status) => bring_to(context, work, &name, status).await,
                None => Ok(()),
            }
        }
        Action::Move(target) => moving::relocate(context, work, &name, target).await,
        Action::Transition { id } => {
            let (mut issue, _) = issues::locked(context, work, &name).await?;
            transitions::take(context, work, &mut issue, id, &Input::default(), TextFormat::Document).await
        }
        Action::Watch => watchers::add_within(context, work, &name, context.account_id()?).await,
        Action::Unwatch => watchers::remove_within(context, work, &name, context.account_id()?).await,
    }
}

/// Takes a transition that leads to a status.
async fn bring_to(context: &Context, work: &mut Work, name: &str, status: &str) -> Result<()> {
    let (mut issue, project) = issues::locked(context, work, name).await?;
    if issue.status_id.to_string() == status {
        return Ok(());
    }
    let wanted = Wanted { neighbours: true, ..Wanted::default() };
    let loaded = db::issues::find(work, db::issues::Name::Id(issue.id), wanted, None).await?;
    let relatives = transitions::Relatives::from(&loaded.ok_or_else(Failure::no_issue)?.around);
    let id = transitions::offered(context, project, &issue, &relatives)
        .iter()
        .find(|offer| offer.available && offer.transition.to.is_some_and(|to| to.to_string() == status))
        .map(|offer| offer.transition.id.to_string())
        .ok_or_else(|| Failure::invalid("No transition of this issue leads to the status."))?;
    transitions::take(context, work, &mut issue, &id, &Input::default(), TextFormat::Document).await
}

impl Progress {
    /// What a task tells at its end (J-132).
    fn told(&self, total: usize) -> Value {
        json!({
            "processedAccessibleIssues": self.processed,
            "failedAccessibleIssues": self.failed,
            "invalidOrInaccessibleIssueCount": self.inaccessible,
            "totalIssueCount": total,
        })
    }
}
