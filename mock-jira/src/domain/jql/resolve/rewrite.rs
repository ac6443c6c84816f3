//! Queries with some of their values written otherwise, the rest as it was typed (S-57, S-58).

use super::{
    Resolver, Scope,
    condition::IssueNames,
    fields::{self, Subject, Things},
    functions::{self, Named},
    terminal::flat,
};
use crate::domain::{
    fields::Kind,
    jql::{Clause, Operand, Origin, Predicate, PredicateOperator, Query, Terminal, Value},
};
use std::ops::Range;

/// A query as a reader may see it, who must not learn names that they can't see: these become ids.
/// `all` is a scope that sees everything; `hidden` tells where in the query issues are named that the reader does not
/// see, with their ids.
pub fn sanitized(jql: &str, query: &Query, all: &Scope, reader: &Scope, hidden: &[(Range<usize>, i64)]) -> String {
    let (all, reader) = (Resolver::new(*all), Resolver::new(*reader));
    let mut changes: Vec<_> = hidden.iter().map(|(place, id)| (place.clone(), id.to_string())).collect();
    for terminal in terminals(query) {
        let Some(subject) = fields::find(&all.scope, &terminal.field).into_iter().next() else { continue };
        let field = terminal.field.name.as_str();
        for value in arguments(terminal, Named::Projects) {
            if let (Some(project), None) = (all.find_project(&value.text), reader.find_project(&value.text)) {
                changes.push((value.origin.span(), project.id.to_string()));
            }
        }
        for value in values(terminal, false) {
            if let (Some(id), None) = (all.secret(subject, value, field), reader.secret(subject, value, field)) {
                changes.push((value.origin.span(), id.to_string()));
            }
        }
    }
    replaced(jql, changes)
}

/// The issues that a query names, and where in it.
pub fn named_issues(query: &Query, scope: &Scope) -> Vec<(Range<usize>, IssueNames)> {
    let resolver = Resolver::new(*scope);
    let mut named = Vec::new();
    for terminal in terminals(query) {
        let is_issue = |subject: &Subject| {
            matches!(
                subject,
                Subject::Issue | Subject::Parent | Subject::EpicLink | Subject::ParentEpic | Subject::LinkedIssue
            )
        };
        let mut values = values(terminal, false);
        if !fields::find(scope, &terminal.field).iter().any(is_issue) {
            values.clear();
        }
        values.extend(arguments(terminal, Named::Issues));
        named.extend(values.into_iter().filter_map(|value| {
            let names = resolver.issue(value, "").ok()?;
            Some((value.origin.span(), names))
        }));
    }
    named
}

impl Resolver<'_> {
    /// The id of what a value names, if that is something of which not everybody may know the name.
    fn secret(&self, subject: Subject, value: &Value, field: &str) -> Option<i64> {
        use Things::{Components, Projects, SecurityLevels, Versions};
        let things = match subject {
            Subject::Id(things @ (Projects | Components | SecurityLevels | Versions), _) => things,
            Subject::ParentProject | Subject::Custom(_, Kind::Project) => Projects,
            Subject::Custom(_, Kind::Version | Kind::Versions) => Versions,
            Subject::Custom(_, Kind::Sprint) => return self.sprints_called(value, field).ok()?.first().copied(),
            Subject::SavedFilter => return self.find_filter(value).map(|filter| filter.id),
            _ => return None,
        };
        self.ids_of(things, value, field).ok()?.first().copied()
    }
}

/// A query with account ids instead of other names of people, and whether some of them are nobody's.
pub fn with_account_ids(jql: &str, query: &Query, scope: &Scope) -> (String, bool) {
    let resolver = Resolver::new(*scope);
    let mut changes = Vec::new();
    let mut unknown = false;
    for terminal in terminals(query) {
        let is_person = |subject: &Subject| {
            matches!(
                subject,
                Subject::Account(_) | Subject::WorklogAuthor | Subject::Custom(_, Kind::User | Kind::Users)
            )
        };
        let people = fields::find(scope, &terminal.field).iter().any(is_person);
        for value in values(terminal, true).into_iter().skip(if people { 0 } else { values(terminal, false).len() }) {
            let accounts = resolver.accounts(&value.text);
            let id = accounts.as_ref().and_then(|accounts| accounts.first()).map(String::as_str);
            unknown |= id.is_none();
            let id = id.unwrap_or("unknown");
            if id != value.text {
                let written = Value { text: id.to_owned(), number: false, origin: Origin::default() };
                changes.push((value.origin.span(), written.to_string()));
            }
        }
    }
    (replaced(jql, changes), unknown)
}

/// All clauses of a query that test a field.
pub(super) fn terminals(query: &Query) -> Vec<&Terminal> {
    let mut terminals = Vec::new();
    let mut clauses: Vec<&Clause> = query.where_clause.iter().collect();
    while let Some(clause) = clauses.pop() {
        match clause {
            Clause::And(inner) | Clause::Or(inner) => clauses.extend(inner),
            Clause::Not(inner) => clauses.push(inner),
            Clause::Terminal(terminal) => terminals.push(&**terminal),
        }
    }
    terminals
}

/// The literals that a field is compared with; after them, with `by`, those that tell who changed it.
fn values(terminal: &Terminal, by: bool) -> Vec<&Value> {
    let mut values = Vec::new();
    own_operands(terminal).for_each(|operand| collect(operand, &mut values));
    let people = terminal.predicates.iter().filter(|predicate| by && predicate.operator == PredicateOperator::By);
    people.for_each(|predicate| collect(&predicate.operand, &mut values));
    values
}

/// What a field is compared with, also in its past.
fn own_operands(terminal: &Terminal) -> impl Iterator<Item = &Operand> {
    let ends = |predicate: &&Predicate| matches!(predicate.operator, PredicateOperator::From | PredicateOperator::To);
    terminal.operand.iter().chain(terminal.predicates.iter().filter(ends).map(|predicate| &predicate.operand))
}

/// Arguments of functions that name issues, or projects.
fn arguments(terminal: &Terminal, named: Named) -> Vec<&Value> {
    let mut arguments = Vec::new();
    for operand in own_operands(terminal).flat_map(flat) {
        if let Operand::Function(function) = operand
            && let Some((things, most)) = functions::named_by(function)
            && things == named
        {
            arguments.extend(function.args.iter().take(most));
        }
    }
    arguments
}

/// The literals of an operand.
pub(super) fn collect<'q>(operand: &'q Operand, values: &mut Vec<&'q Value>) {
    match operand {
        Operand::Value(value) => values.push(value),
        Operand::List(list) => list.items.iter().for_each(|item| collect(item, values)),
        Operand::Function(_) | Operand::Empty => {}
    }
}

fn replaced(jql: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = jql.to_owned();
    for (span, new) in changes {
        text.replace_range(span, &new);
    }
    text
}
