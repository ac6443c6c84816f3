//! Contract runs: every operation of the contracts is tried against a target, and its answers are judged.
//!
//! A run gets to know the target (`discover`), plans cases from what it has learned (`plan`, `generate`), sends them
//! (`execute`), judges the answers (`judge`), and repeats what failed alone, ever shorter (`shrink`).

use std::{
    collections::{BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use chrono::Utc;
use futures::{StreamExt, stream};
use globset::GlobBuilder;
use http::Method;
use serde_json::Value;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    conform::Conformance,
    contract::Contract,
    report::{Report, Step as Shown},
    schemas,
    target::{Body, Caller, Request, Settings, Target, TargetError},
};

pub(crate) mod case;
mod check;
mod discover;
pub(crate) mod draw;
pub(crate) mod execute;
pub(crate) mod generate;
pub(crate) mod judge;
pub(crate) mod links;
pub(crate) mod mark;
pub(crate) mod paging;
pub(crate) mod plan;
mod results;
pub(crate) mod scope;
mod shrink;
pub(crate) mod world;

use case::{Case, Exchange, Names, Role, Trace};
pub use check::{Check, chosen};
use execute::Executor;
use judge::{Finding, Judge};
use links::Links;
use results::Results;
pub(crate) use results::without_numbers;
use scope::Scope;
use world::World;

/// How often a failing sequence is tried in simpler forms.
const SHRINKING: usize = 80;

/// What a run says that was stopped.
const INTERRUPTED: &str = "it was interrupted, and what failed was not looked at again";

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The target.
    pub target: Settings,
    /// The folder that has `schemas/`.
    pub workspace: PathBuf,
    /// Whether anything may be written.
    pub allow_writes: bool,
    /// The key of the only project that may be written to. Without it only a target that is there to be tested is.
    pub project: Option<String>,
    /// Patterns of operations, such as `GET /rest/api/3/issue*`; all when empty.
    pub operations: Vec<String>,
    /// The checks that are made.
    pub checks: BTreeSet<Check>,
    /// What reproduces the run.
    pub seed: u64,
    /// Cases for each operation.
    pub cases: usize,
    /// Cases at the same time.
    pub jobs: usize,
    /// How long to go on trying: then nothing new is begun, and what failed is looked at once more.
    pub time_limit: Option<Duration>,
    /// Ends the run early, when cancelled. What it made is deleted all the same.
    pub stop: CancellationToken,
    /// Whether what is only worth knowing fails the run.
    pub strict: bool,
}

