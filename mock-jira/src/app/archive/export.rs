//! Exporting archived issues: a file of comma-separated values, and a letter that tells where it is.

use super::{Context, Run, administers, alone, tasks};
use crate::{
    app::tasks::{End, Job},
    db::{
        self,
        archive::{ArchivedIssue, Filter as Chosen},
        mail::Letter,
        tasks::Task,
    },
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
    },
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Most issues of an export.
const LIMIT: usize = 1_000_000;
/// How many are read at once.
const PAGE: i64 = 5_000;

/// Which archived issues are wanted, as the request says. An empty list wants all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Keys.
    pub projects: Vec<String>,
    /// Account ids.
    pub reporters: Vec<String>,
    /// Ids.
    pub issue_types: Vec<String>,
    /// From the first day to the second.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Account ids.
    pub archived_by: Vec<String>,
}

/// An export that is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Export {
    /// Of which issues.
    pub filter: Filter,
    /// Where exports stand, to be followed by the file's id.
    pub address: String,
}

/// Asks for an export.
pub async fn submit_export(context: &Context, export: Export) -> Result<Task> {
    administers(context, "User is not an admin.")?;
    chosen(context, &export.filter).map_err(invalid)?;
    let mut work = context.begin().await?;
    let task = tasks::submit(context, &mut work, &Job::ExportArchivedIssues { export }).await?;
    alone(&mut work, &task).await?;
    work.commit(Record::new("Export of archived issues submitted", Area::Everyday, task.thing())).await?;
    Ok(task)
}

/// The refusal of a filter.
pub fn invalid(sentence: String) -> Failure {
    Failure::invalid(format!("Your filter contains invalid values: {sentence}"))
}

/// The filter with everything it names found.
fn chosen(context: &Context, filter: &Filter) -> Result<Chosen, String> {
    let site = &context.site;
    let mut chosen = Chosen {
        reporters: filter.reporters.clone(),
        archived_by: filter.archived_by.clone(),
        after: filter.days.map(|(first, _)| midnight(first)),
        before: filter.days.and_then(|(_, last)| last.checked_add_days(Days::new(1))).map(midnight),
        ..Chosen::default()
    };
    for key in &filter.projects {
        let project = site.project(key).filter(|project| project.deleted.is_none());
        chosen.project_ids.push(project.ok_or_else(|| format!("project '{key}' does not exist"))?.id);
    }
    for id in &filter.issue_types {
        let kind = site.issue_types.parse(id);
        chosen.issue_type_ids.push(kind.ok_or_else(|| format!("issue type '{id}' does not exist"))?.id);
    }
    for id in filter.reporters.iter().chain(&filter.archived_by) {
        if !site.accounts.contains_key(id) {
            return Err(format!("user '{id}' does not exist"));
        }
    }
    Ok(chosen)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// What [`Job::ExportArchivedIssues`] does: one transaction at its end, so that a run that was cut off leaves nothing.
pub async fn export_in_background(run: &mut Run, export: &Export) -> Result<End> {
    let context = run.context().await?;
    let chosen = chosen(&context, &export.filter).map_err(invalid)?;
    let mut db = context.read().await?;
    let mut text = HEADINGS.join(",") + "\r\n";
    let (mut after, mut count) = (0, 0);
    loop {
        let page = db::archive::list(&mut db, &chosen, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        count += page.len();
        if count > LIMIT {
            return Err(Failure::invalid(format!("At most {LIMIT} issues can be exported.")));
        }
        for issue in &page {
            text.push_str(&row(&context, issue));
        }
        if run.cancelled().await? {
            return Ok(End::Cancelled(serde_json::Value::Null));
        }
    }
    drop(db);
    let id = Uuid::new_v4();
    let address = format!("{}{id}", export.address);
    let mut work = context.begin().await?;
    db::archive::export(&mut work, id, "archived-issues.csv", &text).await?;
    let letter = Letter {
        id: work.next_id("mail").await?,
        sent: context.now,
        sender: context.account_id()?.to_owned(),
        recipients: vec![context.account_id()?.to_owned()],
        issue_id: None,
        subject: "Your export of archived issues is ready".into(),
        text_body: format!("{count} archived issues: {address}"),
        html_body: String::new(),
    };
    db::mail::insert(&mut work, &letter).await?;
    run.save(&mut work, 100, &json!(null)).await?;
    work.commit(Record::new("Archived issues exported", Area::Everyday, Thing::new("EXPORT", id, &address))).await?;
    Ok(End::Complete(json!({ "fileUrl": address })))
}

const HEADINGS: [&str; 13] = [
    "Key",
    "Id",
    "Summary",
    "Issue Type",
    "Status",
    "Priority",
    "Resolution",
    "Assignee",
    "Reporter",
    "Created",
    "Updated",
    "ArchivedBy",
    "ArchivedDate",
];

fn row(context: &Context, issue: &ArchivedIssue) -> String {
    let site = &context.site;
    let zone = context.caller.time_zone();
    let time = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string();
    let person = |id: &Option<String>| id.clone().unwrap_or_default();
    let cells: [String; 13] = [
        site.issue_key(issue.project_id, issue.number),
        issue.id.to_string(),
        issue.summary.clone(),
        site.issue_types.get(issue.issue_type_id).map(|kind| kind.name.clone()).unwrap_or_default(),
        site.statuses.get(issue.status_id).map(|status| status.name.clone()).unwrap_or_default(),
        issue.priority_id.and_then(|id| site.priorities.get(id)).map(|it| it.name.clone()).unwrap_or_default(),
        issue.resolution_id.and_then(|id| site.resolutions.get(id)).map(|it| it.name.clone()).unwrap_or_default(),
        person(&issue.assignee),
        person(&issue.reporter),
        time(issue.created),
        time(issue.updated),
        person(&issue.archived_by),
        time(issue.archived),
    ];
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

/// A cell of comma-separated values (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
