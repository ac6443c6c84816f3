//! What is wrong with the answers of a case.

use std::collections::{BTreeSet, HashSet};

use http::StatusCode;
use serde_json::Value;

use super::{
    case::{Case, Exchange, Role, Step, Trace},
    check::Check,
    execute::self_links,
    links::Links,
    mark::Mark,
    paging::{is_part, items},
};
use crate::{
    conform::{Conformance, Violation},
    contract::Operation,
    target::{Answer, Caller},
};

mod compare;
mod headers;
mod lists;
mod state;
mod told;

pub(crate) use compare::difference;
use compare::{Difference, disagreement, unwritten};

/// Something that does not hold.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The step that shows it.
    pub step: usize,
    /// The check.
    pub check: Check,
    /// What is wrong.
    pub message: String,
    /// Where in the body, as a JSON pointer.
    pub at: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

/// What came of judging a case.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Checks made: the operation, the check, and whether it held.
    pub checks: Vec<(usize, Check, bool)>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

/// What cases are judged by.
pub struct Judge {
    /// The contract.
    pub conformance: Conformance,
    /// How operations belong together.
    pub links: Links,
    /// The checks that are made.
    pub checks: BTreeSet<Check>,
    /// The target's address.
    pub address: String,
    /// Who the harness is.
    pub me: Value,
    /// Whether nobody in particular sees any project.
    pub is_closed: bool,
    /// Who is told that something is not there which is, and its address, without the version.
    pub hidden: HashSet<(Caller, String)>,
    /// Whether answers to known callers have been seen to tell where rate limits stand.
    pub tells_rate_limits: bool,
}

/// The judgement of one case in the making.
struct Bench<'a> {
    judge: &'a Judge,
    case: &'a Case,
    trace: &'a Trace,
    verdict: Verdict,
}

impl Judge {
    /// Judges a case, as far as it went.
    pub fn judge(&self, case: &Case, trace: &Trace) -> Verdict {
        self.judge_from(0, case, trace)
    }

    /// The same, without the steps before one: no step is judged by what comes after it.
    pub fn judge_from(&self, first: usize, case: &Case, trace: &Trace) -> Verdict {
        let mut bench = Bench { judge: self, case, trace, verdict: Verdict::default() };
        for (number, (step, exchanges)) in case.steps.iter().zip(&trace.steps).enumerate().skip(first) {
            for exchange in exchanges {
                bench.exchange(number, exchange);
            }
            if !exchanges.is_empty() {
                bench.step(number, step);
            }
        }
        bench.verdict
    }
}

impl<'a> Bench<'a> {
    /// What holds of every answer.
    fn exchange(&mut self, step: usize, exchange: &Exchange) {
        let answer = match &exchange.result {
            Ok(answer) => answer,
            Err(error) => return self.fail(step, Check::No5xx, format!("no answer: {error}"), "", "an answer", ""),
        };
        let status = answer.status.to_string();
        let failed = answer.status >= 500 && answer.status != 501;
        self.say(step, Check::No5xx, !failed, || format!("the target fails with {status}"), "no 5xx", &status);
        self.conformance(step, exchange, answer);
        self.asked(step, exchange, answer);
        self.rate_limits(step, exchange, answer);
        self.told(step, answer);
        if exchange.request.caller == Caller::Main {
            self.listed(step, answer);
        }
        if answer.is_success()
            && let Some(items) = items(&answer.json())
        {
            self.unique(step, items);
        }
    }

