//! Members of request objects in another type than the documented one, as Jira's reader takes them (S-12):
//! `"5"` is 5 and `1.5` is 1.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

/// A whole number, or null.
pub fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Number(number) => match number.as_i64().or_else(|| number.as_f64().and_then(truncated)) {
            Some(number) => Ok(Some(number)),
            None => Err(D::Error::custom("out of range")),
        },
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => text.trim().parse().map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom("not a number")),
    }
}

fn truncated(float: f64) -> Option<i64> {
    (float.abs() < i64::MAX as f64).then_some(float as i64)
}

/// A whole number, never null.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    int(deserializer)?.ok_or_else(null)
}

/// Names in a list, or with commas in one text; null is none.
pub fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(vec![text]),
        list => texts(list).map_err(D::Error::custom),
    }
}

/// A list of texts; null is empty.
pub fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let items = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    let texts = items.into_iter().map(|item| text(item).map_err(D::Error::custom)?.ok_or_else(null));
    texts.collect()
}

/// A list of whole numbers; null is empty.
pub fn ints<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let items = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    items.into_iter().map(|item| whole(item).map_err(D::Error::custom)).collect()
}

fn null<E: Error>() -> E {
    E::custom("null in a list")
}

/// An object, or null; serde alone would take an array for a struct.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        object @ Value::Object(_) => serde_json::from_value(object).map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom("not an object")),
    }
}

/// A member that was given, even as null.
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A text; numbers and truth values are read as their text.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        _ => Err(D::Error::custom("not a text")),
    }
}

/// A truth value, or null; `"true"` is true.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom("not a truth value")),
    }
}
