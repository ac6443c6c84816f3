//! Tree to the JSON of `POST /rest/api/3/jql/parse` (S-51).

use std::fmt::Display;

use serde_json::{Map, Value as Json};

use super::ast::{Clause, Field, Operand, Operator, Origin, Predicate, Property, Query, Sort, Terminal, Value};

/// The query as Jira shows its structure. The `type` of an entity property is left out, since only the site that
/// declares the property knows it.
pub fn structure(query: &Query) -> Json {
    let mut members = Map::new();
    if let Some(clause) = &query.where_clause {
        members.insert("where".to_owned(), clause_json(clause));
    }
    if !query.order_by.is_empty() {
        let order_by = object([("fields", each(&query.order_by, sort_json))]);
        members.insert("orderBy".to_owned(), order_by);
    }
    Json::Object(members)
}

fn clause_json(clause: &Clause) -> Json {
    let (clauses, operator) = match clause {
        Clause::And(clauses) => (each(clauses, clause_json), "and"),
        Clause::Or(clauses) => (each(clauses, clause_json), "or"),
        Clause::Not(clause) => (Json::Array(vec![clause_json(clause)]), "not"),
        Clause::Terminal(terminal) => return terminal_json(terminal),
    };
    object([("clauses", clauses), ("operator", operator.into())])
}

fn terminal_json(terminal: &Terminal) -> Json {
    let mut json =
        object([("field", field_json(&terminal.field)), ("operator", operator_word(terminal.operator).into())]);
    if let Some(operand) = &terminal.operand {
        json["operand"] = operand_json(operand);
    }
    if terminal.operator.is_history() {
        json["predicates"] = each(&terminal.predicates, predicate_json);
    }
    json
}

/// An operator as the official document lists it, which has `~=` for what queries write as `!~`.
fn operator_word(operator: Operator) -> &'static str {
    match operator {
        Operator::NotLike => "~=",
        other => other.as_str(),
    }
}

fn predicate_json(predicate: &Predicate) -> Json {
    object([("operator", predicate.operator.as_str().into()), ("operand", operand_json(&predicate.operand))])
}

fn sort_json(sort: &Sort) -> Json {
    let mut json = object([("field", field_json(&sort.field))]);
    if let Some(direction) = sort.direction {
        json["direction"] = direction.as_str().into();
    }
    json
}

fn field_json(field: &Field) -> Json {
    let mut json = object([("name", field.full_name().into()), ("encodedName", encoded(&field.origin, field))]);
    if !field.properties.is_empty() {
        let entity = field.name.strip_suffix(".property").unwrap_or(&field.name);
        json["property"] = each(&field.properties, |property| property_json(entity, property));
    }
    json
}

fn property_json(entity: &str, property: &Property) -> Json {
    object([
        ("entity", entity.into()),
        ("key", property.key.as_str().into()),
        // A required member, even when the whole property is meant.
        ("path", property.path.as_deref().unwrap_or_default().into()),
    ])
}

fn operand_json(operand: &Operand) -> Json {
    match operand {
        Operand::Value(value) => {
            object([("value", value.text.as_str().into()), ("encodedValue", encoded(&value.origin, value))])
        }
        Operand::List(list) => {
            object([("values", each(&list.items, item_json)), ("encodedOperand", encoded(&list.origin, list))])
        }
        Operand::Function(function) => object([
            ("function", function.name.as_str().into()),
            ("arguments", each(&function.args, |arg: &Value| arg.text.as_str().into())),
            ("encodedOperand", encoded(&function.origin, function)),
        ]),
        Operand::Empty => object([("keyword", "empty".into())]),
    }
}

/// What stands in a list. Jira's schema knows no lists in lists; here they have no `encodedOperand`, for each would
/// repeat the text of all lists inside it.
fn item_json(operand: &Operand) -> Json {
    match operand {
        Operand::List(list) => object([("values", each(&list.items, item_json))]),
        other => operand_json(other),
    }
}

/// The node as it was typed, or canonically when nobody typed it.
fn encoded(origin: &Origin, node: &impl Display) -> Json {
    match origin.text() {
        "" => node.to_string().into(),
        typed => typed.into(),
    }
}

fn each<T>(items: &[T], to_json: impl Fn(&T) -> Json) -> Json {
    items.iter().map(to_json).collect()
}

/// Moves the members in; `json!` would copy them, once for each level of the tree above them.
fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Json::Object(Map::from_iter(members))
}
