//! Resolutions.

use crate::{
    app::resolutions,
    domain::{config::Resolution, failure::Failure},
    http::{
        answer::{Answer, created, no_content, ok, see_task},
        body::{Json, OrderBody, lenient, only_id},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on resolutions.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/resolution", get_resolutions)
        .post("/rest/api/3/resolution", create_resolution)
        .put("/rest/api/3/resolution/default", set_default_resolution)
        .put("/rest/api/3/resolution/move", move_resolutions)
        .get("/rest/api/3/resolution/search", search_resolutions)
        .get("/rest/api/3/resolution/{id}", get_resolution)
        .put("/rest/api/3/resolution/{id}", update_resolution)
        .delete("/rest/api/3/resolution/{id}", delete_resolution)
}

async fn get_resolutions(call: Call) -> Answer {
    ok(call.site.resolutions.iter().map(|resolution| config::resolution(&call, resolution)).collect::<Vec<Value>>())
}

async fn get_resolution(call: Call, Path(id): Path<String>) -> Answer {
    let resolution = call.site.resolutions.parse(&id);
    let resolution =
        resolution.ok_or_else(|| Failure::not_found(format!("The resolution with id '{id}' does not exist")))?;
    ok(config::resolution(&call, resolution))
}

async fn search_resolutions(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let ids = call.params.list("id");
    let only_default = call.params.flag("onlyDefault", false)?;
    let wanted = |resolution: &&Resolution| {
        (!only_default || resolution.is_default) && (ids.is_empty() || ids.contains(&resolution.id.to_string()))
    };
    let resolutions: Vec<&Resolution> = call.site.resolutions.iter().filter(wanted).collect();
    ok(listed(&call, "resolution/search", window, resolutions, |found| config::resolution_found(&call, found)))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ResolutionBody {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
}

async fn create_resolution(Json(call, body): Json<ResolutionBody>) -> Answer {
    let resolution = resolutions::create(&call, body.name.as_deref(), body.description.as_deref()).await?;
    created(json!({ "id": resolution.id.to_string() }))
}

async fn update_resolution(Path(id): Path<String>, Json(call, body): Json<ResolutionBody>) -> Answer {
    resolutions::update(&call, &id, body.name.as_deref(), body.description.as_deref()).await?;
    no_content()
}

async fn set_default_resolution(Json(call, body): Json<Map<String, Value>>) -> Answer {
    resolutions::set_default(&call, only_id(&body)?.as_deref()).await?;
    no_content()
}

async fn move_resolutions(Json(call, body): Json<OrderBody>) -> Answer {
    resolutions::arrange(&call, &body.ids, body.target()).await?;
    no_content()
}

async fn delete_resolution(call: Call, Path(id): Path<String>) -> Answer {
    see_task(&call, &resolutions::delete(&call, &id, call.params.text("replaceWith")).await?)
}
