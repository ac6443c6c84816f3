//! Gathering what cases found into a report.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};

use super::{Case, Check, Found, Links, Options, Outcome};
use crate::{
    contract::Contract,
    report::{Failure, OperationReport, Report, Summary, Unreached},
    schemas::SOURCES,
};

/// What tells one failure from another: the operation, the check, where, and what.
pub type Key = (usize, Check, String, String);

/// Failures of one kind.
pub struct Group {
    /// What they have in common.
    pub key: Key,
    /// The shortest case that showed it so far.
    pub case: Case,
    /// As it was seen there.
    pub found: Found,
}

/// How a run ended.
pub struct End {
    /// How long it took.
    pub took: Duration,
    /// Requests that were sent.
    pub requests: u64,
    /// Whether something was left out for lack of time.
    pub is_late: bool,
    /// Why it was not made to its end, if so.
    pub broken_off: Option<String>,
}

/// What is known so far.
pub struct Results {
    operations: Vec<OperationReport>,
    groups: BTreeMap<Key, (u64, Option<(Case, Found)>)>,
    failures: Vec<(Key, u64, Found)>,
    cases: u64,
    seed: u64,
    strict: bool,
    /// Whether it counts that the target fails.
    is_checked: bool,
    unreachable: BTreeMap<String, String>,
    by_chance: BTreeMap<String, String>,
    warnings: Vec<String>,
}

/// The kind of a failure.
pub fn key(found: &Found) -> Key {
    let finding = &found.finding;
    (found.operation, finding.check, without_numbers(&finding.at), without_numbers(&finding.message))
}

/// Ids and names differ from case to case.
pub fn without_numbers(text: &str) -> String {
    let mut quoted = false;
    let mut kept = String::new();
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted || character.is_ascii_digit() => {}
            _ => kept.push(character),
        }
    }
    kept
}

impl Results {
    /// Nothing yet.
    pub fn new(contract: &Contract, links: &Links, options: &Options) -> Self {
        let operations = contract.operations().iter().map(|operation| OperationReport {
            operation: super::links::name(operation),
            operation_id: operation.operation_id.clone(),
            api: SOURCES[operation.source_index()].file.trim_end_matches(".json").to_owned(),
            tag: operation.tag.clone(),
            ..OperationReport::default()
        });
        Self {
            operations: operations.collect(),
            groups: BTreeMap::new(),
            failures: Vec::new(),
            cases: 0,
            seed: options.seed,
            strict: options.strict,
            is_checked: options.checks.contains(&Check::No5xx),
            unreachable: links.unreachable().clone(),
            by_chance: links.by_chance().clone(),
            warnings: links.stale(contract),
        }
    }

    /// Says why an operation is not called.
    pub fn skip(&mut self, operation: usize, reason: &str) {
        self.operations[operation].skipped = Some(reason.to_owned());
    }

    /// Kinds of failures so far.
    pub fn failures(&self) -> usize {
        self.groups.len()
    }

    /// Takes in what a case found.
    pub fn add(&mut self, outcome: Outcome) {
        self.cases += 1;
        let subject = &mut self.operations[outcome.case.subject];
        subject.cases += 1;
        for (operation, status) in outcome.statuses {
            *self.operations[operation].answers.entry(status).or_default() += 1;
        }
        for (operation, check, holds) in outcome.checks {
            let tally = self.operations[operation].checks.entry(check.name().to_owned()).or_default();
            *if holds { &mut tally.passed } else { &mut tally.failed } += 1;
        }
        for found in outcome.findings {
            let (times, shown) = self.groups.entry(key(&found)).or_default();
            *times += 1;
            // Which case stands for a kind must not depend on which ended first.
            let rank = |case: &Case, step: usize| (step, case.purpose.clone());
            let better = shown
                .as_ref()
                .is_none_or(|(case, known)| rank(&outcome.case, found.finding.step) < rank(case, known.finding.step));
            if better {
                *shown = Some((outcome.case.clone(), found));
            }
        }
    }

    /// What failed, one of each kind. They are taken out, to be confirmed or dismissed.
    pub fn groups(&mut self) -> Vec<Group> {
        let groups = self.groups.iter_mut().filter_map(|(key, (_, shown))| {
            let (case, found) = shown.take()?;
            Some(Group { key: key.clone(), case, found })
        });
        groups.collect()
    }

