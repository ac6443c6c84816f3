//! The case table: each wiki text is read as `adf`, which is written as `written`, by default the
//! same text.

use serde_json::{Value, json};

use super::super::{from_wiki, to_wiki, validate};

const CASES: &str = include_str!("../../../../../fixtures/rich_text/cases.json");

fn cases() -> Vec<Value> {
    serde_json::from_str(CASES).expect("the case table is JSON")
}

fn doc(case: &Value) -> Value {
    json!({"type": "doc", "version": 1, "content": case["adf"]})
}

#[test]
fn wiki_is_read_as_adf() {
    for case in cases() {
        let read = from_wiki(case["wiki"].as_str().expect("wiki"));
        assert_eq!(read, doc(&case), "{}", case["name"]);
        assert_eq!(validate(&read), Ok(()), "{}", case["name"]);
    }
}

#[test]
fn adf_is_written_as_wiki() {
    for case in cases() {
        let written = case.get("written").unwrap_or(&case["wiki"]);
        assert_eq!(Some(to_wiki(&doc(&case)).as_str()), written.as_str(), "{}", case["name"]);
    }
}

#[test]
fn what_wiki_cannot_express_is_written_as_the_nearest_thing() {
    let text = |text: &str| json!({"type": "text", "text": text});
    let paragraph = |line: &str| json!({"type": "paragraph", "content": [text(line)]});
    let cases = [
        (
            json!({"type": "taskList", "attrs": {"localId": ""}, "content": [
                {"type": "taskItem", "attrs": {"localId": "", "state": "DONE"}, "content": [text("a")]},
                {"type": "taskList", "attrs": {"localId": ""}, "content": [
                    {"type": "taskItem", "attrs": {"localId": "", "state": "TODO"}, "content": [text("b")]},
                ]},
            ]}),
            "* \\[x] a\n** \\[ ] b",
        ),
        (
            json!({"type": "layoutSection", "content": [
                {"type": "layoutColumn", "attrs": {"width": 50}, "content": [paragraph("a")]},
                {"type": "layoutColumn", "attrs": {"width": 50}, "content": [paragraph("b")]},
            ]}),
            "a\n\nb",
        ),
        (
            json!({"type": "mediaSingle", "content": [
                {"type": "media", "attrs": {"type": "file", "id": "u-1", "collection": "", "alt": "a.png"}},
                {"type": "caption", "content": [text("c")]},
            ]}),
            "!a.png!\n\nc",
        ),
        (
            json!({"type": "paragraph", "content": [
                {"type": "date", "attrs": {"timestamp": "1706659200000"}},
                {"type": "placeholder", "attrs": {"text": "*"}},
            ]}),
            "2024-01-31\\*",
        ),
        (json!({"type": "extension", "attrs": {"extensionKey": "toc", "extensionType": "x"}}), "toc"),
    ];
    for (node, written) in cases {
        assert_eq!(to_wiki(&json!({"type": "doc", "version": 1, "content": [node]})), written);
    }
}

#[test]
fn a_bare_address_is_written_as_it_is() {
    let doc = json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
        {"type": "text", "text": "see https://x.example/a_b-c?d=[1]."},
    ]}]});
    assert_eq!(to_wiki(&doc), "see https://x.example/a_b-c?d=\\[1].");
}
