//! ADF → Jira wiki markup: the text of one block.
//!
//! A line is first cut into [`Piece`]s. Only then are the style symbols written, because whether
//! `*bold*` does or `{*}bold{*}` is needed depends on the characters on both sides of both.

use serde_json::Value;

use super::super::marks::{Link, Marks, Style};
use super::super::{node, wiki_syntax as syntax};
use super::escape::{self, Context};
use super::render::{Piece, render};

/// How line breaks are written.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Breaks {
    /// As line ends, where the line on neither side is blank.
    Newlines,
    /// As `\\`, because the block is a single line.
    Slashes,
}

/// How a block's text is written.
#[derive(Clone, Copy)]
pub(super) struct Inline {
    pub(super) in_table: bool,
    pub(super) breaks: Breaks,
}

impl Inline {
    /// Writes inline nodes.
    pub(super) fn write(self, nodes: &[Value]) -> String {
        let mut writer = Writer { in_table: self.in_table, lines: vec![Vec::new()], styles: Vec::new(), color: None };
        writer.runs(&runs(nodes));
        let mut out = String::new();
        let mut was_blank = true;
        for (index, line) in writer.lines.iter().enumerate() {
            let line = render(line);
            let is_blank = line.trim().is_empty();
            if index > 0 {
                let as_newline = self.breaks == Breaks::Newlines && !was_blank && !is_blank;
                out.push_str(if as_newline { "\n" } else { "\\\\" });
            }
            out.push_str(&line);
            was_blank = is_blank;
        }
        out
    }
}

/// A card that links to its address, none when it has no address.
pub(super) fn card(card: &Value, kind: &str) -> String {
    match node::card_url(card) {
        Some(url) => {
            let url = syntax::encode_refs(url);
            format!("[{url}|{url}|{kind}]")
        }
        None => String::new(),
    }
}

/// Part of a paragraph: text of which all has the same marks, a break or another node.
enum Run<'a> {
    Text(String, Marks),
    Break,
    Node(&'a Value),
}

fn runs(nodes: &[Value]) -> Vec<Run<'_>> {
    let mut out: Vec<Run<'_>> = Vec::new();
    for node in nodes {
        match node::kind(node) {
            "hardBreak" => out.push(Run::Break),
            "text" => {
                let marks = Marks::of(node);
                let text = node::text(node).replace("\r\n", "\n").replace('\r', "\n");
                if marks.code {
                    push_text(&mut out, &text, marks);
                    continue;
                }
                for (index, line) in text.split('\n').enumerate() {
                    if index > 0 {
                        out.push(Run::Break);
                    }
                    push_text(&mut out, line, marks.clone());
                }
            }
            _ => out.push(Run::Node(node)),
        }
    }
    out
}

fn push_text(out: &mut Vec<Run<'_>>, text: &str, marks: Marks) {
    match out.last_mut() {
        _ if text.is_empty() => {}
        Some(Run::Text(last, same)) if *same == marks => last.push_str(text),
        _ => out.push(Run::Text(text.to_owned(), marks)),
    }
}

struct Writer {
    in_table: bool,
    lines: Vec<Vec<Piece>>,
    /// The open styles, innermost last.
    styles: Vec<Style>,
    /// The open colour, which is outside all styles.
    color: Option<String>,
}

impl Writer {
    fn runs(&mut self, runs: &[Run<'_>]) {
        let link_of = |run: &Run<'_>| match run {
            Run::Text(_, marks) => marks.link.clone(),
            _ => None,
        };
        for group in runs.chunk_by(|a, b| link_of(a) == link_of(b)) {
            match group {
                [Run::Text(text, marks)] if is_bare(text, marks) => {
                    self.switch(marks);
                    self.push(Piece::Url(text.clone()));
                }
                [first, ..] => match link_of(first) {
                    Some(link) => self.link(&link, group),
                    None => self.plain_runs(group),
                },
                [] => {}
            }
        }
        self.switch(&Marks::default());
    }

