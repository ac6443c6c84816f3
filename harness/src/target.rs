//! The server that is judged: how requests reach it, and how it is spared.
//!
//! Everything the harness sends goes through [`Target::send`], so that limits are kept, requests are counted and
//! credentials stay here: nothing that is printed, stored or compared ever holds one.

use std::{
    fmt, fs,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use reqwest::{Certificate, Client, ClientBuilder, Url, multipart, redirect};
use serde_json::Value;
use thiserror::Error;

mod curl;
mod pace;

use pace::Pace;

/// What is uploaded where a picture is wanted.
const PICTURE: &[u8] = include_bytes!("target/picture.png");

/// Requests a second below which a run would never end.
const SLOWEST: f64 = 0.01;

/// Where a target is and how it may be treated.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its address, with the path that comes before `/rest`, if any.
    pub url: String,
    /// Who the harness is.
    pub main: Credentials,
    /// Somebody who may do less.
    pub other: Option<Credentials>,
    /// How long one request may take.
    pub request_time_limit: Duration,
    /// Requests a second that are never exceeded.
    pub rate: Option<f64>,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// Whose certificates are believed where a target speaks HTTPS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those of the authorities that the system trusts.
    #[default]
    System,
    /// Those of the authority in a PEM file, too.
    Authority(PathBuf),
    /// All.
    Anyone,
}

impl Trust {
    /// That of who names an authority, or none, or wants to believe anyone.
    pub fn new(authority: Option<PathBuf>, anyone: bool) -> Self {
        match authority {
            _ if anyone => Self::Anyone,
            Some(file) => Self::Authority(file),
            None => Self::System,
        }
    }
}

impl Settings {
    /// An address, with the defaults for everything else.
    pub fn new(url: impl Into<String>, main: Credentials) -> Self {
        let request_time_limit = Duration::from_secs(30);
        Self { url: url.into(), main, other: None, request_time_limit, rate: None, trust: Trust::System }
    }
}

