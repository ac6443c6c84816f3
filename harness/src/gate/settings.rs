//! `harness.toml`: what a gate judges, and what it demands.

use std::{
    collections::BTreeMap,
    env, fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use chrono::NaiveDate;
use regex::Regex;
use serde::Deserialize;

use crate::{
    parity::endpoint::{Address, Endpoint},
    run::Check,
    target::{Credentials, Trust},
};

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The folder that has `schemas/`.
    #[serde(default = "here")]
    pub workspace: PathBuf,
    /// The folder that findings are written to.
    #[serde(default = "reports")]
    pub reports: PathBuf,
    /// What earlier runs have reached. Without it nothing but the thresholds counts.
    pub baseline: Option<PathBuf>,
    /// Servers and recordings by their names.
    pub targets: BTreeMap<String, TargetSettings>,
    /// What is run, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// What is demanded of each API.
    #[serde(default)]
    pub thresholds: BTreeMap<String, Thresholds>,
    /// Differences that are known.
    #[serde(default)]
    pub known: Vec<Known>,
}

fn here() -> PathBuf {
    ".".into()
}

fn reports() -> PathBuf {
    "target/harness".into()
}

/// A server or a recording.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TargetSettings {
    /// The server's address.
    pub url: Option<Text>,
    /// The recording's file.
    pub cassette: Option<PathBuf>,
    /// The account.
    pub user: Option<Text>,
    /// Its API token.
    pub token: Option<Text>,
    /// An access token instead.
    pub bearer: Option<Text>,
    /// An account that may do less: what it is shown is looked at, too.
    pub other_user: Option<Text>,
    /// Its API token.
    pub other_token: Option<Text>,
    /// The key of the project to work in.
    pub project: Option<Text>,
    /// Requests a second that are not exceeded.
    pub rate: Option<f64>,
    /// A PEM file with an authority whose certificates are believed, too.
    pub ca_file: Option<PathBuf>,
    /// Whether any certificate is believed.
    #[serde(default)]
    pub insecure: bool,
}

/// A text, or the variable of the environment that holds it: secrets don't belong into files.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// As it stands.
    Plain(String),
    /// Held by a variable.
    Env {
        /// Its name.
        env: String,
    },
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("…"),
            Self::Env { env } => write!(f, "${env}"),
        }
    }
}

impl Text {
    fn read(&self) -> anyhow::Result<String> {
        match self {
            Self::Plain(text) => Ok(text.clone()),
            Self::Env { env: name } => env::var(name).with_context(|| format!("the variable {name} is not set")),
        }
    }
}

/// What is run. At least one of both.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profile {
    /// A run against the contracts.
    pub contract: Option<ContractRun>,
    /// A comparison.
    pub parity: Option<ParityRun>,
}

/// A run against the contracts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ContractRun {
    /// The target's name.
    pub target: String,
    /// Patterns of operations; all when absent.
    #[serde(default)]
    pub operations: Vec<String>,
    /// What reproduces the run.
    #[serde(default)]
    pub seed: u64,
    /// Cases for each operation.
    pub cases: Option<usize>,
    /// Seconds after which no new case is begun.
    pub time_limit: Option<u64>,
    /// Whether anything may be written.
    #[serde(default)]
    pub allow_writes: bool,
    /// Checks that are not made.
    #[serde(default)]
    pub skip: Vec<Check>,
    /// Whether properties that are not documented count.
    #[serde(default)]
    pub strict: bool,
}

/// A comparison.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ParityRun {
    /// The name of the target that is right.
    pub left: String,
    /// The name of the target that is compared with it.
    pub right: String,
    /// A folder of scenarios instead of those that come with the harness and those that are generated.
    pub scenarios: Option<PathBuf>,
    /// What generated requests are reproduced by.
    #[serde(default)]
    pub seed: u64,
    /// Whether anything may be written.
    #[serde(default)]
    pub allow_writes: bool,
}

/// The share of points that must be held, in percent.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Thresholds {
    /// Of runs against the contracts.
    pub contract: Option<f64>,
    /// Of comparisons.
    pub parity: Option<f64>,
}

