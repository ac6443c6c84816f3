//! The death of a child with its owner, where the system does not see to it (outside Linux).

use std::io;
use std::process::{Child, Command, Stdio};

use std::os::unix::process::CommandExt;

use super::account::Account;

/// A shell that waits for the owner's end of a pipe to close, as it does however the owner ends,
/// and then asks the child to stop.
///
/// Weaker than the parent death signal of Linux: it helps nothing once it is killed itself.
pub(super) struct Watchdog(Child);

impl Watchdog {
    pub(super) fn over(child: u32, account: &Account) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh");
        account.assign(&mut shell);
        shell
            .args(["-c", r#"read -r _; kill -INT "$0""#])
            .arg(child.to_string())
            .current_dir("/")
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .map(Self)
    }
}

impl Drop for Watchdog {
    /// Called off, as the child is gone and its number may soon be somebody else's.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::{Child, Command};

    use nix::sys::signal::{SigHandler, Signal, signal};

    use super::{Account, Watchdog};

    /// A child that a signal ends, also where the test was started by a shell that has its jobs ignore them.
    fn sleeper(account: &Account) -> Child {
        let mut sleep = Command::new("sleep");
        account.assign(&mut sleep);
        // SAFETY: between fork and exec only async-signal-safe calls are allowed; sigaction is one.
        unsafe {
            sleep.pre_exec(|| {
                signal(Signal::SIGINT, SigHandler::SigDfl)?;
                Ok(())
            });
        }
        sleep.arg("600").spawn().unwrap()
    }

    #[test]
    fn the_child_is_interrupted_when_the_pipe_closes() {
        let account = Account::for_children().unwrap();
        let mut child = sleeper(&account);
        let mut watchdog = Watchdog::over(child.id(), &account).unwrap();

        drop(watchdog.0.stdin.take());
        assert_eq!(child.wait().unwrap().signal(), Some(2));
    }

    #[test]
    fn the_child_is_left_alone_when_the_watchdog_is_called_off() {
        let account = Account::for_children().unwrap();
        let mut child = sleeper(&account);
        drop(Watchdog::over(child.id(), &account).unwrap());
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
