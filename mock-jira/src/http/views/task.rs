//! What tasks look like (T-1).

use crate::{db::tasks::Task, http::call::Call};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A task; times in milliseconds.
pub fn task(call: &Call, task: &Task) -> Value {
    let until = task.finished.unwrap_or(call.now);
    let elapsed = task.started.map_or(0, |started| (until - started).num_milliseconds().max(0));
    let mut view = json!({
        "self": call.links.api(format_args!("task/{}", task.id)),
        "id": task.id.to_string(),
        "description": task.description,
        "status": task.state,
    });
    if let Some(message) = &task.message {
        view["message"] = message.as_str().into();
    }
    if let Some(result) = &task.result {
        view["result"] = result.clone();
    }
    view["submittedBy"] = number_of(&task.submitted_by).into();
    view["progress"] = task.progress.into();
    view["elapsedRuntime"] = elapsed.into();
    view["submitted"] = task.submitted.timestamp_millis().into();
    if let Some(started) = task.started {
        view["started"] = started.timestamp_millis().into();
    }
    if let Some(finished) = task.finished {
        view["finished"] = finished.timestamp_millis().into();
    }
    view["lastUpdate"] = task.updated.timestamp_millis().into();
    view
}

/// Tasks alone still know the number that an account once had; any that stays the same does.
fn number_of(account_id: &str) -> u32 {
    let digest = Sha256::digest(account_id.as_bytes());
    10_000 + (u32::from(digest[0]) << 8 | u32::from(digest[1]))
}
