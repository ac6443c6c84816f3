//! JQL, Jira's query language: text to tree and back.
//!
//! [`parse`] gives a [`Query`] whose nodes remember where they came from; it knows nothing of the fields, users or
//! functions of a site. What a query means in one is found by [`resolve`], and compiled to SQL by `db::search`. A tree
//! prints as canonical JQL through [`std::fmt::Display`], and as Jira's own JSON through [`structure`].
//!
//! The grammar is facts, the error sentences.

mod ast;
mod error;
mod lex;
mod parse;
mod print;
pub mod resolve;
mod structure;
mod token;

#[cfg(test)]
mod tests;

pub use ast::{
    Clause, Direction, Field, FieldKind, Function, List, Operand, Operator, Origin, Predicate, PredicateOperator,
    Property, Query, Sort, Terminal, Value,
};
pub use error::{SyntaxError, SyntaxErrorKind};
pub use parse::{is_unbounded, parse};
pub use structure::structure;
pub use token::reserved_words;
