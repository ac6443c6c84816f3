//! Nothing a caller sends may panic or overflow the stack.

use proptest::prelude::*;

use super::super::parse::MAX_DEPTH;
use super::super::{SyntaxErrorKind, parse, structure};

/// Parses, and does with the tree all that walks it.
fn exercise(query: &str) {
    match parse(query) {
        Ok(tree) => {
            let printed = tree.to_string();
            assert_eq!(parse(&printed).as_ref(), Ok(&tree), "{query:?} printed as {printed:?}");
            structure(&tree);
        }
        Err(error) => {
            assert!(query.get(error.span.clone()).is_some(), "{query:?}: {:?}", error.span);
            assert!(error.message.contains("JQL Query: ") || error.kind == SyntaxErrorKind::Operand);
        }
    }
}

proptest! {
    #[test]
    fn any_text(query in any::<String>()) {
        exercise(&query);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&String::from_utf8_lossy(&bytes));
    }

    /// Pieces of the language in any order reach further into the parser than random characters.
    #[test]
    fn any_tokens(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30)) {
        exercise(&pieces.concat());
        exercise(&pieces.join(" "));
    }
}

const PIECES: &[&str] = &[
    "a", "b.c", "12", "-5", "-5d", "\"", "'", "\"x y\"", "'z'", "\\", "\\u00e9", "\\ ", "=", "!=", "~", "!~", "<",
    ">=", "!", "(", ")", ",", "[", "]", "cf", "[7]", "and", "OR", "&", "||", "not", "in", "is", "empty", "was",
    "changed", "before", "during", "from", "by", "order", "order by", "asc", "desc", "set", "@", "\n", "\u{7f}", "😀",
    "fn(", "a = b", "a in (b)",
];

/// Runs on a stack much smaller than a server thread's.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn deep_nesting_is_followed_to_the_limit() {
    on_small_stack(|| {
        for (open, inside, close) in
            [("(", "a = b", ")"), ("not ", "a = b", ""), ("!", "a = b", ""), ("not (c = d or ", "a = b", ")")]
        {
            let levels = MAX_DEPTH / open.matches(['(', '!', 'n']).count();
            exercise(&[&open.repeat(levels), inside, &close.repeat(levels)].concat());
            let error =
                parse(&[&open.repeat(MAX_DEPTH + 1), inside, &close.repeat(MAX_DEPTH + 1)].concat()).unwrap_err();
            assert_eq!(error.kind, SyntaxErrorKind::Nesting);
        }
        exercise(&format!("a in {}b{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH)));
        let error = parse(&format!("a in {}", "(".repeat(100_000))).unwrap_err();
        assert_eq!(
            error.message,
            "Error in the JQL Query: The query is nested more than 250 levels deep. (line 1, character 256)"
        );
    });
}

#[test]
fn levels_side_by_side_are_not_depth() {
    let query = vec!["((a in (b)))"; 2000].join(" and ");
    assert!(parse(&query).is_ok());
}

#[test]
fn long_queries_and_long_lists_parse() {
    let list = format!("key in ({})", vec!["PROJ-12345"; 20_000].join(","));
    let chain = vec!["a = b"; 20_000].join(" or ");
    let text = format!("summary ~ \"{}\"", "word ".repeat(50_000));
    let unclosed = format!("summary ~ \"{}", "\\\" ".repeat(50_000));
    let nested = format!("a in {}{}{}", "(".repeat(200), list.replace("key in ", ""), ")".repeat(200));
    // In time that grows with more than their length, the test would not end.
    for query in [list, chain, text, unclosed, nested] {
        exercise(&query);
    }
}
