//! The catalogue of published operations, from the contracts in `schemas/`.

use super::call::Version;
use anyhow::Context;
use axum::http::Method;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The platform's contract, carried inside the program.
pub const PLATFORM: &str = include_str!("../../../schemas/platform.json");

/// That of boards, sprints and backlogs.
pub const SOFTWARE: &str = include_str!("../../../schemas/software.json");

/// That of service desks.
pub const SERVICE_MANAGEMENT: &str = include_str!("../../../schemas/service-management.json");

/// How an operation tells errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `errorMessages` and `errors` (H-12).
    Classic,
    /// `errorMessage` and `i18nErrorMessage` (D-2).
    ServiceDesk,
    /// `errors`, a list of messages (J-133).
    Bulk,
}

/// A published operation.
#[derive(Debug)]
pub struct Operation {
    /// Its place in the catalogue.
    pub number: usize,
    /// Its method.
    pub method: Method,
    /// Its path as the documents write it; version 3 of the platform.
    pub path: String,
    /// Not unique across the documents; (method, path) is.
    pub id: String,
    /// The group it is documented under.
    pub tag: String,
    /// May run for nobody (H-35).
    pub anonymous: bool,
    /// Media types of its body; empty without one.
    pub consumes: Vec<String>,
    /// Set if only one version of the platform API has it (T-21).
    pub only_version: Option<Version>,
    /// Sets of scopes of which a limited token needs one whole.
    scopes: Vec<Vec<String>>,
}

impl Operation {
    /// Its path as published: the catalogue files what only version 2 has under version 3.
    pub fn published_path(&self) -> String {
        match self.only_version {
            Some(Version::V2) => self.path.replacen("/rest/api/3/", "/rest/api/2/", 1),
            _ => self.path.clone(),
        }
    }

    /// How it tells errors.
    pub fn dialect(&self) -> Dialect {
        if self.path.starts_with("/rest/servicedeskapi/") {
            Dialect::ServiceDesk
        } else if self.path.starts_with("/rest/api/3/bulk/") {
            Dialect::Bulk
        } else {
            Dialect::Classic
        }
    }

    /// Whether a token that is limited to these scopes may call it.
    pub fn is_within(&self, scopes: &[String]) -> bool {
        self.scopes.iter().any(|set| set.iter().all(|scope| scopes.contains(scope)))
    }
}

/// All published operations.
#[derive(Debug)]
pub struct Catalogue {
    operations: Vec<Operation>,
    paths: matchit::Router<BTreeMap<String, usize>>,
}

/// What the catalogue says about a method and a path.
#[derive(Debug)]
pub enum Match<'a> {
    /// A published operation.
    Operation(&'a Operation),
    /// The path is known, with these methods (H-19).
    OtherMethods(Vec<&'a str>),
    /// No such path (H-18).
    Nothing,
}

impl Catalogue {
    /// Reads the contracts.
    pub fn load() -> anyhow::Result<Self> {
        let mut operations = Vec::new();
        for contract in [PLATFORM, SOFTWARE, SERVICE_MANAGEMENT] {
            let document: Value = serde_json::from_str(contract)?;
            for (path, members) in document["paths"].as_object().context("a contract without paths")? {
                for (method, operation) in members.as_object().into_iter().flatten() {
                    if let Ok(method) = Method::from_bytes(method.to_ascii_uppercase().as_bytes()) {
                        operations.push(read(method, path, operation));
                    }
                }
            }
        }
        operations.sort_by(|a, b| (&a.path, a.method.as_str()).cmp(&(&b.path, b.method.as_str())));
        let mut methods: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for (at, operation) in operations.iter_mut().enumerate() {
            operation.number = at;
            methods
                .entry(super::routes::unnamed(&operation.path))
                .or_default()
                .insert(operation.method.to_string(), at);
        }
        let mut paths = matchit::Router::new();
        for (path, methods) in methods {
            paths.insert(path, methods)?;
        }
        Ok(Self { operations, paths })
    }

    /// All operations, by path and method.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter()
    }

    /// Whether some operation has that scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.iter().flat_map(|operation| operation.scopes.iter().flatten()).any(|known| known == scope)
    }

    /// Finds the operation; the path must name version 3 where it names a version.
    pub fn find(&self, method: &Method, path: &str, version: Version) -> Match<'_> {
        let Ok(found) = self.paths.at(path) else { return Match::Nothing };
        let in_version = |at: &usize| self.operations[*at].only_version.is_none_or(|only| only == version);
        let method = if method == Method::HEAD { &Method::GET } else { method };
        if let Some(at) = found.value.get(method.as_str()).filter(|at| in_version(at)) {
            return Match::Operation(&self.operations[*at]);
        }
        let others: Vec<&str> =
            found.value.iter().filter(|(_, at)| in_version(at)).map(|(method, _)| method.as_str()).collect();
        if others.is_empty() { Match::Nothing } else { Match::OtherMethods(others) }
    }
}

fn read(method: Method, path: &str, operation: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let security = operation["security"].as_array();
    // The classic scopes stand under `security`, or with the granular ones.
    let classic = security.into_iter().flatten().map(|way| &way["OAuth2"]);
    let all = operation["x-atlassian-oauth2-scopes"].as_array().into_iter().flatten().map(|set| &set["scopes"]);
    let scopes = classic.chain(all).filter_map(Value::as_array).map(|set| set.iter().map(text).collect());
    let scopes: Vec<Vec<String>> = scopes.filter(|set: &Vec<String>| !set.is_empty()).collect();
    let only_version =
        operation["x-only-version"].as_u64().map(|version| if version == 2 { Version::V2 } else { Version::V3 });
    Operation {
        number: 0, // until all are there and in order
        method,
        // Operations that only version 2 has keep their place among the others.
        path: path.replacen("/rest/api/2/", "/rest/api/3/", 1),
        id: text(&operation["operationId"]),
        tag: text(&operation["tags"][0]),
        anonymous: security.is_some_and(|ways| ways.iter().any(|way| way.as_object().is_some_and(Map::is_empty))),
        consumes: operation["requestBody"]["content"]
            .as_object()
            .map(|types| types.keys().cloned().collect())
            .unwrap_or_default(),
        only_version,
        scopes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_operations_by_method_path_and_version() {
        let catalogue = Catalogue::load().unwrap();
        let id = |method: &Method, path: &str, version| match catalogue.find(method, path, version) {
            Match::Operation(operation) => operation.id.clone(),
            Match::OtherMethods(methods) => methods.join(","),
            Match::Nothing => "nothing".into(),
        };
        assert_eq!(id(&Method::GET, "/rest/api/3/issue/A-1", Version::V2), "getIssue");
        assert_eq!(id(&Method::HEAD, "/rest/api/3/issue/createmeta", Version::V3), "getCreateIssueMeta");
        assert_eq!(id(&Method::GET, "/rest/api/3/search/approximate-count", Version::V3), "POST"); // S-40
        assert_eq!(id(&Method::GET, "/rest/api/3/nothing", Version::V3), "nothing");
        assert_eq!(id(&Method::POST, "/rest/api/3/bulk/issues/delete", Version::V2), "nothing"); // T-21
        assert_eq!(id(&Method::GET, "/rest/api/3/workflow", Version::V3), "nothing");
    }
}
