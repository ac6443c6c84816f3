//! Suggestions of accounts and groups while somebody types (U-10).

use super::{by_name, groups, marked, may_browse};
use crate::{
    domain::{
        config::{FieldContext, IssueType, Project},
        failure::{Failure, Result},
        fields::{Field, Kind},
        people::{Account, Caller, Group},
        permission::Access,
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Operations that suggest accounts.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/user/picker", find_users_for_picker)
        .get("/rest/api/3/groupuserpicker", find_users_and_groups)
}

async fn find_users_for_picker(call: Call) -> Answer {
    let most = most(&call)?;
    let show_avatar = call.params.flag("showAvatar", false)?;
    let without_apps = call.params.flag("excludeConnectUsers", false)?;
    let query = required_query(&call)?;
    let (excluded, named) = (call.params.list("excludeAccountIds"), call.params.list("exclude"));
    if !excluded.is_empty() && !named.is_empty() {
        return Err(Failure::invalid("Only one of 'exclude' and 'excludeAccountIds' can be provided.").into());
    }
    let mut accounts = matching(&call, query, without_apps);
    accounts.retain(|account| !excluded.iter().chain(&named).any(|id| *id == account.account_id));
    ok(suggested(&call, accounts, query, most, show_avatar))
}

async fn find_users_and_groups(call: Call) -> Answer {
    let most = most(&call)?;
    let ignore_case = call.params.flag("caseInsensitive", false)?;
    // What is neither true nor false is false, here alone.
    let flag = |name: &str| call.params.flag(name, false).unwrap_or(false);
    let (show_avatar, without_apps) = (flag("showAvatar"), flag("excludeConnectAddons"));
    let query = required_query(&call)?;
    if !may_browse(&call) {
        return Err(Failure::forbidden("You do not have permission to browse users and groups.").into());
    }
    let mut accounts = matching(&call, query, without_apps);
    let mut groups: Vec<&Group> = groups::matching(&call, query, ignore_case).collect();
    match field_projects(&call)? {
        Reach::Anywhere => {}
        Reach::Nowhere => {
            accounts.clear();
            groups.clear();
        }
        Reach::Projects(projects) => {
            let sees = |caller: &Caller| {
                let access = Access::new(&call.site, caller);
                projects.iter().all(|project| access.somewhere(project, "BROWSE_PROJECTS"))
            };
            accounts.retain(|account| call.site.caller(&account.account_id).is_some_and(|caller| sees(&caller)));
            // Somebody who is in that group and nothing else.
            groups.retain(|group| sees(&Caller { groups: HashSet::from([group.group_id]), ..Caller::default() }));
        }
    }
    ok(json!({
        "users": suggested(&call, accounts, query, most, show_avatar),
        "groups": groups::suggested(groups, query, most),
    }))
}

/// Which projects those who are suggested must see.
enum Reach<'a> {
    /// The field is not restricted.
    Anywhere,
    /// Asked for a place where the field is not.
    Nowhere,
    /// All of these.
    Projects(Vec<&'a Project>),
}

/// Reads `fieldId`, and `projectId` and `issueTypeId`, which must be places where the field is.
fn field_projects(call: &Call) -> Result<Reach<'_>> {
    let Some(id) = call.params.text("fieldId") else { return Ok(Reach::Anywhere) };
    let Some(Field::Custom(field, kind)) = call.site.fields.get(id) else {
        return Err(Failure::invalid(format!("The custom field with id '{id}' does not exist.")));
    };
    if !matches!(kind, Kind::User | Kind::Users | Kind::Group | Kind::Groups) {
        return Ok(Reach::Nowhere);
    }
    let contexts = call.site.fields.contexts.get(&field.id).map(Vec::as_slice).unwrap_or_default();
    let given = |name: &str| call.params.list(name).into_iter().filter(|id| !id.is_empty()).collect::<Vec<_>>();
    let (projects, types) = (given("projectId"), given("issueTypeId"));
    let Some(projects) = projects.iter().map(|id| call.project(id).ok()).collect::<Option<Vec<_>>>() else {
        return Ok(Reach::Nowhere);
    };
    let has_project = |project: &&Project| {
        let covers =
            |context: &FieldContext| context.project_ids.is_empty() || context.project_ids.contains(&project.id);
        contexts.iter().any(covers)
    };
    let has_type = |id: &String| {
        // -1 are all standard types, -2 all of sub-tasks.
        let meant = |kind: &&IssueType| match id.as_str() {
            "-1" => !kind.is_subtask(),
            "-2" => kind.is_subtask(),
            id => kind.id.to_string() == id,
        };
        let mut meant = call.site.issue_types.iter().filter(meant).peekable();
        let covers = |kind: &IssueType| {
            let has =
                |context: &FieldContext| context.issue_type_ids.is_empty() || context.issue_type_ids.contains(&kind.id);
            contexts.iter().any(has)
        };
        meant.peek().is_some() && meant.all(covers)
    };
    let there = projects.iter().all(has_project) && types.iter().all(has_type);
    Ok(if there { Reach::Projects(projects) } else { Reach::Nowhere })
}

fn most(call: &Call) -> Result<i64> {
    Ok(call.params.int("maxResults")?.unwrap_or(50).clamp(0, 1000))
}

/// It may be empty, but not missing.
fn required_query(call: &Call) -> Result<&str> {
    let query = call.params.all("query").next();
    query.ok_or_else(|| Failure::invalid("The 'query' query parameter is required."))
}

/// Active accounts that a query finds. Who may not browse people finds only those whose name is known already.
fn matching<'a>(call: &'a Call, query: &str, without_apps: bool) -> Vec<&'a Account> {
    let (access, browses) = (call.access(), may_browse(call));
    let mut accounts = by_name(call);
    accounts.retain(|account| {
        account.active
            && !(without_apps && account.account_type == "app")
            && match browses {
                true => account.matches(query, access.sees_email(account)),
                false => account.display_name == query,
            }
    });
    accounts
}

fn suggested(call: &Call, accounts: Vec<&Account>, query: &str, most: i64, show_avatar: bool) -> Value {
    let total = accounts.len();
    let shown = accounts.into_iter().take(usize::try_from(most).unwrap_or(0));
    let users: Vec<Value> = shown.map(|account| view(call, account, query, show_avatar)).collect();
    json!({ "users": users, "total": total, "header": format!("Showing {} of {total} matching users", users.len()) })
}

fn view(call: &Call, account: &Account, query: &str, show_avatar: bool) -> Value {
    let mut view = json!({ "accountId": account.account_id, "accountType": account.account_type });
    if show_avatar {
        view["avatarUrl"] = call.links.site(&format!("secure/useravatar?ownerId={}", account.account_id)).into();
    }
    view["displayName"] = account.display_name.as_str().into();
    let mut html = marked(&account.display_name, query, "strong");
    if let Some(email) = account.email.as_deref().filter(|_| call.access().sees_email(account)) {
        html.push_str(" - ");
        html.push_str(&marked(email, query, "strong"));
    }
    view["html"] = html.into();
    view
}
