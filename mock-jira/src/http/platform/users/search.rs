//! Searching accounts (U-7 to U-14).

use super::{by_name, may_browse, must_browse};
use crate::{
    db,
    domain::{
        failure::{Complaints, Failure, Result},
        people::Account,
        permission::{self, Access},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::Window,
        platform::permissions::Place,
        routes::Routes,
        views::user,
    },
};
use serde_json::Value;

/// Operations that find accounts.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/users", get_all_users)
        .get("/rest/api/3/users/search", get_all_users)
        .get("/rest/api/3/user/search", find_users)
        .get("/rest/api/3/user/assignable/search", find_assignable_users)
        .get("/rest/api/3/user/assignable/multiProjectSearch", find_bulk_assignable_users)
        .get("/rest/api/3/user/viewissue/search", find_users_with_browse_permission)
        .get("/rest/api/3/user/permission/search", find_users_with_all_permissions)
}

/// Searches look no further than the thousandth account (U-11), and no list is longer (U-14).
pub const MOST: i64 = 1000;

/// Apps and inactive accounts too (U-14).
async fn get_all_users(call: Call) -> Answer {
    let window = Window::read(&call, 50, MOST)?;
    must_browse(&call)?;
    let mut accounts: Vec<&Account> = call.site.accounts.values().map(AsRef::as_ref).collect();
    accounts.sort_by(|a, b| a.account_id.cmp(&b.account_id));
    views(&call, window.of(accounts))
}

fn views(call: &Call, accounts: Vec<&Account>) -> Answer {
    ok(accounts.into_iter().map(|account| user::listed(call, account)).collect::<Vec<Value>>())
}

async fn find_users(call: Call) -> Answer {
    let window = Window::read(&call, 50, MOST)?;
    let wanted = Wanted::read(&call)?;
    let property = call.params.text("property").map(Property::read).transpose()?;
    if wanted == Wanted::Anybody && property.is_none() {
        return Err(nothing_wanted().into());
    }
    let mut found = if may_browse(&call) { found(&call, &wanted) } else { Vec::new() };
    if let Some(Property { key, path, value }) = &property {
        let having = db::users::with_property(&mut call.read().await?, key, path, value).await?;
        found.retain(|account| having.contains(&account.account_id));
    }
    views(&call, window.of(found))
}

/// What `property` asks for: `key.path.to=value`.
struct Property {
    key: String,
    path: Vec<String>,
    value: String,
}

impl Property {
    fn read(text: &str) -> Result<Self> {
        let invalid = || Failure::invalid(format!("The property query '{text}' is not valid."));
        let (place, value) = text.split_once('=').ok_or_else(invalid)?;
        let mut names = place.split('.').map(|name| name.trim().to_owned());
        let key = names.next().ok_or_else(invalid)?;
        let path: Vec<String> = names.collect();
        if key.is_empty() || path.iter().any(String::is_empty) {
            return Err(invalid());
        }
        Ok(Self { key, path, value: value.trim().to_owned() })
    }
}

async fn find_assignable_users(call: Call) -> Answer {
    let window = Window::read(&call, 50, MOST)?;
    let wanted = Wanted::read(&call)?;
    // The transition changes nothing here, nor does the order that is recommended.
    call.params.int("actionDescriptorId")?;
    call.params.flag("recommend", false)?;
    let place = place(&call, "project").await?;
    // U-8
    let place = place.ok_or_else(|| Failure::invalid("No project, issue key or issue ID was provided"))?;
    let types = call.params.list("accountType");
    let mut accounts = window.of(visible(&call, &wanted, |access| access.project(place.project, "ASSIGN_ISSUES")));
    accounts.retain(|account| {
        (types.is_empty() || types.contains(&account.account_type))
            && Access::assignable(&call.site, place.project, &account.account_id)
    });
    views(&call, accounts)
}

async fn find_bulk_assignable_users(call: Call) -> Answer {
    let window = Window::read(&call, 50, MOST)?;
    let wanted = Wanted::read(&call)?;
    let keys = call.params.list("projectKeys");
    if keys.is_empty() {
        return Err(Failure::invalid("No project keys were provided").into());
    }
    let projects = keys.iter().map(|key| call.project(key)).collect::<Result<Vec<_>>>()?;
    let assigns = |access: Access| projects.iter().all(|project| access.project(project, "ASSIGN_ISSUES"));
    let mut accounts = window.of(visible(&call, &wanted, assigns));
    let assignable = |account: &&Account| {
        projects.iter().all(|project| Access::assignable(&call.site, project, &account.account_id))
    };
    accounts.retain(assignable);
    views(&call, accounts)
}

