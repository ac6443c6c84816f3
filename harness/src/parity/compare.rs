//! Two answers to the same request, compared.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{
    lens::{Lens, PERSONAL, Pairs, Skeleton},
    player::{Content, Reply},
    scenario::Step,
};

/// The checks that parity is made of. Each is made once for each pair of answers that it applies to.
pub mod checks {
    /// Both have the same status.
    pub const STATUS: &str = "status";
    /// Both have the same media type.
    pub const CONTENT_TYPE: &str = "content-type";
    /// Objects have the same members.
    pub const MEMBERS: &str = "members";
    /// Members have the same types.
    pub const TYPES: &str = "types";
    /// Values are equal.
    pub const VALUES: &str = "values";
    /// Lists have the same elements, in the same order where there is one.
    pub const ELEMENTS: &str = "elements";
    /// An id of one target always stands for the same id of the other.
    pub const IDENTITY: &str = "identity";
}

/// One difference between two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The name of the check.
    pub check: &'static str,
    /// Where in the body; empty for the whole answer.
    pub at: String,
    /// What the left target has there.
    pub left: String,
    /// What the right target has there.
    pub right: String,
}

/// What two answers showed.
#[derive(Debug, Default)]
pub struct Compared {
    /// The checks that were made.
    pub checks: Vec<&'static str>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Compares the answers to one step. `place` is the operation: ids are paired by where they stand.
pub fn replies(step: &Step, place: &str, left: (&Lens, &Reply), right: (&Lens, &Reply), pairs: &mut Pairs) -> Compared {
    let mut compared = Compared { checks: vec![checks::STATUS], ..Compared::default() };
    let (ours, theirs) = (left.1, right.1);
    if ours.status != theirs.status {
        // The bodies of a success and of an error have nothing in common that could be compared.
        let shown = |reply: &Reply| match reply.status {
            0 => format!("no answer: {}", reply.content.excerpt()),
            status => format!("{status} {}", reply.content.excerpt()).trim_end().to_owned(),
        };
        compared.differences.push(Difference {
            check: checks::STATUS,
            at: String::new(),
            left: shown(ours),
            right: shown(theirs),
        });
        return compared;
    }
    compared.checks.push(checks::CONTENT_TYPE);
    let media_type = |reply: &Reply| reply.content_type.split(';').next().unwrap_or_default().trim().to_owned();
    let (here, there) = (media_type(ours), media_type(theirs));
    if here != there {
        let difference = Difference { check: checks::CONTENT_TYPE, at: String::new(), left: here, right: there };
        compared.differences.push(difference);
    }
    let accepted = (200..300).contains(&ours.status);
    let depth = if step.kinds && accepted { Depth::Kind } else { Depth::Whole };
    let mut walk = Walk { step, left: left.0, right: right.0, pairs, found: Vec::new() };
    match (&ours.content, &theirs.content) {
        (Content::Json(here), Content::Json(there)) => {
            use checks::*;
            compared.checks.extend([MEMBERS, TYPES, VALUES, ELEMENTS, IDENTITY]);
            walk.values(&At { shown: String::new(), place: place.to_owned() }, here, there, depth);
        }
        (Content::Text(here), Content::Text(there)) => {
            compared.checks.push(checks::VALUES);
            walk.texts(&At { shown: String::new(), place: place.to_owned() }, here, there, depth);
        }
        (here, there) if here.kind() != there.kind() => {
            compared.checks.push(checks::TYPES);
            let (left, right) = (here.kind().to_owned(), there.kind().to_owned());
            walk.found.push(Difference { check: checks::TYPES, at: String::new(), left, right });
        }
        _ => {}
    }
    compared.differences.extend(walk.found);
    compared
}

/// A place: as it is shown, and as ids are paired by.
struct At {
    shown: String,
    place: String,
}

impl At {
    fn member(&self, name: &str) -> Self {
        Self { shown: format!("{}/{name}", self.shown), place: format!("{}/{name}", self.place) }
    }

    fn element(&self, label: Option<&str>) -> Self {
        let label = label.map_or_else(|| "*".to_owned(), |label| format!("[{}]", label.replace('/', "|")));
        Self { shown: format!("{}/{label}", self.shown), place: format!("{}/*", self.place) }
    }

    fn name(&self) -> &str {
        self.place.rsplit('/').find(|part| *part != "*").unwrap_or_default()
    }
}

/// How much of two values can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// They mean the same thing.
    Whole,
    /// They mean different things of one kind: only what all of the kind have in common.
    Kind,
}

