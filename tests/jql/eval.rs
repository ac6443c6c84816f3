//! A second, deliberately simple interpreter of JQL: it walks the tree once for each issue. It knows the facts (Q, S)
//! and nothing of how the server goes about a query.

mod access;
mod dates;
mod fields;
mod filters;
mod functions;
mod history;
mod order;
mod properties;
mod text;
mod values;

use crate::site::{Issue, Site, User};
use mock_jira::domain::jql::{self, Clause, Operand, Operator, Query, Terminal};
pub use order::Order;
use std::collections::BTreeSet;

/// A query or a part of it names something unknown, or makes no sense: the whole finds nothing (S-27).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaningless;

type Meaning<T> = Result<T, Meaningless>;

/// What a search has to find.
pub struct Expected {
    pub ids: BTreeSet<i64>,
    pub order: Order,
    /// Whether the query makes sense.
    pub meaningful: bool,
}

/// Somebody who asks.
#[derive(Clone, Copy)]
struct Asker<'a> {
    site: &'a Site,
    caller: Option<User>,
    /// Through how many filters the query came here.
    filters: usize,
}

/// Answers a query as a caller has it answered.
pub fn search(site: &Site, caller: Option<User>, query: &Query) -> Expected {
    let asker = Asker { site, caller, filters: 0 };
    let found: Meaning<Vec<(&Issue, bool)>> =
        site.issues.iter().map(|issue| Ok((issue, asker.matches(query.where_clause.as_ref(), issue)?))).collect();
    let meaningful = found.is_ok();
    let found = found.unwrap_or_default().into_iter().filter(|(issue, found)| *found && asker.finds(issue));
    let found: Vec<&Issue> = found.map(|(issue, _)| issue).collect();
    let ids = found.iter().map(|issue| issue.id).collect();
    Expected { ids, order: asker.order(query, &found), meaningful }
}

/// Whether facts tell how issues of a site are ordered by a field; else any order will do.
pub fn knows_order(site: &Site, field: &jql::Field) -> bool {
    Asker { site, caller: Some(0), filters: 0 }.knows_order(field)
}

impl Asker<'_> {
    fn matches(self, clause: Option<&Clause>, issue: &Issue) -> Meaning<bool> {
        clause.map_or(Ok(true), |clause| self.holds(clause, issue, false))
    }

    /// Whether a clause, or its contrary, holds for an issue. A negation changes the operators below it, so that an
    /// issue without a value is not found by it either. Every part is looked at, whatever the others say.
    fn holds(self, clause: &Clause, issue: &Issue, negated: bool) -> Meaning<bool> {
        let all = |clauses: &[Clause]| -> Meaning<Vec<bool>> {
            clauses.iter().map(|clause| self.holds(clause, issue, negated)).collect()
        };
        Ok(match clause {
            Clause::And(clauses) if !negated => all(clauses)?.into_iter().all(|holds| holds),
            Clause::Or(clauses) if negated => all(clauses)?.into_iter().all(|holds| holds),
            Clause::And(clauses) | Clause::Or(clauses) => all(clauses)?.into_iter().any(|holds| holds),
            Clause::Not(clause) => self.holds(clause, issue, !negated)?,
            Clause::Terminal(test) if test.operator.is_history() => {
                let held = self.history(test, issue)?;
                // Nobody in particular learns of the past.
                self.caller.is_some() && held != negated
            }
            Clause::Terminal(test) => {
                let operator = if negated { contrary(test.operator) } else { test.operator };
                self.terminal(test, operator, issue)?
            }
        })
    }

    fn terminal(self, test: &Terminal, operator: Operator, issue: &Issue) -> Meaning<bool> {
        let operand = test.operand.as_ref().ok_or(Meaningless)?;
        if !test.field.properties.is_empty() {
            return self.property(&test.field, operator, operand, issue);
        }
        let fields = self.fields(&test.field)?;
        if test.operator == Operator::NotLike && fields.contains(&fields::Field::Text) {
            return Err(Meaningless);
        }
        // Fields that share a name are all meant.
        let held: Meaning<Vec<bool>> =
            fields.into_iter().map(|field| self.test(field, operator, operand, issue)).collect();
        let held = held?;
        // All of them together are empty if each is.
        let empty = *operand == Operand::Empty && matches!(operator, Operator::Is | Operator::Eq);
        Ok(if empty { held.into_iter().all(|holds| holds) } else { held.into_iter().any(|holds| holds) })
    }
}

/// The operator that holds where another does not, empty values apart.
fn contrary(operator: Operator) -> Operator {
    use Operator::*;
    match operator {
        Eq => NotEq,
        NotEq => Eq,
        Like => NotLike,
        NotLike => Like,
        Lt => GtEq,
        GtEq => Lt,
        Gt => LtEq,
        LtEq => Gt,
        In => NotIn,
        NotIn => In,
        Is => IsNot,
        IsNot => Is,
        history => history,
    }
}

/// The operands of a list, and of lists in it.
fn flat(operand: &Operand) -> Vec<&Operand> {
    match operand {
        Operand::List(list) => list.items.iter().flat_map(flat).collect(),
        one => vec![one],
    }
}
