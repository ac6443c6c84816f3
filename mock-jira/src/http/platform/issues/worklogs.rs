//! Worklogs (J-97 to J-100).

use crate::{
    app::{
        issues,
        properties::Owner,
        worklogs::{self, WORKLOG},
    },
    db::{
        self, Read,
        worklogs::{Changed, Filter, Worklog},
    },
    domain::{
        audit::Thing,
        failure::{Complaints, Failure, Result},
        worklog::{Adjust, Amount},
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{self, Ids, Json, lenient},
        call::Call,
        page::Window,
        properties,
        routes::Routes,
        views,
    },
};
use axum::extract::{Path, Request};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on worklogs.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/worklog", get_issue_worklog)
        .post("/rest/api/3/issue/{issueIdOrKey}/worklog", add_worklog)
        .delete("/rest/api/3/issue/{issueIdOrKey}/worklog", bulk_delete_worklogs)
        .post("/rest/api/3/issue/{issueIdOrKey}/worklog/move", bulk_move_worklogs)
        .get("/rest/api/3/issue/{issueIdOrKey}/worklog/{id}", get_worklog)
        .put("/rest/api/3/issue/{issueIdOrKey}/worklog/{id}", update_worklog)
        .delete("/rest/api/3/issue/{issueIdOrKey}/worklog/{id}", delete_worklog)
        .get("/rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties", get_worklog_property_keys)
        .get("/rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}", get_worklog_property)
        .put("/rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}", set_worklog_property)
        .delete(
            "/rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}",
            delete_worklog_property,
        )
        .get("/rest/api/3/worklog/updated", get_ids_of_worklogs_modified_since)
        .get("/rest/api/3/worklog/deleted", get_ids_of_worklogs_deleted_since)
        .post("/rest/api/3/worklog/list", get_worklogs_for_ids)
        .post("/rest/internal/api/latest/worklog/bulk", get_worklogs_by_issue_id_and_worklog_id)
}

async fn get_issue_worklog(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 5000, 5000)?;
    let moment = |name: &str| -> Result<Option<DateTime<Utc>>> {
        Ok(call.params.long(name)?.map(|millis| DateTime::from_timestamp_millis(millis).unwrap_or(limit(millis))))
    };
    let (from, before) = (moment("startedAfter")?, moment("startedBefore")?);
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    worklogs::check_enabled(&call)?;
    let filter =
        Filter { viewer: call.caller.account_id(), issue_id: Some(issue.id), from, before, ..Filter::default() };
    let total = db::worklogs::count(&mut db, filter).await?;
    let worklogs = db::worklogs::list(&mut db, filter, window.start_at, window.max_results).await?;
    ok(json!({
        "startAt": window.start_at,
        "maxResults": window.max_results,
        "total": total,
        "worklogs": view(&call, &mut db, &worklogs).await?,
    }))
}

