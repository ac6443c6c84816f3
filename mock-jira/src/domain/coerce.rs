//! Members of request objects in another type than the documented one, as Jira's reader takes them.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// A truth value, or null; `"true"` is true.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom("not a truth value")),
    }
}
