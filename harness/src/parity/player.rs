//! Plays scenarios to one target, or from a recording of one.

use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    compare::excerpt,
    lens::Lens,
    scenario::{Raw, Scenario, Step},
    story::Story,
    variables::{Variables, encoded},
};
use crate::{
    cassette::Cassette,
    target::{Answer, Body, Request, Target},
};

/// The names that have values from the beginning.
pub const GIVEN: [&str; 2] = ["run", "project"];

/// How often a request is repeated until its answer has what is waited for, and how long is waited in between.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(500);

/// One side of a comparison.
pub struct Player {
    source: Source,
    variables: Variables,
    /// What all scenarios may use.
    shared: Variables,
    story: Story,
    /// What the shared scenarios asked.
    shared_story: Story,
    lens: Lens,
    answered: bool,
}

enum Source {
    Live(Box<Target>),
    Recorded(Cassette),
}

/// What a player got for a step.
pub enum Played {
    /// An answer.
    Answered(Box<Reply>),
    /// No answer came: the reason stands in the body.
    Lost(Box<Reply>),
    /// Nothing was sent, since something is not known: what.
    Lacks(String),
    /// It is not what was recorded.
    Unrecorded,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status; 0 when there is no answer.
    pub status: u16,
    /// Its media type, with parameters; empty when it names none.
    pub content_type: String,
    /// Its body.
    pub content: Content,
    /// What was sent, as a `curl` line.
    pub curl: String,
    /// What tells the request from every other.
    pub fingerprint: String,
}

impl Reply {
    fn lost(reason: String, curl: String, fingerprint: String) -> Self {
        Self { status: 0, content_type: String::new(), content: Content::Text(reason), curl, fingerprint }
    }
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// Text that is no JSON.
    Text(String),
    /// Anything else, of which only the length is kept.
    Binary(usize),
}

impl Content {
    /// What it is, in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "no body",
            Self::Json(_) => "JSON",
            Self::Text(_) => "text",
            Self::Binary(_) => "bytes",
        }
    }

    /// How it begins.
    pub fn excerpt(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Json(value) => excerpt(value),
            Self::Text(text) => excerpt(&Value::from(text.as_str())),
            Self::Binary(length) => format!("{length} bytes"),
        }
    }

    fn of(answer: &Answer) -> Self {
        if answer.body.is_empty() {
            return Self::Empty;
        }
        let media_type = answer.header("content-type").unwrap_or_default();
        let text = std::str::from_utf8(&answer.body);
        match (serde_json::from_slice(&answer.body), text) {
            (Ok(value), _) if media_type.contains("json") => Self::Json(value),
            (_, Ok(text)) if media_type.contains("json") || media_type.starts_with("text/") => {
                Self::Text(text.to_owned())
            }
            _ => Self::Binary(answer.body.len()),
        }
    }
}

impl Player {
    /// Plays to a target. `run` makes names unique; `project` is the key of the project to work in.
    pub fn live(target: Target, run: &str, project: Option<&str>) -> Self {
        let lens = Lens::new(target.address(), run, project);
        Self::new(Source::Live(Box::new(target)), lens, run, project)
    }

    /// Plays from a recording.
    pub fn recorded(cassette: Cassette) -> Self {
        let head = cassette.head().clone();
        let lens = Lens::new(crate::cassette::ADDRESS, &head.run, head.project.as_deref());
        Self::new(Source::Recorded(cassette), lens, &head.run, head.project.as_deref())
    }

    fn new(source: Source, lens: Lens, run: &str, project: Option<&str>) -> Self {
        let mut shared = Variables::default();
        shared.set("run", run.into());
        if let Some(project) = project {
            shared.set("project", project.into());
        }
        let (variables, story, shared_story) = (shared.clone(), Story::default(), Story::default());
        Self { source, variables, shared, story, shared_story, lens, answered: false }
    }

