//! Each check is seen to fail: against servers that misbehave in one way, and against one that doesn't.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::{
    collections::BTreeMap,
    fs,
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
    target::{Body, Caller, Settings, Target},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use things::{basic, is_sound, limited, ok, unauthorised};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

mod things;

fn workspace() -> TempDir {
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
enum Fault {
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
    ListsWithoutSome,
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
        if is(Fault::ListsWithoutSome) {
            all.retain(|thing| thing["id"].as_str().is_some_and(|id| id.ends_with(['1', '3', '5', '7', '9'])));
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
        if is(Fault::AnswersAboutAnother) {
            shown["id"] = json!((id + 1).to_string());
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

fn options(address: &str, folder: &Path) -> Options {
    let mut target = Settings::new(address, basic("me"));
    target.other = Some(basic("other"));
    target.request_time_limit = Duration::from_millis(300);
    Options { allow_writes: true, strict: true, seed: 7, ..Options::new(target, folder) }
}

async fn serve(fault: Fault) -> MockServer {
    let server = MockServer::start().await;
    let (things, next) = (Mutex::default(), AtomicU64::new(1));
    let respond = Server { fault, address: server.uri(), things, next };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

async fn run(fault: Fault) -> Report {
    let server = serve(fault).await;
    let folder = workspace();
    run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap()
}

#[tokio::test]
async fn each_fault_is_found_by_its_check() {
    let faults = [
        (Fault::Fails, "no-5xx"),
        (Fault::ServesSome, "no-5xx"),
        (Fault::Teapot, "documented-status"),
        (Fault::Html, "content-type"),
        (Fault::NamelessThing, "schema"),
        (Fault::MoreThanDocumented, "undocumented-properties"),
        (Fault::AcceptsAnything, "negative-refused"),
        (Fault::LosesChanges, "read-after-write"),
        (Fault::KeepsDeleted, "delete-is-gone"),
        (Fault::ListsWithoutSome, "lists-contain-and-page"),
        (Fault::RepeatsOnPages, "lists-contain-and-page"),
        (Fault::IgnoresTheLimit, "lists-contain-and-page"),
        (Fault::GivesOneIdTwice, "unique-ids"),
        (Fault::LinksElsewhere, "self-links"),
        (Fault::LinksNowhere, "self-links"),
        (Fault::LetsAnybodyIn, "authorization"),
        (Fault::LetsTheOtherConfigure, "authorization"),
        (Fault::AnswersDifferently, "repeatable-gets"),
        (Fault::ForgetsInVersionTwo, "v2-v3-agree"),
        (Fault::ErrorsInNoDialect, "error-dialect"),
        (Fault::NoRateLimits, "rate-limit-headers"),
        (Fault::Sleeps, "no-5xx"),
        (Fault::AnswersAboutAnother, "as-asked"),
        (Fault::CountsOneMore, "lists-contain-and-page"),
        (Fault::NeverSaysItIsLast, "lists-contain-and-page"),
        (Fault::NamesAnotherOwner, "read-after-write"),
        (Fault::ListsOtherNames, "lists-contain-and-page"),
    ];
    let mut missed = Vec::new();
    for (fault, check) in faults {
        let report = run(fault).await;
        if !report.summary.failures.contains_key(check) {
            missed.push(format!("{fault:?}: {check} not among {:?}", report.summary.failures));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test]
async fn a_good_server_has_no_failure() {
    let report = run(Fault::None).await;
    let failures: Vec<_> = report.operations.iter().flat_map(|operation| &operation.failures).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert_eq!((report.summary.operations, report.summary.skipped), (5, 0));
    // Every check was made, or it would hold for nothing.
    let made: std::collections::BTreeSet<_> = report.operations.iter().flat_map(|o| o.checks.keys()).collect();
    let missing: Vec<_> = run::Check::ALL.iter().filter(|check| !made.contains(&check.name().to_owned())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn what_is_not_served_holds_nothing() {
    let report = run(Fault::ServesNone).await;
    let unserved: Vec<_> = report.operations.iter().filter(|operation| operation.skipped.is_some()).collect();
    assert!(
        unserved
            .iter()
            .any(|operation| operation.operation.starts_with("GET") && operation.operation.ends_with("{id}"))
    );
    for operation in unserved {
        assert_eq!(operation.skipped.as_deref(), Some("not served yet"));
        assert!(operation.checks.is_empty(), "{operation:#?}");
    }
}

#[tokio::test]
async fn what_never_succeeds_is_told() {
    let told = |report: &Report| {
        let never = report.summary.never_succeeded.iter();
        never.map(|unreached| (unreached.operation.clone(), unreached.reason.clone())).collect::<Vec<_>>()
    };
    let put = "PUT /rest/api/3/thing/{id}".to_owned();
    assert_eq!(told(&run(Fault::RefusesChanges).await), [(put.clone(), None)]);
    assert_eq!(told(&run(Fault::None).await), []);

    // An excuse counts where it is needed; elsewhere it is reported, as is one for nothing.
    let excused = async |fault| {
        let (server, folder) = (serve(fault).await, workspace());
        let excuses = json!({ "unreachable": { "PUT /rest/api/3/thing/{id}": "it rests", "GET /nowhere": "gone" } });
        fs::write(folder.path().join("schemas/links.json"), excuses.to_string()).unwrap();
        run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap()
    };
    let report = excused(Fault::RefusesChanges).await;
    assert_eq!(told(&report), [(put, Some("it rests".to_owned()))]);
    assert_eq!(report.summary.warnings, ["unreachable: there is no operation 'GET /nowhere'"]);
    let report = excused(Fault::None).await;
    let needless = "unreachable: 'PUT /rest/api/3/thing/{id}' succeeds: delete it".to_owned();
    assert!(report.summary.warnings.contains(&needless), "{:?}", report.summary.warnings);
}

#[test]
fn nothing_is_stated_of_what_there_is_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert_eq!(run::stale_links(&root).unwrap(), Vec::<String>::new());

    let folder = workspace();
    let stated = json!({
        "kinds": { "/rest/api/3/nothing": { "list": "GET /rest/api/3/nothing" } },
        "parameters": { "GET /rest/api/3/thing/{id}": { "id": "@thing.id", "colour": "@thing.id" } },
        "queries": { "GET /rest/api/3/thing": { "maxResults": 3, "sort": "name" } },
        "before": { "PUT /rest/api/3/thing/{id}": [{ "call": "POST /rest/api/3/thing", "path": { "place": 1 } }] },
        "ignored": { "POST /rest/api/3/thing": ["size", "weight"] },
    });
    fs::write(folder.path().join("schemas/links.json"), stated.to_string()).unwrap();
    let expected = [
        "before, witnesses: 'POST /rest/api/3/thing' has no 'place'",
        "ignored: 'POST /rest/api/3/thing' has no 'weight'",
        "kinds: there is no operation 'GET /rest/api/3/nothing'",
        "parameters: 'GET /rest/api/3/thing/{id}' has no 'colour'",
        "queries: 'GET /rest/api/3/thing' has no 'sort'",
        "there is no path below '/rest/api/3/nothing'",
    ];
    assert_eq!(run::stale_links(folder.path()).unwrap(), expected);
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let server = serve(Fault::None).await;
    let folder = workspace();
    run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap();
    let list = format!("{}/rest/api/3/thing", server.uri());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let left: Value = client.get(list).basic_auth("me", Some("secret")).send().await.unwrap().json().await.unwrap();
    assert_eq!(left["total"], 0, "{left}");
}

#[tokio::test]
async fn a_failure_tells_all_that_is_needed_and_no_secret() {
    let report = run(Fault::LosesChanges).await;
    let found = report.operations.iter().flat_map(|operation| &operation.failures);
    let failure = found.into_iter().find(|failure| failure.check == "read-after-write").unwrap();
    let lines: Vec<_> = failure.steps.iter().map(|step| step.curl.split(" -H").next().unwrap()).collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[0].starts_with("curl -s -X POST -u \"$JIRA_USER:$JIRA_TOKEN\" 'http://"), "{lines:#?}");
    assert!(lines[1].contains("-X PUT") && lines[2].starts_with("curl -s -u"), "{lines:#?}");
    assert_eq!((failure.seed, failure.at.as_str()), (7, "/name"));
    assert_ne!(failure.expected, failure.actual);
    assert!(!serde_json::to_string(&report).unwrap().contains("secret"));
}

#[tokio::test]
async fn nothing_is_written_unless_allowed() {
    let server = serve(Fault::None).await;
    let folder = workspace();
    let options = Options { allow_writes: false, ..options(&server.uri(), folder.path()) };
    let report = run::contract(&options, &|_| {}).await.unwrap();
    let asked = server.received_requests().await.unwrap();
    assert!(asked.iter().all(|request| request.method.as_str() == "GET"), "{asked:#?}");
    assert!(report.operations.iter().any(|operation| operation.skipped.is_some()));
}

#[tokio::test]
async fn only_chosen_checks_are_made() {
    let server = serve(Fault::LosesChanges).await;
    let folder = workspace();
    let checks = run::chosen(&[], &["read-after-write".parse().unwrap(), "self-links".parse().unwrap()]);
    let options = Options { checks, ..options(&server.uri(), folder.path()) };
    let report = run::contract(&options, &|_| {}).await.unwrap();
    assert_eq!(report.summary.failures, BTreeMap::new());
}

#[tokio::test]
async fn one_seed_has_one_run() {
    let shape = |report: &Report| {
        let operations = report.operations.iter().map(|o| (o.operation.clone(), o.answers.clone(), o.checks.clone()));
        (report.summary.cases, operations.collect::<Vec<_>>())
    };
    assert_eq!(shape(&run(Fault::None).await), shape(&run(Fault::None).await));
    // Every request is the same, but for the names that no two runs may share.
    let sent = async || {
        let (server, folder) = (serve(Fault::None).await, workspace());
        let options = Options { jobs: 1, ..options(&server.uri(), folder.path()) };
        run::contract(&options, &|_| {}).await.unwrap();
        let names = regex::Regex::new("(?i)harness( |%20)?[0-9a-z]+").unwrap();
        let told = |request: &Request| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let query = request.url.query().unwrap_or_default();
            names.replace_all(&format!("{} {}?{query} {body}", request.method, request.url.path()), "name").into_owned()
        };
        server.received_requests().await.unwrap().iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(sent().await, sent().await);
}

#[tokio::test]
async fn a_pasted_line_sends_the_same_request() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let target = Target::new(Settings::new(server.uri(), basic("me"))).unwrap();
    let raw = Body::Raw { media_type: "text/plain".to_owned(), text: "it's {\"a\":".to_owned() };
    let file = Body::File { name: "a b.txt".to_owned(), text: "it's $HOME".to_owned() };
    let json = Body::Json(json!({ "text": "it's \\ \"quoted\" $HOME\n漢" }));
    for body in [Body::Empty, json, raw, file, Body::Picture] {
        let (path, method) = ("/rest/api/3/thing?name=it%27s%20%24HOME&x=1".to_owned(), http::Method::PUT);
        let request = harness::target::Request { method, path, body, caller: Caller::Main };
        target.send(&request).await.unwrap();
        let line = target.curl(&request);
        let mut shell = tokio::process::Command::new("bash");
        shell.args(["-c", &line]).env("JIRA_USER", "me").env("JIRA_TOKEN", "secret").env("NO_PROXY", "*");
        assert!(shell.status().await.unwrap().success(), "{line}");
        let received = server.received_requests().await.unwrap();
        let told = |request: &Request| {
            let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            let is_form = header("content-type").is_some_and(|told| told.starts_with("multipart/"));
            // Forms are parted by chance; what they hold is the same.
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let body = if is_form { body.contains("it's $HOME").to_string() } else { body };
            let content_type = header("content-type").filter(|_| !is_form);
            (request.url.clone(), header("authorization"), header("x-atlassian-token"), content_type, body)
        };
        let [.., sent, pasted] = &received[..] else { panic!("{received:?}") };
        assert_eq!(told(sent), told(pasted), "{line}");
    }
}

#[tokio::test]
async fn what_cannot_be_judged_is_no_failure() {
    let folder = workspace();
    let unreachable = options("http://127.0.0.1:9", folder.path());
    assert!(run::contract(&unreachable, &|_| {}).await.is_err());
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let error = run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap_err();
    assert!(error.to_string().contains("credentials"), "{error}");
}
