//! Servers that keep things and misbehave in one way, and one that doesn't.

#![allow(dead_code, reason = "no test needs all of it")]

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use harness::{
    report::Report,
    run::{self, Options},
    target::Settings,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::things::{self, basic, is_sound, limited, ok, unauthorised};

/// A contract of things that have owners.
pub fn workspace() -> TempDir {
    let thing = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "self", "name"],
        "properties": {
            "id": { "type": "string", "readOnly": true },
            "owner": { "type": "object", "readOnly": true },
            "self": { "type": "string", "readOnly": true },
            "name": { "type": "string", "maxLength": 40 },
            "size": { "type": "string", "enum": ["S", "L"] },
        },
    });
    things::workspace(things::paths(&thing), json!({}), json!([]), json!({ "makers": ["owner"] }))
}

/// What a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    None,
    Fails,
    ServesSome,
    ServesNone,
    Teapot,
    Html,
    NamelessThing,
    MoreThanDocumented,
    AcceptsAnything,
    LosesChanges,
    KeepsDeleted,
    ListsTheFirstAlone,
    RepeatsOnPages,
    IgnoresTheLimit,
    GivesOneIdTwice,
    LinksElsewhere,
    LinksNowhere,
    LetsAnybodyIn,
    LetsTheOtherConfigure,
    AnswersDifferently,
    ForgetsInVersionTwo,
    ErrorsInNoDialect,
    NoRateLimits,
    Sleeps,
    Dawdles,
    AnswersAboutAnother,
    CountsOneMore,
    NeverSaysItIsLast,
    NamesAnotherOwner,
    ListsOtherNames,
    RefusesChanges,
}

/// A server that keeps things, and makes one mistake.
struct Server {
    fault: Fault,
    address: String,
    things: Mutex<BTreeMap<u64, Value>>,
    next: AtomicU64,
}

impl Respond for Server {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let is = |fault| self.fault == fault;
        let answer = self.answer(request);
        let answer = if is(Fault::Dawdles) { answer.set_delay(Duration::from_millis(50)) } else { answer };
        let authorization =
            request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let tells = !authorization.is_empty() && (!is(Fault::NoRateLimits) || request.url.path().ends_with("myself"));
        if tells { limited(answer) } else { answer }
    }
}

impl Server {
    fn answer(&self, request: &Request) -> ResponseTemplate {
        let is = |fault| self.fault == fault;
        let method = request.method.as_str();
        let path = request.url.path().to_owned();
        let who = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (nobody, other) = (who.is_empty(), who == "Basic b3RoZXI6c2VjcmV0");
        if path == "/_mock/ready" {
            return ok(200, &json!({ "status": "ready" }));
        }
        if path.ends_with("/myself") {
            return ok(200, &json!({ "accountId": "me" }));
        }
        let version = if path.starts_with("/rest/api/2/") { 2 } else { 3 };
        let Some(rest) = path.strip_prefix(&format!("/rest/api/{version}/thing")) else { return problem(404) };
        if nobody && !is(Fault::LetsAnybodyIn) {
            return unauthorised();
        }
        if other && method != "GET" && !is(Fault::LetsTheOtherConfigure) {
            return self.refusal(403);
        }
        let query: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
        let number = |name: &str, default: u64| query.get(name).map_or(Ok(default), |text| text.parse());
        let (Ok(start), Ok(limit)) = (number("startAt", 0), number("maxResults", 50)) else {
            return if is(Fault::AcceptsAnything) { self.page(0, 50, version) } else { problem(400) };
        };
        if method == "GET" && rest.is_empty() {
            return self.page(start, limit, version);
        }
        if method == "POST" || method == "PUT" {
            let json_type = request.headers.get("content-type").is_some_and(|value| value == "application/json");
            let body: Value = match serde_json::from_slice(&request.body) {
                Ok(body) if json_type && is_sound(&body, &[]) => body,
                Ok(body) if is(Fault::AcceptsAnything) => body,
                _ if is(Fault::AcceptsAnything) => json!({}),
                _ if !json_type => return problem(415),
                _ => return self.refusal(400),
            };
            return self.write(method, rest, body, version);
        }
        let mut things = self.things.lock().unwrap();
        let Some(id) =
            rest.strip_prefix('/').and_then(|id| id.parse::<u64>().ok()).filter(|id| things.contains_key(id))
        else {
            return self.refusal(404);
        };
        if method == "DELETE" {
            if !is(Fault::KeepsDeleted) {
                things.remove(&id);
            }
            return ResponseTemplate::new(204);
        }
        let mut thing = things[&id].clone();
        drop(things);
        if is(Fault::AnswersDifferently) {
            thing["name"] = json!(format!("name {}", self.next.fetch_add(1, Ordering::Relaxed)));
        }
        if is(Fault::ForgetsInVersionTwo) && version == 2 {
            thing["name"] = json!("another");
        }
        match self.fault {
            Fault::AnswersAboutAnother => ok(200, &self.shown(id + 1, &thing, version)),
            Fault::Fails => self.refusal(500),
            Fault::ServesSome if id % 2 == 1 => self.refusal(501),
            Fault::ServesNone => self.refusal(501),
            Fault::Teapot => ok(206, &self.shown(id, &thing, version)),
            Fault::Html => ResponseTemplate::new(200).set_body_raw("<html></html>", "text/html"),
            Fault::Sleeps => ok(200, &self.shown(id, &thing, version)).set_delay(Duration::from_secs(60)),
            _ => ok(200, &self.shown(id, &thing, version)),
        }
    }

