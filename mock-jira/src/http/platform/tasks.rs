//! Work that goes on in the background (T-1).

use crate::{
    db::{self, tasks::Task},
    domain::{
        audit::{Area, Record},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, json, ok},
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::{extract::Path, http::StatusCode};
use serde_json::json;

/// Operations on tasks.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/task/{taskId}", get_task).post("/rest/api/3/task/{taskId}/cancel", cancel_task)
}

async fn get_task(call: Call, Path(id): Path<String>) -> Answer {
    let task = find(&call, &mut call.read().await?, &id).await?;
    ok(views::task::task(&call, &task))
}

async fn cancel_task(call: Call, Path(id): Path<String>) -> Answer {
    let mut work = call.begin().await?;
    let task = find(&call, &mut work, &id).await?;
    if !db::tasks::cancel(&mut work, task.id, call.now).await? {
        return Err(Failure::invalid("The task has ended and can't be cancelled.").into());
    }
    work.commit(Record::new("Task cancelled", Area::Everyday, task.thing())).await?;
    json(StatusCode::ACCEPTED, json!({}))
}

/// The task, if the caller submitted it or administers Jira.
async fn find(call: &Call, db: &mut db::Read, id: &str) -> Result<Task> {
    let task = match id.parse() {
        Ok(id) => db::tasks::find(db, id).await?,
        Err(_) => None,
    };
    let task = task.ok_or_else(|| Failure::not_found(format!("The task with ID {id} does not exist.")))?;
    if !call.access().administers() && !call.caller.is(Some(&task.submitted_by)) {
        return Err(Failure::forbidden("You do not have permission to view this task."));
    }
    Ok(task)
}
