//! The committed contracts: what they hold, what they must not hold, and that they can be made
//! again from the official documents.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use harness::contract::{ApiVersion, Contract};
use harness::schemas::{self, SOURCES};
use http::Method;
use serde_json::Value;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn committed(file: &str) -> Value {
    schemas::read(&workspace().join("schemas").join(file)).unwrap()
}

fn contract() -> Contract {
    Contract::load(&workspace().join("schemas")).unwrap()
}

/// Places of prose in a contract.
fn prose(value: &Value, path: &str, found: &mut Vec<String>) {
    const KEYS: [&str; 6] = ["description", "summary", "title", "example", "examples", "externalDocs"];
    match value {
        Value::Object(entries) => {
            // Jira has properties of these names, and OpenAPI demands a title of the document
            // and a description, if only an empty one, of every answer.
            let named_by_jira = path.ends_with("/properties");
            for (key, value) in entries {
                let demanded = path == "/info" || value == "";
                if KEYS.contains(&key.as_str()) && !named_by_jira && !demanded {
                    found.push(format!("{path}/{key}"));
                }
                prose(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| prose(item, &format!("{path}/{i}"), found));
        }
        Value::String(text) => {
            // The longest tag has six words.
            let longest = if path.contains("/tags/") { 6 } else { 4 };
            if text.split(' ').count() > longest {
                found.push(format!("{path}: {text}"));
            }
        }
        _ => {}
    }
}

#[test]
fn contracts_hold_no_prose() {
    for source in SOURCES {
        let mut found = Vec::new();
        prose(&committed(source.file), "", &mut found);
        assert!(found.is_empty(), "{}: {found:#?}", source.file);
    }
}

#[test]
fn contracts_are_what_the_official_documents_give() {
    let official = workspace().join("../shared/openapi");
    if !official.is_dir() {
        eprintln!("skipped: no official documents beside the workspace");
        return;
    }
    for source in SOURCES {
        let path = workspace().join("schemas").join(source.file);
        let imported = schemas::render(&source.import(&official).unwrap());
        // Not `assert_eq!`: nobody wants a megabyte twice.
        let same = std::fs::read_to_string(&path).unwrap() == imported;
        assert!(same, "{} is stale: run `harness schemas refresh`", source.file);
    }
}

#[test]
fn references_lead_somewhere() {
    for source in SOURCES {
        let document = committed(source.file);
        let components = &document["components"]["schemas"];
        for name in schemas::closure(&document, components) {
            assert!(components.get(name).is_some(), "{}: {name}", source.file);
        }
    }
}

#[test]
fn operations_are_complete_and_distinct() {
    let contract = contract();
    let operations = contract.operations();
    let distinct: HashSet<_> = operations.iter().map(|o| (&o.method, &o.path)).collect();
    assert_eq!(distinct.len(), operations.len());
    // 619 of v3, 2 of v2 only, 95 and 69 of the others, 15 added.
    assert_eq!(operations.len(), 619 + 2 + 95 + 69 + 15);
    for operation in operations {
        let found = contract.find(&operation.method, &operation.path).map(|f| f.operation);
        let same = found.is_some_and(|o| std::ptr::eq(o, operation));
        assert!(same, "{} {}", operation.method, operation.path);
        assert!(!operation.responses.is_empty());
    }
}

#[test]
fn facts_of_an_operation() {
    let contract = contract();
    let comment = contract.find(&Method::POST, "/rest/api/3/issue/A-1/comment").unwrap().operation;
    assert_eq!(comment.operation_id, "addComment");
    assert_eq!(comment.tag.as_deref(), Some("Issue comments"));
    assert_eq!(comment.request_media_types, ["application/json"]);
    assert!(comment.anonymous && !comment.deprecated && !comment.experimental);
    assert_eq!(comment.scopes[0], ["write:jira-work"]);
    assert!(comment.scopes[1].contains(&"write:comment:jira".to_owned()));
    assert_eq!(comment.response(201).unwrap().media_types, ["application/json"]);
    assert!(comment.response(418).is_none());

    let myself = contract.find(&Method::GET, "/rest/api/3/myself").unwrap().operation;
    assert!(!myself.anonymous);
}

#[test]
fn requests_find_their_operation() {
    let contract = contract();
    let check = |method: Method, path: &str, expect: Option<(&str, ApiVersion)>| {
        let found = contract.find(&method, path);
        let found = found.map(|found| (found.operation.path.as_str(), found.version));
        assert_eq!(found, expect, "{method} {path}");
    };
    let (get, v2, v3) = (Method::GET, ApiVersion::V2, ApiVersion::V3);
    let issue = "/rest/api/3/issue/{issueIdOrKey}";
    check(get.clone(), "/rest/api/3/issue/A-1?fields=*all", Some((issue, v3)));
    check(get.clone(), "/rest/api/2/issue/A-1", Some((issue, v2)));
    check(get.clone(), "/rest/api/latest/issue/A-1", Some((issue, v3)));
    check(get.clone(), "/ex/jira/c0ffee/rest/api/3/issue/A-1", Some((issue, v3)));
    check(get.clone(), "/rest/api/3//issue/A-1/", Some((issue, v3)));
    check(Method::HEAD, "/rest/api/3/issue/A-1", Some((issue, v3)));
    // A literal segment wins, unless its path lacks the method.
    let search = "/rest/api/3/filter/search";
    check(get.clone(), search, Some((search, v3)));
    check(Method::PUT, search, Some(("/rest/api/3/filter/{id}", v3)));
    // Two names of one parameter.
    check(Method::PUT, "/rest/api/3/field/a", Some(("/rest/api/3/field/{fieldId}", v3)));
    check(Method::DELETE, "/rest/api/3/field/a", Some(("/rest/api/3/field/{id}", v3)));
    // What one version lacks.
    check(get.clone(), "/rest/api/2/workflow", Some(("/rest/api/2/workflow", v2)));
    check(get.clone(), "/rest/api/3/workflow", None);
    check(get.clone(), "/rest/api/2/bulk/queue/1", None);
    let queue = "/rest/api/3/bulk/queue/{taskId}";
    check(get.clone(), "/rest/api/3/bulk/queue/1", Some((queue, v3)));
    // Other APIs, and nothing.
    let none = "/rest/software/1.0/epic/none/issue";
    check(get.clone(), none, Some((none, v3)));
    check(get, "/rest/api/3/nothing", None);
}
