//! All of a site that nearly every answer needs, as one immutable value.
//!
//! `db::metadata` loads it; servers keep one per site and replace it when the site's
//! version in the database has moved on.

use super::{
    config::*,
    fields::Fields,
    people::*,
    permission::{GlobalGrant, PermissionGrant, PermissionScheme},
    priority_scheme::PriorityScheme,
    security::*,
    settings::Settings,
    site::Site,
    sprint::{Board, Sprint},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Things in their order, and by id.
#[derive(Debug, Clone)]
pub struct Index<T> {
    items: Vec<T>,
    by_id: HashMap<i64, usize>,
}

impl<T> Index<T> {
    /// Keeps the order of `items`.
    pub fn new(items: Vec<T>, id: impl Fn(&T) -> i64) -> Self {
        let by_id = items.iter().enumerate().map(|(at, item)| (id(item), at)).collect();
        Self { items, by_id }
    }

    /// By id.
    pub fn get(&self, id: i64) -> Option<&T> {
        self.by_id.get(&id).map(|at| &self.items[*at])
    }

    /// By an id as it stands in requests.
    pub fn parse(&self, id: &str) -> Option<&T> {
        self.get(id.parse().ok()?)
    }

    /// All, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }
}

/// Who plays the roles, found by project.
#[derive(Debug, Clone, Default)]
pub struct RoleActors {
    /// Sorted by project; those without one come first.
    actors: Vec<RoleActor>,
}

impl RoleActors {
    /// Keeps the order of `actors` within each project.
    pub fn new(mut actors: Vec<RoleActor>) -> Self {
        actors.sort_by_key(|actor| actor.project_id);
        Self { actors }
    }

    /// All.
    pub fn iter(&self) -> std::slice::Iter<'_, RoleActor> {
        self.actors.iter()
    }

    /// Those in a project; without one, the actors that new projects get.
    pub fn of(&self, project_id: Option<i64>) -> &[RoleActor] {
        let from = self.actors.partition_point(|actor| actor.project_id < project_id);
        let to = self.actors.partition_point(|actor| actor.project_id <= project_id);
        &self.actors[from..to]
    }
}

/// A site as of one version.
#[derive(Debug)]
pub struct Snapshot {
    /// The site's own row.
    pub site: Site,
    /// What an administrator sets for all of Jira.
    pub settings: Settings,
    /// By account id.
    pub accounts: HashMap<String, Arc<Account>>,
    /// By name.
    pub groups: Vec<Group>,
    /// Groups of each account.
    pub memberships: HashMap<String, HashSet<Uuid>>,
    /// By the SHA-256 of the token.
    pub tokens: HashMap<[u8; 32], Token>,
    /// Global permissions.
    pub global_grants: Vec<GlobalGrant>,
    /// Products, and the groups whose members may use them.
    pub application_roles: Vec<ApplicationRole>,
    /// Highest first.
    pub priorities: Index<Priority>,
    /// By id.
    pub priority_schemes: Index<PriorityScheme>,
    /// In their order.
    pub resolutions: Index<Resolution>,
    /// By id.
    pub statuses: Index<Status>,
    /// By id.
    pub issue_types: Index<IssueType>,
    /// By id.
    pub issue_type_schemes: Index<IssueTypeScheme>,
    /// By entity id.
    pub workflows: HashMap<String, StoredWorkflow>,
    /// By id.
    pub workflow_schemes: Index<WorkflowScheme>,
    /// System and custom fields, their contexts and options.
    pub fields: Fields,
    /// By id.
    pub field_configurations: Index<FieldConfiguration>,
    /// By id.
    pub screens: Index<Screen>,
    /// By id.
    pub screen_schemes: Index<ScreenScheme>,
    /// By id.
    pub issue_type_screen_schemes: Index<IssueTypeScreenScheme>,
    /// By id.
    pub permission_schemes: Index<PermissionScheme>,
    /// By scheme and permission, in the order of their ids.
    pub permission_grants: HashMap<i64, Vec<PermissionGrant>>,
    /// By id.
    pub roles: Index<Role>,
    /// Who plays the roles.
    pub role_actors: RoleActors,
    /// By name.
    pub security_schemes: Index<SecurityScheme>,
    /// By id.
    pub security_levels: Index<SecurityLevel>,
    /// By level, in the order of their ids.
    pub security_members: HashMap<i64, Vec<SecurityMember>>,
    /// By id.
    pub link_types: Index<IssueLinkType>,
    /// By id.
    pub categories: Index<ProjectCategory>,
    /// By key.
    pub projects: Index<Project>,
    /// Every key a project has or had.
    pub project_keys: HashMap<String, i64>,
    /// In their order.
    pub versions: Index<Version>,
    /// By name.
    pub components: Index<Component>,
    /// By id.
    pub boards: Index<Board>,
    /// By id.
    pub sprints: Index<Sprint>,
}

