//! Tree to canonical JQL: upper-case keywords, quotes and parentheses only where they are needed.
//!
//! What is printed parses to an equal tree, provided the tree is one the parser could have made: no empty list, no
//! `AND` or `OR` of fewer than two clauses, digits only in a number.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{
    Clause, Field, FieldKind, Function, List, Operand, Predicate, Property, Query, Sort, Terminal, Value,
};
use super::token::{is_bare, is_illegal, is_number, java_escape};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(clause) = &self.where_clause {
            clause.fmt(f)?;
        }
        if self.order_by.is_empty() {
            return Ok(());
        }
        f.write_str(if self.where_clause.is_some() { " ORDER BY " } else { "ORDER BY " })?;
        join(f, &self.order_by, ", ")
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(clauses) => chain(f, clauses, " AND ", Self::is_compound),
            Self::Or(clauses) => chain(f, clauses, " OR ", |clause| matches!(clause, Self::Or(_))),
            Self::Not(clause) => {
                f.write_str("NOT ")?;
                parenthesised(f, clause, clause.is_compound())
            }
            Self::Terminal(terminal) => terminal.fmt(f),
        }
    }
}

impl Clause {
    fn is_compound(&self) -> bool {
        matches!(self, Self::And(_) | Self::Or(_))
    }
}

impl Display for Terminal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.operator.as_str().to_ascii_uppercase())?;
        if let Some(operand) = &self.operand {
            write!(f, " {operand}")?;
        }
        self.predicates.iter().try_for_each(|predicate| write!(f, " {predicate}"))
    }
}

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operator.as_str().to_ascii_uppercase(), self.operand)
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        match self.direction {
            Some(direction) => write!(f, " {}", direction.as_str().to_ascii_uppercase()),
            None => Ok(()),
        }
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.kind {
            FieldKind::Name => text(f, &self.name)?,
            FieldKind::CustomFieldId(id) => write!(f, "cf[{id}]")?,
        }
        self.properties.iter().try_for_each(|property| property.fmt(f))
    }
}

impl Field {
    /// The name with its properties, without quotes and escapes: `issue.property[spaces here].value` (S-51).
    pub fn full_name(&self) -> String {
        let mut name = self.name.clone();
        for Property { key, path } in &self.properties {
            name.extend(["[", key, "]"]);
            if let Some(path) = path {
                name.extend([".", path]);
            }
        }
        name
    }
}

impl Display for Property {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        text(f, &self.key)?;
        f.write_char(']')?;
        match &self.path {
            Some(path) => text(f, &format!(".{path}")),
            None => Ok(()),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::List(list) => list.fmt(f),
            Self::Function(function) => function.fmt(f),
            Self::Empty => f.write_str("EMPTY"),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // A number and a text of the same digits are different values.
        if !self.number && is_number(&self.text) { quoted(f, &self.text) } else { text(f, &self.text) }
    }
}

impl Display for List {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('(')?;
        join(f, &self.items, ", ")?;
        f.write_char(')')
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        text(f, &self.name)?;
        f.write_char('(')?;
        join(f, &self.args, ", ")?;
        f.write_char(')')
    }
}

/// An operand as Jira's sentences quote it: a text always in quotation marks (Q-5).
pub(super) fn in_sentence(operand: &Operand) -> String {
    match operand {
        Operand::Value(value) if !value.number => format!("\"{}\"", value.text),
        Operand::List(list) => {
            let items: Vec<_> = list.items.iter().map(in_sentence).collect();
            format!("({})", items.join(", "))
        }
        other => other.to_string(),
    }
}

fn chain(f: &mut Formatter<'_>, clauses: &[Clause], connective: &str, looser: fn(&Clause) -> bool) -> fmt::Result {
    for (i, clause) in clauses.iter().enumerate() {
        if i > 0 {
            f.write_str(connective)?;
        }
        parenthesised(f, clause, looser(clause))?;
    }
    Ok(())
}

fn parenthesised(f: &mut Formatter<'_>, clause: &Clause, needed: bool) -> fmt::Result {
    if needed { write!(f, "({clause})") } else { clause.fmt(f) }
}

fn join(f: &mut Formatter<'_>, items: &[impl Display], separator: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

fn text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    if is_bare(text) { f.write_str(text) } else { quoted(f, text) }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if is_illegal(c) => f.write_str(&java_escape(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
