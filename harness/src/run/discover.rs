//! Getting to know a target: what it has, and what it lets one make.

use std::collections::{BTreeSet, HashSet};

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    Session,
    case::{Case, Exchange, Role},
    generate::Flavour,
    judge::address,
    links::parameters,
    mark,
    paging::items,
    plan::Plan,
    scope::Scope,
    world::{Thing, World},
};
use crate::{
    contract::Target as Address,
    target::{Answer, Body, Caller, Request},
};

/// How many things of a kind are kept.
const MOST_THINGS: usize = 25;
/// How many parents are asked for what is below them.
const MOST_PARENTS: usize = 4;
/// How often making something is tried with other values.
const ATTEMPTS: usize = 6;
/// How many of a kind are made to be there from the beginning: enough for two short pages.
const MADE: usize = 2;

/// What the target has, and what could be made, as far as there is time. Says what to delete in the end, too.
pub async fn discover(session: &Session, [me, other]: [Value; 2], end: &CancellationToken) -> (World, Vec<Request>) {
    let mut world = World::new(me, other);
    let mut to_delete = Vec::new();
    list(session, &mut world, end).await;
    if session.scope.writes() {
        // What needs something else is made in a later round.
        for round in 0..3 {
            let before = world.all().count();
            make(session, &mut world, &mut to_delete, round, end).await;
            if world.all().count() == before {
                break;
            }
        }
        list(session, &mut world, end).await;
    }
    (world, to_delete)
}

/// Asks for lists of all kinds, those below others after these.
async fn list(session: &Session, world: &mut World, end: &CancellationToken) {
    let contract = session.judge.conformance.contract();
    for (kind, facts) in session.judge.links.kinds() {
        let Some(list) = facts.list.filter(|_| world.things(kind).len() < MOST_THINGS) else { continue };
        let below = kind.matches("{}").count();
        let is_below = parameters(&contract.operations()[list].path).next().is_some();
        for attempt in 0..if is_below { MOST_PARENTS } else { 1 } {
            if end.is_cancelled() {
                return;
            }
            let plan = session.plan(world);
            let mut sketch = plan.sketch(&format!("list {kind} {attempt}"));
            sketch.writes = attempt == 0 && session.scope.writes();
            let Some(mut step) = sketch.request(list, Flavour::Sparse, false).filter(|_| sketch.steps.is_empty())
            else {
                break;
            };
            if let (Scope::Project(key), "/rest/api/3/issue") = (&session.scope, kind) {
                step.query = vec![("jql".to_owned(), json!(format!("project = \"{key}\"")))];
            }
            let case = Case { subject: list, purpose: String::new(), steps: vec![step] };
            let trace = session.executor.execute(contract, &case).await;
            let Some(exchange) = trace.first(0) else { continue };
            let Some(answer) = exchange.success() else { continue };
            let parents = path_values(&contract.operations()[list].path, &exchange.request.path);
            let body = answer.json();
            for object in items(&body).into_iter().flatten().take(MOST_THINGS) {
                let is_other = matches!(&session.scope, Scope::Project(key) if kind.ends_with("/project") && object["key"] != **key);
                if !is_other && mark::attribute(object, "id", false).is_some() {
                    let parents = if below == parents.len() { parents.clone() } else { Vec::new() };
                    if below == parents.len() {
                        world.add(kind, Thing { parents, object: object.clone(), own: false });
                    }
                }
            }
        }
    }
}

/// Makes some of every kind, as far as the target lets it.
async fn make(
    session: &Session,
    world: &mut World,
    to_delete: &mut Vec<Request>,
    round: usize,
    end: &CancellationToken,
) {
    let contract = session.judge.conformance.contract();
    for (kind, facts) in session.judge.links.kinds() {
        let by_name = facts.update.filter(|_| facts.list.is_some() && kind.ends_with("/properties"));
        let Some(maker) = facts.create.or(by_name) else { continue };
        let operation = &contract.operations()[maker];
        if !session.scope.allows(&session.judge.links, operation) || world.things(kind).iter().any(|thing| thing.own) {
            continue;
        }
        let mut made = 0;
        for attempt in 0..ATTEMPTS {
            if end.is_cancelled() {
                return;
            }
            let plan = session.plan(world);
            let mut sketch = plan.sketch(&format!("make {kind} {round} {attempt}"));
            sketch.writes = true;
            let flavour = if attempt % 2 == 0 { Flavour::Sparse } else { Flavour::Usual };
            let Some((step, recipe)) = sketch.making(maker, None, flavour, 0) else { break };
            let number = sketch.steps.len();
            let mut steps = sketch.steps;
            steps.push(step);
            let case = Case { subject: maker, purpose: String::new(), steps };
            let trace = session.executor.execute(contract, &case).await;
            // What it needs was made, even where the thing itself could not be.
            for (step, exchanges) in case.steps.iter().zip(&trace.steps) {
                to_delete.extend(exchanges.iter().flat_map(|exchange| session.undo(step.operation, exchange)));
            }
            let Some(exchange) = trace.first(number) else { continue };
            let Ok(answer) = &exchange.result else { continue };
            if answer.status == 501 {
                break;
            }
            let made_by = |answer| made_thing(&operation.path, exchange, answer, facts.create.is_none());
            let Some(mut thing) = exchange.success().and_then(made_by) else { continue };
            if thing.parents.len() != kind.matches("{}").count() {
                thing.parents.clear();
            }
            world.add(kind, thing);
            world.learn(maker, recipe.as_ref());
            made += 1;
            if made == MADE {
                break;
            }
        }
    }
}

