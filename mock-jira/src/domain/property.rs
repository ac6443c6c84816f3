//! Entity properties: what may be one.

use serde_json::Value;

/// Longest key (J-118).
const KEY: usize = 255;
/// Longest value, as JSON text (J-118).
const VALUE: usize = 32_768;

/// Says what is wrong with a key.
pub fn check_key(key: &str) -> Result<(), String> {
    if (1..=KEY).contains(&key.chars().count()) {
        return Ok(());
    }
    Err(format!("The property key must be between 1 and {KEY} characters long."))
}

/// Says what is wrong with a property.
pub fn check(key: &str, value: &Value) -> Result<(), String> {
    check_key(key)?;
    if value.to_string().chars().count() > VALUE {
        return Err(format!("The property value must not be longer than {VALUE} characters."));
    }
    Ok(())
}

/// Reads properties that are given with something else: `[{key, value}]`.
pub fn list(value: &Value) -> Result<Vec<(String, Value)>, String> {
    let items = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        _ => return Err("data was not an array".into()),
    };
    let property = |item: &Value| {
        let mut names = item.as_object().into_iter().flatten().map(|(name, _)| name);
        if let Some(name) = names.find(|name| !["key", "value"].contains(&name.as_str())) {
            return Err(format!("Unrecognized field \"{name}\""));
        }
        let key = item.get("key").and_then(Value::as_str).unwrap_or_default();
        let value = item.get("value").cloned().unwrap_or_default();
        check(key, &value).map(|()| (key.to_owned(), value))
    };
    items.iter().map(property).collect()
}
