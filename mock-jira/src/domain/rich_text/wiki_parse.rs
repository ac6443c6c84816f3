//! Jira wiki markup → ADF: the block structure.
//!
//! Reading is total: whatever is not well-formed markup stays text. What wiki markup can nest but
//! ADF cannot (a heading in a quotation, a table in a panel) is reduced by [`fit`] to the nearest
//! thing the ADF schema permits, so that the outcome is always a valid document.

mod delims;
mod inline;
mod list;
mod macros;
mod scanner;
mod spans;
mod table;

use serde_json::{Value, json};

use super::{node, schema, wiki_syntax as syntax};

/// Block nesting at which macros and lists are no longer looked for. Together with the longest
/// list marker this stays well below [`super::MAX_DEPTH`].
const MAX_NESTING: usize = 16;

/// Converts wiki markup into an ADF document. Never fails: what is not markup is text.
#[must_use]
pub fn from_wiki(text: &str) -> Value {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    node::doc(fit("doc", blocks(&text, 0)))
}

/// Blocks that were read and the length of the text they took.
type Read = (Vec<Value>, usize);

/// Reads `text` as a sequence of blocks.
fn blocks(text: &str, depth: usize) -> Vec<Value> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = first_line(rest);
        if line.trim().is_empty() {
            rest = skip_line(rest, line.len());
            continue;
        }
        let (nodes, used) = if depth < MAX_NESTING {
            block(rest, depth)
        } else {
            (inline::block(rest).into_iter().collect(), rest.len())
        };
        out.extend(nodes);
        rest = &rest[used..];
    }
    out
}

/// Reads the block at the start of `rest`, whose first line is not blank.
fn block(rest: &str, depth: usize) -> Read {
    one_line(first_line(rest))
        .or_else(|| list::read(rest, depth))
        .or_else(|| table::read(rest, depth))
        .or_else(|| macros::read(rest, depth))
        .unwrap_or_else(|| paragraph(rest))
}

/// Whether a paragraph ends before this line because another kind of block begins.
fn starts_block(rest: &str) -> bool {
    let line = first_line(rest);
    syntax::heading(line).is_some()
        || syntax::quotation(line).is_some()
        || syntax::is_rule(line)
        || list::marker(line).is_some()
        || table::starts(rest)
}

fn one_line(line: &str) -> Option<Read> {
    let node = if let Some((level, text)) = syntax::heading(line) {
        node::parent_with("heading", json!({"level": level}), inline::nodes(text))
    } else if let Some(text) = syntax::quotation(line) {
        node::parent("blockquote", vec![node::parent("paragraph", inline::nodes(text))])
    } else if syntax::is_rule(line) {
        json!({"type": "rule"})
    } else {
        return None;
    };
    Some((vec![node], line.len()))
}

/// Reads lines up to a blank one, another kind of block or a block macro within a line.
fn paragraph(rest: &str) -> Read {
    let paragraph_to = |text, used| (inline::block(text).into_iter().collect(), used);
    let mut end = 0;
    loop {
        let line = first_line(&rest[end..]);
        if let Some(cut) = macros::find(rest, end, end + line.len()) {
            let before = &rest[..cut];
            let lines = before.trim_end_matches([' ', '\t']).strip_suffix('\n');
            return paragraph_to(lines.unwrap_or_else(|| before.trim_end()), cut);
        }
        end += line.len();
        let next = skip_line(&rest[end..], 0);
        if first_line(next).trim().is_empty() || starts_block(next) {
            return paragraph_to(&rest[..end], end);
        }
        end += 1;
    }
}

/// Makes `nodes` valid children of `parent`.
fn fit(parent: &str, nodes: Vec<Value>) -> Vec<Value> {
    nodes
        .into_iter()
        .flat_map(|node| if schema::allows(parent, node::kind(&node)) { vec![node] } else { degrade(parent, &node) })
        .collect()
}

/// Like [`fit`] for a parent that must not be empty.
fn fit_filled(parent: &str, nodes: Vec<Value>) -> Vec<Value> {
    let mut nodes = fit(parent, nodes);
    if nodes.is_empty() {
        nodes.push(node::parent("paragraph", Vec::new()));
    }
    nodes
}

fn degrade(parent: &str, block: &Value) -> Vec<Value> {
    let content = node::children(block);
    match node::kind(block) {
        "heading" => vec![node::parent("paragraph", content.to_vec())],
        "expand" if schema::allows(parent, "nestedExpand") => vec![node::parent_with(
            "nestedExpand",
            block.get("attrs").cloned().unwrap_or_default(),
            fit_filled("nestedExpand", content.to_vec()),
        )],
        "blockCard" | "embedCard" => {
            let attrs = json!({"url": node::card_url(block)});
            vec![node::parent("paragraph", vec![node::leaf("inlineCard", attrs)])]
        }
        "blockquote" | "panel" | "expand" => fit(parent, content.to_vec()),
        "table" => content
            .iter()
            .flat_map(node::children)
            .flat_map(|cell| fit(parent, node::children(cell).to_vec()))
            .collect(),
        _ => Vec::new(),
    }
}

fn first_line(text: &str) -> &str {
    &text[..text.find('\n').unwrap_or(text.len())]
}

/// `text` after its first `len` bytes and the line end that follows them, if any.
fn skip_line(text: &str, len: usize) -> &str {
    let rest = &text[len..];
    rest.strip_prefix('\n').unwrap_or(rest)
}
