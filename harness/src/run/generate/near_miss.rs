//! Requests that break exactly one rule, made from one that was accepted.

use serde_json::{Value, json};

use super::{RICH_TEXT, resolved, texts};

/// A body that breaks one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct NearMiss {
    /// Which rule, and where.
    pub rule: String,
    /// The body.
    pub body: Value,
}

/// Longer lists are not sent: what is limited to more is so for other reasons.
const LONGEST_LIST: u64 = 1000;

/// A limit of a list; some documents limit lists with the words for texts.
pub fn bound(schema: &Value, words: [&str; 2]) -> Option<u64> {
    words.iter().find_map(|word| schema[*word].as_u64())
}

/// What longer texts than allowed are made of: too long by one.
fn too_long(limit: u64) -> Value {
    Value::from("x".repeat(limit as usize + 1))
}

/// All near-misses of an accepted body.
///
/// Only rules that Jira keeps count: its parser takes numbers for texts and texts for numbers, and null for anything,
/// but no object for a scalar, and no property that the body's closed schema lacks (H-15).
pub fn near_misses(accepted: &Value, schema: &Value, components: &Value) -> Vec<NearMiss> {
    let mut found = Vec::new();
    visit(accepted, schema, components, "", &mut |pointer, rule, broken| {
        let mut body = accepted.clone();
        let Some(place) = body.pointer_mut(pointer) else { return };
        *place = broken;
        let place = if pointer.is_empty() { "the body" } else { pointer };
        found.push(NearMiss { rule: format!("{rule} at {place}"), body });
    });
    found
}

fn visit(
    value: &Value,
    schema: &Value,
    components: &Value,
    pointer: &str,
    report: &mut dyn FnMut(&str, &'static str, Value),
) {
    let schema = resolved(schema, components);
    // What is not one fixed shape has rules of its own.
    if schema[RICH_TEXT] == true || schema["oneOf"].is_array() || schema["anyOf"].is_array() {
        return;
    }
    match schema["type"].as_str() {
        Some("object") => {
            report(pointer, "a text for an object", json!("text"));
            let Some(entries) = value.as_object() else { return };
            for name in texts(&schema["required"]).filter(|name| entries.contains_key(*name)) {
                let mut without = entries.clone();
                without.remove(name);
                report(pointer, "a required property missing", Value::Object(without));
            }
            if pointer.is_empty() && schema["additionalProperties"] == false && schema["properties"].is_object() {
                let mut with = entries.clone();
                with.insert("notDocumented".to_owned(), json!(1));
                report(pointer, "a property that is not documented", Value::Object(with));
            }
            for (name, entry) in entries {
                let property = &schema["properties"][name];
                if property.is_object() {
                    let inner = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    visit(entry, property, components, &inner, report);
                }
            }
        }
        Some("array") => {
            // A single value is taken for a list of one by some; an object never is, where texts are wanted.
            report(pointer, "an object for an array", json!({ "a": 1 }));
            if bound(&schema, ["minItems", "minLength"]).is_some_and(|least| least > 0) {
                report(pointer, "a list that is too short", json!([]));
            }
            if let Some(first) = value.as_array().and_then(|items| items.first()) {
                // Where each may stand there once only, too many of one would break two rules.
                let most = bound(&schema, ["maxItems", "maxLength"]).filter(|_| schema["uniqueItems"] != true);
                if let Some(most) = most.filter(|most| *most <= LONGEST_LIST) {
                    report(pointer, "a list that is too long", Value::Array(vec![first.clone(); most as usize + 1]));
                }
                visit(first, &schema["items"], components, &format!("{pointer}/0"), report);
            }
        }
        Some("string") => {
            report(pointer, "an object for a text", json!({ "a": 1 }));
            if schema["enum"].is_array() {
                report(pointer, "a value that is not in the enum", json!("NOT_A_VALUE"));
            }
            if let Some(least) = schema["minLength"].as_u64().filter(|least| *least > 0 && !schema["enum"].is_array()) {
                report(pointer, "a text that is too short", Value::from("x".repeat(least as usize - 1)));
            }
            if matches!(schema["format"].as_str(), Some("date" | "date-time" | "uuid")) {
                report(pointer, "a text of another format", json!("x"));
            }
            if let Some(limit) = schema["maxLength"].as_u64().filter(|limit| *limit < 100_000) {
                report(pointer, "a text that is too long", too_long(limit));
            }
        }
        Some("integer") => {
            report(pointer, "a word for a number", json!("x"));
            if let Some(most) = schema["maximum"].as_i64() {
                report(pointer, "a number that is too large", json!(most.saturating_add(1)));
            }
            if let Some(least) = schema["minimum"].as_i64() {
                report(pointer, "a number that is too small", json!(least.saturating_sub(1)));
            }
        }
        Some("boolean") => report(pointer, "an object for a boolean", json!({ "a": 1 })),
        _ => {}
    }
}
