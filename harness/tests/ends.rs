//! How runs end: in time, too early, or before they begin; and what they leave then.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::{sync::Mutex, time::Duration};

use faulty::{Fault, options, serve, workspace};
use harness::{
    parity::{self, endpoint::Address, endpoint::Endpoint, scenario::Scenario},
    report::Report,
    run::{self, Options},
    target::Trust,
};
use serde_json::{Value, json};
use things::basic;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

#[path = "things/faulty.rs"]
mod faulty;
mod things;

const INTERRUPTED: &str = "it was interrupted, and what failed was not looked at again";

async fn left(server: &MockServer) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let list = client.get(format!("{}/rest/api/3/thing", server.uri())).basic_auth("me", Some("secret"));
    list.send().await.unwrap().json::<Value>().await.unwrap()["total"].clone()
}

fn reasons(report: &Report) -> Vec<&str> {
    report.operations.iter().filter_map(|operation| operation.skipped.as_deref()).collect()
}

#[tokio::test]
async fn when_the_time_is_up_nothing_new_is_begun() {
    let (server, folder) = (serve(Fault::None).await, workspace());
    let options = Options { time_limit: Some(Duration::ZERO), ..options(&server.uri(), folder.path()) };
    let report = run::contract(&options, &|_| {}).await.unwrap();
    assert_eq!((report.summary.cases, report.summary.operations, report.summary.skipped), (0, 0, 5));
    assert_eq!((report.summary.failures.len(), report.summary.broken_off), (0, None));
    assert_eq!(left(&server).await, 0);
}

#[tokio::test]
async fn who_interrupts_a_run_finds_nothing_left() {
    let (server, folder) = (serve(Fault::LosesChanges).await, workspace());
    let options = Options { jobs: 1, ..options(&server.uri(), folder.path()) };
    let all = run::contract(&options, &|_| {}).await.unwrap().summary.cases;
    let options = Options { jobs: 1, ..faulty::options(&server.uri(), folder.path()) };
    let interrupt = |now: run::Progress| {
        if now.doing == "writing" && now.failures > 0 {
            options.stop.cancel();
        }
    };
    let report = run::contract(&options, &interrupt).await.unwrap();
    assert!(report.summary.cases > 0 && report.summary.cases < all, "{} of {all}", report.summary.cases);
    assert_eq!(report.summary.broken_off.as_deref(), Some(INTERRUPTED));
    assert_eq!(report.summary.warnings, [INTERRUPTED]);
    assert!(report.summary.ensure_whole().is_err());
    // What was found until then is told.
    assert!(report.summary.failures.contains_key("read-after-write"), "{:?}", report.summary.failures);
    assert_eq!(left(&server).await, 0);
}

#[tokio::test]
async fn who_interrupts_before_it_begins_finds_nothing_either() {
    let (server, folder) = (serve(Fault::None).await, workspace());
    let options = options(&server.uri(), folder.path());
    options.stop.cancel();
    let report = run::contract(&options, &|_| {}).await.unwrap();
    assert_eq!((report.summary.cases, report.summary.broken_off.as_deref()), (0, Some(INTERRUPTED)));
    assert_eq!(left(&server).await, 0);
}

#[tokio::test]
async fn a_target_that_goes_away_ends_the_run() {
    let (server, folder) = (serve(Fault::None).await, workspace());
    let all = run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap().summary.cases;
    let options = Options { jobs: 1, ..options(&server.uri(), folder.path()) };
    let server = Mutex::new(Some(server));
    let go_away = |now: run::Progress| {
        if now.doing == "writing" {
            server.lock().unwrap().take();
        }
    };
    let report = run::contract(&options, &go_away).await.unwrap();
    let broken_off = report.summary.broken_off.clone().unwrap_or_default();
    assert!(broken_off.starts_with("the target can't be reached any more: "), "{broken_off}");
    assert!(report.summary.cases < all, "{} of {all}", report.summary.cases);
    let checks: Vec<_> = report.summary.failures.keys().collect();
    assert_eq!(checks, ["no-5xx"], "what it did last is told");
}

#[tokio::test]
async fn what_is_no_jira_is_not_judged() {
    let folder = workspace();
    let error = async |answer: ResponseTemplate| {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap_err().to_string()
    };
    let page = error(ResponseTemplate::new(200).set_body_raw("<html></html>", "text/html; charset=utf-8")).await;
    assert!(page.contains("with a page: is it the address of a Jira?"), "{page}");
    let place = "https://id.example.com/login?token=s3cr3t";
    let elsewhere = error(ResponseTemplate::new(302).insert_header("location", place)).await;
    assert!(elsewhere.contains("redirects /rest/api/3/myself to 'https://id.example.com/login':"), "{elsewhere}");
}

#[tokio::test]
async fn an_interrupted_comparison_is_not_whole() {
    let server = serve(Fault::None).await;
    let folder = workspace();
    let contract = harness::contract::Contract::load(&folder.path().join("schemas")).unwrap();
    let step = json!({ "request": "GET /rest/api/3/thing" });
    let scenarios: Vec<Scenario> =
        serde_json::from_value(json!([{ "name": "one", "steps": [step] }, { "name": "two", "steps": [step] }]))
            .unwrap();
    let endpoint = Endpoint {
        address: Address::Url(server.uri()),
        credentials: basic("me"),
        project: None,
        rate: None,
        trust: Trust::System,
    };
    let (mut left, mut right) = (endpoint.open("a").unwrap(), endpoint.open("b").unwrap());
    let options = parity::Options::default();
    let mut interrupt = |_: usize, _: usize, name: &str| {
        assert_ne!(name, "two");
        options.stop.cancel();
    };
    let report = parity::run(&mut left, &mut right, &scenarios, &contract, &options, &mut interrupt).await.unwrap();
    assert_eq!((report.summary.requests, report.summary.broken_off.as_deref()), (2, Some("it was interrupted")));
    let nothing = harness::cassette::record(&mut left, &scenarios, &options, &mut |_, _, _| {}).await.unwrap_err();
    assert!(nothing.to_string().contains("nothing is recorded"), "{nothing}");
}

#[tokio::test]
async fn what_is_up_in_time_is_told() {
    let (server, folder) = (serve(Fault::None).await, workspace());
    let options =
        Options { time_limit: Some(Duration::ZERO), allow_writes: false, ..options(&server.uri(), folder.path()) };
    let report = run::contract(&options, &|_| {}).await.unwrap();
    let known = ["the time was up", "it writes, and writing is not allowed there"];
    assert!(reasons(&report).iter().any(|reason| *reason == known[0]), "{:?}", reasons(&report));
}
