//! What is wrong with a query, in Jira's own sentences (Q-60 to Q-71).
//!
//! Clients match on these sentences, down to the article that one family of them lacks. Where Jira's sentence for a
//! mistake isn't recorded, the nearest recorded one or Atlassian's query editor lent its words.

use std::ops::Range;

use super::ast::{Operand, Operator};
use super::print::in_sentence;
use super::token::java_escape;

/// Why a text is not a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// The whole sentence Jira answers with.
    pub message: String,
    /// What sort of mistake it is.
    pub kind: SyntaxErrorKind,
    /// The line of the offending text, from 1.
    pub line: usize,
    /// Its first character in that line, from 1, in UTF-16 units as Java counts.
    pub character: usize,
    /// Its bytes; empty at the end of the query.
    pub span: Range<usize>,
}

/// What sort of mistake a [`SyntaxError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// The text doesn't follow the grammar.
    Grammar,
    /// It follows the grammar but nests deeper than this parser goes.
    Nesting,
    /// The text follows the grammar, but an operator got a list where it takes a value or the other way round (Q-5).
    /// A lenient caller may take the query for one that matches nothing (S-27).
    Operand,
}

/// What the parser could have gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Field,
    Operator,
    Operand,
    Connective,
    SortDirection,
    CustomFieldId,
    PropertyKey,
    Argument,
    /// A certain token, named in the quotes that sentences put around it.
    Token(&'static str),
}

impl Expected {
    fn noun(self) -> &'static str {
        match self {
            Self::Field => "a field name",
            Self::Operator => "operator",
            Self::Operand => "either a value, list or function",
            Self::Connective => "either 'OR' or 'AND'",
            Self::SortDirection => "either 'ASC' or 'DESC'",
            Self::CustomFieldId => "a custom field id",
            Self::PropertyKey => "a property id",
            Self::Argument => "a function argument",
            Self::Token(token) => token,
        }
    }
}

const OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
const ESCAPES: &str = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;

impl SyntaxError {
    /// Anything the grammar does not expect; `span` is empty at the end of the query (Q-60 to Q-65, Q-70).
    pub(super) fn unexpected(expected: Expected, source: &str, span: Range<usize>) -> Self {
        if span.is_empty() {
            let sentence = unexpected(expected, None);
            return Self::new(SyntaxErrorKind::Grammar, sentence, source, span);
        }
        let sentence = unexpected(expected, source.get(span.clone()));
        Self::located(&sentence, source, span)
    }

    /// A word to be quoted, wherever it stands (Q-67).
    pub(super) fn reserved_word(source: &str, span: Range<usize>) -> Self {
        let word = source.get(span.clone()).unwrap_or_default();
        let sentence = format!(
            "Error in the JQL Query: '{word}' is a reserved JQL word. You must surround it in quotation marks to use \
             it in a query."
        );
        Self::located(&sentence, source, span)
    }

    /// A character to be quoted or escaped (Q-68).
    pub(super) fn reserved_character(c: char, source: &str, at: usize) -> Self {
        let sentence = format!(
            "Error in the JQL Query: The character '{c}' is a reserved JQL character. You must enclose it in a string \
             or use the escape '{}' instead.",
            java_escape(c)
        );
        Self::located(&sentence, source, at..at + c.len_utf8())
    }

    /// A character to be escaped even between quotes.
    pub(super) fn illegal_character(c: char, source: &str, at: usize) -> Self {
        let sentence = format!(
            "Error in the JQL Query: The character 'U+{:04X}' must be escaped. Use the escape '{}' instead.",
            u32::from(c),
            java_escape(c)
        );
        Self::located(&sentence, source, at..at + c.len_utf8())
    }

    /// A backslash with nothing sensible after it (Q-69).
    pub(super) fn illegal_escape(source: &str, span: Range<usize>) -> Self {
        let sentence = match source.get(span.clone()).map(str::trim_end) {
            None | Some("\\") => {
                format!("Error in the JQL Query: The escape sequence has not been completed. {ESCAPES}")
            }
            Some(got) => format!("Error in the JQL Query: '{got}' is an illegal JQL escape sequence. {ESCAPES}"),
        };
        Self::located(&sentence, source, span)
    }

    /// A quote never closed; `text` is what it holds, `span` what it covers (Q-66).
    pub(super) fn unclosed_quote(text: &str, source: &str, span: Range<usize>) -> Self {
        let sentence = if text.is_empty() {
            "Error in the JQL Query: The quoted string has not been completed.".to_owned()
        } else {
            format!("Error in the JQL Query: The quoted string '{text}' has not been completed.")
        };
        Self::located(&sentence, source, span)
    }

    /// More parentheses and negations inside each other than the parser follows. Jira has no such sentence.
    pub(super) fn too_deep(limit: usize, source: &str, span: Range<usize>) -> Self {
        let sentence = format!("Error in the JQL Query: The query is nested more than {limit} levels deep.");
        Self { kind: SyntaxErrorKind::Nesting, ..Self::located(&sentence, source, span) }
    }

    /// A list for an operator that takes none, or none for one that takes a list (Q-5).
    pub(super) fn operand(
        operator: Operator,
        operand: &Operand,
        field: &str,
        source: &str,
        span: Range<usize>,
    ) -> Self {
        let shape = if operator.takes_list() { "non-list" } else { "list" };
        let message = format!(
            "Operator '{}' does not support the {shape} value '{}' for field '{field}'.",
            operator.as_str(),
            in_sentence(operand)
        );
        Self::new(SyntaxErrorKind::Operand, message, source, span)
    }

    /// A mistake of grammar, its sentence ending in its position.
    fn located(sentence: &str, source: &str, span: Range<usize>) -> Self {
        let mut error = Self::new(SyntaxErrorKind::Grammar, String::new(), source, span);
        error.message = format!("{sentence} (line {}, character {})", error.line, error.character);
        error
    }

    fn new(kind: SyntaxErrorKind, message: String, source: &str, span: Range<usize>) -> Self {
        let before = source.get(..span.start).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            message,
            kind,
            line: before.matches('\n').count() + 1,
            character: before[line_start..].encode_utf16().count() + 1,
            span,
        }
    }
}

/// The sentence for what was expected and what stands there; nothing stands at the end of the query. Sentences about
/// the end carry no position (Q-71).
fn unexpected(expected: Expected, got: Option<&str>) -> String {
    // The family about operands really says "JQL Query" without the article (Q-62, Q-63).
    let article = if expected == Expected::Operand { "" } else { "the " };
    let found = match (expected, got) {
        (Expected::Field, None) => "at the end of the query.".to_owned(),
        (Expected::Field, Some("[")) => "but got '['. Did you mean 'cf['?".to_owned(),
        (Expected::CustomFieldId, _) => "enclosed by '[ ]' after 'cf'.".to_owned(),
        (_, None) => "before the end of the query.".to_owned(),
        (_, Some(got)) => format!("but got '{got}'."),
    };
    let advice = match (expected, got) {
        (Expected::Operator, _) => format!(" {OPERATORS}"),
        (Expected::Field, Some(got)) if got != "[" => surround(got, "field name"),
        (Expected::Operand | Expected::PropertyKey | Expected::Argument, Some(got)) => surround(got, "value"),
        _ => String::new(),
    };
    format!("Error in {article}JQL Query: Expecting {} {found}{advice}", expected.noun())
}

fn surround(got: &str, as_what: &str) -> String {
    format!(" You must surround '{got}' in quotation marks to use it as a {as_what}.")
}
