//! Conditions on the past of issues as SQL.
//!
//! A value lasts from one change of its field to the next. Where nothing is said of when and who, to have been changed
//! from or to a value, or to have it now, is enough. Otherwise times come from three places: from changes to the value,
//! from first changes, before which the issue had the value since its creation, and from issues whose field was never
//! changed.

use super::{Statement, columns};
use crate::domain::jql::resolve::{AccountColumn, IdColumn, Past, PastField, PastTest, PastValues, Span};
use chrono::{DateTime, Utc};
use std::ops::Bound;

/// How a field is called in `change_item`, and where an issue has its present value.
fn names(field: PastField) -> (&'static str, Present) {
    match field {
        PastField::Assignee => ("assignee", Present::Account(AccountColumn::Assignee)),
        PastField::Reporter => ("reporter", Present::Account(AccountColumn::Reporter)),
        PastField::FixVersion => ("fixVersions", Present::Id(IdColumn::FixVersions)),
        PastField::Priority => ("priority", Present::Id(IdColumn::Priority)),
        PastField::Resolution => ("resolution", Present::Id(IdColumn::Resolution)),
        PastField::Status => ("status", Present::Id(IdColumn::Status)),
    }
}

enum Present {
    Account(AccountColumn),
    Id(IdColumn),
}

