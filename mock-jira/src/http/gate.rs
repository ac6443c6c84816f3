//! The gate: every request to Jira passes here, in the order of H-36.
//!
//! It finds the site, the operation and the caller, refuses what Jira's front refuses, hands a
//! [`Call`] to the handler, and gives every answer its headers and every refusal its dialect.

#![expect(clippy::result_large_err, reason = "a refusal here is a whole answer")]

mod address;
mod arrival;
pub(super) mod burst;
pub(super) mod caller;

use self::{
    address::{Address, api_version},
    arrival::{Arrival, is_json},
    burst::Burst,
    caller::{Who, attempted, identify},
};
use super::{
    admin::requests::{Exchange, LONGEST_KEPT},
    call::Call,
    error::{self, Asked},
    headers, media,
    operations::{Dialect, Match, Operation},
    params::Params,
    platform::avatars,
    server::Server,
    views::Links,
};
use crate::{
    app::{Context, logins},
    domain::{failure::Failure, people::Caller, snapshot::Snapshot},
};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header},
    middleware::Next,
    response::IntoResponse,
};
use chrono::Utc;
use futures::FutureExt;
use serde::Serialize;
use serde_json::json;
use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::{Instrument, Span, field::Empty};
use uuid::Uuid;

/// Reads that compare the snapshot's version themselves, in the statement that loads their data.
const OPTIMISTIC: [(Method, &str); 3] = [
    (Method::GET, "/rest/api/3/issue/{issueIdOrKey}"),
    (Method::GET, "/rest/api/3/search/jql"),
    (Method::POST, "/rest/api/3/search/jql"),
];

/// Lets a request through, or answers it.
pub async fn pass(State(server): State<Arc<Server>>, mut request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let request_id = Uuid::new_v4();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let span = tracing::info_span!(
        "request",
        %request_id,
        %method,
        path = uri.path(),
        site = Empty,
        operation = Empty,
        caller = Empty,
        status = Empty,
        elapsed_us = Empty,
        otel.kind = "server",
        otel.name = Empty,
    );
    let under_way = server.metrics.begin();
    let mut about = About::default();
    let arrival = Arrival::watch(&mut request);
    let answered = answer(&server, request, next, &arrival, &mut about).instrument(span.clone());
    let mut response = match AssertUnwindSafe(answered).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            span.in_scope(|| tracing::error!("a handler panicked"));
            error::problem(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", uri.path())
        }
    };
    let elapsed = started.elapsed();
    let status = response.status();
    headers::add(response.headers_mut(), status, request_id, elapsed);
    if let Some(account_id) = &about.account_id {
        headers::add_caller(response.headers_mut(), account_id);
    }
    if let Some(burst) = &about.burst {
        headers::add_burst(response.headers_mut(), burst);
    }
    about.tell(&span, response.status(), elapsed);
    under_way.end(&method, about.operation.as_deref(), response.status(), elapsed);
    let answer = copy(&mut response).await;
    server.requests.keep(request_id, Exchange { request: arrival.body(), answer });
    server.requests.record(request_id, &method, &uri, about, response.status(), elapsed);
    response
}

/// The body of an answer that is JSON and there as a whole, for the log of requests.
async fn copy(response: &mut Response<Body>) -> Option<Bytes> {
    let whole = response.body().size_hint().exact().is_some_and(|length| length <= LONGEST_KEPT as u64);
    if !whole || !is_json(response.headers()) {
        return None;
    }
    let bytes = axum::body::to_bytes(std::mem::take(response.body_mut()), LONGEST_KEPT).await.unwrap_or_default();
    *response.body_mut() = Body::from(bytes.clone());
    Some(bytes)
}

/// The answer, within the time for it.
async fn answer(
    server: &Arc<Server>,
    request: Request,
    next: Next,
    arrival: &Arrival,
    about: &mut About,
) -> Response<Body> {
    let path = request.uri().path().to_owned();
    match tokio::time::timeout(server.options.time_limit, through(server, request, next, about)).await {
        Ok(Ok(response) | Err(response)) => response,
        Err(_) if arrival.is_complete() => {
            tracing::warn!("took longer than the time limit");
            error::problem(StatusCode::SERVICE_UNAVAILABLE, "The request took too long.", &path)
        }
        Err(_) => error::problem(StatusCode::REQUEST_TIMEOUT, "The request body did not arrive in time.", &path),
    }
}

/// What is known of a request, for the log.
#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The site's name.
    pub site: Option<String>,
    /// The operation's id.
    pub operation: Option<String>,
    /// Who called.
    pub account_id: Option<String>,
    /// What is left of the burst limit, for who is known (H-9).
    #[serde(skip)]
    burst: Option<Burst>,
}

