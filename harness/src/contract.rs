//! The contract as the harness uses it: operations, and which one a request means.

use std::path::Path;

use anyhow::Context;
use http::Method;
use serde_json::Value;

use crate::schemas::{self, ONLY_VERSION, SOURCES};

mod route;

use route::Routes;
pub use route::{ApiVersion, Target};

/// All operations of all contracts.
pub struct Contract {
    documents: Vec<Value>,
    operations: Vec<Operation>,
    routes: Routes,
}

/// One documented operation. (`method`, `path`) identifies it; `operation_id` does not.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The path as documented, such as `/rest/api/3/issue/{issueIdOrKey}`.
    pub path: String,
    /// The documented name; it repeats across and within documents.
    pub operation_id: String,
    /// The group of operations it belongs to.
    pub tag: Option<String>,
    /// Sets of OAuth scopes: a token that has every scope of one set may call the operation.
    pub scopes: Vec<Vec<String>>,
    /// Whether it may be called without a credential.
    pub anonymous: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Whether it is experimental.
    pub experimental: bool,
    /// The media types of its request body; empty when it takes none.
    pub request_media_types: Vec<String>,
    /// The documented answers.
    pub responses: Vec<Response>,
    /// The only API version that has it; `None` when all have.
    pub only_version: Option<ApiVersion>,
    document: usize,
}

/// One documented answer of an operation.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status; `None` for the answer documented for all statuses not named.
    pub status: Option<u16>,
    /// The media types of the body; empty when none is documented.
    pub media_types: Vec<String>,
}

/// The operation that a request means.
#[derive(Clone, Copy, Debug)]
pub struct Match<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Its place among the operations of the contract.
    pub number: usize,
    /// The API version it was asked for in.
    pub version: ApiVersion,
}

impl Contract {
    /// Loads the committed contracts from `schemas/`.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let documents = SOURCES.iter().map(|source| schemas::read(&folder.join(source.file)));
        Self::from_documents(documents.collect::<anyhow::Result<_>>()?)
    }

    /// Reads the operations of OpenAPI 3.0 documents.
    pub fn from_documents(documents: Vec<Value>) -> anyhow::Result<Self> {
        let mut operations = Vec::new();
        for (document, source) in documents.iter().enumerate() {
            for (path, item) in entries(&source["paths"]) {
                for (method, facts) in entries(item) {
                    let operation = Operation::read(document, path, method, facts)
                        .with_context(|| format!("reading {method} {path}"))?;
                    operations.push(operation);
                }
            }
        }
        let routes = Routes::new(&operations);
        Ok(Self { documents, operations, routes })
    }

    /// All operations, document by document.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that answers a request, if one is documented.
    ///
    /// `path` may carry a query, may be of any API version, and may come through the gateway
    /// (`/ex/jira/{cloudId}/…`). `HEAD` means the operation of `GET`.
    pub fn find(&self, method: &Method, path: &str) -> Option<Match<'_>> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let target = Target::of(path);
        let fits = |&index: &usize| {
            let operation = &self.operations[index];
            let only = operation.only_version;
            operation.method == *method && only.is_none_or(|only| only == target.version)
        };
        let number = self.routes.candidates(&target).find(fits)?;
        Some(Match { operation: &self.operations[number], number, version: target.version })
    }

    /// The contract that an operation stands in: `platform`, `software` or `service-management`.
    pub fn api(&self, operation: &Operation) -> &str {
        self.documents[operation.document]["info"]["title"].as_str().unwrap_or_default()
    }

    /// The document that describes an operation, and the operation's place in it.
    pub(crate) fn source(&self, operation: &Operation) -> (&Value, &Value) {
        let document = &self.documents[operation.document];
        let method = operation.method.as_str().to_lowercase();
        (document, &document["paths"][&operation.path][method])
    }
}

impl Operation {
    /// The answer documented for a status, by name or else by default.
    pub fn response(&self, status: u16) -> Option<&Response> {
        let by = |wanted| self.responses.iter().find(move |response| response.status == wanted);
        by(Some(status)).or_else(|| by(None))
    }

    /// Which of the contracts describes it, by its place among [`SOURCES`].
    pub(crate) fn source_index(&self) -> usize {
        self.document
    }

    fn read(document: usize, path: &str, method: &str, facts: &Value) -> anyhow::Result<Self> {
        let only_version = match facts[ONLY_VERSION].as_u64() {
            Some(2) => Some(ApiVersion::V2),
            Some(3) => Some(ApiVersion::V3),
            _ => None,
        };
        let responses = entries(&facts["responses"]).map(|(status, response)| {
            let status = match status.as_str() {
                "default" => None,
                status => Some(status.parse().with_context(|| format!("status {status}"))?),
            };
            Ok(Response { status, media_types: keys(&response["content"]) })
        });
        let security = facts["security"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(Self {
            method: method.to_uppercase().parse()?,
            path: path.to_owned(),
            operation_id: text(&facts["operationId"]).unwrap_or_default(),
            tag: text(&facts["tags"][0]),
            scopes: scopes(facts, security),
            anonymous: security.iter().any(|way| way == &serde_json::json!({})),
            deprecated: facts["deprecated"] == true,
            experimental: facts["x-experimental"] == true,
            request_media_types: keys(&facts["requestBody"]["content"]),
            responses: responses.collect::<anyhow::Result<_>>()?,
            only_version,
            document,
        })
    }
}

/// Classic scopes stand in `security`, granular ones in the extension, some in both.
fn scopes(facts: &Value, security: &[Value]) -> Vec<Vec<String>> {
    let granular = facts["x-atlassian-oauth2-scopes"].as_array().into_iter().flatten();
    let listed = security.iter().map(|way| &way["OAuth2"]).chain(granular.map(|g| &g["scopes"]));
    let mut sets: Vec<Vec<String>> = Vec::new();
    for list in listed {
        let set: Vec<_> = list.as_array().into_iter().flatten().filter_map(text).collect();
        if !set.is_empty() && !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn keys(value: &Value) -> Vec<String> {
    entries(value).map(|(key, _)| key.clone()).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
