//! The harness under test: a proxy breaks one thing at a time, and the checks have to notice.
//!
//! A mutant is one mutation of the `catalogue` in one operation. An unmutated run through the `proxy` says which apply
//! (`survey`); then each is tried in the cases in which it does, until a check notices (`score`): on what was answered
//! unmutated as far as that goes (`replay`), and else with the target. The share of those noticed among those that
//! changed an answer is the score.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use serde::Serialize;

use crate::run;

mod catalogue;
mod channel;
mod form;
mod lies;
mod lost;
mod memory;
mod place;
mod proxy;
mod replay;
mod report;
mod rows;
mod says;
mod scene;
mod score;
mod standing;
mod survey;

pub use catalogue::Mutation;
pub use proxy::Proxy;
pub use report::{Score, Share};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// The contract run that is to notice. Its operations are those that are broken.
    pub run: run::Options,
    /// Patterns of mutations; all when empty.
    pub mutations: Vec<String>,
    /// That many mutants, chosen by the seed; all when not given.
    pub sample: Option<usize>,
    /// Where the proxy listens; anywhere when not given.
    pub listen: Option<SocketAddr>,
    /// How long an answer may take where it is to come too late.
    pub patience: Duration,
}

/// One mutation in one operation.
#[derive(Clone, Debug, Serialize)]
pub struct Mutant {
    /// `drop-required@GET /rest/api/3/myself`.
    pub name: String,
    /// What is broken.
    pub mutation: Mutation,
    /// Where in the body: `/values/*/id` is the id of each value.
    pub at: String,
    /// What that does.
    pub does: &'static str,
    /// The operation, by its number in the contract.
    #[serde(skip)]
    operation: usize,
}

/// Runs every mutant that applies and counts those that are noticed.
pub async fn score(options: &Options, progress: &(dyn Fn(run::Progress) + Sync)) -> anyhow::Result<Score> {
    score::score(options, progress).await
}

/// The mutants that apply, and a proxy in which each can stand.
pub async fn stand(
    options: &Options,
    progress: &(dyn Fn(run::Progress) + Sync),
) -> anyhow::Result<(Arc<Proxy>, Vec<Mutant>)> {
    let survey = survey::survey(options, progress).await?;
    let mutants: Vec<_> = survey.mutants.iter().map(|applicable| applicable.mutant.clone()).collect();
    survey.proxy.standing.offer(survey.known.clone(), mutants.clone());
    survey.clean().await;
    Ok((survey.proxy, mutants))
}

impl Proxy {
    /// Puts a mutant into the way of those who name no channel; none takes it out.
    pub fn put(&self, mutant: Option<&str>) -> Result<(), String> {
        self.standing.put(mutant)
    }
}
