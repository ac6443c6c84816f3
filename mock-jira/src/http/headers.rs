//! Headers that every application answer has (H-3 to H-5, H-9).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use uuid::Uuid;

/// Fixed headers (H-3).
const FIXED: [(&str, &str); 7] = [
    ("server", "AtlassianEdge"),
    ("timing-allow-origin", "*"),
    ("x-content-type-options", "nosniff"),
    ("x-xss-protection", "1; mode=block"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
    ("vary", "Accept-Encoding"),
    ("x-cache", "Miss from cloudfront"),
];

/// Adds what every answer has. `request_id` is also what `/_mock/requests` knows the request by.
pub fn add(headers: &mut HeaderMap, request_id: Uuid, elapsed: std::time::Duration) {
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let dashless = request_id.simple().to_string();
    let mut text = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    text("atl-request-id", request_id.to_string());
    text("atl-traceid", dashless.clone());
    text("x-arequestid", dashless);
    text("server-timing", format!("atl-edge;dur={},atl-edge-internal;dur=1", elapsed.as_millis()));
    let cache = HeaderValue::from_static("no-cache, no-store, no-transform"); // H-4
    headers.entry(header::CACHE_CONTROL).or_insert(cache);
}

/// Adds who called (H-5) and where the rate limits stand (H-9, R-11).
pub fn add_caller(headers: &mut HeaderMap, account_id: &str) {
    if let Ok(value) = HeaderValue::from_str(account_id) {
        headers.insert(HeaderName::from_static("x-aaccountid"), value);
    }
    let fixed = [
        ("ratelimit", "\"jira-burst-based\";r=349;t=1"),
        ("ratelimit-policy", "\"jira-burst-based\";q=100;w=1"),
        ("x-ratelimit-limit", "350"),
        ("x-ratelimit-remaining", "349"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
