//! Tokens to a tree.

use super::{
    MAX_LEVELS, SyntaxError,
    ast::{Binary, Expr, Lambda, MAX_DEPTH, Node, Unary},
    token::{Kind, Part, Token, tokens},
};
use std::sync::Arc;

/// What can begin an operand, as Jira tells it.
const OPERAND: &str = "!, -, typeof, (, IDENTIFIER, null, true, false, NUMBER, STRING, TEMPLATE_LITERAL, new, [ or {";

/// Words that can't name a variable.
const KEYWORDS: [&str; 13] =
    ["null", "true", "false", "new", "typeof", "let", "const", "if", "else", "return", "try", "catch", "throw"];

type Parsed<T = Node> = Result<T, SyntaxError>;

/// Reads an expression.
///
/// # Errors
///
/// What does not follow the grammar, and what is nested too deeply to be walked.
pub fn parse(source: &str) -> Parsed {
    let tokens = tokens(source)?;
    let mut parser = Parser { source, tokens: &tokens, at: 0, depth: 0 };
    let node = parser.program()?;
    parser.end("EOF")?;
    Ok(node)
}

struct Parser<'a> {
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
    /// Of the calls that read something inside something.
    depth: usize,
}

impl<'a> Parser<'a> {
    fn token(&self) -> &'a Token {
        // The last one is the end and is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn after(&self, offset: usize) -> &'a Kind {
        &self.tokens[(self.at + offset).min(self.tokens.len() - 1)].kind
    }

    fn is(&self, sign: &str) -> bool {
        matches!(&self.token().kind, Kind::Sign(other) if *other == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.token().kind, Kind::Word(other) if other == word)
    }

    fn take(&mut self, sign: &str) -> bool {
        let taken = self.is(sign);
        self.at += usize::from(taken);
        taken
    }

    fn take_word(&mut self, word: &str) -> bool {
        let taken = self.is_word(word);
        self.at += usize::from(taken);
        taken
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) { Ok(()) } else { self.expected(sign) }
    }

    fn expected<T>(&self, what: &str) -> Parsed<T> {
        let token = self.token();
        let found = match token.kind {
            Kind::End if token.span.start >= self.source.len() => "EOF",
            Kind::End => "}",
            _ => &self.source[token.span.clone()],
        };
        Err(SyntaxError::at(self.source, token.span.start, format!("{what} expected, {found} encountered.")))
    }

    fn end(&self, what: &str) -> Parsed<()> {
        if self.token().kind == Kind::End { Ok(()) } else { self.expected(what) }
    }

    /// A node from `start` to what was read last.
    fn node(&self, expr: Expr, start: usize) -> Parsed {
        let end = self.tokens[..self.at].last().map_or(start, |token| token.span.end);
        let node = Node::new(expr, start..end.max(start));
        if node.depth > MAX_DEPTH { self.too_deep() } else { Ok(node) }
    }

    fn too_deep<T>(&self) -> Parsed<T> {
        let message = format!("The expression is nested too deeply, limit: {MAX_LEVELS} levels.");
        Err(SyntaxError::at(self.source, self.token().span.start, message))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_LEVELS {
            return self.too_deep();
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Variables, and what is made of them.
    fn program(&mut self) -> Parsed {
        self.deeper(|parser| {
            let start = parser.token().span.start;
            let mut variables = Vec::new();
            loop {
                let declared = parser.take_word("let") || parser.take_word("const");
                let assigned = matches!(parser.after(0), Kind::Word(_)) && *parser.after(1) == Kind::Sign("=");
                if !declared && !assigned {
                    break;
                }
                let name = parser.name()?;
                parser.expect("=")?;
                let value = parser.expression()?;
                parser.expect(";")?;
                variables.push((name, value));
            }
            let body = parser.body()?;
            parser.take(";");
            if variables.is_empty() { Ok(body) } else { parser.node(Expr::Let(variables, body), start) }
        })
    }

    fn body(&mut self) -> Parsed {
        let start = self.token().span.start;
        if self.take_word("if") {
            return self.branch(start);
        }
        if self.take_word("try") {
            let tried = self.block()?;
            if !self.take_word("catch") {
                return self.expected("catch");
            }
            let name = if self.take("(") {
                let name = self.name()?;
                self.expect(")")?;
                Some(name)
            } else {
                None
            };
            let caught = self.block()?;
            return self.node(Expr::Try(tried, name, caught), start);
        }
        if self.take_word("throw") {
            let thrown = self.expression()?;
            return self.node(Expr::Throw(thrown), start);
        }
        self.take_word("return");
        self.expression()
    }

    fn branch(&mut self, start: usize) -> Parsed {
        self.deeper(|parser| {
            parser.expect("(")?;
            let condition = parser.expression()?;
            parser.expect(")")?;
            let yes = parser.block()?;
            if !parser.take_word("else") {
                return parser.expected("else");
            }
            let next = parser.token().span.start;
            let no = if parser.take_word("if") { parser.branch(next)? } else { parser.block()? };
            parser.node(Expr::Choice(condition, yes, no), start)
        })
    }

    fn block(&mut self) -> Parsed {
        self.expect("{")?;
        let body = self.program()?;
        self.expect("}")?;
        Ok(body)
    }

    fn name(&mut self) -> Parsed<String> {
        match &self.token().kind {
            Kind::Word(word) if !KEYWORDS.contains(&word.as_str()) => {
                self.at += 1;
                Ok(word.clone())
            }
            _ => self.expected("IDENTIFIER"),
        }
    }

    fn expression(&mut self) -> Parsed {
        self.deeper(|parser| match parser.parameters() {
            Some((parameters, length)) => parser.lambda(parameters, length),
            None => parser.choice(),
        })
    }

    /// The parameters of a function that begins here, and how many tokens they and the arrow are.
    fn parameters(&self) -> Option<(Vec<String>, usize)> {
        let name = |offset: usize| match self.after(offset) {
            Kind::Word(word) if !KEYWORDS.contains(&word.as_str()) => Some(word.clone()),
            _ => None,
        };
        let arrow = |offset: usize| *self.after(offset) == Kind::Sign("=>");
        if let Some(name) = name(0) {
            return arrow(1).then(|| (vec![name], 2));
        }
        if !self.is("(") {
            return None;
        }
        let (mut names, mut offset) = (Vec::new(), 1);
        while let Some(name) = name(offset) {
            names.push(name);
            offset += 1;
            if *self.after(offset) == Kind::Sign(",") {
                offset += 1;
            } else {
                break;
            }
        }
        (*self.after(offset) == Kind::Sign(")") && arrow(offset + 1)).then_some((names, offset + 2))
    }

    fn lambda(&mut self, parameters: Vec<String>, length: usize) -> Parsed {
        let start = self.token().span.start;
        self.at += length;
        // A brace opens a map where members follow, else a block.
        let is_map = matches!(self.after(1), Kind::Sign("}"))
            || matches!(self.after(1), Kind::Word(_) | Kind::Text(_)) && *self.after(2) == Kind::Sign(":");
        let body = if self.is("{") && !is_map { self.block()? } else { self.expression()? };
        self.node(Expr::Lambda(Arc::new(Lambda { parameters, body })), start)
    }

    fn choice(&mut self) -> Parsed {
        let start = self.token().span.start;
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.expression()?;
        self.expect(":")?;
        let no = self.expression()?;
        self.node(Expr::Choice(condition, yes, no), start)
    }

    /// Operators that bind more strongly than `floor`; those of one strength go from left to right.
    fn binary(&mut self, floor: u8) -> Parsed {
        let start = self.token().span.start;
        let mut left = self.unary()?;
        while let Kind::Sign(sign) = &self.token().kind
            && let Some((operator, strength)) = Binary::of(sign)
            && strength > floor
        {
            self.at += 1;
            let right = self.binary(strength)?;
            left = self.node(Expr::Binary(operator, left, right), start)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.token().span.start;
        let operator = match &self.token().kind {
            Kind::Sign("!") => Unary::Not,
            Kind::Sign("-") => Unary::Minus,
            Kind::Word(word) if word == "typeof" => Unary::TypeOf,
            _ => return self.postfix(),
        };
        self.at += 1;
        let operand = self.deeper(Self::unary)?;
        self.node(Expr::Unary(operator, operand), start)
    }

    fn postfix(&mut self) -> Parsed {
        let start = self.token().span.start;
        let mut node = self.primary()?;
        loop {
            let optional = self.is("?.");
            if self.take("[") || optional && *self.after(1) == Kind::Sign("[") {
                self.at += if optional { 2 } else { 0 };
                let name = self.expression()?;
                self.expect("]")?;
                node = self.node(Expr::Member { of: node, name, optional, computed: true }, start)?;
            } else if self.take(".") || self.take("?.") {
                let token = self.token();
                let Kind::Word(word) = &token.kind else { return self.expected("IDENTIFIER") };
                self.at += 1;
                let name = Node::new(Expr::Text(word.clone()), token.span.clone());
                node = self.node(Expr::Member { of: node, name, optional, computed: false }, start)?;
            } else if self.take("(") {
                let arguments = self.items(")")?;
                node = self.node(Expr::Call(node, arguments), start)?;
            } else {
                return Ok(node);
            }
        }
    }

    /// Expressions with commas between them, to the closing sign.
    fn items(&mut self, close: &'static str) -> Parsed<Vec<Node>> {
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.expression()?);
            if !self.take(",") && !self.is(close) {
                return self.expected(&format!(", or {close}"));
            }
        }
        Ok(items)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.token();
        let start = token.span.start;
        let expr = match &token.kind {
            Kind::Number(number) => Expr::Number(*number),
            Kind::Text(text) => Expr::Text(text.clone()),
            Kind::Regex(pattern, flags) => Expr::Regex(pattern.clone(), flags.clone()),
            Kind::Template(parts) => Expr::Template(self.template(parts)?),
            Kind::Word(word) => match word.as_str() {
                "null" => Expr::Null,
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                "new" => {
                    self.at += 1;
                    let kind = self.name()?;
                    self.expect("(")?;
                    let arguments = self.items(")")?;
                    return self.node(Expr::New(kind, arguments), start);
                }
                word if KEYWORDS.contains(&word) => return self.expected(OPERAND),
                word => Expr::Name(word.to_owned()),
            },
            Kind::Sign("(") => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Kind::Sign("[") => {
                self.at += 1;
                let items = self.items("]")?;
                return self.node(Expr::List(items), start);
            }
            Kind::Sign("{") => {
                self.at += 1;
                let members = self.members()?;
                return self.node(Expr::Map(members), start);
            }
            _ => return self.expected(OPERAND),
        };
        self.at += 1;
        self.node(expr, start)
    }

    fn template(&self, parts: &'a [Part]) -> Parsed<Vec<Node>> {
        let mut nodes = Vec::new();
        for part in parts {
            match part {
                Part::Text(text, span) if !text.is_empty() => {
                    nodes.push(Node::new(Expr::Text(text.clone()), span.clone()))
                }
                Part::Text(..) => {}
                Part::Code(tokens) => {
                    let mut parser = Parser { source: self.source, tokens, at: 0, depth: self.depth };
                    let node = parser.deeper(Self::expression)?;
                    parser.end("}")?;
                    nodes.push(node);
                }
            }
        }
        Ok(nodes)
    }

    fn members(&mut self) -> Parsed<Vec<(String, Node)>> {
        let mut members = Vec::new();
        while !self.take("}") {
            let key = match &self.token().kind {
                Kind::Word(text) | Kind::Text(text) => text.clone(),
                _ => return self.expected("IDENTIFIER, STRING or }"),
            };
            self.at += 1;
            self.expect(":")?;
            members.push((key, self.expression()?));
            if !self.take(",") && !self.is("}") {
                return self.expected(", or }");
            }
        }
        Ok(members)
    }
}
