//! Where everything of one cluster is.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Storage;
use super::account::Account;
use super::error::{Attempt, PostgresError};
use super::lock;
use super::scratch::{Purpose, Scratch};

/// The folders of one cluster, owned by this process until dropped; those that are temporary are
/// then removed.
pub(super) struct Place {
    root: PathBuf,
    socket_dir: PathBuf,
    postgres_lock: File,
    // Last to go: what is removed is removed while it is still owned.
    _scratch: Scratch,
    _owned: Option<File>,
}

impl Place {
    pub(super) fn open(storage: &Storage, account: &Account) -> Result<Self, PostgresError> {
        let (root, owned, scratch) = match storage {
            Storage::Ephemeral => {
                let scratch = Scratch::create(Purpose::Cluster, account)?;
                (scratch.path().to_owned(), None, scratch)
            }
            Storage::Persistent(folder) => {
                let root = account.make_enterable(folder)?;
                let owned = lock::own(&root, lock::CLUSTER)?;
                (root, Some(owned), Scratch::create(Purpose::Socket, account)?)
            }
        };
        Ok(Self {
            socket_dir: scratch.socket_dir(account)?,
            postgres_lock: lock::for_postgres(&root)?,
            root,
            _scratch: scratch,
            _owned: owned,
        })
    }

    /// The cluster itself.
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Where a cluster is made before it is one.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.root.join("data.new")
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The lock in a form that a child process inherits.
    pub(super) fn postgres_lock(&self) -> Result<File, PostgresError> {
        self.postgres_lock.try_clone().at("duplicate the lock of", &self.root)
    }
}
