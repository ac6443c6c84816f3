//! Issues, and what hangs on them (J-32 to J-44; observed shapes, "issues").

mod rendered;
mod selection;

pub use self::{
    rendered::rendered,
    selection::{Column, Selection},
};
use super::{
    config,
    kept::{Members, Part, Parts, Shown},
    project, sprint, user, worklog,
};
use crate::{
    app::{comments, transitions::Offer},
    db::{
        attachments::Attachment,
        comments::Comment,
        issues::{Around, Link, Loaded, Neighbour},
    },
    domain::{
        config::{Priority, Resolution},
        fields::{Field, Kind},
        issue::Issue,
        rich_text,
        time_tracking::TimeTracking,
        workflow::Origin,
    },
    http::call::{Call, Version},
};
use serde_json::{Map, Value, json};

/// What `expand` names on an issue's own level (J-33).
pub const EXPANDS: &str =
    "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations,transitions";

/// An issue with some fields: `expand`, `id`, `self`, `key`, `fields` in that order.
pub fn issue(call: &Call, loaded: &Loaded, columns: &[Column]) -> Members {
    let issue = &loaded.issue;
    let mut view = Members::default();
    view.add("expand", EXPANDS);
    view.add("id", issue.id.to_string());
    view.add("self", call.links.api(format_args!("issue/{}", issue.id)));
    view.add("key", call.site.issue_key(issue.project_id, issue.number));
    view.add("fields", fields(call, loaded, columns));
    view
}

/// Those of the fields that an issue has (J-32).
fn fields(call: &Call, loaded: &Loaded, columns: &[Column]) -> Members {
    let parts = call.server.kept.of(call);
    let mut view = Members::default();
    for (id, field) in columns {
        let value = match *field {
            Field::System(_) => system(call, &parts, id, &loaded.issue, &loaded.around),
            Field::Custom(custom, kind) => {
                // A custom field outside the issue's context is left out, one inside it is null.
                let covered =
                    call.site.fields.context(custom.id, loaded.issue.project_id, loaded.issue.issue_type_id).is_some();
                covered.then(|| self::custom(call, custom.id, kind, loaded).into())
            }
        };
        if let Some(value) = value {
            view.add(id.clone(), value);
        }
    }
    view
}

