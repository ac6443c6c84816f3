//! Two targets that are asked the same, and how their answers differ.

use std::time::Instant;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use crate::{contract::Contract, report::Report};

pub mod compare;
pub mod endpoint;
pub mod generate;
pub mod lens;
pub mod player;
pub mod scenario;
pub mod selector;
pub mod story;
mod tally;
pub mod variables;

use lens::Pairs;
use player::{Played, Player};
use scenario::Scenario;
use tally::Tallies;

/// How to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether requests that change something are sent.
    pub allow_writes: bool,
    /// What generated scenarios are reproduced by.
    pub seed: u64,
    /// Ends the run early, when cancelled: after the scenario that is being played, which deletes what it made.
    pub stop: CancellationToken,
}

/// Told what is going on: scenarios done, scenarios there are, and the one that begins.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize, &str);

/// Plays scenarios to two sides and compares what they answer. Fails when a side can't be judged at all.
pub async fn run(
    left: &mut Player,
    right: &mut Player,
    scenarios: &[Scenario],
    contract: &Contract,
    options: &Options,
    progress: Progress<'_>,
) -> anyhow::Result<Report> {
    let (started, begun) = (Utc::now(), Instant::now());
    let before = left.requests() + right.requests();
    let mut pairs = Pairs::default();
    let mut tallies = Tallies::new(contract, options.seed);
    for (number, scenario) in scenarios.iter().enumerate() {
        if options.stop.is_cancelled() {
            break;
        }
        progress(number, scenarios.len(), &scenario.name);
        left.begin();
        right.begin();
        tallies.begin_scenario();
        for (index, step) in scenario.steps.iter().enumerate() {
            if !step.only_reads() && !options.allow_writes {
                tallies.skip(step, "it writes, and writing is not allowed");
                continue;
            }
            // Both at once: what differs with time differs least.
            let (here, there) = tokio::join!(left.play(scenario, index), right.play(scenario, index));
            match (here?, there?) {
                (Played::Unrecorded, _) | (_, Played::Unrecorded) => tallies.unrecorded(step),
                (Played::Lacks(reason), _) | (_, Played::Lacks(reason)) => tallies.skip(step, &reason),
                // What neither has is nothing that they agree on.
                (Played::Answered(here), Played::Answered(there)) if here.status == 501 && there.status == 501 => {
                    tallies.skip(step, "neither side serves it");
                }
                (Played::Lost(reply), Played::Lost(_)) => tallies.skip(step, &reply.content.excerpt()),
                (Played::Answered(here) | Played::Lost(here), Played::Answered(there) | Played::Lost(there)) => {
                    let place = tallies.place(step);
                    let (left, right) = ((left.lens(), &*here), (right.lens(), &*there));
                    let compared = compare::replies(step, &place, left, right, &mut pairs);
                    tallies.add(step, compared, [&here, &there]);
                }
            }
        }
        left.end(scenario);
        right.end(scenario);
    }
    progress(scenarios.len(), scenarios.len(), "");
    let requests = left.requests() + right.requests() - before;
    let target = format!("{} and {}", left.name(), right.name());
    let mut report = tallies.report(target, started, requests, begun.elapsed().as_secs_f64());
    if options.stop.is_cancelled() {
        report.summary.break_off("it was interrupted".to_owned());
    }
    Ok(report)
}
