//! A server in a process of its own.

use bytes::Bytes;
use harness::{
    conform::Conformance,
    coverage::{self, Seen},
};
use http::{HeaderMap, StatusCode};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, LazyLock, Mutex},
    thread,
    time::{Duration, Instant},
};

/// The account that may do everything, with its well-known token.
pub const ADMIN: (&str, &str) = ("admin@example.com", "admin-token");

/// The command, free of what the environment of the test may say.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-jira"));
    for (name, _) in std::env::vars_os() {
        let ours = name.to_str().is_some_and(|name| name.starts_with("MOCK_JIRA_") || name.starts_with("OTEL_"));
        if ours || name == "DATABASE_URL" || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs a command that ends by itself, and returns what it printed.
pub fn run(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// A running server. Killed when dropped.
pub struct Mock {
    process: Child,
    /// What it printed when it was ready.
    pub banner: String,
    /// The address in the banner.
    pub url: String,
    log: Arc<Mutex<String>>,
}

impl Mock {
    /// A server on a free port of loopback.
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(command(&["--listen", "127.0.0.1:0"]).args(arguments))
    }

    /// Starts the command, and waits for its banner.
    pub fn spawn(command: &mut Command) -> Self {
        Self::begin(command).ready()
    }

    /// Starts the command.
    pub fn begin(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut stderr, lines) = (BufReader::new(process.stderr.take().unwrap()), log.clone());
        thread::spawn(move || {
            let mut line = String::new();
            while stderr.read_line(&mut line).is_ok_and(|length| length > 0) {
                lines.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        Self { process, banner: String::new(), url: String::new(), log }
    }

    /// Waits for the banner.
    pub fn ready(mut self) -> Self {
        let mut stdout = BufReader::new(self.process.stdout.take().unwrap());
        while !self.banner.contains("Ctrl-C stops it.") {
            if stdout.read_line(&mut self.banner).unwrap() == 0 {
                self.process.wait().unwrap();
                panic!("no banner; the log says:\n{}", self.log());
            }
        }
        // Kept open, or the server could not print any more.
        thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        self.url = self.in_banner("Site");
        self
    }

    /// The word after a name in the banner.
    pub fn in_banner(&self, name: &str) -> String {
        let line = self.banner.lines().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.banner)).split_whitespace().next().unwrap().to_owned()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), signal).unwrap();
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Ends it as Ctrl-C does.
    pub fn stop(mut self) {
        self.signal(Signal::SIGINT);
        let status = self.wait();
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// A request as the administrator of the demo site.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_as(ADMIN, method, path)
    }

    pub fn request_as(&self, (email, token): (&str, &str), method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.url)).basic_auth(email, Some(token))
    }

    /// The body of the answer to a GET.
    pub async fn get(&self, path: &str) -> Value {
        json_of(self.request(Method::GET, path), 200).await
    }

    /// Creates an issue, and returns its key.
    pub async fn create_issue(&self, project: &str, summary: &str) -> String {
        let made = json_of(self.new_issue(project, summary), 201).await;
        made["key"].as_str().unwrap().to_owned()
    }

    pub fn new_issue(&self, project: &str, summary: &str) -> RequestBuilder {
        let fields = json!({ "project": { "key": project }, "issuetype": { "name": "Task" }, "summary": summary });
        self.request(Method::POST, "/rest/api/3/issue").json(&json!({ "fields": fields }))
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Connections are not kept: a server that stops would wait for nothing.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

static CONTRACT: LazyLock<Conformance> =
    LazyLock::new(|| Conformance::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap());

/// Sends a request; the answer of a site is checked against the contract.
pub async fn send(request: RequestBuilder) -> (StatusCode, HeaderMap, Bytes) {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, url) = (request.method().clone(), request.url().clone());
    let answer = client.execute(request).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap();
    let path =
        url.path().strip_prefix("/_site/").and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or(url.path());
    if path.starts_with("/rest/") {
        let path = url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let seen = Seen { method: method.to_string(), path: path.clone(), status: status.as_u16(), recorded: false };
        coverage::record(&seen).unwrap();
        let content_type = headers.get("content-type").and_then(|value| value.to_str().ok());
        if let Err(violations) = CONTRACT.check(&method, &path, status, content_type, &bytes) {
            panic!("{method} {path} answered {status} against the contract: {violations:?}");
        }
    }
    (status, headers, bytes)
}

/// The body of the answer, which must have the status.
pub async fn json_of(request: RequestBuilder, status: u16) -> Value {
    let (got, _, bytes) = send(request).await;
    assert_eq!(got, status, "{}", String::from_utf8_lossy(&bytes));
    if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() }
}

pub async fn status_of(request: RequestBuilder) -> u16 {
    send(request).await.0.as_u16()
}

/// Waits until something is so.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < Duration::from_secs(60), "still waiting until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
