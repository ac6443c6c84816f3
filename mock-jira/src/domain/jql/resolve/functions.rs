//! Functions in queries: which there are, what they take, what they give.

use super::{
    Problem, Resolver,
    condition::{AccountColumn, Condition, IdColumn, LinkEnds},
    dates::{self, End, Period},
    fields::{Subject, Things},
    sentences,
};
use crate::domain::{
    config::Version,
    jql::{Function, Value},
    permission,
};
use chrono::{DateTime, Utc};
use std::ops::RangeInclusive;

/// What a call gives.
#[derive(Debug, PartialEq)]
pub enum Given {
    /// For dates.
    Instant(DateTime<Utc>),
    /// For fields that hold accounts.
    Accounts(Vec<String>),
    /// For fields that hold such things.
    Ids(Things, Vec<i64>),
    /// For the issue itself, or its parent.
    Issues(Condition),
    /// For cascading selects: the names of an option and perhaps of one below it, to be found in the field.
    Cascade(Vec<String>),
}

#[derive(Debug, Clone, Copy)]
enum Known {
    Now,
    Bound(Period, End),
    CurrentUser,
    MembersOf,
    StandardTypes,
    SubtaskTypes,
    ReleasedVersions,
    UnreleasedVersions,
    LatestReleased,
    EarliestUnreleased,
    LinkedIssues,
    Voted,
    Watched,
    Viewed,
    ProjectsLed,
    ProjectsByRole,
    ProjectsByPermission,
    ComponentsLed,
    Cascade,
}

/// A function's names, how many arguments it takes, and whether it gives a list.
type Signature = (&'static [&'static str], Known, RangeInclusive<usize>, bool);

const FUNCTIONS: &[Signature] = &[
    // Nobody logs in here: each request brings its credentials, so that the session begins with it.
    (&["now", "currentLogin", "lastLogin"], Known::Now, 0..=0, false),
    (&["startOfDay"], Known::Bound(Period::Day, End::Start), 0..=1, false),
    (&["startOfWeek"], Known::Bound(Period::Week, End::Start), 0..=1, false),
    (&["startOfMonth"], Known::Bound(Period::Month, End::Start), 0..=1, false),
    (&["startOfYear"], Known::Bound(Period::Year, End::Start), 0..=1, false),
    (&["endOfDay"], Known::Bound(Period::Day, End::Last), 0..=1, false),
    (&["endOfWeek"], Known::Bound(Period::Week, End::Last), 0..=1, false),
    (&["endOfMonth"], Known::Bound(Period::Month, End::Last), 0..=1, false),
    (&["endOfYear"], Known::Bound(Period::Year, End::Last), 0..=1, false),
    (&["currentUser"], Known::CurrentUser, 0..=0, false),
    (&["membersOf"], Known::MembersOf, 1..=1, true),
    (&["standardIssueTypes", "standardWorkTypes"], Known::StandardTypes, 0..=0, true),
    (&["subtaskIssueTypes", "subtaskWorkTypes"], Known::SubtaskTypes, 0..=0, true),
    (&["releasedVersions"], Known::ReleasedVersions, 0..=1, true),
    (&["unreleasedVersions"], Known::UnreleasedVersions, 0..=1, true),
    (&["latestReleasedVersion"], Known::LatestReleased, 1..=1, false),
    (&["earliestUnreleasedVersion"], Known::EarliestUnreleased, 1..=1, false),
    (&["linkedIssues", "linkedWorkItems"], Known::LinkedIssues, 1..=2, true),
    (&["votedIssues", "votedWorkItems"], Known::Voted, 0..=0, true),
    (&["watchedIssues", "watchedWorkItems"], Known::Watched, 0..=0, true),
    (&["issueHistory", "workItemHistory"], Known::Viewed, 0..=0, true),
    (&["projectsLeadByUser", "spacesLeadByUser"], Known::ProjectsLed, 0..=1, true),
    (&["projectsWhereUserHasRole", "spacesWhereUserHasRole"], Known::ProjectsByRole, 1..=1, true),
    (&["projectsWhereUserHasPermission", "spacesWhereUserHasPermission"], Known::ProjectsByPermission, 1..=1, true),
    (&["componentsLeadByUser"], Known::ComponentsLed, 0..=1, true),
    (&["cascadeOption"], Known::Cascade, 1..=2, true),
];

