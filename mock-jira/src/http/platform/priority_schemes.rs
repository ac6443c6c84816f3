//! Priority schemes.

use crate::{
    app::{
        ADMINISTRATORS,
        priority_schemes::{self, SchemeInput, find, requiring_mapping},
    },
    db::tasks::Task,
    domain::{
        config::{Priority, Project},
        failure::{Failure, Result},
        priority_scheme::{Mapping, PriorityScheme},
    },
    http::{
        answer::{Answer, json as answer, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{Order, Window, inner, listed},
        params::path_id,
        routes::Routes,
        views::{self, config},
    },
};
use axum::{extract::Path, http::StatusCode};
use serde::{Deserialize, de::Error};
use serde_json::{Value, json};

/// Operations on priority schemes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/priorityscheme", get_priority_schemes)
        .post("/rest/api/3/priorityscheme", create_priority_scheme)
        .post("/rest/api/3/priorityscheme/mappings", suggested_priorities_for_mappings)
        .get("/rest/api/3/priorityscheme/priorities/available", get_available_priorities)
        .put("/rest/api/3/priorityscheme/{schemeId}", update_priority_scheme)
        .delete("/rest/api/3/priorityscheme/{schemeId}", delete_priority_scheme)
        .get("/rest/api/3/priorityscheme/{schemeId}/priorities", get_priorities_by_scheme)
        .get("/rest/api/3/priorityscheme/{schemeId}/projects", get_projects_by_scheme)
}

/// The document has 401 for callers without the permission, where nothing is changed.
fn reads(call: &Call) -> Result<()> {
    if call.access().administers() {
        return Ok(());
    }
    Err(Failure::Unauthorized(ADMINISTRATORS.into()))
}

async fn get_priority_schemes(call: Call) -> Answer {
    reads(&call)?;
    let window = Window::read(&call, 50, 50)?;
    let (ids, priority_ids) = (call.params.longs("schemeId")?, call.params.longs("priorityId")?);
    let name = call.params.text("schemeName").map(str::to_lowercase);
    let only_default = call.params.flag("onlyDefault", false)?;
    let order = Order::read(&call, &["name"])?.unwrap_or(Order { field: "name", descending: false });
    let wanted = |scheme: &&PriorityScheme| {
        (ids.is_empty() || ids.contains(&scheme.id))
            && (priority_ids.is_empty() || priority_ids.iter().any(|id| scheme.priority_ids.contains(id)))
            && name.as_ref().is_none_or(|name| scheme.name.to_lowercase().contains(name))
            && (!only_default || scheme.is_default)
    };
    let mut schemes: Vec<&PriorityScheme> = call.site.priority_schemes.iter().filter(wanted).collect();
    order.sort(&mut schemes, |a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()));
    ok(listed(&call, "priorityscheme", window, schemes, |scheme| view(&call, scheme)))
}

/// A scheme with what the request expands.
fn view(call: &Call, scheme: &PriorityScheme) -> Value {
    let mut view = config::priority_scheme(call, scheme);
    if call.params.expands("priorities") {
        let priorities = priorities_of(call, scheme).map(|found| config::priority_in_scheme(call, Some(scheme), found));
        view["priorities"] = inner(priorities.collect());
    }
    if call.params.expands("projects") {
        view["projects"] =
            inner(projects_of(call, scheme).map(|found| views::project::in_issue(call, found)).collect());
    }
    view
}

fn priorities_of<'a>(call: &'a Call, scheme: &'a PriorityScheme) -> impl Iterator<Item = &'a Priority> {
    call.site.priorities.iter().filter(|priority| scheme.priority_ids.contains(&priority.id))
}

