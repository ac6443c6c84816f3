//! The history of issues (J-80 to J-86, S-48).

use crate::{
    app::issues,
    db,
    http::{
        answer::{Answer, ok},
        body::{Json, lenient},
        call::Call,
        page::{Window, bean},
        routes::Routes,
        views,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on changelogs.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/changelog", get_change_logs)
        .post("/rest/api/3/issue/{issueIdOrKey}/changelog/list", get_change_logs_by_ids)
}

async fn get_change_logs(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 100, 100)?;
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    let total = db::changelog::count(&mut db, issue.id).await?;
    let entries = db::changelog::list(&mut db, issue.id, window.start_at, window.max_results).await?;
    let values = entries.iter().map(|entry| views::issue::history(&call, entry)).collect();
    ok(bean(&call, &format!("issue/{id_or_key}/changelog"), window, total as usize, values))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangelogIds {
    changelog_ids: Vec<Id>,
}

/// An id as a number or its text.
#[derive(Deserialize)]
struct Id(#[serde(deserialize_with = "lenient::int")] Option<i64>);

async fn get_change_logs_by_ids(Path(id_or_key): Path<String>, Json(call, wanted): Json<ChangelogIds>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    let ids: Vec<i64> = wanted.changelog_ids.iter().filter_map(|id| id.0).collect();
    let entries = db::changelog::by_ids(&mut db, issue.id, &ids).await?;
    let histories: Vec<Value> = entries.iter().map(|entry| views::issue::history(&call, entry)).collect();
    ok(json!({ "startAt": 0, "maxResults": ids.len(), "total": histories.len(), "histories": histories }))
}
