//! Each check is seen to fail: against servers that misbehave in one way, and against one that doesn't.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should panic")]

use std::{collections::BTreeMap, fs, path::Path};

use faulty::{Fault, options, run, run_with, serve, workspace};
use harness::{
    report::Report,
    run::{self, Options},
    target::{Body, Caller, Settings, Target},
};
use serde_json::{Value, json};
use things::basic;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

#[path = "things/faulty.rs"]
mod faulty;
mod things;

#[tokio::test(flavor = "multi_thread")]
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
        (Fault::ListsTheFirstAlone, "lists-contain-and-page"),
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
    let found = faults.iter().map(|(fault, check)| {
        Box::pin(async move {
            let failures = run(*fault).await.summary.failures;
            (!failures.contains_key(*check)).then(|| format!("{fault:?}: {check} not among {failures:?}"))
        })
    });
    let missed: Vec<_> = futures::future::join_all(found).await.into_iter().flatten().collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));

    // Who switches a check off is not told.
    let found = run::Check::ALL.iter().map(|check| {
        let (fault, _) = faults.iter().find(|(_, name)| *name == check.name()).expect("a fault for each check");
        Box::pin(async move {
            let report = run_with(*fault, |options| options.checks = run::chosen(&[], &[*check])).await;
            report.summary.failures.contains_key(check.name()).then_some(check)
        })
    });
    let told: Vec<_> = futures::future::join_all(found).await.into_iter().flatten().collect();
    assert!(told.is_empty(), "switched off: {told:?}");
}

#[tokio::test]
async fn what_is_not_documented_fails_strict_runs_alone() {
    let report = run_with(Fault::MoreThanDocumented, |options| options.strict = false).await;
    assert_eq!(report.summary.failures, BTreeMap::new());
    let notes: Vec<_> = report.operations.iter().flat_map(|operation| &operation.notes).collect();
    assert!(
        notes.iter().any(|note| note.check == "undocumented-properties" && note.message.contains("more")),
        "{notes:?}"
    );
}

#[tokio::test]
async fn what_a_file_states_is_done_first() {
    let (server, folder) = (serve(Fault::None).await, workspace());
    let stated = json!({
        "before": { "PUT /rest/api/3/thing/{id}": [{ "call": "POST /rest/api/3/thing", "body": { "name": "stated" } }] },
        "parameters": { "PUT /rest/api/3/thing/{id}": { "id": "@0.id" } },
    });
    fs::write(folder.path().join("schemas/links.json"), stated.to_string()).unwrap();
    let options = Options { operations: vec!["PUT *".to_owned()], jobs: 1, ..options(&server.uri(), folder.path()) };
    let report = run::contract(&options, &|_| {}).await.unwrap();
    assert_eq!(report.summary.failures, BTreeMap::new());
    let sent = server.received_requests().await.unwrap();
    let sent: Vec<_> =
        sent.iter().map(|request| (request.method.as_str(), request.url.path(), &request.body)).collect();
    let stated: Vec<_> = sent.iter().enumerate().filter(|(_, (_, _, body))| *body == br#"{"name":"stated"}"#).collect();
    assert!(!stated.is_empty());
    for (number, _) in stated {
        let (_, place, _) = sent[number + 1..].iter().find(|(method, ..)| *method == "PUT").unwrap();
        // The server counts, and each of these was the last that it made.
        let made = sent[..=number].iter().filter(|(method, _, body)| *method == "POST" && is_thing(body)).count();
        assert_eq!(*place, format!("/rest/api/3/thing/{made}"));
    }
}

/// Whether a request makes a thing.
fn is_thing(body: &[u8]) -> bool {
    serde_json::from_slice(body).is_ok_and(|body| things::is_sound(&body, &[]))
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

    // What succeeds by chance needs an excuse only where it doesn't.
    let by_chance = async |fault| {
        let (server, folder) = (serve(fault).await, workspace());
        let excuses = json!({ "by_chance": { "PUT /rest/api/3/thing/{id}": "it may rest" } });
        fs::write(folder.path().join("schemas/links.json"), excuses.to_string()).unwrap();
        run::contract(&options(&server.uri(), folder.path()), &|_| {}).await.unwrap()
    };
    let put = "PUT /rest/api/3/thing/{id}".to_owned();
    assert_eq!(told(&by_chance(Fault::RefusesChanges).await), [(put, Some("it may rest".to_owned()))]);
    assert_eq!(by_chance(Fault::None).await.summary.warnings, [""; 0]);
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
