//! Suggestions of accounts while somebody types (U-10).

use super::{by_name, marked, may_browse};
use crate::{
    domain::{failure::Failure, people::Account},
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use serde_json::{Value, json};

/// Operations that suggest accounts.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/user/picker", find_users_for_picker)
}

async fn find_users_for_picker(call: Call) -> Answer {
    let most = call.params.int("maxResults")?.unwrap_or(50).clamp(0, 1000);
    let show_avatar = call.params.flag("showAvatar", false)?;
    let without_apps = call.params.flag("excludeConnectUsers", false)?;
    let query = call.params.text("query").unwrap_or_default();
    let (excluded, named) = (call.params.list("excludeAccountIds"), call.params.list("exclude"));
    if !excluded.is_empty() && !named.is_empty() {
        return Err(Failure::invalid("Only one of 'exclude' and 'excludeAccountIds' can be provided.").into());
    }
    let access = call.access();
    // Who may not browse people finds only those whose name is known already.
    let found = |account: &Account| match may_browse(&call) {
        true => account.matches(query, access.sees_email(account)),
        false => account.display_name == query,
    };
    let mut accounts = by_name(&call);
    accounts.retain(|account| {
        account.active
            && !excluded.iter().chain(&named).any(|id| *id == account.account_id)
            && !(without_apps && account.account_type == "app")
            && found(account)
    });
    let total = accounts.len();
    let shown = accounts.into_iter().take(usize::try_from(most).unwrap_or(0));
    let users: Vec<Value> = shown.map(|account| picked(&call, account, query, show_avatar)).collect();
    ok(
        json!({ "users": users, "total": total, "header": format!("Showing {} of {total} matching users", users.len()) }),
    )
}

fn picked(call: &Call, account: &Account, query: &str, show_avatar: bool) -> Value {
    let mut view = json!({ "accountId": account.account_id, "accountType": account.account_type });
    if show_avatar {
        view["avatarUrl"] = call.links.site(&format!("secure/useravatar?ownerId={}", account.account_id)).into();
    }
    view["displayName"] = account.display_name.as_str().into();
    view["html"] = marked(&account.display_name, query).into();
    view
}