/// What proves who calls. Never printed.
#[derive(Clone)]
pub enum Credentials {
    /// Nothing.
    Anonymous,
    /// An account's address and an API token of it.
    Basic {
        /// The address.
        user: String,
        /// The token.
        token: String,
    },
    /// A token in a header.
    Bearer(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Basic { .. } => "Basic(…)",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

/// As whom a request is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Caller {
    /// The one that the harness was given.
    #[default]
    Main,
    /// The one who may do less.
    Other,
    /// Nobody.
    Anonymous,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path and the query, percent-encoded, as it follows the target's address.
    pub path: String,
    /// The body.
    pub body: Body,
    /// Who asks.
    pub caller: Caller,
}

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// Anything, with its media type.
    Raw {
        /// The `Content-Type`.
        media_type: String,
        /// What it says.
        text: String,
    },
    /// A small picture, as PNG.
    Picture,
    /// A form with one file in the part `file`.
    File {
        /// The file's name.
        name: String,
        /// What it holds.
        text: String,
    },
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; null when it isn't.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The end of the address that a `Location` header gives: what was made is known by it.
    pub fn place(&self) -> Option<&str> {
        self.header("location")?.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum TargetError {
    /// It took longer than one request may.
    #[error("no answer within {0:?}")]
    TooLate(Duration),
    /// The connection could not be made, or broke. The address is left out: it is known, and may be long.
    #[error("{0}")]
    Broken(String),
}

/// A server, and what is known of how it may be treated. Shared by reference between tasks.
pub struct Target {
    settings: Settings,
    base: Url,
    client: Client,
    pace: Pace,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Target {
    /// Prepares to speak to a target; nothing is sent yet.
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        let mut base = Url::parse(&settings.url)
            .with_context(|| format!("'{}' is no address: it begins with http:// or https://", settings.url))?;
        ensure!(matches!(base.scheme(), "http" | "https"), "the target's address begins with http:// or https://");
        ensure!(base.username().is_empty() && base.password().is_none(), "credentials don't belong into the address");
        let is_sound = settings.rate.is_none_or(|rate| rate >= SLOWEST);
        ensure!(is_sound, "the rate is a number of requests a second, at least {SLOWEST}");
        base.set_query(None);
        base.set_fragment(None);
        let mut client = Client::builder()
            .redirect(redirect::Policy::none())
            .user_agent(concat!("harness/", env!("CARGO_PKG_VERSION")));
        if matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            client = client.no_proxy();
        }
        client = match &settings.trust {
            Trust::System => client,
            Trust::Authority(file) => {
                let pem = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
                let certificates = Certificate::from_pem_bundle(&pem).with_context(|| file.display().to_string())?;
                ensure!(!certificates.is_empty(), "{} holds no certificate", file.display());
                certificates.into_iter().fold(client, ClientBuilder::add_root_certificate)
            }
            Trust::Anyone => client.danger_accept_invalid_certs(true),
        };
        let pace = Pace::new(settings.rate);
        let client = client.build()?;
        Ok(Self { settings, base, client, pace, requests: AtomicU64::default(), bytes: AtomicU64::default() })
    }

    /// The same at another address, with the same connections but a pace of its own.
    pub fn at(&self, address: &str, request_time_limit: Duration) -> anyhow::Result<Self> {
        let settings = Settings { url: address.to_owned(), request_time_limit, ..self.settings.clone() };
        let (base, pace) = (Url::parse(address)?, Pace::new(settings.rate));
        let client = self.client.clone();
        Ok(Self { settings, base, client, pace, requests: AtomicU64::default(), bytes: AtomicU64::default() })
    }

    /// The address, without a slash at its end.
    pub fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// What speaks to it.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// How long one request may take.
    pub fn request_time_limit(&self) -> Duration {
        self.settings.request_time_limit
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Bytes of bodies received so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether requests can be sent as that caller.
    pub fn knows(&self, caller: Caller) -> bool {
        match caller {
            Caller::Main | Caller::Anonymous => true,
            Caller::Other => self.settings.other.is_some(),
        }
    }

    /// Whether the harness is somebody for the target.
    pub fn has_credentials(&self) -> bool {
        !matches!(self.settings.main, Credentials::Anonymous)
    }

    /// Whether the target says of itself that it is there to be tested.
    pub async fn is_for_tests(&self) -> bool {
        let Ok(url) = self.base.join("/_mock/ready") else { return false };
        let Ok(answer) = self.client.get(url).timeout(self.settings.request_time_limit).send().await else {
            return false;
        };
        answer.status().is_success() && answer.json::<Value>().await.is_ok_and(|body| body["status"] == "ready")
    }

    /// Sends a request, and again as often as rate limits want it.
    pub async fn send(&self, request: &Request) -> Result<Answer, TargetError> {
        for attempt in 0.. {
            self.pace.wait().await;
            let answer = self.send_once(request).await?;
            if !self.pace.learn(&answer, attempt) {
                return Ok(answer);
            }
        }
        Err(TargetError::Broken("never ends".to_owned()))
    }

    /// The `curl` line of a request; credentials stand as variables of the shell.
    pub fn curl(&self, request: &Request) -> String {
        curl::line(self.address(), self.credentials(request.caller), request)
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, TargetError> {
        let started = Instant::now();
        let broken = |error: reqwest::Error| {
            if error.is_timeout() {
                TargetError::TooLate(self.settings.request_time_limit)
            } else {
                TargetError::Broken(causes(&error.without_url()))
            }
        };
        let url = format!("{}{}", self.address(), request.path);
        let mut sent = self.client.request(request.method.clone(), url).timeout(self.settings.request_time_limit);
        sent = sent.header(header::ACCEPT, "application/json");
        sent = match self.credentials(request.caller) {
            Credentials::Anonymous => sent,
            Credentials::Basic { user, token } => sent.basic_auth(user, Some(token)),
            Credentials::Bearer(token) => sent.bearer_auth(token),
        };
        sent = match &request.body {
            // Some refuse requests without a body, if they aren't told of which type it isn't (H-25).
            Body::Empty if request.method == Method::GET => sent,
            Body::Empty => sent.header(header::CONTENT_TYPE, "application/json"),
            Body::Json(body) => sent.json(body),
            Body::Raw { media_type, text } => sent.header(header::CONTENT_TYPE, media_type).body(text.clone()),
            Body::Picture => {
                sent.header("x-atlassian-token", "no-check").header(header::CONTENT_TYPE, "image/png").body(PICTURE)
            }
            Body::File { name, text } => {
                let part = multipart::Part::text(text.clone()).file_name(name.clone());
                sent.header("x-atlassian-token", "no-check").multipart(multipart::Form::new().part("file", part))
            }
        };
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = sent.send().await.map_err(broken)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.map_err(broken)?;
        self.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        Ok(Answer { status, headers, body, took: started.elapsed() })
    }

    fn credentials(&self, caller: Caller) -> &Credentials {
        match caller {
            Caller::Main => &self.settings.main,
            Caller::Other => self.settings.other.as_ref().unwrap_or(&Credentials::Anonymous),
            Caller::Anonymous => &Credentials::Anonymous,
        }
    }
}

/// An error with what caused it: the outermost says next to nothing.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        text = format!("{text}: {cause}");
        inner = cause.source();
    }
    text
}
