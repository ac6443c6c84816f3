//! What changed between two states of an issue, as changelog items (J-80 to J-86).

use super::{Issue, References};
use crate::domain::{fields::Kind, fields::custom_id, rich_text, snapshot::Snapshot};
use serde_json::Value;

/// One field's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeItem {
    /// Display name of the field, in Jira's own inconsistent case (J-81).
    pub field: String,
    /// Whether it is a custom field.
    pub custom: bool,
    /// Absent on links.
    pub field_id: Option<String>,
    /// Id of the old value, if it has one.
    pub from: Option<String>,
    /// The old value as text.
    pub from_string: Option<String>,
    /// Id of the new value, if it has one.
    pub to: Option<String>,
    /// The new value as text.
    pub to_string: Option<String>,
}

/// A value in a changelog: its id and its text.
type Shown = (Option<String>, Option<String>);

impl ChangeItem {
    fn system(field: &str, field_id: &str, from: Shown, to: Shown) -> Self {
        Self {
            field: field.into(),
            custom: false,
            field_id: Some(field_id.into()),
            from: from.0,
            from_string: from.1,
            to: to.0,
            to_string: to.1,
        }
    }

    fn without_id(field: &str, from: Shown, to: Shown) -> Self {
        Self { field_id: None, ..Self::system(field, "", from, to) }
    }

    /// A priority, resolution or type that took the place of another.
    pub fn replaced(field: &str, from: (i64, Option<&str>), to: Option<(i64, &str)>) -> Self {
        let (to, to_string) = to.map(|(id, name)| (id.to_string(), name.to_owned())).unzip();
        Self::system(field, field, (Some(from.0.to_string()), from.1.map(str::to_owned)), (to, to_string))
    }

    /// A link that was added (J-84).
    pub fn link_added(phrase: &str, other_key: &str) -> Self {
        let shown = (Some(other_key.into()), Some(format!("This issue {phrase} {other_key}")));
        Self::without_id("Link", (None, None), shown)
    }

    /// A link that was removed.
    pub fn link_removed(phrase: &str, other_key: &str) -> Self {
        let added = Self::link_added(phrase, other_key);
        Self { from: added.to, from_string: added.to_string, to: None, to_string: None, ..added }
    }

    /// Another security level, as a sub-task gets with its parent.
    pub fn security(site: &Snapshot, from: Option<i64>, to: Option<i64>) -> Self {
        Self::system("security", "security", security_level(site, from), security_level(site, to))
    }

    /// A worklog that was added, changed or removed (J-83).
    pub fn worklog(from: Option<i64>, to: Option<i64>) -> Self {
        let shown = |id: Option<i64>| (id.map(|id| id.to_string()), id.map(|id| id.to_string()));
        Self::without_id("WorklogId", shown(from), shown(to))
    }

    /// Logging work tells the remaining estimate even where it stays the same (observed shapes, "Change items seen").
    pub fn estimate_kept(seconds: Option<i64>) -> Self {
        let shown = || (seconds.map(|s| s.to_string()), seconds.map(|s| s.to_string()));
        Self::system("timeestimate", "timeestimate", shown(), shown())
    }

    /// A link to something outside of Jira that was added, changed or removed: its name before and after.
    pub fn remote_link(id: i64, from: Option<&str>, to: Option<&str>) -> Self {
        let shown = |name: Option<&str>| match name {
            Some(name) => (Some(id.to_string()), Some(format!("This issue links to \"{name}\""))),
            None => (None, None),
        };
        Self::without_id("RemoteIssueLink", shown(from), shown(to))
    }

    /// A file that was added (J-84).
    pub fn attachment_added(id: i64, name: &str) -> Self {
        Self::system("Attachment", "attachment", (None, None), (Some(id.to_string()), Some(name.into())))
    }

    /// A file that was removed.
    pub fn attachment_removed(id: i64, name: &str) -> Self {
        Self::system("Attachment", "attachment", (Some(id.to_string()), Some(name.into())), (None, None))
    }
}

