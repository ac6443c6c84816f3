//! What PostgreSQL tells of the statements it carries out.

use serde_json::Value;
use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

/// Statements told so far.
#[derive(Clone, Default)]
pub struct Plans(Arc<Mutex<Vec<Statement>>>);

/// A statement that was carried out.
pub struct Statement {
    plan: Value,
}

/// The URL of a database, with settings that have each connection explain its statements to its client, and log them
/// with their values.
pub fn explaining(url: &str) -> String {
    let settings = [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_level", "notice"),
        ("log_min_duration_statement", "0"),
    ];
    let mut url = url.to_owned();
    for (name, value) in settings {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&format!("options[{name}]={value}"));
    }
    url
}

impl Plans {
    /// Begins to listen.
    pub fn listen() -> Self {
        let plans = Self::default();
        let notices = filter_fn(|metadata| metadata.target() == "sqlx::postgres::notice");
        tracing_subscriber::registry().with(plans.clone().with_filter(notices)).init();
        plans
    }

    /// What was told since the last call.
    pub fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.0.lock().expect("plans"))
    }
}

impl<S: tracing::Subscriber> Layer<S> for Plans {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        event.record(&mut self.clone());
    }
}

impl Visit for Plans {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let told = value.split_once("plan:").filter(|_| field.name() == "message");
        let Some(plan) = told.and_then(|(_, plan)| serde_json::from_str::<Value>(plan).ok()) else { return };
        self.0.lock().expect("plans").push(Statement { plan: plan["Plan"].clone() });
    }
}

impl Statement {
    /// Whether it looks at a table.
    pub fn reads(&self, table: &str) -> bool {
        nodes(&self.plan).iter().any(|node| node["Relation Name"] == table)
    }

    /// Whether it reads all of a table.
    pub fn reads_through(&self, table: &str) -> bool {
        nodes(&self.plan).iter().any(|node| node["Node Type"] == "Seq Scan" && node["Relation Name"] == table)
    }

    /// What it reads, with the indexes or the table, and its sorts; from the outside in.
    pub fn shape(&self) -> String {
        let shown = |node: &&Value| {
            let kind = node["Node Type"].as_str().unwrap_or_default();
            match node["Index Name"].as_str().or(node["Relation Name"].as_str()) {
                Some(name) if kind.ends_with("Scan") => Some(format!("{kind} {name}")),
                _ => kind.ends_with("Sort").then(|| kind.to_owned()),
            }
        };
        let mut parts: Vec<String> = nodes(&self.plan).iter().filter_map(shown).collect();
        parts.dedup();
        parts.join(", ")
    }
}

fn nodes(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(nodes);
    [plan].into_iter().chain(below).collect()
}
