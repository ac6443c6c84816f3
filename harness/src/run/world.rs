//! What is known of the target: things by kind, and requests that were accepted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::paging;

/// Something the target has.
#[derive(Clone, Debug)]
pub struct Thing {
    /// The parameters of its collection's path.
    pub parents: Vec<Value>,
    /// As the target shows it.
    pub object: Value,
    /// Whether this run made it.
    pub own: bool,
}

/// What is known of the target. Gathered first and not changed while cases are tried, so that chance alone decides
/// what they do, not the order in which they end.
#[derive(Default)]
pub struct World {
    /// Things by kind.
    things: BTreeMap<String, Vec<Thing>>,
    /// Bodies that were accepted, with marks, by operation.
    recipes: HashMap<usize, Value>,
    /// Operations that made something.
    makers: BTreeSet<usize>,
    /// Who the harness is.
    pub me: Value,
    /// Who may do less.
    pub other: Value,
}

impl World {
    /// Nothing but who the harness is, and who may do less.
    pub fn new(me: Value, other: Value) -> Self {
        Self { me, other, ..Self::default() }
    }

    /// Adds a thing, unless it is known.
    pub fn add(&mut self, kind: &str, thing: Thing) {
        let known = self.things.entry(kind.to_owned()).or_default();
        let identity = paging::identity(&thing.object);
        if !known.iter().any(|other| paging::identity(&other.object) == identity && other.parents == thing.parents) {
            known.push(thing);
        }
    }

    /// What is known of a kind.
    pub fn things(&self, kind: &str) -> &[Thing] {
        self.things.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Everything known.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Thing)> {
        self.things.iter().flat_map(|(kind, things)| things.iter().map(|thing| (kind.as_str(), thing)))
    }

    /// Remembers what made something.
    pub fn learn(&mut self, operation: usize, body: Option<&Value>) {
        self.makers.insert(operation);
        if let Some(body) = body {
            self.recipes.entry(operation).or_insert_with(|| body.clone());
        }
    }

    /// Whether an operation is known to make things.
    pub fn makes(&self, operation: usize) -> bool {
        self.makers.contains(&operation)
    }

    /// A body that was accepted.
    pub fn recipe(&self, operation: usize) -> Option<&Value> {
        self.recipes.get(&operation)
    }
}
