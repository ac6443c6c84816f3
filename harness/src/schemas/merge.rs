//! Operations of one document added to another.

use serde_json::{Map, Value};

use super::references;

/// Takes into `base` every operation of `other` that `wanted` names by path and method, with the
/// schemas it needs. A schema that differs from the one `base` has under its name gets `suffix`.
///
/// An operation that `base` has already stays as it is: official documents catch up.
pub fn add_operations(base: &mut Value, other: &Value, suffix: &str, wanted: impl Fn(&Value, &str, &str) -> bool) {
    let mut added = Map::new();
    for (path, item) in other["paths"].as_object().into_iter().flatten() {
        let lacking = |method: &str| base["paths"].get(path).and_then(|i| i.get(method)).is_none();
        let operations: Map<_, _> = item
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(method, _)| lacking(method) && wanted(base, path, method))
            .map(|(method, operation)| (method.clone(), operation.clone()))
            .collect();
        if !operations.is_empty() {
            added.insert(path.clone(), operations.into());
        }
    }
    let mut added = Value::Object(added);
    let schemas = schemas_for(&mut added, base, other, suffix);
    extend(&mut base["components"]["schemas"], schemas);
    for (path, item) in added.as_object().into_iter().flatten() {
        let operations = item.as_object().cloned().unwrap_or_default();
        extend(&mut base["paths"][path], operations);
    }
}

/// The schemas that `added` needs and `base` lacks; references in `added` follow the new names.
fn schemas_for(added: &mut Value, base: &Value, other: &Value, suffix: &str) -> Map<String, Value> {
    let (known, offered) = (&base["components"]["schemas"], &other["components"]["schemas"]);
    let new_name = |name: &str| {
        let clashes = known.get(name).is_some_and(|schema| Some(schema) != offered.get(name));
        clashes.then(|| format!("{name}{suffix}"))
    };
    let mut schemas = Map::new();
    for name in references::closure(added, offered) {
        let Some(schema) = offered.get(name) else {
            continue;
        };
        if known.get(name) != Some(schema) {
            let mut schema = schema.clone();
            references::rename(&mut schema, &new_name);
            schemas.insert(new_name(name).unwrap_or_else(|| name.to_owned()), schema);
        }
    }
    references::rename(added, &new_name);
    schemas
}

fn extend(target: &mut Value, entries: Map<String, Value>) {
    if target.is_null() {
        *target = Value::Object(Map::new());
    }
    if let Some(target) = target.as_object_mut() {
        target.extend(entries);
    }
}
