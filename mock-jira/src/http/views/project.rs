//! Projects, which differ by the place they are shown at (observed shapes, "projects").

use super::{config, parts, user};
use crate::{domain::config::Project, http::call::Call};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use std::{cmp::Reverse, collections::BTreeMap};

/// How long a deleted project can be restored (U-45).
const TRASH_TIME: TimeDelta = TimeDelta::days(60);

/// A project in an issue.
pub fn in_issue(call: &Call, project: &Project) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("project/{}", project.id)),
        "id": project.id.to_string(),
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.type_key,
        "simplified": project.simplified,
        "avatarUrls": avatars(call, project),
    });
    if let Some(category) = project.category_id.and_then(|id| call.site.categories.get(id)) {
        view["projectCategory"] = config::category(call, category);
    }
    view
}

/// A project that something is shared with (observed shapes, 0.5).
pub fn shared(call: &Call, project: &Project) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("project/{}", project.id)),
        "id": project.id.to_string(),
        "key": project.key,
        "assigneeType": project.assignee_type,
        "name": project.name,
        "roles": {},
        "avatarUrls": avatars(call, project),
    });
    if let Some(category) = category(call, project) {
        view["projectCategory"] = category;
    }
    view["projectTypeKey"] = project.type_key.as_str().into();
    view["simplified"] = project.simplified.into();
    view["style"] = style(project).into();
    view["properties"] = json!({});
    view
}

/// A project in a list; `description`, `lead` and others only when expanded.
pub fn listed(call: &Call, project: &Project) -> Value {
    let mut view = begin(call, project);
    if call.params.expands("description") {
        view.insert("description".into(), project.description.as_str().into());
    }
    if call.params.expands("lead") {
        add_lead(call, project, &mut view);
    }
    if call.params.expands("issueTypes") {
        add_types(call, project, &mut view);
    }
    if call.params.expands("url") {
        add_url(project, &mut view);
    }
    view.insert("name".into(), project.name.as_str().into());
    finish(call, project, view)
}

/// A project by itself (U-41).
pub fn detailed(call: &Call, project: &Project) -> Value {
    let mut view = begin(call, project);
    view.insert("description".into(), project.description.as_str().into());
    add_lead(call, project, &mut view);
    let components = call.site.components_of(project.id).map(|component| config::component(call, component));
    view.insert("components".into(), components.collect());
    add_types(call, project, &mut view);
    add_url(project, &mut view);
    view.insert("assigneeType".into(), project.assignee_type.as_str().into());
    let versions = call.site.versions_of(project.id).map(|version| parts::version(call, version));
    view.insert("versions".into(), versions.collect());
    view.insert("name".into(), project.name.as_str().into());
    view.insert("roles".into(), roles(call, project));
    if call.params.expands("issueTypeHierarchy") {
        view.insert("issueTypeHierarchy".into(), hierarchy(call, project));
    }
    finish(call, project, view)
}

/// Roles by name, each as a link to who plays it (U-30).
pub fn roles(call: &Call, project: &Project) -> Value {
    let roles = call.site.roles_of(project).map(|role| {
        (role.name.clone(), call.links.api(format_args!("project/{}/role/{}", project.id, role.id)).into())
    });
    Value::Object(roles.collect())
}

/// Issue types by level, the highest first.
fn hierarchy(call: &Call, project: &Project) -> Value {
    let mut levels: BTreeMap<Reverse<i32>, Vec<i64>> = BTreeMap::new();
    for kind in call.site.issue_types_of(project) {
        levels.entry(Reverse(kind.level)).or_default().push(kind.id);
    }
    let levels = levels.into_iter().map(|(Reverse(level), ids)| {
        json!({ "name": level_name(level), "level": level, "issueTypeIds": ids, "hierarchyLevelNumber": level })
    });
    json!({ "levels": levels.collect::<Vec<Value>>() })
}

