//! What a query asks of an issue that stands in other tables: worklogs, views, changes, links, properties.

use super::{
    Problem, Resolver,
    condition::{Condition, IdColumn, Readable, Span, TextQuery},
    dates, sentences,
};
use crate::domain::{
    jql::{Property, Value},
    sprint::State,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{ops::Bound, sync::Arc};

/// Something that other tables hold of an issue.
#[derive(Debug, Clone, PartialEq)]
pub enum Elsewhere {
    /// A worklog that the caller may read: by one of these, if given, and of a time in the span.
    Worklog {
        /// Account ids.
        authors: Option<Vec<String>>,
        /// When the work was begun.
        started: Span<DateTime<Utc>>,
        /// What the caller may read.
        readable: Arc<Readable>,
    },
    /// The account looked at it last within the span.
    View(String, Span<DateTime<Utc>>),
    /// It is among the so many that the account looked at last.
    RecentView(String, i64),
    /// One of these accounts created, changed or commented it within the span.
    Activity {
        /// Account ids.
        accounts: Vec<String>,
        /// When.
        at: Span<DateTime<Utc>>,
        /// Comments that the caller may read.
        readable: Arc<Readable>,
    },
    /// A link to something outside of Jira of one of these global ids.
    RemoteLink(Vec<String>),
    /// A property with such a value.
    Property {
        /// Whose it is.
        owner: Owner,
        /// Its key.
        key: String,
        /// Names of members, from the outermost.
        path: Vec<String>,
        /// What the value, or one element of it, has to be.
        test: PropertyTest,
        /// Comments that the caller may read.
        readable: Arc<Readable>,
        /// The only user whose properties the caller may read; all may be read without one.
        only: Option<String>,
    },
}

/// What entity properties hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The issue.
    Issue,
    /// Its project.
    Project,
    /// Any of its comments.
    Comment,
    /// Its assignee, its reporter or its creator: facts name the field, and not which users are meant.
    User,
}

/// A test of a value in a property.
#[derive(Debug, Clone, PartialEq)]
pub enum PropertyTest {
    /// There is one.
    Exists,
    /// It is one of these: as text, or the number that the text is.
    Is(Vec<String>),
    /// A number within the span.
    Number(Span<f64>),
    /// A time within the span, as ISO 8601 text in UTC.
    Time(Span<String>),
    /// A text that has this.
    Text(TextQuery),
}

/// Every time.
pub const ALWAYS: Span<DateTime<Utc>> = (Bound::Unbounded, Bound::Unbounded);

/// The level of epics.
const EPIC: i32 = 1;

/// How many issues `issueHistory()` goes back.
const HISTORY: i64 = 50;

/// The owner that a field's name before a property's key means.
pub fn owner(name: &str) -> Option<Owner> {
    let owners = [
        ("issue.property", Owner::Issue),
        ("project.property", Owner::Project),
        ("comment.property", Owner::Comment),
        ("user.property", Owner::User),
    ];
    owners.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, owner)| *owner)
}

