//! The language, over a world with two issues.

mod checks;
mod hostile;
mod language;
mod refusals;

use super::{
    eval::{Outcome, Stop, evaluate},
    parse,
    schema::Kind,
    to_json,
    value::{Entity, Value},
    world::{Lack, Missing, World},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value as Json, json};

/// Issues 1 and 2; the second is below the first. Issue 3 was never loaded.
struct Small;

impl World for Small {
    fn variable(&self, name: &str) -> Option<Value> {
        let issue = |id: i64| Value::entity(Kind::Issue, id);
        match name {
            "issue" => Some(issue(1)),
            "issues" => Value::list([issue(1), issue(2)]).ok(),
            "user" => Some(Value::Null),
            "config" => Value::from_json(&json!({ "a": [1, { "b": null }], "get": 1 })).ok(),
            _ => None,
        }
    }

    fn member(&self, of: &Entity, name: &'static str) -> Result<Value, Lack> {
        Ok(match (of.kind, &*of.id, name) {
            (Kind::Issue, id, "key") => Value::text(format!("A-{id}")),
            (Kind::Issue, id, "id") => Value::Number(id.parse().unwrap()),
            (Kind::Issue, _, "summary") => Value::text("Summary"),
            (Kind::Issue, "2", "parent") => Value::entity(Kind::Issue, 1),
            (Kind::Issue, id, "comments") => Value::list([Value::entity(Kind::Comment, format!("{id}/1"))])?,
            (Kind::Issue, id, "links") => return Err(Missing::Member(Entity::new(Kind::Issue, id), "links").into()),
            (Kind::Issue, _, "properties") => Value::Properties(of.clone()),
            (Kind::Issue, _, "dueDate") => Value::CalendarDate("2026-03-31".parse().unwrap()),
            (Kind::Comment, ..) => Value::text("comment"),
            _ => Value::Null,
        })
    }

    fn call(&self, _: &Entity, _: &str, _: &[Value]) -> Result<Value, Lack> {
        Ok(Value::Null)
    }

    fn field(&self, _: &Entity, name: &str) -> Option<Result<Value, Lack>> {
        (name == "customfield_10010").then(|| Ok(Value::from_json(&json!({ "value": "Red" }))?))
    }

    fn fields(&self) -> Vec<String> {
        vec!["customfield_10010".into()]
    }

    fn property(&self, of: &Entity, key: &str) -> Result<Value, Lack> {
        Ok(Value::text(format!("{key} of {}", of.id)))
    }

    fn property_keys(&self, _: &Entity) -> Result<Value, Lack> {
        Ok(Value::list([Value::text("a")])?)
    }

    fn thing(&self, kind: Kind, name: &Value) -> Result<Value, Lack> {
        match name {
            Value::Number(number) if *number < 3.0 => Ok(Value::entity(kind, number)),
            _ => Ok(Value::Null),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        "2026-09-14T10:30:00Z".parse().unwrap()
    }

    fn zone(&self) -> Tz {
        Tz::Europe__Berlin
    }
}

fn run(source: &str) -> Result<Outcome, Stop> {
    let node = parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    evaluate(source, &node, &Small)
}

fn value(source: &str) -> Json {
    let outcome = run(source).unwrap_or_else(|stop| panic!("{source}: {}", stop.sentence()));
    to_json(&outcome.value, &mut |value| super::text_of(value).into())
}

fn failure(source: &str) -> String {
    match run(source) {
        Ok(outcome) => panic!("{source} is {:?}", outcome.value),
        Err(stop) => stop.sentence(),
    }
}
