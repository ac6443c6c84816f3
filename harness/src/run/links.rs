//! How operations belong together: which make, list, read, change and delete things of one kind, and which parameters
//! mean one.
//!
//! A kind is named by the path of its collection, with `{}` for parameters. Nearly everything is inferred from paths
//! and names, so that new operations take part by being documented; `schemas/links.json` says the rest.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use http::Method;
use serde_json::{Map, Value};

use super::mark::Mark;
use crate::contract::{Contract, Operation};

mod file;
mod stale;

use file::File;
pub use file::{Call, Witness};

/// The operations on things of one kind, by their number in the contract.
#[derive(Clone, Debug, Default)]
pub struct Kind {
    /// Tells several of them.
    pub list: Option<usize>,
    /// Makes one.
    pub create: Option<usize>,
    /// Tells one.
    pub read: Option<usize>,
    /// Changes one.
    pub update: Option<usize>,
    /// Deletes one.
    pub delete: Option<usize>,
    /// The query parameter that names one, where the path has none for it.
    pub by: Option<String>,
}

/// The kind that others live in.
const PROJECT: &str = "/rest/api/3/project";

/// What a parameter means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The kind.
    pub kind: String,
    /// Which property of it.
    pub attribute: String,
}

/// All kinds, and the names that mean them.
pub struct Links {
    file: File,
    kinds: BTreeMap<String, Kind>,
    /// Nouns, in lower case, and the kinds they mean.
    nouns: HashMap<String, String>,
    /// Operations by their names.
    numbers: HashMap<String, usize>,
    /// What is read at an address, by its path without names of parameters.
    read_at: HashMap<String, usize>,
}

impl Links {
    /// Infers the links of a contract; `stated` is the content of `schemas/links.json`.
    pub fn new(contract: &Contract, stated: Value) -> anyhow::Result<Self> {
        let file: File = serde_json::from_value(stated).context("reading the stated links")?;
        let operations = contract.operations();
        let numbers = operations.iter().enumerate().map(|(index, operation)| (name(operation), index)).collect();
        let gets = operations.iter().enumerate().filter(|(_, operation)| operation.method == Method::GET);
        let read_at = gets.map(|(index, operation)| (normal(&operation.path), index)).collect();
        let mut links = Self { file, kinds: BTreeMap::new(), nouns: HashMap::new(), numbers, read_at };
        for operation in operations {
            if let Some(collection) = normal(&operation.path).strip_suffix("/{}") {
                links.kinds.entry(collection.to_owned()).or_default();
            }
        }
        for stated in links.file.kinds.keys() {
            links.kinds.entry(stated.clone()).or_default();
        }
        for (index, operation) in operations.iter().enumerate() {
            links.place(index, operation);
        }
        for (collection, facts) in &links.file.kinds {
            let Some(kind) = links.kinds.get_mut(collection) else { continue };
            if let Some(list) = &facts.list {
                kind.list = operations.iter().position(|operation| name(operation) == *list).or(kind.list);
            }
            if let Some(create) = &facts.create {
                kind.create = operations.iter().position(|operation| name(operation) == *create);
            }
            if let Some(by) = &facts.by {
                kind.by = Some(by.clone());
                let find = |method: Method| {
                    operations.iter().position(|o| o.method == method && normal(&o.path) == *collection)
                };
                (kind.read, kind.update, kind.delete) = (find(Method::GET), find(Method::PUT), find(Method::DELETE));
            }
        }
        // The shortest path wins where several collections have one name.
        let mut collections: Vec<_> = links.kinds.keys().cloned().collect();
        collections.sort_by_key(|collection| (collection.matches("{}").count(), collection.len()));
        for collection in collections {
            let noun = last_literal(&collection).to_lowercase();
            for form in [singular(&noun), noun] {
                links.nouns.entry(form).or_insert_with(|| collection.clone());
            }
        }
        for (noun, collection) in &links.file.names {
            links.nouns.insert(noun.clone(), collection.clone());
        }
        Ok(links)
    }

    /// A kind.
    pub fn kind(&self, collection: &str) -> Option<&Kind> {
        self.kinds.get(collection)
    }

    /// All kinds, those with fewer parents first.
    pub fn kinds(&self) -> Vec<(&str, &Kind)> {
        let mut kinds: Vec<_> = self.kinds.iter().map(|(name, kind)| (name.as_str(), kind)).collect();
        kinds.sort_by_key(|(name, _)| (name.matches("{}").count(), *name));
        kinds
    }

    /// The kind that an operation makes things of, lists, or works on.
    pub fn kind_of(&self, operation: &Operation) -> Option<&str> {
        let path = normal(&operation.path);
        let collection = path.strip_suffix("/{}").unwrap_or(&path);
        self.kinds.get_key_value(collection).map(|(name, _)| name.as_str())
    }

