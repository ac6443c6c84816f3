//! What earlier runs have reached: a ratchet, since what held once must hold again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::report::{
    Report,
    score::{self, Point},
};

/// What runs have reached, by their kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline(BTreeMap<String, Reached>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Reached {
    /// Operations that were called.
    called: BTreeSet<String>,
    /// Points that were lost.
    lost: BTreeSet<Point>,
}

/// How runs compare with a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// What was reached and no longer is.
    pub regressions: Vec<String>,
    /// What was not reached and now is.
    pub improvements: Vec<String>,
}

impl Baseline {
    /// What these runs have reached.
    pub fn of(runs: &[Report]) -> Self {
        let reached = |run: &Report| Reached {
            called: run
                .operations
                .iter()
                .filter(|operation| operation.skipped.is_none())
                .map(|operation| operation.operation.clone())
                .collect(),
            lost: score::by_api(run).into_values().flat_map(|score| score.lost).collect(),
        };
        Self(runs.iter().map(|run| (run.kind.clone(), reached(run))).collect())
    }

    /// Reads the file; nothing when there is none.
    pub fn read(file: &Path) -> anyhow::Result<Option<Self>> {
        match fs::read(file) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text).with_context(|| file.display().to_string())?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| file.display().to_string()),
        }
    }

    /// Writes the file.
    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(file, text).with_context(|| format!("writing {}", file.display()))
    }

    /// What moved from this baseline to these runs. Points that are excused are nobody's loss; operations that the
    /// baseline does not know can't get worse.
    pub fn moved(&self, runs: &[Report], excused: impl Fn(&str, &Point) -> bool) -> Moved {
        let mut moved = Moved::default();
        for (kind, now) in Self::of(runs).0 {
            let Some(before) = self.0.get(&kind) else { continue };
            for operation in before.called.difference(&now.called) {
                moved.regressions.push(format!("{kind}: {operation} is no longer called"));
            }
            for operation in now.called.difference(&before.called) {
                moved.improvements.push(format!("{kind}: {operation} is called now"));
            }
            for point in now.lost.difference(&before.lost) {
                if before.called.contains(&point.operation) && !excused(&kind, point) {
                    moved.regressions.push(format!("{kind}: {} no longer holds {}", point.operation, point.check));
                }
            }
            for point in before.lost.difference(&now.lost) {
                if now.called.contains(&point.operation) {
                    moved.improvements.push(format!("{kind}: {} holds {} now", point.operation, point.check));
                }
            }
        }
        moved
    }
}
