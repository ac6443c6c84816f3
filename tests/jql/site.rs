//! A site held in memory: what the evaluator looks at and the loader stores.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use mock_jira::domain::jql::Query;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A person, by its place in [`USERS`].
pub type User = usize;
/// A group, by its place in [`GROUPS`].
pub type Group = usize;
/// A project, by its place in [`Site::projects`].
pub type Place = usize;

/// An account.
pub struct Account {
    pub id: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    /// Others see the address.
    pub public: bool,
    pub active: bool,
    pub zone: Tz,
}

macro_rules! accounts {
    ($($id:literal $name:literal $email:literal $public:literal $active:literal $zone:ident;)*) => {
        &[$(Account { id: $id, name: $name, email: $email, public: $public, active: $active, zone: Tz::$zone }),*]
    };
}

/// The first three come with every site; see `fixtures/site.json`.
pub const USERS: &[Account] = accounts! {
    "5f2a9c10e4b0d7a1c3e80a01" "Ada Admin" "admin@example.com" true true Etc__UTC;
    "5f2a9c10e4b0d7a1c3e80a02" "Dana Developer" "developer@example.com" true true Europe__Berlin;
    "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03" "Vic Viewer" "viewer@example.com" false true America__New_York;
    "5f2a9c10e4b0d7a1c3e80a04" "Ines Inactive" "ines@example.com" true false Etc__UTC;
    "5f2a9c10e4b0d7a1c3e80a05" "Åsa Ärlig" "asa@example.com" false true Asia__Kolkata;
};
/// How many accounts come with every site.
pub const GIVEN_USERS: usize = 3;

/// Groups that come with every site, the first being the administrators.
pub const GROUPS: [(Uuid, &str); 3] = [
    (Uuid::from_u128(0x4f1b0e2a_6d0c_4c55_9a0f_1f1d6a3c0001), "jira-administrators"),
    (Uuid::from_u128(0x4f1b0e2a_6d0c_4c55_9a0f_1f1d6a3c0002), "jira-software-users"),
    (Uuid::from_u128(0x4f1b0e2a_6d0c_4c55_9a0f_1f1d6a3c0003), "jira-readers"),
];
/// Who is in a group in every site.
pub const GIVEN_MEMBERS: [(Group, User); 4] = [(0, 0), (1, 0), (1, 1), (2, 2)];
/// Groups whose members may use Jira at all.
pub const LICENSED: [Group; 2] = [0, 1];

