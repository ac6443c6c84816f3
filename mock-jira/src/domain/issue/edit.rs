//! Changing an issue's fields as a request asks: `fields` and every verb of `update` (J-50 to J-53).

use super::{
    Issue, References,
    changes::ChangeItem,
    history::Metadata,
    screen::Asked,
    values::{self, Place, Read, TextFormat, member},
};
use crate::domain::{
    assignment::default_assignee,
    comment::{self, NewComment, Revision},
    config::{CustomField, Project},
    failure::Complaints,
    fields::{Field, Kind},
    permission::{Access, IssuePeople},
    property, rich_text,
    snapshot::Snapshot,
    sprint,
    time_tracking::{self, TimeTracking},
    visibility,
    worklog::{self, Adjust, Amount, Draft, Operation},
};
use serde_json::{Map, Value};

/// What a request wants to be different.
#[derive(Debug, Default)]
pub struct Input {
    /// Field id to new value.
    pub fields: Map<String, Value>,
    /// Field id to operations, each an object of one verb and its value.
    pub update: Map<String, Value>,
    /// What another system tells about it.
    pub metadata: Option<Metadata>,
}

impl Input {
    /// Every reference to another issue, for `app` to look up before the editor runs.
    pub fn issue_references(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut add = |value: &Value| {
            for key in ["id", "key"] {
                match value.get(key) {
                    Some(Value::String(text)) => found.push(text.clone()),
                    Some(Value::Number(number)) => found.push(number.to_string()),
                    _ => {}
                }
            }
        };
        add(member(&self.fields, "parent"));
        for operation in values::array(member(&self.update, "parent")).unwrap_or_default() {
            operation.as_object().into_iter().flat_map(Map::values).for_each(&mut add);
        }
        for operation in values::array(member(&self.update, "issuelinks")).unwrap_or_default() {
            for link in operation.as_object().into_iter().flat_map(Map::values) {
                add(&link["inwardIssue"]);
                add(&link["outwardIssue"]);
            }
        }
        for (id, value) in &self.fields {
            if let (true, Value::String(key)) = (id.starts_with("customfield_"), value)
                && key.contains('-')
                && key.len() < 64
            {
                found.push(key.clone()); // an Epic Link is set by key
            }
        }
        found
    }
}

/// A link to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// Its type.
    pub type_id: i64,
    /// The issue at the other end.
    pub other_id: i64,
    /// This issue is the source (J-112).
    pub outward: bool,
}

/// What a request adds beside the issue's own fields.
#[derive(Debug, Default)]
pub struct Extras {
    /// In order.
    pub comments: Vec<NewComment>,
    /// What is done to the comments that there are, in order.
    pub comment_edits: Vec<comment::Edit>,
    /// In order.
    pub links: Vec<NewLink>,
    /// In order.
    pub worklogs: Vec<worklog::Edit>,
    /// What the history tells of them.
    pub items: Vec<ChangeItem>,
    /// What another system tells about all of it.
    pub metadata: Option<Metadata>,
}

impl Extras {
    /// Whether nothing is added: what an issue is edited to may be what it was (J-57).
    pub fn is_empty(&self) -> bool {
        self.comments.is_empty()
            && self.comment_edits.is_empty()
            && self.links.is_empty()
            && self.worklogs.is_empty()
            && self.items.is_empty()
    }
}

/// What is wrong with a field. A few sentences stand under another field than the one that was sent.
struct Complaint {
    field: Option<&'static str>,
    message: String,
}

impl<T: Into<String>> From<T> for Complaint {
    fn from(message: T) -> Self {
        Self { field: None, message: message.into() }
    }
}

/// The outcome of setting a field.
type Edit = Result<(), Complaint>;

/// Applies requests to issues of one project.
pub struct Editor<'a> {
    /// The site.
    pub site: &'a Snapshot,
    /// The issue's project.
    pub project: &'a Project,
    /// What the caller may do.
    pub access: Access<'a>,
    /// Those of the issue as it was; absent for a new one.
    pub people: Option<IssuePeople<'a>>,
    /// Issues that the request refers to.
    pub references: &'a References,
    /// How rich text stands in the request.
    pub format: TextFormat,
    /// What is added beside the fields.
    pub extras: Extras,
}

