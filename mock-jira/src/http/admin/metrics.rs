//! Numbers for Prometheus: `/metrics`.

use super::openapi::{Routes, about};
use crate::http::server::Server;
use axum::{
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is counted. Labels never name sites or callers: their number has no bound.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Served, Histogram, fn() -> Histogram>,
    under_way: Gauge,
    connections: Gauge,
    free_connections: Gauge,
    statements: Counter,
    memory: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Served {
    method: &'static str,
    operation: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    operation: String,
    status: u16,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("mock_jira");
        let requests = Family::default();
        let durations: Family<Served, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let gauge = |registry: &mut Registry, name: &str, help: &str| {
            let gauge: Gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let under_way = gauge(&mut registry, "requests_under_way", "Requests that are not answered yet");
        let connections = gauge(&mut registry, "database_connections", "Open connections to the database");
        let free_connections = gauge(&mut registry, "database_connections_free", "Those that nobody uses");
        let statements = Counter::default();
        registry.register("database_statements", "Statements that requests sent to the database", statements.clone());
        registry.register("requests", "Requests that were answered", requests.clone());
        registry.register_with_unit("request_duration", "Time to the answer", Unit::Seconds, durations.clone());
        let memory = Gauge::default();
        registry.register_with_unit("resident_memory", "Memory of the process", Unit::Bytes, memory.clone());
        Self { registry, requests, durations, under_way, connections, free_connections, statements, memory }
    }
}

impl Metrics {
    /// A request begins. It is under way until this is dropped, whatever happens to it.
    pub fn begin(&self) -> UnderWay<'_> {
        self.under_way.inc();
        UnderWay(self)
    }
}

/// A request that is not answered yet.
#[derive(Debug)]
pub struct UnderWay<'a>(&'a Metrics);

impl UnderWay<'_> {
    /// Counts the request as answered.
    pub fn end(self, method: &Method, operation: Option<&str>, status: StatusCode, elapsed: Duration) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            "OPTIONS" => "OPTIONS",
            // Clients may invent methods without end.
            _ => "other",
        };
        let operation = operation.unwrap_or("none").to_owned();
        let served = Served { method, operation: operation.clone() };
        self.0.durations.get_or_create(&served).observe(elapsed.as_secs_f64());
        self.0.requests.get_or_create(&Answered { method, operation, status: status.as_u16() }).inc();
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.dec();
    }
}

/// The numbers' page.
pub fn routes() -> Routes {
    Routes::default().get("/metrics", page, about("getMetrics").answers_text(200, "application/openmetrics-text"))
}

async fn page(State(server): State<Arc<Server>>) -> Response {
    let metrics = &server.metrics;
    let pool = server.db.pool_status();
    metrics.connections.set(pool.size as i64);
    metrics.free_connections.set(pool.available as i64);
    metrics.statements.inner().store(server.db.statements(), Ordering::Relaxed);
    metrics.memory.set(resident_memory().unwrap_or_default());
    let mut body = String::new();
    match text::encode(&mut body, &metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Err(error) => super::Refused::from(anyhow::Error::from(error)).into_response(),
    }
}

/// In bytes; known on Linux only.
fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<i64>().ok()? * 1024)
}
