//! A sentence for every place where the grammar can be left.

use super::super::parse;

const THE: &str = "Error in the JQL Query: ";
const OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
const ESCAPES: &str = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;
const RESERVED: &str = "is a reserved JQL word. You must surround it in quotation marks to use it in a query.";

/// Checks sentences given without the common prefix, `{ops}`, `{esc}` and `{reserved}` standing for their longest parts.
fn check(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        let expected = THE.to_owned()
            + &expected.replace("{ops}", OPERATORS).replace("{esc}", ESCAPES).replace("{reserved}", RESERVED);
        assert_eq!(parse(query).unwrap_err().message, expected, "{query:?}");
    }
}

#[test]
fn fields() {
    check(&[
        ("a = b or", "Expecting a field name at the end of the query."),
        ("not", "Expecting a field name at the end of the query."),
        ("(", "Expecting a field name at the end of the query."),
        ("order by", "Expecting a field name at the end of the query."),
        ("order by a,", "Expecting a field name at the end of the query."),
        (
            "()",
            "Expecting a field name but got ')'. You must surround ')' in quotation marks to use it as a field name. (line 1, character 2)",
        ),
        (
            "a = b and or c = d",
            "Expecting a field name but got 'or'. You must surround 'or' in quotation marks to use it as a field name. (line 1, character 11)",
        ),
        (
            "desc = 3",
            "Expecting a field name but got 'desc'. You must surround 'desc' in quotation marks to use it as a field name. (line 1, character 1)",
        ),
        ("set = a", "'set' {reserved} (line 1, character 1)"),
        // Q-70
        ("[1] = 2", "Expecting a field name but got '['. Did you mean 'cf['? (line 1, character 1)"),
        ("cf", "Expecting a custom field id enclosed by '[ ]' after 'cf'."),
        ("cf = 1", "Expecting a custom field id enclosed by '[ ]' after 'cf'. (line 1, character 4)"),
        ("cf[", "Expecting a custom field id enclosed by '[ ]' after 'cf'."),
        ("cf[-1] = 1", "Expecting a custom field id enclosed by '[ ]' after 'cf'. (line 1, character 4)"),
        ("cf[a] = 1", "Expecting a custom field id enclosed by '[ ]' after 'cf'. (line 1, character 4)"),
        (
            "cf[99999999999999999999] = 1",
            "Expecting a custom field id enclosed by '[ ]' after 'cf'. (line 1, character 4)",
        ),
        ("cf[1 = 2", "Expecting ']' but got '='. (line 1, character 6)"),
        ("a[k = 2", "Expecting ']' but got '='. (line 1, character 5)"),
        ("a[k", "Expecting ']' before the end of the query."),
        ("a[", "Expecting a property id before the end of the query."),
        (
            "a[] = b",
            "Expecting a property id but got ']'. You must surround ']' in quotation marks to use it as a value. (line 1, character 3)",
        ),
        ("a[set] = b", "'set' {reserved} (line 1, character 3)"),
    ]);
}

#[test]
fn operators_and_connectives() {
    check(&[
        ("a", "Expecting operator before the end of the query. {ops}"),
        ("a & b", "Expecting operator but got '&'. {ops} (line 1, character 3)"),
        ("a ! = b", "Expecting operator but got '!'. {ops} (line 1, character 3)"),
        ("a isnot b", "Expecting operator but got 'isnot'. {ops} (line 1, character 3)"),
        ("fn(true)", "Expecting operator but got '('. {ops} (line 1, character 3)"),
        ("a set = c", "'set' {reserved} (line 1, character 3)"),
        ("a not b", "Expecting 'IN' but got 'b'. (line 1, character 7)"),
        ("a not", "Expecting 'IN' before the end of the query."),
        ("a = b)", "Expecting either 'OR' or 'AND' but got ')'. (line 1, character 6)"),
        ("a = b, c", "Expecting either 'OR' or 'AND' but got ','. (line 1, character 6)"),
        ("a = b = c", "Expecting either 'OR' or 'AND' but got '='. (line 1, character 7)"),
        ("a = b not c = d", "Expecting either 'OR' or 'AND' but got 'not'. (line 1, character 7)"),
        ("a = 'b' \"c\"", "Expecting either 'OR' or 'AND' but got '\"c\"'. (line 1, character 9)"),
        ("a was b from c", "Expecting either 'OR' or 'AND' but got 'from'. (line 1, character 9)"),
        ("a = b after c", "Expecting either 'OR' or 'AND' but got 'after'. (line 1, character 7)"),
        ("a = b set = c", "'set' {reserved} (line 1, character 7)"),
        ("(a = b ORDER BY c)", "Expecting ')' but got 'ORDER'. (line 1, character 8)"),
        ("(a = b c = d)", "Expecting ')' but got 'c'. (line 1, character 8)"),
    ]);
}