struct Walk<'a> {
    step: &'a Step,
    left: &'a Lens,
    right: &'a Lens,
    pairs: &'a mut Pairs,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn differ(&mut self, check: &'static str, at: &At, left: impl Into<String>, right: impl Into<String>) {
        self.found.push(Difference { check, at: at.shown.clone(), left: left.into(), right: right.into() });
    }

    fn values(&mut self, at: &At, left: &Value, right: &Value, depth: Depth) {
        if self.step.ignore.iter().any(|pattern| matches(pattern, &at.shown)) {
            return;
        }
        match (left, right) {
            (Value::Object(here), Value::Object(there)) => self.objects(at, here, there, depth),
            (Value::Array(here), Value::Array(there)) => self.lists(at, here, there, depth),
            (Value::String(here), Value::String(there)) => self.texts(at, here, there, depth),
            (Value::Number(_), Value::Number(_)) if is_id(at.name()) => {
                self.ids(at, &left.to_string(), &right.to_string(), depth);
            }
            (Value::Number(here), Value::Number(there)) => {
                // Milliseconds since 1970.
                let time = |number: &serde_json::Number| number.as_i64().is_some_and(|n| n >= 1_000_000_000_000);
                if here != there && depth == Depth::Whole && !(time(here) && time(there)) {
                    self.differ(checks::VALUES, at, here.to_string(), there.to_string());
                }
            }
            (Value::Bool(_), Value::Bool(_)) | (Value::Null, Value::Null) => {
                if left != right && depth == Depth::Whole {
                    self.differ(checks::VALUES, at, left.to_string(), right.to_string());
                }
            }
            // That there is nothing is a value too.
            (Value::Null, _) | (_, Value::Null) => {
                if depth == Depth::Whole {
                    self.differ(checks::VALUES, at, excerpt(left), excerpt(right));
                }
            }
            _ => {
                let shown = |value: &Value| format!("{} {}", kind(value), excerpt(value));
                self.differ(checks::TYPES, at, shown(left), shown(right));
            }
        }
    }

    fn objects(&mut self, at: &At, left: &Map<String, Value>, right: &Map<String, Value>, depth: Depth) {
        let chosen = |members: &Map<String, Value>| !members.is_empty() && members.keys().all(|name| is_chosen(name));
        if chosen(left) && chosen(right) {
            let (here, there): (Vec<_>, Vec<_>) = (left.values().cloned().collect(), right.values().cloned().collect());
            return self.lists(at, &here, &there, depth);
        }
        let named = |lens: &Lens, members: &Map<String, Value>| -> BTreeMap<String, Value> {
            members.iter().map(|(name, value)| (lens.read(name).text, value.clone())).collect()
        };
        let (here, there) = (named(self.left, left), named(self.right, right));
        let person = left.contains_key("accountId") && right.contains_key("accountId");
        for (name, value) in &here {
            let at = at.member(name);
            let personal = person && PERSONAL.contains(&name.as_str());
            match there.get(name) {
                Some(other) => self.values(&at, value, other, if personal { Depth::Kind } else { depth }),
                // What a person shows of itself is the person's choice.
                None if personal || self.left_alone(self.right, name) => {}
                None => self.lacks(&at, depth, excerpt(value), "nothing".to_owned()),
            }
        }
        for (name, value) in there.iter().filter(|(name, _)| !here.contains_key(*name)) {
            let personal = person && PERSONAL.contains(&name.as_str());
            if !personal && !self.left_alone(self.left, name) {
                self.lacks(&at.member(name), depth, "nothing".to_owned(), excerpt(value));
            }
        }
    }

    /// Whether a member is a custom field that the other site does not have at all: that is its configuration, and the
    /// list of fields tells it once.
    fn left_alone(&self, other: &Lens, name: &str) -> bool {
        name.starts_with("{field ") && !other.has_field(name)
    }

    fn lacks(&mut self, at: &At, depth: Depth, left: String, right: String) {
        let ignored = self.step.ignore.iter().any(|pattern| matches(pattern, &at.shown));
        if depth == Depth::Whole && !ignored {
            self.differ(checks::MEMBERS, at, left, right);
        }
    }

    fn lists(&mut self, at: &At, left: &[Value], right: &[Value], depth: Depth) {
        let here: Option<Vec<_>> = left.iter().map(|value| label(self.left, value)).collect();
        let there: Option<Vec<_>> = right.iter().map(|value| label(self.right, value)).collect();
        match (here, there) {
            (Some(here), Some(there)) => self.labelled(at, (left, &here), (right, &there), depth),
            _ => {
                if left.len() != right.len() && depth == Depth::Whole {
                    let count = |list: &[Value]| format!("{} elements", list.len());
                    self.differ(checks::ELEMENTS, at, count(left), count(right));
                }
                let same = left.len() == right.len();
                let depth = if same { depth } else { Depth::Kind };
                for (one, other) in left.iter().zip(right) {
                    self.values(&at.element(None), one, other, depth);
                }
            }
        }
    }

    /// Elements that are called alike belong together, the first with the first.
    fn labelled(&mut self, at: &At, left: (&[Value], &[String]), right: (&[Value], &[String]), depth: Depth) {
        let mut waiting: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, label) in right.1.iter().enumerate().rev() {
            waiting.entry(label).or_default().push(index);
        }
        let (mut order, mut lone) = (Vec::new(), Vec::new());
        for (value, label) in left.0.iter().zip(left.1) {
            match waiting.get_mut(label.as_str()).and_then(Vec::pop) {
                Some(index) => {
                    order.push(index);
                    self.values(&at.element(Some(label)), value, &right.0[index], depth);
                }
                None => lone.push((value, label)),
            }
        }
        if depth == Depth::Kind {
            return;
        }
        let mut others: Vec<usize> = waiting.into_values().flatten().collect();
        others.sort_unstable();
        for (_, label) in &lone {
            self.differ(checks::ELEMENTS, at, label.as_str(), "nothing");
        }
        for &index in &others {
            self.differ(checks::ELEMENTS, at, "nothing", right.1[index].as_str());
        }
        // Of things that only one target has, at least the kind can be compared.
        if let (Some((value, _)), Some(&index)) = (lone.first(), others.first()) {
            self.values(&at.element(None), value, &right.0[index], Depth::Kind);
        }
        let ordered = self.step.ordered.iter().any(|pattern| matches(pattern, &at.shown));
        if ordered && !order.is_sorted() {
            let shown = |labels: &[String]| excerpt(&Value::from(labels.to_vec()));
            self.differ(checks::ELEMENTS, at, shown(left.1), shown(right.1));
        }
    }

    fn texts(&mut self, at: &At, left: &str, right: &str, depth: Depth) {
        let name = at.name();
        if is_opaque(name) {
            return;
        }
        if is_account(name) || (is_id(name) && is_chosen(left) && is_chosen(right)) {
            return self.ids(at, left, right, depth);
        }
        if depth == Depth::Kind {
            return;
        }
        let (here, there) = (self.left.read(left), self.right.read(right));
        if left == right && here.text != there.text {
            return;
        }
        if here.text != there.text {
            return self.differ(checks::VALUES, at, quoted(left), quoted(right));
        }
        let Skeleton { ids: rights, .. } = there;
        for (index, (one, other)) in here.ids.iter().zip(&rights).enumerate() {
            let at = At { shown: at.shown.clone(), place: format!("{} {index}", at.place) };
            self.ids(&at, one, other, depth);
        }
    }

    fn ids(&mut self, at: &At, left: &str, right: &str, depth: Depth) {
        // Where things of a kind are compared, their ids stand for nothing.
        if depth == Depth::Whole
            && let Err(before) = self.pairs.join(&at.place, left, right)
        {
            self.differ(checks::IDENTITY, at, format!("{left} ({before})"), right);
        }
    }
}

