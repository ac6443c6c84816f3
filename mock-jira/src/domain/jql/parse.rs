//! Tokens to tree: recursive descent over the grammar of.

mod field;
mod operand;

use std::sync::Arc;

use super::ast::{Clause, Field, Operand, Operator, Origin, Predicate, PredicateOperator, Query, Terminal};
use super::error::{Expected, SyntaxError};
use super::lex::Lexer;
use super::token::{Kind, Token};

/// How many parentheses and negations may stand inside each other. Jira publishes no limit; this one lets
/// whatever walks a tree recurse on the 2 MiB of a server thread, in a debug build too.
pub(super) const MAX_DEPTH: usize = 250;

/// Reads a query. The empty text is a query without conditions.
///
/// # Errors
///
/// The first mistake in the text, in the sentence Jira has for it. An operand of the wrong shape is reported
/// only when the text has no other mistake.
pub fn parse(input: &str) -> Result<Query, SyntaxError> {
    let mut lexer = Lexer::new(input);
    let token = lexer.next()?;
    let mut parser = Parser { lexer, source: input.into(), token, last_end: 0, depth: 0, wrong_operand: None };
    let query = parser.query().map_err(|error| *error)?;
    parser.wrong_operand.map_or(Ok(query), Err)
}

/// Whether the text has no condition, whatever may be wrong with its order (S-9).
pub fn is_unbounded(input: &str) -> bool {
    Lexer::new(input).next().is_ok_and(|token| matches!(token.kind, Kind::End | Kind::Order))
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    source: Arc<str>,
    /// The token to be taken next.
    token: Token,
    /// Where the token taken last ends.
    last_end: usize,
    depth: usize,
    /// The first operand of the wrong shape; put off because a mistake of grammar outweighs it.
    wrong_operand: Option<SyntaxError>,
}

/// The error is boxed to keep the frames of the recursion small.
type Parsed<T> = Result<T, Box<SyntaxError>>;

