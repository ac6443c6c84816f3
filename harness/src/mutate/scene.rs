//! An answer in its context.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use http::Method;
use serde_json::Value;

use super::place::{self, Facts, Pattern};
use crate::{
    contract::{ApiVersion, Operation},
    run::{Session, case::Exchange, execute::query_parameters, links, paging::Paging},
    target::{Answer, Caller, Request},
};

/// What is known of the target.
pub struct Known {
    /// The run.
    pub(crate) session: Arc<Session>,
    /// The account of the caller.
    pub me: String,
    /// Another account.
    pub other: String,
    /// An answer of success of each operation.
    pub samples: HashMap<usize, Answer>,
    /// Operations that the target says it does not serve.
    pub unserved: BTreeSet<usize>,
}

impl Known {
    /// The requests that delete what was done.
    pub fn undo(&self, done: &[Exchange]) -> Vec<Request> {
        let mut open: Vec<Request> = Vec::new();
        for exchange in done {
            let request = &exchange.request;
            if request.method == Method::DELETE && exchange.success().is_some() {
                open.retain(|undo| undo.path != request.path);
            }
            if let Some(scene) = Scene::new(self, &request.method, &request.path, request.caller) {
                open.extend(self.session.undo(scene.index, exchange));
            }
        }
        open
    }
}

/// What was asked, of whom, by whom.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What is known of the target.
    pub known: &'a Known,
    /// The operation, by its number in the contract.
    pub index: usize,
    /// The version that was spoken.
    pub version: ApiVersion,
    /// Who asked.
    pub caller: Caller,
    /// The path and the query.
    pub path: &'a str,
    /// What makes two changes differ.
    pub nonce: u64,
}

impl<'a> Scene<'a> {
    /// The scene of a request, if the contract knows it.
    pub fn new(known: &'a Known, method: &Method, path: &'a str, caller: Caller) -> Option<Self> {
        let found = known.session.judge.conformance.contract().find(method, path)?;
        Some(Self { known, index: found.number, version: found.version, caller, path, nonce: 0 })
    }

    /// The run.
    pub fn session(&self) -> &'a Session {
        &self.known.session
    }

    /// The operation.
    pub fn operation(&self) -> &'a Operation {
        &self.known.session.judge.conformance.contract().operations()[self.index]
    }

    /// Whether it changes nothing.
    pub fn reads(&self) -> bool {
        let operation = self.operation();
        operation.method == Method::GET || self.known.session.judge.links.only_reads(operation)
    }

    /// The schema of a JSON answer, and the components that it names.
    pub fn schema(&self, status: u16) -> Option<(&'a Value, &'a Value)> {
        let (document, operation) = self.known.session.judge.conformance.contract().source(self.operation());
        let responses = &operation["responses"];
        let response = responses.get(status.to_string()).or_else(|| responses.get("default"))?;
        let schema = response["content"]["application/json"].get("schema")?;
        Some((schema, &document["components"]["schemas"]))
    }

    /// The kind of things that the operation is about.
    pub fn kind(&self) -> Option<&'a links::Kind> {
        let links = &self.known.session.judge.links;
        links.kind_of(self.operation()).and_then(|kind| links.kind(kind))
    }

    /// Whether the operation makes things.
    pub fn makes(&self) -> bool {
        self.kind().is_some_and(|kind| kind.create == Some(self.index))
    }

    /// Whether another operation reads what this one lists.
    pub fn row_is_read(&self) -> bool {
        let kinds = self.session().judge.links.kinds();
        kinds.iter().any(|(_, kind)| kind.list == Some(self.index) && kind.read.is_some())
    }

    /// How its lists are paged.
    pub fn paging(&self) -> Option<Paging> {
        Paging::of(&query_parameters(self.known.session.judge.conformance.contract(), self.index))
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// The last segment of the path.
    pub fn last_segment(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned()
    }
}

/// An answer that is looked at for many mutations: its body is read once.
pub struct Seen<'a> {
    /// The answer.
    pub answer: &'a Answer,
    body: OnceCell<Option<Value>>,
    places: OnceCell<BTreeMap<Pattern, Facts>>,
}

impl<'a> Seen<'a> {
    /// Looks at an answer.
    pub fn new(answer: &'a Answer) -> Self {
        Self { answer, body: OnceCell::new(), places: OnceCell::new() }
    }

    /// The body, if it is JSON.
    pub fn json(&self) -> Option<&Value> {
        self.body.get_or_init(|| serde_json::from_slice(&self.answer.body).ok()).as_ref()
    }

    /// The body of a success, if it is JSON.
    pub fn success(&self) -> Option<&Value> {
        self.json().filter(|_| self.answer.is_success())
    }

    /// The places that the body has and the contract knows.
    pub fn places(&self, scene: &Scene<'_>) -> &BTreeMap<Pattern, Facts> {
        let found = || self.json().map(|body| place::places(scene, self.answer.status, body)).unwrap_or_default();
        self.places.get_or_init(found)
    }

    /// The answer with another body.
    pub fn with(&self, body: &Value) -> Answer {
        with_body(self.answer, body)
    }
}

/// The body of an answer, if it is JSON.
pub fn json(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

/// An answer with another body.
pub fn with_body(answer: &Answer, body: &Value) -> Answer {
    Answer { body: body.to_string().into(), ..answer.clone() }
}
