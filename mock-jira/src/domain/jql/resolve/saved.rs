//! Queries that refer to saved filters: which, and what these mean.

use super::{
    AppCalls, Resolver, Sense,
    condition::Condition,
    fields, functions,
    rewrite::{collect, terminals},
    sentences,
    terminal::flat,
    values::{Found, missing},
};
use crate::domain::{
    jql::{Clause, Query, Value},
    session::Session,
};

/// A saved filter, as far as queries are concerned.
#[derive(Debug)]
pub struct SavedFilter {
    /// Unique in the site.
    pub id: i64,
    /// Unique among the owner's.
    pub name: String,
    /// Account id.
    pub owner: String,
    /// Its query; absent if it can't be read.
    pub query: Option<Query>,
}

/// What a query refers to that only the database knows: filters, directly or through other filters, as far as the caller
/// may see them, and functions of apps.
#[derive(Debug, Default)]
pub struct Referents {
    /// By id.
    pub filters: Vec<SavedFilter>,
    /// The filter that the query is to be stored as, which it may not refer to.
    pub stored_as: Option<i64>,
    /// The apps' functions that it calls, directly or in filters.
    pub apps: AppCalls,
    /// The caller's session, if the query asks for it and the caller is somebody.
    pub session: Option<Session>,
}

impl Referents {
    /// The query that refers to them, and theirs.
    pub fn queries<'a>(&'a self, query: &'a Query) -> Vec<&'a Query> {
        self.filters.iter().filter_map(|filter| filter.query.as_ref()).chain([query]).collect()
    }
}

/// Most filters that one query may run through, each time it comes to one.
pub(super) const MOST: usize = 200;

/// How deep filters may refer to filters.
const DEEPEST: usize = 20;

/// The names of filters in a query, ids or names.
pub fn named_filters(query: &Query) -> Vec<&Value> {
    let mut values = Vec::new();
    let mut clauses: Vec<&Clause> = query.where_clause.iter().collect();
    while let Some(clause) = clauses.pop() {
        match clause {
            Clause::And(inner) | Clause::Or(inner) => clauses.extend(inner),
            Clause::Not(inner) => clauses.push(inner),
            Clause::Terminal(terminal) if fields::is_saved_filter(&terminal.field) => {
                terminal.operand.iter().for_each(|operand| collect(operand, &mut values));
            }
            Clause::Terminal(_) => {}
        }
    }
    values
}

/// Whether a query asks when the caller logged in.
pub fn asks_for_logins(query: &Query) -> bool {
    terminals(query).into_iter().any(|terminal| {
        let predicates = terminal.predicates.iter().map(|predicate| &predicate.operand);
        terminal.operand.iter().chain(predicates).flat_map(flat).any(functions::is_about_logins)
    })
}

impl<'a> Resolver<'a> {
    /// What the query of the filter that a literal names means.
    pub(super) fn saved_filter(&self, value: &Value, field: &str) -> Found<Condition> {
        let filter = self.find_filter(value).ok_or_else(|| missing(value, field))?;
        let cyclic = || {
            self.running.cyclic.set(true);
            sentences::cyclic_filter(&value.text, &filter.name, field)
        };
        let already_running = self.running.filters.borrow().contains(&filter.id);
        if already_running || self.scope.referents.stored_as == Some(filter.id) {
            return Err(cyclic());
        }
        let entered = self.running.entered.get() + 1;
        self.running.entered.set(entered);
        if entered > MOST || self.running.filters.borrow().len() == DEEPEST {
            return Err(sentences::too_many_filters());
        }
        let query = filter.query.as_ref().ok_or_else(|| sentences::invalid_value(&value.text, field))?;
        let Some(clause) = &query.where_clause else { return Ok(Condition::Everything) };
        self.running.filters.borrow_mut().push(filter.id);
        let before = self.running.cyclic.replace(false);
        let mut problems = Vec::new();
        let condition = self.clause(clause, Sense::Straight, &mut problems);
        self.running.filters.borrow_mut().pop();
        // The sentence is about the filter that the caller's own query names.
        if self.running.cyclic.get() {
            return Err(cyclic());
        }
        self.running.cyclic.set(before);
        problems.into_iter().next().map_or(Ok(condition), Err)
    }

    /// A number is an id first, anything else a name first; of one name, the caller's own is meant.
    pub(super) fn find_filter(&self, value: &Value) -> Option<&'a SavedFilter> {
        let filters = &self.scope.referents.filters;
        let by_id = || filters.iter().find(|filter| filter.id.to_string() == value.text);
        let by_name = || {
            let folded = value.text.to_lowercase();
            let named = || filters.iter().filter(|filter| filter.name.to_lowercase() == folded);
            named().find(|filter| self.scope.caller.is(Some(&filter.owner))).or_else(|| named().next())
        };
        if value.number { by_id().or_else(by_name) } else { by_name().or_else(by_id) }
    }
}