impl Editor<'_> {
    /// Applies all of `input` to `issue` and returns everything that is wrong with it;
    /// if that is not empty, the issue must not be stored (J-52).
    pub fn apply(&mut self, issue: &mut Issue, input: &Input, asked: &[Asked], creating: bool) -> Complaints {
        let mut complaints = Complaints::default();
        self.extras.metadata.clone_from(&input.metadata);
        let settable = |id: &str| asked.iter().any(|asked| asked.field.id() == id);
        for (id, value) in &input.fields {
            if creating && matches!(id.as_str(), "project" | "issuetype") {
                continue; // decided which fields there are
            }
            if input.update.contains_key(id) {
                complaints.field(id, format!("Field '{id}' cannot appear in both 'fields' and 'update'")); // J-20
            } else if !settable(id) {
                complaints.field(id, off_screen(id));
            } else if let Err(complaint) = self.set(issue, id, value) {
                complaints.field(complaint.field.unwrap_or(id), complaint.message);
            }
        }
        for (id, operations) in &input.update {
            if !settable(id) {
                complaints.field(id, off_screen(id));
                continue;
            }
            if let Err(complaint) = self.operations(issue, id, operations) {
                complaints.field(complaint.field.unwrap_or(id), complaint.message);
            }
        }
        for asked in asked.iter().filter(|asked| asked.required) {
            let id = asked.field.id();
            let touched = creating || input.fields.contains_key(&id) || input.update.contains_key(&id);
            // What was refused for its value is not also missing.
            let refused = input.fields.contains_key(&id) && !complaints.is_empty();
            if touched && !refused && self.is_empty(issue, &id) {
                complaints.field(&id, required_message(&id, asked.field.name()));
            }
        }
        complaints
    }

    /// Whether the issue has no value for a field.
    pub fn is_empty(&self, issue: &Issue, id: &str) -> bool {
        match id {
            "summary" => issue.summary.is_empty(),
            "description" => issue.description.is_none(),
            "environment" => issue.environment.is_none(),
            "assignee" => issue.assignee.is_none(),
            "reporter" => issue.reporter.is_none(),
            "priority" => issue.priority_id.is_none(),
            "resolution" => issue.resolution_id.is_none(),
            "duedate" => issue.due.is_none(),
            "labels" => issue.labels.is_empty(),
            "components" => issue.component_ids.is_empty(),
            "fixVersions" => issue.fix_version_ids.is_empty(),
            "versions" => issue.affected_version_ids.is_empty(),
            "parent" => issue.parent_id.is_none(),
            "timetracking" => issue.original_estimate.is_none() && issue.remaining_estimate.is_none(),
            "security" => issue.security_level_id.is_none(),
            "issuelinks" => self.extras.links.is_empty(),
            "comment" => self.extras.comments.is_empty(),
            id => crate::domain::fields::custom_number(id).is_some_and(|number| issue.custom(number).is_none()),
        }
    }

    fn operations(&mut self, issue: &mut Issue, id: &str, operations: &Value) -> Edit {
        for operation in values::array(operations)? {
            let operation = operation.as_object().ok_or("expected Object")?;
            for (verb, value) in operation {
                self.operation(issue, id, verb, value)?;
            }
        }
        Ok(())
    }

    fn operation(&mut self, issue: &mut Issue, id: &str, verb: &str, value: &Value) -> Edit {
        match (id, verb) {
            ("comment", "add" | "edit" | "remove") => return self.edit_comments(verb, value),
            ("issuelinks", "add") => return self.add_link(value),
            ("worklog", "add" | "edit" | "remove") => return self.edit_worklogs(verb, value),
            ("timetracking", "edit") => return self.set(issue, id, value),
            (_, "set") => return self.set(issue, id, value),
            _ => {}
        }
        let known = self.site.fields.get(id).is_some_and(|field| field.operations().contains(&verb));
        match (known, verb) {
            (true, "add") => self.add_or_remove(issue, id, value, true),
            (true, "remove") => self.add_or_remove(issue, id, value, false),
            _ => {
                Err(format!("Field with id '{id}' and name '{}' does not support operation '{verb}'", self.name(id))
                    .into())
            }
        }
    }

    fn name(&self, id: &str) -> String {
        self.site.fields.get(id).map_or_else(|| id.to_owned(), |field| field.name().to_owned())
    }

    fn set(&mut self, issue: &mut Issue, id: &str, value: &Value) -> Edit {
        let site = self.site;
        match id {
            "summary" => issue.summary = values::summary(value)?,
            "description" => issue.description = values::document(value, self.format)?,
            "environment" => issue.environment = values::document(value, self.format)?,
            "assignee" => issue.assignee = self.assignee(issue, value)?,
            "reporter" => issue.reporter = values::account(site, value)?,
            "priority" => issue.priority_id = values::priority(site, self.project, value)?,
            "resolution" => issue.resolution_id = values::resolution(site, value)?,
            "duedate" => issue.due = values::date(value)?,
            "labels" => {
                issue.labels = values::array(value)?.iter().map(values::label).collect::<Read<_>>()?;
                sort_unique(&mut issue.labels);
            }
            "components" => issue.component_ids = self.many(value, values::component)?,
            "fixVersions" => issue.fix_version_ids = self.many(value, values::version)?,
            "versions" => issue.affected_version_ids = self.many(value, values::version)?,
            "issuetype" => self.set_type(issue, value)?,
            "parent" => self.set_parent(issue, value)?,
            "timetracking" => set_estimates(&site.settings.time_tracking, issue, value)?,
            "comment" | "issuelinks" | "worklog" | "attachment" => {
                return Err(format!("Field '{id}' does not support the operation 'set'.").into());
            }
            "security" => {
                // Only levels that the caller belongs to can be chosen.
                let levels = || self.access.levels(self.project, self.people);
                issue.security_level_id = values::security_level(levels, value)?;
            }
            "project" | "watches" | "votes" => return Err(off_screen(id).into()),
            _ => self.set_custom(issue, id, value)?,
        }
        Ok(())
    }

    fn set_custom(&mut self, issue: &mut Issue, id: &str, value: &Value) -> Edit {
        let Some(Field::Custom(field, kind)) = self.site.fields.get(id) else { return Err(off_screen(id).into()) };
        if kind == Kind::EpicLink {
            // The epic is the parent; the old field takes its bare key.
            let reference = value.as_str().map_or(Value::Null, |key| serde_json::json!({ "key": key }));
            return self.set_parent(issue, &reference);
        }
        let context =
            self.site.fields.context(field.id, self.project.id, issue.issue_type_id).ok_or_else(|| off_screen(id))?;
        let mut stored = values::custom(&self.place(field, context.id), kind, value)?;
        if kind == Kind::Sprint {
            stored = sprint::moved(self.site, issue.custom(field.id), stored);
        }
        match stored {
            Some(stored) => issue.custom.insert(field.id.to_string(), stored),
            None => issue.custom.remove(&field.id.to_string()),
        };
        Ok(())
    }

    fn place<'b>(&'b self, field: &'b CustomField, context_id: i64) -> Place<'b> {
        let Self { site, project, access, format, .. } = *self;
        Place { site, access, project, field_id: field.id, context_id, name: &field.name, format }
    }

    fn add_or_remove(&mut self, issue: &mut Issue, id: &str, value: &Value, add: bool) -> Edit {
        fn change<T: PartialEq>(list: &mut Vec<T>, item: Option<T>, add: bool) {
            let Some(item) = item else { return };
            match (list.iter().position(|other| *other == item), add) {
                (None, true) => list.push(item),
                (Some(at), false) => drop(list.remove(at)),
                _ => {}
            }
        }
        let (site, project) = (self.site, self.project);
        match id {
            "labels" => {
                change(&mut issue.labels, Some(values::label(value)?), add);
                issue.labels.sort();
            }
            "components" => change(&mut issue.component_ids, values::component(site, project, value)?, add),
            "fixVersions" => change(&mut issue.fix_version_ids, values::version(site, project, value)?, add),
            "versions" => change(&mut issue.affected_version_ids, values::version(site, project, value)?, add),
            _ => {
                let Some(Field::Custom(field, kind)) = site.fields.get(id) else { return Err(off_screen(id).into()) };
                let context =
                    site.fields.context(field.id, project.id, issue.issue_type_id).ok_or_else(|| off_screen(id))?;
                let one = Value::Array(vec![value.clone()]);
                let item = values::custom(&self.place(field, context.id), kind, &one)?;
                let mut list = issue.custom(field.id).and_then(Value::as_array).cloned().unwrap_or_default();
                for item in item.as_ref().and_then(Value::as_array).into_iter().flatten() {
                    change(&mut list, Some(item.clone()), add);
                }
                if list.is_empty() {
                    issue.custom.remove(&field.id.to_string());
                } else {
                    issue.custom.insert(field.id.to_string(), list.into());
                }
            }
        }
        Ok(())
    }

    fn many(&self, value: &Value, one: impl Fn(&Snapshot, &Project, &Value) -> Read<Option<i64>>) -> Read<Vec<i64>> {
        let mut ids = Vec::new();
        for item in values::array(value)? {
            if let Some(id) = one(self.site, self.project, item)?
                && !ids.contains(&id)
            {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// Account id `-1` means the default assignee (J-58).
    fn assignee(&self, issue: &Issue, value: &Value) -> Read<Option<String>> {
        if value.get("accountId").or_else(|| value.get("id")) == Some(&Value::from("-1")) {
            return Ok(default_assignee(self.site, self.project, &issue.component_ids));
        }
        let account_id = values::account(self.site, value)?;
        match account_id {
            Some(id) if !Access::assignable(self.site, self.project, &id) => {
                Err(format!("User '{id}' cannot be assigned issues.")) // J-16
            }
            other => Ok(other),
        }
    }

    fn set_type(&self, issue: &mut Issue, value: &Value) -> Edit {
        const INVALID: &str = "The issue type selected is invalid."; // J-9
        let Some((member, text)) = values::chosen(value, &["id", "name"])? else { return Err(INVALID.into()) };
        let types = || self.site.issue_types_of(self.project);
        let new =
            types().find(|t| if member == "id" { t.id.to_string() == text } else { t.name == text }).ok_or(INVALID)?;
        let old = self.site.issue_types.get(issue.issue_type_id).ok_or(INVALID)?;
        let keeps_status = self
            .site
            .workflow_of(self.project, new.id)
            .is_some_and(|workflow| workflow.definition.statuses.contains(&issue.status_id));
        // Another level would need another parent, another workflow another status: that is a move.
        if new.level != old.level || !keeps_status {
            return Err(INVALID.into());
        }
        issue.issue_type_id = new.id;
        Ok(())
    }

    fn set_parent(&self, issue: &mut Issue, value: &Value) -> Edit {
        const UNKNOWN: &str = "Could not find issue by id or key."; // J-11
        let own = self.site.issue_types.get(issue.issue_type_id).ok_or(UNKNOWN)?;
        let cleared = value.is_null() || value.get("none") == Some(&Value::Bool(true)); // J-56
        if cleared {
            if own.is_subtask() {
                return Err("Issue type is a sub-task but parent issue key or id not specified.".into()); // J-11
            }
            issue.parent_id = None;
            return Ok(());
        }
        let Some((_, text)) = values::chosen(value, &["id", "key"])? else { return Err(UNKNOWN.into()) };
        let parent = self.references.get(text.as_ref()).ok_or(UNKNOWN)?;
        let level = self.site.issue_types.get(parent.issue_type_id).ok_or(UNKNOWN)?.level;
        // Exactly one level above, so that no cycle can come about.
        if level != own.level + 1 {
            let message = "Given parent work item does not belong to appropriate hierarchy".into(); // J-10
            return Err(Complaint { field: Some("parentId"), message });
        }
        if own.is_subtask() && parent.project_id != issue.project_id {
            let message = "Sub-tasks must be created in the same project as the parent.".into(); // J-9
            return Err(Complaint { field: Some("project"), message });
        }
        issue.parent_id = Some(parent.id);
        Ok(())
    }

    fn edit_comments(&mut self, verb: &str, value: &Value) -> Edit {
        if verb == "remove" {
            self.extras.comment_edits.push(comment::Edit::Remove(id_of(value, "comment")?));
            return Ok(());
        }
        let body = value.get("body").unwrap_or(&Value::Null);
        let document = values::document(body, self.format).map_err(|_| "Comment body is not valid!")?; // J-13
        let document = document.filter(|document| !rich_text::is_empty(document));
        let body = document.ok_or("Comment body can not be empty!")?; // J-95
        let visible_to = value.get("visibility");
        let visibility = visibility::read(self.site, self.access, self.project, visible_to)?;
        let properties = property::list(value.get("properties").unwrap_or(&Value::Null))?;
        if verb == "add" {
            self.extras.comments.push(NewComment { body, visibility, properties });
        } else {
            let revision = Revision { body, visibility: visible_to.map(|_| visibility), properties };
            self.extras.comment_edits.push(comment::Edit::Change(id_of(value, "comment")?, revision));
        }
        Ok(())
    }

    fn edit_worklogs(&mut self, verb: &str, value: &Value) -> Edit {
        let body = value.as_object().ok_or("expected Object")?;
        let mut complaints = Complaints::default();
        let amount = if verb == "remove" { Amount::Increase } else { Amount::Reduce };
        let adjust = Adjust::read(
            &self.site.settings.time_tracking,
            amount,
            |name| body.get(name).and_then(Value::as_str),
            &mut complaints,
        );
        let mut draft = || Draft::read(self.site, self.access, self.project, self.format, body, &mut complaints);
        let operation = match verb {
            "add" => {
                let draft = draft();
                draft.check_new(&mut complaints);
                Operation::Add(draft)
            }
            "edit" => Operation::Change(id_of(value, "worklog")?, draft()),
            _ => Operation::Remove(id_of(value, "worklog")?),
        };
        if let Some(sentence) = complaints.messages.into_iter().chain(complaints.fields.into_values()).next() {
            return Err(sentence.into());
        }
        self.extras.worklogs.push(worklog::Edit { operation, adjust });
        Ok(())
    }

    fn add_link(&mut self, value: &Value) -> Edit {
        if !self.site.site.settings.issue_linking_enabled {
            return Err("Issue linking is currently disabled.".into());
        }
        let Some((member, text)) = values::chosen(value.get("type").unwrap_or(&Value::Null), &["id", "name"])? else {
            return Err("No issue link type was provided.".into());
        };
        let kind = self
            .site
            .link_types
            .iter()
            .find(|t| if member == "id" { t.id.to_string() == text } else { t.name == text });
        let type_id = kind.ok_or_else(|| format!("No issue link type with {member} '{text}' found."))?.id; // J-110
        for (end, outward) in [("outwardIssue", true), ("inwardIssue", false)] {
            if let Some(other) = value.get(end) {
                let (_, text) = values::chosen(other, &["id", "key"])?.ok_or("Could not find issue by id or key.")?;
                let other_id = self.references.get(text.as_ref()).ok_or("Could not find issue by id or key.")?.id;
                self.extras.links.push(NewLink { type_id, other_id, outward });
                return Ok(());
            }
        }
        Err("No issue was provided to link to.".into())
    }
}

/// The id of a comment or worklog that an operation names.
fn id_of(value: &Value, what: &str) -> Read<i64> {
    let (_, id) = values::chosen(value, &["id"])?.ok_or_else(|| format!("No {what} id was provided."))?;
    id.parse().map_err(|_| format!("'{id}' is not the id of a {what}."))
}

/// The sentence for a field that can't be set (J-8).
pub fn off_screen(id: &str) -> String {
    format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.")
}

fn required_message(id: &str, name: &str) -> String {
    match id {
        "summary" => "You must specify a summary of the issue.".into(), // J-4
        "parent" => "Issue type is a sub-task but parent issue key or id not specified.".into(), // J-11
        _ => format!("{name} is required."),                            // J-7
    }
}

fn set_estimates(tracking: &TimeTracking, issue: &mut Issue, value: &Value) -> Read<()> {
    let members = match value {
        Value::Null => return Ok(()),
        Value::Object(members) => members,
        _ => return Err("expected Object".into()),
    };
    let read = |text: &str, seconds: &str| -> Read<Option<i64>> {
        match (member(members, text), member(members, seconds)) {
            (Value::String(span), _) => {
                tracking.parse(span).map(Some).ok_or_else(|| format!("'{span}' is not a valid time estimate."))
            }
            (Value::Null, Value::Number(number)) => {
                Ok(number.as_i64().map(|number| number.clamp(0, time_tracking::MOST)))
            }
            (Value::Null, _) => Ok(None),
            _ => Err("Operation value must be a string".into()),
        }
    };
    let original = read("originalEstimate", "originalEstimateSeconds")?;
    let remaining = read("remainingEstimate", "remainingEstimateSeconds")?;
    // An original estimate alone also starts the remaining one.
    if remaining.is_none() && original.is_some() && issue.remaining_estimate.is_none() {
        issue.remaining_estimate = original;
    }
    issue.original_estimate = original.or(issue.original_estimate);
    issue.remaining_estimate = remaining.or(issue.remaining_estimate);
    Ok(())
}

fn sort_unique(labels: &mut Vec<String>) {
    labels.sort();
    labels.dedup();
}
