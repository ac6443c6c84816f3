//! Typical queries over a site with a million issues and their history: how long the first page of 50 takes, whole
//! request and bare SQL, and how PostgreSQL goes about it.
//!
//! `cargo bench --bench jql`; for less, `cargo bench --bench jql -- --issues 100000`. Filling takes minutes: with
//! `--data-dir FOLDER` the server's cluster is kept there, and filled the first time only. `--database-url URL --log FILE`
//! does the same in a PostgreSQL that is there, of which the file is the log. Fails when a query reads the table of
//! issues through.
//!
//! Requests and the bare SQL take turns, so that what else the machine does slows down both.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that can't go on fails")]

#[path = "jql/bare.rs"]
mod bare;
#[path = "jql/fill.rs"]
mod fill;
#[path = "jql/plans.rs"]
mod plans;
mod world;

use bare::{Log, Psql};
use base64::{Engine, engine::general_purpose::STANDARD};
use mock_jira::{MockJira, serve::Database};
use plans::{Plans, Statement};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use world::{ADMIN, World};

/// How often each query is asked, after a few times that don't count.
const ROUNDS: usize = 200;
const UNCOUNTED: usize = 5;
/// Longest median of a first page.
const AIM: Duration = Duration::from_millis(15);
/// How many times as long as its bare SQL a request may take.
const RATIO: f64 = 2.0;

/// A query, and what of its answer is asked for.
struct Case {
    name: &'static str,
    jql: String,
    kind: Kind,
}

enum Kind {
    /// The first page of 50, with six fields.
    Page,
    /// The same, this far behind.
    Behind(usize),
    /// How many there are.
    Count,
}

/// What was measured of a query.
struct Measured {
    rows: usize,
    /// Of whole requests, sorted.
    times: Vec<Duration>,
    /// Of all statements of a request.
    bare: Duration,
    shape: String,
    reads_through: bool,
}

