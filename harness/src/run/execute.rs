//! Sending the requests of a case.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{
    case::{Case, Exchange, Names, Role, Step, Trace},
    links::parameters,
    mark::{self, Mark},
    paging::{Paging, items},
};
use crate::{
    contract::{ApiVersion, Contract},
    target::{Answer, Body, Caller, Request, Target, TargetError},
};

/// What RFC 3986 leaves as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Requests that going through a list may take; longer lists are looked at in part.
const MOST_PAGES: usize = 12;
/// How long pages are where several are wanted.
const SHORT_PAGE: usize = 1;
/// How long they are where all is wanted.
const LONG_PAGE: usize = 1000;
/// How long they are where so much is refused.
const SAFE_PAGE: usize = 100;
/// How often what a task is doing is looked at, and how long after each other.
const MOST_LOOKS: usize = 40;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// How many links of one answer are followed.
const MOST_LINKS: usize = 16;

/// What answers requests: a target, or what is remembered of one.
pub trait Answers: Send + Sync {
    /// Answers one.
    fn answer(&self, request: &Request) -> impl Future<Output = Result<Answer, TargetError>> + Send;
}

impl Answers for Target {
    async fn answer(&self, request: &Request) -> Result<Answer, TargetError> {
        self.send(request).await
    }
}

/// Sends cases to a target.
pub struct Executor<T = Target> {
    /// The target.
    pub target: T,
    /// Tells the names of this run from those of others.
    token: String,
    names: Arc<AtomicU64>,
}

impl Executor {
    /// For a target; `token` must be different for each run, or names of an earlier run would be taken.
    pub fn new(target: Target, token: String) -> Self {
        Self { target, token, names: Arc::default() }
    }
}

impl<T: Answers> Executor<T> {
    /// The same for another target; names are unique among both.
    pub fn by_way_of<O>(&self, target: O) -> Executor<O> {
        Executor { target, token: self.token.clone(), names: self.names.clone() }
    }

    /// Sends the requests of a case, one after the other.
    pub async fn execute(&self, contract: &Contract, case: &Case) -> Trace {
        self.execute_until(contract, case, HashMap::new(), &mut |_| false).await
    }

    /// The same, until what was sent is enough. Names that are known are used again.
    pub async fn execute_until(
        &self,
        contract: &Contract,
        case: &Case,
        unique: Names,
        enough: &mut (dyn FnMut(&Trace) -> bool + Send),
    ) -> Trace {
        let mut trace = Trace { unique, steps: Vec::new() };
        for (number, step) in case.steps.iter().enumerate() {
            let exchanges = self.step(contract, case, &mut trace, number, step).await;
            trace.steps.push(exchanges);
            if enough(&trace) {
                break;
            }
        }
        trace
    }

    async fn step(
        &self,
        contract: &Contract,
        case: &Case,
        trace: &mut Trace,
        number: usize,
        step: &Step,
    ) -> Vec<Exchange> {
        // What only makes sense after a success is left out after a failure.
        if step.role.of().is_some_and(|of| trace.success(of).is_none()) {
            return Vec::new();
        }
        if let Role::Unlisted { told, .. } = step.role
            && trace.success(told).is_some()
        {
            return Vec::new();
        }
        if let Role::Follow { of } = step.role {
            return self.follow(trace, of, step).await;
        }
        let walks = matches!(step.role, Role::Contains { .. } | Role::Unlisted { .. } | Role::Pages);
        let paging = Paging::of(&query_parameters(contract, step.operation)).filter(|_| walks);
        let Some(request) = self.request(contract, case, trace, number, step) else { return Vec::new() };
        if let (Role::Gone { of } | Role::ReadBack { of, .. } | Role::Changed { of, .. }, None) = (&step.role, &paging)
            && trace.success(*of).is_some_and(by_task)
        {
            let before = step.role.since().and_then(|since| trace.first(since)).map(body_of);
            return vec![self.patiently(request, before).await];
        }
        let Some(paging) = paging else { return vec![self.send(request).await] };
        let mut exchanges = Vec::new();
        if step.role == Role::Pages {
            exchanges.extend(self.walk(&request, paging, SHORT_PAGE).await);
        }
        // The whole comes last, and takes several requests where the target gives less than it is asked for.
        let whole = self.walk(&request, paging, LONG_PAGE).await;
        let is_refused = whole.first().is_some_and(|exchange| exchange.success().is_none());
        exchanges.extend(whole);
        if is_refused && step.caller == Caller::Main {
            exchanges.extend(self.walk(&request, paging, SAFE_PAGE).await);
        }
        exchanges
    }

