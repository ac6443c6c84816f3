//! WAS and CHANGED: the life of an issue as stretches in which a field had one value.

use super::{Asker, Meaning, Meaningless, fields::Field, flat};
use crate::site::*;
use chrono::{DateTime, TimeDelta, Utc};
use mock_jira::domain::jql::{Operand, Operator, Predicate, PredicateOperator, Terminal};

/// From when till when a field had a value, and who gave it that.
struct Stretch {
    value: Option<String>,
    from: DateTime<Utc>,
    till: Option<DateTime<Utc>>,
    by: User,
}

/// A value that went and the one that came instead.
struct Change {
    at: DateTime<Utc>,
    by: User,
    from: Option<String>,
    to: Option<String>,
}

/// A predicate with its operand read.
enum Narrowed {
    After(DateTime<Utc>),
    Before(DateTime<Utc>),
    /// From one time on, before another.
    Within(DateTime<Utc>, DateTime<Utc>),
    By(Vec<String>),
    From(Vec<Option<String>>),
    To(Vec<Option<String>>),
}

impl Asker<'_> {
    /// Whether a test of history holds.
    pub fn history(self, test: &Terminal, issue: &Issue) -> Meaning<bool> {
        let [field] = self.fields(&test.field)?[..] else { return Err(Meaningless) };
        let tracked =
            [Field::Assignee, Field::FixVersion, Field::Priority, Field::Reporter, Field::Resolution, Field::Status];
        if !tracked.contains(&field) {
            return Err(Meaningless);
        }
        let narrowed: Meaning<Vec<Narrowed>> =
            test.predicates.iter().map(|predicate| self.narrowed(field, predicate)).collect();
        let narrowed = narrowed?;
        let Some(operand) = &test.operand else {
            return Ok(changes(field, issue)
                .iter()
                .any(|change| narrowed.iter().all(|narrowed| narrowed.admits(change))));
        };
        let wanted = self.wanted(field, operand, test.operator)?;
        let held = stretches(field, issue).iter().any(|stretch| {
            wanted.contains(&stretch.value) && narrowed.iter().all(|narrowed| narrowed.reaches(stretch))
        });
        let negative = matches!(test.operator, Operator::WasNot | Operator::WasNotIn);
        Ok(held != negative)
    }

    fn wanted(self, field: Field, operand: &Operand, operator: Operator) -> Meaning<Vec<Option<String>>> {
        let mut all = Vec::new();
        for operand in flat(operand) {
            match operand {
                Operand::Empty => all.push(None),
                Operand::Value(value) if value.text.is_empty() => all.push(None),
                Operand::Value(value) => {
                    // What is not there may have been.
                    let found = self.values(field, operator, operand);
                    all.extend(found.unwrap_or_else(|_| vec![value.text.clone()]).into_iter().map(Some));
                }
                operand => all.extend(self.values(field, operator, operand)?.into_iter().map(Some)),
            }
        }
        Ok(all)
    }

    fn narrowed(self, field: Field, predicate: &Predicate) -> Meaning<Narrowed> {
        let operand = &predicate.operand;
        if flat(operand).into_iter().any(|operand| self.is_never(operand)) {
            return Ok(Narrowed::By(Vec::new())); // Nobody did anything then.
        }
        Ok(match predicate.operator {
            PredicateOperator::After => Narrowed::After(self.time(operand)?.at),
            PredicateOperator::Before => Narrowed::Before(self.time(operand)?.at),
            PredicateOperator::On => {
                let (from, end) = self.span(operand)?;
                // Of what is told to the minute, the minute counts.
                Narrowed::Within(from, end.unwrap_or(from + TimeDelta::minutes(1)))
            }
            PredicateOperator::During => {
                let Operand::List(list) = operand else { return Err(Meaningless) };
                let [from, till] = &list.items[..] else { return Err(Meaningless) };
                let (till, end) = self.span(till)?;
                Narrowed::Within(self.time(from)?.at, end.unwrap_or(till + TimeDelta::milliseconds(1)))
            }
            PredicateOperator::By => {
                let users = flat(operand).into_iter().filter(|operand| **operand != Operand::Empty);
                let users: Meaning<Vec<_>> =
                    users.map(|operand| self.values(Field::Assignee, Operator::In, operand)).collect();
                Narrowed::By(users?.concat())
            }
            PredicateOperator::From => Narrowed::From(self.wanted(field, operand, Operator::In)?),
            PredicateOperator::To => Narrowed::To(self.wanted(field, operand, Operator::In)?),
        })
    }
}

