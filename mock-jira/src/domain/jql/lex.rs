//! Query text to tokens.

use super::error::SyntaxError;
use super::token::{self, Kind, Token};

/// Cuts tokens off the front of a text, one at a time, so that the first mistake of a query is the one reported.
pub(super) struct Lexer<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, at: 0 }
    }

    /// The text all tokens are cut from.
    pub(super) fn source(&self) -> &'a str {
        self.source
    }

    /// Takes the next token; at the end of the text [`Kind::End`], again and again.
    ///
    /// # Errors
    ///
    /// A character out of place, an unknown escape or an unclosed quote.
    pub(super) fn next(&mut self) -> Result<Token, SyntaxError> {
        let rest = self.rest().trim_start_matches(token::is_blank);
        self.at = self.source.len() - rest.len();
        let start = self.at;
        let Some(first) = rest.chars().next() else {
            return Ok(Token { kind: Kind::End, text: String::new(), span: start..start });
        };
        if let Some((sign, kind)) = token::SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token { kind: *kind, text: String::new(), span: start..self.at });
        }
        match first {
            '"' | '\'' => self.quoted(first),
            c if c == '\\' || token::is_word_char(c) => self.word(),
            c if token::is_reserved_char(c) => Err(SyntaxError::reserved_character(c, self.source, start)),
            c => Err(SyntaxError::illegal_character(c, self.source, start)),
        }
    }

    fn word(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' {
                text.push(self.escape()?);
            } else if token::is_word_char(c) {
                text.push(c);
                self.at += c.len_utf8();
            } else {
                break;
            }
        }
        let span = start..self.at;
        // An escape makes a keyword a plain word, and so is a way to quote it.
        let escaped = self.source.get(span.clone()) != Some(&text);
        let kind = if escaped { Kind::Word } else { Kind::of_word(&text) };
        Ok(Token { kind, text, span })
    }

    fn quoted(&mut self, quote: char) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += quote.len_utf8();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' {
                text.push(self.escape()?);
                continue;
            }
            if token::is_illegal(c) {
                return Err(SyntaxError::illegal_character(c, self.source, self.at));
            }
            self.at += c.len_utf8();
            if c == quote {
                return Ok(Token { kind: Kind::Quoted, text, span: start..self.at });
            }
            text.push(c);
        }
        Err(SyntaxError::unclosed_quote(&text, self.source, start..self.at))
    }

    /// Takes a backslash and what it escapes.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let rest = self.rest();
        let escaped = rest.chars().nth(1);
        let meaning = match escaped {
            Some('n') => Some(('\n', 2)),
            Some('r') => Some(('\r', 2)),
            Some('t') => Some(('\t', 2)),
            Some(c @ ('"' | '\'' | '\\' | ' ')) => Some((c, 2)),
            Some('u') => unicode_escape(rest),
            _ => None,
        };
        let Some((c, length)) = meaning else {
            let end = self.at + 1 + escaped.map_or(0, char::len_utf8);
            return Err(SyntaxError::illegal_escape(self.source, self.at..end));
        };
        self.at += length;
        Ok(c)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }
}

/// Reads `\uXXXX`, or two of them that make one character together; also gives the length read. Half of such a pair
/// is no character; it becomes U+FFFD.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let first = utf16_unit(text)?;
    let second = text.get(6..).and_then(utf16_unit);
    let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    match pair {
        Some(c) if c > '\u{ffff}' => Some((c, 12)),
        _ => Some((char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 6)),
    }
}

fn utf16_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` would take a sign too.
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}
