//! One tree, however it is typed: case, signs for words, quotes, escapes, blanks and needless parentheses change nothing.

use super::{
    super::{Clause, Field, FieldKind, Operand, Predicate, Query, Terminal, Value, parse, token},
    round_trip::query,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_typed_in_any_way_parses_to_the_same_tree(query in query(), whims in prop::collection::vec(any::<u8>(), 1..64)) {
        let mut typist = Typist { whims, at: 0, text: String::new() };
        typist.query(&query);
        prop_assert_eq!(parse(&typist.text), Ok(query), "{}", typist.text);
    }
}

/// Types queries as the whim takes it.
struct Typist {
    whims: Vec<u8>,
    at: usize,
    text: String,
}

impl Typist {
    fn whim(&mut self, of: u8) -> u8 {
        self.at += 1;
        self.whims[self.at % self.whims.len()].wrapping_add((self.at / self.whims.len()) as u8) % of
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// What may stand between any two tokens; `needed` where they would run into each other without it.
    fn blank(&mut self, needed: bool) {
        let blank = ["", " ", "\n", "\t ", "\r\n"][usize::from(self.whim(5))];
        self.put(if needed && blank.is_empty() { " " } else { blank });
    }

    /// A word of the grammar in any case, between blanks.
    fn keyword(&mut self, word: &str) {
        self.blank(true);
        for c in word.chars() {
            let c = if self.whim(2) == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            self.text.push(c);
        }
        self.blank(true);
    }

    fn query(&mut self, query: &Query) {
        self.blank(false);
        if let Some(clause) = &query.where_clause {
            self.clause(clause, 0);
        }
        for (at, sort) in query.order_by.iter().enumerate() {
            if at == 0 {
                self.keyword("order");
                self.keyword("by");
            } else {
                self.put(",");
            }
            self.field(&sort.field);
            if let Some(direction) = sort.direction {
                self.keyword(direction.as_str());
            }
        }
        self.blank(false);
    }

    /// `tight` is how much binds outside: 0 nothing, 1 OR, 2 AND, 3 NOT.
    fn clause(&mut self, clause: &Clause, tight: u8) {
        let own = match clause {
            Clause::Or(_) => 1,
            Clause::And(_) => 2,
            Clause::Not(_) | Clause::Terminal(_) => 4,
        };
        // AND in AND is a clause of its own only between parentheses.
        let needed = own <= tight;
        let more = usize::from(needed) + usize::from(self.whim(6) == 0);
        self.put(&"( ".repeat(more));
        match clause {
            Clause::Or(clauses) => self.joined(clauses, 1, ["or", "|", "||"]),
            Clause::And(clauses) => self.joined(clauses, 2, ["and", "&", "&&"]),
            Clause::Not(inner) => {
                if self.whim(2) == 0 {
                    self.put("!");
                } else {
                    self.keyword("not");
                }
                self.clause(inner, 3);
            }
            Clause::Terminal(terminal) => self.terminal(terminal),
        }
        self.put(&" )".repeat(more));
    }

    fn joined(&mut self, clauses: &[Clause], tight: u8, words: [&str; 3]) {
        for (at, clause) in clauses.iter().enumerate() {
            if at > 0 {
                match self.whim(3) {
                    0 => self.keyword(words[0]),
                    other => {
                        self.blank(false);
                        self.put(words[usize::from(other)]);
                        self.blank(false);
                    }
                }
            }
            self.clause(clause, tight);
        }
    }

    fn terminal(&mut self, terminal: &Terminal) {
        self.field(&terminal.field);
        for word in terminal.operator.as_str().split(' ') {
            if word.starts_with(|c: char| c.is_ascii_alphabetic()) { self.keyword(word) } else { self.put(word) }
        }
        if let Some(operand) = &terminal.operand {
            self.operand(operand);
        }
        for Predicate { operator, operand } in &terminal.predicates {
            self.keyword(operator.as_str());
            self.operand(operand);
        }
    }

    fn field(&mut self, field: &Field) {
        self.blank(false);
        match field.kind {
            FieldKind::Name => self.name(&field.name),
            FieldKind::CustomFieldId(id) => {
                let word = ["cf", "CF", "cF"][usize::from(self.whim(3))];
                self.put(&format!("{word}[ {id}]"));
            }
        }
        for property in &field.properties {
            self.put("[");
            self.name(&property.key);
            self.put("]");
            if let Some(path) = &property.path {
                self.blank(false);
                self.name(&format!(".{path}"));
            }
        }
        self.blank(false);
    }

    fn operand(&mut self, operand: &Operand) {
        self.blank(false);
        match operand {
            Operand::Value(value) => self.value(value),
            Operand::Empty => {
                let word = ["empty", "null"][usize::from(self.whim(2))];
                self.keyword(word);
            }
            Operand::List(list) => {
                for (at, item) in list.items.iter().enumerate() {
                    self.put(if at == 0 { "(" } else { "," });
                    self.operand(item);
                }
                self.put(")");
            }
            Operand::Function(function) => {
                self.name(&function.name);
                self.put("(");
                for (at, argument) in function.args.iter().enumerate() {
                    self.put(if at == 0 { "" } else { "," });
                    self.value(argument);
                }
                self.put(")");
            }
        }
        self.blank(false);
    }

    fn value(&mut self, value: &Value) {
        if value.number { self.put(&value.text) } else { self.text(&value.text, !token::is_number(&value.text)) }
    }

    /// A name may be a number.
    fn name(&mut self, name: &str) {
        self.text(name, true);
    }

    /// A text: bare if it may be, with or without escapes, or between either quotes.
    fn text(&mut self, text: &str, may_be_bare: bool) {
        let way = self.whim(4);
        if way == 0 && may_be_bare && token::is_bare(text) {
            self.put(text);
            return;
        }
        if way == 1 && !text.is_empty() {
            // An escape makes a word of anything.
            self.escape(text.chars().next().unwrap_or_default());
            for c in text.chars().skip(1) {
                if token::is_word_char(c) { self.text.push(c) } else { self.escape(c) }
            }
            return;
        }
        let quote = if way == 2 { '\'' } else { '"' };
        self.text.push(quote);
        for c in text.chars() {
            let must = c == quote || c == '\\' || token::is_illegal(c);
            if must || self.whim(8) == 0 { self.escape(c) } else { self.text.push(c) }
        }
        self.text.push(quote);
    }

    /// A character as one of its escapes.
    fn escape(&mut self, c: char) {
        let short = match c {
            '\n' => Some("\\n"),
            '\r' => Some("\\r"),
            '\t' => Some("\\t"),
            '"' => Some("\\\""),
            '\'' => Some("\\'"),
            '\\' => Some("\\\\"),
            ' ' => Some("\\ "),
            _ => None,
        };
        match short {
            Some(short) if self.whim(2) == 0 => self.put(short),
            _ => self.put(&token::java_escape(c)),
        }
    }
}
