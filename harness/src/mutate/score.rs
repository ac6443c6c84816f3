//! Tries the mutants and counts those that are noticed.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use chrono::Utc;
use futures::{Stream, StreamExt, stream};

use super::{
    Mutation, Options,
    channel::Channel,
    replay::Replayed,
    report::{Outcome, Score},
    survey::{Survey, Tried, key, survey},
};
use crate::run::{
    Check, Progress, Session, aside,
    case::{Names, Trace},
    judge::Judge,
};

/// Checks that others who use the target at the same time could disturb: these have to notice twice.
const DISTURBED: [Check; 4] =
    [Check::ListsContainAndPage, Check::RepeatableGets, Check::V2V3Agree, Check::Authorization];

/// How many answers that come too late are waited for at the same time, for each job: waiting is no work.
const WAITING: usize = 4;

/// Tries every mutant that applies: first on what the target answered without it, which costs no request, and only
/// where that does not tell with the target.
pub async fn score(options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> anyhow::Result<Score> {
    let (started, began) = (Utc::now(), Instant::now());
    let survey = Arc::new(survey(options, progress).await?);
    let (surveyed, of) = (began.elapsed(), survey.mutants.len());
    let stop = &options.run.stop;
    let is_late = || stop.is_cancelled() || options.run.time_limit.is_some_and(|limit| began.elapsed() > limit);
    let (mut outcomes, mut survived) = (Vec::new(), 0);
    let mut done = |doing, number: usize, outcome| {
        outcomes.push((survey.mutants[number].mutant.clone(), outcome));
        survived += usize::from(outcome == Outcome::Survived);
        progress(Progress { doing, done: outcomes.len(), of, failures: survived });
    };
    let jobs = options.run.jobs.max(1);

    let mut open = BTreeMap::new();
    let mut replays = std::pin::pin!(tries((0..of).collect(), jobs, &is_late, |number| {
        let survey = survey.clone();
        async move { survey.replay(number).await }
    }));
    while let Some((number, replayed)) = replays.next().await {
        match replayed.transpose()? {
            Some(replayed) if !replayed.open.is_empty() => drop(open.insert(number, replayed)),
            Some(replayed) => done("mutants of what was answered", number, replayed.outcome),
            None => done("mutants of what was answered", number, Outcome::NotTried),
        }
    }
    let asked = open.len();

    let is_late_answer = |number: &usize| survey.mutants[*number].mutant.mutation == Mutation::Latency;
    // What concerns the whole target at once is changed while nobody else looks.
    let is_alone = |number: &usize| open[number].open.iter().any(|case| survey.cases[*case].phase == 2);
    let (waiting, others): (Vec<_>, Vec<_>) = open.keys().copied().partition(is_late_answer);
    let (alone, beside): (Vec<_>, Vec<_>) = others.into_iter().partition(is_alone);
    let open = Arc::new(open);
    let mut again = alone;
    for (mutants, jobs) in [(beside, jobs), (waiting, jobs * WAITING)] {
        let mut tries = std::pin::pin!(tries(mutants, jobs, &is_late, |number| {
            let (survey, open, patience) = (survey.clone(), open.clone(), options.patience);
            async move { survey.try_mutant(number, &open[&number], patience, jobs == 1).await }
        }));
        while let Some((number, outcome)) = tries.next().await {
            match outcome.transpose()?.transpose()?.unwrap_or(Outcome::NotTried) {
                // What others did may have hidden it.
                Outcome::Survived | Outcome::NotApplied if jobs > 1 => again.push(number),
                outcome => done("mutants", number, outcome),
            }
        }
    }
    for number in again {
        let outcome = match is_late() {
            true => Outcome::NotTried,
            false => survey.try_mutant(number, &open[&number], options.patience, true).await?,
        };
        done("mutants, alone", number, outcome);
    }
    survey.clean().await;
    Ok(Score::new(options, &survey, outcomes, asked, started, surveyed, began.elapsed()))
}

/// Tries mutants, some at the same time; those that come too late are not tried.
fn tries<F>(
    mutants: Vec<usize>,
    jobs: usize,
    is_late: &impl Fn() -> bool,
    attempt: impl Fn(usize) -> F,
) -> impl Stream<Item = (usize, Option<anyhow::Result<F::Output>>)>
where
    F: Future<Output: Send> + Send + 'static,
{
    let tries = mutants.into_iter().map(move |number| {
        let attempt = attempt(number);
        async move { (number, if is_late() { None } else { Some(aside(attempt).await) }) }
    });
    stream::iter(tries).buffer_unordered(jobs)
}

/// The check that notices in the last step of a case what it does not find anyway.
pub fn noticed(judge: &Judge, tried: &Tried, trace: &Trace) -> Option<Check> {
    let findings = judge.judge_from(trace.steps.len().saturating_sub(1), &tried.case, trace).findings;
    findings.iter().find(|finding| !tried.noted.contains(&key(finding))).map(|finding| finding.check)
}

impl Survey {
    /// Runs the cases in which only the target can tell, until one notices.
    async fn try_mutant(
        &self,
        number: usize,
        replayed: &Replayed,
        patience: Duration,
        alone: bool,
    ) -> anyhow::Result<Outcome> {
        let mutant = &self.mutants[number].mutant;
        let target = &self.begun.session.executor.target;
        let patience = if mutant.mutation == Mutation::Latency { patience } else { target.request_time_limit() };
        let channel = Arc::new(Channel::new(mutant.clone(), self.known.clone(), patience + Duration::from_secs(2)));
        let name = number.to_string();
        let address = self.proxy.open(&name, channel.clone());
        let session = self.begun.session.by_way_of(target.at(&address, patience)?);
        let mut outcome = replayed.outcome;
        let mut found = None;
        for number in &replayed.open {
            found = self.notice(&session, &channel, *number, &mut outcome).await;
            // What others might have caused must be seen again.
            if !alone && found.is_some_and(|check| DISTURBED.contains(&check)) {
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
        let tried = &self.cases[number];
        let mut found = None;
        let mut notices = |trace: &Trace| {
            if channel.changed() > 0 {
                found = noticed(&session.judge, tried, trace);
            }
            found.is_some()
        };
        let contract = session.judge.conformance.contract();
        session.executor.execute_until(contract, &tried.case, Names::new(), &mut notices).await;
        if channel.changed() > 0 {
            *outcome = Outcome::Survived;
        }
        let undo = self.known.undo(&channel.begin());
        self.begun.session.delete(undo).await;
        found
    }
}
