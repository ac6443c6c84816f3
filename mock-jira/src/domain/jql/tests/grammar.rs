//! What parses, and to what.

use super::super::token::{Kind, SIGNS};
use super::super::{Clause, FieldKind, Operand, Operator, Terminal, is_unbounded, parse};

fn printed(query: &str) -> String {
    parse(query).unwrap_or_else(|error| panic!("{query:?}: {error}")).to_string()
}

fn terminal(query: &str) -> Terminal {
    match parse(query).unwrap().where_clause {
        Some(Clause::Terminal(terminal)) => *terminal,
        other => panic!("{query:?}: {other:?}"),
    }
}

#[test]
fn canonical_forms() {
    for (query, canonical) in [
        ("", ""),
        (" \t\r\n", ""),
        // Precedence (Q-1).
        ("a=1 or b=2 and not c=3", "a = 1 OR b = 2 AND NOT c = 3"),
        ("(a=1 or b=2) and c=3", "(a = 1 OR b = 2) AND c = 3"),
        ("a=1 or (b=2 and c=3)", "a = 1 OR b = 2 AND c = 3"),
        ("a=1 and (b=2 and c=3)", "a = 1 AND (b = 2 AND c = 3)"),
        ("not (a=1 or b=2)", "NOT (a = 1 OR b = 2)"),
        ("((a=1))", "a = 1"),
        ("!a=1&!!b=2&&c=3|d=4||e=5", "NOT a = 1 AND NOT NOT b = 2 AND c = 3 OR d = 4 OR e = 5"),
        // Keywords (Q-2).
        ("a Is NoT null aNd b = empty", "a IS NOT EMPTY AND b = EMPTY"),
        ("A was not in (x) BEFORE now() after \"-1d\"", "A WAS NOT IN (x) BEFORE now() AFTER -1d"),
        (
            "a changed from \"\" to (b, EMPTY) by currentUser() during (\"2025-01-01\",\"2025-02-01\") on 2025-01-05",
            "a CHANGED FROM \"\" TO (b, EMPTY) BY currentUser() DURING (2025-01-01, 2025-02-01) ON 2025-01-05",
        ),
        ("a changed", "a CHANGED"),
        // A value after IS (Q-4, S-27).
        ("this is not jql", "this IS NOT jql"),
        ("a is (b)", "a IS (b)"),
        // Words and quotes (Q-6 to Q-8).
        ("a = `x:y-z_1.5", "a = `x:y-z_1.5"),
        ("a = 'it\"s' and b = \"it's\"", r#"a = "it\"s" AND b = "it's""#),
        (r"a = b\ c\\\'\u0041", r#"a = "b c\\'A""#),
        (r"a = \uD83D\uDE00", "a = 😀"),
        (r"a = \ud83d", "a = \u{fffd}"),
        (r"a = \ud83d\u0041", "a = \u{fffd}A"),
        (r"a = \u0061nd", "a = \"and\""),
        ("a = \"x\ny\\tz\"", r#"a = "x\ny\tz""#),
        ("a = ''", "a = \"\""),
        ("größe = b\u{a0}c", "größe = b\u{a0}c"),
        ("a = \"OR\" and \"set\" = Set1", "a = \"OR\" AND \"set\" = Set1"),
        // Stop-words are not reserved (Q-11).
        ("the = will", "the = will"),
        // Numbers (Q-9).
        (
            "a = -5 and b = \"-5\" and c = -5d and d = 1.5 and 12 = 007",
            "a = -5 AND b = \"-5\" AND c = -5d AND d = 1.5 AND 12 = 007",
        ),
        // Lists and functions.
        ("a in ( b , ( c ) , fn ( 1 , 'x y' ) , EMPTY )", "a IN (b, (c), fn(1, \"x y\"), EMPTY)"),
        ("a not in fn()", "a NOT IN fn()"),
        ("a = 'f n'(-5d)", "a = \"f n\"(-5d)"),
        // Fields (Q-12, Q-14).
        ("CF [ 10010 ] > 1", "cf[10010] > 1"),
        ("\"Story Points[Number]\" <= 3", "\"Story Points[Number]\" <= 3"),
        ("issue.property[\"my key\"].a.b = 1", "issue.property[\"my key\"].a.b = 1"),
        ("issue.property[k] .a .b = 1", "issue.property[k].a.b = 1"),
        ("issue.property[k].'a b'[5] ~ c", "issue.property[k]\".a b\"[5] ~ c"),
        ("development[pullrequests].open > 0", "development[pullrequests].open > 0"),
        // Order.
        ("order by a, b desc, cf[1] ASC", "ORDER BY a, b DESC, cf[1] ASC"),
        ("a !~ b order by \"Epic Link\"", "a !~ b ORDER BY \"Epic Link\""),
    ] {
        assert_eq!(printed(query), canonical, "{query:?}");
        assert_eq!(printed(canonical), canonical);
    }
}

#[test]
fn every_operator() {
    for (text, operator) in [
        ("=", Operator::Eq),
        ("!=", Operator::NotEq),
        ("~", Operator::Like),
        ("!~", Operator::NotLike),
        ("<", Operator::Lt),
        (">", Operator::Gt),
        ("<=", Operator::LtEq),
        (">=", Operator::GtEq),
        ("in", Operator::In),
        ("not in", Operator::NotIn),
        ("is", Operator::Is),
        ("is not", Operator::IsNot),
        ("was", Operator::Was),
        ("was not", Operator::WasNot),
        ("was in", Operator::WasIn),
        ("was not in", Operator::WasNotIn),
    ] {
        assert_eq!(terminal(&format!("a {text} fn()")).operator, operator);
        assert_eq!(operator.as_str(), text);
    }
    let changed = terminal("a changed");
    assert_eq!((changed.operator, changed.operand), (Operator::Changed, None));
}

#[test]
fn nodes_know_where_they_stand() {
    let terminal = terminal("  issue.property['k'].x  in ( \"b c\", fn( 1 ) ) ");
    assert_eq!(terminal.origin.text(), "issue.property['k'].x  in ( \"b c\", fn( 1 ) )");
    assert_eq!(terminal.field.origin.text(), "issue.property['k'].x");
    assert_eq!(terminal.field.full_name(), "issue.property[k].x");
    let Some(Operand::List(list)) = terminal.operand else { panic!("not a list") };
    assert_eq!(list.origin.text(), "( \"b c\", fn( 1 ) )");
    let [Operand::Value(value), Operand::Function(function)] = list.items.as_slice() else { panic!("{list:?}") };
    assert_eq!((value.origin.span(), value.is_quoted(), value.text.as_str()), (30..35, true, "b c"));
    assert_eq!(function.origin.text(), "fn( 1 )");
}

#[test]
fn custom_fields_by_id_are_told_from_names() {
    assert_eq!(terminal("cf[007] = 1").field.kind, FieldKind::CustomFieldId(7));
    let quoted = terminal("'cf[7]' = 1").field;
    assert_eq!((quoted.name.as_str(), quoted.kind), ("cf[7]", FieldKind::Name));
    assert_ne!(terminal("cf[7] = 1").field, quoted);
}

#[test]
fn reserved_words_are_found_whatever_the_case() {
    // The first, the last and one that begins another, so that an unsorted table shows.
    for word in ["abort", "WITH", "Row", "rows", "rowId", "is", "SET"] {
        assert!(!matches!(Kind::of_word(word), Kind::Word | Kind::Number), "{word}");
    }
    assert_eq!(Kind::of_word("withx"), Kind::Word);
}

#[test]
fn no_sign_hides_a_longer_one() {
    for (i, (long, _)) in SIGNS.iter().enumerate() {
        assert!(!SIGNS[..i].iter().any(|(short, _)| long.starts_with(short)), "{long}");
    }
}

/// S-9, S-10
#[test]
fn an_order_alone_does_not_bound() {
    for (query, unbounded) in [
        ("", true),
        (" \n", true),
        ("ORDER BY key", true),
        ("order by,", true),
        ("project is not EMPTY", false),
        ("@", false),
    ] {
        assert_eq!(is_unbounded(query), unbounded, "{query}");
    }
}
