//! Functions in queries: which there are, what they take, what they give.

use super::{
    Problem, Resolver,
    condition::{AccountColumn, Condition, IdColumn, LinkEnds},
    dates::{self, End, Period},
    elsewhere::Elsewhere,
    fields::{Subject, Things},
    sentences,
    vacant::Vacant,
};
use crate::domain::{
    config::Version,
    fields::Kind,
    jql::{Function, Operand, Value},
    people::Group,
    permission,
    sprint::State,
};
use chrono::{DateTime, Utc};
use std::ops::RangeInclusive;

/// What a call gives.
#[derive(Debug, PartialEq)]
pub enum Given {
    /// For dates.
    Instant(DateTime<Utc>),
    /// For dates, too: a time that there was not.
    Never,
    /// For fields that hold accounts.
    Accounts(Vec<String>),
    /// For fields that hold such things.
    Ids(Things, Vec<i64>),
    /// For the issue itself, or its parent.
    Issues(Condition),
    /// For the Sprint field.
    Sprints(Vec<i64>),
    /// For selects: names of options.
    Choices(Vec<String>),
    /// For approvals, which the site keeps nothing of.
    Approval,
    /// For goals of service, which the site keeps nothing of.
    Sla,
    /// For cascading selects: the names of an option and perhaps of one below it, to be found in the field.
    Cascade(Vec<String>),
}

#[derive(Debug, Clone, Copy)]
enum Known {
    Now,
    CurrentLogin,
    LastLogin,
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
    Sprints(State),
    UpdatedBy,
    RemoteLinks,
    InEpic,
    Cascade,
    Choice,
    Approval,
    Sla,
}

/// A function's names, how many arguments it takes, and whether it gives a list.
type Signature = (&'static [&'static str], Known, RangeInclusive<usize>, bool);

const FUNCTIONS: &[Signature] = &[
    (&["now"], Known::Now, 0..=0, false),
    (&["currentLogin"], Known::CurrentLogin, 0..=0, false),
    (&["lastLogin"], Known::LastLogin, 0..=0, false),
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
    (&["openSprints"], Known::Sprints(State::Active), 0..=0, true),
    (&["futureSprints"], Known::Sprints(State::Future), 0..=0, true),
    (&["closedSprints"], Known::Sprints(State::Closed), 0..=0, true),
    (&["updatedBy"], Known::UpdatedBy, 1..=3, true),
    (&["issuesWithRemoteLinksByGlobalId", "workItemsWithRemoteLinksByGlobalId"], Known::RemoteLinks, 1..=100, true),
    (&["parentEpic"], Known::InEpic, 1..=100, true),
    (&["cascadeOption"], Known::Cascade, 1..=2, true),
    (&["choiceOption"], Known::Choice, 1..=100, true),
    //
    (&["approved", "myApproval", "myPending", "pending"], Known::Approval, 0..=0, false),
    (&["approver", "pendingBy"], Known::Approval, 1..=100, false),
    (&["breached", "completed", "everbreached", "paused", "running", "withinCalendarHours"], Known::Sla, 0..=0, false),
    (&["elapsed", "remaining"], Known::Sla, 1..=1, false),
];

fn find(function: &Function) -> Option<&'static Signature> {
    FUNCTIONS.iter().find(|(names, ..)| names.iter().any(|name| name.eq_ignore_ascii_case(&function.name)))
}

/// A field that takes what a function gives.
#[derive(Debug, Clone, Copy)]
pub enum Taker {
    /// One of Jira's own.
    System(Subject<'static>),
    /// A custom field of that kind.
    Custom(Kind),
}

/// Each function's name, how many arguments it needs at least, whether it gives a list, and a field that takes what it
/// gives.
pub fn signatures() -> impl Iterator<Item = (&'static str, usize, bool, Taker)> {
    use {AccountColumn as A, IdColumn as I, Known::*};
    FUNCTIONS.iter().flat_map(|(names, known, arity, list)| {
        let field = match known {
            Now | CurrentLogin | LastLogin | Bound(..) => Taker::System(Subject::Due),
            CurrentUser | MembersOf => Taker::System(Subject::Account(A::Assignee)),
            StandardTypes | SubtaskTypes => Taker::System(Subject::Id(Things::IssueTypes, I::IssueType)),
            ReleasedVersions | UnreleasedVersions | LatestReleased | EarliestUnreleased => {
                Taker::System(Subject::Id(Things::Versions, I::FixVersions))
            }
            LinkedIssues | Voted | Watched | Viewed | UpdatedBy | RemoteLinks | InEpic => Taker::System(Subject::Issue),
            ProjectsLed | ProjectsByRole | ProjectsByPermission => {
                Taker::System(Subject::Id(Things::Projects, I::Project))
            }
            ComponentsLed => Taker::System(Subject::Id(Things::Components, I::Components)),
            Known::Approval => Taker::System(Subject::Vacant(Vacant::Approvals)),
            Known::Sla => Taker::System(Subject::Vacant(Vacant::Sla)),
            Known::Sprints(_) => Taker::Custom(Kind::Sprint),
            Cascade => Taker::Custom(Kind::Cascade),
            Choice => Taker::Custom(Kind::Option),
        };
        names.iter().map(move |name| (*name, *arity.start(), *list, field))
    })
}

/// What arguments can be the names of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Issues, by key or id.
    Issues,
    /// Projects.
    Projects,
}

