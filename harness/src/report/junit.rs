//! Findings as JUnit's XML: one suite for each API of a run, one case for each check of an operation.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use anyhow::Context;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Failure, Findings, OperationReport, Report};

pub(super) fn render(findings: &Findings) -> anyhow::Result<String> {
    let mut document = quick_junit::Report::new("harness");
    let seconds: f64 = findings.runs.iter().map(|run| run.summary.seconds).sum();
    document.set_time(Duration::from_secs_f64(seconds.max(0.0)));
    for run in &findings.runs {
        let mut suites: BTreeMap<&str, (TestSuite, String)> = BTreeMap::new();
        for operation in &run.operations {
            let empty = || (suite(run, &operation.api), String::new());
            let (suite, notes) = suites.entry(&operation.api).or_insert_with(empty);
            suite.add_test_cases(cases(findings, run, operation));
            notes.extend(run.worth_knowing(operation).iter().map(|line| format!("{}  {line}\n", operation.operation)));
        }
        for (suite, notes) in suites.into_values() {
            document.add_test_suite(with_notes(suite, run, &notes));
        }
    }
    document.to_string().context("writing JUnit's XML")
}

fn suite(run: &Report, api: &str) -> TestSuite {
    let mut suite = TestSuite::new(format!("{} {api}", run.kind));
    suite.set_timestamp(run.started);
    suite.add_property(("target", run.target.as_str()));
    suite.add_property(("seed", run.seed.to_string().as_str()));
    suite
}

/// With what is worth knowing and fails nothing.
fn with_notes(mut suite: TestSuite, run: &Report, notes: &str) -> TestSuite {
    if !notes.is_empty() {
        suite.set_system_out(notes);
    }
    if !run.summary.warnings.is_empty() {
        suite.set_system_err(run.summary.warnings.join("\n"));
    }
    suite
}

fn cases(findings: &Findings, run: &Report, operation: &OperationReport) -> Vec<TestCase> {
    let case = |name: &str, status: TestCaseStatus| {
        let mut case = TestCase::new(name, status);
        let tag = operation.tag.as_deref().unwrap_or("other");
        case.set_classname(format!("{}.{}.{tag}", run.kind, operation.api));
        case
    };
    if let Some(reason) = &operation.skipped {
        let mut status = TestCaseStatus::skipped();
        status.set_message(reason.as_str());
        return vec![case(&operation.operation, status)];
    }
    let cases = operation.checks.iter().map(|(check, tally)| {
        let status = if tally.failed == 0 {
            TestCaseStatus::success()
        } else if let Some(reason) = findings.excuse(&run.kind, &operation.operation, check) {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("known difference: {reason}"));
            status
        } else {
            let shown: Vec<&Failure> = operation.failures.iter().filter(|failure| failure.check == *check).collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(check.as_str());
            status.set_message(shown.first().map_or("it did not hold", |failure| failure.message.as_str()));
            status.set_description(shown.into_iter().map(describe).collect::<String>());
            status
        };
        let mut case = case(&format!("{} {check}", operation.operation), status);
        case.set_assertions((tally.passed + tally.failed) as usize);
        case
    });
    cases.collect()
}

fn describe(failure: &Failure) -> String {
    let mut text = format!("{}\n", failure.message);
    // Writing to a string does not fail.
    let _ = writeln!(text, "at: {}\nexpected: {}\nactual: {}", failure.at, failure.expected, failure.actual);
    let _ = writeln!(text, "seed {}, seen {} times", failure.seed, failure.times);
    for step in &failure.steps {
        let _ = writeln!(text, "$ {}\n{} {}", step.curl, step.status, step.body);
    }
    text.push('\n');
    text
}