async fn find_users_with_browse_permission(call: Call) -> Answer {
    let window = Window::read(&call, 50, MOST)?;
    let wanted = Wanted::read(&call)?;
    if wanted == Wanted::Anybody {
        return Err(nothing_wanted().into()); // U-9
    }
    let place = required_place(&call).await?;
    let mut accounts = window.of(visible(&call, &wanted, |_| false));
    accounts.retain(|account| allows(&call, account, &place, "BROWSE_PROJECTS"));
    views(&call, accounts)
}

async fn find_users_with_all_permissions(call: Call) -> Answer {
    let window = Window::read(&call, 50, MOST)?;
    let wanted = Wanted::read(&call)?;
    let mut permissions = call.params.list("permissions");
    permissions.iter_mut().for_each(|key| *key = permission::current_key(key).to_owned());
    let mut complaints = Complaints::default();
    for key in permissions.iter().filter(|key| permission::find(key).is_none_or(|kind| kind.global)) {
        complaints.field(key, "Unrecognized permission");
    }
    complaints.into_result()?;
    if permissions.is_empty() {
        return Err(Failure::invalid("The 'permissions' query parameter is required.").into());
    }
    let place = required_place(&call).await?;
    if !call.access().administers_project(place.project) {
        return Err(Failure::forbidden("You do not have permission to administer this project.").into());
    }
    let mut accounts = window.of(found(&call, &wanted));
    accounts.retain(|account| permissions.iter().all(|key| allows(&call, account, &place, key)));
    views(&call, accounts)
}

fn nothing_wanted() -> Failure {
    Failure::invalid("The username or property query parameter must be provided") // U-7
}

/// Whom a request looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted<'a> {
    Anybody,
    Id(&'a str),
    /// An empty text finds everybody.
    Text(&'a str),
}

impl<'a> Wanted<'a> {
    fn read(call: &'a Call) -> Result<Self> {
        // Even an empty one is refused (pycontribs/jira#2350, jira-node/node-jira-client#359).
        if call.params.all("username").next().is_some() {
            return Err(Failure::invalid("The query parameter 'username' is not supported in GDPR strict mode."));
        }
        match (call.params.all("query").next(), call.params.text("accountId")) {
            (Some(_), Some(_)) => {
                // U-7
                Err(Failure::invalid("The query parameters 'query' and 'accountId' are mutually exclusive."))
            }
            (Some(query), None) => Ok(Self::Text(query)),
            (None, Some(id)) => Ok(Self::Id(id)),
            (None, None) => Ok(Self::Anybody),
        }
    }
}

/// All active accounts, by name, up to the thousandth.
pub fn active(call: &Call) -> Vec<&Account> {
    found(call, &Wanted::Anybody)
}

/// Active accounts that are wanted, by name.
fn found<'a>(call: &'a Call, wanted: &Wanted) -> Vec<&'a Account> {
    let access = call.access();
    let mut accounts = by_name(call);
    accounts.retain(|account| {
        account.active
            && match wanted {
                Wanted::Anybody => true,
                Wanted::Id(id) => account.account_id == *id,
                Wanted::Text(query) => account.matches(query, access.sees_email(account)),
            }
    });
    accounts.truncate(MOST as usize);
    accounts
}

/// The same for a caller who may browse people, or whose right in a project does instead; else nobody.
fn visible<'a>(call: &'a Call, wanted: &Wanted, instead: impl FnOnce(Access) -> bool) -> Vec<&'a Account> {
    if may_browse(call) || instead(call.access()) { found(call, wanted) } else { Vec::new() }
}

/// The issue or, by this parameter, the project that the request names.
async fn place<'a>(call: &'a Call, project: &str) -> Result<Option<Place<'a>>> {
    if let Some(place) = Place::named_issue(call).await? {
        return Ok(Some(place));
    }
    call.params.text(project).map(|text| Ok(Place::project(call.project(text)?))).transpose()
}

async fn required_place(call: &Call) -> Result<Place<'_>> {
    place(call, "projectKey").await?.ok_or_else(|| Failure::invalid("No project or issue key was provided"))
}

fn allows(call: &Call, account: &Account, place: &Place, key: &str) -> bool {
    call.site.caller(&account.account_id).is_some_and(|caller| place.allows(Access::new(&call.site, &caller), key))
}
