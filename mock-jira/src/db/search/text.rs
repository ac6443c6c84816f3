//! Full-text search as SQL.

use super::Statement;
use crate::domain::jql::resolve::{Readable, TextColumn, TextQuery};

/// Under which weight `issue.search_text` keeps custom fields; see `db::issues` for all four.
const CUSTOM: &str = "D";

impl Statement<'_> {
    pub(super) fn text(&mut self, i: &str, column: TextColumn, text: &TextQuery) {
        let weight = match column {
            TextColumn::Summary => "A",
            TextColumn::Description => "B",
            TextColumn::Environment => "C",
        };
        self.push(format_args!("{i}.search_text @@ ")).tsquery(text, weight);
    }

    pub(super) fn anywhere(&mut self, i: &str, text: &TextQuery, readable: &Readable) {
        // A union, because an OR of both could use neither index.
        self.push(format_args!("{i}.id IN (SELECT t.id FROM issue t WHERE ")).of_site("t");
        self.push(" AND t.search_text @@ ").tsquery(text, "").push(" UNION ALL ");
        self.commented(Some(text), readable);
        self.push(")");
    }

    /// Adds a query for the issues with comments that the caller may read (J-93).
    pub(super) fn commented(&mut self, text: Option<&TextQuery>, readable: &Readable) {
        self.push("SELECT c.issue_id FROM comment c WHERE ").of_site("c");
        if let Some(text) = text {
            self.push(" AND c.search_text @@ ").tsquery(text, "");
        }
        self.push(" AND ").readable(readable);
    }

    /// Adds the test that the caller may read the comment `c` (J-93).
    pub(super) fn readable(&mut self, readable: &Readable) {
        self.push("(c.visibility_type IS NULL");
        if !readable.groups.is_empty() {
            self.push(" OR c.visibility_type = 'group' AND c.visibility_id = ANY(");
            self.bind(readable.groups.clone()).push(")");
        }
        if !readable.roles.is_empty() {
            let (projects, roles): (Vec<i64>, Vec<String>) =
                readable.roles.iter().map(|(project, role)| (*project, role.to_string())).unzip();
            self.push(" OR c.visibility_type = 'role' AND EXISTS (SELECT FROM issue o JOIN unnest(");
            self.bind(projects).push(", ").bind(roles);
            self.push(") AS plays (project_id, role_id) USING (project_id) WHERE ").of_site("o");
            self.push(" AND o.id = c.issue_id AND plays.role_id = c.visibility_id)");
        }
        self.push(")");
    }

    /// `search_text` has all custom fields as one: it narrows, and the field's own `value` decides.
    pub(super) fn custom_text(&mut self, i: &str, value: &str, query: &TextQuery, rich: bool) {
        self.push("(");
        if !excludes(query) {
            self.push(format_args!("{i}.search_text @@ ")).tsquery(query, CUSTOM).push(" AND ");
        }
        if rich {
            // Documents are stored as text; what is no document has no words.
            self.push(format_args!(
                "CASE WHEN {value} LIKE '{{%' THEN jsonb_to_tsvector('english', \
                 jsonb_path_query_array({value}::jsonb, '$.**.text'), '[\"string\"]') END"
            ));
        } else {
            self.push(format_args!("to_tsvector('english', {value})"));
        }
        self.push(" @@ ").tsquery(query, "").push(")");
    }

    /// Adds a text query: for the parts of `search_text` of a weight, or without one for all.
    pub(super) fn tsquery(&mut self, text: &TextQuery, weight: &str) -> &mut Self {
        let query = tsquery(text, weight);
        self.push("to_tsquery('english', ").bind(query).push(")")
    }
}

/// A query in PostgreSQL's language, each word quoted, so that nothing in it is an operator.
fn tsquery(text: &TextQuery, weight: &str) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "''");
    let joined = |parts: &[TextQuery], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| tsquery(part, weight)).collect();
        format!("({})", parts.join(word))
    };
    match text {
        // Several words between quotes are a phrase.
        TextQuery::Word(text) | TextQuery::Phrase(text) => format!("'{}':{weight}", quoted(text)),
        TextQuery::Prefix(text) => format!("'{}':*{weight}", quoted(text)),
        TextQuery::All(parts) => joined(parts, " & "),
        TextQuery::Any(parts) => joined(parts, " | "),
        TextQuery::Not(inner) => format!("!({})", tsquery(inner, weight)),
    }
}

/// Whether something must not be there: what one field lacks, another may have.
fn excludes(text: &TextQuery) -> bool {
    match text {
        TextQuery::Not(_) => true,
        TextQuery::All(parts) | TextQuery::Any(parts) => parts.iter().any(excludes),
        TextQuery::Word(_) | TextQuery::Prefix(_) | TextQuery::Phrase(_) => false,
    }
}
