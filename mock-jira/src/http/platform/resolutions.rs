//! Resolutions.

use crate::{
    domain::{config::Resolution, failure::Failure},
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde_json::Value;

/// Operations on resolutions.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/resolution", get_resolutions)
        .get("/rest/api/3/resolution/search", search_resolutions)
        .get("/rest/api/3/resolution/{id}", get_resolution)
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
    // No resolution of a site is the default one.
    let wanted =
        |resolution: &&Resolution| !only_default && (ids.is_empty() || ids.contains(&resolution.id.to_string()));
    let resolutions: Vec<&Resolution> = call.site.resolutions.iter().filter(wanted).collect();
    ok(listed(&call, "resolution/search", window, resolutions, |found| config::resolution_found(&call, found)))
}
