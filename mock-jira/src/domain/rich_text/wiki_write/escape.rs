//! Escaping of text that would be read as markup, and of nothing else: `snake_case`, `a - b` and
//! `2*3*4` go out as they are.

use super::super::marks::{Marks, Style};
use super::super::wiki_syntax::{self as syntax, to_char_ref};

/// Stands for an unknown neighbour that is neither blank nor a letter.
const UNKNOWN: Option<char> = Some('\0');

/// What a text must be escaped for.
pub(super) struct Context<'a> {
    /// Nothing but blanks and opening symbols before it on its line.
    pub(super) at_line_start: bool,
    pub(super) in_link: bool,
    pub(super) in_table: bool,
    pub(super) marks: &'a Marks,
}

/// Escapes a run of text. Its neighbours are not known, so that the worst is assumed of them.
pub(super) fn text(text: &str, context: &Context<'_>) -> String {
    let line_start = if context.at_line_start { LineStart::of(text) } else { LineStart::default() };
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let prev = text[..at].chars().next_back();
        let rest = &text[at..];
        let next = rest.chars().nth(1);
        if c == '\\' && !keeps_backslash(next) || line_start.dot == Some(at) {
            out.push_str(&to_char_ref(c));
            continue;
        }
        let is_markup = match c {
            '{' | '[' => true,
            ']' => context.in_link,
            '|' => context.in_link || context.in_table || line_start.is_bar(at),
            '&' => syntax::char_ref(rest).is_some(),
            '(' | ':' | ';' => syntax::emoticon(prev, rest).is_some(),
            '!' => syntax::opens(prev, c, next.or(UNKNOWN)),
            '?' => is_citation(prev, rest),
            _ => line_start.is_marker(at, c) || is_style_symbol(c, prev, next, context.marks),
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether a backslash before `next` is read as itself.
fn keeps_backslash(next: Option<char>) -> bool {
    next.is_some_and(|c| c != '\\' && !c.is_whitespace() && !syntax::is_escapable(c))
}

fn is_citation(prev: Option<char>, rest: &str) -> bool {
    let run = rest.len() - rest.trim_start_matches('?').len();
    run == 2 && syntax::opens(prev, '?', rest[run..].chars().next().or(UNKNOWN))
}

/// Whether `c` could begin a style here, or end one that is in force.
fn is_style_symbol(c: char, prev: Option<char>, next: Option<char>, marks: &Marks) -> bool {
    Style::of_symbol(c).is_some_and(|style| {
        let could_close = || syntax::closes(prev.or(UNKNOWN), c, next);
        syntax::opens(prev, c, next.or(UNKNOWN)) || marks.has(style) && could_close()
    })
}

/// The parts of a text that have a meaning only at the start of a line.
#[derive(Default)]
struct LineStart {
    /// The dot of `h1.` or `bq.`.
    dot: Option<usize>,
    /// The characters of a list marker or rule.
    marker: std::ops::Range<usize>,
    /// The first character that is not blank, which may be a table's bar.
    first: Option<usize>,
}

impl LineStart {
    fn of(text: &str) -> Self {
        let trimmed = text.trim_start();
        let start = text.len() - trimmed.len();
        let after = trimmed.trim_start_matches(syntax::is_list_symbol);
        let is_marker = after.is_empty() || after.starts_with(char::is_whitespace);
        let has_dot = syntax::heading(text).is_some() || syntax::quotation(text).is_some();
        Self {
            dot: has_dot.then_some(start + 2),
            marker: if is_marker { start..text.len() - after.len() } else { 0..0 },
            first: Some(start),
        }
    }

    fn is_marker(&self, at: usize, c: char) -> bool {
        syntax::is_list_symbol(c) && self.marker.contains(&at)
    }

    fn is_bar(&self, at: usize) -> bool {
        self.first == Some(at)
    }
}

/// Escapes the text of `{{...}}`.
pub(super) fn code(text: &str, in_link: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let is_markup = match c {
            '{' | '}' => true,
            '[' | ']' => in_link,
            '&' => syntax::char_ref(rest).is_some(),
            _ => false,
        };
        if c == '\n' || c == '\\' && !keeps_backslash(rest.chars().nth(1)) {
            out.push_str(&to_char_ref(c));
            continue;
        }
        if is_markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Keeps a leading blank from being trimmed.
pub(super) fn pin_start(text: &str) -> String {
    match text.chars().next().filter(|c| c.is_whitespace()) {
        Some(c) => to_char_ref(c) + &text[c.len_utf8()..],
        None => text.to_owned(),
    }
}

/// Keeps a trailing blank from being trimmed.
pub(super) fn pin_end(text: &str) -> String {
    match text.chars().next_back().filter(|c| c.is_whitespace()) {
        Some(c) => text[..text.len() - c.len_utf8()].to_owned() + &to_char_ref(c),
        None => text.to_owned(),
    }
}
