//! Queries about the past: `WAS`, `CHANGED`, and what narrows them.
//!
//! A value lasts from one change to the next; the one before the first change lasts from the creation, and the
//! creator has set it. `WAS` asks whether such a time overlaps the one that the predicates tell, `CHANGED` whether a
//! change falls into it.

use super::{
    Mention, Problem, Resolver,
    condition::{AccountColumn, Condition, IdColumn, Span},
    dates,
    fields::{Subject, Things},
    functions::Given,
    sentences,
    terminal::{check_shape, flat},
    values::missing,
};
use crate::domain::jql::{Operand, Predicate, PredicateOperator, Terminal, Value};
use chrono::{DateTime, TimeDelta, Utc};
use std::ops::Bound;

/// What an issue has to have been, or how it has to have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Which field.
    pub field: PastField,
    /// What about it.
    pub test: PastTest,
    /// When.
    pub at: Span<DateTime<Utc>>,
    /// By one of these, if anybody counts.
    pub by: Option<Vec<String>>,
}

/// What is asked about the past of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum PastTest {
    /// It had one of these values.
    Was(PastValues),
    /// It changed, from a value that is among each of the first and to one among each of the second.
    Changed(Vec<PastValues>, Vec<PastValues>),
}

/// Fields the past of which can be searched.
#[allow(missing_docs, reason = "each is the field it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastField {
    Assignee,
    FixVersion,
    Priority,
    Reporter,
    Resolution,
    Status,
}

/// Values as the history of issues knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastValues {
    /// Ids, of things that are there and of others.
    pub ids: Vec<String>,
    /// Names, in any case, that they had when the change was made.
    pub names: Vec<String>,
    /// Whether no value is one of them.
    pub empty: bool,
}

impl PastField {
    /// The field that a subject stands for.
    pub fn of(subject: Subject) -> Option<Self> {
        Some(match subject {
            Subject::Account(AccountColumn::Assignee) => Self::Assignee,
            Subject::Account(AccountColumn::Reporter) => Self::Reporter,
            Subject::Id(_, IdColumn::FixVersions) => Self::FixVersion,
            Subject::Id(_, IdColumn::Priority) => Self::Priority,
            Subject::Id(_, IdColumn::Resolution) => Self::Resolution,
            Subject::Id(Things::Statuses, _) => Self::Status,
            _ => return None,
        })
    }

    /// Whether an issue has several values at a time, of which each change adds or removes one (J-81).
    pub fn is_plural(self) -> bool {
        self == Self::FixVersion
    }
}

