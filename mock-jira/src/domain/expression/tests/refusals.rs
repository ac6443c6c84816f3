//! What is said of what is no expression, and of what can't be evaluated.

use super::{super::eval::Stop, failure, parse, run};

#[test]
fn what_can_not_be_read() {
    let operand = "!, -, typeof, (, IDENTIFIER, null, true, false, NUMBER, STRING, TEMPLATE_LITERAL, new, [ or {";
    for (source, line, column, message) in [
        ("", 1, 1, format!("{operand} expected, EOF encountered.")),
        ("a >> b", 1, 4, format!("{operand} expected, > encountered.")),
        ("issue.\n  [", 2, 3, "IDENTIFIER expected, [ encountered.".into()),
        ("(1", 1, 3, ") expected, EOF encountered.".into()),
        ("[1 2]", 1, 4, ", or ] expected, 2 encountered.".into()),
        ("{ a 1 }", 1, 5, ": expected, 1 encountered.".into()),
        ("1 2", 1, 3, "EOF expected, 2 encountered.".into()),
        ("a # b", 1, 3, "EOF expected, # encountered.".into()),
        ("'open", 1, 1, "STRING expected, ' encountered.".into()),
        ("`${1`", 1, 5, "TEMPLATE_LITERAL expected, ` encountered.".into()),
        ("`${1 2}`", 1, 6, "} expected, 2 encountered.".into()),
        ("let new = 1; 1", 1, 5, "IDENTIFIER expected, new encountered.".into()),
        ("if (true) { 1 }", 1, 16, "else expected, EOF encountered.".into()),
        ("a => ", 1, 6, format!("{operand} expected, EOF encountered.")),
        ("a === b", 1, 5, format!("{operand} expected, = encountered.")),
    ] {
        let error = parse(source).unwrap_err();
        assert_eq!((error.line, error.column, error.message), (line, column, message), "{source}");
    }
}

#[test]
fn what_can_not_be_evaluated() {
    let text = "'includes', 'indexOf', 'length', 'match', 'matchAll', 'padEnd', 'padStart', 'repeat', 'replace', 'slice', 'split', 'toLowerCase', 'toUpperCase', 'trim'";
    for (source, sentence) in [
        ("null.key", "\"null.key\" - Unrecognized property of `null`: \"key\" ('key'). Type null does not have any properties".to_owned()),
        ("user.accountId", "\"user.accountId\" - Unrecognized property of `user`: \"accountId\" ('accountId'). Type null does not have any properties".into()),
        ("'a'['b' + 'c']", format!("\"'a'['b' + 'c']\" - Unrecognized property of `'a'`: \"bc\" ('b' + 'c'). Available properties of type 'String' are: {text}")),
        ("nothing", "\"nothing\" - Unrecognized identifier: \"nothing\"".into()),
        ("issue.id > '0'", "\"issue.id > '0'\" - Can't compare Number to String.".into()),
        ("1 - null", "\"1 - null\" - Can't subtract Number and null.".into()),
        ("issue.key()", "\"issue.key()\" - `issue.key` is not a function, but String".into()),
        ("'a'.slice()", "\"'a'.slice()\" - Wrong number of arguments for `slice`: expected 1 to 2, got 0".into()),
        ("[].reduce((a, b) => a)", "\"[].reduce((a, b) => a)\" - Can't reduce an empty list without an initial value.".into()),
        ("[1].map(1)", "\"[1].map(1)\" - The argument of `map` must be Function, not Number.".into()),
        ("[2, 'a'].sort()", "\"[2, 'a'].sort()\" - Can't compare String to Number.".into()),
        ("'a'.repeat(101)", "\"'a'.repeat(101)\" - 101 is out of range for `repeat`, limit: 100.".into()),
        ("new Date('soon')", "\"new Date('soon')\" - Can't parse \"soon\" as a Date.".into()),
        ("new Nothing()", "\"new Nothing()\" - Unrecognized type: \"Nothing\". Available types are: 'CalendarDate', 'Date', 'Issue', 'Map', 'Project', 'RichText', 'User'".into()),
        ("JSON.parse('{')", "\"JSON.parse('{')\" - Can't parse JSON: EOF while parsing an object at line 1 column 1".into()),
        ("throw 'own words'", "own words".into()),
        ("try { throw 'a' } catch (e) { throw e }", "a".into()),
    ] {
        assert_eq!(failure(source), format!("Evaluation failed: {sentence}"), "{source}");
    }
    let known = failure("issue.none");
    assert!(
        known.contains("Available properties of type 'Issue' are: 'assignee', 'attachments', 'changelogs',"),
        "{known}"
    );
    assert!(known.contains("'customfield_10010', 'description',"), "{known}");
}

#[test]
fn what_must_be_loaded_stops_everything() {
    for source in
        ["issue.links", "try { issue.links } catch (e) { 1 }", "issue?.links.length", "issues.some(i => i.links)"]
    {
        assert!(matches!(run(source), Err(Stop::Missing(_))), "{source}");
    }
}

#[test]
fn limits() {
    let listed = |count: usize| format!("[{}]", vec!["1"; count].join(", "));
    let eleven = format!("{}.map((x, i) => new Issue(i))", listed(11));
    let long = format!("let l = {}; l.map(a => l.map(b => l.map(c => a)))", listed(30));
    let words = "let d = s => s + s; let e = s => d(d(d(d(s)))); e(e(e(e(e(e('0123456789'))))))";
    let deep = "let l = [1,1,1,1,1,1,1,1,1,1]; l.concat(l).concat(l).concat(l).concat(l).concat(l).concat(l).reduce((a, x) => [a], 1)";
    let wide = "let d = l => l.concat(l); let e = l => d(d(d(d(d(d(l)))))); e(e(e([1])))";
    let shared = "let d = l => [l, l]; let e = l => d(d(d(d(d(d(l)))))); e(e(e(1)))";
    for (source, sentence) in [
        (eleven.as_str(), "The expression executes too many expensive operations, limit: 10"),
        (&long, "The expression takes too many steps, limit: 10000"),
        (words, "\"s + s\" - The text is too long."),
        (deep, "\"[a]\" - The value is nested too deeply."),
        (wide, "\"l.concat(l)\" - The value is too large."),
        (shared, "\"[l, l]\" - The value is too large."),
        ("(f => f(f))(f => f(f))", "The expression calls functions within functions too deeply"),
        (
            "let d = l => l.concat(l); let e = l => d(d(d(d(d(d(d(l))))))); e(e([1]))",
            "The result has too many primitive values (16384), limit: 10000",
        ),
    ] {
        assert_eq!(failure(source), format!("Evaluation failed: {sentence}"), "{source}");
        assert!(!matches!(run(&format!("try {{ {source} }} catch (e) {{ 1 }}")), Err(Stop::Failed { .. })));
    }
}
