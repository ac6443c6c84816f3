//! What a parsed query means in one site, for one caller, now.
//!
//! [`resolve`] turns names into ids, calls functions, reads dates in the caller's time zone, and notes in Jira's own
//! sentences what means nothing. The result is a [`Condition`], which `db::search` compiles to SQL. To add a field,
//! give it a name in `fields` and a meaning in `terminal`; to add a function, a line and an arm in `functions`.

mod apps;
mod condition;
mod dates;
mod elsewhere;
mod fields;
mod functions;
mod history;
mod order;
mod reference;
mod rewrite;
mod saved;
mod sentences;
mod suggest;
mod terminal;
mod text;
mod vacant;
mod values;

#[cfg(test)]
mod tests;

use super::{Clause, Operand, Operator, Query, Terminal, parse::MAX_DEPTH};
use crate::domain::{people::Caller, permission::Access, snapshot::Snapshot};
pub use apps::{AppCalls, AppFunction, Argument, Call, Outcome, Precomputation, foreign_calls};
use chrono::{DateTime, Utc};
pub use condition::{
    AccountColumn, Column, Condition, CustomTest, IdColumn, InstantColumn, IssueNames, LinkEnds, NumberColumn, Order,
    Readable, SortKey, Span, TextColumn, TextQuery,
};
pub use elsewhere::{Elsewhere, Owner, PropertyTest};
pub use history::{Past, PastField, PastTest, PastValues};
pub use reference::reference;
pub use rewrite::{named_issues, sanitized, with_account_ids};
pub use saved::{Referents, SavedFilter, asks_for_logins, named_filters};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashSet,
    sync::Arc,
};
pub use suggest::{Choice, Choices, choices};

/// Where, for whom and when a query is asked.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The site.
    pub site: &'a Snapshot,
    /// Who asks.
    pub caller: &'a Caller,
    /// The time at the site.
    pub now: DateTime<Utc>,
    /// What the query refers to; see [`named_filters`].
    pub referents: &'a Referents,
}

/// What a query means.
#[derive(Debug, PartialEq)]
pub struct Resolution {
    /// What issues have to be; [`Condition::Nothing`] if any part of the query means nothing (S-27).
    pub condition: Condition,
    /// How they are ordered; by id from the newest if empty (S-35). Unknown fields are left out (S-28).
    pub order: Vec<Order>,
    /// What a strict site says of the query, in its order; nothing if all is well.
    pub problems: Vec<Problem>,
    /// What it names; whether it exists is for the database to say.
    pub mentions: Vec<Mention>,
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In Jira's words.
    pub sentence: String,
    /// A value that names nothing, which parsing only warns of (S-52) and matching takes for a query that finds nothing
    /// (S-53).
    pub unknown_value: bool,
}

impl From<String> for Problem {
    fn from(sentence: String) -> Self {
        Self { sentence, unknown_value: false }
    }
}

/// Something that a query names and only the database knows: an issue, or a value from the past.
#[derive(Debug, PartialEq)]
pub struct Mention {
    /// What finds an issue if it is there.
    pub found_by: Condition,
    /// What a strict site says if there is none, or none that the caller may see.
    pub complaint: Problem,
    /// What it says if the issue has moved and has another key now.
    pub if_moved: Option<Problem>,
}

impl Resolution {
    /// Of a query that can't mean anything.
    pub fn nothing() -> Self {
        Self { condition: Condition::Nothing, order: Vec::new(), problems: Vec::new(), mentions: Vec::new() }
    }
}

/// Finds out what a query means.
pub fn resolve<'a>(query: &'a Query, scope: &Scope<'a>) -> Resolution {
    let resolver = Resolver::new(*scope);
    let mut problems = Vec::new();
    let condition = match &query.where_clause {
        Some(clause) => resolver.clause(clause, Sense::Straight, &mut problems),
        None => Condition::Everything,
    };
    let condition = if problems.is_empty() { condition } else { Condition::Nothing };
    let order = order::resolve(&resolver, &query.order_by, &condition, &mut problems);
    let mentions = resolver.mentions.into_inner();
    Resolution { condition, order, problems, mentions }
}

/// Whether a clause stands under an odd number of NOTs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Straight,
    Inverted,
}

struct Resolver<'a> {
    scope: Scope<'a>,
    mentions: RefCell<Vec<Mention>>,
    /// Projects that the caller may know of, made when first needed.
    seen: OnceCell<HashSet<i64>>,
    /// Made when first needed.
    readable: OnceCell<Arc<Readable>>,
    running: Running,
}

