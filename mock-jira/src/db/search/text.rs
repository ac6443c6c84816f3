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
        self.has(&format!("{i}.search_text"), text, weight);
    }

    pub(super) fn anywhere(&mut self, i: &str, text: &TextQuery, readable: &Readable) {
        // A union, because an OR of both could use neither index.
        self.push(format_args!("{i}.id IN (SELECT t.id FROM issue t WHERE ")).of_site("t");
        self.push(" AND ").has("t.search_text", text, "").push(" UNION ALL ");
        self.commented(Some(text), readable);
        self.push(")");
    }

    /// Adds a query for the issues with comments that the caller may read (J-93).
    pub(super) fn commented(&mut self, text: Option<&TextQuery>, readable: &Readable) {
        self.push("SELECT c.issue_id FROM comment c WHERE ").of_site("c");
        if let Some(text) = text {
            self.push(" AND ").has("c.search_text", text, "");
        }
        self.push(" AND ").readable(readable);
    }

    /// Adds a query for the issues with worklogs that the caller may read and that have a comment.
    pub(super) fn worked(&mut self, text: Option<&TextQuery>, readable: &Readable) {
        self.push("SELECT c.issue_id FROM worklog c WHERE ").of_site("c");
        match text {
            Some(text) => self.push(" AND ").has("c.search_text", text, ""),
            // Which may be of stop words alone.
            None => self.push(" AND btrim(document_text(c.comment)) <> ''"),
        };
        self.push(" AND ").readable(readable);
    }

    /// Adds the test that the caller may read the comment or worklog `c` (J-93).
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
            self.has(&format!("{i}.search_text"), query, CUSTOM).push(" AND ");
        }
        let words = if rich {
            // Documents are stored as text; what is no document has no words.
            format!("CASE WHEN {value} LIKE '{{%' THEN words(document_text({value}::json)) END")
        } else {
            format!("words({value})")
        };
        self.has(&words, query, "").push(")");
    }

    /// Adds the test that a vector has the text, in its parts of a weight, or without one in all. What wildcards stand
    /// for is tested word by word, once an index has found what begins so.
    pub(super) fn has(&mut self, vector: &str, text: &TextQuery, weight: &str) -> &mut Self {
        if !has_pattern(text) {
            return self.push(format_args!("{vector} @@ ")).tsquery(text, weight);
        }
        self.push("(");
        if !excludes(text) {
            self.push(format_args!("{vector} @@ ")).tsquery(text, weight).push(" AND ");
        }
        self.patterns(vector, text, weight);
        self.push(")")
    }

    fn patterns(&mut self, vector: &str, text: &TextQuery, weight: &str) {
        match text {
            TextQuery::Pattern(pattern) => {
                self.push(format_args!("EXISTS (SELECT FROM unnest({vector}) w WHERE w.lexeme LIKE "))
                    .bind(like(pattern));
                if !weight.is_empty() {
                    self.push(format_args!(" AND '{weight}' = ANY(w.weights)"));
                }
                self.push(")");
            }
            TextQuery::All(parts) => {
                // Words apart from patterns are one query, in which stop words don't count.
                let (patterns, words): (Vec<TextQuery>, Vec<TextQuery>) = parts.iter().cloned().partition(has_pattern);
                self.joined(&patterns, " AND ", |sql, part| sql.patterns(vector, part, weight));
                if !words.is_empty() {
                    let words = TextQuery::All(words);
                    self.push(" AND (numnode(").tsquery(&words, weight).push(format_args!(") = 0 OR {vector} @@ "));
                    self.tsquery(&words, weight).push(")");
                }
            }
            TextQuery::Any(parts) => self.joined(parts, " OR ", |sql, part| sql.patterns(vector, part, weight)),
            TextQuery::Not(inner) => {
                self.push("NOT (");
                self.patterns(vector, inner, weight);
                self.push(")");
            }
            TextQuery::Word(_) | TextQuery::Prefix(_) | TextQuery::Phrase(_) => {
                self.push(format_args!("{vector} @@ ")).tsquery(text, weight);
            }
        }
    }

    /// Adds a text query: for the parts of `search_text` of a weight, or without one for all. Patterns are only what
    /// they begin with.
    pub(super) fn tsquery(&mut self, text: &TextQuery, weight: &str) -> &mut Self {
        match text {
            text if !has_wildcard(text) => {
                self.push("to_tsquery('english', ").bind(words(text, weight)).push(")");
            }
            // The index has stems; a beginning may be longer than its word's, or none.
            TextQuery::Prefix(beginning) => {
                let beginning = format!("{}:*{weight}", quoted(beginning));
                self.push("(to_tsquery('english', ").bind(beginning.clone());
                self.push(") || to_tsquery('simple', ").bind(beginning).push("))");
            }
            TextQuery::Pattern(pattern) => {
                let beginning = pattern.split(['*', '?']).next().unwrap_or_default();
                self.push("to_tsquery('simple', ").bind(format!("{}:*{weight}", quoted(beginning))).push(")");
            }
            TextQuery::All(parts) => self.apart(parts, TextQuery::All, " && ", weight),
            TextQuery::Any(parts) => self.apart(parts, TextQuery::Any, " || ", weight),
            TextQuery::Not(inner) => {
                self.push("!!(").tsquery(inner, weight).push(")");
            }
            TextQuery::Word(_) | TextQuery::Phrase(_) => {}
        }
        self
    }

    /// Adds the parts with wildcards one by one, and the others, which may be many, as one.
    fn apart(&mut self, parts: &[TextQuery], join: fn(Vec<TextQuery>) -> TextQuery, operator: &str, weight: &str) {
        let (mut apart, words): (Vec<TextQuery>, Vec<TextQuery>) = parts.iter().cloned().partition(has_wildcard);
        if !words.is_empty() {
            apart.push(join(words));
        }
        self.joined(&apart, operator, |sql, part| {
            sql.tsquery(part, weight);
        });
    }
}

