//! Pairs of contracts and what is said of them.

use serde_json::json;

use super::*;
use crate::schemas::strip;

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
fn limits() {
    check(
        json!({ "maxLength": 10, "minimum": 1, "minItems": 2 }),
        json!({ "maxLength": 9, "minimum": 0, "maxItems": 5 }),
        &[
            "narrowed schema S maxLength: 10 to 9",
            "narrowed schema S maxItems: none to 5",
            "widened  schema S minimum: 1 to 0",
            "widened  schema S minItems: 2 to none",
        ],
    );
    check(
        json!({ "items": {} }),
        json!({ "readOnly": true, "uniqueItems": true }),
        &["added    schema S readOnly", "narrowed schema S uniqueItems", "removed  schema S[]"],
    );
}

/// Places of everything in a value, and of the value itself.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            places(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| places(item, format!("{at}/{i}"), found)),
        _ => {}
    }
    found.push(at);
}

#[test]
fn whatever_an_import_keeps_is_compared() {
    let schema = json!({
        "type": "object", "format": "a", "enum": ["x"], "default": "x", "pattern": "x", "minimum": 1, "maximum": 2,
        "exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": 2, "minLength": 1, "maxLength": 2, "minItems": 1,
        "maxItems": 2, "uniqueItems": true, "minProperties": 1, "maxProperties": 2, "discriminator": { "propertyName": "x" },
        "nullable": true, "readOnly": true, "writeOnly": true, "deprecated": true, "required": ["p"],
        "properties": { "p": { "$ref": "#/components/schemas/S" } }, "items": { "type": "string" }, "not": { "type": "string" },
        "additionalProperties": { "type": "string" }, "allOf": [{ "type": "string" }], "oneOf": [{ "type": "string" }],
        "anyOf": [{ "type": "string" }],
    });
    let content = json!({ "application/json": { "schema": { "type": "string" } } });
    let operation = json!({
        "operationId": "a", "tags": ["a"], "security": [{ "basic": [] }], "x-atlassian-connect-scope": "READ",
        "x-atlassian-oauth2-scopes": [{ "state": "Current", "scopes": ["a"] }], "deprecated": true, "x-experimental": true,
        "x-changes": [{ "type": "removal", "announced": "2026-01-01", "effective": "2026-02-01" }],
        "parameters": [{
            "name": "q", "in": "query", "style": "form", "explode": true, "required": true, "deprecated": true,
            "allowEmptyValue": true, "schema": { "type": "string" },
            "x-changes": [{ "type": "removal", "announced": "2026-01-01", "effective": "2026-02-01" }],
        }],
        "requestBody": { "required": true, "content": content },
        "responses": { "200": { "content": content, "headers": { "location": { "schema": { "type": "string" } } } } },
    });
    let flow =
        json!({ "authorizationUrl": "a", "tokenUrl": "b", "refreshUrl": "c", "scopes": { "a": "What it allows" } });
    let scheme = json!({ "type": "a", "scheme": "b", "bearerFormat": "c", "name": "d", "in": "header", "flows": { "implicit": flow } });
    let whole = strip::document(
        &json!({
            "openapi": "3.0.1", "servers": [{ "url": "a" }], "paths": { "/a": { "get": operation } },
            "components": { "schemas": { "S": schema }, "securitySchemes": { "basic": scheme } },
        }),
        "a",
    );
    let (mut all, mut unnoticed) = (Vec::new(), Vec::new());
    places(&whole, String::new(), &mut all);
    // What a document is called, and in which order it tells, is no fact; a description is empty.
    let is_fact = |at: &String| {
        let is_name = ["/info", "/openapi", "/tags"].iter().any(|name| at.starts_with(name));
        !at.is_empty() && !is_name && !at.ends_with("/description")
    };
    for at in all.iter().filter(|at| is_fact(at)) {
        let mut less = whole.clone();
        let (place, name) = at.rsplit_once('/').unwrap();
        match less.pointer_mut(place).unwrap() {
            Value::Object(entries) => drop(entries.remove(&name.replace("~1", "/").replace("~0", "~"))),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            _ => unreachable!(),
        }
        if contracts(&whole, &less).is_empty() || contracts(&less, &whole).is_empty() {
            unnoticed.push(at);
        }
    }
    assert!(all.len() > 100 && unnoticed.is_empty(), "{unnoticed:#?}");
    assert_eq!(contracts(&whole, &whole), []);
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
