//! What apps give for calls of their JQL functions.

use crate::{
    app::jql_functions::{self, Update, own_keys},
    db,
    domain::{
        failure::{Complaints, Failure},
        jql::resolve::{AppFunction, Outcome, Precomputation},
    },
    http::{
        answer::{Answer, json as answer, no_content, ok},
        body::Json,
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
    },
};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Operations for apps.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/jql/function/computation", get_precomputations)
        .post("/rest/api/3/jql/function/computation", update_precomputations)
        .post("/rest/api/3/jql/function/computation/search", get_precomputations_by_id)
}

async fn get_precomputations(call: Call) -> Answer {
    let window = Window::read(&call, 100, 1000)?;
    let order = order(&call)?;
    let mut db = call.read().await?;
    let own = own_keys(&call, &mut db).await?;
    let asked = call.params.list("functionKey");
    if let Some(unknown) = asked.iter().find(|key| !own.contains(key)) {
        return Err(Failure::not_found(format!("The JQL function with key '{unknown}' was not found.")).into());
    }
    let keys = if asked.is_empty() { own } else { asked };
    let functions = db::jql_functions::list(&mut db).await?;
    let mut found = db::jql_functions::precomputations_of(&mut db, &keys).await?;
    sort(order, &mut found);
    ok(listed(&call, "jql/function/computation", window, found, |known| view(&call, &functions, &known)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default, rename = "precomputationIDs")]
    ids: Vec<String>,
}

async fn get_precomputations_by_id(Json(call, body): Json<Wanted>) -> Answer {
    let order = order(&call)?;
    let mut db = call.read().await?;
    let own = own_keys(&call, &mut db).await?;
    let ids: Vec<Uuid> = body.ids.iter().filter_map(|id| id.parse().ok()).collect();
    let functions = db::jql_functions::list(&mut db).await?;
    let mut found = db::jql_functions::precomputations(&mut db, &ids).await?;
    found.retain(|known| own.contains(&known.call.function_key));
    sort(order, &mut found);
    let is_found = |id: &&String| found.iter().any(|known| known.id.to_string() == id.to_ascii_lowercase());
    ok(json!({
        "precomputations": found.iter().map(|known| view(&call, &functions, known)).collect::<Vec<_>>(),
        "notFoundPrecomputationIDs": body.ids.iter().filter(|id| !is_found(id)).collect::<Vec<_>>(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Updates {
    #[serde(default)]
    values: Vec<NewValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewValue {
    id: String,
    value: Option<String>,
    error: Option<String>,
}

async fn update_precomputations(Json(call, body): Json<Updates>) -> Answer {
    let skip = call.params.flag("skipNotFoundPrecomputations", false)?;
    let mut updates = Vec::new();
    let mut complaints = Complaints::default();
    for NewValue { id, value, error } in body.values {
        let outcome = match (value, error) {
            (Some(value), None) => Outcome::fragment(&value),
            (None, Some(error)) => Ok(Outcome::Refused(error)),
            _ => Err(format!("Either a value or an error has to be provided for the precomputation '{id}'.")),
        };
        match outcome {
            Ok(outcome) => updates.push(Update { id, outcome }),
            Err(sentence) => complaints.messages.push(sentence),
        }
    }
    complaints.into_result()?;
    let unknown = jql_functions::update(&call, &updates, skip).await?;
    match (unknown.is_empty(), skip) {
        (true, _) => no_content(),
        (false, true) => ok(json!({ "notFoundPrecomputationIDs": unknown })),
        (false, false) => answer(
            StatusCode::NOT_FOUND,
            json!({
                "errorMessages": ["Some of the precomputations were not found."],
                "notFoundPrecomputationIDs": unknown,
            }),
        ),
    }
}

fn order(call: &Call) -> Result<Option<Order>, Failure> {
    Order::read(call, &["functionKey", "used", "created", "updated"])
}

fn sort(order: Option<Order>, found: &mut [Precomputation]) {
    let Some(order) = order else { return };
    order.sort(found, |a, b| match order.field {
        "functionKey" => a.call.function_key.cmp(&b.call.function_key),
        "used" => a.used.cmp(&b.used),
        "created" => a.created.cmp(&b.created),
        _ => a.updated.cmp(&b.updated),
    });
}

fn view(call: &Call, functions: &[AppFunction], known: &Precomputation) -> Value {
    let called = &known.call;
    let mut view = json!({
        "id": known.id,
        "functionKey": called.function_key,
        "functionName": functions.iter().find(|f| f.key == called.function_key).map(|function| &function.name),
        "field": called.field,
        "operator": called.operator,
        "arguments": called.arguments,
        "created": call.time(known.created),
        "updated": call.time(known.updated),
        "used": call.time(known.used),
    });
    let (value, error) = known.outcome.parts();
    if let Some(value) = value {
        view["value"] = value.into();
    }
    if let Some(error) = error {
        view["error"] = error.into();
    }
    view
}
