//! Every sentence about syntax, with where it points, in one table (Q-60 to Q-71, Q-5).

use super::super::parse;

/// A fact and queries that it is about.
const TABLE: &[(&str, &[&str])] = &[
    ("Q-60, nothing where a field should be", &["project = A AND", "a = b or ", "not", "(", "order by", "order by a,"]),
    ("Q-60, something else where a field should be", &["()", "= b", "a = b and or c = d", "desc = 3", "order by desc"]),
    ("Q-61, no operator", &["invalid query", "a", "a &", "a isnot b", "f(x)", "a not b", "a not"]),
    ("Q-62, no value", &["project =", "a in (b,", "a is", "a was", "a changed by", "a ~ "]),
    ("Q-63, no such value", &["project = ENG AND status = = Done", "project = OR", "a in ()", "a <> b", "a = cf"]),
    (
        "Q-64, no connective",
        &["project = ENG status", "a = b c = d", "a = b)", "a = b, c", "a was b to c", "a = b by c"],
    ),
    ("Q-65, unclosed", &["project = A AND (status = Done", "(a = b ORDER BY c)", "a in (b", "a = f(b", "cf[1", "a[k"]),
    ("Q-66, unclosed quotes", &["summary ~ \"unclosed", "a = 'x", "a = \"", "a =\n  'x\ny"]),
    ("Q-67, reserved words", &["status = SET", "set = a", "a Then b", "a = b else", "order by User", "a = f(true)"]),
    (
        "Q-68, reserved characters",
        &["a = me@b.c", "a = /", "#", "a = b;", "a = {b}", "a ^ b", "a = b?", "a = $b", "a % b", "+", "a = b*"],
    ),
    ("Q-69, escapes", &[r"summary ~ a\x", r#"a = "\é""#, r"a = \u00", r"a = b\", "a = \"b\\"]),
    ("Q-8, characters that must be escaped", &["a = \u{7f}", "a = \"b\tc\"", "a = \u{1ffff}", "\u{0}"]),
    ("Q-70, custom fields", &["cf", "cf = 1", "cf[", "cf[a] = 1", "cf[-1] = 1", "[1] = 2", "a[] = b"]),
    ("Order", &["order", "a = b order c", "order by a foo", "order by a asc b", "order by a order by b"]),
    ("Q-5, lists and values", &["summary in test", "a = (b, 5, f(x))", "a was in EMPTY", "a ~ ((b))"]),
    ("Q-71, positions", &["a = b\nAND )", "a = b\r\n\r\nc", "'é' = = b", "'😀' = = b", "a =\n ", "\u{a0}", "\ta"]),
];

#[test]
fn every_sentence_with_its_position() {
    let mut told = String::new();
    for (fact, queries) in TABLE {
        told += &format!("# {fact}\n");
        for query in *queries {
            let error = parse(query).unwrap_err();
            let place = format!("{}:{}, bytes {:?}, {:?}", error.line, error.character, error.span, error.kind);
            told += &format!("{query:?} at {place}\n    {}\n", error.message);
        }
    }
    insta::assert_snapshot!(told);
}

/// Q-72 to Q-74 are about what queries mean: `tests/api/jql_errors.rs` has them.
#[test]
fn no_fact_is_left_out() {
    for fact in 60..=71 {
        let number = format!("Q-{fact},");
        assert!(TABLE.iter().any(|(told, _)| told.starts_with(&number)), "{number}");
    }
}
