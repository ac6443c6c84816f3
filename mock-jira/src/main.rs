//! The `mock-jira` command.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    mock_jira::cli::run(mock_jira::cli::Cli::parse())
}