    fn plain_runs(&mut self, runs: &[Run<'_>]) {
        for (index, run) in runs.iter().enumerate() {
            match run {
                Run::Text(text, marks) => self.text(text, marks),
                Run::Break => {
                    self.switch(&Marks::default());
                    self.lines.push(Vec::new());
                }
                Run::Node(node) => {
                    self.switch(&Marks::default());
                    let next = match runs.get(index + 1) {
                        Some(Run::Text(text, _)) => text.chars().next(),
                        _ => None,
                    };
                    self.node(node, next);
                }
            }
        }
    }

    fn link(&mut self, link: &Link, runs: &[Run<'_>]) {
        self.switch(&Marks::default());
        self.raw("[");
        for run in runs {
            if let Run::Text(text, marks) = run {
                self.text(text, marks);
            }
        }
        self.switch(&Marks::default());
        let title = link.title.iter().map(|title| format!("|{}", syntax::encode_refs(title)));
        let title: String = title.collect();
        self.raw(&format!("|{}{title}]", syntax::encode_refs(&link.href)));
    }

    /// Closes and opens styles until those of `marks` are open.
    fn switch(&mut self, marks: &Marks) {
        let color = marks.color.as_deref();
        let keep = if self.color.as_deref() == color {
            self.styles.iter().take_while(|style| marks.has(**style)).count()
        } else {
            0
        };
        for style in self.styles.split_off(keep).into_iter().rev() {
            self.push(Piece::Close(style));
        }
        if self.color.as_deref() != color {
            if self.color.is_some() {
                self.raw("{color}");
            }
            if let Some(color) = color {
                self.raw(&format!("{{color:{color}}}"));
            }
            self.color = color.map(str::to_owned);
        }
        for style in marks.styles() {
            if !self.styles.contains(&style) {
                self.styles.push(style);
                self.push(Piece::Open(style));
            }
        }
    }

    fn text(&mut self, text: &str, marks: &Marks) {
        self.switch(marks);
        let in_link = marks.link.is_some();
        if marks.code {
            self.raw(&format!("{{{{{}}}}}", escape::code(text, in_link)));
            return;
        }
        let mut rest = text;
        while let Some((before, url, after)) = split_at_url(rest).filter(|_| !in_link) {
            self.escaped(before, marks);
            self.push(Piece::Url(url.to_owned()));
            rest = after;
        }
        self.escaped(rest, marks);
    }

    fn escaped(&mut self, text: &str, marks: &Marks) {
        let line = self.lines.last().map(Vec::as_slice).unwrap_or_default();
        let context = Context {
            at_line_start: line.iter().all(|piece| match piece {
                Piece::Open(_) => true,
                Piece::Raw(text) => text.trim().is_empty(),
                Piece::Close(_) | Piece::Url(_) => false,
            }),
            in_link: marks.link.is_some(),
            in_table: self.in_table,
            marks,
        };
        let escaped = escape::text(text, &context);
        self.raw(&escaped);
    }

    /// Writes a node other than text; `next` is the first character of the text after it.
    fn node(&mut self, inline: &Value, next: Option<char>) {
        let label = node::inline_label(inline);
        let id = node::attr(inline, "id").map(syntax::encode_refs);
        match (node::kind(inline), id) {
            ("mention", Some(id)) => self.raw(&format!("[~accountid:{id}]")),
            ("mediaInline", _) => {
                let name = syntax::encode_refs(&label);
                match node::attr(inline, "type") {
                    Some("image") => self.raw(&format!("!{name}!")),
                    _ => self.raw(&format!("[^{name}]")),
                }
            }
            ("status", _) if !label.is_empty() => {
                let color = node::attr(inline, "color").unwrap_or_default();
                let color = syntax::status_color_name(color);
                let title = syntax::encode_refs(&label);
                self.raw(&format!("{{status:colour={color}|title={title}}}"));
            }
            ("inlineCard", _) if !label.is_empty() => {
                let link = card(inline, "smart-link");
                self.raw(&link);
            }
            ("emoji", _) => match self.emoticon(inline, next) {
                Some(code) => self.raw(code),
                None => self.escaped(&label, &Marks::default()),
            },
            _ => self.escaped(&label, &Marks::default()),
        }
    }

    /// The emoticon for an emoji, where it would be read as one.
    fn emoticon(&self, emoji: &Value, next: Option<char>) -> Option<&'static str> {
        let code = syntax::emoticon_code(node::attr(emoji, "shortName")?)?;
        let prev = self.lines.last()?.last().and_then(Piece::last_char);
        let ahead: String = code.chars().chain(next).collect();
        let (_, len) = syntax::emoticon(prev, &ahead)?;
        (len == code.len()).then_some(code)
    }

    fn raw(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(Piece::Raw(text.to_owned()));
        }
    }

    fn push(&mut self, piece: Piece) {
        if let Some(line) = self.lines.last_mut() {
            line.push(piece);
        }
    }
}

/// Whether a link is written as its bare address.
fn is_bare(text: &str, marks: &Marks) -> bool {
    let is_plain = |link: &Link| link.href == text && link.title.is_none();
    !marks.code && marks.link.as_ref().is_some_and(is_plain) && syntax::bare_url(text) == Some(text.len())
}

/// The text before the first bare address, the address and the text after it.
fn split_at_url(text: &str) -> Option<(&str, &str, &str)> {
    text.char_indices().find_map(|(at, _)| {
        let len = syntax::bare_url(&text[at..])?;
        let is_word = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        (!is_word).then(|| (&text[..at], &text[at..at + len], &text[at + len..]))
    })
}
