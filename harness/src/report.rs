//! What a run found, as data: the runs fill it, the formats show it, the gate decides on it.

mod format;
mod html;
mod human;
mod junit;
mod markdown;
pub mod score;
pub mod verdict;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use format::Format;
pub use verdict::Findings;

/// One run against one target.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `contract` or `parity`.
    pub kind: String,
    /// What was judged: its address, without credentials.
    pub target: String,
    /// What reproduces the run.
    pub seed: u64,
    /// When it began.
    pub started: DateTime<Utc>,
    /// Numbers of the whole run.
    pub summary: Summary,
    /// One entry for each operation of the contracts, in their order.
    pub operations: Vec<OperationReport>,
}

impl Report {
    /// What is worth knowing of an operation and fails nothing, a line each.
    fn worth_knowing(&self, operation: &OperationReport) -> Vec<String> {
        let noted = operation.notes.iter().map(|Failure { check, at, message, times, .. }| {
            let place = if at.is_empty() { String::new() } else { format!("{at} ") };
            format!("{check} {place}{message} ×{times}")
        });
        let never = self.summary.never_succeeded.iter().filter(|unreached| unreached.operation == operation.operation);
        noted.chain(never.map(|unreached| format!("never succeeded: {}", unreached.why()))).collect()
    }
}

/// Numbers of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Operations that were called.
    pub operations: usize,
    /// Operations of the contracts that were not called, whatever the reason.
    pub skipped: usize,
    /// Sequences of requests that were tried.
    pub cases: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Failures by the name of the check.
    pub failures: BTreeMap<String, u64>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Operations that were called and never succeeded: nothing is known of what they do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_succeeded: Vec<Unreached>,
    /// What is wrong with what the run was told, such as statements about operations that there are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Why the run was not made to its end, if so: then nothing holds by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_off: Option<String>,
    /// By the name of a check: in how many operations it had something to compare, and how often.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub compared: BTreeMap<String, Compared>,
}

impl Summary {
    /// Notes that the run was not made to its end.
    pub(crate) fn break_off(&mut self, reason: String) {
        self.warnings.push(reason.clone());
        self.broken_off = Some(reason);
    }

    /// Fails when the run was not made to its end.
    pub fn ensure_whole(&self) -> anyhow::Result<()> {
        self.broken_off.clone().map_or(Ok(()), |reason| Err(anyhow::Error::msg(reason)))
    }
}

/// An operation that never succeeded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unreached {
    /// The operation.
    pub operation: String,
    /// How often each status was answered.
    pub answers: BTreeMap<u16, u64>,
    /// Why it can't, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Unreached {
    /// Why it never succeeded, or how often each status was answered.
    fn why(&self) -> String {
        let answered = || {
            let told: Vec<_> = self.answers.iter().map(|(status, times)| format!("{status} ×{times}")).collect();
            format!("it answered {}", told.join(", "))
        };
        self.reason.clone().unwrap_or_else(answered)
    }
}

/// How far a check reached.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Compared {
    /// In how many operations it had something to compare.
    pub operations: usize,
    /// How often.
    pub times: u64,
}

/// What was found of one operation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationReport {
    /// `GET /rest/api/3/issue/{issueIdOrKey}`: identifies the operation.
    pub operation: String,
    /// Its documented name.
    pub operation_id: String,
    /// `platform`, `software` or `service-management`.
    pub api: String,
    /// The group of operations it belongs to.
    pub tag: Option<String>,
    /// Why it was not called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Sequences that it was the subject of.
    pub cases: u64,
    /// How often each status was answered.
    #[serde(default)]
    pub answers: BTreeMap<u16, u64>,
    /// How often each check was made, by its name.
    pub checks: BTreeMap<String, Tally>,
    /// What went wrong, each kind once, in its shortest form.
    pub failures: Vec<Failure>,
    /// What is worth knowing and breaks nothing, each kind once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Failure>,
}

impl OperationReport {
    /// What is to be said of it in one word.
    pub fn state(&self) -> State {
        if self.skipped.is_some() {
            State::Skipped
        } else if self.failures.is_empty() && self.checks.values().all(|tally| tally.failed == 0) {
            State::Held
        } else {
            State::Failed
        }
    }
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A check did not hold.
    Failed,
    /// All checks held.
    Held,
    /// It was not called.
    Skipped,
}

/// How often a check held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Times it held.
    pub passed: u64,
    /// Times it did not.
    pub failed: u64,
}

/// A check that did not hold, with all that is needed to see it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The name of the check.
    pub check: String,
    /// One sentence: what is wrong.
    pub message: String,
    /// Where in the body, as a JSON pointer; empty for the whole answer.
    pub at: String,
    /// What the contract, the model or the other target has there.
    pub expected: String,
    /// What the target answered.
    pub actual: String,
    /// How often it was seen.
    pub times: u64,
    /// What reproduces it.
    pub seed: u64,
    /// The shortest sequence of requests that shows it.
    pub steps: Vec<Step>,
}

/// One request of a failing sequence, and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The request as a `curl` line; credentials stand as variables of the shell.
    pub curl: String,
    /// The answer's status.
    pub status: u16,
    /// How the answer's body begins.
    pub body: String,
}