/// A difference that is known. It excuses failures until its day is over.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Known {
    /// Operations it is about.
    pub operation: Pattern,
    /// Checks it is about.
    #[serde(default)]
    pub check: Pattern,
    /// Places in the body it is about.
    #[serde(default)]
    pub at: Pattern,
    /// Why it is so.
    pub reason: String,
    /// The last day it is accepted.
    #[serde(deserialize_with = "date")]
    pub until: NaiveDate,
}

/// Dates may stand as TOML's own or as texts.
fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let text = match &value {
        toml::Value::Datetime(date) => date.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    text.parse().map_err(|_| serde::de::Error::custom(format!("'{text}' is no date like 2030-12-31")))
}

/// A text in which `*` stands for any text. Braces mean themselves: paths have them.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, regex::Error> {
        let parts: Vec<_> = text.split('*').map(regex::escape).collect();
        let regex = Regex::new(&format!("^(?s:{})$", parts.join(".*")))?;
        Ok(Self { text, regex })
    }
}

impl Default for Pattern {
    #[allow(clippy::expect_used, reason = "a constant that every test passes")]
    fn default() -> Self {
        Self::try_from("*".to_owned()).expect("a pattern")
    }
}

impl Pattern {
    /// Whether a text is of this form.
    pub fn fits(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operation.text, self.check.text)?;
        if self.at.text == "*" { Ok(()) } else { write!(f, " {}", self.at.text) }
    }
}

impl Settings {
    /// Reads the file. Paths in it are relative to its folder.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let mut settings: Self = toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let paths = [Some(&mut settings.workspace), Some(&mut settings.reports), settings.baseline.as_mut()];
        let targets = settings.targets.values_mut();
        let files = targets.flat_map(|target| [target.cassette.as_mut(), target.ca_file.as_mut()]);
        let parities = settings.profiles.values_mut().filter_map(|profile| profile.parity.as_mut());
        let scenarios = parities.map(|parity| parity.scenarios.as_mut());
        for path in paths.into_iter().chain(files).chain(scenarios).flatten() {
            *path = folder.join(&*path);
        }
        Ok(settings)
    }

    /// A profile; the only one if none is named.
    pub fn profile(&self, name: Option<&str>) -> anyhow::Result<(&str, &Profile)> {
        let found = match name {
            Some(name) => self.profiles.get_key_value(name),
            None => self.profiles.first_key_value().filter(|_| self.profiles.len() == 1),
        };
        let names = || self.profiles.keys().cloned().collect::<Vec<_>>().join(", ");
        let (name, profile) = found.with_context(|| format!("which profile? There are: {}", names()))?;
        ensure!(profile.contract.is_some() || profile.parity.is_some(), "the profile {name} has nothing to run");
        Ok((name, profile))
    }

    /// A target, ready to be opened.
    pub fn endpoint(&self, name: &str) -> anyhow::Result<Endpoint> {
        let target = self.targets.get(name).with_context(|| format!("there is no target named {name}"))?;
        target.endpoint().with_context(|| format!("the target {name}"))
    }

    /// The account of a target that may do less, if there is one.
    pub fn other(&self, name: &str) -> anyhow::Result<Option<Credentials>> {
        let Some(target) = self.targets.get(name) else { return Ok(None) };
        match (&target.other_user, &target.other_token) {
            (Some(user), Some(token)) => Ok(Some(Credentials::Basic { user: user.read()?, token: token.read()? })),
            (None, None) => Ok(None),
            _ => bail!("the target {name} needs both an other-user and an other-token, or none of them"),
        }
    }
}

impl TargetSettings {
    fn endpoint(&self) -> anyhow::Result<Endpoint> {
        let read = |text: &Option<Text>| text.as_ref().map(Text::read).transpose();
        let address = match (&self.url, &self.cassette) {
            (Some(url), None) => Address::Url(url.read()?),
            (None, Some(file)) => Address::Cassette(file.clone()),
            _ => bail!("needs either a url or a cassette"),
        };
        let credentials = match (read(&self.user)?, read(&self.token)?, read(&self.bearer)?) {
            (Some(user), Some(token), None) => Credentials::Basic { user, token },
            (None, None, Some(token)) => Credentials::Bearer(token),
            (None, None, None) => Credentials::Anonymous,
            _ => bail!("needs a user and a token, or a bearer, or nothing of them"),
        };
        let trust = Trust::new(self.ca_file.clone(), self.insecure);
        Ok(Endpoint { address, credentials, project: read(&self.project)?, rate: self.rate, trust })
    }
}
