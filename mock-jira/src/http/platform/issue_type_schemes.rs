//! Issue type schemes: which types the projects of a scheme have.

use crate::{
    app::issue_type_schemes::{self, ADMINISTRATORS, SchemeInput, is_shared},
    domain::{
        config::{IssueTypeScheme, Project},
        failure::Failure,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, OrderBody, lenient},
        call::Call,
        page::{Order, Window, inner, listed},
        params::path_id,
        routes::Routes,
        views::{self, config},
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on issue type schemes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issuetypescheme", get_all_issue_type_schemes)
        .post("/rest/api/3/issuetypescheme", create_issue_type_scheme)
        .get("/rest/api/3/issuetypescheme/mapping", get_issue_type_schemes_mapping)
        .get("/rest/api/3/issuetypescheme/project", get_issue_type_scheme_for_projects)
        .put("/rest/api/3/issuetypescheme/project", assign_issue_type_scheme_to_project)
        .put("/rest/api/3/issuetypescheme/{issueTypeSchemeId}", update_issue_type_scheme)
        .delete("/rest/api/3/issuetypescheme/{issueTypeSchemeId}", delete_issue_type_scheme)
        .put("/rest/api/3/issuetypescheme/{issueTypeSchemeId}/issuetype", add_issue_types)
        .put("/rest/api/3/issuetypescheme/{issueTypeSchemeId}/issuetype/move", reorder_issue_types)
        .delete("/rest/api/3/issuetypescheme/{issueTypeSchemeId}/issuetype/{issueTypeId}", remove_issue_type)
}

/// Schemes of company-managed projects, and those without a project.
fn shared(call: &Call) -> impl Iterator<Item = &IssueTypeScheme> {
    call.site.issue_type_schemes.iter().filter(|scheme| is_shared(&call.site, scheme))
}

async fn get_all_issue_type_schemes(call: Call) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, 100)?;
    let ids = call.params.longs("id")?;
    let text = call.params.text("queryString").map(str::to_lowercase);
    let order = Order::read(&call, &["name", "id"])?;
    let wanted = |scheme: &&IssueTypeScheme| {
        (ids.is_empty() || ids.contains(&scheme.id))
            && text.as_ref().is_none_or(|text| scheme.name.to_lowercase().contains(text))
    };
    let mut schemes: Vec<&IssueTypeScheme> = shared(&call).filter(wanted).collect();
    if let Some(order) = order {
        order.sort(&mut schemes, |a, b| match order.field {
            "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            _ => a.id.cmp(&b.id),
        });
    }
    ok(listed(&call, "issuetypescheme", window, schemes, |scheme| view(&call, scheme)))
}

/// A scheme with what the request expands.
fn view(call: &Call, scheme: &IssueTypeScheme) -> Value {
    let mut view = config::issue_type_scheme(scheme);
    if call.params.expands("projects") {
        view["projects"] =
            inner(projects_of(call, scheme).map(|found| views::project::in_issue(call, found)).collect());
    }
    if call.params.expands("issueTypes") {
        let types = scheme.type_ids.iter().filter_map(|id| call.site.issue_types.get(*id));
        view["issueTypes"] = inner(types.map(|kind| config::issue_type(call, kind)).collect());
    }
    view
}

fn projects_of<'a>(call: &'a Call, scheme: &IssueTypeScheme) -> impl Iterator<Item = &'a Project> {
    let id = scheme.id;
    call.site.projects.iter().filter(move |project| project.deleted.is_none() && project.issue_type_scheme_id == id)
}

async fn get_issue_type_schemes_mapping(call: Call) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, 100)?;
    let ids = call.params.longs("issueTypeSchemeId")?;
    let schemes = shared(&call).filter(|scheme| ids.is_empty() || ids.contains(&scheme.id));
    let pairs = schemes.flat_map(|scheme| scheme.type_ids.iter().map(|id| (scheme.id, *id))).collect();
    ok(listed(
        &call,
        "issuetypescheme/mapping",
        window,
        pairs,
        |(scheme_id, type_id)| json!({ "issueTypeSchemeId": scheme_id.to_string(), "issueTypeId": type_id.to_string() }),
    ))
}