/// Every difference that the changelog shows, in the order of Jira's fields.
pub fn between(site: &Snapshot, old: &Issue, new: &Issue, references: &References) -> Vec<ChangeItem> {
    let mut items = Vec::new();
    let mut note = |field: &str, id: &str, from: Shown, to: Shown| {
        if from != to {
            items.push(ChangeItem::system(field, id, from, to));
        }
    };
    let text = |value: &str| (None, Some(value.to_owned()));
    let rich = |value: &Option<Value>| (None, value.as_ref().map(rich_text::to_wiki));
    let person = |id: &Option<String>| -> Shown {
        let name = id.as_ref().and_then(|id| site.accounts.get(id)).map(|account| account.display_name.clone());
        (id.clone(), name)
    };
    let named = |id: Option<i64>, name: Option<&String>| (id.map(|id| id.to_string()), name.cloned());
    let seconds = |value: Option<i64>| (value.map(|v| v.to_string()), value.map(|v| v.to_string()));

    if old.project_id != new.project_id {
        let project = |id: i64| named(Some(id), site.projects.get(id).map(|project| &project.name));
        note("project", "project", project(old.project_id), project(new.project_id));
        let key = |issue: &Issue| (None, Some(site.issue_key(issue.project_id, issue.number)));
        note("Key", "issuekey", key(old), key(new));
    }
    note("summary", "summary", text(&old.summary), text(&new.summary));
    note("description", "description", rich(&old.description), rich(&new.description));
    note("environment", "environment", rich(&old.environment), rich(&new.environment));
    let issue_type = |id: i64| named(Some(id), site.issue_types.get(id).map(|t| &t.name));
    note("issuetype", "issuetype", issue_type(old.issue_type_id), issue_type(new.issue_type_id));
    let status = |id: i64| named(Some(id), site.statuses.get(id).map(|s| &s.name));
    note("status", "status", status(old.status_id), status(new.status_id));
    let priority = |id: Option<i64>| named(id, id.and_then(|id| site.priorities.get(id)).map(|p| &p.name));
    note("priority", "priority", priority(old.priority_id), priority(new.priority_id));
    let resolution = |id: Option<i64>| named(id, id.and_then(|id| site.resolutions.get(id)).map(|r| &r.name));
    note("resolution", "resolution", resolution(old.resolution_id), resolution(new.resolution_id));
    note("assignee", "assignee", person(&old.assignee), person(&new.assignee));
    note("reporter", "reporter", person(&old.reporter), person(&new.reporter));
    let labels = |issue: &Issue| (None, Some(issue.labels.join(" ")));
    note("labels", "labels", labels(old), labels(new));
    let level = |id: Option<i64>| security_level(site, id);
    note("security", "security", level(old.security_level_id), level(new.security_level_id));
    let due = |issue: &Issue| (issue.due.map(|d| d.to_string()), issue.due.map(|d| format!("{d} 00:00:00.0")));
    note("duedate", "duedate", due(old), due(new));
    let parent = |issue: &Issue| -> Shown {
        let known = issue.parent_id.and_then(|id| references.values().find(|reference| reference.id == id));
        let key = known.map(|reference| site.issue_key(reference.project_id, reference.number));
        (issue.parent_id.map(|id| id.to_string()), key)
    };
    note("Parent", "parent", parent(old), parent(new));
    note(
        "timeoriginalestimate",
        "timeoriginalestimate",
        seconds(old.original_estimate),
        seconds(new.original_estimate),
    );
    note("timeestimate", "timeestimate", seconds(old.remaining_estimate), seconds(new.remaining_estimate));
    note("timespent", "timespent", seconds(old.time_spent), seconds(new.time_spent));

    // One item per added or removed value (J-81).
    let component = |id: i64| site.components.get(id).map(|c| c.name.clone());
    let version = |id: i64| site.versions.get(id).map(|v| v.name.clone());
    list(&mut items, ("Component", "components"), &old.component_ids, &new.component_ids, component);
    list(&mut items, ("Fix Version", "fixVersions"), &old.fix_version_ids, &new.fix_version_ids, version);
    list(&mut items, ("Version", "versions"), &old.affected_version_ids, &new.affected_version_ids, version);

    for field in site.fields.custom.iter() {
        let (from, to) = (old.custom(field.id), new.custom(field.id));
        if from != to {
            let kind = Kind::of(&field.type_key);
            let (from, to) = (shown(site, field.id, kind, from), shown(site, field.id, kind, to));
            items.push(ChangeItem {
                field: field.name.clone(),
                custom: true,
                field_id: Some(custom_id(field.id)),
                from: from.0,
                from_string: from.1,
                to: to.0,
                to_string: to.1,
            });
        }
    }
    items
}

