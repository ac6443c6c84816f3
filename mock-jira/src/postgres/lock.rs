//! Who is using a cluster: two locks of the system, which no crash leaves behind.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Attempt, PostgresError};

/// Held by the server that owns the folder of a cluster, and by it alone.
pub(super) const CLUSTER: &str = "server.lock";

/// Held by the server that owns a temporary folder, which is removed when nobody holds it.
pub(super) const TEMPORARY: &str = "temporary.lock";

/// Held by every PostgreSQL process of the cluster: they inherit it, so that it is free exactly
/// when the last of them is gone, whatever became of their owner.
const POSTGRES: &str = "postgres.lock";

/// How long a PostgreSQL whose owner died may take to write what it has in memory.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes this process the owner of a folder.
pub(super) fn own(folder: &Path, lock: &str) -> Result<File, PostgresError> {
    let path = folder.join(lock);
    let mut file = open(&path)?;
    if !try_lock(&file, &path)? {
        let mut owner = String::new();
        // Only a help for the reader of the message.
        let _ = file.read_to_string(&mut owner);
        return Err(PostgresError::InUse { folder: folder.to_owned(), owner: Some(owner).filter(|id| !id.is_empty()) });
    }
    file.set_len(0).and_then(|()| file.write_all(std::process::id().to_string().as_bytes())).at("write", &path)?;
    Ok(file)
}

/// Takes the lock the PostgreSQL processes of a folder are to inherit, once those of an owner that
/// died are gone.
pub(super) fn for_postgres(folder: &Path) -> Result<File, PostgresError> {
    let path = folder.join(POSTGRES);
    let file = open(&path)?;
    let begin = Instant::now();
    while !try_lock(&file, &path)? {
        if begin.elapsed() > PATIENCE {
            return Err(PostgresError::StillStopping { lock: path, waited: PATIENCE });
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(file)
}

/// Takes both locks of a temporary folder that may be left over from a crash. Nothing when it is
/// in use, or not one of ours.
pub(super) fn of_leftover(folder: &Path) -> Option<[File; 2]> {
    let owner = File::open(folder.join(TEMPORARY)).ok()?;
    owner.try_lock().ok()?;
    let postgres = open(&folder.join(POSTGRES)).ok()?;
    postgres.try_lock().ok()?;
    Some([owner, postgres])
}

fn open(path: &Path) -> Result<File, PostgresError> {
    File::options().read(true).write(true).create(true).truncate(false).open(path).at("open", path)
}

fn try_lock(file: &File, path: &Path) -> Result<bool, PostgresError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error).at("lock", path),
    }
}