impl About {
    /// Completes the request's span, and logs its one line.
    fn tell(&self, span: &Span, status: StatusCode, elapsed: Duration) {
        let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        span.record("site", known(&self.site));
        span.record("operation", known(&self.operation));
        span.record("otel.name", self.operation.as_deref().unwrap_or("request"));
        span.record("caller", known(&self.account_id));
        span.record("status", status.as_u16());
        span.record("elapsed_us", elapsed.as_micros() as u64);
        span.in_scope(|| tracing::info!("answered"));
    }
}

/// A request as it came.
struct Incoming<'a> {
    server: &'a Arc<Server>,
    method: Method,
    headers: HeaderMap,
    address: Address,
}

impl<'a> Incoming<'a> {
    fn read(server: &'a Arc<Server>, request: &Request) -> Self {
        let (method, mut headers) = (request.method().clone(), request.headers().clone());
        if let Some(value) = headers.get_mut(header::AUTHORIZATION) {
            value.set_sensitive(true); // it is carried on, and must not be printed
        }
        let address = Address::read(server, request.uri(), &headers);
        Self { server, method, headers, address }
    }

    /// The site as it is, or as this server remembers it.
    async fn site(&self, remembered: bool) -> Result<Arc<Snapshot>, Response<Body>> {
        let (sites, address) = (&self.server.sites, &self.address.site);
        let found = if remembered { sites.remembered(address).await } else { sites.current(address).await };
        found.map_err(|failure| self.refuse(&failure, Dialect::Classic))?.ok_or_else(|| no_site(&self.address))
    }

    /// Whose credentials it carries.
    fn who(&self, site: &Snapshot) -> Who {
        identify(self.server, site, &self.address.site, self.headers.get(header::AUTHORIZATION))
    }

    /// The answer to a failure.
    fn refuse(&self, failure: &Failure, dialect: Dialect) -> Response<Body> {
        if let Failure::Internal(cause) = failure {
            self.server.db.distrust(cause);
        }
        let accept = self.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        error::render(failure, &Asked { dialect, path: &self.address.path, site_url: &self.address.base, accept })
    }
}

/// The way of a request, as far as it gets.
async fn through(
    server: &Arc<Server>,
    mut request: Request,
    next: Next,
    about: &mut About,
) -> Result<Response<Body>, Response<Body>> {
    front(request.method(), request.uri())?;
    let incoming = Incoming::read(server, &request);
    let Incoming { method, headers, address, .. } = &incoming;
    let (path, version) = api_version(&address.path);
    let asked = server.catalogue.find(method, &path, version);
    let optimistic = matches!(asked, Match::Operation(operation) if is_optimistic(method, operation));
    let mut site = incoming.site(optimistic).await?;
    about.site = Some(site.site.name.clone());
    let params = Params::parse(request.uri().query().unwrap_or_default());
    let operation = match asked {
        Match::Operation(operation) => operation,
        Match::OtherMethods(methods) => return other_method(&incoming, &site, &methods, about),
        Match::Nothing => return no_operation(&incoming, &site, &params).await,
    };
    about.operation = Some(operation.id.clone());

    let mut caller = admit(&incoming, &mut site, operation, optimistic).await?;
    caller.address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip());
    about.account_id = caller.account_id().map(str::to_owned);
    about.burst = caller.account.is_some().then(|| server.bursts.count(site.site.id, operation, method));
    let served = server.served.serves(&operation.method, &operation.path);
    if served {
        media_type(operation, headers, &address.path)?;
    }
    if caller.account.is_none() && !operation.anonymous {
        return Err(incoming.refuse(&Failure::Unauthenticated, operation.dialect()));
    }
    if !served {
        return Err(not_yet(operation));
    }
    let authorization = headers.get(header::AUTHORIZATION).cloned();
    let failed_login = caller.account.is_none() && authorization.is_some();
    let call = Call {
        links: Links { base: site.site.base_url.clone().unwrap_or_else(|| address.base.clone()), version },
        params: Arc::new(params),
        version,
        context: Context { db: server.db.clone(), now: site.site.clock.at(Utc::now()), site, caller },
        server: server.clone(),
        fresh: false,
        address: address.site.clone(),
        authorization,
    };
    server.sessions.note(&call);
    request.extensions_mut().insert(call);
    *request.uri_mut() = with_path(request.uri(), &path);
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Arc<Failure>>() {
        if matches!(*failure, Failure::Stale) {
            // Another server may have deleted the site since it was remembered.
            incoming.site(false).await?;
        }
        response = incoming.refuse(&failure, operation.dialect());
        headers::mark_uncached(operation, &mut response);
    }
    if failed_login {
        response.headers_mut().insert("x-seraph-loginreason", HeaderValue::from_static("AUTHENTICATED_FAILED")); // H-6
    }
    Ok(response)
}