    /// What the contract says.
    fn conformance(&mut self, step: usize, exchange: &Exchange, answer: &Answer) {
        let Ok(status) = StatusCode::from_u16(answer.status) else { return };
        let content_type = answer.header("content-type");
        let conformance = &self.judge.conformance;
        let (method, path) = (&exchange.request.method, &exchange.request.path);
        let violations = conformance.check(method, path, status, content_type, &answer.body).err().unwrap_or_default();
        let made = if answer.is_success() {
            &[Check::DocumentedStatus, Check::ContentType, Check::Schema, Check::UndocumentedProperties][..]
        } else {
            &[Check::DocumentedStatus, Check::ErrorDialect][..]
        };
        for check in made {
            if !violations.iter().any(|violation| check_of(violation) == *check) {
                self.pass(step, *check);
            }
        }
        for violation in violations {
            let check = check_of(&violation);
            if answer.status >= 500 && check != Check::ErrorDialect && check != Check::DocumentedStatus {
                continue;
            }
            let (at, message) = match &violation {
                Violation::Schema { at, message } => (at.clone(), message.clone()),
                Violation::UndocumentedProperty { at, message } => (at.clone(), message.clone()),
                other => (String::new(), other.to_string()),
            };
            let (expected, actual) = match &violation {
                Violation::UndocumentedStatus { documented, found, .. } => {
                    let documented: Vec<_> = documented.iter().flatten().map(u16::to_string).collect();
                    (documented.join(", "), found.to_string())
                }
                Violation::UndocumentedContentType { found, documented } => (documented.join(", "), found.clone()),
                Violation::Schema { at, message } => (message.clone(), shown(answer.json().pointer(at))),
                _ => (String::new(), compare::excerpt(&String::from_utf8_lossy(&answer.body))),
            };
            self.fail(step, check, message, &at, &expected, &actual);
        }
    }

    /// What a step is for.
    fn step(&mut self, number: usize, step: &Step) {
        let Some(Ok(answer)) = self.trace.first(number).map(|exchange| &exchange.result) else { return };
        match &step.role {
            Role::Prepare | Role::Try | Role::Look => {}
            Role::Broken { of, rule } => {
                // Without a success before it, a refusal shows nothing; a success does.
                let says_nothing = answer.status >= 500;
                if !says_nothing && (of.is_none() || self.trace.success(of.unwrap_or_default()).is_some()) {
                    let refused = !answer.is_success();
                    let message = || format!("a request is accepted that has {rule}");
                    self.say(number, Check::NegativeRefused, refused, message, "a refusal", &answer.status.to_string());
                }
            }
            Role::Again { of } => self.same(number, *of, answer, Check::RepeatableGets),
            Role::OtherVersion { of } => self.same(number, *of, answer, Check::V2V3Agree),
            Role::As { of } => self.authorization(number, *of, step, answer),
            Role::Second { of } => self.second(number, *of, answer),
            Role::ReadBack { of, since } => self.read_back(number, *of, *since, answer),
            Role::Changed { of, since } => self.changed(number, *of, *since, answer),
            Role::Gone { of } => self.gone(number, *of, answer),
            Role::Contains { of } => self.contains(number, *of),
            Role::Unlisted { of, told } => self.unlisted(number, *of, *told),
            Role::Pages => self.pages(number),
            Role::Follow { of } => self.follow(number, *of),
        }
    }

    /// Two answers to one question.
    fn same(&mut self, number: usize, of: usize, answer: &Answer, check: Check) {
        let Some(first) = self.trace.success(of) else { return };
        let found = if first.status != answer.status {
            Some(Difference::new("", first.status, answer.status))
        } else {
            let other_version = check == Check::V2V3Agree;
            difference(&first.json(), &answer.json(), other_version, &|name| self.judge.links.is_volatile(name))
        };
        match found {
            None => self.pass(number, check),
            Some(Difference { at, left, right }) => {
                let message = match check {
                    Check::V2V3Agree => "version 2 says something else than version 3",
                    _ => "the same question has another answer",
                };
                self.fail(number, check, message.to_owned(), &at, &left, &right);
            }
        }
    }

