//! Conditions on the past of issues as SQL.
//!
//! An issue keeps all values that it ever had in `past`: whether it had one is looked up there. When it had it and who
//! brought it is told by its changes. A value lasts from one change of its field to the next; the one before the first
//! change lasts from the issue's creation.

use super::{Statement, columns};
use crate::{
    db::Read,
    domain::jql::resolve::{AccountColumn, Column, Condition, IdColumn, Past, PastField, PastTest, PastValues, Span},
};
use chrono::{DateTime, Utc};
use std::ops::Bound;

/// Names that things had in changes: the field, the name as it is asked for, and the thing's id.
pub(super) type FormerNames = Vec<(String, String, String)>;

/// What the names in a condition once meant.
pub(super) async fn former_names(db: &mut Read, condition: &Condition) -> sqlx::Result<FormerNames> {
    let mut wanted = Vec::new();
    names_in(condition, &mut wanted);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let (fields, names): (Vec<String>, Vec<String>) = wanted.into_iter().unzip();
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT p.field_id, wanted.name AS "name!", p.value FROM past_name p
         JOIN unnest($2::text[], $3::text[]) AS wanted (field_id, name) ON wanted.field_id = p.field_id AND lower(wanted.name) = p.name
         WHERE p.site_id = $1"#,
        site_id,
        &fields,
        &names
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.field_id, row.name, row.value)).collect())
}

fn names_in(condition: &Condition, names: &mut Vec<(String, String)>) {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().for_each(|inner| names_in(inner, names)),
        Condition::Not(inner) | Condition::Parent(inner) => names_in(inner, names),
        Condition::Past(past) => {
            let all = match &past.test {
                PastTest::Was(values) => vec![values],
                PastTest::Changed(from, to) => from.iter().chain(to).collect(),
            };
            let all = all.into_iter().flat_map(|values| &values.names);
            names.extend(all.map(|name| (id_of(past.field).to_owned(), name.clone())));
        }
        _ => {}
    }
}

/// How a field is called in `change_item`.
fn id_of(field: PastField) -> &'static str {
    match field {
        PastField::Assignee => "assignee",
        PastField::FixVersion => "fixVersions",
        PastField::Priority => "priority",
        PastField::Reporter => "reporter",
        PastField::Resolution => "resolution",
        PastField::Status => "status",
    }
}

/// Where an issue has its present value.
fn column_of(field: PastField) -> Column {
    match field {
        PastField::Assignee => Column::Account(AccountColumn::Assignee),
        PastField::FixVersion => Column::Id(IdColumn::FixVersions),
        PastField::Priority => Column::Id(IdColumn::Priority),
        PastField::Reporter => Column::Account(AccountColumn::Reporter),
        PastField::Resolution => Column::Id(IdColumn::Resolution),
        PastField::Status => Column::Id(IdColumn::Status),
    }
}

/// Values by id, in two parts.
struct Sought {
    /// Those that count by whatever name.
    ids: Vec<String>,
    /// Those that count only in changes that call them by one of the names.
    once_called: Vec<String>,
    names: Vec<String>,
    empty: bool,
}

