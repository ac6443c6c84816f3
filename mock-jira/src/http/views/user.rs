//! Accounts and groups, which differ by the place they are shown at (observed shapes, 0.4).

use crate::{
    domain::people::{Account, Group},
    http::call::Call,
};
use serde_json::{Map, Value, json};

/// Authors, assignees, reporters, watchers: the full form. Nobody is null.
pub fn person(call: &Call, account_id: Option<&str>) -> Value {
    let Some(account) = account_id.and_then(|id| call.site.accounts.get(id)) else { return Value::Null };
    let mut user = begin(call, account);
    email(call, account, &mut user);
    looks(call, account, &mut user);
    user.insert("timeZone".into(), account.time_zone.name().into());
    user.insert("accountType".into(), account.account_type.as_str().into());
    user.into()
}

/// Voters, owners of filters, leads of components: the short form.
pub fn short(call: &Call, account: &Account) -> Value {
    let mut user = begin(call, account);
    looks(call, account, &mut user);
    user.into()
}

/// Owners of dashboards, whose pictures stand last and from the smallest (observed shapes, 0.3, 0.4).
pub fn dashboard_owner(call: &Call, account: &Account) -> Value {
    let url = picture(call, account);
    json!({
        "self": call.links.api(format_args!("user?accountId={}", account.account_id)),
        "displayName": account.display_name,
        "active": account.active,
        "accountId": account.account_id,
        "avatarUrls": { "16x16": url, "24x24": url, "32x32": url, "48x48": url },
    })
}

/// Leads of projects.
pub fn lead(call: &Call, account: &Account) -> Value {
    let mut user = begin(call, account);
    user.insert("accountType".into(), account.account_type.as_str().into());
    looks(call, account, &mut user);
    user.into()
}

/// Lists of users: no time zone, and a locale on people only.
pub fn listed(call: &Call, account: &Account) -> Value {
    let mut user = listed_form(call, account);
    if account.account_type != "app" {
        user.insert("locale".into(), account.locale.as_str().into());
    }
    user.into()
}

/// An account by itself; `groups` and `applicationRoles` are filled when expanded (U-5).
pub fn detailed(call: &Call, account: &Account) -> Value {
    let mut user = listed_form(call, account);
    user.insert("timeZone".into(), account.time_zone.name().into());
    user.insert("locale".into(), account.locale.as_str().into());
    let groups = call.site.groups_of(&account.account_id);
    let memberships = call.site.memberships.get(&account.account_id);
    let products = memberships.into_iter().flat_map(|groups| call.site.products(groups));
    let sized = |expand: &str, items: Vec<Value>| {
        let size = items.len();
        let items = if call.params.expands(expand) { items } else { Vec::new() };
        json!({ "size": size, "items": items })
    };
    // With key and name alone (observed shapes, 4.11).
    let roles = products.map(|role| json!({ "key": role.key, "name": role.name }));
    user.insert("groups".into(), sized("groups", groups.into_iter().map(|item| group(call, item)).collect()));
    user.insert("applicationRoles".into(), sized("applicationRoles", roles.collect()));
    user.insert("expand".into(), "groups,applicationRoles".into());
    user.into()
}

/// A group (observed shapes, 0.5).
pub fn group(call: &Call, group: &Group) -> Value {
    json!({ "name": group.name, "groupId": group.group_id, "self": call.links.api(format_args!("group?groupId={}", group.group_id)) })
}

fn listed_form(call: &Call, account: &Account) -> Map<String, Value> {
    let mut user = begin(call, account);
    user.insert("accountType".into(), account.account_type.as_str().into());
    email(call, account, &mut user);
    looks(call, account, &mut user);
    user
}

fn begin(call: &Call, account: &Account) -> Map<String, Value> {
    let mut user = Map::new();
    user.insert("self".into(), call.links.api(format_args!("user?accountId={}", account.account_id)).into());
    user.insert("accountId".into(), account.account_id.as_str().into());
    user
}

/// Shown only as far as the profile allows; never null, never empty (U-4).
fn email(call: &Call, account: &Account, user: &mut Map<String, Value>) {
    if let (Some(email), true) = (&account.email, call.access().sees_email(account)) {
        user.insert("emailAddress".into(), email.as_str().into());
    }
}

fn picture(call: &Call, account: &Account) -> String {
    call.links.site(&format!("secure/useravatar?ownerId={}", account.account_id))
}

/// Picture, name, state. The picture has the same address for all sizes (observed shapes, 0.3).
fn looks(call: &Call, account: &Account, user: &mut Map<String, Value>) {
    let url = picture(call, account);
    user.insert("avatarUrls".into(), json!({ "48x48": url, "24x24": url, "16x16": url, "32x32": url }));
    user.insert("displayName".into(), account.display_name.as_str().into());
    user.insert("active".into(), account.active.into());
}
