//! ADF → Jira wiki markup: the block structure.
//!
//! Everything wiki markup can express is written so that [`super::from_wiki`] reads the same
//! document back; the rest is written as the nearest thing (a task list as bullets, a layout as
//! its content).

mod escape;
mod inline;
mod render;

use serde_json::{Value, json};

use super::{MAX_DEPTH, node, plain, wiki_syntax as syntax};
use inline::{Breaks, Inline};

/// Converts an ADF document into wiki markup.
#[must_use]
pub fn to_wiki(doc: &Value) -> String {
    let place = Place { is_tight: false, in_table: false, depth: 0 };
    place.blocks(node::children(doc))
}

/// Where a block stands.
#[derive(Clone, Copy)]
struct Place {
    /// Inside a list item or table cell, which a blank line would end.
    is_tight: bool,
    /// Inside a table, where a bar ends the cell.
    in_table: bool,
    depth: usize,
}

impl Place {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn blocks<'a>(self, nodes: impl IntoIterator<Item = &'a Value>) -> String {
        if self.depth > MAX_DEPTH {
            return String::new();
        }
        let mut out = String::new();
        let mut after_paragraph = false;
        for block in nodes {
            let text = self.block(block);
            if text.is_empty() {
                continue;
            }
            let is_paragraph = node::kind(block) == "paragraph";
            if !out.is_empty() {
                out.push_str(match (self.is_tight, self.in_table) {
                    (false, _) => "\n\n",
                    // Two paragraphs can only be one with a break here.
                    (true, true) if after_paragraph && is_paragraph => "\\\\",
                    (true, _) => "\n",
                });
            }
            out.push_str(&text);
            after_paragraph = is_paragraph;
        }
        out
    }

    fn block(self, block: &Value) -> String {
        let content = node::children(block);
        match node::kind(block) {
            "paragraph" | "caption" => self.inline(content),
            "heading" => {
                let level = node::attr_number(block, "level").unwrap_or(1.0);
                let text = Inline { in_table: self.in_table, breaks: Breaks::Slashes }.write(content);
                format!("h{level}. {}", escape::pin_start(&text))
            }
            "rule" => "----".to_owned(),
            "codeBlock" => code_block(block),
            "blockquote" => self.enclosed("{quote}", "{quote}", content),
            "panel" => self.panel(block),
            "expand" | "nestedExpand" => {
                let title = syntax::encode_refs(node::attr(block, "title").unwrap_or_default());
                // An opening tag with a parameter cannot be taken for a closing one.
                self.enclosed(&format!("{{expand:title={title}}}"), "{expand}", content)
            }
            "bulletList" | "orderedList" | "taskList" | "decisionList" => {
                let mut lines = Vec::new();
                self.list(block, "", &mut lines);
                lines.join("\n")
            }
            "table" => self.table(content),
            "mediaGroup" => {
                let names: Vec<_> = content.iter().map(media).collect();
                names.join("\n")
            }
            "media" => media(block),
            "blockCard" => inline::card(block, "smart-card"),
            "embedCard" => inline::card(block, "smart-embed"),
            // Containers without a counterpart: their content.
            _ if !content.is_empty() => self.deeper().blocks(content),
            _ => self.inline(std::slice::from_ref(block)),
        }
    }

    fn inline(self, nodes: &[Value]) -> String {
        let breaks = if self.in_table { Breaks::Slashes } else { Breaks::Newlines };
        let text = Inline { in_table: self.in_table, breaks }.write(nodes);
        if text.trim().is_empty() { escape::pin_start(&text) } else { text }
    }

    fn enclosed(self, open: &str, close: &str, content: &[Value]) -> String {
        match self.deeper().blocks(content) {
            inner if inner.is_empty() => format!("{open}\n{close}"),
            inner => format!("{open}\n{inner}\n{close}"),
        }
    }

    fn panel(self, panel: &Value) -> String {
        let panel_type = node::attr(panel, "panelType").unwrap_or_default();
        let content = node::children(panel);
        if panel_type == "tip" {
            return self.enclosed("{tip}", "{tip}", content);
        }
        let open = match syntax::panel_color(panel_type).or_else(|| node::attr(panel, "panelColor")) {
            Some(color) => format!("{{panel:bgColor={}}}", syntax::encode_refs(color)),
            None => "{panel}".to_owned(),
        };
        self.enclosed(&open, "{panel}", content)
    }

    /// Writes a list's items, `outer` being the marker of the item it is in.
    fn list(self, list: &Value, outer: &str, lines: &mut Vec<String>) {
        if self.depth > MAX_DEPTH {
            return;
        }
        let mut marker = outer.to_owned();
        if marker.len() < syntax::LONGEST_MARKER {
            let is_ordered = node::kind(list) == "orderedList";
            marker.push(if is_ordered { '#' } else { '*' });
        }
        let inside = Self { is_tight: true, ..self.deeper() };
        for item in node::children(list) {
            if is_list(item) {
                inside.list(item, &marker, lines);
                continue;
            }
            let content = node::children(item);
            let body = match node::kind(item) {
                "taskItem" | "decisionItem" => inside.inline(&with_state(item)),
                _ => inside.blocks(content.iter().filter(|node| !is_list(node))),
            };
            // The blank after a marker would be trimmed off at the end of a table cell.
            let is_bare = body.is_empty() && self.in_table && !content.iter().any(is_list);
            let body = if is_bare { "\\\\".to_owned() } else { body };
            lines.push(format!("{marker} {}", escape::pin_start(&body)));
            for nested in content.iter().filter(|node| is_list(node)) {
                inside.list(nested, &marker, lines);
            }
        }
    }

    fn table(self, rows: &[Value]) -> String {
        let inside = Self { is_tight: true, in_table: true, ..self.deeper() };
        let rows: Vec<_> = rows
            .iter()
            .filter(|row| !node::children(row).is_empty())
            .map(|row| inside.row(node::children(row)))
            .collect();
        rows.join("\n")
    }

    fn row(self, cells: &[Value]) -> String {
        let mut row = String::new();
        let mut bar = "";
        for cell in cells {
            bar = if node::kind(cell) == "tableHeader" { "||" } else { "|" };
            row.push_str(bar);
            let text = self.deeper().blocks(node::children(cell));
            if text.is_empty() {
                // Two bars without a blank between them would begin a heading.
                row.push(' ');
            } else {
                row.push_str(&escape::pin_end(&escape::pin_start(&text)));
            }
        }
        row.push_str(bar);
        row
    }
}

