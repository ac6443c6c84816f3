//! What workflows were.

use super::{find, must_see_some};
use crate::{
    db,
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, ok},
        body::Json,
        call::Call,
        routes::Routes,
        views::workflow as views,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on the past of workflows.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/workflow/history", read_workflow_from_history)
        .post("/rest/api/3/workflow/history/list", list_workflow_history)
}

/// How long versions can be read.
const KEPT: TimeDelta = TimeDelta::days(60);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WantedHistory {
    workflow_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WantedVersion {
    workflow_id: Option<String>,
    version: Option<i64>,
}

/// The versions of a workflow that can be read, the newest first.
async fn versions(call: &Call, id: Option<String>) -> Result<Vec<db::workflows::Version>> {
    must_see_some(call)?;
    let id = id.ok_or_else(|| Failure::invalid("workflowId : must not be null"))?;
    // The document knows no 404 here.
    let workflow = find(call, &id).map_err(|_| Failure::invalid("The workflow was not found."))?;
    Ok(db::workflows::versions(&mut call.read().await?, &workflow.id, call.now - KEPT).await?)
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

async fn list_workflow_history(Json(call, wanted): Json<WantedHistory>) -> Answer {
    let id = wanted.workflow_id.clone();
    let versions = versions(&call, wanted.workflow_id).await?;
    let with_intermediate = call.params.expands("includeIntermediateWorkflows");
    let shown = versions.iter().filter(|version| with_intermediate || !version.intermediate);
    let entry = |version: &db::workflows::Version| {
        json!({
            "workflowId": id,
            "workflowVersion": version.revision.number,
            "writtenAt": time(version.written),
            "isIntermediate": version.intermediate,
        })
    };
    ok(json!({ "entries": shown.map(entry).collect::<Vec<_>>() }))
}

async fn read_workflow_from_history(Json(call, wanted): Json<WantedVersion>) -> Answer {
    let number = wanted.version.ok_or_else(|| Failure::invalid("version : must not be null"))?;
    let id = wanted.workflow_id.clone();
    let versions = versions(&call, wanted.workflow_id).await?;
    let version = versions.iter().find(|version| version.revision.number == number);
    let version = version.ok_or_else(|| Failure::invalid("The version of the workflow was not found."))?;
    let workflow = id.as_deref().and_then(|id| call.site.workflows.get(id));
    let mut view = json!({
        "id": id,
        "name": version.name,
        "description": version.description,
        "scope": views::scope(workflow.and_then(|workflow| workflow.project_id)),
    });
    views::define(&mut view, &version.definition, version.revision);
    if let Some(created) = workflow.and_then(|workflow| workflow.created) {
        view["created"] = time(created).into();
    }
    view["updated"] = time(version.written).into();
    if let Some(author) = &version.author {
        view["lastUpdateAuthorAAID"] = author.as_str().into();
    }
    let statuses: Vec<Value> = version.statuses.iter().map(views::declared).collect();
    ok(json!({ "statuses": statuses, "workflows": [view] }))
}
