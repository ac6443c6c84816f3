//! E-mail addresses, whoever may see them: for apps (U-13).

use crate::{
    domain::{
        failure::{Failure, Result},
        people::Account,
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use serde_json::{Value, json};

/// Operations on e-mail addresses.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/user/email", get_user_email)
        .get("/rest/api/3/user/email/bulk", get_user_email_bulk)
}

async fn get_user_email(call: Call) -> Answer {
    must_be_app(&call)?;
    let id = call.params.text("accountId").ok_or_else(no_id)?;
    ok(view(call.site.accounts.get(id).ok_or_else(Failure::no_user)?))
}

/// Unknown ids are left out.
async fn get_user_email_bulk(call: Call) -> Answer {
    must_be_app(&call)?;
    let ids = call.params.list("accountId");
    if ids.is_empty() {
        return Err(no_id().into());
    }
    let accounts = ids.iter().filter_map(|id| call.site.accounts.get(id));
    ok(accounts.map(|account| view(account)).collect::<Vec<Value>>())
}

fn no_id() -> Failure {
    Failure::invalid("The accountId query parameter must be provided.")
}

/// Apps themselves have no address.
fn view(account: &Account) -> Value {
    let mut view = json!({ "accountId": account.account_id });
    if let Some(email) = &account.email {
        view["email"] = email.as_str().into();
    }
    view
}

fn must_be_app(call: &Call) -> Result<()> {
    if call.caller.account.as_ref().is_some_and(|account| account.account_type == "app") {
        return Ok(());
    }
    // Recorded with 400 (jira.js, live suite of 2026); the document has 401 for who is no app.
    Err(Failure::invalid("Only apps can see the e-mail addresses of users regardless of their profiles."))
}
