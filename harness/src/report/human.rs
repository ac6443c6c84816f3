//! Findings for a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{
    Failure, Findings, OperationReport, Report, State,
    score::{self, percent},
    verdict::{KnownState, Verdict},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// Notes that are shown of a run.
const MOST_NOTES: usize = 10;

fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

pub(super) fn render(findings: &Findings) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    for run in &findings.runs {
        let _ = write_run(&mut text, findings, run);
    }
    if let Some(verdict) = &findings.verdict {
        let _ = write_verdict(&mut text, verdict);
    }
    text
}

fn write_run(out: &mut String, findings: &Findings, run: &Report) -> std::fmt::Result {
    for operation in run.operations.iter().filter(|operation| operation.state() == State::Failed) {
        if run.kind == "parity" {
            write_differences(out, findings, operation)?;
        } else {
            write_failures(out, findings, run, operation)?;
        }
    }
    write_notes(out, run)?;
    write_summary(out, run)
}

/// One line for each of the first notes, and how many more there are: they fail nothing, and may be many.
fn write_notes(out: &mut String, run: &Report) -> std::fmt::Result {
    let notes = run.operations.iter().flat_map(|operation| operation.notes.iter().map(move |note| (operation, note)));
    for (operation, Failure { check, at, message, times, .. }) in notes.clone().take(MOST_NOTES) {
        let place = if at.is_empty() { String::new() } else { format!("{at} ") };
        let (mark, operation) = (styled(WARNING, "note"), styled(BOLD, &operation.operation));
        let times = styled(DIM, format_args!("×{times}"));
        writeln!(out, "{mark} {operation}  {check}  {place}{}  {times}", one_line(message))?;
    }
    let more = notes.count().saturating_sub(MOST_NOTES);
    if more > 0 {
        writeln!(out, "{} and {more} more, which JSON and the page tell", styled(WARNING, "note"))?;
    }
    Ok(())
}

/// One line for each difference.
fn write_differences(out: &mut String, findings: &Findings, operation: &OperationReport) -> std::fmt::Result {
    for Failure { check, at, expected, actual, times, .. } in &operation.failures {
        if findings.excuse("parity", &operation.operation, check).is_some() {
            write!(out, "{} ", styled(WARNING, "known"))?;
        }
        let operation = styled(BOLD, &operation.operation);
        let place = if at.is_empty() { check.clone() } else { format!("{check} {at}") };
        let (left, right) = (styled(GOOD, one_line(expected)), styled(BAD, one_line(actual)));
        writeln!(out, "{operation}  {place}  {left} → {right}  {}", styled(DIM, format_args!("×{times}")))?;
    }
    Ok(())
}

fn write_failures(
    out: &mut String,
    findings: &Findings,
    run: &Report,
    operation: &OperationReport,
) -> std::fmt::Result {
    for failure in &operation.failures {
        let excuse = findings.excuse(&run.kind, &operation.operation, &failure.check);
        let (style, mark) = if excuse.is_some() { (WARNING, "known") } else { (BAD, "failed") };
        let subject = styled(BOLD, &operation.operation);
        writeln!(out, "{} {subject}  {}", styled(style, mark), styled(style, &failure.check))?;
        writeln!(out, "  {}", one_line(&failure.message))?;
        if let Some(reason) = excuse {
            writeln!(out, "  known: {reason}")?;
        }
        if !failure.at.is_empty() {
            writeln!(out, "  at        {}", failure.at)?;
        }
        if !failure.expected.is_empty() || !failure.actual.is_empty() {
            writeln!(out, "  expected  {}", styled(GOOD, one_line(&failure.expected)))?;
            writeln!(out, "  actual    {}", styled(BAD, one_line(&failure.actual)))?;
        }
        writeln!(out, "  {}", styled(DIM, format_args!("seed {}, seen {} times", failure.seed, failure.times)))?;
        for step in &failure.steps {
            writeln!(out, "  $ {}", step.curl)?;
            writeln!(out, "    {} {}", step.status, styled(DIM, one_line(&step.body)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_summary(out: &mut String, run: &Report) -> std::fmt::Result {
    let summary = &run.summary;
    writeln!(out, "{}", styled(BOLD, format_args!("{} of {}, seed {}", run.kind, run.target, run.seed)))?;
    let rate = if summary.seconds > 0.0 { summary.requests as f64 / summary.seconds } else { 0.0 };
    writeln!(
        out,
        "  {} cases, {} requests in {:.1} s ({rate:.0} a second); {} operations called, {} not",
        summary.cases, summary.requests, summary.seconds, summary.operations, summary.skipped
    )?;
    for (api, score) in score::by_api(run) {
        let style = if score.lost.is_empty() { GOOD } else { BAD };
        writeln!(
            out,
            "  {api:<20} {}  {} of {} checks of operations held; {} of {} operations called",
            styled(style, format_args!("{:>8}", percent(score.percent()))),
            score.points - score.lost.len(),
            score.points,
            score.called,
            score.operations
        )?;
    }
    for unreached in &summary.never_succeeded {
        let operation = styled(BOLD, &unreached.operation);
        let why = one_line(&unreached.why());
        writeln!(out, "  {} {operation} never succeeded: {why}", styled(WARNING, "note"))?;
    }
    for warning in &summary.warnings {
        writeln!(out, "  {} {}", styled(WARNING, "warning"), one_line(warning))?;
    }
    if !summary.compared.is_empty() {
        writeln!(out, "  {}", styled(DIM, "check                     operations     times"))?;
    }
    for (check, compared) in &summary.compared {
        writeln!(out, "  {check:<25} {:>10} {:>9}", compared.operations, compared.times)?;
    }
    for (check, times) in summary.failures.iter().filter(|(_, times)| **times > 0) {
        writeln!(out, "  {} {check}: {times}", styled(BAD, "failed"))?;
    }
    Ok(())
}

fn write_verdict(out: &mut String, verdict: &Verdict) -> std::fmt::Result {
    writeln!(out)?;
    for judged in &verdict.judged {
        let style = if judged.holds { GOOD } else { BAD };
        let wanted = judged.threshold.map_or("nothing demanded".to_owned(), |share| format!("{share} % demanded"));
        let subject = format!("{} {}", judged.kind, judged.api);
        let (lost, points, excused) = (judged.score.lost.len(), judged.score.points, judged.excused.len());
        let share = styled(style, format_args!("{:>8}", percent(judged.percent)));
        writeln!(out, "  {subject:<28} {share}  {wanted}; {lost} of {points} points lost, {excused} known")?;
    }
    for known in verdict.known.iter().filter(|known| known.state != KnownState::Excuses) {
        let why = match known.state {
            KnownState::Expired => format!("expired on {}", known.until),
            _ => "no longer seen: delete it".to_owned(),
        };
        writeln!(out, "  {} known difference {}: {why}", styled(WARNING, "note"), known.what)?;
    }
    for regression in &verdict.regressions {
        writeln!(out, "  {} {regression}", styled(BAD, "worse than the baseline:"))?;
    }
    if !verdict.improvements.is_empty() {
        let number = verdict.improvements.len();
        let note = styled(GOOD, "better than the baseline:");
        writeln!(out, "  {note} {number}; renew it with --write-baseline")?;
    }
    let (style, word) = if verdict.holds { (GOOD, "holds") } else { (BAD, "falls short") };
    writeln!(out, "{}", styled(style.bold(), format_args!("The gate {word} ({}).", verdict.profile)))
}

/// Bodies may have line breaks and escapes of terminals in them; neither belongs into a line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
