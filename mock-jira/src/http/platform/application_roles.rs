//! Products and who may use them (observed shapes, "application_roles").

use crate::{
    domain::{
        failure::Failure,
        people::{ApplicationRole, Group},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::user,
    },
};
use axum::extract::Path;
use serde_json::{Value, json};
use uuid::Uuid;

/// The refusal of everybody else.
const ADMINISTRATORS: &str = "Only administrators can see application roles.";

/// Operations on application roles.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/applicationrole", get_all_application_roles)
        .get("/rest/api/3/applicationrole/{key}", get_application_role)
}

async fn get_all_application_roles(call: Call) -> Answer {
    call.administers(ADMINISTRATORS)?;
    ok(call.site.application_roles.iter().map(|role| view(&call, role)).collect::<Vec<Value>>())
}

async fn get_application_role(call: Call, Path(key): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let role = call.site.application_roles.iter().find(|role| role.key == key);
    let role = role.ok_or_else(|| Failure::not_found(format!("No application role could be found with key '{key}'.")));
    ok(view(&call, role?))
}

fn view(call: &Call, role: &ApplicationRole) -> Value {
    let seats = call.site.site.settings.seats;
    let count = call.site.users_of(role);
    let groups = groups(call, &role.groups);
    let default_groups = self::groups(call, &role.default_groups);
    let names = |groups: &[&Group]| groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    let details = |groups: &[&Group]| groups.iter().map(|item| user::group(call, item)).collect::<Vec<_>>();
    json!({
        "key": role.key,
        "groups": names(&groups),
        "groupDetails": details(&groups),
        "name": role.name,
        "defaultGroups": names(&default_groups),
        "defaultGroupsDetails": details(&default_groups),
        "selectedByDefault": true,
        "defined": true,
        "numberOfSeats": seats,
        "remainingSeats": i64::from(seats) - count as i64,
        "userCount": count,
        "userCountDescription": role.count_word,
        "hasUnlimitedSeats": false,
        "platform": false,
    })
}

fn groups<'a>(call: &'a Call, ids: &[Uuid]) -> Vec<&'a Group> {
    call.site.groups.iter().filter(|group| ids.contains(&group.group_id)).collect()
}