/// An API token, without its secret.
#[derive(Debug, Clone)]
pub struct Token {
    /// Whose it is.
    pub account_id: String,
    /// Published in the documentation; refused off loopback.
    pub well_known: bool,
    /// After this it is nobody's.
    pub expires: Option<chrono::DateTime<chrono::Utc>>,
    /// What it is limited to; it is used through the gateway then.
    pub scopes: Option<Arc<[String]>>,
}

impl Snapshot {
    /// An account as a caller, with its groups.
    pub fn caller(&self, account_id: &str) -> Option<Caller> {
        let account = self.accounts.get(account_id)?.clone();
        let groups = self.memberships.get(account_id).cloned().unwrap_or_default();
        Some(Caller { account: Some(account), groups, scopes: None, address: None })
    }

    /// A group by id or by name.
    pub fn group(&self, id_or_name: &str) -> Option<&Group> {
        let id = Uuid::try_parse(id_or_name).ok();
        self.groups.iter().find(|group| Some(group.group_id) == id || group.name == id_or_name)
    }

    /// The groups of an account, by name in any case (observed shapes, 0.7).
    pub fn groups_of(&self, account_id: &str) -> Vec<&Group> {
        let ids = self.memberships.get(account_id);
        let is_member = |group: &&Group| ids.is_some_and(|ids| ids.contains(&group.group_id));
        let mut groups: Vec<&Group> = self.groups.iter().filter(is_member).collect();
        groups.sort_by_cached_key(|group| group.name.to_lowercase());
        groups
    }

    /// All grants of a scheme.
    pub fn grants_of(&self, scheme_id: i64) -> &[PermissionGrant] {
        self.permission_grants.get(&scheme_id).map_or(&[], Vec::as_slice)
    }

    /// The products that members of these groups may use.
    pub fn products(&self, groups: &HashSet<Uuid>) -> impl Iterator<Item = &ApplicationRole> {
        self.application_roles.iter().filter(|role| role.groups.iter().any(|group| groups.contains(group)))
    }

    /// The people who count against the licence of a product; apps don't.
    pub fn users_of(&self, role: &ApplicationRole) -> usize {
        let uses = |account: &&Arc<Account>| {
            let groups = self.memberships.get(&account.account_id);
            account.active
                && account.account_type == "atlassian"
                && groups.is_some_and(|groups| role.groups.iter().any(|group| groups.contains(group)))
        };
        self.accounts.values().filter(uses).count()
    }

    /// Grants of a permission in a scheme.
    pub fn grants(&self, scheme_id: i64, permission: &str) -> impl Iterator<Item = &PermissionGrant> {
        self.grants_of(scheme_id).iter().filter(move |grant| grant.permission == permission)
    }

    /// The members of a security level.
    pub fn members_of(&self, level_id: i64) -> &[SecurityMember] {
        self.security_members.get(&level_id).map_or(&[], Vec::as_slice)
    }

    /// The security levels that issues of a project can have.
    pub fn levels_of(&self, project: &Project) -> impl Iterator<Item = &SecurityLevel> {
        let scheme_id = project.security_scheme_id;
        self.security_levels.iter().filter(move |level| Some(level.scheme_id) == scheme_id)
    }

    /// Whether it depends on a custom field of an issue who may do something with it.
    pub fn fields_hold_permissions(&self) -> bool {
        let by_field = |holder: &str| matches!(holder, "userCustomField" | "groupCustomField");
        self.permission_grants.values().flatten().any(|grant| by_field(&grant.holder))
            || self.security_members.values().flatten().any(|member| by_field(&member.holder))
    }

    /// A project by its current key, by a former one, or by id (J-30, U-40). Keys are case-sensitive here (U-41).
    pub fn project(&self, id_or_key: &str) -> Option<&Project> {
        match self.project_keys.get(id_or_key) {
            Some(id) => self.projects.get(*id),
            None => self.projects.parse(id_or_key),
        }
    }

