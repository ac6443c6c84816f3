//! What a crash leaves in the folder of a cluster.

use std::fs;
use std::io;
use std::path::Path;

use super::error::{Attempt, PostgresError};
use super::place::Place;

/// Clears away what would keep PostgreSQL from starting, given that nothing that mock-jira started
/// runs in this place any more.
pub(super) fn clear(place: &Place) -> Result<(), PostgresError> {
    remove(&place.unfinished(), |path| fs::remove_dir_all(path))?;

    let data = place.data();
    let pid_file = data.join("postmaster.pid");
    let text = match fs::read_to_string(&pid_file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).at("read", &pid_file),
    };
    if let Some(process_id) = text.lines().next().and_then(|line| line.trim().parse().ok()) {
        match command_line(process_id) {
            // PostgreSQL gets over this itself, after checks that need the file.
            None => return Ok(()),
            Some(command) if is_postgres_on(&command, &data) => {
                return Err(PostgresError::ForeignServer { data_dir: data, process_id });
            }
            Some(_) => {}
        }
    }
    // PostgreSQL refuses to start on an empty file, and on one with the number of any process of
    // its user, although numbers are used again.
    remove(&pid_file, |path| fs::remove_file(path))
}

fn remove(path: &Path, how: impl Fn(&Path) -> io::Result<()>) -> Result<(), PostgresError> {
    match how(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).at("remove", path),
        _ => Ok(()),
    }
}

/// Whether this is the command line of a PostgreSQL server on this cluster, or of one that does
/// not tell its cluster, which had better be spared.
fn is_postgres_on(command: &str, data: &Path) -> bool {
    let program = command.split(' ').next().unwrap_or_default();
    matches!(program.rsplit('/').next(), Some("postgres" | "postmaster"))
        && (!command.contains(" -D ") || command.contains(&*data.to_string_lossy()))
}

/// The command line of a process, which is empty for a zombie; nothing if there is no process.
#[cfg(target_os = "linux")]
fn command_line(process_id: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{process_id}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}

/// The command line of a process; nothing if there is no process.
#[cfg(not(target_os = "linux"))]
fn command_line(process_id: u32) -> Option<String> {
    let answer =
        std::process::Command::new("ps").args(["-o", "command=", "-p", &process_id.to_string()]).output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{command_line, is_postgres_on};

    #[test]
    fn only_a_server_that_may_be_on_the_cluster_is_spared() {
        let data = Path::new("/srv/jira/data");
        assert!(is_postgres_on("/usr/lib/postgresql/15/bin/postgres -D /srv/jira/data ", data));
        assert!(is_postgres_on("postgres ", data));
        assert!(!is_postgres_on("/usr/lib/postgresql/15/bin/postgres -D /srv/other ", data));
        assert!(!is_postgres_on("postgres: jira site [local] idle", data));
        assert!(!is_postgres_on("/usr/bin/vim /srv/jira/data/postgresql.conf ", data));
        assert!(!is_postgres_on("", data));
    }

    #[test]
    fn the_command_line_of_a_process_is_known_while_it_lives() {
        let this = std::env::args().next().unwrap();
        assert!(command_line(std::process::id()).unwrap().starts_with(&this));

        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert_eq!(command_line(child.id()), None);
    }
}
