//! Jira's rules as values and pure functions: no SQL, no HTTP, no clock, no async.

pub mod assignment;
pub mod audit;
pub mod avatar;
pub mod comment;
pub mod config;
pub mod failure;
pub mod feature;
pub mod fields;
pub mod issue;
pub mod jql;
pub mod naming;
pub mod notification;
pub mod order;
pub mod people;
pub mod permission;
pub mod priority_scheme;
pub mod property;
pub mod rank;
pub mod rich_text;
pub mod sharing;
pub mod site;
pub mod snapshot;
pub mod time_tracking;
pub mod workflow;
