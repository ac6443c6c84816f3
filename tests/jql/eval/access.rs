//! Who sees what.

use super::Asker;
use crate::site::*;

impl Asker<'_> {
    /// Whether the caller finds an issue: one that is archived can only be looked at (J-136).
    pub fn finds(self, issue: &Issue) -> bool {
        self.sees(issue) && !issue.archived
    }

    /// Whether the caller sees an issue: the projects' permission and the issue's level both have to admit them
    /// (S-31), and what is in archived projects is not searched (S-30).
    pub fn sees(self, issue: &Issue) -> bool {
        let project = &self.site.projects[issue.project];
        let level = LEVELS.iter().position(|level| Some(level.0) == issue.level);
        !project.archived
            && self.any_holder(&project.browse, issue)
            && level.is_none_or(|level| self.any_holder(&self.site.levels[level], issue))
    }

    /// Whether the caller may know that a project exists.
    pub fn sees_project(self, place: Place) -> bool {
        self.administers() || self.somewhere(&self.site.projects[place].browse, place)
    }

    /// Whether the caller belongs to a level, on some issues at least.
    pub fn sees_level(self, level: usize) -> bool {
        let secured = (0..self.site.projects.len()).filter(|place| self.site.projects[*place].secured);
        secured.into_iter().any(|place| self.sees_project(place) && self.somewhere(&self.site.levels[level], place))
    }

    fn somewhere(self, holders: &[Holder], place: Place) -> bool {
        holders.iter().any(|holder| match holder {
            Holder::Reporter | Holder::Assignee | Holder::Approver => self.caller.is_some(),
            Holder::ResponsibleGroup => self.groups().next().is_some(),
            holder => self.holds_project(holder, place),
        })
    }

    /// Whether the caller sees who votes and watches; about oneself, everybody does.
    pub fn sees_crowds(self, place: Place) -> bool {
        self.site.projects[place].crowds.iter().any(|holder| self.holds_project(holder, place))
    }

    pub fn administers(self) -> bool {
        self.in_group(0)
    }

    pub fn in_group(self, group: Group) -> bool {
        self.caller.is_some_and(|user| self.site.is_in(group, user))
    }

    fn groups(self) -> impl Iterator<Item = Group> {
        (0..GROUPS.len()).filter(move |group| self.in_group(*group))
    }

    fn any_holder(self, holders: &[Holder], issue: &Issue) -> bool {
        holders.iter().any(|holder| match holder {
            Holder::Reporter => self.caller.is_some() && self.caller == issue.now().reporter,
            Holder::Assignee => self.caller.is_some() && self.caller == issue.now().assignee,
            Holder::Approver => {
                let approver = issue.custom(field::APPROVER).and_then(|id| id.as_str());
                self.caller.is_some_and(|user| approver == Some(USERS[user].id))
            }
            Holder::ResponsibleGroup => {
                let group = issue.custom(field::RESPONSIBLE_GROUP).and_then(|id| id.as_str());
                self.groups().any(|own| group == Some(&GROUPS[own].0.to_string()))
            }
            holder => self.holds_project(holder, issue.project),
        })
    }

    /// For holders that do not depend on the issue.
    pub fn holds_project(self, holder: &Holder, place: Place) -> bool {
        match holder {
            Holder::Anyone => true,
            Holder::Licensed => {
                self.caller.is_some_and(|user| USERS[user].active) && LICENSED.iter().any(|group| self.in_group(*group))
            }
            Holder::User(user) => self.caller == Some(*user),
            Holder::Group(group) => self.in_group(*group),
            Holder::Lead => self.caller.is_some() && self.caller == self.site.projects[place].lead,
            Holder::Role(role) => self.plays(*role, place),
            _ => false,
        }
    }

    pub fn plays(self, role: i64, place: Place) -> bool {
        self.site.projects[place].actors.iter().any(|(played, actor)| {
            *played == role
                && match actor {
                    Actor::User(user) => self.caller == Some(*user),
                    Actor::Group(group) => self.in_group(*group),
                }
        })
    }

    /// Whether the caller may see a comment or a worklog on an issue that they see (J-93).
    pub fn admits(self, issue: &Issue, audience: Audience) -> bool {
        match audience {
            Audience::All => true,
            Audience::Role(role) => self.plays(role, issue.project),
            Audience::Group(group) => self.in_group(group),
        }
    }
}
