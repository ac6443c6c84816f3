//! Entity properties: what a path leads to, through lists wherever they are.

use super::{Asker, Meaning, Meaningless, flat, text};
use crate::site::*;
use mock_jira::domain::jql::{Field, Operand, Operator};
use serde_json::Value;

impl Asker<'_> {
    /// Whether a value in a property stands in a relation to an operand.
    pub fn property(self, field: &Field, operator: Operator, operand: &Operand, issue: &Issue) -> Meaning<bool> {
        let [property] = field.properties.as_slice() else { return Err(Meaningless) };
        if field.name.eq_ignore_ascii_case("development") {
            return development(operator, operand);
        }
        let whole: Vec<&Value> = match field.name.to_lowercase().as_str() {
            "issue.property" => issue.property.iter().collect(),
            "project.property" => self.site.projects[issue.project].property.iter().collect(),
            "comment.property" => {
                let seen = issue.comments.iter().filter(|comment| self.admits(issue, comment.audience));
                seen.filter_map(|comment| comment.property.as_ref()).collect()
            }
            // Those of others are for administrators.
            "user.property" => {
                let now = issue.now();
                let mut named = vec![issue.creator];
                named.extend(now.assignee.into_iter().chain(now.reporter));
                named.retain(|user| self.administers() || self.caller == Some(*user));
                named.iter().filter_map(|user| self.site.user_properties.get(user)).collect()
            }
            _ => return Err(Meaningless),
        };
        let whole = whole.into_iter().filter(|_| property.key == PROPERTY);
        let path = property.path.as_deref().unwrap_or_default().split('.').filter(|name| !name.is_empty());
        let held =
            path.fold(elements(whole), |values, name| elements(values.into_iter().filter_map(|value| value.get(name))));
        let empty = held.is_empty();
        let mut found = false;
        for operand in flat(operand) {
            found |= match (operator, operand) {
                (Operator::Is | Operator::IsNot, Operand::Empty) => empty,
                (Operator::Eq | Operator::NotEq | Operator::In | Operator::NotIn, Operand::Empty) => empty,
                (Operator::Like | Operator::NotLike, Operand::Value(value)) => {
                    let wanted = text::Wanted::read(&value.text)?;
                    held.iter().filter_map(|value| value.as_str()).any(|text| wanted.is_in(text))
                }
                (Operator::Eq | Operator::NotEq | Operator::In | Operator::NotIn, Operand::Value(value)) => {
                    held.iter().any(|held| is(held, &value.text))
                }
                (operator, Operand::Value(value)) => {
                    let wanted: f64 = value.text.parse().map_err(|_| Meaningless)?;
                    held.iter().filter_map(|value| value.as_f64()).any(|held| match operator {
                        Operator::Lt => held < wanted,
                        Operator::LtEq => held <= wanted,
                        Operator::Gt => held > wanted,
                        _ => held >= wanted,
                    })
                }
                _ => return Err(Meaningless),
            };
        }
        Ok(match operator {
            // The contrary of being empty is not to be so; other values are unequal to nothing.
            Operator::IsNot => !found,
            Operator::NotEq if *operand == Operand::Empty => !found,
            Operator::NotEq | Operator::NotIn | Operator::NotLike => !empty && !found,
            _ => found,
        })
    }
}

/// No development tool has told anything of an issue: it has no number to compare with.
fn development(operator: Operator, operand: &Operand) -> Meaning<bool> {
    let number = |operand: &&Operand| match operand {
        Operand::Empty => Ok(()),
        Operand::Value(value) => value.text.parse::<u32>().map(drop).map_err(|_| Meaningless),
        _ => Err(Meaningless),
    };
    let operands = flat(operand);
    operands.iter().try_for_each(number)?;
    let empty = operands.contains(&&Operand::Empty);
    Ok(empty && matches!(operator, Operator::Is | Operator::Eq | Operator::In))
}

/// The values, and those in lists instead of the lists.
fn elements<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<&'v Value> {
    let mut elements = Vec::new();
    for value in values {
        match value {
            Value::Array(list) => elements.extend(list),
            Value::Null => {}
            one => elements.push(one),
        }
    }
    elements
}

fn is(held: &Value, wanted: &str) -> bool {
    match held {
        Value::String(text) => text == wanted,
        Value::Number(number) => wanted.parse().ok() == number.as_f64(),
        Value::Bool(flag) => flag.to_string() == wanted,
        _ => false,
    }
}