    /// The pages of a list.
    async fn walk(&self, request: &Request, paging: Paging, limit: usize) -> Vec<Exchange> {
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut start: Option<Value> = None;
        let mut seen = 0;
        while exchanges.len() < MOST_PAGES {
            let joint = if request.path.contains('?') { '&' } else { '?' };
            let mut path = format!("{}{joint}{}={limit}", request.path, paging.limit);
            if let Some(start) = &start {
                path = format!("{path}&{}={}", paging.start, escaped(&mark::text(start)));
            }
            let exchange = self.send(Request { path, ..request.clone() }).await;
            let page = exchange.success().map(|answer| answer.json()).unwrap_or_default();
            exchanges.push(exchange);
            seen += items(&page).map_or(0, Vec::len);
            start = paging.next(&page, seen);
            if start.is_none() {
                break;
            }
        }
        exchanges
    }

    /// The things that an answer says have addresses.
    async fn follow(&self, trace: &Trace, of: usize, step: &Step) -> Vec<Exchange> {
        let Some(answer) = trace.success(of) else { return Vec::new() };
        let mut exchanges = Vec::new();
        // Where the address is another than asked at is judged elsewhere; here the path counts.
        for path in telling(&answer.json()) {
            let request = Request { method: http::Method::GET, path, body: Body::Empty, caller: step.caller };
            exchanges.push(self.send(request).await);
        }
        exchanges
    }

