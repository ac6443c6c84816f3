//! Types and costs without evaluation.

use super::super::{check::check, parse, types::Type};
use std::collections::HashMap;

fn checked(source: &str) -> super::super::check::Checked {
    let variables = HashMap::from([
        ("listOfStrings".to_owned(), Type::read("List<String>").unwrap()),
        ("record".to_owned(), Type::read("{ a: Number, b: String }").unwrap()),
    ]);
    check(source, &parse(source).unwrap(), &variables, &["customfield_10010".to_owned()])
}

#[test]
fn types_are_inferred() {
    for (source, expected) in [
        (
            "issues.map(i => {idAndKey: [i.id, i.key], summary: i.summary, comments: i.comments})",
            "List<{idAndKey: [Number, String], summary: String, comments: List<Comment>}>",
        ),
        ("issue.comments.map(c => c.author.displayName)", "List<String>"),
        ("issues.filter(i => i.isEpic).length", "Number"),
        ("issue.summary.split(' ')", "List<String>"),
        ("issue.created.plusDays(1) > new Date()", "Boolean"),
        ("listOfStrings.map(s => s.length).reduce((a, b) => a + b, 0)", "Number"),
        ("[[1], [2]].flatten()", "List<Number>"),
        ("issues.flatMap(i => i.labels)", "List<String>"),
        ("record.a + 1", "Number"),
        ("record.b", "String"),
        ("issue.properties['x'].y", "Any"),
        ("issue.customfield_10010", "Any"),
        ("new Issue('A-1')", "Issue"),
        ("issue.parent?.key ?? 'none'", "String"),
        ("typeof issue == 'Issue' ? 1 : 'a'", "Any"),
        ("let f = x => x; f(1)", "Any"),
        ("try { 1 } catch (e) { e.message }", "Any"),
        ("new Map().set('a', 1)", "Map"),
        ("x => x", "Function"),
    ] {
        let checked = checked(source);
        assert_eq!((checked.of.to_string().as_str(), checked.errors.as_slice()), (expected, [].as_slice()), "{source}");
    }
}

#[test]
fn wrong_types_are_found() {
    for (source, part, message) in [
        ("issues.map(i => i.id > '0')", "i.id > '0'", "Can't compare Number to String."),
        ("nothing", "nothing", "Unrecognized identifier: \"nothing\""),
        ("1 - 'a'", "1 - 'a'", "Can't subtract Number and String."),
        ("issue.key.slice()", "issue.key.slice()", "Wrong number of arguments for `slice`: expected 1 to 2, got 0"),
        ("issue.key(1)", "issue.key(1)", "`key` is not a function, but String"),
        ("new Nothing()", "new Nothing()", "Unrecognized type: \"Nothing\""),
        (
            "issue.priority.color",
            "issue.priority.color",
            "Unrecognized property of `issue.priority`: \"color\" ('color'). Available properties of type 'IssuePriority' are: 'description', 'id', 'name'",
        ),
    ] {
        let checked = checked(source);
        assert_eq!(checked.of.to_string(), "TypeError", "{source}");
        let errors: Vec<(&str, &str)> =
            checked.errors.iter().map(|error| (error.part.as_str(), error.message.as_str())).collect();
        assert_eq!(errors, [(part, message)], "{source}");
    }
}

#[test]
fn costs_are_formulas() {
    for (source, formula, lists) in [
        ("issue.key", "0", ""),
        ("new Issue(10010).comments", "2", ""),
        ("issues.map(i => i.comments)", "N", "N=issues"),
        ("issues.map(i => i.comments.length)", "1", ""),
        ("issues.map(issue => issue.properties['property_key'])", "1", ""),
        ("issues.map(i => [i.comments, i.links])", "2 * N", "N=issues"),
        ("issue.links.map(l => l.linkedIssue.changelogs)", "1 + N", "N=issue.links"),
        ("issues.map(i => i.links.map(l => l.linkedIssue.comments))", "N * M + M", "N=i.links M=issues"),
        ("true ? issue.comments : [issue.links, issue.changelogs]", "2", ""),
    ] {
        let checked = checked(source);
        let (text, variables) = checked.expensive.write(&checked.lists);
        let mut variables: Vec<String> = variables.iter().map(|(name, list)| format!("{name}={list}")).collect();
        variables.sort_by_key(|entry| !entry.starts_with('N'));
        assert_eq!((text.as_str(), variables.join(" ").as_str()), (formula, lists), "{source}");
    }
}

#[test]
fn types_are_read_as_they_are_written() {
    for text in ["List<List<Issue>>", "{a: Number, b: [String, Any]}", "EntityProperties", "Map", "{}"] {
        assert_eq!(Type::read(text).unwrap().to_string(), text);
    }
    for text in ["", "Nothing", "List<", "{a Number}", "[String", "Number Number", &"List<".repeat(50)] {
        assert_eq!(Type::read(text), None, "{text}");
    }
}
