//! `mock-jira routes`: what is published and what is served, without a database.

use crate::http::{operations::Catalogue, server};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::Write;

/// Which form the list has.
#[derive(Debug, Args)]
pub struct Routes {
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Markdown,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    method: &'a str,
    path: String,
    operation_id: &'a str,
    tag: &'a str,
    state: &'static str,
}

impl Routes {
    /// Prints the list.
    pub fn run(&self) -> anyhow::Result<()> {
        let (catalogue, served) = (Catalogue::load()?, server::routes());
        let rows: Vec<Row> = catalogue
            .iter()
            .map(|operation| Row {
                method: operation.method.as_str(),
                path: operation.published_path(),
                operation_id: &operation.id,
                tag: &operation.tag,
                state: if served.serves(&operation.method, &operation.path) { "served" } else { "not yet" },
            })
            .collect();
        match print(&rows, self.format) {
            // Whoever reads it has seen enough, as `head` does.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            printed => Ok(printed?),
        }
    }
}

fn print(rows: &[Row], format: Format) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let summary = {
        let served = rows.iter().filter(|row| row.state == "served").count();
        format!("{served} of {} published operations are served.", rows.len())
    };
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, rows)?;
            writeln!(out)
        }
        Format::Table => {
            for Row { method, path, operation_id, state, .. } in rows {
                writeln!(out, "{state:<8} {method:<7} {path}  {operation_id}")?;
            }
            writeln!(out, "\n{summary}")
        }
        Format::Markdown => {
            writeln!(out, "{summary}\n\n| Method | Path | Operation | Tag | State |\n|---|---|---|---|---|")?;
            for Row { method, path, operation_id, tag, state } in rows {
                writeln!(out, "| {method} | `{path}` | {operation_id} | {tag} | {state} |")?;
            }
            Ok(())
        }
    }
}
