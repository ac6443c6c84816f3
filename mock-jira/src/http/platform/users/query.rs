//! Structured searches for accounts.

use super::{
    must_browse,
    search::{MOST, active},
};
use crate::{
    app::user_query,
    domain::{failure::Failure, people::Account},
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Window, sifted},
        routes::Routes,
        views::user,
    },
};
use serde_json::{Value, json};

/// Operations that take a structured query.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/user/search/query", find_users_by_query)
        .get("/rest/api/3/user/search/query/key", find_user_keys_by_query)
}

/// Accounts in a page unless the request says otherwise.
const PAGE: i64 = 100;

async fn find_users_by_query(call: Call) -> Answer {
    let window = Window::read(&call, PAGE, MOST)?;
    found(&call, "user/search/query", window, |account| user::listed(&call, account)).await
}

async fn find_user_keys_by_query(call: Call) -> Answer {
    let mut window = Window::read(&call, PAGE, MOST)?;
    // Called otherwise in the document of this operation alone.
    if let Some(most) = call.params.int("maxResult")? {
        window.max_results = most.clamp(0, MOST);
    }
    found(&call, "user/search/query/key", window, |account| json!({ "accountId": account.account_id })).await
}

/// The accounts of a page first, then those of them that are found (U-11).
async fn found(call: &Call, path: &str, window: Window, view: impl Fn(&Account) -> Value) -> Answer {
    must_browse(call)?;
    let query =
        call.params.text("query").ok_or_else(|| Failure::invalid("The 'query' query parameter is required."))?;
    let is_found = user_query::find(call, query).await?;
    let accounts = active(call);
    let total = accounts.len() as i64;
    let page = window.of(accounts);
    let taken = page.len();
    let values = page.into_iter().filter(|account| is_found(&account.account_id)).map(view).collect();
    ok(sifted(call, path, window, total, taken, values))
}
