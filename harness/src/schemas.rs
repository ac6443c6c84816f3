//! Contracts: official OpenAPI documents reduced to facts.
//!
//! A contract keeps what a program can check (paths, parameters, bodies, statuses, schemas, scopes)
//! and nothing a person wrote to explain it. It stays a valid OpenAPI 3.0 document, with one
//! extension of ours: `x-only-version` (2 or 3) on operations that one API version lacks.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

pub mod diff;
mod import;
mod layout;
mod merge;
mod references;
mod sources;
mod strip;

pub use import::{Additions, Import};
pub use layout::render;
pub use references::closure;
pub use sources::{SOURCES, Source};

/// The extension that names the only API version (2 or 3) in which an operation exists.
pub const ONLY_VERSION: &str = "x-only-version";

/// Reads a JSON document.
pub fn read(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("parsing {}", path.display()))
}
