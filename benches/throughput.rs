//! How fast the busiest reads are, against two yardsticks measured in the same run: the same SELECT run by
//! `pgbench` on the same cluster (for issues by key), and the same server answering a constant.
//! Also how many statements each sends to the database.
//!
//! `cargo bench --bench throughput`; seconds per measurement: `SECONDS=10`, connections: `CLIENTS=8`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that can't go on fails")]

mod world;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use world::{ISSUES, World};

/// The one that the `mock-jira` command has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    // `cargo test --benches` only wants to know that it compiles.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let seconds = setting("SECONDS", 5);
    let clients = setting("CLIENTS", 8);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::start());
    let address = world.mock.address();
    println!(
        "{clients} connections, {seconds} s each, {ISSUES} issues, {} cores",
        std::thread::available_parallelism().map_or(0, |n| n.get())
    );
    let statements = || world.mock.server().db.statements();
    let mut constant = None;
    let mut measure = |name: &str, path: fn(u64) -> String| {
        let before = statements();
        let (rate, done) = runtime.block_on(load(address, clients, Duration::from_secs(seconds), path));
        let each = (statements() - before) as f64 / done as f64;
        let constant = *constant.get_or_insert(rate);
        println!("{name:<44} {rate:>9.0} requests/s {:>7.3} of constant {each:>5.1} statements", rate / constant);
        rate
    };
    measure("a constant by the same router", |_| "/_mock/health".into());
    let issue = measure("issue by key, all fields", key);
    let slim = measure("issue by key, summary and status", |n| key(n) + "?fields=summary,status");
    measure("search, page of 50, all fields", |n| {
        format!("/rest/api/3/search/jql?jql=project=DEMO+AND+labels=label{}&fields=*all&maxResults=50", n % 50)
    });
    measure("project search", |_| "/rest/api/3/project/search".into());
    measure("user search", |_| "/rest/api/3/user/search?query=a".into());
    measure("create metadata of a type", |_| "/rest/api/3/issue/createmeta/DEMO/issuetypes/10002".into());
    println!();
    let ratio = |name: &str, ours: f64, all: bool, as_server: bool| {
        let theirs = pgbench(&world, clients, seconds, all, as_server);
        println!("{name:<44} {theirs:>9.0} transactions/s {:>6.2} ours / theirs", ours / theirs);
    };
    ratio("pgbench, all parts, under row-level security", issue, true, true);
    ratio("pgbench, the row, under row-level security", slim, false, true);
    ratio("pgbench, all parts, as owner", issue, true, false);
    ratio("pgbench, the row, as owner", slim, false, false);
    println!("memory of this process, server and load      {:>9.0} MB", memory());
    runtime.block_on(world.mock.stop()).expect("a stop");
}

fn key(n: u64) -> String {
    format!("/rest/api/3/issue/DEMO-{}", 1001 + n % ISSUES as u64)
}

/// Requests per second over keep-alive connections, one request at a time on each; and how many there were.
async fn load(address: std::net::SocketAddr, clients: u64, time: Duration, path: fn(u64) -> String) -> (f64, u64) {
    let done = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + time;
    let started = Instant::now();
    let tasks = (0..clients).map(|client| {
        let done = done.clone();
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.set_nodelay(true).expect("an option");
            let mut buffer = vec![0; 4 * 1024 * 1024];
            let mut number = client * 7919;
            while Instant::now() < end {
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let request = format!(
                    "GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGV2ZWxvcGVyQGV4YW1wbGUuY29tOmRldmVsb3Blci10b2tlbg==\r\n\r\n",
                    path(number >> 33)
                );
                stream.write_all(request.as_bytes()).await.expect("a request");
                answer(&mut stream, &mut buffer).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("a client");
    }
    let done = done.load(Ordering::Relaxed);
    (done as f64 / started.elapsed().as_secs_f64(), done)
}

/// Reads one answer, which must be 200 and tell its length.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(read > 0, "the server hung up");
        filled += read;
        let Some(head) = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        assert!(text.starts_with("http/1.1 200"), "{text}");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        if filled == head + 4 + length.parse::<usize>().expect("a number") {
            return;
        }
    }
}

/// Transactions per second of the server's own statement, as the cache of checked SQL has it; with the server's
/// role, which sees one site, or as the tables' owner.
fn pgbench(world: &World, clients: u64, seconds: u64, all: bool, as_server: bool) -> f64 {
    let site_id = world.site_id.to_string();
    // In the order of the statement's parameters, of which the last two name the issue.
    let values: &[&str] = if all {
        let developer = "'5f2a9c10e4b0d7a1c3e80a02'";
        &[&site_id, "true", "true", "true", "true", developer, "false", "true", "true", "10000", ":number"]
    } else {
        &[&site_id, "10000", ":number"]
    };
    let condition = format!("i.project_id = ${} AND i.number = ${}", values.len() - 1, values.len());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = std::fs::read_dir(root.join(".sqlx")).expect("the cache of checked SQL");
    let statement = files
        .filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok())
        .filter_map(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .filter_map(|entry| entry["query"].as_str().map(str::to_owned))
        .find(|query| query.contains("SELECT i.id") && query.ends_with(&condition))
        .expect("the statement that loads issues");
    let mut statement = statement.replace('\n', " ");
    for (place, value) in values.iter().enumerate().rev() {
        statement = statement.replace(&format!("${}", place + 1), value);
    }
    let script = std::env::temp_dir().join(format!("mock-jira-pgbench-{}.sql", std::process::id()));
    let text = format!("\\set number random(1001, {})\n{statement};\n", 1000 + ISSUES);
    std::fs::write(&script, text).expect("a script");
    let role = if as_server { format!("-c role=mock_jira_server -c mock_jira.site={site_id}") } else { String::new() };
    let run = |program: PathBuf| {
        Command::new(program)
            .env("PGOPTIONS", &role)
            .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", "2", "-T", &seconds.to_string()])
            .arg("-f")
            .arg(&script)
            .arg(world.cluster().url())
            .output()
    };
    // On the PATH, or where Debian keeps it.
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut programs = versions.map(|folder| folder.path().join("bin/pgbench"));
    let output = run("pgbench".into()).or_else(|error| programs.next().map_or(Err(error), run));
    let output = output.expect("pgbench");
    let _ = std::fs::remove_file(script);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("pgbench: {text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// Resident memory of this process in MB, where the system tells.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
