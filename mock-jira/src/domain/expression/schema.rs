//! What there is to ask of each type: members, their types, and what it costs to have them.

use super::types::Type;

/// What an access costs in expensive operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// It is at hand.
    Free,
    /// One, however many things of a type are asked for it.
    Once,
    /// One for each thing.
    Each,
    /// One for each thing, but one in all for the length of the list.
    EachUnlessLength,
}

/// Something to ask of a value.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it costs.
    pub cost: Cost,
    /// The type of its value, or of what the method gives.
    of: &'static str,
    /// The fewest and the most arguments, if it is a method.
    pub arity: Option<(usize, usize)>,
}

impl Member {
    /// The type of its value, or of what the method gives.
    pub fn of(&self) -> Type {
        Type::read(self.of).unwrap_or(Type::Any)
    }
}

macro_rules! kinds {
    ($($kind:ident { $($name:ident $cost:ident $of:literal),* $(,)? })*) => {
        /// Types of things in Jira.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the names say what they are")]
        pub enum Kind { $($kind),* }

        impl Kind {
            /// As `typeof` tells it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($kind)),* }
            }

            /// The kind of that name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $(stringify!($kind) => Some(Self::$kind),)* _ => None }
            }
        }

        fn values(kind: Kind) -> &'static [Member] {
            match kind {
                $(Kind::$kind => &[$(Member {
                    name: stringify!($name), cost: Cost::$cost, of: $of, arity: None
                }),*]),*
            }
        }
    };
}

kinds! {
    Issue {
        id Free "Number", key Free "String", summary Free "String", description Free "RichText",
        environment Free "RichText", priority Free "IssuePriority", issueType Free "IssueType",
        status Free "IssueStatus", created Free "Date", updated Free "Date", dueDate Free "CalendarDate",
        resolutionDate Free "Date", resolution Free "Resolution", originalEstimate Free "Number",
        remainingEstimate Free "Number", timeSpent Free "Number", securityLevel Free "SecurityLevel",
        parent Once "Issue", project Once "Project", assignee Once "User", reporter Once "User", creator Once "User",
        versions Once "List<Version>", fixVersions Once "List<Version>", components Once "List<Component>",
        labels Once "List<String>", attachments Once "List<Attachment>", worklogs Once "List<Worklog>",
        votes Once "Number", voters Once "List<User>", watches Once "Number", watchers Once "List<User>",
        childIssues Once "List<Issue>", subtasks EachUnlessLength "List<Issue>",
        comments EachUnlessLength "List<Comment>", links Each "List<IssueLink>", changelogs Each "List<Changelog>",
        properties Free "EntityProperties", isEpic Free "Boolean", epic Each "Issue", sprint Each "Sprint",
        closedSprints Each "List<Sprint>", flagged Each "Boolean", name Each "String", color Each "String",
        done Each "Boolean", stories Each "List<Issue>",
    }
    Project {
        id Free "Number", key Free "String", name Free "String", style Free "String", projectTypeKey Free "String",
        projectCategory Free "ProjectCategory", lead Free "User", avatarUrls Free "Map",
        properties Free "EntityProperties",
    }
    User {
        accountId Free "String", displayName Once "String", locale Once "String", timeZone Once "String",
        active Once "Boolean", avatarUrls Once "Map", groups Each "List<String>", groupIds Each "List<String>",
        permissions Free "UserPermissions", properties Free "EntityProperties",
    }
    UserPermissions { global Each "List<String>" }
    IssuePriority { id Free "Number", name Free "String", description Free "String" }
    IssueStatus { id Free "Number", name Free "String", description Free "String", category Free "IssueStatusCategory" }
    IssueStatusCategory { id Free "Number", key Free "String", name Free "String", colorName Free "String" }
    IssueType {
        id Free "Number", name Free "String", description Free "String", iconUrl Free "String",
        hierarchyLevel Free "Number", properties Free "EntityProperties",
    }
    Resolution { id Free "Number", name Free "String", description Free "String" }
    SecurityLevel { id Free "Number", name Free "String", description Free "String" }
    Component { id Free "Number", name Free "String" }
    Version {
        id Free "Number", name Free "String", description Free "String", archived Free "Boolean",
        released Free "Boolean", releaseDate Free "CalendarDate", startDate Free "CalendarDate",
    }
    ProjectCategory { id Free "Number", name Free "String", description Free "String" }
    ProjectRole { id Free "Number", name Free "String", description Free "String" }
    Comment {
        id Free "Number", body Free "RichText", author Free "User", created Free "Date", updated Free "Date",
        properties Free "EntityProperties",
    }
    Attachment {
        id Free "Number", author Free "User", filename Free "String", size Free "Number", mimeType Free "String",
        created Free "Date",
    }
    Worklog {
        id Free "String", author Free "User", updateAuthor Free "User", created Free "Date", updated Free "Date",
        started Free "Date", timeSpent Free "Number",
    }
    IssueLink {
        id Free "Number", type Free "IssueLinkType", direction Free "String", linkedIssue Free "Issue",
        inwardIssue Free "Issue", outwardIssue Free "Issue",
    }
    IssueLinkType { id Free "Number", name Free "String", inward Free "String", outward Free "String" }
    Changelog { id Free "String", author Free "User", items Free "List<ChangelogItem>", created Free "Date" }
    ChangelogItem {
        field Free "String", fieldId Free "String", from Free "String", fromString Free "String", to Free "String",
        toString Free "String",
    }
    Sprint {
        id Free "Number", state Free "String", name Free "String", goal Free "String", startDate Free "Date",
        endDate Free "Date", completeDate Free "Date", properties Free "EntityProperties",
    }
    Board {
        id Free "Number", hasBacklog Each "Boolean", hasSprints Each "Boolean", activeSprints Each "List<Sprint>",
        futureSprints Each "List<Sprint>", closedSprints Each "List<Sprint>", canAdminister Each "Boolean",
        properties Free "EntityProperties",
    }
    ServiceDesk { id Free "Number", project Each "Project" }
    CustomerRequest {
        issue Free "Issue", currentStatus Free "CustomerRequestStatus", serviceDesk Each "ServiceDesk",
        requestType Each "CustomerRequestType",
    }
    CustomerRequestStatus { name Free "String", category Free "String", date Free "Date" }
    CustomerRequestType { id Free "Number" }
    App { id Free "String", key Free "String", license Free "License", properties Free "EntityProperties" }
    License { active Free "Boolean" }
    Transition {
        id Free "Number", name Free "String", from Free "IssueStatus", to Free "IssueStatus", hasScreen Free "Boolean",
    }
    EntityProperties {}
    JSON {}
}

