//! `harness contract …`

use std::{ops::RangeInclusive, process::ExitCode};

use anyhow::ensure;
use clap::Args;
use harness::{
    report::{Findings, Format},
    run::{self, Check, Options},
};

use super::{interrupt, progress::Bar, run::RunArgs};

/// Try every operation of the contracts against a target and judge its answers.
///
/// Only reads, unless writes are allowed. Exits with 0 if everything holds, 1 if something does not, 2 if the target
/// can't be judged or the run was broken off.
#[derive(Args)]
pub struct ContractArgs {
    #[command(flatten)]
    run: RunArgs,
    /// May write: only to the project named with --project, or, if the target says that it is there to be tested, everywhere.
    #[arg(long)]
    allow_writes: bool,
    /// The key of the only project that may be written to.
    #[arg(long, value_name = "KEY", requires = "allow_writes")]
    project: Option<String>,
    /// Only this check. Can be given several times.
    #[arg(long, value_name = "NAME")]
    check: Vec<Check>,
    /// Not this check. Can be given several times.
    #[arg(long, value_name = "NAME")]
    skip: Vec<Check>,
    /// Fail on properties that are not documented, too.
    #[arg(long)]
    strict: bool,
    /// One run for each seed from the first to the last, such as 1..20, and a line for each.
    #[arg(long, value_name = "FIRST..LAST", conflicts_with_all = ["seed", "format"], value_parser = seeds)]
    seeds: Option<RangeInclusive<u64>>,
    /// How the report is written to standard output.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl ContractArgs {
    /// Runs, reports, and says by the exit code what came of it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let options = Options {
            allow_writes: self.allow_writes,
            project: self.project,
            checks: run::chosen(&self.check, &self.skip),
            strict: self.strict,
            stop: interrupt::stop()?,
            ..self.run.options()
        };
        if let Some(seeds) = self.seeds {
            return each(seeds, &options).await;
        }
        let bar = Bar::new();
        let show = |now: run::Progress| {
            bar.show(now.done, now.of, &format!("{}, {} kinds of failure", now.doing, now.failures));
        };
        let report = run::contract(&options, &show).await?;
        bar.finish();
        let summary = report.summary.clone();
        self.format.print(&Findings::from(report))?;
        summary.ensure_whole()?;
        ensure!(summary.operations > 0, "nothing was judged");
        Ok(ExitCode::from(u8::from(!summary.failures.is_empty())))
    }
}

/// Runs with one seed after the other, and prints a line for each, with what failed below it.
async fn each(seeds: RangeInclusive<u64>, options: &Options) -> anyhow::Result<ExitCode> {
    let mut failed = false;
    for seed in seeds {
        let report = run::contract(&Options { seed, ..options.clone() }, &|_| {}).await?;
        let summary = &report.summary;
        let verdict = if summary.failures.is_empty() { "holds" } else { "FAILS" };
        let (cases, requests, seconds) = (summary.cases, summary.requests, summary.seconds);
        println!("seed {seed}: {verdict}, {cases} cases, {requests} requests in {seconds:.1} s");
        for operation in &report.operations {
            for failure in &operation.failures {
                println!("  {}  {}: {} {}", operation.operation, failure.check, failure.message, failure.at);
            }
        }
        summary.ensure_whole()?;
        ensure!(summary.operations > 0, "nothing was judged");
        failed |= !summary.failures.is_empty();
    }
    Ok(ExitCode::from(u8::from(failed)))
}

/// `1..20`: both ends belong to it.
fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once("..").ok_or("seeds are given as FIRST..LAST")?;
    let number = |text: &str| text.parse().map_err(|_| format!("'{text}' is no number"));
    let (first, last) = (number(first)?, number(last)?);
    if first <= last { Ok(first..=last) } else { Err("the first seed is greater than the last".to_owned()) }
}
