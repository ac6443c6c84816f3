//! `harness parity …` and `harness record …`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use globset::{Glob, GlobMatcher};
use harness::{
    cassette::{self, Head, Redactor},
    contract::Contract,
    parity::{
        self, Options,
        endpoint::{Address, Endpoint, new_run, new_runs},
        scenario::{self, Scenario},
    },
    report::{Findings, Format},
    target::Credentials,
};

use super::{interrupt, progress::Bar, trust::TrustArgs};

/// Ask two targets the same, and tell how their answers differ.
///
/// Ids, keys, times, hosts, people and the order of lists that have none may differ. Exits with 0 when nothing else
/// does, 1 when something does, 2 when a target can't be asked.
#[derive(Args)]
pub struct ParityArgs {
    /// The target that is right: a URL, or cassette:FILE.
    #[arg(long, value_name = "URL")]
    left: Address,
    /// The target that is compared with it: a URL, or cassette:FILE.
    #[arg(long, value_name = "URL")]
    right: Address,
    #[command(flatten)]
    caller: Caller,
    /// The account at the right target, if it is another there.
    #[arg(long, value_name = "EMAIL", env = "RIGHT_USER", requires = "right_token")]
    right_user: Option<String>,
    /// Its API token.
    #[arg(long, value_name = "TOKEN", env = "RIGHT_TOKEN", hide_env_values = true, requires = "right_user")]
    right_token: Option<String>,
    /// An access token of the right target.
    #[arg(long, value_name = "TOKEN", env = "RIGHT_BEARER", hide_env_values = true, conflicts_with = "right_token")]
    right_bearer: Option<String>,
    /// The key of the project at the right target, if it is another there.
    #[arg(long, value_name = "KEY")]
    right_project: Option<String>,
    #[command(flatten)]
    which: Which,
    /// How to write what was found.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Keep what a target answers, without secrets and personal data, to compare others with it later.
#[derive(Args)]
pub struct RecordArgs {
    /// The target to ask.
    #[arg(long, value_name = "URL")]
    target: String,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    caller: Caller,
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
struct Caller {
    /// The account to ask as.
    #[arg(long, value_name = "EMAIL", env = "JIRA_USER", requires = "token")]
    user: Option<String>,
    /// Its API token.
    #[arg(long, value_name = "TOKEN", env = "JIRA_TOKEN", hide_env_values = true, requires = "user")]
    token: Option<String>,
    /// An access token instead.
    #[arg(long, value_name = "TOKEN", env = "JIRA_BEARER", hide_env_values = true, conflicts_with = "token")]
    bearer: Option<String>,
    /// The key of the project to work in.
    #[arg(long, value_name = "KEY")]
    project: Option<String>,
    /// Requests a second that are not exceeded.
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
    #[command(flatten)]
    trust: TrustArgs,
}

#[derive(Args)]
struct Which {
    /// Send requests that change something: they create things in the project, and delete them again.
    #[arg(long)]
    allow_writes: bool,
    /// A folder of scenarios instead of those that come with the harness and those that are generated.
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Only scenarios of such names, and those that the others share.
    #[arg(long, value_name = "GLOB")]
    only: Option<Glob>,
    /// What generated requests are reproduced by.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder of contracts.
    #[arg(long, value_name = "DIR", default_value = "schemas")]
    schemas: PathBuf,
}

impl ParityArgs {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let contract = Contract::load(&self.which.schemas)?;
        let scenarios = self.which.scenarios(&contract)?;
        let left = self.caller.endpoint(self.left.clone());
        let other = credentials(self.right_user, self.right_token, self.right_bearer);
        let right = Endpoint {
            address: self.right,
            credentials: other.unwrap_or_else(|| left.credentials.clone()),
            project: self.right_project.or_else(|| left.project.clone()),
            rate: left.rate,
            trust: left.trust.clone(),
        };
        let [here, there] = new_runs();
        let (mut left, mut right) = (left.open(&here)?, right.open(&there)?);
        let (allow_writes, seed, stop) = (self.which.allow_writes, self.which.seed, interrupt::stop()?);
        let options = Options { allow_writes, seed, stop };
        let bar = Bar::new();
        let report = parity::run(&mut left, &mut right, &scenarios, &contract, &options, &mut |done, all, name| {
            bar.show(done, all, name)
        })
        .await?;
        bar.finish();
        let summary = report.summary.clone();
        anyhow::ensure!(summary.operations > 0, "nothing could be compared");
        self.format.print(&Findings::from(report))?;
        summary.ensure_whole()?;
        Ok(ExitCode::from(u8::from(!summary.failures.is_empty())))
    }
}

impl RecordArgs {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let contract = Contract::load(&self.which.schemas)?;
        let scenarios = self.which.scenarios(&contract)?;
        let endpoint = self.caller.endpoint(Address::Url(self.target.clone()));
        let run = new_run();
        let head = Head::new(&run, endpoint.project.as_deref());
        let mut player = endpoint.open(&run)?;
        let bar = Bar::new();
        let options =
            Options { allow_writes: self.which.allow_writes, seed: self.which.seed, stop: interrupt::stop()? };
        let takes =
            cassette::record(&mut player, &scenarios, &options, &mut |done, all, name| bar.show(done, all, name))
                .await?;
        bar.finish();
        let secrets = [self.caller.user, self.caller.token, self.caller.bearer];
        let secrets: Vec<&str> = secrets.iter().flatten().map(String::as_str).collect();
        let number = takes.len();
        cassette::write(&self.out, &head, takes, Redactor::new(&self.target, &secrets))?;
        eprintln!("{number} answers of {} scenarios in {}", scenarios.len(), self.out.display());
        Ok(ExitCode::SUCCESS)
    }
}

impl Caller {
    fn endpoint(&self, address: Address) -> Endpoint {
        let credentials = credentials(self.user.clone(), self.token.clone(), self.bearer.clone());
        Endpoint {
            address,
            credentials: credentials.unwrap_or(Credentials::Anonymous),
            project: self.project.clone(),
            rate: self.rate,
            trust: self.trust.trust(),
        }
    }
}

fn credentials(user: Option<String>, token: Option<String>, bearer: Option<String>) -> Option<Credentials> {
    match (user, token, bearer) {
        (Some(user), Some(token), _) => Some(Credentials::Basic { user, token }),
        (_, _, Some(token)) => Some(Credentials::Bearer(token)),
        _ => None,
    }
}

impl Which {
    fn scenarios(&self, contract: &Contract) -> anyhow::Result<Vec<Scenario>> {
        let scenarios = scenario::load(self.scenarios.as_deref(), contract, &self.schemas, self.seed)?;
        let only: Option<GlobMatcher> = self.only.as_ref().map(Glob::compile_matcher);
        let wanted = |scenario: &Scenario| only.as_ref().is_none_or(|only| only.is_match(&scenario.name));
        anyhow::ensure!(scenarios.iter().any(wanted), "there is no such scenario");
        Ok(scenarios.into_iter().filter(|scenario| scenario.shared || wanted(scenario)).collect())
    }
}
