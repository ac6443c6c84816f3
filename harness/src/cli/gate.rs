//! `harness gate …`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use harness::{
    gate::{self, baseline::Baseline, settings::Settings},
    report::Format,
};

use super::{interrupt, progress::Bar};

/// Run what harness.toml says, and decide whether it is good enough.
///
/// Exits with 0 when it is, 1 when it falls short, 2 when it could not be run.
#[derive(Args)]
pub struct GateArgs {
    /// The settings.
    #[arg(long, value_name = "FILE", default_value = "harness.toml")]
    config: PathBuf,
    /// The profile to run; may be left out when there is but one.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Where to write the reports, instead of where the settings say.
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,
    /// Keep what was reached as the new baseline, be it better or worse.
    #[arg(long)]
    write_baseline: bool,
}

impl GateArgs {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let settings = Settings::read(&self.config)?;
        let bar = Bar::new();
        let progress = |now: gate::Progress<'_>| bar.show(now.done, now.of, &format!("{}: {}", now.run, now.doing));
        let findings = gate::run(&settings, self.profile.as_deref(), &interrupt::stop()?, &progress).await?;
        bar.finish();
        let folder = self.reports.unwrap_or_else(|| settings.reports.clone());
        gate::write_reports(&findings, &folder)?;
        if self.write_baseline {
            let file = settings.baseline.as_deref().context("the settings name no baseline")?;
            Baseline::of(&findings.runs).write(file)?;
        }
        Format::Human.print(&findings)?;
        println!("Reports are in {}.", folder.display());
        let holds = findings.verdict.is_some_and(|verdict| verdict.holds);
        Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
