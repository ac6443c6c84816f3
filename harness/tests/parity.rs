//! Parity of servers that differ in known ways, and recordings of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::Path;

use harness::{
    cassette::{self, Head, Redactor},
    contract::Contract,
    parity::{
        self, Options,
        endpoint::{Address, Endpoint},
        player::Player,
        scenario::Scenario,
    },
    report::Report,
    target::{Credentials, Trust},
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

const SEARCH: &str = "GET /rest/api/3/project/search";

/// A server that answers one operation.
async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(matchers::path("/rest/api/3/project/search")).respond_with(answer).mount(&server).await;
    server
}

fn json(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn scenario(step: Value) -> Vec<Scenario> {
    let mut request = json!({ "request": SEARCH });
    request.as_object_mut().unwrap().extend(step.as_object().unwrap().clone());
    serde_json::from_value(json!([{ "name": "one", "steps": [request, { "request": SEARCH }] }])).unwrap()
}

fn player(server: &MockServer) -> Player {
    endpoint(server.uri()).open("runx1").unwrap()
}

fn endpoint(url: String) -> Endpoint {
    let credentials = Credentials::Basic { user: "me@corp.example".into(), token: "s3cr3t".into() };
    let (project, trust) = (Some("DEMO".into()), Trust::System);
    Endpoint { address: Address::Url(url), credentials, project, rate: None, trust }
}

fn contract() -> Contract {
    Contract::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")).unwrap()
}

async fn run(left: &mut Player, right: &mut Player, scenarios: &[Scenario]) -> anyhow::Result<Report> {
    parity::run(left, right, scenarios, &contract(), &Options::default(), &mut |_, _, _| {}).await
}

/// The differences between two bodies, as `check at: left → right`.
async fn differences(left: ResponseTemplate, right: ResponseTemplate, step: Value) -> Vec<String> {
    let (left, right) = (server(left).await, server(right).await);
    let report = run(&mut player(&left), &mut player(&right), &scenario(step)[..1]).await.unwrap();
    let found = report.operations.iter().find(|entry| entry.operation == SEARCH).unwrap();
    let line = |failure: &harness::report::Failure| {
        assert!(!failure.steps[0].curl.contains("s3cr3t"));
        format!("{} {}: {} → {} ×{}", failure.check, failure.at, failure.expected, failure.actual, failure.times)
    };
    found.failures.iter().map(line).collect()
}

async fn check(left: Value, right: Value, expect: &[&str]) {
    assert_eq!(differences(json(left), json(right), json!({})).await, expect);
}

#[tokio::test]
async fn what_must_differ_is_no_difference() {
    let site = |id: u64, account: &str, time: &str, order: [&str; 2]| {
        let values = order.map(|name| {
            let own = if name == "Bug" { id } else { id + 7 };
            json!({ "id": own.to_string(), "name": name, "projectId": own, "self": format!("https://a{id}.atlassian.net/rest/api/3/x/{own}") })
        });
        json!({
            "values": values, "created": time,
            "lead": { "accountId": account, "displayName": format!("{account} Smith"), "avatarUrls": { "16x16": "x" }, "timeZone": account },
            "nextPageToken": account, "note": format!("DEMO-{id} was runx1"),
        })
    };
    let left =
        site(10001, "712020:0e2f5a1e-5c3b-4d0a-9c57-0123456789ab", "2026-01-02T03:04:05.678+0100", ["Bug", "Task"]);
    let right = site(20005, "5b10ac8d82e05b22cc7d4ef5", "2025-11-02T13:04:05.999-0800", ["Task", "Bug"]);
    check(left, right, &[]).await;
}

#[tokio::test]
async fn each_check_finds_its_kind_of_difference() {
    check(json!({ "isLast": true }), json!({ "isLast": false }), &["values /isLast: true → false ×2"]).await;
    check(json!({ "total": 1 }), json!({ "total": "1" }), &["types /total: number 1 → string \"1\" ×2"]).await;
    check(json!({ "total": 1 }), json!({}), &["members /total: 1 → nothing ×2"]).await;
    check(json!({}), json!({ "x": null }), &["members /x: nothing → null ×2"]).await;
    let named =
        |names: &[&str]| json!({ "values": names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() });
    check(named(&["a", "b"]), named(&["a"]), &["elements /values: b → nothing ×2"]).await;
    // Another form of time is a difference, another time is not.
    let time = |time: &str| json!({ "at": time });
    let expect = "values /at: \"2026-01-02T03:04:05.000+0000\" → \"2026-01-02T03:04:05Z\" ×2";
    check(time("2026-01-02T03:04:05.000+0000"), time("2026-01-02T03:04:05Z"), &[expect]).await;
    let text = |text: &str| ResponseTemplate::new(200).set_body_raw(text.to_owned(), "text/html");
    let found = differences(json(json!({})), text("{}"), json!({})).await;
    assert_eq!(found, ["content-type : application/json → text/html ×2", "types : JSON → text ×2"]);
    let found =
        differences(json(json!({})), ResponseTemplate::new(404).set_body_json(json!({ "errors": {} })), json!({}))
            .await;
    assert_eq!(found, ["status : 200 {} → 404 {\"errors\":{}} ×2"]);
}

#[tokio::test]
async fn ids_must_stand_for_the_same_thing_throughout() {
    let list = |ids: [u64; 3]| {
        let named = |(id, name): (&u64, &str)| json!({ "id": id.to_string(), "name": name });
        json!({ "values": ids.iter().zip(["a", "b", "c"]).map(named).collect::<Vec<_>>() })
    };
    check(list([1, 2, 3]), list([4, 5, 6]), &[]).await;
    let found = differences(json(list([1, 2, 3])), json(list([4, 4, 6])), json!({})).await;
    assert_eq!(found, ["identity /values/[b]/id: 2 (4 stood for 1 before) → 4 ×2"]);
}

#[tokio::test]
async fn order_counts_where_it_is_specified() {
    let list = |names: [&str; 2]| json(json!({ "values": names.map(|name| json!({ "name": name })) }));
    assert_eq!(differences(list(["a", "b"]), list(["b", "a"]), json!({})).await, [""; 0]);
    let found = differences(list(["a", "b"]), list(["b", "a"]), json!({ "ordered": ["/values"] })).await;
    assert_eq!(found, [r#"elements /values: ["a","b"] → ["b","a"] ×1"#]);
}

#[tokio::test]
async fn of_things_that_only_one_site_has_the_kind_is_compared() {
    let list = |name: &str, size: Value| json(json!({ "values": [{ "name": name, "size": size }] }));
    let found = differences(list("a", json!(1)), list("b", json!(2)), json!({ "ignore": [] })).await;
    assert_eq!(found, ["elements /values: a → nothing ×2", "elements /values: nothing → b ×2"]);
    let found = differences(list("a", json!(1)), list("b", json!("2")), json!({})).await;
    assert_eq!(found[2], "types /values/*/size: number 1 → string \"2\" ×2");
}

#[tokio::test]
async fn points_explain_the_share() {
    let (left, right) = (server(json(json!({ "a": 1 }))).await, server(json(json!({ "a": 2 }))).await);
    let report = run(&mut player(&left), &mut player(&right), &scenario(json!({}))).await.unwrap();
    let score = &harness::report::score::by_api(&report)["platform"];
    assert_eq!((score.called, score.points, score.lost.len()), (1, 7, 1));
    assert_eq!(score.lost[0].check, "values");
    assert_eq!((report.summary.requests, report.summary.failures["values"]), (4, 2));
}

#[tokio::test]
async fn what_neither_serves_is_no_agreement_and_what_one_serves_is_a_difference() {
    let none = || ResponseTemplate::new(501).set_body_json(json!({ "errorMessages": ["no"] }));
    let (left, right) = (server(none()).await, server(none()).await);
    let report = run(&mut player(&left), &mut player(&right), &scenario(json!({}))).await.unwrap();
    let entry = report.operations.iter().find(|entry| entry.operation == SEARCH).unwrap();
    assert_eq!((entry.skipped.as_deref(), entry.checks.len()), (Some("neither side serves it"), 0));
    assert_eq!(report.summary.operations, 0);
    let found = differences(json(json!({})), none(), json!({})).await;
    assert_eq!(found, [r#"status : 200 {} → 501 {"errorMessages":["no"]} ×2"#]);
}

#[tokio::test]
async fn who_is_asked_to_wait_asks_again_and_compares_what_comes_then() {
    let right = MockServer::start().await;
    let wait = ResponseTemplate::new(429).insert_header("retry-after", "0");
    Mock::given(matchers::any()).respond_with(wait).up_to_n_times(2).mount(&right).await;
    Mock::given(matchers::any()).respond_with(json(json!({}))).mount(&right).await;
    let left = server(json(json!({}))).await;
    let report = run(&mut player(&left), &mut player(&right), &scenario(json!({}))).await.unwrap();
    assert_eq!(report.summary.failures.len(), 0, "{:?}", report.summary.failures);
    assert_eq!(right.received_requests().await.unwrap().len(), 4, "two steps, and twice too early");
}

#[tokio::test]
async fn of_many_notes_a_terminal_shows_some() {
    let steps: Vec<_> = (0..25).map(|n| json!({ "request": format!("GET /rest/api/3/priority/{n}") })).collect();
    let scenarios: Vec<Scenario> = serde_json::from_value(json!([{ "name": "many", "steps": steps }])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.jsonl");
    cassette::write(&file, &Head::new("runx1", None), Vec::new(), Redactor::new("http://x", &[])).unwrap();
    let recorded = Endpoint { address: Address::Cassette(file), ..endpoint(String::new()) };
    let left = server(json(json!({}))).await;
    let report = run(&mut player(&left), &mut recorded.open("x").unwrap(), &scenarios).await.unwrap();
    let text = harness::report::Format::Human.render(&report.into()).unwrap();
    assert_eq!(text.matches("the recording has no answer to").count(), 10, "{text}");
    assert!(text.contains(" and 15 more"), "{text}");
}

#[tokio::test]
async fn nothing_is_written_unless_allowed_and_captured_values_are_used() {
    let server = MockServer::start().await;
    let made = ResponseTemplate::new(201).set_body_json(json!({ "id": "10007" }));
    Mock::given(matchers::method("POST")).respond_with(made).mount(&server).await;
    Mock::given(matchers::path("/rest/api/3/filter/10007")).respond_with(json(json!({}))).mount(&server).await;
    let scenarios: Vec<Scenario> = serde_json::from_value(json!([{ "name": "a filter", "steps": [
        { "request": "POST /rest/api/3/filter", "body": { "name": "{run}" }, "capture": { "filter": "/id" } },
        { "request": "GET /rest/api/3/filter/{filter}" },
    ] }]))
    .unwrap();
    let (mut left, mut right) = (player(&server), player(&server));
    let report = run(&mut left, &mut right, &scenarios).await.unwrap();
    assert_eq!((report.summary.operations, report.summary.requests), (0, 0));
    let skipped = |name: &str| report.operations.iter().find(|entry| entry.operation == name).unwrap().skipped.clone();
    assert_eq!(skipped("POST /rest/api/3/filter").unwrap(), "it writes, and writing is not allowed");
    assert_eq!(skipped("GET /rest/api/3/filter/{id}").unwrap(), "{filter} has no value");
    let options = Options { allow_writes: true, ..Options::default() };
    let report =
        parity::run(&mut left, &mut right, &scenarios, &contract(), &options, &mut |_, _, _| {}).await.unwrap();
    assert_eq!((report.summary.operations, report.summary.requests), (2, 4));
    let sent = server.received_requests().await.unwrap();
    assert_eq!(sent[0].body_json::<Value>().unwrap(), json!({ "name": "runx1" }));
}

#[tokio::test]
async fn a_side_that_does_not_answer_or_know_the_caller_is_no_difference_but_a_failure() {
    let server = server(json(json!({}))).await;
    let gone = endpoint("http://127.0.0.1:9".to_owned());
    let error = run(&mut player(&server), &mut gone.open("r").unwrap(), &scenario(json!({}))).await.unwrap_err();
    assert!(error.to_string().starts_with("http://127.0.0.1:9 does not answer"), "{error}");
    let stranger = MockServer::start().await;
    Mock::given(matchers::any()).respond_with(ResponseTemplate::new(401)).mount(&stranger).await;
    let mut scenarios = scenario(json!({}));
    scenarios[0].shared = true;
    let error = run(&mut player(&server), &mut player(&stranger), &scenarios).await.unwrap_err();
    assert!(error.to_string().contains("does not know the caller (401)"), "{error}");
}

#[tokio::test]
async fn a_recording_stands_for_its_target() {
    let person = json!({ "accountId": "5b10ac8d82e05b22cc7d4ef5", "displayName": "Ann Smith", "emailAddress": "ann@corp.example" });
    let body = |host: &str| json!({ "lead": person, "self": format!("{host}/rest/api/3/project/10001"), "token": "very-secret", "isLast": true });
    let first = server(ResponseTemplate::new(200)).await;
    first.reset().await;
    let answer = json(body(&first.uri()));
    Mock::given(matchers::path("/rest/api/3/project/search")).respond_with(answer).mount(&first).await;

    let scenarios = scenario(json!({ "query": { "query": "ann@corp.example" } }));
    let mut live = player(&first);
    let takes = cassette::record(&mut live, &scenarios, &Options::default(), &mut |_, _, _| {}).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("first.jsonl");
    let redactor = Redactor::new(&first.uri(), &["me@corp.example", "s3cr3t"]);
    cassette::write(&file, &Head::new("runx1", Some("DEMO")), takes, redactor).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    for private in ["Ann", "corp.example", "5b10ac8d82e05b22cc7d4ef5", "very-secret", "s3cr3t", &first.uri()] {
        assert!(!text.contains(private), "{private}: {text}");
    }

    let recorded = Endpoint { address: Address::Cassette(file), ..endpoint(String::new()) };
    let report = run(&mut recorded.open("other").unwrap(), &mut player(&first), &scenarios).await.unwrap();
    assert_eq!(report.summary.failures.len(), 0, "{:?}", report.summary.failures);
    assert_eq!((report.summary.operations, report.summary.requests), (1, 2));
    let other = server(json(json!({ "isLast": false }))).await;
    let report = run(&mut recorded.open("other").unwrap(), &mut player(&other), &scenarios).await.unwrap();
    assert_eq!(report.summary.failures["values"], 2);
    // What is not asked as it was recorded is not answered with something else.
    for changed in [
        json!({ "query": { "query": "bob" } }),
        json!({ "query": { "query": "ann@corp.example", "maxResults": "1" } }),
        json!({ "query": { "query": "ann@corp.example" }, "body": {}, "reads": true }),
        json!({ "query": { "query": "ann@corp.example" }, "as": "anonymous" }),
        json!({ "request": "GET /rest/api/3/project/search?startAt=0" }),
    ] {
        let changed = scenario(changed);
        let report = run(&mut recorded.open("other").unwrap(), &mut player(&first), &changed).await.unwrap();
        let entry = report.operations.iter().find(|entry| entry.operation == SEARCH).unwrap();
        assert_eq!(entry.skipped.as_deref(), Some("it was not recorded"));
        assert_eq!(entry.notes.iter().map(|note| note.check.as_str()).collect::<Vec<_>>()[..1], ["not-recorded"]);
        let text = harness::report::Format::Human.render(&report.into()).unwrap();
        assert!(text.contains("the recording has no answer to GET /rest/api/3/project/search"), "{text}");
    }
}