impl Statement<'_> {
    /// Adds the test that an issue has such a past.
    pub(super) fn past(&mut self, i: &str, past: &Past) {
        match &past.test {
            PastTest::Changed(from, to) => {
                self.push(format_args!("{i}.id IN (SELECT t.issue_id FROM change_item t WHERE "));
                self.of_field("t", past.field);
                for (side, values) in from.iter().map(|v| ("from", v)).chain(to.iter().map(|v| ("to", v))) {
                    let sought = self.sought(past.field, values);
                    self.push(" AND ").side(side, &sought);
                }
                self.within_span("t.created", &past.at).done_by("t.author", past).push(")");
            }
            PastTest::Was(values) => self.was(i, past, values),
        }
    }

    fn was(&mut self, i: &str, past: &Past, values: &PastValues) {
        let sought = self.sought(past.field, values);
        let keys = |ids: &[String], empty: bool| -> Vec<String> {
            let field = id_of(past.field);
            ids.iter().map(|id| format!("{field}:{id}")).chain(empty.then(|| format!("{field}:"))).collect()
        };
        let (lasting, once_called) = (keys(&sought.ids, sought.empty), keys(&sought.once_called, false));
        // One version less is not none.
        let of_changes = Sought { empty: sought.empty && !past.field.is_plural(), ..sought };
        if past.at == (Bound::Unbounded, Bound::Unbounded) && past.by.is_none() {
            self.push(format_args!("({i}.past && ")).bind(lasting);
            if !once_called.is_empty() {
                self.push(format_args!(" OR {i}.past && ")).bind(once_called).push(" AND (");
                self.changes(i, past.field).push(" AND ").side("from", &of_changes).push(" LIMIT 1) OR ");
                self.changes(i, past.field).push(" AND ").side("to", &of_changes).push(" LIMIT 1))");
            }
            self.push(")");
            return;
        }
        self.push(format_args!("({i}.past && ")).bind([lasting, once_called].concat());
        // Nothing was before the issue.
        self.within_span(&format!("{i}.created"), &split(&past.at).0).push(" AND (").since_change(i, past, &of_changes);
        self.push(" OR ").before_first_change(i, past, &of_changes);
        self.push(" OR ").unchanged(i, past, &of_changes);
        if past.field.is_plural() && values.empty {
            self.push(" OR ").had_none(i, past);
        }
        self.push("))");
    }

    fn since_change(&mut self, i: &str, past: &Past, sought: &Sought) {
        let (begun, ended) = split(&past.at);
        self.changes(i, past.field).push(" AND ").side("to", sought);
        self.within_span("t.created", &begun).done_by("t.author", past);
        if ended != (Bound::Unbounded, Bound::Unbounded) {
            self.push(" AND NOT EXISTS (SELECT FROM (SELECT n.created FROM change_item n WHERE ");
            self.of_field("n", past.field).push(" AND n.issue_id = t.issue_id AND n.group_id > t.group_id");
            if past.field.is_plural() {
                self.push(" AND n.from_value = t.to_value");
            }
            // The next change, unless it was late enough.
            self.push(" ORDER BY n.group_id LIMIT 1) e WHERE NOT (true").within_span("e.created", &ended).push("))");
        }
        self.push(" LIMIT 1)");
    }

    fn before_first_change(&mut self, i: &str, past: &Past, sought: &Sought) {
        let (begun, ended) = split(&past.at);
        self.changes(i, past.field).push(" AND ").side("from", sought);
        self.within_span(&format!("{i}.created"), &begun).within_span("t.created", &ended);
        self.done_by(&format!("{i}.creator"), past);
        self.push(" AND NOT EXISTS (SELECT FROM change_item n WHERE ").of_field("n", past.field);
        self.push(" AND n.issue_id = t.issue_id AND n.group_id < t.group_id");
        if past.field.is_plural() {
            self.push(" AND n.to_value = t.from_value");
        }
        self.push(") LIMIT 1)");
    }

    fn unchanged(&mut self, i: &str, past: &Past, sought: &Sought) {
        let (begun, _) = split(&past.at);
        self.push("(true").within_span(&format!("{i}.created"), &begun).done_by(&format!("{i}.creator"), past);
        let numbers: Vec<i64> = sought.ids.iter().filter_map(|id| id.parse().ok()).collect();
        match columns::place(i, column_of(past.field)) {
            columns::Place::List(list) => {
                self.push(format_args!(" AND (SELECT true FROM unnest({list}) v (id) WHERE v.id = ANY(")).bind(numbers);
                self.push(") AND NOT EXISTS (SELECT FROM change_item t WHERE ").of_field("t", past.field);
                self.push(format_args!(
                    " AND t.issue_id = {i}.id AND v.id::text IN (t.from_value, t.to_value)) LIMIT 1)"
                ));
            }
            columns::Place::Value(value) => {
                self.push(format_args!(" AND ({value} = ANY("));
                match past.field {
                    PastField::Assignee | PastField::Reporter => self.bind(sought.ids.clone()),
                    _ => self.bind(numbers),
                };
                self.push(")");
                if sought.empty {
                    self.push(format_args!(" OR {value} IS NULL"));
                }
                self.push(") AND ").changes(i, past.field).push(" LIMIT 1) IS NULL");
            }
            columns::Place::Rows(_) => {}
        }
        self.push(")");
    }

    /// Adds the test that the list was empty. How many values it had is told from how many it has now, backwards.
    fn had_none(&mut self, i: &str, past: &Past) {
        let (begun, ended) = split(&past.at);
        self.push(format_args!(
            "(SELECT true FROM (SELECT g.created, g.author, lead(g.created) OVER later AS ended, \
             cardinality({i}.fix_version_ids) \
             - coalesce(sum(g.added) OVER (later ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS size \
             FROM (SELECT 0 AS id, {i}.created, {i}.creator AS author, 0 AS added UNION ALL \
             SELECT t.group_id, min(t.created), min(t.author), count(t.to_value) - count(t.from_value) \
             FROM change_item t WHERE "
        ));
        self.of_field("t", past.field).push(format_args!(
            " AND t.issue_id = {i}.id GROUP BY t.group_id) g WINDOW later AS (ORDER BY g.id)) e WHERE e.size = 0"
        ));
        self.within_span("e.created", &begun).done_by("e.author", past);
        self.push(" AND (e.ended IS NULL OR true").within_span("e.ended", &ended).push(") LIMIT 1)");
    }

    /// Opens a query for a change of an issue's field. It is asked of each issue that comes so far, and not made a set
    /// of all changes, which `EXISTS` might be.
    fn changes(&mut self, i: &str, field: PastField) -> &mut Self {
        self.push("(SELECT true FROM change_item t WHERE ").of_field("t", field);
        self.push(format_args!(" AND t.issue_id = {i}.id"))
    }

    /// Adds the test that a row of `change_item` is of the site and the field.
    fn of_field(&mut self, t: &str, field: PastField) -> &mut Self {
        self.of_site(t).push(format_args!(" AND {t}.field_id = '{}'", id_of(field)))
    }

    /// Adds the test that one side of the change `t` is one of the values.
    fn side(&mut self, side: &str, sought: &Sought) -> &mut Self {
        self.push(format_args!("(t.{side}_value = ANY(")).bind(sought.ids.clone()).push(")");
        if !sought.once_called.is_empty() {
            self.push(format_args!(" OR t.{side}_value = ANY(")).bind(sought.once_called.clone());
            self.push(format_args!(") AND lower(t.{side}_string) = ANY(folded(")).bind(sought.names.clone()).push("))");
        }
        if sought.empty {
            self.push(format_args!(" OR t.{side}_value IS NULL"));
        }
        self.push(")")
    }

    fn sought(&self, field: PastField, values: &PastValues) -> Sought {
        let once = self
            .former_names
            .iter()
            .filter(|(of, name, id)| of == id_of(field) && values.names.contains(name) && !values.ids.contains(id));
        Sought {
            ids: values.ids.clone(),
            once_called: once.map(|(_, _, id)| id.clone()).collect(),
            names: values.names.clone(),
            empty: values.empty,
        }
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
