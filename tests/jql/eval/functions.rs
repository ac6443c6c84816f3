//! What functions stand for, dates aside.

use super::{Asker, Meaning, Meaningless, fields::Field};
use crate::site::*;
use chrono::{DateTime, Utc};
use mock_jira::domain::jql::{Function, Operand, Operator};
use uuid::Uuid;

impl<'a> Asker<'a> {
    /// The ids that a call gives for a field. Most calls give a list, which only IN takes.
    pub fn call(self, field: Field, operator: Operator, function: &Function) -> Meaning<Vec<String>> {
        let args: Vec<&str> = function.args.iter().map(|arg| arg.text.as_str()).collect();
        let is_list = operator.takes_list();
        // Issues have become work items, and projects spaces.
        let name = function.name.to_lowercase().replace("workitem", "issue").replace("worktype", "issuetype");
        let name = name.replace("spaces", "projects");
        let is_user = matches!(
            field,
            Field::Assignee
                | Field::WorklogAuthor
                | Field::Reporter
                | Field::Creator
                | Field::Voter
                | Field::Watcher
                | Field::Custom(field::APPROVER | field::REVIEWERS)
        );
        let is_version =
            matches!(field, Field::FixVersion | Field::AffectedVersion | Field::Custom(field::TARGET_VERSIONS));
        let is_sprint = field == Field::Custom(field::SPRINT) && is_list;
        match (name.as_str(), args.as_slice()) {
            ("currentuser", []) if is_user => self.caller().map(|user| vec![USERS[user].id.to_owned()]),
            ("membersof", [group]) if is_user && is_list => self.members_of(group),
            ("standardissuetypes", []) if field == Field::IssueType && is_list => Ok(types(|level| level >= 0)),
            ("subtaskissuetypes", []) if field == Field::IssueType && is_list => Ok(types(|level| level < 0)),
            ("linkedissues", [issue]) if field == Field::Key && is_list => self.linked(issue, None),
            ("linkedissues", [issue, kind]) if field == Field::Key && is_list => self.linked(issue, Some(kind)),
            ("votedissues", []) if field == Field::Key && is_list => {
                self.issues_where(|issue, user| issue.voters.contains(&user))
            }
            ("watchedissues", []) if field == Field::Key && is_list => {
                self.issues_where(|issue, user| issue.watchers.contains(&user))
            }
            ("updatedby", [user, dates @ ..]) if field == Field::Key && is_list && dates.len() <= 2 => {
                self.updated_by(user, function)
            }
            ("issueswithremotelinksbyglobalid", ids) if field == Field::Key && is_list && !ids.is_empty() => {
                let linked = self.site.issues.iter().filter(|issue| issue.remote.is_some_and(|id| ids.contains(&id)));
                Ok(linked.map(|issue| issue.id.to_string()).collect())
            }
            ("parentepic", epics) if field == Field::Key && is_list && !epics.is_empty() => self.in_epics(epics),
            ("releasedversions", projects @ ([] | [_])) if is_version && is_list => self.versions(projects, true),
            ("unreleasedversions", projects @ ([] | [_])) if is_version && is_list => self.versions(projects, false),
            ("latestreleasedversion", [project]) if is_version => {
                self.version(project, true).map(|found| found.into_iter().collect())
            }
            ("earliestunreleasedversion", [project]) if is_version => {
                self.version(project, false).map(|found| found.into_iter().collect())
            }
            ("opensprints", []) if is_sprint => Ok(self.sprints("active")),
            ("closedsprints", []) if is_sprint => Ok(self.sprints("closed")),
            ("futuresprints", []) if is_sprint => Ok(self.sprints("future")),
            ("issuehistory", []) if field == Field::Key && is_list => {
                self.issues_where(|issue, user| issue.viewed.contains_key(&user))
            }
            ("projectsleadbyuser", user @ ([] | [_])) if field == Field::Project && is_list => {
                let user = self.user_or_self(user)?;
                let led = self.visible().filter(|project| project.lead.map(|lead| USERS[lead].id) == Some(&user));
                Ok(led.map(|project| project.id.to_string()).collect())
            }
            ("componentsleadbyuser", user @ ([] | [_])) if field == Field::Component && is_list => {
                let user = self.user_or_self(user)?;
                let led = self.site.components.iter().filter(|component| {
                    self.sees_project(component.project) && component.lead.map(|lead| USERS[lead].id) == Some(&user)
                });
                Ok(led.map(|component| component.id.to_string()).collect())
            }
            ("projectswhereuserhasrole", [role]) if field == Field::Project && is_list => {
                let role =
                    ROLES.iter().find(|(id, name)| name == role || id.to_string() == *role).ok_or(Meaningless)?;
                self.caller()?;
                let places = 0..self.site.projects.len();
                let places = places.filter(|place| self.plays(role.0, *place) && self.sees_project(*place));
                Ok(places.map(|place| self.site.projects[place].id.to_string()).collect())
            }
            ("projectswhereuserhaspermission", ["View Voters and Watchers" | "VIEW_VOTERS_AND_WATCHERS"])
                if field == Field::Project && is_list =>
            {
                let places = 0..self.site.projects.len();
                let places = places.filter(|place| self.sees_crowds(*place) && self.sees_project(*place));
                Ok(places.map(|place| self.site.projects[place].id.to_string()).collect())
            }
            ("choiceoption", names) if is_list && !names.is_empty() => {
                let options: &[Named] = match field {
                    Field::Custom(field::SEVERITY) => &SEVERITIES,
                    Field::Custom(field::BROWSERS) => &BROWSERS,
                    _ => return Err(Meaningless),
                };
                let called = |(_, option): &&Named| names.iter().any(|name| name.eq_ignore_ascii_case(option));
                Ok(options.iter().filter(called).map(|(id, _)| id.to_string()).collect())
            }
            ("cascadeoption", [parent]) if field == Field::Custom(field::ENVIRONMENT_TYPE) && is_list => {
                Ok(vec![place(parent)?.0.0.to_string()])
            }
            ("cascadeoption", [parent, below]) if field == Field::Custom(field::ENVIRONMENT_TYPE) && is_list => {
                let (parent, children) = place(parent)?;
                if below.eq_ignore_ascii_case("none") {
                    return Ok(vec![format!("{}/none", parent.0)]);
                }
                let child = children.iter().find(|(_, name)| name.eq_ignore_ascii_case(below)).ok_or(Meaningless)?;
                Ok(vec![format!("{}/{}", parent.0, child.0)])
            }
            _ => Err(Meaningless),
        }
    }

