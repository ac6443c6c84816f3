//! What somebody is told who asks for what can't be done, and how the commands exit then.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::process::Command;

use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Runs a command in the repository, without what the environment may say of accounts.
async fn harness(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).args(arguments);
    for name in ["JIRA_USER", "JIRA_TOKEN", "JIRA_BEARER", "OTHER_USER", "OTHER_TOKEN", "JIRA_CA_FILE"] {
        command.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_told_and_exits_with_2() {
    let refused = [
        (vec!["contract"], "--target <URL>"),
        (vec!["contract", "--target", "jira.example.com"], "begins with http:// or https://"),
        (vec!["contract", "--target", NOWHERE], "http://127.0.0.1:9 can't be reached"),
        (vec!["contract", "--target", NOWHERE, "--user", "me@example.com"], "--token <TOKEN>"),
        (vec!["contract", "--target", NOWHERE, "--token", "secret"], "--user <EMAIL>"),
        (vec!["contract", "--target", NOWHERE, "--operations", "GET /issue"], "no operation matches 'GET /issue'"),
        (vec!["contract", "--target", NOWHERE, "--check", "schemas"], "there is no check 'schemas'"),
        (vec!["contract", "--target", NOWHERE, "--seeds", "9..1"], "the first seed is greater"),
        (vec!["contract", "--target", NOWHERE, "--project", "KEY"], "--allow-writes"),
        (vec!["contract", "--target", NOWHERE, "--rate", "0"], "at least 0.01"),
        (
            vec!["contract", "--target", NOWHERE, "--workspace", "/nowhere"],
            "there are no contracts in /nowhere/schemas",
        ),
        (vec!["contract", "--target", NOWHERE, "--ca-file", "/nowhere.pem"], "/nowhere.pem"),
        (vec!["contract", "--target", NOWHERE, "--ca-file", "README.md"], "README.md"),
        (vec!["mutate", "--target", NOWHERE], "http://127.0.0.1:9 can't be reached"),
        (vec!["mutate", "--target", NOWHERE, "--mutations", "drop"], "harness mutate catalogue"),
        (vec!["mutate", "--target", NOWHERE, "--threshold", "99"], "from 0 to 1"),
        (vec!["mutate", "list"], "--target <URL>"),
        (vec!["parity", "--left", NOWHERE, "--right", "cassette:/nowhere"], "/nowhere"),
        (vec!["parity", "--left", NOWHERE, "--right", "cassette:README.md"], "README.md is no cassette"),
        (vec!["parity", "--left", NOWHERE, "--right", "localhost"], "neither a URL nor cassette:FILE"),
        (vec!["parity", "--left", NOWHERE, "--right", NOWHERE, "--only", "nothing"], "no such scenario"),
        (vec!["record", "--target", NOWHERE], "--out <FILE>"),
        (vec!["gate", "--config", "/nowhere.toml"], "/nowhere.toml"),
        (vec!["report", "/nowhere.json"], "/nowhere.json"),
        (vec!["report", "README.md"], "README.md"),
        (vec!["conform", "/nowhere.jsonl"], "/nowhere.jsonl"),
        (vec!["coverage", "/nowhere.jsonl", "--routes", "/nowhere.json"], "/nowhere.json"),
        (vec!["schemas", "diff", "/nowhere.json", "schemas/platform.json"], "/nowhere.json"),
    ];
    for (arguments, told) in refused {
        let (code, text) = harness(&arguments).await;
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(text.contains(told), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{arguments:?}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_there_for_it_is_broken() {
    let server = MockServer::start().await;
    let myself = ResponseTemplate::new(200).set_body_json(json!({ "accountId": "me" }));
    Mock::given(path("/rest/api/3/myself")).respond_with(myself).mount(&server).await;
    let (code, text) = harness(&["mutate", "--target", &server.uri()]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("does not say that it is there to be tested"), "{text}");
    let (code, text) = harness(&["contract", "--target", &server.uri(), "--allow-writes"]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("--project"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_credentials_are_told() {
    let server = MockServer::start().await;
    Mock::given(path("/rest/api/3/myself")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let (code, text) =
        harness(&["contract", "--target", &server.uri(), "--user", "me@example.com", "--token", "s3cr3t"]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("does not know the credentials: it answers 401") && !text.contains("s3cr3t"), "{text}");
}
