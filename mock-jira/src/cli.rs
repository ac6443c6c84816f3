//! The command line.

use crate::serve::{Database, MockJira};
use clap::Parser;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// A Jira Cloud for tests.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Throw the data away at the end.
    #[arg(long)]
    ephemeral: bool,
    /// The folder of the data.
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// Runs the command.
pub fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(_) => return ExitCode::FAILURE,
    };
    let database = if cli.ephemeral {
        Database::Ephemeral
    } else {
        Database::Folder(cli.data_dir.unwrap_or_else(crate::postgres::default_data_dir))
    };
    let outcome: anyhow::Result<()> = runtime.block_on(async {
        let mock = MockJira::builder().listen(cli.listen).database(database).start().await?;
        println!("{}", mock.url());
        tokio::signal::ctrl_c().await?;
        mock.stop().await
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
