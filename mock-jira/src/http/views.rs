//! What things look like in answers.
//!
//! Members stand in the order that was observed; what depends on the place a thing is shown at
//! has a function per place.

pub mod changelog;
pub mod config;
pub mod holder;
pub mod issue;
pub mod kept;
pub mod parts;
pub mod project;
pub mod shared;
pub mod sprint;
pub mod task;
pub mod user;
pub mod workflow;
pub mod worklog;

use super::call::{Call, Version};
use chrono::{DateTime, Datelike, Offset, Timelike, Utc};
use chrono_tz::Tz;

/// Makes links that begin with the address that was called (T-9).
#[derive(Debug, Clone)]
pub struct Links {
    /// Such as `http://127.0.0.1:8080`, with the prefix of the site if there is one; no slash at the end.
    pub base: String,
    /// Version of the platform API in `self` links.
    pub version: Version,
}

impl Links {
    /// A link into the platform API of the called version.
    pub fn api(&self, path: impl std::fmt::Display) -> String {
        let version = if self.version == Version::V2 { 2 } else { 3 };
        format!("{}/rest/api/{version}/{path}", self.base)
    }

    /// Some places name version 2 whatever was called (observed shapes, 0.3).
    pub fn api2(&self, path: impl std::fmt::Display) -> String {
        format!("{}/rest/api/2/{path}", self.base)
    }

    /// A path below the site's address.
    pub fn site(&self, path: &str) -> String {
        format!("{}/{}", self.base, path.trim_start_matches('/'))
    }
}

/// A time as answers show it: milliseconds, offset without a colon, in the caller's zone (T-8).
pub fn time(time: DateTime<Utc>, zone: Tz) -> String {
    // By hand: interpreting a format takes several times as long.
    let local = time.with_timezone(&zone);
    let offset = local.offset().fix().local_minus_utc() / 60;
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        local.timestamp_subsec_millis(),
        if offset < 0 { '-' } else { '+' },
        offset.abs() / 60,
        offset.abs() % 60,
    )
}

/// A time as rendered fields show it (observed shapes, 0.1).
pub fn time_rendered(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%d/%b/%y %-I:%M %p").to_string()
}

/// The size of a file in words, such as `7 kB`.
pub fn file_size(bytes: u64) -> String {
    const KB: f64 = 1024.0;
    let size = bytes as f64;
    if size > KB * KB {
        format!("{:.2} MB", size / KB / KB)
    } else if size > KB {
        format!("{:.0} kB", size / KB)
    } else {
        format!("{:.1} kB", size / KB)
    }
}

impl Call {
    /// A time in the caller's zone.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        time(at, self.caller.time_zone())
    }
}
