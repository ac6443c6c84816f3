//! What came of the mutants, as a score.

use std::{collections::BTreeMap, fmt::Write, sync::atomic::Ordering, time::Duration};

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Mutant, Mutation, Options, survey::Survey};
use crate::run::{Check, links};

/// What came of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A check noticed.
    Detected(Check),
    /// No check noticed.
    Survived,
    /// No answer was changed, though it had seemed that some would be.
    NotApplied,
    /// There was no time.
    NotTried,
}

/// The score of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// `mutation`.
    pub kind: &'static str,
    /// The target.
    pub target: String,
    /// What reproduces the run.
    pub seed: u64,
    /// When it began.
    pub started: DateTime<Utc>,
    /// The whole.
    pub summary: Share,
    /// Seconds for the unmutated run, and for all.
    pub seconds: [f64; 2],
    /// Requests sent by the checks.
    pub requests: u64,
    /// Mutants that apply to those operations, of which a sample may have been tried.
    pub applicable: usize,
    /// Mutants for which the target had to be asked; of the others, what it had answered without them told enough.
    pub asked: usize,
    /// Mutants that there was no time for.
    pub not_tried: usize,
    /// Mutants that changed nothing after all.
    pub not_applied: Vec<String>,
    /// Operations that were not judged since they fail unmutated, with what fails.
    pub not_judged: BTreeMap<String, String>,
    /// By mutation.
    pub mutations: BTreeMap<Mutation, Share>,
    /// By operation.
    pub operations: BTreeMap<String, Share>,
    /// By check: how many it noticed first.
    pub checks: BTreeMap<&'static str, usize>,
    /// Mutants that no check noticed.
    pub survivors: Vec<Mutant>,
    /// What noticed the others.
    pub detected: BTreeMap<String, &'static str>,
}

/// Mutants noticed, of those that changed an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Those that changed an answer.
    pub applied: usize,
    /// Those that were noticed.
    pub detected: usize,
}

impl Share {
    /// The share, from 0 to 1; of nothing, all.
    pub fn value(self) -> f64 {
        if self.applied == 0 { 1.0 } else { self.detected as f64 / self.applied as f64 }
    }

    fn add(&mut self, detected: bool) {
        self.applied += 1;
        self.detected += usize::from(detected);
    }
}

impl Score {
    pub(super) fn new(
        options: &Options,
        survey: &Survey,
        outcomes: Vec<(Mutant, Outcome)>,
        asked: usize,
        started: DateTime<Utc>,
        surveyed: Duration,
        took: Duration,
    ) -> Self {
        let requests = survey.requests.load(Ordering::Relaxed) + survey.begun.session.executor.target.requests();
        let mut score = Self {
            kind: "mutation",
            target: options.run.target.url.clone(),
            seed: options.run.seed,
            started,
            summary: Share::default(),
            seconds: [surveyed.as_secs_f64(), took.as_secs_f64()],
            requests,
            applicable: survey.applicable,
            asked,
            not_tried: 0,
            not_applied: Vec::new(),
            not_judged: survey.unjudged.clone(),
            mutations: BTreeMap::new(),
            operations: BTreeMap::new(),
            checks: BTreeMap::new(),
            survivors: Vec::new(),
            detected: BTreeMap::new(),
        };
        let operations = survey.begun.session.judge.conformance.contract().operations();
        for (mutant, outcome) in outcomes {
            let detected = match outcome {
                Outcome::Detected(check) => {
                    *score.checks.entry(check.name()).or_default() += 1;
                    score.detected.insert(mutant.name.clone(), check.name());
                    true
                }
                Outcome::Survived => false,
                Outcome::NotApplied => {
                    score.not_applied.push(mutant.name);
                    continue;
                }
                Outcome::NotTried => {
                    score.not_tried += 1;
                    continue;
                }
            };
            score.summary.add(detected);
            score.mutations.entry(mutant.mutation).or_default().add(detected);
            score.operations.entry(links::name(&operations[mutant.operation])).or_default().add(detected);
            if !detected {
                score.survivors.push(mutant);
            }
        }
        score.survivors.sort_by(|one, other| (one.mutation, &one.name).cmp(&(other.mutation, &other.name)));
        score.not_applied.sort();
        score
    }

    /// For a terminal; colours are ANSI escapes.
    pub fn human(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
        let (good, bad) = (AnsiColor::Green.on_default(), AnsiColor::Red.on_default());
        for Mutant { name, at, does, .. } in &self.survivors {
            let place = if at.is_empty() { String::new() } else { format!(" at {at}") };
            writeln!(out, "{bad}survived{bad:#} {bold}{name}{bold:#}{place}  {dim}{does}{dim:#}")?;
        }
        for (operation, why) in &self.not_judged {
            writeln!(out, "{bad}not judged{bad:#} {bold}{operation}{bold:#}  {why}")?;
        }
        writeln!(out, "{bold}mutation of {}, seed {}{bold:#}", self.target, self.seed)?;
        let [surveyed, all] = self.seconds;
        writeln!(out, "  {} mutants apply; the target was asked about {}", self.applicable, self.asked)?;
        writeln!(out, "  {} requests in {all:.1} s, of which {surveyed:.1} s unmutated", self.requests)?;
        for (mutation, share) in &self.mutations {
            let style = if share.detected == share.applied { good } else { bad };
            let Share { applied, detected } = share;
            writeln!(
                out,
                "  {:<22} {style}{detected:>5}{style:#} of {applied:>5}  {dim}{}{dim:#}",
                mutation.name(),
                mutation.does()
            )?;
        }
        if self.not_tried > 0 {
            writeln!(out, "  {} mutants were not tried: the time was up", self.not_tried)?;
        }
        if !self.not_applied.is_empty() {
            writeln!(out, "  {} mutants changed no answer after all", self.not_applied.len())?;
        }
        let Share { applied, detected } = self.summary;
        let percent = 100.0 * self.summary.value();
        let operations = self.operations.len();
        writeln!(
            out,
            "{bold}{percent:.2} %{bold:#}: {detected} of {applied} mutants detected, in {operations} operations"
        )
    }
}
