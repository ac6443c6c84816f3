//! Groups and who is in them (U-20).

use super::{by_name, marked, may_browse, must_browse};
use crate::{
    app::groups::{self, no_group},
    domain::{
        failure::{Failure, Result},
        people::{Account, Group},
    },
    http::{
        answer::{Answer, created, ok},
        body::{Json, lenient},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::user,
    },
};
use axum::{http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on groups.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/group", get_group)
        .post("/rest/api/3/group", create_group)
        .delete("/rest/api/3/group", remove_group)
        .post("/rest/api/3/group/user", add_user_to_group)
        .delete("/rest/api/3/group/user", remove_user_from_group)
        .get("/rest/api/3/group/member", get_users_from_group)
        .get("/rest/api/3/group/bulk", bulk_get_groups)
        .get("/rest/api/3/groups/picker", find_groups)
}

async fn get_group(call: Call) -> Answer {
    must_browse(&call)?;
    ok(view(&call, named(&call)?))
}

#[derive(Debug, Deserialize)]
struct NewGroup {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
}

async fn create_group(Json(call, body): Json<NewGroup>) -> Answer {
    let group = groups::create(&call, body.name.as_deref()).await?;
    created(view(&call, &group))
}

async fn remove_group(call: Call) -> Answer {
    groups::delete(&call, named(&call), wanted(&call, "swapGroupId", "swapGroup")).await?;
    Ok(StatusCode::OK.into_response())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    #[serde(default, deserialize_with = "lenient::text")]
    account_id: Option<String>,
}

async fn add_user_to_group(Json(call, member): Json<Member>) -> Answer {
    let group = groups::add(&call, named(&call), member.account_id.as_deref()).await?;
    let call = call.fresher(Failure::Stale).await?;
    created(view(&call, &group))
}

async fn remove_user_from_group(call: Call) -> Answer {
    groups::remove(&call, named(&call), call.params.text("accountId")).await?;
    Ok(StatusCode::OK.into_response())
}

/// A group by itself, with its members where they are asked for.
fn view(call: &Call, group: &Group) -> Value {
    let members = members(call, group, true);
    let (first, last) = asked_members(call).unwrap_or((0, 0));
    let size = members.len();
    let shown = members.into_iter().skip(first).take(last.saturating_sub(first));
    let items: Vec<Value> = shown.map(|account| user::person(call, Some(&account.account_id))).collect();
    let mut view = user::group(call, group);
    view["users"] = json!({
        "size": size,
        "max-results": MEMBERS,
        "start-index": first.min(size),
        "end-index": first.min(size) + items.len().saturating_sub(1),
        "items": items,
    });
    view["expand"] = "users".into();
    view
}

/// Most members that a group by itself comes with.
const MEMBERS: usize = 50;

/// From which member on, and up to which, `expand=users` asks for: `users[51:100]` counts from nought and includes both.
fn asked_members(call: &Call) -> Option<(usize, usize)> {
    let expand = call.params.list("expand").into_iter().find(|item| item.starts_with("users"))?;
    let range = expand.strip_prefix("users[").and_then(|range| range.strip_suffix(']')?.split_once(':'));
    let Some((first, last)) = range else { return Some((0, MEMBERS)) };
    let first: usize = first.trim().parse().ok()?;
    let last: usize = last.trim().parse().ok()?;
    Some((first, last.saturating_add(1).min(first.saturating_add(MEMBERS))))
}

/// The members of a group, by name.
fn members<'a>(call: &'a Call, group: &Group, with_inactive: bool) -> Vec<&'a Account> {
    let mut members = by_name(call);
    members.retain(|account| {
        (account.active || with_inactive)
            && call.site.memberships.get(&account.account_id).is_some_and(|ids| ids.contains(&group.group_id))
    });
    members
}

async fn get_users_from_group(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let with_inactive = call.params.flag("includeInactiveUsers", false)?;
    must_browse(&call)?;
    let members = members(&call, named(&call)?, with_inactive);
    ok(listed(&call, "group/member", window, members, |account| user::person(&call, Some(&account.account_id))))
}