    /// What a parameter in a path means: the collection before it, or what its name says.
    pub fn path_parameter(&self, operation: &Operation, parameter: &str) -> Option<Meaning> {
        if let Some(stated) = self.file.parameters.get(&name(operation)).and_then(|of| of.get(parameter)?.as_str()) {
            return self.stated_meaning(stated);
        }
        let before = operation.path.split(&format!("/{{{parameter}}}")).next()?;
        let collection = normal(before);
        let usable = |kind: &&Kind| kind.list.is_some() || kind.create.is_some();
        let by_place = self.kinds.get(&collection).filter(usable).map(|_| collection);
        let kind = by_place.or_else(|| self.by_name(parameter))?;
        Some(Meaning { kind, attribute: attribute(parameter) })
    }

    /// What a parameter in a query, or a property of a body, means by its name.
    pub fn named(&self, operation: &Operation, name: &str) -> Option<Meaning> {
        let stated = self.file.parameters.get(&self::name(operation)).and_then(|of| of.get(name)?.as_str());
        if stated.is_some() {
            return stated.and_then(|stated| self.stated_meaning(stated));
        }
        let own = self.kind_of(operation);
        if let Some(kind) = own.filter(|kind| self.kinds[*kind].by.as_deref() == Some(name)) {
            return Some(Meaning { kind: kind.to_owned(), attribute: attribute(name) });
        }
        if name == "id" {
            let kind = own?.to_owned();
            return (operation.method == Method::GET).then(|| Meaning { kind, attribute: "id".to_owned() });
        }
        let refers = ["Id", "Ids", "Key", "Keys", "IdOrKey", "IdsOrKeys", "KeyOrId", "name"];
        let refers = refers.iter().any(|end| name.ends_with(end)) && name != "name"
            || self.file.names.contains_key(&name.to_lowercase());
        let kind = refers.then(|| self.by_name(name))??;
        Some(Meaning { kind, attribute: attribute(name) })
    }

    /// An accepted body, with marks.
    pub fn body(&self, operation: &Operation) -> Option<&Value> {
        self.file.bodies.get(&name(operation))
    }

    /// Accepted parameters of a query, with marks.
    pub fn query(&self, operation: &Operation) -> Option<&Map<String, Value>> {
        self.file.queries.get(&name(operation))
    }

    /// Whether a parameter is never to be sent.
    pub fn is_never_sent(&self, operation: &Operation, parameter: &str) -> bool {
        let stated = self.file.parameters.get(&name(operation)).and_then(|of| of.get(parameter));
        self.file.never.iter().any(|never| never == parameter) || stated.is_some_and(Value::is_null)
    }

    /// Whether a property changes by itself.
    pub fn is_volatile(&self, property: &str) -> bool {
        self.file.volatile.iter().any(|volatile| volatile == property)
    }

    /// Whether an operation's answers change by themselves.
    pub fn is_restless(&self, operation: &Operation) -> bool {
        self.file.restless.contains(&name(operation))
    }

    /// Whether the totals of a list count more than it lists.
    pub fn estimates(&self, operation: &Operation) -> bool {
        self.file.estimates.contains(&name(operation))
    }

    /// Whether an operation changes nothing, though its method says otherwise.
    pub fn only_reads(&self, operation: &Operation) -> bool {
        self.file.reads.contains(&name(operation))
    }

    /// An operation by its name.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// What is read at the address of an operation, or else at the nearest above it.
    pub fn read_near(&self, operation: &Operation) -> Option<usize> {
        const NEAR: usize = 3;
        let path = normal(&operation.path);
        let above = std::iter::successors(Some(path.as_str()), |path| Some(path.rsplit_once('/')?.0));
        above.take(NEAR).find_map(|path| self.read_at.get(path)).copied()
    }

    /// What is to be done before an operation, so that there is what it needs.
    pub fn before(&self, operation: &Operation) -> &[Call] {
        self.file.before.get(&name(operation)).map_or(&[], Vec::as_slice)
    }

    /// What is stated to show that an operation has changed something.
    pub fn witness(&self, operation: &Operation) -> Option<&Witness> {
        self.file.witnesses.get(&name(operation))
    }

    /// Operations that cannot succeed in a site as it is, and why.
    pub fn unreachable(&self) -> &BTreeMap<String, String> {
        &self.file.unreachable
    }

    /// Operations that succeed now and then only, and why.
    pub fn by_chance(&self) -> &BTreeMap<String, String> {
        &self.file.by_chance
    }

