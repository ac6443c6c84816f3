//! One way through the proxy, with one mutant in it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;

use super::{
    Mutant, Mutation, form, lies, lost,
    memory::Memory,
    place::Pattern,
    proxy::{Ask, Upstream},
    rows, says,
    scene::{Known, Scene, Seen},
};
use crate::{run::case::Exchange, target::Answer};

/// What goes through is answered by the target, but for the mutant's operation.
pub struct Channel {
    /// The mutant.
    pub mutant: Mutant,
    known: Arc<Known>,
    /// How late late answers are.
    latency: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    memory: Memory,
    done: Vec<Exchange>,
    changed: u64,
    nonce: u64,
}

impl Channel {
    /// A way through.
    pub fn new(mutant: Mutant, known: Arc<Known>, latency: Duration) -> Self {
        Self { mutant, known, latency, state: Mutex::default() }
    }

    /// How many answers were changed since the sequence began.
    pub fn changed(&self) -> u64 {
        self.lock().changed
    }

    /// Begins a sequence of requests. What was really done in the one before is given back.
    pub fn begin(&self) -> Vec<Exchange> {
        let nonce = self.lock().nonce;
        std::mem::replace(&mut *self.lock(), State { nonce, ..State::default() }).done
    }

    /// Answers a request.
    pub async fn answer(&self, upstream: &Upstream, ask: Ask) -> Answer {
        let Some(scene) = Scene::new(&self.known, &ask.method, &ask.path, ask.caller) else {
            return upstream.forward(&ask).await;
        };
        let is_subject = scene.index == self.mutant.operation;
        let mutation = self.mutant.mutation;
        if is_subject && matches!(mutation, Mutation::LoseWrite | Mutation::KeepDeleted) {
            let mut log = Vec::new();
            if let Some((answer, is_lost)) = lost::lose(mutation, &scene, upstream, &ask, &mut log).await {
                let mut state = self.lock();
                state.done.extend(log);
                state.changed += u64::from(is_lost);
                return answer;
            }
        }
        let truth = upstream.forward(&ask).await;
        let again = if is_subject { lies::ask_again(mutation, &scene, upstream, &ask, &truth).await } else { None };
        if !scene.reads() {
            self.lock().done.push(ask.exchange(&truth));
        }
        if let Some(again) = &again {
            // Who is let in does something.
            self.lock().done.push(ask.exchange(again));
        }
        let changed = self.tell(scene, ask.json().as_ref(), &truth, again);
        if changed.is_some() && mutation == Mutation::Latency {
            tokio::time::sleep(self.latency).await;
        }
        changed.unwrap_or(truth)
    }

    /// Takes in what is really answered to a request; `body` is what was sent. Gives what is told instead, if anything:
    /// `other`, where that is known already.
    pub(super) fn tell(
        &self,
        mut scene: Scene<'_>,
        body: Option<&Value>,
        truth: &Answer,
        other: Option<Answer>,
    ) -> Option<Answer> {
        let mut state = self.lock();
        state.nonce += 1;
        scene.nonce = state.nonce;
        let is_subject = scene.index == self.mutant.operation;
        let Mutant { mutation, at, .. } = &self.mutant;
        let told = match other {
            None if is_subject => make(*mutation, &scene, &state.memory, &Seen::new(truth), at),
            known => known,
        };
        state.memory.observe(&scene, body, truth);
        state.changed += u64::from(told.is_some());
        told
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The places where a mutation can be made in an answer.
pub fn candidates(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>) -> Vec<Pattern> {
    let mut found = form::candidates(mutation, scene, seen);
    found.extend(rows::candidates(mutation, scene, memory, seen));
    found.extend(says::candidates(mutation, scene, memory, seen));
    found.extend(lies::make(mutation, scene, memory, seen).map(|_| Pattern::new()));
    found
}

/// An answer with a mutation in it; nothing when that changes nothing.
pub fn make(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>, at: &str) -> Option<Answer> {
    form::make(mutation, scene, seen, at)
        .or_else(|| rows::make(mutation, scene, memory, seen))
        .or_else(|| says::make(mutation, scene, memory, seen, at))
        .or_else(|| lies::make(mutation, scene, memory, seen))
}
