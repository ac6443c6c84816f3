//! Finding the PostgreSQL server programs.

use std::cmp::Reverse;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::error::PostgresError;
use super::{install, process};

/// The oldest major version the schema can live in.
const OLDEST_MAJOR: u32 = 14;

/// Where packagers put the programs: the parent of the versioned folder, what its name begins with
/// before the version, and the way from it to the programs.
const VERSIONED: [(&str, &str, &str); 8] = [
    ("usr/lib/postgresql", "", "bin"), // Debian, Ubuntu
    ("usr", "pgsql-", "bin"),          // Fedora and Red Hat, packages of postgresql.org
    ("usr/lib", "postgresql", "bin"),  // openSUSE
    ("usr/libexec", "postgresql", ""), // Alpine
    ("opt/homebrew/opt", "postgresql@", "bin"),
    ("usr/local/opt", "postgresql@", "bin"), // Homebrew on Intel
    ("home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// The server programs of one PostgreSQL installation.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    version: Version,
}

/// The version of a PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The part that decides which clusters it can open.
    pub major: u32,
    /// The whole version, such as `15.18`.
    pub full: String,
}

impl Programs {
    /// The version all of them have.
    pub(super) fn version(&self) -> &Version {
        &self.version
    }

    /// The path of one of them.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// Asks the programs of a folder for their version, as the user who will have to run them.
    fn ask(folder: PathBuf, account: &Account) -> Result<Self, String> {
        let mut command = Command::new(folder.join("postgres"));
        process::prepare(command.arg("--version"), account);
        let answer = command.output().map_err(|error| format!("cannot be run{}: {error}", account.whom()))?;
        let text = String::from_utf8_lossy(&answer.stdout);
        match Version::parse(&text) {
            Some(version) if version.major < OLDEST_MAJOR => Err(format!("{version} is older than {OLDEST_MAJOR}")),
            Some(version) => Ok(Self { folder, version }),
            None => Err(String::from_utf8_lossy(&answer.stderr).trim().to_owned()),
        }
    }
}

impl fmt::Display for Programs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PostgreSQL {} in {}", self.version, self.folder.display())
    }
}

impl Version {
    /// Reads what `postgres --version` prints: `postgres (PostgreSQL) 15.18 (Debian …)`.
    fn parse(text: &str) -> Option<Self> {
        let full = text.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
        let major = full.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        Some(Self { major, full: full.to_owned() })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.full)
    }
}

/// The cluster that is to be opened, when there is one already.
pub(super) struct Existing<'a> {
    pub(super) data_dir: &'a Path,
    pub(super) major: u32,
}

/// Chooses the programs to run: those that can open the existing cluster, else the first found.
///
/// Asking an installation for its version takes some 10 ms, so none is asked after the match.
pub(super) fn choose(
    named: Option<&Path>,
    existing: Option<Existing<'_>>,
    account: &Account,
) -> Result<Programs, PostgresError> {
    let (searched, folders) = match named {
        Some(folder) => (folder.display().to_string(), vec![folder.to_owned(), folder.join("bin")]),
        None => ("PATH, pg_config --bindir and the usual folders".to_owned(), folders()),
    };

    let (mut others, mut unusable) = (Vec::new(), Vec::new());
    for folder in installations(folders) {
        match Programs::ask(folder.clone(), account) {
            Ok(programs) if existing.as_ref().is_none_or(|it| it.major == programs.version.major) => {
                return Ok(programs);
            }
            Ok(programs) => others.push(programs.to_string()),
            Err(reason) => unusable.push(format!("{}: {reason}", folder.display())),
        }
    }
    let install = install::command(existing.as_ref().map(|it| it.major));
    Err(match existing {
        Some(Existing { data_dir, major }) if !others.is_empty() => {
            PostgresError::OtherMajor { data_dir: data_dir.to_owned(), cluster: major, found: others, install }
        }
        _ => PostgresError::ProgramsNotFound { searched, unusable, install },
    })
}

/// The folders among these that hold server programs, each once and under its real name: what is
/// on PATH is often a link to `postgres` alone, with `initdb` only beside the real file.
fn installations(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders {
        let Ok(postgres) = folder.join("postgres").canonicalize() else {
            continue;
        };
        let Some(folder) = postgres.parent().map(Path::to_owned) else {
            continue;
        };
        if folder.join("initdb").is_file() && !found.contains(&folder) {
            found.push(folder);
        }
    }
    found
}

/// Everywhere the programs may be, best first.
fn folders() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(told_by_pg_config()).chain(versioned(Path::new("/"))).collect()
}

fn told_by_pg_config() -> Option<PathBuf> {
    let answer = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(answer.stdout).ok()?;
    Some(PathBuf::from(folder.trim_end())).filter(|folder| folder.is_absolute())
}

/// The usual folders that are there, newest version first.
fn versioned(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix, way) in VERSIONED {
        let parent = root.join(parent);
        for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix)?.parse().ok());
            found.extend(version.map(|version| (version, parent.join(&name).join(way))));
        }
    }
    found.sort_by_key(|(version, _)| Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Version, installations, versioned};

    fn install(bin: &Path) -> PathBuf {
        fs::create_dir_all(bin).unwrap();
        for program in ["postgres", "initdb"] {
            fs::write(bin.join(program), "").unwrap();
        }
        bin.canonicalize().unwrap()
    }

    #[test]
    fn nothing_is_found_on_a_system_without_programs() {
        let root = tempfile::tempdir().unwrap();
        assert!(installations(versioned(root.path())).is_empty());
    }

    #[test]
    fn usual_folders_are_searched_newest_first() {
        let root = tempfile::tempdir().unwrap();
        let old = install(&root.path().join("usr/lib/postgresql/9/bin"));
        let new = install(&root.path().join("usr/lib/postgresql/15/bin"));
        let redhat = install(&root.path().join("usr/pgsql-17/bin"));
        let alpine = install(&root.path().join("usr/libexec/postgresql16"));
        let brew = install(&root.path().join("opt/homebrew/opt/postgresql@18/bin"));
        fs::create_dir_all(root.path().join("usr/lib/postgresql/latest/bin")).unwrap();

        let found = installations(versioned(root.path()));
        assert_eq!(found, [brew, redhat, alpine, new, old]);
    }

    #[test]
    fn a_link_on_the_path_leads_to_the_real_folder_once() {
        let root = tempfile::tempdir().unwrap();
        let real = install(&root.path().join("usr/lib/postgresql/15/bin"));
        let links = root.path().join("links");
        fs::create_dir(&links).unwrap();
        std::os::unix::fs::symlink(real.join("postgres"), links.join("postgres")).unwrap();

        assert_eq!(installations(vec![links, real.clone()]), [real]);
    }

    #[test]
    fn versions_are_read_however_they_are_packaged() {
        for (text, major, full) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15, "15.18"),
            ("postgres (PostgreSQL) 18beta1\n", 18, "18beta1"),
        ] {
            assert_eq!(Version::parse(text), Some(Version { major, full: full.to_owned() }));
        }
        assert_eq!(Version::parse("cannot execute"), None);
    }
}
