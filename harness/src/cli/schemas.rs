//! `harness schemas …`

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use harness::schemas::{self, Additions, Import, SOURCES, diff};

#[derive(Subcommand)]
pub enum Command {
    /// Turn an official OpenAPI document into a contract.
    ///
    /// Paths, parameters, bodies, statuses, schemas and scopes are kept; every sentence is dropped.
    /// The result is still a valid OpenAPI 3.0 document.
    Import(ImportArgs),
    /// Make all committed contracts anew from a folder of official documents.
    Refresh(RefreshArgs),
    /// Say what changed from one contract (or official document) to another.
    ///
    /// Exits with 0 when nothing did, 1 when something did, and 2 on failure to read.
    Diff {
        /// The contract as it was.
        old: PathBuf,
        /// The contract as it is now.
        new: PathBuf,
    },
}

#[derive(Args)]
pub struct ImportArgs {
    /// Official documents, the leading one first. Of the others only operations that the leading
    /// one lacks are taken; a v2 operation whose v3 twin exists is not lacking.
    #[arg(required = true)]
    documents: Vec<PathBuf>,
    /// The contract to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Operations newer than the documents, themselves an OpenAPI document.
    #[arg(long, value_name = "FILE")]
    merge: Option<PathBuf>,
    /// Merge only paths that start so. Repeatable; all paths when absent.
    #[arg(long, value_name = "PREFIX", requires = "merge")]
    take: Vec<String>,
    /// Mark paths that start so as existing in v3 only. Repeatable.
    #[arg(long, value_name = "PREFIX")]
    v3_only: Vec<String>,
    /// What to call the contract; the stem of FILE when absent.
    #[arg(long)]
    title: Option<String>,
}

#[derive(Args)]
pub struct RefreshArgs {
    /// The folder of official documents.
    #[arg(long, value_name = "DIR", default_value = "../shared/openapi")]
    from: PathBuf,
    /// The folder of contracts.
    #[arg(long, value_name = "DIR", default_value = "schemas")]
    to: PathBuf,
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Import(args) => args.run(),
            Self::Refresh(args) => args.run(),
            Self::Diff { old, new } => compare(&old, &new),
        }
    }
}

impl ImportArgs {
    fn run(self) -> anyhow::Result<ExitCode> {
        let stem = self.out.file_stem().unwrap_or_default().to_string_lossy();
        let documents = self.documents.iter().map(|path| schemas::read(path));
        let documents = documents.collect::<anyhow::Result<Vec<_>>>()?;
        let additions = self.merge.as_deref().map(schemas::read).transpose()?;
        let contract = Import {
            title: self.title.as_deref().unwrap_or(&stem),
            documents: &documents,
            additions: additions.as_ref().map(|document| Additions { document, prefixes: &self.take }),
            v3_only: &self.v3_only,
        }
        .run()?;
        write(&self.out, &contract)
    }
}

impl RefreshArgs {
    fn run(self) -> anyhow::Result<ExitCode> {
        for source in SOURCES {
            write(&self.to.join(source.file), &source.import(&self.from)?)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn write(path: &std::path::Path, contract: &serde_json::Value) -> anyhow::Result<ExitCode> {
    fs::write(path, schemas::render(contract)).with_context(|| format!("writing {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn compare(old: &std::path::Path, new: &std::path::Path) -> anyhow::Result<ExitCode> {
    let changes = diff::contracts(&schemas::read(old)?, &schemas::read(new)?);
    for change in &changes {
        println!("{change}");
    }
    Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
