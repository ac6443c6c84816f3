//! Mutations of what answers say: well formed, and not true.

use http::Method;
use serde_json::{Value, json};

use super::{
    Mutation,
    memory::Memory,
    place::{self, Pattern, last, scalars},
    scene::{Scene, Seen},
};
use crate::{contract::ApiVersion, target::Answer};

/// What those who make something are called.
const OWNERS: [&str; 6] = ["owner", "author", "updateAuthor", "creator", "reporter", "createdBy"];

/// The places where an answer can be broken.
pub fn candidates(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>) -> Vec<Pattern> {
    let Some(body) = seen.success() else { return Vec::new() };
    let mut found: Vec<Pattern> = match mutation {
        Mutation::BrokenSelf | Mutation::ForeignSelf => scalars(body)
            .into_iter()
            .filter(|(at, value)| last(at) == "self" && !at.ends_with('*') && leads(scene, value))
            .map(|(at, _)| at)
            .collect(),
        Mutation::WrongId => named(scene, body).into_iter().map(|name| format!("/{name}")).collect(),
        Mutation::WrongOwner => {
            let owned = |at: &str| {
                let (holder, name) = at.rsplit_once('/').unwrap_or_default();
                OWNERS.contains(&last(holder)) && name == "accountId"
                    || OWNERS.iter().any(|owner| name == format!("{owner}AccountId"))
            };
            let mine = |value: &Value| *value == json!(scene.known.me) && !scene.known.me.is_empty();
            let fresh = scene.makes() || memory.made_in(scene.path);
            let all = scalars(body).into_iter().filter(|(at, value)| fresh && owned(at) && mine(value));
            all.map(|(at, _)| at).collect()
        }
        Mutation::WrongValue if scene.reads() => {
            // How documents are kept is the target's own business.
            let written = |at: &str, value: &Value| {
                !at.contains("/content/*") && value.as_str().is_some_and(|text| memory.wrote(last(at), text))
            };
            scalars(body).into_iter().filter(|(at, value)| written(at, value)).map(|(at, _)| at).collect()
        }
        Mutation::UnstableAnswer if scene.operation().method == Method::GET && memory.asked(scene) => {
            texts(scene, seen, body)
        }
        Mutation::WrongV2 if scene.version == ApiVersion::V2 && scene.reads() => texts(scene, seen, body),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

/// An answer, broken at a place. Nothing when it isn't there.
pub fn make(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>, at: &str) -> Option<Answer> {
    if !candidates(mutation, scene, memory, seen).iter().any(|candidate| candidate == at) {
        return None;
    }
    let before = seen.success()?;
    let mut body = before.clone();
    place::change(&mut body, at, &mut |old| Some(value(mutation, scene, memory, old)));
    (body != *before).then(|| seen.with(&body))
}

fn value(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, old: &Value) -> Value {
    let text = old.as_str().unwrap_or_default();
    let address = &scene.session().judge.address;
    match mutation {
        Mutation::BrokenSelf if leads(scene, old) => json!(broken_link(text)),
        Mutation::ForeignSelf if leads(scene, old) => {
            json!(text.replacen(address.as_str(), "https://elsewhere.example.com", 1))
        }
        Mutation::WrongId => match old {
            Value::Number(number) => json!(number.as_u64().unwrap_or_default() + 900_000),
            // The last digit stays one, also of what is hexadecimal.
            _ => {
                let kept = &text[..text.char_indices().last().map_or(0, |(index, _)| index)];
                json!(format!("{kept}{}", if text.ends_with('9') { "8" } else { "9" }))
            }
        },
        Mutation::WrongOwner if *old == json!(scene.known.me) => json!(scene.known.other),
        Mutation::WrongValue if !text.is_empty() && memory.wrote_text(text) => json!(format!("{text} (not written)")),
        Mutation::UnstableAnswer => json!(format!("{text} ({})", scene.nonce)),
        Mutation::WrongV2 => json!(format!("{text} (2)")),
        _ => old.clone(),
    }
}

/// A link to what is not there.
pub fn broken_link(link: &str) -> String {
    format!("{link}-987654321")
}

/// Whether a link leads to an operation of the contract, at the target.
fn leads(scene: &Scene<'_>, link: &Value) -> bool {
    let judge = &scene.session().judge;
    let path = link.as_str().and_then(|link| link.strip_prefix(judge.address.as_str()));
    path.is_some_and(|path| {
        let known = judge.conformance.contract().find(&Method::GET, path).is_some();
        path.starts_with("/rest/") && known && !judge.links.is_dead(path)
    })
}

/// The names of an answer's top that say which thing it is about.
fn named(scene: &Scene<'_>, body: &Value) -> Vec<&'static str> {
    let asked = scene.last_segment();
    let is_text = |name: &str| body[name].is_string() || body[name].is_number();
    let is_asked =
        |name: &str| body[name] == json!(asked) || body[name].as_u64().is_some_and(|id| id.to_string() == asked);
    let by_path = scene.operation().path.ends_with('}') && ["id", "key"].into_iter().any(is_asked);
    let names = ["id", "key"].into_iter().filter(|name| is_text(name));
    names.filter(|name| if scene.makes() { *name == "id" } else { by_path && is_asked(name) }).collect()
}

/// Texts that are free and don't change by themselves.
fn texts(scene: &Scene<'_>, seen: &Seen<'_>, body: &Value) -> Vec<Pattern> {
    let known = seen.places(scene);
    let links = &scene.session().judge.links;
    let free = |at: &str| {
        known.get(at).is_some_and(|facts| {
            let schema = &facts.schema;
            schema["type"] == "string" && schema["enum"].is_null() && schema["format"].is_null()
        })
    };
    let is_steady = |at: &str| at.split('/').all(|name| !links.is_volatile(name));
    let is_plain = |value: &Value| value.as_str().is_some_and(|text| !text.contains("://") && !text.is_empty());
    let fits = |at: &str, value: &Value| {
        !["id", "key", "self"].contains(&last(at)) && free(at) && is_steady(at) && is_plain(value)
    };
    scalars(body).into_iter().filter(|(at, value)| fits(at, value)).map(|(at, _)| at).collect()
}
