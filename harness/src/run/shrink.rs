//! From a sequence that fails to the shortest that still does.

use serde_json::Value;

use super::{
    case::{Case, Role, Step},
    mark::{self, Mark},
};
use crate::target::Body;

/// Sequences that are simpler by one thing, the most promising first. `failing` is the step that shows the failure.
pub fn simpler(case: &Case, failing: usize) -> Vec<Case> {
    let mut found = Vec::new();
    // What comes after can't matter.
    if failing + 1 < case.steps.len() {
        let steps = case.steps[..=failing].to_vec();
        found.push(Case { steps, ..case.clone() });
    }
    for step in (0..failing).rev() {
        found.extend(without(case, step));
    }
    for (number, step) in case.steps.iter().enumerate().take(failing + 1) {
        for index in 0..step.query.len() {
            let mut query = step.query.clone();
            query.remove(index);
            found.push(with(case, number, Step { query, ..step.clone() }));
        }
        // A near-miss is one only as long as the rest of its body is as it was accepted, and what says nothing changes
        // nothing.
        let role = &case.steps[failing].role;
        let is_needed = matches!(step.role, Role::Broken { .. }) || role.since().is_some() && role.of() == Some(number);
        if let (Body::Json(body), false) = (&step.body, is_needed) {
            for body in smaller(body) {
                found.push(with(case, number, Step { body: Body::Json(body), ..step.clone() }));
            }
        }
    }
    found
}

/// The sequence without preparations that nothing in it refers to.
pub fn without_needless(mut case: Case) -> Case {
    for number in (0..case.steps.len()).rev() {
        if case.steps[number].role == Role::Prepare
            && let Some(shorter) = without(&case, number)
        {
            case = shorter;
        }
    }
    case
}

/// The sequence without a step, if no other needs it.
fn without(case: &Case, removed: usize) -> Option<Case> {
    let number = |step: usize| match step.cmp(&removed) {
        std::cmp::Ordering::Less => Some(step),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(step - 1),
    };
    let value = |value: &Value| {
        let mut renumber = |mark: Mark| match mark {
            Mark::Answer { step, attribute, number: as_number } => {
                let step = number(step).ok_or(())?;
                Ok::<_, ()>(Mark::Answer { step, attribute, number: as_number }.value())
            }
            other => Ok(other.value()),
        };
        mark::replace(value, &mut renumber).ok()
    };
    let pairs = |pairs: &[(String, Value)]| -> Option<Vec<(String, Value)>> {
        pairs.iter().map(|(name, given)| Some((name.clone(), value(given)?))).collect()
    };
    let mut steps = Vec::new();
    for step in case.steps.iter().enumerate().filter(|(number, _)| *number != removed).map(|(_, step)| step) {
        let body = match &step.body {
            Body::Json(body) => Body::Json(value(body)?),
            other => other.clone(),
        };
        let (path, query) = (pairs(&step.path)?, pairs(&step.query)?);
        steps.push(Step { path, query, body, role: step.role.renumbered(number)?, ..step.clone() });
    }
    Some(Case { steps, ..case.clone() })
}

fn with(case: &Case, number: usize, step: Step) -> Case {
    let mut steps = case.steps.clone();
    steps[number] = step;
    Case { steps, ..case.clone() }
}

/// Bodies that lack one member or item, or have one shorter text.
fn smaller(body: &Value) -> Vec<Value> {
    match body {
        Value::Object(entries) => {
            let fewer = entries.keys().map(|name| {
                let mut entries = entries.clone();
                entries.remove(name);
                Value::Object(entries)
            });
            let inner = entries.iter().flat_map(|(name, entry)| {
                smaller(entry).into_iter().map(move |entry| {
                    let mut entries = entries.clone();
                    entries.insert(name.clone(), entry);
                    Value::Object(entries)
                })
            });
            fewer.chain(inner).collect()
        }
        Value::Array(items) => {
            let fewer = (0..items.len()).map(|index| {
                let mut items = items.clone();
                items.remove(index);
                Value::Array(items)
            });
            let inner = items.iter().enumerate().flat_map(|(index, item)| {
                smaller(item).into_iter().map(move |item| {
                    let mut items = items.clone();
                    items[index] = item;
                    Value::Array(items)
                })
            });
            fewer.chain(inner).collect()
        }
        Value::String(text) if Mark::read(body).is_none() && text.chars().count() > 1 => {
            let count = text.chars().count();
            [count / 2, count - 1]
                .into_iter()
                .map(|length| Value::from(text.chars().take(length).collect::<String>()))
                .collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract::ApiVersion, target::Caller};
    use serde_json::json;

    fn step(path: &[Value], body: Body, role: Role) -> Step {
        let path = path.iter().map(|value| ("id".to_owned(), value.clone())).collect();
        Step { operation: 0, version: ApiVersion::V3, caller: Caller::Main, path, query: Vec::new(), body, role }
    }

    fn answer(step: usize) -> Value {
        Mark::Answer { step, attribute: "id".into(), number: false }.value()
    }

    /// Shrinks until nothing simpler fails.
    fn shrunk(mut case: Case, fails: impl Fn(&Case) -> Option<usize>) -> Case {
        while let Some(simpler) = simpler(&case, fails(&case).unwrap()).into_iter().find(|case| fails(case).is_some()) {
            case = simpler;
        }
        case
    }

    #[test]
    fn steps_that_do_not_matter_are_left_out() {
        let steps = vec![
            step(&[], Body::Empty, Role::Prepare),
            step(&[], Body::Json(json!({ "a": "long text", "b": [1, 2] })), Role::Try),
            step(&[answer(0)], Body::Empty, Role::Try),
            step(&[answer(1)], Body::Empty, Role::ReadBack { of: 1, since: None }),
            step(&[], Body::Empty, Role::Try),
        ];
        let case = Case { subject: 0, purpose: String::new(), steps };
        let fails = |case: &Case| case.steps.iter().position(|step| matches!(step.role, Role::ReadBack { .. }));
        let shrunk = shrunk(case, fails);
        assert_eq!(shrunk.steps.len(), 2);
        assert_eq!(shrunk.steps[0].body, Body::Json(json!({})));
        assert_eq!(
            (&shrunk.steps[1].path[0].1, &shrunk.steps[1].role),
            (&answer(0), &Role::ReadBack { of: 0, since: None })
        );
    }

    #[test]
    fn bodies_keep_what_fails() {
        let steps = vec![step(&[], Body::Json(json!({ "a": "xxxyyy", "b": { "c": [1, 7, 2] } })), Role::Try)];
        let case = Case { subject: 0, purpose: String::new(), steps };
        let fails = |case: &Case| {
            let Body::Json(body) = &case.steps[0].body else { return None };
            body["b"]["c"].as_array()?.contains(&json!(7)).then_some(0)
        };
        assert_eq!(shrunk(case, fails).steps[0].body, Body::Json(json!({ "b": { "c": [7] } })));
    }
}