/// A moment that no calendar has, as the last or the first of those that the database knows.
fn limit(millis: i64) -> DateTime<Utc> {
    let seconds = if millis > 0 { 253_402_300_799 } else { -62_135_596_800 };
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// Worklogs, with their properties when expanded.
async fn view(call: &Call, db: &mut Read, worklogs: &[Worklog]) -> Result<Vec<Value>> {
    let views = worklogs.iter().map(|worklog| (worklog.id, views::worklog::worklog(call, worklog)));
    properties::expand(call, db, WORKLOG, views.collect()).await
}

async fn view_one(call: &Call, worklog: Worklog) -> Result<Value> {
    Ok(view(call, &mut call.read().await?, &[worklog]).await?.pop().unwrap_or_default())
}

/// `adjustEstimate` and its companions (J-98). Nobody is notified, whatever `notifyUsers` says.
fn adjust(call: &Call, amount: Amount) -> Result<Adjust> {
    call.params.flag("notifyUsers", true)?;
    call.params.flag("overrideEditableFlag", false)?;
    let mut complaints = Complaints::default();
    let adjust =
        Adjust::read(&call.site.settings.time_tracking, amount, |name| call.params.text(name), &mut complaints);
    complaints.into_result()?;
    Ok(adjust)
}

async fn add_worklog(Path(id_or_key): Path<String>, Json(call, body): Json<Map<String, Value>>) -> Answer {
    let adjust = adjust(&call, Amount::Reduce)?;
    let worklog = worklogs::add(&call, &id_or_key, &body, adjust, call.version.text()).await?;
    created(view_one(&call, worklog).await?)
}

async fn get_worklog(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    worklogs::check_enabled(&call)?;
    let worklog = worklogs::get(&call, &mut db, &issue, &id).await?;
    ok(view(&call, &mut db, &[worklog]).await?.pop())
}

async fn update_worklog(
    Path((id_or_key, id)): Path<(String, String)>,
    Json(call, body): Json<Map<String, Value>>,
) -> Answer {
    let adjust = adjust(&call, Amount::Reduce)?;
    let worklog = worklogs::update(&call, (&id_or_key, &id), &body, adjust, call.version.text()).await?;
    ok(view_one(&call, worklog).await?)
}

async fn delete_worklog(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    worklogs::delete(&call, &id_or_key, &id, adjust(&call, Amount::Increase)?).await?;
    no_content()
}

/// `auto` or `leave`: several worklogs know no other way.
fn adjust_many(call: &Call) -> Result<Adjust> {
    match call.params.text("adjustEstimate") {
        Some(other @ ("new" | "manual")) => {
            Err(Failure::invalid(format!("'{other}' is not a valid way to adjust the estimate.")))
        }
        _ => adjust(call, Amount::Increase),
    }
}

async fn bulk_delete_worklogs(Path(id_or_key): Path<String>, Json(call, body): Json<Ids>) -> Answer {
    worklogs::delete_many(&call, &id_or_key, &body.ids(), adjust_many(&call)?).await?;
    no_content()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Relocation {
    ids: Vec<body::Id>,
    #[serde(default, deserialize_with = "lenient::text")]
    issue_id_or_key: Option<String>,
}

async fn bulk_move_worklogs(Path(id_or_key): Path<String>, Json(call, body): Json<Relocation>) -> Answer {
    let to = body.issue_id_or_key.ok_or_else(|| Failure::invalid("issueIdOrKey must be given."))?;
    worklogs::relocate(&call, &id_or_key, &body::distinct(&body.ids), &to, adjust_many(&call)?).await?;
    no_content()
}

/// Most worklogs in one answer (J-99).
const PAGE: usize = 1000;

async fn get_worklogs_for_ids(Json(call, body): Json<Ids>) -> Answer {
    let ids = body.ids();
    if ids.is_empty() || ids.len() > PAGE {
        return Err(Failure::invalid(format!("The number of worklog ids must be between 1 and {PAGE}.")).into());
    }
    // Who may see a worklog is asked here, not who may see its issue.
    let filter = Filter { viewer: call.caller.account_id(), ids: Some(&ids), ..Filter::default() };
    let mut db = call.read().await?;
    let worklogs = db::worklogs::list(&mut db, filter, 0, PAGE as i64).await?;
    ok(view(&call, &mut db, &worklogs).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    #[serde(default)]
    requests: Vec<Pair>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pair {
    issue_id: i64,
    worklog_id: i64,
}

/// For services, which are told only what is there: no permissions are asked for.
async fn get_worklogs_by_issue_id_and_worklog_id(Json(call, body): Json<Pairs>) -> Answer {
    if body.requests.is_empty() || body.requests.len() > PAGE {
        let sentence = format!("The number of worklogs to fetch must be between 1 and {PAGE}.");
        return Err(Failure::invalid(sentence).into());
    }
    let pairs: Vec<(i64, i64)> = body.requests.iter().map(|pair| (pair.issue_id, pair.worklog_id)).collect();
    let found = db::worklogs::existing(&mut call.read().await?, &pairs).await?;
    let view = |(issue_id, worklog_id): &(i64, i64)| json!({ "issueId": issue_id, "worklogId": worklog_id });
    ok(json!({ "worklogs": found.iter().map(view).collect::<Vec<_>>() }))
}

/// The span of a feed: after `since`, and not within the last minute (J-99).
fn span(call: &Call) -> Result<(i64, DateTime<Utc>, DateTime<Utc>)> {
    let since = call.params.long("since")?.unwrap_or(0);
    Ok((since, DateTime::from_timestamp_millis(since).unwrap_or(limit(since)), call.now - TimeDelta::minutes(1)))
}

fn entry((id, at): &Changed) -> Value {
    json!({ "worklogId": id, "updatedTime": at.timestamp_millis(), "properties": [] })
}

fn feed(call: &Call, name: &str, since: i64, changed: &[Changed], values: Vec<Value>) -> Answer {
    let address = |since: i64| call.links.api(format_args!("worklog/{name}?since={since}"));
    let until = changed.last().map_or(since, |(_, at)| at.timestamp_millis());
    let last = changed.len() < PAGE;
    let mut page = json!({ "values": values, "since": since, "until": until, "self": address(since) });
    if !last {
        page["nextPage"] = address(until).into();
    }
    page["lastPage"] = last.into();
    ok(page)
}

async fn get_ids_of_worklogs_modified_since(call: Call) -> Answer {
    let (since, from, until) = span(&call)?;
    let mut db = call.read().await?;
    let changed = db::worklogs::updated(&mut db, call.caller.account_id(), from, until, PAGE as i64).await?;
    let entries = changed.iter().map(|changed| (changed.0, entry(changed))).collect();
    let values = properties::expand(&call, &mut db, WORKLOG, entries).await?;
    feed(&call, "updated", since, &changed, values)
}

async fn get_ids_of_worklogs_deleted_since(call: Call) -> Answer {
    let (since, from, until) = span(&call)?;
    let deleted = db::worklogs::deleted(&mut call.read().await?, from, until, PAGE as i64).await?;
    feed(&call, "deleted", since, &deleted, deleted.iter().map(entry).collect())
}

/// The worklog as an owner of properties, and whether the caller may change them.
async fn owner(call: &Call, db: &mut Read, id_or_key: &str, id: &str) -> Result<(Owner, bool)> {
    let (issue, project) = issues::visible(call, db, id_or_key).await?;
    worklogs::check_enabled(call)?;
    if id.parse::<i64>().is_err() {
        return Err(Failure::invalid(format!("'{id}' is not the id of a worklog.")));
    }
    let worklog = worklogs::get(call, db, &issue, id).await?;
    let may_edit = worklogs::may_change(call, project, &issue, &worklog, "EDIT");
    Ok((Owner::new(WORKLOG, Thing::new("WORKLOG", worklog.id, id)), may_edit))
}

async fn get_worklog_property_keys(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (owner, _) = owner(&call, &mut db, &id_or_key, &id).await?;
    properties::keys(&call, &mut db, &owner, &format!("issue/{id_or_key}/worklog/{id}")).await
}

type PropertyPath = Path<(String, String, String)>;

async fn get_worklog_property(call: Call, Path((id_or_key, id, key)): PropertyPath) -> Answer {
    let mut db = call.read().await?;
    let (owner, _) = owner(&call, &mut db, &id_or_key, &id).await?;
    properties::get(&mut db, &owner, &key).await
}

async fn set_worklog_property(call: Call, Path((id_or_key, id, key)): PropertyPath, request: Request) -> Answer {
    let mut work = call.begin().await?;
    let owner = editable(&call, &mut work, &id_or_key, &id).await?;
    properties::set(work, &owner, &key, request).await
}

async fn delete_worklog_property(call: Call, Path((id_or_key, id, key)): PropertyPath) -> Answer {
    let mut work = call.begin().await?;
    let owner = editable(&call, &mut work, &id_or_key, &id).await?;
    properties::delete(work, &owner, &key).await
}

async fn editable(call: &Call, db: &mut Read, id_or_key: &str, id: &str) -> Result<Owner> {
    let (owner, may_edit) = owner(call, db, id_or_key, id).await?;
    if may_edit { Ok(owner) } else { Err(Failure::forbidden("You do not have permission to edit this worklog.")) }
}
