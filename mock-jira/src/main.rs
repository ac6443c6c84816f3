//! The `mock-jira` command.

use std::process::ExitCode;

/// Answers are made of many small pieces; the system's allocator takes a sixth of a request's time with them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mock_jira::cli::run(std::env::args_os())
}
