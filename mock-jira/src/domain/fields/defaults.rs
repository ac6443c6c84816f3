//! Defaults of custom fields: as the API gives them, as contexts keep them, as new issues get them.
//!
//! A context keeps a default in the stored form of the field's kind; [`NOW`] alone stands for the day or
//! the time at which an issue is created.

use super::{Kind, types};
use crate::domain::{
    config::{CustomField, FieldContext, FieldOption, Project},
    failure::{Failure, Result},
    issue::values,
    lenient, rich_text,
    snapshot::Snapshot,
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The member that says that a default is the present.
const NOW: &str = "useCurrent";

/// Types of defaults of Forge fields, whose own type is the app's business, and the member each gives.
const FORGE: [(&str, &str); 9] = [
    ("forge.string", "text"),
    ("forge.string.list", "values"),
    ("forge.object", "object"),
    ("forge.datetime", "dateTime"),
    ("forge.group", "groupId"),
    ("forge.group.list", "groupIds"),
    ("forge.number", "number"),
    ("forge.user", "accountId"),
    ("forge.user.list", "accountIds"),
];

/// A default as a context keeps it, and what stands beside it.
pub type Kept = (Value, Value);

/// The types of default that a field takes; none where it has no defaults.
pub fn types_of(field: &CustomField) -> Vec<&'static str> {
    let name = match Kind::of(&field.type_key) {
        Kind::Text if field.type_key.ends_with(":readonlyfield") => "readonly",
        Kind::Text => "textfield",
        Kind::RichText => "textarea",
        Kind::Url => "url",
        Kind::Number => "float",
        Kind::Date => "datepicker",
        Kind::DateTime => "datetimepicker",
        Kind::Option => "option.single",
        Kind::Options => "option.multiple",
        Kind::Cascade => "option.cascading",
        Kind::User => "single.user.select",
        Kind::Users => "multi.user.select",
        Kind::Group => "grouppicker.single",
        Kind::Groups => "grouppicker.multiple",
        Kind::Labels => "labels",
        Kind::Project => "project",
        Kind::Version => "version.single",
        Kind::Versions => "version.multiple",
        Kind::Opaque if field.type_key.starts_with(types::FORGE) => {
            return FORGE.iter().map(|(name, _)| *name).collect();
        }
        _ => return Vec::new(),
    };
    vec![name]
}

