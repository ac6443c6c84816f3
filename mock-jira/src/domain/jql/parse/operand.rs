//! Operands: values, lists, functions and `EMPTY`.

use super::super::ast::{Function, List, Operand, Origin, Value};
use super::super::error::Expected;
use super::super::token::Kind;
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn operand(&mut self) -> Parsed<Operand> {
        match self.token.kind {
            Kind::Empty => self.advance().map(|_| Operand::Empty),
            Kind::LeftParen => self.list(),
            _ => self.value_or_function(),
        }
    }

    fn list(&mut self) -> Parsed<Operand> {
        let start = self.token.span.start;
        self.enter()?;
        let mut items = vec![self.operand()?];
        while self.take(Kind::Comma)? {
            items.push(self.operand()?);
        }
        self.depth -= 1;
        self.expect(Kind::RightParen, Expected::Token("')'"))?;
        Ok(Operand::List(List { items, origin: self.origin_from(start) }))
    }

    fn value_or_function(&mut self) -> Parsed<Operand> {
        let start = self.token.span.start;
        let value = self.value(Expected::Operand)?;
        if !self.take(Kind::LeftParen)? {
            return Ok(Operand::Value(value));
        }
        let args = self.arguments()?;
        Ok(Operand::Function(Function { name: value.text, args, origin: self.origin_from(start) }))
    }

    fn arguments(&mut self) -> Parsed<Vec<Value>> {
        if self.take(Kind::RightParen)? {
            return Ok(Vec::new());
        }
        let mut args = vec![self.value(Expected::Argument)?];
        while self.take(Kind::Comma)? {
            args.push(self.value(Expected::Argument)?);
        }
        self.expect(Kind::RightParen, Expected::Token("')'"))?;
        Ok(args)
    }

    /// Takes a word, a quoted string or a number.
    pub(super) fn value(&mut self, expected: Expected) -> Parsed<Value> {
        if !self.token.kind.is_text() {
            return Err(self.unexpected(expected));
        }
        let token = self.advance()?;
        let number = token.kind == Kind::Number;
        Ok(Value { text: token.text, number, origin: Origin::new(&self.source, token.span) })
    }
}
