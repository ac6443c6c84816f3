//! Orders as SQL. Null stands behind everything, as in Jira; the newest comes first among equals (S-35).

use super::{
    Statement,
    columns::{self, Place},
    projects::Scope,
};
use crate::domain::jql::{
    Direction,
    resolve::{Order, SortKey, TextColumn, TextQuery},
};

/// What a criterion compares, if the issue has all that is needed.
pub fn expression(key: &SortKey) -> Option<String> {
    Some(match key {
        SortKey::Instant(column) => columns::instant("i", *column),
        SortKey::Number(column) => columns::number("i", *column),
        SortKey::Text(TextColumn::Summary) => "lower(i.summary)".into(),
        SortKey::Text(column) => format!("lower(document_text({}))", columns::text("i", *column)),
        SortKey::Due => "i.due".into(),
        SortKey::Labels => "nullif(i.labels_folded, '{}')".into(),
        SortKey::Parent => "i.parent_id".into(),
        SortKey::Rank => "i.rank".into(),
        SortKey::Custom(field_id) => format!("i.custom -> '{field_id}'"),
        SortKey::CustomText(field_id) => format!("lower(i.custom ->> '{field_id}')"),
        SortKey::CustomDocument(field_id) => {
            // Documents are stored as text.
            let stored = format!("(i.custom ->> '{field_id}')");
            format!("lower(CASE WHEN {stored} LIKE '{{%' THEN document_text({stored}::json) ELSE {stored} END)")
        }
        SortKey::CustomLast(field_id) => format!("i.custom -> '{field_id}' -> -1"),
        _ => return None,
    })
}

/// A criterion: an expression of ours, or what needs values bound, and its direction.
pub enum Criterion<'a> {
    /// An expression.
    Of(String, Direction),
    /// The least place among ids that the test holds for; in the test the id is called `s.id`.
    Least(String, &'a [i64], Direction),
    /// How well a text is matched.
    Relevance(&'a TextQuery, Direction),
}

impl Statement<'_> {
    /// Adds the ids of issues in order.
    pub(super) fn sorted(&mut self, order: &[Order], scope: &Scope) {
        self.push("SELECT i.id FROM issue i");
        let criteria = self.sources(order);
        self.filter(scope, false);
        self.order(criteria);
    }

    /// Adds what the criteria need besides the issue itself: ids and accounts with their places, to be joined.
    fn sources<'a>(&mut self, order: &'a [Order]) -> Vec<Criterion<'a>> {
        order.iter().enumerate().map(|(at, order)| self.source(&format!("s{at}"), order)).collect()
    }

    fn source<'a>(&mut self, name: &str, Order { key, direction }: &'a Order) -> Criterion<'a> {
        let of = |expression: String| Criterion::Of(expression, *direction);
        match key {
            SortKey::Id(column, ids) if column.is_plural() => {
                Criterion::Least(format!("s.id = ANY({})", columns::id("i", *column)), ids, *direction)
            }
            SortKey::CustomId(field_id, ids) => {
                Criterion::Least(format!("i.custom -> '{field_id}' @> to_jsonb(s.id)"), ids, *direction)
            }
            SortKey::Id(column, ids) => {
                self.push(" LEFT JOIN unnest(").bind(ids.clone());
                self.places(name, &columns::id("i", *column));
                of(format!("{name}.at"))
            }
            SortKey::Ranked(column, ranks) => {
                let (ids, places): (Vec<i64>, Vec<i64>) = ranks.iter().copied().unzip();
                self.push(" LEFT JOIN unnest(").bind(ids).push(", ").bind(places);
                self.push(format_args!(") AS {name} (id, at) ON {name}.id = {}", columns::id("i", *column)));
                of(format!("{name}.at"))
            }
            SortKey::Account(column, accounts) => match columns::account("i", *column) {
                Place::Value(account) => {
                    self.push(" LEFT JOIN unnest(").bind(accounts.clone());
                    self.places(name, &account);
                    of(format!("{name}.at"))
                }
                // Of many accounts none comes first.
                Place::List(_) | Place::Rows(_) => of("i.id".into()),
            },
            SortKey::CustomName(field_id, names) => {
                self.push(" LEFT JOIN unnest(").bind(names.clone());
                // Alone, or the first of a list.
                let value = format!("i.custom -> '{field_id}'");
                self.places(name, &format!("coalesce({value} ->> 0, i.custom ->> '{field_id}')"));
                of(format!("{name}.at"))
            }
            SortKey::Viewed(account_id) => {
                self.push(format_args!(" LEFT JOIN issue_view {name} ON ")).of_site(name);
                self.push(format_args!(" AND {name}.issue_id = i.id AND {name}.account_id = "))
                    .bind(account_id.clone());
                of(format!("{name}.viewed"))
            }
            SortKey::Relevance(text) => Criterion::Relevance(text, *direction),
            plain => of(expression(plain).unwrap_or_else(|| "i.id".into())),
        }
    }

    fn places(&mut self, name: &str, value: &str) {
        self.push(format_args!(") WITH ORDINALITY AS {name} (id, at) ON {name}.id = {value}"));
    }

    fn order(&mut self, criteria: Vec<Criterion>) {
        self.push(" ORDER BY ");
        for criterion in criteria {
            let direction = match criterion {
                Criterion::Of(expression, direction) => {
                    self.push(expression);
                    direction
                }
                Criterion::Least(test, ids, direction) => {
                    self.push("(SELECT min(s.at) FROM unnest(").bind(ids.to_vec());
                    self.push(format_args!(") WITH ORDINALITY AS s (id, at) WHERE {test})"));
                    direction
                }
                Criterion::Relevance(text, direction) => {
                    self.push("ts_rank(i.search_text, ").tsquery(text, "").push(")");
                    direction
                }
            };
            self.push(match direction {
                Direction::Asc => ", ",
                Direction::Desc => " DESC, ",
            });
        }
        self.push("i.id DESC");
    }
}
