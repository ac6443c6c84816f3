//! The shapes of Jira's errors, and the errors that any operation can give.

use serde_json::{Map, Value};

use super::Answer;

/// A shape of error body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `{"errorMessages":[…],"errors":{field: message}}` (H-12), with a stray `httpStatusCode` on forms (J-65).
    Classic,
    /// `{"errorMessages":[…]}`, with `warningMessages` on old search endpoints (H-14, H-15).
    Messages,
    /// RFC 7807 (H-17 to H-19, H-24).
    Problem,
    /// One line of text, whatever content type it is sent as (H-20).
    Line,
    /// A page of the servers in front, as for a site that is not there (H-29).
    Page,
    /// `{"errorMessage":"…","i18nErrorMessage":{…}}` (D-2).
    ServiceDesk,
    /// `{"errors":[{"message":"…"}]}` (J-133).
    Bulk,
    /// `{"error":"…"}`: the gateway, OAuth (H-23, H-30).
    Error,
    /// `{"code":…,"message":"…"}`, or with `status-code` (H-21, H-28).
    Coded,
}

/// Undocumented statuses that a layer in front of the operations sends for any of them, in the
/// dialects it sends them; with none named, in any.
const ALWAYS_POSSIBLE: &[(u16, &[Dialect])] = &[
    (400, &[Dialect::Problem, Dialect::Messages]), // a parameter of the wrong type: H-17; an unreadable body: H-15
    (401, &[Dialect::Line, Dialect::Coded]),       // no credential: H-20, H-21
    (403, &[Dialect::Error]),                      // an unreadable bearer token: H-23
    (404, &[Dialect::Problem, Dialect::Page]),     // a path below the documented one: H-18; no such site: H-29
    (405, &[Dialect::Problem]),                    // the wrong method: H-19
    (410, &[Dialect::Classic]),                    // a removed operation: S-42
    (413, &[]),                                    // a body too large for the front
    (415, &[Dialect::Problem]),                    // the wrong content type: H-24
    (429, &[]),                                    // rate limits, of several layers: H-27
    (501, &[]),                                    // what the mock does not serve yet
];

/// Whether an answer is one of those that need no documentation.
pub(super) fn is_always_possible(answer: &Answer<'_>) -> bool {
    let row = ALWAYS_POSSIBLE.iter().find(|(status, _)| *status == answer.status);
    row.is_some_and(|(_, dialects)| match Dialect::of(answer) {
        Some(dialect) => dialects.is_empty() || dialects.contains(&dialect),
        None => dialects.is_empty() && answer.body.is_empty(),
    })
}

impl Dialect {
    /// The dialect of an error, if it is in one.
    pub fn of(answer: &Answer<'_>) -> Option<Self> {
        match serde_json::from_slice(answer.body) {
            Ok(Value::Object(body)) => Self::of_json(&body, answer),
            _ if answer.media_type == "text/html" && answer.status == 404 && answer.body.starts_with(b"<html>") => {
                Some(Self::Page)
            }
            // H-20 sends the bare line even as `application/json`.
            _ => is_line(answer).then_some(Self::Line),
        }
    }

    fn of_json(body: &Map<String, Value>, answer: &Answer<'_>) -> Option<Self> {
        let has = |key: &str, is: fn(&Value) -> bool| body.get(key).is_some_and(is);
        let only = |keys: &[&str]| body.keys().all(|key| keys.contains(&key.as_str()));
        let dialect = match answer.media_type {
            "application/problem+json" => Self::Problem,
            "application/json" if body.contains_key("title") => Self::Problem,
            "application/json" if body.contains_key("errorMessages") => {
                if body.contains_key("errors") {
                    Self::Classic
                } else {
                    Self::Messages
                }
            }
            "application/json" if body.contains_key("errorMessage") => Self::ServiceDesk,
            "application/json" if body.contains_key("errors") => Self::Bulk,
            "application/json" if body.contains_key("error") => Self::Error,
            "application/json" if body.contains_key("message") => Self::Coded,
            _ => return None,
        };
        let is_sound = match dialect {
            Self::Classic => {
                has("errorMessages", is_texts)
                    && has("errors", is_text_map)
                    && only(&["errorMessages", "errors", "status", "httpStatusCode"])
            }
            Self::Messages => has("errorMessages", is_texts) && only(&["errorMessages", "warningMessages", "status"]),
            Self::Problem => {
                has("type", Value::is_string)
                    && has("title", Value::is_string)
                    && body.get("status").and_then(Value::as_u64) == Some(answer.status.into())
                    && only(&["type", "title", "status", "detail", "instance"])
            }
            Self::ServiceDesk => has("errorMessage", Value::is_string) && only(&["errorMessage", "i18nErrorMessage"]),
            Self::Bulk => has("errors", is_messages) && only(&["errors"]),
            Self::Error => has("error", Value::is_string),
            Self::Coded => {
                has("message", Value::is_string) && (body.contains_key("code") || body.contains_key("status-code"))
            }
            Self::Line | Self::Page => false,
        };
        is_sound.then_some(dialect)
    }
}

fn is_line(answer: &Answer<'_>) -> bool {
    let is_text = matches!(answer.media_type, "text/plain" | "text/html" | "application/json" | "");
    let Ok(text) = std::str::from_utf8(answer.body) else {
        return false;
    };
    let text = text.trim_end();
    // The first character tells a sentence from HTML and from JSON that is no object.
    is_text && !text.contains('\n') && text.starts_with(char::is_alphabetic)
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

fn is_text_map(value: &Value) -> bool {
    value.as_object().is_some_and(|entries| entries.values().all(Value::is_string))
}

fn is_messages(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(|item| item["message"].is_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, media_type: &str, body: &str, expect: Option<Dialect>) {
        let answer = Answer { status, media_type, body: body.as_bytes() };
        assert_eq!(Dialect::of(&answer), expect, "{body}");
    }

    #[test]
    fn each_dialect_is_recognised() {
        let json = "application/json";
        check(400, json, r#"{"errorMessages":[],"errors":{"a":"b"}}"#, Some(Dialect::Classic));
        check(400, json, r#"{"errorMessages":["a"]}"#, Some(Dialect::Messages));
        check(400, json, r#"{"errorMessage":"a"}"#, Some(Dialect::ServiceDesk));
        check(400, json, r#"{"errors":[{"message":"a"}]}"#, Some(Dialect::Bulk));
        check(403, json, r#"{"error":"a"}"#, Some(Dialect::Error));
        check(401, json, r#"{"message":"a","status-code":401}"#, Some(Dialect::Coded));
        check(404, "text/html", "<html></html>", Some(Dialect::Page));
        check(401, json, "Client must be authenticated.", Some(Dialect::Line));
        let problem = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"a"}"#;
        check(404, "application/problem+json", problem, Some(Dialect::Problem));
    }

    #[test]
    fn what_only_looks_like_a_dialect_is_not_one() {
        let json = "application/json";
        check(400, json, r#"{"errorMessages":"a","errors":{}}"#, None);
        check(400, json, r#"{"errorMessages":[],"errors":{"a":1}}"#, None);
        check(400, json, r#"{"errorMessages":[],"errors":{},"more":1}"#, None);
        check(400, json, r#"{"message":"a"}"#, None);
        check(400, json, r#"["a"]"#, None);
        check(400, "text/html", "<html></html>", None);
        let problem = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"a"}"#;
        check(400, "application/problem+json", problem, None);
    }
}
