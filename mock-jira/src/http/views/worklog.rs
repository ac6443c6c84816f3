//! Worklogs (observed shapes, "issue_worklogs").

use super::{issue, time_rendered, user};
use crate::{
    db::{issues::Around, worklogs::Worklog},
    http::call::Call,
};
use serde_json::{Value, json};

/// A worklog.
pub fn worklog(call: &Call, worklog: &Worklog) -> Value {
    let comment = worklog.comment.as_ref().map(|comment| issue::text(call, comment));
    let moment = |at| call.time(at);
    view(
        call,
        worklog,
        comment,
        moment,
        call.site.settings.time_tracking.format(worklog.seconds),
        Some(worklog.seconds),
    )
}

/// The same among rendered fields: without the comment, times in words (observed shapes, "renderedFields").
pub fn rendered(call: &Call, worklog: &Worklog) -> Value {
    let moment = |at| time_rendered(at, call.caller.time_zone());
    view(call, worklog, None, moment, call.site.settings.time_tracking.in_words(worklog.seconds), None)
}

fn view(
    call: &Call,
    worklog: &Worklog,
    comment: Option<Value>,
    moment: impl Fn(chrono::DateTime<chrono::Utc>) -> String,
    spent: String,
    seconds: Option<i64>,
) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("issue/{}/worklog/{}", worklog.issue_id, worklog.id)),
        "author": user::person(call, Some(&worklog.author)),
        "updateAuthor": user::person(call, Some(&worklog.update_author)),
    });
    if let Some(comment) = comment {
        view["comment"] = comment;
    }
    view["created"] = moment(worklog.created).into();
    view["updated"] = moment(worklog.updated).into();
    issue::add_visibility(call, &mut view, worklog.visibility_type.as_deref(), worklog.visibility_id.as_deref());
    view["started"] = moment(worklog.started).into();
    view["timeSpent"] = spent.into();
    if let Some(seconds) = seconds {
        view["timeSpentSeconds"] = seconds.into();
    }
    view["id"] = worklog.id.to_string().into();
    view["issueId"] = worklog.issue_id.to_string().into();
    view
}

/// The first worklogs of an issue, as the `worklog` field has them (J-35).
pub fn inline(call: &Call, around: &Around, view: fn(&Call, &Worklog) -> Value) -> Value {
    json!({
        "startAt": 0,
        "maxResults": 20,
        "total": around.worklog_total,
        "worklogs": around.worklogs.iter().map(|worklog| view(call, worklog)).collect::<Vec<_>>(),
    })
}
