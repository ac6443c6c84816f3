//! Workflow schemes, and which projects follow them (observed shapes, "workflow_schemes").

use crate::{
    app::{
        workflow_schemes::{self, ADMINISTRATORS, ASSOCIATIONS, DEFAULT, SchemeInput, is_shared},
        workflows,
    },
    domain::{
        config::{Project, WorkflowScheme},
        failure::Failure,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{Window, listed, usages},
        params::path_id,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Operations on workflow schemes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/workflowscheme", get_all_workflow_schemes)
        .post("/rest/api/3/workflowscheme", create_workflow_scheme)
        .get("/rest/api/3/workflowscheme/project", get_workflow_scheme_project_associations)
        .put("/rest/api/3/workflowscheme/project", assign_scheme_to_project)
        .get("/rest/api/3/workflowscheme/{id}", get_workflow_scheme)
        .delete("/rest/api/3/workflowscheme/{id}", delete_workflow_scheme)
        .get("/rest/api/3/workflowscheme/{workflowSchemeId}/projectUsages", get_project_usages_for_workflow_scheme)
}

/// A scheme; workflows go by their names.
fn view(call: &Call, scheme: &WorkflowScheme) -> Value {
    let name = |id: &String| call.site.workflows.get(id).map_or(id.clone(), |workflow| workflow.name.clone());
    let mut mappings: Vec<_> = scheme.mappings.iter().collect();
    mappings.sort();
    let mappings = mappings.into_iter().map(|(kind, id)| (kind.to_string(), Value::from(name(id)))).collect();
    json!({
        "id": scheme.id,
        "name": scheme.name,
        "description": scheme.description,
        "defaultWorkflow": name(&scheme.default_workflow_id),
        "issueTypeMappings": Value::Object(mappings),
        "self": call.links.api(format_args!("workflowscheme/{}", scheme.id)),
    })
}

async fn get_all_workflow_schemes(call: Call) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, 50)?;
    let schemes = call.site.workflow_schemes.iter().filter(|scheme| is_shared(&call.site, scheme)).collect();
    ok(listed(&call, "workflowscheme", window, schemes, |scheme| view(&call, scheme)))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct NewScheme {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    default_workflow: Option<String>,
    issue_type_mappings: Option<HashMap<String, String>>,
    update_draft_if_needed: Option<bool>,
}

async fn create_workflow_scheme(Json(call, body): Json<NewScheme>) -> Answer {
    let input = SchemeInput {
        name: body.name,
        description: body.description,
        default_workflow: body.default_workflow,
        mappings: body.issue_type_mappings.unwrap_or_default(),
    };
    let scheme = workflow_schemes::create(&call, &input).await?;
    let mut view = view(&call, &scheme);
    view["draft"] = false.into();
    created(view)
}

async fn get_workflow_scheme(call: Call, Path(id): Path<String>) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    call.params.flag("returnDraftIfExists", false)?;
    let mut view = view(&call, workflow_schemes::find(&call.site, path_id("id", &id)?)?);
    view["draft"] = false.into();
    ok(view)
}

async fn delete_workflow_scheme(call: Call, Path(id): Path<String>) -> Answer {
    workflow_schemes::delete(&call, path_id("id", &id)?).await?;
    no_content()
}

/// Projects that are team-managed or missing are left out.
async fn get_workflow_scheme_project_associations(call: Call) -> Answer {
    call.must_administer(ASSOCIATIONS)?;
    let ids = call.params.longs("projectId")?;
    if ids.is_empty() {
        return Err(Failure::invalid_field("projectId", "The ID of a project has to be provided.").into());
    }
    let wanted = |project: &&Project| ids.contains(&project.id) && !project.simplified && project.deleted.is_none();
    let projects: Vec<&Project> = call.site.projects.iter().filter(wanted).collect();
    let association = |scheme: &WorkflowScheme| {
        let own = projects.iter().filter(|project| project.workflow_scheme_id == scheme.id);
        let own: Vec<String> = own.map(|project| project.id.to_string()).collect();
        let mut view = view(&call, scheme);
        // The document says that the default scheme has no id here.
        if scheme.id == DEFAULT
            && let Some(members) = view.as_object_mut()
        {
            members.retain(|name, _| name != "id" && name != "self");
        }
        (!own.is_empty()).then(|| json!({ "projectIds": own, "workflowScheme": view }))
    };
    ok(json!({ "values": call.site.workflow_schemes.iter().filter_map(association).collect::<Vec<_>>() }))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Association {
    #[serde(deserialize_with = "lenient::text")]
    project_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    workflow_scheme_id: Option<String>,
}

async fn assign_scheme_to_project(Json(call, body): Json<Association>) -> Answer {
    call.must_administer(ASSOCIATIONS)?;
    let missing = || Failure::invalid_field("projectId", "The ID of a project has to be provided.");
    let project_id = body.project_id.filter(|id| !id.is_empty()).ok_or_else(missing)?;
    workflow_schemes::assign(&call, &project_id, body.workflow_scheme_id.as_deref()).await?;
    no_content()
}

async fn get_project_usages_for_workflow_scheme(call: Call, Path(id): Path<String>) -> Answer {
    if !call.access().administers() {
        return Err(workflows::refusal().into());
    }
    let scheme = workflow_schemes::find(&call.site, id.parse().unwrap_or_default())?;
    let follows = |project: &&Project| project.workflow_scheme_id == scheme.id;
    let projects = call.live_projects().filter(follows).map(|project| project.id).collect();
    let page = usages(&call, projects)?;
    ok(json!({ "workflowSchemeId": id, "projects": page }))
}