/// A system field's value; `None` where the member is left out.
fn system(call: &Call, parts: &Parts, id: &str, issue: &Issue, around: &Around) -> Option<Shown> {
    let site = &call.site;
    let person = |account_id: &Option<String>| {
        let Some(account) = account_id.as_deref().and_then(|id| site.accounts.get(id)) else {
            return Value::Null.into();
        };
        let part = Part::Person { account_id: account.account_id.clone(), email: call.access().sees_email(account) };
        parts.show(part, || user::person(call, account_id.as_deref()))
    };
    let text = |document: &Option<Value>| document.as_ref().map_or(Value::Null, |document| self::text(call, document));
    let versions = |ids: &[i64]| {
        ids.iter().filter_map(|id| site.versions.get(*id)).map(|v| config::version(call, v)).collect::<Value>()
    };
    let sum = |own: Option<i64>, below: Option<i64>| match (own, below) {
        (None, None) => Value::Null,
        (own, below) => (own.unwrap_or(0) + below.unwrap_or(0)).into(),
    };
    let made: Value = match id {
        "assignee" => return Some(person(&issue.assignee)),
        "creator" => return Some(person(&issue.creator)),
        "reporter" => return Some(person(&issue.reporter)),
        "issuetype" => {
            let kind = site.issue_types.get(issue.issue_type_id)?;
            return Some(parts.show(Part::IssueType(kind.id), || config::issue_type(call, kind)));
        }
        "priority" => {
            let priority = issue.priority_id.and_then(|id| site.priorities.get(id));
            let show =
                |priority: &Priority| parts.show(Part::Priority(priority.id), || config::priority(call, priority));
            return Some(priority.map_or(Value::Null.into(), show));
        }
        "project" => {
            let project = site.projects.get(issue.project_id)?;
            return Some(parts.show(Part::Project(project.id), || project::in_issue(call, project)));
        }
        "resolution" => {
            let resolution = issue.resolution_id.and_then(|id| site.resolutions.get(id));
            let show = |resolution: &Resolution| {
                parts.show(Part::Resolution(resolution.id), || config::resolution(call, resolution))
            };
            return Some(resolution.map_or(Value::Null.into(), show));
        }
        "status" => {
            let status = site.statuses.get(issue.status_id)?;
            return Some(parts.show(Part::Status(status.id), || config::status(call, status)));
        }
        "statusCategory" => {
            let status = site.statuses.get(issue.status_id)?;
            let category = || config::status_category(call, status.category());
            return Some(parts.show(Part::StatusCategory(status.id), category));
        }
        "statuscategorychangedate" => call.time(issue.status_category_changed).into(),
        // The one field that is left out when empty (observed shapes).
        "parent" => {
            around.parent.as_ref().filter(|parent| visible(call, parent)).map(|parent| neighbour(call, parent))?
        }
        "timespent" => issue.time_spent.into(),
        "fixVersions" => versions(&issue.fix_version_ids),
        "aggregatetimespent" => sum(issue.time_spent, around.subtask_spent),
        "resolutiondate" => issue.resolved.map_or(Value::Null, |time| call.time(time).into()),
        "workratio" => match issue.original_estimate {
            Some(estimate) if estimate > 0 => (issue.time_spent.unwrap_or(0) * 100 / estimate).into(),
            _ => (-1).into(),
        },
        "watches" => json!({
            "self": call.links.api(format_args!("issue/{}/watchers", site.issue_key(issue.project_id, issue.number))),
            "watchCount": around.watchers,
            "isWatching": around.watching,
        }),
        "lastViewed" => around.viewed.map_or(Value::Null, |time| call.time(time).into()),
        "issuerestriction" => json!({ "issuerestrictions": {}, "shouldDisplay": false }),
        "created" => call.time(issue.created).into(),
        "labels" => issue.labels.clone().into(),
        "timeestimate" => issue.remaining_estimate.into(),
        "aggregatetimeoriginalestimate" => sum(issue.original_estimate, around.subtask_original),
        "versions" => versions(&issue.affected_version_ids),
        "issuelinks" => {
            around.links.iter().filter(|link| visible(call, &link.other)).filter_map(|item| link(call, item)).collect()
        }
        "updated" => call.time(issue.updated).into(),
        "components" => issue
            .component_ids
            .iter()
            .filter_map(|id| site.components.get(*id))
            .map(|item| config::component(call, item))
            .collect(),
        "timeoriginalestimate" => issue.original_estimate.into(),
        "description" => text(&issue.description),
        "timetracking" => time_tracking(call, issue, TimeTracking::format),
        "security" => issue
            .security_level_id
            .and_then(|id| site.security_levels.get(id))
            .map_or(Value::Null, |level| config::security_level(call, level)),
        "attachment" => around.attachments.iter().map(|item| attachment(call, item)).collect(),
        "aggregatetimeestimate" => sum(issue.remaining_estimate, around.subtask_remaining),
        "summary" => issue.summary.as_str().into(),
        "subtasks" => {
            around.subtasks.iter().filter(|item| visible(call, item)).map(|item| neighbour(call, item)).collect()
        }
        "aggregateprogress" => progress(
            issue.time_spent.unwrap_or(0) + around.subtask_spent.unwrap_or(0),
            issue.remaining_estimate.unwrap_or(0) + around.subtask_remaining.unwrap_or(0),
        ),
        "environment" => text(&issue.environment),
        "duedate" => issue.due.map_or(Value::Null, |date| date.to_string().into()),
        "progress" => progress(issue.time_spent.unwrap_or(0), issue.remaining_estimate.unwrap_or(0)),
        "votes" => json!({
            "self": call.links.api(format_args!("issue/{}/votes", site.issue_key(issue.project_id, issue.number))),
            "votes": around.votes,
            "hasVoted": around.voted,
        }),
        "comment" => comment_page(call, issue, &around.comments)?,
        "worklog" => worklog::inline(call, around, worklog::worklog),
        _ => return None,
    };
    Some(made.into())
}

/// A custom field's value as answers show it.
pub fn custom(call: &Call, field_id: i64, kind: Kind, loaded: &Loaded) -> Value {
    let issue = &loaded.issue;
    match kind {
        Kind::Rank => return issue.rank.as_str().into(),
        Kind::Development => return "{}".into(),
        Kind::EpicLink => {
            let parent = loaded.around.parent.as_ref().filter(|parent| visible(call, parent));
            let epic = parent
                .filter(|parent| call.site.issue_types.get(parent.issue_type_id).is_some_and(|kind| kind.level == 1));
            return epic.map_or(Value::Null, |epic| call.site.issue_key(epic.project_id, epic.number).into());
        }
        _ => {}
    }
    match issue.custom(field_id) {
        Some(stored) => custom_value(call, field_id, kind, stored),
        None => Value::Null,
    }
}

