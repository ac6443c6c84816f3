//! Whether two bodies say the same.

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

/// The first place where two bodies differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The place, as a JSON pointer.
    pub at: String,
    /// What the one has there.
    pub left: String,
    /// What the other has.
    pub right: String,
}

impl Difference {
    /// A difference between two things that can be printed.
    pub fn new(at: &str, left: impl ToString, right: impl ToString) -> Self {
        Self { at: at.to_owned(), left: left.to_string(), right: right.to_string() }
    }
}

/// The first difference between two answers to one question, other than of properties that change by themselves.
///
/// With `versions`, the right one is of version 2: links name the other version, and where version 3 has a document,
/// version 2 has text.
pub fn difference(left: &Value, right: &Value, versions: bool, volatile: &dyn Fn(&str) -> bool) -> Option<Difference> {
    differ("", left, right, versions, volatile)
}

fn differ(
    at: &str,
    left: &Value,
    right: &Value,
    versions: bool,
    volatile: &dyn Fn(&str) -> bool,
) -> Option<Difference> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            if versions && left.get("type").is_some_and(|kind| kind == "doc") && left.contains_key("content") {
                // A document in both means that version 2 was answered with version 3's.
                return Some(Difference::new(at, "text", "a document"));
            }
            let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            names.into_iter().filter(|name| !volatile(name)).find_map(|name| {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                match (left.get(name), right.get(name)) {
                    (Some(left), Some(right)) => differ(&at, left, right, versions, volatile),
                    (left, right) => Some(Difference::new(&at, shown(left), shown(right))),
                }
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                return Some(Difference::new(at, format!("{} items", left.len()), format!("{} items", right.len())));
            }
            let pairs = left.iter().zip(right).enumerate();
            pairs
                .into_iter()
                .find_map(|(index, (left, right))| differ(&format!("{at}/{index}"), left, right, versions, volatile))
        }
        (Value::Object(document), Value::String(_)) if versions && document.get("type").is_some_and(|t| t == "doc") => {
            None
        }
        (Value::String(left), Value::String(right)) if versions => {
            let same = left == right || left.replace("/rest/api/3/", "/rest/api/2/") == *right;
            (!same).then(|| Difference::new(at, format!("{left:?}"), format!("{right:?}")))
        }
        _ => (left != right).then(|| Difference::new(at, left, right)),
    }
}

/// The first place where two descriptions of one thing say something else: only plain values that both have count.
pub fn disagreement(left: &Value, right: &Value, volatile: &dyn Fn(&str) -> bool) -> Option<Difference> {
    disagree("", left, right, volatile)
}

fn disagree(at: &str, left: &Value, right: &Value, volatile: &dyn Fn(&str) -> bool) -> Option<Difference> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let shared = left.iter().filter(|(name, _)| !volatile(name) && *name != "expand");
            shared.into_iter().find_map(|(name, left)| {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                disagree(&at, left, right.get(name)?, volatile)
            })
        }
        (Value::Object(_) | Value::Array(_) | Value::Null, _)
        | (_, Value::Object(_) | Value::Array(_) | Value::Null) => None,
        (left, right) => (!same(left, right)).then(|| Difference::new(at, left, right)),
    }
}

/// How many plain values were read as they were written, or the first place where something else was. Only what both
/// have and what is kept counts: answers may leave out what was written, and have other forms of it.
pub fn unwritten(written: &Value, read: &Value, kept: &dyn Fn(&str) -> bool) -> Result<usize, Difference> {
    missing("", written, read, kept)
}

fn missing(at: &str, written: &Value, read: &Value, kept: &dyn Fn(&str) -> bool) -> Result<usize, Difference> {
    match (written, read) {
        (Value::Object(_), Value::Object(_)) if is_document(written) && is_document(read) => {
            // A document may come back with other marks and attributes, but it says the same.
            let [one, other] = [written, read].map(words);
            match one {
                _ if one.is_empty() => Ok(0),
                _ if one == other => Ok(1),
                _ => Err(Difference::new(at, one, other)),
            }
        }
        (Value::Object(written), Value::Object(read)) => {
            let mut compared = 0;
            for (name, value) in written.iter().filter(|(name, _)| kept(name)) {
                if let Some(read) = read.get(name) {
                    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    compared += missing(&at, value, read, kept)?;
                }
            }
            Ok(compared)
        }
        (Value::Array(written), Value::Array(read)) => {
            // Lists of plain values may come in another order, and longer.
            let plain = |items: &[Value]| items.iter().all(|item| !item.is_object() && !item.is_array());
            if !plain(written) || !plain(read) {
                return Ok(0);
            }
            match written.iter().find(|item| !read.iter().any(|other| same(item, other))) {
                Some(lost) => Err(Difference::new(at, lost, Value::Array(read.clone()))),
                None => Ok(written.len()),
            }
        }
        (Value::Object(_) | Value::Array(_) | Value::Null, _) | (_, Value::Object(_) | Value::Array(_)) => Ok(0),
        (written, read) if same(written, read) => Ok(1),
        (written, read) => Err(Difference::new(at, written, read)),
    }
}