    fn write(&self, method: &str, rest: &str, body: Value, version: u64) -> ResponseTemplate {
        let is = |fault| self.fault == fault;
        let mut things = self.things.lock().unwrap();
        if method == "POST" {
            let id = if is(Fault::GivesOneIdTwice) { 1 } else { self.next.fetch_add(1, Ordering::Relaxed) };
            things.insert(id, body.clone());
            return ok(201, &self.shown(id, &body, version));
        }
        let Some(id) = rest
            .strip_prefix('/')
            .and_then(|id| id.parse::<u64>().ok())
            .filter(|id| things.contains_key(id) && !is(Fault::RefusesChanges))
        else {
            return self.refusal(404);
        };
        if !is(Fault::LosesChanges) {
            things.insert(id, body.clone());
        }
        ok(200, &self.shown(id, &body, version))
    }

    fn page(&self, start: u64, limit: u64, version: u64) -> ResponseTemplate {
        let is = |fault| self.fault == fault;
        let things = self.things.lock().unwrap();
        let mut all: Vec<_> = things.iter().map(|(id, thing)| self.shown(*id, thing, version)).collect();
        if is(Fault::ListsTheFirstAlone) {
            all.truncate(2);
        }
        let start = if is(Fault::RepeatsOnPages) { start.saturating_sub(1) } else { start } as usize;
        let limit = if is(Fault::IgnoresTheLimit) { limit + 1 } else { limit } as usize;
        if is(Fault::ListsOtherNames) {
            all.iter_mut().for_each(|thing| thing["name"] = json!("another"));
        }
        let values: Vec<_> = all.iter().skip(start).take(limit).collect();
        let total = all.len() + usize::from(is(Fault::CountsOneMore));
        let last = start + values.len() >= all.len() && !is(Fault::NeverSaysItIsLast);
        let page = json!({ "startAt": start, "maxResults": limit, "total": total, "isLast": last, "values": values });
        ok(200, &page)
    }

    fn shown(&self, id: u64, thing: &Value, version: u64) -> Value {
        let is = |fault| self.fault == fault;
        let mut shown = json!({
            "id": id.to_string(),
            "self": format!("{}/rest/api/{version}/thing/{id}", self.address),
            "name": thing["name"],
            "owner": { "accountId": if is(Fault::NamesAnotherOwner) { "you" } else { "me" } },
        });
        if thing["size"].is_string() {
            shown["size"] = thing["size"].clone();
        }
        match self.fault {
            Fault::LinksElsewhere => shown["self"] = json!(format!("http://elsewhere/rest/api/3/thing/{id}")),
            Fault::LinksNowhere => shown["self"] = json!(format!("{}/rest/api/{version}/thing/0{id}x", self.address)),
            _ => {}
        }
        if is(Fault::NamelessThing) {
            shown.as_object_mut().unwrap().remove("name");
        }
        if is(Fault::MoreThanDocumented) {
            shown["more"] = json!(1);
        }
        shown
    }

    fn refusal(&self, status: u16) -> ResponseTemplate {
        if self.fault == Fault::ErrorsInNoDialect {
            return ok(status, &json!({ "oops": true }));
        }
        ok(status, &json!({ "errorMessages": ["No."], "errors": {} }))
    }
}

fn problem(status: u16) -> ResponseTemplate {
    let body = json!({ "type": "about:blank", "title": "No", "status": status, "detail": "No." });
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/problem+json")
}

/// A run that may write, as two accounts.
pub fn options(address: &str, folder: &Path) -> Options {
    let mut target = Settings::new(address, basic("me"));
    target.other = Some(basic("other"));
    Options { allow_writes: true, strict: true, seed: 7, ..Options::new(target, folder) }
}

/// Starts a server. It is one of its own, which is gone when it is dropped.
pub async fn serve(fault: Fault) -> MockServer {
    let server = MockServer::builder().start().await;
    let (things, next) = (Mutex::default(), AtomicU64::new(1));
    let respond = Server { fault, address: server.uri(), things, next };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

/// Judges one.
pub async fn run(fault: Fault) -> Report {
    run_with(fault, |_| {}).await
}

/// Judges one with other options than the usual.
pub async fn run_with(fault: Fault, change: impl FnOnce(&mut Options)) -> Report {
    let server = serve(fault).await;
    let folder = workspace();
    let mut options = options(&server.uri(), folder.path());
    change(&mut options);
    if fault == Fault::Sleeps {
        // Nobody waits for long, or often.
        (options.target.request_time_limit, options.cases) = (Duration::from_millis(200), 1);
    }
    run::contract(&options, &|_| {}).await.unwrap()
}
