//! What a strict site says of a query that means nothing.
//!
//! Where no sentence is recorded, the nearest recorded one lent its words.

use super::Problem;
use crate::domain::{jql::Operator, people::Caller};
use std::ops::RangeInclusive;

///
pub fn no_field(field: &str, caller: &Caller) -> Problem {
    let sentence = match caller.account {
        Some(_) => format!("Field '{field}' does not exist or you do not have permission to view it."),
        None => format!("Field '{field}' does not exist or this field cannot be viewed by anonymous users."),
    };
    sentence.into()
}

/// For fields that can only be sorted by.
pub fn not_searchable(field: &str) -> Problem {
    format!("Field '{field}' is not searchable, it is only sortable.").into()
}

///
pub fn no_operator(operator: Operator, field: &str) -> Problem {
    format!("The operator '{}' is not supported by the '{field}' field.", operator.as_str()).into()
}

/// Q-5; `shape` is `list` or `non-list`.
pub fn wrong_shape(operator: Operator, shape: &str, operand: &str, field: &str) -> Problem {
    format!("Operator '{}' does not support the {shape} value '{operand}' for field '{field}'.", operator.as_str())
        .into()
}

/// The same of a predicate.
pub fn wrong_predicate(predicate: &str, shape: &str, operand: &str) -> Problem {
    format!("Predicate '{predicate}' does not support the {shape} value '{operand}'.").into()
}

/// For `DURING`.
pub fn no_period(predicate: &str, received: usize) -> Problem {
    format!("Predicate '{predicate}' expected '2' dates but received '{received}'.").into()
}

///
pub fn no_emptiness(field: &str) -> Problem {
    format!("The field '{field}' does not support searching for EMPTY values.").into()
}

///
pub fn no_value(value: &str, field: &str) -> Problem {
    Problem { sentence: format!("The value '{value}' does not exist for the field '{field}'."), unknown_value: true }
}

///
pub fn no_id(id: &str, field: &str) -> Problem {
    Problem { sentence: format!("A value with ID '{id}' does not exist for the field '{field}'."), unknown_value: true }
}

/// For numbers and spans of time.
pub fn invalid_value(value: &str, field: &str) -> Problem {
    format!("The value '{value}' for field '{field}' is invalid.").into()
}

///
pub fn no_issue(key: &str, field: &str) -> Problem {
    Problem { sentence: format!("An issue with key '{key}' does not exist for field '{field}'."), unknown_value: true }
}

///
pub fn invalid_key(key: &str, field: &str) -> Problem {
    format!("The issue key '{key}' for field '{field}' is invalid.").into()
}

///
pub fn moved_key(operator: Operator, key: &str) -> Problem {
    format!("Operator '{}' cannot be applied to moved issue key '{key}'", operator.as_str()).into()
}

///
pub fn invalid_date(value: &str, field: &str) -> Problem {
    format!(
        "Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
         'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )
    .into()
}

///
pub fn empty_text(field: &str) -> Problem {
    format!("The field '{field}' does not support searching for an empty string.").into()
}

///
pub fn unreadable_text(text: &str, field: &str) -> Problem {
    format!("Unable to parse the text '{text}' for field '{field}'.").into()
}

///
pub fn no_sorting(field: &str) -> Problem {
    format!("Not able to sort using field '{field}'.").into()
}

/// S-26.
pub fn too_many_sorts(most: usize) -> Problem {
    format!("The query can be ordered by at most {most} fields.").into()
}

///
pub fn no_function(function: &str) -> Problem {
    format!("Unable to find JQL function '{function}()'.").into()
}

/// For a function of an app that has not answered yet.
pub fn not_computed(function: &str) -> Problem {
    format!("The function '{function}()' has not been computed yet. Try again later.").into()
}

///
pub fn wrong_arity(function: &str, expected: &RangeInclusive<usize>, received: usize) -> Problem {
    let (least, most) = (expected.start(), expected.end());
    let expected = if least == most { format!("'{least}'") } else { format!("between '{least}' and '{most}'") };
    format!("Function '{function}' expected {expected} arguments but received '{received}'.").into()
}

///
pub fn wrong_function(function: &str, field: &str) -> Problem {
    format!("A value provided by the function '{function}' is invalid for the field '{field}'.").into()
}

/// what a function was asked to list from something unknown.
pub fn cannot_list(function: &str, what: &str, kind: &str, name: &str) -> Problem {
    format!("Function '{function}' can not generate a list of {what} for {kind} '{name}'; the {kind} does not exist.")
        .into()
}

/// An argument that names nothing.
pub fn unresolved(function: &str, kind: &str, name: &str) -> Problem {
    format!("Could not resolve the {kind} '{name}' provided to function '{function}'.").into()
}

/// An argument that is no increment.
pub fn invalid_increment(function: &str, increment: &str) -> Problem {
    format!(
        "The date increment '{increment}' provided to function '{function}' is invalid. Valid formats are \
         '(+/-)nn(y|M|w|d|h|m)'."
    )
    .into()
}

/// A filter whose query comes back to it, or to the filter that is being stored.
pub fn cyclic_filter(value: &str, filter: &str, field: &str) -> Problem {
    format!(
        "Field '{field}' with value '{value}' matches filter '{filter}' and causes a cyclical reference, this query can \
         not be executed and should be edited."
    ).into()
}

/// More filters in filters, or calls of apps' functions, than are followed. Jira has no such sentence.
pub fn too_many_filters() -> Problem {
    "The query refers to too many filters and functions of apps, or through them too deep.".to_owned().into()
}
