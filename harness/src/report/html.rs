//! Findings as a page that needs nothing but itself: no network, and for reading no script either.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    Failure, Findings, OperationReport, Report, State,
    score::{self, percent},
    verdict::{KnownState, Verdict},
};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

pub(super) fn render(findings: &Findings) -> String {
    let title = findings.verdict.as_ref().map_or("Findings", |verdict| match verdict.holds {
        true => "The gate holds",
        false => "The gate falls short",
    });
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } }
                main {
                    @if let Some(verdict) = &findings.verdict { (decision(verdict)) }
                    @for (number, run) in findings.runs.iter().enumerate() { (section(findings, number, run)) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn decision(verdict: &Verdict) -> Markup {
    html! {
        section.decision {
            p { "Profile " strong { (verdict.profile) } }
            div.wide { table {
                thead { tr { th {} th { "API" } th { "held" } th { "demanded" } th { "points lost" } th { "known" } } }
                tbody { @for judged in &verdict.judged {
                    tr {
                        td { (mark(if judged.holds { State::Held } else { State::Failed })) }
                        td { (judged.kind) " " (judged.api) }
                        td.number { (percent(judged.percent)) }
                        td.number { @match judged.threshold { Some(share) => { (share) " %" }, None => "–" } }
                        td.number { (judged.score.lost.len()) " of " (judged.score.points) }
                        td.number { (judged.excused.len()) }
                    }
                } }
            } }
            @if !verdict.regressions.is_empty() {
                h3 { "Worse than the baseline" }
                ul { @for regression in &verdict.regressions { li { (regression) } } }
            }
            @if !verdict.improvements.is_empty() {
                h3 { "Better than the baseline" }
                ul { @for improvement in &verdict.improvements { li { (improvement) } } }
            }
            @if !verdict.known.is_empty() {
                h3 { "Known differences" }
                div.wide { table {
                    thead { tr { th { "what" } th { "why" } th { "until" } th { "met" } } }
                    tbody { @for known in &verdict.known { tr {
                        td { code { (known.what) } }
                        td { (known.reason) }
                        td { (known.until) @if known.state == KnownState::Expired { strong { " (expired)" } } }
                        td.number { @if known.state == KnownState::Unseen { "never" } @else { (known.failures) } }
                    } } }
                } }
            }
        }
    }
}

fn section(findings: &Findings, number: usize, run: &Report) -> Markup {
    let summary = &run.summary;
    let state_count = |state| run.operations.iter().filter(|operation| operation.state() == state).count();
    html! {
        section.run data-run=(number) {
            h2 { (capitalised(&run.kind)) " of " code { (run.target) } }
            p.facts {
                (summary.cases) " cases, " (summary.requests) " requests in " (format!("{:.1}", summary.seconds)) " s, seed "
                (run.seed) ", begun " time datetime=(run.started.to_rfc3339()) { (run.started.format("%Y-%m-%d %H:%M UTC")) }
            }
            @for warning in &summary.warnings { p.note { "Warning: " (warning) } }
            (scores(run))
            (checks(run))
            h3 { "Coverage" }
            p.legend {
                @for state in [State::Failed, State::Held, State::Skipped] { (mark(state)) " " (word(state)) " " }
            }
            (map(number, run))
            h3 { "Operations" }
            form.filter role="search" {
                input type="search" placeholder="Search operations, checks and requests" aria-label="Search";
                @for state in [State::Failed, State::Held, State::Skipped] {
                    label {
                        input type="checkbox" value=(word(state)) checked[state == State::Failed || state_count(State::Failed) == 0];
                        " " (word(state)) " (" (state_count(state)) ")"
                    }
                }
                output {}
            }
            @for (index, operation) in run.operations.iter().enumerate() {
                (entry(findings, run, &anchor(number, index), operation))
            }
        }
    }
}

fn scores(run: &Report) -> Markup {
    html! {
        div.scores { @for (api, score) in score::by_api(run) {
            div.score {
                strong { (percent(score.percent())) } " " (api)
                meter min="0" max="100" value=(score.percent().unwrap_or(0.0)) { (percent(score.percent())) }
                small {
                    (score.points - score.lost.len()) " of " (score.points) " checks of operations held; "
                    (score.called) " of " (score.operations) " operations called"
                }
            }
        } }
    }
}

/// All checks of a run, the most often failed first: what the missing percents are made of.
fn checks(run: &Report) -> Markup {
    let mut rows = std::collections::BTreeMap::<&str, [u64; 4]>::new();
    for (check, tally) in run.operations.iter().flat_map(|operation| &operation.checks) {
        let row = rows.entry(check).or_default();
        let lost = u64::from(tally.failed > 0);
        for (sum, more) in row.iter_mut().zip([1, lost, tally.passed + tally.failed, tally.failed]) {
            *sum += more;
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, [_, lost, _, _])| std::cmp::Reverse(*lost));
    html! {
        h3 { "Checks" }
        div.wide { table {
            thead { tr { th { "check" } th { "operations" } th { "failed in" } th { "made" } th { "failed" } } }
            tbody { @for (check, [operations, lost, made, failed]) in rows {
                tr.lost[lost > 0] {
                    td { (check) } td.number { (operations) } td.number { (lost) } td.number { (made) } td.number { (failed) }
                }
            } }
        } }
    }
}

/// A cell for each operation, by API and tag.
fn map(number: usize, run: &Report) -> Markup {
    type Cells<'a> = Vec<(usize, &'a OperationReport)>;
    let mut groups: Vec<((&str, &str), Cells<'_>)> = Vec::new();
    for (index, operation) in run.operations.iter().enumerate() {
        let group = (operation.api.as_str(), operation.tag.as_deref().unwrap_or("other"));
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, cells)) => cells.push((index, operation)),
            None => groups.push((group, vec![(index, operation)])),
        }
    }
    html! {
        div.map { @for ((api, tag), cells) in groups {
            div.group {
                span.name { small { (api) } " " (tag) }
                span.cells { @for (index, operation) in cells {
                    @let state = operation.state();
                    @let label = format!("{}: {}", operation.operation, word(state));
                    a.cell.(word(state)) href={ "#" (anchor(number, index)) } title=(label) aria-label=(label) { (sign(state)) }
                } }
            }
        } }
    }
}

