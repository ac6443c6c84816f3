//! Queries with some of their values written otherwise, the rest as it was typed (S-57, S-58).

use super::{
    Resolver, Scope,
    fields::{self, Subject, Things},
};
use crate::domain::{
    fields::Kind,
    jql::{Clause, Operand, Origin, PredicateOperator, Query, Terminal, Value},
};
use std::ops::Range;

/// A query as a reader may see it, who must not learn names that they can't see: these become ids.
/// `all` is a scope that sees everything.
pub fn sanitized(jql: &str, query: &Query, all: &Scope, reader: &Scope) -> String {
    let (all, reader) = (Resolver::new(*all), Resolver::new(*reader));
    let mut changes = Vec::new();
    for terminal in terminals(query) {
        let subjects = fields::find(&all.scope, &terminal.field);
        let things = match subjects.first() {
            Some(Subject::Id(things @ (Things::Projects | Things::Components | Things::Versions), _)) => *things,
            Some(Subject::ParentProject) => Things::Projects,
            _ => continue,
        };
        let field = terminal.field.name.as_str();
        for value in values(terminal, false) {
            if let (Ok(ids), Err(_)) = (all.ids_of(things, value, field), reader.ids_of(things, value, field))
                && let Some(id) = ids.first()
            {
                changes.push((value.origin.span(), id.to_string()));
            }
        }
    }
    replaced(jql, changes)
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

fn terminals(query: &Query) -> Vec<&Terminal> {
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
    terminal.operand.iter().for_each(|operand| collect(operand, &mut values));
    let people = terminal.predicates.iter().filter(|predicate| by && predicate.operator == PredicateOperator::By);
    people.for_each(|predicate| collect(&predicate.operand, &mut values));
    values
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
