//! Permissions: their keys, who holds them, and whether a caller may do something.

use super::{
    config::{CustomField, Project},
    fields::custom_number,
    people::{Account, Caller},
    security::SecurityLevel,
    snapshot::Snapshot,
};
pub use holder::NewHolder;
pub use reach::{Area, Extent, FieldMember, Holder, IssuePeople, People, Reach};
pub use scheme::{GlobalGrant, PermissionGrant, PermissionScheme};

mod holder;
mod reach;
mod scheme;

/// A permission that Jira ships (U-25).
#[derive(Debug, Clone, Copy)]
pub struct PermissionKind {
    /// Numeric id of the older ones, else the key.
    pub id: &'static str,
    /// Such as `BROWSE_PROJECTS`.
    pub key: &'static str,
    /// Shown name.
    pub name: &'static str,
    /// Global rather than per project.
    pub global: bool,
    /// What it allows.
    pub description: &'static str,
}

macro_rules! kinds {
    ($($id:literal $key:literal $name:literal $global:literal $description:literal)*) => {
        &[$(PermissionKind { id: $id, key: $key, name: $name, global: $global, description: $description }),*]
    };
}

/// All shipped permissions in the order of their keys (observed shapes, "permissions").
pub const PERMISSIONS: &[PermissionKind] = kinds! {
    "15" "ADD_COMMENTS" "Add Comments" false "Comment on issues."
    "0" "ADMINISTER" "Administer Jira" true "Do nearly everything an administrator of Jira does."
    "23" "ADMINISTER_PROJECTS" "Administer Projects" false "Change the settings of a project."
    "17" "ASSIGNABLE_USER" "Assignable User" false "Be given issues to work on."
    "13" "ASSIGN_ISSUES" "Assign Issues" false "Give issues to other people."
    "10" "BROWSE_PROJECTS" "Browse Projects" false "See a project and its issues."
    "33" "BULK_CHANGE" "Make bulk changes" true "Change many issues at once."
    "18" "CLOSE_ISSUES" "Close Issues" false "Close issues, in workflows with a separate step for that."
    "19" "CREATE_ATTACHMENTS" "Create Attachments" false "Attach files to issues."
    "11" "CREATE_ISSUES" "Create Issues" false "Create issues."
    "CREATE_PROJECT" "CREATE_PROJECT" "Create team-managed projects" true "Create team-managed projects."
    "22" "CREATE_SHARED_OBJECTS" "Share dashboards and filters" true "Share dashboards and filters with others."
    "38" "DELETE_ALL_ATTACHMENTS" "Delete All Attachments" false "Delete anybody's attachments."
    "36" "DELETE_ALL_COMMENTS" "Delete All Comments" false "Delete anybody's comments."
    "42" "DELETE_ALL_WORKLOGS" "Delete All Worklogs" false "Delete anybody's worklogs."
    "16" "DELETE_ISSUES" "Delete Issues" false "Delete issues."
    "39" "DELETE_OWN_ATTACHMENTS" "Delete Own Attachments" false "Delete one's own attachments."
    "37" "DELETE_OWN_COMMENTS" "Delete Own Comments" false "Delete one's own comments."
    "43" "DELETE_OWN_WORKLOGS" "Delete Own Worklogs" false "Delete one's own worklogs."
    "34" "EDIT_ALL_COMMENTS" "Edit All Comments" false "Edit anybody's comments."
    "41" "EDIT_ALL_WORKLOGS" "Edit All Worklogs" false "Edit anybody's worklogs."
    "12" "EDIT_ISSUES" "Edit Issues" false "Edit issues."
    "35" "EDIT_OWN_COMMENTS" "Edit Own Comments" false "Edit one's own comments."
    "40" "EDIT_OWN_WORKLOGS" "Edit Own Worklogs" false "Edit one's own worklogs."
    "21" "LINK_ISSUES" "Link Issues" false "Link issues to each other."
    "24" "MANAGE_GROUP_FILTER_SUBSCRIPTIONS" "Manage group filter subscriptions" true "Subscribe groups to filters."
    "MANAGE_SPRINTS_PERMISSION" "MANAGE_SPRINTS_PERMISSION" "Manage sprints" false "Create, start and complete sprints."
    "32" "MANAGE_WATCHERS" "Manage Watchers" false "Add and remove watchers of issues."
    "30" "MODIFY_REPORTER" "Modify Reporter" false "Choose the reporter of issues."
    "25" "MOVE_ISSUES" "Move Issues" false "Move issues to another project or type."
    "14" "RESOLVE_ISSUES" "Resolve Issues" false "Resolve and reopen issues, and set their fix versions."
    "28" "SCHEDULE_ISSUES" "Schedule Issues" false "See and change due dates, and rank issues."
    "26" "SET_ISSUE_SECURITY" "Set Issue Security" false "Choose who can see an issue."
    "44" "SYSTEM_ADMIN" "Jira system administrator" true "Do everything in Jira."
    "46" "TRANSITION_ISSUES" "Transition Issues" false "Move issues through their workflow."
    "27" "USER_PICKER" "Browse users and groups" true "Search for people and groups, and see who they are."
    "29" "VIEW_DEV_TOOLS" "View Development Tools" false "See branches, commits and builds of issues."
    "45" "VIEW_READONLY_WORKFLOW" "View Read-Only Workflow" false "See the workflow of issues as a picture."
    "31" "VIEW_VOTERS_AND_WATCHERS" "View Voters and Watchers" false "See who watches and voted for issues."
    "20" "WORK_ON_ISSUES" "Work On Issues" false "Log work on issues."
};