    /// Whether a call stands for no option at all.
    pub fn is_unset(self, field: Field, operator: Operator, function: &Function) -> bool {
        let none = function.args.first().is_some_and(|name| name.text.eq_ignore_ascii_case("none"));
        let cascade = function.name.eq_ignore_ascii_case("cascadeOption") && function.args.len() <= 2;
        field == Field::Custom(field::ENVIRONMENT_TYPE) && operator.takes_list() && cascade && none
    }

    fn caller(self) -> Meaning<User> {
        self.caller.ok_or(Meaningless)
    }

    /// The account id of an optional argument, of the caller without it.
    fn user_or_self(self, user: &[&str]) -> Meaning<String> {
        match user {
            [user] => self.user(user)?.into_iter().next().ok_or(Meaningless),
            _ => Ok(USERS[self.caller()?].id.to_owned()),
        }
    }

    /// Sprints of a state on boards that the caller sees.
    fn sprints(self, state: &str) -> Vec<String> {
        let seen = self.site.sprints.iter().filter(|sprint| self.sees_project(sprint.project));
        seen.filter(|sprint| sprint.state == state).map(|sprint| sprint.id.to_string()).collect()
    }

    /// Projects that the caller sees.
    fn visible(self) -> impl Iterator<Item = &'a Project> {
        let projects = self.site.projects.iter().enumerate();
        projects.filter(move |(place, _)| self.sees_project(*place)).map(|(_, project)| project)
    }

    fn members_of(self, group: &str) -> Meaning<Vec<String>> {
        let named = |(id, name): &(Uuid, &str)| *name == group || group.strip_prefix("id:") == Some(&id.to_string());
        let group = GROUPS.iter().position(named).ok_or(Meaningless)?;
        let members = (0..USERS.len()).filter(|user| self.site.is_in(group, *user));
        Ok(members.map(|user| USERS[user].id.to_owned()).collect())
    }

    /// Issues linked to one, in any way or as a phrase tells it (J-112).
    fn linked(self, issue: &str, phrase: Option<&str>) -> Meaning<Vec<String>> {
        let id = self.issue_of(issue)?.map(|issue| issue.id);
        let named = |name: &str| phrase.is_none_or(|phrase| phrase.eq_ignore_ascii_case(name));
        if !LINK_TYPES.iter().any(|(_, _, inward, outward)| named(inward) || named(outward)) {
            return Err(Meaningless);
        }
        let mut found = Vec::new();
        for link in &self.site.links {
            let (_, _, inward, outward) = LINK_TYPES.iter().find(|kind| kind.0 == link.kind).ok_or(Meaningless)?;
            if Some(link.source) == id && named(outward) {
                found.push(link.destination.to_string());
            }
            if Some(link.destination) == id && named(inward) {
                found.push(link.source.to_string());
            }
        }
        Ok(found)
    }

    /// Issues below these epics.
    fn in_epics(self, epics: &[&str]) -> Meaning<Vec<String>> {
        let named: Meaning<Vec<_>> = epics.iter().map(|epic| self.issue_of(epic)).collect();
        let named: Vec<String> = named?.into_iter().flatten().map(|epic| epic.id.to_string()).collect();
        let below = |issue: &&Issue| self.held(Field::ParentEpic, issue).iter().any(|epic| named.contains(epic));
        Ok(self.site.issues.iter().filter(below).map(|issue| issue.id.to_string()).collect())
    }

    fn issues_where(self, holds: impl Fn(&Issue, User) -> bool) -> Meaning<Vec<String>> {
        let user = self.caller()?;
        Ok(self.site.issues.iter().filter(|issue| holds(issue, user)).map(|issue| issue.id.to_string()).collect())
    }

    /// Issues that somebody created, changed or commented on, within a time.
    fn updated_by(self, user: &str, function: &Function) -> Meaning<Vec<String>> {
        let user = self.user(user)?;
        let bound = |place: usize| -> Meaning<Option<DateTime<Utc>>> {
            function.args.get(place).map(|arg| Ok(self.time(&Operand::Value(arg.clone()))?.at)).transpose()
        };
        let (from, to) = (bound(1)?, bound(2)?);
        let within = |at: DateTime<Utc>| from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to);
        let did = |by: User, at: DateTime<Utc>| user.iter().any(|user| user == USERS[by].id) && within(at);
        let found = self.site.issues.iter().filter(|issue| {
            did(issue.creator, issue.created())
                || issue.history[1..].iter().any(|moment| did(moment.by, moment.at))
                || issue
                    .comments
                    .iter()
                    .any(|comment| self.admits(issue, comment.audience) && did(comment.author, comment.at))
        });
        Ok(found.map(|issue| issue.id.to_string()).collect())
    }

    /// Versions that are released, or are not, of the named projects, or of all.
    fn versions(self, projects: &[&str], released: bool) -> Meaning<Vec<String>> {
        let named: Meaning<Vec<String>> = projects.iter().map(|project| self.project(project)).collect();
        let named = named?;
        let visible: Vec<i64> = self.visible().map(|project| project.id).collect();
        let found = self.site.versions.iter().filter(|version| {
            let project = self.site.projects[version.project].id;
            let wanted =
                if named.is_empty() { visible.contains(&project) } else { named.contains(&project.to_string()) };
            wanted && version.released == released
        });
        Ok(found.map(|version| version.id.to_string()).collect())
    }

    /// The last released or the first unreleased version of a project; an archived one is not to be released.
    fn version(self, project: &str, released: bool) -> Meaning<Option<String>> {
        let mut ids = self.versions(&[project], released)?;
        let position = |id: &String| self.site.versions.iter().find(|v| v.id.to_string() == *id).map(|v| v.position);
        ids.sort_by_key(position);
        ids.retain(|id| released || self.site.versions.iter().any(|v| v.id.to_string() == *id && !v.archived));
        Ok(if released { ids.pop() } else { ids.into_iter().next() })
    }
}

/// Types of a level.
fn types(of_level: impl Fn(i64) -> bool) -> Vec<String> {
    TYPES.iter().filter(|kind| of_level(kind.2)).map(|kind| kind.0.to_string()).collect()
}

/// An option of Environment type with those below it.
fn place(name: &str) -> Meaning<&'static (Named, [Named; 2])> {
    PLACES.iter().find(|(parent, _)| parent.1.eq_ignore_ascii_case(name)).ok_or(Meaningless)
}
