//! What is served, described: `/_mock/openapi/…`.
//!
//! Jira's APIs are described by the contracts, reduced to the operations that have a handler. The administration is
//! described by its own route table: a route can't be made without its description, and bodies are described by the
//! types that they are read into and written from.

use super::{Path, Refusal, Refused, answer};
use crate::http::{operations, server::Server};
use axum::{
    Extension, Router,
    extract::State,
    handler::Handler,
    http::{Method, StatusCode},
    response::Response,
    routing::{MethodFilter, on},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// Routes that are described.
#[derive(Default)]
pub struct Routes {
    router: Router<Arc<Server>>,
    described: Vec<Described>,
}

struct Described {
    method: &'static str,
    path: &'static str,
    /// Whether it asks for the token of the administration, where there is one.
    guarded: bool,
    about: About,
}

/// What is said of a route.
pub struct About {
    id: &'static str,
    query: Option<Describe>,
    takes: Option<Describe>,
    /// Statuses, media types and bodies.
    answers: Vec<(u16, &'static str, Option<Describe>)>,
}

/// Describes a type.
type Describe = fn(&mut SchemaGenerator) -> Schema;

/// Begins what is said of a route: its name.
pub fn about(id: &'static str) -> About {
    About { id, query: None, takes: None, answers: Vec::new() }
}

impl About {
    /// The parameters of its query.
    pub fn query<T: JsonSchema>(mut self) -> Self {
        self.query = Some(SchemaGenerator::root_schema_for::<T>);
        self
    }

    /// Its body.
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.takes = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// An answer in JSON.
    pub fn answers<T: JsonSchema>(mut self, status: u16) -> Self {
        self.answers.push((status, "application/json", Some(SchemaGenerator::subschema_for::<T>)));
        self
    }

    /// An answer in text.
    pub fn answers_text(mut self, status: u16, media_type: &'static str) -> Self {
        self.answers.push((status, media_type, Some(SchemaGenerator::subschema_for::<String>)));
        self
    }

    /// An answer without a body.
    pub fn answers_nothing(mut self, status: u16) -> Self {
        self.answers.push((status, "", None));
        self
    }

    /// Answers that say why not.
    pub fn refuses(mut self, statuses: &[u16]) -> Self {
        let refusal = |status: &u16| {
            let schema: Describe = SchemaGenerator::subschema_for::<Refusal>;
            (*status, "application/json", Some(schema))
        };
        self.answers.extend(statuses.iter().map(refusal));
        self
    }
}

impl Routes {
    /// Reads something.
    pub fn get<H: Handler<T, Arc<Server>>, T: 'static>(self, path: &'static str, handler: H, about: About) -> Self {
        self.on(MethodFilter::GET, "get", path, handler, about)
    }

    /// Makes something.
    pub fn post<H: Handler<T, Arc<Server>>, T: 'static>(self, path: &'static str, handler: H, about: About) -> Self {
        self.on(MethodFilter::POST, "post", path, handler, about)
    }

    /// Changes something.
    pub fn patch<H: Handler<T, Arc<Server>>, T: 'static>(self, path: &'static str, handler: H, about: About) -> Self {
        self.on(MethodFilter::PATCH, "patch", path, handler, about)
    }

    /// Deletes something.
    pub fn delete<H: Handler<T, Arc<Server>>, T: 'static>(self, path: &'static str, handler: H, about: About) -> Self {
        self.on(MethodFilter::DELETE, "delete", path, handler, about)
    }

    fn on<H: Handler<T, Arc<Server>>, T: 'static>(
        mut self,
        filter: MethodFilter,
        method: &'static str,
        path: &'static str,
        handler: H,
        about: About,
    ) -> Self {
        self.router = self.router.route(path, on(filter, handler));
        self.described.push(Described { method, path, guarded: false, about });
        self
    }

    /// These and others.
    pub fn merge(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.described.extend(others.described);
        self
    }

    /// These behind something that asks for the token.
    pub fn guarded(mut self, guard: impl FnOnce(Router<Arc<Server>>) -> Router<Arc<Server>>) -> Self {
        self.router = guard(self.router);
        self.described.iter_mut().for_each(|route| route.guarded = true);
        self
    }

    /// These, and the one that describes them all.
    pub fn into_router(self) -> Router<Arc<Server>> {
        let about = about("getOpenApiDocument").answers::<Map<String, Value>>(200).refuses(&[404]);
        let routes = self.get("/_mock/openapi/{document}", document, about);
        let described = Arc::new(describe(&routes.described));
        routes.router.layer(Extension(described))
    }
}

