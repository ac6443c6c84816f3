//! The thread that starts PostgreSQL and lives as long as it.
//!
//! The system stops PostgreSQL when the *thread* that started it ends, which rules out the threads
//! of the async runtime: they come and go. Having one of its own lets the whole start be written
//! without async, and waiting for the end costs nothing.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::account::Account;
use super::cluster::Cluster;
use super::error::{Attempt, PostgresError};
use super::find::{self, Existing, Version};
use super::place::Place;
use super::{Settings, Storage, initdb, leftovers, process};

/// How long PostgreSQL may take to become ready. Recovering from a crash takes seconds at most,
/// but not on a disk that others keep busy.
const PATIENCE: Duration = Duration::from_secs(300);

const COMMON: &[&str] = &[
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=100",
    "shared_buffers=128MB",
    // Compiling costs more than the short queries of a server can win back.
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    // Failing statements are the business of who sent them, and would fill the disk.
    "log_min_messages=log",
    "log_checkpoints=off",
];

const DURABLE: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

const FAST: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    // Memory is scarcer than a disk.
    "max_wal_size=256MB",
    // Keeps shared memory in the folder, to be removed with it even after a crash.
    "dynamic_shared_memory_type=mmap",
];

/// How PostgreSQL ended.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) clean: bool,
    pub(super) status: String,
    pub(super) log: String,
}

/// Starts PostgreSQL, hands its owner over and stays until it ends.
pub(super) fn keep(settings: &Settings, started: oneshot::Sender<Result<Cluster, PostgresError>>) {
    let mut server = match Server::start(settings) {
        Ok(server) => server,
        Err(error) => {
            // If nobody waits for the answer any more, nobody needs it.
            let _ = started.send(Err(error));
            return;
        }
    };
    let (end, ended) = watch::channel(None);
    if let Err(Ok(unwanted)) = started.send(Ok(Cluster::new(&server, ended))) {
        // Dropping stops PostgreSQL and waits until this thread has seen it end.
        thread::spawn(move || drop(unwanted));
    }
    let ending = server.wait();
    // Before anybody hears of the end, so that the folder is free for the next start.
    drop(server);
    end.send_replace(Some(ending));
}

/// A running PostgreSQL with everything that is its own.
pub(super) struct Server {
    pub(super) place: Place,
    pub(super) version: Version,
    child: Child,
    #[cfg(not(target_os = "linux"))]
    _watchdog: super::watchdog::Watchdog,
}

impl Server {
    fn start(settings: &Settings) -> Result<Self, PostgresError> {
        let account = Account::for_children()?;
        let place = Place::open(&settings.storage, &account)?;
        leftovers::clear(&place)?;

        let data = place.data();
        let major = major_of(&place)?;
        let existing = major.map(|major| Existing { data_dir: &data, major });
        let programs = find::choose(settings.postgres_bin.as_deref(), existing, &account)?;
        if major.is_none() {
            initdb::create(&programs, &settings.storage, &place, &account)?;
        }
        account.own(&data)?;

        let program = programs.path("postgres");
        let mut command = Command::new(&program);
        process::prepare(&mut command, &account);
        process::tie_to_this_thread(&mut command);
        command.arg("-D").arg(&data);
        let profile = if settings.storage == Storage::Ephemeral { FAST } else { DURABLE };
        for setting in COMMON.iter().chain(profile) {
            command.args(["-c", setting]);
        }
        // A list, in which quotes keep a comma of the path from separating.
        command.arg("-c");
        command.arg(format!("unix_socket_directories=\"{}\"", place.socket_dir().display()));
        let log = new_log(&place)?;
        // PostgreSQL reads nothing from there; it and all its processes just keep it open, and
        // with it the lock.
        command.stdin(place.postgres_lock()?);
        command.stdout(log.try_clone().at("open", &place.log())?).stderr(Stdio::from(log));

        let child = command.spawn().at("run", &program)?;
        let mut server = Self {
            #[cfg(not(target_os = "linux"))]
            _watchdog: super::watchdog::Watchdog::over(child.id(), &account).at("guard", &program)?,
            place,
            version: programs.version().clone(),
            child,
        };
        server.wait_ready()?;
        tracing::info!(
            version = %server.version,
            data = %data.display(),
            process = server.process_id(),
            "PostgreSQL started"
        );
        Ok(server)
    }

    pub(super) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for PostgreSQL to say in its `postmaster.pid` that it takes connections.
    fn wait_ready(&mut self) -> Result<(), PostgresError> {
        let pid_file = self.place.data().join("postmaster.pid");
        let pid = self.process_id().to_string();
        let begin = Instant::now();
        loop {
            let text = fs::read_to_string(&pid_file).unwrap_or_default();
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            if lines.first() == Some(&pid.as_str()) && lines.get(7) == Some(&"ready") {
                return Ok(());
            }
            if self.child.try_wait().at("wait for", &self.place.data())?.is_some() {
                let Ending { status, log, .. } = self.wait();
                return Err(PostgresError::Ended { status, log });
            }
            if begin.elapsed() > PATIENCE {
                return Err(PostgresError::NotReady { waited: PATIENCE, log: self.log_end() });
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn wait(&mut self) -> Ending {
        let status = self.child.wait();
        Ending {
            clean: status.as_ref().is_ok_and(|status| status.success()),
            status: status.map_or_else(|error| error.to_string(), |status| status.to_string()),
            log: self.log_end(),
        }
    }

    /// The last lines of the log, which starts anew with each run and stays small.
    fn log_end(&self) -> String {
        let log = fs::read(self.place.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Server {
    /// Ends what did not become ready. An orderly end has come before.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The major version that made the cluster of a place, if there is one.
fn major_of(place: &Place) -> Result<Option<u32>, PostgresError> {
    let path = place.data().join("PG_VERSION");
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).at("read", &path)?;
    let major = text.trim().parse().map_err(std::io::Error::other).at("understand", &path)?;
    Ok(Some(major))
}

/// Begins a log, keeping the one of the run before.
fn new_log(place: &Place) -> Result<File, PostgresError> {
    let log = place.log();
    // There is none in the first run.
    let _ = fs::rename(&log, log.with_extension("log.1"));
    File::options().append(true).create(true).open(&log).at("create", &log)
}