    /// A failure was seen again.
    pub fn confirm(&mut self, key: &Key, found: Found) {
        let times = self.groups.get(key).map_or(1, |(times, _)| *times);
        self.failures.push((key.clone(), times, found));
    }

    /// A failure was not seen again: something else was going on.
    pub fn dismiss(&mut self, key: &Key) {
        let Some((times, _)) = self.groups.get(key) else { return };
        if let Some(tally) = self.operations[key.0].checks.get_mut(key.1.name()) {
            tally.failed = tally.failed.saturating_sub(*times);
            tally.passed += times;
        }
    }

    /// The report.
    pub fn report(mut self, address: &str, started: DateTime<Utc>, end: End) -> Report {
        let (cases, requests, seconds) = (self.cases, end.requests, end.took.as_secs_f64());
        let mut summary = Summary { cases, requests, seconds, ..Summary::default() };
        for ((operation, check, ..), times, found) in self.failures {
            let is_note = check == Check::UndocumentedProperties && !self.strict;
            let failure = Failure {
                check: check.name().to_owned(),
                message: found.finding.message,
                at: found.finding.at,
                expected: found.finding.expected,
                actual: found.finding.actual,
                times,
                seed: self.seed,
                steps: found.steps,
            };
            let report = &mut self.operations[operation];
            if is_note {
                if let Some(tally) = report.checks.get_mut(check.name()) {
                    tally.passed += std::mem::take(&mut tally.failed);
                }
                report.notes.push(failure);
            } else {
                *summary.failures.entry(check.name().to_owned()).or_default() += 1;
                report.failures.push(failure);
            }
        }
        let without_request = if end.is_late { "the time was up" } else { "what it needs could not be made" };
        for operation in &mut self.operations {
            // Near-misses are tried even where nothing is known; then it was called after all.
            let succeeds = operation.answers.keys().any(|status| *status < 400);
            let unserved = operation.answers.get(&501).copied();
            let is_called = !operation.answers.is_empty() && (unserved.is_none() || succeeds);
            if let (true, true, Some(times)) = (self.is_checked, succeeds, unserved) {
                // What is not served never succeeds: so these are failures, known only now.
                let name = Check::No5xx.name();
                operation.checks.entry(name.to_owned()).or_default().failed += times;
                *summary.failures.entry(name.to_owned()).or_default() += 1;
                operation.failures.push(Failure {
                    check: name.to_owned(),
                    message: "it is served, and answered 501 nevertheless".to_owned(),
                    at: String::new(),
                    expected: "no 5xx".to_owned(),
                    actual: "501".to_owned(),
                    times,
                    seed: self.seed,
                    steps: Vec::new(),
                });
            }
            if is_called {
                summary.operations += 1;
                operation.skipped = None;
            } else {
                summary.skipped += 1;
                let reason = if unserved.is_some() { "not served yet" } else { without_request };
                operation.skipped.get_or_insert_with(|| reason.to_owned());
                // That the refusal was well formed is no point for the operation.
                operation.checks.clear();
            }
        }
        for report in self.operations.iter().filter(|report| report.skipped.is_none()) {
            let excuse = self.unreachable.get(&report.operation);
            let succeeds = report.answers.keys().any(|status| *status < 400);
            if succeeds && excuse.is_some() {
                let warning = format!("unreachable: '{}' succeeds: delete it", report.operation);
                self.warnings.push(warning);
            }
            if !succeeds {
                let (operation, answers) = (report.operation.clone(), report.answers.clone());
                let reason = excuse.or_else(|| self.by_chance.get(&report.operation)).cloned();
                summary.never_succeeded.push(Unreached { operation, answers, reason });
            }
            for (name, tally) in &report.checks {
                let compared = summary.compared.entry(name.clone()).or_default();
                compared.operations += 1;
                compared.times += tally.passed + tally.failed;
            }
        }
        summary.warnings = self.warnings;
        end.broken_off.into_iter().for_each(|reason| summary.break_off(reason));
        Report {
            kind: "contract".to_owned(),
            target: address.to_owned(),
            seed: self.seed,
            started,
            summary,
            operations: self.operations,
        }
    }
}
