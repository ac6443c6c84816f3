//! The forms that findings can be written in.

use clap::ValueEnum;

use super::{Findings, html, human, junit, markdown};

/// A form that findings are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Human,
    /// All of it, for programs.
    Json,
    /// JUnit's XML, for CI servers: one test case for each check of each operation.
    Junit,
    /// For the comment of a pull request.
    Markdown,
    /// A page that needs nothing but itself.
    Html,
}

impl Format {
    /// Writes findings in this form. The human one has colours as ANSI escapes; [`Format::print`] drops them where
    /// nobody would see them.
    pub fn render(self, findings: &Findings) -> anyhow::Result<String> {
        Ok(match self {
            Self::Human => human::render(findings),
            Self::Json => json(findings)?,
            Self::Junit => junit::render(findings)?,
            Self::Markdown => markdown::render(findings),
            Self::Html => html::render(findings),
        })
    }

    /// Writes findings to the standard output; colours only on a terminal that has them.
    pub fn print(self, findings: &Findings) -> anyhow::Result<()> {
        let text = self.render(findings)?;
        if self == Self::Human {
            anstream::print!("{text}")
        } else {
            print!("{text}")
        }
        Ok(())
    }
}

/// A single run stands alone, so that its `summary` is where one looks for it.
fn json(findings: &Findings) -> anyhow::Result<String> {
    let mut text = match (&findings.verdict, &findings.runs[..]) {
        (None, [run]) => serde_json::to_string_pretty(run)?,
        _ => serde_json::to_string_pretty(findings)?,
    };
    text.push('\n');
    Ok(text)
}
