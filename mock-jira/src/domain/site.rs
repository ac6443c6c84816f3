//! A site: one Jira Cloud among those that the server hosts.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A site's own facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The number that every row of the site carries.
    pub id: i32,
    /// Its host name's first label.
    pub name: String,
    /// Public id, used on the gateway path.
    pub cloud_id: Uuid,
    /// Shown name.
    pub title: String,
    /// Advertised address, instead of the one that was called.
    pub base_url: Option<String>,
    /// Switches.
    pub settings: Settings,
    /// What time it is there.
    pub clock: Clock,
    /// Moves on with every change of a snapshot's content.
    pub version: i64,
}

/// Switches of a site. Defaults are Jira's ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Settings {
    /// What a query that names unknown things gets (S-27, S-29).
    pub search_semantic_errors: SemanticErrors,
    /// Which moment the later pages of a search are of (S-6, C-6).
    pub search_paging: SearchPaging,
    /// How long a search may take before it is cut off, in milliseconds.
    pub search_timeout_ms: u32,
    /// Entity properties that queries know, written as there (`issue.property[flags].size`): in Jira those that apps
    /// declare; without a list, all.
    pub searchable_properties: Option<Vec<String>>,
    /// Whether the removed `/search` is gone or still answers (S-42, C-42).
    pub removed_search: RemovedSearch,
    /// Whether mail leaves the site, be it only to be looked at.
    pub outgoing_mail: bool,
    /// Whether files can be attached to issues (J-103).
    pub attachments_enabled: bool,
    /// Whether work can be logged.
    pub time_tracking_enabled: bool,
    /// Whether issues can be linked, to each other and to things elsewhere.
    pub issue_linking_enabled: bool,
    /// Whether people can vote for issues.
    pub voting_enabled: bool,
    /// Whether people can watch issues.
    pub watching_enabled: bool,
    /// Whether an issue can be nobody's.
    pub unassigned_issues_allowed: bool,
    /// Whether issues can have sub-tasks.
    pub subtasks_enabled: bool,
    /// How much can hang on one issue.
    pub issue_limits: IssueLimits,
    /// The largest file that can be attached, in bytes; without one, as large as the server takes.
    pub attachment_limit: Option<i64>,
    /// How many people the licence of each product lets in.
    pub seats: u32,
    /// After how many failed logins in a row an account must log in by a browser first (A-9, C-33); without one, never.
    pub captcha_after: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            search_semantic_errors: SemanticErrors::Lenient,
            search_paging: SearchPaging::Live,
            search_timeout_ms: 30_000,
            searchable_properties: None,
            removed_search: RemovedSearch::Gone,
            outgoing_mail: true,
            attachments_enabled: true,
            time_tracking_enabled: true,
            issue_linking_enabled: true,
            voting_enabled: true,
            watching_enabled: true,
            unassigned_issues_allowed: true,
            subtasks_enabled: true,
            issue_limits: IssueLimits::default(),
            attachment_limit: None,
            seats: 10_000,
            captcha_after: None,
        }
    }
}

/// How much can hang on one issue (J-77, J-78).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct IssueLimits {
    /// Comments.
    pub comments: i64,
    /// Worklogs.
    pub worklogs: i64,
    /// Attachments.
    pub attachments: i64,
    /// Links to other issues.
    pub issue_links: i64,
    /// Links to things elsewhere.
    pub remote_links: i64,
}

impl Default for IssueLimits {
    fn default() -> Self {
        Self { comments: 5_000, worklogs: 10_000, attachments: 2_000, issue_links: 2_000, remote_links: 2_000 }
    }
}

/// Outcome of a query that parses but means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SemanticErrors {
    /// 200 and no issues.
    Lenient,
    /// 400 with the old validator's sentences.
    Strict,
}

/// What the pages of a search are parts of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SearchPaging {
    /// What the query finds when the page is asked for: changes between pages make issues appear twice or not at all.
    Live,
    /// What it found when the first page was asked for.
    Snapshot,
}

/// Whether `/search` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RemovedSearch {
    /// 410.
    Gone,
    /// The old answer with `total` and `startAt`.
    Served,
}

/// A site's clock: real time plus an offset, or standing still.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Clock {
    /// Added to real time.
    pub offset_ms: i64,
    /// If set, time stands still here.
    pub frozen_at: Option<DateTime<Utc>>,
}

impl Clock {
    /// The site's time when it really is `real`, in whole milliseconds as Jira shows it.
    pub fn at(&self, real: DateTime<Utc>) -> DateTime<Utc> {
        let moved = TimeDelta::try_milliseconds(self.offset_ms).and_then(|offset| real.checked_add_signed(offset));
        let time = self.frozen_at.or(moved).unwrap_or(real);
        DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
    }

    /// Whether times near this one can be stored and shown: a clock is kept within the years 1 to 9998.
    pub fn is_sane(&self, real: DateTime<Utc>) -> bool {
        let offset = TimeDelta::try_milliseconds(self.offset_ms);
        let within = |time: DateTime<Utc>| (1..9999).contains(&time.year());
        offset.and_then(|offset| real.checked_add_signed(offset)).is_some_and(within)
            && self.frozen_at.is_none_or(within)
    }
}
