//! Groups (U-20).

use super::{by_name, marked, may_browse, must_browse};
use crate::{
    domain::{
        failure::{Failure, Result},
        people::{Account, Group},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::user,
    },
};
use serde_json::{Value, json};

/// Operations on groups.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/group/member", get_users_from_group)
        .get("/rest/api/3/group/bulk", bulk_get_groups)
        .get("/rest/api/3/groups/picker", find_groups)
}

async fn get_users_from_group(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let with_inactive = call.params.flag("includeInactiveUsers", false)?;
    must_browse(&call)?;
    let group = named(&call)?;
    let mut members: Vec<&Account> = by_name(&call);
    members.retain(|account| {
        (account.active || with_inactive)
            && call.site.memberships.get(&account.account_id).is_some_and(|ids| ids.contains(&group.group_id))
    });
    ok(listed(&call, "group/member", window, members, |account| user::person(&call, Some(&account.account_id))))
}

/// The group that `groupId` or `groupname` names.
fn named(call: &Call) -> Result<&Group> {
    let (id, name) = (call.params.text("groupId"), call.params.text("groupname"));
    let (found, what) = match (id, name) {
        (Some(id), _) => (call.site.groups.iter().find(|group| group.group_id.to_string() == id), id),
        (None, Some(name)) => (call.site.groups.iter().find(|group| group.name == name), name),
        (None, None) => return Err(Failure::invalid("Either the group name or the group ID must be provided.")),
    };
    found.ok_or_else(|| Failure::not_found(format!("The group named '{what}' does not exist.")))
}

/// In the order of their ids (observed shapes, 0.7), with nothing but name and id.
async fn bulk_get_groups(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    must_browse(&call)?;
    let (ids, names) = (call.params.list("groupId"), call.params.list("groupName"));
    let permission = match call.params.text("accessType") {
        None | Some("user") => None,
        Some("admin") => Some("ADMINISTER"),
        Some("site-admin") => Some("SYSTEM_ADMIN"),
        Some(other) => {
            return Err(Failure::invalid(format!("'{other}' is not a valid access type.")).into());
        }
    };
    let of_product = call.params.text("accessType") == Some("user") || call.params.text("applicationKey").is_some();
    let software = call.params.text("applicationKey").is_none_or(|key| key == "jira-software");
    let holds = |group: &Group, permission: &str| {
        let mut grants = call.site.global_grants.iter();
        grants.any(|grant| grant.permission == permission && grant.group_id == Some(group.group_id))
    };
    let wanted = |group: &&Group| {
        (ids.is_empty() && names.is_empty() || ids.contains(&group.group_id.to_string()) || names.contains(&group.name))
            && permission.is_none_or(|permission| holds(group, permission))
            && (!of_product || (software && call.site.product_groups.contains(&group.group_id)))
    };
    let mut groups: Vec<&Group> = call.site.groups.iter().filter(wanted).collect();
    groups.sort_by_key(|group| group.group_id);
    ok(listed(&call, "group/bulk", window, groups, |group| json!({ "name": group.name, "groupId": group.group_id })))
}

async fn find_groups(call: Call) -> Answer {
    let most = call.params.int("maxResults")?.unwrap_or(20).clamp(0, 1000);
    let ignore_case = call.params.flag("caseInsensitive", false)?;
    let query = call.params.text("query").unwrap_or_default();
    let (excluded, excluded_ids) = (call.params.list("exclude"), call.params.list("excludeId"));
    let of_account = call.params.text("accountId").map(|id| call.site.memberships.get(id));
    let found = |group: &Group| match (may_browse(&call), ignore_case) {
        // Who may not browse groups finds only those whose name is known already.
        (false, _) => call.caller.account.is_some() && group.name == query,
        (true, true) => group.name.to_lowercase().contains(&query.to_lowercase()),
        (true, false) => group.name.contains(query),
    };
    let wanted = |group: &&Group| {
        !excluded.contains(&group.name)
            && !excluded_ids.contains(&group.group_id.to_string())
            && of_account.is_none_or(|ids| ids.is_some_and(|ids| ids.contains(&group.group_id)))
            && found(group)
    };
    let groups: Vec<&Group> = call.site.groups.iter().filter(wanted).collect();
    let total = groups.len();
    let shown = groups.into_iter().take(usize::try_from(most).unwrap_or(0));
    let groups: Vec<Value> = shown.map(|group| picked(group, query)).collect();
    let header = format!("Showing {} of {total} matching groups", groups.len());
    ok(json!({ "header": header, "total": total, "groups": groups }))
}

fn picked(group: &Group, query: &str) -> Value {
    json!({ "name": group.name, "html": marked(&group.name, query), "labels": [], "groupId": group.group_id })
}