    /// Those who may do less must not do what they may not.
    fn authorization(&mut self, number: usize, of: Option<usize>, step: &Step, answer: &Answer) {
        let operation = self.operation(number);
        let links = &self.judge.links;
        // What was made in this case for its maker alone: unless it was shared, or the site shares what nobody says.
        let made = step.path.last().and_then(|(_, value)| match Mark::read(value)? {
            Mark::Answer { step, .. } => self.trace.success(step).map(Answer::json),
            _ => None,
        });
        let is_shared = |made: &Value| {
            let lists = ["sharePermissions", "editPermissions"].map(|name| made[name].as_array());
            lists.into_iter().flatten().any(|list| !list.is_empty())
        };
        let is_private = made.is_some_and(|made| !is_shared(&made))
            && links.kind_of(operation).is_some_and(|kind| links.is_private(kind));
        let forbidden = match step.caller {
            Caller::Main => false,
            // Where nobody in particular sees no project, he sees nothing that is in one.
            Caller::Anonymous => {
                !operation.anonymous || is_private || self.judge.is_closed && links.is_below_project(operation)
            }
            // Jira's configuration is for administrators to change.
            Caller::Other => links.configures(operation) || is_private,
        };
        let succeeded = answer.is_success() || answer.status == 303;
        let personal = links.is_personal(operation);
        if forbidden {
            let who = if step.caller == Caller::Anonymous { "nobody in particular" } else { "one who may not" };
            let message = || format!("{who} may call it");
            self.say(number, Check::Authorization, !succeeded, message, "a refusal", &answer.status.to_string());
            return;
        }
        let hidden = &self.judge.hidden;
        if answer.is_success() && !hidden.is_empty() && !links.is_public(operation) {
            let is_hidden = |link: &String| hidden.contains(&(step.caller, address(link).to_owned()));
            let shown = self_links(&answer.json()).into_iter().find(is_hidden);
            let message = || "one is shown what he is told is not there".to_owned();
            let is_fair = shown.is_none();
            self.say(number, Check::Authorization, is_fair, message, "nothing of it", &shown.unwrap_or_default());
        }
        if let Some(all) = of.and_then(|of| self.trace.success(of)).filter(|_| succeeded && !personal) {
            let (all, seen) = (all.json(), answer.json());
            let is_part = is_part(&all);
            if let (Some(all), Some(seen)) = (items(&all), items(&seen)) {
                // Where he sees no project, he finds none, and nothing in one.
                let closed = step.caller == Caller::Anonymous && self.judge.is_closed;
                let is_project =
                    |row: &Value| row["self"].as_str().is_some_and(|link| address(link).starts_with("project/"));
                if closed && !all.is_empty() && (links.lists_projects(operation) || all.iter().all(is_project)) {
                    let message = || "one who may see nothing sees something".to_owned();
                    let number_seen = seen.len().to_string();
                    return self.say(number, Check::Authorization, seen.is_empty(), message, "nothing", &number_seen);
                }
                // What somebody else made, he may be the only one to see.
                let may_be_his = |row: &Value| {
                    let row = row.as_object().into_iter().flatten();
                    let mut makers = row.filter(|(name, _)| self.judge.links.tells_maker(name));
                    makers.any(|(_, maker)| maker["accountId"] != self.judge.me["accountId"])
                };
                let more = lists::more(all, seen.iter().filter(|row| !may_be_his(row)));
                if is_part && more.is_some() {
                    return; // it may be in another part
                }
                let message = || "one who may do less sees what the other does not".to_owned();
                let is_fair = more.is_none();
                self.say(number, Check::Authorization, is_fair, message, "no more", &more.unwrap_or_default());
            }
        }
    }

