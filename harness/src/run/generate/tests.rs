//! What is generated fits its schema; what is to break a rule breaks it.

use super::*;
use crate::{contract::Contract, run::draw::Draw};

fn operation() -> (Contract, Links) {
    let make = json!({ "post": { "operationId": "make", "responses": {} } });
    let read = json!({ "get": { "operationId": "read", "responses": {} } });
    let document = json!({ "paths": {
        "/rest/api/3/thing": make, "/rest/api/3/issue/{id}": read, "/rest/api/3/project/{id}": read,
        "/rest/api/3/field/{id}": read,
    } });
    let contract = Contract::from_documents(vec![document]).unwrap();
    let links = Links::new(&contract, json!({ "names": { "account": "/rest/api/3/user" } })).unwrap();
    (contract, links)
}

fn draws(schema: &Value, name: &str, flavour: Flavour) -> Vec<Value> {
    let (contract, links) = operation();
    let operation = &contract.operations()[0];
    let components =
        json!({ "Loop": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/Loop" } } } });
    let generator = Generator { operation, components: &components, links: &links, version: ApiVersion::V3, flavour };
    let strategy = generator.value(schema, name);
    let mut draw = Draw::new(7, name);
    (0..100).map(|_| draw.from(&strategy).unwrap()).collect()
}

#[test]
fn values_fit_their_schema() {
    let schemas = [
        json!({ "type": "string", "minLength": 3, "maxLength": 5 }),
        json!({ "type": "integer", "format": "int32", "minimum": -2, "maximum": 9 }),
        json!({ "type": "array", "items": { "type": "boolean" }, "minItems": 2, "maxItems": 4 }),
        json!({ "type": "object", "required": ["a"], "properties": { "a": { "enum": ["x", "y"] }, "b": { "type": "number" } }, "additionalProperties": false }),
        json!({ "allOf": [{ "type": "object", "properties": { "a": { "type": "boolean" } } }], "required": ["a"] }),
        json!({ "oneOf": [{ "type": "integer" }, { "type": "boolean" }] }),
        json!({ "type": "number", "minimum": 0.25, "maximum": 2 }),
    ];
    for schema in &schemas {
        let validator = jsonschema::validator_for(schema).unwrap();
        for flavour in [Flavour::Sparse, Flavour::Usual, Flavour::Edge] {
            for value in draws(schema, "thing", flavour) {
                assert!(validator.is_valid(&value), "{schema} {flavour:?}: {value}");
            }
        }
    }
}

#[test]
fn edges_are_reached() {
    let text = draws(&json!({ "type": "string", "maxLength": 7 }), "thing", Flavour::Edge);
    assert!(text.contains(&json!("xxxxxxx")) && text.contains(&json!("")) && text.contains(&json!("漢字")));
    let number = draws(&json!({ "type": "integer", "format": "int64" }), "thing", Flavour::Edge);
    assert!(number.contains(&json!(i64::MAX)) && number.contains(&json!(i64::MIN)) && number.contains(&json!(0)));
    let list = draws(&json!({ "type": "array", "items": { "type": "boolean" } }), "thing", Flavour::Edge);
    assert!(list.iter().any(|list| list.as_array().unwrap().len() > 50));
    let short =
        draws(&json!({ "type": "array", "items": { "type": "boolean" }, "maxItems": 3 }), "thing", Flavour::Edge);
    assert!(short.contains(&json!([])));
    let fraction = draws(&json!({ "type": "number", "maximum": 5 }), "thing", Flavour::Edge);
    assert!(fraction.contains(&json!(5.0)) && fraction.contains(&json!(0.1)) && fraction.contains(&json!(-0.5)));
    let date = draws(&json!({ "type": "string", "format": "date" }), "thing", Flavour::Edge);
    assert!(date.contains(&json!("2024-02-29")) && date.contains(&json!("1970-01-01")));
    let choice = draws(&json!({ "type": "string", "enum": ["a", "b", "c"] }), "thing", Flavour::Edge);
    assert!(["a", "b", "c"].iter().all(|name| choice.contains(&json!(name))));
    let nullable = draws(&json!({ "type": "boolean", "nullable": true }), "thing", Flavour::Edge);
    assert!(nullable.contains(&Value::Null));
}

#[test]
fn names_tell_what_is_meant() {
    let first = |schema: Value, name: &str| draws(&schema, name, Flavour::Usual).remove(0);
    let text = json!({ "type": "string" });
    let Some(Mark::Thing { kind, attribute, number: false, .. }) = Mark::read(&first(text.clone(), "accountId")) else {
        panic!("an account")
    };
    assert_eq!((kind.as_str(), attribute.as_str()), ("/rest/api/3/user", "accountId"));
    assert!(matches!(Mark::read(&first(text.clone(), "name")), Some(Mark::Unique { .. })));
    assert!(first(text.clone(), "timeSpent").as_str().unwrap().ends_with(['w', 'd', 'h', 'm']));
    assert_eq!(first(text.clone(), "cronExpression").as_str().unwrap().split(' ').count(), 6);
    let refers = |name: &str, kind: &str| {
        let value = first(text.clone(), name);
        assert!(matches!(Mark::read(&value), Some(Mark::Thing { kind: of, .. }) if of == kind), "{name}: {value}");
    };
    refers("issueIdOrKey", "/rest/api/3/issue");
    refers("projectKey", "/rest/api/3/project");
    refers("fieldId", "/rest/api/3/field");
    let query = first(text, "jql");
    assert!(
        [" ~ ", " is ", " != ", " = ", " > ", " >= ", " in "].iter().any(|word| query.as_str().unwrap().contains(word))
    );
    let date = first(json!({ "type": "string", "format": "date" }), "due");
    assert!(chrono::NaiveDate::parse_from_str(date.as_str().unwrap(), "%Y-%m-%d").is_ok(), "{date}");
    assert_eq!(first(json!({ "x-rich-text": true }), "body")["type"], "doc");
}

#[test]
fn what_refers_to_itself_ends() {
    draws(&json!({ "$ref": "#/components/schemas/Loop" }), "loop", Flavour::Usual);
}

#[test]
fn near_misses_break_one_rule_each() {
    let schema = json!({
        "type": "object",
        "required": ["name", "owner"],
        "additionalProperties": false,
        "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 3 },
            "size": { "enum": ["S", "L"], "type": "string" },
            "owner": { "type": "object", "properties": { "age": { "type": "integer", "minimum": 0, "maximum": 9 } } },
            "since": { "type": "string", "format": "date" },
            "parts": { "type": "array", "items": { "type": "boolean" }, "minItems": 1, "maxItems": 2 },
        },
    });
    let accepted = json!({ "name": "ab", "size": "S", "owner": { "age": 3 }, "since": "2026-01-01", "parts": [true] });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    assert!(validator.is_valid(&accepted));
    let missed = near_misses(&accepted, &schema, &json!({}));
    let rules: Vec<_> = missed.iter().map(|missed| missed.rule.as_str()).collect();
    assert_eq!(
        rules,
        [
            "a text for an object at the body",
            "a required property missing at the body",
            "a required property missing at the body",
            "a property that is not documented at the body",
            "an object for a text at /name",
            "a text that is too short at /name",
            "a text that is too long at /name",
            "an object for a text at /size",
            "a value that is not in the enum at /size",
            "a text for an object at /owner",
            "a word for a number at /owner/age",
            "a number that is too large at /owner/age",
            "a number that is too small at /owner/age",
            "an object for a text at /since",
            "a text of another format at /since",
            "an object for an array at /parts",
            "a list that is too short at /parts",
            "a list that is too long at /parts",
            "an object for a boolean at /parts/0",
        ]
    );
    for missed in missed {
        assert!(!validator.is_valid(&missed.body), "{missed:?}");
        let wrong = validator.iter_errors(&missed.body).count();
        assert!(wrong <= 2, "{missed:?}: {wrong} errors"); // an enum value of a wrong type is wrong twice
    }
}
