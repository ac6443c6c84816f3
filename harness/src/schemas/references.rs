//! Which component schemas a piece of a document needs.

use std::collections::BTreeSet;

use serde_json::Value;

const PREFIX: &str = "#/components/schemas/";

/// The names of the component schemas that `root` refers to, directly or through others.
pub fn closure<'a>(root: &'a Value, components: &'a Value) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        visit(value, &mut |name| {
            if found.insert(name) {
                open.extend(components.get(name));
            }
        });
    }
    found
}

/// Gives `rename` the name of every component schema referred to, to change.
pub fn rename(value: &mut Value, new_name: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = text.strip_prefix(PREFIX).and_then(new_name) {
                *text = format!("{PREFIX}{new}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, new_name)),
        Value::Object(entries) => entries.values_mut().for_each(|entry| rename(entry, new_name)),
        _ => {}
    }
}

/// A reference is any string of that form: `$ref`s, and the mappings of discriminators.
fn visit<'a>(value: &'a Value, found: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => text.strip_prefix(PREFIX).into_iter().for_each(found),
        Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        Value::Object(entries) => entries.values().for_each(|entry| visit(entry, found)),
        _ => {}
    }
}