fn security_level(site: &Snapshot, id: Option<i64>) -> Shown {
    let level = id.and_then(|id| site.security_levels.get(id));
    (id.map(|id| id.to_string()), level.map(|level| level.name.clone()))
}

fn list(
    items: &mut Vec<ChangeItem>,
    (field, id): (&str, &str),
    old: &[i64],
    new: &[i64],
    name: impl Fn(i64) -> Option<String>,
) {
    let shown = |value: i64| (Some(value.to_string()), name(value));
    for gone in old.iter().filter(|value| !new.contains(value)) {
        items.push(ChangeItem::system(field, id, shown(*gone), (None, None)));
    }
    for come in new.iter().filter(|value| !old.contains(value)) {
        items.push(ChangeItem::system(field, id, (None, None), shown(*come)));
    }
}

/// A custom field's stored value as the changelog shows it.
fn shown(site: &Snapshot, field_id: i64, kind: Kind, value: Option<&Value>) -> Shown {
    let Some(value) = value else {
        // Sprint's emptiness is an empty string (observed shapes, "Change items seen").
        return if kind == Kind::Sprint { (Some(String::new()), Some(String::new())) } else { (None, None) };
    };
    let account = |id: &Value| id.as_str().and_then(|id| site.accounts.get(id)).map(|a| a.display_name.clone());
    let option = |id: &Value| id.as_i64().and_then(|id| site.fields.options.get(id)).map(|o| o.value.clone());
    let app_option = |id: &Value| Some(site.fields.app_option(field_id, id.as_i64()?)?.value.clone());
    let group = |id: &Value| id.as_str().and_then(|id| site.group(id)).map(|g| g.name.clone());
    let version = |id: &Value| id.as_i64().and_then(|id| site.versions.get(id)).map(|v| v.name.clone());
    let sprint = |id: &Value| id.as_i64().and_then(|id| site.sprints.get(id)).map(|s| s.name.clone());
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let ids = |name: &dyn Fn(&Value) -> Option<String>| -> Shown {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let ids: Vec<String> = items.iter().map(plain).collect();
        let names: Vec<String> = items.iter().filter_map(name).collect();
        (Some(ids.join(", ")), Some(names.join(", ")))
    };
    match kind {
        Kind::Option | Kind::Options | Kind::Cascade => ids(&option),
        Kind::AppOption => ids(&app_option),
        Kind::User | Kind::Users => ids(&account),
        Kind::Group | Kind::Groups => ids(&group),
        Kind::Version | Kind::Versions => ids(&version),
        Kind::Sprint => ids(&sprint),
        Kind::Labels => (None, Some(value.as_array().into_iter().flatten().map(plain).collect::<Vec<_>>().join(" "))),
        Kind::RichText => {
            let document = value.as_str().and_then(|text| serde_json::from_str(text).ok());
            (None, document.as_ref().map(rich_text::to_wiki))
        }
        Kind::Number => {
            let number = value.as_f64().unwrap_or_default();
            (None, Some(number.to_string()))
        }
        Kind::Date => (Some(plain(value)), Some(plain(value))),
        _ => (None, Some(plain(value))),
    }
}
