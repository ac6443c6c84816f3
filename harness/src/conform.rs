//! Whether an answer is one that the contract allows.
//!
//! The contract is corrected by `schemas/deviations.json` first: where the real service is known
//! to differ from its documents, the service is right.

use std::path::Path;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::contract::{ApiVersion, Contract, Match, Operation, Response};
use crate::schemas::{self, SOURCES};

mod deviation;
mod dialect;
pub(crate) mod translate;
mod validators;
mod violation;

use dialect::Dialect;
pub(crate) use translate::RICH_TEXT;
use validators::Validators;
pub use violation::Violation;

/// Judges answers against the contract.
pub struct Conformance {
    contract: Contract,
    validators: Validators,
}

/// The answer under judgement.
#[derive(Clone, Copy)]
struct Answer<'a> {
    status: u16,
    /// Media type without parameters; empty when the answer names none.
    media_type: &'a str,
    body: &'a [u8],
}

impl Conformance {
    /// Loads the contract of a workspace: from the official documents where they lie beside it
    /// (`../shared/openapi`), else from `schemas/`.
    pub fn load(workspace: &Path) -> anyhow::Result<Self> {
        let committed = workspace.join("schemas");
        let official = workspace.join("../shared/openapi");
        let documents = SOURCES.iter().map(|source| {
            if official.is_dir() { source.import(&official) } else { schemas::read(&committed.join(source.file)) }
        });
        let documents = documents.collect::<anyhow::Result<_>>()?;
        Self::new(documents, &schemas::read(&committed.join("deviations.json"))?)
    }

    /// Takes OpenAPI documents and the deviations of the real service from them.
    pub fn new(mut documents: Vec<Value>, deviations: &Value) -> anyhow::Result<Self> {
        deviation::apply(deviations, &mut documents)?;
        let contract = Contract::from_documents(documents)?;
        Ok(Self { contract, validators: Validators::default() })
    }

    /// The contract that answers are judged against.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Judges one answer. All that is wrong with it is said at once.
    pub fn check(
        &self,
        method: &Method,
        path_and_query: &str,
        status: StatusCode,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<(), Vec<Violation>> {
        // What is outside the API (our own control surface, media, pages) is in no document; none mentions
        // OPTIONS (H-11); HEAD is GET without what could be judged; other methods end at the servers in front (H-26).
        let judged = [Method::GET, Method::POST, Method::PUT, Method::DELETE].contains(method);
        if !judged || !path_and_query.starts_with("/rest/") {
            return Ok(());
        }
        let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        let answer = Answer { status: status.as_u16(), media_type: media_type.trim(), body };
        let Some(found) = self.contract.find(method, path_and_query) else {
            let refused = matches!(answer.status, 404 | 405);
            return if refused && Dialect::of(&answer) == Some(Dialect::Problem) {
                Ok(())
            } else {
                Err(vec![Violation::UnknownOperation { method: method.clone(), path: path_and_query.to_owned() }])
            };
        };
        let violations = match found.operation.response(answer.status) {
            Some(documented) if status.is_client_error() || status.is_server_error() => {
                self.check_error(&found, documented, &answer)
            }
            Some(documented) => self.check_success(&found, documented, &answer),
            None if dialect::is_always_possible(&answer) => Vec::new(),
            None => vec![Violation::status(&found, answer.status)],
        };
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Whether a JSON body is one that an operation takes, as far as its schema tells.
    pub(crate) fn accepts(&self, operation: &Operation, version: ApiVersion, body: &[u8]) -> bool {
        let (document, facts) = self.contract.source(operation);
        let schema = &facts["requestBody"]["content"]["application/json"]["schema"];
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return false };
        schema.is_null() || validators::takes(schema, &document["components"]["schemas"], version, &body)
    }

    fn check_success(&self, found: &Match<'_>, documented: &Response, answer: &Answer<'_>) -> Vec<Violation> {
        let media_types = &documented.media_types;
        if answer.body.is_empty() {
            let wants_body =
                matches!(answer.status, 200 | 201) && self.validators.has_schema(&self.contract, found, documented);
            return if wants_body { vec![Violation::MissingBody] } else { Vec::new() };
        }
        if media_types.is_empty() || answer.status == 204 {
            return vec![Violation::UnexpectedBody { status: answer.status }];
        }
        let fits = |documented: &String| documented == "*/*" || *documented == answer.media_type;
        if !media_types.iter().any(fits) {
            return vec![Violation::UndocumentedContentType {
                found: answer.media_type.to_owned(),
                documented: media_types.clone(),
            }];
        }
        if answer.media_type == "application/json" {
            self.validators.check(&self.contract, found, documented, answer.body)
        } else {
            Vec::new()
        }
    }

    /// Documents rarely say what an error looks like, and where they do, a dialect of the layers
    /// in front of the operation is as possible.
    fn check_error(&self, found: &Match<'_>, documented: &Response, answer: &Answer<'_>) -> Vec<Violation> {
        if answer.body.is_empty() || Dialect::of(answer).is_some() {
            return Vec::new();
        }
        if self.validators.has_schema(&self.contract, found, documented) {
            return self.validators.check(&self.contract, found, documented, answer.body);
        }
        vec![Violation::ErrorDialect {
            status: answer.status,
            media_type: answer.media_type.to_owned(),
            body: violation::excerpt(&String::from_utf8_lossy(answer.body)),
        }]
    }
}