macro_rules! methods {
    ($($name:ident ($least:literal, $most:literal) $of:literal $($cost:ident)?),* $(,)?) => {
        &[$(Member {
            name: stringify!($name), cost: methods!(@ $($cost)?), of: $of, arity: Some(($least, $most))
        }),*]
    };
    (@) => { Cost::Free };
    (@ $cost:ident) => { Cost::$cost };
}

const LENGTH: &[Member] = &[Member { name: "length", cost: Cost::Free, of: "Number", arity: None }];

const PLAIN_TEXT: &[Member] = &[Member { name: "plainText", cost: Cost::Free, of: "String", arity: None }];

const TEXT: &[Member] = methods![
    includes (1, 2) "Boolean", indexOf (1, 2) "Number", match (1, 1) "List<String>", matchAll (1, 1) "List<List<String>>",
    padEnd (1, 2) "String", padStart (1, 2) "String", repeat (1, 1) "String", replace (2, 2) "String",
    slice (1, 2) "String", split (0, 1) "List<String>", toLowerCase (0, 0) "String", toUpperCase (0, 0) "String",
    trim (0, 0) "String",
];

const LIST: &[Member] = methods![
    concat (1, 1) "List", every (1, 1) "Boolean", filter (1, 1) "List", flatMap (1, 1) "List", flatten (0, 0) "List",
    includes (1, 1) "Boolean", indexOf (1, 1) "Number", join (0, 1) "String", map (1, 1) "List", reduce (1, 2) "Any",
    slice (1, 2) "List", some (1, 1) "Boolean", sort (0, 1) "List",
];

