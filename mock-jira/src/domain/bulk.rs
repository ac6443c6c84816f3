//! Bulk changes: what a request gives for many issues at once, as the input of an edit of one.

use super::{
    fields::{Field, Kind},
    issue::edit::Input,
    snapshot::Snapshot,
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Most issues of a bulk operation (J-131).
pub const ISSUES: usize = 1_000;
/// Most fields of a bulk edit (J-131).
pub const FIELDS: usize = 200;
/// Most fields of all issues together that can be moved at once (J-131).
const VALUES: usize = 1_500_000;

/// Whether issues that have so many fields each can be moved at once.
pub fn can_be_moved(fields: impl IntoIterator<Item = usize>) -> Result<(), String> {
    if fields.into_iter().sum::<usize>() > VALUES {
        return Err(format!("The issues have more than {VALUES} fields together."));
    }
    Ok(())
}

/// What a bulk edit does to each issue.
#[derive(Debug, Default)]
pub struct Edits {
    /// For the fields.
    pub input: Input,
    /// A status to bring it to, by a transition.
    pub status: Option<String>,
}

/// What is wrong with the request.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is not of the documented form.
    Form,
    /// It contradicts itself.
    Sentence(String),
}

/// Reads a bulk edit: fields by the form of their values; all of them must be announced. The forms are closed: another
/// member is as wrong as a missing one.
pub fn edits(announced: &[String], given: &Map<String, Value>) -> Result<Edits, Problem> {
    let mut edits = Edits::default();
    for (form, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        match form.as_str() {
            "issueType" => edits.set("issuetype", json!({ "id": text(only(value, "issueTypeId")?)? })),
            "priority" => edits.set("priority", json!({ "id": text(only(value, "priorityId")?)? })),
            "status" => edits.status = Some(text(only(value, "statusId")?)?.to_owned()),
            "originalEstimateField" => {
                edits.estimate("originalEstimate", text(only(value, "originalEstimateField")?)?);
            }
            "timeTrackingField" => edits.estimate("remainingEstimate", text(only(value, "timeRemaining")?)?),
            "multiselectComponents" => {
                edits.several("components", value, "components", |one| by_id(only(one, "componentId")?))?
            }
            form => {
                for item in value.as_array().ok_or(Problem::Form)? {
                    edits.item(form, item)?;
                }
            }
        }
    }
    edits.check(announced)?;
    Ok(edits)
}

/// The one member that an object may have; absent, it is null.
fn only<'a>(object: &'a Value, name: &str) -> Result<&'a Value, Problem> {
    members(object, &[name])?;
    Ok(&object[name])
}

fn members(object: &Value, known: &[&str]) -> Result<(), Problem> {
    let members = object.as_object().ok_or(Problem::Form)?;
    if members.keys().all(|name| known.contains(&name.as_str())) { Ok(()) } else { Err(Problem::Form) }
}

impl Edits {
    fn set(&mut self, id: &str, value: Value) {
        self.input.fields.insert(id.to_owned(), value);
    }

    fn estimate(&mut self, which: &str, span: &str) {
        let operations = self.input.update.entry("timetracking").or_insert_with(|| json!([{ "edit": {} }]));
        operations[0]["edit"][which] = span.into();
    }

    /// A field with its value in one of the forms that several fields have.
    fn item(&mut self, form: &str, item: &Value) -> Result<(), Problem> {
        let id = text(&item["fieldId"])?;
        let given = |name: &str| -> Result<&Value, Problem> {
            members(item, &["fieldId", name])?;
            Ok(&item[name])
        };
        let inner = |name: &str, member: &str| only(given(name)?, member);
        let list = |name: &str, one: &dyn Fn(&Value) -> Result<Value, Problem>| {
            given(name)?.as_array().ok_or(Problem::Form)?.iter().map(one).collect::<Result<Value, Problem>>()
        };
        let value = match form {
            "cascadingSelectFields" => cascade(item)?,
            "clearableNumberFields" => given("value")?.clone(),
            "colorFields" => filled(text(inner("color", "name")?)?),
            "datePickerFields" => day(text(inner("date", "formattedDate")?)?),
            "dateTimePickerFields" => filled(text(inner("dateTime", "formattedDateTime")?)?),
            "labelsFields" => {
                return self.several(id, item, "labels", |one| Ok(text(only(one, "name")?)?.into()));
            }
            "multipleGroupPickerFields" => {
                list("groups", &|one| Ok(json!({ "name": text(only(one, "groupName")?)? })))?
            }
            "multipleSelectClearableUserPickerFields" if given("users")?.is_null() => json!([]),
            "multipleSelectClearableUserPickerFields" => {
                list("users", &|one| Ok(json!({ "accountId": text(only(one, "accountId")?)? })))?
            }
            "multipleSelectFields" => list("options", &|one| by_id(only(one, "optionId")?))?,
            "multipleVersionPickerFields" => {
                return self.several(id, item, "versions", |one| by_id(only(one, "versionId")?));
            }
            "richTextFields" => inner("richText", "adfValue")?.clone(),
            "singleGroupPickerFields" => match text(inner("group", "groupName")?)? {
                "" => Value::Null,
                name => json!({ "name": name }),
            },
            "singleLineTextFields" => text(given("text")?)?.into(),
            "singleSelectClearableUserPickerFields" if given("user")?.is_null() => Value::Null,
            "singleSelectClearableUserPickerFields" => json!({ "accountId": text(inner("user", "accountId")?)? }),
            "singleSelectFields" => by_id(inner("option", "optionId")?)?,
            "singleVersionPickerFields" => by_id(inner("version", "versionId")?)?,
            "urlFields" => text(given("url")?)?.into(),
            _ => return Err(Problem::Form),
        };
        self.set(id, value);
        Ok(())
    }

