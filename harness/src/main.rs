//! The `harness` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod cli {
    pub mod conform;
    pub mod contract;
    pub mod coverage;
    pub mod gate;
    pub mod interrupt;
    pub mod mutate;
    pub mod parity;
    pub mod progress;
    pub mod report;
    pub mod run;
    pub mod schemas;
    pub mod trust;
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
    Contract(Box<cli::contract::ContractArgs>),
    Mutate(Box<cli::mutate::MutateArgs>),
    Parity(cli::parity::ParityArgs),
    Record(cli::parity::RecordArgs),
    Gate(cli::gate::GateArgs),
    Report(cli::report::ReportArgs),
    Coverage(cli::coverage::CoverageArgs),
}

fn main() -> ExitCode {
    // 1 says that something was found wanting; a run that could not be made must not look like that.
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("Error: {error:#}");
        ExitCode::from(2)
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    match command {
        Command::Schemas(command) => command.run(),
        Command::Conform(arguments) => arguments.run(),
        Command::Contract(arguments) => runtime.block_on(arguments.run()),
        Command::Mutate(arguments) => runtime.block_on(arguments.run()),
        Command::Parity(arguments) => runtime.block_on(arguments.run()),
        Command::Record(arguments) => runtime.block_on(arguments.run()),
        Command::Gate(arguments) => runtime.block_on(arguments.run()),
        Command::Report(arguments) => arguments.run(),
        Command::Coverage(arguments) => arguments.run(),
    }
}
