//! The gate: what it decides, what it writes, and how it exits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use harness::{
    gate::{baseline::Baseline, judge::judge, settings::Settings},
    report::{Failure, OperationReport, Report, Summary, Tally, verdict::KnownState},
};
use serde_json::json;
use tempfile::TempDir;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

#[path = "things/faulty.rs"]
mod faulty;
mod things;

const SCENARIO: &str = r#"[{ "name": "one", "steps": [{ "request": "GET /rest/api/3/serverInfo" }] }]"#;

async fn server(version: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "version": version, "deploymentType": "Cloud" }));
    Mock::given(matchers::any()).respond_with(answer).mount(&server).await;
    server
}

/// A folder with settings for two servers, and more of them at the end.
fn workplace(left: &str, right: &str, more: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scenarios")).unwrap();
    fs::write(folder.path().join("scenarios/one.json"), SCENARIO).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = format!(
        r#"
        workspace = "{}"
        reports = "reports"
        baseline = "baseline.json"
        [targets.left]
        url = "{left}"
        [targets.right]
        url = "{right}"
        user = "me@corp.example"
        token = {{ env = "GATE_TEST_TOKEN" }}
        [profiles.all.parity]
        left = "left"
        right = "right"
        scenarios = "scenarios"
        {more}
        "#,
        workspace.display()
    );
    fs::write(folder.path().join("harness.toml"), text).unwrap();
    folder
}

