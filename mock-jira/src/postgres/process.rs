//! Child processes that run as the right user and die with this one.

use std::env;
use std::process::Command;

use super::account::Account;

/// Makes a PostgreSQL program run as the right user and untouched by this process' surroundings.
pub(super) fn prepare(command: &mut Command, account: &Account) {
    account.assign(command);
    // PGDATA, PGPORT and their like would override what is passed; the locale decides whether
    // messages can be understood, and on macOS whether PostgreSQL starts at all.
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    // The programs insist on a working directory their user may enter.
    command.current_dir("/");
}

/// Makes a program die when the thread that spawns it does, and so when this process is killed.
///
/// Ctrl-C of a terminal does not reach it, so that the server can finish its requests first.
pub(super) fn tie_to_this_thread(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);

    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::parent_id;

        use nix::errno::Errno;
        use nix::sys::{prctl, signal::Signal};

        let owner = std::process::id();
        let tie = move || {
            // SIGTERM would wait for clients to leave, which a dead owner's pool never does.
            prctl::set_pdeathsig(Signal::SIGINT)?;
            // The owner may have died before there was anything to tell.
            if parent_id() != owner {
                return Err(Errno::ESRCH.into());
            }
            Ok(())
        };
        // SAFETY: between fork and exec only async-signal-safe calls are allowed. These are prctl
        // and getppid, bare system calls, and errors made from numbers, which allocate nothing.
        unsafe { command.pre_exec(tie) };
    }
}
