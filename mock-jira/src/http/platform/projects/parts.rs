//! Statuses and issue types of projects.

use crate::{
    domain::{config::IssueType, failure::Failure},
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::{config, project},
    },
};
use axum::extract::Path;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Operations on statuses and types of projects.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectIdOrKey}/statuses", get_all_statuses)
        .get("/rest/api/3/project/{projectId}/hierarchy", get_hierarchy)
}

async fn get_all_statuses(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let types = call.site.issue_types_of(project).map(|kind| {
        let statuses = call.site.statuses_of(project, kind.id).map(|status| config::status_listed(&call, status));
        json!({
            "self": call.links.api(format_args!("issuetype/{}", kind.id)),
            "id": kind.id.to_string(),
            "name": kind.name,
            "subtask": kind.is_subtask(),
            "statuses": statuses.collect::<Vec<Value>>(),
        })
    });
    ok(types.collect::<Vec<Value>>())
}

/// Issue types of a team-managed project by level, the lowest first.
async fn get_hierarchy(call: Call, Path(id): Path<String>) -> Answer {
    let project = call.project(&id)?;
    if !project.simplified {
        // Recorded with these words at the end (jira.js, live suite of 2026).
        return Err(Failure::not_found(format!("The project with id '{id}' is not simplified")).into());
    }
    let mut levels: BTreeMap<i32, Vec<&IssueType>> = BTreeMap::new();
    for kind in call.site.issue_types_of(project) {
        levels.entry(kind.level).or_default().push(kind);
    }
    let levels = levels.into_iter().map(|(level, types)| {
        let types = types.into_iter().map(|kind| {
            let mut view = json!({ "id": kind.id, "name": kind.name });
            if let Some(avatar_id) = kind.avatar_id {
                view["avatarId"] = avatar_id.into();
            }
            view
        });
        json!({ "level": level, "name": project::level_name(level), "issueTypes": types.collect::<Vec<Value>>() })
    });
    ok(json!({ "projectId": project.id, "hierarchy": levels.collect::<Vec<Value>>() }))
}
