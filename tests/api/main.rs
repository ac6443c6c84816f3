//! Every operation through HTTP, in one process: one server, each test a site of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod app_fields;
mod archive;
mod attachments;
mod auditing;
mod bulk;
mod bulk_properties;
mod changelog;
mod comments;
mod configuration;
mod field_contexts;
mod field_options;
mod fields;
mod filters;
mod gate;
mod instance;
mod issue_link_types;
mod issue_security;
mod issue_types;
mod issues;
mod labels;
mod limits;
mod links;
mod notify;
mod permission_schemes;
mod permissions;
mod priorities;
mod projects;
mod properties;
mod remote_links;
mod resolutions;
mod screens;
mod search;
mod security_schemes;
mod settings;
mod sites;
mod statuses;
mod support;
mod tasks;
mod transitions;
mod users;
mod watchers;
mod worklogs;
