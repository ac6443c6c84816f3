//! Any text is an expression or is refused; nothing makes the evaluator panic, run long, or run out of stack.

use super::{
    super::{check::check, eval::evaluate, oversize, parse},
    Small,
};
use proptest::prelude::*;
use std::collections::HashMap;

/// Reads a text and does everything with it that can be done.
fn survive(source: &str) {
    if let Ok(node) = parse(source)
        && oversize(source, Some(&node)).is_empty()
    {
        let _ = check(source, &node, &HashMap::new(), &[]);
        let _ = evaluate(source, &node, &Small).map_err(|stop| stop.sentence());
    }
}

/// Pieces that make expressions, often enough.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "issue",
        "issues",
        "user",
        "a",
        "b",
        "1",
        "2.5",
        "'x'",
        "`t${",
        "}`",
        "/r+/g",
        "null",
        "true",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        "?.",
        ",",
        ";",
        ":",
        "?",
        "??",
        "&&",
        "||",
        "==",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "=>",
        "=",
        "let ",
        "return ",
        "if",
        " else ",
        "try",
        " catch",
        "throw ",
        "new ",
        "typeof ",
        "Issue",
        "Date",
        "Map",
        "Number",
        "map",
        "filter",
        "reduce",
        "sort",
        "length",
        "key",
        "comments",
        "slice",
        "match",
        "replace",
        "plusMonths",
        "set",
        " ",
        "\n",
    ])
}

/// Expressions that can be read, of any nesting.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "0",
        "'ab'",
        "null",
        "true",
        "issue",
        "issues",
        "issue.key",
        "x",
        "[]",
        "{}",
        "[3, 1]",
        "new Date()",
        "issue.dueDate",
        "/a(b)?/g",
        "config",
        "new Map()",
        "-1",
        "1e300",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(6, 40, 3, |inner| {
        let method = prop::sample::select(vec![
            "map",
            "filter",
            "flatMap",
            "some",
            "every",
            "sort",
            "reduce",
            "slice",
            "concat",
            "join",
            "includes",
            "indexOf",
            "split",
            "match",
            "matchAll",
            "repeat",
            "padStart",
            "get",
            "plusMonths",
            "minusDays",
            "plusHours",
            "toString",
            "length",
        ]);
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%", "==", "<", ">=", "&&", "||", "??"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), method, inner.clone()).prop_map(|(a, name, b)| format!("{a}.{name}({b})")),
            inner.clone().prop_map(|a| format!("(x => {a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}].map(x => {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}?.[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{ a: {a}, b: {b} }}")),
            inner.clone().prop_map(|a| format!("`${{{a}}}`")),
            inner.clone().prop_map(|a| format!("(() => {{ try {{ {a} }} catch (x) {{ x }} }})()")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        survive(&text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..40)) {
        survive(&pieces.concat());
    }

    #[test]
    fn any_expression(text in expression()) {
        prop_assert!(parse(&text).is_ok(), "{text}");
        survive(&text);
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", "1"),
        ("{a:", "}"),
        ("a=>", "a"),
        ("a?", ":1"),
        ("`${", "}`"),
        ("f(", ")"),
        ("-", ""),
        ("if(1){", "}else{1}"),
        ("1+(", ")"),
        ("try{", "}catch{1}"),
        ("a[", "]"),
        ("x=>{return ", "}"),
        ("a?.[", "]"),
    ] {
        let source = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
        assert!(parse(&source).is_err(), "{open}");
    }
    for part in [".a", "[0]", "()", "+1", "?.a", " ?? 1"] {
        assert!(parse(&format!("a{}", part.repeat(20_000))).is_err(), "{part}");
    }
}

#[test]
fn the_deepest_expressions_are_evaluated() {
    for source in [
        format!("{}1{}", "[".repeat(40), "]".repeat(40)),
        format!("{}1", "!".repeat(90)),
        format!("1{}", "+1".repeat(90)),
        format!("{}x{}", "[1].map(x => ".repeat(30), ")".repeat(30)),
    ] {
        assert!(parse(&source).is_ok(), "{source}");
        survive(&source);
    }
}