fn find(function: &Function) -> Option<&'static Signature> {
    FUNCTIONS.iter().find(|(names, ..)| names.iter().any(|name| name.eq_ignore_ascii_case(&function.name)))
}

/// Each function's name, how many arguments it needs at least, whether it gives a list, and a field that takes what it
/// gives; none for cascading selects, which are fields of the site.
pub fn signatures() -> impl Iterator<Item = (&'static str, usize, bool, Option<Subject<'static>>)> {
    use {AccountColumn as A, IdColumn as I, Known::*};
    FUNCTIONS.iter().flat_map(|(names, known, arity, list)| {
        let field = match known {
            Now | Bound(..) => Some(Subject::Due),
            CurrentUser | MembersOf => Some(Subject::Account(A::Assignee)),
            StandardTypes | SubtaskTypes => Some(Subject::Id(Things::IssueTypes, I::IssueType)),
            ReleasedVersions | UnreleasedVersions | LatestReleased | EarliestUnreleased => {
                Some(Subject::Id(Things::Versions, I::FixVersions))
            }
            LinkedIssues | Voted | Watched | Viewed => Some(Subject::Issue),
            ProjectsLed | ProjectsByRole | ProjectsByPermission => Some(Subject::Id(Things::Projects, I::Project)),
            ComponentsLed => Some(Subject::Id(Things::Components, I::Components)),
            Known::Cascade => None,
        };
        names.iter().map(move |name| (*name, *arity.start(), *list, field))
    })
}

/// Whether a function gives a list; `None` if there is no such function.
pub fn gives_list(function: &Function) -> Option<bool> {
    find(function).map(|(_, _, _, list)| *list)
}

