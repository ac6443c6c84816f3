//! Values for parameters and bodies: proptest strategies made from schemas.
//!
//! What refers to something, or must be unique, is generated as a mark. What can be known of a text by its name or
//! format is generated in its form; the rest is text as people write it, or at the edges of what the schema allows.

use std::collections::BTreeSet;

use proptest::{
    collection::vec,
    prelude::{BoxedStrategy, Just, Strategy, any},
    prop_oneof,
    sample::select,
};
use serde_json::{Map, Value, json};

use super::{
    links::{Links, Meaning},
    mark::Mark,
};
use crate::{
    conform::RICH_TEXT,
    contract::{ApiVersion, Operation},
};

mod near_miss;
mod typed;

pub use near_miss::near_misses;
pub use typed::{jql, rich_text};

/// How far from the usual values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Only what is required.
    Sparse,
    /// As a client sends it.
    Usual,
    /// At the edges of what the schema allows.
    Edge,
}

/// Makes strategies for one operation.
pub struct Generator<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Its document's component schemas.
    pub components: &'a Value,
    /// What names mean.
    pub links: &'a Links,
    /// The version that is spoken.
    pub version: ApiVersion,
    /// How far from the usual values are.
    pub flavour: Flavour,
}

/// Bodies are trees: below this depth only what is required is generated.
const DEPTH: usize = 2;

impl Generator<'_> {
    /// A schema with its reference followed and its parts put together.
    pub fn resolved(&self, schema: &Value) -> Value {
        resolved(schema, self.components)
    }

    /// Values of a schema; `name` is what the parameter or property is called.
    pub fn value(&self, schema: &Value, name: &str) -> BoxedStrategy<Value> {
        self.at_depth(schema, name, 0)
    }

    fn at_depth(&self, schema: &Value, name: &str, depth: usize) -> BoxedStrategy<Value> {
        let schema = self.resolved(schema);
        if schema[RICH_TEXT] == true {
            return typed::rich_text(self.version);
        }
        let strategy = if let Some(values) = schema["enum"].as_array().filter(|values| !values.is_empty()) {
            select(values.clone()).boxed()
        } else if let Some(members) = members(&schema).filter(|_| schema["properties"].is_null()) {
            self.one_of(members, name, depth)
        } else {
            match schema["type"].as_str() {
                Some("object") => self.object(&schema, depth),
                Some("array") => self.array(&schema, name, depth),
                Some("integer" | "number") => self.number(&schema, name),
                Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
                Some("string") => self.text(&schema, name),
                _ if schema["properties"].is_object() => self.object(&schema, depth),
                _ => typed::any_json(),
            }
        };
        let nullable = schema["nullable"] == true && self.flavour == Flavour::Edge;
        if nullable { prop_oneof![3 => strategy, 1 => Just(Value::Null)].boxed() } else { strategy }
    }

    fn one_of(&self, members: &[Value], name: &str, depth: usize) -> BoxedStrategy<Value> {
        let strategies: Vec<_> = members.iter().map(|member| self.at_depth(member, name, depth)).collect();
        proptest::strategy::Union::new(strategies).boxed()
    }

    fn object(&self, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let required: BTreeSet<_> = texts(&schema["required"]).collect();
        let mut members = Vec::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let facts = self.resolved(property);
            let is_required = required.contains(name.as_str());
            if facts["readOnly"] == true
                || property["readOnly"] == true
                || (property["deprecated"] == true && !is_required)
            {
                continue;
            }
            let sparse = self.flavour == Flavour::Sparse || depth >= DEPTH;
            if !is_required && (sparse || self.links.is_never_sent(self.operation, name)) {
                continue;
            }
            let present = if is_required { Just(true).boxed() } else { any::<bool>().boxed() };
            let name = name.clone();
            let value = self.at_depth(property, &name, depth + 1);
            members.push((present, value).prop_map(move |(present, value)| present.then(|| (name.clone(), value))));
        }
        let listed = members.prop_map(|members| members.into_iter().flatten().collect::<Map<_, _>>());
        let additional = &schema["additionalProperties"];
        let is_map = additional.is_object() && schema["properties"].is_null() && depth < DEPTH;
        if !is_map {
            return listed.prop_map(Value::Object).boxed();
        }
        let entry = ("[a-z]{3,8}", self.at_depth(additional, "", depth + 1));
        vec(entry, 0..3).prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed()
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> BoxedStrategy<Value> {
        let bound = |words| near_miss::bound(schema, words).map(|bound| bound as usize);
        let least = bound(["minItems", "minLength"]).unwrap_or_default();
        let most = bound(["maxItems", "maxLength"]);
        let usual = most.unwrap_or(3).min(least.max(1) + 2);
        let item = self.at_depth(&schema["items"], name, depth + 1);
        let unique = schema["uniqueItems"] == true;
        let lengths = match self.flavour {
            Flavour::Sparse => least.max(1)..=least.max(1),
            Flavour::Usual => least.max(1)..=usual.max(least.max(1)),
            Flavour::Edge => least..=most.unwrap_or(100).clamp(least, 100),
        };
        let list = vec(item, lengths);
        let distinct = move |mut items: Vec<Value>| {
            if unique {
                let mut seen = BTreeSet::new();
                items.retain(|item| seen.insert(item.to_string()));
            }
            Value::Array(items)
        };
        list.prop_map(distinct).boxed()
    }

    fn number(&self, schema: &Value, name: &str) -> BoxedStrategy<Value> {
        if let Some(meaning) = self.links.named(self.operation, name) {
            return thing(meaning, true);
        }
        if schema["type"] == "number" {
            let [least, most] =
                [("minimum", -1e9), ("maximum", 1e9)].map(|(bound, far)| schema[bound].as_f64().unwrap_or(far));
            let fits = move |number: f64| json!(number.clamp(least, most.max(least)));
            return match self.flavour {
                Flavour::Edge => select(vec![least, -0.5, 0.0, 0.1, most]).prop_map(fits).boxed(),
                _ => (-1000i32..1000).prop_map(move |eighths| fits(f64::from(eighths) / 8.0)).boxed(),
            };
        }
        let is_long = schema["format"] == "int64";
        let (lowest, highest) = if is_long { (i64::MIN, i64::MAX) } else { (i32::MIN.into(), i32::MAX.into()) };
        let least = schema["minimum"].as_i64().unwrap_or(if self.flavour == Flavour::Edge { lowest } else { 0 });
        let most = schema["maximum"].as_i64().unwrap_or(if self.flavour == Flavour::Edge { highest } else { 50 });
        let most = most.max(least);
        match self.flavour {
            Flavour::Edge => {
                let edges = [least, least.saturating_add(1), 0, 1, most.saturating_sub(1), most];
                let edges: Vec<_> = edges.into_iter().filter(|n| (least..=most).contains(n)).collect();
                select(edges).prop_map(Value::from).boxed()
            }
            _ => (least.max(0).min(most)..=most.min(least.max(0).saturating_add(50))).prop_map(Value::from).boxed(),
        }
    }

    fn text(&self, schema: &Value, name: &str) -> BoxedStrategy<Value> {
        let format = schema["format"].as_str().unwrap_or_default();
        let edge = if self.flavour == Flavour::Edge { typed::edge_of(format) } else { None };
        if let Some(strategy) = edge.or_else(|| typed::by_format(format)) {
            return strategy;
        }
        if let Some(meaning) = self.links.named(self.operation, name) {
            return thing(meaning, false);
        }
        if let Some(strategy) = typed::by_name(name) {
            return strategy;
        }
        let least = schema["minLength"].as_u64().unwrap_or_default() as usize;
        let most = schema["maxLength"].as_u64().unwrap_or(255) as usize;
        match self.flavour {
            Flavour::Edge => typed::edge_text(least, most),
            _ if ["name", "key", "summary", "displayName"].contains(&name) => {
                let form = if name == "key" { "word" } else { "name" };
                (0..1000usize).prop_map(move |index| Mark::Unique { form: form.to_owned(), index }.value()).boxed()
            }
            _ => typed::usual_text(least, most),
        }
    }
}

