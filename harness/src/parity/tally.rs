//! The differences of a run, counted by operation and check.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    compare::{Compared, checks},
    player::Reply,
    scenario::Step,
};
use crate::{
    contract::Contract,
    report::{self, Failure, OperationReport, Report, State, Summary},
};

/// What notes of requests without a recorded answer are called.
const UNRECORDED: &str = "not-recorded";

/// How much of a body is shown with a request.
const SHOWN: usize = 2_000;

/// Counts while a run goes on.
pub(super) struct Tallies<'a> {
    contract: &'a Contract,
    seed: u64,
    operations: Vec<OperationReport>,
    /// Places in `operations` by their names.
    index: BTreeMap<String, usize>,
    /// The operations that a scenario has called so far.
    called: Vec<usize>,
    cases: u64,
}

impl<'a> Tallies<'a> {
    pub fn new(contract: &'a Contract, seed: u64) -> Self {
        let operations: Vec<_> = contract
            .operations()
            .iter()
            .map(|operation| OperationReport {
                operation: format!("{} {}", operation.method, operation.path),
                operation_id: operation.operation_id.clone(),
                api: contract.api(operation).to_owned(),
                tag: operation.tag.clone(),
                skipped: Some("no scenario calls it".to_owned()),
                ..OperationReport::default()
            })
            .collect();
        let index = operations.iter().enumerate().map(|(at, entry)| (entry.operation.clone(), at)).collect();
        Self { contract, seed, operations, index, called: Vec::new(), cases: 0 }
    }

    pub fn begin_scenario(&mut self) {
        self.called.clear();
        self.cases += 1;
    }

    /// The operation that a step calls: ids are paired by where they stand in its answers.
    pub fn place(&self, step: &Step) -> String {
        match self.contract.find(&step.request.method, &step.request.path) {
            Some(found) => format!("{} {}", found.operation.method, found.operation.path),
            None => String::from(step.request.clone()),
        }
    }

    /// A step that was not sent.
    pub fn skip(&mut self, step: &Step, reason: &str) {
        let entry = self.entry(step);
        let entry = &mut self.operations[entry];
        if entry.skipped.is_some() {
            entry.skipped = Some(reason.to_owned());
        }
    }

    /// A step that the recording has no answer to, since something else was asked then.
    pub fn unrecorded(&mut self, step: &Step) {
        self.skip(step, "it was not recorded");
        let at = self.entry(step);
        let (notes, request) = (&mut self.operations[at].notes, String::from(step.request.clone()));
        match notes.iter_mut().find(|note| note.check == UNRECORDED && note.actual == request) {
            Some(note) => note.times += 1,
            None => notes.push(Failure {
                check: UNRECORDED.to_owned(),
                message: format!("the recording has no answer to {request}"),
                at: String::new(),
                expected: "the request as it was recorded".to_owned(),
                actual: request,
                times: 1,
                seed: self.seed,
                steps: Vec::new(),
            }),
        }
    }

    /// A step that was sent to both.
    pub fn add(&mut self, step: &Step, compared: Compared, replies: [&Reply; 2]) {
        let at = self.entry(step);
        let entry = &mut self.operations[at];
        entry.skipped = None;
        if !self.called.contains(&at) {
            self.called.push(at);
            entry.cases += 1;
        }
        for check in compared.checks {
            let tally = entry.checks.entry(check.to_owned()).or_default();
            match compared.differences.iter().any(|difference| difference.check == check) {
                true => tally.failed += 1,
                false => tally.passed += 1,
            }
        }
        for difference in compared.differences {
            let same = entry.failures.iter_mut().find(|failure| {
                failure.check == difference.check
                    && failure.at == difference.at
                    && failure.expected == difference.left
                    && failure.actual == difference.right
            });
            match same {
                Some(failure) => failure.times += 1,
                None => entry.failures.push(Failure {
                    check: difference.check.to_owned(),
                    message: message(difference.check).to_owned(),
                    at: difference.at,
                    expected: difference.left,
                    actual: difference.right,
                    times: 1,
                    seed: self.seed,
                    steps: replies.into_iter().map(shown).collect(),
                }),
            }
        }
    }

    pub fn report(self, target: String, started: DateTime<Utc>, requests: u64, seconds: f64) -> Report {
        let mut failures = BTreeMap::new();
        for failure in self.operations.iter().flat_map(|operation| &operation.failures) {
            *failures.entry(failure.check.clone()).or_default() += failure.times;
        }
        let skipped = self.operations.iter().filter(|entry| entry.state() == State::Skipped).count();
        let summary = Summary {
            operations: self.operations.len() - skipped,
            skipped,
            cases: self.cases,
            requests,
            failures,
            seconds,
            ..Summary::default()
        };
        Report { kind: "parity".to_owned(), target, seed: self.seed, started, summary, operations: self.operations }
    }

    fn entry(&mut self, step: &Step) -> usize {
        let name = self.place(step);
        if let Some(&at) = self.index.get(&name) {
            return at;
        }
        // A scenario of the user's own may call what no contract has.
        self.operations.push(OperationReport {
            operation: name.clone(),
            api: "undocumented".to_owned(),
            ..OperationReport::default()
        });
        self.index.insert(name, self.operations.len() - 1);
        self.operations.len() - 1
    }
}

fn message(check: &str) -> &'static str {
    match check {
        checks::STATUS => "the statuses differ",
        checks::CONTENT_TYPE => "the media types differ",
        checks::MEMBERS => "only one has this member",
        checks::TYPES => "the types differ",
        checks::ELEMENTS => "the lists differ",
        checks::IDENTITY => "this id stands for another than before",
        _ => "the values differ",
    }
}

fn shown(reply: &Reply) -> report::Step {
    let body = match &reply.content {
        super::player::Content::Json(value) => value.to_string(),
        other => other.excerpt(),
    };
    let end = body.char_indices().nth(SHOWN).map_or(body.len(), |(at, _)| at);
    report::Step { curl: reply.curl.clone(), status: reply.status, body: body[..end].to_owned() }
}
