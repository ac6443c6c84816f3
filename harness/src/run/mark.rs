//! Values that are only known later: marks stand for them in requests until these are sent.
//!
//! A mark is a text no client would send, so requests with marks are ordinary JSON: they can be generated, stored and
//! shrunk like any other.

use serde_json::Value;

const BEGIN: char = '\u{1}';
const BETWEEN: char = '\u{2}';
/// Between the parts of a text of which some are marks.
const JOINT: char = '\u{3}';

/// What a value stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Something of the target: its kind, what is wanted of it, and which one (modulo how many there are).
    Thing {
        /// The kind: a collection's path.
        kind: String,
        /// The property wanted: `id`, `key`…
        attribute: String,
        /// Which one.
        index: usize,
        /// Whether it is wanted as a number.
        number: bool,
    },
    /// A property of what an earlier step was answered.
    Answer {
        /// The step.
        step: usize,
        /// The property wanted.
        attribute: String,
        /// Whether it is wanted as a number.
        number: bool,
    },
    /// A text that nothing else in the target has; `form` is one of `name`, `key`, `email`.
    Unique {
        /// What it is to look like.
        form: String,
        /// Tells those of one case from each other.
        index: usize,
    },
}

impl Mark {
    /// The mark as it stands in a request.
    pub fn value(&self) -> Value {
        let between = BETWEEN.to_string();
        let parts = match self {
            Self::Thing { kind, attribute, index, number } => {
                ["thing".to_owned(), kind.clone(), attribute.clone(), index.to_string(), number.to_string()]
                    .join(&between)
            }
            Self::Answer { step, attribute, number } => {
                ["answer".to_owned(), step.to_string(), attribute.clone(), number.to_string()].join(&between)
            }
            Self::Unique { form, index } => ["unique".to_owned(), form.clone(), index.to_string()].join(&between),
        };
        Value::String(format!("{BEGIN}{parts}"))
    }

    /// The mark that a value is, if it is one.
    pub fn read(value: &Value) -> Option<Self> {
        let text = value.as_str().filter(|text| !text.contains(JOINT))?.strip_prefix(BEGIN)?;
        let parts: Vec<_> = text.split(BETWEEN).collect();
        Some(match parts[..] {
            ["thing", kind, attribute, index, number] => Self::Thing {
                kind: kind.to_owned(),
                attribute: attribute.to_owned(),
                index: index.parse().ok()?,
                number: number == "true",
            },
            ["answer", step, attribute, number] => {
                Self::Answer { step: step.parse().ok()?, attribute: attribute.to_owned(), number: number == "true" }
            }
            ["unique", form, index] => Self::Unique { form: form.to_owned(), index: index.parse().ok()? },
            _ => return None,
        })
    }
}

/// Replaces every mark for which there is a value; stops at the first that has none.
pub fn replace<E>(value: &Value, with: &mut impl FnMut(Mark) -> Result<Value, E>) -> Result<Value, E> {
    Ok(match value {
        Value::String(whole) if whole.contains(JOINT) => {
            let mut parts = Vec::new();
            for part in whole.split(JOINT) {
                parts.push(match Mark::read(&Value::from(part)) {
                    Some(mark) => with(mark)?,
                    None => Value::from(part),
                });
            }
            // What is only known later stays apart.
            let is_known = parts.iter().all(|part| Mark::read(part).is_none());
            let texts: Vec<_> = parts.iter().map(text).collect();
            Value::from(texts.join(if is_known { "" } else { "\u{3}" }))
        }
        Value::String(_) => match Mark::read(value) {
            Some(mark) => with(mark)?,
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| replace(item, with)).collect::<Result<_, E>>()?),
        Value::Object(entries) => {
            let mut replaced = serde_json::Map::new();
            for (key, entry) in entries {
                // Issue properties and fields may be named by what is only known later, too.
                let key = text(&replace(&Value::from(key.as_str()), with)?);
                replaced.insert(key, replace(entry, with)?);
            }
            Value::Object(replaced)
        }
        other => other.clone(),
    })
}

/// A text of which some parts are marks.
pub fn joined(parts: impl Iterator<Item = Value>) -> Value {
    let parts: Vec<_> = parts.map(|part| text(&part)).collect();
    Value::from(parts.join("\u{3}"))
}

/// A scalar as it stands in a path or a query.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The properties by which things are known, the most telling first.
pub const NAMES: [&str; 8] = ["id", "accountId", "groupId", "key", "relatedWorkId", "taskId", "value", "name"];

/// A property of a thing as a request wants it. Things are known by different names of the same: the first that is
/// there counts.
pub fn attribute(thing: &Value, wanted: &str, number: bool) -> Option<Value> {
    if wanted.starts_with('/') {
        let found = thing.pointer(wanted).filter(|found| found.is_string() || found.is_number())?.clone();
        return Some(if number { as_number(found) } else { Value::String(text(&found)) });
    }
    let found = std::iter::once(wanted).chain(NAMES).find_map(|name| match &thing[name] {
        found @ (Value::String(_) | Value::Number(_)) => Some(found),
        _ => None,
    });
    // Where only a link tells it, its last segment does; where several were made at once, the first counts.
    let by_link = || thing["self"].as_str().and_then(|link| link.rsplit('/').next()).map(Value::from);
    // Some answers are nothing but an id, by its full name.
    let by_only = || match thing.as_object()?.iter().next()? {
        (name, id @ (Value::String(_) | Value::Number(_))) if name.ends_with("Id") => Some(id.clone()),
        _ => None,
    };
    let by_list = || attribute(super::paging::items(thing)?.first()?, wanted, number);
    let found = if thing.is_string() || thing.is_number() {
        Some(thing.clone())
    } else {
        found.cloned().or_else(by_link).or_else(by_only).or_else(by_list)
    };
    found.map(|found| if number { as_number(found) } else { Value::String(text(&found)) })
}

fn as_number(value: Value) -> Value {
    value.as_str().and_then(|text| text.parse::<i64>().ok()).map_or(value, Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn marks_are_values_and_back() {
        let marks = [
            Mark::Thing { kind: "/a/{}".into(), attribute: "id".into(), index: 3, number: true },
            Mark::Answer { step: 2, attribute: "key".into(), number: false },
            Mark::Unique { form: "name".into(), index: 1 },
        ];
        for mark in marks {
            assert_eq!(Mark::read(&mark.value()), Some(mark));
        }
        assert_eq!(Mark::read(&json!("text")), None);
    }

    #[test]
    fn things_are_known_by_what_they_have() {
        assert_eq!(attribute(&json!({ "id": "7" }), "id", true), Some(json!(7)));
        assert_eq!(attribute(&json!({ "id": 7 }), "id", false), Some(json!("7")));
        assert_eq!(attribute(&json!({ "accountId": "a" }), "id", false), Some(json!("a")));
        assert_eq!(attribute(&json!({ "self": "http://a/role/5" }), "id", true), Some(json!(5)));
        assert_eq!(attribute(&json!({ "schemeId": "8" }), "id", false), Some(json!("8")));
        assert_eq!(attribute(&json!("label"), "id", false), Some(json!("label")));
        assert_eq!(attribute(&json!({}), "id", false), None);
    }
}