async fn get_issue_type_scheme_for_projects(call: Call) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, 100)?;
    let ids = call.params.longs("projectId")?;
    if ids.is_empty() {
        return Err(Failure::BadParameter("Required parameter 'projectId' is not present.".into()).into());
    }
    let users = |scheme| -> Vec<String> {
        let projects = projects_of(&call, scheme).filter(|project| ids.contains(&project.id));
        projects.map(|project| project.id.to_string()).collect()
    };
    let schemes = shared(&call).map(|scheme| (scheme, users(scheme))).filter(|(_, users)| !users.is_empty()).collect();
    ok(listed(
        &call,
        "issuetypescheme/project",
        window,
        schemes,
        |(scheme, users)| json!({ "issueTypeScheme": config::issue_type_scheme(scheme), "projectIds": users }),
    ))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct NewScheme {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    default_issue_type_id: Option<String>,
    #[serde(deserialize_with = "lenient::texts")]
    issue_type_ids: Vec<String>,
}

async fn create_issue_type_scheme(Json(call, body): Json<NewScheme>) -> Answer {
    let input = SchemeInput {
        name: body.name,
        description: body.description,
        default_type_id: body.default_issue_type_id,
        type_ids: body.issue_type_ids,
    };
    let id = issue_type_schemes::create(&call, &input).await?;
    created(json!({ "issueTypeSchemeId": id.to_string() }))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct SchemeChange {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    default_issue_type_id: Option<String>,
}

async fn update_issue_type_scheme(Path(id): Path<String>, Json(call, body): Json<SchemeChange>) -> Answer {
    let input = SchemeInput {
        name: body.name,
        description: body.description,
        default_type_id: body.default_issue_type_id,
        ..SchemeInput::default()
    };
    issue_type_schemes::update(&call, scheme_id(&id)?, &input).await?;
    no_content()
}

async fn delete_issue_type_scheme(call: Call, Path(id): Path<String>) -> Answer {
    issue_type_schemes::delete(&call, scheme_id(&id)?).await?;
    no_content()
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct TypeIds {
    #[serde(deserialize_with = "lenient::texts")]
    issue_type_ids: Vec<String>,
}

async fn add_issue_types(Path(id): Path<String>, Json(call, body): Json<TypeIds>) -> Answer {
    issue_type_schemes::add(&call, scheme_id(&id)?, &body.issue_type_ids).await?;
    no_content()
}

async fn reorder_issue_types(Path(id): Path<String>, Json(call, body): Json<OrderBody>) -> Answer {
    issue_type_schemes::arrange(&call, scheme_id(&id)?, &body.ids, body.target()).await?;
    no_content()
}

async fn remove_issue_type(call: Call, Path((id, type_id)): Path<(String, String)>) -> Answer {
    issue_type_schemes::remove(&call, scheme_id(&id)?, path_id("issueTypeId", &type_id)?).await?;
    no_content()
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Association {
    #[serde(deserialize_with = "lenient::text")]
    issue_type_scheme_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    project_id: Option<String>,
}

async fn assign_issue_type_scheme_to_project(Json(call, body): Json<Association>) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    let given = |id: Option<String>, name: &str| {
        id.filter(|id| !id.is_empty()).ok_or_else(|| Failure::invalid(format!("The {name} has to be provided.")))
    };
    let scheme_id = given(body.issue_type_scheme_id, "issueTypeSchemeId")?;
    let project_id = given(body.project_id, "projectId")?;
    issue_type_schemes::assign(&call, &scheme_id, &project_id).await?;
    no_content()
}

fn scheme_id(text: &str) -> Result<i64, Failure> {
    path_id("issueTypeSchemeId", text)
}
