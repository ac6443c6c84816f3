//! Values as texts, numbers and JSON, and arithmetic with them.

use super::{
    ast::Binary,
    dates,
    value::{Entity, MAX_TEXT, Value},
};
use serde_json::{Map, Number, Value as Json};
use std::cmp::Ordering;

/// Largest whole number that a float keeps.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number as texts have it: whole ones without a point.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < EXACT { format!("{}", number as i64) } else { number.to_string() }
}

/// A value as a part of a text.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(*number),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => dates::iso(*date),
        Value::CalendarDate(date) => date.to_string(),
        Value::List(_) | Value::Map(_) => stringify(value),
        Value::RichText(document) => crate::domain::rich_text::to_plain(document),
        Value::Regex(regex, _) => regex.to_string(),
        Value::Entity(entity) => format!("{}({})", entity.kind.name(), entity.id),
        Value::Properties(_) | Value::Function(_) | Value::Builtin(_) | Value::Method(_) => value.type_name().into(),
    }
}

/// A value as a number, if it is one or its text is.
pub(super) fn number_of(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Number(number) => *number,
        Value::Text(text) if text.trim().is_empty() => 0.0,
        Value::Text(text) => {
            let text = text.trim();
            // Rust reads words that are no numbers here.
            let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
            if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
        }
        Value::Date(date) => date.timestamp_millis() as f64,
        _ => f64::NAN,
    }
}

/// The JSON of a value: things of Jira's as `bean` tells, what has no JSON as a text.
pub fn to_json(value: &Value, bean: &mut dyn FnMut(&Value) -> Json) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < EXACT => (*number as i64).into(),
        Value::Number(number) => Number::from_f64(*number).map_or_else(|| number.to_string().into(), Json::Number),
        Value::Text(text) => text.as_ref().into(),
        Value::List(list) => list.of.iter().map(|item| to_json(item, bean)).collect(),
        Value::Map(map) => {
            let members = map.of.iter().map(|(name, value)| (name.clone(), to_json(value, bean)));
            members.collect::<Map<_, _>>().into()
        }
        Value::CalendarDate(date) => date.to_string().into(),
        Value::Date(_) | Value::Entity(_) | Value::RichText(_) => bean(value),
        Value::Properties(_) | Value::Regex(..) | Value::Function(_) | Value::Builtin(_) | Value::Method(_) => {
            text_of(value).into()
        }
    }
}

/// `JSON.stringify`
pub(super) fn stringify(value: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::RichText(document) => document.as_ref().clone(),
        Value::Entity(Entity { kind, id }) => format!("{}({id})", kind.name()).into(),
        other => text_of(other).into(),
    };
    to_json(value, &mut { plain }).to_string()
}

/// `JSON.parse`
pub(super) fn parse_json(text: &str) -> Result<Value, String> {
    if text.len() > MAX_TEXT {
        return Err("The text is too long.".into());
    }
    let json: Json = serde_json::from_str(text).map_err(|error| format!("Can't parse JSON: {error}"))?;
    Value::from_json(&json)
}

/// Which of two values is the smaller one; values of different types have no order.
pub(super) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(left.partial_cmp(right)),
        (Value::Text(left), Value::Text(right)) => Ok(Some(left.cmp(right))),
        (Value::Bool(left), Value::Bool(right)) => Ok(Some(left.cmp(right))),
        (Value::Date(left), Value::Date(right)) => Ok(Some(left.cmp(right))),
        (Value::CalendarDate(left), Value::CalendarDate(right)) => Ok(Some(left.cmp(right))),
        _ => Err(Binary::Less.refusal(left.type_name(), right.type_name())),
    }
}

/// Arithmetic and order.
pub(super) fn calculate(operator: Binary, left: &Value, right: &Value) -> Result<Value, String> {
    if operator.is_ordering() {
        let order = compare(left, right)?;
        return Ok(Value::Bool(match operator {
            Binary::Less => order == Some(Ordering::Less),
            Binary::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Binary::Greater => order == Some(Ordering::Greater),
            _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }));
    }
    let (Value::Number(left), Value::Number(right)) = (left, right) else {
        return Err(operator.refusal(left.type_name(), right.type_name()));
    };
    Ok(Value::Number(match operator {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        _ => left % right,
    }))
}
