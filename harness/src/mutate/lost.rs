//! Writes that are answered and not done.

use http::Method;
use serde_json::Value;

use super::{
    Mutation,
    proxy::{Ask, Upstream},
    scene::{Scene, json, with_body},
};
use crate::{
    contract::Match,
    run::{
        case::Exchange,
        links::{Witness, normal},
    },
    target::{Answer, Caller},
};

/// How an operation's writes can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// Nothing is forwarded, and the answer says nothing.
    Silent,
    /// What was made is deleted at once.
    Undone,
    /// Nothing is forwarded; the answer is what is there, with what was written.
    Pretended,
}

/// How writes can be lost; nothing where no other operation could tell, or no answer can be made up.
fn loss(mutation: Mutation, scene: &Scene<'_>) -> Option<Loss> {
    let operation = scene.operation();
    let links = &scene.session().judge.links;
    let deletes = operation.method == Method::DELETE;
    if scene.reads() || deletes != (mutation == Mutation::KeepDeleted) || deletes && links.outlives(operation) {
        return None;
    }
    let is_hidden = matches!(links.witness(operation), Some(Witness::None(_)));
    if is_hidden || !is_seen(scene) {
        return None;
    }
    let sample = scene.known.samples.get(&scene.index).filter(|sample| sample.status != 303)?;
    if deletes || sample.body.is_empty() {
        Some(Loss::Silent)
    } else if scene.makes() {
        scene.kind().filter(|kind| kind.delete.is_some()).map(|_| Loss::Undone)
    } else {
        let reads = scene.kind().is_some_and(|kind| kind.update == Some(scene.index) && kind.read.is_some());
        (reads && operation.method == Method::PUT).then_some(Loss::Pretended)
    }
}

/// Whether writes of the operation can be lost.
pub fn can_lose(mutation: Mutation, scene: &Scene<'_>) -> bool {
    loss(mutation, scene).is_some()
}

/// Whether another operation shows what this one does: one that reads the same path, or what is above it.
fn is_seen(scene: &Scene<'_>) -> bool {
    let path = normal(&scene.operation().path);
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    let operations = scene.session().judge.conformance.contract().operations();
    operations.iter().any(|other| {
        let other_path = normal(&other.path);
        other.method == Method::GET && (other_path == path || other_path == above)
    })
}

/// What a write is answered that is to be lost, and whether it is. Nothing when it is none that would have been done.
pub async fn lose(
    mutation: Mutation,
    scene: &Scene<'_>,
    upstream: &Upstream,
    ask: &Ask,
    log: &mut Vec<Exchange>,
) -> Option<(Answer, bool)> {
    let loss = loss(mutation, scene).filter(|_| scene.caller == Caller::Main)?;
    let known = scene.known;
    if loss == Loss::Undone {
        let truth = upstream.forward(ask).await;
        let exchange = ask.exchange(&truth);
        let undo = if truth.is_success() { known.session.undo(scene.index, &exchange) } else { Vec::new() };
        let mut is_lost = !undo.is_empty();
        for request in &undo {
            is_lost &= upstream.forward(&upstream.ask(request)).await.is_success();
        }
        if !is_lost {
            log.push(exchange);
        }
        // Either way it is answered now, and must not be done again.
        return Some((truth, is_lost));
    }
    if !is_sound(scene, upstream, ask).await {
        return None;
    }
    let sample = known.samples.get(&scene.index)?.clone();
    if loss == Loss::Silent {
        return Some((sample, true));
    }
    let there = upstream.forward(&upstream.get(&ask.path)).await;
    let (mut body, written) = (json(&there).filter(|_| there.is_success())?, ask.json()?);
    for (name, value) in written.as_object()? {
        let place = body.as_object_mut()?.get_mut(name);
        if let Some(place) = place.filter(|place| std::mem::discriminant(*place) == std::mem::discriminant(value)) {
            *place = value.clone();
        }
    }
    Some((Answer { status: sample.status, ..with_body(&there, &body) }, true))
}

/// Whether the target would accept a request, as far as the contract tells: else a lost write would accept what is to
/// be refused, and be found by that.
async fn is_sound(scene: &Scene<'_>, upstream: &Upstream, ask: &Ask) -> bool {
    let operation = scene.operation();
    let conformance = &scene.session().judge.conformance;
    let media_type = ask.media_type();
    let takes = &operation.request_media_types;
    if !takes.is_empty() && !takes.iter().any(|taken| taken == "*/*" || *taken == media_type) {
        return false;
    }
    if media_type == "application/json"
        && !takes.is_empty()
        && !conformance.accepts(operation, scene.version, &ask.body)
    {
        return false;
    }
    let (_, facts) = conformance.contract().source(operation);
    let queries = facts["parameters"].as_array().into_iter().flatten().filter(|facts| facts["in"] == "query");
    for facts in queries {
        let value = scene.parameter(facts["name"].as_str().unwrap_or_default());
        let is_number = facts["schema"]["type"] == "integer";
        let fits = value.as_ref().is_none_or(|value| !is_number || value.parse::<i64>().is_ok());
        if !fits || value.is_none() && facts["required"] == true {
            return false;
        }
    }
    is_there(scene, upstream, ask).await
}

/// Whether what a path names is there: the longest part of it that can be read tells.
async fn is_there(scene: &Scene<'_>, upstream: &Upstream, ask: &Ask) -> bool {
    let contract = scene.session().judge.conformance.contract();
    let operation = scene.operation();
    let (path, query) = ask.path.split_once('?').unwrap_or((&ask.path, ""));
    let mut shorter = Some(path);
    while let Some(prefix) = shorter {
        shorter = prefix.rsplit_once('/').map(|(above, _)| above);
        // What reads something else has a literal where this has a parameter, or the other way round.
        let is_above = |found: &Match<'_>| {
            format!("{}/", normal(&operation.path)).starts_with(&format!("{}/", normal(&found.operation.path)))
        };
        let Some(found) = contract.find(&Method::GET, prefix).filter(is_above) else { continue };
        let is_whole = prefix.len() == path.len();
        let whole = if is_whole && !query.is_empty() { format!("{prefix}?{query}") } else { prefix.to_owned() };
        let answer = upstream.forward(&upstream.get(&whole)).await;
        // A property that is not there is made.
        if is_whole
            && operation.method == Method::PUT
            && operation.path.contains("/properties/")
            && answer.status == 404
        {
            return true;
        }
        // What stands at the address itself may be made only now, or be asked for in another way.
        if is_whole && !operation.path.ends_with('}') && !answer.is_success() {
            continue;
        }
        let below = path[prefix.len()..].split('/').nth(1);
        let named = below.filter(|_| normal(&found.operation.path) + "/{}" == normal(&operation.path));
        return answer.is_success() && named.is_none_or(|id| mentions(&answer, id));
    }
    true
}

/// Whether a list has a row of that id.
fn mentions(answer: &Answer, id: &str) -> bool {
    let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy().into_owned();
    fn has(value: &Value, id: &str) -> bool {
        match value {
            Value::String(text) => text == id,
            Value::Number(number) => number.to_string() == id,
            Value::Array(items) => items.iter().any(|item| has(item, id)),
            Value::Object(entries) => entries.values().any(|entry| has(entry, id)),
            _ => false,
        }
    }
    json(answer).is_some_and(|body| has(&body, &id))
}
