//! A line of markup as pieces, and how style symbols are written between them.

use super::super::marks::Style;
use super::super::wiki_syntax as syntax;

/// Part of a line of markup.
pub(super) enum Piece {
    Open(Style),
    Close(Style),
    /// A bare address, to be put in brackets where it would not be recognised.
    Url(String),
    Raw(String),
}

impl Piece {
    fn first_char(&self) -> Option<char> {
        match self {
            Self::Open(style) | Self::Close(style) => Some(style.symbol()),
            Self::Url(text) | Self::Raw(text) => text.chars().next(),
        }
    }

    pub(super) fn last_char(&self) -> Option<char> {
        match self {
            Self::Url(text) | Self::Raw(text) => text.chars().next_back(),
            marker => marker.first_char(),
        }
    }
}

/// Writes a line.
pub(super) fn render(line: &[Piece]) -> String {
    let symbols = plain_symbols(line);
    let mut out = String::new();
    for (index, piece) in line.iter().enumerate() {
        match piece {
            Piece::Raw(text) => out.push_str(text),
            Piece::Url(url) => {
                let is_word = out.chars().next_back().is_some_and(char::is_alphanumeric);
                let is_recognised = match line.get(index + 1) {
                    None => true,
                    Some(Piece::Raw(next)) => syntax::bare_url(&format!("{url}{next}")) == Some(url.len()),
                    Some(_) => false,
                };
                if is_recognised && !is_word {
                    out.push_str(url);
                } else {
                    out.push_str(&format!("[{url}]"));
                }
            }
            Piece::Open(style) | Piece::Close(style) => {
                let symbol = style.symbol();
                if symbols[index] {
                    out.push(symbol);
                } else {
                    out.push_str(&format!("{{{symbol}}}"));
                }
            }
        }
    }
    out
}

/// Which opening and closing pieces can be written as the bare symbol: those where both of a pair
/// would be recognised.
fn plain_symbols(line: &[Piece]) -> Vec<bool> {
    let mut plain = vec![false; line.len()];
    let mut openers = Vec::new();
    for (index, piece) in line.iter().enumerate() {
        let prev = index.checked_sub(1).and_then(|at| line[at].last_char());
        let next = line.get(index + 1).and_then(Piece::first_char);
        match piece {
            Piece::Open(style) => {
                let symbol = style.symbol();
                let opens = syntax::opens(prev, symbol, next) && !forms_emoticon(line, index);
                openers.push((index, opens));
            }
            Piece::Close(style) => {
                if let Some((opener, opens)) = openers.pop() {
                    let both = opens && syntax::closes(prev, style.symbol(), next);
                    plain[opener] = both;
                    plain[index] = both;
                }
            }
            Piece::Url(_) | Piece::Raw(_) => {}
        }
    }
    plain
}

/// Whether the symbol at `index` and its neighbours would be read as an emoticon such as `(*)`.
fn forms_emoticon(line: &[Piece], index: usize) -> bool {
    let before = index.checked_sub(1).map(|at| &line[at]);
    match (before, line.get(index), line.get(index + 1)) {
        (Some(Piece::Raw(before)), Some(Piece::Open(style)), Some(Piece::Raw(next))) => {
            before.ends_with('(') && syntax::emoticon(None, &format!("({}{next}", style.symbol())).is_some()
        }
        _ => false,
    }
}