/// The group that `groupId` or `groupname` names.
fn named(call: &Call) -> Result<&Group> {
    let group = wanted(call, "groupId", "groupname")?;
    group.ok_or_else(|| Failure::invalid("Either the group name or the group ID must be provided."))
}

/// The group that one of two parameters names, if one is given.
fn wanted<'a>(call: &'a Call, by_id: &str, by_name: &str) -> Result<Option<&'a Group>> {
    let mut groups = call.site.groups.iter();
    let (found, what) = match (call.params.text(by_id), call.params.text(by_name)) {
        (Some(_), Some(_)) => {
            return Err(Failure::invalid(format!("The parameters '{by_id}' and '{by_name}' can't be used together.")));
        }
        (Some(id), None) => (groups.find(|group| group.group_id.to_string() == id), id),
        (None, Some(name)) => (groups.find(|group| group.name == name), name),
        (None, None) => return Ok(None),
    };
    found.map(Some).ok_or_else(|| no_group(what))
}

/// In the order of their ids (observed shapes, 0.7), with nothing but name and id.
async fn bulk_get_groups(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    if !may_browse(&call) {
        return Err(Failure::forbidden("Browse users and groups permission is required to view groups.").into());
    }
    let (ids, names) = (call.params.list("groupId"), call.params.list("groupName"));
    let permission = match call.params.text("accessType") {
        None | Some("user") => None,
        Some("admin") => Some("ADMINISTER"),
        Some("site-admin") => Some("SYSTEM_ADMIN"),
        Some(other) => {
            return Err(Failure::invalid(format!("'{other}' is not a valid access type.")).into());
        }
    };
    let product = call.params.text("applicationKey");
    let of_product = call.params.text("accessType") == Some("user") || product.is_some();
    let uses = |group: &Group| {
        let mut roles = call.site.application_roles.iter().filter(|role| product.is_none_or(|key| key == role.key));
        roles.any(|role| role.groups.contains(&group.group_id))
    };
    let holds = |group: &Group, permission: &str| {
        let mut grants = call.site.global_grants.iter();
        grants.any(|grant| grant.permission == permission && grant.group_id == Some(group.group_id))
    };
    let wanted = |group: &&Group| {
        (ids.is_empty() && names.is_empty() || ids.contains(&group.group_id.to_string()) || names.contains(&group.name))
            && permission.is_none_or(|permission| holds(group, permission))
            && (!of_product || uses(group))
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
    let groups = matching(&call, query, ignore_case)
        .filter(|group| !excluded.contains(&group.name) && !excluded_ids.contains(&group.group_id.to_string()));
    ok(suggested(groups.collect(), query, most))
}

/// Groups with this in their name. Who may not browse groups finds only those whose name is known already.
pub fn matching<'a>(call: &'a Call, query: &'a str, ignore_case: bool) -> impl Iterator<Item = &'a Group> {
    let (browses, somebody, lower) = (may_browse(call), call.caller.account.is_some(), query.to_lowercase());
    call.site.groups.iter().filter(move |group| match (browses, ignore_case) {
        (false, _) => somebody && group.name == query,
        (true, true) => group.name.to_lowercase().contains(&lower),
        (true, false) => group.name.contains(query),
    })
}

/// Groups as suggestions, with what was found in their names marked.
pub fn suggested(groups: Vec<&Group>, query: &str, most: i64) -> Value {
    let total = groups.len();
    let view = |group: &Group| json!({ "name": group.name, "html": marked(&group.name, query, "b"), "labels": [], "groupId": group.group_id });
    let shown: Vec<Value> = groups.into_iter().take(usize::try_from(most).unwrap_or(0)).map(view).collect();
    json!({ "header": format!("Showing {} of {total} matching groups", shown.len()), "total": total, "groups": shown })
}
