//! What was received and answered: `/_mock/requests`.

use super::{
    Path, Query, Refused,
    openapi::{Routes, about},
};
use crate::http::{gate::About, server::Server};
use axum::{
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// The longest body that is remembered with its request, and how much of bodies in all, in bytes.
pub const LONGEST_KEPT: usize = 256 * 1024;
const KEPT: usize = 16 * 1024 * 1024;

/// How far a listener may fall behind before it misses requests.
const BEHIND: usize = 1_000;

/// The newest requests that this process answered. Kept in memory: it tells about the process, not about a site.
///
/// No headers are kept, and of bodies only JSON of operations, and so no secrets.
#[derive(Debug)]
pub struct RequestLog {
    entries: Mutex<VecDeque<Arc<Entry>>>,
    bodies: Mutex<Bodies>,
    live: broadcast::Sender<Arc<Entry>>,
}

/// One request and its answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    id: Uuid,
    method: String,
    path: String,
    query: Option<String>,
    #[serde(flatten)]
    about: About,
    status: u16,
    elapsed_microseconds: u64,
}

/// What was sent and answered, where it was JSON; of the newest requests.
#[derive(Debug, Default)]
struct Bodies {
    exchanges: VecDeque<(Uuid, Exchange)>,
    bytes: usize,
}

/// The bodies of a request and its answer.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// As it was sent.
    pub request: Option<Bytes>,
    /// As it was answered.
    pub answer: Option<Bytes>,
}

impl Exchange {
    fn bytes(&self) -> usize {
        [&self.request, &self.answer].into_iter().flatten().map(Bytes::len).sum()
    }
}

/// JSON as what it means, other text as it is.
fn readable(body: Option<Bytes>) -> Option<Value> {
    let body = body?;
    Some(serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into()))
}

/// Which requests are asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Filter {
    site: Option<String>,
    operation: Option<String>,
    method: Option<String>,
    status: Option<u16>,
    /// A part of the path.
    path: Option<String>,
    /// Only what was answered after this request.
    since: Option<Uuid>,
}

impl Filter {
    fn matches(&self, entry: &Entry) -> bool {
        let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
        is(&self.site, entry.about.site.as_deref())
            && is(&self.operation, entry.about.operation.as_deref())
            && is(&self.method, Some(&entry.method))
            && self.status.is_none_or(|status| status == entry.status)
            && self.path.as_ref().is_none_or(|part| entry.path.contains(part))
    }
}

impl Default for RequestLog {
    fn default() -> Self {
        Self { entries: Mutex::default(), bodies: Mutex::default(), live: broadcast::Sender::new(BEHIND) }
    }
}

impl RequestLog {
    /// Remembers a request, and tells those who listen.
    pub fn record(&self, id: Uuid, method: &Method, uri: &Uri, about: About, status: StatusCode, elapsed: Duration) {
        let entry = Arc::new(Entry {
            id,
            method: method.to_string(),
            path: uri.path().to_owned(),
            // A media address is signed by its query.
            query: uri.query().filter(|_| !uri.path().contains("/_media/")).map(str::to_owned),
            about,
            status: status.as_u16(),
            elapsed_microseconds: elapsed.as_micros() as u64,
        });
        let mut entries = self.entries();
        if entries.len() == REMEMBERED {
            entries.pop_front();
        }
        entries.push_back(entry.clone());
        // Under the lock, so that all see the same order. It fails if nobody listens, which is fine.
        let _ = self.live.send(entry);
    }

    /// Remembers what a request and its answer contained, before [`Self::record`] tells of it.
    pub fn keep(&self, id: Uuid, exchange: Exchange) {
        let size = exchange.bytes();
        if size == 0 {
            return;
        }
        let mut bodies = self.bodies();
        bodies.bytes += size;
        bodies.exchanges.push_back((id, exchange));
        while bodies.bytes > KEPT {
            let Some((_, forgotten)) = bodies.exchanges.pop_front() else { break };
            bodies.bytes -= forgotten.bytes();
        }
    }

