//! Sprints and their boards. Times are in UTC, whatever the caller's zone (observed shapes, 0.1).

use super::project;
use crate::{
    domain::sprint::{Board, Sprint},
    http::call::Call,
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// In an issue's field (J-41).
pub fn in_issue(sprint: &Sprint) -> Value {
    let mut view = json!({
        "id": sprint.id,
        "name": sprint.name,
        "state": sprint.state.as_str(),
        "boardId": sprint.board_id,
    });
    add_goal(&mut view, sprint);
    add_times(&mut view, sprint);
    view
}

/// By itself (G-11; observed shapes, "sprints").
pub fn sprint(call: &Call, sprint: &Sprint) -> Value {
    let mut view = json!({
        "id": sprint.id,
        "self": call.links.site(&format!("rest/agile/1.0/sprint/{}", sprint.id)),
        "state": sprint.state.as_str(),
        "name": sprint.name,
    });
    add_times(&mut view, sprint);
    view["createdDate"] = time(sprint.created);
    view["originBoardId"] = sprint.board_id.into();
    add_goal(&mut view, sprint);
    view
}

/// The board of sprints (G-1).
pub fn board(call: &Call, board: &Board) -> Value {
    let mut view = json!({
        "id": board.id,
        "self": call.links.site(&format!("rest/agile/1.0/board/{}", board.id)),
        "name": board.name,
        "type": board.kind,
    });
    if let Some(project) = call.site.projects.get(board.project_id) {
        view["location"] = json!({
            "projectId": project.id,
            "displayName": format!("{} ({})", project.name, project.key),
            "projectName": project.name,
            "projectKey": project.key,
            "projectTypeKey": project.type_key,
            "avatarURI": project::in_issue(call, project)["avatarUrls"]["24x24"],
            "name": format!("{} ({})", project.name, project.key),
        });
    }
    view
}

fn add_goal(view: &mut Value, sprint: &Sprint) {
    if let Some(goal) = &sprint.goal {
        view["goal"] = goal.as_str().into();
    }
}

fn add_times(view: &mut Value, sprint: &Sprint) {
    let times = [("startDate", sprint.started), ("endDate", sprint.ends), ("completeDate", sprint.completed)];
    for (name, at) in times {
        if let Some(at) = at {
            view[name] = time(at);
        }
    }
}

fn time(at: DateTime<Utc>) -> Value {
    at.to_rfc3339_opts(SecondsFormat::Millis, true).into()
}
