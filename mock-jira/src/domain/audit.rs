//! What a write did, for the audit log: every transaction that changes a site says it.

use serde::Serialize;

/// One thing that was done. It is stored by the transaction that did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where Jira's own log files it.
    pub area: Area,
    /// Such as `Component created`.
    pub summary: String,
    /// What it was done to.
    pub object: Thing,
    /// What is different.
    pub changes: Vec<Change>,
    /// What else it concerns, such as the project of a component.
    pub associated: Vec<Thing>,
}

/// The categories of Jira's auditing (U-55).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Custom fields, their contexts and options.
    Fields,
    /// Groups and who is in them.
    Groups,
    /// Notification schemes.
    Notifications,
    /// Permission and security schemes, global permissions.
    Permissions,
    /// Projects and what they are made of.
    Projects,
    /// Settings, types, priorities and the like.
    System,
    /// Accounts.
    Users,
    /// Workflows, their schemes, statuses.
    Workflows,
    /// What people do every day, with issues, filters and dashboards: Jira's own log has none of it.
    Everyday,
}

impl Area {
    /// The name in Jira's answers; none for what Jira does not log.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Fields => "fields",
            Self::Groups => "group management",
            Self::Notifications => "notifications",
            Self::Permissions => "permissions",
            Self::Projects => "projects",
            Self::System => "system",
            Self::Users => "user management",
            Self::Workflows => "workflows",
            Self::Everyday => return None,
        })
    }
}

/// Something that a record is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thing {
    /// In capitals, such as `PROJECT`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its id in the API.
    pub id: String,
    /// Its name, or key.
    pub name: String,
}

impl Thing {
    /// A thing of that kind.
    pub fn new(kind: &'static str, id: impl ToString, name: impl Into<String>) -> Self {
        Self { kind, id: id.to_string(), name: name.into() }
    }
}

/// One property of the object, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its shown name.
    pub field: String,
    /// Absent where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Absent where there is nothing now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Record {
    /// Says that something was done to `object`.
    pub fn new(summary: impl Into<String>, area: Area, object: Thing) -> Self {
        Self { area, summary: summary.into(), object, changes: Vec::new(), associated: Vec::new() }
    }

    /// Adds what is different; nothing if it is the same.
    pub fn change(mut self, field: impl Into<String>, from: Option<&str>, to: Option<&str>) -> Self {
        if from != to {
            self.changes.push(Change { field: field.into(), from: from.map(str::to_owned), to: to.map(str::to_owned) });
        }
        self
    }

    /// Adds which properties are different; all that there are, if there was nothing before.
    pub fn changes<const N: usize>(
        mut self,
        before: Option<[(&str, Option<String>); N]>,
        after: [(&str, Option<String>); N],
    ) -> Self {
        let mut before = before.into_iter().flatten();
        for (name, to) in after {
            let from = before.next().and_then(|(_, from)| from);
            self = self.change(name, from.as_deref(), to.as_deref());
        }
        self
    }

    /// Adds what else it concerns.
    pub fn with(mut self, thing: Thing) -> Self {
        self.associated.push(thing);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_only_what_changed() {
        let record = Record::new("Project updated", Area::Projects, Thing::new("PROJECT", 10_000, "Demo"))
            .change("Name", Some("Demo"), Some("Demo"))
            .change("Lead", None, Some("ann"))
            .change("Category", Some("1"), None);
        let fields: Vec<&str> = record.changes.iter().map(|change| change.field.as_str()).collect();
        assert_eq!(fields, ["Lead", "Category"]);
        assert_eq!(record.changes[0].from, None);
        assert_eq!(record.changes[1].from.as_deref(), Some("1"));
    }
}
