//! Sentences recorded from Jira, and where they point.

use super::super::{SyntaxErrorKind, parse};

/// Checks whole sentences.
fn check_whole(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        assert_eq!(parse(query).unwrap_err().message, *expected, "{query:?}");
    }
}

#[test]
fn recorded_sentences() {
    check_whole(&[
        // Q-60
        ("project = A AND", "Error in the JQL Query: Expecting a field name at the end of the query."),
        // Q-61
        (
            "invalid query",
            "Error in the JQL Query: Expecting operator but got 'query'. The valid operators are '=', '!=', '<', '>', \
             '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 9)",
        ),
        // Q-62
        ("project =", "Error in JQL Query: Expecting either a value, list or function before the end of the query."),
        // Q-63
        (
            "project = ENG AND status = = Done",
            "Error in JQL Query: Expecting either a value, list or function but got '='. You must surround '=' in \
             quotation marks to use it as a value. (line 1, character 28)",
        ),
        (
            "project = OR",
            "Error in JQL Query: Expecting either a value, list or function but got 'OR'. You must surround 'OR' in \
             quotation marks to use it as a value. (line 1, character 11)",
        ),
        // Q-64
        (
            "project = ENG status",
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)",
        ),
        // Q-65
        ("project = A AND (status = Done", "Error in the JQL Query: Expecting ')' before the end of the query."),
        // Q-66
        (
            "summary ~ \"unclosed",
            "Error in the JQL Query: The quoted string 'unclosed' has not been completed. (line 1, character 11)",
        ),
        // Q-67
        (
            "status = SET",
            "Error in the JQL Query: 'SET' is a reserved JQL word. You must surround it in quotation marks to use it \
             in a query. (line 1, character 10)",
        ),
        // Q-68
        (
            "assignee = fred@example.com",
            "Error in the JQL Query: The character '@' is a reserved JQL character. You must enclose it in a string \
             or use the escape '\\u0040' instead. (line 1, character 16)",
        ),
        (
            "reporter=a/user/with/slash",
            "Error in the JQL Query: The character '/' is a reserved JQL character. You must enclose it in a string \
             or use the escape '\\u002f' instead. (line 1, character 11)",
        ),
        // Q-69
        (
            r"summary ~ a\x",
            r#"Error in the JQL Query: '\x' is an illegal JQL escape sequence. The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX. (line 1, character 12)"#,
        ),
    ]);
}

#[test]
fn positions() {
    for (query, line, character, span) in [
        ("a = b\nAND ) ", 2, 5, 10..11),
        ("a = b\r\n\r\nc", 3, 1, 9..10),
        ("'é' = = b", 1, 7, 7..8),
        // Java counts a character beyond U+FFFF twice.
        ("'😀' = = b", 1, 8, 9..10),
        ("a =\n ", 2, 2, 5..5),
    ] {
        let error = parse(query).unwrap_err();
        assert_eq!((error.line, error.character, error.span), (line, character, span), "{query:?}");
    }
}

#[test]
fn operands_of_the_wrong_shape() {
    check_whole(&[
        // Q-5
        ("summary in test", "Operator 'in' does not support the non-list value '\"test\"' for field 'summary'."),
        ("a NOT IN 5", "Operator 'not in' does not support the non-list value '5' for field 'a'."),
        ("a was in EMPTY", "Operator 'was in' does not support the non-list value 'EMPTY' for field 'a'."),
        ("cf[1] = (b, 5, f(x))", "Operator '=' does not support the list value '(\"b\", 5, f(x))' for field 'cf[1]'."),
        ("a ~ ((b))", "Operator '~' does not support the list value '((\"b\"))' for field 'a'."),
    ]);
    let error = parse("a = b AND summary in test").unwrap_err();
    assert_eq!((error.kind, error.span), (SyntaxErrorKind::Operand, 21..25));
    // A mistake of grammar outweighs it wherever it stands.
    assert_eq!(parse("summary in test AND").unwrap_err().kind, SyntaxErrorKind::Grammar);
}
