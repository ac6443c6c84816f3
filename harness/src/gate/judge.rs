//! The decision: what was found, against what is demanded.

use chrono::NaiveDate;

use super::{
    baseline::Baseline,
    settings::{Known, Settings},
};
use crate::report::{
    Failure, Report,
    score::{self, Point},
    verdict::{Excused, Judged, KnownState, KnownUse, Verdict},
};

/// Decides on runs. `today` ends known differences.
pub fn judge(
    settings: &Settings,
    profile: &str,
    runs: &[Report],
    baseline: Option<&Baseline>,
    today: NaiveDate,
) -> Verdict {
    let judged: Vec<Judged> = runs.iter().flat_map(|run| judge_run(settings, run, today)).collect();
    let known = settings.known.iter().map(|known| used(known, runs, today)).collect();
    let excused = |kind: &str, point: &Point| {
        judged
            .iter()
            .filter(|judged| judged.kind == kind)
            .any(|judged| judged.excused.iter().any(|e| e.point == *point))
    };
    let moved = baseline.map(|baseline| baseline.moved(runs, excused)).unwrap_or_default();
    Verdict {
        holds: judged.iter().all(|judged| judged.holds) && moved.regressions.is_empty(),
        profile: profile.to_owned(),
        judged,
        known,
        regressions: moved.regressions,
        improvements: moved.improvements,
    }
}

fn judge_run(settings: &Settings, run: &Report, today: NaiveDate) -> Vec<Judged> {
    let judged = score::by_api(run).into_iter().map(|(api, mut score)| {
        let mut excused = Vec::new();
        score.lost.retain(|point| match excuse(settings, run, point, today) {
            Some(reason) => {
                excused.push(Excused { point: point.clone(), reason });
                false
            }
            None => true,
        });
        let demanded = settings.thresholds.get(&api).copied().unwrap_or_default();
        let threshold = if run.kind == "parity" { demanded.parity } else { demanded.contract };
        let percent = score.percent();
        // Where something is demanded, nothing is not enough.
        let holds = threshold.is_none_or(|threshold| percent.is_some_and(|percent| percent >= threshold));
        Judged { kind: run.kind.clone(), api, score, excused, percent, threshold, holds }
    });
    judged.collect()
}

/// Why a lost point does not count: each of its failures is a known difference.
fn excuse(settings: &Settings, run: &Report, point: &Point, today: NaiveDate) -> Option<String> {
    let mut reasons: Vec<&str> = Vec::new();
    for failure in failures(run, &point.operation).filter(|failure| failure.check == point.check) {
        let mut valid = settings.known.iter().filter(|known| today <= known.until);
        let known = valid.find(|known| speaks_of(known, &point.operation, failure))?;
        if !reasons.contains(&known.reason.as_str()) {
            reasons.push(&known.reason);
        }
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

fn used(known: &Known, runs: &[Report], today: NaiveDate) -> KnownUse {
    let all = runs.iter().flat_map(|run| &run.operations);
    let met = all.flat_map(|operation| operation.failures.iter().map(|failure| (&operation.operation, failure)));
    let failures = met.filter(|(operation, failure)| speaks_of(known, operation, failure)).count();
    let state = if failures == 0 {
        KnownState::Unseen
    } else if today > known.until {
        KnownState::Expired
    } else {
        KnownState::Excuses
    };
    KnownUse { what: known.to_string(), reason: known.reason.clone(), until: known.until, state, failures }
}

fn failures<'a>(run: &'a Report, operation: &'a str) -> impl Iterator<Item = &'a Failure> {
    run.operations.iter().filter(move |entry| entry.operation == operation).flat_map(|entry| &entry.failures)
}

fn speaks_of(known: &Known, operation: &str, failure: &Failure) -> bool {
    known.operation.fits(operation) && known.check.fits(&failure.check) && known.at.fits(&failure.at)
}