/// The shipped permission of that key.
pub fn find(key: &str) -> Option<&'static PermissionKind> {
    PERMISSIONS.iter().find(|kind| kind.key == key)
}

/// Keys that permissions had before, and still go by in searches for users.
const FORMER_KEYS: [(&str, &str); 28] = [
    ("ASSIGN_ISSUE", "ASSIGN_ISSUES"),
    ("ATTACHMENT_DELETE_ALL", "DELETE_ALL_ATTACHMENTS"),
    ("ATTACHMENT_DELETE_OWN", "DELETE_OWN_ATTACHMENTS"),
    ("BROWSE", "BROWSE_PROJECTS"),
    ("CLOSE_ISSUE", "CLOSE_ISSUES"),
    ("COMMENT_DELETE_ALL", "DELETE_ALL_COMMENTS"),
    ("COMMENT_DELETE_OWN", "DELETE_OWN_COMMENTS"),
    ("COMMENT_EDIT_ALL", "EDIT_ALL_COMMENTS"),
    ("COMMENT_EDIT_OWN", "EDIT_OWN_COMMENTS"),
    ("COMMENT_ISSUE", "ADD_COMMENTS"),
    ("CREATE_ATTACHMENT", "CREATE_ATTACHMENTS"),
    ("CREATE_ISSUE", "CREATE_ISSUES"),
    ("DELETE_ISSUE", "DELETE_ISSUES"),
    ("EDIT_ISSUE", "EDIT_ISSUES"),
    ("LINK_ISSUE", "LINK_ISSUES"),
    ("MANAGE_WATCHER_LIST", "MANAGE_WATCHERS"),
    ("MOVE_ISSUE", "MOVE_ISSUES"),
    ("PROJECT_ADMIN", "ADMINISTER_PROJECTS"),
    ("RESOLVE_ISSUE", "RESOLVE_ISSUES"),
    ("SCHEDULE_ISSUE", "SCHEDULE_ISSUES"),
    ("TRANSITION_ISSUE", "TRANSITION_ISSUES"),
    ("VIEW_VERSION_CONTROL", "VIEW_DEV_TOOLS"),
    ("VIEW_WORKFLOW_READONLY", "VIEW_READONLY_WORKFLOW"),
    ("WORKLOG_DELETE_ALL", "DELETE_ALL_WORKLOGS"),
    ("WORKLOG_DELETE_OWN", "DELETE_OWN_WORKLOGS"),
    ("WORKLOG_EDIT_ALL", "EDIT_ALL_WORKLOGS"),
    ("WORKLOG_EDIT_OWN", "EDIT_OWN_WORKLOGS"),
    ("WORK_ISSUE", "WORK_ON_ISSUES"),
];

/// The key that a permission goes by now.
pub fn current_key(key: &str) -> &str {
    FORMER_KEYS.iter().find(|(former, _)| *former == key).map_or(key, |(_, current)| *current)
}

/// What one caller may do in one site.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    site: &'a Snapshot,
    caller: &'a Caller,
}

impl<'a> Access<'a> {
    /// The caller's rights in the site.
    pub fn new(site: &'a Snapshot, caller: &'a Caller) -> Self {
        Self { site, caller }
    }

    /// Whether the caller has a global permission. Administrators have all of them.
    pub fn global(&self, key: &str) -> bool {
        self.site.global_grants.iter().any(|grant| {
            (grant.permission == key || grant.permission == "ADMINISTER")
                && grant.group_id.is_none_or(|group| self.caller.groups.contains(&group))
        })
    }