const MAP: &[Member] = methods![entries (0, 0) "List<[String, Any]>", get (1, 1) "Any", set (2, 2) "Map"];

const DATE: &[Member] = methods![
    getDate (0, 0) "Number", getDay (0, 0) "Number", getFullYear (0, 0) "Number", getHours (0, 0) "Number",
    getMilliseconds (0, 0) "Number", getMinutes (0, 0) "Number", getMonth (0, 0) "Number", getSeconds (0, 0) "Number",
    getTime (0, 0) "Number", minusDays (1, 1) "Date", minusHours (1, 1) "Date", minusMinutes (1, 1) "Date",
    minusMonths (1, 1) "Date", plusDays (1, 1) "Date", plusHours (1, 1) "Date", plusMinutes (1, 1) "Date",
    plusMonths (1, 1) "Date", toCalendarDate (0, 0) "CalendarDate", toCalendarDateUTC (0, 0) "CalendarDate",
    toISOString (0, 0) "String", toString (0, 0) "String",
];

const CALENDAR_DATE: &[Member] = methods![
    getDate (0, 0) "Number", getDay (0, 0) "Number", getFullYear (0, 0) "Number", getMonth (0, 0) "Number",
    minusDays (1, 1) "CalendarDate", minusMonths (1, 1) "CalendarDate", plusDays (1, 1) "CalendarDate",
    plusMonths (1, 1) "CalendarDate", toISOString (0, 0) "String", toString (0, 0) "String",
];

const ISSUE: &[Member] = methods![getNewestChangelog (1, 2) "Changelog" Each];
const USER: &[Member] = methods![getProjectRoles (1, 1) "List<ProjectRole>" Each];
const PROPERTIES: &[Member] = methods![get (1, 1) "Any" Once, keys (0, 0) "List<String>" Each];
const JSON: &[Member] = methods![parse (1, 1) "Any", stringify (1, 1) "String"];

/// What constructors take, and what they cost.
pub const CONSTRUCTORS: [(&str, (usize, usize), Cost); 7] = [
    ("CalendarDate", (0, 1), Cost::Free),
    ("Date", (0, 1), Cost::Free),
    ("Issue", (1, 1), Cost::Each),
    ("Map", (0, 0), Cost::Free),
    ("Project", (1, 1), Cost::Each),
    ("RichText", (1, 1), Cost::Free),
    ("User", (1, 1), Cost::Each),
];

/// Members of the type of that name, and its methods.
fn members(name: &str) -> (&'static [Member], &'static [Member]) {
    match name {
        "String" => (LENGTH, TEXT),
        "List" => (LENGTH, LIST),
        "Map" => (&[], MAP),
        "Date" => (&[], DATE),
        "CalendarDate" => (&[], CALENDAR_DATE),
        "RichText" => (PLAIN_TEXT, &[]),
        name => match Kind::named(name) {
            Some(Kind::Issue) => (values(Kind::Issue), ISSUE),
            Some(Kind::User) => (values(Kind::User), USER),
            Some(Kind::EntityProperties) => (&[], PROPERTIES),
            Some(Kind::JSON) => (&[], JSON),
            Some(kind) => (values(kind), &[]),
            None => (&[], &[]),
        },
    }
}

/// A member of the type of that name.
pub fn member(of: &str, name: &str) -> Option<&'static Member> {
    let (values, methods) = members(of);
    values.iter().chain(methods).find(|member| member.name == name)
}

/// What Jira says where a member is asked for that there is not; `others` are known besides those of the type.
pub fn unrecognized(of: &str, asked: &str, name: &str, shown: &str, others: Vec<String>) -> String {
    let (values, methods) = members(of);
    let mut names: Vec<String> = values.iter().chain(methods).map(|member| member.name.to_owned()).collect();
    names.extend(others);
    names.sort();
    let known = match names.as_slice() {
        [] => format!("Type {of} does not have any properties"),
        names => format!("Available properties of type '{of}' are: '{}'", names.join("', '")),
    };
    format!("Unrecognized property of `{asked}`: \"{name}\" ({shown}). {known}")
}
