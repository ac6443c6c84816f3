//! Statuses, priorities, issue types and other configuration.

use crate::{
    domain::{
        config::{
            Component, FieldOption, IssueLinkType, IssueType, IssueTypeScheme, Priority, ProjectCategory, Resolution,
            Status, StatusCategory, Version,
        },
        priority_scheme::PriorityScheme,
        security::SecurityLevel,
    },
    http::call::Call,
};
use serde_json::{Value, json};

/// A status category; its id is a number (T-11).
pub fn status_category(call: &Call, category: &StatusCategory) -> Value {
    json!({
        "self": call.links.api(format_args!("statuscategory/{}", category.id)),
        "id": category.id,
        "key": category.key,
        "colorName": category.color,
        "name": category.name,
    })
}

/// A status in an issue or a transition.
pub fn status(call: &Call, status: &Status) -> Value {
    json!({
        "self": call.links.api(format_args!("status/{}", status.id)),
        "description": status.description,
        "iconUrl": call.links.site(&status.icon),
        "name": status.name,
        "id": status.id.to_string(),
        "statusCategory": status_category(call, status.category()),
    })
}

/// A status in `GET /status`, which also has an untranslated name and a scope.
pub fn status_listed(call: &Call, status: &Status) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("status/{}", status.id)),
        "description": status.description,
        "iconUrl": call.links.site(&status.icon),
        "name": status.name,
        "untranslatedName": status.name,
        "id": status.id.to_string(),
        "statusCategory": status_category(call, status.category()),
    });
    add_scope(&mut view, status.project_id);
    view
}

/// A status in `/statuses`, which speaks another dialect than `/status` (U-47).
pub fn status_managed(status: &Status) -> Value {
    let scope = match status.project_id {
        Some(id) => json!({ "type": "PROJECT", "project": { "id": id.to_string() } }),
        None => json!({ "type": "GLOBAL" }),
    };
    json!({
        "id": status.id.to_string(),
        "name": status.name,
        "statusCategory": status.category().statuses_key,
        "scope": scope,
        "description": status.description,
    })
}

/// A priority in an issue.
pub fn priority(call: &Call, priority: &Priority) -> Value {
    json!({
        "self": call.links.api(format_args!("priority/{}", priority.id)),
        "iconUrl": priority_icon(call, priority),
        "name": priority.name,
        "id": priority.id.to_string(),
    })
}

/// A priority by itself.
pub fn priority_listed(call: &Call, priority: &Priority) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("priority/{}", priority.id)),
        "statusColor": priority.status_color,
        "description": priority.description,
        "iconUrl": priority_icon(call, priority),
        "name": priority.name,
        "id": priority.id.to_string(),
    });
    if let Some(id) = priority.avatar_id {
        view["avatarId"] = id.into();
    }
    view
}

fn priority_icon(call: &Call, priority: &Priority) -> String {
    match priority.avatar_id {
        Some(id) => call.links.api2(format_args!("universal_avatar/view/type/priority/avatar/{id}?size=medium")),
        None if priority.icon.contains("://") => priority.icon.clone(),
        None => call.links.site(&priority.icon),
    }
}

/// A priority in a scheme.
pub fn priority_in_scheme(call: &Call, scheme: Option<&PriorityScheme>, priority: &Priority) -> Value {
    let is_default = scheme.is_some_and(|scheme| scheme.default_priority_id == Some(priority.id));
    json!({
        "self": call.links.api(format_args!("priority/{}", priority.id)),
        "statusColor": priority.status_color,
        "description": priority.description,
        "iconUrl": priority_icon(call, priority),
        "name": priority.name,
        "id": priority.id.to_string(),
        "isDefault": is_default,
        "sequence": priority.position.to_string(),
    })
}

/// A priority scheme.
pub fn priority_scheme(call: &Call, scheme: &PriorityScheme) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("priorityscheme/{}", scheme.id)),
        "id": scheme.id.to_string(),
        "name": scheme.name,
        "description": scheme.description,
        "isDefault": scheme.is_default,
    });
    if let Some(id) = scheme.default_priority_id {
        view["defaultPriorityId"] = id.to_string().into();
    }
    view
}

/// An issue type scheme; what it does not have is absent (observed shapes, "issue_type_schemes").
pub fn issue_type_scheme(scheme: &IssueTypeScheme) -> Value {
    let mut view = json!({ "id": scheme.id.to_string(), "name": scheme.name });
    if !scheme.description.is_empty() {
        view["description"] = scheme.description.as_str().into();
    }
    if let Some(id) = scheme.default_type_id {
        view["defaultIssueTypeId"] = id.to_string().into();
    }
    if scheme.is_default {
        view["isDefault"] = true.into();
    }
    view
}

