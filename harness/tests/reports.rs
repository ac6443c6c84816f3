//! The forms that findings are written in. The page is also looked at in a browser: `tests/browser`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::{Path, PathBuf};

use harness::report::{Findings, Format, score};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/findings.json")
}

fn rendered(format: Format) -> String {
    format.render(&Findings::read(&fixture()).unwrap()).unwrap()
}

#[test]
fn human() {
    let text = rendered(Format::Human);
    assert!(text.contains("\u{1b}[31m"), "colours for those who see them");
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
    assert!(!text.contains("12,\u{1b}[31m"), "but none that come from a body");
}

#[test]
fn a_terminal_that_is_none_gets_no_colours() {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_harness")).arg("report").arg(fixture()).output().unwrap();
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        anstream::adapter::strip_str(&rendered(Format::Human)).to_string()
    );
}

#[test]
fn junit() {
    insta::assert_snapshot!(rendered(Format::Junit));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(rendered(Format::Markdown));
}

#[test]
fn json_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("findings.json");
    std::fs::write(&file, rendered(Format::Json)).unwrap();
    assert_eq!(Format::Json.render(&Findings::read(&file).unwrap()).unwrap(), rendered(Format::Json));
    // A run alone has its summary on top.
    let alone = Findings::from(Findings::read(&fixture()).unwrap().runs.remove(0));
    let text = Format::Json.render(&alone).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["summary"]["failures"]["schema"], 3);
    std::fs::write(&file, &text).unwrap();
    assert_eq!(Format::Json.render(&Findings::read(&file).unwrap()).unwrap(), text);
}

#[test]
fn the_page_needs_nothing_else_and_escapes_what_it_shows() {
    let page = rendered(Format::Html);
    for loaded in ["src=", "@import", "url(", "<link"] {
        assert!(!page.contains(loaded), "{loaded}");
    }
    assert!(page.contains("&lt;b&gt;12&lt;/b&gt;") && !page.contains("<b>12</b>"));
}

#[test]
fn a_share_is_explained_by_its_lost_points_and_never_rounded_up() {
    let findings = Findings::read(&fixture()).unwrap();
    let scores = score::by_api(&findings.runs[0]);
    let platform = &scores["platform"];
    assert_eq!((platform.called, platform.operations, platform.points), (2, 3, 6));
    let lost: Vec<_> = platform.lost.iter().map(|point| format!("{} {}", point.operation, point.check)).collect();
    assert_eq!(lost, ["GET /rest/api/3/issue/{issueIdOrKey} schema", "POST /rest/api/3/issue documented-status"]);
    assert_eq!(score::percent(platform.percent()), "66.6 %");
    assert_eq!(score::percent(Some(99.99)), "99.9 %");
    assert_eq!(scores["software"].percent(), None, "where nothing was checked, nothing holds");
}
