//! JQL functions of apps, as their manifests would declare them: `/_mock/sites/{name}/jql-functions`.

use super::{
    Body, Path, Refused, answer,
    openapi::{Routes, about},
    sites,
};
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        jql::resolve::{AppFunction, Argument, Call, Outcome},
    },
    http::server::Server,
};
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::Utc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Operations on functions. Keys have slashes in them, so they stand in bodies and at the end of paths.
pub fn routes() -> Routes {
    const FUNCTIONS: &str = "/_mock/sites/{name}/jql-functions";
    Routes::default()
        .get(FUNCTIONS, list, about("listJqlFunctions").answers::<List>(200).refuses(&[404]))
        .post(
            FUNCTIONS,
            register,
            about("registerJqlFunction").takes::<Function>().answers::<Function>(201).refuses(&[400, 404, 415, 422]),
        )
        .delete(
            "/_mock/sites/{name}/jql-functions/{*key}",
            remove,
            about("removeJqlFunction").answers_nothing(204).refuses(&[404]),
        )
        .post(
            "/_mock/sites/{name}/jql-precomputations",
            compute,
            about("setJqlPrecomputation").takes::<Computed>().answers::<Made>(201).refuses(&[400, 404, 415, 422]),
        )
}

async fn list(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refused> {
    let functions = db::jql_functions::list(&mut sites::read(&server, &name).await?)
        .await?
        .into_iter()
        .map(Function::from)
        .collect();
    Ok(answer(StatusCode::OK, &List { functions }))
}

/// A function as a manifest declares it, and the account that its app calls with.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Function {
    key: String,
    name: String,
    account_id: String,
    #[serde(default)]
    arguments: Vec<Argument>,
    operators: Vec<String>,
}

/// Operators that functions can stand behind.
const OPERATORS: [&str; 12] = ["=", "!=", ">", ">=", "<", "<=", "in", "not in", "~", "!~", "is", "is not"];

/// Makes a function known, or replaces the one of its key.
async fn register(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Body(new): Body<Function>,
) -> Result<Response, Refused> {
    let Function { key, name: function, account_id, arguments, operators } = new;
    if key.is_empty() || function.is_empty() {
        return Err(Refused::bad_request("A function has a key and a name."));
    }
    if let Some(unknown) = operators.iter().find(|operator| !OPERATORS.contains(&operator.as_str())) {
        return Err(Refused::bad_request(format!("There is no operator '{unknown}' for functions.")));
    }
    if !arguments.is_sorted_by_key(|argument| !argument.required) {
        return Err(Refused::bad_request("Required arguments come before the others."));
    }
    let function = AppFunction { key, name: function, account_id, arguments, operators };
    let (_, mut work) = sites::begin(&server, &name).await?;
    match db::jql_functions::put(&mut work, &function).await {
        Err(error) if db::constraint(&error) == Some("jql_function_name") => {
            return Err(Refused::bad_request(format!("Another function is called '{}'.", function.name)));
        }
        Err(error) if db::constraint(&error).is_some() => {
            return Err(Refused::bad_request(format!("There is no account '{}'.", function.account_id)));
        }
        stored => stored?,
    }
    work.commit(Record::new("JQL function registered", Area::Everyday, thing(&function.key))).await?;
    Ok(answer(StatusCode::CREATED, &Function::from(function)))
}

/// Forgets a function and its precomputations.
async fn remove(
    State(server): State<Arc<Server>>,
    Path((name, key)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let (_, mut work) = sites::begin(&server, &name).await?;
    if !db::jql_functions::delete(&mut work, &key).await? {
        return Err(Refused::not_found(format!("There is no JQL function '{key}'.")));
    }
    work.commit(Record::new("JQL function removed", Area::Everyday, thing(&key))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the app gives for a call, before a query needs it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Computed {
    function_key: String,
    field: String,
    operator: String,
    #[serde(default)]
    arguments: Vec<String>,
    value: Option<String>,
    error: Option<String>,
}

async fn compute(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Body(computed): Body<Computed>,
) -> Result<Response, Refused> {
    let Computed { function_key, field, operator, arguments, value, error } = computed;
    let outcome = match (value, error) {
        (Some(value), None) => Outcome::fragment(&value).map_err(Refused::bad_request)?,
        (None, Some(error)) => Outcome::Refused(error),
        _ => return Err(Refused::bad_request("A call is computed to a value or to an error.")),
    };
    let (site, mut work) = sites::begin(&server, &name).await?;
    if db::jql_functions::list(&mut work).await?.iter().all(|function| function.key != function_key) {
        return Err(Refused::not_found(format!("There is no JQL function '{function_key}'.")));
    }
    let (call, now) = (Call { function_key, field, operator, arguments }, site.clock.at(Utc::now()));
    db::jql_functions::note_use(&mut work, &call, now).await?;
    db::jql_functions::set_outcome(&mut work, call.id(), &outcome, now).await?;
    work.commit(Record::new("JQL precomputation updated", Area::Everyday, thing(&call.function_key))).await?;
    Ok(answer(StatusCode::CREATED, &Made { id: call.id().to_string() }))
}

fn thing(key: &str) -> Thing {
    Thing::new("JQL_FUNCTION", key, key)
}

#[derive(Serialize, JsonSchema)]
struct List {
    functions: Vec<Function>,
}

/// A precomputation, by the id that queries and apps name it with.
#[derive(Serialize, JsonSchema)]
struct Made {
    id: String,
}

impl From<AppFunction> for Function {
    fn from(function: AppFunction) -> Self {
        let AppFunction { key, name, account_id, arguments, operators } = function;
        Self { key, name, account_id, arguments, operators }
    }
}
