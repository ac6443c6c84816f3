//! The catalogue breaks what it says, and the score counts what is noticed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use harness::{
    mutate::{self, Mutant, Mutation, Options, Proxy},
    run,
    target::Settings,
};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use things::{basic, limited, ok, operation, unauthorised};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

mod things;

const THINGS: &str = "/rest/api/3/thing";

/// Things with rich text, and the users who own them.
fn workspace() -> TempDir {
    let text = json!({ "type": "string" });
    let thing = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "self", "name"],
        "properties": {
            "id": { "type": "string", "readOnly": true },
            "self": { "type": "string", "readOnly": true },
            "name": { "type": "string", "maxLength": 40 },
            "size": { "type": "string", "enum": ["S", "L"] },
            "note": {},
            "created": { "type": "string", "format": "date-time", "readOnly": true },
            "owner": { "allOf": [{ "$ref": "#/components/schemas/User" }], "readOnly": true },
        },
    });
    let user = json!({ "type": "object", "properties": { "accountId": text } });
    let user_ref = json!({ "$ref": "#/components/schemas/User" });
    let users = json!({ "type": "array", "items": user_ref });
    let account = json!({ "in": "query", "name": "accountId", "required": true, "schema": text });
    let mut paths = things::paths(&json!({ "$ref": "#/components/schemas/Thing" }));
    paths["/rest/api/3/users/search"] = json!({ "get": operation("users", "200", Some(&users), vec![]) });
    paths["/rest/api/3/user"] = json!({ "get": operation("user", "200", Some(&user_ref), vec![account]) });
    let deviations = json!([{ "schema": "Thing", "property": "note", "change": "rich_text", "source": "invented" }]);
    let kinds = json!({ "/rest/api/3/user": { "list": "GET /rest/api/3/users/search", "by": "accountId" } });
    let bodies = json!({
        "POST /rest/api/3/thing": { "name": "@unique.name", "size": "S", "note": "@rich" },
        "PUT /rest/api/3/thing/{id}": { "name": "@unique.name", "size": "L", "note": "@rich" },
    });
    let components = json!({ "Thing": thing, "User": user });
    things::workspace(paths, components, deviations, json!({ "kinds": kinds, "bodies": bodies }))
}

/// A server that does nothing wrong.
struct Server {
    address: String,
    things: Mutex<BTreeMap<u64, Value>>,
    next: AtomicU64,
}

impl Respond for Server {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let answer = self.answer(request);
        if request.headers.contains_key("authorization") { limited(answer) } else { answer }
    }
}

impl Server {
    fn answer(&self, request: &Request) -> ResponseTemplate {
        let (method, path) = (request.method.as_str(), request.url.path());
        let who = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let query: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
        if path == "/_mock/ready" {
            return ok(200, &json!({ "status": "ready" }));
        }
        if who.is_empty() {
            return unauthorised();
        }
        let (version, rest) = path.strip_prefix("/rest/api/").and_then(|rest| rest.split_once('/')).unwrap_or_default();
        let user = |id: &str| json!({ "accountId": id });
        match (rest, query.get("accountId").map(String::as_str)) {
            ("myself", _) => return ok(200, &user(if who == MAIN { "me" } else { "other" })),
            ("users/search", _) => return ok(200, &json!([user("me"), user("other")])),
            ("user", Some(id @ ("me" | "other"))) => return ok(200, &user(id)),
            ("user", _) => return refusal(if query.is_empty() { 400 } else { 404 }),
            _ => {}
        }
        let number = |name: &str, default: usize| query.get(name).map_or(Ok(default), |text| text.parse());
        let (Ok(start), Ok(limit)) = (number("startAt", 0), number("maxResults", 50)) else { return refusal(400) };
        if who != MAIN && method != "GET" {
            return refusal(403);
        }
        let mut things = self.things.lock().unwrap();
        if rest == "thing" && method == "GET" {
            let all: Vec<_> = things.iter().map(|(id, thing)| self.shown(*id, thing, version)).collect();
            let values: Vec<_> = all.iter().skip(start).take(limit).collect();
            let last = start + values.len() >= all.len();
            let page =
                json!({ "startAt": start, "maxResults": limit, "total": all.len(), "isLast": last, "values": values });
            return ok(200, &page);
        }
        let body = || {
            let json_type = request.headers.get("content-type").is_some_and(|value| value == "application/json");
            let body: Value = serde_json::from_slice(&request.body).ok()?;
            (json_type && is_sound(&body)).then_some(body)
        };
        if rest == "thing" {
            let Some(body) = body() else { return refusal(400) };
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let shown = self.shown(id, &body, version);
            things.insert(id, body);
            return ok(201, &shown);
        }
        let id = rest.strip_prefix("thing/").and_then(|id| id.parse().ok());
        let Some(id) = id.filter(|id| things.contains_key(id)) else { return refusal(404) };
        match method {
            "GET" => ok(200, &self.shown(id, &things[&id], version)),
            "PUT" => {
                let Some(body) = body() else { return refusal(400) };
                let shown = self.shown(id, &body, version);
                things.insert(id, body);
                ok(200, &shown)
            }
            _ => {
                things.remove(&id);
                ResponseTemplate::new(204)
            }
        }
    }

