//! What an administrator sets up: types, statuses, priorities, fields, screens, schemes, projects.
//!
//! These are rows as they are stored; a [`Snapshot`](super::snapshot::Snapshot) holds all of a site's.

use super::{
    audit::Thing,
    fields::{custom_id, types},
    workflow::{Revision, Workflow},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// The four status categories, which no site can change (J-38).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusCategory {
    /// 1 to 4; a number in answers.
    pub id: i16,
    /// Such as `indeterminate`.
    pub key: &'static str,
    /// Such as `blue-gray`.
    pub color: &'static str,
    /// The name shown.
    pub name: &'static str,
    /// The name that `/statuses` uses (U-47).
    pub statuses_key: &'static str,
}

/// All categories in the order Jira lists them (observed: 1, 2, 4, 3).
pub const STATUS_CATEGORIES: [StatusCategory; 4] = [
    StatusCategory { id: 1, key: "undefined", color: "medium-gray", name: "No Category", statuses_key: "UNDEFINED" },
    StatusCategory { id: 2, key: "new", color: "blue-gray", name: "To Do", statuses_key: "TODO" },
    StatusCategory { id: 4, key: "indeterminate", color: "yellow", name: "In Progress", statuses_key: "IN_PROGRESS" },
    StatusCategory { id: 3, key: "done", color: "green", name: "Done", statuses_key: "DONE" },
];

/// The category of finished work.
pub const DONE: i16 = 3;

/// A status of issues.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Status {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Path below the base URL; empty for statuses of simplified workflows.
    pub icon: String,
    /// Id of a [`StatusCategory`].
    pub category: i16,
    /// Set for a status that belongs to one team-managed project.
    pub project_id: Option<i64>,
}

impl Status {
    /// The category this status is in.
    pub fn category(&self) -> &'static StatusCategory {
        STATUS_CATEGORIES.iter().find(|category| category.id == self.category).unwrap_or(&STATUS_CATEGORIES[0])
    }
}

/// A priority.
#[derive(Debug, Clone, PartialEq)]
pub struct Priority {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Path below the base URL or a whole address, used when there is no avatar.
    pub icon: String,
    /// The avatar that is its icon.
    pub avatar_id: Option<i64>,
    /// Such as `#d04437`.
    pub status_color: String,
    /// The highest priority is first; JQL compares by it.
    pub position: i32,
}

impl Priority {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("PRIORITY", self.id, &self.name)
    }
}

/// A resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Order in lists and in JQL.
    pub position: i32,
    /// Preselected when an issue is resolved.
    pub is_default: bool,
}

/// An issue type ("work type").
#[derive(Debug, Clone, PartialEq)]
pub struct IssueType {
    /// Unique in the site.
    pub id: i64,
    /// Shown name; team-managed projects repeat names.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// -1 sub-task, 0 standard, 1 epic.
    pub level: i32,
    /// Path below the base URL, used when there is no avatar.
    pub icon: String,
    /// The avatar that is its icon.
    pub avatar_id: Option<i64>,
    /// Set for a type that belongs to one team-managed project.
    pub project_id: Option<i64>,
}

impl IssueType {
    /// Whether issues of this type hang below a standard issue.
    pub fn is_subtask(&self) -> bool {
        self.level < 0
    }

    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("ISSUE_TYPE", self.id, &self.name)
    }
}

/// Which issue types a project has.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueTypeScheme {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The scheme of projects that name none.
    pub is_default: bool,
    /// Preselected for new issues.
    pub default_type_id: Option<i64>,
    /// In the order of the scheme.
    pub type_ids: Vec<i64>,
}

impl IssueTypeScheme {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("SCHEME", self.id, &self.name)
    }
}

/// Which workflow each issue type of a project follows.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkflowScheme {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// For types without a mapping.
    pub default_workflow_id: String,
    /// Issue type id to workflow id.
    pub mappings: HashMap<i64, String>,
}

/// A workflow with its row's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredWorkflow {
    /// The entity id: a uuid, or the name of a built-in workflow.
    pub id: String,
    /// Unique in the site.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Statuses, transitions and their rules.
    pub definition: Workflow,
    /// Built-in workflows have no date.
    pub created: Option<DateTime<Utc>>,
    /// Time of the last change.
    pub updated: Option<DateTime<Utc>>,
    /// Set for a workflow of one team-managed project.
    pub project_id: Option<i64>,
    /// Changes with every change.
    pub revision: Revision,
}

impl StoredWorkflow {
    /// The workflow that ships with Jira stays as it is (observed shapes, 0.6).
    pub fn is_system(&self) -> bool {
        self.id == "jira"
    }

    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("WORKFLOW", &self.id, &self.name)
    }
}