impl Statement<'_> {
    /// Adds the test that an issue has such a past.
    pub(super) fn past(&mut self, i: &str, past: &Past) {
        match &past.test {
            PastTest::Changed(from, to) => {
                self.push(format_args!("{i}.id IN (SELECT t.issue_id FROM change_item t WHERE "));
                self.of_field("t", past.field);
                for (side, values) in from.iter().map(|v| ("from", v)).chain(to.iter().map(|v| ("to", v))) {
                    self.push(" AND ").side(side, values);
                }
                self.within_span("t.created", &past.at).done_by("t.author", past).push(")");
            }
            PastTest::Was(values) if past.field.is_plural() && values.empty => {
                let some = PastValues { empty: false, ..values.clone() };
                self.push("(").had(i, past, &some).push(" OR ").had_none(i, past).push(")");
            }
            PastTest::Was(values) => {
                self.had(i, past, values);
            }
        }
    }

    /// Adds the test that the issue had one of the values; of a list, that it had it among others.
    fn had(&mut self, i: &str, past: &Past, values: &PastValues) -> &mut Self {
        let always = past.at == (Bound::Unbounded, Bound::Unbounded) && past.by.is_none();
        self.push(format_args!("{i}.id IN ("));
        if always {
            for side in ["from", "to"] {
                self.push("SELECT t.issue_id FROM change_item t WHERE ").of_field("t", past.field);
                self.push(" AND ").side(side, values).push(" UNION ALL ");
            }
            self.push("SELECT o.id FROM issue o WHERE ").of_site("o").push(" AND ").has_now(past.field, values);
        } else {
            self.since_change(past, values).push(" UNION ALL ");
            self.before_first_change(past, values).push(" UNION ALL ");
            self.unchanged(past, values);
        }
        self.push(")")
    }

    fn since_change(&mut self, past: &Past, values: &PastValues) -> &mut Self {
        let (begun, ended) = split(&past.at);
        self.push("SELECT t.issue_id FROM change_item t WHERE ").of_field("t", past.field);
        self.push(" AND ").side("to", values).within_span("t.created", &begun).done_by("t.author", past);
        if ended != (Bound::Unbounded, Bound::Unbounded) {
            self.push(" AND NOT EXISTS (SELECT FROM (SELECT n.created FROM change_item n WHERE ");
            self.of_field("n", past.field).push(" AND n.issue_id = t.issue_id AND n.group_id > t.group_id");
            if past.field.is_plural() {
                self.push(" AND n.from_value = t.to_value");
            }
            // The next change, unless it was late enough.
            self.push(" ORDER BY n.group_id LIMIT 1) e WHERE NOT (true").within_span("e.created", &ended).push("))");
        }
        self
    }

    fn before_first_change(&mut self, past: &Past, values: &PastValues) -> &mut Self {
        let (begun, ended) = split(&past.at);
        self.push(
            "SELECT t.issue_id FROM change_item t JOIN issue o ON o.site_id = t.site_id AND o.id = t.issue_id WHERE ",
        );
        self.of_field("t", past.field).push(" AND ").side("from", values);
        self.within_span("o.created", &begun).within_span("t.created", &ended).done_by("o.creator", past);
        self.push(" AND NOT EXISTS (SELECT FROM change_item n WHERE ").of_field("n", past.field);
        self.push(" AND n.issue_id = t.issue_id AND n.group_id < t.group_id");
        if past.field.is_plural() {
            self.push(" AND n.to_value = t.from_value");
        }
        self.push(")")
    }

    fn unchanged(&mut self, past: &Past, values: &PastValues) -> &mut Self {
        let (begun, _) = split(&past.at);
        self.push("SELECT o.id FROM issue o WHERE ").of_site("o").push(" AND ").has_now(past.field, values);
        self.within_span("o.created", &begun).done_by("o.creator", past);
        if past.field.is_plural() {
            self.push(" AND EXISTS (SELECT FROM unnest(o.fix_version_ids) v (id) WHERE v.id = ANY(");
            self.bind(numbers(values)).push(") AND NOT EXISTS (SELECT FROM change_item n WHERE ");
            self.of_field("n", past.field).push(" AND n.issue_id = o.id AND v.id::text IN (n.from_value, n.to_value)))")
        } else {
            self.push(" AND NOT EXISTS (SELECT FROM change_item n WHERE ").of_field("n", past.field);
            self.push(" AND n.issue_id = o.id)")
        }
    }

    /// Adds the test that the list was empty. How many values it had is told from how many it has now, backwards.
    fn had_none(&mut self, i: &str, past: &Past) -> &mut Self {
        let (begun, ended) = split(&past.at);
        let Present::Id(column) = names(past.field).1 else { return self.push("false") };
        let list = columns::id(i, column);
        self.push(format_args!(
            "EXISTS (SELECT FROM (SELECT g.created, g.author, lead(g.created) OVER later AS ended, \
             cardinality({list}) - coalesce(sum(g.added) OVER (later ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS size \
             FROM (SELECT 0 AS id, {i}.created, {i}.creator AS author, 0 AS added UNION ALL \
             SELECT t.group_id, min(t.created), min(t.author), count(t.to_value) - count(t.from_value) FROM change_item t WHERE "
        ));
        self.of_field("t", past.field);
        self.push(format_args!(
            " AND t.issue_id = {i}.id GROUP BY t.group_id) g WINDOW later AS (ORDER BY g.id)) e WHERE e.size = 0"
        ));
        self.within_span("e.created", &begun).done_by("e.author", past);
        self.push(" AND (e.ended IS NULL OR true").within_span("e.ended", &ended).push("))")
    }

    /// Adds the test that a row of `change_item` is of the site and the field.
    fn of_field(&mut self, t: &str, field: PastField) -> &mut Self {
        self.of_site(t).push(format_args!(" AND {t}.field_id = '{}'", names(field).0))
    }

    /// Adds the test that one side of the change `t` is one of the values.
    fn side(&mut self, side: &str, values: &PastValues) -> &mut Self {
        self.push("(false");
        if !values.ids.is_empty() {
            self.push(format_args!(" OR t.{side}_value = ANY(")).bind(values.ids.clone()).push(")");
        }
        if !values.names.is_empty() {
            self.push(format_args!(" OR t.{side}_name = ANY(folded(")).bind(values.names.clone()).push("))");
        }
        if values.empty {
            self.push(format_args!(" OR t.{side}_value IS NULL"));
        }
        self.push(")")
    }

    /// Adds the test that the issue `o` has one of the values.
    fn has_now(&mut self, field: PastField, values: &PastValues) -> &mut Self {
        let (_, present) = names(field);
        let column = match present {
            Present::Id(column) => {
                let name = columns::id("o", column);
                if column.is_plural() {
                    return self.push(format_args!("{name} && ")).bind(numbers(values));
                }
                self.push(format_args!("({name} = ANY(")).bind(numbers(values)).push(")");
                name
            }
            Present::Account(column) => {
                let columns::Place::Value(name) = columns::account("o", column) else { return self.push("false") };
                self.push(format_args!("({name} = ANY(")).bind(values.ids.clone()).push(")");
                name
            }
        };
        if values.empty {
            self.push(format_args!(" OR {column} IS NULL"));
        }
        self.push(")")
    }

    fn within_span(&mut self, value: &str, span: &Span<DateTime<Utc>>) -> &mut Self {
        if *span != (Bound::Unbounded, Bound::Unbounded) {
            self.push(" AND ").span(value, span);
        }
        self
    }

    fn done_by(&mut self, author: &str, past: &Past) -> &mut Self {
        if let Some(by) = &past.by {
            self.push(format_args!(" AND {author} = ANY(")).bind(by.clone()).push(")");
        }
        self
    }
}

/// When a time that overlaps the span may have begun, and when it may have ended: at the end it is over.
fn split(at: &Span<DateTime<Utc>>) -> (Span<DateTime<Utc>>, Span<DateTime<Utc>>) {
    let ended = match at.0 {
        Bound::Included(from) | Bound::Excluded(from) => Bound::Excluded(from),
        Bound::Unbounded => Bound::Unbounded,
    };
    ((Bound::Unbounded, at.1), (ended, Bound::Unbounded))
}

/// Ids of things that issues may have now.
fn numbers(values: &PastValues) -> Vec<i64> {
    values.ids.iter().filter_map(|id| id.parse().ok()).collect()
}
