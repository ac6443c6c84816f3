//! The notification scheme of a project (observed shapes, "issue_notification_schemes").

use crate::{
    app::Context,
    db::{self, notifications::Notification},
    domain::notification::EVENTS,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::{parts, user},
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

/// Operations on the notification schemes of projects.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectKeyOrId}/notificationscheme", get_notification_scheme_for_project)
}

/// What can be expanded; each of them brings the events.
const EXPAND: [&str; 6] = ["notificationSchemeEvents", "user", "group", "projectRole", "field", "all"];

async fn get_notification_scheme_for_project(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    if !call.access().administers_project(project) {
        return Err(Context::no_project(&id_or_key).into()); // the document knows no 403 here
    }
    let mut db = call.read().await?;
    let scheme = db::notifications::of_project(&mut db, project.id).await?;
    let scheme = scheme.ok_or_else(|| Context::no_project(&id_or_key))?;
    let mut view = json!({
        "expand": EXPAND.join(","),
        "id": scheme.id,
        "self": call.links.api(format_args!("notificationscheme/{}", scheme.id)),
        "name": scheme.name,
    });
    if !scheme.description.is_empty() {
        view["description"] = scheme.description.into();
    }
    if EXPAND.iter().any(|name| call.params.expands(name)) {
        let notifications = db::notifications::list(&mut db, scheme.id).await?;
        let events = EVENTS.iter().filter_map(|event| {
            let told: Vec<Value> = notifications
                .iter()
                .filter(|notification| notification.event_id == event.id)
                .map(|notification| recipient(&call, notification))
                .collect();
            let view = json!({ "id": event.id, "name": event.name, "description": event.description });
            (!told.is_empty()).then(|| json!({ "event": view, "notifications": told }))
        });
        view["notificationSchemeEvents"] = events.collect();
    }
    ok(view)
}

fn recipient(call: &Call, notification: &Notification) -> Value {
    let mut view = json!({ "id": notification.id, "notificationType": notification.recipient });
    let Some(parameter) = notification.parameter.as_deref() else { return view };
    let group = call.site.group(parameter).filter(|_| notification.recipient == "Group");
    view["parameter"] = group.map_or(parameter, |group| group.name.as_str()).into();
    view["recipient"] = parameter.into();
    let (expand, member) = match notification.recipient.as_str() {
        "Group" => ("group", group.map(|group| user::group(call, group))),
        "User" => ("user", call.site.accounts.get(parameter).map(|account| user::short(call, account))),
        "ProjectRole" => ("projectRole", call.site.roles.parse(parameter).map(|role| parts::role(call, role))),
        "EmailAddress" => {
            view["emailAddress"] = parameter.into();
            return view;
        }
        _ => return view,
    };
    view["expand"] = expand.into();
    if let (Some(member), true) = (member, call.params.expands(expand) || call.params.expands("all")) {
        view[expand] = member;
    }
    view
}