/// What a request made.
fn made_thing(template: &str, exchange: &Exchange, answer: &Answer, named_by_caller: bool) -> Option<Thing> {
    let mut parents = path_values(template, &exchange.request.path);
    let mut object = if named_by_caller { json!({ "key": parents.pop()? }) } else { answer.json() };
    if object.is_null() {
        object = json!({ "id": answer.place()? });
    }
    mark::attribute(&object, "id", false)?;
    let object =
        items(&object).filter(|_| object["id"].is_null()).and_then(|items| items.first()).cloned().unwrap_or(object);
    Some(Thing { parents, object, own: true })
}

/// The values that a path has for a template's parameters.
pub fn path_values(template: &str, path: &str) -> Vec<Value> {
    let path = Address::of(path).path.into_owned();
    let pairs = template.split('/').zip(path.split('/'));
    let decoded = |text: &str| Value::from(percent_decode_str(text).decode_utf8_lossy().into_owned());
    pairs.filter(|(name, _)| name.starts_with('{')).map(|(_, value)| decoded(value)).collect()
}

impl Session {
    /// What plans are made from.
    pub fn plan<'a>(&'a self, world: &'a World) -> Plan<'a> {
        let (contract, links) = (self.judge.conformance.contract(), &self.judge.links);
        Plan { contract, links, world, scope: &self.scope, seed: self.seed }
    }

    /// Who of those who may do less is told that something is not there which this run has made, and its address.
    pub async fn hidden(&self, world: &World, callers: &[Caller]) -> HashSet<(Caller, String)> {
        let own = world.all().filter(|(_, thing)| thing.own);
        let links: BTreeSet<_> = own.filter_map(|(_, thing)| thing.object["self"].as_str()).collect();
        let mut hidden = HashSet::new();
        for link in links {
            let Some(path) = link.find("/rest/").map(|at| link[at..].to_owned()) else { continue };
            let ask = |caller| Request { method: Method::GET, path: path.clone(), body: Body::Empty, caller };
            let is_there = self.executor.target.send(&ask(Caller::Main)).await.is_ok_and(|answer| answer.is_success());
            for caller in callers.iter().filter(|_| is_there) {
                let answer = self.executor.target.send(&ask(*caller)).await;
                // Filters say that they are not available.
                if answer.is_ok_and(|answer| matches!(answer.status, 400 | 404)) {
                    hidden.insert((*caller, address(link).to_owned()));
                }
            }
        }
        hidden
    }

    /// The requests that delete what a request made.
    pub fn undo(&self, operation: usize, exchange: &Exchange) -> Vec<Request> {
        let contract = self.judge.conformance.contract();
        let facts = &contract.operations()[operation];
        if exchange.request.method == Method::GET {
            return Vec::new();
        }
        let Some(answer) = exchange.success() else { return Vec::new() };
        // What is copied stands beside the original.
        let beside = |path: &str| Some(path.strip_suffix("/copy")?.rsplit_once('/')?.0.to_owned());
        let copies = beside(&facts.path);
        let kind = copies.as_deref().or_else(|| self.judge.links.kind_of(facts));
        let Some(kind) = kind.and_then(|kind| self.judge.links.kind(kind)) else { return Vec::new() };
        let Some(delete) = kind.delete.map(|delete| &contract.operations()[delete]) else { return Vec::new() };
        let base = exchange.request.path.split('?').next().unwrap_or_default();
        let base = beside(base).unwrap_or_else(|| base.to_owned());
        let body = answer.json();
        let path = if copies.is_some() || kind.create == Some(operation) {
            let attribute =
                parameters(&delete.path).last().and_then(|name| self.judge.links.path_parameter(delete, name));
            let attribute = kind.by.clone().or(attribute.map(|meaning| meaning.attribute)).unwrap_or_default();
            let told = mark::attribute(&body, &attribute, false).or_else(|| answer.place().map(Value::from));
            let Some(id) = told else { return Vec::new() };
            let id = super::execute::escaped(&mark::text(&id));
            match &kind.by {
                Some(by) => format!("{base}?{by}={id}"),
                None => format!("{base}/{id}"),
            }
        } else if kind.update == Some(operation) && kind.create.is_none() && base.contains("/properties/") {
            exchange.request.path.clone()
        } else {
            return Vec::new();
        };
        // First as who made it: what is somebody's alone, nobody else finds. The last is sent first.
        let mut callers = vec![Caller::Main, exchange.request.caller];
        callers.dedup();
        let by = |caller| Request { method: Method::DELETE, path: path.clone(), body: Body::Empty, caller };
        callers.into_iter().map(by).collect()
    }

    /// Deletes what a case made and has not deleted itself, the last first.
    pub async fn clean(&self, case: &Case, steps: &[Vec<Exchange>]) {
        let mut open: Vec<Request> = Vec::new();
        for (step, exchanges) in case.steps.iter().zip(steps) {
            for exchange in exchanges {
                let deleted = exchange.request.method == Method::DELETE && exchange.success().is_some();
                if deleted && !matches!(step.role, Role::Broken { .. }) {
                    open.retain(|request| request.path != exchange.request.path);
                }
                open.extend(self.undo(step.operation, exchange));
            }
        }
        self.delete(open).await;
    }

    /// Sends requests that delete, the last first. What is gone already is fine.
    pub async fn delete(&self, requests: Vec<Request>) {
        for request in requests.iter().rev() {
            let _ = self.executor.target.send(request).await;
        }
    }
}
