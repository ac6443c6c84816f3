//! The gate: every request to Jira passes here, in the order of H-36.
//!
//! It finds the site, the operation and the caller, refuses what Jira's front refuses, hands a
//! [`Call`] to the handler, and gives every answer its headers and every refusal its dialect.

use super::{
    call::{Call, Version},
    error::{self, Asked},
    headers,
    operations::{Dialect, Match, Operation},
    params::Params,
    server::{AuthMode, Server},
    views::Links,
};
use crate::{
    app::Context,
    db::sites::SiteAddress,
    domain::{failure::Failure, people::Caller, snapshot::Snapshot},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header},
    middleware::Next,
    response::IntoResponse,
};
use base64::Engine;
use chrono::Utc;
use futures::FutureExt;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use uuid::Uuid;

/// Reads that compare the snapshot's version themselves, in the statement that loads their data.
const OPTIMISTIC: [(Method, &str); 3] = [
    (Method::GET, "/rest/api/3/issue/{issueIdOrKey}"),
    (Method::GET, "/rest/api/3/search/jql"),
    (Method::POST, "/rest/api/3/search/jql"),
];

/// Lets a request through, or answers it.
pub async fn pass(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let request_id = Uuid::new_v4();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut about = About::default();
    let answered =
        AssertUnwindSafe(tokio::time::timeout(server.options.time_limit, dispatch(&server, request, next, &mut about)))
            .catch_unwind()
            .await;
    let mut response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => error::problem(StatusCode::SERVICE_UNAVAILABLE, "The request took too long.", uri.path()),
        Err(_) => {
            tracing::error!(%method, path = uri.path(), "a handler panicked");
            error::problem(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", uri.path())
        }
    };
    let elapsed = started.elapsed();
    headers::add(response.headers_mut(), request_id, elapsed);
    if let Some(account_id) = &about.account_id {
        headers::add_caller(response.headers_mut(), account_id);
    }
    tracing::info!(
        request_id = %request_id,
        site = about.site.as_deref().unwrap_or("-"),
        operation = about.operation.as_deref().unwrap_or("-"),
        caller = about.account_id.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        elapsed_us = elapsed.as_micros() as u64,
        %method,
        path = uri.path(),
        "request"
    );
    server.requests.record(request_id, &method, &uri, &about, response.status(), elapsed);
    response
}

/// What is known of a request, for the log.
#[derive(Debug, Default)]
pub struct About {
    /// The site's name.
    pub site: Option<String>,
    /// The operation's id.
    pub operation: Option<String>,
    /// Who called.
    pub account_id: Option<String>,
}

async fn dispatch(server: &Arc<Server>, request: Request, next: Next, about: &mut About) -> Response<Body> {
    match through(server, request, next, about).await {
        Ok(response) | Err(response) => response,
    }
}

/// The way of a request, as far as it gets.
async fn through(
    server: &Arc<Server>,
    mut request: Request,
    next: Next,
    about: &mut About,
) -> Result<Response<Body>, Response<Body>> {
    let (method, headers) = (request.method().clone(), request.headers().clone());
    front(&method, request.uri())?;
    let address = Address::read(server, request.uri(), &headers);
    let optimistic = |operation: &Operation| OPTIMISTIC.iter().any(|(m, path)| *m == method && *path == operation.path);
    let (path, version) = api_version(&address.path);

    let internal = |failure: Failure| refuse(&failure, Dialect::Classic, &address, &headers, &address.path);
    let operation = match server.catalogue.find(&method, &path, version) {
        Match::Operation(operation) => Some(operation),
        Match::OtherMethods(methods) if method == Method::OPTIONS => return Ok(options(&methods)),
        Match::OtherMethods(methods) => return Err(other_method(&method, &methods, &address.path)),
        Match::Nothing if address.path.starts_with("/rest/") => {
            let detail = format!("No endpoint {method} {}.", address.path); // H-18
            return Err(error::problem(StatusCode::NOT_FOUND, &detail, &address.path));
        }
        Match::Nothing => None,
    };
    let found = match operation {
        Some(operation) if optimistic(operation) => server.sites.remembered(&address.site).await,
        _ => server.sites.current(&address.site).await,
    };
    let mut site = found.map_err(&internal)?.ok_or_else(|| no_site(&address))?;
    about.site = Some(site.site.name.clone());
    let Some(operation) = operation else { return Ok(page(&site, &address)) };
    about.operation = Some(operation.id.clone());
    let refuse = |failure: Failure| refuse(&failure, operation.dialect(), &address, &headers, &address.path);

    let mut caller = identify(server, &site, &headers);
    if matches!(caller, Who::Nobody) && optimistic(operation) && headers.contains_key(header::AUTHORIZATION) {
        // The token may be newer than what is remembered.
        site = server.sites.current(&address.site).await.map_err(&internal)?.ok_or_else(|| no_site(&address))?;
        caller = identify(server, &site, &headers);
    }
    let caller = match caller {
        Who::Known(caller) => caller,
        Who::Nobody => Caller::default(),
        Who::Refused => {
            let body = json!({ "error": "Failed to parse Connect Session Auth Token" });
            return Err(error::json_answer(StatusCode::FORBIDDEN, body, HeaderValue::from_static("application/json"))); // H-23
        }
    };
    about.account_id = caller.account_id().map(str::to_owned);
    media_type(operation, &headers, &address.path)?;
    if caller.account.is_none() && !operation.anonymous {
        return Err(refuse(Failure::Unauthenticated));
    }
    if !server.served.serves(&operation.method, &operation.path) {
        return Err(not_yet(operation));
    }
    let failed_login = caller.account.is_none() && headers.contains_key(header::AUTHORIZATION);
    let call = Call {
        links: Links { base: site.site.base_url.clone().unwrap_or_else(|| address.base.clone()), version },
        params: Arc::new(Params::parse(request.uri().query().unwrap_or_default())),
        version,
        context: Context { db: server.db.clone(), now: site.site.clock.at(Utc::now()), site, caller },
        server: server.clone(),
    };
    request.extensions_mut().insert(call);
    *request.uri_mut() = with_path(request.uri(), &path);
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Arc<Failure>>() {
        response = self::refuse(&failure, operation.dialect(), &address, &headers, &address.path);
    }
    if failed_login {
        response.headers_mut().insert("x-seraph-loginreason", HeaderValue::from_static("AUTHENTICATED_FAILED")); // H-6
    }
    Ok(response)
}