/// How far a query has run into saved filters.
#[derive(Debug, Default)]
struct Running {
    /// Those whose queries are being resolved, the innermost last.
    filters: RefCell<Vec<i64>>,
    /// How many have been entered.
    entered: Cell<usize>,
    /// How deep clauses are nested in each other, through filters too.
    depth: Cell<usize>,
    /// Whether one of them came back to itself.
    cyclic: Cell<bool>,
    /// Whether it runs through what an app gave for a function.
    fragment: Cell<bool>,
}

impl<'a> Resolver<'a> {
    fn new(scope: Scope<'a>) -> Self {
        Self {
            scope,
            mentions: RefCell::default(),
            seen: OnceCell::new(),
            readable: OnceCell::new(),
            running: Running::default(),
        }
    }

    /// NOT is moved inwards to the operators, as Jira does: `NOT assignee = x` is `assignee != x` and leaves out
    /// issues without assignee.
    fn clause(&self, clause: &'a Clause, sense: Sense, problems: &mut Vec<Problem>) -> Condition {
        // Filters add to the depth that the parser allows.
        let depth = self.running.depth.get();
        if depth > MAX_DEPTH {
            problems.push(sentences::too_many_filters());
            return Condition::Nothing;
        }
        self.running.depth.set(depth + 1);
        let condition = self.compound(clause, sense, problems);
        self.running.depth.set(depth);
        condition
    }

    fn compound(&self, clause: &'a Clause, sense: Sense, problems: &mut Vec<Problem>) -> Condition {
        let mut each = |clauses: &'a [Clause]| -> Vec<Condition> {
            clauses.iter().map(|clause| self.clause(clause, sense, problems)).collect()
        };
        match (clause, sense) {
            (Clause::And(clauses), Sense::Straight) | (Clause::Or(clauses), Sense::Inverted) => {
                Condition::all(each(clauses))
            }
            (Clause::Or(clauses), Sense::Straight) | (Clause::And(clauses), Sense::Inverted) => {
                Condition::any(each(clauses))
            }
            (Clause::Not(clause), Sense::Straight) => self.clause(clause, Sense::Inverted, problems),
            (Clause::Not(clause), Sense::Inverted) => self.clause(clause, Sense::Straight, problems),
            (Clause::Terminal(terminal), _) => self.terminal(terminal, sense).unwrap_or_else(|found| {
                problems.extend(found);
                Condition::Nothing
            }),
        }
    }

    fn terminal(&self, terminal: &'a Terminal, sense: Sense) -> Result<Condition, Vec<Problem>> {
        let subjects = fields::find(&self.scope, &terminal.field);
        let name = terminal.field.full_name();
        if subjects.is_empty() {
            return Err(vec![sentences::no_field(&name, self.scope.caller)]);
        }
        if !subjects.iter().any(fields::Subject::is_searchable) {
            return Err(vec![sentences::not_searchable(&name)]);
        }
        let operator = match sense {
            Sense::Straight => terminal.operator,
            Sense::Inverted => contrary(terminal.operator),
        };
        if let Some(condition) = self.app_call(terminal, sense) {
            return condition;
        }
        // A value need only be known to one of several fields of the name.
        let tests: Vec<_> = subjects.iter().map(|subject| self.test(*subject, terminal, operator)).collect();
        if tests.iter().all(Result::is_err) {
            return tests.into_iter().next().unwrap_or(Ok(Condition::Nothing));
        }
        let conditions = tests.into_iter().flatten();
        if operator.is_history() && self.scope.caller.account.is_none() {
            return Ok(Condition::Nothing);
        }
        Ok(match (operator, sense) {
            // An issue has at most one of them: it has none if all are empty.
            (Operator::Is, _) => Condition::all(conditions),
            (Operator::Eq, _) if terminal.operand == Some(Operand::Empty) => Condition::all(conditions),
            // It has no contrary operator.
            (Operator::Changed, Sense::Inverted) => Condition::any(conditions).not(),
            _ => Condition::any(conditions),
        })
    }

    fn access(&self) -> Access<'a> {
        Access::new(self.scope.site, self.scope.caller)
    }

    /// Restricted comments that the caller may read (J-93).
    fn readable(&self) -> Arc<Readable> {
        let make = || Arc::new(Readable::to(self.scope.site, self.scope.caller));
        self.readable.get_or_init(make).clone()
    }
}

/// The operator that holds where `operator` does not.
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
        Was => WasNot,
        WasNot => Was,
        WasIn => WasNotIn,
        WasNotIn => WasIn,
        Changed => Changed,
    }
}
