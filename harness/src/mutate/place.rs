//! Places in bodies, and what the contract says of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::scene::Scene;
use crate::{conform::translate::RICH_TEXT, run::generate::resolved};

/// A place in a body: `/values/*/id` means the ids of all values.
pub type Pattern = String;

/// What the contract says of a property.
#[derive(Debug)]
pub struct Facts {
    /// Its schema, put together.
    pub schema: Value,
    /// Whether it must be there.
    pub required: bool,
}

/// The places that a body has and the contract knows.
pub fn places(scene: &Scene<'_>, status: u16, body: &Value) -> BTreeMap<Pattern, Facts> {
    let mut found = BTreeMap::new();
    if let Some((schema, components)) = scene.schema(status) {
        visit(body, schema, components, String::new(), false, &mut found);
    }
    found
}

fn visit(
    value: &Value,
    schema: &Value,
    components: &Value,
    pattern: Pattern,
    required: bool,
    found: &mut BTreeMap<Pattern, Facts>,
) {
    let schema = resolved(schema, components);
    // One of several schemas may allow what another forbids; documents of rich text have rules of their own.
    let is_open = ["anyOf", "oneOf", "not"].iter().any(|key| !schema[*key].is_null()) || schema[RICH_TEXT] == true;
    if is_open || pattern.matches('/').count() > 12 {
        return;
    }
    match value {
        Value::Object(entries) => {
            let is_required = |name: &str| {
                let listed = schema["required"].as_array().into_iter().flatten().any(|listed| listed == name);
                listed && schema["properties"][name]["writeOnly"] != true
            };
            for (name, entry) in entries {
                let property = match schema["properties"].get(name) {
                    Some(property) => property,
                    None if schema["additionalProperties"].is_object() => &schema["additionalProperties"],
                    None => continue,
                };
                let inner = format!("{pattern}/{}", escaped(name));
                visit(entry, property, components, inner, is_required(name), found);
            }
        }
        Value::Array(items) if schema["items"].is_object() => {
            for item in items {
                visit(item, &schema["items"], components, format!("{pattern}/*"), false, found);
            }
        }
        _ => {}
    }
    found.entry(pattern).or_insert(Facts { schema, required });
}

/// Changes what is at a place, wherever a body has it; `None` takes it away.
pub fn change(body: &mut Value, pattern: &str, change: &mut dyn FnMut(&Value) -> Option<Value>) {
    let Some(path) = pattern.strip_prefix('/') else {
        if let Some(new) = change(body) {
            *body = new;
        }
        return;
    };
    let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (body, rest) {
        (Value::Array(items), Some(rest)) if first == "*" => {
            items.iter_mut().for_each(|item| self::change(item, &format!("/{rest}"), change));
        }
        (Value::Array(items), None) if first == "*" => {
            *items = items.iter().filter_map(&mut *change).collect();
        }
        (Value::Object(entries), rest) => {
            let name = unescaped(first);
            match rest {
                Some(rest) => {
                    if let Some(entry) = entries.get_mut(&name) {
                        self::change(entry, &format!("/{rest}"), change);
                    }
                }
                None => {
                    let Some(old) = entries.get(&name) else { return };
                    match change(old) {
                        Some(new) => {
                            entries.insert(name, new);
                        }
                        None => {
                            entries.shift_remove(&name);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

/// Every scalar of a body with its place, whatever the contract says of it.
pub fn scalars(body: &Value) -> Vec<(Pattern, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), body)];
    while let Some((pattern, value)) = open.pop() {
        match value {
            Value::Object(entries) => {
                open.extend(entries.iter().map(|(name, entry)| (format!("{pattern}/{}", escaped(name)), entry)));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (format!("{pattern}/*"), item))),
            scalar => found.push((pattern, scalar)),
        }
    }
    found
}

/// The last name of a place.
pub fn last(pattern: &str) -> &str {
    pattern.rsplit('/').find(|name| *name != "*").unwrap_or_default()
}

// `*` is no name here, and `/` none in JSON pointers.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1").replace('*', "~2")
}

fn unescaped(name: &str) -> String {
    name.replace("~2", "*").replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_changed_wherever_they_are() {
        let mut body = json!({ "values": [{ "a/b": 1 }, { "c": 2 }, { "a/b": 3 }] });
        change(&mut body, "/values/*/a~1b", &mut |_| Some(json!(null)));
        assert_eq!(body, json!({ "values": [{ "a/b": null }, { "c": 2 }, { "a/b": null }] }));
        change(&mut body, "/values/*/a~1b", &mut |_| None);
        assert_eq!(body, json!({ "values": [{}, { "c": 2 }, {}] }));
        change(&mut body, "", &mut |_| Some(json!([])));
        assert_eq!(body, json!([]));
    }

    #[test]
    fn scalars_have_places() {
        let body = json!({ "a": [{ "b": 1 }], "*": "x" });
        let mut found: Vec<_> = scalars(&body).into_iter().map(|(pattern, _)| pattern).collect();
        found.sort();
        assert_eq!(found, ["/a/*/b", "/~2"]);
    }
}