/// What an element is called, whatever its id is.
fn label(lens: &Lens, value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => {
            let names = ["name", "displayName", "title", "summary", "value", "key", "fieldId", "field", "id"];
            let text = names.iter().find_map(|name| {
                let text = members.get(*name)?.as_str()?;
                (!is_id(name) || !is_chosen(text)).then_some(text)
            });
            let inner = || members.get("fields").and_then(|fields| fields.get("summary")).and_then(Value::as_str);
            text.or_else(inner).map(|text| lens.read(text).text)
        }
        Value::String(text) => Some(lens.read(text).text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether values of this name identify things.
fn is_id(name: &str) -> bool {
    ["id", "key", "uuid", "entityId", "ids"].contains(&name) || name.ends_with("Id") || name.ends_with("Ids")
}

fn is_account(name: &str) -> bool {
    name == "accountId" || name.ends_with("AccountId")
}

/// Values of these names mean something to the target only.
fn is_opaque(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("token") || name.ends_with("cursor") || name == "traceid"
}

/// Whether a target chose this text: a number, a key, a UUID.
fn is_chosen(text: &str) -> bool {
    let number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    number || Lens::default().read(text).text == "{id}"
}

/// Whether a place is under a pattern: steps are equal, or `*`.
fn matches(pattern: &str, at: &str) -> bool {
    let (mut pattern, mut at) = (pattern.split('/'), at.split('/'));
    pattern.all(|wanted| at.next().is_some_and(|step| wanted == "*" || wanted == step)) && at.next().is_none()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn quoted(text: &str) -> String {
    excerpt(&Value::from(text))
}

/// How a value begins.
pub fn excerpt(value: &Value) -> String {
    const WIDTH: usize = 120;
    let text = value.to_string();
    match text.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
