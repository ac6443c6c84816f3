//! A contract of things, which are made, listed, read, changed and deleted, and what servers that keep it have in common.

use std::fs;

use harness::target::Credentials;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use wiremock::ResponseTemplate;

/// An operation, its answer of success, and the usual refusals.
pub fn operation(id: &str, status: &str, schema: Option<&Value>, parameters: Vec<Value>) -> Value {
    let answer = |schema: &Value| json!({ "content": { "application/json": { "schema": schema } } });
    let security = json!([{ "basicAuth": [] }, { "OAuth2": ["manage:jira-configuration"] }]);
    let mut responses = Map::new();
    responses.insert(status.to_owned(), schema.map_or(json!({}), answer));
    for status in ["400", "401", "403", "404"] {
        responses.insert(status.to_owned(), json!({}));
    }
    json!({ "operationId": id, "parameters": parameters, "responses": responses, "security": security })
}

/// What is done with things of a schema.
pub fn paths(thing: &Value) -> Value {
    let page = json!({
        "type": "object",
        "properties": {
            "startAt": { "type": "integer" }, "maxResults": { "type": "integer" }, "total": { "type": "integer" },
            "isLast": { "type": "boolean" },
            "values": { "type": "array", "items": thing },
        },
    });
    let body = json!({ "content": { "application/json": { "schema": thing } }, "required": true });
    let id = json!({ "in": "path", "name": "id", "required": true, "schema": { "type": "string" } });
    let number =
        |name: &str| json!({ "in": "query", "name": name, "schema": { "type": "integer", "format": "int32" } });
    let mut post = operation("make", "201", Some(thing), vec![]);
    post["requestBody"] = body.clone();
    let mut put = operation("change", "200", Some(thing), vec![id.clone()]);
    put["requestBody"] = body;
    json!({
        "/rest/api/3/thing": {
            "get": operation("list", "200", Some(&page), vec![number("startAt"), number("maxResults")]),
            "post": post,
        },
        "/rest/api/3/thing/{id}": {
            "get": operation("read", "200", Some(thing), vec![id.clone()]),
            "put": put,
            "delete": operation("delete", "204", None, vec![id]),
        },
    })
}

/// A folder with a contract of these paths alone.
pub fn workspace(paths: Value, components: Value, deviations: Value, links: Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    let write = |name: &str, value: Value| fs::write(schemas.join(name), value.to_string()).unwrap();
    let info = json!({ "title": "Things", "version": "1" });
    let schemas = json!({ "schemas": components });
    write("platform.json", json!({ "openapi": "3.0.1", "info": info, "paths": paths, "components": schemas }));
    write("software.json", json!({ "paths": {} }));
    write("service-management.json", json!({ "paths": {} }));
    write("deviations.json", deviations);
    write("links.json", links);
    folder
}

/// Whether a body is a thing with no other properties than these besides.
pub fn is_sound(body: &Value, besides: &[&str]) -> bool {
    let Some(entries) = body.as_object() else { return false };
    let is_known = |name: &String| ["id", "self", "name", "size"].iter().chain(besides).any(|known| known == name);
    let named = entries.get("name").and_then(Value::as_str).is_some_and(|name| name.chars().count() <= 40);
    let sized = entries.get("size").is_none_or(|size| size == "S" || size == "L");
    entries.keys().all(is_known) && named && sized
}

pub fn ok(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/json;charset=UTF-8")
}

/// What nobody in particular is told.
pub fn unauthorised() -> ResponseTemplate {
    ResponseTemplate::new(401).set_body_raw("Client must be authenticated.", "text/plain")
}

/// An answer that tells where rate limits stand.
pub fn limited(answer: ResponseTemplate) -> ResponseTemplate {
    answer
        .insert_header("x-ratelimit-limit", "350")
        .insert_header("x-ratelimit-remaining", "349")
        .insert_header("ratelimit", "\"jira-burst-based\";r=349;t=1")
        .insert_header("ratelimit-policy", "\"jira-burst-based\";q=100;w=1")
}

pub fn basic(user: &str) -> Credentials {
    Credentials::Basic { user: user.to_owned(), token: "secret".to_owned() }
}
