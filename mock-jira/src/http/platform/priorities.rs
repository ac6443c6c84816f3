//! Priorities.

use crate::{
    app::priorities::{self, PriorityInput},
    domain::{config::Priority, failure::Failure, priority_scheme::PriorityScheme},
    http::{
        answer::{Answer, created, no_content, ok, see_task},
        body::{Json, OrderBody, only_id},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde_json::{Map, Value, json};

/// Operations on priorities.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/priority", get_priorities)
        .post("/rest/api/3/priority", create_priority)
        .put("/rest/api/3/priority/default", set_default_priority)
        .put("/rest/api/3/priority/move", move_priorities)
        .get("/rest/api/3/priority/search", search_priorities)
        .get("/rest/api/3/priority/{id}", get_priority)
        .put("/rest/api/3/priority/{id}", update_priority)
        .delete("/rest/api/3/priority/{id}", delete_priority)
}

async fn get_priorities(call: Call) -> Answer {
    ok(call.site.priorities.iter().map(|priority| config::priority_listed(&call, priority)).collect::<Vec<Value>>())
}

async fn get_priority(call: Call, Path(id): Path<String>) -> Answer {
    let priority = call.site.priorities.parse(&id);
    let priority = priority.ok_or_else(|| Failure::not_found(format!("The priority with id '{id}' does not exist")))?;
    ok(config::priority_listed(&call, priority))
}

/// Unknown ids, of priorities and of projects, are left out.
async fn search_priorities(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let (ids, project_ids) = (call.params.list("id"), call.params.list("projectId"));
    let name = call.params.text("priorityName").map(str::to_lowercase);
    let only_default = call.params.flag("onlyDefault", false)?;
    let default = call.site.default_priority_scheme().and_then(|scheme| scheme.default_priority_id);
    let projects = project_ids.iter().filter_map(|id| call.project(id).ok());
    let available: Vec<i64> = projects.flat_map(|project| call.site.priorities_of(project.id)).map(|p| p.id).collect();
    let wanted = |priority: &&Priority| {
        (project_ids.is_empty() || available.contains(&priority.id))
            && (ids.is_empty() || ids.contains(&priority.id.to_string()))
            && name.as_ref().is_none_or(|name| priority.name.to_lowercase().contains(name))
            && (!only_default || default == Some(priority.id))
    };
    let priorities: Vec<&Priority> = call.site.priorities.iter().filter(wanted).collect();
    let with_schemes = call.params.expands("schemes");
    ok(listed(&call, "priority/search", window, priorities, |priority| {
        let mut view = config::priority_found(&call, priority);
        if with_schemes {
            view["schemes"] = schemes(&call, priority);
        }
        view
    }))
}

/// The first schemes that have a priority.
fn schemes(call: &Call, priority: &Priority) -> Value {
    const MOST: usize = 15;
    let with = |scheme: &&PriorityScheme| scheme.priority_ids.contains(&priority.id);
    let schemes: Vec<&PriorityScheme> = call.site.priority_schemes.iter().filter(with).collect();
    let values: Vec<Value> = schemes.iter().take(MOST).map(|scheme| config::priority_scheme(call, scheme)).collect();
    json!({ "startAt": 0, "maxResults": MOST, "total": schemes.len(), "values": values })
}

async fn create_priority(Json(call, input): Json<PriorityInput>) -> Answer {
    let priority = priorities::create(&call, input).await?;
    created(json!({ "id": priority.id.to_string() }))
}

async fn update_priority(Path(id): Path<String>, Json(call, input): Json<PriorityInput>) -> Answer {
    priorities::update(&call, &id, input).await?;
    no_content()
}

async fn set_default_priority(Json(call, body): Json<Map<String, Value>>) -> Answer {
    priorities::set_default(&call, only_id(&body)?.as_deref()).await?;
    no_content()
}

async fn move_priorities(Json(call, body): Json<OrderBody>) -> Answer {
    priorities::arrange(&call, &body.ids, body.target()).await?;
    no_content()
}

/// The document has no parameter for the replacement any more; clients still send it.
async fn delete_priority(call: Call, Path(id): Path<String>) -> Answer {
    let replacement = call.params.text("replaceWith").or_else(|| call.params.text("newPriority"));
    see_task(&call, &priorities::delete(&call, &id, replacement).await?)
}