/// A priority in a search; which is the default is not told there (U-48).
pub fn priority_found(call: &Call, priority: &Priority) -> Value {
    let mut view = priority_listed(call, priority);
    view["isDefault"] = false.into();
    view
}

/// A resolution in a search.
pub fn resolution_found(call: &Call, found: &Resolution) -> Value {
    let mut view = resolution(call, found);
    view["isDefault"] = found.is_default.into();
    view
}

/// A resolution.
pub fn resolution(call: &Call, resolution: &Resolution) -> Value {
    json!({
        "self": call.links.api(format_args!("resolution/{}", resolution.id)),
        "id": resolution.id.to_string(),
        "description": resolution.description,
        "name": resolution.name,
    })
}

/// An issue type in an issue.
pub fn issue_type(call: &Call, kind: &IssueType) -> Value {
    let mut view = issue_type_named(call, kind);
    add_kind(&mut view, kind);
    view
}

/// An issue type in `GET /issuetype` and in a project.
pub fn issue_type_listed(call: &Call, kind: &IssueType) -> Value {
    let mut view = issue_type_named(call, kind);
    view["untranslatedName"] = kind.name.as_str().into();
    add_kind(&mut view, kind);
    add_scope(&mut view, kind.project_id);
    view
}

fn issue_type_named(call: &Call, kind: &IssueType) -> Value {
    let icon = match kind.avatar_id {
        Some(id) => call.links.api2(format_args!("universal_avatar/view/type/issuetype/avatar/{id}?size=medium")),
        None => call.links.site(&kind.icon),
    };
    json!({
        "self": call.links.api(format_args!("issuetype/{}", kind.id)),
        "id": kind.id.to_string(),
        "description": kind.description,
        "iconUrl": icon,
        "name": kind.name,
    })
}

fn add_kind(view: &mut Value, kind: &IssueType) {
    view["subtask"] = kind.is_subtask().into();
    if let Some(id) = kind.avatar_id {
        view["avatarId"] = id.into();
    }
    view["hierarchyLevel"] = kind.level.into();
}

/// A version in an issue.
pub fn version(call: &Call, version: &Version) -> Value {
    let mut view =
        json!({ "self": call.links.api(format_args!("version/{}", version.id)), "id": version.id.to_string() });
    if let Some(description) = &version.description {
        view["description"] = description.as_str().into();
    }
    view["name"] = version.name.as_str().into();
    view["archived"] = version.archived.into();
    view["released"] = version.released.into();
    if let Some(date) = version.release_date {
        view["releaseDate"] = date.to_string().into();
    }
    view
}

/// A component in an issue.
pub fn component(call: &Call, component: &Component) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("component/{}", component.id)),
        "id": component.id.to_string(),
        "name": component.name,
    });
    if let Some(description) = &component.description {
        view["description"] = description.as_str().into();
    }
    view
}

/// An option of a select field.
pub fn option(call: &Call, option: &FieldOption) -> Value {
    json!({
        "self": call.links.api(format_args!("customFieldOption/{}", option.id)),
        "value": option.value,
        "id": option.id.to_string(),
    })
}

/// A type of link.
pub fn link_type(call: &Call, kind: &IssueLinkType) -> Value {
    json!({
        "id": kind.id.to_string(),
        "name": kind.name,
        "inward": kind.inward,
        "outward": kind.outward,
        "self": call.links.api(format_args!("issueLinkType/{}", kind.id)),
    })
}

/// A project category; in issues the description stands before the name (observed shapes, 0.5).
pub fn category(call: &Call, category: &ProjectCategory) -> Value {
    json!({
        "self": call.links.api(format_args!("projectCategory/{}", category.id)),
        "id": category.id.to_string(),
        "description": category.description,
        "name": category.name,
    })
}

/// Says that a thing belongs to one team-managed project.
pub fn add_scope(view: &mut Value, project_id: Option<i64>) {
    if let Some(id) = project_id {
        view["scope"] = json!({ "type": "PROJECT", "project": { "id": id.to_string() } });
    }
}

/// A security level as issues and projects show it (J-37).
pub fn security_level(call: &Call, level: &SecurityLevel) -> Value {
    json!({
        "self": call.links.api(format_args!("securitylevel/{}", level.id)),
        "id": level.id.to_string(),
        "description": level.description,
        "name": level.name,
    })
}
