//! Runs the mutants and counts those that are noticed.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use chrono::Utc;
use futures::{StreamExt, stream};

use super::{
    Mutation, Options,
    channel::Channel,
    report::{Outcome, Score},
    survey::{Applicable, Survey, Tried, key, survey},
};
use crate::run::{Check, Progress, Session, case::Trace};

/// Checks that others who use the target at the same time could disturb: these have to notice twice.
const DISTURBED: [Check; 4] =
    [Check::ListsContainAndPage, Check::RepeatableGets, Check::V2V3Agree, Check::Authorization];

/// How many answers that come too late are waited for at the same time, for each job: waiting is no work.
const WAITING: usize = 4;

/// Runs every mutant that applies.
pub async fn score(options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> anyhow::Result<Score> {
    let (started, began) = (Utc::now(), Instant::now());
    let survey = Arc::new(survey(options, progress).await?);
    let surveyed = began.elapsed();
    let is_late = || options.run.time_limit.is_some_and(|limit| began.elapsed() > limit);
    let is_late_answer = |number: &usize| survey.mutants[*number].mutant.mutation == Mutation::Latency;
    // What concerns the whole target at once is changed while nobody else looks.
    let is_alone = |number: &usize| survey.mutants[*number].cases.iter().any(|case| survey.cases[*case].phase == 2);
    let (waiting, others): (Vec<_>, Vec<_>) = (0..survey.mutants.len()).partition(is_late_answer);
    let (alone, beside): (Vec<_>, Vec<_>) = others.into_iter().partition(is_alone);
    let (mut outcomes, mut survived) = (Vec::new(), 0);
    let jobs = options.run.jobs.max(1);
    for (mutants, jobs) in [(beside, jobs), (waiting, jobs * WAITING), (alone, 1)] {
        let tries = mutants.into_iter().map(|number| {
            let (survey, patience) = (survey.clone(), options.patience);
            async move {
                if is_late() {
                    return (number, Outcome::NotTried);
                }
                // A task of its own, so that judging one keeps no other waiting.
                let task = tokio::spawn(async move { survey.try_mutant(number, patience).await });
                (number, task.await.ok().and_then(Result::ok).unwrap_or(Outcome::NotTried))
            }
        });
        let mut tries = stream::iter(tries).buffer_unordered(jobs);
        while let Some((number, outcome)) = tries.next().await {
            outcomes.push((survey.mutants[number].mutant.clone(), outcome));
            survived += usize::from(outcome == Outcome::Survived);
            progress(Progress { doing: "mutants", done: outcomes.len(), of: survey.mutants.len(), failures: survived });
        }
    }
    survey.clean().await;
    Ok(Score::new(options, &survey, outcomes, started, surveyed, began.elapsed()))
}

impl Survey {
    /// Runs the cases in which a mutant changes something, until one notices.
    async fn try_mutant(&self, number: usize, patience: Duration) -> anyhow::Result<Outcome> {
        let Applicable { mutant, cases } = &self.mutants[number];
        let target = &self.begun.session.executor.target;
        let patience = if mutant.mutation == Mutation::Latency { patience } else { target.request_time_limit() };
        let channel = Arc::new(Channel::new(mutant.clone(), self.known.clone(), patience + Duration::from_secs(2)));
        let name = number.to_string();
        let address = self.proxy.open(&name, channel.clone());
        let session = self.begun.session.by_way_of(target.at(&address, patience)?);
        let mut outcome = Outcome::NotApplied;
        let mut found = None;
        for number in cases {
            found = self.notice(&session, &channel, *number, &mut outcome).await;
            // What others might have caused must be seen again.
            if found.is_some_and(|check| DISTURBED.contains(&check)) {
                found = self.notice(&session, &channel, *number, &mut outcome).await;
            }
            if found.is_some() {
                break;
            }
        }
        self.proxy.close(&name);
        self.requests.fetch_add(session.executor.target.requests(), Ordering::Relaxed);
        Ok(found.map_or(outcome, Outcome::Detected))
    }

    /// Runs a case with the mutant, and says which check notices.
    async fn notice(
        &self,
        session: &Session,
        channel: &Channel,
        number: usize,
        outcome: &mut Outcome,
    ) -> Option<Check> {
        let Tried { case, noted, .. } = &self.cases[number];
        let mut found = None;
        let mut notices = |trace: &Trace| {
            if channel.changed() > 0 {
                let findings = session.judge.judge(case, trace).findings;
                found = findings.iter().find(|finding| !noted.contains(&key(finding))).map(|finding| finding.check);
            }
            found.is_some()
        };
        session.executor.execute_until(session.judge.conformance.contract(), case, &mut notices).await;
        if channel.changed() > 0 {
            *outcome = Outcome::Survived;
        }
        let undo = self.known.undo(&channel.begin());
        self.begun.session.delete(undo).await;
        found
    }
}