fn entry(findings: &Findings, run: &Report, id: &str, operation: &OperationReport) -> Markup {
    let state = operation.state();
    let checks = operation.failures.iter().map(|failure| failure.check.as_str()).collect::<Vec<_>>().join(" ");
    html! {
        details.operation id=(id) data-state=(word(state)) data-checks=(checks) {
            summary {
                (mark(state)) " " code { (operation.operation) } " " small { (operation.operation_id) }
                @if !checks.is_empty() { " " span.checks { (checks) } }
            }
            @if let Some(reason) = &operation.skipped { p { "Not called: " (reason) } }
            @if !operation.checks.is_empty() {
                p.tallies {
                    (operation.cases) " cases. "
                    @if !operation.answers.is_empty() {
                        "Answered "
                        @for (status, times) in &operation.answers { (status) "\u{a0}×" (times) " " }
                    }
                }
                p.tallies { @for (check, tally) in &operation.checks {
                    span.tally.lost[tally.failed > 0] { (check) " " (tally.passed) "/" (tally.passed + tally.failed) } " "
                } }
            }
            @for failure in &operation.failures { (shown(findings, run, operation, failure)) }
            @for line in run.worth_knowing(operation) { p.note { "Worth knowing: " (line) } }
        }
    }
}

fn shown(findings: &Findings, run: &Report, operation: &OperationReport, failure: &Failure) -> Markup {
    let (left, right) = if run.kind == "parity" { ("left", "right") } else { ("expected", "actual") };
    html! {
        article.failure {
            h4 { (failure.check) " " @if !failure.at.is_empty() { code { (failure.at) } } }
            p { (failure.message) }
            @if let Some(reason) = findings.excuse(&run.kind, &operation.operation, &failure.check) {
                p.known { "Known: " (reason) }
            }
            div.sides {
                div { h5 { (left) } pre.good { (failure.expected) } }
                div { h5 { (right) } pre.bad { (failure.actual) } }
            }
            p.facts { "seed " (failure.seed) ", seen " (failure.times) " times" }
            @if !failure.steps.is_empty() {
                ol.steps { @for step in &failure.steps {
                    li {
                        pre.curl { (step.curl) }
                        p { strong { (step.status) } }
                        @if !step.body.is_empty() { pre { (step.body) } }
                    }
                } }
            }
        }
    }
}

fn anchor(run: usize, operation: usize) -> String {
    format!("operation-{run}-{operation}")
}

fn word(state: State) -> &'static str {
    match state {
        State::Failed => "failed",
        State::Held => "held",
        State::Skipped => "skipped",
    }
}

/// States differ by their sign too, for who does not tell the colours apart.
fn sign(state: State) -> &'static str {
    match state {
        State::Failed => "×",
        State::Held => "",
        State::Skipped => "–",
    }
}

fn mark(state: State) -> Markup {
    html! { span.cell.(word(state)) aria-hidden="true" { (sign(state)) } }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