impl Narrowed {
    fn reaches(&self, stretch: &Stretch) -> bool {
        let till_after = |at: &DateTime<Utc>| stretch.till.is_none_or(|till| till > *at);
        match self {
            Self::After(at) => till_after(at),
            Self::Before(at) => stretch.from < *at,
            Self::Within(from, end) => stretch.from < *end && till_after(from),
            Self::By(users) => users.iter().any(|user| user == USERS[stretch.by].id),
            Self::From(_) | Self::To(_) => false,
        }
    }

    fn admits(&self, change: &Change) -> bool {
        match self {
            Self::After(at) => change.at > *at,
            Self::Before(at) => change.at < *at,
            Self::Within(from, end) => *from <= change.at && change.at < *end,
            Self::By(users) => users.iter().any(|user| user == USERS[change.by].id),
            Self::From(values) => values.contains(&change.from),
            Self::To(values) => values.contains(&change.to),
        }
    }
}

/// What a field holds in a state; nothing is one value.
fn values(field: Field, state: &Tracked) -> Vec<Option<String>> {
    let user = |user: Option<User>| vec![user.map(|user| USERS[user].id.to_owned())];
    let id = |id: Option<i64>| vec![id.map(|id| id.to_string())];
    match field {
        Field::Assignee => user(state.assignee),
        Field::Reporter => user(state.reporter),
        Field::Priority => id(state.priority),
        Field::Resolution => id(state.resolution),
        Field::FixVersion if state.fix_versions.is_empty() => vec![None],
        Field::FixVersion => state.fix_versions.iter().map(|id| Some(id.to_string())).collect(),
        _ => id(Some(state.status)),
    }
}

fn stretches(field: Field, issue: &Issue) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for moment in &issue.history {
        let values = values(field, &moment.state);
        for open in all.iter_mut().filter(|stretch| stretch.till.is_none()) {
            if !values.contains(&open.value) {
                open.till = Some(moment.at);
            }
        }
        for value in values {
            if !all.iter().any(|stretch| stretch.till.is_none() && stretch.value == value) {
                all.push(Stretch { value, from: moment.at, till: None, by: moment.by });
            }
        }
    }
    all
}

/// Of versions, each is a change that comes or goes (J-81).
fn changes(field: Field, issue: &Issue) -> Vec<Change> {
    let mut changes = Vec::new();
    for pair in issue.history.windows(2) {
        let (old, new) = (values(field, &pair[0].state), values(field, &pair[1].state));
        let (at, by) = (pair[1].at, pair[1].by);
        let without = |these: &[Option<String>], others: &[Option<String>]| -> Vec<Option<String>> {
            these.iter().filter(|value| !others.contains(value)).cloned().collect()
        };
        let (gone, come) = (without(&old, &new), without(&new, &old));
        if field == Field::FixVersion {
            let gone = gone.into_iter().flatten().map(|value| Change { at, by, from: Some(value), to: None });
            let come = come.into_iter().flatten().map(|value| Change { at, by, from: None, to: Some(value) });
            changes.extend(gone.chain(come));
        } else if let ([from], [to]) = (&gone[..], &come[..]) {
            changes.push(Change { at, by, from: from.clone(), to: to.clone() });
        }
    }
    changes
}