/// How the request addressed a site.
#[derive(Debug)]
struct Address {
    site: SiteAddress,
    /// For links, without a slash at the end.
    base: String,
    /// Path below the site, runs of slashes collapsed (H-32).
    path: String,
    /// The gateway, whose unknown sites have an answer of their own.
    gateway: bool,
    unknown_cloud: bool,
}

impl Address {
    fn read(server: &Server, uri: &Uri, headers: &HeaderMap) -> Self {
        let options = &server.options;
        let host =
            headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(uri.authority().map(|a| a.as_str()));
        let host = host.unwrap_or("localhost");
        let scheme = if options.tls { "https" } else { "http" };
        let called = options
            .base_url
            .as_deref()
            .map_or_else(|| format!("{scheme}://{host}"), |url| url.trim_end_matches('/').to_owned());
        let path = collapse(uri.path());
        let name = host_site(host, options.base_url.as_deref()).unwrap_or_else(|| options.default_site.clone());
        let plain = |base, path, site| Self { site, base, path, gateway: false, unknown_cloud: false };
        if let Some((cloud, rest)) =
            path.strip_prefix("/ex/jira/").map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        {
            let id = Uuid::try_parse(cloud);
            return Self {
                site: SiteAddress::CloudId(id.clone().unwrap_or_default()),
                base: format!("{called}/ex/jira/{cloud}"),
                path: format!("/{rest}"),
                gateway: true,
                unknown_cloud: id.is_err(),
            };
        }
        if let Some((name, rest)) = path.strip_prefix("/_site/").map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        {
            return plain(format!("{called}/_site/{name}"), format!("/{rest}"), SiteAddress::Name(name.to_owned()));
        }
        // A host name of a site other than the advertised one keeps its own address in links.
        let base = match (&options.base_url, name == options.default_site) {
            (Some(_), false) => format!("{scheme}://{host}"),
            _ => called,
        };
        plain(base, path, SiteAddress::Name(name))
    }
}

/// The site that a host name stands for: the first label before `localhost`, the advertised host,
/// or Atlassian's own domain. Any other host is the plain address.
fn host_site(host: &str, base_url: Option<&str>) -> Option<String> {
    let host = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    let advertised = base_url.and_then(|url| url.parse::<Uri>().ok()).and_then(|uri| uri.host().map(str::to_owned));
    let parents = ["localhost", "atlassian.net"].into_iter().map(str::to_owned).chain(advertised);
    let host = host.to_ascii_lowercase();
    parents
        .filter_map(|parent| host.strip_suffix(&format!(".{parent}")).map(str::to_owned))
        .find(|name| !name.contains('.'))
}

fn collapse(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !collapsed.ends_with('/') {
            collapsed.push(character);
        }
    }
    collapsed
}

