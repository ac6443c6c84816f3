//! Trying a mutant on what the target answered without it.
//!
//! Most mutations change nothing but an answer. As long as the checks go on to ask what they asked before, the answers
//! are known: what they then notice, they would notice with the target, and they notice it because of the mutant alone,
//! since nobody else is there. Only when they ask something else must the target be asked.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::{
    Mutant, Mutation,
    channel::Channel,
    report::Outcome,
    scene::{Known, Scene},
    score::noticed,
    survey::{Applicable, Survey, Tried},
};
use crate::{
    run::{
        case::{Exchange, Trace},
        execute::Answers,
    },
    target::{Answer, Body, Request, TargetError},
};

/// What came of a mutant without the target.
pub struct Replayed {
    /// The outcome, as far as it is known.
    pub outcome: Outcome,
    /// The cases in which only the target can tell.
    pub open: Vec<usize>,
}

/// The answers to a case, given again with a mutant in between.
struct Recording<'a> {
    known: &'a Known,
    channel: &'a Channel,
    exchanges: Vec<&'a Exchange>,
    /// Those before this one have been given, or passed over.
    next: Mutex<usize>,
    /// Whether something was asked that was not asked then.
    is_over: AtomicBool,
}

impl Recording<'_> {
    /// The answer to a request. What was asked in between must not have changed anything: else it is missed now.
    fn find(&self, request: &Request) -> Option<&Answer> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, exchange) in self.exchanges.iter().enumerate().skip(*next) {
            if exchange.request == *request {
                *next = number + 1;
                return exchange.result.as_ref().ok();
            }
            let Request { method, path, caller, .. } = &exchange.request;
            let reads = Scene::new(self.known, method, path, *caller).is_some_and(|scene| scene.reads());
            if !reads && exchange.success().is_some() {
                return None;
            }
        }
        None
    }
}

impl Answers for Recording<'_> {
    async fn answer(&self, request: &Request) -> Result<Answer, TargetError> {
        let Some(truth) = self.find(request) else {
            self.is_over.store(true, Ordering::Relaxed);
            return Err(TargetError::Broken("this was not asked".to_owned()));
        };
        let Some(scene) = Scene::new(self.known, &request.method, &request.path, request.caller) else {
            return Ok(truth.clone());
        };
        let body = match &request.body {
            Body::Json(body) => Some(body),
            _ => None,
        };
        Ok(self.channel.tell(scene, body, truth, None).unwrap_or_else(|| truth.clone()))
    }
}

impl Survey {
    /// Tries a mutant in its cases until one notices, without the target.
    pub async fn replay(&self, number: usize) -> Replayed {
        let Applicable { mutant, cases } = &self.mutants[number];
        let mut replayed = Replayed { outcome: Outcome::NotApplied, open: Vec::new() };
        if needs_target(mutant.mutation) {
            return Replayed { open: cases.clone(), ..replayed };
        }
        for case in cases {
            match self.replay_case(mutant, &self.cases[*case]).await {
                None => replayed.open.push(*case),
                Some(Outcome::NotApplied) => {}
                Some(outcome @ Outcome::Detected(_)) => return Replayed { outcome, open: Vec::new() },
                Some(outcome) => replayed.outcome = outcome,
            }
        }
        replayed
    }

    /// Tries a mutant in a case. Nothing when only the target can tell.
    async fn replay_case(&self, mutant: &Mutant, tried: &Tried) -> Option<Outcome> {
        let Trace { unique, steps } = &tried.trace;
        let channel = Channel::new(mutant.clone(), self.known.clone(), Default::default());
        let recording = Recording {
            known: &self.known,
            channel: &channel,
            exchanges: steps.iter().flatten().collect(),
            next: Mutex::new(0),
            is_over: AtomicBool::new(false),
        };
        let session = &self.begun.session;
        let executor = session.executor.by_way_of(recording);
        let mut found = None;
        let mut enough = |trace: &Trace| {
            let is_over = executor.target.is_over.load(Ordering::Relaxed);
            if !is_over && channel.changed() > 0 {
                found = noticed(&session.judge, tried, trace);
            }
            is_over || found.is_some()
        };
        executor.execute_until(session.judge.conformance.contract(), &tried.case, unique.clone(), &mut enough).await;
        if executor.target.is_over.load(Ordering::Relaxed) {
            return None;
        }
        let survived = if channel.changed() > 0 { Outcome::Survived } else { Outcome::NotApplied };
        Some(found.map_or(survived, Outcome::Detected))
    }
}

/// Whether a mutation does or asks something else, or takes time.
fn needs_target(mutation: Mutation) -> bool {
    use Mutation::{AnonymousAllowed, KeepDeleted, Latency, LimitPlusOne, LoseWrite, OtherAllowed, V2Body};
    matches!(mutation, AnonymousAllowed | KeepDeleted | Latency | LimitPlusOne | LoseWrite | OtherAllowed | V2Body)
}
