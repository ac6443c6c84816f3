//! Captured values, and filling them into requests.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// What stays as it is in a segment of a path and in a query.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Values by their names.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Value>);

/// A name that has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{{{0}}} has no value")]
pub struct Missing(pub String);

impl Variables {
    /// Gives a name a value.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The text of a value.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).map(plain)
    }

    /// A text with values for names.
    pub fn fill_text(&self, text: &str) -> Result<String, Missing> {
        self.fill(text, |value| value)
    }

    /// A path with values for names; they are encoded, so that each stays within its segment.
    pub fn fill_path(&self, path: &str) -> Result<String, Missing> {
        self.fill(path, |value| encoded(&value))
    }

    /// A body with values for names. A text that is nothing but a name becomes the value as it was captured.
    pub fn fill_body(&self, body: &Value) -> Result<Value, Missing> {
        Ok(match body {
            Value::String(text) => match alone(text) {
                Some(name) => self.0.get(name).cloned().ok_or_else(|| Missing(name.to_owned()))?,
                None => Value::String(self.fill_text(text)?),
            },
            Value::Array(items) => items.iter().map(|item| self.fill_body(item)).collect::<Result<_, _>>()?,
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| Ok((self.fill_text(name)?, self.fill_body(value)?));
                Value::Object(members.iter().map(member).collect::<Result<_, Missing>>()?)
            }
            other => other.clone(),
        })
    }

    fn fill(&self, text: &str, convert: impl Fn(String) -> String) -> Result<String, Missing> {
        let mut filled = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Name(name) => {
                    filled.push_str(&convert(self.text(name).ok_or_else(|| Missing(name.to_owned()))?))
                }
            }
        }
        Ok(filled)
    }
}

/// A text as it can stand in a path or a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The names in all texts of a value.
pub fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => pieces(text)
            .filter_map(|piece| match piece {
                Piece::Name(name) => Some(name.to_owned()),
                Piece::Text(_) => None,
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| names(&Value::from(name.as_str())).into_iter().chain(names(value)))
            .collect(),
        _ => BTreeSet::new(),
    }
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Texts and names in turn. Braces around anything but a name are text: JQL and wiki markup have them too.
fn pieces(mut text: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let named = text.match_indices('{').find_map(|(at, _)| name_at(&text[at..]).map(|name| (at, name)));
        Some(match named {
            Some((0, name)) => {
                text = &text[name.len() + 2..];
                Piece::Name(name)
            }
            other => {
                let (before, after) = text.split_at(other.map_or(text.len(), |(at, _)| at));
                text = after;
                Piece::Text(before)
            }
        })
    })
}

/// The name that a text begins with, if it begins with `{name}`.
fn name_at(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric());
    fits.then_some(name)
}

fn alone(text: &str) -> Option<&str> {
    name_at(text).filter(|name| name.len() + 2 == text.len())
}

/// A value as it stands in a text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_filled_in() {
        let mut variables = Variables::default();
        variables.set("id", json!(12));
        variables.set("account", json!("5:a/b"));
        assert_eq!(variables.fill_path("/x/{account}/{id}").unwrap(), "/x/5%3Aa%2Fb/12");
        assert_eq!(variables.fill_text("no {} name { id } {id}").unwrap(), "no {} name { id } 12");
        let body = json!({"a": "{id}", "b": ["{id}{id}"], "{account}": null});
        assert_eq!(variables.fill_body(&body).unwrap(), json!({"a": 12, "b": ["1212"], "5:a/b": null}));
        assert_eq!(variables.fill_text("{other}"), Err(Missing("other".into())));
        assert_eq!(names(&body), ["account", "id"].map(str::to_owned).into());
    }
}