    /// A list, of which some are added or removed, or which is replaced.
    fn several(
        &mut self,
        id: &str,
        item: &Value,
        name: &str,
        one: impl Fn(&Value) -> Result<Value, Problem>,
    ) -> Result<(), Problem> {
        // Labels may come with colours, which nothing shows.
        let known = ["fieldId", "bulkEditMultiSelectFieldOption", name, "labelProperties"];
        members(item, if name == "labels" { &known } else { &known[..3] })?;
        let values = item[name].as_array().ok_or(Problem::Form)?.iter().map(one);
        let values = values.collect::<Result<Vec<Value>, Problem>>()?.into_iter();
        let operations: Vec<Value> = match text(&item["bulkEditMultiSelectFieldOption"])? {
            "ADD" => values.map(|value| json!({ "add": value })).collect(),
            "REMOVE" => values.map(|value| json!({ "remove": value })).collect(),
            "REPLACE" => vec![json!({ "set": values.collect::<Vec<_>>() })],
            "REMOVE_ALL" => vec![json!({ "set": [] })],
            _ => return Err(Problem::Form),
        };
        self.input.update.insert(id.to_owned(), operations.into());
        Ok(())
    }

    /// What is announced is given, and the other way round.
    fn check(&self, announced: &[String]) -> Result<(), Problem> {
        let mut given: BTreeSet<&str> =
            self.input.fields.keys().chain(self.input.update.keys()).map(String::as_str).collect();
        given.extend(self.status.as_ref().map(|_| "status"));
        // The estimates are parts of one field.
        let announced: BTreeSet<&str> = announced
            .iter()
            .map(|id| match id.as_str() {
                "timeoriginalestimate" | "timeestimate" => "timetracking",
                id => id,
            })
            .collect();
        let list = |ids: Vec<&str>| ids.join(", ");
        let hidden: Vec<&str> = given.iter().copied().filter(|id| !announced.contains(*id)).collect();
        if !hidden.is_empty() {
            let ids = list(hidden);
            let sentence = format!("The following editedFieldInput values are not listed as selectedActions : {ids}");
            return Err(Problem::Sentence(sentence));
        }
        let missing: Vec<&str> = announced.iter().copied().filter(|id| !given.contains(id)).collect();
        if !missing.is_empty() {
            let ids = list(missing);
            let sentence = format!("The following selectedActions have no values in editedFieldsInput : {ids}");
            return Err(Problem::Sentence(sentence));
        }
        Ok(())
    }
}

fn text(value: &Value) -> Result<&str, Problem> {
    value.as_str().ok_or(Problem::Form)
}