    /// The links of an answer lead somewhere.
    fn follow(&mut self, number: usize, of: usize) {
        let links = self.trace.success(of).map(|answer| self_links(&answer.json())).unwrap_or_default();
        for link in &links {
            let by_gateway = self.judge.address.contains("/ex/jira/");
            let here = by_gateway || link.starts_with(&format!("{}/rest/", self.judge.address));
            let message = || "a link leads elsewhere".to_owned();
            self.say(number, Check::SelfLinks, here, message, &self.judge.address, link);
        }
        let body = self.trace.success(of).map(|answer| answer.json()).unwrap_or_default();
        for exchange in &self.trace.steps[number] {
            let Ok(answer) = &exchange.result else { continue };
            // What a task does goes on between the two.
            let here = with_link(&body, &exchange.request.path).filter(|here| here.get("progress").is_none());
            if let (Some(here), Some(there)) = (here, exchange.success()) {
                // A page is another where it is asked for by itself.
                let volatile =
                    |name: &str| self.judge.links.is_volatile(name) || ["startAt", "maxResults"].contains(&name);
                match disagreement(here, &there.json(), &volatile) {
                    Some(Difference { at, left, right }) => {
                        let message = "where a link leads, something else is said".to_owned();
                        self.fail(number, Check::SelfLinks, message, &at, &left, &right);
                    }
                    None => self.pass(number, Check::SelfLinks),
                }
            }
            // What may not be read is there all the same; what isn't served yet can't be said.
            let path = exchange.request.path.clone();
            let leads = self.judge.links.is_dead(&path)
                || answer.is_success()
                || matches!(answer.status, 303 | 401 | 403 | 405 | 501);
            let status = answer.status.to_string();
            self.say(number, Check::SelfLinks, leads, || format!("a link leads nowhere: {path}"), "200", &status);
        }
    }

    fn operation(&self, step: usize) -> &'a Operation {
        &self.judge.conformance.contract().operations()[self.case.steps[step].operation]
    }

    fn pass(&mut self, step: usize, check: Check) {
        if self.judge.checks.contains(&check) {
            self.verdict.checks.push((self.case.steps[step].operation, check, true));
        }
    }

    fn fail(&mut self, step: usize, check: Check, message: String, at: &str, expected: &str, actual: &str) {
        if self.judge.checks.contains(&check) {
            self.verdict.checks.push((self.case.steps[step].operation, check, false));
            let (at, expected, actual) = (at.to_owned(), compare::excerpt(expected), compare::excerpt(actual));
            self.verdict.findings.push(Finding { step, check, message, at, expected, actual });
        }
    }

    fn say(
        &mut self,
        step: usize,
        check: Check,
        holds: bool,
        message: impl Fn() -> String,
        expected: &str,
        actual: &str,
    ) {
        if holds { self.pass(step, check) } else { self.fail(step, check, message(), "", expected, actual) }
    }
}

/// Where a link leads, without the host and the version.
pub fn address(link: &str) -> &str {
    let path = link.find("/rest/").map_or(link, |at| &link[at..]);
    ["/rest/api/2/", "/rest/api/3/"].iter().find_map(|version| path.strip_prefix(version)).unwrap_or(path)
}

fn check_of(violation: &Violation) -> Check {
    match violation {
        Violation::UnknownOperation { .. } | Violation::UndocumentedStatus { .. } => Check::DocumentedStatus,
        Violation::UndocumentedContentType { .. } | Violation::UnexpectedBody { .. } | Violation::NotJson { .. } => {
            Check::ContentType
        }
        Violation::MissingBody | Violation::Schema { .. } | Violation::Contract { .. } => Check::Schema,
        Violation::UndocumentedProperty { .. } => Check::UndocumentedProperties,
        Violation::ErrorDialect { .. } => Check::ErrorDialect,
    }
}

/// The outermost thing whose link to itself leads to a path.
fn with_link<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    let mut open = std::collections::VecDeque::from([body]);
    while let Some(value) = open.pop_front() {
        if value["self"].as_str().is_some_and(|link| link.ends_with(path)) {
            return Some(value);
        }
        match value {
            Value::Object(entries) => open.extend(entries.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    None
}

fn shown(value: Option<&Value>) -> String {
    value.map(Value::to_string).unwrap_or_default()
}
