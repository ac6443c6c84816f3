//! Answers of handlers.

use super::error::{JSON, Refusal};
use axum::{
    http::{StatusCode, header},
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

/// 204.
pub fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}
