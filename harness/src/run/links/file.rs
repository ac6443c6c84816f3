//! What `schemas/links.json` says.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};

/// What can't be inferred from the contracts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// What can't be inferred of a kind.
    pub kinds: BTreeMap<String, KindFacts>,
    /// The kinds that nouns in names of parameters mean.
    pub names: HashMap<String, String>,
    /// Parameters of operations: what they mean, as `@filter.id`, or null for never.
    pub parameters: HashMap<String, HashMap<String, Value>>,
    /// Parameters that are never sent.
    pub never: Vec<String>,
    /// Bodies that are accepted; texts that begin with `@` are marks.
    pub bodies: HashMap<String, Value>,
    /// Queries that are accepted, likewise.
    pub queries: HashMap<String, Map<String, Value>>,
    /// What is done before an operation, so that there is what it needs. In what is stated of its parameters, query and
    /// body, `@0.id` and `@0/values/0/id` are taken from the answer to the first of these.
    pub before: HashMap<String, Vec<Call>>,
    /// What shows that an operation has changed something, where no address above its own does.
    pub witnesses: HashMap<String, Witness>,
    /// Operations that cannot succeed in a site as it is, and why.
    pub unreachable: BTreeMap<String, String>,
    /// Operations that succeed now and then only, and why.
    pub by_chance: BTreeMap<String, String>,
    /// Properties that change by themselves.
    pub volatile: Vec<String>,
    /// Operations whose answers change by themselves, as a task goes on.
    pub restless: Vec<String>,
    /// Lists whose totals count more than they list.
    pub estimates: Vec<String>,
    /// Operations that change nothing, though their method says otherwise.
    pub reads: Vec<String>,
    /// Kinds of things that live in one project.
    pub in_project: Vec<String>,
    /// Operations that tell of what is in a project to anybody.
    pub public: Vec<String>,
    /// Kinds of things that, as they are made here, are only for who makes them.
    pub private: Vec<String>,
    /// Properties that say who made a thing.
    pub makers: Vec<String>,
    /// Kinds of things that can still be read when they are deleted.
    pub outlive: Vec<String>,
    /// Operations that concern the caller alone, whatever their scopes say.
    pub personal: Vec<String>,
    /// Properties of bodies that an operation takes and does not keep.
    pub ignored: HashMap<String, Vec<String>>,
    /// Beginnings of paths in `self` links that are known to lead nowhere.
    pub dead_links: Vec<String>,
    /// Rules that an operation does not keep, with the reason: of its `path`, `query` or `body`, or by how they begin.
    pub lenient: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is stated of a kind.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindFacts {
    /// Tells several of them.
    pub list: Option<String>,
    /// Makes one.
    pub create: Option<String>,
    /// The query parameter that names one, where the path has none for it.
    pub by: Option<String>,
}

/// A request, stated as far as it can't be chosen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The operation.
    pub call: String,
    /// Parameters of its path.
    #[serde(default)]
    pub path: Map<String, Value>,
    /// Its query.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Its body, if it is not to be the usual one.
    pub body: Option<Value>,
}

/// What shows that an operation has changed something.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Witness {
    /// Nothing does, for this reason.
    None(String),
    /// This. What is not stated of its path is as in the operation's own.
    Call(Box<Call>),
}
