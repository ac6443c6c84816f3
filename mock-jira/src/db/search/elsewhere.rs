//! Conditions on what other tables hold of an issue, as SQL.

use super::Statement;
use crate::domain::jql::resolve::{Elsewhere, Owner, PropertyTest, Readable, Span};
use serde_json::{Value, json};
use sqlx::{Encode, Postgres, Type};
use std::ops::Bound;

impl Statement<'_> {
    pub(super) fn elsewhere(&mut self, i: &str, elsewhere: &Elsewhere) {
        if let Elsewhere::Property { owner, key, path, test, readable, only } = elsewhere {
            return self.property(i, *owner, (key, path), test, (readable, only.as_deref()));
        }
        self.push(format_args!("{i}.id IN ("));
        match elsewhere {
            Elsewhere::Worklog { authors, started, readable } => {
                self.push("SELECT c.issue_id FROM worklog c WHERE ").of_site("c");
                if let Some(authors) = authors {
                    self.push(" AND c.author = ANY(").bind(authors.clone()).push(")");
                }
                self.and_span("c.started", started);
                self.push(" AND ").readable(readable);
            }
            Elsewhere::View(account_id, span) => {
                self.push("SELECT v.issue_id FROM issue_view v WHERE ").of_site("v");
                self.push(" AND v.account_id = ").bind(account_id.clone());
                self.and_span("v.viewed", span);
            }
            Elsewhere::RecentView(account_id, most) => {
                self.push("SELECT v.issue_id FROM issue_view v WHERE ").of_site("v");
                self.push(" AND v.account_id = ").bind(account_id.clone());
                self.push(" ORDER BY v.viewed DESC, v.issue_id DESC LIMIT ").bind(*most);
            }
            Elsewhere::Activity { accounts, at, readable } => {
                let parts = [
                    ("SELECT c.id FROM issue c", "creator", "created"),
                    ("SELECT c.issue_id FROM change_group c", "author", "created"),
                    ("SELECT c.issue_id FROM comment c", "author", "created"),
                    ("SELECT c.issue_id FROM comment c", "update_author", "updated"),
                ];
                for (place, (select, who, when)) in parts.into_iter().enumerate() {
                    self.push(if place > 0 { " UNION ALL " } else { "" });
                    self.push(format_args!("{select} WHERE ")).of_site("c");
                    self.push(format_args!(" AND c.{who} = ANY(")).bind(accounts.clone()).push(")");
                    self.and_span(&format!("c.{when}"), at);
                    if place > 1 {
                        self.push(" AND ").readable(readable);
                    }
                }
            }
            Elsewhere::RemoteLink(global_ids) => {
                self.push("SELECT l.issue_id FROM remote_link l WHERE ").of_site("l");
                self.push(" AND l.global_id = ANY(").bind(global_ids.clone()).push(")");
            }
            Elsewhere::Property { .. } => {}
        }
        self.push(")");
    }

    fn property(
        &mut self,
        i: &str,
        owner: Owner,
        at: (&str, &[String]),
        test: &PropertyTest,
        (readable, only): (&Readable, Option<&str>),
    ) {
        let kind = match owner {
            Owner::Issue => "issue",
            Owner::Project => "project",
            Owner::Comment => "comment",
            Owner::User => "user",
        };
        // CASE, because the ids of other owners are no numbers, and nothing promises which test comes first.
        let id = format!("CASE WHEN p.owner = '{kind}' THEN p.owner_id::bigint END");
        match owner {
            Owner::Issue => self.push(format_args!("{i}.id IN (SELECT {id} FROM property p WHERE ")),
            Owner::Project => self.push(format_args!("{i}.project_id IN (SELECT {id} FROM property p WHERE ")),
            Owner::Comment => {
                self.push(format_args!(
                    "{i}.id IN (SELECT c.issue_id FROM property p JOIN comment c ON c.id = {id} WHERE "
                ));
                self.of_site("c").push(" AND ").readable(readable);
                self.push(" AND ")
            }
            // Few have the property; their issues are looked up in an index of each column.
            Owner::User => self.push(format_args!("{i}.id IN (WITH u AS (SELECT p.owner_id FROM property p WHERE ")),
        };
        if let Some(account_id) = only {
            self.push("p.owner_id = ").bind(account_id.to_owned()).push(" AND ");
        }
        let (key, path) = at;
        self.of_site("p").push(" AND p.owner = ").bind(kind).push(" AND p.key = ").bind(key.to_owned());
        // Lists stand for their elements, at every level.
        self.push(" AND EXISTS (SELECT FROM jsonb_path_query(p.value::jsonb, ").bind(json_path(path));
        self.push("::jsonpath) AS found (value) WHERE found.value <> 'null'");
        match test {
            PropertyTest::Exists => {}
            PropertyTest::Is(texts) => {
                let numbers = texts.iter().filter_map(|text| text.trim().parse::<f64>().ok());
                let numbers: Vec<Value> = numbers.map(|number| json!(number)).filter(|n| !n.is_null()).collect();
                self.push(" AND (found.value #>> '{}' = ANY(").bind(texts.clone());
                self.push(") OR found.value = ANY(").bind(numbers).push("))");
            }
            PropertyTest::Number(span) => {
                // CASE, because nothing promises that AND is tested from left to right.
                let number = "CASE WHEN jsonb_typeof(found.value) = 'number' THEN found.value::float8 END";
                self.and_span(number, span);
            }
            PropertyTest::Time(span) => {
                let text = "CASE WHEN jsonb_typeof(found.value) = 'string' THEN found.value #>> '{}' END COLLATE \"C\"";
                self.and_span(text, span);
            }
            PropertyTest::Text(query) => {
                self.push(" AND ").has("words(found.value #>> '{}')", query, "");
            }
        }
        if owner == Owner::User {
            self.push("))");
            for (place, column) in ["assignee", "reporter", "creator"].into_iter().enumerate() {
                self.push(if place > 0 { " UNION ALL " } else { " " });
                self.push(format_args!("SELECT t.id FROM issue t JOIN u ON u.owner_id = t.{column} WHERE "))
                    .of_site("t");
            }
            self.push(")");
            return;
        }
        self.push("))");
    }

    /// Adds `AND` and the test that a value is within a span, unless any is.
    fn and_span<T>(&mut self, value: &str, span: &Span<T>)
    where
        T: for<'t> Encode<'t, Postgres> + Type<Postgres> + Clone + PartialEq + 'static,
    {
        if !matches!(span, (Bound::Unbounded, Bound::Unbounded)) {
            self.push(" AND ").span(value, span);
        }
    }
}

/// The elements at the end of a path, in PostgreSQL's language for paths; names are quoted as in JSON.
fn json_path(path: &[String]) -> String {
    let mut text = "$".to_owned();
    for name in path {
        text.push('.');
        text.push_str(&Value::from(name.as_str()).to_string());
    }
    text.push_str("[*]");
    text
}
