//! What stands right of `~`: words, phrases, wildcards.

use super::condition::TextQuery;

/// Longest word, in lower case, and longest text that can be looked for, in bytes; PostgreSQL keeps no longer word.
const LONGEST_WORD: usize = 2046;
const LONGEST: usize = 32_767;

/// Most wildcards in one text: each is looked up apart.
const MOST_WILDCARDS: usize = 50;

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub enum BadText {
    /// There is nothing to look for.
    Empty,
    /// Operators without words, or a word that begins with a wildcard.
    Unreadable,
}

/// Reads a text. Words are joined by AND; OR, AND, NOT and `-word` are known, parentheses are not.
pub fn read(text: &str) -> Result<TextQuery, BadText> {
    if text.trim().is_empty() {
        return Err(BadText::Empty);
    }
    let wildcards = text.matches(['*', '?']).count();
    if text.len() > LONGEST
        || wildcards > MOST_WILDCARDS
        || text.split_whitespace().any(|word| word.to_lowercase().len() > LONGEST_WORD)
    {
        return Err(BadText::Unreadable);
    }
    let mut alternatives = vec![Vec::new()];
    let mut negated = false;
    // Whether an operator still waits for a word.
    let mut open = false;
    for token in tokens(text) {
        match token {
            Token::Word("OR" | "||") if open => return Err(BadText::Unreadable),
            Token::Word("OR" | "||") => {
                alternatives.push(Vec::new());
                open = true;
            }
            Token::Word("AND" | "&&") => {
                if open || alternatives.last().is_some_and(Vec::is_empty) {
                    return Err(BadText::Unreadable);
                }
                open = true;
            }
            Token::Word("NOT" | "!") => (negated, open) = (true, true),
            token => {
                let Some((query, minus)) = read_token(token)? else { continue };
                let query = if negated || minus { TextQuery::Not(Box::new(query)) } else { query };
                if let Some(words) = alternatives.last_mut() {
                    words.push(query);
                }
                (negated, open) = (false, false);
            }
        }
    }
    if open || alternatives.iter().any(Vec::is_empty) {
        return Err(BadText::Unreadable);
    }
    let mut alternatives: Vec<TextQuery> =
        alternatives.into_iter().map(|words| one_or(words, TextQuery::All)).collect();
    Ok(match alternatives.len() {
        1 => alternatives.remove(0),
        _ => TextQuery::Any(alternatives),
    })
}

fn one_or(mut queries: Vec<TextQuery>, several: fn(Vec<TextQuery>) -> TextQuery) -> TextQuery {
    if queries.len() == 1 { queries.remove(0) } else { several(queries) }
}

enum Token<'a> {
    Word(&'a str),
    Phrase(&'a str),
}

/// Splits at blanks outside of quotes; a quote that is not closed ends with the text.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            tokens.push(Token::Phrase(part));
        } else {
            tokens.extend(part.split_whitespace().map(Token::Word));
        }
    }
    tokens
}

/// A word or phrase, and whether a minus excludes it; nothing for a dash or a parenthesis that stands alone.
fn read_token(token: Token) -> Result<Option<(TextQuery, bool)>, BadText> {
    let word = match token {
        Token::Phrase(phrase) => return Ok(Some((TextQuery::Phrase(spaced(phrase, "")), false))),
        Token::Word(word) => word,
    };
    let (minus, word) = match word.strip_prefix(['-', '!']) {
        Some(rest) => (true, rest),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let word = spaced(word, "*?");
    let mut parts = Vec::new();
    for part in word.split_whitespace() {
        parts.push(match part.find(['*', '?']) {
            Some(0) => return Err(BadText::Unreadable),
            Some(at) if part[at..].trim_end_matches('*').is_empty() => TextQuery::Prefix(part[..at].to_owned()),
            Some(_) => TextQuery::Pattern(part.to_owned()),
            None => TextQuery::Word(part.to_owned()),
        });
    }
    let query = match parts.len() {
        0 => return Ok(None),
        1 => parts.remove(0),
        // What punctuation joins stands together.
        _ if parts.iter().all(|part| matches!(part, TextQuery::Word(_))) => TextQuery::Phrase(word.trim().to_owned()),
        _ => TextQuery::All(parts),
    };
    Ok(Some((query, minus)))
}

/// The text with blanks for punctuation, which separates words.
fn spaced(text: &str, except: &str) -> String {
    text.chars().map(|c| if c.is_ascii_punctuation() && !except.contains(c) { ' ' } else { c }).collect()
}
