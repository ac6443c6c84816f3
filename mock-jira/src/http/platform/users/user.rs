//! Single accounts, and accounts by their ids.

use super::must_browse;
use crate::{
    app::users,
    domain::{
        failure::{Failure, Result},
        people::Account,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::user,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Operations on accounts that the request names.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/myself", get_current_user)
        .get("/rest/api/3/user", get_user)
        .post("/rest/api/3/user", create_user)
        .delete("/rest/api/3/user", remove_user)
        .get("/rest/api/3/user/bulk", bulk_get_users)
        .get("/rest/api/3/user/bulk/migration", bulk_get_users_migration)
        .get("/rest/api/3/user/groups", get_user_groups)
}

/// U-5.
async fn get_current_user(call: Call) -> Answer {
    let account = call.caller.account.clone().ok_or(Failure::Unauthenticated)?;
    ok(user::detailed(&call, &account))
}

async fn get_user(call: Call) -> Answer {
    ok(user::detailed(&call, named(&call)?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    #[serde(default, deserialize_with = "lenient::text")]
    email_address: Option<String>,
    products: Option<Vec<String>>,
}

async fn create_user(Json(mut call, body): Json<NewUser>) -> Answer {
    let (account_id, changed) = users::create(&call, body.email_address.as_deref(), body.products.as_deref()).await?;
    if changed {
        call = call.fresher(Failure::Stale).await?;
    }
    let account = call.site.accounts.get(&account_id).ok_or_else(Failure::no_user)?;
    created(user::detailed(&call, account))
}

async fn remove_user(call: Call) -> Answer {
    users::remove(&call, call.params.text("accountId")).await?;
    no_content()
}

/// Most accounts in one request, and those of a page unless it says otherwise (U-14).
const BULK: (usize, i64) = (200, 10);

/// Unknown ids are left out.
async fn bulk_get_users(call: Call) -> Answer {
    let (most, page) = BULK;
    let window = Window::read(&call, page, most as i64)?;
    let ids = call.params.list("accountId");
    if ids.is_empty() {
        return Err(Failure::invalid("The accountId query parameter must be provided.").into());
    }
    if ids.len() > most {
        return Err(Failure::invalid(format!("At most {most} account IDs can be provided.")).into());
    }
    let accounts: Vec<_> = ids.iter().filter_map(|id| call.site.accounts.get(id)).collect();
    ok(listed(&call, "user/bulk", window, accounts, |account| user::listed(&call, account)))
}

/// The account ids of names from before accounts had ids: `key` or `username`, here what is before the `@` of the
/// e-mail address. Unknown ones are left out.
async fn bulk_get_users_migration(call: Call) -> Answer {
    let window = Window::read(&call, BULK.1, BULK.0 as i64)?;
    let (keys, names) = (call.params.list("key"), call.params.list("username"));
    let (member, given) = match (keys.is_empty(), names.is_empty()) {
        (false, true) => ("key", keys),
        (true, false) => ("username", names),
        _ => return Err(Failure::invalid("Either the key or the username parameter must be provided.").into()),
    };
    let find = |name: &String| {
        let mailbox = |account: &&Arc<Account>| {
            let email = account.email.as_deref().and_then(|email| email.split('@').next());
            email.is_some_and(|mailbox| mailbox.eq_ignore_ascii_case(name))
        };
        let mut found: Vec<&Arc<Account>> = call.site.accounts.values().filter(mailbox).collect();
        found.sort_by(|a, b| a.account_id.cmp(&b.account_id));
        Some(json!({ member: name, "accountId": found.first()?.account_id }))
    };
    ok(window.of(given.iter().filter_map(find).collect::<Vec<Value>>()))
}

async fn get_user_groups(call: Call) -> Answer {
    let account = named(&call)?;
    let groups = call.site.groups_of(&account.account_id).into_iter();
    ok(groups.map(|group| user::group(&call, group)).collect::<Vec<Value>>())
}

/// The account that `accountId` names. Everybody may see oneself.
fn named(call: &Call) -> Result<&Account> {
    let id = call.params.text("accountId");
    if !call.caller.is(id) {
        call.account_id()?;
        must_browse(call)?;
    }
    let account = id.and_then(|id| call.site.accounts.get(id));
    account.map(AsRef::as_ref).ok_or_else(Failure::no_user)
}
