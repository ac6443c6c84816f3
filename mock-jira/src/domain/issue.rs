//! Issues: what one is, and the rules for creating and changing it.

pub mod changes;
pub mod edit;
pub mod history;
pub mod screen;
pub mod values;

use super::permission::IssuePeople;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

/// An issue as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Unique in the site.
    pub id: i64,
    /// Its project.
    pub project_id: i64,
    /// The number in its key.
    pub number: i64,
    /// Its type.
    pub issue_type_id: i64,
    /// Where it is in its workflow.
    pub status_id: i64,
    /// Absent where the priority field is hidden.
    pub priority_id: Option<i64>,
    /// Absent while it is open.
    pub resolution_id: Option<i64>,
    /// One line, at most 255 characters.
    pub summary: String,
    /// Atlassian Document Format.
    pub description: Option<Value>,
    /// Atlassian Document Format.
    pub environment: Option<Value>,
    /// Account id; absent when created anonymously.
    pub creator: Option<String>,
    /// Account id.
    pub reporter: Option<String>,
    /// Account id.
    pub assignee: Option<String>,
    /// The issue one level above.
    pub parent_id: Option<i64>,
    /// Who may see it besides the project's permissions.
    pub security_level_id: Option<i64>,
    /// Words, sorted.
    pub labels: Vec<String>,
    /// Components of its project.
    pub component_ids: Vec<i64>,
    /// Versions in which it is fixed.
    pub fix_version_ids: Vec<i64>,
    /// Versions that it affects.
    pub affected_version_ids: Vec<i64>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When anything about it last changed.
    pub updated: DateTime<Utc>,
    /// The day it is due.
    pub due: Option<NaiveDate>,
    /// When it got its resolution.
    pub resolved: Option<DateTime<Utc>>,
    /// When it last moved to another category.
    pub status_category_changed: DateTime<Utc>,
    /// Seconds.
    pub original_estimate: Option<i64>,
    /// Seconds.
    pub remaining_estimate: Option<i64>,
    /// Seconds.
    pub time_spent: Option<i64>,
    /// Its place among all issues.
    pub rank: String,
    /// Since when it can be looked at only (J-136).
    pub archived: Option<DateTime<Utc>>,
    /// Custom field number to stored value; see [`super::fields::Kind`].
    pub custom: Map<String, Value>,
}

impl Issue {
    /// What decides who may do something with it.
    pub fn people(&self) -> IssuePeople<'_> {
        IssuePeople {
            reporter: self.reporter.as_deref(),
            assignee: self.assignee.as_deref(),
            archived: self.archived.is_some(),
            level: self.security_level_id,
            custom: Some(&self.custom),
        }
    }

    /// A custom field's stored value.
    pub fn custom(&self, field_id: i64) -> Option<&Value> {
        self.custom.get(&field_id.to_string())
    }

    /// Puts another id in the place of one, or none, where the custom field of that number has it.
    pub fn swap_custom(&mut self, field: &str, old: i64, new: Option<i64>) {
        let (old, new) = (Value::from(old), new.map(Value::from));
        let left = match self.custom.get(field) {
            Some(Value::Array(values)) => {
                let mut values = values.clone();
                swap(&mut values, old, new);
                Some(values).filter(|values| !values.is_empty()).map(Value::Array)
            }
            Some(value) if *value == old => new,
            _ => return,
        };
        match left {
            Some(value) => self.custom.insert(field.to_owned(), value),
            None => self.custom.remove(field),
        };
    }
}

/// What is known of an issue that a request refers to: a parent, a link's other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRef {
    /// Unique in the site.
    pub id: i64,
    /// Its project.
    pub project_id: i64,
    /// The number in its key.
    pub number: i64,
    /// Its type.
    pub issue_type_id: i64,
    /// Where it is.
    pub status_id: i64,
    /// Its security level, which sub-tasks share.
    pub security_level_id: Option<i64>,
}

/// Issues that a request refers to, by the id or key with which it does; invisible ones are not in it.
pub type References = std::collections::HashMap<String, IssueRef>;

/// Puts another value in the place of one, or none, in a list without doubles.
pub fn swap<T: PartialEq>(values: &mut Vec<T>, old: T, new: Option<T>) {
    let Some(at) = values.iter().position(|value| *value == old) else { return };
    match new.filter(|new| !values.contains(new)) {
        Some(new) => values[at] = new,
        None => drop(values.remove(at)),
    }
}
