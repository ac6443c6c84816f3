//! The unmutated run: what the target answers, and so which mutants apply.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, atomic::AtomicU64},
};

use anyhow::bail;
use futures::{StreamExt, stream};
use globset::{Glob, GlobSet, GlobSetBuilder};
use http::Method;
use serde_json::Value;

use super::{
    Mutant, Mutation, Options,
    channel::candidates,
    lies, lost,
    memory::Memory,
    place::Pattern,
    proxy::Proxy,
    scene::{Known, Scene, Seen, json},
};
use crate::{
    contract::ApiVersion,
    run::{
        self, Begun, Check, Progress, Session,
        case::{Case, Exchange, Role, Trace},
        draw::Draw,
        judge::{Finding, Verdict},
        links::name,
        paging::items,
        without_numbers,
    },
    target::{Answer, Body, Caller},
};

/// Cases of an operation's own, and as many of others, in which a mutant is tried.
const MOST_CASES: usize = 8;

/// What tells one finding from another.
pub type Key = (Check, String, String);

/// What the unmutated run found out.
pub struct Survey {
    /// The proxy it went through.
    pub proxy: Arc<Proxy>,
    /// The target as it is known.
    pub known: Arc<Known>,
    /// The run.
    pub begun: Begun,
    /// The cases that may notice something, with what they find anyway and when they may run.
    pub cases: Vec<Tried>,
    /// The mutants that apply.
    pub mutants: Vec<Applicable>,
    /// How many mutants apply, of which only a sample may be tried.
    pub applicable: usize,
    /// Requests that were sent to try mutants.
    pub requests: AtomicU64,
    /// Operations that fail unmutated, with what fails.
    pub unjudged: BTreeMap<String, String>,
}

/// A case, and what came of it unmutated.
pub struct Tried {
    /// The case.
    pub case: Case,
    /// When it may run: 2 is alone.
    pub phase: usize,
    /// What was asked and answered.
    pub trace: Trace,
    /// What it notes anyway.
    pub noted: BTreeSet<Key>,
}

/// A mutant, and the cases in which it changes something.
#[derive(Clone)]
pub struct Applicable {
    /// The mutant.
    pub mutant: Mutant,
    /// Cases, by their number: those of the operation itself first.
    pub cases: Vec<usize>,
}

/// The kind of a finding.
pub fn key(finding: &Finding) -> Key {
    (finding.check, without_numbers(&finding.at), without_numbers(&finding.message))
}

/// Where a mutation of an operation applies: the cases, and the places there.
type Evidence = HashMap<(usize, Mutation), Vec<(usize, BTreeSet<Pattern>)>>;