    /// A parameter of a path that is stated other than as something of a kind: as it is, or as a mark such as `@0.id`.
    pub fn path_value(&self, operation: &Operation, parameter: &str) -> Option<&Value> {
        let stated = self.file.parameters.get(&name(operation))?.get(parameter)?;
        let names_kind = stated.as_str().is_some_and(|text| self.stated_meaning(text).is_some());
        (!stated.is_null() && !names_kind).then_some(stated)
    }

    /// Whether things of a kind are only for who made them.
    pub fn is_private(&self, kind: &str) -> bool {
        self.file.private.iter().any(|listed| listed == kind)
    }

    /// Whether an operation tells anybody of what he may not see.
    pub fn is_public(&self, operation: &Operation) -> bool {
        self.file.public.contains(&name(operation))
    }

    /// Whether an operation is about something that is in a project, or about a project, and not for everybody.
    pub fn is_below_project(&self, operation: &Operation) -> bool {
        !self.is_public(operation)
            && parameters(&operation.path).any(|name| {
                let meaning = self.path_parameter(operation, name);
                meaning.is_some_and(|meaning| meaning.kind == PROJECT || self.is_in_project(&meaning.kind))
            })
    }

    /// Whether an operation lists projects or what is in them.
    pub fn lists_projects(&self, operation: &Operation) -> bool {
        let number = self.number(&name(operation));
        let is_list =
            |(kind, facts): &(&str, &Kind)| facts.list == number && (*kind == PROJECT || self.is_in_project(kind));
        self.kinds().iter().any(is_list)
    }

    /// Whether a property says who made something.
    pub fn tells_maker(&self, property: &str) -> bool {
        self.file.makers.iter().any(|listed| listed == property)
    }

    /// Whether things of a kind live in one project.
    pub fn is_in_project(&self, kind: &str) -> bool {
        self.file.in_project.iter().any(|listed| listed == kind)
    }

    /// Whether an operation is known to accept what breaks a rule: one that is named, or all of its `path`, `query` or
    /// `body`.
    pub fn is_lenient(&self, operation: &Operation, rule: &str) -> bool {
        self.file.lenient.get(&name(operation)).is_some_and(|rules| rules.keys().any(|known| rule.starts_with(known)))
    }

    /// Whether an operation takes a property of its body and does not keep it.
    pub fn is_ignored(&self, operation: &Operation, property: &str) -> bool {
        self.file.ignored.get(&name(operation)).is_some_and(|ignored| ignored.iter().any(|ignored| ignored == property))
    }

    /// Whether an operation changes what all share, by its classic scopes.
    pub fn configures(&self, operation: &Operation) -> bool {
        let configures = operation.scopes.iter().flatten().any(|scope| scope == "manage:jira-configuration");
        let for_some = self.is_personal(operation) || self.is_public(operation);
        configures && operation.method != Method::GET && !for_some
    }

    /// Whether an operation concerns the caller alone.
    pub fn is_personal(&self, operation: &Operation) -> bool {
        self.file.personal.contains(&name(operation))
    }

    /// Whether what an operation deletes can still be read.
    pub fn outlives(&self, operation: &Operation) -> bool {
        self.kind_of(operation).is_some_and(|kind| self.file.outlive.iter().any(|outlives| outlives == kind))
    }

    /// Whether a link is known to lead nowhere.
    pub fn is_dead(&self, path: &str) -> bool {
        self.file.dead_links.iter().any(|dead| path.starts_with(dead))
    }

    /// The kind that a collection's last word means elsewhere: the roles of a project are roles.
    pub fn namesake(&self, kind: &str) -> Option<String> {
        let noun = last_literal(kind).to_lowercase();
        self.nouns.get(&noun).filter(|other| *other != kind).cloned()
    }

    /// The mark that a stated text such as `@project.key` is, if it names a kind. `@#` wants a number.
    pub fn stated(&self, text: &str, index: usize) -> Option<Mark> {
        let text = text.strip_prefix('@')?;
        let (number, text) = text.strip_prefix('#').map_or((false, text), |text| (true, text));
        let (noun, attribute) = text.split_once(['.', '/'])?;
        if noun == "unique" {
            return Some(Mark::Unique { form: attribute.to_owned(), index });
        }
        if let Ok(step) = noun.parse() {
            // A pointer begins with the slash that ends the number.
            let attribute = text[noun.len()..].trim_start_matches('.').to_owned();
            return Some(Mark::Answer { step, attribute, number });
        }
        let kind = if ["self", "other"].contains(&noun) { noun.to_owned() } else { self.nouns.get(noun)?.clone() };
        Some(Mark::Thing { kind, attribute: attribute.to_owned(), index, number })
    }

    fn stated_meaning(&self, stated: &str) -> Option<Meaning> {
        match self.stated(stated, 0)? {
            Mark::Thing { kind, attribute, .. } => Some(Meaning { kind, attribute }),
            _ => None,
        }
    }

