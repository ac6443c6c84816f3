//! Pages taken from groups of issues in turn.
//!
//! Indexes keep the issues of one project in order. Where several projects are asked for, or the order is by priority
//! first, the first issues of each group are enough. Of groups that come one after the other, such as priorities, the
//! later ones are not looked at once the page is full: PostgreSQL knows that numbered rows come in order.

use super::{Statement, order::expression, projects::Scope};
use crate::domain::jql::{
    Direction,
    resolve::{Condition, IdColumn, InstantColumn, Order, SortKey},
};

/// From as many groups as this issues are taken in turn, where there is another way.
const MOST: usize = 20;

/// An order that goes through groups.
pub struct Turns {
    /// From the outside in.
    groups: Vec<Group>,
    /// What issues of a group are ordered by: expressions on the issue `i`.
    keys: Vec<(String, Direction)>,
}

/// What has a group of issues for each value.
struct Group {
    column: &'static str,
    values: Vec<Option<i64>>,
    /// Whether all issues of a value come before those of the next.
    ordered: bool,
}

impl Turns {
    /// How to go through groups for an order; not if the condition finds few issues, which are sorted at once.
    pub fn of(order: &[Order], scope: &Scope) -> Option<Self> {
        let projects: Vec<i64> = scope.projects().collect();
        let finds_many = |people| scope.parts.iter().all(|part| finds_many(part, people));
        let (groups, rest) = match order {
            [Order { key: SortKey::Id(IdColumn::Priority, ids), direction }, rest @ ..] => {
                if ids.len() > MOST || !finds_many(true) {
                    return None;
                }
                let values = ids.iter().copied().map(Some).chain([None]);
                let mut groups = vec![Group::in_order("priority_id", values, *direction)];
                // The indexes of priorities go on with the date of creation. That of all projects together is better
                // than each project's in turn, unless most of what it has is of others.
                let indexed = rest.first().is_some_and(|next| next.key == SortKey::Instant(InstantColumn::Created));
                let few = projects.len() > 1 && projects.len() <= scope.extent.elsewhere.len();
                groups.extend((indexed && few).then(|| Group::merged(&projects)));
                (groups, rest)
            }
            _ if projects.len() < 2 || !finds_many(false) => return None,
            [Order { key: SortKey::Id(IdColumn::Project, ids), direction }, rest @ ..] => {
                let values = ids.iter().filter(|id| projects.contains(id)).copied().map(Some);
                (vec![Group::in_order("project_id", values, *direction)], rest)
            }
            [Order { key: SortKey::Rank, .. }, ..] => (vec![Group::merged(&projects)], order),
            // All projects together have such an index, too.
            [] | [Order { key: SortKey::Instant(InstantColumn::Created | InstantColumn::Updated), .. }, ..]
                if scope.narrowed && projects.len() <= MOST =>
            {
                (vec![Group::merged(&projects)], order)
            }
            _ => return None,
        };
        let keys = rest.iter().map(|order| Some((expression(&order.key)?, order.direction)));
        Some(Self { groups, keys: keys.collect::<Option<_>>()? })
    }
}

impl Group {
    fn in_order(
        column: &'static str,
        values: impl DoubleEndedIterator<Item = Option<i64>>,
        direction: Direction,
    ) -> Self {
        let values = match direction {
            Direction::Asc => values.collect(),
            Direction::Desc => values.rev().collect(),
        };
        Self { column, values, ordered: true }
    }

    fn merged(projects: &[i64]) -> Self {
        Self { column: "project_id", values: projects.iter().copied().map(Some).collect(), ordered: false }
    }
}

/// Whether a condition asks for no more than values of columns, as opposed to words, names and other tables; with
/// `people`, for accounts too.
fn finds_many(condition: &Condition, people: bool) -> bool {
    match condition {
        Condition::Everything
        | Condition::Not(_)
        | Condition::Empty(_)
        | Condition::Id(..)
        | Condition::Instant(..)
        | Condition::Due(_)
        | Condition::There(_)
        | Condition::Permitted(_) => true,
        Condition::Account(..) => people,
        Condition::All(all) => all.iter().all(|part| finds_many(part, people)),
        Condition::Any(any) => any.iter().any(|part| finds_many(part, people)),
        _ => false,
    }
}

impl Statement<'_> {
    /// Adds the ids of issues in order, of which the first `end` are right.
    pub(super) fn in_turn(&mut self, turns: &Turns, scope: &Scope, end: i64) {
        self.push("SELECT r0.id FROM ").groups(turns, scope, end, 0, &mut Vec::new());
    }

    /// Adds what there is to select from: the values of a group with their issues, ordered.
    fn groups(&mut self, turns: &Turns, scope: &Scope, end: i64, level: usize, tests: &mut Vec<String>) {
        let Group { column, values, ordered } = &turns.groups[level];
        self.push("unnest(").bind(values.clone());
        self.push(format_args!("::bigint[]) WITH ORDINALITY g{level} (id, at) CROSS JOIN LATERAL ("));
        tests.push(format!("i.{column} = g{level}.id"));
        self.turn(turns, scope, end, level + 1, tests);
        tests.pop();
        if values.contains(&None) {
            // A query of its own, since no index is asked for `IS NOT DISTINCT FROM`.
            self.push(" UNION ALL ");
            tests.push(format!("g{level}.id IS NULL AND i.{column} IS NULL"));
            self.turn(turns, scope, end, level + 1, tests);
            tests.pop();
        }
        self.push(format_args!(") r{level} ORDER BY "));
        if *ordered {
            self.push(format_args!("g{level}.at, "));
        }
        for (at, (_, direction)) in turns.keys.iter().enumerate() {
            self.push(format_args!("r{level}.k{at}{}, ", word(*direction)));
        }
        self.push(format_args!("r{level}.id DESC"));
    }

    /// Adds a query for the first issues that meet the tests of the groups around it.
    fn turn(&mut self, turns: &Turns, scope: &Scope, end: i64, level: usize, tests: &mut Vec<String>) {
        if level < turns.groups.len() {
            self.push(format_args!("(SELECT r{level}.* FROM ")).groups(turns, scope, end, level, tests);
        } else {
            self.push("(SELECT i.id");
            for (at, (key, _)) in turns.keys.iter().enumerate() {
                self.push(format_args!(", {key} AS k{at}"));
            }
            let project_told = turns.groups.iter().any(|group| group.column == "project_id");
            self.push(" FROM issue i").filter(scope, project_told);
            for test in &*tests {
                self.push(format_args!(" AND {test}"));
            }
            self.push(" ORDER BY ");
            for (key, direction) in &turns.keys {
                self.push(format_args!("{key}{}, ", word(*direction)));
            }
            self.push("i.id DESC");
        }
        self.push(" LIMIT ").bind(end).push(")");
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Asc => "",
        Direction::Desc => " DESC",
    }
}
