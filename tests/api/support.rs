//! The world of a test: a site of its own, and clients that check every answer against the contract.

use harness::{
    conform::Conformance,
    coverage::{self, Seen},
};
use http::{HeaderMap, Method, StatusCode};
use mock_jira::MockJira;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    path::Path,
    sync::{LazyLock, Mutex, OnceLock},
};

/// The one server of this process. It runs on a thread of its own, since each test has its own runtime.
static SERVER: LazyLock<String> = LazyLock::new(|| {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mock = MockJira::builder().start().await.expect("a server");
            send.send(mock.url()).expect("a listener");
            std::future::pending::<()>().await
        });
    });
    receive.recv().expect("the server's address")
});

static CONTRACT: LazyLock<Conformance> =
    LazyLock::new(|| Conformance::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).expect("the contracts"));

/// Whether a site has records of what was done that it did not have when this was last asked.
async fn recorded(site: &str) -> bool {
    static NEWEST: LazyLock<Mutex<HashMap<String, i64>>> = LazyLock::new(Mutex::default);
    let after = NEWEST.lock().expect("no panic").get(site).copied().unwrap_or_default();
    let url = format!("{}/_mock/audit?site={site}&after={after}&limit=1000", server());
    let found: Value = http_client().get(url).send().await.expect("an answer").json().await.expect("records");
    let next = found["next"].as_i64().expect("a number");
    NEWEST.lock().expect("no panic").insert(site.to_owned(), next);
    next > after
}

/// The address of the server of this process.
pub fn server() -> &'static str {
    &SERVER
}

/// A site of its own for one test, with the accounts of the demo site.
pub struct World {
    /// The site's name.
    pub name: String,
    base: String,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as JSON; null if it is empty.
    pub fn json(&self) -> Value {
        if self.bytes.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| Value::from(self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }

    /// A refusal in the classic envelope (H-12).
    #[track_caller]
    pub fn refused(&self, status: u16, messages: &[&str], errors: Value) {
        assert_eq!(self.expect(status), json!({ "errorMessages": messages, "errors": errors }));
    }
}

/// A caller of a site.
pub struct Client {
    base: String,
    credentials: Option<Credentials>,
}

enum Credentials {
    Basic(String, String),
    Bearer(String),
}

impl World {
    /// A site with accounts and configuration, without projects.
    pub async fn empty() -> Self {
        Self::from_template("empty").await
    }

    /// A site like the demo site.
    pub async fn demo() -> Self {
        Self::from_template("demo").await
    }

    async fn from_template(template: &str) -> Self {
        let made = http_client()
            .post(format!("{}/_mock/sites", server()))
            .json(&json!({ "template": template }))
            .send()
            .await
            .expect("a site");
        let site: Value = made.json().await.expect("a site");
        let name = site["name"].as_str().expect("a name").to_owned();
        Self { base: format!("{}/_site/{name}", server()), name }
    }

    /// The address of the site.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// An answer for a snapshot: the site's address, which differs from run to run, left out.
    pub fn portable(&self, answer: &Value) -> Value {
        let text = answer.to_string().replace(self.url(), "[site]");
        serde_json::from_str(&text).expect("still JSON")
    }

    pub fn admin(&self) -> Client {
        self.client(Some(("admin@example.com", "admin-token")))
    }

    pub fn developer(&self) -> Client {
        self.client(Some(("developer@example.com", "developer-token")))
    }

    /// An account that can only read.
    pub fn viewer(&self) -> Client {
        self.client(Some(("viewer@example.com", "viewer-token")))
    }

    pub fn anonymous(&self) -> Client {
        self.client(None)
    }

    pub fn client(&self, credentials: Option<(&str, &str)>) -> Client {
        let credentials = credentials.map(|(user, token)| Credentials::Basic(user.to_owned(), token.to_owned()));
        Client { base: self.base.clone(), credentials }
    }

    /// Who has this token, for accounts without an e-mail address.
    pub fn bearer(&self, token: &str) -> Client {
        Client { base: self.base.clone(), credentials: Some(Credentials::Bearer(token.to_owned())) }
    }

