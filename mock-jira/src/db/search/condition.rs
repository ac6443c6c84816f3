//! Conditions as SQL.

use super::{
    Statement,
    columns::{self, Place},
};
use crate::domain::jql::resolve::{AccountColumn, Condition, CustomTest, IssueNames, LinkEnds, Span};
use serde_json::{Value, json};
use sqlx::{Encode, Postgres, Type};
use std::ops::Bound;

/// Up to so many values are looked up in an index one by one; more are tested on each issue.
const LOOK_UPS: usize = 20;

impl Statement<'_> {
    /// Adds a condition on the issue called `i` in the statement.
    pub(super) fn condition(&mut self, i: &str, condition: &Condition) {
        match condition {
            Condition::Everything => {
                self.push("true");
            }
            Condition::Nothing => {
                self.push("false");
            }
            Condition::All(all) => self.joined(all, " AND ", |sql, condition| sql.condition(i, condition)),
            Condition::Any(any) => self.joined(any, " OR ", |sql, condition| sql.condition(i, condition)),
            Condition::Not(inner) => {
                self.push("(");
                self.condition(i, inner);
                self.push(") IS NOT TRUE");
            }
            Condition::Empty(column) => match columns::place(i, *column) {
                Place::Value(value) => {
                    self.push(format_args!("{value} IS NULL"));
                }
                Place::List(list) => {
                    self.push(format_args!("{list} = '{{}}'"));
                }
                Place::Rows(table) => {
                    self.push(format_args!("NOT EXISTS (SELECT FROM {table} h WHERE h.issue_id = {i}.id AND "));
                    self.of_site("h").push(")");
                }
            },
            Condition::Id(column, ids) if column.is_plural() => {
                self.push(columns::id(i, *column)).push(" && ").bind(ids.clone());
            }
            Condition::Id(column, ids) if ids.len() == 1 => {
                // Of a list of one, PostgreSQL does not see that it leaves the order of an index as it is.
                self.push(columns::id(i, *column)).push(" = ").bind(ids[0]);
            }
            Condition::Id(column, ids) => {
                self.push(columns::id(i, *column)).push(" = ANY(").bind(ids.clone()).push(")");
            }
            Condition::Account(column, accounts) => self.account(i, *column, accounts),
            Condition::Label(labels) => {
                self.push(format_args!("{i}.labels_folded && folded(")).bind(labels.clone()).push(")");
            }
            Condition::Issue(names) => {
                self.push(format_args!("{i}.id IN ("));
                self.issues(names);
                self.push(")");
            }
            Condition::There(names) => self.there(names),
            Condition::Parent(parent) => {
                let above = format!("{i}0");
                self.push(format_args!("{i}.parent_id IN (SELECT {above}.id FROM issue {above} WHERE "));
                self.of_site(&above).push(" AND ");
                let visible = self.visible;
                self.within(&above, visible);
                self.push(" AND ");
                self.condition(&above, parent);
                self.push(")");
            }
            Condition::Link(ends) => self.link(i, ends),
            Condition::Instant(column, span) => self.span(&columns::instant(i, *column), span),
            Condition::Due(span) => self.span(&format!("{i}.due"), span),
            Condition::Number(column, span) => self.span(&columns::number(i, *column), span),
            Condition::Text(column, text) => self.text(i, *column, text),
            Condition::Comment(text, readable) => {
                self.push(format_args!("{i}.id IN ("));
                self.commented(text.as_ref(), readable);
                self.push(")");
            }
            Condition::WorklogComment(text, readable) => {
                self.push(format_args!("{i}.id IN ("));
                self.worked(text.as_ref(), readable);
                self.push(")");
            }
            Condition::Anywhere(text, readable) => self.anywhere(i, text, readable),
            Condition::Custom(field_id, test) => self.custom(i, *field_id, test),
            Condition::Permitted(extent) => self.within(i, extent),
            Condition::Past(past) => self.past(i, past),
            Condition::Elsewhere(elsewhere) => self.elsewhere(i, elsewhere),
        }
    }

    fn account(&mut self, i: &str, column: AccountColumn, accounts: &[String]) {
        match columns::account(i, column) {
            Place::Value(value) | Place::List(value) => {
                self.push(format_args!("{value} = ANY(")).bind(accounts.to_vec()).push(")");
            }
            Place::Rows(table) => {
                self.push(format_args!("{i}.id IN (SELECT a.issue_id FROM {table} a WHERE ")).of_site("a");
                self.push(" AND a.account_id = ANY(").bind(accounts.to_vec()).push("))");
            }
        }
    }

    /// Adds a query for the ids of issues by their names, former keys included (J-30).
    fn issues(&mut self, names: &IssueNames) {
        self.push("SELECT unnest(").bind(names.ids.clone()).push(")");
        if names.keys.is_empty() {
            return;
        }
        let (projects, numbers): (Vec<i64>, Vec<i64>) = names.keys.iter().copied().unzip();
        for (table, id) in super::ISSUE_KEYS {
            self.push(format_args!(" UNION ALL SELECT k.{id} FROM {table} k JOIN unnest("));
            self.bind(projects.clone()).push(", ").bind(numbers.clone());
            self.push(") AS named (project_id, number) USING (project_id, number) WHERE ").of_site("k");
        }
    }

    /// Adds the test that there is an issue of one of these names, keys of before a move apart.
    fn there(&mut self, names: &IssueNames) {
        let (projects, numbers): (Vec<i64>, Vec<i64>) = names.keys.iter().copied().unzip();
        self.push("EXISTS (SELECT FROM issue k WHERE ")
            .of_site("k")
            .push(" AND k.archived IS NULL AND k.id IN (SELECT unnest(");
        self.bind(names.ids.clone()).push(") UNION ALL SELECT n.id FROM issue n JOIN unnest(");
        self.bind(projects)
            .push(", ")
            .bind(numbers)
            .push(") AS named (project_id, number) USING (project_id, number) WHERE ");
        self.of_site("n").push(") AND ");
        let visible = self.visible;
        self.within("k", visible);
        self.push(")");
    }

    fn link(&mut self, i: &str, ends: &LinkEnds) {
        let sides =
            [("source_id", "destination_id", &ends.source_of), ("destination_id", "source_id", &ends.destination_of)];
        self.push(format_args!("{i}.id IN ("));
        for (own, other, types) in sides {
            if own == "destination_id" {
                self.push(" UNION ALL ");
            }
            self.push(format_args!("SELECT l.{own} FROM issue_link l WHERE ")).of_site("l");
            self.push(" AND l.type_id = ANY(").bind(types.clone()).push(")");
            if let Some(names) = &ends.other {
                // Of an issue that the caller can't see nothing is told, not even what it is linked with.
                self.push(format_args!(" AND l.{other} IN (SELECT o.id FROM issue o WHERE "));
                self.of_site("o").push(" AND o.id IN (");
                self.issues(names);
                self.push(") AND ");
                let visible = self.visible;
                self.within("o", visible);
                self.push(")");
            }
        }
        self.push(")");
    }

    fn custom(&mut self, i: &str, field_id: i64, test: &CustomTest) {
        let value = format!("({i}.custom -> '{field_id}')");
        let text = format!("({i}.custom ->> '{field_id}')");
        let member = |value: &Value| json!({ field_id.to_string(): value });
        match test {
            CustomTest::Holds(values) if values.is_empty() => {
                self.push("false");
            }
            CustomTest::Holds(values) if values.len() <= LOOK_UPS => self.joined(values, " OR ", |sql, value| {
                sql.push(format_args!("{i}.custom @> ")).bind(member(value));
            }),
            CustomTest::Holds(values) => {
                let members: Vec<Value> = values.iter().map(member).collect();
                self.push(format_args!("{i}.custom @> ANY(")).bind(members).push(")");
            }
            CustomTest::Labels(labels) => {
                let held =
                    format!("jsonb_array_elements_text(CASE WHEN jsonb_typeof({value}) = 'array' THEN {value} END)");
                self.push(format_args!("folded(ARRAY(SELECT {held})) && folded(")).bind(labels.clone()).push(")");
            }
            CustomTest::Is(whole) => {
                self.push(format_args!("({i}.custom @> ")).bind(member(whole));
                self.push(format_args!(" AND {value} = ")).bind(whole.clone()).push(")");
            }
            CustomTest::Number(span) => {
                // CASE, because nothing promises that AND is tested from left to right.
                let number = format!("CASE WHEN jsonb_typeof({value}) = 'number' THEN {text}::float8 END");
                self.span(&number, span);
            }
            CustomTest::Time(span) => self.span(&format!("{text} COLLATE \"C\""), span),
            CustomTest::Text { query, rich } => self.custom_text(i, &text, query, *rich),
        }
    }

    /// Adds the test that a value is within a span.
    pub(super) fn span<T>(&mut self, value: &str, (from, to): &Span<T>)
    where
        T: for<'t> Encode<'t, Postgres> + Type<Postgres> + Clone + PartialEq + 'static,
    {
        let tests: Vec<(&str, &T)> = match (from, to) {
            (Bound::Included(from), Bound::Included(to)) if from == to => vec![("=", from)],
            _ => lower(from).into_iter().chain(upper(to)).collect(),
        };
        self.joined(&tests, " AND ", |sql, (operator, limit)| {
            sql.push(format_args!("{value} {operator} ")).bind((*limit).clone());
        });
    }
}

fn lower<T>(bound: &Bound<T>) -> Option<(&'static str, &T)> {
    match bound {
        Bound::Included(limit) => Some((">=", limit)),
        Bound::Excluded(limit) => Some((">", limit)),
        Bound::Unbounded => None,
    }
}

fn upper<T>(bound: &Bound<T>) -> Option<(&'static str, &T)> {
    match bound {
        Bound::Included(limit) => Some(("<=", limit)),
        Bound::Excluded(limit) => Some(("<", limit)),
        Bound::Unbounded => None,
    }
}
