//! Archiving issues and bringing them back (J-136).

use crate::{
    app::archive::{self, Direction, Export, Filter},
    domain::{failure::Failure, issue::values},
    http::{
        answer::{Answer, json, ok},
        body::{Json, lenient},
        call::Call,
        media,
        routes::Routes,
    },
};
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on archived issues.
pub fn routes() -> Routes {
    Routes::default()
        .put("/rest/api/3/issue/archive", archive_issues)
        .post("/rest/api/3/issue/archive", archive_issues_async)
        .put("/rest/api/3/issue/unarchive", unarchive_issues)
        .put("/rest/api/3/issues/archive/export", export_archived_issues)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Names {
    #[serde(default, deserialize_with = "lenient::texts")]
    issue_ids_or_keys: Vec<String>,
}

async fn archive_issues(Json(call, body): Json<Names>) -> Answer {
    change(&call, &body, Direction::Archive).await
}

async fn unarchive_issues(Json(call, body): Json<Names>) -> Answer {
    change(&call, &body, Direction::Unarchive).await
}

async fn change(call: &Call, body: &Names, direction: Direction) -> Answer {
    let outcome = archive::change(call, &body.issue_ids_or_keys, direction).await?;
    let errors = outcome.refused.iter().map(|(reason, names)| {
        let message = match reason.as_str() {
            "issueIsSubtask" => "Issue is subtask.",
            "issuesInArchivedProjects" => "Issue exists in archived project.",
            _ => "Issue not found.",
        };
        (reason.clone(), json!({ "count": names.len(), "issueIdsOrKeys": names, "message": message }))
    });
    ok(json!({ "numberOfIssuesUpdated": outcome.updated, "errors": errors.collect::<Map<_, _>>() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    jql: String,
}

async fn archive_issues_async(Json(call, body): Json<Query>) -> Answer {
    let task = archive::submit(&call, &body.jql).await?;
    json(StatusCode::ACCEPTED, call.links.api(format_args!("task/{}", task.id)))
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Wanted {
    projects: Option<Vec<String>>,
    reporters: Option<Vec<String>>,
    issue_types: Option<Vec<String>>,
    archived_by: Option<Vec<String>>,
    #[serde(alias = "archivedDate")]
    archived_date_range: Option<Days>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Days {
    date_after: Value,
    date_before: Value,
}

async fn export_archived_issues(Json(call, mut body): Json<Map<String, Value>>) -> Answer {
    if body.contains_key("archivedDateRange") {
        body.remove("archivedDate"); // two names of one filter
    }
    let wanted: Wanted = serde_json::from_value(body.into()).map_err(|_| Failure::invalid_payload())?;
    let filter = Filter {
        projects: wanted.projects.unwrap_or_default(),
        reporters: wanted.reporters.unwrap_or_default(),
        issue_types: wanted.issue_types.unwrap_or_default(),
        days: wanted.archived_date_range.as_ref().map(days).transpose().map_err(archive::invalid)?,
        archived_by: wanted.archived_by.unwrap_or_default(),
    };
    let payload = payload(&filter);
    let task = archive::submit_export(&call, Export { filter, address: media::exports(&call) }).await?;
    let view = json!({
        "taskId": task.id.to_string(),
        "payload": payload,
        "progress": task.progress,
        "submittedTime": task.submitted.timestamp_millis(),
        "status": task.state,
    });
    json(StatusCode::ACCEPTED, view)
}

fn days(days: &Days) -> Result<(NaiveDate, NaiveDate), String> {
    match (values::date(&days.date_after)?, values::date(&days.date_before)?) {
        (Some(first), Some(last)) if first <= last => Ok((first, last)),
        (Some(_), Some(_)) => Err("dateAfter must not be later than dateBefore".into()),
        _ => Err("dateAfter and dateBefore must be given".into()),
    }
}

/// The filter as the answer shows it.
fn payload(filter: &Filter) -> String {
    let lists = [
        ("projects", &filter.projects),
        ("reporters", &filter.reporters),
        ("issueTypes", &filter.issue_types),
        ("archivedBy", &filter.archived_by),
    ];
    let shown = |(name, list): &(&str, &Vec<String>)| format!("{name}=[{}]", list.join(", "));
    let mut parts: Vec<String> = lists.iter().filter(|(_, list)| !list.is_empty()).map(shown).collect();
    if let Some((first, last)) = filter.days {
        parts.push(format!("archivedDate={{dateAfterInstant={first}, dateBeforeInstant={last}}}"));
    }
    format!("{{{}}}", parts.join(", "))
}