fn main() {
    // `cargo test --benches` only wants to know that it compiles.
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let told = |name| arguments.iter().skip_while(|argument| *argument != name).nth(1).cloned();
    let issues: i64 = told("--issues").map_or(1_000_000, |text| text.parse().expect("a number"));
    let temporary = tempfile::tempdir().expect("a folder");
    let (database, log) = match told("--database-url") {
        Some(url) => (Database::Url(url), told("--log").map(PathBuf::from).expect("--log with --database-url")),
        None => {
            let folder = told("--data-dir").map_or(temporary.path().to_owned(), PathBuf::from);
            (Database::Folder(folder.clone()), folder.join("postgres.log"))
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let started = Instant::now();
    let last = format!("BENCH9-{}", issues / 10);
    let world = runtime.block_on(World::filled(database, &last, |site_id| fill::statements(site_id, issues)));
    println!("{issues} issues, ready after {:.0} s\n", started.elapsed().as_secs_f64());
    let failed = measure_all(&runtime, &world, &cases(issues), &log);
    runtime.block_on(world.mock.stop()).expect("a stop");
    if failed {
        std::process::exit(1);
    }
}

/// Measures all queries and prints them; whether one of them reads the issues through.
fn measure_all(runtime: &tokio::runtime::Runtime, world: &World, cases: &[Case], log: &Path) -> bool {
    // A second server on the same database, the connections of which explain.
    let plans = Plans::listen();
    let explaining = MockJira::builder().database(Database::Url(plans::explaining(&world.url)));
    let explaining = runtime.block_on(explaining.start()).expect("a server");
    let mut clients = [Client::connect(world.mock.address()), Client::connect(explaining.address())];
    let mut log = Log::from_now(log.to_owned());
    // The first request is noted as a login, aside; that is over when the first query is measured.
    for client in &mut clients {
        (0..UNCOUNTED).for_each(|_| drop(client.ask(&cases[0], None)));
    }
    println!("| query | rows | median ms | p99 ms | bare ms | ratio | plan |\n|---|--:|--:|--:|--:|--:|---|");
    let mut failed = false;
    for case in cases {
        let Measured { rows, times, bare, shape, reads_through } = measure(case, &mut clients, &plans, &mut log, world);
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        let ratio = ms(median) / ms(bare);
        let missed = |so: bool, mark: &'static str| if so { mark } else { "" };
        println!(
            "| {} | {rows} | {:.1} | {:.1} | {:.1} | {ratio:.2} | {shape}{}{}{} |",
            case.name,
            ms(median),
            ms(p99),
            ms(bare),
            missed(median > AIM, "; SLOWER THAN THE AIM"),
            missed(ratio > RATIO, "; RATIO ABOVE THE AIM"),
            missed(reads_through, "; READS THE ISSUES THROUGH"),
        );
        failed |= reads_through;
    }
    runtime.block_on(explaining.stop()).expect("a stop");
    failed
}

fn cases(issues: i64) -> Vec<Case> {
    let page = |name, jql: &str| Case { name, jql: jql.to_owned(), kind: Kind::Page };
    let keys: Vec<String> = (1..=500).map(|n| format!("BENCH3-{}", n * 7 % (issues / 10) + 1)).collect();
    vec![
        page("key", "key = BENCH3-77"),
        page("project and status", "project = BENCH3 AND status = \"In Progress\" ORDER BY created DESC"),
        page("assignee and updated", "assignee = currentUser() AND updated >= -30d ORDER BY updated DESC"),
        page("text", "text ~ \"word77 topic77\""),
        page("labels", "labels = label77 ORDER BY updated DESC"),
        page("sprint", "sprint = 20077 ORDER BY rank"),
        page("custom number", "\"Story point estimate\" = 13 ORDER BY created DESC"),
        page("was", "assignee WAS currentUser() AND status != Done ORDER BY updated DESC"),
        page("changed during", "project = BENCH3 AND status CHANGED TO Done DURING (-3d, -2d)"),
        page("by rank", "project = BENCH3 ORDER BY rank"),
        page(
            "by priority, then created",
            "project = BENCH3 AND resolution IS EMPTY ORDER BY priority DESC, created ASC",
        ),
        page("large IN", &format!("key IN ({}) ORDER BY updated DESC", keys.join(", "))),
        page("parent", "parent = BENCH0-6"),
        Case { name: "count", jql: "project = BENCH3 AND status = Done".into(), kind: Kind::Count },
        Case { name: "deep page", jql: "project = BENCH3 ORDER BY created DESC".into(), kind: Kind::Behind(5000) },
    ]
}

fn measure(
    case: &Case,
    [client, explained]: &mut [Client; 2],
    plans: &Plans,
    log: &mut Log,
    world: &World,
) -> Measured {
    let token = client.token(case);
    // What a server asks once is not a query's.
    explained.ask(case, token.as_ref());
    plans.take();
    log.statements();
    let answer = read(explained.ask(case, token.as_ref()));
    let (explanations, statements) = (plans.take(), log.statements());
    assert!(!explanations.is_empty() && !statements.is_empty(), "no plan was told");

    let mut psql = Psql::start(world);
    let (mut times, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..UNCOUNTED + ROUNDS {
        let started = Instant::now();
        client.ask(case, token.as_ref());
        times.push(started.elapsed());
        bare.push(statements.iter().map(|statement| psql.time(statement)).sum::<Duration>());
    }
    psql.stop();
    times.drain(..UNCOUNTED);
    bare.drain(..UNCOUNTED);
    times.sort_unstable();
    bare.sort_unstable();
    // The search comes first, then the issues of its page.
    let search = explanations.iter().find(|statement| statement.reads("issue"));
    Measured {
        rows: answer["issues"].as_array().map_or(1, Vec::len),
        times,
        bare: bare[bare.len() / 2],
        shape: search.map(Statement::shape).unwrap_or_default(),
        reads_through: explanations.iter().any(|statement| statement.reads_through("issue")),
    }
}

/// One connection that is kept, with nothing between it and the clock.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Self { stream, buffer: vec![0; 1 << 20] }
    }

    /// The token of a page that is not the first.
    fn token(&mut self, case: &Case) -> Option<Value> {
        let Kind::Behind(offset) = case.kind else { return None };
        let body = json!({ "jql": case.jql, "maxResults": offset });
        Some(read(self.post("/rest/api/3/search/jql", &body))["nextPageToken"].take())
    }

    fn ask(&mut self, case: &Case, token: Option<&Value>) -> &[u8] {
        if matches!(case.kind, Kind::Count) {
            return self.post("/rest/api/3/search/approximate-count", &json!({ "jql": case.jql }));
        }
        let fields = ["summary", "status", "assignee", "priority", "issuetype", "updated"];
        let body = json!({ "jql": case.jql, "maxResults": 50, "fields": fields, "nextPageToken": token });
        self.post("/rest/api/3/search/jql", &body)
    }

    fn post(&mut self, path: &str, body: &Value) -> &[u8] {
        let body = body.to_string();
        let credentials = STANDARD.encode(format!("{}:{}", ADMIN.0, ADMIN.1));
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).expect("a request");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).expect("an answer");
            assert!(read > 0, "the server hung up");
            filled += read;
            let Some(head) = self.buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") else {
                continue;
            };
            let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            let end = head + 4 + length.parse::<usize>().expect("a number");
            if filled == end {
                let content = &self.buffer[head + 4..end];
                assert!(text.starts_with("http/1.1 200"), "{path}: {text}\n{}", String::from_utf8_lossy(content));
                return &self.buffer[head + 4..end];
            }
        }
    }
}

fn read(content: &[u8]) -> Value {
    serde_json::from_slice(content).expect("JSON")
}
