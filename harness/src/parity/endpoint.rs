//! What stands on one side of a comparison, as settings name it.

use std::{fmt, path::PathBuf, str::FromStr};

use chrono::Utc;

use super::player::Player;
use crate::{
    cassette::Cassette,
    target::{Credentials, Settings, Target, Trust},
};

/// A server or a recording of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The URL of a server.
    Url(String),
    /// The file of a recording.
    Cassette(PathBuf),
}

impl FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text.strip_prefix("cassette:") {
            Some(file) => Ok(Self::Cassette(file.into())),
            None if text.starts_with("http://") || text.starts_with("https://") => Ok(Self::Url(text.to_owned())),
            None => anyhow::bail!("'{text}' is neither a URL nor cassette:FILE"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::Cassette(file) => write!(f, "cassette:{}", file.display()),
        }
    }
}

/// One side, ready to be opened.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Where it is.
    pub address: Address,
    /// Who the harness is there; of no meaning to recordings.
    pub credentials: Credentials,
    /// The key of the project to work in; recordings have their own.
    pub project: Option<String>,
    /// Requests a second that are never exceeded.
    pub rate: Option<f64>,
    /// Whose certificates are believed.
    pub trust: Trust,
}

impl Endpoint {
    /// As a target at a URL.
    pub fn settings(&self, url: &str) -> Settings {
        let (rate, trust) = (self.rate, self.trust.clone());
        Settings { rate, trust, ..Settings::new(url, self.credentials.clone()) }
    }

    /// Prepares to play to it; `run` makes names unique.
    pub fn open(&self, run: &str) -> anyhow::Result<Player> {
        match &self.address {
            Address::Cassette(file) => Ok(Player::recorded(Cassette::read(file)?)),
            Address::Url(url) => Ok(Player::live(Target::new(self.settings(url))?, run, self.project.as_deref())),
        }
    }
}

/// A word that no earlier run has used.
pub fn new_run() -> String {
    format!("run{:x}", Utc::now().timestamp_millis())
}

/// Words for the left and the right side, so that both can be the same site.
pub fn new_runs() -> [String; 2] {
    let run = new_run();
    ["a", "b"].map(|side| format!("{run}{side}"))
}