fn is_optimistic(method: &Method, operation: &Operation) -> bool {
    OPTIMISTIC.iter().any(|(own, path)| own == method && *path == operation.path)
}

/// Who calls an operation, if they may call it at all. With a site that was only remembered, a token that nobody has
/// is looked up once more: it may be newer.
async fn admit(
    incoming: &Incoming<'_>,
    site: &mut Arc<Snapshot>,
    operation: &Operation,
    remembered: bool,
) -> Result<Caller, Response<Body>> {
    let authorization = incoming.headers.get(header::AUTHORIZATION);
    let mut who = incoming.who(site);
    if matches!(who, Who::Nobody | Who::Refused) && remembered && authorization.is_some() {
        *site = incoming.site(false).await?;
        who = incoming.who(site);
    }
    if site.site.settings.captcha_after.is_some()
        && let Some(account_id) = attempted(site, authorization)
    {
        let refuse = |failure| incoming.refuse(&failure, operation.dialect());
        let good = matches!(who, Who::Known(_));
        if logins::is_challenged(&incoming.server.db, &site.site, account_id, good).await.map_err(refuse)? {
            return Err(challenge(refuse(Failure::Unauthenticated), &incoming.address));
        }
    }
    let json = HeaderValue::from_static("application/json");
    let caller = match who {
        Who::Known(caller) => caller,
        Who::Nobody => Caller::default(),
        Who::Refused => {
            let body = json!({ "error": "Failed to parse Connect Session Auth Token" });
            return Err(error::json_answer(StatusCode::FORBIDDEN, body, json)); // H-23
        }
    };
    if caller.scopes.as_ref().is_some_and(|scopes| !operation.is_within(scopes)) {
        let body = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
        return Err(error::json_answer(StatusCode::UNAUTHORIZED, body, json));
    }
    Ok(caller)
}

/// The answer where a path is known, but not with the method.
fn other_method(
    incoming: &Incoming<'_>,
    site: &Snapshot,
    methods: &[&str],
    about: &mut About,
) -> Result<Response<Body>, Response<Body>> {
    let Incoming { method, address, .. } = incoming;
    if *method == Method::OPTIONS {
        let Who::Known(caller) = incoming.who(site) else {
            return Err(incoming.refuse(&Failure::Unauthenticated, Dialect::Classic)); // H-11
        };
        about.account_id = caller.account_id().map(str::to_owned);
        about.burst = Some(Burst::UNLIMITED);
        return Ok(options(methods));
    }
    let detail = format!("Method '{method}' is not supported."); // H-19
    let mut response = error::problem(StatusCode::METHOD_NOT_ALLOWED, &detail, &address.path);
    if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    Err(response)
}

/// The answer where there is no operation: perhaps there is a file, a picture or a page.
async fn no_operation(
    incoming: &Incoming<'_>,
    site: &Arc<Snapshot>,
    params: &Params,
) -> Result<Response<Body>, Response<Body>> {
    let Incoming { server, method, headers, address } = incoming;
    let internal = |failure| incoming.refuse(&failure, Dialect::Classic);
    if address.path.starts_with("/rest/") {
        let detail = format!("No endpoint {method} {}.", address.path); // H-18
        return Err(error::problem(StatusCode::NOT_FOUND, &detail, &address.path));
    }
    if let Some(id) = address.path.strip_prefix(media::PATH) {
        return media::answer(server, site, id, params, headers).await.map_err(internal);
    }
    let who = incoming.who(site);
    if let ("/login.jsp", Who::Known(caller)) = (address.path.as_str(), &who) {
        let account_id = caller.account_id().unwrap_or_default();
        logins::forget(&server.db, &site.site, account_id).await.map_err(internal)?;
    }
    Ok(avatars::page(&address.path, params).unwrap_or_else(|| page(site, address, &who)))
}

fn with_path(uri: &Uri, path: &str) -> Uri {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{query}").parse().unwrap_or_else(|_| uri.clone())
}

/// What the servers in front of Jira refuse (H-26), and what no identifier can be.
fn front(method: &Method, uri: &Uri) -> Result<(), Response<Body>> {
    let status = match method.as_str() {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" => {
            let decoded: Vec<u8> = percent_encoding::percent_decode_str(uri.path()).collect();
            let query: Vec<u8> = percent_encoding::percent_decode_str(uri.query().unwrap_or_default()).collect();
            if std::str::from_utf8(&decoded).is_ok() && !decoded.contains(&0) && !query.contains(&0) {
                return Ok(());
            }
            return Err(error::problem(StatusCode::BAD_REQUEST, "Invalid character in the address.", "/"));
        }
        "PATCH" => StatusCode::BAD_REQUEST,
        "TRACE" | "CONNECT" => StatusCode::METHOD_NOT_ALLOWED,
        other if other.len() <= 9 && other.bytes().all(|byte| byte.is_ascii_uppercase()) => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    Err(error::plain(status, "<html><body><h1>Bad Request</h1></body></html>", "text/html"))
}