/// The path with version 3 in it, and the version that was called (H-34).
fn api_version(path: &str) -> (String, Version) {
    for (prefix, version) in [("/rest/api/2/", Version::V2), ("/rest/api/latest/", Version::V3)] {
        if let Some(rest) = path.strip_prefix(prefix) {
            return (format!("/rest/api/3/{rest}"), version);
        }
    }
    (path.to_owned(), Version::V3)
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

/// Whose credentials a request carries.
enum Who {
    Known(Caller),
    /// No credentials, or some that resolve to nobody.
    Nobody,
    /// An unreadable bearer token (H-23).
    Refused,
}

fn identify(server: &Server, site: &Snapshot, headers: &HeaderMap) -> Who {
    let credentials = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, value) = credentials.and_then(|text| text.split_once(' ')).unwrap_or_default();
    let token_owner = |token: &str| {
        let token = site.tokens.get(<[u8; 32]>::from(Sha256::digest(token.as_bytes())).as_slice())?;
        let alive = token.expires.is_none_or(|time| time > site.site.clock.at(Utc::now()));
        let usable = alive && (server.options.loopback || !token.well_known);
        let caller = site.caller(&token.account_id).filter(|_| usable)?;
        caller.account.as_ref().is_some_and(|account| account.active).then_some(caller)
    };
    let known = if scheme.eq_ignore_ascii_case("basic") {
        let decoded = base64::engine::general_purpose::STANDARD
            .decode(value.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.as_deref().and_then(|pair| pair.split_once(':')).and_then(|(email, token)| {
            let caller = token_owner(token)?;
            let own = caller.account.as_ref()?.email.as_ref()?.eq_ignore_ascii_case(email);
            own.then_some(caller)
        })
    } else if scheme.eq_ignore_ascii_case("bearer") {
        match token_owner(value.trim()) {
            None if server.options.auth == AuthMode::Strict => return Who::Refused,
            found => found,
        }
    } else {
        None
    };
    match known {
        Some(caller) => Who::Known(caller),
        None if server.options.auth == AuthMode::Permissive => administrator(site).map_or(Who::Nobody, Who::Known),
        None => Who::Nobody,
    }
}

/// Some account that administers the site.
fn administrator(site: &Snapshot) -> Option<Caller> {
    let mut callers: Vec<Caller> = site.accounts.keys().filter_map(|id| site.caller(id)).collect();
    callers.sort_by(|a, b| a.account_id().cmp(&b.account_id()));
    callers.into_iter().find(|caller| crate::domain::permission::Access::new(site, caller).administers())
}

/// A body must come in a form that the operation takes (H-24).
fn media_type(operation: &Operation, headers: &HeaderMap, path: &str) -> Result<(), Response<Body>> {
    if operation.consumes.is_empty() || operation.consumes.iter().any(|kind| kind == "*/*") {
        return Ok(());
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if operation.consumes.iter().any(|kind| *kind == essence) {
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

fn refuse(failure: &Failure, dialect: Dialect, address: &Address, headers: &HeaderMap, path: &str) -> Response<Body> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    error::render(failure, &Asked { dialect, path, site_url: &address.base, accept })
}

/// An operation that is published but not built yet.
fn not_yet(operation: &Operation) -> Response<Body> {
    let message =
        format!("The operation {} ({} {}) is not served yet.", operation.id, operation.method, operation.path);
    error::json_answer(StatusCode::NOT_IMPLEMENTED, json!({ "errorMessages": [message], "errors": {} }), error::JSON)
}

fn other_method(method: &Method, methods: &[&str], path: &str) -> Response<Body> {
    let detail = format!("Method '{method}' is not supported."); // H-19
    let mut response = error::problem(StatusCode::METHOD_NOT_ALLOWED, &detail, path);
    if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
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
    if address.gateway || address.unknown_cloud {
        let body = json!({
            "timestamp": Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Nanos, true),
            "status": 404,
            "error": "Not Found",
            "message": "No message available",
            "path": address.path,
        });
        let mut response =
            error::json_answer(StatusCode::NOT_FOUND, body, HeaderValue::from_static("application/json"));
        response.headers_mut().insert("x-failure-category", HeaderValue::from_static("FAILURE_CLIENT_TCS"));
        return response;
    }
    let mut response =
        error::plain(StatusCode::NOT_FOUND, "<html><body><h1>Page unavailable</h1></body></html>", "text/html");
    response.headers_mut().insert("atl-missing-tcs", HeaderValue::from_static("true"));
    response
}

/// The few things of a site that are no REST operations (H-33, A-6).
fn page(site: &Snapshot, address: &Address) -> Response<Body> {
    match address.path.as_str() {
        "/_edge/tenant_info" => {
            error::json_answer(StatusCode::OK, json!({ "cloudId": site.site.cloud_id }), error::JSON)
        }
        "/" => (StatusCode::FOUND, [(header::LOCATION, "/login.jsp?os_destination=%2Fdefault.jsp")]).into_response(),
        path if path.starts_with("/browse/") => error::plain(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sites_from_host_names() {
        let base = Some("https://jira.example.com");
        for (host, site) in [
            ("acme.localhost:8080", Some("acme")),
            ("ACME.localhost", Some("acme")),
            ("acme.atlassian.net", Some("acme")),
            ("acme.jira.example.com", Some("acme")),
            ("jira.example.com", None),
            ("localhost:8080", None),
            ("127.0.0.1:8080", None),
            ("[::1]:8080", None),
            ("mock-jira:8080", None),
            ("a.b.localhost", None),
        ] {
            assert_eq!(host_site(host, base).as_deref(), site, "{host}");
        }
    }

    #[test]
    fn collapses_slashes_and_reads_versions() {
        assert_eq!(collapse("//rest///api/3/field/"), "/rest/api/3/field/");
        assert_eq!(api_version("/rest/api/latest/field"), ("/rest/api/3/field".into(), Version::V3));
        assert_eq!(api_version("/rest/api/2/field"), ("/rest/api/3/field".into(), Version::V2));
    }
}
