//! The user PostgreSQL runs as, and what that user may enter.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{self, Path, PathBuf};
use std::process::Command;

use nix::unistd::{User, geteuid};

use super::error::{Attempt, PostgresError};

/// The user PostgreSQL runs as: this process' own, or for root, which PostgreSQL refuses, one
/// without privileges.
pub(super) struct Account(Option<User>);

impl Account {
    /// Looks for the user by name, since `initdb` fails for a number without a name.
    pub(super) fn for_children() -> Result<Self, PostgresError> {
        if !geteuid().is_root() {
            return Ok(Self(None));
        }
        for name in ["postgres", "nobody"] {
            let user = User::from_name(name).map_err(|error| PostgresError::Io {
                action: format!("look up the user {name}"),
                source: error.into(),
            })?;
            if user.is_some() {
                return Ok(Self(user));
            }
        }
        Err(PostgresError::NoAccount)
    }

    /// Makes a command run as this user.
    pub(super) fn assign(&self, command: &mut Command) {
        if let Some(user) = &self.0 {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
    }

    /// Gives this user a file or a whole folder.
    ///
    /// It may belong to somebody else after an earlier run: "postgres" has another number in each
    /// container image, and may have appeared since the run was made as "nobody".
    pub(super) fn own(&self, path: &Path) -> Result<(), PostgresError> {
        match &self.0 {
            Some(user) => own(path, user).at("change the owner of", path),
            None => Ok(()),
        }
    }

    /// Makes a folder, with those on the way to it, that this user can enter, and gives back its
    /// real path. If the folder is there already it is opened, but not those on the way, which are
    /// somebody's decision.
    pub(super) fn make_enterable(&self, folder: &Path) -> Result<PathBuf, PostgresError> {
        let folder = &path::absolute(folder).at("locate", folder)?;
        let Some(user) = &self.0 else {
            fs::create_dir_all(folder).at("create", folder)?;
            return folder.canonicalize().at("locate", folder);
        };
        let missing: Vec<&Path> = folder.ancestors().take_while(|it| !it.exists()).collect();
        for new in missing.into_iter().rev() {
            fs::create_dir(new).at("create", new)?;
            // Not left to the umask, which may be one that closes them.
            fs::set_permissions(new, Permissions::from_mode(0o755)).at("open", new)?;
        }
        let metadata = fs::metadata(folder).at("look at", folder)?;
        if !may_enter(&metadata, user) {
            let opened = Permissions::from_mode(metadata.mode() & 0o7777 | 0o011);
            fs::set_permissions(folder, opened).at("open", folder)?;
        }
        let real = folder.canonicalize().at("locate", folder)?;
        if let Some(closed) = closed_to(user, &real) {
            return Err(PostgresError::NotEnterable { folder: closed.to_owned(), user: user.name.clone() });
        }
        Ok(real)
    }

    /// Whether this user can get into a folder.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        let (Ok(real), Some(user)) = (folder.canonicalize(), &self.0) else {
            return folder.is_dir();
        };
        closed_to(user, &real).is_none()
    }

    /// For messages about what this user tried in vain: empty where it is nobody special.
    pub(super) fn whom(&self) -> String {
        self.0.as_ref().map(|user| format!(" as the user {}", user.name)).unwrap_or_default()
    }
}

/// The folder that keeps a user out of another one, the nearest to it if there are several.
fn closed_to<'a>(user: &User, folder: &'a Path) -> Option<&'a Path> {
    folder.ancestors().find(|it| !fs::metadata(it).is_ok_and(|metadata| may_enter(&metadata, user)))
}

/// The rule of the system: the first class a user belongs to decides. Supplementary groups do not
/// count, as they are dropped together with root's rights.
fn may_enter(folder: &Metadata, user: &User) -> bool {
    let needed = if folder.uid() == user.uid.as_raw() {
        0o100
    } else if folder.gid() == user.gid.as_raw() {
        0o010
    } else {
        0o001
    };
    folder.mode() & needed != 0
}

fn own(path: &Path, user: &User) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.uid() == user.uid.as_raw() {
        // A folder is given away after what is in it, so all below is given away too.
        return Ok(());
    }
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            own(&entry?.path(), user)?;
        }
    }
    lchown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
}
