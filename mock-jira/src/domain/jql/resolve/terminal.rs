//! One field, one operator, its operands: the meaning of a terminal clause.

use super::{
    Problem, Resolver,
    condition::{AccountColumn, Column, Condition, CustomTest, IdColumn, LinkEnds, NumberColumn, Span, TextQuery},
    dates,
    elsewhere::{ALWAYS, PropertyTest, minute},
    fields::{Subject, Things},
    functions::{self, Given},
    history::PastField,
    sentences,
    text::{self, BadText},
    vacant::Vacant,
    values::to_json,
};
use crate::domain::{
    fields::Kind,
    jql::{Operand, Operator, Terminal, Value},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value as Json, json};
use std::{ops::Bound, sync::Arc};

impl<'a> Resolver<'a> {
    /// What a clause means for one of the fields it names. `operator` is the clause's own or its contrary.
    pub(super) fn test(
        &self,
        subject: Subject<'a>,
        terminal: &'a Terminal,
        operator: Operator,
    ) -> Result<Condition, Vec<Problem>> {
        let field = terminal.field.name.as_str();
        let refused = || vec![sentences::no_operator(terminal.operator, field)];
        if operator.is_history() {
            let past = self.past(PastField::of(subject).ok_or_else(refused)?, subject, terminal)?;
            // What never was, was not, though there be no value.
            return Ok(if matches!(operator, Operator::WasNot | Operator::WasNotIn) { past.not() } else { past });
        }
        let Some(operand) = terminal.operand.as_ref().filter(|_| subject.takes(terminal.operator)) else {
            return Err(refused());
        };
        check_shape(operand, terminal.operator, field)?;
        let clause = Clause { subject, field, operator: straight(operator), typed: terminal.operator };
        let mut problems = Vec::new();
        let mut conditions = Vec::new();
        for operand in flat(operand) {
            match self.operand(&clause, operand) {
                Ok(condition) => conditions.push(condition),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let condition = Condition::any(conditions);
        if operator == clause.operator {
            return Ok(condition);
        }
        let empty = match subject {
            // Nobody can ask for it, yet an issue without links is unlike nothing.
            Subject::LinkType => Some(Condition::Link(self.any_link()).not()),
            subject => self.empty(subject),
        };
        Ok(match empty {
            Some(empty) if empty != condition => Condition::but_not(empty, condition),
            _ => condition.not(),
        })
    }

    /// What it means that a field is empty; `None` if that can't be asked.
    fn empty(&self, subject: Subject) -> Option<Condition> {
        Some(match subject {
            Subject::Id(Things::ProjectCategories, column) => {
                Condition::Id(column, self.projects(|project| project.category_id.is_none()))
            }
            Subject::Comment => Condition::Comment(None, self.readable()).not(),
            Subject::EpicLink => self.under_epic(Condition::Everything).not(),
            Subject::ParentEpic => self.in_epic(Condition::Everything).not(),
            Subject::LinkedIssue => Condition::Link(self.any_link()).not(),
            Subject::WorklogAuthor | Subject::WorklogDate => self.worklogs_by(None).not(),
            Subject::LastViewed => self.viewed(ALWAYS).not(),
            Subject::Property(owner, property) => self.property(owner, property, PropertyTest::Exists).not(),
            Subject::Vacant(_) => Condition::Everything,
            Subject::WorklogComment => Condition::WorklogComment(None, self.readable()).not(),
            subject => Condition::Empty(subject.column()?),
        })
    }

    fn operand(&self, clause: &Clause<'a>, operand: &Operand) -> Result<Condition, Problem> {
        let field = clause.field;
        match operand {
            Operand::Empty => self.empty(clause.subject).ok_or_else(|| sentences::no_emptiness(field)),
            //
            other if clause.operator == Operator::Is => {
                Err(sentences::wrong_shape(Operator::Is, "non-empty", &other.to_string(), field))
            }
            Operand::Value(value) => self.value(clause, value),
            Operand::Function(function) => {
                let given = self.call(function)?;
                self.given(clause, given).ok_or_else(|| sentences::wrong_function(&function.name, field))
            }
            // Lists are made flat before.
            Operand::List(_) => Ok(Condition::Nothing),
        }
    }

    /// What a function's result means for the field; `None` if the field takes no such thing.
    fn given(&self, clause: &Clause<'a>, given: Given) -> Option<Condition> {
        Some(match (clause.subject, given) {
            (
                Subject::Instant(_) | Subject::Due | Subject::Custom(_, Kind::Date | Kind::DateTime),
                Given::Instant(at),
            ) => self.time(clause, at),
            (Subject::WorklogDate | Subject::LastViewed, Given::Instant(at)) => self.time(clause, at),
            (Subject::Vacant(Vacant::Activity), Given::Instant(_)) => Condition::Nothing,
            (
                Subject::Instant(_)
                | Subject::Due
                | Subject::WorklogDate
                | Subject::LastViewed
                | Subject::Property(..)
                | Subject::Vacant(Vacant::Activity)
                | Subject::Custom(_, Kind::Date | Kind::DateTime),
                Given::Never,
            ) => Condition::Nothing,
            (Subject::Property(owner, property), Given::Instant(at)) => {
                self.property(owner, property, PropertyTest::Time(span(clause.operator, iso(at))))
            }
            (Subject::Property(owner, property), Given::Accounts(accounts)) => {
                self.property(owner, property, PropertyTest::Is(accounts))
            }
            (Subject::WorklogAuthor, Given::Accounts(accounts)) => self.worklogs_by(Some(accounts)),
            (Subject::Account(column), Given::Accounts(accounts)) => self.people(column, accounts),
            (Subject::Custom(field, kind @ (Kind::User | Kind::Users)), Given::Accounts(accounts)) => {
                holds(field.id, kind, accounts.into_iter().map(Json::from))
            }
            (Subject::Id(things, column), Given::Ids(given, ids)) if things == given => {
                Condition::Id(column, self.compared(things, clause.operator, ids))
            }
            (Subject::Custom(field, kind @ Kind::Project), Given::Ids(Things::Projects, ids)) => {
                holds(field.id, kind, to_json(ids))
            }
            (Subject::Custom(field, kind @ (Kind::Version | Kind::Versions)), Given::Ids(Things::Versions, ids)) => {
                holds(field.id, kind, to_json(self.compared(Things::Versions, clause.operator, ids)))
            }
            (Subject::ParentProject, Given::Ids(Things::Projects, ids)) => {
                Condition::Parent(Box::new(Condition::Id(IdColumn::Project, ids)))
            }
            (Subject::Custom(field, kind @ Kind::Sprint), Given::Sprints(ids)) => holds(field.id, kind, to_json(ids)),
            (Subject::Vacant(Vacant::Approvals), Given::Approval) | (Subject::Vacant(Vacant::Sla), Given::Sla) => {
                Condition::Nothing
            }
            (Subject::Issue, Given::Issues(condition)) => condition,
            (Subject::EpicLink, Given::Issues(condition)) => self.under_epic(condition),
            (Subject::ParentEpic, Given::Issues(condition)) => self.in_epic(condition),
            (Subject::Parent, Given::Issues(condition)) => Condition::Parent(Box::new(condition)),
            (Subject::Custom(field, Kind::Cascade), Given::Cascade(names)) => self.cascade(field.id, &names),
            (Subject::Custom(field, kind @ (Kind::Option | Kind::Options)), Given::Choices(names)) => {
                let chosen = self.options_called(field.id, None, &names);
                holds(field.id, kind, to_json(chosen))
            }
            _ => return None,
        })
    }

    /// Issues with one of these people. Who watches and votes is seen with a permission, or about oneself.
    fn people(&self, column: AccountColumn, accounts: Vec<String>) -> Condition {
        if !matches!(column, AccountColumn::Voters | AccountColumn::Watchers) {
            return Condition::Account(column, accounts);
        }
        let caller = self.scope.caller;
        let (own, others): (Vec<String>, Vec<String>) = accounts.into_iter().partition(|id| caller.is(Some(id)));
        let mut any = Vec::new();
        if !own.is_empty() {
            any.push(Condition::Account(column, own));
        }
        if !others.is_empty() {
            let extent = self.access().extent("VIEW_VOTERS_AND_WATCHERS", |_| true);
            any.push(Condition::All(vec![Condition::Permitted(Arc::new(extent)), Condition::Account(column, others)]));
        }
        Condition::any(any)
    }

    fn value(&self, clause: &Clause<'a>, value: &Value) -> Result<Condition, Problem> {
        let Clause { subject, field, operator, .. } = *clause;
        let invalid = || sentences::invalid_value(&value.text, field);
        if value.text.contains('\0') {
            // PostgreSQL has no text with this character, and so there is nothing of that name.
            return Err(sentences::no_value(&value.text, field));
        }
        Ok(match subject {
            Subject::Id(Things::HierarchyLevels, column) => {
                let level: i32 = value.text.parse().map_err(|_| invalid())?;
                let types = self.scope.site.issue_types.iter().filter(|t| compares(operator, &t.level, &level));
                Condition::Id(column, types.map(|t| t.id).collect())
            }
            // Every site knows the word, though no resolution is called so.
            Subject::Id(Things::Resolutions, column) if value.text.eq_ignore_ascii_case("unresolved") => {
                Condition::Empty(Column::Id(column))
            }
            Subject::Id(things, column) => {
                let ids = self.ids_of(things, value, field)?;
                Condition::Id(column, self.compared(things, operator, ids))
            }
            Subject::Account(column) => {
                let accounts = self.accounts(&value.text);
                self.people(column, accounts.ok_or_else(|| sentences::no_value(&value.text, field))?)
            }
            Subject::Instant(_)
            | Subject::Due
            | Subject::WorklogDate
            | Subject::LastViewed
            | Subject::Custom(_, Kind::Date | Kind::DateTime) => {
                let at = if value.number {
                    dates::epoch_millis(&value.text)
                } else {
                    dates::literal(&self.scope, &value.text)
                };
                self.time(clause, at.ok_or_else(|| sentences::invalid_date(&value.text, field))?)
            }
            Subject::Number(column) => {
                Condition::Number(column, span(operator, value.text.trim().parse().map_err(|_| invalid())?))
            }
            Subject::Duration(column) => Condition::Number(
                column,
                span(operator, self.scope.site.settings.time_tracking.parse(&value.text).ok_or_else(invalid)?),
            ),
            Subject::Text(column) => Condition::Text(column, query(value, field)?),
            Subject::Comment => Condition::Comment(Some(query(value, field)?), self.readable()),
            Subject::WorklogComment => Condition::WorklogComment(Some(query(value, field)?), self.readable()),
            Subject::AnyText => Condition::Anywhere(query(value, field)?, self.readable()),
            Subject::Labels => Condition::Label(vec![value.text.clone()]),
            Subject::Issue if equals(operator) => Condition::Issue(self.issue(value, field)?),
            Subject::Issue => self.after_issue(clause, value)?,
            Subject::Parent => Condition::Parent(Box::new(Condition::Issue(self.issue(value, field)?))),
            Subject::EpicLink => self.under_epic(Condition::Issue(self.issue(value, field)?)),
            Subject::ParentEpic => self.in_epic(Condition::Issue(self.issue(value, field)?)),
            Subject::ParentProject => {
                let project = self.project(value, field)?.id;
                Condition::Parent(Box::new(Condition::Id(IdColumn::Project, vec![project])))
            }
            Subject::LinkedIssue => {
                Condition::Link(LinkEnds { other: Some(self.issue(value, field)?), ..self.any_link() })
            }
            Subject::WorklogAuthor => {
                let accounts = self.accounts(&value.text);
                self.worklogs_by(Some(accounts.ok_or_else(|| sentences::no_value(&value.text, field))?))
            }
            Subject::Property(owner, property) => {
                self.property(owner, property, self.property_test(operator, value, field)?)
            }
            Subject::Vacant(vacant) => self.vacant(vacant, value, field)?,
            Subject::LinkType => {
                let ends = self.link_ends(&value.text);
                Condition::Link(ends.ok_or_else(|| sentences::no_value(&value.text, field))?)
            }
            Subject::Custom(custom, kind @ (Kind::Text | Kind::RichText)) => {
                let rich = kind == Kind::RichText;
                Condition::Custom(custom.id, CustomTest::Text { query: query(value, field)?, rich })
            }
            Subject::Custom(custom, Kind::Number) => {
                let number: f64 = value.text.trim().parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(invalid)?;
                Condition::Custom(
                    custom.id,
                    match span(operator, number) {
                        // Equality can be looked up in an index.
                        (Bound::Included(_), Bound::Included(_)) => CustomTest::Holds(vec![number.into()]),
                        span => CustomTest::Number(span),
                    },
                )
            }
            Subject::Custom(custom, kind @ (Kind::Version | Kind::Versions)) => {
                let ids = self.ids_of(Things::Versions, value, field)?;
                holds(custom.id, kind, to_json(self.compared(Things::Versions, operator, ids)))
            }
            Subject::Custom(custom, kind) => self.custom(custom, kind, value, field)?,
            Subject::SavedFilter => self.saved_filter(value, field)?,
            // Neither takes an operator that has values.
            Subject::Attachments | Subject::Rank => Condition::Nothing,
        })
    }

    /// A date field compared with an instant, of which minutes count or, on days, the caller's day.
    fn time(&self, clause: &Clause, at: DateTime<Utc>) -> Condition {
        let day = dates::day_of(&self.scope, at);
        let instants = || match clause.operator {
            operator if equals(operator) => minute(at),
            operator => span(operator, at),
        };
        match clause.subject {
            Subject::Instant(column) => Condition::Instant(column, instants()),
            Subject::LastViewed => self.viewed(instants()),
            Subject::WorklogDate => self.worklogs_at(span(clause.operator, at)),
            Subject::Due => Condition::Due(span(clause.operator, day)),
            // Equality can be looked up in an index.
            Subject::Custom(field, Kind::Date) if equals(clause.operator) => {
                Condition::Custom(field.id, CustomTest::Holds(vec![day.to_string().into()]))
            }
            Subject::Custom(field, Kind::Date) => {
                Condition::Custom(field.id, CustomTest::Time(span(clause.operator, day.to_string())))
            }
            Subject::Custom(field, _) => {
                let stored =
                    |bound: Bound<DateTime<Utc>>| bound.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
                let (from, to) = instants();
                Condition::Custom(field.id, CustomTest::Time((stored(from), stored(to))))
            }
            _ => Condition::Nothing,
        }
    }

    /// The things that stand in the given relation to one of `ids`, in the order of their kind.
    fn compared(&self, things: Things, operator: Operator, ids: Vec<i64>) -> Vec<i64> {
        if equals(operator) {
            return ids;
        }
        let site = self.scope.site;
        // Within what things are compared, and their place there.
        let places: Vec<(i64, i64, i64)> = match things {
            // The highest priority stands first, and is the greatest.
            Things::Priorities => site.priorities.iter().map(|p| (p.id, 0, -i64::from(p.position))).collect(),
            Things::Resolutions => site.resolutions.iter().map(|r| (r.id, 0, r.position.into())).collect(),
            Things::Versions => site.versions.iter().map(|v| (v.id, v.project_id, v.position.into())).collect(),
            _ => return ids,
        };
        let named: Vec<_> = places.iter().filter(|(id, ..)| ids.contains(id)).collect();
        let fits = |(_, group, place): &&(i64, i64, i64)| {
            named.iter().any(|(_, same, other)| group == same && compares(operator, place, other))
        };
        places.iter().filter(fits).map(|(id, ..)| *id).collect()
    }

    /// Links of all types, whatever is at the other end.
    pub(super) fn any_link(&self) -> LinkEnds {
        let all: Vec<i64> = self.scope.site.link_types.iter().map(|link_type| link_type.id).collect();
        LinkEnds { source_of: all.clone(), destination_of: all, other: None }
    }

    /// What a value in a property has to be; numbers and times are compared, texts only found.
    fn property_test(&self, operator: Operator, value: &Value, field: &str) -> Result<PropertyTest, Problem> {
        if operator == Operator::Like {
            return Ok(PropertyTest::Text(query(value, field)?));
        }
        if equals(operator) {
            return Ok(PropertyTest::Is(vec![value.text.clone()]));
        }
        if let Some(number) = value.text.trim().parse().ok().filter(|n: &f64| n.is_finite()) {
            return Ok(PropertyTest::Number(span(operator, number)));
        }
        let at = dates::literal(&self.scope, &value.text);
        let at = at.ok_or_else(|| sentences::invalid_date(&value.text, field))?;
        Ok(PropertyTest::Time(span(operator, iso(at))))
    }

    /// Options of a field that have one of these names, below a parent or on top.
    fn options_called(&self, field_id: i64, parent: Option<i64>, names: &[String]) -> Vec<i64> {
        let fields = &self.scope.site.fields;
        let contexts = fields.contexts.get(&field_id).map_or(&[][..], Vec::as_slice);
        let offered = contexts.iter().flat_map(|context| fields.options_of(context.id, parent));
        let called = |value: &str| names.iter().any(|name| name.eq_ignore_ascii_case(value));
        offered.filter(|option| called(&option.value)).map(|option| option.id).collect()
    }

    /// Keys are compared within their project, by number; ids among all. With an issue that is not there, or no longer
    /// under that key, nothing can be compared.
    fn after_issue(&self, clause: &Clause, value: &Value) -> Result<Condition, Problem> {
        let names = self.issue(value, clause.field)?;
        if let Some(mention) = self.mentions.borrow_mut().last_mut() {
            mention.if_moved = Some(sentences::moved_key(clause.typed, &value.text));
        }
        let there = Condition::There(names.clone());
        let by_id = names.ids.into_iter().map(|id| Condition::Number(NumberColumn::Id, span(clause.operator, id)));
        let by_key = names.keys.into_iter().map(|(project, number)| {
            let number = Condition::Number(NumberColumn::InKey, span(clause.operator, number));
            Condition::all([Condition::Id(IdColumn::Project, vec![project]), number])
        });
        Ok(Condition::all([there, Condition::any(by_id.chain(by_key))]))
    }

    /// `cascadeOption(parent[, child])`; `none` stands for no option.
    fn cascade(&self, field_id: i64, names: &[String]) -> Condition {
        let called = |name: &String, parent| self.options_called(field_id, parent, std::slice::from_ref(name));
        let none = |name: &String| name.eq_ignore_ascii_case("none");
        let test = |test| Condition::Custom(field_id, test);
        match names {
            [parent, ..] if none(parent) => Condition::Empty(Column::Custom(field_id)),
            [parent] => test(CustomTest::Holds(called(parent, None).into_iter().map(|id| json!([id])).collect())),
            [parent, child] if none(child) => {
                Condition::any(called(parent, None).into_iter().map(|id| test(CustomTest::Is(json!([id])))))
            }
            [parent, child, ..] => Condition::any(called(parent, None).into_iter().map(|parent| {
                let below = called(child, Some(parent)).into_iter();
                test(CustomTest::Holds(below.map(|child| json!([parent, child])).collect()))
            })),
            [] => Condition::Nothing,
        }
    }
}

/// The parts of a clause that give its operands their meaning; the operator is never a negative one.
#[derive(Clone, Copy)]
struct Clause<'a> {
    subject: Subject<'a>,
    field: &'a str,
    operator: Operator,
    /// As it stands in the query.
    typed: Operator,
}

/// The operator that a negative one is the contrary of.
fn straight(operator: Operator) -> Operator {
    match operator {
        Operator::NotEq => Operator::Eq,
        Operator::NotLike => Operator::Like,
        Operator::NotIn => Operator::In,
        Operator::IsNot => Operator::Is,
        other => other,
    }
}

/// Whether an operator asks for a value rather than for what is before or after it.
fn equals(operator: Operator) -> bool {
    matches!(operator, Operator::Eq | Operator::In)
}

/// A function that gives a list needs an operator that takes one, and the other way round.
pub(super) fn check_shape(operand: &Operand, operator: Operator, field: &str) -> Result<(), Vec<Problem>> {
    let Operand::Function(function) = operand else { return Ok(()) };
    let list = functions::gives_list(function).unwrap_or(operator.takes_list());
    if list == operator.takes_list() || matches!(operator, Operator::Is | Operator::IsNot) {
        return Ok(());
    }
    let shape = if list { "list" } else { "non-list" };
    Err(vec![sentences::wrong_shape(operator, shape, &operand.to_string(), field)])
}

/// The operands of a list and of the lists in it.
pub(super) fn flat(operand: &Operand) -> Vec<&Operand> {
    match operand {
        Operand::List(list) => list.items.iter().flat_map(flat).collect(),
        single => vec![single],
    }
}

fn query(value: &Value, field: &str) -> Result<TextQuery, Problem> {
    text::read(&value.text).map_err(|bad| match bad {
        BadText::Empty => sentences::empty_text(field),
        BadText::Unreadable => sentences::unreadable_text(&value.text, field),
    })
}

fn holds(field_id: i64, kind: Kind, values: impl IntoIterator<Item = Json>) -> Condition {
    let values = values.into_iter().map(|value| if kind.is_plural() { json!([value]) } else { value });
    Condition::Custom(field_id, CustomTest::Holds(values.collect()))
}

/// A time as properties have it: ISO 8601, the order of which is that of time.
fn iso(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn compares<T: PartialOrd>(operator: Operator, left: &T, right: &T) -> bool {
    match operator {
        Operator::Lt => left < right,
        Operator::LtEq => left <= right,
        Operator::Gt => left > right,
        Operator::GtEq => left >= right,
        _ => left == right,
    }
}

fn span<T: Clone>(operator: Operator, value: T) -> Span<T> {
    match operator {
        Operator::Lt => (Bound::Unbounded, Bound::Excluded(value)),
        Operator::LtEq => (Bound::Unbounded, Bound::Included(value)),
        Operator::Gt => (Bound::Excluded(value), Bound::Unbounded),
        Operator::GtEq => (Bound::Included(value), Bound::Unbounded),
        _ => (Bound::Included(value.clone()), Bound::Included(value)),
    }
}