/// A custom field's definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomField {
    /// The number in `customfield_NNNNN`.
    pub id: i64,
    /// Shown name; not unique (C-35).
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Such as `com.atlassian.jira.plugin.system.customfieldtypes:float`.
    pub type_key: String,
    /// Absent when the field can't be searched.
    pub searcher: Option<String>,
    /// Set for a field of one team-managed project.
    pub project_id: Option<i64>,
    /// Since when it is in the trash.
    pub trashed: Option<DateTime<Utc>>,
    /// Account id.
    pub trashed_by: Option<String>,
}

impl CustomField {
    /// Fields that parts of Jira made for themselves can't be changed or removed.
    pub fn is_locked(&self) -> bool {
        !self.type_key.starts_with(types::JIRA) && !types::is_of_app(&self.type_key)
    }

    /// The field as records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("CUSTOM_FIELD", custom_id(self.id), &self.name)
    }

    /// The key under which an app knows its select list.
    pub fn app_key(&self) -> Option<&str> {
        self.type_key.strip_prefix(types::CONNECT)
    }
}

/// Where a custom field applies, and what it starts with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FieldContext {
    /// Unique in the site.
    pub id: i64,
    /// Number of the custom field.
    pub field_id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Empty: all projects.
    pub project_ids: Vec<i64>,
    /// Empty: all issue types.
    pub issue_type_ids: Vec<i64>,
    /// In the stored form of the field's type; see [`super::fields::defaults`].
    pub default_value: Option<Value>,
    /// What stands beside the default: the filter of a user picker, the order of versions.
    pub details: Value,
    /// An app's own settings for its field.
    pub configuration: Option<Value>,
    /// The schema of these settings.
    pub config_schema: Option<Value>,
}

impl FieldContext {
    /// Whether the context covers all projects.
    pub fn is_global(&self) -> bool {
        self.project_ids.is_empty()
    }

    /// Whether the context covers issues of this type.
    pub fn covers_type(&self, issue_type_id: i64) -> bool {
        self.issue_type_ids.is_empty() || self.issue_type_ids.contains(&issue_type_id)
    }
}

/// A choice of a select field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FieldOption {
    /// Unique in the site.
    pub id: i64,
    /// The context that offers it.
    pub context_id: i64,
    /// Set on the second level of a cascading select.
    pub parent_id: Option<i64>,
    /// The text shown.
    pub value: String,
    /// Disabled options stay on issues that have them.
    pub disabled: bool,
    /// Order in the context.
    pub position: i32,
    /// Offered nowhere any more; a task takes it from the issues that have it.
    pub removed: bool,
}

/// A choice of an app's select list.
#[derive(Debug, Clone, PartialEq)]
pub struct AppOption {
    /// The field that offers it.
    pub field_id: i64,
    /// Unique in the field.
    pub id: i64,
    /// The text shown.
    pub value: String,
    /// What the app keeps with it.
    pub properties: Value,
    /// In which projects it can be seen and chosen.
    pub config: Value,
}

impl AppOption {
    /// Whether it can be seen in a project; without one, whether it can be seen anywhere.
    pub fn is_visible(&self, project_id: Option<i64>) -> bool {
        self.attributes_in(project_id).is_some()
    }

    /// Whether it can be chosen there.
    pub fn is_selectable(&self, project_id: Option<i64>) -> bool {
        self.attributes_in(project_id).is_some_and(|attributes| !attributes.contains(&"notSelectable"))
    }

    /// The attributes that hold in a project; `None` where the option is not offered.
    fn attributes_in(&self, project_id: Option<i64>) -> Option<Vec<&str>> {
        fn attributes(of: &Value) -> impl Iterator<Item = &str> {
            of["attributes"].as_array().into_iter().flatten().filter_map(Value::as_str)
        }
        let scope = &self.config["scope"];
        let listed = |member: &str| scope[member].as_array().into_iter().flatten();
        let own = attributes(&self.config);
        if let Some(id) = project_id {
            if let Some(place) = listed("projects2").find(|place| place["id"] == id) {
                return Some(own.chain(attributes(place)).collect());
            }
            if listed("projects").any(|other| *other == id) {
                return Some(own.collect());
            }
        } else if listed("projects").chain(listed("projects2")).next().is_some() {
            return Some(own.collect());
        }
        match (scope, &scope["global"]) {
            (Value::Null, _) => Some(own.collect()), // without a scope, everywhere
            (_, Value::Null) => None,
            (_, global) => Some(own.chain(attributes(global)).collect()),
        }
    }
}

/// Which fields are hidden or required.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldConfiguration {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The configuration of projects that name none.
    pub is_default: bool,
    /// By field id; fields that are not in it are optional and visible.
    pub items: HashMap<String, FieldConfigurationItem>,
}

