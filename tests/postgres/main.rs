//! The private PostgreSQL cluster, against the programs of this system: what its owner leaves
//! behind, however it ends, and how each failure is told.
//!
//! An owner that can be killed is this test binary itself, started again with [`OWNER`] set.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mock_jira::postgres::{Cluster, PostgresError, Settings, Storage, default_data_dir};
use nix::sys::signal::Signal;
use nix::unistd::{Pid, geteuid};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, Row};
use tempfile::TempDir;

/// Makes [`owner`] own a cluster: the folder of a persistent one, or `ephemeral`.
const OWNER: &str = "MOCK_JIRA_TEST_OWNER";

/// How an owner tells of its cluster.
const TOLD: &str = "cluster: ";

#[tokio::test]
async fn a_cluster_keeps_its_rows_from_one_start_to_the_next() {
    let dir = folder();
    for expected in 1..=2 {
        let cluster = start(dir.path()).await.unwrap();
        let mut client = connect(&cluster.connect_options()).await;
        assert_eq!(insert(&mut client).await, expected);
        client.close().await.unwrap();
        cluster.stop().await.unwrap();
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_clients() {
    let dir = folder();
    let cluster = start(dir.path()).await.unwrap();
    let process = cluster.process_id();
    let mut client = connect(&cluster.connect_options()).await;
    cluster.stop().await.unwrap();
    assert!(!is_alive(process));
    assert!(client.execute("SELECT 1").await.is_err());
}

#[tokio::test]
async fn dropping_stops_the_cluster() {
    let dir = folder();
    let cluster = start(dir.path()).await.unwrap();
    let process = cluster.process_id();
    drop(cluster);
    assert!(!is_alive(process));
    start(dir.path()).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing_running() {
    let dir = folder();
    let begun = tokio::time::timeout(Duration::from_millis(50), start(dir.path())).await;
    assert!(begun.is_err(), "too fast to be given up");
    // Its owner is this process, so the folder is free only when all of it is undone.
    let cluster = loop {
        match start(dir.path()).await {
            Err(PostgresError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            other => break other.unwrap(),
        }
    };
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn the_url_leads_to_the_cluster() {
    let cluster = start_ephemeral().await;
    let options: PgConnectOptions = cluster.url().parse().unwrap();
    let mut client = connect(&options).await;
    let row = client.fetch_one("SHOW server_version").await.unwrap();
    assert!(row.get::<&str, _>(0).starts_with(&cluster.version().full));
}

#[tokio::test]
async fn text_is_unicode_and_nothing_listens_on_the_network() {
    let cluster = start_ephemeral().await;
    let mut client = connect(&cluster.connect_options()).await;
    for (query, expected) in [
        ("SELECT lower('ÄÉЖ')", "äéж"),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW listen_addresses", ""),
        ("SHOW jit", "off"),
        ("SELECT (ARRAY(SELECT x FROM unnest('{b,B,a}'::text[]) x ORDER BY x))::text", "{B,a,b}"),
    ] {
        let row = client.fetch_one(query).await.unwrap();
        assert_eq!(row.get::<&str, _>(0), expected, "{query}");
    }
}

#[tokio::test]
async fn only_the_ephemeral_cluster_trades_durability() {
    let dir = folder();
    let (durable, fast) = (start(dir.path()).await.unwrap(), start_ephemeral().await);
    for (cluster, expected) in [(durable, "on"), (fast, "off")] {
        let mut client = connect(&cluster.connect_options()).await;
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let row = client.fetch_one(sqlx::AssertSqlSafe(format!("SHOW {setting}"))).await.unwrap();
            assert_eq!(row.get::<&str, _>(0), expected, "{setting}");
        }
        cluster.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_killed_owner_takes_postgres_with_it_and_loses_nothing_committed() {
    let dir = folder();
    for expected in 1..=3 {
        let mut owner = Owner::start(dir.path().as_os_str().to_str().unwrap());
        let mut client = connect(&owner.url.parse().unwrap()).await;
        assert_eq!(insert(&mut client).await, expected);
        owner.kill();
        wait_until("PostgreSQL is gone", || !is_alive(owner.postgres)).await;
    }
    let cluster = start(dir.path()).await.unwrap();
    assert_eq!(insert(&mut connect(&cluster.connect_options()).await).await, 4);
}

#[tokio::test]
async fn a_start_right_after_a_kill_waits_for_the_old_postgres() {
    let dir = folder();
    for expected in 1..=5 {
        let mut owner = Owner::start(dir.path().to_str().unwrap());
        let mut client = connect(&owner.url.parse().unwrap()).await;
        assert_eq!(insert(&mut client).await, expected);
        owner.kill();
    }
    start(dir.path()).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_kill_of_everything_loses_nothing_committed() {
    let dir = folder();
    let mut owner = Owner::start(dir.path().to_str().unwrap());
    let mut client = connect(&owner.url.parse().unwrap()).await;
    assert_eq!(insert(&mut client).await, 1);
    signal(owner.postgres, Signal::SIGKILL);
    owner.kill();

    let cluster = start(dir.path()).await.unwrap();
    assert_eq!(insert(&mut connect(&cluster.connect_options()).await).await, 2);
}

#[tokio::test]
async fn the_end_of_postgres_is_noticed() {
    let dir = folder();
    let cluster = start(dir.path()).await.unwrap();
    signal(cluster.process_id(), Signal::SIGKILL);
    let error = cluster.ended().await;
    assert!(matches!(error, PostgresError::Ended { .. }), "{error}");
    assert!(error.to_string().contains("SIGKILL"), "{error}");

    drop(cluster);
    start(dir.path()).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_second_owner_is_told_who_the_first_is() {
    let dir = folder();
    let cluster = start(dir.path()).await.unwrap();
    let error = start(dir.path()).await.unwrap_err();
    assert!(matches!(error, PostgresError::InUse { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("already in use"), "{message}");
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn two_starts_at_once_give_one_cluster_and_one_clear_error() {
    let dir = folder();
    let (one, other) = tokio::join!(start(dir.path()), start(dir.path()));
    let error = match (one, other) {
        (Ok(_cluster), Err(error)) | (Err(error), Ok(_cluster)) => error,
        both => panic!("{both:?}"),
    };
    assert!(matches!(error, PostgresError::InUse { .. }), "{error}");
}

#[tokio::test]
async fn an_empty_pid_file_is_recovered_from() {
    let dir = stopped_cluster().await;
    fs::write(dir.path().join("data/postmaster.pid"), "").unwrap();
    start(dir.path()).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_with_the_number_of_a_stranger_is_recovered_from() {
    let dir = stopped_cluster().await;
    let data = dir.path().join("data");
    // Of the same user as PostgreSQL, or it would not be mistaken for one.
    let mut stranger = as_owner_of(&data, Command::new("sleep").arg("600")).spawn().unwrap();
    fs::write(data.join("postmaster.pid"), pid_file(stranger.id(), &data)).unwrap();

    let cluster = start(dir.path()).await.unwrap();
    assert!(stranger.try_wait().unwrap().is_none());
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_somebody_else_started_on_the_cluster_is_left_alone() {
    let dir = stopped_cluster().await;
    let data = dir.path().join("data");
    let mut program = Command::new(programs().join("postgres"));
    program.arg("-D").arg(&data).args(["-c", "listen_addresses=", "-k"]).arg(&data);
    let mut foreign = as_owner_of(&data, &mut program).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the other server is ready", || {
        fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready"))
    })
    .await;

    let error = start(dir.path()).await.unwrap_err();
    assert!(matches!(error, PostgresError::ForeignServer { .. }), "{error}");
    assert!(error.to_string().contains(&format!("kill -INT {}", foreign.id())), "{error}");
    assert!(foreign.try_wait().unwrap().is_none());
    signal(foreign.id(), Signal::SIGINT);
    foreign.wait().unwrap();
}

#[tokio::test]
async fn an_unfinished_cluster_is_made_anew() {
    let dir = folder();
    fs::create_dir_all(dir.path().join("data.new/base")).unwrap();
    fs::write(dir.path().join("data.new/PG_VERSION"), "15\n").unwrap();
    start(dir.path()).await.unwrap().stop().await.unwrap();
    assert!(!dir.path().join("data.new").exists());
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_works() {
    let dir = folder();
    let deep = dir.path().join("deep".repeat(15)).join("deep".repeat(15));
    assert!(deep.as_os_str().len() > 107);
    let cluster = start(&deep).await.unwrap();
    connect(&cluster.connect_options()).await.close().await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_refused_untouched() {
    let dir = stopped_cluster().await;
    let version = dir.path().join("data/PG_VERSION");
    fs::write(&version, "13\n").unwrap();

    let error = start(dir.path()).await.unwrap_err();
    assert!(matches!(error, PostgresError::OtherMajor { cluster: 13, .. }), "{error}");
    let message = error.to_string();
    for part in ["made by PostgreSQL 13", "Install PostgreSQL 13 with", "pg_upgrade"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(message.contains(programs().to_str().unwrap()), "{message}");
    assert_eq!(fs::read_to_string(version).unwrap(), "13\n");
}

#[tokio::test]
async fn missing_programs_are_told_with_the_command_that_installs_them() {
    let (dir, empty) = (folder(), folder());
    let error = start_with(Some(empty.path()), Storage::Persistent(dir.path().to_owned())).await.unwrap_err();
    let PostgresError::ProgramsNotFound { install, .. } = &error else { panic!("{error}") };
    let message = error.to_string();
    assert!(message.contains(install), "{message}");
    assert!(install.contains("install") || install.contains("apk add"), "{install}");
    assert!(message.contains("--postgres-bin"), "{message}");
    assert!(message.contains(empty.path().to_str().unwrap()), "{message}");
}

#[tokio::test]
async fn programs_that_do_not_run_are_told_with_the_reason() {
    let broken = folder();
    fs::set_permissions(broken.path(), Permissions::from_mode(0o755)).unwrap();
    for program in ["postgres", "initdb"] {
        let path = broken.path().join(program);
        fs::write(&path, "#!/bin/sh\necho 'a library is missing' >&2\nexit 1\n").unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    let error = start_with(Some(broken.path()), Storage::Ephemeral).await.unwrap_err();
    assert!(error.to_string().contains("a library is missing"), "{error}");
}

#[tokio::test]
async fn named_programs_are_used() {
    let cluster = start_with(Some(&programs()), Storage::Ephemeral).await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_ephemeral_cluster_is_gone_after_stop_and_after_drop() {
    for stop in [true, false] {
        let cluster = start_ephemeral().await;
        let root = cluster.data_dir().parent().unwrap().to_owned();
        assert!(root.exists());
        if stop {
            cluster.stop().await.unwrap()
        } else {
            drop(cluster)
        }
        assert!(!root.exists());
    }
}

#[tokio::test]
async fn an_ephemeral_cluster_of_a_killed_owner_is_removed_by_the_next() {
    let mut owner = Owner::start("ephemeral");
    let kept = start_ephemeral().await;
    owner.kill();
    wait_until("PostgreSQL is gone", || !is_alive(owner.postgres)).await;
    assert!(owner.data_dir.exists());

    let next = start_ephemeral().await;
    assert!(!owner.data_dir.parent().unwrap().exists());
    connect(&kept.connect_options()).await.close().await.unwrap();
    next.stop().await.unwrap();
    kept.stop().await.unwrap();
}

#[tokio::test]
async fn a_persistent_cluster_is_never_taken_for_a_leftover() {
    // Under the very names of temporary folders.
    let dir = tempfile::Builder::new().prefix("mock-jira-").tempdir_in("/tmp").unwrap();
    start(dir.path()).await.unwrap().stop().await.unwrap();
    start_ephemeral().await.stop().await.unwrap();
    assert!(dir.path().join("data/PG_VERSION").exists());
}

#[tokio::test]
async fn postgres_never_runs_as_root() {
    let dir = folder();
    let cluster = start(dir.path()).await.unwrap();
    let data = fs::metadata(cluster.data_dir()).unwrap();
    assert_ne!(data.uid(), 0);
    assert_eq!(data.mode() & 0o777, 0o700);
    #[cfg(target_os = "linux")]
    {
        let process = fs::metadata(format!("/proc/{}", cluster.process_id())).unwrap();
        assert_eq!(process.uid(), data.uid());
    }
}

#[tokio::test]
async fn folders_made_on_the_way_let_postgres_in() {
    let dir = folder();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let deep = dir.path().join("one/two/three");
    // The folder that was asked for is opened itself when it is there already.
    start(&deep).await.unwrap().stop().await.unwrap();
    fs::set_permissions(&deep, Permissions::from_mode(0o700)).unwrap();
    start(&deep).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_closed_folder_on_the_way_is_named() {
    if !is_root() {
        return;
    }
    let dir = folder();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).unwrap();
    let error = start(&dir.path().join("data")).await.unwrap_err();
    assert!(matches!(error, PostgresError::NotEnterable { .. }), "{error}");
    assert!(error.to_string().contains(&format!("chmod o+x {}", dir.path().display())), "{error}");
}

#[tokio::test]
async fn data_that_belongs_to_another_user_is_taken_over_by_root() {
    if !is_root() {
        return;
    }
    let dir = stopped_cluster().await;
    let data = dir.path().join("data");
    assert!(Command::new("chown").args(["-R", "1234"]).arg(&data).status().unwrap().success());
    start(dir.path()).await.unwrap().stop().await.unwrap();
}

#[test]
fn the_default_folder_can_be_entered_by_postgres() {
    let folder = default_data_dir();
    assert!(folder.ends_with("mock-jira"));
    assert!(!folder.starts_with("/root"));
}

/// Not a test, but the server that owns a cluster until it is killed.
#[tokio::test]
async fn owner() {
    let Ok(folder) = std::env::var(OWNER) else {
        return;
    };
    let storage = match folder.as_str() {
        "ephemeral" => Storage::Ephemeral,
        folder => Storage::Persistent(folder.into()),
    };
    let cluster = start_with(None, storage).await.unwrap();
    println!("\n{TOLD}{} {} {}", cluster.process_id(), cluster.url(), cluster.data_dir().display());
    panic!("{}", cluster.ended().await);
}

/// A process that owns a cluster.
struct Owner {
    process: Child,
    postgres: u32,
    url: String,
    data_dir: PathBuf,
}

impl Owner {
    fn start(storage: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "owner", "--nocapture"])
            .env(OWNER, storage)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .find_map(|line| line.unwrap().strip_prefix(TOLD).map(str::to_owned))
            .unwrap();
        let mut parts = told.splitn(3, ' ');
        let mut next = || parts.next().unwrap();
        let (postgres, url, data_dir) = (next().parse().unwrap(), next().into(), next().into());
        Self { process, postgres, url, data_dir }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn start(folder: &Path) -> Result<Cluster, PostgresError> {
    start_with(None, Storage::Persistent(folder.to_owned())).await
}

async fn start_ephemeral() -> Cluster {
    start_with(None, Storage::Ephemeral).await.unwrap()
}

async fn start_with(programs: Option<&Path>, storage: Storage) -> Result<Cluster, PostgresError> {
    let postgres_bin = programs.map(Path::to_owned);
    Cluster::start(&Settings { postgres_bin, storage }).await
}

async fn stopped_cluster() -> TempDir {
    let dir = folder();
    start(dir.path()).await.unwrap().stop().await.unwrap();
    dir
}

async fn connect(options: &PgConnectOptions) -> PgConnection {
    options.connect().await.unwrap()
}

/// Commits a row, and counts how many there are.
async fn insert(client: &mut PgConnection) -> i64 {
    client.execute("CREATE TABLE IF NOT EXISTS kept (id serial)").await.unwrap();
    client.execute("INSERT INTO kept DEFAULT VALUES").await.unwrap();
    client.fetch_one("SELECT count(*) FROM kept").await.unwrap().get(0)
}

async fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < Duration::from_secs(30), "still waiting until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Where the programs of this system are.
fn programs() -> PathBuf {
    let answer = Command::new("pg_config").arg("--bindir").output().unwrap();
    PathBuf::from(String::from_utf8(answer.stdout).unwrap().trim())
}

fn pid_file(process: u32, data: &Path) -> String {
    format!("{process}\n{}\n1700000000\n5432\n/tmp\n\n  0  0\nready\n", data.display())
}

fn as_owner_of<'a>(folder: &Path, command: &'a mut Command) -> &'a mut Command {
    use std::os::unix::process::CommandExt;
    let metadata = fs::metadata(folder).unwrap();
    if is_root() {
        command.uid(metadata.uid()).gid(metadata.gid());
    }
    command.current_dir("/")
}

fn is_root() -> bool {
    geteuid().is_root()
}

fn is_alive(process: u32) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", &process.to_string()]).output();
    let state = String::from_utf8(state.unwrap().stdout).unwrap();
    !state.is_empty() && !state.starts_with('Z')
}

fn signal(process: u32, signal: Signal) {
    nix::sys::signal::kill(Pid::from_raw(process.try_into().unwrap()), signal).unwrap();
}
