//! The `mock-jira` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    mock_jira::cli::run(std::env::args_os())
}
