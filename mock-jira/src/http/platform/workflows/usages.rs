//! Who follows a workflow.

use super::find;
use crate::http::{
    answer::{Answer, ok},
    call::Call,
    page::usages,
    routes::Routes,
};
use axum::extract::Path;
use serde_json::json;

/// Operations on the usages of workflows.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/workflow/{workflowId}/projectUsages", get_project_usages_for_workflow)
        .get("/rest/api/3/workflow/{workflowId}/workflowSchemes", get_workflow_scheme_usages_for_workflow)
        .get(
            "/rest/api/3/workflow/{workflowId}/project/{projectId}/issueTypeUsages",
            get_workflow_project_issue_type_usages,
        )
}

async fn get_project_usages_for_workflow(call: Call, Path(id): Path<String>) -> Answer {
    let workflow = find(&call, &id)?;
    let follows = |project: &i64| call.live_projects().any(|live| live.id == *project);
    let projects = call.site.projects_with(&workflow.id).map(|project| project.id).filter(follows).collect();
    ok(json!({ "workflowId": id, "projects": usages(&call, projects)? }))
}

async fn get_workflow_scheme_usages_for_workflow(call: Call, Path(id): Path<String>) -> Answer {
    let workflow = find(&call, &id)?;
    let schemes = call.site.schemes_with(&workflow.id).map(|scheme| scheme.id).collect();
    ok(json!({ "workflowId": id, "workflowSchemes": usages(&call, schemes)? }))
}

async fn get_workflow_project_issue_type_usages(call: Call, Path((id, project_id)): Path<(String, String)>) -> Answer {
    let workflow = find(&call, &id)?;
    let project = call.project(&project_id)?;
    let types = call.site.types_with(project, &workflow.id).map(|kind| kind.id).collect();
    let page = usages(&call, types)?;
    ok(json!({ "workflowId": id, "projectId": project.id.to_string(), "issueTypes": page }))
}
