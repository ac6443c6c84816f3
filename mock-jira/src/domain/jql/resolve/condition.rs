//! What a query means in a site, told in ids, instants and numbers: no names, no zones, no SQL.

use super::elsewhere::Elsewhere;
use super::history::Past;
use crate::domain::{
    jql::Direction,
    people::Caller,
    permission::{Access, Extent},
    snapshot::Snapshot,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use std::{ops::Bound, sync::Arc};

/// What an issue has to be. Every test is about what the issue *has*: where it has nothing, the test fails,
/// and so does [`Condition::but_not`] of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Any issue.
    Everything,
    /// No issue.
    Nothing,
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not this; true of issues on which the column is empty.
    Not(Box<Condition>),
    /// The column is empty.
    Empty(Column),
    /// The column holds one of these ids, or a list that has one.
    Id(IdColumn, Vec<i64>),
    /// The column holds one of these accounts.
    Account(AccountColumn, Vec<String>),
    /// One of these labels, in any case.
    Label(Vec<String>),
    /// It is one of these issues.
    Issue(IssueNames),
    /// Whatever it is: the caller sees an issue of this name, which is not one from before a move.
    There(IssueNames),
    /// Its parent is such an issue.
    Parent(Box<Condition>),
    /// It is an end of a link.
    Link(LinkEnds),
    /// The column is within the span.
    Instant(InstantColumn, Span<DateTime<Utc>>),
    /// The due day is within the span.
    Due(Span<NaiveDate>),
    /// The column is within the span.
    Number(NumberColumn, Span<i64>),
    /// The column has this text.
    Text(TextColumn, TextQuery),
    /// A comment that the caller may read has this text; without one, there is such a comment.
    Comment(Option<TextQuery>, Arc<Readable>),
    /// The same of the comment of a worklog.
    WorklogComment(Option<TextQuery>, Arc<Readable>),
    /// The text is anywhere: in a text column, a custom field or a comment.
    Anywhere(TextQuery, Arc<Readable>),
    /// The custom field of that number has such a value.
    Custom(i64, CustomTest),
    /// It is one of those on which the caller has some permission.
    Permitted(Arc<Extent>),
    /// It has such a past.
    Past(Box<Past>),
    /// Another table holds such a thing of it.
    Elsewhere(Elsewhere),
}

/// Columns that hold ids.
#[allow(missing_docs, reason = "each is the column it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdColumn {
    Project,
    IssueType,
    Status,
    Priority,
    Resolution,
    SecurityLevel,
    Components,
    FixVersions,
    AffectedVersions,
}

impl IdColumn {
    /// Whether the column holds a list.
    pub fn is_plural(self) -> bool {
        matches!(self, Self::Components | Self::FixVersions | Self::AffectedVersions)
    }
}

/// Where accounts stand.
#[allow(missing_docs, reason = "each is the column, or the table, it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountColumn {
    Assignee,
    Reporter,
    Creator,
    Voters,
    Watchers,
}

/// Columns that hold instants.
#[allow(missing_docs, reason = "each is the column it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstantColumn {
    Created,
    Updated,
    Resolved,
    StatusCategoryChanged,
}

/// Whole numbers of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberColumn {
    /// Its id.
    Id,
    /// The number in its key.
    InKey,
    /// Seconds.
    OriginalEstimate,
    /// Seconds.
    RemainingEstimate,
    /// Seconds.
    TimeSpent,
    /// Time spent, in percent of the original estimate.
    WorkRatio,
    /// How many voted.
    Votes,
    /// How many watch.
    Watchers,
}

/// Columns with text to search.
#[allow(missing_docs, reason = "each is the column it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextColumn {
    Summary,
    Description,
    Environment,
}

/// What can be empty.
#[allow(missing_docs, reason = "each is the column, or the table, it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Id(IdColumn),
    Account(AccountColumn),
    Instant(InstantColumn),
    Number(NumberColumn),
    Text(TextColumn),
    Labels,
    Parent,
    Due,
    Attachments,
    Custom(i64),
}

/// A range of values; equal bounds make it one value.
pub type Span<T> = (Bound<T>, Bound<T>);

/// Issues as a query names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueNames {
    /// By id.
    pub ids: Vec<i64>,
    /// By key, also by one from before a move (J-30): project id and number.
    pub keys: Vec<(i64, i64)>,
}

/// Links at which an issue may stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkEnds {
    /// Types of links of which it is the source.
    pub source_of: Vec<i64>,
    /// Types of links of which it is the destination.
    pub destination_of: Vec<i64>,
    /// If given, who is at the other end.
    pub other: Option<IssueNames>,
}

/// Words to be found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextQuery {
    /// A word, in any of its forms.
    Word(String),
    /// A word that begins so.
    Prefix(String),
    /// A word of this form, in which `*` stands for any characters and `?` for one.
    Pattern(String),
    /// Words one after the other.
    Phrase(String),
    /// All of these.
    All(Vec<TextQuery>),
    /// At least one of these.
    Any(Vec<TextQuery>),
    /// Not this.
    Not(Box<TextQuery>),
}

/// Restricted comments that a caller may read (J-93).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readable {
    /// Ids of the caller's groups.
    pub groups: Vec<String>,
    /// The caller's roles: project id and role id.
    pub roles: Vec<(i64, i64)>,
}