fn is_list(node: &Value) -> bool {
    matches!(node::kind(node), "bulletList" | "orderedList" | "taskList" | "decisionList")
}

/// The content of a task or decision with a task's state as text.
fn with_state(item: &Value) -> Vec<Value> {
    let state = json!({"type": "text", "text": plain::task_state(item)});
    std::iter::once(state).chain(node::children(item).iter().cloned()).collect()
}

fn code_block(block: &Value) -> String {
    let text: String = node::children(block).iter().map(node::text).collect();
    let language = node::attr(block, "language").filter(|_| !text.contains("{code}"));
    let (open, close) = match language {
        Some(language) => {
            let language = syntax::encode_refs(language);
            let name = if language.contains('=') { "language=" } else { "" };
            (format!("{{code:{name}{language}}}"), "{code}")
        }
        None if text.contains("{noformat}") => ("{code}".to_owned(), "{code}"),
        None => ("{noformat}".to_owned(), "{noformat}"),
    };
    // Nothing escapes a closing tag; a text with both kinds of them cannot be kept as it is.
    let text = text.replace(close, &close.replace('}', " }"));
    if text.is_empty() { format!("{open}\n{close}") } else { format!("{open}\n{text}\n{close}") }
}

/// An image or file that stands alone.
fn media(media: &Value) -> String {
    let name = match node::attr(media, "url") {
        Some(url) => url,
        None => node::media_name(media),
    };
    let sizes: Vec<_> = ["width", "height"]
        .iter()
        .filter_map(|name| Some(format!("{name}={}", node::attr_number(media, name)?.round())))
        .collect();
    let bar = if sizes.is_empty() { "" } else { "|" };
    format!("!{}{bar}{}!", syntax::encode_refs(name), sizes.join(","))
}
