//! How refusals look: the dialects of H-12 to H-28, in one place.

use super::operations::Dialect;
use crate::{
    db::{self, Race},
    domain::failure::{Complaints, Failure},
};
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The content type of JSON answers, to the letter (H-1).
pub const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
/// The content type of RFC 7807 answers (H-2).
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json;charset=UTF-8");

/// A [`Failure`] on its way out. The gate renders it, since only it knows the operation's dialect.
#[derive(Debug)]
pub struct Refusal(Failure);

impl<F: Into<Failure>> From<F> for Refusal {
    fn from(failure: F) -> Self {
        Self(failure.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// What an answer needs to know of the request it refuses.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The operation's way of telling errors.
    pub dialect: Dialect,
    /// Path as called, without the query.
    pub path: &'a str,
    /// The site's address, for H-20's header.
    pub site_url: &'a str,
    /// The request's `Accept`, which decides the type of H-20's body.
    pub accept: Option<&'a str>,
}

/// The answer for a failure.
pub fn render(failure: &Failure, asked: &Asked) -> Response<Body> {
    match failure {
        Failure::Invalid(complaints) => complain(StatusCode::BAD_REQUEST, complaints, asked),
        Failure::Unreadable(message) => {
            let mut response = json_answer(StatusCode::BAD_REQUEST, json!({ "errorMessages": [message] }), JSON);
            let cache = HeaderValue::from_static("no-store, no-cache"); // H-4
            response.headers_mut().insert(header::CACHE_CONTROL, cache);
            response
        }
        Failure::BadParameter(detail) => problem(StatusCode::BAD_REQUEST, detail, asked.path),
        Failure::Unauthenticated => unauthenticated(asked),
        Failure::Unauthorized(message) => sentence(StatusCode::UNAUTHORIZED, message, asked),
        Failure::Forbidden(message) => sentence(StatusCode::FORBIDDEN, message, asked),
        Failure::NotFound(message) => sentence(StatusCode::NOT_FOUND, message, asked),
        Failure::NotAllowed(message) => sentence(StatusCode::METHOD_NOT_ALLOWED, message, asked),
        Failure::Conflict(message) => sentence(StatusCode::CONFLICT, message, asked),
        Failure::TooLarge(message) => sentence(StatusCode::PAYLOAD_TOO_LARGE, message, asked),
        Failure::Precondition(message) => sentence(StatusCode::PRECONDITION_FAILED, message, asked),
        Failure::UnsupportedMedia(detail) => problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, asked.path),
        Failure::Gone(message) => sentence(StatusCode::GONE, message, asked),
        Failure::Xsrf => plain(StatusCode::FORBIDDEN, "XSRF check failed", "text/html;charset=UTF-8"),
        Failure::Stale => sentence(StatusCode::SERVICE_UNAVAILABLE, "The site is being changed. Try again.", asked),
        Failure::Internal(cause) if db::race(cause).is_some() => match db::race(cause) {
            Some(Race::Deadlock) => sentence(StatusCode::CONFLICT, "Another request changed this. Try again.", asked),
            _ => sentence(StatusCode::NOT_FOUND, "What the request refers to was deleted meanwhile.", asked),
        },
        Failure::Internal(cause) => {
            tracing::error!(cause = format!("{cause:#}"), "internal error");
            sentence(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", asked)
        }
    }
}

fn sentence(status: StatusCode, message: &str, asked: &Asked) -> Response<Body> {
    complain(status, &Complaints { messages: vec![message.to_owned()], ..Complaints::default() }, asked)
}

fn complain(status: StatusCode, complaints: &Complaints, asked: &Asked) -> Response<Body> {
    let body = match asked.dialect {
        Dialect::Classic => json!({ "errorMessages": complaints.messages, "errors": complaints.fields }), // H-12, H-13
        Dialect::ServiceDesk => {
            let first = complaints.messages.first().or_else(|| complaints.fields.values().next());
            json!({ "errorMessage": first, "i18nErrorMessage": { "i18nKey": first, "parameters": [] } }) // D-2
        }
        Dialect::Bulk => {
            let all = complaints.messages.iter().chain(complaints.fields.values());
            json!({ "errors": all.map(|message| json!({ "message": message })).collect::<Vec<_>>() }) // J-133
        }
    };
    json_answer(status, body, JSON)
}

/// RFC 7807 (H-17 to H-19, H-24).
pub fn problem(status: StatusCode, detail: &str, path: &str) -> Response<Body> {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
        "instance": path,
    });
    json_answer(status, body, PROBLEM)
}

/// The bare line of H-20.
fn unauthenticated(asked: &Asked) -> Response<Body> {
    const LINE: &str = "Client must be authenticated to access this resource.";
    let kind = match asked.accept {
        None => "text/plain",
        Some(accept) if accept.contains("json") => "application/json",
        Some(_) => "text/html;charset=UTF-8",
    };
    let mut response = plain(StatusCode::UNAUTHORIZED, LINE, kind);
    let realm = percent_encoding::utf8_percent_encode(asked.site_url, percent_encoding::NON_ALPHANUMERIC);
    if let Ok(value) = HeaderValue::from_str(&format!("OAuth realm=\"{realm}\"")) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response.headers_mut().insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

/// A text with a content type.
pub fn plain(status: StatusCode, text: &'static str, kind: &'static str) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, kind)], text).into_response()
}

/// JSON with its content type.
pub fn json_answer(status: StatusCode, body: Value, kind: HeaderValue) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}
