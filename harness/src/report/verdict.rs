//! What the gate decided on runs, and why.

use std::{fs, path::Path};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Report,
    score::{Point, Score},
};

/// Runs, and what a gate decided on them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Findings {
    /// The gate's decision; none when runs are only shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What was found.
    pub runs: Vec<Report>,
}

impl Findings {
    /// Reads what [`Format::Json`](super::Format::Json) wrote: findings, or a single run.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let value: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
        if value.get("runs").is_some() {
            Ok(serde_json::from_value(value)?)
        } else {
            Ok(serde_json::from_value::<Report>(value)?.into())
        }
    }

    /// Why a check of an operation is excused, if it is.
    pub fn excuse(&self, kind: &str, operation: &str, check: &str) -> Option<&str> {
        let judged = self.verdict.iter().flat_map(|verdict| &verdict.judged).filter(|judged| judged.kind == kind);
        let mut excused = judged.flat_map(|judged| &judged.excused);
        let found = excused.find(|excused| excused.point.operation == operation && excused.point.check == check);
        found.map(|excused| excused.reason.as_str())
    }
}

impl From<Report> for Findings {
    fn from(report: Report) -> Self {
        Self { verdict: None, runs: vec![report] }
    }
}

/// The decision of a gate.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether everything is as it must be.
    pub holds: bool,
    /// The profile that was run.
    pub profile: String,
    /// Each API of each run.
    pub judged: Vec<Judged>,
    /// Known differences, as they were met.
    pub known: Vec<KnownUse>,
    /// What the baseline has and these runs have not.
    pub regressions: Vec<String>,
    /// What these runs have and the baseline has not: the baseline can be renewed.
    pub improvements: Vec<String>,
}

/// One API of one run, against its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// `contract` or `parity`.
    pub kind: String,
    /// `platform`, `software` or `service-management`.
    pub api: String,
    /// Its points; only what is not excused counts as lost.
    #[serde(flatten)]
    pub score: Score,
    /// Points whose failures are all known differences; they count as held.
    pub excused: Vec<Excused>,
    /// The share of the points that count as held.
    pub percent: Option<f64>,
    /// The share that is demanded.
    pub threshold: Option<f64>,
    /// Whether the share is as demanded.
    pub holds: bool,
}

/// A point that is lost, but known to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excused {
    /// The point.
    #[serde(flatten)]
    pub point: Point,
    /// Why it is so.
    pub reason: String,
}

/// A known difference, as it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownUse {
    /// What it speaks of, as it is written in the settings.
    pub what: String,
    /// Why it is so.
    pub reason: String,
    /// The last day it is accepted.
    pub until: NaiveDate,
    /// Whether it was met, and whether it still counts.
    pub state: KnownState,
    /// Failures that it speaks of.
    pub failures: usize,
}

/// Whether a known difference was met, and whether it still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KnownState {
    /// It excuses failures.
    Excuses,
    /// Its day is over: it excuses nothing.
    Expired,
    /// Nothing of the kind was seen: it can be deleted.
    Unseen,
}
