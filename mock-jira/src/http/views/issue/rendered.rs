//! An issue's fields as HTML and in words.

use super::{Column, Targets, attachment, fields, time_tracking};
use crate::{
    db::{attachments::Attachment, issues::Loaded},
    domain::{
        fields::{Field, Kind},
        rich_text,
        time_tracking::TimeTracking,
    },
    http::{
        call::Call,
        views::{
            file_size,
            kept::{Members, Shown},
            time_rendered, worklog,
        },
    },
};
use serde_json::Value;

/// Some fields as HTML and words (observed shapes, "renderedFields").
pub fn rendered(call: &Call, loaded: &Loaded, columns: &[Column]) -> Members {
    let issue = &loaded.issue;
    let zone = call.caller.time_zone();
    let targets = Targets { call, attachments: &loaded.around.attachments };
    let html = |document: &Option<Value>| {
        Value::from(document.as_ref().map(|d| rich_text::to_html(d, &targets)).unwrap_or_default())
    };
    let tracking = &call.site.settings.time_tracking;
    let words = |seconds: Option<i64>| seconds.map_or(Value::Null, |seconds| tracking.in_words(seconds).into());
    let mut view = Members::default();
    for (id, value) in fields(call, loaded, columns) {
        let value = if let Shown::Made(value) = value { value } else { Value::Null };
        let rendered: Value = match &*id {
            "statuscategorychangedate" => time_rendered(issue.status_category_changed, zone).into(),
            "created" => time_rendered(issue.created, zone).into(),
            "updated" => time_rendered(issue.updated, zone).into(),
            "resolutiondate" => issue.resolved.map_or(Value::Null, |time| time_rendered(time, zone).into()),
            "lastViewed" => loaded.around.viewed.map_or(Value::Null, |time| time_rendered(time, zone).into()),
            "duedate" => issue.due.map_or(Value::Null, |date| date.format("%d/%b/%y").to_string().into()),
            "timespent"
            | "timeestimate"
            | "timeoriginalestimate"
            | "aggregatetimespent"
            | "aggregatetimeestimate"
            | "aggregatetimeoriginalestimate" => words(value.as_i64()),
            "description" => html(&issue.description),
            "environment" => html(&issue.environment),
            "attachment" => loaded.around.attachments.iter().map(|item| attachment_rendered(call, item)).collect(),
            "worklog" => worklog::inline(call, &loaded.around, worklog::rendered),
            "timetracking" => time_tracking(call, issue, TimeTracking::in_words),
            "comment" => value,
            _ => match call.site.fields.get(&id) {
                Some(Field::Custom(custom, Kind::RichText)) => {
                    let document = issue
                        .custom(custom.id)
                        .and_then(Value::as_str)
                        .and_then(|text| serde_json::from_str(text).ok());
                    html(&document)
                }
                _ => Value::Null,
            },
        };
        view.add(id, rendered);
    }
    view
}

/// A file with its time and size in words (observed shapes, "renderedFields").
fn attachment_rendered(call: &Call, item: &Attachment) -> Value {
    let mut view = attachment(call, item);
    view["created"] = time_rendered(item.created, call.caller.time_zone()).into();
    view["size"] = file_size(item.size.unsigned_abs()).into();
    view
}
