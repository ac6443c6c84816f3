//! Priorities.

use crate::{
    domain::{config::Priority, failure::Failure},
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

/// Operations on priorities.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/priority", get_priorities)
        .get("/rest/api/3/priority/search", search_priorities)
        .get("/rest/api/3/priority/{id}", get_priority)
}

async fn get_priorities(call: Call) -> Answer {
    ok(call.site.priorities.iter().map(|priority| config::priority_listed(&call, priority)).collect::<Vec<Value>>())
}

async fn get_priority(call: Call, Path(id): Path<String>) -> Answer {
    let priority = call.site.priorities.parse(&id);
    let priority = priority.ok_or_else(|| Failure::not_found(format!("The priority with id '{id}' does not exist")))?;
    ok(config::priority_listed(&call, priority))
}

/// Every project has all priorities, so `projectId` only asks for projects that can be seen.
async fn search_priorities(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let (ids, project_ids) = (call.params.list("id"), call.params.list("projectId"));
    let name = call.params.text("priorityName").map(str::to_lowercase);
    let only_default = call.params.flag("onlyDefault", false)?;
    let in_projects = project_ids.is_empty() || project_ids.iter().any(|id| call.project(id).is_ok());
    let wanted = |priority: &&Priority| {
        in_projects
            && (ids.is_empty() || ids.contains(&priority.id.to_string()))
            && name.as_ref().is_none_or(|name| priority.name.to_lowercase().contains(name))
            && (!only_default || priority.is_default)
    };
    let priorities: Vec<&Priority> = call.site.priorities.iter().filter(wanted).collect();
    ok(listed(&call, "priority/search", window, priorities, |priority| config::priority_found(&call, priority)))
}
