//! Lists: lines that begin with `*`, `-`, `#` or a mixture for nested ones.

use serde_json::Value;

use super::super::{node, wiki_syntax as syntax};
use super::{Read, blocks, first_line, fit, skip_line, spans, starts_block};

/// One line of a list with its continuation lines.
struct Item<'a> {
    marker: &'a str,
    body: &'a str,
}

impl Item<'_> {
    /// The type of the list this item is in at `level`.
    fn list_kind(&self, level: usize) -> &'static str {
        match self.marker.as_bytes().get(level) {
            Some(b'#') => "orderedList",
            _ => "bulletList",
        }
    }
}

/// The list marker of `line` and the offset of the text after it.
pub(super) fn marker(line: &str) -> Option<(&str, usize)> {
    let trimmed = line.trim_start();
    let end = trimmed.find(|c| !syntax::is_list_symbol(c))?;
    let marker = &trimmed[..end];
    let after = &trimmed[end..];
    // Dashes are list markers only one at a time: two and three are dashes in a sentence.
    let is_dashes = end > 1 && marker.bytes().all(|b| b == b'-');
    let is_marker = (1..=syntax::LONGEST_MARKER).contains(&end) && after.starts_with(char::is_whitespace) && !is_dashes;
    is_marker.then(|| (marker, line.len() - after.trim_start().len()))
}

/// Reads the list at the start of `rest`: items up to a blank line or another block.
pub(super) fn read(rest: &str, depth: usize) -> Option<Read> {
    let mut items = Vec::new();
    let mut at = 0;
    while let Some((marker, offset)) = marker(first_line(&rest[at..])) {
        let start = at + offset;
        let end = item_end(rest, start);
        items.push(Item { marker, body: &rest[start..end] });
        at = rest.len() - skip_line(rest, end).len();
    }
    (!items.is_empty()).then(|| (lists(&items, 0, depth), at))
}

/// The end of the item whose text begins at `start`.
fn item_end(rest: &str, start: usize) -> usize {
    let mut end = start;
    loop {
        end += spans::logical_line_end(&rest[end..]);
        let next = skip_line(rest, end);
        if first_line(next).trim().is_empty() || starts_block(next) {
            return end;
        }
        end += 1;
    }
}

/// Builds the lists at `level` from `items`, whose markers are all longer than `level`.
fn lists(items: &[Item<'_>], level: usize, depth: usize) -> Vec<Value> {
    items
        .chunk_by(|a, b| a.list_kind(level) == b.list_kind(level))
        .filter_map(|run| {
            let kind = run.first()?.list_kind(level);
            Some(node::parent(kind, list_items(run, level, depth)))
        })
        .collect()
}

fn list_items(mut run: &[Item<'_>], level: usize, depth: usize) -> Vec<Value> {
    let mut out = Vec::new();
    while let [first, others @ ..] = run {
        // An item that skips a level hangs below an empty one.
        let (body, below) = if first.marker.len() == level + 1 { (first.body, others) } else { ("", run) };
        let nested = below.iter().take_while(|item| item.marker.len() > level + 1).count();
        let mut content = fit("listItem", blocks(body, depth + 2 * (level + 1)));
        let starts_well = content.first().is_some_and(|node| !node::kind(node).ends_with("List"));
        if !starts_well {
            content.insert(0, node::parent("paragraph", Vec::new()));
        }
        content.extend(lists(&below[..nested], level + 1, depth));
        out.push(node::parent("listItem", content));
        run = &below[nested..];
    }
    out
}