/// Words and phrases in PostgreSQL's language, each quoted, so that nothing in it is an operator.
fn words(text: &TextQuery, weight: &str) -> String {
    let joined = |parts: &[TextQuery], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| words(part, weight)).collect();
        format!("({})", parts.join(word))
    };
    match text {
        // Several words between quotes are a phrase.
        TextQuery::Word(text) | TextQuery::Phrase(text) => format!("{}:{weight}", quoted(text)),
        TextQuery::Prefix(text) | TextQuery::Pattern(text) => format!("{}:*{weight}", quoted(text)),
        TextQuery::All(parts) => joined(parts, " & "),
        TextQuery::Any(parts) => joined(parts, " | "),
        TextQuery::Not(inner) => format!("!({})", words(inner, weight)),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A pattern in SQL's language, in lower case as all words of an index are.
fn like(pattern: &str) -> String {
    let escaped = pattern.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    escaped.replace('*', "%").replace('?', "_")
}

/// Whether something must not be there: what one field lacks, another may have.
fn excludes(text: &TextQuery) -> bool {
    contains(text, &|text| matches!(text, TextQuery::Not(_)))
}

fn has_pattern(text: &TextQuery) -> bool {
    contains(text, &|text| matches!(text, TextQuery::Pattern(_)))
}

fn has_wildcard(text: &TextQuery) -> bool {
    contains(text, &|text| matches!(text, TextQuery::Prefix(_) | TextQuery::Pattern(_)))
}

fn contains(text: &TextQuery, so: &dyn Fn(&TextQuery) -> bool) -> bool {
    so(text)
        || match text {
            TextQuery::All(parts) | TextQuery::Any(parts) => parts.iter().any(|part| contains(part, so)),
            TextQuery::Not(inner) => contains(inner, so),
            _ => false,
        }
}