/// Reads a default of the API. A member that is null or absent takes the default away.
pub fn read(
    site: &Snapshot,
    field: &CustomField,
    options: &[FieldOption],
    body: &Map<String, Value>,
) -> Result<Option<Kept>> {
    let member = |name: &str| body.get(name).unwrap_or(&Value::Null);
    let invalid = |sentence: String| Failure::invalid(sentence);
    let plain = |value: Option<Value>| Ok(value.map(|value| (value, json!({}))));
    let now = || match lenient::flag(member(NOW)) {
        Ok(now) => Ok((now == Some(true)).then(|| json!({ NOW: true }))),
        Err(_) => Err(Failure::invalid_payload()),
    };
    let account = |id: &str| match site.accounts.contains_key(id) {
        true => Ok(Value::from(id)),
        false => Err(Failure::invalid(format!("The user with account ID '{id}' was not found."))),
    };
    let group = |id: &str| match site.group(id) {
        Some(group) => Ok(Value::from(group.group_id.to_string())),
        None => Err(Failure::invalid(format!("The group '{id}' was not found."))),
    };
    let option = |id: &str, parent: Option<i64>| {
        let found = options.iter().find(|option| option.id.to_string() == id && option.parent_id == parent);
        found.map(|option| option.id).ok_or_else(|| Failure::not_found("The option was not found."))
    };
    let top = |id: &str| option(id, None).map(Value::from);
    let version = |id: &str| match site.versions.parse(id) {
        Some(version) => Ok(Value::from(version.id)),
        None => Err(Failure::invalid(format!("The version with ID '{id}' was not found."))),
    };
    match Kind::of(&field.type_key) {
        Kind::Text => plain(text(member("text"), values::LINE_LIMIT)?.map(Value::from)),
        Kind::RichText => {
            let text = text(member("text"), values::TEXT_LIMIT)?;
            plain(text.map(|text| rich_text::from_wiki(&text).to_string().into()))
        }
        Kind::Url => match text(member("url"), values::LINE_LIMIT)? {
            Some(url) if url.contains("://") || url.starts_with("mailto:") => plain(Some(url.into())),
            Some(url) => Err(Failure::invalid(format!("{url} is not a valid URL"))),
            None => Ok(None),
        },
        Kind::Number => match member("number") {
            Value::Null => Ok(None),
            number => match number.as_f64() {
                Some(number) => plain(Some(json!(number))),
                None => Err(Failure::invalid("The number has to be a number.")),
            },
        },
        Kind::Date => {
            let date = values::date(member("date")).map_err(invalid)?;
            plain(now()?.or_else(|| date.map(|date| date.to_string().into())))
        }
        Kind::DateTime => {
            let time = values::instant(member("dateTime")).map_err(invalid)?;
            plain(now()?.or_else(|| time.map(|time| instant(time).into())))
        }
        Kind::Option => plain(one(member("optionId"), top)?),
        Kind::Options => plain(many(member("optionIds"), top)?),
        Kind::Cascade => {
            let Some(parent) = one(member("optionId"), top)? else { return Ok(None) };
            let child = one(member("cascadingOptionId"), |id| option(id, parent.as_i64()).map(Value::from))?;
            plain(Some([parent].into_iter().chain(child).collect()))
        }
        Kind::User => {
            let id = one(member("accountId"), account)?;
            let filter = user_filter(member("userFilter"))?;
            Ok(id.map(|id| (id, json!({ "userFilter": filter }))))
        }
        Kind::Users => plain(many(member("accountIds"), account)?),
        Kind::Group => plain(one(member("groupId"), group)?),
        Kind::Groups => plain(many(member("groupIds"), group)?),
        Kind::Labels => {
            let labels = values::array(member("labels")).and_then(|labels| labels.iter().map(values::label).collect());
            let labels: Vec<String> = labels.map_err(invalid)?;
            plain((!labels.is_empty()).then(|| labels.into()))
        }
        Kind::Project => plain(one(member("projectId"), |id| match site.projects.parse(id) {
            Some(project) => Ok(project.id.into()),
            None => Err(Failure::invalid(format!("The project with ID '{id}' was not found."))),
        })?),
        kind @ (Kind::Version | Kind::Versions) => {
            let ids = match kind {
                Kind::Version => one(member("versionId"), version)?,
                _ => many(member("versionIds"), version)?,
            };
            let order = member("versionOrder");
            let details = if order.is_string() { json!({ "versionOrder": order }) } else { json!({}) };
            Ok(ids.map(|ids| (ids, details)))
        }
        _ => {
            let named = FORGE.iter().find(|(name, _)| member("type") == name);
            let value = named.map(|(_, value)| member(value)).filter(|value| !value.is_null());
            Ok(value.map(|value| (value.clone(), json!({ "type": member("type") }))))
        }
    }
}