/// The name of a level of issue types.
pub fn level_name(level: i32) -> &'static str {
    match level {
        ..0 => "Subtask",
        0 => "Base",
        1.. => "Epic",
    }
}

fn begin(call: &Call, project: &Project) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("expand".into(), "description,lead,issueTypes,url,projectKeys,permissions,insight".into());
    view.insert("self".into(), call.links.api(format_args!("project/{}", project.id)).into());
    view.insert("id".into(), project.id.to_string().into());
    view.insert("key".into(), project.key.as_str().into());
    view
}

fn add_types(call: &Call, project: &Project, view: &mut Map<String, Value>) {
    let types = call.site.issue_types_of(project).map(|kind| config::issue_type_listed(call, kind));
    view.insert("issueTypes".into(), types.collect());
}

fn add_lead(call: &Call, project: &Project, view: &mut Map<String, Value>) {
    add_person(call, "lead", project.lead.as_deref(), view);
}

fn add_person(call: &Call, member: &str, account_id: Option<&str>, view: &mut Map<String, Value>) {
    if let Some(account) = account_id.and_then(|id| call.site.accounts.get(id)) {
        view.insert(member.into(), user::lead(call, account));
    }
}

fn add_url(project: &Project, view: &mut Map<String, Value>) {
    if let Some(url) = &project.url {
        view.insert("url".into(), url.as_str().into());
    }
}

fn finish(call: &Call, project: &Project, mut view: Map<String, Value>) -> Value {
    if call.params.expands("projectKeys") {
        let keys = call.site.project_keys.iter().filter(|(_, id)| **id == project.id);
        let mut keys: Vec<&str> = keys.map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        view.insert("projectKeys".into(), keys.into());
    }
    view.insert("avatarUrls".into(), avatars(call, project));
    if let Some(category) = category(call, project) {
        view.insert("projectCategory".into(), category);
    }
    view.insert("projectTypeKey".into(), project.type_key.as_str().into());
    view.insert("simplified".into(), project.simplified.into());
    view.insert("style".into(), style(project).into());
    if call.params.expands("permissions") {
        view.insert("permissions".into(), json!({ "canEdit": call.access().administers_project(project) }));
    }
    view.insert("isPrivate".into(), project.is_private.into());
    view.insert("properties".into(), json!({}));
    if let Some(time) = project.archived {
        view.insert("archived".into(), true.into());
        view.insert("archivedDate".into(), call.time(time).into());
        add_person(call, "archivedBy", project.archived_by.as_deref(), &mut view);
    }
    if let Some(time) = project.deleted {
        view.insert("deleted".into(), true.into());
        view.insert("retentionTillDate".into(), call.time(time + TRASH_TIME).into());
        view.insert("deletedDate".into(), call.time(time).into());
        add_person(call, "deletedBy", project.deleted_by.as_deref(), &mut view);
    }
    if project.simplified {
        view.insert("entityId".into(), project.uuid.to_string().into());
        view.insert("uuid".into(), project.uuid.to_string().into());
    }
    view.into()
}

fn style(project: &Project) -> &'static str {
    if project.simplified { "next-gen" } else { "classic" }
}

/// The project's category, where the name stands before the description (observed shapes, 0.5).
fn category(call: &Call, project: &Project) -> Option<Value> {
    let mut category = config::category(call, call.site.categories.get(project.category_id?)?);
    let members = category.as_object_mut()?;
    if let Some(text) = members.shift_remove("description") {
        members.insert("description".into(), text);
    }
    Some(category)
}

/// Four sizes of the project's picture (observed shapes, 0.3).
fn avatars(call: &Call, project: &Project) -> Value {
    let url = call.links.api(format_args!("universal_avatar/view/type/project/avatar/{}", project.avatar_id));
    json!({
        "48x48": url,
        "24x24": format!("{url}?size=small"),
        "16x16": format!("{url}?size=xsmall"),
        "32x32": format!("{url}?size=medium"),
    })
}
