//! The gate: runs what `harness.toml` says, and decides whether it is good enough.

use std::{fs, path::Path};

use anyhow::{Context, ensure};
use chrono::Utc;
use tokio_util::sync::CancellationToken;

use crate::{
    contract::Contract,
    parity::{
        self,
        endpoint::{Address, new_runs},
        scenario,
    },
    report::{Findings, Format, Report},
};

pub mod baseline;
pub mod judge;
pub mod settings;

use baseline::Baseline;
use settings::{ContractRun, ParityRun, Settings};

/// How far a gate is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// `contract` or `parity`.
    pub run: &'a str,
    /// What is done of it.
    pub done: usize,
    /// What there is of it.
    pub of: usize,
    /// What is being done.
    pub doing: &'a str,
}

/// Runs a profile and decides. Fails when something can't be run, or not to its end, not when it falls short. `stop`
/// ends it early.
pub async fn run(
    settings: &Settings,
    profile: Option<&str>,
    stop: &CancellationToken,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> anyhow::Result<Findings> {
    let (name, profile) = settings.profile(profile)?;
    let mut runs = Vec::new();
    if let Some(wanted) = &profile.contract {
        runs.push(contract(settings, wanted, stop, progress).await.context("the contract run")?);
    }
    if let Some(wanted) = &profile.parity {
        runs.push(compare(settings, wanted, stop, progress).await.context("the parity run")?);
    }
    let baseline = settings.baseline.as_deref().map(Baseline::read).transpose()?.flatten();
    let verdict = judge::judge(settings, name, &runs, baseline.as_ref(), Utc::now().date_naive());
    Ok(Findings { verdict: Some(verdict), runs })
}

async fn contract(
    settings: &Settings,
    wanted: &ContractRun,
    stop: &CancellationToken,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> anyhow::Result<Report> {
    let endpoint = settings.endpoint(&wanted.target)?;
    let Address::Url(url) = &endpoint.address else { anyhow::bail!("a recording can't be asked anything new") };
    let mut options = crate::run::Options::new(endpoint.settings(url), &settings.workspace);
    options.allow_writes = wanted.allow_writes;
    options.project = endpoint.project;
    options.target.other = settings.other(&wanted.target)?;
    options.operations = wanted.operations.clone();
    options.checks = crate::run::chosen(&[], &wanted.skip);
    options.strict = wanted.strict;
    options.seed = wanted.seed;
    options.cases = wanted.cases.unwrap_or(options.cases);
    options.time_limit = wanted.time_limit.map(std::time::Duration::from_secs);
    options.stop = stop.clone();
    let report = crate::run::contract(&options, &|now| {
        progress(Progress { run: "contract", done: now.done, of: now.of, doing: now.doing });
    })
    .await?;
    report.summary.ensure_whole()?;
    Ok(report)
}

async fn compare(
    settings: &Settings,
    wanted: &ParityRun,
    stop: &CancellationToken,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> anyhow::Result<Report> {
    let schemas = settings.workspace.join("schemas");
    let contract = Contract::load(&schemas)?;
    let scenarios = scenario::load(wanted.scenarios.as_deref(), &contract, &schemas, wanted.seed)?;
    let [here, there] = new_runs();
    let mut left = settings.endpoint(&wanted.left)?.open(&here)?;
    let mut right = settings.endpoint(&wanted.right)?.open(&there)?;
    let options = parity::Options { allow_writes: wanted.allow_writes, seed: wanted.seed, stop: stop.clone() };
    let mut told = |done, of, doing: &str| progress(Progress { run: "parity", done, of, doing });
    let report = parity::run(&mut left, &mut right, &scenarios, &contract, &options, &mut told).await?;
    report.summary.ensure_whole()?;
    ensure!(report.summary.operations > 0, "nothing could be compared");
    Ok(report)
}

/// Writes findings in every form but the terminal's.
pub fn write_reports(findings: &Findings, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let forms = [(Format::Json, "json"), (Format::Junit, "xml"), (Format::Markdown, "md"), (Format::Html, "html")];
    for (format, extension) in forms {
        let file = folder.join("harness").with_extension(extension);
        fs::write(&file, format.render(findings)?).with_context(|| file.display().to_string())?;
    }
    Ok(())
}