/// A context's default as the API shows it; `None` where there is none.
pub fn view(field: &CustomField, context: &FieldContext) -> Option<Value> {
    let kept = context.default_value.as_ref()?;
    let id = |value: &Value| match value {
        Value::Number(number) => Value::from(number.to_string()),
        other => other.clone(),
    };
    let ids = |value: &Value| value.as_array().into_iter().flatten().map(id).collect::<Value>();
    let mut view = json!({ "contextId": context.id.to_string() });
    let is_now = kept.get(NOW).is_some();
    let dated = |name: &str, view: &mut Value| {
        view[NOW] = is_now.into();
        if !is_now {
            view[name] = kept.clone();
        }
    };
    match Kind::of(&field.type_key) {
        Kind::Text => view["text"] = kept.clone(),
        Kind::RichText => {
            let document = kept.as_str().and_then(|text| serde_json::from_str(text).ok());
            view["text"] = document.as_ref().map(rich_text::to_wiki).into();
        }
        Kind::Url => view["url"] = kept.clone(),
        Kind::Number => view["number"] = kept.clone(),
        Kind::Date => dated("date", &mut view),
        Kind::DateTime => dated("dateTime", &mut view),
        Kind::Option => view["optionId"] = id(kept),
        Kind::Options => view["optionIds"] = ids(kept),
        Kind::Cascade => {
            view["optionId"] = id(&kept[0]);
            if let Some(child) = kept.get(1) {
                view["cascadingOptionId"] = id(child);
            }
        }
        Kind::User => {
            view["accountId"] = kept.clone();
            view["userFilter"] = context.details["userFilter"].clone();
        }
        Kind::Users => view["accountIds"] = kept.clone(),
        Kind::Group => view["groupId"] = kept.clone(),
        Kind::Groups => view["groupIds"] = kept.clone(),
        Kind::Labels => view["labels"] = kept.clone(),
        Kind::Project => view["projectId"] = id(kept),
        Kind::Version => view["versionId"] = id(kept),
        Kind::Versions => view["versionIds"] = ids(kept),
        _ => {
            let (name, member) = FORGE.iter().find(|(name, _)| context.details["type"] == *name)?;
            view[member] = kept.clone();
            view["type"] = (*name).into();
            return Some(view);
        }
    }
    if let Some(order) = context.details.get("versionOrder") {
        view["versionOrder"] = order.clone();
    }
    view["type"] = types_of(field).first().copied().into();
    Some(view)
}

/// What a new issue of the project gets, in the stored form of the field's kind.
pub fn initial(site: &Snapshot, project: &Project, kind: Kind, kept: &Value, now: DateTime<Utc>) -> Option<Value> {
    let of_project = |id: &Value| {
        id.as_i64().and_then(|id| site.versions.get(id)).is_some_and(|version| version.project_id == project.id)
    };
    match kind {
        Kind::Date if kept.get(NOW).is_some() => Some(now.date_naive().to_string().into()),
        Kind::DateTime if kept.get(NOW).is_some() => Some(instant(now).into()),
        Kind::Version => of_project(kept).then(|| kept.clone()),
        Kind::Versions => {
            let ids: Vec<Value> = kept.as_array()?.iter().filter(|id| of_project(id)).cloned().collect();
            (!ids.is_empty()).then(|| ids.into())
        }
        _ => Some(kept.clone()),
    }
}

fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn text(value: &Value, most: usize) -> Result<Option<String>> {
    let text = values::string(value).map_err(Failure::invalid)?.filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > most) {
        return Err(Failure::invalid(format!("The text must not be longer than {most} characters.")));
    }
    Ok(text.map(str::to_owned))
}

/// An id, which may also come as a number.
fn one(value: &Value, find: impl Fn(&str) -> Result<Value>) -> Result<Option<Value>> {
    match value {
        Value::Null => Ok(None),
        Value::String(id) => find(id).map(Some),
        Value::Number(id) => find(&id.to_string()).map(Some),
        _ => Err(Failure::invalid_payload()),
    }
}

fn many(value: &Value, find: impl Fn(&str) -> Result<Value>) -> Result<Option<Value>> {
    let mut ids: Vec<Value> = Vec::new();
    for item in values::array(value).map_err(Failure::invalid)? {
        if let Some(id) = one(item, &find)?
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    Ok((!ids.is_empty()).then(|| ids.into()))
}

/// Who can be chosen beside the default.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct UserFilter {
    #[serde(deserialize_with = "lenient::flag")]
    enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::texts")]
    groups: Vec<String>,
    #[serde(deserialize_with = "lenient::ints")]
    role_ids: Vec<i64>,
}

fn user_filter(value: &Value) -> Result<Value> {
    let filter: Option<UserFilter> = lenient::object(value).map_err(|_| Failure::invalid_payload())?;
    let UserFilter { enabled, groups, role_ids } = filter.unwrap_or_default();
    Ok(json!({ "enabled": enabled == Some(true), "groups": groups, "roleIds": role_ids }))
}