    /// Whether the caller is in a group.
    pub fn is_in(&self, group: uuid::Uuid) -> bool {
        self.caller.groups.contains(&group)
    }

    /// Whether the caller administers Jira.
    pub fn administers(&self) -> bool {
        self.global("ADMINISTER")
    }

    /// Whether the caller administers the site: its accounts and groups. Administering Jira is not enough for that.
    pub fn administers_site(&self) -> bool {
        let held = |group: Option<uuid::Uuid>| group.is_some_and(|group| self.is_in(group));
        self.site.global_grants.iter().any(|grant| grant.permission == "SYSTEM_ADMIN" && held(grant.group_id))
    }

    /// Roles that the caller plays in a project.
    pub fn roles(&self, project: &Project) -> impl Iterator<Item = i64> {
        let caller = self.caller;
        let actors = self.site.role_actors.of(Some(project.id)).iter();
        actors
            .filter(move |actor| {
                caller.is(actor.account_id.as_deref())
                    || actor.group_id.is_some_and(|group| caller.groups.contains(&group))
            })
            .map(|actor| actor.role_id)
    }

    /// How far a project permission reaches (U-26).
    pub fn reach(&self, project: &Project, key: &str) -> Reach {
        let mut reach = Reach::default();
        for grant in self.site.grants(project.permission_scheme_id, key) {
            self.widen(&mut reach, project, grant.holder());
        }
        reach
    }

    /// On which issues of a project the caller belongs to a security level.
    /// A level of another scheme than the project's is nobody's.
    fn level_reach(&self, project: &Project, level: &SecurityLevel) -> Reach {
        let mut reach = Reach::default();
        if project.security_scheme_id == Some(level.scheme_id) {
            for member in self.site.members_of(level.id) {
                self.widen(&mut reach, project, member.holder());
            }
        }
        reach
    }

    /// Adds what a holder stands for to a reach. Anonymous callers are none of an issue's people.
    fn widen(&self, reach: &mut Reach, project: &Project, holder: Holder) {
        let Holder { kind, parameter } = holder;
        let known = self.caller.account.is_some();
        match kind {
            "anyone" => reach.all = true,
            "reporter" => reach.as_reporter |= known,
            "assignee" => reach.as_assignee |= known,
            "projectLead" => reach.all |= self.caller.is(project.lead.as_deref()),
            "user" => reach.all |= self.caller.is(parameter),
            "group" => {
                let group = parameter.and_then(|text| self.site.group(text));
                reach.all |= group.is_some_and(|group| self.caller.groups.contains(&group.group_id));
            }
            "applicationRole" => reach.all |= self.licensed(parameter),
            "projectRole" => {
                let role: Option<i64> = parameter.and_then(|text| text.parse().ok());
                reach.all |= role.is_some_and(|role| self.roles(project).any(|played| played == role));
            }
            "userCustomField" => {
                let field_id = parameter.and_then(custom_number);
                let members = field_id.zip(self.caller.account_id());
                reach.in_fields.extend(members.map(|(field_id, id)| FieldMember { field_id, member: id.into() }));
            }
            "groupCustomField" => {
                let groups = parameter.and_then(custom_number).into_iter().flat_map(|field_id| {
                    self.caller.groups.iter().map(move |group| FieldMember { field_id, member: group.to_string() })
                });
                reach.in_fields.extend(groups);
                // Groups come in no order; equal reaches must be equal.
                reach.in_fields.sort();
            }
            // Customers of a portal (`sd.customer.portal.only`) don't use these interfaces.
            _ => {}
        }
    }

    /// Whether the caller has a project permission, as far as it does not depend on an issue.
    pub fn project(&self, project: &Project, key: &str) -> bool {
        self.on(project, IssuePeople::default(), key)
    }

    /// Whether the caller has a project permission on some issue of the project at least (U-23).
    pub fn somewhere(&self, project: &Project, key: &str) -> bool {
        self.reach(project, key).somewhere() && Self::open(project, key)
    }

    /// Whether the caller has a project permission for an issue of these people. Nobody has any for an issue
    /// of a security level that the caller does not belong to. [`Access::extent`] tells the same to searches.
    pub fn on(&self, project: &Project, people: IssuePeople, key: &str) -> bool {
        Self::open(project, key)
            && (!people.archived || key == "BROWSE_PROJECTS")
            && self.reach(project, key).covers(self.caller, people)
            && people.level.is_none_or(|level| self.belongs(project, level, people))
    }

