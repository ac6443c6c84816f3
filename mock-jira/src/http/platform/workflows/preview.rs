//! Workflows of a project, for who may look at them but not change them.

use crate::{
    app::workflows::refusal,
    domain::{
        config::StoredWorkflow,
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, ok},
        body::Json,
        routes::Routes,
        views::workflow as views,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Looking at workflows.
pub fn routes() -> Routes {
    Routes::default().post("/rest/api/3/workflows/preview", read_workflow_previews)
}

/// Most ids or names of a kind.
const MOST: usize = 25;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wanted {
    project_id: String,
    workflow_ids: Option<Vec<String>>,
    workflow_names: Option<Vec<String>>,
    issue_type_ids: Option<Vec<String>>,
}

/// A workflow that was found, with the types that it was found by.
struct Found<'a> {
    workflow: &'a StoredWorkflow,
    types: Vec<String>,
}

async fn read_workflow_previews(Json(call, wanted): Json<Wanted>) -> Answer {
    let project = call.project(&wanted.project_id)?;
    let may = |key: &str| call.access().project(project, key);
    if !may("ADMINISTER_PROJECTS") && !may("VIEW_READONLY_WORKFLOW") && !call.access().administers() {
        return Err(refusal().into());
    }
    let ids = limited("workflowIds", wanted.workflow_ids)?;
    let names = limited("workflowNames", wanted.workflow_names)?;
    let types = limited("issueTypeIds", wanted.issue_type_ids)?;
    if ids.is_empty() && names.is_empty() && types.is_empty() {
        let sentence = "At least one of workflowIds, workflowNames and issueTypeIds must be provided.";
        return Err(Failure::invalid(sentence).into());
    }
    let kinds: Vec<i64> = call.site.issue_types_of(project).map(|kind| kind.id).collect();
    let followed = || kinds.iter().filter_map(|kind| call.site.workflow_of(project, *kind));
    let missing = || Failure::not_found("The workflow was not found.");
    let mut found: Vec<Found> = Vec::new();
    let mut add = |workflow: Option<&'_ StoredWorkflow>| -> Result<usize> {
        // The site's, so that it outlives the closure.
        let workflow = call.site.workflows.get(&workflow.ok_or_else(missing)?.id).ok_or_else(missing)?;
        Ok(found.iter().position(|one| one.workflow.id == workflow.id).unwrap_or_else(|| {
            found.push(Found { workflow, types: Vec::new() });
            found.len() - 1
        }))
    };
    for id in &ids {
        add(followed().find(|workflow| workflow.id == *id))?;
    }
    for name in &names {
        add(followed().find(|workflow| workflow.name == *name))?;
    }
    let mut places = Vec::new();
    for kind in types {
        let id = kind.parse().ok().filter(|id| kinds.contains(id));
        places.push((add(id.and_then(|id| call.site.workflow_of(project, id)))?, kind));
    }
    for (place, kind) in places {
        if !found[place].types.contains(&kind) {
            found[place].types.push(kind);
        }
    }
    let mut statuses = views::statuses(&call.site, found.iter().map(|one| one.workflow));
    for status in &mut statuses {
        status["rawName"] = status["name"].clone();
    }
    let workflows: Vec<Value> = found
        .iter()
        .map(|one| {
            let mut view = views::preview(one.workflow);
            if !one.types.is_empty() {
                view["queryContext"] = json!([{ "project": project.id.to_string(), "issueTypes": one.types }]);
            }
            view
        })
        .collect();
    ok(json!({ "statuses": statuses, "workflows": workflows }))
}

fn limited(name: &str, items: Option<Vec<String>>) -> Result<Vec<String>> {
    let items = items.unwrap_or_default();
    if items.len() > MOST {
        return Err(Failure::invalid(format!("{name} : size must be between 0 and {MOST}")));
    }
    Ok(items)
}
