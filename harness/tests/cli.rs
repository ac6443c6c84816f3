//! What somebody is told who asks for what can't be done, and how the commands exit then.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::{fs, path::Path, process::Stdio};

use faulty::{Fault, serve, workspace};
use serde_json::{Value, json};
use tokio::process::Command;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

#[path = "things/faulty.rs"]
mod faulty;
mod things;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A command in the repository, without what the environment may say of accounts.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).args(arguments);
    for name in ["JIRA_USER", "JIRA_TOKEN", "JIRA_BEARER", "OTHER_USER", "OTHER_TOKEN", "JIRA_CA_FILE"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command. Says how it exits, what it tells, and what it complains of.
async fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(arguments).output().await.unwrap();
    let [told, complaint] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(!told.contains("secret") && !complaint.contains("secret"), "{told}{complaint}");
    (output.status.code(), told, complaint)
}

/// Says how a command exits, and what it complains of.
async fn harness(arguments: &[&str]) -> (Option<i32>, String) {
    let (code, _, complaint) = run(arguments).await;
    (code, complaint)
}

/// `harness contract` on a server of things.
fn contract<'a>(server: &'a str, folder: &'a Path) -> Vec<&'a str> {
    let credentials = ["--user", "me", "--token", "secret", "--other-user", "other", "--other-token", "secret"];
    let run =
        ["contract", "--target", server, "--workspace", folder.to_str().unwrap(), "--allow-writes", "--seed", "7"];
    [&run[..], &credentials].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_exits_with_0_and_what_does_not_with_1() {
    let folder = workspace();
    let good = serve(Fault::None).await;
    let uri = good.uri();
    let (code, told, complaint) = run(&contract(&uri, folder.path())).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    assert!(told.contains(" a second); 5 operations called, 0 not"), "{told}");
    assert!(complaint.is_empty(), "a bar is for terminals: {complaint}");

    let bad = serve(Fault::LosesChanges).await;
    let uri = bad.uri();
    let (code, told, _) = run(&contract(&uri, folder.path())).await;
    assert_eq!(code, Some(1), "{told}");
    for line in [
        "PUT /rest/api/3/thing/{id}",
        "expected  ",
        "actual    ",
        "seed 7",
        "$ curl -s -X PUT -u \"$JIRA_USER:$JIRA_TOKEN\"",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let (code, told, _) = run(&[contract(&uri, folder.path()), vec!["--format", "json"]].concat()).await;
    let summary = &serde_json::from_str::<Value>(&told).unwrap()["summary"];
    assert_eq!((code, &summary["operations"], &summary["skipped"]), (Some(1), &json!(5), &json!(0)));
    assert!(summary["failures"]["read-after-write"].as_u64().is_some_and(|times| times > 0), "{summary}");
    assert!(summary["cases"].as_u64().unwrap() > 10 && summary["seconds"].as_f64().unwrap() > 0.0, "{summary}");
    // Only what was chosen is judged.
    let others = [contract(&uri, folder.path()), vec!["--skip", "read-after-write", "--skip", "self-links"]].concat();
    assert_eq!(run(&others).await.0, Some(0));
    let one = [contract(&uri, folder.path()), vec!["--operations", "GET /rest/api/3/thing"]].concat();
    let (code, told, _) = run(&one).await;
    assert_eq!((code, told.contains("4 not")), (Some(0), true), "{told}");
    // A line for each seed, and what fails below it.
    let each = contract(&uri, folder.path()).into_iter().filter(|option| !["--seed", "7"].contains(option));
    let (code, told, _) = run(&each.chain(["--seeds", "1..2"]).collect::<Vec<_>>()).await;
    assert_eq!((code, told.matches(": FAILS, ").count()), (Some(1), 2), "{told}");
    assert!(told.starts_with("seed 1: ") && told.contains("\nseed 2: "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_tried_holds_nothing() {
    let (server, folder) = (serve(Fault::None).await, workspace());
    let uri = server.uri();
    for options in [vec!["--time-limit", "0"], vec!["--time-limit", "0s", "--format", "json"]] {
        let (code, told, complaint) = run(&[contract(&uri, folder.path()), options].concat()).await;
        assert_eq!(code, Some(2), "{told}");
        assert!(complaint.contains("nothing was judged"), "{complaint}");
    }
    let (code, complaint) = harness(&[contract(&uri, folder.path()), vec!["--time-limit", "2 weeks"]].concat()).await;
    assert_eq!((code, complaint.contains("as 90, 90s, 15m or 2h")), (Some(2), true), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_interrupts_waits_until_it_is_clean() {
    let (server, folder) = (serve(Fault::Dawdles).await, workspace());
    let uri = server.uri();
    let mut run = command(&[contract(&uri, folder.path()), vec!["--jobs", "2"]].concat());
    let run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let changes = |request: &wiremock::Request| request.method.as_str() == "PUT";
    while !server.received_requests().await.unwrap().iter().any(changes) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let id = run.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    let output = run.wait_with_output().await.unwrap();
    let [told, complaint] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(2), "{told}{complaint}");
    assert!(complaint.contains("Cleaning up.") && complaint.contains("Error: it was interrupted"), "{complaint}");
    assert!(told.contains("warning it was interrupted"), "{told}");
    let made = server.received_requests().await.unwrap();
    let count = |method: &str| made.iter().filter(|request| request.method.as_str() == method).count();
    assert!(count("POST") > 0 && count("DELETE") > 0);
    let list = reqwest::Client::builder().no_proxy().build().unwrap().get(format!("{uri}/rest/api/3/thing"));
    let left: Value = list.basic_auth("me", Some("secret")).send().await.unwrap().json().await.unwrap();
    assert_eq!(left["total"], 0, "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_agree_exit_with_0_and_two_that_do_not_with_1() {
    let server = async |version: &str| {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "version": version }));
        Mock::given(path("/rest/api/3/serverInfo")).respond_with(answer).mount(&server).await;
        server
    };
    let (one, same, other) = (server("1").await, server("1").await, server("2").await);
    let folder = tempfile::tempdir().unwrap();
    let scenario = json!([{ "name": "one", "steps": [{ "request": "GET /rest/api/3/serverInfo" }] }]);
    fs::write(folder.path().join("one.json"), scenario.to_string()).unwrap();
    let scenarios = ["--scenarios", folder.path().to_str().unwrap()];
    let (left, same, right) = (one.uri(), same.uri(), other.uri());
    let parity = |right| [&["parity", "--left", &left, "--right", right][..], &scenarios].concat();
    assert_eq!(run(&parity(&same)).await.0, Some(0));
    let (code, told, _) = run(&parity(&right)).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("GET /rest/api/3/serverInfo  values /version  \"1\" → \"2\"  ×1"), "{told}");
    // A recording stands for it.
    let file = folder.path().join("one.jsonl");
    let file = file.to_str().unwrap();
    let (code, _, complaint) = run(&[&["record", "--target", &left, "--out", file][..], &scenarios].concat()).await;
    assert_eq!((code, complaint.contains("1 answers of 1 scenarios")), (Some(0), true), "{complaint}");
    let cassette = format!("cassette:{file}");
    assert_eq!(run(&parity(&cassette)).await.0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_imported_without_words_and_compared() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let document = |limit: u64, statuses: Value| {
        let body =
            json!({ "type": "string", "maxLength": limit, "description": "A name, as you like it", "example": "Ann" });
        json!({
            "openapi": "3.0.1", "info": { "title": "The API", "version": "1", "description": "All about it." },
            "paths": { "/a": { "post": {
                "operationId": "make", "summary": "Makes a thing", "description": "Long words.", "deprecated": true,
                "x-experimental": true, "security": [{ "OAuth2": ["write:a"] }],
                "parameters": [{ "name": "q", "in": "query", "description": "What to ask", "schema": { "type": "integer" } }],
                "requestBody": { "content": { "application/json": { "schema": body, "example": "Bob" } } },
                "responses": statuses,
            } } },
        })
    };
    let made = json!({ "201": { "description": "It is made.", "content": { "text/plain": {} } } });
    let both = json!({ "201": { "description": "It is made.", "content": { "text/plain": {} } }, "409": { "description": "No." } });
    fs::write(place("old.json"), document(9, made).to_string()).unwrap();
    fs::write(place("new.json"), document(5, both).to_string()).unwrap();
    for name in ["old", "new"] {
        let [from, to] = [place(&format!("{name}.json")), place(&format!("{name}.contract.json"))];
        assert_eq!(run(&["schemas", "import", &from, "--out", &to]).await.0, Some(0));
    }
    let text = fs::read_to_string(place("old.contract.json")).unwrap();
    for word in ["Makes", "words", "like", "Ann", "Bob", "ask", "about", "It is"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let contract: Value = serde_json::from_str(&text).unwrap();
    let make = &contract["paths"]["/a"]["post"];
    assert_eq!(
        (&make["operationId"], &make["deprecated"], &make["x-experimental"]),
        (&json!("make"), &json!(true), &json!(true))
    );
    assert_eq!(
        (&make["security"][0]["OAuth2"][0], &make["parameters"][0]["schema"]["type"]),
        (&json!("write:a"), &json!("integer"))
    );
    assert_eq!(
        make["requestBody"]["content"]["application/json"]["schema"],
        json!({ "maxLength": 9, "type": "string" })
    );
    assert!(make["responses"]["201"]["content"].get("text/plain").is_some(), "{make}");
    let (old, new) = (place("old.contract.json"), place("new.contract.json"));
    let (code, told, _) = run(&["schemas", "diff", &old, &new]).await;
    assert_eq!(code, Some(1));
    let expected = "narrowed POST /a body application/json maxLength: 9 to 5\nadded    POST /a status 409\n";
    assert_eq!(told, expected);
    // Official documents are compared by their facts, too.
    assert_eq!(run(&["schemas", "diff", &place("old.json"), &place("new.json")]).await.1, expected);
    assert_eq!(run(&["schemas", "diff", &old, &old]).await, (Some(0), String::new(), String::new()));
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
        harness(&["contract", "--target", &server.uri(), "--user", "me@example.com", "--token", "secret"]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("does not know the credentials: it answers 401"), "{text}");
}
