//! Rich text: Atlassian Document Format (ADF), Jira wiki markup, HTML and plain text.
//!
//! ADF is the stored form. A document is kept as the [`Value`] the client sent, because Jira
//! hands the stored JSON back untouched; this module only looks at it. Wiki markup is what the
//! v2 API and webhooks speak, HTML is for `renderedFields`.
//!
//! Two conventions tie the formats together:
//!
//! * Wiki markup names an attachment by its file name, ADF by a media id. [`from_wiki`] cannot
//!   know ids, so it puts the file name in both `id` and `alt`; [`to_wiki`] prefers `alt`.
//! * `&#NN;` stands for any character that wiki markup has no other way to say literally (a
//!   backslash before punctuation, a blank at the edge of a table cell).

mod adf;
mod html;
mod marks;
mod node;
mod plain;
mod schema;
mod wiki_parse;
mod wiki_syntax;
mod wiki_write;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub use adf::{AdfError, validate};
pub use html::{Links, to_html};
pub use plain::{is_empty, text_length, to_plain};
pub use wiki_parse::from_wiki;
pub use wiki_write::to_wiki;

/// Deepest nesting of ADF nodes that is accepted and rendered.
///
/// A node costs two levels of JSON and `serde_json` reads at most 128, so that a stored document
/// can always be read back, also inside a response.
pub const MAX_DEPTH: usize = 48;

/// A document with `text` as its only paragraph, taken literally.
#[must_use]
pub fn paragraph(text: &str) -> Value {
    let content = if text.is_empty() { Vec::new() } else { vec![json!({"type": "text", "text": text})] };
    node::doc(vec![node::parent("paragraph", content)])
}
