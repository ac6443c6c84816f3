//! Where the real service is known to differ from its documents.

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::translate::RICH_TEXT;

/// One known difference, as written in `schemas/deviations.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    /// A component schema, in every document that has one of the name.
    schema: Option<String>,
    /// Or the JSON of an operation's answer, as `GET /path 200`.
    operation: Option<String>,
    /// A property, or one of an inner object: `values.location`. Lists are looked through.
    /// The schema itself when absent.
    #[serde(default)]
    property: String,
    change: Change,
    /// Where the difference is recorded. For readers only.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    /// The property exists, though not documented.
    Add(Value),
    /// The property may be absent.
    Optional,
    /// The property may be null.
    Nullable,
    /// The property has further values.
    Values(Vec<Value>),
    /// The documented schema is wrong: this is it.
    Is(Value),
    /// The property is rich text, which v2 and v3 write differently.
    RichText,
    /// The answer is a file of any type.
    File,
    /// The operation answers with this status too.
    Status,
}

/// Corrects the documents. A deviation that changes nothing is an error: it is outdated.
pub(super) fn apply(deviations: &Value, documents: &mut [Value]) -> anyhow::Result<()> {
    let list = deviations.as_array().map_or(&[][..], Vec::as_slice);
    for entry in list {
        let deviation = Deviation::deserialize(entry).with_context(|| format!("in {entry}"))?;
        let mut applied = false;
        for document in documents.iter_mut() {
            applied |= deviation.apply(document).is_some();
        }
        ensure!(applied, "the documents say already, or do not know: {entry}");
    }
    Ok(())
}

impl Deviation {
    /// `None` when there is nothing to change.
    fn apply(&self, document: &mut Value) -> Option<()> {
        if matches!(self.change, Change::File) {
            let answer = document.pointer_mut(&self.answer()?)?.as_object_mut()?;
            return answer.insert("content".to_owned(), json!({ "*/*": {} })).is_none().then_some(());
        }
        if matches!(self.change, Change::Status) {
            let answer = self.answer()?;
            let (answers, status) = answer.rsplit_once('/')?;
            let answers = document.pointer_mut(answers)?.as_object_mut()?;
            let missing = !answers.contains_key(status);
            answers.entry(status).or_insert_with(|| json!({}));
            return missing.then_some(());
        }
        let schema = document.pointer_mut(&self.pointer()?)?;
        if self.property.is_empty() {
            return self.change.replace(schema);
        }
        let (owner, name) = self.property.rsplit_once('.').unwrap_or(("", &self.property));
        let mut schema = schema;
        for name in owner.split('.').filter(|name| !name.is_empty()) {
            schema = items(schema.get_mut("properties")?.get_mut(name)?);
        }
        match &self.change {
            Change::Add(added) => {
                let properties = schema.as_object_mut()?.entry("properties");
                let properties = properties.or_insert_with(|| Map::new().into()).as_object_mut()?;
                if properties.contains_key(name) {
                    return None;
                }
                properties.insert(name.to_owned(), added.clone());
                Some(())
            }
            Change::Optional => {
                let required = schema.get_mut("required")?.as_array_mut()?;
                let place = required.iter().position(|required| required == name)?;
                required.remove(place);
                Some(())
            }
            change => change.replace(schema.get_mut("properties")?.get_mut(name)?),
        }
    }

    /// Where in a document the schema stands.
    fn pointer(&self) -> Option<String> {
        if let Some(name) = &self.schema {
            return Some(format!("/components/schemas/{name}"));
        }
        Some(format!("{}/content/application~1json/schema", self.answer()?))
    }

    /// Where in a document the answer stands.
    fn answer(&self) -> Option<String> {
        let mut words = self.operation.as_deref()?.split(' ');
        let (method, path) = (words.next()?.to_lowercase(), words.next()?);
        let (path, status) = (path.replace('/', "~1"), words.next()?);
        Some(format!("/paths/{path}/{method}/responses/{status}"))
    }
}

impl Change {
    /// Changes a schema where it stands.
    fn replace(&self, schema: &mut Value) -> Option<()> {
        match self {
            Self::Add(_) | Self::Optional | Self::File | Self::Status => return None,
            Self::Nullable => {
                if schema["nullable"] == true {
                    return None;
                }
                // Within `allOf`, because whatever stands beside a `$ref` is ignored.
                *schema = json!({ "allOf": [schema.take()], "nullable": true });
            }
            Self::Values(values) => {
                let known = schema.get_mut("enum")?.as_array_mut()?;
                if values.iter().all(|value| known.contains(value)) {
                    return None;
                }
                known.extend_from_slice(values);
            }
            Self::Is(known) => {
                if schema == known {
                    return None;
                }
                schema.clone_from(known);
            }
            Self::RichText => *schema = json!({ RICH_TEXT: true }),
        }
        Some(())
    }
}

/// The schema of a list's items, and of whatever a lone `allOf` wraps; else the schema itself.
fn items(schema: &mut Value) -> &mut Value {
    if schema.get("items").is_some() {
        items(&mut schema["items"])
    } else if schema.pointer("/allOf/0").is_some() {
        items(&mut schema["allOf"][0])
    } else {
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({
            "components": { "schemas": { "S": {
                "properties": { "a": { "$ref": "#/components/schemas/A" }, "k": { "enum": ["x"] } },
                "required": ["a"],
            } } },
            "paths": { "/a/{b}": { "get": { "responses": { "200": { "content": {
                "application/json": { "schema": { "properties": {
                    "values": { "items": { "properties": {} } },
                } } },
            } } } } } },
        })
    }

    fn check(deviation: Value, pointer: &str, expect: Value) {
        let mut documents = [document()];
        apply(&json!([deviation]), &mut documents).unwrap();
        assert_eq!(documents[0].pointer(pointer), Some(&expect));
    }

    #[test]
    fn each_change_is_made() {
        let of = |property: &str, change: Value| json!({ "schema": "S", "property": property, "change": change, "source": "a test" });
        let s = "/components/schemas/S";
        check(of("a", json!("optional")), &format!("{s}/required"), json!([]));
        let nullable = json!({ "allOf": [{ "$ref": "#/components/schemas/A" }], "nullable": true });
        check(of("a", json!("nullable")), &format!("{s}/properties/a"), nullable);
        let more = json!({ "values": ["y"] });
        check(of("k", more), &format!("{s}/properties/k/enum"), json!(["x", "y"]));
        let added = json!({ "add": { "type": "string" } });
        check(of("b", added), &format!("{s}/properties/b"), json!({ "type": "string" }));
        let known = json!({ "is": { "type": "array" } });
        check(of("a", known), &format!("{s}/properties/a"), json!({ "type": "array" }));
        let rich_text = json!({ RICH_TEXT: true });
        check(of("a", json!("rich_text")), &format!("{s}/properties/a"), rich_text);
        check(
            json!({
                "operation": "GET /a/{b} 200",
                "property": "values.c",
                "change": { "add": {} },
                "source": "a test",
            }),
            "/paths/~1a~1{b}/get/responses/200/content/application~1json/schema/properties/values\
             /items/properties/c",
            json!({}),
        );
    }

    #[test]
    fn what_changes_nothing_is_refused() {
        for (property, change) in [("z", json!("optional")), ("k", json!({ "values": ["x"] }))] {
            let outdated = json!([{ "schema": "S", "property": property, "change": change, "source": "" }]);
            assert!(apply(&outdated, &mut [document()]).is_err());
        }
    }
}