/// A schema with its reference followed and its parts put together.
pub fn resolved(schema: &Value, components: &Value) -> Value {
    let mut whole = schema.clone();
    for _ in 0..16 {
        if let Some(target) = whole["$ref"].as_str() {
            let name = target.rsplit('/').next().unwrap_or_default();
            whole = components[name].clone();
        } else if let Some(Value::Array(parts)) = whole.as_object_mut().and_then(|whole| whole.remove("allOf")) {
            for part in parts {
                merge(&mut whole, resolved(&part, components));
            }
        } else {
            break;
        }
    }
    whole
}

fn merge(whole: &mut Value, part: Value) {
    let (Some(whole), Value::Object(part)) = (whole.as_object_mut(), part) else { return };
    for (key, value) in part {
        match (key.as_str(), whole.get_mut(&key)) {
            ("properties", Some(Value::Object(known))) => known.extend(value.as_object().cloned().unwrap_or_default()),
            ("required", Some(Value::Array(known))) => known.extend(value.as_array().cloned().unwrap_or_default()),
            (_, Some(_)) => {}
            (_, None) => {
                whole.insert(key, value);
            }
        }
    }
}

fn members(schema: &Value) -> Option<&Vec<Value>> {
    let members = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array())?;
    (!members.is_empty()).then_some(members)
}

fn thing(meaning: Meaning, number: bool) -> BoxedStrategy<Value> {
    let Meaning { kind, attribute } = meaning;
    let mark = move |index| Mark::Thing { kind: kind.clone(), attribute: attribute.clone(), index, number }.value();
    (0..1000usize).prop_map(mark).boxed()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests;