fn filled(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

/// What an id names; `-1` and null name nothing.
fn by_id(id: &Value) -> Result<Value, Problem> {
    match id {
        Value::Null => Ok(Value::Null),
        Value::Number(number) if number.as_i64() == Some(-1) => Ok(Value::Null),
        Value::String(text) if text == "-1" => Ok(Value::Null),
        Value::Number(number) => Ok(json!({ "id": number.to_string() })),
        Value::String(id) => Ok(json!({ "id": id })),
        _ => Err(Problem::Form),
    }
}

/// An option and the one below it; without the first there is no second.
fn cascade(item: &Value) -> Result<Value, Problem> {
    members(item, &["fieldId", "parentOptionValue", "childOptionValue"])?;
    let mut value = by_id(only(&item["parentOptionValue"], "optionId")?)?;
    if !value.is_null() && !item["childOptionValue"].is_null() {
        value["child"] = by_id(only(&item["childOptionValue"], "optionId")?)?;
    }
    Ok(value)
}

/// A day in one of the forms that bulk edits take; another text stays, to be refused as a day.
fn day(text: &str) -> Value {
    let forms = ["%d/%b/%y", "%d-%m-%Y"];
    let read = forms.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    filled(&read.map_or_else(|| text.to_owned(), |day| day.to_string()))
}

/// A field's value out of the texts that a bulk move gives for it.
pub fn from_texts(site: &Snapshot, id: &str, texts: &[String]) -> Value {
    let first = || texts.first().map_or(Value::Null, |text| text.as_str().into());
    let one = |member: &str| texts.first().map_or(Value::Null, |text| json!({ member: text }));
    let all = |member: &str| Value::from(texts.iter().map(|text| json!({ member: text })).collect::<Vec<_>>());
    match site.fields.get(id) {
        Some(Field::Custom(_, kind)) => match kind {
            Kind::Option | Kind::Version | Kind::Project => one("id"),
            Kind::Options | Kind::Versions => all("id"),
            Kind::Cascade => match texts {
                [parent, child, ..] => json!({ "id": parent, "child": { "id": child } }),
                _ => one("id"),
            },
            Kind::User => one("accountId"),
            Kind::Users => all("accountId"),
            Kind::Group => one("name"),
            Kind::Groups => all("name"),
            Kind::Labels => texts.into(),
            Kind::Number => texts.first().and_then(|text| text.parse::<f64>().ok()).map_or_else(first, Value::from),
            _ => first(),
        },
        _ => match id {
            "labels" => texts.into(),
            "components" | "versions" | "fixVersions" => all("id"),
            "priority" | "resolution" | "security" => one("id"),
            "assignee" | "reporter" => one("accountId"),
            _ => first(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: Value) -> Result<Edits, Problem> {
        let announced = ["labels", "duedate", "customfield_1", "timetracking", "assignee"].map(str::to_owned);
        let given = given.as_object().unwrap();
        edits(&announced[..given.len()], given)
    }

    fn labels(labels: Value) -> Value {
        json!({ "fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": labels })
    }

    #[test]
    fn reads_values_by_their_form() {
        let edits = read(json!({
            "labelsFields": [labels(json!([{ "name": "a" }]))],
            "datePickerFields": [{ "fieldId": "duedate", "date": { "formattedDate": "3/Feb/26" } }],
            "singleSelectFields": [{ "fieldId": "customfield_1", "option": { "optionId": -1 } }],
            "timeTrackingField": { "timeRemaining": "1d" },
            "singleSelectClearableUserPickerFields": [{ "fieldId": "assignee", "user": { "accountId": "-1" } }],
        }))
        .unwrap();
        let fields = json!({ "duedate": "2026-02-03", "customfield_1": null, "assignee": { "accountId": "-1" } });
        assert_eq!(Value::from(edits.input.fields), fields);
        let update = json!({ "labels": [{ "add": "a" }], "timetracking": [{ "edit": { "remainingEstimate": "1d" } }] });
        assert_eq!(Value::from(edits.input.update), update);
    }

    #[test]
    fn so_many_fields_can_be_moved() {
        let issues = [1_500; ISSUES];
        assert_eq!(can_be_moved(issues), Ok(()));
        let sentence = "The issues have more than 1500000 fields together.";
        assert_eq!(can_be_moved(issues.into_iter().chain([1])), Err(sentence.into()));
    }

    #[test]
    fn refuses_other_forms_and_contradictions() {
        for given in [
            json!({ "others": [] , "labelsFields": "x" }),
            json!({ "labelsFields": [{ "fieldId": "labels", "labels": [] }] }),
            json!({ "datePickerFields": [{ "fieldId": 1 }] }),
            json!({ "priority": {} }),
            json!({ "priority": { "priorityId": "1", "more": 1 } }),
            json!({ "labelsFields": [labels(json!(["a"]))] }),
            json!({ "labelsFields": [labels(json!([{ "name": 1 }]))] }),
            json!({ "labelsFields": [labels(json!([{ "name": "a", "more": 1 }]))] }),
            json!({ "labelsFields": [{ "fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [], "more": 1 }] }),
            json!({ "singleSelectFields": [{ "fieldId": "customfield_1", "option": { "optionId": {} } }] }),
            json!({ "singleSelectClearableUserPickerFields": [{ "fieldId": "assignee", "user": { "accountId": null } }] }),
            json!({ "urlFields": [{ "fieldId": "customfield_1", "url": "", "text": "" }] }),
        ] {
            assert_eq!(read(given).unwrap_err(), Problem::Form);
        }
        let hidden = read(json!({ "urlFields": [{ "fieldId": "customfield_7", "url": "" }] })).unwrap_err();
        let sentence = "The following editedFieldInput values are not listed as selectedActions : customfield_7";
        assert_eq!(hidden, Problem::Sentence(sentence.into()));
        let Problem::Sentence(sentence) = edits(&["summary".into()], &Map::new()).unwrap_err() else { panic!() };
        assert!(sentence.ends_with(": summary"), "{sentence}");
    }
}
