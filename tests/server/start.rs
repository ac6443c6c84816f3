//! Start, banner, settings, end.

use crate::support::{Mock, client, command, json_of, run};
use nix::sys::signal::Signal;
use reqwest::Method;
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

#[tokio::test]
async fn the_banner_says_all_that_is_needed() {
    let mock = Mock::start(&["--ephemeral"]);
    let listening = mock.in_banner("Listening on");
    assert_eq!(mock.url, format!("http://{listening}"));
    for account in ["admin", "developer", "viewer"] {
        assert_eq!(mock.in_banner(&format!("{account}@example.com")), format!("{account}-token"));
    }
    let line = mock.banner.lines().find(|line| line.trim().starts_with("curl ")).unwrap();
    let pasted = Command::new("sh").args(["-c", &format!("{line} -sSf")]).output().unwrap();
    assert!(pasted.status.success(), "{line}: {}", String::from_utf8_lossy(&pasted.stderr));
    let found: serde_json::Value = serde_json::from_slice(&pasted.stdout).unwrap();
    assert!(found["fields"]["summary"].is_string(), "{found}");
    assert!(!mock.log().contains("admin-token"));
    mock.stop();
}

#[tokio::test]
async fn data_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    let mock = Mock::start(&["--data-dir", folder]);
    assert!(mock.banner.contains(folder), "{}", mock.banner);
    let key = mock.create_issue("DEMO", "kept").await;

    // A second one is told who the first is.
    let second = command(&["--listen", "127.0.0.1:0", "--data-dir", folder]).output().unwrap();
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert!(message.contains(&format!("process {}", mock.process_id())), "{message}");
    mock.stop();

    let again = Mock::start(&["--data-dir", folder]);
    let issue = again.get(&format!("/rest/api/3/issue/{key}")).await;
    assert_eq!(issue["fields"]["summary"], "kept");
    again.stop();
}

#[tokio::test]
async fn a_flag_counts_more_than_the_environment_and_that_more_than_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock-jira.toml");
    let text = "auth = 'permissive'\nlog-format = 'json'\nlisten = '127.0.0.1:1'\nbase-url = 'http://file.example'\n\
                data-dir = '/nowhere'\n";
    fs::write(&file, text).unwrap();
    let mut command = command(&["serve", "--listen", "127.0.0.1:0", "--ephemeral"]);
    command.env("MOCK_JIRA_CONFIG", &file);
    command.env("MOCK_JIRA_LISTEN", "127.0.0.1:2").env("MOCK_JIRA_BASE_URL", "http://environment.example");
    // Would be refused, if the flag did not count more.
    command.env("DATABASE_URL", "postgresql://nobody@localhost:1/nothing");
    let mock = Mock::spawn(&mut command);
    assert_eq!(mock.url, "http://environment.example");
    let address = format!("http://{}/_mock/info", mock.in_banner("Listening on"));
    assert_eq!(json_of(client().get(address), 200).await["auth"], "permissive");
    assert!(mock.log().starts_with('{'), "{}", mock.log());
}

#[tokio::test]
async fn what_is_meant_for_all_programs_counts_least() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock-jira.toml");
    fs::write(&file, "ephemeral = true\n").unwrap();
    let nowhere = "postgresql://[";
    let mut with_file = command(&["--listen", "127.0.0.1:0", "--config", file.to_str().unwrap()]);
    let mock = Mock::spawn(with_file.env("DATABASE_URL", nowhere));
    assert!(mock.banner.contains("thrown away at the end"), "{}", mock.banner);
    for name in ["DATABASE_URL", "MOCK_JIRA_DATABASE_URL"] {
        let mut alone = command(&["--listen", "127.0.0.1:0"]);
        if name.starts_with("MOCK") {
            alone.args(["--config", file.to_str().unwrap()]);
        }
        let refused = alone.env(name, nowhere).output().unwrap();
        let message = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && message.contains("URL"), "{name}: {message}");
    }
}

#[test]
fn an_unknown_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock-jira.toml");
    fs::write(&file, "auth = 'strict'\nlistne = '127.0.0.1:0'\n").unwrap();
    let refused = command(&["--config", file.to_str().unwrap()]).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(message.contains("`listne`") && message.contains("line 2"), "{message}");
}

#[test]
fn routes_are_listed_without_a_database() {
    let list: serde_json::Value = serde_json::from_str(&run(&["routes", "--format", "json"])).unwrap();
    let list = list.as_array().unwrap();
    assert!(list.len() > 700, "{}", list.len());
    let find = |id: &str| list.iter().find(|row| row["operationId"] == id).unwrap();
    let issue = find("createIssue");
    assert_eq!((&issue["method"], &issue["path"]), (&"POST".into(), &"/rest/api/3/issue".into()));
    assert_eq!(issue["state"], "served");
    assert!(run(&["routes"]).contains("published operations are served"));
    assert!(run(&["routes", "--format", "markdown"]).contains("| POST | `/rest/api/3/issue` |"));
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_end() {
    let mut mock = Mock::start(&["--ephemeral"]);
    let address = mock.in_banner("Listening on");
    let body = r#"{"fields":{"project":{"key":"DEMO"},"issuetype":{"name":"Task"},"summary":"late"}}"#;
    let head = format!(
        "POST /rest/api/3/issue HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        "YWRtaW5AZXhhbXBsZS5jb206YWRtaW4tdG9rZW4=",
        body.len()
    );
    let mut connection = TcpStream::connect(&address).unwrap();
    connection.write_all(head.as_bytes()).unwrap();
    // Said when the handler asks for the body: from then on the request is under way.
    let mut wanted = [0; 12];
    connection.read_exact(&mut wanted).unwrap();
    assert_eq!(&wanted, b"HTTP/1.1 100");

    mock.signal(Signal::SIGTERM);
    crate::support::wait_until("nobody else is let in", || TcpStream::connect(&address).is_err());
    connection.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("HTTP/1.1 201"), "{answer}");
    assert!(mock.wait().success(), "{}", mock.log());
}

#[tokio::test]
async fn the_end_of_the_database_ends_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut mock = Mock::start(&["--data-dir", folder.path().to_str().unwrap()]);
    let pid = fs::read_to_string(folder.path().join("data/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    assert_eq!(mock.wait().code(), Some(1));
    crate::support::wait_until("the reason is told", || mock.log().contains("PostgreSQL ended"));
}

#[tokio::test]
async fn a_taken_address_is_told() {
    let mock = Mock::start(&["--ephemeral"]);
    let address = mock.in_banner("Listening on");
    let refused = command(&["--ephemeral", "--listen", &address]).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains(&format!("can't listen at {address}")), "{message}");
    assert_eq!(crate::support::status_of(mock.request(Method::GET, "/_mock/ready")).await, 200);
}