impl Readable {
    /// Those that a caller may read (J-93).
    pub fn to(site: &Snapshot, caller: &Caller) -> Self {
        let access = Access::new(site, caller);
        let roles = |project| access.roles(project).map(|role| (project.id, role)).collect::<Vec<_>>();
        Self {
            groups: caller.groups.iter().map(ToString::to_string).collect(),
            roles: site.projects.iter().flat_map(roles).collect(),
        }
    }
}

/// A test of a custom field's stored value; see [`Kind`](crate::domain::fields::Kind) for the forms.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomTest {
    /// It is one of these, or a list that has all elements of one.
    Holds(Vec<Value>),
    /// A list of labels that has one of these, in any case.
    Labels(Vec<String>),
    /// It is this and no more.
    Is(Value),
    /// A number within the span.
    Number(Span<f64>),
    /// A day or an instant within the span, in stored form, the order of which is that of time.
    Time(Span<String>),
    /// A text, or with `rich` a document, that has this.
    Text {
        /// What is looked for.
        query: TextQuery,
        /// Whether the stored form is a document.
        rich: bool,
    },
}

/// One criterion of order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// By what.
    pub key: SortKey,
    /// Which way.
    pub direction: Direction,
}

/// What issues are ordered by. Empty values are last in ascending order.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// The place of the column's id among these; of a list, its first one's.
    Id(IdColumn, Vec<i64>),
    /// The place of the column's id, which several may share: ids with their places.
    Ranked(IdColumn, Vec<(i64, i64)>),
    /// The place of the account among these.
    Account(AccountColumn, Vec<String>),
    /// An instant.
    Instant(InstantColumn),
    /// A number.
    Number(NumberColumn),
    /// A text, without regard to case.
    Text(TextColumn),
    /// The due day.
    Due,
    /// The labels, one after the other.
    Labels,
    /// The parent's id.
    Parent,
    /// The place on boards (J-42).
    Rank,
    /// How well the text is matched (S-35).
    Relevance(TextQuery),
    /// The stored value of the custom field of that number.
    Custom(i64),
    /// The custom field's stored text, without regard to case.
    CustomText(i64),
    /// The words of the custom field's stored document, in the same way.
    CustomDocument(i64),
    /// When the account last looked at it.
    Viewed(String),
    /// The last element of the custom field's stored list.
    CustomLast(i64),
    /// The place of the custom field's id, or its list's first one's, among these.
    CustomId(i64, Vec<i64>),
    /// The place of the custom field's account or group, or its list's first one's, among these.
    CustomName(i64, Vec<String>),
}

impl Condition {
    /// All of `conditions`, made flat.
    pub fn all(conditions: impl IntoIterator<Item = Condition>) -> Self {
        let mut all = Vec::new();
        for condition in conditions {
            match condition {
                Self::Everything => {}
                Self::Nothing => return Self::Nothing,
                Self::All(more) => all.extend(more),
                other => all.push(other),
            }
        }
        if all.len() > 1 { Self::All(all) } else { all.pop().unwrap_or(Self::Everything) }
    }

    /// Any of `conditions`, made flat; tests of one column become one, since long lists are common.
    pub fn any(conditions: impl IntoIterator<Item = Condition>) -> Self {
        let mut any: Vec<Self> = Vec::new();
        for condition in conditions {
            match condition {
                Self::Nothing => {}
                Self::Everything => return Self::Everything,
                Self::Any(more) => more.into_iter().for_each(|condition| join(&mut any, condition)),
                other => join(&mut any, other),
            }
        }
        if any.len() > 1 { Self::Any(any) } else { any.pop().unwrap_or(Self::Nothing) }
    }

    /// The contrary.
    #[allow(clippy::should_implement_trait, reason = "it takes a condition to a condition; `!` would hide that")]
    pub fn not(self) -> Self {
        match self {
            Self::Everything => Self::Nothing,
            Self::Nothing => Self::Everything,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// What `!=` and `NOT IN` mean: the issue has a value, and not this one.
    pub fn but_not(empty: Self, condition: Self) -> Self {
        Self::all([empty.not(), condition.not()])
    }
}

/// Adds an alternative, to the one before it if both look at the same column.
fn join(any: &mut Vec<Condition>, condition: Condition) {
    match (any.last_mut(), condition) {
        (Some(Condition::Id(column, ids)), Condition::Id(same, more)) if *column == same => ids.extend(more),
        (Some(Condition::Account(column, ids)), Condition::Account(same, more)) if *column == same => ids.extend(more),
        (Some(Condition::Label(labels)), Condition::Label(more)) => labels.extend(more),
        (
            Some(Condition::Custom(field, CustomTest::Holds(values))),
            Condition::Custom(same, CustomTest::Holds(more)),
        ) if *field == same => {
            values.extend(more);
        }
        (
            Some(Condition::Custom(field, CustomTest::Labels(labels))),
            Condition::Custom(same, CustomTest::Labels(more)),
        ) if *field == same => {
            labels.extend(more);
        }
        (Some(Condition::Issue(names)), Condition::Issue(more)) => {
            names.ids.extend(more.ids);
            names.keys.extend(more.keys);
        }
        (_, condition) => any.push(condition),
    }
}
