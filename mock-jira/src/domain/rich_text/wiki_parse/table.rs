//! Tables: rows of `||heading||` and `|cell|`.

use serde_json::Value;

use super::super::node;
use super::{Read, blocks, first_line, fit_filled, skip_line, spans};

struct Cell<'a> {
    is_header: bool,
    text: &'a str,
}

/// Whether a table row begins at the start of `rest`.
pub(super) fn starts(rest: &str) -> bool {
    row(rest).is_some()
}

/// Reads the table at the start of `rest`.
pub(super) fn read(rest: &str, depth: usize) -> Option<Read> {
    let mut rows = Vec::new();
    let mut at = 0;
    while let Some((cells, used)) = row(&rest[at..]) {
        let cells = cells.iter().map(|cell| cell_node(cell, depth)).collect();
        rows.push(node::parent("tableRow", cells));
        at = rest.len() - skip_line(rest, at + used).len();
    }
    (!rows.is_empty()).then(|| (vec![node::parent("table", rows)], at))
}

fn cell_node(cell: &Cell<'_>, depth: usize) -> Value {
    let kind = if cell.is_header { "tableHeader" } else { "tableCell" };
    node::parent(kind, fit_filled(kind, blocks(cell.text.trim(), depth + 3)))
}

/// Reads one row: its cells and its length. A row may go on over several lines until a `|` ends
/// it; a single `|` makes no row.
fn row(rest: &str) -> Option<(Vec<Cell<'_>>, usize)> {
    let mut at = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let mut cells = Vec::new();
    while rest[at..].starts_with('|') {
        let is_header = rest[at..].starts_with("||");
        let start = at + 1 + usize::from(is_header);
        at = cell_end(rest, start);
        let text = &rest[start..at];
        let is_closed = rest[at..].starts_with('|');
        if !is_closed && (cells.is_empty() || text.trim().is_empty()) {
            break;
        }
        cells.push(Cell { is_header, text });
    }
    (!cells.is_empty()).then_some((cells, at))
}

/// The end of the cell whose text begins at `start`: a `|` or the end of the row.
fn cell_end(rest: &str, start: usize) -> usize {
    let mut at = start;
    while at < rest.len() {
        if rest[at..].starts_with('|') {
            return at;
        }
        if rest[at..].starts_with('\n') {
            let next = first_line(&rest[at + 1..]).trim_start();
            let is_blank = rest[start..at].trim().is_empty();
            if is_blank || next.is_empty() || next.starts_with('|') {
                return at;
            }
        }
        at = spans::step(rest, at);
    }
    at
}