/// On another thread: the servers of a test live in this one.
async fn gate(folder: &TempDir, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
    command.arg("gate").arg("--config").arg(folder.path().join("harness.toml")).args(arguments);
    command.env("GATE_TEST_TOKEN", "s3cr3t-of-the-test").env("OTHER_SECRET", "secret");
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    assert!(!text.contains("s3cr3t"), "{text}");
    (status.code().unwrap(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn exits_with_0_when_it_holds_and_writes_every_form() {
    let (left, right) = (server("1").await, server("1").await);
    let folder = workplace(&left.uri(), &right.uri(), "[thresholds.platform]\nparity = 100.0");
    let (code, text) = gate(&folder, &[]).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("The gate holds (all)."), "{text}");
    for (name, begin) in
        [("harness.json", "{"), ("harness.xml", "<?xml"), ("harness.md", "## ✅"), ("harness.html", "<!DOCTYPE html>")]
    {
        let report = fs::read_to_string(folder.path().join("reports").join(name)).unwrap();
        assert!(report.starts_with(begin), "{name}");
        assert!(!report.contains("s3cr3t"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exits_with_1_when_it_falls_short_unless_the_difference_is_known() {
    let (left, right) = (server("1").await, server("2").await);
    let demanded = "[thresholds.platform]\nparity = 100.0\n";
    let (code, text) = gate(&workplace(&left.uri(), &right.uri(), demanded), &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("GET /rest/api/3/serverInfo  values /version  \"1\" → \"2\"  ×1"), "{text}");
    assert!(text.contains("85.7 %  100 % demanded; 1 of 7 points lost, 0 known"), "{text}");

    let known = |until: &str| {
        format!(
            "{demanded}[[known]]\noperation = \"GET /rest/api/3/server*\"\nat = \"/version\"\nreason = \"newer\"\nuntil = {until}\n"
        )
    };
    let (code, text) = gate(&workplace(&left.uri(), &right.uri(), &known("2999-12-31")), &[]).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("0 of 7 points lost, 1 known"), "{text}");
    let (code, text) = gate(&workplace(&left.uri(), &right.uri(), &known("\"2020-12-31\"")), &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("expired on 2020-12-31"), "{text}");
    let (code, _) = gate(&workplace(&left.uri(), &right.uri(), "[thresholds.platform]\nparity = 85.7"), &[]).await;
    assert_eq!(code, 0, "85.71… is enough for 85.7");
}

#[tokio::test(flavor = "multi_thread")]
async fn exits_with_2_when_it_can_not_run() {
    let left = server("1").await;
    let (code, text) = gate(&workplace(&left.uri(), "http://127.0.0.1:9", ""), &[]).await;
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("does not answer"), "{text}");
    let (code, text) = gate(&workplace(&left.uri(), &left.uri(), ""), &["--profile", "none"]).await;
    assert_eq!((code, text.contains("There are: all")), (2, true), "{text}");
    let (code, text) = gate(&workplace(&left.uri(), &left.uri(), "nonsense = 1"), &[]).await;
    assert_eq!(code, 2, "{text}");
    let (code, text) = gate(&workplace(&left.uri(), &left.uri(), ""), &["--config", "/nowhere.toml"]).await;
    assert_eq!(code, 2, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_run_asks_as_one_who_may_do_less_and_skips_what_it_is_told_to() {
    let server = faulty::serve(faulty::Fault::LetsTheOtherConfigure).await;
    let contract = faulty::workspace();
    let run = async |target: &str, more: &str| {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            r#"
            workspace = "{}"
            [thresholds.platform]
            contract = 100.0
            [targets.it]
            url = "{}"
            user = "me"
            token = "secret"
            {target}
            [profiles.all.contract]
            target = "it"
            allow-writes = true
            seed = 7
            {more}
            "#,
            contract.path().display(),
            server.uri()
        );
        fs::write(folder.path().join("harness.toml"), text).unwrap();
        gate(&folder, &[]).await
    };
    let other = "other-user = \"other\"\nother-token = { env = \"OTHER_SECRET\" }";
    let (code, text) = run(other, "").await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("PUT /rest/api/3/thing/{id}  authorization"), "{text}");
    let (code, text) = run(other, "skip = [\"authorization\"]\nstrict = true").await;
    assert_eq!(code, 0, "{text}");
    assert_eq!(run("", "").await.0, 0, "nobody else is known");
    let (code, text) = run("other-user = \"other\"", "").await;
    assert_eq!((code, text.contains("both an other-user and an other-token")), (2, true), "{text}");
    let (code, text) = run(other, "skip = [\"authorisation\"]").await;
    assert_eq!((code, text.contains("there is no check 'authorisation'")), (2, true), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_baseline_is_a_ratchet() {
    let (left, same, other) = (server("1").await, server("1").await, server("2").await);
    let folder = workplace(&left.uri(), &same.uri(), "");
    assert_eq!(gate(&folder, &["--write-baseline"]).await.0, 0);
    // The same settings, but the right server has become worse.
    let settings = fs::read_to_string(folder.path().join("harness.toml")).unwrap();
    fs::write(folder.path().join("harness.toml"), settings.replace(&same.uri(), &other.uri())).unwrap();
    let (code, text) = gate(&folder, &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("parity: GET /rest/api/3/serverInfo no longer holds values"), "{text}");
    assert_eq!(gate(&folder, &["--write-baseline"]).await.0, 1, "the decision is made before the baseline is renewed");
    assert_eq!(gate(&folder, &[]).await.0, 0);
}

/// A run with one operation: which checks it made, and which failed where.
fn report(operation: &str, checks: &[&str], failed: &[(&str, &str)]) -> Report {
    let tally = |check: &&str| {
        let bad = failed.iter().filter(|(name, _)| name == check).count() as u64;
        (check.to_string(), Tally { passed: 1, failed: bad })
    };
    let failure = |(check, at): &(&str, &str)| -> Failure {
        serde_json::from_value(json!({
            "check": check, "message": "", "at": at, "expected": "", "actual": "", "times": 1, "seed": 0, "steps": [],
        }))
        .unwrap()
    };
    let entry = OperationReport {
        operation: operation.to_owned(),
        api: "platform".to_owned(),
        checks: checks.iter().map(tally).collect(),
        failures: failed.iter().map(failure).collect(),
        ..OperationReport::default()
    };
    let started = "2026-01-01T00:00:00Z".parse().unwrap();
    let (kind, target) = ("parity".to_owned(), "x".to_owned());
    Report { kind, target, seed: 0, started, summary: Summary::default(), operations: vec![entry] }
}

fn settings(more: &str) -> Settings {
    let folder = workplace("http://left", "http://right", more);
    Settings::read(&folder.path().join("harness.toml")).unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[test]
fn known_differences_end_with_their_day_and_excuse_only_what_they_speak_of() {
    let known = |at: &str| {
        settings(&format!(
            "[[known]]\noperation = \"GET /a/{{id}}\"\ncheck = \"values\"\nat = \"{at}\"\nreason = \"why\"\nuntil = 2026-06-30"
        ))
    };
    let run = [report("GET /a/{id}", &["status", "values"], &[("values", "/x/1"), ("values", "/y")])];
    let lost = |settings: &Settings, today: &str| {
        let verdict = judge(settings, "p", &run, None, day(today));
        (verdict.judged[0].score.lost.len(), verdict.known[0].state, verdict.known[0].failures)
    };
    assert_eq!(lost(&known("*"), "2026-06-30"), (0, KnownState::Excuses, 2));
    assert_eq!(lost(&known("*"), "2026-07-01"), (1, KnownState::Expired, 2));
    assert_eq!(lost(&known("/x/*"), "2026-06-30"), (1, KnownState::Excuses, 1), "another place is not excused");
    assert_eq!(lost(&known("/z"), "2026-06-30"), (1, KnownState::Unseen, 0));
}

#[test]
fn nothing_is_not_enough_where_something_is_demanded() {
    let settings = settings("[thresholds.platform]\nparity = 1.0");
    let nothing = [report("GET /a", &[], &[])];
    assert!(!judge(&settings, "p", &nothing, None, day("2026-01-01")).holds);
}

#[test]
fn baselines_tell_what_moved() {
    let before = [report("GET /a", &["status", "values"], &[("values", "")])];
    let baseline = Baseline::of(&before);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("baseline.json");
    assert_eq!(Baseline::read(&file).unwrap(), None);
    baseline.write(&file).unwrap();
    assert_eq!(Baseline::read(&file).unwrap(), Some(baseline.clone()));

    let moved = |run: Report| {
        let moved = baseline.moved(&[run], |_, _| false);
        (moved.regressions, moved.improvements)
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(moved(before[0].clone()), (none.clone(), none.clone()));
    let better = moved(report("GET /a", &["status", "values"], &[]));
    assert_eq!(better, (none.clone(), vec!["parity: GET /a holds values now".to_owned()]));
    let worse = moved(report("GET /a", &["status", "values"], &[("values", ""), ("status", "")]));
    assert_eq!(worse, (vec!["parity: GET /a no longer holds status".to_owned()], none));
    let (gone, new) = moved(report("GET /b", &["status"], &[("status", "")]));
    assert_eq!(gone, ["parity: GET /a is no longer called"]);
    assert_eq!(new, ["parity: GET /b is called now"]);
    let excused =
        baseline.moved(&[report("GET /a", &["status"], &[("status", "")])], |_, point| point.check == "status");
    assert_eq!(excused.regressions, [""; 0]);
}

#[test]
fn settings_show_no_secret() {
    let settings = settings("[targets.third]\nurl = \"http://x\"\nbearer = \"plain-secret\"");
    assert!(!format!("{settings:?}").contains("plain-secret"));
}