/// A stored value of a custom field of that kind.
pub fn custom_value(call: &Call, field_id: i64, kind: Kind, stored: &Value) -> Value {
    let many = |kind: Kind| {
        stored.as_array().into_iter().flatten().map(|item| custom_value(call, field_id, kind, item)).collect::<Value>()
    };
    let option = |id: &Value| {
        let option = id.as_i64().and_then(|id| call.site.fields.options.get(id));
        option.map_or(Value::Null, |option| config::option(call, option))
    };
    match kind {
        Kind::RichText => {
            let document = stored.as_str().and_then(|document| serde_json::from_str(document).ok());
            document.map_or(Value::Null, |document: Value| text(call, &document))
        }
        Kind::DateTime => match stored.as_str().and_then(|time| time.parse().ok()) {
            Some(time) => call.time(time).into(),
            None => Value::Null,
        },
        Kind::Option => option(stored),
        Kind::AppOption => stored.as_i64().and_then(|id| call.site.fields.app_option(field_id, id)).map_or(
            Value::Null,
            |option| json!({ "id": option.id, "value": option.value, "properties": option.properties }),
        ),
        Kind::Options => many(Kind::Option),
        Kind::Cascade => {
            let mut view = option(&stored[0]);
            if let Some(child) = stored.get(1) {
                view["child"] = option(child);
            }
            view
        }
        Kind::User => user::person(call, stored.as_str()),
        Kind::Users => many(Kind::User),
        Kind::Group => {
            stored.as_str().and_then(|id| call.site.group(id)).map_or(Value::Null, |group| user::group(call, group))
        }
        Kind::Groups => many(Kind::Group),
        Kind::Project => stored
            .as_i64()
            .and_then(|id| call.site.projects.get(id))
            .map_or(Value::Null, |p| project::in_issue(call, p)),
        Kind::Version => {
            stored.as_i64().and_then(|id| call.site.versions.get(id)).map_or(Value::Null, |v| config::version(call, v))
        }
        Kind::Versions => many(Kind::Version),
        Kind::Sprint => {
            let ids = stored.as_array().into_iter().flatten().filter_map(Value::as_i64);
            ids.filter_map(|id| call.site.sprints.get(id)).map(sprint::in_issue).collect()
        }
        _ => stored.clone(),
    }
}

/// Rich text in the form of the called version (J-94).
pub fn text(call: &Call, document: &Value) -> Value {
    match call.version {
        Version::V3 => document.clone(),
        Version::V2 => rich_text::to_wiki(document).into(),
    }
}

fn time_tracking(call: &Call, issue: &Issue, text: fn(&TimeTracking, i64) -> String) -> Value {
    let spans = [
        ("originalEstimate", issue.original_estimate),
        ("remainingEstimate", issue.remaining_estimate),
        ("timeSpent", issue.time_spent),
    ];
    let tracking = &call.site.settings.time_tracking;
    let known = || spans.iter().filter_map(|(name, seconds)| Some((*name, (*seconds)?)));
    let texts = known().map(|(name, seconds)| (name.to_owned(), text(tracking, seconds).into()));
    let numbers = known().map(|(name, seconds)| (format!("{name}Seconds"), seconds.into()));
    Value::Object(texts.chain(numbers).collect())
}

fn progress(spent: i64, remaining: i64) -> Value {
    let total = spent + remaining;
    if total == 0 {
        return json!({ "progress": 0, "total": 0 });
    }
    json!({ "progress": spent, "total": total, "percent": spent * 100 / total })
}

/// Whether the caller may see another issue that an answer would mention.
fn visible(call: &Call, other: &Neighbour) -> bool {
    call.visible_project(other.project_id, other.people.as_ref()).is_some()
}

/// A parent, a sub-task or the other end of a link: exactly four fields (J-39, observed shapes 0.5).
pub fn neighbour(call: &Call, other: &Neighbour) -> Value {
    let site = &call.site;
    json!({
        "id": other.id.to_string(),
        "key": site.issue_key(other.project_id, other.number),
        "self": call.links.api(format_args!("issue/{}", other.id)),
        "fields": {
            "summary": other.summary,
            "status": site.statuses.get(other.status_id).map(|status| config::status(call, status)),
            "priority": other.priority_id.and_then(|id| site.priorities.get(id)).map(|priority| config::priority(call, priority)),
            "issuetype": site.issue_types.get(other.issue_type_id).map(|kind| config::issue_type(call, kind)),
        },
    })
}

/// A link, seen from one of its ends (J-112).
pub fn link(call: &Call, link: &Link) -> Option<Value> {
    let kind = call.site.link_types.get(link.type_id)?;
    let mut view = json!({
        "id": link.id.to_string(),
        "self": call.links.api(format_args!("issueLink/{}", link.id)),
        "type": config::link_type(call, kind),
    });
    // The source shows its destination as the outward issue (J-112).
    view[if link.outward { "outwardIssue" } else { "inwardIssue" }] = neighbour(call, &link.other);
    Some(view)
}

