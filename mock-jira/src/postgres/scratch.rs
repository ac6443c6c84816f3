//! Temporary folders with short paths: for sockets, and for whole clusters that are thrown away.

use std::env;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;
use nix::unistd::geteuid;
use tempfile::TempDir;

use super::account::Account;
use super::error::{Attempt, PostgresError};
use super::lock;

/// Lies in memory on Linux.
const MEMORY: &str = "/dev/shm";

/// What a cluster in memory may need. Containers have 64 MB there unless told otherwise.
const ROOM: u64 = 1 << 30;

const PREFIX: &str = "mock-jira-";

/// Marks a folder that is not locked yet, and so must not be taken for a leftover.
const UNBORN: &str = "mock-jira-new-";

/// The longest path of a socket: 103 bytes on macOS, 107 on Linux.
const SOCKET_PATH_MAX: usize = 103;

/// What comes after the base folder in the path of a socket.
const SOCKET_PATH_END: &str = "/mock-jira-XXXXXX/socket/.s.PGSQL.5432";

/// A temporary folder that is removed with its owner, or at the next start if that was killed.
pub(super) struct Scratch {
    path: PathBuf,
    _owned: File,
}

/// What a temporary folder is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Socket,
    Cluster,
}

impl Scratch {
    /// Makes a folder, and removes those of servers that were killed.
    pub(super) fn create(purpose: Purpose, account: &Account) -> Result<Self, PostgresError> {
        let bases = [PathBuf::from(MEMORY), env::temp_dir(), PathBuf::from("/tmp")];
        for base in &bases {
            sweep(base);
        }
        for base in &bases {
            let in_memory = base == Path::new(MEMORY);
            let fits = base.as_os_str().len() + SOCKET_PATH_END.len() <= SOCKET_PATH_MAX;
            if fits
                && (!in_memory || (purpose == Purpose::Cluster && has_room(base)))
                && account.reaches(base)
                && let Ok(new) = tempfile::Builder::new().prefix(UNBORN).tempdir_in(base)
            {
                return Self::settle(new, base, account);
            }
        }
        let searched: Vec<_> = bases.iter().map(|base| base.display().to_string()).collect();
        Err(PostgresError::NoScratch { searched: searched.join(", ") })
    }

    /// Gives a folder its name when it is locked, so that under that name it is always either
    /// somebody's or a leftover.
    fn settle(new: TempDir, base: &Path, account: &Account) -> Result<Self, PostgresError> {
        let owned = lock::own(new.path(), lock::TEMPORARY)?;
        let unborn = account.make_enterable(new.path())?;
        let name = unborn.file_name().unwrap_or_default().to_string_lossy();
        let path = base.join(name.replacen(UNBORN, PREFIX, 1));
        fs::rename(&unborn, &path).at("name", &path)?;
        let _ = new.keep();
        Ok(Self { path, _owned: owned })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder of the socket, which lets nobody connect but the user of PostgreSQL.
    pub(super) fn socket_dir(&self, account: &Account) -> Result<PathBuf, PostgresError> {
        let folder = self.path.join("socket");
        fs::create_dir(&folder).at("create", &folder)?;
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).at("close", &folder)?;
        account.own(&folder)?;
        Ok(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Removes what servers that were killed left in `base`.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let ours = name.as_bytes().starts_with(PREFIX.as_bytes())
            && !name.as_bytes().starts_with(UNBORN.as_bytes())
            // Anybody can put anything there, so look at the entry itself, not through a link.
            && entry.metadata().is_ok_and(|it| it.is_dir() && it.uid() == geteuid().as_raw());
        if ours && let Some(_locks) = lock::of_leftover(&path) {
            remove(&path);
        }
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::warn!(folder = %folder.display(), %error, "temporary folder not removed");
    }
}

fn has_room(base: &Path) -> bool {
    #[allow(clippy::unnecessary_cast, reason = "the width differs between systems")]
    statvfs(base).is_ok_and(|it| it.blocks_available() as u64 * it.fragment_size() as u64 >= ROOM)
}