    /// What is played to.
    pub fn name(&self) -> String {
        match &self.source {
            Source::Live(target) => target.address().to_owned(),
            Source::Recorded(cassette) => cassette.name().to_owned(),
        }
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        match &self.source {
            Source::Live(target) => target.requests(),
            Source::Recorded(_) => 0,
        }
    }

    /// What must be seen through in this side's answers.
    pub fn lens(&self) -> &Lens {
        &self.lens
    }

    /// Begins a scenario.
    pub fn begin(&mut self) {
        self.variables = self.shared.clone();
        self.story = self.shared_story.anew();
    }

    /// Ends a scenario.
    pub fn end(&mut self, scenario: &Scenario) {
        if scenario.shared {
            self.shared = self.variables.clone();
            self.shared_story = self.story.clone();
        }
    }

    /// Plays one step. Fails when the target can't be judged at all: it does not answer, or does not know the caller.
    pub async fn play(&mut self, scenario: &Scenario, index: usize) -> anyhow::Result<Played> {
        let step = &scenario.steps[index];
        let fingerprint = self.story.tell(step);
        let played = match &self.source {
            Source::Live(target) => self.send(target, step, fingerprint).await,
            Source::Recorded(cassette) => cassette.reply(&scenario.name, fingerprint),
        };
        match &played {
            Played::Answered(reply) => {
                if scenario.shared && reply.status == 401 && matches!(self.source, Source::Live(_)) {
                    bail!("{} does not know the caller (401): are the credentials right?", self.name());
                }
                self.answered = true;
                self.take(step, reply);
            }
            Played::Lost(reply) if !self.answered => {
                bail!("{} does not answer: {}", self.name(), reply.content.excerpt())
            }
            _ => {}
        }
        Ok(played)
    }

    async fn send(&self, target: &Target, step: &Step, fingerprint: String) -> Played {
        let request = match self.request(step) {
            Ok(request) => request,
            Err(lacks) => return Played::Lacks(lacks.to_string()),
        };
        let curl = target.curl(&request);
        let mut tries = if step.until.is_some() { TRIES } else { 1 };
        loop {
            tries -= 1;
            let answer = match target.send(&request).await {
                Ok(answer) => answer,
                Err(error) => return Played::Lost(Box::new(Reply::lost(error.to_string(), curl, fingerprint))),
            };
            let content = Content::of(&answer);
            let found = match (&step.until, &content) {
                (Some(until), Content::Json(body)) => until.find(body, &self.variables).is_some(),
                (Some(_), _) => false,
                (None, _) => true,
            };
            if found || tries == 0 {
                let content_type = answer.header("content-type").unwrap_or_default().to_owned();
                let status = answer.status;
                return Played::Answered(Box::new(Reply { status, content_type, content, curl, fingerprint }));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn request(&self, step: &Step) -> Result<Request, super::variables::Missing> {
        let mut path = self.variables.fill_path(&step.request.path)?;
        for (name, value) in &step.query {
            let between = if path.contains('?') { '&' } else { '?' };
            path = format!("{path}{between}{}={}", encoded(name), encoded(&self.variables.fill_text(value)?));
        }
        let body = match (&step.body, &step.raw, &step.file) {
            (Some(body), ..) => Body::Json(self.variables.fill_body(body)?),
            (None, Some(Raw { media_type, text }), _) => {
                Body::Raw { media_type: media_type.clone(), text: text.clone() }
            }
            (None, None, Some(text)) => Body::File { name: "harness.txt".to_owned(), text: text.clone() },
            (None, None, None) => Body::Empty,
        };
        Ok(Request { method: step.request.method.clone(), path, body, caller: step.caller.into() })
    }

    fn take(&mut self, step: &Step, reply: &Reply) {
        let Content::Json(body) = &reply.content else { return };
        self.lens.learn(body);
        for (name, place) in &step.capture {
            if let Some(value) = place.find(body, &self.variables) {
                self.variables.set(name, value.clone());
                self.lens.capture(name, &self.variables);
            }
        }
    }
}
