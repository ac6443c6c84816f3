//! Answers of handlers.

use super::{
    call::Call,
    error::{JSON, Refusal},
    views,
};
use crate::db::tasks::Task;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// What a handler returns.
pub type Answer = Result<Response, Refusal>;

/// 200 with JSON.
pub fn ok(body: impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// 201 with JSON.
pub fn created(body: impl Serialize) -> Answer {
    json(StatusCode::CREATED, body)
}

/// JSON with a status.
pub fn json(status: StatusCode, body: impl Serialize) -> Answer {
    let text = serde_json::to_string(&body).map_err(anyhow::Error::from)?;
    Ok((status, [(header::CONTENT_TYPE, JSON)], text).into_response())
}

/// 303 to a task that the operation has begun, with its present state (T-1).
pub fn see_task(call: &Call, task: &Task) -> Answer {
    let mut response = json(StatusCode::SEE_OTHER, views::task::task(call, task))?;
    response.headers_mut().insert(header::LOCATION, task_address(call, task)?);
    Ok(response)
}

/// The same, where the documents have no body (J-119).
pub fn see_task_elsewhere(call: &Call, task: &Task) -> Answer {
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, task_address(call, task)?)]).into_response())
}

fn task_address(call: &Call, task: &Task) -> Result<HeaderValue, Refusal> {
    Ok(HeaderValue::from_str(&call.links.api(format_args!("task/{}", task.id)))?)
}

/// 204.
pub fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}