fn is_document(value: &Value) -> bool {
    value["type"] == "doc" && value["content"].is_array()
}

/// What a document says, without its form.
fn words(document: &Value) -> String {
    match document {
        Value::Object(entries) => {
            let own = entries.get("text").and_then(Value::as_str).unwrap_or_default();
            format!("{own} {}", entries.get("content").map(words).unwrap_or_default()).trim().to_owned()
        }
        Value::Array(items) => items.iter().map(words).filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

/// Texts are trimmed by some, and ids are texts here and numbers there.
fn same(written: &Value, read: &Value) -> bool {
    match (written, read) {
        // A path on the target comes back as an address.
        (Value::String(written), Value::String(read)) => {
            written.trim() == read.trim()
                || written.starts_with('/') && read.ends_with(written)
                || moment(written).is_some_and(|written| moment(read) == Some(written))
        }
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            number.to_string() == *text
        }
        (Value::Number(written), Value::Number(read)) => written.as_f64() == read.as_f64(),
        // An empty text and none are the same to many.
        (Value::String(text), Value::Null) => text.trim().is_empty(),
        (written, read) => written == read,
    }
}

/// The moment that a text names; times come back in the zone of the reader (T-8).
fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z").ok()
}

/// Enough of a text to recognise it by.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_have_a_place() {
        let steady = |_: &str| false;
        let find = |left, right, versions| difference(&left, &right, versions, &steady).map(|found| found.at);
        assert_eq!(
            find(json!({ "a": [1, { "b": 2 }] }), json!({ "a": [1, { "b": 3 }] }), false),
            Some("/a/1/b".into())
        );
        assert_eq!(find(json!({ "a": 1 }), json!({}), false), Some("/a".into()));
        assert_eq!(find(json!([1]), json!([1, 2]), false), Some("".into()));
        let volatile = |name: &str| name == "now";
        assert_eq!(difference(&json!({ "now": 1 }), &json!({ "now": 2 }), false, &volatile), None);
    }

    #[test]
    fn versions_differ_in_links_and_rich_text_only() {
        let steady = |_: &str| false;
        let find = |left, right| difference(&left, &right, true, &steady).map(|found| found.at);
        let document = json!({ "type": "doc", "version": 1, "content": [] });
        assert_eq!(find(json!({ "self": "http://a/rest/api/3/b" }), json!({ "self": "http://a/rest/api/2/b" })), None);
        assert_eq!(find(json!({ "body": document }), json!({ "body": "text" })), None);
        assert_eq!(find(json!({ "body": document.clone() }), json!({ "body": document })), Some("/body".into()));
        assert_eq!(find(json!({ "name": "a" }), json!({ "name": "b" })), Some("/name".into()));
    }

    #[test]
    fn what_was_written_is_read() {
        let find = |written, read| unwritten(&written, &read, &|name| name != "ignored").err().map(|found| found.at);
        assert_eq!(find(json!({ "a": "x", "hidden": 1 }), json!({ "a": " x ", "more": 2 })), None);
        assert_eq!(find(json!({ "a": { "b": true } }), json!({ "a": { "b": false } })), Some("/a/b".into()));
        assert_eq!(find(json!({ "a": ["x", "y"] }), json!({ "a": ["y"] })), Some("/a".into()));
        assert_eq!(find(json!({ "ignored": 1 }), json!({ "ignored": 2 })), None);
        assert_eq!(find(json!({ "id": 1 }), json!({ "id": "1" })), None);
        assert_eq!(find(json!({ "a": "x" }), json!({ "a": null })), Some("/a".into()));
        let at = |time: &str| json!({ "a": time });
        let written = "2026-06-15T12:00:00.000+1400";
        assert_eq!(find(at(written), at("2026-06-14T22:00:00.000+0000")), None);
        assert_eq!(find(at(written), at("2026-06-14T22:00:00Z")), None);
        assert_eq!(find(at(written), at("2026-06-15T12:00:00.000+0000")), Some("/a".into()));
        let document = |text: &str, mark: &str| {
            let said = json!({ "type": "text", "text": text, "marks": [{ "type": mark }] });
            json!({ "a": { "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [said] }] } })
        };
        assert_eq!(find(document("x", "em"), document("x", "strong")), None);
        assert_eq!(find(document("x", "em"), document("y", "em")), Some("/a".into()));
    }
}
