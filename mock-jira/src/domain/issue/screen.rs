//! Which fields a person is asked for when creating or editing an issue.

use crate::domain::{
    config::{FieldConfigurationItem, IssueType, Project, Screen},
    fields::{Field, Kind},
    permission::{Access, IssuePeople},
    snapshot::Snapshot,
};

/// For what a screen is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Purpose<'a> {
    /// Creating an issue.
    Create,
    /// Editing an issue.
    Edit,
    /// Taking a transition with this screen.
    Transition(&'a Screen),
}

/// A field that can be set, and whether it must be.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The field.
    pub field: Field<'a>,
    /// An issue can't be without it.
    pub required: bool,
}

/// The fields that a caller can set for issues of this type in this project (J-8, J-65, J-67): on the issue of
/// these people, or on a new one.
pub fn asked<'a>(
    site: &'a Snapshot,
    access: Access,
    project: &Project,
    issue_type: &IssueType,
    purpose: Purpose<'a>,
    people: Option<IssuePeople>,
) -> Vec<Asked<'a>> {
    let scheme = site.screens_of(project, issue_type.id);
    let screen = match purpose {
        Purpose::Transition(screen) => Some(screen),
        Purpose::Create => scheme.and_then(|s| site.screens.get(s.create_screen_id.unwrap_or(s.default_screen_id))),
        Purpose::Edit => scheme.and_then(|s| site.screens.get(s.edit_screen_id.unwrap_or(s.default_screen_id))),
    };
    let configuration = site.field_configurations.get(project.field_configuration_id);
    let item = |id: &str| -> FieldConfigurationItem {
        configuration.and_then(|configuration| configuration.items.get(id)).cloned().unwrap_or_default()
    };
    // Always asked for, whatever the screen says.
    let fixed: &[&str] = match purpose {
        Purpose::Create => &["summary", "issuetype", "project"],
        Purpose::Edit => &["summary", "issuetype", "comment"],
        Purpose::Transition(_) => &["comment"],
    };
    let with_parent = matches!(purpose, Purpose::Create | Purpose::Edit).then_some("parent");
    let mut ids: Vec<&str> = fixed.iter().copied().chain(with_parent).collect();
    for id in screen.into_iter().flat_map(Screen::fields) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.into_iter()
        .filter_map(|id| site.fields.get(id))
        .filter_map(|field| {
            let id = field.id();
            let item = item(&id);
            let hidden = item.hidden
                || match field {
                    // Sub-tasks share the level of their parent.
                    Field::System(_) if id == "security" && issue_type.is_subtask() => true,
                    Field::System(_) => !permitted(access, project, people.unwrap_or_default(), &id),
                    Field::Custom(custom, kind) => {
                        kind == Kind::Rank || site.fields.context(custom.id, project.id, issue_type.id).is_none()
                    }
                };
            let required = item.required
                || matches!(id.as_str(), "summary" | "issuetype") && purpose != Purpose::Edit
                || id == "summary"
                || id == "project"
                || id == "parent" && issue_type.is_subtask() && purpose == Purpose::Create
                // Whoever is asked how an issue was resolved can't leave it open.
                || id == "resolution" && matches!(purpose, Purpose::Transition(_));
            (!hidden).then_some(Asked { field, required })
        })
        .collect()
}

/// Some fields take a permission of their own; without it they are as if off the screen (J-53).
fn permitted(access: Access, project: &Project, people: IssuePeople, field_id: &str) -> bool {
    let key = match field_id {
        "assignee" => "ASSIGN_ISSUES",
        "comment" => "ADD_COMMENTS",
        "reporter" => "MODIFY_REPORTER",
        "duedate" => "SCHEDULE_ISSUES",
        "issuelinks" => "LINK_ISSUES",
        "security" if project.security_scheme_id.is_none() => return false,
        "security" => "SET_ISSUE_SECURITY",
        "worklog" => "WORK_ON_ISSUES",
        "attachment" => "CREATE_ATTACHMENTS",
        _ => return true,
    };
    access.on(project, people, key)
}
