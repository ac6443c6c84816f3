//! Which fields of issues an answer shows, and what that needs to be loaded.

use crate::{
    db::issues::Wanted,
    domain::{
        fields::{Field, custom_id, system},
        snapshot::Snapshot,
    },
    http::call::Call,
};
use std::borrow::Cow;

/// A field that an answer shows, with its id.
pub type Column<'a> = (Cow<'static, str>, Field<'a>);

/// Which fields an answer shows (S-16, J-34).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Everything but the excluded ones.
    all: bool,
    /// Every field that can be a column, but the excluded ones.
    navigable: bool,
    named: Vec<String>,
    excluded: Vec<String>,
}

impl Selection {
    /// Reads `fields`; `otherwise` stands for what is shown when only exclusions, or nothing, are named.
    pub fn read(fields: &[String], otherwise: &str) -> Self {
        let mut selection = Self { all: false, navigable: false, named: Vec::new(), excluded: Vec::new() };
        let default = [otherwise.to_owned()];
        let only_exclusions = fields.iter().all(|field| field.starts_with('-'));
        for field in fields.iter().chain(default.iter().filter(|_| only_exclusions)) {
            match field.as_str() {
                "*all" => selection.all = true,
                "*navigable" => selection.navigable = true,
                field => match field.strip_prefix('-') {
                    Some(excluded) => selection.excluded.push(excluded.to_owned()),
                    None => selection.named.push(field.to_owned()),
                },
            }
        }
        selection
    }

    /// Takes names for keys of fields, which differ from their ids where an app named a field.
    pub fn by_keys(&mut self, site: &Snapshot) {
        for name in self.named.iter_mut().chain(&mut self.excluded) {
            if let Some(field) = site.fields.custom.iter().find(|field| field.app_key() == Some(name)) {
                *name = custom_id(field.id);
            }
        }
    }

    /// Whether a field is shown.
    pub fn shows(&self, id: &str) -> bool {
        // Custom fields can all be columns.
        let navigable = || self.navigable && system::find(id).is_none_or(|field| field.navigable);
        (self.all || self.named.iter().any(|named| named == id) || navigable())
            && !self.excluded.iter().any(|excluded| excluded == id)
    }

    /// The fields that are shown: to be asked for once, not for each issue.
    pub fn columns<'a>(&self, site: &'a Snapshot) -> Vec<Column<'a>> {
        let column = |field: Field<'a>| match field {
            Field::System(system) => (Cow::Borrowed(system.id), field),
            Field::Custom(..) => (Cow::Owned(field.id()), field),
        };
        site.fields.iter().map(column).filter(|(id, _)| self.shows(id)).collect()
    }

    /// Whether only ids, or ids and keys, are asked for (S-14, S-15).
    pub fn is_bare(&self) -> bool {
        !self.all && !self.navigable && self.named.iter().all(|name| name == "id" || name == "key")
    }

    /// What to load for it and for what the call expands.
    pub fn wanted(&self, call: &Call) -> Wanted {
        let any = |ids: &[&str]| ids.iter().any(|id| self.shows(id));
        let expands = |name: &str| call.params.expands(name);
        Wanted {
            neighbours: any(&[
                "parent",
                "subtasks",
                "issuelinks",
                "aggregatetimespent",
                "aggregatetimeestimate",
                "aggregatetimeoriginalestimate",
                "aggregateprogress",
            ]) || self.named.iter().any(|id| id.starts_with("customfield_"))
                || self.all
                || self.navigable
                // Conditions of transitions look at sub-tasks.
                || expands("transitions"),
            comments: any(&["comment"]),
            // Rendered text leads to them.
            attachments: any(&["attachment"]) || expands("renderedFields"),
            people: any(&["watches", "votes"]),
            viewed: any(&["lastViewed"]),
            holders: call.site.fields_hold_permissions(),
            worklogs: any(&["worklog"]),
        }
    }
}
