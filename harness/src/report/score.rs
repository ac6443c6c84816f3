//! What a run's numbers come down to, for each API.
//!
//! The unit is a *point*: one check of one operation. A point is held when the check never failed there, however often
//! it was made; so a percentage is explained by the list of the points that are lost, and does not move with the
//! number of requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Report;

/// The points of one API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Operations that were called.
    pub called: usize,
    /// Operations that there are.
    pub operations: usize,
    /// Points: checks made, each counted once for each operation.
    pub points: usize,
    /// Points that were lost.
    pub lost: Vec<Point>,
}

/// One check of one operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// The operation, as `GET /rest/api/3/issue/{issueIdOrKey}`.
    pub operation: String,
    /// The name of the check.
    pub check: String,
}

impl Score {
    /// The share of the points that were held. A run that made no check shows nothing, and so has no share.
    pub fn percent(&self) -> Option<f64> {
        (self.points > 0).then(|| 100.0 * (self.points - self.lost.len()) as f64 / self.points as f64)
    }
}

/// The scores of a run, API by API.
pub fn by_api(report: &Report) -> BTreeMap<String, Score> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for operation in &report.operations {
        let score = scores.entry(operation.api.clone()).or_default();
        score.operations += 1;
        score.called += usize::from(operation.skipped.is_none());
        score.points += operation.checks.len();
        let lost = operation.checks.iter().filter(|(_, tally)| tally.failed > 0);
        score
            .lost
            .extend(lost.map(|(check, _)| Point { operation: operation.operation.clone(), check: check.clone() }));
    }
    scores
}

/// A percentage with one decimal, never rounded up to 100.
pub fn percent(share: Option<f64>) -> String {
    match share {
        None => "–".to_owned(),
        Some(share) => format!("{:.1} %", (share * 10.0).floor() / 10.0),
    }
}
