//! Creating a cluster.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use super::account::Account;
use super::error::{Attempt, PostgresError};
use super::find::Programs;
use super::place::Place;
use super::{Storage, process};

/// The locales that tell PostgreSQL up to 16 about letters, best first: not every system has all.
const LETTERS: [&str; 3] = ["C.UTF-8", "en_US.UTF-8", "C"];

/// Makes the cluster of a place, aside first: a crash on the way leaves none rather than half one.
pub(super) fn create(
    programs: &Programs,
    storage: &Storage,
    place: &Place,
    account: &Account,
) -> Result<(), PostgresError> {
    let (unfinished, data) = (place.unfinished(), place.data());
    fs::create_dir(&unfinished).at("create", &unfinished)?;
    account.own(&unfinished)?;

    let mut outcome = Ok(());
    for letters in LETTERS {
        outcome = run(programs, storage, place, account, letters)?;
        if !matches!(&outcome, Err(output) if output.contains("locale")) {
            break;
        }
    }
    outcome.map_err(|output| PostgresError::Initdb { data_dir: data.clone(), output })?;

    fs::rename(&unfinished, &data).at("name", &data)?;
    if *storage == Storage::Ephemeral {
        return Ok(());
    }
    // The name must last as long as what will be committed under it.
    File::open(place.root()).and_then(|root| root.sync_all()).at("sync", place.root())
}

/// Runs `initdb`, and gives back what it said if it failed.
fn run(
    programs: &Programs,
    storage: &Storage,
    place: &Place,
    account: &Account,
    letters: &str,
) -> Result<Result<(), String>, PostgresError> {
    let program = programs.path("initdb");
    let mut command = Command::new(&program);
    process::prepare(&mut command, account);
    process::tie_to_this_thread(&mut command);
    command.arg("-D").arg(place.unfinished());
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
    if programs.version().major >= 17 {
        command.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
    } else {
        command.arg(format!("--lc-ctype={letters}"));
    }
    if *storage == Storage::Ephemeral {
        command.args(["--no-sync", "--wal-segsize=1"]);
    }
    let output = command
        .stdin(place.postgres_lock()?)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .and_then(|child| child.wait_with_output())
        .at("run", &program)?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
