//! Pairs of contracts and what is said of them.

use serde_json::json;

use super::*;

fn check(old: Value, new: Value, expect: &[&str]) {
    let contract = |schema| json!({ "components": { "schemas": { "S": schema } } });
    let found = contracts(&contract(old), &contract(new));
    let found: Vec<_> = found.iter().map(Change::to_string).collect();
    assert_eq!(found, expect);
}

#[test]
fn schemas() {
    check(json!({ "type": "string" }), json!({ "type": "string" }), &[]);
    check(
        json!({ "type": "integer" }),
        json!({ "type": "number" }),
        &[r#"widened  schema S type: "integer" to "number""#],
    );
    check(
        json!({ "properties": { "a": {}, "b": { "type": "string" } } }),
        json!({ "properties": { "b": { "type": "string", "nullable": true }, "c": {} } }),
        &["removed  schema S.a", "widened  schema S.b null", "added    schema S.c"],
    );
    check(
        json!({ "enum": ["a", "b"], "required": ["x"] }),
        json!({ "enum": ["a"], "required": ["x", "y"] }),
        &[r#"narrowed schema S enum: -"b""#, r#"narrowed schema S required: +"y""#],
    );
    check(
        json!({ "additionalProperties": false, "items": { "enum": ["a"] } }),
        json!({ "additionalProperties": true, "items": {} }),
        &["widened  schema S undocumented properties", r#"widened  schema S[] enum: -"a""#],
    );
}

#[test]
fn operations() {
    let old = json!({ "paths": {
        "/a": { "get": {
            "operationId": "getA",
            "parameters": [{ "in": "query", "name": "q", "schema": { "type": "string" } }],
            "responses": { "200": { "content": {} }, "404": {} },
        } },
        "/b": { "put": {} },
    } });
    let new = json!({ "paths": {
        "/a": { "get": {
            "operationId": "getA",
            "deprecated": true,
            "parameters": [
                { "in": "query", "name": "q", "required": true, "schema": { "type": "string" } },
                { "in": "query", "name": "r" },
            ],
            "responses": { "200": { "content": { "text/html": {} } }, "400": {} },
        }, "post": {} },
    } });
    let found: Vec<_> = contracts(&old, &new).iter().map(Change::to_string).collect();
    let expect = [
        "added    GET /a deprecated",
        "narrowed GET /a parameter query q required",
        "added    GET /a parameter query r",
        "added    GET /a status 200 text/html",
        "added    GET /a status 400",
        "removed  GET /a status 404",
        "added    POST /a",
        "removed  PUT /b",
    ];
    assert_eq!(found, expect);
}