/// What a function's arguments name, and how many of the first ones do.
pub fn named_by(function: &Function) -> Option<(Named, usize)> {
    use Known::{EarliestUnreleased, InEpic, LatestReleased, LinkedIssues, ReleasedVersions, UnreleasedVersions};
    Some(match find(function)?.1 {
        LinkedIssues => (Named::Issues, 1),
        InEpic => (Named::Issues, usize::MAX),
        ReleasedVersions | UnreleasedVersions | LatestReleased | EarliestUnreleased => (Named::Projects, 1),
        _ => return None,
    })
}

/// Whether an operand is a call of a function about the caller's logins.
pub fn is_about_logins(operand: &Operand) -> bool {
    let Operand::Function(function) = operand else { return false };
    matches!(find(function), Some((_, Known::CurrentLogin | Known::LastLogin, ..)))
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
        let texts = || -> Vec<String> { arguments.iter().map(|value| value.text.clone()).collect() };
        if arguments.iter().any(|value| value.text.contains('\0')) {
            // PostgreSQL has no text with this character, and so there is nothing of that name.
            return Err(sentences::no_value(text, name));
        }
        Ok(match known {
            Known::Now => Given::Instant(self.scope.now),
            Known::CurrentLogin => given(self.scope.referents.session.map(|session| session.began)),
            Known::LastLogin => given(self.scope.referents.session.and_then(|session| session.previous)),
            Known::Bound(period, end) => {
                let increment = first.map(|value| value.text.as_str());
                let bound = dates::bound(&self.scope, *period, *end, increment);
                Given::Instant(bound.ok_or_else(|| sentences::invalid_increment(name, text))?)
            }
            Known::CurrentUser => Given::Accounts(self.me()),
            Known::MembersOf => {
                let group = match text.strip_prefix("id:") {
                    Some(id) => site.group(id),
                    None => self.group(text),
                };
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
            Known::Viewed => Given::Issues(self.recently_viewed()),
            Known::Sprints(state) => Given::Sprints(self.sprints_in(*state)),
            Known::UpdatedBy => Given::Issues(self.updated_by(name, arguments)?),
            Known::RemoteLinks => Given::Issues(Condition::Elsewhere(Elsewhere::RemoteLink(texts()))),
            Known::InEpic => {
                let epics: Result<Vec<_>, _> = arguments.iter().map(|key| self.issue(key, name)).collect();
                Given::Issues(self.in_epic(Condition::any(epics?.into_iter().map(Condition::Issue))))
            }
            Known::Approval => self.approvers(name, arguments).map(|()| Given::Approval)?,
            Known::Sla => {
                first.map_or(Ok(()), |span| self.span_of_time(name, span))?;
                Given::Sla
            }
            Known::Choice => Given::Choices(texts()),
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
            Known::Cascade => Given::Cascade(texts()),
        })
    }

    /// The caller's account; nobody's for an anonymous caller.
    fn me(&self) -> Vec<String> {
        self.scope.caller.account_id().map(str::to_owned).into_iter().collect()
    }

    /// A group by id, or by name in any case.
    pub(super) fn group(&self, text: &str) -> Option<&Group> {
        let site = self.scope.site;
        let folded = text.to_lowercase();
        site.group(text).or_else(|| site.groups.iter().find(|group| group.name.to_lowercase() == folded))
    }

    /// The accounts an argument names; the caller's without one.
    pub(super) fn users(&self, function: &str, user: Option<&Value>) -> Result<Vec<String>, Problem> {
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
            None => self.any_link(),
        };
        // Where the named issue is the source, those sought are the destination.
        let (source_of, destination_of) = (ends.destination_of, ends.source_of);
        Ok(Condition::Link(LinkEnds { source_of, destination_of, other: Some(other) }))
    }
}

fn given(at: Option<DateTime<Utc>>) -> Given {
    at.map_or(Given::Never, Given::Instant)
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