/// Gets to know the target through a proxy, and tries all cases unmutated.
pub async fn survey(options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> anyhow::Result<Survey> {
    let tell = |doing, done, of| progress(Progress { doing, done, of, failures: 0 });
    tell("getting to know the target", 0, 0);
    let mutations = mutations(&options.mutations)?;
    run::ensure_for_tests(&options.run.target).await?;
    let listen = options.listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let proxy = Proxy::start(&options.run.target, listen).await?;
    let mut through = options.run.clone();
    through.target.url = proxy.address().to_owned();
    let stop = &options.run.stop;
    let begun = run::begin(&through, stop).await?;
    let session = begun.session.clone();
    let subjects = subjects(options, &begun);
    let planned = planned(&session, &subjects);
    let cases: Vec<_> = planned.iter().flat_map(|index| begun.cases(*index, options.run.cases)).collect();
    let (me, of) = (begun.me(), cases.len());
    let other = begun.accounts().into_iter().find(|other| *other != me).unwrap_or_default();
    let mut known = Known { session: session.clone(), me, other, samples: HashMap::new(), unserved: BTreeSet::new() };
    let mut phases: [Vec<Case>; 3] = Default::default();
    for case in cases {
        phases[run::phase(&session, &case)].push(case);
    }
    let (mut evidence, mut tried, mut failing) = (Evidence::new(), Vec::new(), BTreeMap::new());
    let mut take = |case: Case, phase, trace: Trace, verdict: Verdict| {
        look(&mut known, &mut evidence, &mutations, &planned, tried.len(), &case, &trace);
        tried.push(Tried { case, phase, trace, noted: verdict.findings.iter().map(key).collect() });
        tell("unmutated", tried.len(), of);
    };
    for (phase, cases) in phases.into_iter().enumerate() {
        let jobs = if phase == 2 { 1 } else { options.run.jobs.max(1) };
        let mut again = Vec::new();
        let attempts = cases.into_iter().take_while(|_| !stop.is_cancelled()).map(|case| attempt(&session, case));
        let mut outcomes = stream::iter(attempts).buffered(jobs);
        while let Some(outcome) = outcomes.next().await {
            let (case, trace, verdict) = outcome?;
            match failure(&verdict) {
                None => take(case, phase, trace, verdict),
                // Others might have disturbed it.
                Some(_) => again.push(case),
            }
        }
        drop(outcomes);
        for case in again.into_iter().take_while(|_| !stop.is_cancelled()) {
            let (case, trace, verdict) = attempt(&session, case).await?;
            match failure(&verdict) {
                None => take(case, phase, trace, verdict),
                Some(finding) => {
                    let operation = case.steps[finding.step].operation;
                    let Finding { check, message, at, expected, actual, .. } = finding;
                    let why = format!("{check}: {message} {at} ({actual}, not {expected})");
                    failing.entry(operation).or_insert(why);
                }
            }
        }
    }
    if stop.is_cancelled() {
        session.delete(begun.to_delete).await;
        bail!("it was interrupted");
    }
    let operations = session.judge.conformance.contract().operations();
    let unjudged = failing.into_iter().map(|(index, why)| (name(&operations[index]), why)).collect();
    let known = Arc::new(known);
    let mut survey = Survey {
        proxy,
        known,
        begun,
        cases: tried,
        mutants: Vec::new(),
        applicable: 0,
        requests: AtomicU64::default(),
        unjudged,
    };
    survey.mutants = survey.choose(options, &evidence, &subjects);
    Ok(survey)
}

/// The operations that are broken.
fn subjects(options: &Options, begun: &Begun) -> Vec<usize> {
    let mut subjects: Vec<usize> = begun.wanted.iter().copied().collect();
    if let Some(sample) = options.sample {
        let mut draw = Draw::new(options.run.seed, "operations");
        // Those that are not served give no mutant.
        let enough = (sample / 4).max(20);
        while subjects.len() > enough {
            subjects.swap_remove(draw.below(subjects.len()));
        }
        subjects.sort_unstable();
    }
    subjects
}

/// The operations that are tried: what is read wrong is noticed where it is written.
fn planned(session: &Session, subjects: &[usize]) -> BTreeSet<usize> {
    let mut planned: BTreeSet<usize> = subjects.iter().copied().collect();
    for (_, kind) in session.judge.links.kinds() {
        let places = [kind.list, kind.create, kind.read, kind.update, kind.delete];
        if places.into_iter().flatten().any(|place| subjects.contains(&place)) {
            planned.extend([kind.create, kind.update].into_iter().flatten());
        }
    }
    planned
}

/// Tries a case, and cleans up after it.
async fn attempt(session: &Arc<Session>, case: Case) -> anyhow::Result<(Case, Trace, Verdict)> {
    let session = session.clone();
    run::aside(async move {
        let trace = session.executor.execute(session.judge.conformance.contract(), &case).await;
        session.clean(&case, &trace.steps).await;
        let verdict = session.judge.judge(&case, &trace);
        (case, trace, verdict)
    })
    .await
}

/// What fails, if anything does; what is only worth knowing doesn't.
fn failure(verdict: &Verdict) -> Option<&Finding> {
    verdict.findings.iter().find(|finding| finding.check != Check::UndocumentedProperties)
}

impl Survey {
    /// Deletes what the run made to get to know the target.
    pub async fn clean(&self) {
        self.begun.session.delete(self.begun.to_delete.clone()).await;
    }

    /// One mutant for each mutation of each operation, at a place that the seed chooses.
    fn choose(&mut self, options: &Options, evidence: &Evidence, subjects: &[usize]) -> Vec<Applicable> {
        let operations = self.known.session.judge.conformance.contract().operations();
        let mut mutants = Vec::new();
        let is_judged = |index: &&usize| !self.unjudged.contains_key(&name(&operations[**index]));
        let is_served = |index: &&usize| !self.known.unserved.contains(index);
        for index in subjects.iter().filter(is_judged).filter(is_served) {
            for mutation in Mutation::ALL {
                let Some(seen) = evidence.get(&(*index, *mutation)) else { continue };
                if !self.has_answer(*index, *mutation) {
                    continue;
                }
                let name = format!("{mutation}@{}", name(&operations[*index]));
                let places: BTreeSet<_> = seen.iter().flat_map(|(_, places)| places).collect();
                let places: Vec<_> = places.into_iter().collect();
                let Some(at) = Draw::new(options.run.seed, &name).of(&places).map(|at| (*at).clone()) else { continue };
                let mut cases: Vec<_> =
                    seen.iter().filter(|(_, places)| places.contains(&at)).map(|(case, _)| *case).collect();
                cases.sort_by_key(|case| (self.cases[*case].case.subject != *index, *case));
                let mutant = Mutant { name, mutation: *mutation, at, does: mutation.does(), operation: *index };
                mutants.push(Applicable { mutant, cases });
            }
        }
        self.applicable = mutants.len();
        if let Some(sample) = options.sample {
            // Each by itself, so that one that applies today and not tomorrow changes nothing for the others.
            mutants.sort_by_cached_key(|applicable| {
                Draw::new(options.run.seed, &format!("sample {}", applicable.mutant.name)).below(1 << 40)
            });
            mutants.truncate(sample);
        }
        mutants
    }

    /// Whether there is an answer to be given, where it is made up.
    fn has_answer(&self, index: usize, mutation: Mutation) -> bool {
        let operation = &self.known.session.judge.conformance.contract().operations()[index];
        let scene = Scene {
            known: &self.known,
            index,
            version: ApiVersion::V3,
            caller: Caller::Main,
            path: &operation.path,
            nonce: 0,
        };
        match mutation {
            Mutation::AcceptNegative => self.known.samples.contains_key(&index),
            Mutation::LoseWrite | Mutation::KeepDeleted => lost::can_lose(mutation, &scene),
            _ => true,
        }
    }
}

/// Looks for what could be broken in a case.
fn look(
    known: &mut Known,
    evidence: &mut Evidence,
    mutations: &[Mutation],
    subjects: &BTreeSet<usize>,
    number: usize,
    case: &Case,
    trace: &Trace,
) {
    let mut memory = Memory::default();
    for (step, exchanges) in case.steps.iter().zip(&trace.steps) {
        for exchange in exchanges {
            let Ok(answer) = &exchange.result else { continue };
            let request = &exchange.request;
            let Some(scene) = Scene::new(known, &request.method, &request.path, request.caller) else { continue };
            let index = scene.index;
            if answer.status == 501 {
                known.unserved.insert(index);
                continue;
            }
            let is_own = case.subject == index;
            let seen_answer = Seen::new(answer);
            for mutation in mutations.iter().filter(|_| subjects.contains(&index)) {
                let seen = evidence.entry((index, *mutation)).or_default();
                let is_there = seen.last().is_some_and(|(last, _)| *last == number);
                if !is_there && !is_own && seen.len() >= MOST_CASES {
                    continue;
                }
                // What is refused elsewhere might as well be accepted.
                let is_told = *mutation != Mutation::AcceptNegative;
                let mut places =
                    if is_told { candidates(*mutation, &scene, &memory, &seen_answer) } else { Vec::new() };
                if needs_target(*mutation, &scene, &step.role, trace, exchange, answer) {
                    places.push(Pattern::new());
                }
                if places.is_empty() {
                    continue;
                }
                if !is_there {
                    seen.push((number, BTreeSet::new()));
                }
                seen.last_mut().into_iter().for_each(|(_, known)| known.extend(places.drain(..)));
            }
            let sent = match &request.body {
                Body::Json(body) => Some(body),
                _ => None,
            };
            memory.observe(&scene, sent, answer);
            let is_sample = answer.is_success() && request.caller == Caller::Main;
            if is_sample {
                known.samples.entry(index).or_insert_with(|| answer.clone());
            }
        }
    }
    evidence.retain(|_, seen| !seen.is_empty());
}

/// Whether a mutation applies that needs the target itself.
fn needs_target(
    mutation: Mutation,
    scene: &Scene<'_>,
    role: &Role,
    trace: &Trace,
    exchange: &Exchange,
    answer: &Answer,
) -> bool {
    let operation = scene.operation();
    let before = |of: &usize| trace.success(*of);
    let rows = |answer: &Answer| json(answer).as_ref().and_then(|body: &Value| items(body).map(Vec::len));
    let fewer = |of: &Option<usize>| {
        let all = of.as_ref().and_then(before).and_then(rows);
        answer.is_success() && rows(answer).zip(all).is_some_and(|(seen, all)| seen < all)
    };
    let caller = exchange.request.caller;
    match (mutation, role) {
        (Mutation::AcceptNegative, Role::Broken { of, .. }) => {
            lies::refuses(answer) && of.as_ref().is_none_or(|of| before(of).is_some())
        }
        (Mutation::AnonymousAllowed, Role::Unlisted { of, .. }) if caller == Caller::Anonymous => fewer(&Some(*of)),
        (Mutation::OtherAllowed, Role::Unlisted { of, .. }) if caller == Caller::Other => fewer(&Some(*of)),
        (Mutation::AnonymousAllowed, Role::As { of }) if caller == Caller::Anonymous => {
            lies::is_denied(answer) && !operation.anonymous || fewer(of)
        }
        (Mutation::OtherAllowed, Role::As { of }) if caller == Caller::Other => {
            lies::is_denied(answer) && scene.session().judge.links.configures(operation) || fewer(of)
        }
        (Mutation::V2Body, Role::OtherVersion { of }) => {
            operation.method == Method::GET
                && answer.is_success()
                && before(of).is_some_and(|third| lies::differs_by_version(third, answer))
        }
        (Mutation::LimitPlusOne, _) => lies::more_than_fits(scene, answer).is_some(),
        (Mutation::LoseWrite, Role::Try) => !scene.reads() && operation.method != Method::DELETE && answer.is_success(),
        (Mutation::KeepDeleted, Role::Try) => operation.method == Method::DELETE && answer.is_success(),
        _ => false,
    }
}

fn mutations(patterns: &[String]) -> anyhow::Result<Vec<Mutation>> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern)?;
        let matcher = glob.compile_matcher();
        let is_one = Mutation::ALL.iter().any(|mutation| matcher.is_match(mutation.name()));
        anyhow::ensure!(is_one, "no mutation matches '{pattern}': `harness mutate catalogue` lists them");
        set.add(glob);
    }
    let set: GlobSet = set.build()?;
    let is_chosen = |mutation: &&Mutation| patterns.is_empty() || set.is_match(mutation.name());
    Ok(Mutation::ALL.iter().filter(is_chosen).copied().collect())
}