impl Parser<'_> {
    fn query(&mut self) -> Parsed<Query> {
        let where_clause = match self.token.kind {
            Kind::End | Kind::Order => None,
            _ => Some(self.or_clause()?),
        };
        let order_by = if self.take(Kind::Order)? { self.order_by()? } else { Vec::new() };
        match self.token.kind {
            Kind::End => Ok(Query { where_clause, order_by }),
            _ => Err(self.unexpected(Expected::Connective)),
        }
    }

    fn or_clause(&mut self) -> Parsed<Clause> {
        let first = self.and_clause()?;
        if self.token.kind != Kind::Or {
            return Ok(first);
        }
        let mut clauses = vec![first];
        while self.take(Kind::Or)? {
            clauses.push(self.and_clause()?);
        }
        Ok(Clause::Or(clauses))
    }

    fn and_clause(&mut self) -> Parsed<Clause> {
        let first = self.not_clause()?;
        if self.token.kind != Kind::And {
            return Ok(first);
        }
        let mut clauses = vec![first];
        while self.take(Kind::And)? {
            clauses.push(self.not_clause()?);
        }
        Ok(Clause::And(clauses))
    }

    fn not_clause(&mut self) -> Parsed<Clause> {
        match self.token.kind {
            Kind::Not | Kind::Bang => self.negation(),
            Kind::LeftParen => self.group(),
            _ => self.terminal(),
        }
    }

    fn negation(&mut self) -> Parsed<Clause> {
        self.enter()?;
        let clause = self.not_clause()?;
        self.depth -= 1;
        Ok(Clause::Not(Box::new(clause)))
    }

    fn group(&mut self) -> Parsed<Clause> {
        self.enter()?;
        let clause = self.or_clause()?;
        self.depth -= 1;
        self.expect(Kind::RightParen, Expected::Token("')'"))?;
        Ok(clause)
    }

    /// Takes the token that opens a level.
    fn enter(&mut self) -> Parsed<()> {
        if self.depth == MAX_DEPTH {
            return Err(SyntaxError::too_deep(MAX_DEPTH, self.lexer.source(), self.token.span.clone()).into());
        }
        self.depth += 1;
        self.advance()?;
        Ok(())
    }

    fn terminal(&mut self) -> Parsed<Clause> {
        let start = self.token.span.start;
        let field = self.field()?;
        let operator = self.operator()?;
        let operand = match operator {
            Operator::Changed => None,
            _ => Some(self.terminal_operand(&field, operator)?),
        };
        let predicates = if operator.is_history() { self.predicates(operator)? } else { Vec::new() };
        let origin = self.origin_from(start);
        Ok(Clause::Terminal(Box::new(Terminal { field, operator, operand, predicates, origin })))
    }

    fn operator(&mut self) -> Parsed<Operator> {
        let operator = match self.token.kind {
            Kind::Eq => Operator::Eq,
            Kind::NotEq => Operator::NotEq,
            Kind::Like => Operator::Like,
            Kind::NotLike => Operator::NotLike,
            Kind::Lt => Operator::Lt,
            Kind::Gt => Operator::Gt,
            Kind::LtEq => Operator::LtEq,
            Kind::GtEq => Operator::GtEq,
            Kind::In => Operator::In,
            Kind::Not => Operator::NotIn,
            Kind::Is => Operator::Is,
            Kind::Was => Operator::Was,
            Kind::Changed => Operator::Changed,
            _ => return Err(self.unexpected(Expected::Operator)),
        };
        self.advance()?;
        match operator {
            Operator::NotIn => self.expect(Kind::In, Expected::Token("'IN'")).map(|()| operator),
            Operator::Is if self.take(Kind::Not)? => Ok(Operator::IsNot),
            Operator::Was => Ok(match (self.take(Kind::Not)?, self.take(Kind::In)?) {
                (false, false) => Operator::Was,
                (true, false) => Operator::WasNot,
                (false, true) => Operator::WasIn,
                (true, true) => Operator::WasNotIn,
            }),
            other => Ok(other),
        }
    }

    /// Takes any operand and notes whether the operator can do with it. `IS` and `IS NOT` are let through with
    /// anything: that only `EMPTY` makes sense there is for the meaning of the query to say.
    fn terminal_operand(&mut self, field: &Field, operator: Operator) -> Parsed<Operand> {
        let start = self.token.span.start;
        let operand = self.operand()?;
        let fits = match &operand {
            Operand::Function(_) => true,
            Operand::List(_) => operator.takes_list() || matches!(operator, Operator::Is | Operator::IsNot),
            Operand::Value(_) | Operand::Empty => !operator.takes_list(),
        };
        if !fits && self.wrong_operand.is_none() {
            let span = start..self.last_end;
            let name = field.full_name();
            self.wrong_operand = Some(SyntaxError::operand(operator, &operand, &name, self.lexer.source(), span));
        }
        Ok(operand)
    }

    fn predicates(&mut self, operator: Operator) -> Parsed<Vec<Predicate>> {
        let mut predicates = Vec::new();
        loop {
            let operator = match self.token.kind {
                Kind::After => PredicateOperator::After,
                Kind::Before => PredicateOperator::Before,
                Kind::On => PredicateOperator::On,
                Kind::During => PredicateOperator::During,
                Kind::By => PredicateOperator::By,
                Kind::From if operator == Operator::Changed => PredicateOperator::From,
                Kind::To if operator == Operator::Changed => PredicateOperator::To,
                _ => return Ok(predicates),
            };
            self.advance()?;
            predicates.push(Predicate { operator, operand: self.operand()? });
        }
    }

    /// Takes the token, or complains that something else was expected.
    fn expect(&mut self, kind: Kind, expected: Expected) -> Parsed<()> {
        if self.take(kind)? { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Takes the token if it is of this kind.
    fn take(&mut self, kind: Kind) -> Parsed<bool> {
        let found = self.token.kind == kind;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn advance(&mut self) -> Parsed<Token> {
        let taken = std::mem::replace(&mut self.token, self.lexer.next()?);
        self.last_end = taken.span.end;
        Ok(taken)
    }

    fn unexpected(&self, expected: Expected) -> Box<SyntaxError> {
        let span = self.token.span.clone();
        Box::new(match self.token.kind {
            Kind::Reserved => SyntaxError::reserved_word(self.lexer.source(), span),
            _ => SyntaxError::unexpected(expected, self.lexer.source(), span),
        })
    }

    fn origin_from(&self, start: usize) -> Origin {
        Origin::new(&self.source, start..self.last_end)
    }
}