    /// Asks until what a task is doing can be seen, or for as long as a task may take.
    async fn patiently(&self, request: Request, before: Option<Value>) -> Exchange {
        let mut exchange = self.send(request.clone()).await;
        for _ in 0..MOST_LOOKS {
            let is_done = match &before {
                Some(before) => body_of(&exchange) != *before,
                None => exchange.success().is_none(),
            };
            if is_done {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            exchange = self.send(request.clone()).await;
        }
        exchange
    }

    async fn send(&self, request: Request) -> Exchange {
        let result = self.target.answer(&request).await;
        Exchange { request, result }
    }

    /// The request of a step; nothing when an answer it needs lacks what is needed.
    pub fn request(
        &self,
        contract: &Contract,
        case: &Case,
        trace: &mut Trace,
        number: usize,
        step: &Step,
    ) -> Option<Request> {
        request(contract, number, step, &mut |scope, mark| self.known(case, trace, scope, mark))
    }

    /// What a mark stands for.
    fn known(&self, case: &Case, trace: &mut Trace, scope: usize, mark: Mark) -> Option<Value> {
        match mark {
            Mark::Answer { step, attribute, number } => {
                let exchange = trace.first(step)?;
                let answer = exchange.success()?;
                let (body, place) = (answer.json(), answer.place().map(Value::from));
                // Where no body tells it, the address of what was made does.
                if attribute == "location" || body.is_null() && answer.is_success() && place.is_some() {
                    return place;
                }
                // Where the caller chose the name, no answer tells it.
                if body.is_null() && !case.steps[step].path.is_empty() {
                    let segment = exchange.request.path.split('?').next()?.rsplit('/').next()?;
                    return Some(Value::from(percent_encoding::percent_decode_str(segment).decode_utf8().ok()?));
                }
                mark::attribute(&body, &attribute, number)
            }
            Mark::Unique { form, index } => {
                let made = trace.unique.entry((scope, form.clone(), index)).or_insert_with(|| self.unique(&form));
                Some(made.clone())
            }
            Mark::Thing { .. } => None,
        }
    }

    fn unique(&self, form: &str) -> Value {
        let number = base36(self.names.fetch_add(1, Ordering::Relaxed));
        let name = format!("{}{number}", self.token);
        Value::from(match form {
            "key" => format!("H{name}").to_uppercase(),
            "email" => format!("harness.{name}@example.com"),
            "word" => format!("harness{name}"),
            _ => format!("Harness {name}"),
        })
    }
}

/// Whether an answer says that a task does what was asked.
fn by_task(answer: &Answer) -> bool {
    matches!(answer.status, 202 | 303) || answer.json().get("taskId").is_some()
}

/// What an answer says; null where there is none.
fn body_of(exchange: &Exchange) -> Value {
    exchange.result.as_ref().map(Answer::json).unwrap_or_default()
}

/// The request of a step, the `number`th of its case. `known` says what marks stand for, by the scope in which names
/// are the same.
pub fn request(
    contract: &Contract,
    number: usize,
    step: &Step,
    known: &mut impl FnMut(usize, Mark) -> Option<Value>,
) -> Option<Request> {
    let operation = &contract.operations()[step.operation];
    // Questions are repeated word for word. Paths name the same things in all steps, bodies new ones in each.
    let scope = match step.role {
        Role::Again { of } | Role::OtherVersion { of } | Role::As { of: Some(of) } => of,
        _ => number,
    };
    let mut replace = |value: &Value, scope: usize| mark::replace(value, &mut |mark| known(scope, mark).ok_or(())).ok();
    let mut path = operation.path.clone();
    if step.version == ApiVersion::V2 {
        path = path.replacen("/rest/api/3/", "/rest/api/2/", 1);
    }
    for name in parameters(&operation.path) {
        let (_, value) = step.path.iter().find(|(given, _)| given == name)?;
        path = path.replace(&format!("{{{name}}}"), &escaped(&mark::text(&replace(value, usize::MAX)?)));
    }
    let mut query = Vec::new();
    for (name, value) in &step.query {
        let value = replace(value, scope)?;
        // Lists are parameters that repeat.
        let mut values = value.as_array().cloned().unwrap_or_else(|| vec![value]);
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(mark::text(value)));
        query.extend(values.iter().map(|value| format!("{}={}", escaped(name), escaped(&mark::text(value)))));
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let body = match &step.body {
        Body::Json(body) => Body::Json(replace(body, scope)?),
        other => other.clone(),
    };
    Some(Request { method: operation.method.clone(), path, body, caller: step.caller })
}

/// Where the links of a body lead that tell the most: of each place the first and the last.
fn telling(body: &Value) -> Vec<String> {
    let mut known: Vec<(String, Vec<String>)> = Vec::new();
    for (place, link) in placed_links(body) {
        let Some(path) = link.find("/rest/").map(|at| link[at..].to_owned()) else { continue };
        match known.iter_mut().find(|(of, _)| *of == place) {
            Some((_, of)) => {
                of.truncate(1);
                of.push(path);
            }
            None => known.push((place, vec![path])),
        }
    }
    known.into_iter().flat_map(|(_, of)| of).take(MOST_LINKS).collect()
}

/// The names of an operation's query parameters.
pub fn query_parameters(contract: &Contract, operation: usize) -> Vec<String> {
    let (_, facts) = contract.source(&contract.operations()[operation]);
    let all = facts["parameters"].as_array().into_iter().flatten();
    all.filter(|facts| facts["in"] == "query").filter_map(|facts| facts["name"].as_str()).map(str::to_owned).collect()
}

/// All `self` links of a body, the outermost first, each once.
pub fn self_links(body: &Value) -> Vec<String> {
    placed_links(body).into_iter().map(|(_, link)| link).collect()
}

/// The same, with the places where they stand; the rows of a list are one place.
fn placed_links(body: &Value) -> Vec<(String, String)> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open = VecDeque::from([(String::new(), body)]);
    while let Some((place, value)) = open.pop_front() {
        match value {
            Value::Object(entries) => {
                if let Some(link) = entries.get("self").and_then(Value::as_str)
                    && seen.insert(link)
                {
                    found.push((place.clone(), link.to_owned()));
                }
                open.extend(entries.iter().map(|(name, entry)| (format!("{place}/{name}"), entry)));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (format!("{place}/*"), item))),
            _ => {}
        }
    }
    found
}

/// A text as it stands in an address.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A number in few characters.
pub fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize]));
        number /= 36;
        if number == 0 {
            break digits.iter().rev().collect();
        }
    }
}
