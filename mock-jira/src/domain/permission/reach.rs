//! On which issues somebody has a permission or belongs to a security level.

use crate::domain::people::Caller;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Who holds a permission or belongs to a security level: a kind of U-26, and the group, role, account or field it
/// names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder<'a> {
    /// Such as `projectRole`.
    pub kind: &'a str,
    /// Such as the role's id.
    pub parameter: Option<&'a str>,
}

/// What of an issue decides who may do something with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct IssuePeople<'a> {
    /// Account id.
    pub reporter: Option<&'a str>,
    /// Account id.
    pub assignee: Option<&'a str>,
    /// Id of its security level.
    pub level: Option<i64>,
    /// Custom field number to stored value.
    pub custom: Option<&'a Map<String, Value>>,
    /// The issue can be looked at and nothing else (J-136).
    pub archived: bool,
}

/// The same, as the database gives it for issues that are not loaded as a whole.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct People {
    /// Account id.
    pub reporter: Option<String>,
    /// Account id.
    pub assignee: Option<String>,
    /// Who may see it besides the project's permissions.
    pub security_level_id: Option<i64>,
    /// Custom field number to stored value; left empty where no holder refers to a field.
    pub custom: Map<String, Value>,
    /// It can be looked at and nothing else.
    pub archived: bool,
}

impl People {
    /// For asking what somebody may do.
    pub fn as_ref(&self) -> IssuePeople<'_> {
        IssuePeople {
            reporter: self.reporter.as_deref(),
            assignee: self.assignee.as_deref(),
            level: self.security_level_id,
            custom: Some(&self.custom),
            archived: self.archived,
        }
    }
}

/// An account or a group that a custom field of the issue has to name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldMember {
    /// Number of the custom field.
    pub field_id: i64,
    /// Account id or group id.
    pub member: String,
}

/// On which issues of a project the caller has something, before looking at one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// On every issue.
    pub all: bool,
    /// On issues that the caller reported.
    pub as_reporter: bool,
    /// On issues assigned to the caller.
    pub as_assignee: bool,
    /// On issues that name one of these in a custom field.
    pub in_fields: Vec<FieldMember>,
}

impl Reach {
    /// Whether there may be an issue at all.
    pub fn somewhere(&self) -> bool {
        self.all || self.as_reporter || self.as_assignee || !self.in_fields.is_empty()
    }

    /// Whether it covers the issue of these people.
    pub fn covers(&self, caller: &Caller, people: IssuePeople) -> bool {
        let named = |field: &FieldMember| {
            let value = people.custom.and_then(|custom| custom.get(&field.field_id.to_string()));
            value.is_some_and(|value| match value {
                Value::Array(members) => members.iter().any(|member| *member == field.member),
                member => *member == field.member,
            })
        };
        self.all
            || self.as_reporter && caller.is(people.reporter)
            || self.as_assignee && caller.is(people.assignee)
            || self.in_fields.iter().any(named)
    }
}

/// The issues on which a caller has a permission, as a search can ask for them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Absent for an anonymous caller.
    pub account_id: Option<String>,
    /// Whether the site has security levels at all.
    pub secured: bool,
    /// Elsewhere there is none.
    pub areas: Vec<Area>,
    /// The site's projects that are in no area.
    pub elsewhere: Vec<i64>,
}

/// Projects of which the same issues are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Project ids.
    pub projects: Vec<i64>,
    /// How far the permission reaches.
    pub reach: Reach,
    /// Security levels that the caller belongs to, by how far; issues of other levels are not meant.
    pub levels: Vec<(Reach, Vec<i64>)>,
}
