//! The `harness` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod cli {
    pub mod conform;
    pub mod report;
    pub mod schemas;
}

/// Judges mock-jira from the outside.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make and compare the contracts: OpenAPI documents reduced to facts.
    #[command(subcommand)]
    Schemas(cli::schemas::Command),
    Conform(cli::conform::ConformArgs),
    Report(cli::report::ReportArgs),
}

fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Schemas(command) => command.run(),
        Command::Conform(arguments) => arguments.run(),
        Command::Report(arguments) => arguments.run(),
    }
}
