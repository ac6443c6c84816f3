//! OpenAPI 3.0 schemas as JSON Schema, for answers.

use chrono::DateTime;
use jsonschema::ValidationOptions;
use serde_json::{Map, Value, json};

use crate::contract::ApiVersion;

/// Marks a schema as rich text: wiki markup in v2, an Atlassian document in v3.
pub(crate) const RICH_TEXT: &str = "x-rich-text";

/// The name of [`is_timestamp`] as a format.
const TIMESTAMP: &str = "jira-timestamp";

/// Keywords that mean the same in both. `pattern` is left out: the few there are, are written for
/// Java, and limit what requests may carry.
const SAME: &[&str] = &[
    "type",
    "enum",
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Options under which translated schemas are to be compiled.
pub(super) fn options() -> ValidationOptions<'static> {
    jsonschema::options().should_validate_formats(true).with_format(TIMESTAMP, is_timestamp)
}

/// A schema as an answer of that version has to match it.
pub(super) fn schema(source: &Value, version: ApiVersion) -> Value {
    let Some(entries) = source.as_object() else {
        return source.clone();
    };
    if source[RICH_TEXT] == true {
        return rich_text(version);
    }
    if let Some(target) = source.get("$ref") {
        return json!({ "$ref": target });
    }
    let each = |list: &Value| -> Value {
        list.as_array().into_iter().flatten().map(|member| schema(member, version)).collect()
    };
    let mut kept = Map::new();
    for (key, value) in entries {
        match key.as_str() {
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties = properties.map(|(name, s)| (name.clone(), schema(s, version)));
                kept.insert(key.clone(), Value::Object(properties.collect()));
            }
            // Where an object is closed without a single property, the documents' generator saw
            // a class with nothing to show: it means unknown, not empty.
            "additionalProperties" if *value == false && !entries.contains_key("properties") => {}
            "additionalProperties" | "items" | "not" => {
                kept.insert(key.clone(), schema(value, version));
            }
            "allOf" => {
                kept.insert(key.clone(), each(value));
            }
            // Members overlap, since only the discriminator tells them apart.
            "anyOf" | "oneOf" => {
                kept.insert("anyOf".into(), each(value));
            }
            "required" => {
                kept.insert(key.clone(), required_in_answers(value, &source["properties"]));
            }
            "format" => kept.extend(format(value.as_str().unwrap_or_default())),
            key if SAME.contains(&key) => {
                kept.insert(key.to_owned(), value.clone());
            }
            _ => {}
        }
    }
    if source["nullable"] == true { json!({ "anyOf": [{ "type": "null" }, kept] }) } else { kept.into() }
}

fn rich_text(version: ApiVersion) -> Value {
    match version {
        ApiVersion::V2 => json!({ "type": "string" }),
        ApiVersion::V3 => json!({
            "type": "object",
            "properties": {
                "type": { "enum": ["doc"] },
                "version": { "type": "integer" },
                "content": { "type": "array" },
            },
            "required": ["type", "version", "content"],
        }),
    }
}

/// What only requests carry is not missed in answers.
fn required_in_answers(names: &Value, properties: &Value) -> Value {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.filter(|name| properties[name]["writeOnly"] != true).collect()
}

/// Formats that are checked. The others are hints (`double`), or not kept by Jira itself: it sends
/// relative references as `uri`.
fn format(name: &str) -> Map<String, Value> {
    let keywords = match name {
        "int32" => json!({ "minimum": i32::MIN, "maximum": i32::MAX }),
        "date-time" => json!({ "format": TIMESTAMP }),
        "date" | "uuid" => json!({ "format": name }),
        _ => json!({}),
    };
    keywords.as_object().cloned().unwrap_or_default()
}

/// The platform writes offsets without a colon, as `2022-06-09T16:29:32.382-0700`; the agile API
/// writes RFC 3339, in UTC.
fn is_timestamp(text: &str) -> bool {
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.3f%z").is_ok() || DateTime::parse_from_rfc3339(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: Value, version: ApiVersion, good: &[Value], bad: &[Value]) {
        let validator = options().build(&schema(&source, version)).unwrap();
        good.iter().for_each(|value| assert!(validator.is_valid(value), "{source}: {value}"));
        bad.iter().for_each(|value| assert!(!validator.is_valid(value), "{source}: {value}"));
    }

    #[test]
    fn keywords() {
        let v3 = ApiVersion::V3;
        let nullable = json!({ "type": "string", "enum": ["a"], "nullable": true });
        check(nullable, v3, &[json!("a"), json!(null)], &[json!("b"), json!(1)]);
        let write_only = json!({
            "properties": { "a": { "writeOnly": true }, "b": {} },
            "required": ["a", "b"],
        });
        check(write_only, v3, &[json!({ "b": 1 })], &[json!({ "a": 1 })]);
        let unknown = json!({ "type": "object", "additionalProperties": false });
        check(unknown, v3, &[json!({ "a": 1 })], &[json!([])]);
        let overlapping = json!({ "oneOf": [{ "type": "integer" }, { "type": "number" }] });
        check(overlapping, v3, &[json!(1)], &[json!("a")]);
    }

    #[test]
    fn formats() {
        let v3 = ApiVersion::V3;
        let int32 = json!({ "type": "integer", "format": "int32" });
        check(int32, v3, &[json!(i32::MAX)], &[json!(i64::MAX)]);
        let timestamps = [
            json!("2022-06-09T16:29:32.382-0700"),
            json!("2022-05-17T11:25:59.072Z"),
            json!("2015-04-11T15:22:00.000+10:00"),
        ];
        let others = [json!("2022-06-09"), json!("05/Apr/23 4:58 AM"), json!("")];
        check(json!({ "type": "string", "format": "date-time" }), v3, &timestamps, &others);
    }

    #[test]
    fn rich_text_depends_on_the_version() {
        let text = [json!("h1. a")];
        let document = [json!({ "type": "doc", "version": 1, "content": [] })];
        let source = json!({ RICH_TEXT: true });
        check(source.clone(), ApiVersion::V2, &text, &document);
        check(source, ApiVersion::V3, &document, &text);
    }
}
