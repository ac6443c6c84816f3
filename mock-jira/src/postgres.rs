//! The private PostgreSQL cluster the server runs for itself when it is not given a database.
//!
//! [`Cluster::start`] finds the server programs, creates or recovers the cluster and hands back its
//! owner. The cluster listens on a Unix socket only and never outlives its owner: it is stopped by
//! [`Cluster::stop`], by dropping, and by the system when this process is killed.
//!
//! The folder of a cluster looks like this:
//!
//! ```text
//! server.lock       held by the mock-jira that owns the cluster
//! postgres.lock     held by every PostgreSQL process of the cluster, also after its owner's death
//! postgres.log      what PostgreSQL said in this run; postgres.log.1 is the run before
//! data/             the cluster itself (PGDATA)
//! ```
//!
//! The socket lies elsewhere, in a short temporary folder, because the system limits the length of
//! its path and because mounted volumes do not always support sockets.

mod account;
mod cluster;
mod error;
mod find;
mod initdb;
mod install;
mod keeper;
mod leftovers;
mod lock;
mod place;
mod process;
mod scratch;
#[cfg(any(test, not(target_os = "linux")))]
mod watchdog;

use std::path::PathBuf;

pub use cluster::Cluster;
pub use error::PostgresError;
pub use find::Version;

use etcetera::BaseStrategy;

/// How to run the private cluster.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of the server programs. Without it they are looked for on this system.
    pub postgres_bin: Option<PathBuf>,
    /// Where the cluster lives, and for how long.
    pub storage: Storage,
}

/// Where a cluster lives, and with it how much its commits can survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In this folder, made when it is missing. Nothing that was acknowledged is ever lost.
    Persistent(PathBuf),
    /// In memory where there is room, without waiting for disks, and gone at the end.
    Ephemeral,
}

/// The folder of the cluster when none is named.
///
/// For root it is outside any home, as PostgreSQL then runs as a user that must be let in.
pub fn default_data_dir() -> PathBuf {
    let system = PathBuf::from("/var/lib/mock-jira");
    if nix::unistd::geteuid().is_root() {
        return system;
    }
    etcetera::base_strategy::choose_native_strategy().map_or(system, |user| user.data_dir().join("mock-jira"))
}
