//! ORDER BY, as far as it is specified: what is equal may come in any order.

use super::{
    Asker,
    fields::{Field, custom_text, work_ratio},
};
use crate::site::*;
use mock_jira::domain::jql::{self, Clause, Direction, Operator, Query};
use serde_json::Value;
use std::{cmp::Ordering, collections::HashMap};

/// What an order looks at, the strongest first.
type Keys = Vec<(Key, Direction)>;

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Key {
    Number(f64),
    Text(String),
    /// Behind everything that has a value.
    Empty,
}

/// In which order issues have to come.
pub struct Order(Option<HashMap<i64, Keys>>);

impl Order {
    /// Whether issues may come so; else the first pair that may not.
    pub fn admits(&self, ids: &[i64]) -> Result<(), (i64, i64)> {
        let Some(keys) = &self.0 else { return Ok(()) };
        let wrong = |pair: &&[i64]| match (keys.get(&pair[0]), keys.get(&pair[1])) {
            (Some(first), Some(second)) => compared(first, second) == Ordering::Greater,
            _ => false,
        };
        ids.windows(2).find(wrong).map_or(Ok(()), |pair| Err((pair[0], pair[1])))
    }
}

fn compared(first: &Keys, second: &Keys) -> Ordering {
    for ((first, direction), (second, _)) in first.iter().zip(second) {
        let ordering = first.partial_cmp(second).unwrap_or(Ordering::Equal);
        let ordering = if *direction == Direction::Desc { ordering.reverse() } else { ordering };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}

impl Asker<'_> {
    pub fn order(self, query: &Query, issues: &[&Issue]) -> Order {
        if query.order_by.is_empty() {
            // By relevance where texts are searched, else the newest first (S-35).
            let by_id = |issue: &&Issue| (issue.id, vec![(Key::Number(issue.id as f64), Direction::Desc)]);
            let free = query.where_clause.as_ref().is_some_and(searches_text);
            return Order((!free).then(|| issues.iter().map(by_id).collect()));
        }
        let mut sorts = Vec::new();
        for sort in &query.order_by {
            // An unknown field is skipped (S-28).
            let Ok(fields) = self.fields(&sort.field) else { continue };
            sorts.extend(fields.iter().take(1).map(|field| {
                let direction = sort.direction.unwrap_or_else(|| own_direction(*field));
                (*field, direction)
            }));
            // How several fields of a name order together is not known.
            if fields.len() > 1 {
                break;
            }
        }
        let keys = |issue: &Issue| {
            let keys = sorts.iter().map_while(|(field, direction)| {
                let keys = self.keys_of(*field, issue)?;
                Some(keys.into_iter().map(|key| (key, *direction)))
            });
            keys.flatten().collect()
        };
        Order(Some(issues.iter().map(|issue| (issue.id, keys(issue))).collect()))
    }

    /// What a field orders an issue by; nothing if no fact tells.
    fn keys_of(self, field: Field, issue: &Issue) -> Option<Vec<Key>> {
        let now = issue.now();
        let number = |number: Option<f64>| vec![number.map_or(Key::Empty, Key::Number)];
        let text = |text: Option<&str>| vec![text.map_or(Key::Empty, |text| Key::Text(text.to_lowercase()))];
        let place = |all: &[Named], id: Option<i64>| {
            number(all.iter().position(|named| Some(named.0) == id).map(|place| -(place as f64)))
        };
        let user = |user: Option<User>| text(user.map(|user| USERS[user].name));
        let instant = |at: Option<chrono::DateTime<chrono::Utc>>| number(at.map(|at| at.timestamp_millis() as f64));
        let seconds = |place: usize| number(issue.times[place].map(|seconds| seconds as f64));
        let project = &self.site.projects[issue.project];
        let after = |text: Option<String>| vec![text.map_or(Key::Empty, |text| Key::Text(text.to_lowercase()))];
        Some(match field {
            Field::Key => vec![Key::Text(project.key.into()), Key::Number(issue.number as f64)],
            Field::Project => text(Some(project.name)),
            Field::Created => instant(Some(issue.created())),
            Field::Updated => instant(Some(issue.updated)),
            Field::Resolved => instant(issue.resolved),
            Field::StatusCategoryChanged => instant(Some(issue.status_category_changed)),
            Field::Due => text(issue.due.map(|day| day.to_string()).as_deref()),
            Field::Priority => place(&PRIORITIES, now.priority),
            // In their order, the first one being the least.
            Field::Resolution => {
                let place = RESOLUTIONS.iter().position(|named| Some(named.0) == now.resolution);
                number(place.map(|place| place as f64))
            }
            Field::HierarchyLevel => {
                number(TYPES.iter().find(|kind| kind.0 == issue.issue_type).map(|kind| kind.2 as f64))
            }
            Field::Assignee => user(now.assignee),
            Field::Reporter => user(now.reporter),
            Field::Creator => user(Some(issue.creator)),
            Field::Votes => number(Some(issue.voters.len() as f64)),
            Field::Watchers => number(Some(issue.watchers.len() as f64)),
            Field::OriginalEstimate => seconds(0),
            Field::RemainingEstimate => seconds(1),
            Field::TimeSpent => seconds(2),
            Field::Rank => vec![Key::Text(issue.rank.clone())],
            Field::Summary => text(Some(&issue.summary)),
            Field::Description => text(issue.description.as_deref()),
            Field::Environment => text(issue.environment.as_deref()),
            Field::WorkRatio => number(work_ratio(issue)),
            Field::LastViewed => instant(self.caller.and_then(|user| issue.viewed.get(&user).copied())),
            Field::Custom(id @ (field::CUSTOMER | field::CRITERIA)) => after(custom_text(issue, id)),
            Field::Custom(field::DESIGN_LINK) => text(issue.custom(field::DESIGN_LINK).and_then(Value::as_str)),
            Field::Custom(field::APPROVER) => {
                let id = issue.custom(field::APPROVER).and_then(Value::as_str);
                user(USERS.iter().position(|user| Some(user.id) == id))
            }
            Field::Custom(id @ (field::ESTIMATE | field::STORY_POINTS | field::MORE_POINTS)) => {
                number(issue.custom(id).and_then(Value::as_f64))
            }
            Field::Custom(id @ (field::START_DATE | field::GO_LIVE)) => text(issue.custom(id).and_then(Value::as_str)),
            _ => return None,
        })
    }

    /// Whether facts tell how issues are ordered by a field of that name.
    pub fn knows_order(self, field: &jql::Field) -> bool {
        let known = |field: &Field| self.site.issues.iter().all(|issue| self.keys_of(*field, issue).is_some());
        self.fields(field).is_ok_and(|fields| fields.iter().take(1).all(known))
    }
}

/// Dates and priorities begin with the greatest.
fn own_direction(field: Field) -> Direction {
    match field {
        Field::Created
        | Field::Updated
        | Field::Resolved
        | Field::StatusCategoryChanged
        | Field::Due
        | Field::LastViewed => Direction::Desc,
        Field::Custom(field::START_DATE | field::GO_LIVE) | Field::Priority => Direction::Desc,
        _ => Direction::Asc,
    }
}

fn searches_text(clause: &Clause) -> bool {
    match clause {
        Clause::And(clauses) | Clause::Or(clauses) => clauses.iter().any(searches_text),
        Clause::Not(clause) => searches_text(clause),
        Clause::Terminal(test) => matches!(test.operator, Operator::Like | Operator::NotLike),
    }
}