    /// A new token for the account that `owner` names.
    pub async fn token(&self, owner: Value) -> String {
        let url = format!("{}/_mock/sites/{}/tokens", server(), self.name);
        let made = http_client().post(url).json(&owner).send().await.expect("an answer");
        assert_eq!(made.status(), 201);
        made.json::<Value>().await.expect("a token")["token"].as_str().expect("a token").to_owned()
    }

    /// The letters that the site would have sent.
    pub async fn mail(&self) -> Value {
        let url = format!("{}/_mock/sites/{}/mail", server(), self.name);
        let mut answer: Value = http_client().get(url).send().await.expect("an answer").json().await.expect("letters");
        answer["mail"].take()
    }

    /// Changes the site's settings or clock.
    pub async fn change(&self, change: Value) {
        let url = format!("{}/_mock/sites/{}", server(), self.name);
        let status = http_client().patch(url).json(&change).send().await.expect("an answer").status();
        assert_eq!(status, 200);
    }
}

pub fn http_client() -> &'static reqwest::Client {
    // Connections live in the runtime of the test that opened them: none is kept for the next.
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let builder = reqwest::Client::builder().pool_max_idle_per_host(0).redirect(reqwest::redirect::Policy::none());
        builder.build().expect("a client")
    })
}

impl Client {
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let headers: &[(&str, &str)] = if body.is_some() { &[("content-type", "application/json")] } else { &[] };
        self.raw(method, path, headers, body.map(|body| body.to_string().into_bytes()).unwrap_or_default()).await
    }

    /// Sends a request as it is. Every answer of every test comes by here and is checked against the contract.
    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let mut request = http_client().request(method.clone(), format!("{}{path}", self.base));
        request = match &self.credentials {
            Some(Credentials::Basic(user, token)) => request.basic_auth(user, Some(token)),
            Some(Credentials::Bearer(token)) => request.bearer_auth(token),
            None => request,
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // Asked before, so that only what this request does counts.
        let site = self.base.rsplit_once("/_site/").map(|(_, site)| site);
        let site = site.filter(|_| coverage::wanted() && method != Method::GET);
        if let Some(site) = site {
            recorded(site).await;
        }
        let answer = request.body(body).send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let reply = Reply { status, headers, bytes: answer.bytes().await.expect("a body").to_vec() };
        let recorded = match site {
            Some(site) => recorded(site).await,
            None => false,
        };
        let seen = Seen { method: method.to_string(), path: path.to_owned(), status: status.as_u16(), recorded };
        coverage::record(&seen).expect("the file of answers");
        if let Err(violations) = CONTRACT.check(&method, path, status, reply.header("content-type"), &reply.bytes) {
            let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
            panic!(
                "{method} {path} answered {status} against the contract:\n{}\n{}",
                violations.join("\n"),
                reply.text()
            );
        }
        reply
    }

    /// Follows the 303 of an operation until its task has ended; the task.
    pub async fn task(&self, see: &Reply) -> Value {
        assert_eq!(see.status, 303, "{}", see.text());
        self.ended(see.header("location").expect("a task")).await
    }

    /// The task at an address, or at a path of the site, once it has ended.
    pub async fn ended(&self, address: &str) -> Value {
        let path = address.strip_prefix(&self.base).unwrap_or(address);
        loop {
            let task = self.get(path).await.expect(200);
            if !task["finished"].is_null() {
                return task;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The id of a project.
    pub async fn project_id(&self, key: &str) -> i64 {
        let project = self.get(&format!("/rest/api/3/project/{key}")).await.expect(200);
        project["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
    }

    /// Creates an issue and returns its key.
    pub async fn create(&self, fields: Value) -> String {
        let made = self.post("/rest/api/3/issue", json!({ "fields": fields })).await.expect(201);
        made["key"].as_str().expect("a key").to_owned()
    }
}

/// The names of things in a list.
pub fn names(things: &Value) -> Vec<&str> {
    things.as_array().expect("a list").iter().map(|thing| thing["name"].as_str().expect("a name")).collect()
}

/// A document of one paragraph.
pub fn document(text: &str) -> Value {
    json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}

/// The key of an issue in an answer.
pub fn key_of(issue: &Value) -> &str {
    issue["key"].as_str().expect("a key")
}