    /// Files an operation under the kinds it works on.
    fn place(&mut self, index: usize, operation: &Operation) {
        let path = normal(&operation.path);
        if let Some(kind) = path.strip_suffix("/{}").and_then(|collection| self.kinds.get_mut(collection)) {
            let place = match operation.method {
                Method::GET => &mut kind.read,
                Method::PUT => &mut kind.update,
                Method::DELETE => &mut kind.delete,
                _ => return,
            };
            place.get_or_insert(index);
        }
        if let Some(kind) = self.kinds.get_mut(&path) {
            match operation.method {
                Method::GET => kind.list = Some(index),
                Method::POST => kind.create = Some(index),
                _ => {}
            }
        } else if operation.method == Method::GET
            && let Some(kind) = path.strip_suffix("/search").and_then(|collection| self.kinds.get_mut(collection))
        {
            kind.list.get_or_insert(index);
        }
    }

    fn by_name(&self, name: &str) -> Option<String> {
        let lower = name.to_lowercase();
        let ends = ["idsorkeys", "idorkey", "keyorid", "idorname", "ids", "keys", "id", "key", "names", "name", ""];
        ends.iter().filter_map(|end| lower.strip_suffix(end)).find_map(|noun| self.nouns.get(noun)).cloned()
    }
}

/// `GET /rest/api/3/filter/{id}`: how operations are named in files and reports.
pub fn name(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// A path with its parameters' names left out.
pub fn normal(path: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The names of a path's parameters, in order.
pub fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn last_literal(collection: &str) -> &str {
    collection.rsplit('/').find(|segment| *segment != "{}").unwrap_or_default()
}

fn singular(noun: &str) -> String {
    let short = noun.strip_suffix("ses").map(|stem| format!("{stem}s"));
    short.unwrap_or_else(|| noun.strip_suffix('s').unwrap_or(noun).to_owned())
}

/// Which property of a thing a parameter wants.
fn attribute(parameter: &str) -> String {
    let lower = parameter.to_lowercase();
    let wanted = if lower.ends_with("idorkey") || lower.ends_with("idsorkeys") || lower.ends_with("keyorid") {
        "key"
    } else if lower.ends_with("accountid") {
        "accountId"
    } else if lower.ends_with("key") || lower.ends_with("keys") {
        "key"
    } else if lower.ends_with("name") {
        "name"
    } else {
        "id"
    };
    wanted.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn links() -> (Contract, Links) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
        let contract = Contract::load(&folder).unwrap();
        let links = Links::new(&contract, crate::schemas::read(&folder.join("links.json")).unwrap()).unwrap();
        (contract, links)
    }

    #[test]
    fn what_parameters_mean() {
        let (contract, links) = links();
        let check = |operation: &str, parameter: &str, kind: &str, attribute: &str| {
            let found = contract.operations().iter().find(|o| name(o) == operation).unwrap();
            let meaning = Meaning { kind: kind.to_owned(), attribute: attribute.to_owned() };
            assert_eq!(links.path_parameter(found, parameter), Some(meaning), "{operation} {parameter}");
        };
        check("GET /rest/api/3/filter/{id}", "id", "/rest/api/3/filter", "id");
        check("GET /rest/api/3/issue/{issueIdOrKey}/comment/{id}", "id", "/rest/api/3/issue/{}/comment", "id");
        check("GET /rest/api/3/issue/{issueIdOrKey}/comment/{id}", "issueIdOrKey", "/rest/api/3/issue", "key");
        check("GET /rest/api/3/comment/{commentId}/properties", "commentId", "/rest/api/3/issue/{}/comment", "id");
        check(
            "GET /rest/api/3/project/{projectKeyOrId}/permissionscheme",
            "projectKeyOrId",
            "/rest/api/3/project",
            "key",
        );
        check("GET /rest/api/3/field/{fieldId}/context", "fieldId", "/rest/api/3/field", "id");
        check("GET /rest/api/3/screens/{screenId}/availableFields", "screenId", "/rest/api/3/screens", "id");
        check("GET /rest/api/3/permissionscheme/{schemeId}", "schemeId", "/rest/api/3/permissionscheme", "id");
    }

    #[test]
    fn what_belongs_together() {
        let (contract, links) = links();
        let filter = links.kind("/rest/api/3/filter").unwrap();
        let path = |index: Option<usize>| index.map(|index| name(&contract.operations()[index]));
        let all = [filter.list, filter.create, filter.read, filter.update, filter.delete].map(path);
        let expect =
            ["GET /filter/search", "POST /filter", "GET /filter/{id}", "PUT /filter/{id}", "DELETE /filter/{id}"];
        assert_eq!(all, expect.map(|name| Some(name.replace(" /", " /rest/api/3/"))));
    }
}
