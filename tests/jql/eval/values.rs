//! What fields that hold one or several of something hold, and what operands mean for them. Things go by their ids, as
//! text.

use super::{Asker, Meaning, Meaningless, fields::Field};
use crate::site::*;
use mock_jira::domain::jql::{Operand, Operator, Value};
use serde_json::Value as Json;
use std::cmp::Ordering;

impl<'a> Asker<'a> {
    /// The values that an issue has in a field.
    pub fn held(self, field: Field, issue: &Issue) -> Vec<String> {
        let now = issue.now();
        let user = |user: Option<User>| user.map(|user| USERS[user].id.to_owned()).into_iter().collect();
        let users =
            |users: &std::collections::BTreeSet<User>| users.iter().map(|user| USERS[*user].id.to_owned()).collect();
        let id = |id: Option<i64>| id.map(|id| id.to_string()).into_iter().collect();
        let ids = |ids: &[i64]| ids.iter().map(i64::to_string).collect();
        let project = &self.site.projects[issue.project];
        match field {
            Field::Assignee => user(now.assignee),
            Field::Reporter => user(now.reporter),
            Field::Creator => user(Some(issue.creator)),
            Field::Voter => users(&issue.voters),
            Field::Watcher => users(&issue.watchers),
            Field::Category => id(project.category),
            Field::Project => id(Some(project.id)),
            Field::ProjectType => vec![project.kind.to_owned()],
            Field::Component => ids(&issue.components),
            Field::FixVersion => ids(&now.fix_versions),
            Field::AffectedVersion => ids(&issue.affected_versions),
            Field::IssueType => id(Some(issue.issue_type)),
            Field::Labels => issue.labels.iter().map(|label| label.to_lowercase()).collect(),
            Field::Level => id(issue.level),
            Field::Parent => id(issue.parent),
            Field::Key => id(Some(issue.id)),
            Field::Priority => id(now.priority),
            Field::Resolution => id(now.resolution),
            Field::Status => id(Some(now.status)),
            Field::StatusCategory => id(category_of(now.status)),
            Field::WorklogAuthor => {
                let seen = issue.worklogs.iter().filter(|worklog| self.admits(issue, worklog.audience));
                seen.map(|worklog| USERS[worklog.author].id.to_owned()).collect()
            }
            Field::ParentProject => {
                self.above(issue).map(|above| self.site.projects[above.project].id.to_string()).into_iter().collect()
            }
            Field::ParentEpic => self.epics(issue),
            // The parent, if it is an epic that the caller sees.
            Field::EpicLink => self
                .epics(issue)
                .into_iter()
                .filter(|epic| issue.parent.is_some_and(|id| id.to_string() == *epic))
                .collect(),
            Field::LinkedIssue => self.links(issue).map(|(_, _, other)| other.to_string()).collect(),
            Field::LinkType => self.links(issue).map(|(kind, out, _)| format!("{kind} {out}")).collect(),
            Field::Custom(number) => custom(number, issue.custom(number)),
            _ => Vec::new(),
        }
    }

    /// The values that an operand names.
    pub fn values(self, field: Field, operator: Operator, operand: &Operand) -> Meaning<Vec<String>> {
        match operand {
            Operand::Value(value) => self.named(field, value),
            Operand::Function(function) => self.call(field, operator, function),
            Operand::List(_) | Operand::Empty => Err(Meaningless),
        }
    }

