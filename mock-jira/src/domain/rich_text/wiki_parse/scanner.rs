//! Cuts the text of a block into tokens.

use serde_json::{Map, Value, json};

use super::super::marks::{Link, Marks, Style};
use super::super::node;
use super::super::wiki_syntax::{self as syntax, Tag};
use super::delims::{Delim, Kind, Matcher, Role};
use super::inline::{Piece, Token, media_attrs, pieces};
use super::spans;

/// Cuts `text` into tokens. Delimiters have found their partners then.
pub(super) fn scan(text: &str, with_links: bool) -> Vec<Token> {
    let mut scanner =
        Scanner { text, at: 0, literal: String::new(), tokens: Vec::new(), matcher: Matcher::default(), with_links };
    while scanner.at < text.len() {
        scanner.next();
    }
    scanner.flush();
    scanner.tokens
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Text read since the last token.
    literal: String,
    tokens: Vec<Token>,
    matcher: Matcher,
    /// Off inside a link's text, as links do not nest.
    with_links: bool,
}

impl<'a> Scanner<'a> {
    /// Reads one token or character.
    fn next(&mut self) {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            return;
        };
        let was_read = match first {
            '\\' => self.backslash(rest),
            '\n' => {
                self.matcher.end_line();
                self.node(json!({"type": "hardBreak"}), 1)
            }
            '&' => self.char_ref(rest),
            '{' => self.brace(rest),
            '[' if self.with_links => self.bracket(rest),
            '!' if self.with_links => self.image(rest),
            '(' | ':' | ';' => self.emoticon(rest),
            '?' => self.question_marks(rest),
            'h' | 'f' | 'm' if self.with_links => self.url(rest),
            _ => match Style::of_symbol(first) {
                Some(style) => self.symbol(rest, first, style),
                None => false,
            },
        };
        if !was_read {
            self.literal.push(first);
            self.at += first.len_utf8();
        }
    }

    fn prev(&self) -> Option<char> {
        spans::prev_char(self.text, self.at)
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.tokens.push(Token::Text(std::mem::take(&mut self.literal)));
        }
    }

    fn token(&mut self, token: Token, len: usize) -> bool {
        self.flush();
        self.tokens.push(token);
        self.at += len;
        true
    }

    fn node(&mut self, node: Value, len: usize) -> bool {
        self.token(Token::Node(node), len)
    }

    fn char(&mut self, c: char, len: usize) -> bool {
        self.literal.push(c);
        self.at += len;
        true
    }

    fn backslash(&mut self, rest: &str) -> bool {
        let after = &rest[1..];
        if let Some(after) = after.strip_prefix('\\') {
            // A break at the end of a line is one break, not two.
            let len = if after.starts_with('\n') { 3 } else { 2 };
            return self.node(json!({"type": "hardBreak"}), len);
        }
        match after.chars().next() {
            Some(c) if syntax::is_escapable(c) => self.char(c, 2),
            _ => false,
        }
    }

    fn char_ref(&mut self, rest: &str) -> bool {
        syntax::char_ref(rest).is_some_and(|(c, len)| self.char(c, len))
    }

    fn emoticon(&mut self, rest: &str) -> bool {
        syntax::emoticon(self.prev(), rest).is_some_and(|(node, len)| self.node(node, len))
    }

    fn question_marks(&mut self, rest: &str) -> bool {
        let run = rest.len() - rest.trim_start_matches('?').len();
        if run != 2 {
            self.literal.push_str(&rest[..run]);
            self.at += run;
            return true;
        }
        let (prev, next) = (self.prev(), rest[run..].chars().next());
        let can_open = syntax::opens(prev, '?', next);
        let can_close = syntax::closes(prev, '?', next);
        self.delim(Delim::new(Kind::Citation, can_open, can_close, "??"))
    }

    fn symbol(&mut self, rest: &str, symbol: char, style: Style) -> bool {
        let (prev, next) = (self.prev(), rest[1..].chars().next());
        let can_open = syntax::opens(prev, symbol, next);
        let can_close = syntax::closes(prev, symbol, next);
        self.delim(Delim::new(Kind::Symbol(style), can_open, can_close, &rest[..1]))
    }

    fn delim(&mut self, mut delim: Delim) -> bool {
        self.flush();
        let len = delim.source.len();
        if let Some(opener) = self.matcher.push(&delim, self.tokens.len()) {
            delim.role = Role::Close;
            if let Some(Token::Delim(opener)) = self.tokens.get_mut(opener) {
                opener.role = Role::Open;
            }
        }
        self.token(Token::Delim(delim), len)
    }

    fn brace(&mut self, rest: &'a str) -> bool {
        if let Some(body) = spans::code(rest) {
            let marks = Marks { code: true, ..Marks::default() };
            let piece = Piece::Text(unescape(body), marks);
            return self.token(Token::Styled(vec![piece]), body.len() + 4);
        }
        let mut chars = rest.chars().skip(1);
        if let (Some(symbol), Some('}')) = (chars.next(), chars.next())
            && let Some(style) = Style::of_symbol(symbol)
        {
            return self.delim(Delim::new(Kind::Braced(style), true, true, &rest[..3]));
        }
        syntax::tag(rest).is_some_and(|tag| self.inline_macro(&tag, &rest[..tag.len]))
    }

    fn inline_macro(&mut self, tag: &Tag<'_>, source: &str) -> bool {
        match (tag.name, tag.params) {
            ("color", None) => self.delim(Delim::new(Kind::Color, false, true, source)),
            ("color", Some(name)) => match syntax::text_color(name) {
                Some(color) => self.delim(Delim { color: Some(color), ..Delim::new(Kind::Color, true, false, source) }),
                None => false,
            },
            ("status", Some(_)) => match tag.param("title") {
                Some(text) => {
                    let color = tag.param("colour").or_else(|| tag.param("color"));
                    let color = syntax::status_color(&color.unwrap_or_default());
                    self.node(node::leaf("status", json!({"text": text, "color": color})), tag.len)
                }
                None => false,
            },
            // An anchor shows nothing.
            ("anchor", Some(_)) => {
                self.at += tag.len;
                true
            }
            _ => false,
        }
    }

    fn image(&mut self, rest: &str) -> bool {
        let Some(body) = spans::image(self.prev(), rest) else {
            return false;
        };
        let (name, params) = body.split_once('|').unwrap_or((body, ""));
        let name = syntax::decode_refs(name.trim());
        let mut attrs = Map::new();
        if spans::is_url(&name) {
            attrs.insert("type".to_owned(), json!("external"));
            attrs.insert("url".to_owned(), json!(name));
        } else if let Value::Object(file) = media_attrs("file", &name) {
            attrs = file;
        }
        for param in params.split(',').map(str::trim) {
            match param.split_once('=') {
                // The size Jira gives to thumbnails.
                None if param == "thumbnail" => {
                    attrs.insert("width".to_owned(), json!(200));
                    attrs.insert("height".to_owned(), json!(183));
                }
                Some((name @ ("width" | "height"), value)) => {
                    if let Ok(pixels) = value.trim_end_matches("px").parse::<u32>() {
                        attrs.insert(name.to_owned(), json!(pixels));
                    }
                }
                _ => {}
            }
        }
        self.node(node::leaf("media", Value::Object(attrs)), body.len() + 2)
    }

    fn url(&mut self, rest: &str) -> bool {
        if self.prev().is_some_and(char::is_alphanumeric) {
            return false;
        }
        syntax::bare_url(rest).is_some_and(|len| self.link(&rest[..len], &rest[..len], None, len))
    }

    /// `[url]`, `[text|url]`, `[url|url|smart-link]`, `[~accountid:id]` or `[^file]`.
    fn bracket(&mut self, rest: &'a str) -> bool {
        let Some(body) = spans::bracket(rest) else {
            return false;
        };
        let len = body.len() + 2;
        if let Some(id) = body.strip_prefix("~accountid:").filter(|id| !id.is_empty()) {
            let attrs = json!({"id": syntax::decode_refs(id)});
            return self.node(node::leaf("mention", attrs), len);
        }
        if let Some(name) = body.strip_prefix('^').filter(|name| !name.is_empty() && !name.contains('|')) {
            let attrs = media_attrs("file", &syntax::decode_refs(name));
            return self.node(node::leaf("mediaInline", attrs), len);
        }
        let parts = split_bars(body);
        match parts.as_slice() {
            [url] => {
                let url = url.trim();
                spans::is_url(url) && self.link(url, url, None, len)
            }
            [text, href, rest @ ..] => {
                let href = syntax::decode_refs(href.trim());
                if href.is_empty() {
                    return false;
                }
                let last = rest.first().map(|last| syntax::decode_refs(last.trim()));
                let card = match last.as_deref() {
                    Some("smart-link") => "inlineCard",
                    Some("smart-card") => "blockCard",
                    Some("smart-embed") => "embedCard",
                    title => return self.titled_link(text, &href, title, len),
                };
                let mut attrs = json!({"url": href});
                if card == "embedCard" {
                    attrs["layout"] = json!("center");
                }
                self.node(node::leaf(card, attrs), len)
            }
            [] => false,
        }
    }

    fn titled_link(&mut self, text: &str, href: &str, title: Option<&str>, len: usize) -> bool {
        let text = if text.is_empty() { href } else { text };
        let title = title.filter(|title| !title.is_empty()).map(str::to_owned);
        self.link(text, href, title, len)
    }

    fn link(&mut self, text: &str, href: &str, title: Option<String>, len: usize) -> bool {
        let outer = Marks { link: Some(Link { href: href.to_owned(), title }), ..Marks::default() };
        let inner = if text == href {
            vec![Piece::Text(text.to_owned(), outer)]
        } else {
            pieces(text, false)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text, marks) => Piece::Text(text, marks.within(&outer)),
                    node @ Piece::Node(_) => node,
                })
                .collect()
        };
        self.token(Token::Styled(inner), len)
    }
}

/// Splits a link's text at unescaped bars.
fn split_bars(body: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < body.len() {
        if body[at..].starts_with('|') {
            parts.push(&body[start..at]);
            start = at + 1;
        }
        at = spans::step(body, at);
    }
    parts.push(&body[start..]);
    parts
}

/// The text of `{{...}}`, where only escapes have a meaning.
fn unescape(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let second = rest.chars().nth(1).filter(|c| syntax::is_escapable(*c));
        let (c, len) = match (first, second) {
            ('\\', Some(c)) => (c, 2),
            ('&', _) => syntax::char_ref(rest).unwrap_or((first, 1)),
            _ => (first, first.len_utf8()),
        };
        out.push(c);
        rest = &rest[len..];
    }
    out
}