/// A file (J-101).
pub fn attachment(call: &Call, attachment: &Attachment) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("attachment/{}", attachment.id)),
        "id": attachment.id.to_string(),
        "filename": attachment.file_name,
        "author": user::person(call, Some(&attachment.author)),
        "created": call.time(attachment.created),
        "size": attachment.size,
        "mimeType": attachment.mime_type,
        "content": call.links.api(format_args!("attachment/content/{}", attachment.id)),
    });
    if attachment.thumbnail {
        view["thumbnail"] = call.links.api(format_args!("attachment/thumbnail/{}", attachment.id)).into();
    }
    view
}

/// All comments the caller may see, as the `comment` field has them (J-35).
fn comment_page(call: &Call, issue: &Issue, all: &[Comment]) -> Option<Value> {
    let project = call.site.projects.get(issue.project_id)?;
    let shown: Vec<Value> =
        all.iter().filter(|item| comments::visible(call, project, item)).map(|item| comment(call, item)).collect();
    let total = shown.len();
    Some(json!({
        "comments": shown,
        "self": call.links.api(format_args!("issue/{}/comment", issue.id)),
        "maxResults": total,
        "total": total,
        "startAt": 0,
    }))
}

/// A comment (J-90); `renderedBody` when expanded.
pub fn comment(call: &Call, comment: &Comment) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("issue/{}/comment/{}", comment.issue_id, comment.id)),
        "id": comment.id.to_string(),
        "author": user::person(call, Some(&comment.author)),
        "body": text(call, &comment.body),
    });
    if call.params.expands("renderedBody") {
        view["renderedBody"] = rich_text::to_html(&comment.body, &Targets { call, attachments: &[] }).into();
    }
    view["updateAuthor"] = user::person(call, Some(&comment.update_author));
    view["created"] = call.time(comment.created).into();
    view["updated"] = call.time(comment.updated).into();
    add_visibility(call, &mut view, comment.visibility_type.as_deref(), comment.visibility_id.as_deref());
    view["jsdPublic"] = comment.jsd_public.into();
    view
}

/// Adds who may see a comment or a worklog, unless everybody may (J-93).
pub fn add_visibility(call: &Call, view: &mut Value, kind: Option<&str>, id: Option<&str>) {
    let (Some(kind), Some(id)) = (kind, id) else { return };
    let name = match kind {
        "role" => call.site.roles.parse(id).map(|role| role.name.clone()),
        _ => call.site.group(id).map(|group| group.name.clone()),
    };
    view["visibility"] = json!({ "type": kind, "value": name, "identifier": id });
}

/// Where references inside rendered text lead to.
struct Targets<'a> {
    call: &'a Call,
    attachments: &'a [Attachment],
}

impl rich_text::Links for Targets<'_> {
    fn profile(&self, account_id: &str) -> String {
        self.call.links.site(&format!("jira/people/{account_id}"))
    }

    fn attachment(&self, name: &str) -> Option<String> {
        let found = self.attachments.iter().find(|attachment| attachment.file_name == name)?;
        Some(self.call.links.api(format_args!("attachment/content/{}", found.id)))
    }
}

/// A transition (J-70); `fields` are added by who expands them.
pub fn transition(call: &Call, offer: &Offer, from: i64) -> Value {
    let transition = offer.transition;
    let to = call.site.statuses.get(transition.to.unwrap_or(from));
    json!({
        "id": transition.id.to_string(),
        "name": transition.name,
        "to": to.map(|to| config::status(call, to)),
        "hasScreen": transition.screen_id.is_some(),
        "isGlobal": transition.origin == Origin::Global,
        "isInitial": false,
        "isAvailable": offer.available,
        "isConditional": !transition.condition.is_always(),
        "isLooped": transition.is_looped(from),
    })
}

/// Most entries of a changelog inside an issue (J-36).
pub const INLINE_CHANGELOG: i64 = 100;

/// Names of the fields that an issue shows.
pub fn names(call: &Call, view: &Members) -> Value {
    shown_fields(call, view).map(|field| (field.id(), field.name().into())).collect::<Map<_, _>>().into()
}

/// Schemas of the fields that an issue shows.
pub fn schemas(call: &Call, view: &Members) -> Value {
    shown_fields(call, view).filter_map(|field| Some((field.id(), field.schema()?))).collect::<Map<_, _>>().into()
}

fn shown_fields<'a>(call: &'a Call, view: &'a Members) -> impl Iterator<Item = Field<'a>> {
    let fields = match view.get("fields") {
        Some(Shown::Members(fields)) => Some(fields),
        _ => None,
    };
    fields.into_iter().flat_map(Members::names).filter_map(|id| call.site.fields.get(id))
}