impl Resolver<'_> {
    /// Calls a function.
    pub(super) fn call(&self, function: &Function) -> Result<Given, Problem> {
        let name = function.name.as_str();
        let Some((_, known, arity, _)) = find(function) else { return Err(sentences::no_function(name)) };
        let arguments = function.args.as_slice();
        if !arity.contains(&arguments.len()) {
            return Err(sentences::wrong_arity(name, arity, arguments.len()));
        }
        let site = self.scope.site;
        let first = arguments.first();
        let text = first.map_or("", |value| value.text.as_str());
        Ok(match known {
            Known::Now => Given::Instant(self.scope.now),
            Known::Bound(period, end) => {
                let increment = first.map(|value| value.text.as_str());
                let bound = dates::bound(&self.scope, *period, *end, increment);
                Given::Instant(bound.ok_or_else(|| sentences::invalid_increment(name, text))?)
            }
            Known::CurrentUser => Given::Accounts(self.me()),
            Known::MembersOf => {
                let group = site.group(text.strip_prefix("id:").unwrap_or(text));
                let unknown = || sentences::cannot_list(name, "usernames", "group", text);
                let id = group.ok_or_else(unknown)?.group_id;
                let members = site.memberships.iter().filter(|(_, groups)| groups.contains(&id));
                Given::Accounts(members.map(|(account, _)| account.clone()).collect())
            }
            Known::StandardTypes => self.types(|level| level >= 0),
            Known::SubtaskTypes => self.types(|level| level < 0),
            Known::ReleasedVersions => self.versions(name, first, |version| version.released)?,
            Known::UnreleasedVersions => self.versions(name, first, |version| !version.released)?,
            // Versions are kept in their order.
            Known::LatestReleased => last(self.versions(name, first, |version| version.released)?),
            Known::EarliestUnreleased => {
                first_of(self.versions(name, first, |version| !version.released && !version.archived)?)
            }
            Known::LinkedIssues => Given::Issues(self.linked(name, arguments)?),
            Known::Voted => Given::Issues(Condition::Account(AccountColumn::Voters, self.me())),
            Known::Watched => Given::Issues(Condition::Account(AccountColumn::Watchers, self.me())),
            // Which issues somebody looked at is not recorded.
            Known::Viewed => Given::Issues(Condition::Nothing),
            Known::ProjectsLed => {
                let users = self.users(name, first)?;
                let led = self.projects(|project| project.lead.as_ref().is_some_and(|lead| users.contains(lead)));
                Given::Ids(Things::Projects, led)
            }
            Known::ProjectsByRole => {
                let called_so = |role: &str| role.eq_ignore_ascii_case(text);
                let roles: Vec<i64> = site.roles.iter().filter(|r| called_so(&r.name)).map(|r| r.id).collect();
                if roles.is_empty() {
                    return Err(sentences::cannot_list(name, "projects", "role", text));
                }
                let plays = self.projects(|project| self.access().roles(project).any(|role| roles.contains(&role)));
                Given::Ids(Things::Projects, plays)
            }
            Known::ProjectsByPermission => {
                let called_so = |kind: &&permission::PermissionKind| {
                    !kind.global && (kind.name.eq_ignore_ascii_case(text) || kind.key.eq_ignore_ascii_case(text))
                };
                let Some(kind) = permission::PERMISSIONS.iter().find(called_so) else {
                    return Err(sentences::cannot_list(name, "projects", "permission", text));
                };
                Given::Ids(Things::Projects, self.projects(|project| self.access().project(project, kind.key)))
            }
            Known::ComponentsLed => {
                let users = self.users(name, first)?;
                let led = site.components.iter().filter(|component| {
                    component.lead.as_ref().is_some_and(|lead| users.contains(lead)) && self.sees(component.project_id)
                });
                Given::Ids(Things::Components, led.map(|component| component.id).collect())
            }
            Known::Cascade => Given::Cascade(arguments.iter().map(|value| value.text.clone()).collect()),
        })
    }

    /// The caller's account; nobody's for an anonymous caller.
    fn me(&self) -> Vec<String> {
        self.scope.caller.account_id().map(str::to_owned).into_iter().collect()
    }

    /// The accounts an argument names; the caller's without one.
    fn users(&self, function: &str, user: Option<&Value>) -> Result<Vec<String>, Problem> {
        let Some(user) = user else { return Ok(self.me()) };
        self.accounts(&user.text).ok_or_else(|| sentences::unresolved(function, "user", &user.text))
    }

    fn types(&self, at: impl Fn(i32) -> bool) -> Given {
        let types = self.scope.site.issue_types.iter().filter(|issue_type| at(issue_type.level));
        Given::Ids(Things::IssueTypes, types.map(|issue_type| issue_type.id).collect())
    }

    /// Versions of a project, or of all, that are so.
    fn versions(
        &self,
        function: &str,
        project: Option<&Value>,
        so: impl Fn(&Version) -> bool,
    ) -> Result<Given, Problem> {
        let project = match project {
            Some(value) => {
                let unknown = || sentences::unresolved(function, "project", &value.text);
                Some(self.find_project(&value.text).ok_or_else(unknown)?.id)
            }
            None => None,
        };
        let versions = self.scope.site.versions.iter().filter(|version| {
            project.map_or_else(|| self.sees(version.project_id), |id| id == version.project_id) && so(version)
        });
        Ok(Given::Ids(Things::Versions, versions.map(|version| version.id).collect()))
    }

    /// `linkedIssues(key[, type or phrase])`: the phrase is read from the named issue's side.
    fn linked(&self, function: &str, arguments: &[Value]) -> Result<Condition, Problem> {
        let [issue, by @ ..] = arguments else { return Ok(Condition::Nothing) };
        let other = self.issue(issue, function).map_err(|_| sentences::unresolved(function, "issue", &issue.text))?;
        let ends = match by.first() {
            Some(by) => {
                self.link_ends(&by.text).ok_or_else(|| sentences::unresolved(function, "link type", &by.text))?
            }
            None => {
                let all: Vec<i64> = self.scope.site.link_types.iter().map(|link_type| link_type.id).collect();
                LinkEnds { source_of: all.clone(), destination_of: all, other: None }
            }
        };
        // Where the named issue is the source, those sought are the destination.
        let (source_of, destination_of) = (ends.destination_of, ends.source_of);
        Ok(Condition::Link(LinkEnds { source_of, destination_of, other: Some(other) }))
    }
}

fn last(given: Given) -> Given {
    match given {
        Given::Ids(things, ids) => Given::Ids(things, ids.last().copied().into_iter().collect()),
        other => other,
    }
}

fn first_of(given: Given) -> Given {
    match given {
        Given::Ids(things, ids) => Given::Ids(things, ids.first().copied().into_iter().collect()),
        other => other,
    }
}
