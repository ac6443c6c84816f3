//! A small site: two projects that Ann sees and one that she doesn't.

use crate::domain::{
    config::*,
    fields::Fields,
    people::{Account, Group},
    permission::{PermissionGrant, PermissionScheme},
    priority_scheme::PriorityScheme,
    security::{SecurityLevel, SecurityScheme},
    site::{Clock, Settings, Site},
    snapshot::{Index, RoleActors, Snapshot},
    sprint::{Board, Sprint, State},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

pub const NOW: &str = "2025-10-15T10:30:00Z";
const CREW: Uuid = Uuid::from_u128(1);

pub fn site() -> Snapshot {
    let custom = vec![
        field(101, "Story Points", "float"),
        field(102, "Team", "textfield"),
        field(103, "Team", "select"),
        field(104, "Place", "cascadingselect"),
        field(105, "Approvers", "multiuserpicker"),
        field(106, "Start", "datepicker"),
        CustomField { type_key: "com.pyxis.greenhopper.jira:gh-sprint".into(), ..field(107, "Sprint", "") },
        CustomField { type_key: "com.pyxis.greenhopper.jira:gh-lexo-rank".into(), ..field(108, "Rank", "") },
        of_app(109, "Request Type", "com.atlassian.servicedesk:vp-origin"),
        of_app(110, "Approvals", "com.atlassian.servicedesk.approvals-plugin:sd-approvals"),
        of_app(111, "Time to resolution", "com.atlassian.servicedesk:sd-sla-field"),
        of_app(112, "development", "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummarycf"),
        of_app(113, "Squad", "com.atlassian.teams:rm-teams-custom-field-team"),
    ];
    let options = vec![
        option(1001, 203, None, "Red"),
        option(1002, 203, None, "Blue"),
        option(1003, 204, None, "Germany"),
        option(1004, 204, Some(1003), "Berlin"),
    ];
    let contexts = [103, 104].map(|id| (id, vec![context(100 + id, id)])).into();
    Snapshot {
        site: Site {
            id: 1,
            name: "small".into(),
            cloud_id: Uuid::nil(),
            title: "Small".into(),
            base_url: None,
            settings: Settings::default(),
            clock: Clock::default(),
            version: 1,
        },
        accounts: [account("ann", "Ann Amber", false), account("bob", "Bob Blue", true)].into(),
        groups: vec![Group { group_id: CREW, name: "crew".into() }],
        memberships: HashMap::from([("ann".into(), HashSet::from([CREW]))]),
        tokens: HashMap::new(),
        global_grants: Vec::new(),
        application_roles: Vec::new(),
        priorities: Index::new(vec![priority(31, "High", 0), priority(32, "Medium", 1), priority(33, "Low", 2)], |p| {
            p.id
        }),
        priority_schemes: Index::new(Vec::new(), |s: &PriorityScheme| s.id),
        resolutions: Index::new(Vec::new(), |r: &Resolution| r.id),
        statuses: Index::new(vec![status(21, "Open", 2), status(22, "Busy", 4), status(23, "Closed", 3)], |s| s.id),
        issue_types: Index::new(
            vec![
                issue_type(10, "Task", 0),
                issue_type(11, "Bug", 0),
                issue_type(12, "Sub-task", -1),
                issue_type(13, "Epic", 1),
            ],
            |t| t.id,
        ),
        issue_type_schemes: Index::new(Vec::new(), |s: &IssueTypeScheme| s.id),
        workflows: HashMap::new(),
        workflow_schemes: Index::new(Vec::new(), |s: &WorkflowScheme| s.id),
        fields: Fields {
            custom: Index::new(custom, |f| f.id),
            trashed: Index::new(Vec::new(), |f: &CustomField| f.id),
            contexts,
            options: Index::new(options, |o| o.id),
            app_options: HashMap::new(),
        },
        settings: crate::domain::settings::Settings::default(),
        field_configurations: Index::new(Vec::new(), |c: &FieldConfiguration| c.id),
        screens: Index::new(Vec::new(), |s: &Screen| s.id),
        screen_schemes: Index::new(Vec::new(), |s: &ScreenScheme| s.id),
        issue_type_screen_schemes: Index::new(Vec::new(), |s: &IssueTypeScreenScheme| s.id),
        permission_schemes: Index::new(Vec::new(), |s: &PermissionScheme| s.id),
        permission_grants: HashMap::from([(0, vec![browse("anyone", None)]), (1, vec![browse("user", Some("bob"))])]),
        roles: Index::new(
            vec![Role { id: 81, name: "Developers".into(), description: String::new(), project_id: None }],
            |r| r.id,
        ),
        role_actors: RoleActors::new(vec![RoleActor {
            id: 1,
            role_id: 81,
            project_id: Some(1),
            account_id: None,
            group_id: Some(CREW),
        }]),
        security_schemes: Index::new(Vec::new(), |s: &SecurityScheme| s.id),
        security_levels: Index::new(Vec::new(), |l: &SecurityLevel| l.id),
        security_members: HashMap::new(),
        link_types: Index::new(
            vec![IssueLinkType {
                id: 91,
                name: "Blocks".into(),
                inward: "is blocked by".into(),
                outward: "blocks".into(),
            }],
            |t| t.id,
        ),
        categories: Index::new(
            vec![ProjectCategory { id: 41, name: "Public".into(), description: String::new() }],
            |c| c.id,
        ),
        projects: Index::new(
            vec![
                Project { lead: Some("ann".into()), ..project(1, "ENG", "Engine Room") },
                Project { category_id: Some(41), type_key: "business".into(), ..project(2, "OPS", "Operations") },
                Project { permission_scheme_id: 1, ..project(3, "SECRET", "Secret") },
            ],
            |p| p.id,
        ),
        project_keys: [("ENG", 1), ("OLD", 1), ("OPS", 2), ("SECRET", 3)].map(|(key, id)| (key.into(), id)).into(),
        versions: Index::new(
            vec![
                Version { released: true, ..version(51, 1, "1.0", 0) },
                version(52, 1, "2.0", 1),
                version(61, 2, "1.0", 0),
                version(62, 3, "1.0", 0),
            ],
            |v| v.id,
        ),
        components: Index::new(
            vec![Component {
                id: 71,
                project_id: 1,
                name: "API".into(),
                description: None,
                lead: Some("ann".into()),
                assignee_type: "PROJECT_DEFAULT".into(),
            }],
            |c| c.id,
        ),
        boards: Index::new(vec![board(1, 1), board(2, 3)], |b| b.id),
        sprints: Index::new(
            vec![
                sprint(301, 1, "Sprint 1", State::Closed),
                sprint(302, 1, "Sprint 2", State::Active),
                sprint(303, 1, "sprint 2", State::Future),
                sprint(304, 2, "Hidden", State::Active),
            ],
            |s| s.id,
        ),
    }
}

fn board(id: i64, project_id: i64) -> Board {
    Board { id, name: "Board".into(), kind: "scrum".into(), project_id }
}

fn sprint(id: i64, board_id: i64, name: &str, state: State) -> Sprint {
    Sprint {
        id,
        board_id,
        name: name.into(),
        goal: None,
        state,
        created: NOW.parse().unwrap(),
        started: None,
        ends: None,
        completed: None,
    }
}

fn account(id: &str, name: &str, email_public: bool) -> (String, Arc<Account>) {
    let account = Account {
        account_id: id.into(),
        account_type: "atlassian".into(),
        email: Some(format!("{id}@example.com")),
        email_public,
        display_name: name.into(),
        active: true,
        time_zone: chrono_tz::Europe::Berlin,
        locale: "de_DE".into(),
    };
    (id.into(), Arc::new(account))
}

fn priority(id: i64, name: &str, position: i32) -> Priority {
    Priority {
        id,
        name: name.into(),
        description: String::new(),
        icon: String::new(),
        status_color: String::new(),
        avatar_id: None,
        position,
    }
}

fn status(id: i64, name: &str, category: i16) -> Status {
    Status { id, name: name.into(), description: String::new(), icon: String::new(), category, project_id: None }
}

fn issue_type(id: i64, name: &str, level: i32) -> IssueType {
    IssueType {
        id,
        name: name.into(),
        description: String::new(),
        level,
        icon: String::new(),
        avatar_id: None,
        project_id: None,
    }
}

fn field(id: i64, name: &str, key: &str) -> CustomField {
    CustomField {
        id,
        name: name.into(),
        description: String::new(),
        type_key: format!("com.atlassian.jira.plugin.system.customfieldtypes:{key}"),
        searcher: Some("searcher".into()),
        project_id: None,
        ..CustomField::default()
    }
}

fn of_app(id: i64, name: &str, type_key: &str) -> CustomField {
    CustomField { type_key: type_key.into(), ..field(id, name, "") }
}

fn context(id: i64, field_id: i64) -> FieldContext {
    FieldContext {
        id,
        field_id,
        name: "Default".into(),
        description: String::new(),
        project_ids: Vec::new(),
        issue_type_ids: Vec::new(),
        default_value: None,
        ..FieldContext::default()
    }
}

fn option(id: i64, context_id: i64, parent_id: Option<i64>, value: &str) -> FieldOption {
    FieldOption {
        id,
        context_id,
        parent_id,
        value: value.into(),
        disabled: false,
        position: 0,
        ..FieldOption::default()
    }
}

fn browse(holder: &str, parameter: Option<&str>) -> PermissionGrant {
    PermissionGrant {
        id: 1,
        scheme_id: 0,
        permission: "BROWSE_PROJECTS".into(),
        holder: holder.into(),
        parameter: parameter.map(Into::into),
    }
}

fn project(id: i64, key: &str, name: &str) -> Project {
    Project {
        id,
        key: key.into(),
        name: name.into(),
        description: String::new(),
        url: None,
        lead: None,
        type_key: "software".into(),
        simplified: false,
        uuid: Uuid::nil(),
        assignee_type: "UNASSIGNED".into(),
        category_id: None,
        avatar_id: 0,
        is_private: false,
        permission_scheme_id: 0,
        issue_type_scheme_id: 0,
        workflow_scheme_id: 0,
        issue_type_screen_scheme_id: 0,
        field_configuration_id: 0,
        security_scheme_id: None,
        archived: None,
        archived_by: None,
        deleted: None,
        deleted_by: None,
    }
}

fn version(id: i64, project_id: i64, name: &str, position: i32) -> Version {
    Version {
        id,
        project_id,
        name: name.into(),
        description: None,
        archived: false,
        released: false,
        start_date: None,
        release_date: None,
        position,
        driver: None,
    }
}
