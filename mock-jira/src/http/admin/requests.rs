//! What was received and answered: `/_mock/requests`.

use crate::http::{gate::About, server::Server};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{Method, StatusCode, Uri},
    response::Response,
    routing::get,
};
use serde::Serialize;
use serde_json::json;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use uuid::Uuid;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// The newest requests that this process answered. Kept in memory: it tells about the process, not about a site.
#[derive(Debug, Default)]
pub struct RequestLog(Mutex<VecDeque<Arc<Entry>>>);

/// One request and its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    id: Uuid,
    method: String,
    path: String,
    query: Option<String>,
    site: Option<String>,
    operation: Option<String>,
    account_id: Option<String>,
    status: u16,
    elapsed_microseconds: u64,
}

impl RequestLog {
    /// Remembers a request.
    pub fn record(&self, id: Uuid, method: &Method, uri: &Uri, about: &About, status: StatusCode, elapsed: Duration) {
        let entry = Entry {
            id,
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            site: about.site.clone(),
            operation: about.operation.clone(),
            account_id: about.account_id.clone(),
            status: status.as_u16(),
            elapsed_microseconds: elapsed.as_micros() as u64,
        };
        let mut entries = self.entries();
        if entries.len() == REMEMBERED {
            entries.pop_front();
        }
        entries.push_back(Arc::new(entry));
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Operations on the log.
pub fn router() -> Router<Arc<Server>> {
    Router::new().route("/_mock/requests", get(list).delete(clear)).route("/_mock/requests/{id}", get(one))
}

async fn list(State(server): State<Arc<Server>>, Query(filter): Query<HashMap<String, String>>) -> Response {
    let matches = |entry: &Arc<Entry>| {
        let is = |name: &str, value: Option<&str>| filter.get(name).is_none_or(|wanted| Some(wanted.as_str()) == value);
        is("site", entry.site.as_deref())
            && is("operation", entry.operation.as_deref())
            && is("method", Some(&entry.method))
            && is("status", Some(&entry.status.to_string()))
            && filter.get("path").is_none_or(|part| entry.path.contains(part))
    };
    let entries: Vec<Arc<Entry>> = server.requests.entries().iter().filter(|entry| matches(entry)).cloned().collect();
    super::answer(StatusCode::OK, &json!({ "requests": entries }))
}

async fn one(State(server): State<Arc<Server>>, Path(id): Path<Uuid>) -> Response {
    let entry = server.requests.entries().iter().find(|entry| entry.id == id).cloned();
    match entry {
        Some(entry) => super::answer(StatusCode::OK, &json!(entry)),
        None => super::answer(StatusCode::NOT_FOUND, &json!({ "message": "No such request is remembered." })),
    }
}

async fn clear(State(server): State<Arc<Server>>) -> StatusCode {
    server.requests.entries().clear();
    StatusCode::NO_CONTENT
}
