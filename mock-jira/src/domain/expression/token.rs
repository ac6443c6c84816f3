//! The text of an expression to tokens.

use super::SyntaxError;
use std::ops::Range;

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Text(String),
    Template(Vec<Part>),
    Regex(String, String),
    /// A name or a keyword.
    Word(String),
    Sign(&'static str),
    End,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Text(String, Range<usize>),
    Code(Vec<Token>),
}

/// The longest first.
const SIGNS: [&str; 29] = [
    "?.", "??", "||", "&&", "==", "!=", "<=", ">=", "=>", "(", ")", "[", "]", "{", "}", ",", ".", ":", ";", "?", "=",
    "<", ">", "+", "-", "*", "/", "%", "!",
];

/// Templates within templates.
const MAX_TEMPLATES: usize = 10;

/// All tokens of a source; the last one is [`Kind::End`].
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut lexer = Lexer { source, at: 0, templates: 0 };
    lexer.run(false)
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    templates: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error<T>(&self, at: usize, message: String) -> Result<T, SyntaxError> {
        Err(SyntaxError::at(self.source, at, message))
    }

    /// To the end of the source or, within a template, to the brace that closes its expression.
    fn run(&mut self, in_template: bool) -> Result<Vec<Token>, SyntaxError> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut braces = 0_usize;
        loop {
            self.skip_blanks()?;
            let start = self.at;
            let Some(first) = self.peek() else { break };
            if in_template && first == '}' && braces == 0 {
                break;
            }
            let kind = match first {
                '"' | '\'' => self.quoted(first)?,
                '`' => self.template()?,
                '0'..='9' => self.number()?,
                '/' if begins_operand(tokens.last()) => self.regex()?,
                c if c.is_alphabetic() || c == '_' || c == '$' => {
                    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
                    let rest = self.rest();
                    let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
                    let text = rest[..end].to_owned();
                    self.at += end;
                    Kind::Word(text)
                }
                _ => match self.sign() {
                    Some(sign) => Kind::Sign(sign),
                    None => return self.error(start, format!("EOF expected, {first} encountered.")),
                },
            };
            match kind {
                Kind::Sign("{") => braces += 1,
                Kind::Sign("}") => braces = braces.saturating_sub(1),
                _ => {}
            }
            tokens.push(Token { kind, span: start..self.at });
        }
        tokens.push(Token { kind: Kind::End, span: self.at..self.at });
        Ok(tokens)
    }

    fn sign(&mut self) -> Option<&'static str> {
        let rest = self.rest();
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
        self.at += sign.len();
        Some(sign)
    }

    fn skip_blanks(&mut self) -> Result<(), SyntaxError> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => self.at += end + 2,
                    None => return self.error(self.source.len(), "*/ expected, EOF encountered.".into()),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn number(&mut self) -> Result<Kind, SyntaxError> {
        let bytes = self.rest().as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                end = digits(end + 1 + sign);
            }
        }
        let text = &self.rest()[..end];
        let Ok(number) = text.parse() else {
            return self.error(self.at, format!("NUMBER expected, {text} encountered."));
        };
        self.at += end;
        Ok(Kind::Number(number))
    }

    fn quoted(&mut self, quote: char) -> Result<Kind, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                Some(c) if c == quote => {
                    self.at += 1;
                    return Ok(Kind::Text(text));
                }
                Some('\\') => self.escape(&mut text)?,
                Some('\n') | None => return self.error(start, format!("STRING expected, {quote} encountered.")),
                Some(c) => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// What stands for another character; what stands for none is itself.
    fn escape(&mut self, text: &mut String) -> Result<(), SyntaxError> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.peek() else { return self.error(start, "STRING expected, EOF encountered.".into()) };
        self.at += c.len_utf8();
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'u' => {
                let code = self.rest().get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(c) => {
                        self.at += 4;
                        text.push(c);
                    }
                    None => return self.error(start, "STRING expected, \\u encountered.".into()),
                }
            }
            c => text.push(c),
        }
        Ok(())
    }

    fn template(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.at;
        if self.templates == MAX_TEMPLATES {
            return self.error(start, "The template literal is nested too deeply.".into());
        }
        self.templates += 1;
        self.at += 1;
        let (mut parts, mut text, mut begun) = (Vec::new(), String::new(), self.at);
        loop {
            let Some(c) = self.peek() else {
                return self.error(start, "TEMPLATE_LITERAL expected, ` encountered.".into());
            };
            match c {
                '`' => break,
                '\\' => self.escape(&mut text)?,
                '$' if self.rest().starts_with("${") => {
                    parts.push(Part::Text(std::mem::take(&mut text), begun..self.at));
                    self.at += 2;
                    parts.push(Part::Code(self.run(true)?));
                    if self.peek().is_none() {
                        return self.error(self.at, "} expected, EOF encountered.".into());
                    }
                    self.at += 1;
                    begun = self.at;
                }
                c => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        parts.push(Part::Text(text, begun..self.at));
        self.at += 1;
        self.templates -= 1;
        Ok(Kind::Template(parts))
    }

    fn regex(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let mut pattern = String::new();
        let mut in_class = false;
        loop {
            match self.peek() {
                Some('/') if !in_class => break,
                Some('\n') | None => return self.error(start, "REGEX expected, / encountered.".into()),
                Some(c) => {
                    self.at += c.len_utf8();
                    // A slash is nothing special to the engine.
                    if c == '\\' && self.peek() == Some('/') {
                        continue;
                    }
                    pattern.push(c);
                    match c {
                        '\\' => {
                            if let Some(escaped) = self.peek() {
                                pattern.push(escaped);
                                self.at += escaped.len_utf8();
                            }
                        }
                        '[' => in_class = true,
                        ']' => in_class = false,
                        _ => {}
                    }
                }
            }
        }
        self.at += 1;
        let flags: String = self.rest().chars().take_while(char::is_ascii_alphabetic).collect();
        self.at += flags.len();
        Ok(Kind::Regex(pattern, flags))
    }
}

/// Whether a slash after this token begins a regular expression, not a division.
fn begins_operand(before: Option<&Token>) -> bool {
    match before.map(|token| &token.kind) {
        None => true,
        Some(Kind::Sign(sign)) => !matches!(*sign, ")" | "]" | "}"),
        Some(Kind::Word(word)) => matches!(word.as_str(), "return" | "typeof" | "throw" | "else"),
        Some(_) => false,
    }
}
