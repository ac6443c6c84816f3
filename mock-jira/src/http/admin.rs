//! Administration of the server itself, under `/_mock`, and its metrics.

pub mod requests;
pub mod sites;

use super::{error::JSON, server::Server};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Everything under `/_mock`.
pub fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .route("/_mock/ready", get(ready))
        .route("/_mock/info", get(info))
        .merge(requests::router())
        .merge(sites::router())
        .with_state(server)
}

/// JSON with a status.
pub fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
}

async fn health() -> Response {
    answer(StatusCode::OK, &json!({ "status": "up" }))
}

/// 200 when a request could be served now.
async fn ready(State(server): State<Arc<Server>>) -> Response {
    match server.db.list_sites().await {
        Ok(sites) => answer(StatusCode::OK, &json!({ "status": "ready", "sites": sites.len() })),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "not ready" }))
        }
    }
}

async fn info(State(server): State<Arc<Server>>) -> Response {
    let served =
        server.catalogue.iter().filter(|operation| server.served.serves(&operation.method, &operation.path)).count();
    let body = json!({
        "name": "mock-jira",
        "version": env!("CARGO_PKG_VERSION"),
        "auth": server.options.auth,
        "defaultSite": server.options.default_site,
        "operations": { "published": server.catalogue.iter().count(), "served": served },
    });
    answer(StatusCode::OK, &body)
}