/// Something with an id and a name, in its order.
pub type Named = (i64, &'static str);

/// Name and hierarchy level of the types.
pub const TYPES: [(i64, &str, i64); 5] =
    [(10000, "Epic", 1), (10001, "Story", 0), (10002, "Task", 0), (10003, "Sub-task", -1), (10004, "Bug", 0)];
/// The highest first.
pub const PRIORITIES: [Named; 5] = [(1, "Highest"), (2, "High"), (3, "Medium"), (4, "Low"), (5, "Lowest")];
/// In their order.
pub const RESOLUTIONS: [Named; 4] =
    [(10000, "Done"), (10001, "Won't Do"), (10002, "Duplicate"), (10003, "Cannot Reproduce")];
/// With their category; the last is another of the same name.
pub const STATUSES: [(i64, &str, i64); 6] = [
    (10000, "To Do", 2),
    (3, "In Progress", 4),
    (10001, "Done", 3),
    (10002, "Backlog", 2),
    (6, "Closed", 3),
    (OWN_STATUS, "Done", 3),
];
/// The status that only the loader makes.
pub const OWN_STATUS: i64 = 10099;
/// Id, key and name.
pub const CATEGORIES: [(i64, &str, &str); 3] =
    [(2, "new", "To Do"), (4, "indeterminate", "In Progress"), (3, "done", "Done")];
/// Roles of projects.
pub const ROLES: [Named; 2] = [(10001, "Developers"), (10002, "Administrators")];
/// Id, inward and outward phrase.
pub const LINK_TYPES: [(i64, &str, &str, &str); 4] = [
    (10000, "Blocks", "is blocked by", "blocks"),
    (10001, "Cloners", "is cloned by", "clones"),
    (10002, "Duplicate", "is duplicated by", "duplicates"),
    (10003, "Relates", "relates to", "relates to"),
];
/// Types of projects.
pub const PROJECT_TYPES: [&str; 3] = ["software", "business", "service_desk"];
/// The key of the entity properties.
pub const PROPERTY: &str = "flags";
/// Name and query of the filters. Some need others; one makes no sense, one needs itself.
pub const FILTERS: [(&str, &str); 7] = [
    ("Open bugs", "issuetype = Bug AND resolution is EMPTY"),
    ("Docks", "summary ~ dock OR labels = ux ORDER BY created"),
    ("Both", "filter = \"Open bugs\" OR filter = 10601"),
    ("Not done", "NOT (statusCategory = Done OR assignee is EMPTY)"),
    ("Everything", "ORDER BY key"),
    ("Elsewhere", "project = NOPE"),
    ("Round", "key is not EMPTY AND filter = Round"),
];
/// The id of the first of [`FILTERS`].
pub const FIRST_FILTER: i64 = 10600;
/// Categories of projects.
pub const PROJECT_CATEGORIES: [Named; 2] = [(10100, "Inside"), (10101, "Customer facing")];
/// Levels of the one security scheme.
pub const LEVELS: [Named; 2] = [(10200, "Internal"), (10201, "Top secret")];
/// Key and name of the projects.
pub const PROJECTS: [(&str, &str); 3] = [("ALPHA", "Alpha Project"), ("BETA", "Beta"), ("GAM2", "Gamma Ray")];
/// The key that the first project had before.
pub const FORMER_KEY: &str = "OLD";
/// Names of the versions of each project.
pub const VERSIONS: [[&str; 3]; 3] = [["1.0", "1.1", "2.0"], ["1.0", "2.0", "Next"], ["Next", "3.0", "1.1"]];
/// Names of the components of each project.
pub const COMPONENTS: [[&str; 2]; 3] = [["Web", "Core"], ["web shop", "Core"], ["API", "Core"]];

/// Names of the sprints of all boards.
pub const SPRINTS: [&str; 4] = ["Sprint 1", "Sprint 2", "sprint 1", "Next"];
pub const STATES: [&str; 3] = ["future", "active", "closed"];

/// Numbers of custom fields.
pub mod field {
    pub const TEAM: i64 = 10001;
    pub const START_DATE: i64 = 10015;
    pub const ESTIMATE: i64 = 10016;
    pub const SPRINT: i64 = 10020;
    pub const STORY_POINTS: i64 = 10026;
    /// Another of the name of [`STORY_POINTS`], made by the loader.
    pub const MORE_POINTS: i64 = 10099;
    pub const SEVERITY: i64 = 10030;
    pub const BROWSERS: i64 = 10031;
    pub const ENVIRONMENT_TYPE: i64 = 10032;
    pub const CUSTOMER: i64 = 10033;
    pub const CRITERIA: i64 = 10034;
    pub const REVIEWERS: i64 = 10035;
    pub const GO_LIVE: i64 = 10036;
    pub const DESIGN_LINK: i64 = 10037;
    pub const APPROVER: i64 = 10038;
    pub const KEYWORDS: i64 = 10039;
    pub const RESPONSIBLE_GROUP: i64 = 10040;
    pub const TARGET_VERSIONS: i64 = 10041;
}
/// Ids of teams.
pub const TEAMS: [&str; 2] = ["3f0a6f0c-red", "3f0a6f0c-blue"];
/// Options of Severity.
pub const SEVERITIES: [Named; 3] = [(10020, "Critical"), (10021, "Major"), (10022, "Minor")];
/// Options of Browsers.
pub const BROWSERS: [Named; 3] = [(10023, "Chrome"), (10024, "Firefox"), (10025, "Safari")];
/// Options of Environment type, each with those below it.
pub const PLACES: [(Named, [Named; 2]); 2] = [
    ((10026, "Production"), [(10027, "EU"), (10028, "US")]),
    ((10029, "Staging"), [(10030, "Blue"), (10031, "Green")]),
];

/// Who has a permission or belongs to a level (U-26).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Anyone,
    Licensed,
    User(User),
    Group(Group),
    Lead,
    Role(i64),
    Reporter,
    Assignee,
    Approver,
    ResponsibleGroup,
}

/// A version or a component of a project.
#[derive(Debug, Clone)]
pub struct Version {
    pub id: i64,
    pub project: Place,
    pub name: &'static str,
    /// Its place in the project's list.
    pub position: i64,
    pub released: bool,
    pub archived: bool,
}

#[derive(Debug, Clone)]
pub struct Component {
    pub id: i64,
    pub project: Place,
    pub name: &'static str,
    pub lead: Option<User>,
}

#[derive(Debug, Clone)]
pub struct Project {
    pub id: i64,
    pub key: &'static str,
    pub name: &'static str,
    pub lead: Option<User>,
    pub category: Option<i64>,
    /// One of [`PROJECT_TYPES`].
    pub kind: &'static str,
    pub archived: bool,
    pub browse: Vec<Holder>,
    /// Who sees who votes and watches; nobody by what is in an issue.
    pub crowds: Vec<Holder>,
    /// The value of the property [`PROPERTY`].
    pub property: Option<Value>,
    /// Whether it has the security scheme.
    pub secured: bool,
    pub actors: Vec<(i64, Actor)>,
}

/// Who plays a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    User(User),
    Group(Group),
}