    fn named(self, field: Field, value: &Value) -> Meaning<Vec<String>> {
        let text = value.text.as_str();
        let named = |all: &[Named]| by_name(value, all.iter().map(|named| (named.0, named.1)));
        let found = match field {
            Field::Assignee
            | Field::WorklogAuthor
            | Field::Reporter
            | Field::Creator
            | Field::Voter
            | Field::Watcher => {
                return self.user(text);
            }
            Field::Custom(field::APPROVER | field::REVIEWERS) => return self.user(text),
            Field::Key | Field::EpicLink | Field::Parent | Field::ParentEpic | Field::LinkedIssue => {
                return Ok(self.issue_of(text)?.map(|issue| issue.id.to_string()).into_iter().collect());
            }
            Field::Category => named(&PROJECT_CATEGORIES),
            Field::Project | Field::ParentProject => vec![self.project(text)?],
            Field::LinkType => phrases(text),
            Field::ProjectType => {
                PROJECT_TYPES.iter().filter(|kind| kind.eq_ignore_ascii_case(text)).map(ToString::to_string).collect()
            }
            Field::Custom(field::SPRINT) => {
                let seen = self.site.sprints.iter().filter(|sprint| self.sees_project(sprint.project));
                by_name(value, seen.map(|sprint| (sprint.id, sprint.name)))
            }
            Field::Component => {
                let seen = self.site.components.iter().filter(|component| self.sees_project(component.project));
                by_name(value, seen.map(|component| (component.id, component.name)))
            }
            Field::FixVersion | Field::AffectedVersion | Field::Custom(field::TARGET_VERSIONS) => {
                let seen = self.site.versions.iter().filter(|version| self.sees_project(version.project));
                by_name(value, seen.map(|version| (version.id, version.name)))
            }
            Field::IssueType => by_name(value, TYPES.iter().map(|kind| (kind.0, kind.1))),
            Field::Status => by_name(value, STATUSES.iter().map(|status| (status.0, status.1))),
            Field::Priority => named(&PRIORITIES),
            Field::Resolution => named(&RESOLUTIONS),
            Field::Level => {
                let seen = LEVELS.into_iter().enumerate().filter(|(place, _)| self.sees_level(*place));
                by_name(value, seen.map(|(_, level)| level))
            }
            Field::StatusCategory => {
                let keys = CATEGORIES.iter().map(|category| (category.0, category.1));
                let found = by_name(value, CATEGORIES.iter().map(|category| (category.0, category.2)));
                if found.is_empty() { by_name(value, keys) } else { found }
            }
            Field::Labels | Field::Custom(field::KEYWORDS) => vec![text.to_lowercase()],
            Field::Custom(field::TEAM) => vec![text.to_owned()],
            Field::Custom(field::SEVERITY) => named(&SEVERITIES),
            Field::Custom(field::BROWSERS) => named(&BROWSERS),
            Field::Custom(field::ENVIRONMENT_TYPE) => {
                let below = PLACES.iter().flat_map(|(parent, children)| [*parent].into_iter().chain(*children));
                by_name(value, below)
            }
            Field::Custom(field::RESPONSIBLE_GROUP) => {
                let found = GROUPS.iter().filter(|(id, name)| *name == text || id.to_string() == text);
                found.map(|(id, _)| id.to_string()).collect()
            }
            Field::Custom(field::DESIGN_LINK) => vec![text.to_owned()],
            _ => return Err(Meaningless),
        };
        if found.is_empty() { Err(Meaningless) } else { Ok(found) }
    }

    /// An account by id, by name, or by its address where the caller may see that.
    pub fn user(self, text: &str) -> Meaning<Vec<String>> {
        let seen = |place: User| USERS[place].public || self.caller == Some(place) || self.administers();
        let folded = text.to_lowercase();
        let named = |(place, user): &(User, &Account)| {
            user.id == text || user.name.to_lowercase() == folded || seen(*place) && user.email == folded
        };
        let found: Vec<String> = USERS.iter().enumerate().filter(named).map(|(_, user)| user.id.to_owned()).collect();
        if found.is_empty() { Err(Meaningless) } else { Ok(found) }
    }

    /// A project that the caller sees, by key, name or id.
    pub fn project(self, text: &str) -> Meaning<String> {
        let folded = text.to_lowercase();
        let named = |(place, project): &(Place, &Project)| {
            let names = [project.key.to_lowercase(), project.name.to_lowercase(), project.id.to_string()];
            let former = *place == 0 && folded == FORMER_KEY.to_lowercase();
            (former || names.contains(&folded)) && self.sees_project(*place)
        };
        let mut found = self.site.projects.iter().enumerate().filter(named);
        found.next().map(|(_, project)| project.id.to_string()).ok_or(Meaningless)
    }

