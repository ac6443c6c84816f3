//! Compiled schemas, one for each documented answer that was judged.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::translate;
use super::violation::{Violation, excerpt};
use crate::contract::{ApiVersion, Contract, Match, Response};
use crate::schemas::closure;

/// Compiles a schema when it is first needed.
#[derive(Default)]
pub(super) struct Validators(Mutex<Compiled>);

#[derive(Default)]
struct Compiled {
    /// By the operation, the documented status, and the version.
    by_answer: HashMap<(usize, Option<u16>, ApiVersion), Arc<Validator>>,
    /// By the document, the schema as it is written there, and the version: many operations answer with the same.
    by_schema: HashMap<(usize, String, ApiVersion), Arc<Validator>>,
}

impl Validators {
    /// Whether an answer's JSON is described at all.
    pub fn has_schema(&self, contract: &Contract, found: &Match<'_>, answer: &Response) -> bool {
        let schema = source(contract, found, answer);
        schema.as_object().is_some_and(|keywords| !keywords.is_empty())
    }

    /// Everything that is wrong with a JSON body.
    pub fn check(&self, contract: &Contract, found: &Match<'_>, answer: &Response, body: &[u8]) -> Vec<Violation> {
        let body: Value = match serde_json::from_slice(body) {
            Ok(body) => body,
            Err(error) => {
                return vec![Violation::NotJson { message: error.to_string() }];
            }
        };
        let validator = match self.get(contract, found, answer) {
            Ok(validator) => validator,
            Err(message) => return vec![Violation::Contract { message }],
        };
        let errors = validator.iter_errors(&body);
        errors
            .map(|error| {
                let (at, message) = (error.instance_path().to_string(), excerpt(&error.to_string()));
                match error.kind() {
                    ValidationErrorKind::AdditionalProperties { .. } => Violation::UndocumentedProperty { at, message },
                    _ => Violation::Schema { at, message },
                }
            })
            .collect()
    }

    fn get(&self, contract: &Contract, found: &Match<'_>, answer: &Response) -> Result<Arc<Validator>, String> {
        let operation = found.operation;
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = (found.number, answer.status, found.version);
        if let Some(validator) = compiled.by_answer.get(&asked) {
            return Ok(Arc::clone(validator));
        }
        let key = (operation.source_index(), source(contract, found, answer).to_string(), found.version);
        let validator = match compiled.by_schema.get(&key) {
            Some(validator) => Arc::clone(validator),
            None => {
                let validator = translate::options().build(&standalone(contract, found, answer));
                Arc::new(validator.map_err(|error| format!("{} {}: {error}", operation.method, operation.path))?)
            }
        };
        compiled.by_schema.insert(key, Arc::clone(&validator));
        compiled.by_answer.insert(asked, Arc::clone(&validator));
        Ok(validator)
    }
}

/// The documented schema of an answer's JSON; null when there is none.
fn source<'a>(contract: &'a Contract, found: &Match<'_>, answer: &Response) -> &'a Value {
    let (_, operation) = contract.source(found.operation);
    let status = answer.status.map_or("default".to_owned(), |status| status.to_string());
    &operation["responses"][status]["content"]["application/json"]["schema"]
}

/// Whether what is sent fits a schema.
pub(super) fn takes(schema: &Value, components: &Value, version: ApiVersion, body: &Value) -> bool {
    let named = closure(schema, components).into_iter();
    let mut needed = named.map(|name| (name.to_owned(), components[name].clone())).collect();
    let mut schema = schema.clone();
    without_read_only(&mut schema);
    without_read_only(&mut needed);
    let validator = translate::options().build(&whole(&schema, &needed, version));
    validator.is_ok_and(|validator| validator.is_valid(body))
}

/// What only answers carry is not missed in what is sent.
fn without_read_only(schema: &mut Value) {
    let properties = schema.get("properties").cloned().unwrap_or_default();
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Array(required)) = entries.get_mut("required") {
                required.retain(|name| properties[name.as_str().unwrap_or_default()]["readOnly"] != true);
            }
            entries.values_mut().for_each(without_read_only);
        }
        Value::Array(items) => items.iter_mut().for_each(without_read_only),
        _ => {}
    }
}

/// The schema of an answer with the components it refers to, translated.
fn standalone(contract: &Contract, found: &Match<'_>, answer: &Response) -> Value {
    let (document, _) = contract.source(found.operation);
    whole(source(contract, found, answer), &document["components"]["schemas"], found.version)
}

/// A schema with the components it refers to, translated.
///
/// Only what is needed: the documents have a thousand components, most answers need ten.
fn whole(root: &Value, components: &Value, version: ApiVersion) -> Value {
    let needed: Map<_, _> = closure(root, components)
        .into_iter()
        .map(|name| (name.to_owned(), translate::schema(&components[name], version)))
        .collect();
    let root = if root.is_null() { json!({}) } else { translate::schema(root, version) };
    json!({ "allOf": [root], "components": { "schemas": needed } })
}
