//! The server: what is shared by all requests, and how they are dispatched.

use super::{
    admin::{self, metrics::Metrics, requests::RequestLog},
    agile,
    gate::{self, burst::Bursts},
    operations::Catalogue,
    platform,
    routes::Routes,
    views::kept::Kept,
};
use crate::{
    app::{sessions::Sessions, sites::Sites},
    db::Db,
};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

/// Who may call.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    clap::ValueEnum,
    serde::Deserialize,
    serde::Serialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum AuthMode {
    /// Jira's way: unknown credentials are anonymous.
    #[default]
    Strict,
    /// Anyone is an administrator.
    Permissive,
}

/// What an administrator of the server decides.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who may call.
    pub auth: AuthMode,
    /// Advertised address instead of the one that was called.
    pub base_url: Option<String>,
    /// The site of the plain address.
    pub default_site: String,
    /// Whether the server listens on loopback only, so that well-known tokens may work.
    pub loopback: bool,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Largest body of a request, in bytes.
    pub body_limit: usize,
    /// Longest time for a request, from its head to the head of its answer.
    pub time_limit: Duration,
    /// Longest time for the head of a request, from its first byte.
    pub header_time_limit: Duration,
    /// What the administration of the server asks for; open to all without one.
    pub admin_token: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            auth: AuthMode::Strict,
            base_url: None,
            default_site: crate::app::seed::DEMO.into(),
            loopback: true,
            tls: false,
            body_limit: 64 * 1024 * 1024,
            time_limit: Duration::from_secs(60),
            header_time_limit: Duration::from_secs(30),
            admin_token: None,
        }
    }
}

/// What all requests share.
#[derive(Debug)]
pub struct Server {
    /// The database.
    pub db: Db,
    /// What is remembered of sites.
    pub sites: Arc<Sites>,
    /// Who was seen lately.
    pub sessions: Sessions,
    /// Published operations.
    pub catalogue: Catalogue,
    /// Those that have a handler.
    pub served: Routes,
    /// What answers have in common.
    pub kept: Kept,
    /// What was received and answered.
    pub requests: RequestLog,
    /// Numbers for Prometheus.
    pub metrics: Metrics,
    /// How many requests each operation had lately.
    pub bursts: Bursts,
    /// An administrator's decisions.
    pub options: Options,
    /// Set when the server is to end: answers without an end of their own end then.
    pub stopping: CancellationToken,
}

/// All handlers of published operations.
pub fn routes() -> Routes {
    platform::routes().and(agile::routes())
}

impl Server {
    /// A server over a database that is up to date.
    pub fn new(db: Db, options: Options) -> anyhow::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            sites: Arc::new(Sites::new(db.clone())),
            db,
            sessions: Sessions::default(),
            catalogue: Catalogue::load()?,
            served: routes(),
            kept: Kept::default(),
            requests: RequestLog::default(),
            metrics: Metrics::default(),
            bursts: Bursts::default(),
            options,
            stopping: CancellationToken::new(),
        }))
    }

    /// Everything that is served: Jira behind the gate, and the administration of the server itself.
    pub fn service(self: &Arc<Self>) -> Router {
        let jira =
            routes().into_router().layer(DefaultBodyLimit::max(self.options.body_limit)).with_state(self.clone());
        // The gate stands before the router: it changes the path that is routed.
        let gated = tower::Layer::layer(&middleware::from_fn_with_state(self.clone(), gate::pass), jira);
        // Compression is last: it leaves event streams alone, and answers to clients that don't ask for it (T-19).
        admin::router(self.clone()).fallback_service(gated).layer(CompressionLayer::new())
    }
}