impl Options {
    /// A run against a target, with the defaults for everything else.
    pub fn new(target: Settings, workspace: impl Into<PathBuf>) -> Self {
        Self {
            target,
            workspace: workspace.into(),
            allow_writes: false,
            project: None,
            operations: Vec::new(),
            checks: chosen(&[], &[]),
            seed: 0,
            cases: 4,
            jobs: 8,
            time_limit: None,
            stop: CancellationToken::new(),
            strict: false,
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done.
    pub doing: &'static str,
    /// Cases that are done.
    pub done: usize,
    /// Cases that there are.
    pub of: usize,
    /// Failures so far.
    pub failures: usize,
}

/// What `schemas/links.json` says about operations, parameters and kinds that the contracts don't have, a line each.
pub fn stale_links(workspace: &Path) -> anyhow::Result<Vec<String>> {
    let contract = Conformance::load(workspace)?;
    let links = Links::new(contract.contract(), schemas::read(&workspace.join("schemas/links.json"))?)?;
    Ok(links.stale(contract.contract()))
}

/// What all parts of a run share.
pub(crate) struct Session {
    /// Sends what is to be judged.
    pub executor: Executor,
    /// Judges it.
    pub judge: Arc<Judge>,
    scope: Scope,
    seed: u64,
}

/// A run that knows its target.
pub(crate) struct Begun {
    /// What all parts of the run share.
    pub session: Arc<Session>,
    /// What the target has.
    world: World,
    /// What deletes what was made to get to know it.
    pub to_delete: Vec<Request>,
    /// The operations that were asked for.
    pub wanted: BTreeSet<usize>,
    callers: Vec<Caller>,
}

/// A case that was tried.
struct Outcome {
    case: Case,
    statuses: Vec<(usize, u16)>,
    checks: Vec<(usize, Check, bool)>,
    findings: Vec<Found>,
    /// Whether a connection could not be made, or broke.
    is_cut: bool,
}

/// A finding, and the requests that show it.
struct Found {
    finding: Finding,
    operation: usize,
    steps: Vec<Shown>,
}

/// Gets to know a target, as far as there is time.
pub(crate) async fn begin(options: &Options, end: &CancellationToken) -> anyhow::Result<Begun> {
    let conformance = Conformance::load(&options.workspace)
        .with_context(|| format!("there are no contracts in {}", options.workspace.join("schemas").display()))?;
    let wanted = wanted(conformance.contract(), &options.operations)?;
    let stated = schemas::read(&options.workspace.join("schemas/links.json"))?;
    let links = Links::new(conformance.contract(), stated)?;
    let target = Target::new(options.target.clone())?;
    let (me, tells_rate_limits) = introduce(&target, Caller::Main).await?;
    let knows_other = target.knows(Caller::Other);
    let other = if knows_other { introduce(&target, Caller::Other).await?.0 } else { Value::Null };
    let scope = scope(&target, options).await?;
    // Runs that begin in one second are two all the same; keys of projects leave room for no more.
    let token = execute::base36(u64::try_from(Utc::now().timestamp_millis() / 10).unwrap_or_default() % 36u64.pow(5));
    let checks = options.checks.clone();
    let address = target.address().to_owned();
    let is_closed = is_closed(&target).await;
    let hidden = HashSet::new();
    let judge = Judge { conformance, links, checks, address, me: me.clone(), is_closed, hidden, tells_rate_limits };
    let executor = Executor::new(target, token);
    let mut session = Session { executor, judge: Arc::new(judge), scope, seed: options.seed };
    let (world, to_delete) = discover::discover(&session, [me, other], end).await;
    let mut callers = vec![Caller::Anonymous];
    callers.extend(session.executor.target.knows(Caller::Other).then_some(Caller::Other));
    let hidden = session.hidden(&world, &callers).await;
    if let Some(judge) = Arc::get_mut(&mut session.judge) {
        judge.hidden = hidden;
    }
    Ok(Begun { session: Arc::new(session), world, to_delete, wanted, callers })
}

/// Judges a target by the contracts. Fails when it can't be judged, not when it falls short.
pub async fn contract(options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> anyhow::Result<Report> {
    let (started, began) = (Utc::now(), Instant::now());
    let tell = |doing, done, of, failures| progress(Progress { doing, done, of, failures });
    tell("getting to know the target", 0, 0, 0);
    // Nothing at all is asked any more after the one, nothing new is begun after the other.
    let stop = options.stop.child_token();
    let end = stop.child_token();
    let _clock = options.time_limit.map(|limit| cancelled_after(limit, &end));
    let Begun { session, world, to_delete, wanted, callers } = begin(options, &end).await?;
    let mut results = Results::new(session.judge.conformance.contract(), &session.judge.links, options);
    let mut phases: [Vec<Case>; 3] = Default::default();
    for operation in 0..session.judge.conformance.contract().operations().len() {
        if !wanted.contains(&operation) {
            results.skip(operation, "it was not asked for");
            continue;
        }
        let plan = session.plan(&world);
        let (cases, reason) = plan::cases(&plan, operation, options.cases, &callers);
        if let Some(reason) = reason {
            results.skip(operation, &reason);
        }
        for case in cases {
            phases[phase(&session, &case)].push(case);
        }
    }

    let of = phases.iter().map(Vec::len).sum();
    let (mut done, mut gone) = (0, None);
    for (phase, cases) in phases.into_iter().enumerate() {
        // What concerns the whole target at once is changed while nobody else looks.
        let jobs = if phase == 2 { 1 } else { options.jobs.max(1) };
        let tries = cases.into_iter().map(|case| {
            let (session, end) = (session.clone(), end.clone());
            async move {
                if end.is_cancelled() {
                    Ok(None)
                } else {
                    aside(async move { Some(session.attempt(case, &end).await) }).await
                }
            }
        });
        let mut outcomes = stream::iter(tries).buffer_unordered(jobs);
        while let Some(outcome) = outcomes.next().await {
            done += 1;
            if let Some(outcome) = outcome? {
                if outcome.is_cut && gone.is_none() {
                    gone = session.gone().await;
                    gone.iter().for_each(|_| stop.cancel());
                }
                results.add(outcome);
            }
            tell(["reading", "writing", "configuring"][phase], done, of, results.failures());
        }
    }
    let is_late = end.is_cancelled();
    let groups = results.groups();
    let of = groups.len();
    for (number, group) in groups.into_iter().enumerate() {
        tell("shrinking", number, of, of);
        if stop.is_cancelled() {
            results.confirm(&group.key, group.found);
            continue;
        }
        let tries = if end.is_cancelled() { 0 } else { SHRINKING };
        match session.shrink(group.case, &group.found, tries, &stop).await {
            Some(found) => results.confirm(&group.key, found),
            // What fails only beside other requests fails all the same, if the target says so itself.
            None if group.found.finding.check == Check::No5xx => results.confirm(&group.key, group.found),
            None => results.dismiss(&group.key),
        }
    }
    tell("cleaning up", of, of, of);
    session.delete(to_delete).await;
    let broken_off = gone.or_else(|| options.stop.is_cancelled().then(|| INTERRUPTED.to_owned()));
    let requests = session.executor.target.requests();
    let end = results::End { took: began.elapsed(), requests, is_late, broken_off };
    Ok(results.report(&session.judge.address, started, end))
}

/// Cancels a token after some time, for as long as the task that is given back is kept.
fn cancelled_after(time: Duration, token: &CancellationToken) -> AbortOnDropHandle<()> {
    let token = token.clone();
    AbortOnDropHandle::new(tokio::spawn(async move {
        tokio::time::sleep(time).await;
        token.cancel();
    }))
}

/// Does something in a task of its own, so that judging one answer keeps no other waiting.
pub(crate) async fn aside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> anyhow::Result<T> {
    tokio::spawn(work).await.context("an answer could not be judged")
}

impl Session {
    /// The same, by way of another target.
    pub fn by_way_of(&self, target: Target) -> Self {
        let executor = self.executor.by_way_of(target);
        Self { executor, judge: self.judge.clone(), scope: self.scope.clone(), seed: self.seed }
    }

    /// Tries a case as far as there is time, and cleans up after it.
    async fn attempt(&self, case: Case, end: &CancellationToken) -> Outcome {
        let contract = self.judge.conformance.contract();
        let trace = self.executor.execute_until(contract, &case, Names::new(), &mut |_| end.is_cancelled()).await;
        let verdict = self.judge.judge(&case, &trace);
        // Links lead to other operations, which may not be served.
        let answers = case.steps.iter().zip(&trace.steps).filter(|(step, _)| !matches!(step.role, Role::Follow { .. }));
        let answers = answers.flat_map(|(step, exchanges)| exchanges.iter().map(move |exchange| (step, exchange)));
        let statuses =
            answers.filter_map(|(step, exchange)| Some((step.operation, exchange.result.as_ref().ok()?.status)));
        let statuses: Vec<_> = statuses.collect();
        let findings = verdict.findings.into_iter().map(|finding| self.found(&case, &trace, finding)).collect();
        self.clean(&case, &trace.steps).await;
        let is_cut = |exchange: &Exchange| matches!(exchange.result, Err(TargetError::Broken(_)));
        let is_cut = trace.steps.iter().flatten().any(is_cut);
        Outcome { statuses, checks: verdict.checks, findings, is_cut, case }
    }

    /// Why the target can't be reached any more, if so. What starts again at once has not gone.
    async fn gone(&self) -> Option<String> {
        let mut reason = None;
        for wait in [Duration::ZERO, Duration::from_secs(1)] {
            tokio::time::sleep(wait).await;
            match self.executor.target.send(&myself(Caller::Main)).await {
                Err(TargetError::Broken(error)) => {
                    reason = Some(format!("the target can't be reached any more: {error}"))
                }
                _ => return None,
            }
        }
        reason
    }

    /// Repeats a failing case alone, and up to so many times in ever simpler forms. Nothing when it doesn't fail then.
    async fn shrink(&self, case: Case, found: &Found, tries: usize, stop: &CancellationToken) -> Option<Found> {
        let key = results::key(found);
        let again = |outcome: Outcome| outcome.findings.into_iter().find(|found| results::key(found) == key);
        let mut best = again(self.attempt(case.clone(), stop).await)?;
        let mut case = case;
        let mut left = tries;
        'simpler: while left > 0 {
            for simpler in shrink::simpler(&case, best.finding.step) {
                if left == 0 || stop.is_cancelled() {
                    break 'simpler;
                }
                left -= 1;
                if let Some(found) = again(self.attempt(simpler.clone(), stop).await) {
                    (case, best) = (simpler, found);
                    continue 'simpler;
                }
            }
            break;
        }
        Some(best)
    }

    /// A finding with the requests that show it.
    fn found(&self, case: &Case, trace: &Trace, finding: Finding) -> Found {
        let operation = case.steps[finding.step].operation;
        let shown = trace.steps.iter().take(finding.step + 1).flatten().map(|exchange| {
            let curl = self.executor.target.curl(&exchange.request);
            match &exchange.result {
                Ok(answer) => {
                    let body = String::from_utf8_lossy(&answer.body).chars().take(600).collect();
                    Shown { curl, status: answer.status, body }
                }
                Err(error) => Shown { curl, status: 0, body: error.to_string() },
            }
        });
        Found { operation, steps: shown.collect(), finding }
    }
}

impl Begun {
    /// The cases of an operation.
    pub fn cases(&self, operation: usize, count: usize) -> Vec<Case> {
        plan::cases(&self.session.plan(&self.world), operation, count, &self.callers).0
    }

    /// The account that the harness is.
    pub fn me(&self) -> String {
        mark::attribute(&self.world.me, "accountId", false).map(|id| mark::text(&id)).unwrap_or_default()
    }

    /// The accounts that the target has.
    pub fn accounts(&self) -> Vec<String> {
        let users = self.world.things("/rest/api/3/user").iter();
        users.filter_map(|user| user.object["accountId"].as_str().map(str::to_owned)).collect()
    }
}

/// Reading comes first, while nothing changes; last what changes more than things of its own.
pub(crate) fn phase(session: &Session, case: &Case) -> usize {
    let operations = session.judge.conformance.contract().operations();
    let writes = |operation: usize| !plan::reads(&session.judge.links, &operations[operation]);
    if !case.steps.iter().any(|step| writes(step.operation)) {
        return 0;
    }
    let creates = |operation: usize| {
        let kind = session.judge.links.kind_of(&operations[operation]).and_then(|kind| session.judge.links.kind(kind));
        kind.is_some_and(|kind| kind.create == Some(operation))
    };
    // While one such task goes on, others are refused.
    let subject = &operations[case.subject];
    let documents = |status| subject.response(status).is_some_and(|response| response.status == Some(status));
    if documents(303) && documents(409) {
        return 2;
    }
    let prepares = case.steps.iter().any(|step| step.role == Role::Prepare && creates(step.operation));
    if creates(case.subject) || prepares { 1 } else { 2 }
}

/// Fails unless a target can be reached, knows the credentials and says that it is there to be tested.
pub(crate) async fn ensure_for_tests(settings: &Settings) -> anyhow::Result<()> {
    let target = Target::new(settings.clone())?;
    introduce(&target, Caller::Main).await?;
    ensure!(
        target.is_for_tests().await,
        "{} does not say that it is there to be tested (/_mock/ready), and all that it has may be changed",
        target.address()
    );
    Ok(())
}

/// The request that asks who one is.
fn myself(caller: Caller) -> Request {
    Request { method: Method::GET, path: "/rest/api/3/myself".to_owned(), body: Body::Empty, caller }
}

/// Who a caller is for the target, and whether the target tells where its rate limits stand.
async fn introduce(target: &Target, caller: Caller) -> anyhow::Result<(Value, bool)> {
    let request = myself(caller);
    let answer = target.send(&request).await.with_context(|| format!("{} can't be reached", target.address()))?;
    let (address, status) = (target.address(), answer.status);
    if (300..400).contains(&status) {
        // What follows may be a secret of whoever signs people in.
        let place = answer.header("location").and_then(|place| place.split(['?', '#']).next()).unwrap_or_default();
        bail!("{address} redirects {} to '{place}': give the address of the site itself", request.path);
    }
    let is_known = answer.is_success();
    if is_known && answer.header("content-type").is_some_and(|media_type| media_type.starts_with("text/html")) {
        bail!("{address} answers {} with a page: is it the address of a Jira?", request.path);
    }
    let whose = if caller == Caller::Other { "credentials of the other account" } else { "credentials" };
    ensure!(
        is_known || caller == Caller::Main && !target.has_credentials(),
        "{address} does not know the {whose}: it answers {status}"
    );
    let tells = ["x-ratelimit-limit", "ratelimit", "ratelimit-policy"].iter().all(|name| answer.header(name).is_some());
    Ok((if is_known { answer.json() } else { Value::Null }, tells))
}

/// Whether nobody in particular sees any project.
async fn is_closed(target: &Target) -> bool {
    let path = "/rest/api/3/project/search".to_owned();
    let request = Request { method: Method::GET, path, body: Body::Empty, caller: Caller::Anonymous };
    target.send(&request).await.is_ok_and(|answer| {
        let body = answer.json();
        // A refusal says the same.
        matches!(answer.status, 401 | 403) || paging::items(&body).is_some_and(Vec::is_empty)
    })
}

/// What may be written.
async fn scope(target: &Target, options: &Options) -> anyhow::Result<Scope> {
    if !options.allow_writes {
        return Ok(Scope::Nothing);
    }
    if let Some(project) = &options.project {
        let path = format!("/rest/api/3/project/{}", execute::escaped(project));
        let request = Request { method: Method::GET, path, body: Body::Empty, caller: Caller::Main };
        let answer = target.send(&request).await?;
        ensure!(answer.is_success(), "the project '{project}' can't be read: {}", answer.status);
        return Ok(Scope::Project(project.clone()));
    }
    if !target.is_for_tests().await {
        bail!(
            "name the project that may be written to with --project: the target does not say it is there to be tested"
        );
    }
    Ok(Scope::Site)
}

/// The operations that a pattern matches; all when there is none.
fn wanted(contract: &Contract, patterns: &[String]) -> anyhow::Result<BTreeSet<usize>> {
    let operations = contract.operations();
    if patterns.is_empty() {
        return Ok((0..operations.len()).collect());
    }
    let mut found = BTreeSet::new();
    for pattern in patterns {
        // Braces are parameters here, and no alternatives.
        let escaped = pattern.replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&escaped).literal_separator(false).build()?.compile_matcher();
        let matching = operations.iter().enumerate().filter(|(_, operation)| glob.is_match(links::name(operation)));
        let matching: Vec<_> = matching.map(|(index, _)| index).collect();
        ensure!(
            !matching.is_empty(),
            "no operation matches '{pattern}'; they are named like 'GET /rest/api/3/issue/{{issueIdOrKey}}', and * stands for anything"
        );
        found.extend(matching);
    }
    Ok(found)
}
