//! Good and broken answers, and what is said of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::Path;
use std::sync::LazyLock;

use harness::conform::{Conformance, Violation};
use http::{Method, StatusCode};
use serde_json::{Value, json};

static CONFORMANCE: LazyLock<Conformance> =
    LazyLock::new(|| Conformance::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap());

const JSON: Option<&str> = Some("application/json;charset=UTF-8");
const PROBLEM: Option<&str> = Some("application/problem+json");

/// What is said of an answer to `GET /path` or the like; empty when it is good.
fn judge(request: &str, status: u16, content_type: Option<&str>, body: &[u8]) -> Vec<String> {
    let (method, path) = request.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let status = StatusCode::from_u16(status).unwrap();
    let violations = CONFORMANCE.check(&method, path, status, content_type, body);
    violations.err().unwrap_or_default().iter().map(Violation::to_string).collect()
}

fn check(request: &str, status: u16, body: &Value, expect: &[&str]) {
    let said = judge(request, status, JSON, body.to_string().as_bytes());
    assert_eq!(said, expect, "{request} {status} {body}");
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

fn without(mut body: Value, key: &str) -> Value {
    body.as_object_mut().unwrap().remove(key);
    body
}

fn comment(body: Value) -> Value {
    json!({
        "self": "https://site.atlassian.net/rest/api/3/issue/10000/comment/10001",
        "id": "10001",
        "author": { "accountId": "a", "displayName": "A", "active": true },
        "body": body,
        "created": "2022-06-09T16:29:32.382-0700",
        "updated": "2022-06-09T16:29:32.382-0700",
        "jsdPublic": true,
    })
}

#[test]
fn rich_text_of_both_versions() {
    let document = comment(json!({ "type": "doc", "version": 1, "content": [] }));
    let text = comment(json!("h1. Title"));
    let (v2, v3) = ("GET /rest/api/2/issue/A-1/comment/1", "GET /rest/api/3/issue/A-1/comment/1");
    check(v3, 200, &document, &[]);
    check(v2, 200, &text, &[]);
    check(v3, 200, &text, &[r#"/body: "h1. Title" is not of type "object""#]);
    let said = judge(v2, 200, JSON, document.to_string().as_bytes());
    assert!(said[0].starts_with("/body: ") && said[0].ends_with(r#"is not of type "string""#));
}

#[test]
fn properties_missing_wrong_and_undocumented() {
    let request = "GET /rest/api/3/filter/10000";
    let filter = json!({
        "self": "https://site.atlassian.net/rest/api/3/filter/10000",
        "id": "10000",
        "name": "Mine",
        "jql": "project = A",
        "favourite": false,
    });
    check(request, 200, &filter, &[]);
    check(&request.replace("/3/", "/2/"), 200, &filter, &[]);
    let nameless = without(filter.clone(), "name");
    check(request, 200, &nameless, &[r#"body: "name" is a required property"#]);
    let numbered = with(filter.clone(), "id", json!(10000));
    check(request, 200, &numbered, &[r#"/id: 10000 is not of type "string""#]);
    let more = with(filter, "colour", json!("red"));
    let said = "body: Additional properties are not allowed ('colour' was unexpected)";
    check(request, 200, &more, &[said]);
}

#[test]
fn everything_wrong_is_said_at_once() {
    let body = json!({ "id": 1, "key": "A-1", "self": "x", "more": true });
    let said = judge("POST /rest/api/3/issue", 201, JSON, body.to_string().as_bytes());
    assert_eq!(said.len(), 2, "{said:?}");
}

#[test]
fn known_deviations_are_no_violations() {
    let page = |values: Value| json!({ "startAt": 0, "maxResults": 50, "total": 1, "values": values });
    let changes = json!([{
        "id": "1",
        "created": "2021-03-11T06:17:33.483-0800",
        "items": [{
            "field": "Link", "fieldtype": "jira",
            "from": null, "fromString": null, "to": "A-2", "toString": "This issue clones A-2",
        }],
    }]);
    check("GET /rest/api/3/issue/A-1/changelog", 200, &page(changes), &[]);
    let projects = json!([{ "id": "1", "key": "A", "projectTypeKey": "product_discovery" }]);
    check("GET /rest/api/3/project/search", 200, &page(projects), &[]);
    let link = json!({ "id": "1", "type": { "id": "1" }, "inwardIssue": { "id": "2" } });
    check("GET /rest/api/3/issueLink/1", 200, &link, &[]);
    let gadget = json!({ "id": 1, "color": "blue", "title": "T", "position": { "row": 0, "column": 1 } });
    check("POST /rest/api/3/dashboard/1/gadget", 200, &gadget, &[]);
}

#[test]
fn other_apis() {
    let board = json!({ "id": 1, "self": "s", "name": "B", "type": "scrum" });
    check("GET /rest/agile/1.0/board/1", 200, &board, &[]);
    let said = r#"/id: "1" is not of type "integer""#;
    check("GET /rest/agile/1.0/board/1", 200, &with(board, "id", json!("1")), &[said]);
    let desk = json!({ "id": "1", "projectId": "1", "projectName": "P", "projectKey": "P" });
    check("GET /rest/servicedeskapi/servicedesk/1", 200, &desk, &[]);
    let error = json!({ "errorMessage": "No", "i18nErrorMessage": { "i18nKey": "k", "parameters": [] } });
    check("GET /rest/servicedeskapi/servicedesk/1", 404, &error, &[]);
    check("GET /rest/software/1.0/board/1/issue/approximate-count", 200, &json!({ "count": 1 }), &[]);
}

#[test]
fn bodies_and_content_types() {
    let delete = "DELETE /rest/api/3/issue/A-1";
    assert!(judge(delete, 204, None, b"").is_empty());
    assert_eq!(judge(delete, 204, JSON, b"{}"), ["204 is documented without a body"]);
    let get = "GET /rest/api/3/issue/A-1";
    assert_eq!(judge(get, 200, JSON, b""), ["the documented body is missing"]);
    assert!(judge("HEAD /rest/api/3/issue/A-1", 200, JSON, b"").is_empty());
    let said = judge(get, 200, Some("text/html"), b"<html>");
    assert_eq!(said, [r#"content type "text/html" is not among application/json"#]);
    let said = judge(get, 200, JSON, b"{");
    assert!(said[0].starts_with("the body is not JSON: "), "{said:?}");
}

#[test]
fn errors() {
    let get = "GET /rest/api/3/issue/A-1";
    let classic = json!({ "errorMessages": ["Issue does not exist."], "errors": {} });
    check(get, 404, &classic, &[]);
    let said = judge(get, 404, JSON, br#"{"reason":"none"}"#);
    assert_eq!(said, [r#"the 404 is in no known error dialect (application/json): {"reason":"none"}"#]);
    check(get, 418, &classic, &["GET /rest/api/3/issue/{issueIdOrKey} documents 200, 401, 404, not 418"]);
    // Layers in front of the operation need no documentation, but keep to their dialect.
    let line = b"Client must be authenticated to access this resource.";
    assert!(judge(get, 401, Some("text/html;charset=UTF-8"), line).is_empty());
    check(get, 403, &json!({ "error": "Failed to parse Connect Session Auth Token" }), &[]);
    check(get, 403, &classic, &["GET /rest/api/3/issue/{issueIdOrKey} documents 200, 401, 404, not 403"]);
    let problem = |status: u16| {
        let body = json!({ "type": "about:blank", "title": "T", "status": status, "detail": "D" });
        body.to_string().into_bytes()
    };
    assert!(judge(get, 415, PROBLEM, &problem(415)).is_empty());
    assert!(judge(get, 400, PROBLEM, &problem(400)).is_empty());
}

#[test]
fn unknown_operations() {
    let problem = br#"{"type":"about:blank","title":"Not Found","status":404,"detail":"D"}"#;
    assert!(judge("GET /rest/api/3/nothing", 404, PROBLEM, problem).is_empty());
    assert!(judge("GET /rest/api/2/bulk/queue/1", 404, PROBLEM, problem).is_empty());
    assert!(judge("GET /_mock/anything", 200, None, b"what it likes").is_empty());
    let said = ["no operation is documented for GET /rest/api/3/nothing"];
    assert_eq!(judge("GET /rest/api/3/nothing", 200, JSON, b"{}"), said);
}

#[test]
fn every_documented_answer_can_be_judged() {
    for operation in CONFORMANCE.contract().operations() {
        for status in operation.responses.iter().filter_map(|response| response.status) {
            let status = StatusCode::from_u16(status).unwrap();
            let path = operation.path.replace(['{', '}'], "");
            for path in [path.replacen("/api/3/", "/api/2/", 1), path] {
                let judged = CONFORMANCE.check(&operation.method, &path, status, JSON, b"\"\"");
                for violation in judged.err().unwrap_or_default() {
                    let usable = !matches!(violation, Violation::Contract { .. });
                    assert!(usable, "{} {path} {status}: {violation}", operation.method);
                }
            }
        }
    }
}
