//! Statuses and their categories: `/status` for everybody, `/statuses` for administrators (U-47).

use crate::{
    domain::{
        config::{STATUS_CATEGORIES, Status},
        failure::{Failure, Result},
    },
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
use std::collections::HashSet;

/// Operations on statuses.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/status", get_statuses)
        .get("/rest/api/3/status/{idOrName}", get_status)
        .get("/rest/api/3/statuscategory", get_status_categories)
        .get("/rest/api/3/statuscategory/{idOrKey}", get_status_category)
        .get("/rest/api/3/statuses", get_statuses_by_id)
        .get("/rest/api/3/statuses/byNames", get_statuses_by_name)
        .get("/rest/api/3/statuses/search", search)
}

async fn get_statuses(call: Call) -> Answer {
    ok(active(&call).map(|status| config::status_listed(&call, status)).collect::<Vec<Value>>())
}

/// The first of the name, if it is not an id.
async fn get_status(call: Call, Path(id_or_name): Path<String>) -> Answer {
    let found = active(&call)
        .find(|status| status.id.to_string() == id_or_name)
        .or_else(|| active(&call).find(|status| status.name.eq_ignore_ascii_case(&id_or_name)));
    let status =
        found.ok_or_else(|| Failure::not_found(format!("The status with id or name '{id_or_name}' does not exist")))?;
    ok(config::status_listed(&call, status))
}

/// Statuses of workflows that projects follow which the caller sees.
fn active(call: &Call) -> impl Iterator<Item = &Status> {
    let mut ids = HashSet::new();
    for project in call.live_projects() {
        for kind in call.site.issue_types_of(project) {
            ids.extend(call.site.statuses_of(project, kind.id).map(|status| status.id));
        }
    }
    call.site.statuses.iter().filter(move |status| ids.contains(&status.id))
}

async fn get_status_categories(call: Call) -> Answer {
    ok(STATUS_CATEGORIES.iter().map(|category| config::status_category(&call, category)).collect::<Vec<Value>>())
}

async fn get_status_category(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let category = STATUS_CATEGORIES
        .iter()
        .find(|category| category.id.to_string() == id_or_key || category.key == id_or_key)
        .ok_or_else(|| Failure::not_found(format!("The status category '{id_or_key}' does not exist")))?;
    ok(config::status_category(&call, category))
}

/// Unknown ids are left out (U-47).
async fn get_statuses_by_id(call: Call) -> Answer {
    manages(&call)?;
    let ids = call.params.list("id");
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::invalid(format!("Between 1 and {MOST} status ids must be given.")).into());
    }
    ok(views(&call, |status| ids.contains(&status.id.to_string())))
}

async fn get_statuses_by_name(call: Call) -> Answer {
    manages(&call)?;
    let names: Vec<&str> = call.params.all("name").collect();
    if names.is_empty() || names.len() > MOST {
        return Err(Failure::invalid(format!("Between 1 and {MOST} status names must be given.")).into());
    }
    let project_id = call.params.long("projectId")?;
    ok(views(&call, |status| status.project_id == project_id && names.contains(&status.name.as_str())))
}

/// Most ids or names in one request.
const MOST: usize = 50;

/// Shared statuses, or those of one team-managed project.
async fn search(call: Call) -> Answer {
    manages(&call)?;
    let window = Window::read(&call, 200, 200)?;
    let project_id = call.params.long("projectId")?;
    let text = call.params.text("searchString").map(str::to_lowercase);
    let category = call.params.text("statusCategory");
    if let Some(key) = category.filter(|key| STATUS_CATEGORIES.iter().all(|category| category.statuses_key != *key)) {
        return Err(Failure::BadParameter(format!("Failed to convert 'statusCategory' with value: '{key}'")).into());
    }
    let wanted = |status: &&Status| {
        status.project_id == project_id
            && text.as_ref().is_none_or(|text| status.name.to_lowercase().contains(text))
            && category.is_none_or(|key| status.category().statuses_key == key)
    };
    let statuses: Vec<&Status> = call.site.statuses.iter().filter(wanted).collect();
    ok(listed(&call, "statuses/search", window, statuses, config::status_managed))
}

fn views(call: &Call, wanted: impl Fn(&Status) -> bool) -> Vec<Value> {
    call.site.statuses.iter().filter(|status| wanted(status)).map(config::status_managed).collect()
}

/// The document has 401 for callers without the permission.
fn manages(call: &Call) -> Result<()> {
    if call.access().administers_some_project() {
        return Ok(());
    }
    Err(Failure::Unauthorized("You do not have permission to manage statuses.".into()))
}
