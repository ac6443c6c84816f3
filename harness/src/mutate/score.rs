//! Runs the mutants and counts those that are noticed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::Utc;
use futures::{StreamExt, stream};

use super::{
    Mutant, Mutation, Options,
    channel::Channel,
    report::{Outcome, Score},
    survey::{Applicable, Survey, key, survey},
};
use crate::run::{Check, Progress};

/// Checks that others who use the target at the same time could disturb: these have to notice twice.
const DISTURBED: [Check; 4] =
    [Check::ListsContainAndPage, Check::RepeatableGets, Check::V2V3Agree, Check::Authorization];

/// Runs every mutant that applies.
pub async fn score(options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> anyhow::Result<Score> {
    let (started, began) = (Utc::now(), Instant::now());
    let survey = survey(options, progress).await?;
    let surveyed = began.elapsed();
    let of = survey.mutants.len();
    let (survived, done) = (AtomicUsize::default(), AtomicUsize::default());
    let requests = AtomicU64::default();
    let is_late = || options.run.time_limit.is_some_and(|limit| began.elapsed() > limit);
    // What concerns the whole target at once is changed while nobody else looks.
    let alone = |applicable: &&Applicable| applicable.cases.iter().any(|case| survey.cases[*case].phase == 2);
    let (alone, beside): (Vec<_>, Vec<_>) = survey.mutants.iter().partition(alone);
    // Waiting for answers that come too late costs nothing but time.
    let (late, alone): (Vec<_>, Vec<_>) =
        alone.into_iter().partition(|applicable| applicable.mutant.mutation == Mutation::Latency);
    let mut outcomes = Vec::new();
    for (mutants, jobs) in [(beside, options.run.jobs.max(1)), (late, options.run.jobs.max(1)), (alone, 1)] {
        let tries = mutants.into_iter().enumerate().map(|(number, applicable)| {
            let (survey, done, survived, requests) = (&survey, &done, &survived, &requests);
            async move {
                if is_late() {
                    return (applicable.mutant.clone(), Outcome::NotTried);
                }
                let name = format!("{number}-{jobs}");
                let outcome =
                    survey.try_mutant(options, applicable, &name, requests).await.unwrap_or(Outcome::NotTried);
                survived.fetch_add(usize::from(outcome == Outcome::Survived), Ordering::Relaxed);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress(Progress { doing: "mutants", done, of, failures: survived.load(Ordering::Relaxed) });
                (applicable.mutant.clone(), outcome)
            }
        });
        let tried: Vec<_> = stream::iter(tries).buffer_unordered(jobs).collect().await;
        outcomes.extend(tried);
    }
    survey.clean().await;
    let requests = requests.load(Ordering::Relaxed) + survey.begun.session.executor.target.requests();
    Ok(Score::new(options, &survey, outcomes, started, surveyed, began.elapsed(), requests))
}

impl Survey {
    /// Runs the cases in which a mutant changes something, until one notices.
    async fn try_mutant(
        &self,
        options: &Options,
        applicable: &Applicable,
        name: &str,
        requests: &AtomicU64,
    ) -> anyhow::Result<Outcome> {
        let mutant: &Mutant = &applicable.mutant;
        let usual = options.run.target.request_time_limit;
        let patience = if mutant.mutation == Mutation::Latency { options.patience } else { usual };
        let channel = Arc::new(Channel::new(mutant.clone(), self.known.clone(), patience + Duration::from_secs(2)));
        let address = self.proxy.open(name, channel.clone());
        let session = self.begun.session.by_way_of(self.begun.session.executor.target.at(&address, patience)?);
        let mut outcome = Outcome::NotApplied;
        let mut found = None;
        for number in &applicable.cases {
            found = self.notice(&session, &channel, *number, &mut outcome).await;
            // What others might have caused must be seen again.
            if found.is_some_and(|check| DISTURBED.contains(&check)) {
                found = self.notice(&session, &channel, *number, &mut outcome).await;
            }
            if found.is_some() {
                break;
            }
        }
        self.proxy.close(name);
        requests.fetch_add(session.executor.target.requests(), Ordering::Relaxed);
        Ok(found.map_or(outcome, Outcome::Detected))
    }

    /// Runs a case with the mutant, and says which check notices.
    async fn notice(
        &self,
        session: &crate::run::Session,
        channel: &Channel,
        number: usize,
        outcome: &mut Outcome,
    ) -> Option<Check> {
        let tried = &self.cases[number];
        let trace = session.executor.execute(session.judge.conformance.contract(), &tried.case).await;
        let changed = channel.changed() > 0;
        let undo = self.known.undo(&channel.begin());
        self.begun.session.delete(undo).await;
        if !changed {
            return None;
        }
        *outcome = Outcome::Survived;
        let findings = session.judge.judge(&tried.case, &trace).findings;
        findings.iter().find(|finding| !tried.noted.contains(&key(finding))).map(|finding| finding.check)
    }
}
