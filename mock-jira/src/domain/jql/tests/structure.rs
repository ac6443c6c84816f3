//! The JSON of `/jql/parse`.

use serde_json::{Value as Json, json};

use super::super::{Clause, Query, parse, structure};

fn of(query: &str) -> Json {
    structure(&parse(query).unwrap())
}

/// The example of Jira's API description, but for its two slips: an `encodedOperand` that lacks the opening
/// parenthesis, and a property on a field that has none.
#[test]
fn documented_example() {
    let expected = json!({
        "where": {
            "clauses": [
                {
                    "field": { "name": "summary", "encodedName": "summary" },
                    "operator": "~",
                    "operand": { "value": "test", "encodedValue": "test" },
                },
                {
                    "clauses": [
                        {
                            "field": { "name": "labels", "encodedName": "labels" },
                            "operator": "in",
                            "operand": {
                                "values": [
                                    { "value": "urgent", "encodedValue": "urgent" },
                                    { "value": "blocker", "encodedValue": "blocker" },
                                ],
                                "encodedOperand": "(urgent, blocker)",
                            },
                        },
                        {
                            "field": { "name": "lastCommentedBy", "encodedName": "lastCommentedBy" },
                            "operator": "=",
                            "operand": {
                                "function": "currentUser",
                                "arguments": [],
                                "encodedOperand": "currentUser()",
                            },
                        },
                    ],
                    "operator": "or",
                },
                {
                    "field": { "name": "status", "encodedName": "status" },
                    "operator": "changed",
                    "predicates": [
                        {
                            "operator": "after",
                            "operand": {
                                "function": "startOfMonth",
                                "arguments": ["-1M"],
                                "encodedOperand": "startOfMonth(-1M)",
                            },
                        },
                    ],
                },
            ],
            "operator": "and",
        },
        "orderBy": {
            "fields": [{ "field": { "name": "updated", "encodedName": "updated" }, "direction": "desc" }],
        },
    });
    let query = "summary ~ test AND (labels in (urgent, blocker) OR lastCommentedBy = currentUser()) \
                 AND status CHANGED AFTER startOfMonth(-1M) ORDER BY updated DESC";
    assert_eq!(of(query), expected);
}

#[test]
fn documented_example_of_a_property() {
    assert_eq!(
        of(r#"issue.property["spaces here"].value in ("Service requests", Incidents)"#),
        json!({
            "where": {
                "field": {
                    "name": "issue.property[spaces here].value",
                    "encodedName": "issue.property[\"spaces here\"].value",
                    "property": [{ "entity": "issue", "key": "spaces here", "path": "value" }],
                },
                "operator": "in",
                "operand": {
                    "values": [
                        { "value": "Service requests", "encodedValue": "\"Service requests\"" },
                        { "value": "Incidents", "encodedValue": "Incidents" },
                    ],
                    "encodedOperand": "(\"Service requests\", Incidents)",
                },
            },
        })
    );
}

#[test]
fn parts() {
    assert_eq!(of(""), json!({}));
    assert_eq!(
        of("ORDER BY cf[7]"),
        json!({ "orderBy": { "fields": [{ "field": { "name": "cf[7]", "encodedName": "cf[7]" } }] } })
    );
    let a = json!({ "name": "a", "encodedName": "a" });
    let b = json!({ "value": "b", "encodedValue": "'b'" });
    for (query, expected) in [
        (
            "NOT a IS EMPTY",
            json!({ "clauses": [{ "field": a, "operator": "is", "operand": { "keyword": "empty" } }], "operator": "not" }),
        ),
        ("a was not 'b'", json!({ "field": a, "operator": "was not", "operand": b, "predicates": [] })),
        (
            "a was not in ('b') BY EMPTY",
            json!({
                "field": a,
                "operator": "was not in",
                "operand": { "values": [b], "encodedOperand": "('b')" },
                "predicates": [{ "operator": "by", "operand": { "keyword": "empty" } }],
            }),
        ),
        ("a changed", json!({ "field": a, "operator": "changed", "predicates": [] })),
    ] {
        assert_eq!(of(query)["where"], expected, "{query}");
    }
}

#[test]
fn members_stand_in_jiras_order() {
    let json = of("a = b ORDER BY c").to_string();
    assert_eq!(
        json,
        r#"{"where":{"field":{"name":"a","encodedName":"a"},"operator":"=","operand":{"value":"b","encodedValue":"b"}},"orderBy":{"fields":[{"field":{"name":"c","encodedName":"c"}}]}}"#
    );
}

/// Two queries joined by hand still quote themselves; what was never typed is printed.
#[test]
fn joined_queries() {
    let (left, right) = (parse("a = 'b'").unwrap(), parse("c  in  (d,e)").unwrap());
    let mut clauses: Vec<Clause> = left.where_clause.into_iter().chain(right.where_clause).collect();
    if let Clause::Terminal(terminal) = &mut clauses[0] {
        terminal.field.origin = Default::default();
        terminal.field.name = "x y".to_owned();
    }
    let json = structure(&Query { where_clause: Some(Clause::And(clauses)), order_by: Vec::new() });
    assert_eq!(json.pointer("/where/clauses/0/field/encodedName"), Some(&json!("\"x y\"")));
    assert_eq!(json.pointer("/where/clauses/0/operand/encodedValue"), Some(&json!("'b'")));
    assert_eq!(json.pointer("/where/clauses/1/operand/encodedOperand"), Some(&json!("(d,e)")));
}
