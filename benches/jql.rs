//! Typical queries over a site with a million issues and their history: how long the first page of 50 takes, whole
//! request and bare SQL, and how PostgreSQL goes about it.
//!
//! `cargo bench --bench jql`; for less, `cargo bench --bench jql -- --issues 100000`, or `ISSUES=100000`. Fails when a
//! query reads the table of issues through.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that can't go on fails")]

#[path = "jql/bare.rs"]
mod bare;
#[path = "jql/fill.rs"]
mod fill;
#[path = "jql/plans.rs"]
mod plans;
mod world;

use bare::Log;
use base64::{Engine, engine::general_purpose::STANDARD};
use mock_jira::{MockJira, serve::Database};
use plans::{Plans, Statement};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};
use world::{ADMIN, World};

/// How often each query is asked, after a few times that don't count.
const REQUESTS: usize = 100;
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
    median: Duration,
    p99: Duration,
    bare: Duration,
    rows: usize,
    shape: String,
    reads_through: bool,
}

fn main() {
    // `cargo test --benches` only wants to know that it compiles.
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let told = arguments.iter().skip_while(|argument| *argument != "--issues").nth(1).cloned();
    let issues: i64 = told.or(std::env::var("ISSUES").ok()).map_or(1_000_000, |text| text.parse().expect("a number"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let started = Instant::now();
    let world = runtime.block_on(World::filled(|site_id| fill::statements(site_id, issues)));
    println!("{issues} issues made in {:.0} s", started.elapsed().as_secs_f64());

    let cases = cases(issues);
    let mut client = Client::connect(world.mock.address());
    let times: Vec<Vec<Duration>> = cases.iter().map(|case| client.times(case)).collect();
    // A second server on the same database, the connections of which explain.
    let plans = Plans::listen();
    runtime.block_on(plans::explain_all(world.cluster()));
    let explaining = MockJira::builder().database(Database::Url(world.cluster().url()));
    let explaining = runtime.block_on(explaining.start()).expect("a server");
    let mut client = Client::connect(explaining.address());
    client.ask(&cases[0], None);
    let mut log = Log::from_now(&world);
    let mut failed = false;
    println!("{:<28} {:>9} {:>9} {:>9} {:>6} {:>5}  plan", "query", "median ms", "p99 ms", "bare ms", "ratio", "rows");
    for (case, times) in cases.iter().zip(times) {
        let measured = measure(case, times, &mut client, &plans, &mut log, &world);
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let ratio = ms(measured.median) / ms(measured.bare);
        let missed = |so: bool, mark: &'static str| if so { mark } else { "" };
        println!(
            "{:<28} {:>9.2} {:>9.2} {:>9.2} {:>6.2} {:>5}  {}{}{}{}",
            case.name,
            ms(measured.median),
            ms(measured.p99),
            ms(measured.bare),
            ratio,
            measured.rows,
            measured.shape,
            missed(measured.median > AIM, "  SLOWER THAN THE AIM"),
            missed(ratio > RATIO, "  RATIO ABOVE THE AIM"),
            missed(measured.reads_through, "  READS THE ISSUES THROUGH"),
        );
        failed |= measured.reads_through;
    }
    runtime.block_on(explaining.stop()).expect("a stop");
    runtime.block_on(world.mock.stop()).expect("a stop");
    if failed {
        std::process::exit(1);
    }
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
    mut times: Vec<Duration>,
    client: &mut Client,
    plans: &Plans,
    log: &mut Log,
    world: &World,
) -> Measured {
    times.sort_unstable();
    let token = client.token(case);
    plans.take();
    log.statements(world);
    let answer = client.ask(case, token.as_ref());
    let statements = plans.take();
    assert!(!statements.is_empty(), "no plan was told");
    let bare = log.statements(world).iter().map(|statement| bare::median(world, statement)).sum();
    let rows = answer["issues"].as_array().map_or(1, Vec::len);
    // The search comes first, then the issues of its page.
    let shape = statements.iter().find(|statement| statement.reads("issue")).map(Statement::shape).unwrap_or_default();
    let reads_through = statements.iter().any(|statement| statement.reads_through("issue"));
    Measured { median: times[times.len() / 2], p99: times[times.len() * 99 / 100], bare, rows, shape, reads_through }
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

    fn times(&mut self, case: &Case) -> Vec<Duration> {
        let token = self.token(case);
        let one = |client: &mut Self| {
            let started = Instant::now();
            client.ask(case, token.as_ref());
            started.elapsed()
        };
        (0..UNCOUNTED + REQUESTS).map(|_| one(self)).skip(UNCOUNTED).collect()
    }

    /// The token of a page that is not the first.
    fn token(&mut self, case: &Case) -> Option<Value> {
        let Kind::Behind(offset) = case.kind else { return None };
        let body = json!({ "jql": case.jql, "maxResults": offset });
        Some(self.post("/rest/api/3/search/jql", &body)["nextPageToken"].take())
    }

    fn ask(&mut self, case: &Case, token: Option<&Value>) -> Value {
        if matches!(case.kind, Kind::Count) {
            return self.post("/rest/api/3/search/approximate-count", &json!({ "jql": case.jql }));
        }
        let fields = ["summary", "status", "assignee", "priority", "issuetype", "updated"];
        let body = json!({ "jql": case.jql, "maxResults": 50, "fields": fields, "nextPageToken": token });
        self.post("/rest/api/3/search/jql", &body)
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
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
                return serde_json::from_slice(content).expect("JSON");
            }
        }
    }
}
