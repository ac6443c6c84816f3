//! `harness contract …`

use std::{ops::RangeInclusive, path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use harness::{
    report::{Findings, Format},
    run::{self, Check, Options},
    target::{Credentials, Settings},
};

use super::{progress::Bar, trust::TrustArgs};

/// Try every operation of the contracts against a target and judge its answers.
///
/// Only reads, unless writes are allowed. Exits with 0 if everything holds, 1 if something does not, 2 if the target
/// can't be judged.
#[derive(Args)]
pub struct ContractArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// May write: only to the project named with --project, or, if the target says that it is there to be tested, everywhere.
    #[arg(long)]
    allow_writes: bool,
    /// The key of the only project that may be written to.
    #[arg(long, value_name = "KEY", requires = "allow_writes")]
    project: Option<String>,
    /// Only operations that match, such as 'GET /rest/api/3/issue*'. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    operations: Vec<String>,
    /// Only this check. Can be given several times.
    #[arg(long, value_name = "NAME")]
    check: Vec<Check>,
    /// Not this check. Can be given several times.
    #[arg(long, value_name = "NAME")]
    skip: Vec<Check>,
    /// Fail on properties that are not documented, too.
    #[arg(long)]
    strict: bool,
    /// What reproduces a run.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// One run for each seed from the first to the last, such as 1..20, and a line for each.
    #[arg(long, value_name = "FIRST..LAST", conflicts_with_all = ["seed", "format"], value_parser = seeds)]
    seeds: Option<RangeInclusive<u64>>,
    /// Cases for each operation.
    #[arg(long, value_name = "N", default_value_t = 4)]
    cases: usize,
    /// Cases at the same time.
    #[arg(long, value_name = "N", default_value_t = 8)]
    jobs: usize,
    /// Begin no new case after that many seconds.
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
    /// How the report is written to standard output.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// The folder that has `schemas/`.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
}

/// Where a target is, and who the harness is for it.
#[derive(Args)]
pub struct TargetArgs {
    /// The target's address.
    #[arg(long = "target", value_name = "URL", required = true)]
    url: Option<String>,
    /// The e-mail address of an account.
    #[arg(long, env = "JIRA_USER", value_name = "EMAIL", requires = "token")]
    user: Option<String>,
    /// An API token of it.
    #[arg(long, env = "JIRA_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
    /// An OAuth or personal token, instead.
    #[arg(long, env = "JIRA_BEARER", hide_env_values = true, value_name = "TOKEN", conflicts_with = "user")]
    bearer: Option<String>,
    /// The e-mail address of an account that may do less.
    #[arg(long, env = "OTHER_USER", value_name = "EMAIL", requires = "other_token")]
    other_user: Option<String>,
    /// An API token of it.
    #[arg(long, env = "OTHER_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    other_token: Option<String>,
    /// At most that many requests a second.
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
    /// How long one request may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    request_time_limit: u64,
    #[command(flatten)]
    trust: TrustArgs,
}

impl TargetArgs {
    /// As the harness knows it.
    pub fn settings(self) -> Settings {
        let main = match (self.user, self.token, self.bearer) {
            (_, _, Some(bearer)) => Credentials::Bearer(bearer),
            (Some(user), Some(token), None) => Credentials::Basic { user, token },
            _ => Credentials::Anonymous,
        };
        let other = self.other_user.zip(self.other_token).map(|(user, token)| Credentials::Basic { user, token });
        let request_time_limit = Duration::from_secs(self.request_time_limit);
        let trust = self.trust.trust();
        Settings { url: self.url.unwrap_or_default(), main, other, request_time_limit, rate: self.rate, trust }
    }
}

impl ContractArgs {
    /// Runs, reports, and says by the exit code what came of it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let options = Options {
            target: self.target.settings(),
            workspace: self.workspace,
            allow_writes: self.allow_writes,
            project: self.project,
            operations: self.operations,
            checks: run::chosen(&self.check, &self.skip),
            seed: self.seed,
            cases: self.cases,
            jobs: self.jobs,
            time_limit: self.time_limit.map(Duration::from_secs),
            strict: self.strict,
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
        let failed = !report.summary.failures.is_empty();
        self.format.print(&Findings::from(report))?;
        Ok(ExitCode::from(u8::from(failed)))
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
        failed |= !summary.failures.is_empty();
    }
    Ok(ExitCode::from(u8::from(failed)))
}

/// `1..20`: both ends belong to it.
fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once("..").ok_or("seeds are given as FIRST..LAST")?;
    let number = |text: &str| text.parse().map_err(|_| format!("'{text}' is no number"));
    Ok(number(first)?..=number(last)?)
}
