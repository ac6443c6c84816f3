//! Jira expressions: the language that apps and workflows ask Jira questions in.
//!
//! [`parse`] makes a tree, [`eval`] gives it a value, [`check`] and [`complexity`] tell about it without one.
//! What issues, users and the like are is a table ([`schema`]); where their data come from is up to a [`world::World`].
//! A world that lacks something says so, and the evaluation is run again when it is there: so the language needs
//! neither a database nor to wait.

pub mod ast;
pub mod check;
pub mod complexity;
mod conversions;
mod dates;
pub mod eval;
mod lists;
pub mod parse;
pub mod schema;
mod texts;
mod token;
pub mod types;
pub mod value;
pub mod world;

#[cfg(test)]
mod tests;

pub use conversions::{text_of, to_json};
pub use parse::parse;

/// Most characters of an expression.
const MAX_CHARACTERS: usize = 1000;

/// Most leaves of an expression's tree: names and literals.
const MAX_LEAVES: usize = 100;

/// Deepest nesting of an expression that is evaluated.
pub const MAX_LEVELS: usize = 100;

/// Something that can't be read as an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What was expected, and what was there.
    pub message: String,
}

impl SyntaxError {
    fn at(source: &str, offset: usize, message: String) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, message }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}:\n{}", self.line, self.column, self.message)
    }
}

/// What is too long or too large about an expression, and its tree, if it has one.
pub fn oversize(source: &str, node: Option<&ast::Node>) -> Vec<String> {
    let characters = source.chars().count();
    let leaves = node.map_or(0, ast::Node::leaves);
    let levels = node.map_or(0, |node| node.depth);
    let mut said = Vec::new();
    if characters > MAX_CHARACTERS {
        said.push(format!("Jira expression is too long ({characters}), limit: {MAX_CHARACTERS} characters"));
    }
    if leaves > MAX_LEAVES {
        said.push(format!("Jira expression has too many nodes ({leaves}), limit: {MAX_LEAVES} leaves"));
    } else if levels > MAX_LEVELS {
        said.push(format!("Jira expression is nested too deeply ({levels}), limit: {MAX_LEVELS} levels"));
    }
    said
}