/// One field in a [`FieldConfiguration`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldConfigurationItem {
    /// An issue can't be without a value.
    pub required: bool,
    /// The field is not on any screen.
    pub hidden: bool,
    /// Replaces the field's own description.
    pub description: Option<String>,
}

/// The fields that a person is shown for some operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// In order.
    pub tabs: Vec<ScreenTab>,
}

impl Screen {
    /// Ids of all fields of all tabs, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.tabs.iter().flat_map(|tab| tab.fields.iter().map(String::as_str))
    }
}

/// A tab of a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScreenTab {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// Field ids in order.
    pub fields: Vec<String>,
}

/// Which screen serves which operation.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenScheme {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// For operations without one of their own.
    pub default_screen_id: i64,
    /// For creating issues.
    pub create_screen_id: Option<i64>,
    /// For editing issues.
    pub edit_screen_id: Option<i64>,
    /// For viewing issues.
    pub view_screen_id: Option<i64>,
}

/// Which screen scheme each issue type has.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueTypeScreenScheme {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// For types without a mapping.
    pub default_screen_scheme_id: i64,
    /// Issue type id to screen scheme id.
    pub mappings: HashMap<i64, i64>,
}

/// A kind of link between issues (J-113).
#[derive(Debug, Clone, PartialEq)]
pub struct IssueLinkType {
    /// Unique in the site.
    pub id: i64,
    /// Such as `Blocks`.
    pub name: String,
    /// Such as `is blocked by`.
    pub inward: String,
    /// Such as `blocks`.
    pub outward: String,
}

/// A group of projects.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectCategory {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
}

/// A project ("space").
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Unique in the site.
    pub id: i64,
    /// The current key.
    pub key: String,
    /// Unique in the site.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// A link its members chose.
    pub url: Option<String>,
    /// Account id.
    pub lead: Option<String>,
    /// `software`, `business` or `service_desk` (U-46).
    pub type_key: String,
    /// Team-managed.
    pub simplified: bool,
    /// Shown for team-managed projects.
    pub uuid: Uuid,
    /// `PROJECT_LEAD` or `UNASSIGNED`.
    pub assignee_type: String,
    /// Its category.
    pub category_id: Option<i64>,
    /// Its picture.
    pub avatar_id: i64,
    /// Only its members see it.
    pub is_private: bool,
    /// Who may do what.
    pub permission_scheme_id: i64,
    /// Its issue types.
    pub issue_type_scheme_id: i64,
    /// Its workflows.
    pub workflow_scheme_id: i64,
    /// Its screens.
    pub issue_type_screen_scheme_id: i64,
    /// Its hidden and required fields.
    pub field_configuration_id: i64,
    /// Its security levels.
    pub security_scheme_id: Option<i64>,
    /// When and by whom it was archived.
    pub archived: Option<DateTime<Utc>>,
    /// Account id.
    pub archived_by: Option<String>,
    /// When and by whom it was moved to the trash (U-45).
    pub deleted: Option<DateTime<Utc>>,
    /// Account id.
    pub deleted_by: Option<String>,
}

impl Project {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("PROJECT", self.id, &self.name)
    }
}

/// A version of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Unique in the site.
    pub id: i64,
    /// The project it belongs to.
    pub project_id: i64,
    /// Unique in the project.
    pub name: String,
    /// May be absent.
    pub description: Option<String>,
    /// Archived versions can't be chosen.
    pub archived: bool,
    /// Whether it is out.
    pub released: bool,
    /// Planned start.
    pub start_date: Option<NaiveDate>,
    /// Planned or actual release.
    pub release_date: Option<NaiveDate>,
    /// Order in the project; JQL compares by it.
    pub position: i32,
    /// Account id of who drives it.
    pub driver: Option<String>,
}

/// A component of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Unique in the site.
    pub id: i64,
    /// The project it belongs to.
    pub project_id: i64,
    /// Unique in the project.
    pub name: String,
    /// May be absent.
    pub description: Option<String>,
    /// Account id.
    pub lead: Option<String>,
    /// `PROJECT_DEFAULT`, `COMPONENT_LEAD`, `PROJECT_LEAD` or `UNASSIGNED`.
    pub assignee_type: String,
}

/// A role that accounts and groups play in projects (U-30).
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Set for a role of one team-managed project.
    pub project_id: Option<i64>,
}

/// Who plays a role; without a project, the actors that new projects get.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleActor {
    /// Unique in the site.
    pub id: i64,
    /// The role played.
    pub role_id: i64,
    /// Where it is played.
    pub project_id: Option<i64>,
    /// A single account, or
    pub account_id: Option<String>,
    /// every member of a group.
    pub group_id: Option<Uuid>,
}
