//! Validation of ADF against the [`schema`](super::schema) table.

use serde_json::{Map, Value};

use super::MAX_DEPTH;
use super::schema::{self, Attr, Is, NodeRule};

/// Why a value is not an acceptable ADF document.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AdfError {
    /// The top level is not `{"type": "doc", "version": 1, "content": [...]}`.
    #[error("not an Atlassian document")]
    NotADocument,
    /// A node breaks the schema.
    #[error("{path}: {reason}")]
    InvalidNode {
        /// Where, such as `doc/content/0/content/2`.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Nodes are nested deeper than [`MAX_DEPTH`].
    #[error("nodes are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// Checks that `doc` is a valid ADF document.
///
/// # Errors
/// The first fault in document order.
pub fn validate(doc: &Value) -> Result<(), AdfError> {
    let is_doc = doc.get("type").and_then(Value::as_str) == Some("doc")
        && doc.get("version").and_then(Value::as_i64) == Some(1)
        && doc.get("content").is_some_and(Value::is_array);
    if !is_doc {
        return Err(AdfError::NotADocument);
    }
    Validator { path: Vec::new() }.node(doc, None)
}

/// Walks down a document; `path` holds the child indices from the root to the current node.
struct Validator {
    path: Vec<usize>,
}

impl Validator {
    fn node(&mut self, node: &Value, parent: Option<&NodeRule>) -> Result<(), AdfError> {
        if self.path.len() > MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        let Some(object) = node.as_object() else {
            return self.fail("a node must be an object");
        };
        let Some(kind) = object.get("type").and_then(Value::as_str) else {
            return self.fail("a node must have a type");
        };
        let Some(rule) = schema::node(kind) else {
            return self.fail(format!("unknown node type {kind}"));
        };
        if let Some(parent) = parent.filter(|parent| !parent.allows(kind)) {
            return self.fail(format!("{kind} is not permitted inside {}", parent.name));
        }
        if kind == "text" && object.get("text").and_then(Value::as_str).is_none_or(str::is_empty) {
            return self.fail("text must be a string that is not empty");
        }
        self.check(fits(rule.attrs, object.get("attrs")), kind)?;
        self.marks(object, rule, parent)?;
        self.content(object, rule)
    }

    fn marks(&self, node: &Map<String, Value>, rule: &NodeRule, parent: Option<&NodeRule>) -> Result<(), AdfError> {
        let marks = match node.get("marks") {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Array(marks)) => marks,
            Some(_) => return self.fail("marks must be an array"),
        };
        if !marks.is_empty() && parent.is_some_and(|parent| parent.name == "codeBlock") {
            return self.fail("text of a codeBlock must have no marks");
        }
        let name = |mark: &Value| mark.get("type").and_then(Value::as_str).map(str::to_owned);
        let has_code = marks.iter().any(|mark| name(mark).as_deref() == Some("code"));
        for mark in marks {
            let Some(kind) = name(mark) else {
                return self.fail("a mark must be an object with a type");
            };
            let Some(mark_rule) = schema::mark(&kind) else {
                return self.fail(format!("unknown mark type {kind}"));
            };
            if !rule.marks.contains(&mark_rule.name) {
                return self.fail(format!("mark {kind} is not permitted on {}", rule.name));
            }
            if has_code && !matches!(mark_rule.name, "code" | "link" | "annotation") {
                return self.fail(format!("mark {kind} cannot be combined with code"));
            }
            self.check(fits(mark_rule.attrs, mark.get("attrs")), &kind)?;
        }
        Ok(())
    }

    fn content(&mut self, node: &Map<String, Value>, rule: &NodeRule) -> Result<(), AdfError> {
        let content = match node.get("content") {
            None | Some(Value::Null) => &[],
            Some(Value::Array(content)) => content.as_slice(),
            Some(_) => return self.fail("content must be an array"),
        };
        if content.len() < rule.min || content.len() > rule.max {
            return self.fail(format!("{} cannot have {} children", rule.name, content.len()));
        }
        for (index, child) in content.iter().enumerate() {
            self.path.push(index);
            self.node(child, Some(rule))?;
            self.path.pop();
        }
        Ok(())
    }

    fn check(&self, outcome: Result<(), String>, kind: &str) -> Result<(), AdfError> {
        outcome.or_else(|reason| self.fail(format!("{kind}: {reason}")))
    }

    fn fail(&self, reason: impl Into<String>) -> Result<(), AdfError> {
        let path = self.path.iter().fold("doc".to_owned(), |path, index| format!("{path}/content/{index}"));
        Err(AdfError::InvalidNode { path, reason: reason.into() })
    }
}

/// Whether `attrs` fits one of the alternatives; the fault told is that of the first one.
fn fits(alternatives: &[&[Attr]], attrs: Option<&Value>) -> Result<(), String> {
    if attrs.is_some_and(|attrs| !attrs.is_object() && !attrs.is_null()) {
        return Err("attrs must be an object".to_owned());
    }
    let mut faults = alternatives
        .iter()
        .map(|rules| rules.iter().find_map(|rule| fault(rule, attrs.and_then(|attrs| attrs.get(rule.name)))));
    match faults.next() {
        Some(Some(first)) if faults.all(|other| other.is_some()) => Err(first),
        _ => Ok(()),
    }
}

fn fault(rule: &Attr, value: Option<&Value>) -> Option<String> {
    let name = rule.name;
    match value {
        // The editor writes optional attributes it has no value for as null.
        None | Some(Value::Null) => rule.required.then(|| format!("attribute {name} is required")),
        Some(value) => (!satisfies(rule.is, value)).then(|| format!("attribute {name} is not valid")),
    }
}

fn satisfies(is: Is, value: &Value) -> bool {
    match is {
        Is::Text => value.is_string(),
        Is::Filled => value.as_str().is_some_and(|text| !text.is_empty()),
        Is::Number(min, max) => value.as_f64().is_some_and(|n| (min..=max).contains(&n)),
        Is::Integer(min, max) => value.as_i64().is_some_and(|n| (min..=max).contains(&n)),
        Is::Bool => value.is_boolean(),
        Is::OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Is::Color { alpha } => value.as_str().is_some_and(|text| is_color(text, alpha)),
        Is::Texts => value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string)),
        Is::Numbers => value.as_array().is_some_and(|list| list.iter().all(Value::is_number)),
        Is::Json => true,
    }
}

/// Whether `text` is `#rrggbb` (or `#rrggbbaa` where `alpha` is permitted).
pub(super) fn is_color(text: &str, alpha: bool) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        (digits.len() == 6 || alpha && digits.len() == 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