    fn shown(&self, id: u64, thing: &Value, version: &str) -> Value {
        let mut shown = json!({
            "id": id.to_string(),
            "self": format!("{}/rest/api/{version}/thing/{id}", self.address),
            "name": thing["name"],
            "created": "2026-01-01T00:00:00.000+0000",
            "owner": { "accountId": "me" },
        });
        if thing["size"].is_string() {
            shown["size"] = thing["size"].clone();
        }
        let note = if thing["note"].is_object() {
            &thing["note"]
        } else {
            &json!({ "type": "doc", "version": 1, "content": [] })
        };
        shown["note"] = if version == "2" { json!("text") } else { note.clone() };
        shown
    }
}

/// Whether a body keeps the contract.
fn is_sound(body: &Value) -> bool {
    let is_document = |note: &Value| note["type"] == "doc" && note["version"] == 1 && note["content"].is_array();
    things::is_sound(body, &["note", "owner"]) && body.get("note").is_none_or(is_document)
}

fn refusal(status: u16) -> ResponseTemplate {
    ok(status, &json!({ "errorMessages": ["No."], "errors": {} }))
}

/// `me:secret`.
const MAIN: &str = "Basic bWU6c2VjcmV0";

async fn serve() -> MockServer {
    let server = MockServer::start().await;
    let respond = Server { address: server.uri(), things: Mutex::default(), next: AtomicU64::new(1) };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

fn options(address: &str, folder: &Path) -> Options {
    let mut target = Settings::new(address, basic("me"));
    target.other = Some(basic("other"));
    let run = run::Options { allow_writes: true, seed: 7, ..run::Options::new(target, folder) };
    Options { run, mutations: Vec::new(), sample: None, listen: None, patience: Duration::from_millis(300) }
}

/// A client of the proxy.
struct Api {
    client: Client,
    proxy: Arc<Proxy>,
    mutants: Vec<Mutant>,
}

impl Api {
    async fn send(&self, method: Method, path: &str, who: &str, body: Option<Value>) -> Response {
        let url = format!("{}{path}", self.proxy.address());
        let mut request = self.client.request(method, url);
        if !who.is_empty() {
            request = request.basic_auth(who, Some("secret"));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, "me", None).await
    }

    async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// Makes a thing; says where it is.
    async fn make(&self, name: &str) -> String {
        let made: Value =
            self.send(Method::POST, THINGS, "me", Some(json!({ "name": name }))).await.json().await.unwrap();
        format!("{THINGS}/{}", made["id"].as_str().unwrap())
    }

    /// Puts a mutant there, at whatever place. Says which place.
    fn put(&self, mutation: &str, operation: &str) -> String {
        let name = format!("{mutation}@{operation}");
        let mutant = self.mutants.iter().find(|mutant| mutant.name == name);
        let at = mutant.unwrap_or_else(|| panic!("{name} does not apply")).at.clone();
        self.proxy.put(Some(&name)).unwrap();
        at
    }

    fn restore(&self) {
        self.proxy.put(None).unwrap();
    }
}

async fn stand(server: &MockServer) -> Api {
    let folder = workspace();
    let (proxy, mutants) = mutate::stand(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap();
    Api { client: Client::builder().no_proxy().build().unwrap(), proxy, mutants }
}

const READ: &str = "GET /rest/api/3/thing/{id}";
const LIST: &str = "GET /rest/api/3/thing";
const MAKE: &str = "POST /rest/api/3/thing";
const CHANGE: &str = "PUT /rest/api/3/thing/{id}";
const DELETE: &str = "DELETE /rest/api/3/thing/{id}";

/// What a place of a body holds.
fn at(body: &Value, place: &str) -> Option<Value> {
    body.pointer(&place.replace('*', "0")).cloned()
}

#[tokio::test]
async fn the_form_of_answers_is_broken() {
    let server = serve().await;
    let api = stand(&server).await;
    let thing = api.make("one").await;
    let before = api.json(&thing).await;

    let place = api.put("drop-required", READ);
    assert!(at(&before, &place).is_some() && at(&api.json(&thing).await, &place).is_none(), "{place}");
    let place = api.put("null-property", READ);
    assert_eq!(at(&api.json(&thing).await, &place), Some(Value::Null), "{place}");
    let place = api.put("change-type", READ);
    let kind = |value: &Value| std::mem::discriminant(value);
    assert_ne!(
        at(&api.json(&thing).await, &place).as_ref().map(kind),
        at(&before, &place).as_ref().map(kind),
        "{place}"
    );
    api.put("change-enum", READ);
    let sized = api.send(Method::PUT, &thing, "me", Some(json!({ "name": "one", "size": "S" }))).await;
    assert!(sized.status().is_success());
    assert_eq!(api.json(&thing).await["size"], "NOT_A_VALUE");
    api.put("change-format", READ);
    assert_eq!(api.json(&thing).await["created"], "something else");
    api.put("extra-property", READ);
    assert_eq!(api.json(&thing).await["notDocumented"], 1);
    api.put("change-status", READ);
    assert_eq!(api.get(&thing).await.status(), 206);
    api.put("change-content-type", READ);
    assert_eq!(api.get(&thing).await.headers()["content-type"], "text/html;charset=UTF-8");
    api.put("missing-content-type", READ);
    assert!(!api.get(&thing).await.headers().contains_key("content-type"));
    api.put("broken-json", READ);
    assert!(api.get(&thing).await.json::<Value>().await.is_err());
    api.put("empty-body", READ);
    assert_eq!(api.get(&thing).await.text().await.unwrap(), "");
    api.put("error-dialect", READ);
    assert_eq!(api.json(&format!("{THINGS}/999")).await, json!({ "oops": true }));
    api.put("server-error", READ);
    assert_eq!(api.get(&thing).await.status(), 500);
    api.put("rate-limit-missing", READ);
    assert!(!api.get(&thing).await.headers().contains_key("x-ratelimit-limit"));
    api.put("rate-limit-malformed", READ);
    assert_eq!(api.get(&thing).await.headers()["x-ratelimit-limit"], "many");
    // Other operations are left alone.
    assert_eq!(api.get(THINGS).await.headers()["x-ratelimit-limit"], "350");
}

#[tokio::test]
async fn lists_are_broken() {
    let server = serve().await;
    let api = stand(&server).await;
    for name in ["one", "two", "three"] {
        api.make(name).await;
    }
    let page = |start: usize, limit: usize| format!("{THINGS}?startAt={start}&maxResults={limit}");
    let ids = |body: &Value| -> Vec<Value> {
        body["values"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
    };
    let before = ids(&api.json(&page(0, 10)).await);
    assert_eq!(before.len(), 3);

    api.put("duplicate-row", LIST);
    assert_eq!(ids(&api.json(&page(0, 10)).await)[3], before[2]);
    api.put("repeat-row", LIST);
    let first = ids(&api.json(&page(0, 2)).await);
    assert_eq!((first, ids(&api.json(&page(2, 2)).await)[0].clone()), (before[..2].to_vec(), before[1].clone()));
    api.put("skip-row", LIST);
    assert_eq!(ids(&api.json(&page(1, 2)).await), before[2..]);
    api.put("leak-row", LIST);
    assert_eq!(ids(&api.json(&page(0, 10)).await)[3], "987654321");
    api.put("swap-ids", LIST);
    assert_eq!(ids(&api.json(&page(0, 10)).await)[..2], [before[1].clone(), before[0].clone()]);
    api.put("wrong-total", LIST);
    assert_eq!(api.json(&page(0, 10)).await["total"], 4);
    api.put("wrong-last", LIST);
    assert_eq!(api.json(&page(0, 10)).await["isLast"], false);
    api.put("early-last", LIST);
    assert_eq!(api.json(&page(0, 2)).await["isLast"], true);
    api.put("limit-plus-one", LIST);
    let longer = api.json(&page(0, 2)).await;
    assert_eq!((ids(&longer).len(), &longer["maxResults"]), (3, &json!(2)));
    api.put("lose-row", LIST);
    api.make("four").await;
    assert_eq!(ids(&api.json(&page(0, 10)).await), before);
}

#[tokio::test]
async fn answers_lie() {
    let server = serve().await;
    let api = stand(&server).await;
    let thing = api.make("one").await;
    let before = api.json(&thing).await;
    let id = before["id"].as_str().unwrap();
    let link = before["self"].as_str().unwrap();

    api.put("broken-self", READ);
    assert_eq!(api.json(&thing).await["self"], format!("{link}-987654321"));
    api.put("foreign-self", READ);
    assert_eq!(api.json(&thing).await["self"], format!("https://elsewhere.example.com{thing}"));
    api.put("wrong-id", READ);
    assert_ne!(api.json(&thing).await["id"], id);
    api.put("wrong-owner", READ);
    let own = api.make("two").await;
    assert_eq!(api.json(&own).await["owner"]["accountId"], "other");
    let place = api.put("wrong-value", READ);
    let own = api.make("three").await;
    let body = json!({ "name": "three", "size": "L" });
    assert!(api.send(Method::PUT, &own, "me", Some(body)).await.status().is_success());
    let read = at(&api.json(&own).await, &place).unwrap();
    assert!(read.as_str().unwrap().ends_with("(not written)"), "{place}");
    let place = api.put("unstable-answer", READ);
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        seen.insert(at(&api.json(&thing).await, &place).unwrap().to_string());
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    let place = api.put("wrong-v2", READ);
    let second = api.json(&thing.replace("/3/", "/2/")).await;
    assert_eq!(at(&api.json(&thing).await, &place), at(&before, &place));
    assert_ne!(at(&second, &place), at(&before, &place));
    api.put("v2-body", READ);
    assert_eq!(api.json(&thing.replace("/3/", "/2/")).await, before);
}

#[tokio::test]
async fn operations_do_something_else() {
    let server = serve().await;
    let api = stand(&server).await;
    let thing = api.make("one").await;

    api.put("lose-write", CHANGE);
    let body = json!({ "name": "changed" });
    let answer: Value = api.send(Method::PUT, &thing, "me", Some(body)).await.json().await.unwrap();
    assert_eq!(answer["name"], "changed");
    assert_eq!(api.json(&thing).await["name"], "one");
    let refused = api.send(Method::PUT, &thing, "me", Some(json!({ "name": 1 }))).await;
    assert_eq!(refused.status(), 400, "what is to be refused is refused");
    api.put("lose-write", MAKE);
    let lost = api.make("lost").await;
    assert_eq!(api.get(&lost).await.status(), 404);

    api.put("keep-deleted", DELETE);
    assert_eq!(api.send(Method::DELETE, &thing, "me", None).await.status(), 204);
    assert_eq!(api.get(&thing).await.status(), 200);
    assert_eq!(api.send(Method::DELETE, &format!("{THINGS}/999"), "me", None).await.status(), 404);

    api.put("stale-read", READ);
    let before = api.json(&thing).await;
    api.send(Method::PUT, &thing, "me", Some(json!({ "name": "changed" }))).await;
    assert_eq!(api.json(&thing).await, before);

    api.put("accept-negative", CHANGE);
    let accepted = api.send(Method::PUT, &thing, "me", Some(json!({ "name": 1 }))).await;
    assert_eq!(accepted.status(), 200);
    api.put("anonymous-allowed", READ);
    assert_eq!(api.send(Method::GET, &thing, "", None).await.status(), 200);
    api.put("other-allowed", DELETE);
    assert_eq!(api.send(Method::DELETE, &thing, "other", None).await.status(), 204);
    api.restore();
    assert_eq!(api.get(&thing).await.status(), 404);
}

#[tokio::test]
async fn the_mutant_is_changed_from_outside() {
    let server = serve().await;
    let api = stand(&server).await;
    let listed = api.json("/__mutants").await;
    assert_eq!(listed.as_array().unwrap().len(), api.mutants.len());
    assert_eq!(api.json("/__mutant").await, json!({ "mutant": null, "changed": 0 }));
    let name = format!("server-error@{LIST}");
    let put = api.send(Method::PUT, "/__mutant", "", Some(json!({ "mutant": name }))).await;
    assert_eq!(put.status(), 200);
    assert_eq!(api.get(THINGS).await.status(), 500);
    let state = api.json("/__mutant").await;
    assert_eq!((&state["mutant"]["name"], &state["changed"]), (&json!(name), &json!(1)));
    let unknown = api.send(Method::PUT, "/__mutant", "", Some(json!({ "mutant": "none" }))).await;
    assert_eq!(unknown.status(), 404);
    api.send(Method::PUT, "/__mutant", "", Some(json!({ "mutant": null }))).await;
    assert_eq!(api.get(THINGS).await.status(), 200);
}

#[tokio::test]
async fn the_whole_catalogue_applies_and_is_noticed() {
    let server = serve().await;
    let folder = workspace();
    let score = mutate::score(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap();
    assert!(score.not_judged.is_empty(), "{:?}", score.not_judged);
    let missing: Vec<_> = Mutation::ALL.iter().filter(|mutation| !score.mutations.contains_key(mutation)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let survivors: Vec<_> = score.survivors.iter().map(|mutant| format!("{} at {}", mutant.name, mutant.at)).collect();
    assert!(score.summary.value() > 0.9, "{}", survivors.join("\n"));
    // Nothing is left behind: neither by what was accepted nor by what was not deleted.
    let left = Client::builder().no_proxy().build().unwrap().get(format!("{}{THINGS}", server.uri()));
    let left: Value = left.basic_auth("me", Some("secret")).send().await.unwrap().json().await.unwrap();
    assert_eq!(left["total"], 0, "{left}");
}

#[tokio::test]
async fn what_no_check_looks_for_survives() {
    let server = serve().await;
    let folder = workspace();
    let mut options = options(&server.uri(), folder.path());
    options.run.checks = run::chosen(&["no-5xx".parse().unwrap()], &[]);
    options.run.operations = vec![READ.to_owned()];
    options.mutations = vec!["server-error".to_owned(), "drop-*".to_owned()];
    let score = mutate::score(&options, &|_| {}).await.unwrap();
    assert_eq!((score.summary.applied, score.summary.detected), (2, 1));
    assert_eq!(score.summary.value(), 0.5);
    assert_eq!(score.survivors.iter().map(|mutant| mutant.mutation).collect::<Vec<_>>(), [Mutation::DropRequired]);
    assert_eq!(score.detected.values().collect::<Vec<_>>(), [&"no-5xx"]);
    assert!(score.human().contains(&format!("drop-required@{READ}")));
}

#[tokio::test]
async fn a_sample_is_chosen_by_the_seed() {
    let server = serve().await;
    let folder = workspace();
    let chosen = async |seed| {
        let mut options = options(&server.uri(), folder.path());
        (options.sample, options.run.seed, options.run.jobs) = (Some(10), seed, 1);
        let (_, mutants) = mutate::stand(&options, &|_| {}).await.unwrap();
        mutants.into_iter().map(|mutant| mutant.name).collect::<Vec<_>>()
    };
    let (one, again, other) = (chosen(1).await, chosen(1).await, chosen(2).await);
    assert_eq!((one.len(), &one), (10, &again));
    assert_ne!(one, other);
}
