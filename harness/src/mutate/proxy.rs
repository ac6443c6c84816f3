//! The proxy: it stands between the harness, or any other client, and a target.
//!
//! A path that begins with `/~name` goes by the channel of that name, any other by the standing mutant, if there is one.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::Client;
use serde_json::Value;

use super::{channel::Channel, standing::Standing};
use crate::{
    run::case::Exchange,
    target::{self, Answer, Caller, Credentials, Settings, Target},
};

/// Larger bodies are no business of Jira's API.
const MOST_BYTES: usize = 64 << 20;

/// Headers that are about a connection, or about what is changed here.
const OWN: [HeaderName; 6] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::ACCEPT_ENCODING,
    header::EXPECT,
];

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The method.
    pub method: Method,
    /// The path and the query, as the target knows them.
    pub path: String,
    /// The headers, but for those of the connection.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Who asks.
    pub caller: Caller,
}

impl Ask {
    /// The body, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// What was asked and answered, as the run knows it.
    pub fn exchange(&self, truth: &Answer) -> Exchange {
        let (method, path) = (self.method.clone(), self.path.clone());
        let request = target::Request { method, path, body: target::Body::Empty, caller: self.caller };
        Exchange { request, result: Ok(truth.clone()) }
    }

    /// What the body is, without parameters.
    pub fn media_type(&self) -> String {
        let named = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        named.split(';').next().unwrap_or_default().trim().to_owned()
    }
}

/// The target behind the proxy.
pub struct Upstream {
    client: Client,
    /// Its address.
    target: String,
    /// The proxy's own, which stands for it.
    own: String,
    /// What proves that the main caller asks.
    main: Option<HeaderValue>,
}

impl Upstream {
    /// Asks the target. When it does not answer, that is a 502.
    pub async fn forward(&self, ask: &Ask) -> Answer {
        let started = Instant::now();
        let url = format!("{}{}", self.target, ask.path);
        let body = replaced(&ask.body, &self.own, &self.target);
        let request = self.client.request(ask.method.clone(), url).headers(ask.headers.clone()).body(body);
        let answer = async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, response.bytes().await?))
        };
        match answer.await {
            Ok((status, mut headers, body)) => {
                OWN.iter().for_each(|name| drop(headers.remove(name)));
                if let Some(place) = headers.get(header::LOCATION).and_then(|value| value.to_str().ok())
                    && let Ok(place) = HeaderValue::from_str(&place.replace(&self.target, &self.own))
                {
                    headers.insert(header::LOCATION, place);
                }
                let body = replaced(&body, &self.target, &self.own);
                Answer { status, headers, body, took: started.elapsed() }
            }
            Err(error) => {
                let body = Bytes::from(format!("The target does not answer: {error}"));
                Answer { status: 502, headers: HeaderMap::new(), body, took: started.elapsed() }
            }
        }
    }

    /// The same request, as the main caller.
    pub fn as_main(&self, ask: &Ask) -> Ask {
        let mut ask = Ask { caller: Caller::Main, ..ask.clone() };
        if let Some(main) = &self.main {
            ask.headers.insert(header::AUTHORIZATION, main.clone());
        }
        ask
    }

    /// A request of the main caller, without a body.
    pub fn ask(&self, request: &target::Request) -> Ask {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("application/json"))]);
        let (method, path) = (request.method.clone(), request.path.clone());
        self.as_main(&Ask { method, path, headers, body: Bytes::new(), caller: Caller::Main })
    }

    /// The main caller reads.
    pub fn get(&self, path: &str) -> Ask {
        let (body, caller) = (target::Body::Empty, Caller::Main);
        self.ask(&target::Request { method: Method::GET, path: path.to_owned(), body, caller })
    }

    fn caller(&self, headers: &HeaderMap) -> Caller {
        match headers.get(header::AUTHORIZATION) {
            None => Caller::Anonymous,
            sent if sent == self.main.as_ref() => Caller::Main,
            Some(_) => Caller::Other,
        }
    }
}

/// A proxy that listens.
pub struct Proxy {
    upstream: Upstream,
    channels: RwLock<HashMap<String, Arc<Channel>>>,
    /// What stands in it for those who name no channel.
    pub standing: Standing,
}

impl Proxy {
    /// Begins to listen. The proxy ends with the runtime.
    pub async fn start(settings: &Settings, listen: SocketAddr) -> anyhow::Result<Arc<Self>> {
        let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
        let target = Target::new(settings.clone())?;
        let main = match &settings.main {
            Credentials::Anonymous => None,
            Credentials::Basic { user, token } => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{token}"))))
            }
            Credentials::Bearer(token) => Some(format!("Bearer {token}")),
        };
        let upstream = Upstream {
            client: target.client().clone(),
            target: target.address().to_owned(),
            own: format!("http://{}", listener.local_addr()?),
            main: main.map(|main| HeaderValue::from_str(&main)).transpose()?,
        };
        let proxy = Arc::new(Self { upstream, channels: RwLock::default(), standing: Standing::default() });
        let router = Router::new().fallback(answer).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(proxy)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.upstream.own
    }

    /// Opens a channel, and tells its address.
    pub fn open(&self, name: &str, channel: Arc<Channel>) -> String {
        self.channels.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), channel);
        format!("{}/~{name}", self.upstream.own)
    }

    /// Closes a channel.
    pub fn close(&self, name: &str) {
        self.channels.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    async fn answer(&self, request: Request) -> Answer {
        let (parts, body) = request.into_parts();
        let whole = parts.uri.path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
        let body = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
        if whole.starts_with("/__mutant") {
            return self.standing.control(&parts.method, &whole, &body);
        }
        let (name, path) = match whole.strip_prefix("/~").and_then(|rest| rest.split_once('/')) {
            Some((name, path)) => (Some(name), format!("/{path}")),
            None => (None, whole.clone()),
        };
        let mut headers = parts.headers;
        OWN.iter().for_each(|name| drop(headers.remove(name)));
        let caller = self.upstream.caller(&headers);
        let ask = Ask { method: parts.method, path, headers, body, caller };
        let channel = match name {
            Some(name) => self.channels.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned(),
            None => self.standing.channel(),
        };
        match channel {
            Some(channel) => channel.answer(&self.upstream, ask).await,
            None => self.upstream.forward(&ask).await,
        }
    }
}

async fn answer(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let answer = proxy.answer(request).await;
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = answer.headers;
    response
}

/// A text with one address for another.
fn replaced(body: &Bytes, from: &str, to: &str) -> Bytes {
    match std::str::from_utf8(body) {
        Ok(text) if text.contains(from) => text.replace(from, to).into(),
        _ => body.clone(),
    }
}

/// How long late answers take, where nobody says.
pub const LATENCY: Duration = Duration::from_secs(40);
