//! Saved filters and dashboards, and with whom they are shared (observed shapes, "filters", "dashboards").

use super::{parts, project, user};
use crate::{
    app::{dashboards::Shared as SharedDashboard, filters::Shared},
    db::filter_subscriptions::Subscription,
    domain::{
        config::Project,
        people::Account,
        sharing::{Share, Target},
    },
    http::call::Call,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode as encode};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a page of filters can be expanded by.
pub const FILTER_EXPANSIONS: &str = "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,isWritable,approximateLastUsed,subscriptions";

/// Most users of a filter that are listed at once.
const USERS: usize = 1000;

/// What stays as it is in a query that Java has written; blanks become `+`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b' ');

/// A filter by itself.
pub fn filter(call: &Call, shared: &Shared) -> Value {
    let mut view = begin(call, shared);
    for member in ["description", "owner", "jql", "viewUrl", "searchUrl", "favourite", "favouritedCount"] {
        add(call, shared, member, &mut view);
    }
    for member in ["approximateLastUsed", "sharePermissions", "editPermissions"] {
        add(call, shared, member, &mut view);
    }
    let users = match range(call, "sharedUsers") {
        Some((from, to)) => {
            let mut users: Vec<&Arc<Account>> =
                call.site.accounts.values().filter(|a| reached(call, shared, a)).collect();
            users.sort_by_cached_key(|account| (account.display_name.to_lowercase(), account.account_id.clone()));
            let shown: Vec<Value> =
                users.iter().skip(from).take(to - from).map(|account| user::short(call, account)).collect();
            window(shown, from)
        }
        None => window(Vec::new(), 0),
    };
    view.insert("sharedUsers".into(), users);
    let (from, to) = range(call, "subscriptions").unwrap_or((0, 0));
    let mut subscriptions = subscriptions(call, shared);
    subscriptions.truncate(to);
    view.insert("subscriptions".into(), window(subscriptions.split_off(from.min(subscriptions.len())), from));
    view.into()
}

/// A filter in a page, with what was asked for.
pub fn filter_listed(call: &Call, shared: &Shared) -> Value {
    let mut view = Map::new();
    view.insert("expand".into(), FILTER_EXPANSIONS.into());
    view.extend(begin(call, shared));
    for member in FILTER_EXPANSIONS.split(',').filter(|member| call.params.expands(member)) {
        add(call, shared, member, &mut view);
    }
    view.into()
}

fn begin(call: &Call, Shared { filter, .. }: &Shared) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("self".into(), call.links.api(format_args!("filter/{}", filter.id)).into());
    view.insert("id".into(), filter.id.to_string().into());
    view.insert("name".into(), filter.name.as_str().into());
    view
}

fn add(call: &Call, shared: &Shared, member: &str, view: &mut Map<String, Value>) {
    let filter = &shared.filter;
    let value = match member {
        // Absent where there is none (observed shapes 4.20).
        "description" => match &filter.description {
            Some(description) => description.as_str().into(),
            None => return,
        },
        "owner" => match call.site.accounts.get(&filter.owner) {
            Some(owner) => user::short(call, owner),
            None => return,
        },
        "jql" => filter.jql.as_str().into(),
        "viewUrl" => call.links.site(&format!("issues/?filter={}", filter.id)).into(),
        "searchUrl" => {
            let jql = encode(&filter.jql, QUERY).to_string().replace(' ', "+");
            call.links.api(format_args!("search?jql={jql}")).into()
        }
        "favourite" => filter.favourite.into(),
        "favouritedCount" => filter.favourited.into(),
        "sharePermissions" => shares(call, &shared.shares, false),
        "editPermissions" => shares(call, &shared.shares, true),
        "isWritable" => shared.is_writable(call).into(),
        "approximateLastUsed" => filter.last_used.map(|time| call.time(time)).into(),
        _ => subscriptions(call, shared).into(),
    };
    view.insert(member.into(), value);
}

fn subscriptions(call: &Call, Shared { filter, .. }: &Shared) -> Vec<Value> {
    let view = |subscription: &Subscription| {
        let mut view = json!({ "id": subscription.id });
        if let Some(account) = call.site.accounts.get(&subscription.account_id) {
            view["user"] = user::short(call, account);
        }
        if let Some(group) = call.site.groups.iter().find(|group| Some(group.group_id) == subscription.group_id) {
            view["group"] = user::group(call, group);
        }
        view
    };
    filter.subscriptions.iter().map(view).collect()
}

/// The part of a list that `expand=name` or `expand=name[from:to]` asks for, counted from 1.
fn range(call: &Call, name: &str) -> Option<(usize, usize)> {
    call.params.list("expand").iter().find_map(|item| {
        let rest = item.strip_prefix(name)?;
        if rest.is_empty() {
            return Some((0, USERS));
        }
        let (from, to) = rest.strip_prefix('[')?.strip_suffix(']')?.split_once(':')?;
        let from = from.parse::<usize>().ok()?.saturating_sub(1);
        let to = to.parse::<usize>().ok()?;
        Some((from, to.clamp(from, from.saturating_add(USERS))))
    })
}

