//! Who watches an issue (J-115).

use crate::{
    app::watchers,
    db::{self, issues::Wanted},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, no_content, ok},
        body::{self, Json},
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::extract::{Path, Request};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Operations on watchers.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/issue/watching", get_is_watching_issue_bulk)
        .get("/rest/api/3/issue/{issueIdOrKey}/watchers", get_issue_watchers)
        .post("/rest/api/3/issue/{issueIdOrKey}/watchers", add_watcher)
        .delete("/rest/api/3/issue/{issueIdOrKey}/watchers", remove_watcher)
}

async fn get_issue_watchers(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (issue, project) = watchers::watchable(&call, &mut db, &id_or_key).await?;
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IssueList {
    issue_ids: Vec<String>,
}

/// Whether the caller watches issues; what is no visible issue is watched by nobody.
async fn get_is_watching_issue_bulk(Json(call, body): Json<IssueList>) -> Answer {
    let ids: Vec<i64> = body.issue_ids.iter().filter_map(|id| id.parse().ok()).collect();
    let mut db = call.read().await?;
    let watched = db::watchers::watched(&mut db, &ids, call.account_id()?).await?;
    let loaded = db::issues::list(&mut db, &watched, Wanted::default(), None).await?;
    let visible = loaded.iter().filter(|loaded| call.project_of(&loaded.issue).is_ok());
    let watched: HashSet<String> = visible.map(|loaded| loaded.issue.id.to_string()).collect();
    let told = body.issue_ids.iter().map(|id| (id.clone(), watched.contains(id).into()));
    ok(json!({ "issuesIsWatching": told.collect::<Map<_, _>>() }))
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
