//! Every operation through HTTP, in one process: one server, each test a site of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod attachments;
mod avatars;
mod comments;
mod components;
mod configuration;
mod filters;
mod gate;
mod instance;
mod issue_types;
mod issues;
mod limits;
mod links;
mod permissions;
mod priorities;
mod project_settings;
mod projects;
mod properties;
mod resolutions;
mod roles;
mod search;
mod sites;
mod statuses;
mod support;
mod tasks;
mod transitions;
mod users;
mod versions;
mod watchers;