    /// An issue that the caller sees, by its key, one that it had, or its id. Only what can't be an issue at all is
    /// meaningless: one that is not there is none.
    pub fn issue_of(self, text: &str) -> Meaning<Option<&'a Issue>> {
        let named = |issue: &&Issue| match self.place_in_key(text) {
            Some(place) => place == (issue.project, issue.number) || Some(place) == issue.moved_from,
            None => issue.id.to_string() == text,
        };
        if self.place_in_key(text).is_none() && text.parse::<i64>().is_err() {
            return Err(Meaningless);
        }
        Ok(self.site.issues.iter().filter(named).find(|issue| self.sees(issue)))
    }

    /// The issue above one.
    pub fn above(self, issue: &Issue) -> Option<&'a Issue> {
        self.site.issues.iter().find(|above| Some(above.id) == issue.parent)
    }

    /// The epics above an issue, as far as the caller sees the way to them.
    fn epics(self, issue: &Issue) -> Vec<String> {
        let mut epics = Vec::new();
        let mut above = self.above(issue);
        while let Some(found) = above.filter(|above| self.sees(above)) {
            if TYPES.iter().any(|kind| kind.0 == found.issue_type && kind.2 == 1) {
                epics.push(found.id.to_string());
            }
            above = self.above(found);
        }
        epics
    }

    /// An issue's links: the type, whether they go out from it, and what is at the other end.
    fn links(self, issue: &Issue) -> impl Iterator<Item = (i64, bool, i64)> {
        let (id, links) = (issue.id, &self.site.links);
        let out = links.iter().filter(move |link| link.source == id).map(|link| (link.kind, true, link.destination));
        out.chain(links.iter().filter(move |link| link.destination == id).map(|link| (link.kind, false, link.source)))
    }

    /// The project and the number in a key, be it one of the project's former ones.
    fn place_in_key(self, text: &str) -> Option<(Place, i64)> {
        let (key, number) = text.rsplit_once('-')?;
        let key = key.to_uppercase();
        let place = match key.as_str() {
            FORMER_KEY => 0,
            key => self.site.projects.iter().position(|project| project.key == key)?,
        };
        self.sees_project(place).then_some((place, number.parse().ok()?))
    }

    /// How an issue stands to another, of the same project by key, or of any by id; to none that the caller does not
    /// find, or finds under another key.
    pub fn compare_key(self, issue: &Issue, text: &str) -> Meaning<Option<Ordering>> {
        let place = self.place_in_key(text);
        let other = self.issue_of(text)?.filter(|other| self.finds(other));
        Ok(other.and_then(|other| match place {
            Some(place) if (other.project, other.number) != place => None,
            Some(_) => (issue.project == other.project).then(|| issue.number.cmp(&other.number)),
            None => Some(issue.id.cmp(&other.id)),
        }))
    }

    /// How a value that an issue has stands to one that is named, where the two can be compared.
    pub fn compare(self, field: Field, held: &str, wanted: &str) -> Option<Ordering> {
        let position = |all: &[Named], id: &str| all.iter().position(|named| named.0.to_string() == id);
        match field {
            // The highest priority stands first, and is the greatest.
            Field::Priority => Some(position(&PRIORITIES, wanted)?.cmp(&position(&PRIORITIES, held)?)),
            Field::Resolution => Some(position(&RESOLUTIONS, held)?.cmp(&position(&RESOLUTIONS, wanted)?)),
            _ => {
                let version = |id: &str| self.site.versions.iter().find(|version| version.id.to_string() == id);
                let (held, wanted) = (version(held)?, version(wanted)?);
                (held.project == wanted.project).then(|| held.position.cmp(&wanted.position))
            }
        }
    }
}

/// Ids by name in any case. What is written as a number is an id first; other text is one only if it names nothing.
fn by_name(value: &Value, all: impl Iterator<Item = (i64, &'static str)>) -> Vec<String> {
    let folded = value.text.to_lowercase();
    let all: Vec<_> = all.collect();
    let of = |so: &dyn Fn(&(i64, &str)) -> bool| -> Vec<String> {
        all.iter().filter(|thing| so(thing)).map(|thing| thing.0.to_string()).collect()
    };
    let (named, id) = (of(&|thing| thing.1.to_lowercase() == folded), of(&|thing| thing.0.to_string() == value.text));
    let (first, second) = if value.number { (id, named) } else { (named, id) };
    if first.is_empty() { second } else { first }
}

/// What a phrase tells of links, as types with their ends; else what a type's name does.
fn phrases(text: &str) -> Vec<String> {
    let so = |name: &str| name.eq_ignore_ascii_case(text);
    let both = LINK_TYPES.iter().flat_map(|kind| [(kind, true), (kind, false)]);
    let (mut told, mut named) = (Vec::new(), Vec::new());
    for (&(id, name, inward, outward), out) in both {
        let end = format!("{id} {out}");
        if so(if out { outward } else { inward }) {
            told.push(end.clone());
        }
        if so(name) {
            named.push(end);
        }
    }
    if told.is_empty() { named } else { told }
}

/// The category of a status.
pub fn category_of(status: i64) -> Option<i64> {
    STATUSES.iter().find(|known| known.0 == status).map(|known| known.2)
}

/// The values of a custom field.
fn custom(number: i64, value: Option<&Json>) -> Vec<String> {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let texts = |value: &Json| match value {
        Json::Array(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let values: Vec<String> = value.map(texts).unwrap_or_default();
    match number {
        // The object that stands for a team has its id.
        field::TEAM => value.map(|team| text(team.get("id").unwrap_or(team))).into_iter().collect(),
        field::KEYWORDS => values.into_iter().map(|word| word.to_lowercase()).collect(),
        // Also the way down, for cascadeOption().
        field::ENVIRONMENT_TYPE => match values.as_slice() {
            [parent] => vec![parent.clone(), format!("{parent}/none")],
            [parent, child] => vec![parent.clone(), child.clone(), format!("{parent}/{child}")],
            _ => values,
        },
        _ => values,
    }
}