fn projects_of<'a>(call: &'a Call, scheme: &'a PriorityScheme) -> impl Iterator<Item = &'a Project> {
    let projects = call.site.projects.iter().filter(|project| project.deleted.is_none());
    projects.filter(|project| call.site.priority_scheme_of(project.id).is_some_and(|other| other.id == scheme.id))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct NewScheme {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    default_priority_id: Option<i64>,
    #[serde(deserialize_with = "lenient::ints")]
    priority_ids: Vec<i64>,
    #[serde(deserialize_with = "lenient::ints")]
    project_ids: Vec<i64>,
    mappings: Option<Mappings>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Mappings {
    #[serde(rename = "in", deserialize_with = "mapping")]
    inwards: Option<Mapping>,
    #[serde(rename = "out", deserialize_with = "mapping")]
    outwards: Option<Mapping>,
}

/// Ids by ids; JSON has texts for keys.
fn mapping<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Mapping>, D::Error> {
    let Some(pairs) = Option::<serde_json::Map<String, Value>>::deserialize(deserializer)? else { return Ok(None) };
    let id = |value: Value| lenient::int(value).ok().flatten().ok_or_else(|| D::Error::custom("not an id"));
    let pair = |(from, to): (String, Value)| Ok((id(from.into())?, id(to)?));
    pairs.into_iter().map(pair).collect::<Result<Mapping, D::Error>>().map(Some)
}

async fn create_priority_scheme(Json(call, body): Json<NewScheme>) -> Answer {
    let mappings = body.mappings.unwrap_or_default();
    let input = SchemeInput {
        name: body.name,
        description: body.description,
        default_priority_id: body.default_priority_id,
        add_priorities: body.priority_ids,
        add_projects: body.project_ids,
        map_in: mappings.inwards,
        ..SchemeInput::default()
    };
    let (scheme, task) = priority_schemes::create(&call, &input).await?;
    let status = if task.is_some() { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    let made = json!({ "id": scheme.id.to_string() });
    answer(status, with_task(&call, made, task.as_ref()))
}

fn with_task(call: &Call, mut view: Value, task: Option<&Task>) -> Value {
    if let Some(task) = task {
        view["task"] = views::task::task(call, task);
    }
    view
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct SchemeChange {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    default_priority_id: Option<i64>,
    priorities: Option<Changes>,
    projects: Option<Changes>,
    mappings: Option<Mappings>,
}

/// What is added, and what is removed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Changes {
    add: Option<Ids>,
    remove: Option<Ids>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Ids {
    #[serde(deserialize_with = "lenient::ints")]
    ids: Vec<i64>,
}

impl Changes {
    fn ids(self) -> (Vec<i64>, Vec<i64>) {
        let ids = |change: Option<Ids>| change.unwrap_or_default().ids;
        (ids(self.add), ids(self.remove))
    }
}

async fn update_priority_scheme(Path(id): Path<String>, Json(call, body): Json<SchemeChange>) -> Answer {
    let id = scheme_id(&id)?;
    let mappings = body.mappings.unwrap_or_default();
    let (add_priorities, remove_priorities) = body.priorities.unwrap_or_default().ids();
    let (add_projects, remove_projects) = body.projects.unwrap_or_default().ids();
    let input = SchemeInput {
        name: body.name,
        description: body.description,
        default_priority_id: body.default_priority_id,
        add_priorities,
        remove_priorities,
        add_projects,
        remove_projects,
        map_in: mappings.inwards,
        map_out: mappings.outwards,
    };
    let (scheme, task) = priority_schemes::update(&call, id, &input).await?;
    let changed = json!({ "priorityScheme": config::priority_scheme(&call, &scheme) });
    answer(StatusCode::ACCEPTED, with_task(&call, changed, task.as_ref()))
}

async fn delete_priority_scheme(call: Call, Path(id): Path<String>) -> Answer {
    priority_schemes::delete(&call, scheme_id(&id)?).await?;
    no_content()
}

fn scheme_id(text: &str) -> Result<i64> {
    path_id("schemeId", text)
}

async fn get_priorities_by_scheme(call: Call, Path(id): Path<String>) -> Answer {
    reads(&call)?;
    let window = Window::read(&call, 50, 50)?;
    let scheme = find(&call.site, scheme_id(&id)?)?;
    let path = format!("priorityscheme/{}/priorities", scheme.id);
    let view = |found| config::priority_in_scheme(&call, Some(scheme), found);
    ok(listed(&call, &path, window, priorities_of(&call, scheme).collect(), view))
}

async fn get_projects_by_scheme(call: Call, Path(id): Path<String>) -> Answer {
    reads(&call)?;
    let window = Window::read(&call, 50, 50)?;
    let ids = call.params.longs("projectId")?;
    let query = call.params.text("query").map(str::to_lowercase);
    let scheme = find(&call.site, scheme_id(&id)?)?;
    let wanted = |project: &&Project| {
        (ids.is_empty() || ids.contains(&project.id))
            && query.as_ref().is_none_or(|query| project.name.to_lowercase().contains(query))
    };
    let projects = projects_of(&call, scheme).filter(wanted).collect();
    let path = format!("priorityscheme/{}/projects", scheme.id);
    ok(listed(&call, &path, window, projects, |found| views::project::in_issue(&call, found)))
}

/// Priorities that a scheme does not have yet.
async fn get_available_priorities(call: Call) -> Answer {
    reads(&call)?;
    let window = Window::read(&call, 50, 50)?;
    let id = call.params.text("schemeId");
    let id = id.ok_or_else(|| Failure::BadParameter("Required parameter 'schemeId' is not present.".into()))?;
    let scheme = find(&call.site, scheme_id(id)?)?;
    let query = call.params.text("query").map(str::to_lowercase);
    let exclude = call.params.list("exclude");
    let wanted = |priority: &&Priority| {
        !scheme.priority_ids.contains(&priority.id)
            && !exclude.contains(&priority.id.to_string())
            && query.as_ref().is_none_or(|query| priority.name.to_lowercase().contains(query))
    };
    let priorities = call.site.priorities.iter().filter(wanted).collect();
    let view = |found| config::priority_in_scheme(&call, None, found);
    ok(listed(&call, "priorityscheme/priorities/available", window, priorities, view))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Plan {
    #[serde(deserialize_with = "lenient::int")]
    scheme_id: Option<i64>,
    priorities: Option<PlannedPriorities>,
    projects: Option<PlannedProjects>,
    #[serde(deserialize_with = "lenient::int")]
    start_at: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    max_results: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct PlannedPriorities {
    #[serde(deserialize_with = "lenient::ints")]
    add: Vec<i64>,
    #[serde(deserialize_with = "lenient::ints")]
    remove: Vec<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct PlannedProjects {
    #[serde(deserialize_with = "lenient::ints")]
    add: Vec<i64>,
}

/// Priorities that a planned change of a scheme would need mappings for; without an id, of a new scheme.
async fn suggested_priorities_for_mappings(Json(call, body): Json<Plan>) -> Answer {
    reads(&call)?;
    let window = Window {
        start_at: body.start_at.unwrap_or(0).max(0),
        max_results: body.max_results.unwrap_or(50).clamp(0, 50),
    };
    let planned = body.priorities.unwrap_or_default();
    let scheme = body.scheme_id.map(|id| find(&call.site, id)).transpose()?;
    let own = scheme.map_or(&[][..], |scheme| &scheme.priority_ids);
    let mut remaining = [own, &planned.add].concat();
    remaining.retain(|id| !planned.remove.contains(id));
    let coming = body.projects.unwrap_or_default().add;
    let ids = requiring_mapping(&call.site, own, &coming, &remaining);
    let priorities = ids.into_iter().filter_map(|id| call.site.priorities.get(id)).collect();
    let view = |found| config::priority_in_scheme(&call, scheme, found);
    ok(listed(&call, "priorityscheme/mappings", window, priorities, view))
}
