//! Takes an OpenAPI document apart and keeps the facts.
//!
//! Every function knows one kind of OpenAPI object and names the keys it keeps, so that a new kind
//! of prose in a newer document is dropped without anyone noticing it first.

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

const OPERATION: &[&str] =
    &["operationId", "tags", "security", "x-atlassian-connect-scope", "x-atlassian-oauth2-scopes"];

const PARAMETER: &[&str] = &["$ref", "name", "in", "style", "explode"];

const SCHEMA: &[&str] = &[
    "$ref",
    "type",
    "format",
    "enum",
    "default",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "discriminator",
];

/// Flags that default to false: only `true` says something.
const OPERATION_FLAGS: &[&str] = &["deprecated", "x-experimental"];
const PARAMETER_FLAGS: &[&str] = &["required", "deprecated", "allowEmptyValue"];
const SCHEMA_FLAGS: &[&str] = &["nullable", "readOnly", "writeOnly", "deprecated"];

/// The facts of a whole document, under a title of ours.
pub fn document(source: &Value, title: &str) -> Value {
    let version = source.pointer("/info/version").cloned().unwrap_or(json!(""));
    let components = json!({
        "schemas": each(&source["components"]["schemas"], schema),
        "securitySchemes": each(&source["components"]["securitySchemes"], security_scheme),
    });
    let mut kept = Object::new();
    kept.insert("openapi".into(), source["openapi"].clone());
    kept.insert("info".into(), json!({ "title": title, "version": version }));
    kept.insert("servers".into(), list(&source["servers"], |server| pick(server, &["url"])));
    kept.insert("tags".into(), list(&source["tags"], |tag| pick(tag, &["name"])));
    kept.insert("paths".into(), each(&source["paths"], path_item));
    kept.insert("components".into(), components);
    Value::Object(kept)
}

/// Parameters of the path are handed down, so that an operation can be read alone.
fn path_item(item: &Value) -> Value {
    let shared = item["parameters"].as_array().cloned().unwrap_or_default();
    let operations = entries(item)
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(method, value)| (method.clone(), operation(value, &shared)));
    Value::Object(operations.collect())
}

/// The methods an OpenAPI path item can hold.
pub const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

fn operation(source: &Value, shared: &[Value]) -> Value {
    let mut kept = with_flags(source, OPERATION, OPERATION_FLAGS);
    let own = source["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let overridden =
        |parameter: &&Value| own.iter().any(|o| o["name"] == parameter["name"] && o["in"] == parameter["in"]);
    let inherited = shared.iter().filter(|parameter| !overridden(parameter));
    let parameters: Vec<_> = own.iter().chain(inherited).map(parameter).collect();
    if !parameters.is_empty() {
        kept.insert("parameters".into(), parameters.into());
    }
    if let Some(body) = source.get("requestBody") {
        let mut facts = with_flags(body, &["$ref"], &["required"]);
        facts.insert("content".into(), each(&body["content"], media_type));
        kept.insert("requestBody".into(), facts.into());
    }
    kept.insert("responses".into(), each(&source["responses"], response));
    add_changes(source, &mut kept);
    kept.into()
}

fn parameter(source: &Value) -> Value {
    let mut kept = with_flags(source, PARAMETER, PARAMETER_FLAGS);
    if let Some(value) = source.get("schema") {
        kept.insert("schema".into(), schema(value));
    }
    add_changes(source, &mut kept);
    kept.into()
}

/// Announced removals: dates and kind, without the pointer to the announcement.
fn add_changes(source: &Value, kept: &mut Object) {
    if let Some(changes) = source.get("x-changes") {
        let facts = list(changes, |change| pick(change, &["type", "announced", "effective"]));
        kept.insert("x-changes".into(), facts);
    }
}

fn response(source: &Value) -> Value {
    // OpenAPI demands a description; it does not demand words.
    let mut kept = Object::from_iter([("description".into(), json!(""))]);
    if let Some(content) = source.get("content") {
        kept.insert("content".into(), each(content, media_type));
    }
    if let Some(headers) = source.get("headers") {
        kept.insert("headers".into(), each(headers, media_type));
    }
    kept.into()
}

/// Of a media type, and of a header, only the schema is a fact.
fn media_type(source: &Value) -> Value {
    match source.get("schema") {
        Some(value) => json!({ "schema": schema(value) }),
        None => json!({}),
    }
}

fn schema(source: &Value) -> Value {
    if let Some(target) = source.get("$ref") {
        // Siblings of `$ref` mean nothing in OpenAPI 3.0.
        return json!({ "$ref": target });
    }
    if !source.is_object() {
        return source.clone(); // `additionalProperties: false`
    }
    let mut kept = with_flags(source, SCHEMA, SCHEMA_FLAGS);
    for (key, value) in entries(source) {
        let facts = match key.as_str() {
            "properties" => properties(value),
            "items" | "additionalProperties" | "not" => schema(value),
            "allOf" | "oneOf" | "anyOf" => list(value, schema),
            "required" if value.is_array() => required(value),
            _ => continue,
        };
        kept.insert(key.clone(), facts);
    }
    kept.into()
}

fn properties(source: &Value) -> Value {
    let named = entries(source).filter(|(name, _)| !is_sentence(name));
    Value::Object(named.map(|(name, value)| (name.clone(), schema(value))).collect())
}

fn required(source: &Value) -> Value {
    let names = source.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<_> = names.filter(|name| !is_sentence(name)).collect();
    names.sort_unstable();
    json!(names)
}

/// The position of a gadget is documented with the description in the place of the name.
/// `deviations.json` puts the names back.
fn is_sentence(name: &str) -> bool {
    name.contains(' ') && name.ends_with('.')
}

fn security_scheme(source: &Value) -> Value {
    let mut kept = pick(source, &["type", "scheme", "bearerFormat", "name", "in"]);
    if let Some(flows) = source.get("flows") {
        kept["flows"] = each(flows, |flow| {
            let mut kept = pick(flow, &["authorizationUrl", "tokenUrl", "refreshUrl"]);
            kept["scopes"] = each(&flow["scopes"], |_| json!(""));
            kept
        });
    }
    kept
}

fn with_flags(source: &Value, keys: &[&str], flags: &[&str]) -> Object {
    entries(source)
        .filter(|(key, value)| {
            let key = key.as_str();
            keys.contains(&key) || (flags.contains(&key) && value.as_bool() == Some(true))
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn pick(source: &Value, keys: &[&str]) -> Value {
    with_flags(source, keys, &[]).into()
}

fn each(source: &Value, facts: impl Fn(&Value) -> Value) -> Value {
    Value::Object(entries(source).map(|(key, value)| (key.clone(), facts(value))).collect())
}

fn list(source: &Value, facts: impl Fn(&Value) -> Value) -> Value {
    source.as_array().into_iter().flatten().map(facts).collect()
}

fn entries(source: &Value) -> impl Iterator<Item = (&String, &Value)> {
    source.as_object().into_iter().flatten()
}
