//! The history of issues (J-80 to J-86, S-48).

use crate::{
    app::issues,
    db::{self, changelog::Place},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, ok},
        body::{Id, Json, lenient},
        call::Call,
        page::{Window, bean},
        routes::Routes,
        views,
    },
};
use axum::extract::Path;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on changelogs.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/changelog", get_change_logs)
        .post("/rest/api/3/issue/{issueIdOrKey}/changelog/list", get_change_logs_by_ids)
        .post("/rest/api/3/changelog/bulkfetch", get_bulk_changelogs)
}

async fn get_change_logs(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 100, 100)?;
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    let total = db::changelog::count(&mut db, issue.id).await?;
    let entries = db::changelog::list(&mut db, issue.id, window.start_at, window.max_results).await?;
    let values = entries.iter().map(|entry| views::changelog::history(&call, entry)).collect();
    ok(bean(&call, &format!("issue/{id_or_key}/changelog"), window, total, values))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangelogIds {
    changelog_ids: Vec<Id>,
}

async fn get_change_logs_by_ids(Path(id_or_key): Path<String>, Json(call, wanted): Json<ChangelogIds>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    let ids: Vec<i64> = wanted.changelog_ids.iter().map(|id| id.0).collect();
    let entries = db::changelog::by_ids(&mut db, issue.id, &ids).await?;
    let histories: Vec<Value> = entries.iter().map(|entry| views::changelog::history(&call, entry)).collect();
    ok(json!({ "startAt": 0, "maxResults": ids.len(), "total": histories.len(), "histories": histories }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BulkRequest {
    #[serde(default)]
    issue_ids_or_keys: Vec<String>,
    field_ids: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient::int")]
    max_results: Option<i64>,
    next_page_token: Option<String>,
}

/// Most issues, fields and entries in one request (S-48).
const ISSUES: usize = 1000;
const FIELDS: usize = 10;
const ENTRIES: i64 = 10_000;

async fn get_bulk_changelogs(Json(call, asked): Json<BulkRequest>) -> Answer {
    let issues = asked.issue_ids_or_keys;
    if issues.is_empty() || issues.len() > ISSUES {
        return Err(Failure::invalid(format!("The number of issueIdsOrKeys must be between 1 and {ISSUES}.")).into());
    }
    let fields = asked.field_ids.filter(|fields| !fields.is_empty());
    if fields.as_ref().is_some_and(|fields| fields.len() > FIELDS) {
        return Err(Failure::invalid(format!("The number of fieldIds must not exceed {FIELDS}.")).into());
    }
    let limit = asked.max_results.unwrap_or(1000);
    if !(1..=ENTRIES).contains(&limit) {
        return Err(Failure::invalid(format!("maxResults must be between 1 and {ENTRIES}.")).into());
    }
    let after = asked.next_page_token.as_deref().filter(|token| !token.is_empty()).map(place).transpose()?;
    let mut db = call.read().await?;
    let references = call.references(&mut db, &issues).await?;
    let mut ids: Vec<i64> = references.values().map(|reference| reference.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut entries = db::changelog::page(&mut db, &ids, fields.as_deref(), after, limit + 1).await?;
    let more = entries.len() as i64 > limit;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| more).map(|entry| token(&(entry.created, entry.issue_id, entry.id)));
    let mut logs: IndexMap<i64, Vec<Value>> = IndexMap::new();
    for entry in &entries {
        logs.entry(entry.issue_id).or_default().push(views::changelog::history(&call, entry));
    }
    let logs =
        logs.into_iter().map(|(id, histories)| json!({ "issueId": id.to_string(), "changeHistories": histories }));
    let mut page = json!({ "issueChangeLogs": logs.collect::<Vec<_>>() });
    if let Some(next) = next {
        page["nextPageToken"] = next.into();
    }
    ok(page)
}

fn token((created, issue_id, id): &Place) -> String {
    URL_SAFE_NO_PAD.encode(format!("{},{issue_id},{id}", created.timestamp_micros()))
}

fn place(token: &str) -> Result<Place> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let numbers: Vec<i64> = text.split(',').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [micros, issue_id, id] = numbers.try_into().ok()?;
        Some((DateTime::from_timestamp_micros(micros)?, issue_id, id))
    };
    read().ok_or_else(|| Failure::invalid("Invalid format of nextPageToken")) // T-7
}
