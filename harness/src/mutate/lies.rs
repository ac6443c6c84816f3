//! Mutations that need what was asked before, or what the target answers elsewhere.

use http::Method;
use serde_json::{Value, json};

use super::{
    Mutation,
    memory::Memory,
    proxy::{Ask, Upstream},
    rows,
    scene::{Scene, Seen, json, with_body},
};
use crate::{
    contract::ApiVersion,
    run::{judge::difference, paging::items},
    target::{Answer, Caller},
};

/// An answer changed by what was asked before, or by what the operation answers elsewhere.
pub fn make(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>) -> Option<Answer> {
    let truth = seen.answer;
    match mutation {
        Mutation::StaleRead if scene.reads() => {
            let stale = memory.stale(scene)?;
            let links = &scene.session().judge.links;
            let same = stale.status == truth.status
                && difference(&json(stale)?, seen.json().unwrap_or(&Value::Null), false, &|name| {
                    links.is_volatile(name)
                })
                .is_none();
            (!same).then(|| stale.clone())
        }
        Mutation::AcceptNegative if scene.caller == Caller::Main && refuses(truth) => {
            scene.known.samples.get(&scene.index).cloned()
        }
        Mutation::Latency => Some(truth.clone()),
        _ => None,
    }
}

/// An answer that is got by asking the target for something else.
pub async fn ask_again(
    mutation: Mutation,
    scene: &Scene<'_>,
    upstream: &Upstream,
    ask: &Ask,
    truth: &Answer,
) -> Option<Answer> {
    match mutation {
        Mutation::AnonymousAllowed | Mutation::OtherAllowed => {
            let caller = if mutation == Mutation::AnonymousAllowed { Caller::Anonymous } else { Caller::Other };
            if scene.caller != caller || !(is_denied(truth) || scene.reads() && truth.is_success()) {
                return None;
            }
            let more = upstream.forward(&upstream.as_main(ask)).await;
            let rows = |answer: &Answer| items(&json(answer)?).map(Vec::len);
            let gives_more = is_denied(truth) || rows(&more).zip(rows(truth)).is_some_and(|(more, all)| more > all);
            (more.is_success() && gives_more).then_some(more)
        }
        Mutation::V2Body
            if scene.version == ApiVersion::V2 && scene.operation().method == Method::GET && truth.is_success() =>
        {
            let path = ask.path.replacen("/rest/api/2/", "/rest/api/3/", 1);
            let other = upstream.forward(&Ask { path, ..ask.clone() }).await;
            (other.is_success() && differs_by_version(&other, truth)).then_some(other)
        }
        Mutation::LimitPlusOne => {
            let limit = more_than_fits(scene, truth)?;
            let name = scene.paging()?.limit;
            let path = ask.path.replace(&format!("{name}={limit}"), &format!("{name}={}", limit + 1));
            let longer = upstream.forward(&Ask { path, ..ask.clone() }).await;
            let mut body = json(&longer)?;
            if items(&body)?.len() as u64 <= limit {
                return None;
            }
            if body[name].is_u64() {
                body[name] = json!(limit);
            }
            Some(with_body(&longer, &body))
        }
        _ => None,
    }
}

/// Whether an answer refuses what was wrong with the request.
pub fn refuses(answer: &Answer) -> bool {
    matches!(answer.status, 400 | 404 | 413 | 415 | 422)
}

/// Whether an answer refuses the caller.
pub fn is_denied(answer: &Answer) -> bool {
    matches!(answer.status, 401 | 403 | 404)
}

/// Whether the two versions of an answer differ by more than links.
pub fn differs_by_version(third: &Answer, second: &Answer) -> bool {
    let text = |answer: &Answer| String::from_utf8_lossy(&answer.body).replace("/rest/api/3/", "/rest/api/2/");
    text(third) != text(second)
}

/// The length that was asked for, if the page has that and there is more.
pub fn more_than_fits(scene: &Scene<'_>, answer: &Answer) -> Option<u64> {
    let body = json(answer).filter(|_| answer.is_success() && scene.reads())?;
    let paging = scene.paging()?;
    let limit: u64 = scene.parameter(paging.limit)?.parse().ok()?;
    let start = scene.parameter(paging.start).and_then(|start| start.parse().ok()).unwrap_or_default();
    let listed = items(&body)?.len() as u64;
    (listed == limit && limit < 1000 && rows::has_more(&body, start, listed)).then_some(limit)
}
