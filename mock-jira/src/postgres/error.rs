//! What can go wrong with the private cluster, said to the person who has to put it right.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why there is no private cluster, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// No usable server programs on this system.
    #[error(
        "No usable PostgreSQL server programs found in {searched}.{}\n\
         Install them with:\n    {install}\n\
         or name the folder they are in with --postgres-bin.",
        indented(.unusable)
    )]
    ProgramsNotFound {
        /// The places that were looked at.
        searched: String,
        /// Programs that are there, each with the reason why they cannot be used.
        unusable: Vec<String>,
        /// The command that installs the programs on this system.
        install: String,
    },

    /// The cluster was made by a major version of which no programs were found.
    #[error(
        "The cluster in {} was made by PostgreSQL {cluster}, and another major version cannot \
         open it. Found:{}\n\
         Install PostgreSQL {cluster} with:\n    {install}\n\
         or name the folder of its programs with --postgres-bin, or convert the cluster with \
         pg_upgrade, or choose another data directory to begin with an empty one.",
        .data_dir.display(),
        indented(.found)
    )]
    OtherMajor {
        /// The folder with the `PG_VERSION`.
        data_dir: PathBuf,
        /// The major version of the cluster.
        cluster: u32,
        /// The programs that were found instead.
        found: Vec<String>,
        /// The command that installs the matching programs on this system.
        install: String,
    },

    /// Another mock-jira runs on the same folder.
    #[error(
        "The data directory {} is already in use by another mock-jira{}. \
         Stop that one, or give this one another data directory.",
        .folder.display(),
        .owner.as_ref().map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    InUse {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The process that owns it, as it noted itself.
        owner: Option<String>,
    },

    /// The PostgreSQL of an owner that died has not ended yet.
    #[error(
        "The PostgreSQL of an earlier run is still stopping in {} after {} seconds. \
         Try again later, or end the processes that hold the file open.",
        .lock.display(),
        .waited.as_secs()
    )]
    StillStopping {
        /// The lock its processes hold.
        lock: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },

    /// Somebody started a PostgreSQL of their own on the cluster.
    #[error(
        "A PostgreSQL server that mock-jira did not start (process {process_id}) is running on {}. \
         Stop it with:\n    kill -INT {process_id}",
        .data_dir.display()
    )]
    ForeignServer {
        /// The cluster it runs on.
        data_dir: PathBuf,
        /// Its process.
        process_id: u32,
    },

    /// Root has nobody to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user \"postgres\" or \"nobody\" to run \
         it as. Create one with:\n    useradd --system postgres"
    )]
    NoAccount,

    /// The user PostgreSQL runs as is kept out by a folder.
    #[error(
        "PostgreSQL runs as the user \"{user}\", whom {} does not let in. Choose a data directory \
         elsewhere, or open the folder with:\n    chmod o+x {}",
        .folder.display(),
        .folder.display()
    )]
    NotEnterable {
        /// The folder on the way to the cluster.
        folder: PathBuf,
        /// The user who has to pass.
        user: String,
    },

    /// No folder for temporary files can be used.
    #[error(
        "None of these folders can hold a PostgreSQL socket (writable, open to the user PostgreSQL \
         runs as, with a short path): {searched}. Set TMPDIR to one that can."
    )]
    NoScratch {
        /// The folders that were tried.
        searched: String,
    },

    /// `initdb` gave up.
    #[error("PostgreSQL could not create a cluster in {}:\n{output}", .data_dir.display())]
    Initdb {
        /// Where the cluster was to be.
        data_dir: PathBuf,
        /// What `initdb` said.
        output: String,
    },

    /// PostgreSQL lives but does not become ready.
    #[error("PostgreSQL was not ready after {} seconds. It said:\n{log}", .waited.as_secs())]
    NotReady {
        /// How long it was waited for.
        waited: Duration,
        /// The end of its log.
        log: String,
    },

    /// PostgreSQL ended although nobody asked it to, or ended badly when it was asked.
    #[error("PostgreSQL ended ({status}). It said:\n{log}")]
    Ended {
        /// How it ended.
        status: String,
        /// The end of its log.
        log: String,
    },

    /// PostgreSQL is there even after SIGKILL, as happens when a disk hangs.
    #[error("PostgreSQL (process {process_id}) does not end, not even when killed.")]
    NotStopping {
        /// Its process.
        process_id: u32,
    },

    /// The system refused something.
    #[error("Could not {action}: {source}")]
    Io {
        /// What was attempted, as in "could not …".
        action: String,
        /// The answer of the system.
        source: io::Error,
    },
}

/// Says what was attempted when the system refuses it.
pub(super) trait Attempt<T> {
    /// For an attempt at `path`, as in "could not read /path".
    fn at(self, verb: &str, path: &Path) -> Result<T, PostgresError>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn at(self, verb: &str, path: &Path) -> Result<T, PostgresError> {
        self.map_err(|source| PostgresError::Io { action: format!("{verb} {}", path.display()), source })
    }
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n    {line}")).collect()
}
