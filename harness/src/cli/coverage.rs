//! `harness coverage …`

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use harness::{
    conform::Conformance,
    coverage::{Coverage, Excuse, Route, Seen},
};
use serde::de::DeserializeOwned;

/// Say which documented answers of the served operations were seen, and which writes left a record.
///
/// Exits with 0 if each was seen or is excused, 1 if not or if an excuse is no longer needed, 2 on failure to read.
#[derive(Args)]
pub struct CoverageArgs {
    /// Answers that tests wrote down, one a line, as JSON: `{"method", "path", "status", "recorded"}`.
    #[arg(required = true)]
    answers: Vec<PathBuf>,
    /// What is served, as `mock-jira routes --format json` prints it.
    #[arg(long, value_name = "FILE")]
    routes: PathBuf,
    /// Answers that no test can get: a list of `{"reason", "answers"}`.
    #[arg(long, value_name = "FILE", default_value = "schemas/unreached.json")]
    excuses: PathBuf,
    /// The folder that has `schemas/`.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
}

impl CoverageArgs {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let conformance = Conformance::load(&self.workspace)?;
        let contract = conformance.contract();
        let mut coverage = Coverage::new(contract, &read::<Vec<Route>>(&self.routes)?);
        for file in &self.answers {
            for line in BufReader::new(open(file)?).lines() {
                coverage.count(contract, &serde_json::from_str::<Seen>(&line?)?);
            }
        }
        Ok(print(&coverage, &read::<Vec<Excuse>>(&self.excuses)?))
    }
}

/// A line for each operation, with the number of times that each status and a record was seen or the excuse; then what
/// is wrong.
fn print(coverage: &Coverage<'_>, excuses: &[Excuse]) -> ExitCode {
    let excused = |name: &str| excuses.iter().position(|excuse| excuse.answers.contains(name));
    let mut lines: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let (mut reached, mut missing) = (0, Vec::new());
    let mut needed: BTreeSet<String> = BTreeSet::new();
    for (answer, times) in coverage.rows() {
        let name = answer.name();
        let cell = match (times, excused(&name)) {
            (0, None) => "never".to_owned(),
            (0, Some(excuse)) => format!("({})", excuse + 1),
            (times, _) => times.to_string(),
        };
        let line = lines.entry((answer.path, answer.method)).or_default();
        line.push_str(&format!("  {} {cell}", answer.what()));
        if times > 0 {
            reached += 1;
        } else if excused(&name).is_some() {
            needed.insert(name);
        } else {
            missing.push(name);
        }
    }
    for ((path, method), line) in &lines {
        println!("{method:<6} {path}{line}");
    }
    println!();
    for (number, excuse) in excuses.iter().enumerate() {
        println!("({}) {}: {}", number + 1, excuse.reason, excuse.answers.len());
    }
    // What is done beside a request, by a task or by another request, may leave a record while it runs.
    let needless = excuses.iter().flat_map(|excuse| excuse.answers.difference(&needed));
    let needless: Vec<_> = needless.filter(|name| !name.ends_with(" record")).collect();
    let answers = reached + needed.len() + missing.len();
    println!(
        "\n{} operations document {answers} answers and records: {reached} seen, {} excused, {} neither.",
        lines.len(),
        needed.len(),
        missing.len()
    );
    for name in &missing {
        println!("never seen: {name}");
    }
    for name in &needless {
        println!("needs no excuse: {name}");
    }
    if missing.is_empty() && needless.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| path.display().to_string())
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    serde_json::from_reader(BufReader::new(open(path)?)).with_context(|| path.display().to_string())
}
