//! The command line: one file per command, settings for all of them.

mod banner;
mod reach;
mod routes;
mod serve;
mod settings;
mod sites;
mod tokens;

use crate::{app::seed, serve::Storehouse, telemetry::Telemetry};
use clap::{Parser, Subcommand};
use std::{ffi::OsString, process::ExitCode};

/// A Jira Cloud for tests: stateful, on PostgreSQL, many sites in one server.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Without a command the server starts, as with `mock-jira serve`; see `mock-jira serve --help`.

Options come from the command line, else from the environment (MOCK_JIRA_<OPTION>), else from
the file that --config names.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server (the default).
    Serve(Box<settings::Serve>),
    /// Brings a database up to date and makes the demo site, without serving.
    Migrate(settings::Storage),
    /// Lists all published operations, and which of them are served.
    Routes(routes::Routes),
    /// Lists, creates and deletes sites.
    Sites(sites::Sites),
    /// Lists, creates and revokes API tokens.
    Tokens(tokens::Tokens),
}

/// Runs the command that the arguments ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = Cli::parse_from(with_default(arguments.into_iter().collect()));
    match cli.command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mock-jira: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Serving is the default command.
fn with_default(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let first = arguments.get(1).and_then(|argument| argument.to_str());
    let about_all = ["-h", "--help", "-V", "--version"];
    if first.is_none_or(|first| first.starts_with('-') && !about_all.contains(&first)) {
        arguments.insert(1.min(arguments.len()), "serve".into());
    }
    arguments
}

impl Command {
    fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Serve(serve) => serve::run(serve.with_file()?),
            Self::Routes(routes) => routes.run(),
            Self::Migrate(storage) => in_runtime(storage, migrate),
            Self::Sites(sites) => in_runtime(sites.storage.clone(), async |storage| sites.run(storage).await),
            Self::Tokens(tokens) => in_runtime(tokens.storage.clone(), async |storage| tokens.run(storage).await),
        }
    }
}

/// Runs a command that ends by itself.
fn in_runtime(
    storage: settings::Storage,
    command: impl AsyncFnOnce(&settings::Storage) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let storage = storage.with_file()?;
    let _telemetry = Telemetry::start(storage.log_format.unwrap_or_default(), &storage.log_level("warn"))?;
    tokio::runtime::Runtime::new()?.block_on(command(&storage))
}

async fn migrate(storage: &settings::Storage) -> anyhow::Result<()> {
    let Storehouse { db, cluster } = storage.database()?.open(storage.postgres_bin.clone()).await?;
    seed::ensure(&db).await?;
    seed::ensure_demo_site(&db).await?;
    db.close().await;
    if let Some(cluster) = cluster {
        cluster.stop().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_the_default() {
        for (given, command) in [
            ("mock-jira", "mock-jira serve"),
            ("mock-jira --ephemeral", "mock-jira serve --ephemeral"),
            ("mock-jira --help", "mock-jira --help"),
            ("mock-jira routes", "mock-jira routes"),
        ] {
            let split = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
            assert_eq!(with_default(split(given)), split(command));
        }
    }
}