/// Part of a list of which the first item has the index `from`.
fn window(items: Vec<Value>, from: usize) -> Value {
    let size = items.len();
    json!({
        "size": size,
        "items": items,
        "max-results": USERS,
        "start-index": from,
        "end-index": from + size.saturating_sub(1),
    })
}

fn reached(call: &Call, shared: &Shared, account: &Account) -> bool {
    let caller = call.site.caller(&account.account_id).filter(|_| account.active);
    caller.is_some_and(|caller| shared.shares.iter().any(|share| share.target.reaches(&call.site, &caller)))
}

/// The shares of one right.
pub fn shares(call: &Call, shares: &[Share], may_edit: bool) -> Value {
    shares.iter().filter(|share| share.may_edit == may_edit).map(|share| self::share(call, share)).collect()
}

/// One share. Roles are shown as part of their project.
pub fn share(call: &Call, share: &Share) -> Value {
    let site = &call.site;
    let (kind, with) = match &share.target {
        Target::Everyone => ("global", Vec::new()),
        Target::LoggedIn => ("loggedin", Vec::new()),
        Target::Group(id) => {
            let group = site.groups.iter().find(|group| group.group_id == *id);
            ("group", group.map(|group| ("group", user::group(call, group))).into_iter().collect())
        }
        Target::User(id) => {
            let account = site.accounts.get(id);
            ("user", account.map(|account| ("user", user::short(call, account))).into_iter().collect())
        }
        Target::Project(id) | Target::Role { project: id, .. } => {
            match site.projects.get(*id).filter(|project| call.access().sees(project)) {
                None => ("project-unknown", Vec::new()),
                Some(project) => {
                    let role = match share.target {
                        Target::Role { role, .. } => role_in(call, project, role),
                        _ => None,
                    };
                    let project = [("project", project::shared(call, project))];
                    ("project", project.into_iter().chain(role.map(|role| ("role", role))).collect())
                }
            }
        }
    };
    let mut view = json!({ "id": share.id, "type": kind });
    for (member, value) in with {
        view[member] = value;
    }
    view
}

fn role_in(call: &Call, project: &Project, role_id: i64) -> Option<Value> {
    let actors = call.site.role_actors.iter();
    let actors = actors.filter(|actor| actor.role_id == role_id && actor.project_id == Some(project.id));
    let role = call.site.roles.get(role_id)?;
    Some(parts::role_played(call, role, &format!("project/{}/role/{role_id}", project.id), actors))
}

/// What a page of dashboards can be expanded by, and the members that it adds.
pub const DASHBOARD_EXPANSIONS: [(&str, &str); 8] = [
    ("description", "description"),
    ("favourite", "isFavourite"),
    ("owner", "owner"),
    ("favouritedCount", "popularity"),
    ("sharePermissions", "sharePermissions"),
    ("editPermissions", "editPermissions"),
    ("viewUrl", "view"),
    ("isWritable", "isWritable"),
];

/// Members of a dashboard, in their order.
const DASHBOARD: [&str; 14] = [
    "description",
    "id",
    "isFavourite",
    "name",
    "owner",
    "popularity",
    "rank",
    "self",
    "sharePermissions",
    "editPermissions",
    "view",
    "isWritable",
    "systemDashboard",
    "automaticRefreshMs",
];

/// A dashboard by itself.
pub fn dashboard(call: &Call, shared: &SharedDashboard) -> Value {
    let members = DASHBOARD.iter().filter_map(|name| Some(((*name).to_owned(), member(call, shared, name)?)));
    Value::Object(members.collect())
}

/// A dashboard in a page, with what was asked for.
pub fn dashboard_listed(call: &Call, shared: &SharedDashboard) -> Value {
    let asked = |name: &str| {
        matches!(name, "id" | "name" | "self")
            || DASHBOARD_EXPANSIONS.iter().any(|(expand, member)| *member == name && call.params.expands(expand))
    };
    let members = DASHBOARD.iter().filter(|name| asked(name));
    Value::Object(members.filter_map(|name| Some(((*name).to_owned(), member(call, shared, name)?))).collect())
}

/// A member of a dashboard; absent where there is nothing.
fn member(call: &Call, shared: &SharedDashboard, name: &str) -> Option<Value> {
    let dashboard = &shared.dashboard;
    Some(match name {
        "description" => dashboard.description.as_deref()?.into(),
        "id" => dashboard.id.to_string().into(),
        "isFavourite" => dashboard.rank.is_some().into(),
        "name" => dashboard.name.as_str().into(),
        "owner" => user::dashboard_owner(call, call.site.accounts.get(dashboard.owner.as_ref()?)?),
        "popularity" => dashboard.popularity.into(),
        "rank" => dashboard.rank?.into(),
        "self" => call.links.api(format_args!("dashboard/{}", dashboard.id)).into(),
        "sharePermissions" => shares(call, &shared.shares, false),
        "editPermissions" => shares(call, &shared.shares, true),
        // Relative, unlike all other addresses (observed shapes, 0.3).
        "view" => format!("/jira/dashboards/{}", dashboard.id).into(),
        "isWritable" => shared.is_writable(call).into(),
        "systemDashboard" => shared.is_system().into(),
        "automaticRefreshMs" => dashboard.automatic_refresh?.into(),
        _ => return None,
    })
}
