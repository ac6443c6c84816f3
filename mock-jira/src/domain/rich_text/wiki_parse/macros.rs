//! Block macros: `{code}`, `{noformat}`, `{quote}`, `{panel}` and its kin, `{expand}`.

use serde_json::{Value, json};

use super::super::wiki_syntax::{self as syntax, Tag, tag};
use super::super::{
    marks::{Marks, Style},
    node,
};
use super::{MAX_NESTING, Read, blocks, fit_filled, spans};

/// A block macro with its content.
struct Block<'a> {
    tag: Tag<'a>,
    inner: &'a str,
    len: usize,
}

/// Reads the block macro that `rest` begins with, after blanks.
pub(super) fn read(rest: &str, depth: usize) -> Option<Read> {
    let trimmed = rest.trim_start();
    let block = parse(trimmed)?;
    let used = rest.len() - trimmed.len() + block.len;
    Some((vec![node_of(&block, depth)], used))
}

/// The position of the first block macro of `text` that begins in `from..to`.
pub(super) fn find(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut at = from;
    while at < to {
        if text[at..].starts_with('{') && parse(&text[at..]).is_some() {
            return Some(at);
        }
        at = spans::step(text, at);
    }
    None
}

fn parse(rest: &str) -> Option<Block<'_>> {
    if let Some((tag, inner, len)) = spans::raw_macro(rest) {
        return Some(Block { tag, inner, len });
    }
    let tag = tag(rest)
        .filter(|tag| matches!(tag.name, "quote" | "panel" | "info" | "note" | "warning" | "tip" | "expand"))?;
    let (end, len) = find_close(rest, &tag)?;
    Some(Block { tag, inner: &rest[tag.len..end], len })
}

/// Where the content of the macro opened by `open` ends and where its closing tag does.
///
/// The closing tag looks like an opening one without parameters. One with parameters can only
/// open, which is how macros of one name are nested.
fn find_close(rest: &str, open: &Tag<'_>) -> Option<(usize, usize)> {
    let bare = format!("{{{}}}", open.name);
    if !rest[open.len..].contains(&bare) {
        return None;
    }
    let mut level = 1;
    let mut at = open.len;
    while at < rest.len() {
        match tag(&rest[at..]).filter(|tag| tag.name == open.name) {
            // More levels would not be read, and looking for them is work for nothing.
            Some(tag) if tag.params.is_some() && level == MAX_NESTING => return None,
            Some(tag) if tag.params.is_some() => level += 1,
            Some(_) => level -= 1,
            None => {}
        }
        let next = spans::step(rest, at);
        if level == 0 {
            return Some((at, next));
        }
        at = next;
    }
    None
}

fn node_of(block: &Block<'_>, depth: usize) -> Value {
    let tag = &block.tag;
    let inner = || blocks(block.inner, depth + 1);
    match tag.name {
        "code" | "noformat" => code_block(tag, block.inner),
        "quote" => node::parent("blockquote", fit_filled("blockquote", inner())),
        "expand" => {
            let title = tag.param("title").or_else(|| tag.param("")).unwrap_or_default();
            node::parent_with("expand", json!({"title": title}), fit_filled("expand", inner()))
        }
        _ => {
            let mut content = inner();
            if let Some(title) = tag.param("title") {
                let mut marks = Marks::default();
                marks.set(Style::Strong, true);
                content.insert(0, node::parent("paragraph", vec![marks.text_node(&title)]));
            }
            node::parent_with("panel", panel_attrs(tag), fit_filled("panel", content))
        }
    }
}

fn code_block(tag: &Tag<'_>, inner: &str) -> Value {
    let text = inner.strip_prefix('\n').unwrap_or(inner);
    let text = text.strip_suffix('\n').unwrap_or(text);
    let content = if text.is_empty() { Vec::new() } else { vec![json!({"type": "text", "text": text})] };
    let language = tag.param("language").or_else(|| tag.param(""));
    match language.filter(|_| tag.name == "code") {
        Some(language) => node::parent_with("codeBlock", json!({"language": language}), content),
        None => node::parent("codeBlock", content),
    }
}

fn panel_attrs(tag: &Tag<'_>) -> Value {
    if tag.name != "panel" {
        return json!({"panelType": tag.name});
    }
    match tag.param("bgColor") {
        None => json!({"panelType": "info"}),
        Some(color) => match syntax::panel_of_color(&color) {
            Some(panel_type) => json!({"panelType": panel_type}),
            None => json!({"panelType": "custom", "panelColor": color}),
        },
    }
}
