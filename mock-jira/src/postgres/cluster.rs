//! The owner of a running cluster.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::Settings;
use super::error::PostgresError;
use super::find::Version;
use super::keeper::{self, Ending, Server};

/// The ways to stop PostgreSQL, from the orderly one down: with a checkpoint; at once, leaving the
/// rest to recovery; and not asked at all.
const WAYS_TO_STOP: [Signal; 3] = [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL];

/// How long each way may take before the next is tried. The checkpoint waits for the disk.
const PATIENCE: Duration = Duration::from_secs(30);

/// The same for a drop, which holds up its thread.
const BRIEF_PATIENCE: Duration = Duration::from_secs(5);

const USER: &str = "postgres";
const DATABASE: &str = "postgres";
const PORT: u16 = 5432;

/// A private PostgreSQL cluster that runs as long as this value lives.
///
/// It is better to [`stop`](Self::stop) it than to drop it, which blocks the thread meanwhile.
#[derive(Debug)]
pub struct Cluster {
    process_id: u32,
    version: Version,
    data_dir: PathBuf,
    socket_dir: PathBuf,
    ended: watch::Receiver<Option<Ending>>,
}

impl Cluster {
    /// Starts the cluster, after creating it or recovering it from a crash where that is needed,
    /// and waits until it takes connections.
    pub async fn start(settings: &Settings) -> Result<Self, PostgresError> {
        let (started, answer) = oneshot::channel();
        let settings = settings.clone();
        thread::Builder::new()
            .name("postgres-keeper".to_owned())
            .spawn(move || keeper::keep(&settings, started))
            .map_err(|source| PostgresError::Io { action: "start a thread".to_owned(), source })?;
        answer.await.unwrap_or_else(|_| Err(keeper_lost()))
    }

    pub(super) fn new(server: &Server, ended: watch::Receiver<Option<Ending>>) -> Self {
        Self {
            process_id: server.process_id(),
            version: server.version.clone(),
            data_dir: server.place.data(),
            socket_dir: server.place.socket_dir().to_owned(),
            ended,
        }
    }

    /// How to connect, as the superuser, to the database that is always there.
    pub fn connect_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(PORT)
            .username(USER)
            .database(DATABASE)
            .ssl_mode(PgSslMode::Disable)
    }

    /// The same for other programs, as a URL.
    pub fn url(&self) -> String {
        let folder = self.socket_dir.to_string_lossy();
        let folder = utf8_percent_encode(&folder, NON_ALPHANUMERIC);
        format!("postgresql://{USER}@localhost:{PORT}/{DATABASE}?host={folder}")
    }

    /// The folder PostgreSQL calls its data directory.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The version that runs.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The process that runs.
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Waits for PostgreSQL to end by itself, and says how it did.
    ///
    /// Nothing can be done with a cluster after that but to start it anew.
    pub async fn ended(&self) -> PostgresError {
        let mut ended = self.ended.clone();
        let ending = ended.wait_for(Option::is_some).await.ok().and_then(|it| it.clone());
        ending.map_or_else(keeper_lost, PostgresError::from)
    }

    /// Stops PostgreSQL, and waits until all it holds is free again.
    ///
    /// An error says that it ended badly. What was committed is safe even then.
    pub async fn stop(self) -> Result<(), PostgresError> {
        let mut ended = self.ended.clone();
        for way in WAYS_TO_STOP {
            self.signal(way);
            if let Ok(ending) = timeout(PATIENCE, ended.wait_for(Option::is_some)).await {
                return match ending.ok().and_then(|it| it.clone()) {
                    Some(ending) if ending.clean => Ok(()),
                    Some(ending) => Err(ending.into()),
                    None => Err(keeper_lost()),
                };
            }
        }
        Err(PostgresError::NotStopping { process_id: self.process_id })
    }

    fn has_ended(&self) -> bool {
        // Without its keeper nobody would say so.
        self.ended.borrow().is_some() || self.ended.has_changed().is_err()
    }

    fn signal(&self, signal: Signal) {
        // The number of a process that has ended is not used again before the system has gone
        // through all others, long after the keeper has told of the end.
        if let Ok(id) = i32::try_from(self.process_id)
            && !self.has_ended()
            && let Err(error) = kill(Pid::from_raw(id), signal)
        {
            tracing::warn!(%signal, %error, "PostgreSQL not signalled");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for way in WAYS_TO_STOP {
            self.signal(way);
            let begin = Instant::now();
            while begin.elapsed() < BRIEF_PATIENCE {
                if self.has_ended() {
                    return;
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

impl From<Ending> for PostgresError {
    fn from(Ending { status, log, .. }: Ending) -> Self {
        Self::Ended { status, log }
    }
}

fn keeper_lost() -> PostgresError {
    PostgresError::Ended { status: "its keeper is lost".to_owned(), log: String::new() }
}
