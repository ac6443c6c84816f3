//! Changing many issues at once, in the background (J-130 to J-135). Version 3 alone has this (T-21).

mod editable;
mod moves;
mod transitions;

use crate::{
    app::bulk::{self, Action, Progress},
    db::{self, tasks::Task},
    domain::{
        bulk::{FIELDS, Problem, edits},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, created, ok},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on many issues.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/bulk/issues/delete", submit_bulk_delete)
        .get("/rest/api/3/bulk/issues/fields", editable::get_bulk_editable_fields)
        .post("/rest/api/3/bulk/issues/fields", submit_bulk_edit)
        .post("/rest/api/3/bulk/issues/move", moves::submit_bulk_move)
        .get("/rest/api/3/bulk/issues/transition", transitions::get_available_transitions)
        .post("/rest/api/3/bulk/issues/transition", transitions::submit_bulk_transition)
        .post("/rest/api/3/bulk/issues/watch", submit_bulk_watch)
        .post("/rest/api/3/bulk/issues/unwatch", submit_bulk_unwatch)
        .get("/rest/api/3/bulk/queue/{taskId}", get_bulk_operation_progress)
}

/// How long a task can be looked at (J-132).
const SHOWN: TimeDelta = TimeDelta::days(14);

/// Lets nobody pass without the permission for bulk changes (J-131).
fn permit(call: &Call, refusal: fn(String) -> Failure) -> Result<()> {
    if call.access().global("BULK_CHANGE") {
        return Ok(());
    }
    Err(refusal("You do not have permission to make bulk changes.".into()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Selected {
    selected_issue_ids_or_keys: Vec<String>,
    send_bulk_notification: Option<bool>,
}

async fn submit_bulk_delete(Json(call, body): Json<Selected>) -> Answer {
    submit(&call, &body, Action::Delete).await
}

async fn submit_bulk_watch(Json(call, body): Json<Selected>) -> Answer {
    submit(&call, &body, Action::Watch).await
}

async fn submit_bulk_unwatch(Json(call, body): Json<Selected>) -> Answer {
    submit(&call, &body, Action::Unwatch).await
}

async fn submit(call: &Call, body: &Selected, action: Action) -> Answer {
    permit(call, Failure::Forbidden)?;
    // Who only watches changes nothing that others would be told.
    let notify = !matches!(action, Action::Watch | Action::Unwatch) && body.send_bulk_notification.unwrap_or(true);
    submitted(&bulk::submit_all(call, &body.selected_issue_ids_or_keys, action, notify).await?)
}

fn submitted(task: &Task) -> Answer {
    created(json!({ "taskId": task.id.to_string() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Edit {
    selected_issue_ids_or_keys: Vec<String>,
    selected_actions: Vec<String>,
    edited_fields_input: Map<String, Value>,
    send_bulk_notification: Option<bool>,
}

async fn submit_bulk_edit(Json(call, body): Json<Edit>) -> Answer {
    permit(&call, Failure::Unauthorized)?; // the document knows no 403 here
    if body.selected_actions.is_empty() {
        return Err(Failure::invalid("The list of selectedActions must not be empty.").into());
    }
    if body.selected_actions.len() > FIELDS {
        return Err(Failure::invalid(format!("At most {FIELDS} fields can be edited at once.")).into()); // J-131
    }
    let edits = edits(&body.selected_actions, &body.edited_fields_input).map_err(|problem| match problem {
        Problem::Form => Failure::invalid_payload(),
        Problem::Sentence(sentence) => Failure::invalid(sentence),
    })?;
    let action = Action::Edit { fields: edits.input.fields, update: edits.input.update, status: edits.status };
    let notify = body.send_bulk_notification.unwrap_or(true);
    submitted(&bulk::submit_all(&call, &body.selected_issue_ids_or_keys, action, notify).await?)
}

async fn get_bulk_operation_progress(call: Call, Path(id): Path<String>) -> Answer {
    permit(&call, Failure::Unauthorized)?; // the document knows no 403 here
    let mut db = call.read().await?;
    let task = match id.parse() {
        Ok(id) => db::tasks::find(&mut db, id).await?,
        Err(_) => None,
    };
    let task = task.filter(|task| call.now - task.submitted < SHOWN);
    let task = task.ok_or_else(|| Failure::invalid(format!("The task with ID {id} does not exist.")))?;
    if task.job["kind"] != "bulk" {
        let sentence = "The task associated with this taskId is not a bulk operation task"; // J-133
        return Err(Failure::invalid(sentence).into());
    }
    let mut view = json!({
        "taskId": task.id.to_string(),
        "status": task.state,
        "progressPercent": task.progress,
        "submittedBy": { "accountId": task.submitted_by },
        "created": task.submitted.timestamp_millis(),
        "updated": task.updated.timestamp_millis(),
    });
    if let Some(started) = task.started {
        view["started"] = started.timestamp_millis().into();
    }
    if task.finished.is_some() {
        tell_outcome(&call, &mut db, &task, &mut view).await?;
    }
    ok(view)
}

/// Adds what became of the issues, as far as the caller may know of them.
async fn tell_outcome(call: &Call, db: &mut db::Read, task: &Task, view: &mut Value) -> Result<()> {
    let mut progress: Progress = serde_json::from_value(task.checkpoint.clone()).unwrap_or_default();
    let total = progress.processed.len() + progress.failed.len() + progress.inaccessible;
    let ids: Vec<i64> = progress.processed.iter().chain(progress.failed.keys()).copied().collect();
    let loaded = db::issues::list(db, &ids, db::issues::Wanted::default(), None).await?;
    // Issues that are gone can't be out of sight: what the task did not delete, others did.
    for hidden in loaded.iter().map(|loaded| &loaded.issue).filter(|issue| call.project_of(issue).is_err()) {
        progress.processed.retain(|id| *id != hidden.id);
        progress.failed.remove(&hidden.id);
        progress.inaccessible += 1;
    }
    view["processedAccessibleIssues"] = json!(progress.processed);
    if !progress.failed.is_empty() {
        view["failedAccessibleIssues"] = json!(progress.failed);
    }
    view["invalidOrInaccessibleIssueCount"] = progress.inaccessible.into();
    view["totalIssueCount"] = total.into();
    Ok(())
}

/// A part of a list between cursors, which are the names of its items (J-134).
struct Cut<T> {
    items: Vec<T>,
    /// For the part before, if there is one.
    ending_before: Option<String>,
    /// For the part behind.
    starting_after: Option<String>,
}

/// How many items a part has.
const PART: usize = 50;

fn cut<T>(call: &Call, mut all: Vec<T>, name: impl Fn(&T) -> String) -> Result<Cut<T>> {
    let place = |parameter: &str| match call.params.text(parameter) {
        None => Ok(None),
        Some(cursor) => match all.iter().position(|item| name(item) == cursor) {
            Some(at) => Ok(Some(at)),
            None => Err(Failure::invalid(format!("The cursor '{parameter}' is not valid."))),
        },
    };
    let begin = match (place("startingAfter")?, place("endingBefore")?) {
        (Some(at), _) => at + 1,
        (None, Some(at)) => at.saturating_sub(PART),
        (None, None) => 0,
    };
    let end = match (place("startingAfter")?, place("endingBefore")?) {
        (None, Some(at)) => at,
        _ => all.len().min(begin + PART),
    };
    let total = all.len();
    let items: Vec<T> = all.drain(begin..end).collect();
    let ending_before = items.first().filter(|_| begin > 0).map(&name);
    let starting_after = items.last().filter(|_| end < total).map(&name);
    Ok(Cut { items, ending_before, starting_after })
}

impl<T> Cut<T> {
    /// The answer: the items under a name, and the cursors.
    fn view(self, member: &str, view: impl Fn(T) -> Value) -> Value {
        let mut answer = json!({ member: self.items.into_iter().map(view).collect::<Vec<_>>() });
        for (name, cursor) in [("startingAfter", self.starting_after), ("endingBefore", self.ending_before)] {
            if let Some(cursor) = cursor {
                answer[name] = cursor.into();
            }
        }
        answer
    }
}
