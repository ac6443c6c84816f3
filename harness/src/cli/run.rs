//! Options of the commands that try operations: where, which, and how often.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use harness::{
    run::Options,
    target::{Credentials, Settings},
};

use super::trust::TrustArgs;

/// What is tried, and how.
#[derive(Args)]
pub struct RunArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Only operations that match, such as 'GET /rest/api/3/issue*'. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    operations: Vec<String>,
    /// What reproduces a run.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Cases for each operation.
    #[arg(long, value_name = "N", default_value_t = 4)]
    cases: usize,
    /// How much is done at the same time.
    #[arg(long, value_name = "N", default_value_t = 8)]
    jobs: usize,
    /// Begin nothing new after that time: 90, 90s, 15m or 2h.
    #[arg(long, value_name = "TIME", value_parser = span)]
    time_limit: Option<Duration>,
    /// The folder that has `schemas/`.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
}

/// Where a target is, and who the harness is for it.
#[derive(Args)]
struct TargetArgs {
    /// The target's address.
    #[arg(long = "target", value_name = "URL", required = true)]
    url: Option<String>,
    /// The e-mail address of an account.
    #[arg(long, env = "JIRA_USER", value_name = "EMAIL", requires = "token")]
    user: Option<String>,
    /// An API token of it.
    #[arg(long, env = "JIRA_TOKEN", hide_env_values = true, value_name = "TOKEN", requires = "user")]
    token: Option<String>,
    /// An OAuth or personal token, instead.
    #[arg(long, env = "JIRA_BEARER", hide_env_values = true, value_name = "TOKEN", conflicts_with = "user")]
    bearer: Option<String>,
    /// The e-mail address of an account that may do less.
    #[arg(long, env = "OTHER_USER", value_name = "EMAIL", requires = "other_token")]
    other_user: Option<String>,
    /// An API token of it.
    #[arg(long, env = "OTHER_TOKEN", hide_env_values = true, value_name = "TOKEN", requires = "other_user")]
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
    fn settings(self) -> Settings {
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

impl RunArgs {
    /// A run that only reads.
    pub fn options(self) -> Options {
        Options {
            operations: self.operations,
            seed: self.seed,
            cases: self.cases,
            jobs: self.jobs,
            time_limit: self.time_limit,
            ..Options::new(self.target.settings(), self.workspace)
        }
    }
}

/// Seconds, or as many minutes or hours.
fn span(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit {
        "" | "s" => Some(1_u64),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = seconds.and_then(|seconds| number.parse::<u64>().ok()?.checked_mul(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "a time is given as 90, 90s, 15m or 2h".to_owned())
}