/// A body must come in a form that the operation takes (H-24).
fn media_type(operation: &Operation, headers: &HeaderMap, path: &str) -> Result<(), Response<Body>> {
    if operation.consumes.is_empty() || operation.consumes.iter().any(|kind| kind == "*/*") {
        return Ok(());
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if operation.consumes.contains(&essence) {
        return Ok(());
    }
    let detail = match given {
        None => "Content-Type 'null' is not supported.".to_owned(),
        Some(_) if !essence.contains('/') => "Could not parse Content-Type.".to_owned(),
        Some(given) => format!("Content-Type '{given}' is not supported."),
    };
    let mut response = error::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail, path);
    if let Ok(value) = HeaderValue::from_str(&operation.consumes.join(", ")) {
        response.headers_mut().insert(header::ACCEPT, value);
    }
    Err(response)
}

/// Tells who has failed to log in too often where to do it instead (H-6, H-7).
fn challenge(mut refusal: Response<Body>, address: &Address) -> Response<Body> {
    let reason = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", address.base);
    if let Ok(reason) = HeaderValue::from_str(&reason) {
        refusal.headers_mut().insert("x-authentication-denied-reason", reason);
    }
    refusal.headers_mut().insert("x-seraph-loginreason", HeaderValue::from_static("AUTHENTICATION_DENIED"));
    refusal
}

/// An operation that is published but not built yet.
fn not_yet(operation: &Operation) -> Response<Body> {
    let message =
        format!("The operation {} ({} {}) is not served yet.", operation.id, operation.method, operation.path);
    error::json_answer(StatusCode::NOT_IMPLEMENTED, json!({ "errorMessages": [message], "errors": {} }), error::JSON)
}

/// H-11.
fn options(methods: &[&str]) -> Response<Body> {
    let mut all = methods.to_vec();
    if all.contains(&"GET") {
        all.push("HEAD");
    }
    all.push("OPTIONS");
    let mut response = error::plain(StatusCode::OK, "", "text/html;charset=UTF-8");
    response.headers_mut().insert(header::HeaderName::from_static("accept-patch"), HeaderValue::from_static(""));
    if let Ok(value) = HeaderValue::from_str(&all.join(",")) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// No such site: the gateway and a site's host answer differently (H-29, H-30).
fn no_site(address: &Address) -> Response<Body> {
    if let Some(path) = &address.gateway {
        let mut response = nothing_on_gateway(path);
        response.headers_mut().insert("x-failure-category", HeaderValue::from_static("FAILURE_CLIENT_TCS"));
        return response;
    }
    let mut response =
        error::plain(StatusCode::NOT_FOUND, "<html><body><h1>Page unavailable</h1></body></html>", "text/html");
    response.headers_mut().insert("atl-missing-tcs", HeaderValue::from_static("true"));
    response
}

/// H-30.
fn nothing_on_gateway(path: &str) -> Response<Body> {
    let body = json!({
        "timestamp": Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Nanos, true),
        "status": 404,
        "error": "Not Found",
        "message": "No message available",
        "path": path,
    });
    error::json_answer(StatusCode::NOT_FOUND, body, HeaderValue::from_static("application/json"))
}

/// The few things of a site that are no REST operations (H-33, A-6).
fn page(site: &Snapshot, address: &Address, who: &Who) -> Response<Body> {
    match address.path.as_str() {
        "/_edge/tenant_info" => {
            error::json_answer(StatusCode::OK, json!({ "cloudId": site.site.cloud_id }), error::JSON)
        }
        "/" | "/login.jsp" if matches!(who, Who::Known(_)) => {
            (StatusCode::FOUND, [(header::LOCATION, "/jira/for-you")]).into_response()
        }
        "/" => (StatusCode::FOUND, [(header::LOCATION, "/login.jsp?os_destination=%2Fdefault.jsp")]).into_response(),
        path if path == "/ex" || path.starts_with("/ex/") => nothing_on_gateway(path),
        path if path == "/login.jsp" || path.starts_with("/browse/") => error::plain(
            StatusCode::OK,
            "<!DOCTYPE html><html><head><title>Jira</title></head><body></body></html>",
            "text/html;charset=UTF-8",
        ),
        _ => error::plain(
            StatusCode::NOT_FOUND,
            "<html><body><h1>Page unavailable</h1></body></html>",
            "text/html;charset=UTF-8",
        ),
    }
}