/// What of an issue has a history that is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    pub status: i64,
    pub priority: Option<i64>,
    pub resolution: Option<i64>,
    pub assignee: Option<User>,
    pub reporter: Option<User>,
    pub fix_versions: Vec<i64>,
}

/// How an issue was from a moment on, and who made it so.
#[derive(Debug, Clone)]
pub struct Moment {
    pub at: DateTime<Utc>,
    pub by: User,
    pub state: Tracked,
}

/// Who may see a comment (J-93).
#[derive(Debug, Clone, Copy)]
pub enum Audience {
    All,
    Role(i64),
    Group(Group),
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub author: User,
    pub at: DateTime<Utc>,
    pub text: String,
    pub audience: Audience,
    /// The value of the property [`PROPERTY`].
    pub property: Option<Value>,
}

#[derive(Debug, Clone)]
pub struct Issue {
    pub id: i64,
    pub project: Place,
    pub number: i64,
    /// Number of the issue under the key of the project that it was in before.
    pub moved_from: Option<(Place, i64)>,
    pub issue_type: i64,
    pub summary: String,
    pub description: Option<String>,
    pub environment: Option<String>,
    pub creator: User,
    pub parent: Option<i64>,
    pub level: Option<i64>,
    pub labels: Vec<&'static str>,
    pub components: Vec<i64>,
    pub affected_versions: Vec<i64>,
    pub updated: DateTime<Utc>,
    pub due: Option<NaiveDate>,
    pub resolved: Option<DateTime<Utc>>,
    pub status_category_changed: DateTime<Utc>,
    /// Seconds: original, remaining, spent.
    pub times: [Option<i64>; 3],
    pub rank: String,
    pub archived: bool,
    /// In the stored form; see `mock_jira::domain::fields::Kind`.
    pub custom: Map<String, Value>,
    pub comments: Vec<Comment>,
    pub worklogs: Vec<Worklog>,
    /// When each of these last looked at it.
    pub viewed: BTreeMap<User, DateTime<Utc>>,
    pub watchers: BTreeSet<User>,
    pub voters: BTreeSet<User>,
    pub attached: bool,
    pub remote: Option<&'static str>,
    /// The value of the property [`PROPERTY`].
    pub property: Option<Value>,
    /// From its creation on; never empty.
    pub history: Vec<Moment>,
}

impl Issue {
    /// How it is now.
    pub fn now(&self) -> &Tracked {
        &self.history[self.history.len() - 1].state
    }

    pub fn created(&self) -> DateTime<Utc> {
        self.history[0].at
    }

    pub fn custom(&self, field: i64) -> Option<&Value> {
        self.custom.get(&field.to_string())
    }
}

/// Work that somebody logged.
#[derive(Debug, Clone)]
pub struct Worklog {
    pub author: User,
    pub started: DateTime<Utc>,
    pub text: Option<String>,
    pub audience: Audience,
}

/// A saved query, one of [`FILTERS`].
#[derive(Debug, Clone)]
pub struct Filter {
    pub id: i64,
    pub name: &'static str,
    pub owner: User,
    pub shared: Shared,
    pub query: Query,
}

/// Whom a filter is shared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    Nobody,
    /// Every account.
    Accounts,
    /// Anonymous callers, too.
    Everybody,
    Group(Group),
}

/// A sprint of a project's board; its state is one of [`STATES`].
#[derive(Debug, Clone)]
pub struct Sprint {
    pub id: i64,
    pub project: Place,
    pub name: &'static str,
    pub state: &'static str,
}

/// When an account came to the site, and when it was last seen there.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub began: DateTime<Utc>,
    pub seen: DateTime<Utc>,
    /// When the visit before began.
    pub previous: Option<DateTime<Utc>>,
}

/// A link from one issue to another.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    pub kind: i64,
    pub source: i64,
    pub destination: i64,
}

#[derive(Debug, Clone)]
pub struct Site {
    /// Its clock stands still here.
    pub now: DateTime<Utc>,
    pub visits: BTreeMap<User, Visit>,
    /// Values of the property [`PROPERTY`] of accounts.
    pub user_properties: BTreeMap<User, Value>,
    pub members: Vec<(Group, User)>,
    pub projects: Vec<Project>,
    pub versions: Vec<Version>,
    pub components: Vec<Component>,
    pub sprints: Vec<Sprint>,
    /// Who belongs to each of [`LEVELS`].
    pub levels: [Vec<Holder>; 2],
    pub filters: Vec<Filter>,
    pub issues: Vec<Issue>,
    pub links: Vec<Link>,
}

impl Site {
    pub fn is_in(&self, group: Group, user: User) -> bool {
        self.members.contains(&(group, user))
    }

    pub fn key(&self, issue: &Issue) -> String {
        format!("{}-{}", self.projects[issue.project].key, issue.number)
    }
}