impl Resolver<'_> {
    /// Worklogs of these people.
    pub(super) fn worklogs_by(&self, authors: Option<Vec<String>>) -> Condition {
        Condition::Elsewhere(Elsewhere::Worklog { authors, started: ALWAYS, readable: self.readable() })
    }

    /// Worklogs of days in the span; of each day the whole counts.
    pub(super) fn worklogs_at(&self, (from, to): Span<DateTime<Utc>>) -> Condition {
        let day = |at: DateTime<Utc>, later: u64| {
            let day = dates::day_of(&self.scope, at) + chrono::Days::new(later);
            dates::midnight(&self.scope, day).unwrap_or(at)
        };
        let from = match from {
            Bound::Included(at) => Bound::Included(day(at, 0)),
            Bound::Excluded(at) => Bound::Included(day(at, 1)),
            Bound::Unbounded => Bound::Unbounded,
        };
        let to = match to {
            Bound::Included(at) => Bound::Excluded(day(at, 1)),
            Bound::Excluded(at) => Bound::Excluded(day(at, 0)),
            Bound::Unbounded => Bound::Unbounded,
        };
        Condition::Elsewhere(Elsewhere::Worklog { authors: None, started: (from, to), readable: self.readable() })
    }

    /// What the caller looked at last within the span. Nobody in particular looked at nothing.
    pub(super) fn viewed(&self, span: Span<DateTime<Utc>>) -> Condition {
        self.of_caller(|account_id| Elsewhere::View(account_id, span))
    }

    /// What the caller looked at last.
    pub(super) fn recently_viewed(&self) -> Condition {
        self.of_caller(|account_id| Elsewhere::RecentView(account_id, HISTORY))
    }

    fn of_caller(&self, make: impl FnOnce(String) -> Elsewhere) -> Condition {
        let account_id = self.scope.caller.account_id();
        account_id.map_or(Condition::Nothing, |id| Condition::Elsewhere(make(id.to_owned())))
    }

    /// `updatedBy(user[, from[, to]])`: creating, changing and commenting all count.
    pub(super) fn updated_by(&self, function: &str, arguments: &[Value]) -> Result<Condition, Problem> {
        let accounts = self.users(function, arguments.first())?;
        let instant = |value: Option<&Value>| match value {
            Some(value) => {
                let at = dates::literal(&self.scope, &value.text);
                at.map(Bound::Included).ok_or_else(|| sentences::invalid_date(&value.text, function))
            }
            None => Ok(Bound::Unbounded),
        };
        let at = (instant(arguments.get(1))?, instant(arguments.get(2))?);
        Ok(Condition::Elsewhere(Elsewhere::Activity { accounts, at, readable: self.readable() }))
    }

    /// Issues whose parent is such an epic.
    pub(super) fn under_epic(&self, epic: Condition) -> Condition {
        let types = self.scope.site.issue_types.iter().filter(|issue_type| issue_type.level == EPIC);
        let is_epic = Condition::Id(IdColumn::IssueType, types.map(|issue_type| issue_type.id).collect());
        Condition::Parent(Box::new(Condition::all([is_epic, epic])))
    }

    /// These, and their sub-tasks.
    pub(super) fn in_epic(&self, epic: Condition) -> Condition {
        let under = self.under_epic(epic);
        Condition::Any(vec![under.clone(), Condition::Parent(Box::new(under))])
    }

    /// The caller's sprints that are so far.
    pub(super) fn sprints_in(&self, state: State) -> Vec<i64> {
        self.sprints().filter(|sprint| sprint.state == state).map(|sprint| sprint.id).collect()
    }

    /// A value in a property. What type it has is told by the value that it is compared with, not by an app.
    pub(super) fn property(&self, owner: Owner, property: &Property, test: PropertyTest) -> Condition {
        let path = property.path.as_deref().unwrap_or_default();
        let path: Vec<String> = path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if property.key.contains('\0') || path.iter().any(|name| name.contains('\0')) {
            return Condition::Nothing;
        }
        // Those of users are for themselves and for administrators.
        let only = match owner {
            Owner::User if !self.access().administers() => match self.scope.caller.account_id() {
                Some(id) => Some(id.to_owned()),
                None => return Condition::Nothing,
            },
            _ => None,
        };
        let (key, readable) = (property.key.clone(), self.readable());
        Condition::Elsewhere(Elsewhere::Property { owner, key, path, test, readable, only })
    }
}

/// The minute of an instant, which is all that a query can name of it.
pub fn minute(at: DateTime<Utc>) -> Span<DateTime<Utc>> {
    let begun = at - TimeDelta::milliseconds(at.timestamp_millis().rem_euclid(60_000));
    (Bound::Included(begun), Bound::Excluded(begun + TimeDelta::minutes(1)))
}
