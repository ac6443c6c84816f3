//! What must hold for every text and every document.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::marks::Marks;
use super::super::{Links, from_wiki, is_empty, node, text_length, to_html, to_plain, to_wiki, validate};
use super::generate::{any_doc, markup, wiki_doc};

struct NoLinks;

impl Links for NoLinks {
    fn profile(&self, account_id: &str) -> String {
        format!("/user/{account_id}")
    }

    fn attachment(&self, _name: &str) -> Option<String> {
        None
    }
}

/// The document with neighbouring texts of equal marks joined, marks in one order and no
/// attributes that say nothing.
fn normal(value: &Value) -> Value {
    let mut content: Vec<Value> = Vec::new();
    let mut last_marks = None;
    for child in node::children(value) {
        let marks = (node::kind(child) == "text").then(|| Marks::of(child));
        match (marks, content.last_mut()) {
            (Some(marks), Some(last)) if last_marks.as_ref() == Some(&marks) => {
                last["text"] = json!(format!("{}{}", node::text(last), node::text(child)));
            }
            (Some(marks), _) => {
                content.push(marks.clone().text_node(node::text(child)));
                last_marks = Some(marks);
            }
            (None, _) => {
                content.push(normal(child));
                last_marks = None;
            }
        }
    }
    let mut out = value.clone();
    if value.get("content").is_some() {
        out["content"] = json!(content);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_reads_as_a_valid_document(text in any::<String>()) {
        prop_assert_eq!(validate(&from_wiki(&text)), Ok(()));
    }

    #[test]
    fn markup_reads_as_a_valid_document(text in markup()) {
        prop_assert_eq!(validate(&from_wiki(&text)), Ok(()));
    }

    #[test]
    fn every_document_is_written(doc in any_doc()) {
        let wiki = to_wiki(&doc);
        let _ = to_html(&doc, &NoLinks);
        prop_assert!(text_length(&doc) == to_plain(&doc).chars().count());
        let _ = is_empty(&doc);
        prop_assert_eq!(validate(&from_wiki(&wiki)), Ok(()));
    }

    #[test]
    fn wiki_documents_survive_the_round_trip(doc in wiki_doc()) {
        prop_assert_eq!(validate(&doc), Ok(()), "{}", doc);
        let doc = normal(&doc);
        let wiki = to_wiki(&doc);
        let back = from_wiki(&wiki);
        prop_assert!(back == doc, "{wiki}\nread: {back}\nfrom: {doc}");
        prop_assert_eq!(to_wiki(&back), wiki);
    }

    #[test]
    fn read_documents_are_written_stably(text in markup()) {
        let once = from_wiki(&to_wiki(&from_wiki(&text)));
        let wiki = to_wiki(&once);
        prop_assert_eq!(to_wiki(&from_wiki(&wiki)), wiki);
    }
}
