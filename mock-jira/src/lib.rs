//! A Jira Cloud for tests: stateful, on PostgreSQL, with many sites in one server.
//!
//! Start at [`MockJira`] to run one inside a Rust test; see `ARCHITECTURE.md` for the rooms.

pub mod app;
pub mod cli;
pub mod db;
pub mod domain;
pub mod http;
pub mod postgres;
pub mod serve;
pub mod telemetry;
pub mod tls;

pub use serve::MockJira;