    fn belongs(&self, project: &Project, level_id: i64, people: IssuePeople) -> bool {
        let level = self.site.security_levels.get(level_id);
        level.is_some_and(|level| self.level_reach(project, level).covers(self.caller, people))
    }

    /// The issues, of the projects that are so, on which the caller has a permission.
    pub fn extent(&self, key: &str, so: impl Fn(&Project) -> bool) -> Extent {
        let mut extent = Extent {
            account_id: self.caller.account_id().map(str::to_owned),
            secured: self.site.security_levels.iter().len() > 0,
            areas: Vec::new(),
            elsewhere: Vec::new(),
        };
        for project in self.site.projects.iter() {
            let open = so(project) && Self::open(project, key);
            let reach = if open { self.reach(project, key) } else { Reach::default() };
            if !reach.somewhere() {
                extent.elsewhere.push(project.id);
                continue;
            }
            let mut levels: Vec<(Reach, Vec<i64>)> = Vec::new();
            for level in self.site.levels_of(project) {
                let reach = self.level_reach(project, level);
                match levels.iter_mut().find(|(other, _)| *other == reach) {
                    Some((_, ids)) => ids.push(level.id),
                    None if reach.somewhere() => levels.push((reach, vec![level.id])),
                    None => {}
                }
            }
            // Most projects are alike: one area is one test.
            match extent.areas.iter_mut().find(|area| area.reach == reach && area.levels == levels) {
                Some(area) => area.projects.push(project.id),
                None => extent.areas.push(Area { projects: vec![project.id], reach, levels }),
            }
        }
        extent
    }

    /// The security levels of a project that the caller belongs to: on the issue of these people or, without one,
    /// on some issue at least.
    pub fn levels(&self, project: &Project, people: Option<IssuePeople>) -> impl Iterator<Item = &'a SecurityLevel> {
        self.site.levels_of(project).filter(move |level| {
            let reach = self.level_reach(project, level);
            people.map_or_else(|| reach.somewhere(), |people| reach.covers(self.caller, people))
        })
    }

    /// Archived projects can be looked at and nothing else, deleted ones not even that.
    fn open(project: &Project, key: &str) -> bool {
        (project.archived.is_none() || key == "BROWSE_PROJECTS") && project.deleted.is_none()
    }

    /// Whether the caller may know of a project: browse on all or some issues, or administering it.
    pub fn sees(&self, project: &Project) -> bool {
        self.reach(project, "BROWSE_PROJECTS").somewhere()
            || self.administers()
            || self.project(project, "ADMINISTER_PROJECTS")
    }

    /// A project that is not in the trash and that the caller may know of.
    pub fn known_project(&self, id: i64) -> Option<&'a Project> {
        self.site.projects.get(id).filter(|project| project.deleted.is_none() && self.sees(project))
    }

    /// Whether the caller may know of a custom field: that of a project only who may know of the project.
    pub fn sees_field(&self, field: &CustomField) -> bool {
        let seen = |id| self.site.projects.get(id).is_some_and(|project| self.sees(project));
        field.project_id.is_none_or(seen)
    }

    /// Whether the caller may change a project's settings.
    pub fn administers_project(&self, project: &Project) -> bool {
        self.administers() || self.project(project, "ADMINISTER_PROJECTS")
    }

    /// Whether the caller may change the settings of any project.
    pub fn administers_some_project(&self) -> bool {
        self.administers() || self.site.projects.iter().any(|project| self.project(project, "ADMINISTER_PROJECTS"))
    }

    /// Whether an account's e-mail address is shown to the caller (U-4).
    pub fn sees_email(&self, account: &Account) -> bool {
        account.email_public || self.caller.is(Some(&account.account_id)) || self.administers()
    }

    /// Whether some account could be given issues of a project (J-16).
    pub fn assignable(site: &Snapshot, project: &Project, account_id: &str) -> bool {
        site.caller(account_id).is_some_and(|caller| {
            caller.account.as_ref().is_some_and(|a| a.active)
                && Access::new(site, &caller).project(project, "ASSIGNABLE_USER")
        })
    }

    /// Whether the account may use a product, or any if none is named.
    fn licensed(&self, product: Option<&str>) -> bool {
        self.caller.account.as_ref().is_some_and(|account| account.active)
            && self.site.products(&self.caller.groups).any(|role| product.is_none_or(|key| key == role.key))
    }
}
