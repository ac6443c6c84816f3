//! Jira wiki markup → ADF: the text of one block.

use serde_json::{Value, json};

use super::super::marks::{Link, Marks};
use super::super::node;
use super::delims::{Active, Delim, Role};
use super::scanner;

/// Converts a block's text into inline nodes.
pub(super) fn nodes(text: &str) -> Vec<Value> {
    pieces(text, true).into_iter().map(Piece::into_node).collect()
}

/// The block for a paragraph's text: an image or card that is alone in it is a block of its own,
/// and there is none for a text that shows nothing (an anchor).
pub(super) fn block(text: &str) -> Option<Value> {
    let pieces = pieces(text, true);
    if let [Piece::Node(only)] = pieces.as_slice() {
        match node::kind(only) {
            "media" => {
                let attrs = json!({"layout": "align-start"});
                return Some(node::parent_with("mediaSingle", attrs, vec![only.clone()]));
            }
            "blockCard" | "embedCard" => return Some(only.clone()),
            _ => {}
        }
    }
    let content: Vec<_> = pieces.into_iter().map(Piece::into_node).collect();
    (!content.is_empty()).then(|| node::parent("paragraph", content))
}

/// A piece of a paragraph with its marks resolved.
pub(super) enum Piece {
    Text(String, Marks),
    Node(Value),
}

impl Piece {
    fn into_node(self) -> Value {
        match self {
            Self::Text(text, marks) => marks.text_node(&text),
            Self::Node(node) => inlined(node),
        }
    }
}

/// The inline node for one that is a block when it stands alone.
fn inlined(block: Value) -> Value {
    match node::kind(&block) {
        "media" => match node::attr(&block, "url") {
            Some(url) => {
                let link = Some(Link { href: url.to_owned(), title: None });
                Marks { link, ..Marks::default() }.text_node(url)
            }
            None => node::leaf("mediaInline", media_attrs("image", node::media_name(&block))),
        },
        "blockCard" | "embedCard" => node::leaf("inlineCard", json!({"url": node::card_url(&block)})),
        _ => block,
    }
}

/// The attributes of an attachment, of which markup tells only the name.
pub(super) fn media_attrs(kind: &str, name: &str) -> Value {
    json!({"type": kind, "id": name, "collection": "", "alt": name})
}

/// A piece of a paragraph as scanned.
pub(super) enum Token {
    Text(String),
    Styled(Vec<Piece>),
    Node(Value),
    Delim(Delim),
}

/// Reads text as pieces; `with_links` is off inside a link's text, as links do not nest.
pub(super) fn pieces(text: &str, with_links: bool) -> Vec<Piece> {
    resolve(scanner::scan(text, with_links))
}

/// Gives every text the marks in force and joins neighbours with equal ones.
fn resolve(tokens: Vec<Token>) -> Vec<Piece> {
    let mut active = Active::default();
    let mut out: Vec<Piece> = Vec::new();
    for token in tokens {
        match token {
            Token::Text(text) => push_text(&mut out, text, active.marks()),
            Token::Delim(delim) if delim.role == Role::Text => {
                push_text(&mut out, delim.source, active.marks());
            }
            Token::Delim(delim) => active.apply(&delim),
            Token::Node(node) => out.push(Piece::Node(node)),
            Token::Styled(inner) => {
                for piece in inner {
                    match piece {
                        Piece::Text(text, marks) => {
                            push_text(&mut out, text, marks.within(&active.marks()));
                        }
                        Piece::Node(node) => out.push(Piece::Node(node)),
                    }
                }
            }
        }
    }
    out
}

fn push_text(out: &mut Vec<Piece>, text: String, marks: Marks) {
    let marks = marks.consistent();
    match out.last_mut() {
        Some(Piece::Text(last, same)) if *same == marks => last.push_str(&text),
        _ => out.push(Piece::Text(text, marks)),
    }
}
