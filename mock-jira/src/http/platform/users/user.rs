//! Single accounts, and accounts by their ids.

use super::must_browse;
use crate::{
    domain::{
        failure::{Failure, Result},
        people::Account,
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::user,
    },
};
use serde_json::Value;

/// Operations on accounts that the request names.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/myself", get_current_user)
        .get("/rest/api/3/user", get_user)
        .get("/rest/api/3/user/bulk", bulk_get_users)
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
