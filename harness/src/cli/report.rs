//! `harness report …`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use harness::report::{Findings, Format};

/// Show findings that were kept as JSON in another form.
#[derive(Args)]
pub struct ReportArgs {
    /// What a run or the gate wrote as JSON.
    findings: PathBuf,
    /// The form to show it in.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl ReportArgs {
    /// Always exits with 0: it shows, and judges nothing.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let findings = Findings::read(&self.findings).with_context(|| self.findings.display().to_string())?;
        self.format.print(&findings)?;
        Ok(ExitCode::SUCCESS)
    }
}