impl<'a> Resolver<'a> {
    /// What a clause about the past of a field means; a negative operator as its contrary.
    pub(super) fn past(
        &self,
        field: PastField,
        subject: Subject<'a>,
        terminal: &Terminal,
    ) -> Result<Condition, Vec<Problem>> {
        let name = terminal.field.name.as_str();
        let mut problems = Vec::new();
        let mut values = |operand: &Operand| {
            self.past_values(subject, operand, name).unwrap_or_else(|found| {
                problems.extend(found);
                PastValues::default()
            })
        };
        let test = match &terminal.operand {
            Some(operand) => {
                check_shape(operand, terminal.operator, name)?;
                PastTest::Was(values(operand))
            }
            None => {
                let mut of = |which| -> Vec<PastValues> {
                    let predicates = terminal.predicates.iter().filter(|predicate| predicate.operator == which);
                    predicates.map(|predicate| values(&predicate.operand)).collect()
                };
                PastTest::Changed(of(PredicateOperator::From), of(PredicateOperator::To))
            }
        };
        let mut past = Past { field, test, at: (Bound::Unbounded, Bound::Unbounded), by: None };
        for predicate in &terminal.predicates {
            problems.extend(self.narrow(&mut past, predicate).err());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        // What nobody did, or what changed at no time, did not happen.
        let by_nobody = past.by.as_ref().is_some_and(Vec::is_empty);
        let never = matches!(past.test, PastTest::Changed(..)) && is_empty(&past.at);
        Ok(if by_nobody || never { Condition::Nothing } else { Condition::Past(Box::new(past)) })
    }

    /// Takes a predicate about the time or the author into account.
    fn narrow(&self, past: &mut Past, Predicate { operator, operand }: &Predicate) -> Result<(), Problem> {
        let word = operator.as_str();
        let mut never = false;
        let mut moment = |operand: &Operand| -> Result<Moment, Problem> {
            let found = self.moment(operand, word)?;
            never |= found.is_none();
            Ok(found.unwrap_or(Moment { at: self.scope.now, end: None }))
        };
        let (from, to) = match operator {
            PredicateOperator::From | PredicateOperator::To => return Ok(()),
            PredicateOperator::By => {
                let people = self.authors(operand)?;
                past.by = Some(match past.by.take() {
                    Some(before) => before.into_iter().filter(|account| people.contains(account)).collect(),
                    None => people,
                });
                return Ok(());
            }
            PredicateOperator::After => (Bound::Excluded(moment(operand)?.at), Bound::Unbounded),
            PredicateOperator::Before => (Bound::Unbounded, Bound::Excluded(moment(operand)?.at)),
            PredicateOperator::On => {
                let Moment { at, end } = moment(operand)?;
                let end = end.unwrap_or_else(|| at + TimeDelta::minutes(1));
                (Bound::Included(at), Bound::Excluded(end))
            }
            PredicateOperator::During => {
                let bounds = flat(operand);
                let [from, to] = bounds.as_slice() else { return Err(sentences::no_period(word, bounds.len())) };
                let to = moment(to)?;
                let to = to.end.map_or(Bound::Included(to.at), Bound::Excluded);
                (Bound::Included(moment(from)?.at), to)
            }
        };
        if never {
            past.by = Some(Vec::new()); // Nobody did anything at a time that there was not.
        }
        let (start, end) = past.at;
        past.at = (later(start, from), earlier(end, to));
        Ok(())
    }

    /// The time that a predicate tells; none for one that there was not.
    fn moment(&self, operand: &Operand, word: &str) -> Result<Option<Moment>, Problem> {
        Ok(Some(match operand {
            Operand::Value(value) if value.number => {
                let at = dates::epoch_millis(&value.text).ok_or_else(|| sentences::invalid_date(&value.text, word))?;
                Moment { at, end: None }
            }
            Operand::Value(value) => {
                let at = dates::literal(&self.scope, &value.text);
                let at = at.ok_or_else(|| sentences::invalid_date(&value.text, word))?;
                Moment { at, end: dates::end_of_literal(&self.scope, &value.text) }
            }
            Operand::Function(function) => match self.call(function)? {
                Given::Instant(at) => Moment { at, end: None },
                Given::Never => return Ok(None),
                _ => return Err(sentences::wrong_function(&function.name, word)),
            },
            Operand::List(_) => return Err(sentences::wrong_predicate(word, "list", &operand.to_string())),
            Operand::Empty => return Err(sentences::wrong_predicate(word, "empty", &operand.to_string())),
        }))
    }

    /// The accounts that `BY` names; nobody is nobody's.
    fn authors(&self, operand: &Operand) -> Result<Vec<String>, Problem> {
        let mut people = Vec::new();
        for operand in flat(operand) {
            match operand {
                Operand::Value(value) => {
                    let known = Some(&value.text).filter(|text| !text.contains('\0'));
                    let found = known.and_then(|text| self.accounts(text));
                    people.extend(found.ok_or_else(|| missing(value, PredicateOperator::By.as_str()))?);
                }
                Operand::Function(function) => match self.call(function)? {
                    Given::Accounts(accounts) => people.extend(accounts),
                    _ => return Err(sentences::wrong_function(&function.name, PredicateOperator::By.as_str())),
                },
                Operand::Empty | Operand::List(_) => {}
            }
        }
        Ok(people)
    }

    fn past_values(&self, subject: Subject<'a>, operand: &Operand, field: &str) -> Result<PastValues, Vec<Problem>> {
        let mut values = PastValues::default();
        let mut problems = Vec::new();
        for operand in flat(operand) {
            let found = match operand {
                Operand::Value(value) => self.past_value(&mut values, subject, value, field),
                Operand::Function(function) => match (subject, self.call(function)) {
                    (Subject::Account(_), Ok(Given::Accounts(accounts))) => {
                        values.ids.extend(accounts);
                        Ok(())
                    }
                    (Subject::Id(things, _), Ok(Given::Ids(given, ids))) if things == given => {
                        values.ids.extend(ids.iter().map(i64::to_string));
                        Ok(())
                    }
                    (_, Ok(_)) => Err(sentences::wrong_function(&function.name, field)),
                    (_, Err(problem)) => Err(problem),
                },
                Operand::Empty => {
                    values.empty = true;
                    Ok(())
                }
                // Lists are made flat before.
                Operand::List(_) => Ok(()),
            };
            problems.extend(found.err());
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }

    /// Adds what a literal names: things that are there by id, others by what the history calls them.
    fn past_value(
        &self,
        values: &mut PastValues,
        subject: Subject<'a>,
        value: &Value,
        field: &str,
    ) -> Result<(), Problem> {
        let text = &value.text;
        if text.contains('\0') {
            // PostgreSQL has no text with this character, and so there is nothing of that name.
            return Err(missing(value, field));
        }
        let unresolved =
            matches!(subject, Subject::Id(Things::Resolutions, _)) && text.eq_ignore_ascii_case("unresolved");
        if text.is_empty() || unresolved {
            values.empty = true;
            return Ok(());
        }
        let ids = match subject {
            Subject::Id(things, _) => {
                self.ids_of(things, value, field).ok().map(|ids| ids.iter().map(i64::to_string).collect())
            }
            Subject::Account(_) => self.accounts(text),
            _ => None,
        };
        values.names.push(text.clone());
        let Some(ids) = ids else {
            values.ids.push(text.clone());
            self.mention_past(subject, value, field);
            return Ok(());
        };
        values.ids.extend(ids);
        Ok(())
    }

    /// What is no longer there exists as long as the history of an issue tells of it.
    fn mention_past(&self, subject: Subject, value: &Value, field: &str) {
        let Some(past_field) = PastField::of(subject) else { return };
        let values = PastValues { ids: vec![value.text.clone()], names: vec![value.text.clone()], empty: false };
        let past =
            Past { field: past_field, test: PastTest::Was(values), at: (Bound::Unbounded, Bound::Unbounded), by: None };
        let mention =
            Mention { found_by: Condition::Past(Box::new(past)), complaint: missing(value, field), if_moved: None };
        self.mentions.borrow_mut().push(mention);
    }
}

/// What a date in a predicate means: an instant, and the end of the day or minute that a literal names.
struct Moment {
    at: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
}

/// Whether nothing can be between the bounds.
fn is_empty((from, to): &Span<DateTime<Utc>>) -> bool {
    match (from, to) {
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => from >= to,
        _ => false,
    }
}

/// The tighter of two lower bounds.
fn later(one: Bound<DateTime<Utc>>, other: Bound<DateTime<Utc>>) -> Bound<DateTime<Utc>> {
    let place = |bound: &Bound<DateTime<Utc>>| match bound {
        Bound::Unbounded => None,
        Bound::Included(at) => Some((*at, 0)),
        Bound::Excluded(at) => Some((*at, 1)),
    };
    if place(&one) < place(&other) { other } else { one }
}

/// The tighter of two upper bounds.
fn earlier(one: Bound<DateTime<Utc>>, other: Bound<DateTime<Utc>>) -> Bound<DateTime<Utc>> {
    let place = |bound: &Bound<DateTime<Utc>>| match bound {
        Bound::Unbounded => (DateTime::<Utc>::MAX_UTC, 1),
        Bound::Included(at) => (*at, 1),
        Bound::Excluded(at) => (*at, 0),
    };
    if place(&other) < place(&one) { other } else { one }
}
