//! ADF → plain text, and what follows from it.

use serde_json::Value;

use super::{MAX_DEPTH, node};

/// The text of a document, for full-text search: one line for each block.
#[must_use]
pub fn to_plain(doc: &Value) -> String {
    let mut lines = Vec::new();
    for block in node::children(doc) {
        collect(block, 0, &mut lines);
    }
    lines.join("\n")
}

/// The length of a document's text in characters.
#[must_use]
pub fn text_length(doc: &Value) -> usize {
    to_plain(doc).chars().count()
}

/// Whether a document shows nothing: no text other than blanks and no image, card or the like.
#[must_use]
pub fn is_empty(doc: &Value) -> bool {
    let mut pending: Vec<&Value> = vec![doc];
    while let Some(next) = pending.pop() {
        let shows = match node::kind(next) {
            "text" => !node::text(next).trim().is_empty(),
            "media" | "mediaInline" | "emoji" | "mention" | "date" | "status" | "inlineCard" | "blockCard"
            | "embedCard" | "rule" | "extension" | "inlineExtension" | "syncBlock" => true,
            _ => false,
        };
        if shows {
            return false;
        }
        pending.extend(node::children(next));
    }
    true
}

/// The text of inline nodes.
pub(super) fn inline(nodes: &[Value]) -> String {
    nodes
        .iter()
        .map(|inline| match node::kind(inline) {
            "hardBreak" => "\n".to_owned(),
            _ => node::inline_label(inline),
        })
        .collect()
}

/// A task's state as text, empty for what is no task.
pub(super) fn task_state(item: &Value) -> &'static str {
    match (node::kind(item), node::attr(item, "state")) {
        ("taskItem" | "blockTaskItem", Some("DONE")) => "[x] ",
        ("taskItem" | "blockTaskItem", _) => "[ ] ",
        _ => "",
    }
}

fn collect(block: &Value, depth: usize, lines: &mut Vec<String>) {
    if depth > MAX_DEPTH {
        return;
    }
    let content = node::children(block);
    let line = match node::kind(block) {
        "paragraph" | "heading" | "caption" | "codeBlock" | "taskItem" | "decisionItem" => inline(content),
        kind => {
            if matches!(kind, "expand" | "nestedExpand")
                && let Some(title) = node::attr(block, "title")
            {
                lines.push(title.to_owned());
            }
            for child in content {
                collect(child, depth + 1, lines);
            }
            if content.is_empty() { node::inline_label(block) } else { String::new() }
        }
    };
    if !line.is_empty() {
        lines.push(line);
    }
}
