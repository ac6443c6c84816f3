//! Versions, components and roles of projects, by themselves.

use super::{config, user};
use crate::{
    domain::{
        assignment,
        config::{Component, Project, Role, RoleActor, Version},
    },
    http::call::Call,
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Value, json};

/// A version (observed shapes, "project_versions").
pub fn version(call: &Call, version: &Version) -> Value {
    let mut view = config::version(call, version);
    if let Some(date) = version.start_date {
        view["startDate"] = date.to_string().into();
    }
    if let (Some(date), false) = (version.release_date, version.released) {
        view["overdue"] = (date < call.now.date_naive()).into();
    }
    for (member, date) in [("userStartDate", version.start_date), ("userReleaseDate", version.release_date)] {
        if let Some(date) = date {
            view[member] = user_date(call, date).into();
        }
    }
    view["projectId"] = version.project_id.into();
    view
}

/// A day as midnight in UTC and in the caller's zone: one day early in the west, as Jira does.
fn user_date(call: &Call, date: NaiveDate) -> String {
    let midnight = DateTime::<Utc>::from_naive_utc_and_offset(date.and_time(NaiveTime::MIN), Utc);
    midnight.with_timezone(&call.caller.time_zone()).format("%d/%b/%y").to_string()
}

/// A component with the people that its issues go to.
pub fn component(call: &Call, project: &Project, component: &Component) -> Value {
    let mut view = config::component(call, component);
    let person = |id: Option<&str>| id.and_then(|id| call.site.accounts.get(id));
    let shown = |id: Option<&str>| person(id).map(|account| user::short(call, account));
    let (real, real_assignee) = assignment::real(&call.site, project, component);
    let mut add = |member: &str, value: Option<Value>| {
        if let (Some(view), Some(value)) = (view.as_object_mut(), value) {
            view.insert(member.into(), value);
        }
    };
    add("lead", shown(component.lead.as_deref()));
    add("assigneeType", Some(component.assignee_type.as_str().into()));
    add("assignee", shown(assignment::nominal(project, component)));
    add("realAssigneeType", Some(real.into()));
    add("realAssignee", shown(real_assignee));
    add("isAssigneeTypeValid", Some((real == component.assignee_type).into()));
    add("project", Some(project.key.as_str().into()));
    add("projectId", Some(project.id.into()));
    view
}

/// A component in a page: all of it twice, once as `componentBean`, and the number of its issues.
pub fn component_counted(call: &Call, project: &Project, counted: &Component, issues: i64) -> Value {
    let whole = component(call, project, counted);
    let mut view = json!({ "componentBean": whole.clone(), "issueCount": issues });
    if let (Some(view), Value::Object(members)) = (view.as_object_mut(), whole) {
        view.extend(members);
    }
    view
}

/// A role in the list of roles.
pub fn role(call: &Call, role: &Role) -> Value {
    role_at(call, role, &format!("role/{}", role.id))
}

/// A role with who plays it, by name (U-30).
pub fn role_played<'a>(call: &Call, role: &Role, path: &str, actors: impl Iterator<Item = &'a RoleActor>) -> Value {
    let mut view = role_at(call, role, path);
    view["actors"] = actors_listed(call, actors);
    view
}

/// Who plays a role in new projects; of the role itself nothing is told.
pub fn actors<'a>(call: &Call, actors: impl Iterator<Item = &'a RoleActor>) -> Value {
    json!({ "actors": actors_listed(call, actors) })
}

/// A role in the list of a project's roles.
pub fn role_detailed(call: &Call, project: &Project, role: &Role) -> Value {
    let mut view = role_at(call, role, &format!("project/{}/role/{}", project.id, role.id));
    view["admin"] = role.name.starts_with("Administrator").into();
    view["default"] = false.into();
    view["roleConfigurable"] = true.into();
    view["translatedName"] = role.name.as_str().into();
    view["type"] = "DEFAULT".into();
    view
}

fn actors_listed<'a>(call: &Call, actors: impl Iterator<Item = &'a RoleActor>) -> Value {
    let mut actors: Vec<Value> = actors.filter_map(|actor| self::actor(call, actor)).collect();
    actors.sort_by_cached_key(|actor| actor["displayName"].as_str().unwrap_or_default().to_lowercase());
    actors.into()
}

fn role_at(call: &Call, role: &Role, path: &str) -> Value {
    let mut view =
        json!({ "self": call.links.api(path), "name": role.name, "id": role.id, "description": role.description });
    config::add_scope(&mut view, role.project_id);
    view
}

fn actor(call: &Call, actor: &RoleActor) -> Option<Value> {
    if let Some(account) = actor.account_id.as_ref().and_then(|id| call.site.accounts.get(id)) {
        return Some(json!({
            "id": actor.id,
            "displayName": account.display_name,
            "type": "atlassian-user-role-actor",
            "actorUser": { "accountId": account.account_id },
        }));
    }
    let group = call.site.groups.iter().find(|group| Some(group.group_id) == actor.group_id)?;
    Some(json!({
        "id": actor.id,
        "displayName": group.name,
        "type": "atlassian-group-role-actor",
        "name": group.name,
        "actorGroup": { "name": group.name, "displayName": group.name, "groupId": group.group_id },
    }))
}
