//! `harness conform …`

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use harness::conform::Conformance;
use http::{Method, StatusCode};
use serde::Deserialize;

/// Judge answers that were recorded elsewhere.
#[derive(Args)]
pub struct ConformArgs {
    /// One answer a line, as JSON: `{"method", "path" (with its query), "status", "contentType", "body"}`.
    answers: PathBuf,
    /// The folder that has `schemas/`.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    method: String,
    path: String,
    status: u16,
    content_type: Option<String>,
    body: String,
}

impl ConformArgs {
    /// Exits with 0 if all answers keep the contract, 1 if some don't, 2 on failure to read.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let contract = Conformance::load(&self.workspace)?;
        let file = File::open(&self.answers).with_context(|| self.answers.display().to_string())?;
        let (mut judged, mut broken) = (0, 0);
        for line in BufReader::new(file).lines() {
            let answer: Recorded = serde_json::from_str(&line?)?;
            let (method, status) = (Method::try_from(answer.method.as_str())?, StatusCode::from_u16(answer.status)?);
            judged += 1;
            let content_type = answer.content_type.as_deref();
            let Err(violations) = contract.check(&method, &answer.path, status, content_type, answer.body.as_bytes())
            else {
                continue;
            };
            broken += 1;
            println!("{method} {} answered {status} against the contract:", answer.path);
            for violation in violations {
                println!("  {violation}");
            }
        }
        println!("{judged} answers, {broken} against the contract");
        anyhow::ensure!(judged > 0, "no answers in {}", self.answers.display());
        Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
