//! Sprints (G-11 to G-17).

use crate::{
    app::sprints,
    domain::sprint::Input,
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        routes::Routes,
        views::sprint,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::Value;

/// Operations on sprints.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/agile/1.0/sprint", create_sprint)
        .get("/rest/agile/1.0/sprint/{sprintId}", get_sprint)
        .put("/rest/agile/1.0/sprint/{sprintId}", update_sprint)
        .post("/rest/agile/1.0/sprint/{sprintId}", partially_update_sprint)
        .delete("/rest/agile/1.0/sprint/{sprintId}", delete_sprint)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    goal: Option<String>,
    #[serde(default, deserialize_with = "lenient::int")]
    origin_board_id: Option<i64>,
    start_date: Option<String>,
    end_date: Option<String>,
}

/// A sprint as it is read; what can't be chosen may stand in it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    goal: Option<String>,
    state: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    #[serde(rename = "id")]
    _id: Value,
    #[serde(rename = "self")]
    _address: Value,
    #[serde(rename = "originBoardId")]
    _board: Value,
    #[serde(rename = "createdDate")]
    _created: Value,
    #[serde(rename = "completeDate")]
    _completed: Value,
}

impl From<Change> for Input {
    fn from(change: Change) -> Self {
        let Change { name, goal, state, start_date, end_date, .. } = change;
        Self { name, goal, state, start_date, end_date }
    }
}

async fn create_sprint(Json(call, body): Json<Create>) -> Answer {
    let Create { name, goal, origin_board_id, start_date, end_date } = body;
    let input = Input { name, goal, state: None, start_date, end_date };
    let made = sprints::create(&call, origin_board_id, &input).await?;
    created(sprint::sprint(&call, &made))
}

async fn get_sprint(call: Call, Path(id): Path<String>) -> Answer {
    ok(sprint::sprint(&call, sprints::get(&call, &id).await?))
}

async fn update_sprint(Path(id): Path<String>, Json(call, body): Json<Change>) -> Answer {
    ok(sprint::sprint(&call, &sprints::update(&call, &id, &body.into(), true).await?))
}

async fn partially_update_sprint(Path(id): Path<String>, Json(call, body): Json<Change>) -> Answer {
    ok(sprint::sprint(&call, &sprints::update(&call, &id, &body.into(), false).await?))
}

async fn delete_sprint(call: Call, Path(id): Path<String>) -> Answer {
    sprints::delete(&call, &id).await?;
    no_content()
}
