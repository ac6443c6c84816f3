//! Rules of the code that the compiler does not know; each says why it is one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    rust_files(&root().join(folder), &mut files);
    let source = |path: &PathBuf| {
        let name = path.strip_prefix(root()).expect("a file of the project").to_string_lossy().replace('\\', "/");
        (name, fs::read_to_string(path).expect("a text"))
    };
    files.iter().map(source).collect()
}

/// Rooms are real: what a room never names (see ARCHITECTURE.md).
#[test]
fn rooms_keep_to_themselves() {
    let src = "mock-jira/src";
    let rules: [(&str, &[&str]); 4] = [
        ("domain", &["sqlx", "axum", "tokio", "crate::db", "crate::app", "crate::http", "async fn", "Utc::now"]),
        ("app", &["axum", "sqlx::", "reqwest", "crate::http"]),
        ("db", &["axum", "crate::app", "crate::http"]),
        ("http", &["sqlx", "crate::postgres"]),
    ];
    let mut broken = Vec::new();
    for (room, forbidden) in rules {
        for (name, text) in sources(&format!("{src}/{room}")) {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for (number, line) in code.enumerate() {
                broken.extend(
                    forbidden
                        .iter()
                        .filter(|word| line.contains(**word))
                        .map(|word| format!("{name}:{number} names {word}")),
                );
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Every file says on top what lives in it, and none is a house of its own.
#[test]
fn files_are_introduced_and_short() {
    let mut broken = Vec::new();
    for folder in ["mock-jira/src", "harness/src", "tests"] {
        for (name, text) in sources(folder) {
            if !text.starts_with("//!") {
                broken.push(format!("{name} does not begin with `//!`"));
            }
            if text.lines().count() > 600 {
                broken.push(format!("{name} is longer than 600 lines"));
            }
            if name.ends_with("/mod.rs") {
                broken.push(format!("{name}: foo.rs stands beside foo/"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A site's number begins every table and every key, and every table is secured.
#[test]
fn every_table_belongs_to_a_site() {
    for entry in fs::read_dir(root().join("migrations")).expect("migrations") {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a text");
        for table in text.split("CREATE TABLE ").skip(1) {
            let name = table.split_whitespace().next().expect("a name");
            let body = table.split_once(");").expect("an end").0;
            let first = body.split_once('(').expect("columns").1.trim_start();
            assert!(first.starts_with("site_id"), "{name} in {} does not begin with site_id", path.display());
            assert!(body.contains("PRIMARY KEY"), "{name} has no key");
            assert!(text.contains(&format!("secure_table('{name}')")), "{name} is not secured");
        }
    }
}
