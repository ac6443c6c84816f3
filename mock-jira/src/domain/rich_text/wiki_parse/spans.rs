//! Stretches of markup that are read as a whole, so that what they contain (a `|`, a newline) has
//! no meaning for the construct around them.

use super::super::wiki_syntax::{self as syntax, Tag, tag};

/// The character before byte `at`.
pub(super) fn prev_char(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The text between `{{` and `}}` at the start of `rest`.
pub(super) fn code(rest: &str) -> Option<&str> {
    // Keeps a text full of unclosed openers from being walked once for each.
    let body = rest.strip_prefix("{{").filter(|body| body.contains("}}"))?;
    let end = find_unescaped(body, "}}", "\n")?;
    (end > 0).then(|| &body[..end])
}

/// The text between `[` and `]` at the start of `rest`.
pub(super) fn bracket(rest: &str) -> Option<&str> {
    let body = rest.strip_prefix('[')?;
    let end = find_unescaped(body, "]", "[\n")?;
    (end > 0).then(|| &body[..end])
}

/// The text between two `!` at the start of `rest`, when it names an image.
pub(super) fn image(prev: Option<char>, rest: &str) -> Option<&str> {
    if !syntax::opens(prev, '!', rest.chars().nth(1)) {
        return None;
    }
    let body = rest.strip_prefix('!')?;
    let end = body.find(['!', '\n']).filter(|at| body[*at..].starts_with('!'))?;
    let body = &body[..end];
    let name = body.split('|').next().unwrap_or_default().trim();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let is_file = extension.is_some_and(|extension| {
        (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    (is_file || is_url(name)).then_some(body)
}

/// Whether the whole of `text` is an address.
pub(super) fn is_url(text: &str) -> bool {
    syntax::bare_url(text) == Some(text.len())
}

/// The position of `end` in `body`, unless one of `stops` or the end of the text comes first.
fn find_unescaped(body: &str, end: &str, stops: &str) -> Option<usize> {
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if body[at..].starts_with(end) {
            return Some(at);
        }
        if stops.contains(c) {
            return None;
        }
        if c == '\\' && body[at + 1..].starts_with(syntax::is_escapable) {
            chars.next();
        }
    }
    None
}

/// A raw macro, the content of which is not markup: its tag, its text and the length of all.
pub(super) fn raw_macro(rest: &str) -> Option<(Tag<'_>, &str, usize)> {
    let open = tag(rest).filter(|tag| matches!(tag.name, "code" | "noformat"))?;
    let close = if open.name == "code" { "{code}" } else { "{noformat}" };
    let len = rest[open.len..].find(close)?;
    let end = open.len + len;
    Some((open, &rest[open.len..end], end + close.len()))
}

/// The end of the escape, span or character at `at`: the step by which to walk over markup.
pub(super) fn step(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let Some(first) = rest.chars().next() else {
        return text.len();
    };
    let span = match first {
        '\\' if rest[1..].starts_with(syntax::is_escapable) => Some(2),
        '\\' if rest[1..].starts_with('\\') => Some(2),
        '{' => code(rest)
            .map(|body| body.len() + 4)
            .or_else(|| raw_macro(rest).map(|(.., len)| len))
            .or_else(|| tag(rest).map(|tag| tag.len)),
        '[' => bracket(rest).map(|body| body.len() + 2),
        '!' => image(prev_char(text, at), rest).map(|body| body.len() + 2),
        _ => None,
    };
    at + span.unwrap_or(first.len_utf8())
}

/// The end of the line at the start of `text`, not counting line ends inside spans.
pub(super) fn logical_line_end(text: &str) -> usize {
    let mut at = 0;
    while at < text.len() && !text[at..].starts_with('\n') {
        at = step(text, at);
    }
    at
}