async fn document(
    State(server): State<Arc<Server>>,
    Extension(described): Extension<Arc<Value>>,
    Path(document): Path<String>,
) -> Result<Response, Refused> {
    let contract = match document.as_str() {
        "admin.json" => return Ok(answer(StatusCode::OK, &*described)),
        "platform.json" => operations::PLATFORM,
        "software.json" => operations::SOFTWARE,
        "servicedesk.json" => operations::SERVICE_MANAGEMENT,
        _ => {
            let documents = "platform.json, software.json, servicedesk.json and admin.json";
            return Err(Refused::not_found(format!("The documents are {documents}.")));
        }
    };
    let mut contract: Value = serde_json::from_str(contract)?;
    keep_served(&mut contract, |method, path| server.served.serves(method, path));
    Ok(answer(StatusCode::OK, &contract))
}

/// Takes the operations out of a contract that have no handler, and the schemas that none of the others needs.
fn keep_served(contract: &mut Value, serves: impl Fn(&Method, &str) -> bool) {
    if let Some(paths) = contract["paths"].as_object_mut() {
        for (path, operations) in paths.iter_mut() {
            // Operations that only version 2 has are served at their place among the others.
            let path = path.replacen("/rest/api/2/", "/rest/api/3/", 1);
            let served = |method: &str| {
                Method::from_bytes(method.to_ascii_uppercase().as_bytes()).is_ok_and(|method| serves(&method, &path))
            };
            if let Some(operations) = operations.as_object_mut() {
                operations.retain(|method, _| served(method));
            }
        }
        paths.retain(|_, operations| operations.as_object().is_some_and(|operations| !operations.is_empty()));
    }
    let mut needed = BTreeSet::new();
    let mut waiting = Vec::new();
    references(&contract["paths"], &mut waiting);
    while let Some(name) = waiting.pop() {
        if needed.insert(name.clone()) {
            references(&contract["components"]["schemas"][&name], &mut waiting);
        }
    }
    if let Some(schemas) = contract["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| needed.contains(name));
    }
}

/// The schemas that are named somewhere.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            let named = members.get("$ref").and_then(Value::as_str);
            found.extend(named.and_then(|name| name.strip_prefix("#/components/schemas/")).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        _ => {}
    }
}

/// Routes as an OpenAPI document.
fn describe(routes: &[Described]) -> Value {
    // 3.1 has JSON Schema as it is; earlier ones have a dialect of their own.
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in routes {
        // The rest of a path, slashes and all, is a parameter like others there.
        let operations = paths.entry(route.path.replace("{*", "{")).or_insert_with(|| json!({}));
        operations[route.method] = operation(route, &mut generator);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Administration of mock-jira", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "adminToken": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn operation(route: &Described, generator: &mut SchemaGenerator) -> Value {
    let About { id, query, takes, answers } = &route.about;
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let names = names.map(|name| name.trim_start_matches('*'));
    let mut parameters: Vec<Value> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if let Some(query) = query {
        let schema = query(generator).to_value();
        let members = schema["properties"].as_object().into_iter().flatten();
        parameters.extend(members.map(|(name, schema)| json!({ "name": name, "in": "query", "schema": schema })));
    }
    let mut responses = Map::new();
    for (status, media_type, body) in answers {
        let mut response = json!({ "description": "" });
        if let Some(body) = body {
            response["content"] = json!({ *media_type: { "schema": body(generator) } });
        }
        responses.insert(status.to_string(), response);
    }
    let mut operation = json!({ "operationId": id, "parameters": parameters, "responses": responses });
    if let Some(takes) = takes {
        let schema = takes(generator);
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    if route.guarded {
        operation["security"] = json!([{ "adminToken": [] }, {}]);
        operation["responses"]["401"] = json!({
            "description": "",
            "content": { "application/json": { "schema": generator.subschema_for::<Refusal>() } },
        });
    }
    operation
}
