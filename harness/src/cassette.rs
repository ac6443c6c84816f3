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
    player::{Content, Played, Reply},
    scenario::{Line, Step},
};

mod redact;

pub use redact::Redactor;

/// The address that stands for the target's own in a recording.
pub const ADDRESS: &str = "https://recorded.invalid";

/// The version of the format.
const VERSION: u32 = 1;

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
    /// Which of its steps.
    pub step: usize,
    /// The step's request, with names for what was captured: a scenario that changed is no longer answered.
    pub request: Line,
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
    takes: HashMap<(String, usize), Take>,
}

impl Cassette {
    /// Reads a recording.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().with_context(|| format!("{} is empty", file.display()))?;
        let head: Head = serde_json::from_str(first).with_context(|| format!("{} is no cassette", file.display()))?;
        ensure!(head.cassette == VERSION, "{} is of version {}", file.display(), head.cassette);
        let mut takes = HashMap::new();
        for (number, line) in lines {
            let take: Take =
                serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), number + 1))?;
            takes.insert((take.scenario.clone(), take.step), take);
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
    pub fn reply(&self, scenario: &str, index: usize, step: &Step) -> Played {
        let take = self.takes.get(&(scenario.to_owned(), index)).filter(|take| take.request == step.request);
        match take {
            Some(take) => Played::Answered(Box::new(Reply {
                status: take.status,
                content_type: take.content_type.clone(),
                content: take.content.clone(),
                curl: format!(
                    "# recorded on {}: {}",
                    self.head.recorded.date_naive(),
                    String::from(take.request.clone())
                ),
            })),
            None => Played::Lacks("it was not recorded".to_owned()),
        }
    }
}

/// Writes a recording; nothing of it is written before secrets and people are taken out of all of it.
pub fn write(file: &Path, head: &Head, mut takes: Vec<Take>, mut redactor: Redactor) -> anyhow::Result<()> {
    for take in &takes {
        redactor.learn(&take.content);
    }
    for take in &mut takes {
        redactor.redact(&mut take.content);
    }
    let mut out = BufWriter::new(fs::File::create(file).with_context(|| format!("writing {}", file.display()))?);
    writeln!(out, "{}", serde_json::to_string(head)?)?;
    for take in &takes {
        writeln!(out, "{}", serde_json::to_string(take)?)?;
    }
    Ok(out.flush()?)
}
