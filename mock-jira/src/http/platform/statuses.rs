//! Statuses and their categories: `/status` for everybody, `/statuses` for administrators (U-47).

use crate::{
    app::statuses::{self, MOST, StatusInput, refusal},
    domain::{
        config::{IssueType, Project, STATUS_CATEGORIES, Status},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{Turn, Window, listed},
        params::unconvertible,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Operations on statuses.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/status", get_statuses)
        .get("/rest/api/3/status/{idOrName}", get_status)
        .get("/rest/api/3/statuscategory", get_status_categories)
        .get("/rest/api/3/statuscategory/{idOrKey}", get_status_category)
        .get("/rest/api/3/statuses", get_statuses_by_id)
        .post("/rest/api/3/statuses", create_statuses)
        .put("/rest/api/3/statuses", update_statuses)
        .delete("/rest/api/3/statuses", delete_statuses_by_id)
        .get("/rest/api/3/statuses/byNames", get_statuses_by_name)
        .get("/rest/api/3/statuses/search", search)
        .get(
            "/rest/api/3/statuses/{statusId}/project/{projectId}/issueTypeUsages",
            get_project_issue_type_usages_for_status,
        )
        .get("/rest/api/3/statuses/{statusId}/projectUsages", get_project_usages_for_status)
        .get("/rest/api/3/statuses/{statusId}/workflowUsages", get_workflow_usages_for_status)
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

/// Shared statuses, or those of one team-managed project.
async fn search(call: Call) -> Answer {
    manages(&call)?;
    let window = Window::read(&call, 200, 200)?;
    let project_id = call.params.long("projectId")?;
    let text = call.params.text("searchString").map(str::to_lowercase);
    let category = call.params.text("statusCategory");
    if let Some(key) = category.filter(|key| STATUS_CATEGORIES.iter().all(|category| category.statuses_key != *key)) {
        return Err(unconvertible("statusCategory", key).into());
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
    Err(refusal())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStatuses {
    scope: Scope,
    statuses: Vec<StatusBody>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    #[serde(rename = "type")]
    kind: String,
    project: Option<ProjectId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectId {
    #[serde(deserialize_with = "lenient::int")]
    id: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct StatusBody {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    status_category: Option<String>,
}

fn inputs(statuses: Vec<StatusBody>) -> Vec<StatusInput> {
    let input = |body: StatusBody| StatusInput {
        id: body.id.unwrap_or_default(),
        name: body.name.unwrap_or_default(),
        description: body.description,
        category: body.status_category.unwrap_or_default(),
    };
    statuses.into_iter().map(input).collect()
}

async fn create_statuses(Json(call, body): Json<NewStatuses>) -> Answer {
    manages(&call)?;
    let project_id = match (body.scope.kind.as_str(), body.scope.project.and_then(|project| project.id)) {
        ("GLOBAL", None) => None,
        ("PROJECT", Some(id)) => Some(id),
        ("GLOBAL", Some(_)) => return Err(Failure::invalid("The scope GLOBAL has no project.").into()),
        ("PROJECT", None) => return Err(Failure::invalid("The scope PROJECT has to have a project.").into()),
        _ => return Err(Failure::invalid_payload().into()),
    };
    let made = statuses::create(&call, project_id, &inputs(body.statuses)).await?;
    ok(made.iter().map(config::status_managed).collect::<Vec<Value>>())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedStatuses {
    statuses: Vec<StatusBody>,
}

async fn update_statuses(Json(call, body): Json<ChangedStatuses>) -> Answer {
    manages(&call)?;
    statuses::update(&call, &inputs(body.statuses)).await?;
    no_content()
}

async fn delete_statuses_by_id(call: Call) -> Answer {
    manages(&call)?;
    statuses::delete(&call, &call.params.list("id")).await?;
    no_content()
}

/// A status that the caller manages somewhere.
fn managed<'a>(call: &'a Call, id: &str) -> Result<&'a Status> {
    manages(call)?;
    call.site.statuses.parse(id).ok_or_else(|| Failure::not_found(format!("The status with id {id} was not found.")))
}

/// Types that have the status in a project.
fn types_with<'a>(call: &'a Call, project: &'a Project, status_id: i64) -> impl Iterator<Item = &'a IssueType> {
    let has = move |kind: &&IssueType| call.site.statuses_of(project, kind.id).any(|status| status.id == status_id);
    call.site.issue_types_of(project).filter(has)
}

async fn get_project_issue_type_usages_for_status(
    call: Call,
    Path((id, project_id)): Path<(String, String)>,
) -> Answer {
    let turn = Turn::read(&call)?;
    let status = managed(&call, &id)?;
    let project = call.project(&project_id)?;
    let types = types_with(&call, project, status.id).map(|kind| kind.id).collect();
    let page = turn.of_ids(types);
    ok(json!({ "statusId": id, "projectId": project.id.to_string(), "issueTypes": page }))
}

async fn get_project_usages_for_status(call: Call, Path(id): Path<String>) -> Answer {
    let turn = Turn::read(&call)?;
    let status = managed(&call, &id)?;
    let uses = |project: &&Project| types_with(&call, project, status.id).next().is_some();
    let projects = call.live_projects().filter(uses).map(|project| project.id).collect();
    ok(json!({ "statusId": id, "projects": turn.of_ids(projects) }))
}

async fn get_workflow_usages_for_status(call: Call, Path(id): Path<String>) -> Answer {
    let turn = Turn::read(&call)?;
    let status = managed(&call, &id)?;
    let with = call.site.workflows.values().filter(|workflow| workflow.definition.statuses.contains(&status.id));
    let mut workflows: Vec<&str> = with.map(|workflow| workflow.id.as_str()).collect();
    workflows.sort_unstable();
    ok(json!({ "statusId": id, "workflows": turn.of_ids(workflows) }))
}
