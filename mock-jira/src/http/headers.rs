//! Headers that every application answer has (H-3 to H-5, H-9).

use super::{gate::burst::Burst, operations::Operation};
use crate::domain::failure::{Failure, Result};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use uuid::Uuid;

/// Fixed headers (H-3).
const FIXED: [(&str, &str); 9] = [
    ("server", "AtlassianEdge"),
    ("timing-allow-origin", "*"),
    ("x-content-type-options", "nosniff"),
    ("x-xss-protection", "1; mode=block"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
    ("vary", "Accept-Encoding"),
    ("x-amz-cf-pop", "FRA60-P5"),
    ("nel", r#"{"failure_fraction":0.01,"include_subdomains":true,"max_age":600,"report_to":"endpoint-1"}"#),
    (
        "report-to",
        r#"{"endpoints":[{"url":"https://reports.invalid"}],"group":"endpoint-1","include_subdomains":true,"max_age":600}"#,
    ),
];

/// Refuses a request that a page may have sent without its user's knowledge (A-50).
pub fn not_from_a_page(headers: &HeaderMap) -> Result<()> {
    let token = headers.get("x-atlassian-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
    let accepted = ["no-check", "nocheck"].iter().any(|accepted| token.eq_ignore_ascii_case(accepted));
    if accepted { Ok(()) } else { Err(Failure::Xsrf) }
}

/// Adds what every answer has. `request_id` is also what `/_mock/requests` knows the request by.
pub fn add(headers: &mut HeaderMap, status: StatusCode, request_id: Uuid, elapsed: std::time::Duration) {
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let refused = status.is_client_error() || status.is_server_error();
    let cache = if refused { "Error from cloudfront" } else { "Miss from cloudfront" };
    headers.insert(HeaderName::from_static("x-cache"), HeaderValue::from_static(cache));
    let dashless = request_id.simple().to_string();
    let mut text = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    text("atl-request-id", request_id.to_string());
    text("atl-traceid", dashless.clone());
    text("via", format!("1.1 {dashless}.cloudfront.net (CloudFront)"));
    text("x-amz-cf-id", format!("{dashless}{}==", &dashless[..22]));
    text("x-arequestid", dashless);
    text("server-timing", format!("atl-edge;dur={},atl-edge-internal;dur=1", elapsed.as_millis()));
    let cache = HeaderValue::from_static("no-cache, no-store, no-transform"); // H-4
    headers.entry(header::CACHE_CONTROL).or_insert(cache);
}

/// Refusals that say in another way that they must not be kept (H-4).
pub fn mark_uncached(operation: &Operation, response: &mut Response<Body>) {
    let marked = match response.status() {
        StatusCode::BAD_REQUEST => ["editIssue", "searchProjects"].contains(&operation.id.as_str()),
        StatusCode::NOT_FOUND => ["linkIssues", "getIssueLink", "deleteIssueLink"].contains(&operation.id.as_str()),
        _ => false,
    };
    if marked {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-cache"));
    }
}

/// Adds who called (H-5).
pub fn add_caller(headers: &mut HeaderMap, account_id: &str) {
    if let Ok(value) = HeaderValue::from_str(account_id) {
        headers.insert(HeaderName::from_static("x-aaccountid"), value);
    }
}

/// Adds where the burst limit stands (H-9).
pub fn add_burst(headers: &mut HeaderMap, burst: &Burst) {
    let Burst { refill, capacity, remaining } = burst;
    for (name, text) in [
        ("ratelimit", format!("\"jira-burst-based\";r={remaining};t=1")),
        ("ratelimit-policy", format!("\"jira-burst-based\";q={refill};w=1")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), HeaderValue::from(*capacity));
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), HeaderValue::from(*remaining));
}
