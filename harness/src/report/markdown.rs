//! Findings for the comment of a pull request.

use std::fmt::Write;

use super::{
    Failure, Findings, Report,
    score::{self, percent},
    verdict::{KnownState, Verdict},
};

/// Failures that are shown of a run: GitHub cuts comments at 65,536 characters.
const MOST: usize = 40;

/// Characters of one thing shown.
const WIDTH: usize = 200;

pub(super) fn render(findings: &Findings) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    if let Some(verdict) = &findings.verdict {
        let _ = write_verdict(&mut text, verdict);
    }
    for run in &findings.runs {
        let _ = write_run(&mut text, findings, run);
    }
    text
}

fn write_verdict(out: &mut String, verdict: &Verdict) -> std::fmt::Result {
    let (mark, word) = if verdict.holds { ("✅", "holds") } else { ("❌", "falls short") };
    writeln!(out, "## {mark} The gate {word}\n")?;
    writeln!(out, "| | API | held | demanded | points lost | known | operations called |")?;
    writeln!(out, "|---|---|---:|---:|---:|---:|---:|")?;
    for judged in &verdict.judged {
        let mark = if judged.holds { "✅" } else { "❌" };
        let demanded = judged.threshold.map_or("–".to_owned(), |share| format!("{share} %"));
        let score = &judged.score;
        writeln!(
            out,
            "| {mark} | {} {} | {} | {demanded} | {} of {} | {} | {} of {} |",
            judged.kind,
            judged.api,
            percent(judged.percent),
            score.lost.len(),
            score.points,
            judged.excused.len(),
            score.called,
            score.operations
        )?;
    }
    writeln!(out)?;
    write_list(out, "### Worse than the baseline", verdict.regressions.iter().map(|regression| text(regression)))?;
    let known = verdict.known.iter().filter(|known| known.state != KnownState::Excuses);
    let known = known.map(|known| match known.state {
        KnownState::Expired => format!("{} expired on {}: {}", code(&known.what), known.until, text(&known.reason)),
        _ => format!("{} is no longer seen: delete it", code(&known.what)),
    });
    write_list(out, "### Known differences to look at", known)?;
    if !verdict.improvements.is_empty() {
        writeln!(out, "Better than the baseline: {}.\n", verdict.improvements.len())?;
    }
    Ok(())
}

fn write_list(out: &mut String, heading: &str, lines: impl Iterator<Item = String>) -> std::fmt::Result {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{heading}\n")?;
    for line in lines.iter().take(MOST) {
        writeln!(out, "- {line}")?;
    }
    if lines.len() > MOST {
        writeln!(out, "- and {} more", lines.len() - MOST)?;
    }
    writeln!(out)
}

fn write_run(out: &mut String, findings: &Findings, run: &Report) -> std::fmt::Result {
    let summary = &run.summary;
    writeln!(out, "### {} of {}\n", if run.kind == "parity" { "Parity" } else { "Contract" }, code(&run.target))?;
    writeln!(
        out,
        "{} cases, {} requests, {:.1} s, seed {}; {} operations called, {} not.\n",
        summary.cases, summary.requests, summary.seconds, run.seed, summary.operations, summary.skipped
    )?;
    if findings.verdict.is_none() {
        for (api, score) in score::by_api(run) {
            let held = score.points - score.lost.len();
            writeln!(out, "- {api}: {} ({held} of {} points)", percent(score.percent()), score.points)?;
        }
        writeln!(out)?;
    }
    let failures = run
        .operations
        .iter()
        .flat_map(|operation| operation.failures.iter().map(move |failure| (operation.operation.as_str(), failure)));
    let counted: Vec<_> = failures
        .filter(|(operation, failure)| findings.excuse(&run.kind, operation, &failure.check).is_none())
        .collect();
    if counted.is_empty() {
        writeln!(out, "Every check held.\n")?;
    } else {
        write_failures(out, run, &counted)?;
    }
    let notes = run.operations.iter().flat_map(|operation| {
        let lines = run.worth_knowing(operation).into_iter();
        lines.map(|line| format!("{} {}", code(&operation.operation), text(&line)))
    });
    let warnings = run.summary.warnings.iter().map(|warning| text(warning));
    write_list(out, "#### Worth knowing", notes.chain(warnings))
}

fn write_failures(out: &mut String, run: &Report, counted: &[(&str, &Failure)]) -> std::fmt::Result {
    let sides = if run.kind == "parity" { "left | right" } else { "expected | actual" };
    writeln!(out, "| operation | check | where | {sides} | times |")?;
    writeln!(out, "|---|---|---|---|---|---:|")?;
    for (operation, failure) in counted.iter().take(MOST) {
        let Failure { check, at, expected, actual, times, .. } = failure;
        let place = if at.is_empty() { "–".to_owned() } else { code(at) };
        writeln!(
            out,
            "| {} | {} | {place} | {} | {} | {times} |",
            code(operation),
            text(check),
            code(expected),
            code(actual)
        )?;
    }
    if counted.len() > MOST {
        writeln!(out, "\n… and {} more.", counted.len() - MOST)?;
    }
    writeln!(out)
}

/// Text that is nothing but text: no markup, no mention of people, no cell of a table more.
fn text(value: &str) -> String {
    let mut out = String::new();
    for c in shorten(value).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@\u{200b}"),
            c => out.push(c),
        }
    }
    out
}

/// Code within a line; it may hold backticks and pipes.
fn code(value: &str) -> String {
    let value = shorten(value);
    if value.is_empty() {
        return "–".to_owned();
    }
    let longest = value.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", value.replace('|', "\\|"))
}

fn shorten(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
