//! Mutations of an answer's form: what the contract alone shows to be wrong.

use http::{
    HeaderValue,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::{
    Mutation,
    place::{self, Facts, Pattern},
    scene::{Scene, Seen, with_body},
};
use crate::target::{Answer, Caller};

const RATE_LIMITS: [&str; 5] =
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "ratelimit-policy"];

/// Statuses of success that few operations document.
const UNUSUAL: [u16; 3] = [206, 203, 226];

/// The places where an answer can be broken.
pub fn candidates(mutation: Mutation, scene: &Scene<'_>, seen: &Seen<'_>) -> Vec<Pattern> {
    let fits: fn(&Pattern, &Facts) -> bool = match mutation {
        Mutation::DropRequired => |_, facts| facts.required,
        Mutation::NullProperty => {
            |at, facts| !at.is_empty() && !at.ends_with("/*") && has_type(facts) && !is_nullable(facts)
        }
        Mutation::ChangeType => |_, facts| has_type(facts),
        Mutation::ChangeEnum => |_, facts| facts.schema["enum"].is_array() && facts.schema["type"] == "string",
        Mutation::ChangeFormat => |_, facts| other_format(&facts.schema).is_some(),
        Mutation::ExtraProperty => {
            |_, facts| facts.schema["additionalProperties"] == false && facts.schema["properties"].is_object()
        }
        _ => return if make(mutation, scene, seen, "").is_some() { vec![Pattern::new()] } else { Vec::new() },
    };
    if seen.success().is_none() {
        return Vec::new();
    }
    let known = seen.places(scene);
    let fitting = known.iter().filter(|(at, facts)| fits(at, facts)).map(|(at, _)| at.clone());
    fitting.filter(|at| make(mutation, scene, seen, at).is_some()).collect()
}

/// An answer, broken at a place. Nothing when it can't be.
pub fn make(mutation: Mutation, scene: &Scene<'_>, seen: &Seen<'_>, at: &str) -> Option<Answer> {
    let answer = seen.answer;
    let success = answer.is_success();
    match mutation {
        Mutation::DropRequired
        | Mutation::NullProperty
        | Mutation::ChangeType
        | Mutation::ChangeEnum
        | Mutation::ChangeFormat
        | Mutation::ExtraProperty => {
            let before = seen.success()?;
            let mut body = before.clone();
            let schema = &seen.places(scene).get(at)?.schema;
            place::change(&mut body, at, &mut |old| property(mutation, schema, old));
            (body != *before).then(|| seen.with(&body))
        }
        Mutation::ChangeStatus => {
            let operation = scene.operation();
            let status = UNUSUAL.into_iter().find(|status| operation.response(*status).is_none())?;
            success.then(|| Answer { status, ..answer.clone() })
        }
        Mutation::ChangeContentType => {
            is_json_alone(scene, answer).then(|| with_type(answer, Some("text/html;charset=UTF-8")))
        }
        Mutation::MissingContentType => is_json_alone(scene, answer).then(|| with_type(answer, None)),
        Mutation::BrokenJson => {
            seen.success().filter(|_| answer.body.len() > 1 && is_json_alone(scene, answer))?;
            Some(Answer { body: answer.body.slice(..answer.body.len() - 1), ..answer.clone() })
        }
        Mutation::EmptyBody => {
            let described = scene.schema(answer.status).is_some_and(|(schema, _)| *schema != json!({}));
            let wanted = matches!(answer.status, 200 | 201) && described && !answer.body.is_empty();
            wanted.then(|| Answer { body: Default::default(), ..answer.clone() })
        }
        Mutation::ErrorDialect => {
            let refused = (400..500).contains(&answer.status) && !answer.body.is_empty();
            let broken = with_type(&with_body(answer, &json!({ "oops": true })), Some("application/json"));
            refused.then_some(broken)
        }
        Mutation::ServerError => {
            let body = json!({ "errorMessages": ["Internal server error"], "errors": {} });
            let broken = with_type(&with_body(answer, &body), Some("application/json"));
            success.then_some(Answer { status: 500, ..broken })
        }
        Mutation::RateLimitMissing => {
            let mut broken = told(scene, answer)?;
            RATE_LIMITS.iter().for_each(|name| drop(broken.headers.remove(*name)));
            Some(broken)
        }
        Mutation::RateLimitMalformed => {
            let mut broken = told(scene, answer)?;
            broken.headers.insert("x-ratelimit-limit", HeaderValue::from_static("many"));
            Some(broken)
        }
        _ => None,
    }
}

fn property(mutation: Mutation, schema: &Value, old: &Value) -> Option<Value> {
    match mutation {
        Mutation::NullProperty => Some(Value::Null),
        Mutation::ChangeType => Some(match schema["type"].as_str() {
            Some("string") => json!(42),
            Some("object") => json!("text"),
            Some("array") => json!({}),
            _ => json!("text"),
        }),
        Mutation::ChangeEnum => Some(json!("NOT_A_VALUE")),
        Mutation::ChangeFormat => other_format(schema),
        Mutation::ExtraProperty => {
            let mut entries = old.as_object().cloned().unwrap_or_default();
            entries.insert("notDocumented".to_owned(), json!(1));
            Some(Value::Object(entries))
        }
        _ => None,
    }
}

fn has_type(facts: &Facts) -> bool {
    facts.schema["type"].is_string()
}

fn is_nullable(facts: &Facts) -> bool {
    facts.schema["nullable"] == true
        || facts.schema["enum"].as_array().is_some_and(|values| values.contains(&Value::Null))
}

/// A value of the type that is not of the format.
fn other_format(schema: &Value) -> Option<Value> {
    match schema["format"].as_str()? {
        "date" | "date-time" | "uuid" => Some(json!("something else")),
        "int32" => Some(json!(1_u64 << 40)),
        _ => None,
    }
}

fn is_json_alone(scene: &Scene<'_>, answer: &Answer) -> bool {
    let documented = scene.operation().response(answer.status).filter(|documented| documented.status.is_some());
    let alone = documented.is_some_and(|documented| documented.media_types == ["application/json"]);
    let is_json = answer.header("content-type").is_some_and(|sent| sent.starts_with("application/json"));
    alone && is_json && answer.is_success() && !answer.body.is_empty()
}

fn with_type(answer: &Answer, media_type: Option<&'static str>) -> Answer {
    let mut answer = answer.clone();
    answer.headers.remove(CONTENT_LENGTH);
    match media_type {
        Some(media_type) => drop(answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type))),
        None => drop(answer.headers.remove(CONTENT_TYPE)),
    }
    answer
}

/// The answer, if it must tell where rate limits stand.
fn told(scene: &Scene<'_>, answer: &Answer) -> Option<Answer> {
    let must = answer.is_success() && scene.caller == Caller::Main && scene.session().judge.tells_rate_limits;
    (must && answer.headers.contains_key("x-ratelimit-limit")).then(|| answer.clone())
}
