//! Components of projects (U-50).

use crate::{
    app::components::{self, ComponentInput},
    db,
    domain::{
        config::{Component, Project},
        failure::Failure,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::Json,
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
        views::{config, parts},
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

/// Operations on components.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/component", find_components_for_projects)
        .post("/rest/api/3/component", create_component)
        .get("/rest/api/3/component/{id}", get_component)
        .put("/rest/api/3/component/{id}", update_component)
        .delete("/rest/api/3/component/{id}", delete_component)
        .get("/rest/api/3/component/{id}/relatedIssueCounts", get_component_related_issues)
        .get("/rest/api/3/project/{projectIdOrKey}/components", get_project_components)
        .get("/rest/api/3/project/{projectIdOrKey}/component", get_project_components_paginated)
}

/// A component as requests give it. Members that can't be set are taken, since clients send back what they got.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct ComponentBody {
    name: Option<String>,
    description: Option<String>,
    lead_account_id: Option<String>,
    assignee_type: Option<String>,
    project: Option<String>,
    #[serde(rename = "ari")]
    _ari: IgnoredAny,
    #[serde(rename = "assignee")]
    _assignee: IgnoredAny,
    #[serde(rename = "id")]
    _id: IgnoredAny,
    #[serde(rename = "isAssigneeTypeValid")]
    _is_assignee_type_valid: IgnoredAny,
    #[serde(rename = "lead")]
    _lead: IgnoredAny,
    #[serde(rename = "leadUserName")]
    _lead_user_name: IgnoredAny,
    #[serde(rename = "metadata")]
    _metadata: IgnoredAny,
    #[serde(rename = "projectId")]
    _project_id: IgnoredAny,
    #[serde(rename = "realAssignee")]
    _real_assignee: IgnoredAny,
    #[serde(rename = "realAssigneeType")]
    _real_assignee_type: IgnoredAny,
    #[serde(rename = "self")]
    _link: IgnoredAny,
}

impl ComponentBody {
    fn input(self) -> ComponentInput {
        ComponentInput {
            name: self.name,
            description: self.description,
            lead: self.lead_account_id,
            assignee_type: self.assignee_type,
        }
    }
}

/// Components of several projects, or of all that the caller sees; in the short form.
async fn find_components_for_projects(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["description", "name"])?;
    let names = call.params.list("projectIdsOrKeys");
    let mut projects: Vec<&Project> = Vec::new();
    for name in &names {
        let project = call.project(name)?;
        if projects.iter().all(|other| other.id != project.id) {
            projects.push(project);
        }
    }
    if names.is_empty() {
        projects.extend(call.live_projects());
    }
    let all = projects.into_iter().flat_map(|project| call.site.components_of(project.id));
    let mut components: Vec<&Component> = all.filter(|component| found(&call, component)).collect();
    components.sort_by_cached_key(|component| component.name.to_lowercase());
    if let Some(order) = order {
        sort(order, &mut components, |_| 0);
    }
    ok(listed(&call, "component", window, components, |component| config::component(&call, component)))
}

async fn create_component(Json(call, body): Json<ComponentBody>) -> Answer {
    let key = body.project.as_deref().filter(|key| !key.is_empty());
    let key =
        key.ok_or_else(|| Failure::invalid_field("project", "The project of the component must be specified."))?;
    let project = call.project(key)?;
    let component = components::create(&call, project, &body.input()).await?;
    created(parts::component(&call, project, &component))
}

async fn get_component(call: Call, Path(id): Path<String>) -> Answer {
    let (component, project) = components::find(&call, &id)?;
    ok(parts::component(&call, project, component))
}

async fn update_component(Path(id): Path<String>, Json(call, body): Json<ComponentBody>) -> Answer {
    let (_, project) = components::find(&call, &id)?;
    let component = components::update(&call, &id, &body.input()).await?;
    ok(parts::component(&call, project, &component))
}

async fn delete_component(call: Call, Path(id): Path<String>) -> Answer {
    components::delete(&call, &id, call.params.text("moveIssuesTo")).await?;
    no_content()
}

/// Anybody may ask, even who does not see the project.
async fn get_component_related_issues(call: Call, Path(id): Path<String>) -> Answer {
    let component = call.site.components.parse(&id);
    let component = component.ok_or_else(|| components::missing(&id))?;
    let issues = db::components::issues(&mut call.read().await?, component).await?;
    ok(json!({ "self": call.links.api(format_args!("component/{id}")), "issueCount": issues.len() }))
}

async fn get_project_components(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let components = call.site.components_of(project.id);
    ok(components.map(|component| parts::component(&call, project, component)).collect::<Vec<Value>>())
}

async fn get_project_components_paginated(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["description", "issueCount", "lead", "name"])?;
    let project = call.project(&id_or_key)?;
    let counts = db::components::issue_counts(&mut call.read().await?, project.id).await?;
    let count = |component: &Component| counts.get(&component.id).copied().unwrap_or(0);
    let mut components: Vec<&Component> =
        call.site.components_of(project.id).filter(|component| found(&call, component)).collect();
    if let Some(order) = order {
        sort(order, &mut components, count);
    }
    let path = format!("project/{id_or_key}/component");
    ok(listed(&call, &path, window, components, |component| {
        parts::component_counted(&call, project, component, count(component))
    }))
}

fn sort(order: Order, components: &mut [&Component], count: impl Fn(&Component) -> i64) {
    order.sort(components, |a, b| match order.field {
        "description" => a.description.cmp(&b.description),
        "issueCount" => count(a).cmp(&count(b)),
        "lead" => a.lead.cmp(&b.lead),
        _ => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
    });
}

fn found(call: &Call, component: &Component) -> bool {
    super::found(call, &component.name, component.description.as_deref())
}
