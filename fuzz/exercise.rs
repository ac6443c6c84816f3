//! What is done with an input: by the fuzzer, and by `tests/fuzz.rs` in stable builds.

use mock_jira::domain::jql::{SyntaxErrorKind, is_unbounded, parse, structure};

/// Parses any bytes and checks what holds of every query; whether they are one.
pub fn jql(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    match parse(&text) {
        Ok(query) => {
            assert_eq!(is_unbounded(&text), query.where_clause.is_none());
            let printed = query.to_string();
            assert_eq!(parse(&printed).as_ref(), Ok(&query), "printed as {printed:?}");
            assert!(structure(&query).is_object());
            true
        }
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "points outside: {:?}", error.span);
            assert!(error.line >= 1 && error.character >= 1);
            let whole = error.message.contains("JQL Query: ") || error.kind == SyntaxErrorKind::Operand;
            assert!(whole, "an odd sentence: {}", error.message);
            false
        }
    }
}