#[test]
fn order_by() {
    check(&[
        ("order", "Expecting 'BY' before the end of the query."),
        ("a = b order c", "Expecting 'BY' but got 'c'. (line 1, character 13)"),
        ("order by a foo", "Expecting either 'ASC' or 'DESC' but got 'foo'. (line 1, character 12)"),
        ("order by a asc b", "Expecting ',' but got 'b'. (line 1, character 16)"),
        ("order by a asc order by b", "Expecting ',' but got 'order'. (line 1, character 16)"),
        ("order by set", "'set' {reserved} (line 1, character 10)"),
    ]);
}

#[test]
fn operands() {
    for (query, got, character) in [
        ("a = to", "to", 5),
        ("a = cf", "cf", 5),
        ("a = asc", "asc", 5),
        ("a <> b", ">", 4),
        ("a = &b", "&", 5),
        ("a in ()", ")", 7),
        ("a in (b,)", ")", 9),
        ("a was changed", "changed", 7),
    ] {
        let expected = format!(
            "Error in JQL Query: Expecting either a value, list or function but got '{got}'. You must surround '{got}' \
             in quotation marks to use it as a value. (line 1, character {character})"
        );
        assert_eq!(parse(query).unwrap_err().message, expected, "{query:?}");
    }
    for query in ["a is", "a in (b,", "a in (", "a was", "a changed by", "a ~"] {
        let message = parse(query).unwrap_err().message;
        assert_eq!(
            message, "Error in JQL Query: Expecting either a value, list or function before the end of the query.",
            "{query:?}"
        );
    }
    check(&[
        ("a in (b", "Expecting ')' before the end of the query."),
        ("a in (b c)", "Expecting ')' but got 'c'. (line 1, character 9)"),
        ("a = fn(b c)", "Expecting ')' but got 'c'. (line 1, character 10)"),
        ("a = fn(b", "Expecting ')' before the end of the query."),
        ("a = fn(", "Expecting a function argument before the end of the query."),
        (
            "a = fn(b,)",
            "Expecting a function argument but got ')'. You must surround ')' in quotation marks to use it as a value. (line 1, character 10)",
        ),
        ("a = fn(true)", "'true' {reserved} (line 1, character 8)"),
    ]);
}

#[test]
fn characters_quotes_and_escapes() {
    check(&[
        ("a ~ \"", "The quoted string has not been completed. (line 1, character 5)"),
        (r#"a ~ "b\""#, "The quoted string 'b\"' has not been completed. (line 1, character 5)"),
        (r"a = b\", "The escape sequence has not been completed. {esc} (line 1, character 6)"),
        (r#"a = "b\"#, "The escape sequence has not been completed. {esc} (line 1, character 7)"),
        (r#"a = "\é""#, r"'\é' is an illegal JQL escape sequence. {esc} (line 1, character 6)"),
        (r"a = \u00", r"'\u' is an illegal JQL escape sequence. {esc} (line 1, character 5)"),
        (r"a = \u+0041", r"'\u' is an illegal JQL escape sequence. {esc} (line 1, character 5)"),
        (
            "a = b;",
            "The character ';' is a reserved JQL character. You must enclose it in a string or use the escape '\\u003b' instead. (line 1, character 6)",
        ),
        (
            "a = \u{7f}b",
            "The character 'U+007F' must be escaped. Use the escape '\\u007f' instead. (line 1, character 5)",
        ),
        (
            "a = \"b\tc\"",
            "The character 'U+0009' must be escaped. Use the escape '\\u0009' instead. (line 1, character 7)",
        ),
        (
            "a = \u{1ffff}",
            "The character 'U+1FFFF' must be escaped. Use the escape '\\ud83f\\udfff' instead. (line 1, character 5)",
        ),
    ]);
}

#[test]
fn every_reserved_character() {
    for c in "#$%*+/;?@^{}".chars() {
        let message = parse(&format!("a = {c}")).unwrap_err().message;
        assert!(message.starts_with(&format!("{THE}The character '{c}' is a reserved")), "{message}");
    }
}
