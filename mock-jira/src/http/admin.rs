//! Administration of the server itself, under `/_mock`, and its metrics.

pub mod audit;
pub mod filter_subscriptions;
pub mod jql_functions;
pub mod mail;
pub mod metrics;
pub mod openapi;
pub mod requests;
pub mod sites;
pub mod tokens;

use super::{
    error::JSON,
    server::{AuthMode, Server},
};
use crate::db;
use axum::{
    Router,
    extract::{
        FromRequest, FromRequestParts, Request, State,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::any,
};
use openapi::{Routes, about};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Everything under `/_mock`, and `/metrics`.
pub fn router(server: Arc<Server>) -> Router {
    let guarded = requests::routes()
        .merge(audit::routes())
        .merge(sites::routes())
        .merge(tokens::routes())
        .merge(mail::routes())
        .merge(filter_subscriptions::routes())
        .merge(jql_functions::routes())
        .guarded(|router| router.route_layer(middleware::from_fn_with_state(server.clone(), admit)));
    Routes::default()
        .get("/_mock/health", health, about("getHealth").answers::<Health>(200))
        .get("/_mock/ready", ready, about("getReadiness").answers::<Readiness>(200).answers::<Readiness>(503))
        .get("/_mock/info", info, about("getInfo").answers::<Info>(200))
        .merge(metrics::routes())
        .merge(guarded)
        .into_router()
        .route("/_mock", any(nothing))
        .route("/_mock/{*path}", any(nothing))
        .layer(CatchPanicLayer::new())
        .with_state(server)
}

/// JSON with a status.
pub fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(body) => (status, [(header::CONTENT_TYPE, JSON)], body).into_response(),
        Err(error) => Refused::from(error).into_response(),
    }
}

/// Why a request was not carried out.
#[derive(Serialize, JsonSchema)]
pub struct Refusal {
    message: String,
}

/// Why an administrator's request was not carried out.
#[derive(Debug)]
pub struct Refused(StatusCode, String);

impl Refused {
    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, message.into())
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        answer(self.0, &Refusal { message: self.1 })
    }
}

impl<E: Into<anyhow::Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        let error = error.into();
        if db::not_text(&error) {
            return Self::bad_request("Texts can't contain the character U+0000.");
        }
        tracing::error!(error = format!("{error:#}"), "administration failed");
        Self(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error".to_owned())
    }
}

macro_rules! extractor {
    ($name:ident, $trait:ident, $from:ident, $rejection:ty, $doc:literal) => {
        #[doc = $doc]
        #[derive($trait)]
        #[from_request(via(axum::extract::$from), rejection(Rejected))]
        pub struct $name<T>(pub T);

        impl From<$rejection> for Rejected {
            fn from(rejection: $rejection) -> Self {
                Self(Refused(rejection.status(), rejection.body_text()))
            }
        }
    };
}

extractor!(Body, FromRequest, Json, JsonRejection, "An administrator's request in JSON.");
extractor!(Query, FromRequestParts, Query, QueryRejection, "Its parameters.");
extractor!(Path, FromRequestParts, Path, PathRejection, "The variable part of its path.");

/// A request that can't be read.
#[derive(Debug)]
pub struct Rejected(Refused);

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Where the administration asks for a token, nobody else gets in.
async fn admit(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let Some(wanted) = &server.options.admin_token else { return next.run(request).await };
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given =
        given.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    // Compared as hashes, so that the time it takes tells nothing of the token.
    if given.is_some_and(|(_, token)| Sha256::digest(token.trim()) == Sha256::digest(wanted)) {
        return next.run(request).await;
    }
    let message = "The administration of this server asks for its token: Authorization: Bearer <token>.";
    let mut response = Refused(StatusCode::UNAUTHORIZED, message.to_owned()).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

async fn nothing() -> Refused {
    Refused::not_found("There is no such operation. /_mock/openapi/admin.json describes those that there are.")
}

#[derive(Serialize, JsonSchema)]
struct Health {
    status: &'static str,
}

async fn health() -> Response {
    answer(StatusCode::OK, &Health { status: "up" })
}

#[derive(Serialize, JsonSchema)]
struct Readiness {
    status: &'static str,
    /// How many there are; absent when that can't be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<usize>,
}

/// 200 when a request could be served now.
async fn ready(State(server): State<Arc<Server>>) -> Response {
    match server.db.list_sites().await {
        Ok(sites) => answer(StatusCode::OK, &Readiness { status: "ready", sites: Some(sites.len()) }),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, &Readiness { status: "not ready", sites: None })
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Info {
    name: &'static str,
    version: &'static str,
    auth: AuthMode,
    default_site: String,
    operations: Operations,
}

#[derive(Serialize, JsonSchema)]
struct Operations {
    published: usize,
    served: usize,
}

async fn info(State(server): State<Arc<Server>>) -> Response {
    let served =
        server.catalogue.iter().filter(|operation| server.served.serves(&operation.method, &operation.path)).count();
    let info = Info {
        name: "mock-jira",
        version: env!("CARGO_PKG_VERSION"),
        auth: server.options.auth,
        default_site: server.options.default_site.clone(),
        operations: Operations { published: server.catalogue.iter().count(), served },
    };
    answer(StatusCode::OK, &info)
}