    /// What is remembered, and what comes after that.
    fn look(&self, filter: &Filter) -> (Vec<Arc<Entry>>, broadcast::Receiver<Arc<Entry>>) {
        let entries = self.entries();
        // One that is forgotten is older than all that are remembered.
        let begin = entries.iter().position(|entry| Some(entry.id) == filter.since).map_or(0, |at| at + 1);
        let past = entries.iter().skip(begin).filter(|entry| filter.matches(entry)).cloned().collect();
        (past, self.live.subscribe())
    }

    /// Forgets all of them.
    pub fn forget(&self) {
        self.entries().clear();
        *self.bodies() = Bodies::default();
    }

    fn bodies(&self) -> MutexGuard<'_, Bodies> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Operations on the log.
pub fn routes() -> Routes {
    const STREAM: &str = "text/event-stream";
    Routes::default()
        .get("/_mock/requests", list, about("listRequests").query::<Filter>().answers::<List>(200).refuses(&[400]))
        .delete("/_mock/requests", clear, about("clearRequests").answers_nothing(204))
        .get(
            "/_mock/requests/stream",
            listen,
            about("streamRequests").query::<Filter>().answers_text(200, STREAM).refuses(&[400]),
        )
        .get("/_mock/requests/{id}", one, about("getRequest").answers::<Shown>(200).refuses(&[400, 404]))
}

#[derive(Serialize, JsonSchema)]
struct List {
    requests: Vec<Arc<Entry>>,
}

async fn list(State(server): State<Arc<Server>>, Query(filter): Query<Filter>) -> Response {
    super::answer(StatusCode::OK, &List { requests: server.requests.look(&filter).0 })
}

/// One request with its bodies.
#[derive(Serialize, JsonSchema)]
struct Shown {
    #[serde(flatten)]
    entry: Arc<Entry>,
    /// What was sent, if it was JSON and is still remembered; text if it was only meant to be.
    request: Option<Value>,
    /// What was answered, in the same way.
    answer: Option<Value>,
}

async fn one(State(server): State<Arc<Server>>, Path(id): Path<Uuid>) -> Result<Response, Refused> {
    let entry = server.requests.entries().iter().find(|entry| entry.id == id).cloned();
    let entry = entry.ok_or_else(|| Refused::not_found("No such request is remembered."))?;
    let exchange = server.requests.bodies().exchanges.iter().find(|(of, _)| *of == id).map(|(_, kept)| kept.clone());
    let Exchange { request, answer } = exchange.unwrap_or_default();
    let shown = Shown { entry, request: readable(request), answer: readable(answer) };
    Ok(super::answer(StatusCode::OK, &shown))
}

async fn clear(State(server): State<Arc<Server>>) -> StatusCode {
    server.requests.forget();
    StatusCode::NO_CONTENT
}

/// Requests as they are answered, as server-sent events; with `since`, those after it first.
async fn listen(State(server): State<Arc<Server>>, Query(filter): Query<Filter>) -> impl IntoResponse {
    let (past, live) = server.requests.look(&filter);
    let past = if filter.since.is_some() { past } else { Vec::new() };
    let events = stream::iter(past).map(|entry| event(&entry)).chain(follow(live, filter));
    let stopping = server.stopping.clone();
    Sse::new(events.take_until(stopping.cancelled_owned())).keep_alive(KeepAlive::default())
}

/// Requests from now on.
fn follow(live: broadcast::Receiver<Arc<Entry>>, filter: Filter) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((live, filter), |(mut live, filter)| async move {
        loop {
            let event = match live.recv().await {
                Ok(entry) if filter.matches(&entry) => event(&entry),
                Ok(_) => continue,
                Err(RecvError::Lagged(missed)) => Ok(Event::default().event("missed").data(missed.to_string())),
                Err(RecvError::Closed) => return None,
            };
            return Some((event, (live, filter)));
        }
    })
}

fn event(entry: &Entry) -> Result<Event, Infallible> {
    Ok(Event::default().event("request").id(entry.id.to_string()).data(json!(entry).to_string()))
}
