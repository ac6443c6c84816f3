//! Who watches an issue (J-115).

use crate::{
    app::{issues, watchers},
    db,
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, no_content, ok},
        body,
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::extract::{Path, Request};
use serde_json::{Value, json};

/// Operations on watchers.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/watchers", get_issue_watchers)
        .post("/rest/api/3/issue/{issueIdOrKey}/watchers", add_watcher)
        .delete("/rest/api/3/issue/{issueIdOrKey}/watchers", remove_watcher)
}

async fn get_issue_watchers(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (issue, project) = issues::visible(&call, &mut db, &id_or_key).await?;
    let all = db::watchers::list(&mut db, issue.id).await?;
    let sees_others = call.access().on(project, issue.people(), "VIEW_VOTERS_AND_WATCHERS");
    let shown = all.iter().filter(|id| sees_others || call.caller.is(Some(id)));
    let key = call.site.issue_key(issue.project_id, issue.number);
    ok(json!({
        "self": call.links.api(format_args!("issue/{key}/watchers")),
        "isWatching": all.iter().any(|id| call.caller.is(Some(id))),
        "watchCount": all.len(),
        "watchers": shown.map(|id| views::user::person(&call, Some(id))).collect::<Vec<_>>(),
    }))
}

async fn add_watcher(call: Call, Path(id_or_key): Path<String>, request: Request) -> Answer {
    let account_id = account_id(&body::bytes(request).await?)?;
    watchers::add(&call, &id_or_key, account_id.as_deref()).await?;
    no_content()
}

/// The body: a bare JSON text, or nothing.
fn account_id(bytes: &[u8]) -> Result<Option<String>> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    match body::read_any(bytes)? {
        Value::String(account_id) => Ok(Some(account_id)),
        _ => Err(Failure::invalid_payload()),
    }
}

async fn remove_watcher(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let account_id = call.params.text("accountId");
    let account_id = account_id.ok_or_else(|| Failure::invalid("The query parameter 'accountId' is required."))?;
    watchers::remove(&call, &id_or_key, account_id).await?;
    no_content()
}
