//! Methods of texts.

use super::{
    ast::Node,
    conversions::text_of,
    eval::{Evaluated, Evaluator},
    lists::slice,
    value::Value,
};
use regex::{Captures, Regex, RegexBuilder};
use std::sync::Arc;

/// Longest padding and most repetitions.
const MOST: f64 = 100.0;

/// How large a regular expression may grow, in bytes.
const REGEX_SIZE: usize = 1 << 18;

/// A regular expression with flags; [`RegexBuilder`] knows the pattern.
pub(super) fn regex(mut builder: RegexBuilder, flags: &str) -> Result<Regex, String> {
    builder.size_limit(REGEX_SIZE).dfa_size_limit(REGEX_SIZE);
    for flag in flags.chars() {
        match flag {
            'g' | 'u' => {}
            'i' => drop(builder.case_insensitive(true)),
            'm' => drop(builder.multi_line(true)),
            's' => drop(builder.dot_matches_new_line(true)),
            other => return Err(format!("Unrecognized flag of a regular expression: {other}")),
        }
    }
    builder.build().map_err(|error| {
        let text = error.to_string();
        format!("Invalid regular expression: {}", text.lines().last().unwrap_or_default())
    })
}

/// A regular expression, or a text that is read as one; texts are for all matches.
fn pattern(value: &Value) -> Result<(Arc<Regex>, bool), String> {
    match value {
        Value::Regex(regex, all) => Ok((regex.clone(), *all)),
        Value::Text(text) => Ok((Arc::new(regex(RegexBuilder::new(text), "")?), true)),
        other => Err(format!("A pattern must be RegExp or String, not {}.", other.type_name())),
    }
}

fn groups(found: &Captures) -> Result<Value, String> {
    Value::list(found.iter().map(|group| Value::maybe_text(group.map(|group| group.as_str()))))
}

/// A count from 0 to [`MOST`].
fn count(name: &str, value: &Value) -> Result<usize, String> {
    match value {
        Value::Number(number) if (0.0..=MOST).contains(number) => Ok(*number as usize),
        Value::Number(number) => Err(format!("{number} is out of range for `{name}`, limit: {MOST}.")),
        other => Err(format!("The argument of `{name}` must be Number, not {}.", other.type_name())),
    }
}

impl Evaluator<'_> {
    /// A method of a text. Places are counted in UTF-16, as in JavaScript.
    pub(super) fn text_method(&mut self, node: &Node, text: &str, name: &str, arguments: &[Value]) -> Evaluated {
        let first = arguments.first();
        match name {
            "trim" => Ok(Value::text(text.trim())),
            "toLowerCase" => Ok(Value::text(text.to_lowercase())),
            "toUpperCase" => Ok(Value::text(text.to_uppercase())),
            "includes" => Ok(Value::Bool(text.contains(&first.map_or_else(String::new, text_of)))),
            "indexOf" => {
                let at = text.find(&first.map_or_else(String::new, text_of));
                Ok(Value::int(at.map_or(-1, |at| text[..at].encode_utf16().count() as i64)))
            }
            "slice" => {
                let units: Vec<u16> = text.encode_utf16().collect();
                let range = self.at(node, slice(units.len(), arguments))?;
                Ok(Value::text(String::from_utf16_lossy(&units[range])))
            }
            "split" => self.at(node, split(text, first)),
            "repeat" => {
                let times = self.at(node, count(name, &arguments[0]))?;
                self.text(node, text.repeat(times))
            }
            "padStart" | "padEnd" => {
                let length = self.at(node, count(name, &arguments[0]))?;
                let filler = arguments.get(1).map_or_else(|| " ".to_owned(), text_of);
                let missing = length.saturating_sub(text.chars().count());
                let padding: String = filler.chars().cycle().take(missing).collect();
                Ok(Value::text(if name == "padStart" { padding + text } else { text.to_owned() + &padding }))
            }
            "replace" => self.replace(node, text, arguments),
            "match" => {
                let (regex, _) = self.at(node, pattern(&arguments[0]))?;
                match regex.captures(text) {
                    Some(found) => self.at(node, groups(&found)),
                    None => Ok(Value::Null),
                }
            }
            _ => {
                let (regex, _) = self.at(node, pattern(&arguments[0]))?;
                let all: Result<Vec<Value>, String> = regex.captures_iter(text).map(|found| groups(&found)).collect();
                self.at(node, all.and_then(Value::list))
            }
        }
    }

    /// Matches give way to a text, in which `$1` is a group, or to what a function makes of match and groups.
    fn replace(&mut self, node: &Node, text: &str, arguments: &[Value]) -> Evaluated {
        let (regex, all) = self.at(node, pattern(&arguments[0]))?;
        let mut replaced = String::new();
        let mut end = 0;
        for found in regex.captures_iter(text).take(if all { usize::MAX } else { 1 }) {
            let Some(whole) = found.get(0) else { continue };
            replaced.push_str(&text[end..whole.start()]);
            match &arguments[1] {
                Value::Function(function) => {
                    let groups: Vec<Value> =
                        found.iter().map(|group| Value::maybe_text(group.map(|group| group.as_str()))).collect();
                    replaced.push_str(&text_of(&self.apply(function, &groups)?));
                }
                other => found.expand(&text_of(other), &mut replaced),
            }
            end = whole.end();
            self.step(1)?;
            if replaced.len() > super::value::MAX_TEXT {
                break;
            }
        }
        replaced.push_str(&text[end..]);
        self.text(node, replaced)
    }
}

fn split(text: &str, separator: Option<&Value>) -> Result<Value, String> {
    match separator {
        None | Some(Value::Null) => Value::list([Value::text(text)]),
        Some(Value::Regex(regex, _)) => Value::list(regex.split(text).map(Value::text)),
        Some(Value::Text(separator)) if separator.is_empty() => {
            Value::list(text.chars().map(|c| Value::text(c.to_string())))
        }
        Some(separator) => Value::list(text.split(&text_of(separator)).map(Value::text)),
    }
}