    /// The issue types of a project, in the order of its scheme.
    pub fn issue_types_of(&self, project: &Project) -> impl Iterator<Item = &IssueType> {
        let ids = self.issue_type_schemes.get(project.issue_type_scheme_id).map(|scheme| scheme.type_ids.as_slice());
        ids.unwrap_or_default().iter().filter_map(|id| self.issue_types.get(*id))
    }

    /// The workflow that issues of a type follow in a project.
    pub fn workflow_of(&self, project: &Project, issue_type_id: i64) -> Option<&StoredWorkflow> {
        let scheme = self.workflow_schemes.get(project.workflow_scheme_id)?;
        self.workflows.get(scheme.mappings.get(&issue_type_id).unwrap_or(&scheme.default_workflow_id))
    }

    /// The workflow schemes that have a workflow, by id.
    pub fn schemes_with(&self, workflow_id: &str) -> impl Iterator<Item = &WorkflowScheme> {
        let has = move |scheme: &&WorkflowScheme| {
            scheme.default_workflow_id == workflow_id || scheme.mappings.values().any(|id| id == workflow_id)
        };
        self.workflow_schemes.iter().filter(has)
    }

    /// The projects, deleted ones too, some of whose types follow a workflow.
    pub fn projects_with(&self, workflow_id: &str) -> impl Iterator<Item = &Project> {
        self.projects.iter().filter(move |project| self.types_with(project, workflow_id).next().is_some())
    }

    /// The types of a project that follow a workflow.
    pub fn types_with(&self, project: &Project, workflow_id: &str) -> impl Iterator<Item = &IssueType> {
        self.issue_types_of(project)
            .filter(move |kind| self.workflow_of(project, kind.id).is_some_and(|workflow| workflow.id == workflow_id))
    }

    /// The statuses that issues of a type can have in a project, in the order of the workflow.
    pub fn statuses_of(&self, project: &Project, issue_type_id: i64) -> impl Iterator<Item = &Status> {
        let workflow = self.workflow_of(project, issue_type_id);
        let ids = workflow.into_iter().flat_map(|workflow| &workflow.definition.statuses);
        ids.filter_map(|id| self.statuses.get(*id))
    }

    /// The roles that are played in a project: shared ones for a company-managed project, its own else.
    pub fn roles_of(&self, project: &Project) -> impl Iterator<Item = &Role> {
        self.roles.iter().filter(move |role| role.project_id.is_none_or(|id| id == project.id))
    }

    /// The screen scheme for issues of a type in a project.
    pub fn screens_of(&self, project: &Project, issue_type_id: i64) -> Option<&ScreenScheme> {
        let scheme = self.issue_type_screen_schemes.get(project.issue_type_screen_scheme_id)?;
        self.screen_schemes.get(*scheme.mappings.get(&issue_type_id).unwrap_or(&scheme.default_screen_scheme_id))
    }

    /// The versions of a project, in their order.
    pub fn versions_of(&self, project_id: i64) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(move |version| version.project_id == project_id)
    }

    /// The components of a project, by name.
    pub fn components_of(&self, project_id: i64) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(move |component| component.project_id == project_id)
    }

    /// The scheme of projects that are in no other.
    pub fn default_priority_scheme(&self) -> Option<&PriorityScheme> {
        self.priority_schemes.iter().find(|scheme| scheme.is_default)
    }

    /// The scheme that decides about a project's priorities.
    pub fn priority_scheme_of(&self, project_id: i64) -> Option<&PriorityScheme> {
        let own = self.priority_schemes.iter().find(|scheme| scheme.project_ids.contains(&project_id));
        own.or_else(|| self.default_priority_scheme())
    }

    /// The priorities that a project's issues can have, highest first.
    pub fn priorities_of(&self, project_id: i64) -> impl Iterator<Item = &Priority> {
        let scheme = self.priority_scheme_of(project_id);
        self.priorities.iter().filter(move |priority| scheme.is_none_or(|s| s.priority_ids.contains(&priority.id)))
    }

    /// The priority of a project's issues that name none (J-22).
    pub fn default_priority_of(&self, project_id: i64) -> Option<&Priority> {
        self.priorities.get(self.priority_scheme_of(project_id)?.default_priority_id?)
    }

    /// `KEY-12` for an issue of a project.
    pub fn issue_key(&self, project_id: i64, number: i64) -> String {
        let key = self.projects.get(project_id).map_or("", |project| project.key.as_str());
        format!("{key}-{number}")
    }
}
