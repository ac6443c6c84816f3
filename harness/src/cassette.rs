//! Cassettes: what a target answered to scenarios, kept as JSON lines, so that it can be compared with when it is not
//! there. Secrets and personal data are taken out before anything is written.

use std::{
    collections::HashMap,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::parity::{
    self,
    player::{Content, Played, Player, Reply},
    scenario::Scenario,
};

mod redact;

pub use redact::Redactor;

/// The address that stands for the target's own in a recording.
pub const ADDRESS: &str = "https://recorded.invalid";

/// The version of the format.
const VERSION: u32 = 2;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// The version of the format.
    pub cassette: u32,
    /// When it was recorded.
    pub recorded: DateTime<Utc>,
    /// What made names unique.
    pub run: String,
    /// The key of the project that was worked in.
    pub project: Option<String>,
}

impl Head {
    /// A recording that begins now.
    pub fn new(run: &str, project: Option<&str>) -> Self {
        Self { cassette: VERSION, recorded: Utc::now(), run: run.to_owned(), project: project.map(str::to_owned) }
    }
}

/// Each other line: the answer to one step of a scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Take {
    /// The scenario's name.
    pub scenario: String,
    /// What tells the request from every other: one that has changed is no longer answered.
    pub fingerprint: String,
    /// The request with names for what was captured, for who reads the recording.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The media type.
    pub content_type: String,
    /// The body.
    pub content: Content,
}

/// A recording that is played back.
#[derive(Debug)]
pub struct Cassette {
    file: PathBuf,
    head: Head,
    takes: HashMap<(String, String), Take>,
}

impl Cassette {
    /// Reads a recording.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().with_context(|| format!("{} is empty", file.display()))?;
        let head: Head = serde_json::from_str(first).with_context(|| format!("{} is no cassette", file.display()))?;
        let version = head.cassette;
        ensure!(version == VERSION, "{} is of version {version}, not {VERSION}: record it again", file.display());
        let mut takes = HashMap::new();
        for (number, line) in lines {
            let take: Take =
                serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), number + 1))?;
            takes.insert((take.scenario.clone(), take.fingerprint.clone()), take);
        }
        Ok(Self { file: file.to_owned(), head, takes })
    }

    /// The first line.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How reports call it.
    pub fn name(&self) -> String {
        format!("cassette {}", self.file.display())
    }

    /// The recorded answer to a step.
    pub fn reply(&self, scenario: &str, fingerprint: String) -> Played {
        let key = (scenario.to_owned(), fingerprint);
        let Some(take) = self.takes.get(&key) else { return Played::Unrecorded };
        Played::Answered(Box::new(Reply {
            status: take.status,
            content_type: take.content_type.clone(),
            content: take.content.clone(),
            curl: format!("# recorded on {}: {}", self.head.recorded.date_naive(), take.request),
            fingerprint: key.1,
        }))
    }
}

/// Plays scenarios to one target and keeps what it answers; `progress` is told as by [`parity::run`]. Fails when it is
/// stopped: half a recording would look like a target that answers half of it.
pub async fn record(
    player: &mut Player,
    scenarios: &[Scenario],
    options: &parity::Options,
    progress: parity::Progress<'_>,
) -> anyhow::Result<Vec<Take>> {
    let mut takes = Vec::new();
    for (number, scenario) in scenarios.iter().enumerate() {
        ensure!(!options.stop.is_cancelled(), "it was interrupted: nothing is recorded");
        progress(number, scenarios.len(), &scenario.name);
        player.begin();
        for (index, step) in scenario.steps.iter().enumerate() {
            if !step.only_reads() && !options.allow_writes {
                continue;
            }
            let Played::Answered(reply) = player.play(scenario, index).await? else { continue };
            takes.push(Take {
                scenario: scenario.name.clone(),
                fingerprint: reply.fingerprint,
                request: step.request.clone().into(),
                status: reply.status,
                content_type: reply.content_type,
                content: reply.content,
            });
        }
        player.end(scenario);
    }
    Ok(takes)
}

/// Writes a recording; nothing of it is written before secrets and people are taken out of all of it.
pub fn write(file: &Path, head: &Head, mut takes: Vec<Take>, mut redactor: Redactor) -> anyhow::Result<()> {
    for take in &takes {
        redactor.learn(&take.content);
    }
    for take in &mut takes {
        redactor.redact(&mut take.content);
        // Scenarios may be anybody's own.
        take.request = redactor.text(&take.request);
    }
    let mut out = BufWriter::new(fs::File::create(file).with_context(|| format!("writing {}", file.display()))?);
    writeln!(out, "{}", serde_json::to_string(head)?)?;
    for take in &takes {
        writeln!(out, "{}", serde_json::to_string(take)?)?;
    }
    Ok(out.flush()?)
}
