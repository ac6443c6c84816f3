//! Reading the values of fields as requests give them.

use crate::domain::{
    config::Project, fields::Kind, permission::Access, rich_text, security::SecurityLevel, snapshot::Snapshot,
    sprint::State,
};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// A value, or the sentence that tells what is wrong with it.
pub type Read<T> = Result<T, String>;

/// How rich text stands in requests and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// v3: Atlassian Document Format.
    Document,
    /// v2: wiki markup (J-94).
    Wiki,
}

/// Longest text of a description or comment, in characters (J-18).
pub const TEXT_LIMIT: usize = 32_767;
/// Longest text of a single line (T-14).
pub const LINE_LIMIT: usize = 255;

/// A string; null reads as none.
pub fn string(value: &Value) -> Read<Option<&str>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err("Operation value must be a string".into()), // J-14
    }
}

/// A summary: one line, not blank, not too long (J-4 to J-6).
pub fn summary(value: &Value) -> Read<String> {
    let text = string(value)?.unwrap_or_default().trim();
    if text.is_empty() {
        return Err("You must specify a summary of the issue.".into());
    }
    if text.contains(['\n', '\r']) {
        return Err("The summary is invalid because it contains newline characters.".into());
    }
    if text.chars().count() > LINE_LIMIT {
        return Err("Summary can't exceed 255 characters.".into());
    }
    Ok(text.into())
}

/// Rich text in the request's form, as a document. Empty text is none.
pub fn document(value: &Value, format: TextFormat) -> Read<Option<Value>> {
    let document = match (format, value) {
        (_, Value::Null) => return Ok(None),
        (TextFormat::Wiki, Value::String(text)) if text.is_empty() => return Ok(None),
        (TextFormat::Wiki, Value::String(text)) => rich_text::from_wiki(text),
        (TextFormat::Wiki, _) => return Err("Operation value must be a string".into()),
        (TextFormat::Document, document) => match rich_text::validate(document) {
            Ok(()) => document.clone(),
            Err(rich_text::AdfError::NotADocument) => {
                return Err("Operation value must be an Atlassian Document (see the Atlassian Document Format)".into()); // J-13
            }
            Err(_) => return Err("INVALID_INPUT".into()),
        },
    };
    if rich_text::text_length(&document) > TEXT_LIMIT {
        return Err(match format {
            TextFormat::Document => "CONTENT_LIMIT_EXCEEDED".into(),
            TextFormat::Wiki => {
                "The entered text is too long. It exceeds the allowed limit of 32,767 characters.".into()
            }
        }); // J-18
    }
    Ok(Some(document))
}

/// A day, `yyyy-MM-dd` (J-17).
pub fn date(value: &Value) -> Read<Option<NaiveDate>> {
    let Some(text) = string(value)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    // The parser would also take signs and longer years.
    let digits = |range: std::ops::Range<usize>| text.as_bytes()[range].iter().all(u8::is_ascii_digit);
    let well_formed = text.len() == 10 && digits(0..4) && digits(5..7) && digits(8..10) && !text.starts_with("0000");
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| well_formed)
        .map(Some)
        .ok_or_else(|| "Operation value must be a string in the format yyyy-MM-dd".into())
}

/// An instant in ISO 8601 with an offset, with or without a colon in it (J-17, J-97).
pub fn instant(value: &Value) -> Read<Option<DateTime<Utc>>> {
    let Some(text) = string(value)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"]
        .iter()
        .find_map(|format| DateTime::parse_from_str(text, format).ok())
        .or_else(|| DateTime::parse_from_rfc3339(text).ok())
        .map(|time| Some(time.with_timezone(&Utc)))
        .filter(|time| time.is_none_or(|time| (1..=9999).contains(&time.year())))
        .ok_or_else(|| "Operation value must be a string in the format yyyy-MM-dd'T'HH:mm:ss.SSSZ".into())
}

/// The account that an object, or null, names.
pub fn account(site: &Snapshot, value: &Value) -> Read<Option<String>> {
    let id = match value {
        Value::Null => return Ok(None),
        Value::Object(members) => match members.get("accountId").or_else(|| members.get("id")) {
            Some(Value::Null) | None => return Ok(None),
            Some(id) => string(id)?,
        },
        _ => return Err("data was not an object".into()),
    };
    let Some(id) = id else { return Ok(None) };
    if site.accounts.contains_key(id) { Ok(Some(id.into())) } else { Err(format!("User '{id}' does not exist.")) } // J-16
}

/// An array; null reads as an empty one.
pub fn array(value: &Value) -> Read<&[Value]> {
    match value {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        _ => Err("data was not an array".into()), // J-14
    }
}

/// A label (J-12).
pub fn label(value: &Value) -> Read<String> {
    let text = string(value)?.unwrap_or_default();
    if text.is_empty() {
        return Err("The label must not be empty.".into());
    }
    if text.contains(char::is_whitespace) {
        return Err(format!("The label '{text}' contains spaces which is invalid."));
    }
    if text.chars().count() > LINE_LIMIT {
        return Err(format!("The label '{text}' exceeds the maximum length of 255 characters."));
    }
    Ok(text.into())
}

/// Something chosen by `id`, `name`, `key` or `value`: the text under the first of the members present.
pub fn chosen<'a>(
    value: &'a Value,
    members: &[&'static str],
) -> Read<Option<(&'static str, std::borrow::Cow<'a, str>)>> {
    match value {
        Value::Null => Ok(None),
        Value::Object(object) => {
            for member in members {
                match object.get(*member) {
                    Some(Value::String(text)) => return Ok(Some((member, text.as_str().into()))),
                    Some(Value::Number(number)) => return Ok(Some((member, number.to_string().into()))),
                    _ => {}
                }
            }
            Err(format!("Specify a valid '{}'", members.join("' or '")))
        }
        _ => Err("expected Object".into()), // J-14
    }
}

/// Where a custom field's value is read: what it may refer to, and how it is written.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The site.
    pub site: &'a Snapshot,
    /// What the caller may do.
    pub access: Access<'a>,
    /// The project.
    pub project: &'a Project,
    /// The field's number.
    pub field_id: i64,
    /// The field's context, which has its options.
    pub context_id: i64,
    /// The field's name.
    pub name: &'a str,
    /// How rich text stands in the request.
    pub format: TextFormat,
}

/// A custom field's value in its stored form; `None` empties the field.
pub fn custom(place: &Place, kind: Kind, value: &Value) -> Read<Option<Value>> {
    let Place { site, access, project, field_id, context_id, name, format } = *place;
    if value.is_null() {
        return Ok(None);
    }
    let one = |kind: Kind, value: &Value| custom(place, kind, value);
    let many = |kind: Kind| -> Read<Option<Value>> {
        let mut stored: Vec<Value> = Vec::new();
        for item in array(value)? {
            if let Some(item) = one(kind, item)?
                && !stored.contains(&item)
            {
                stored.push(item);
            }
        }
        Ok((!stored.is_empty()).then_some(Value::Array(stored)))
    };
    let option = |value: &Value, parent: Option<i64>| -> Read<Option<i64>> {
        let by_text = json!({ "value": value });
        let value = if value.is_string() { &by_text } else { value };
        let Some((member, text)) =
            chosen(value, &["id", "value"]).map_err(|_| format!("Specify a valid 'id' or 'name' for {name}"))?
        else {
            return Ok(None);
        };
        let found = site
            .fields
            .options_of(context_id, parent)
            .find(|option| if member == "id" { option.id.to_string() == text } else { option.value == text });
        match found {
            Some(option) if !option.disabled => Ok(Some(option.id)),
            _ if member == "id" => Err(format!("Option id '{text}' is not valid")),
            _ => Err(format!("Option value '{text}' is not valid")),
        }
    };
    Ok(match kind {
        Kind::Text => {
            let text = string(value)?.unwrap_or_default();
            if text.chars().count() > LINE_LIMIT {
                return Err("The entered text is too long. It exceeds the allowed limit of 255 characters.".into());
            }
            (!text.is_empty()).then(|| text.into())
        }
        Kind::RichText => document(value, format)?.map(|document| document.to_string().into()),
        Kind::Url => match string(value)?.filter(|text| !text.is_empty()) {
            Some(text) if text.chars().count() > LINE_LIMIT => {
                return Err("The entered text is too long. It exceeds the allowed limit of 255 characters.".into());
            }
            Some(text) if text.contains("://") || text.starts_with("mailto:") => Some(text.into()),
            Some(text) => return Err(format!("{text} is not a valid URL")),
            None => None,
        },
        Kind::Number => match value {
            Value::Number(number) => Some(json!(number.as_f64())), // T-18: always floats
            _ => return Err("Operation value must be a number".into()),
        },
        Kind::Date => date(value)?.map(|date| date.to_string().into()),
        Kind::DateTime => instant(value)?.map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true).into()),
        Kind::Option => option(value, None)?.map(Value::from),
        Kind::Options => many(Kind::Option)?,
        Kind::Cascade => match option(value, None)? {
            Some(parent) => {
                let child = value.get("child").map(|child| option(child, Some(parent))).transpose()?.flatten();
                Some(child.map_or_else(|| json!([parent]), |child| json!([parent, child])))
            }
            None => None,
        },
        Kind::User => account(site, value)?.map(Value::from),
        Kind::Users => many(Kind::User)?,
        Kind::Group => match chosen(value, &["groupId", "name"])? {
            Some((_, text)) => match site.group(&text) {
                Some(group) => Some(group.group_id.to_string().into()),
                None => return Err(format!("Group '{text}' does not exist.")),
            },
            None => None,
        },
        Kind::Groups => many(Kind::Group)?,
        Kind::Labels => {
            let mut labels = array(value)?.iter().map(label).collect::<Read<Vec<_>>>()?;
            labels.sort();
            labels.dedup();
            (!labels.is_empty()).then(|| labels.into())
        }
        Kind::Project => match chosen(value, &["id", "key"])? {
            Some((_, text)) => {
                match site.project(&text).filter(|project| project.deleted.is_none() && access.sees(project)) {
                    Some(project) => Some(project.id.into()),
                    None => return Err(format!("Project '{text}' does not exist.")),
                }
            }
            None => None,
        },
        Kind::Version => version(site, project, value)?.map(Value::from),
        Kind::Versions => many(Kind::Version)?,
        Kind::AppOption => match chosen(value, &["id", "value"])? {
            Some((member, text)) => {
                let mut offered = site.fields.app_options.get(&field_id).into_iter().flatten();
                let found = offered.find(|option| {
                    (if member == "id" { option.id.to_string() == text } else { option.value == text })
                        && option.is_selectable(Some(project.id))
                });
                Some(found.ok_or_else(|| format!("Option {member} '{text}' is not valid"))?.id.into())
            }
            None => None,
        },
        // One number: sprints that are over stay beside it (G-19, G-20).
        Kind::Sprint => {
            let id = value.as_i64().ok_or("Number value expected as the Sprint id.")?;
            let sprint = site.sprints.get(id).filter(|sprint| sprint.state != State::Closed);
            let board = sprint.and_then(|sprint| site.boards.get(sprint.board_id));
            if board.and_then(|board| access.known_project(board.project_id)).is_none() {
                return Err("Issue can be assigned only active or future sprints.".into()); // G-18
            }
            Some(json!([id]))
        }
        Kind::Rank | Kind::EpicLink | Kind::Development | Kind::Opaque => {
            if value.to_string().chars().count() > TEXT_LIMIT {
                return Err("The entered value is too long. It exceeds the allowed limit of 32,767 characters.".into());
            }
            Some(value.clone())
        }
    })
}

/// A version of the project, by id or name (J-15).
pub fn version(site: &Snapshot, project: &Project, value: &Value) -> Read<Option<i64>> {
    named(value, "Version", |member, text| {
        site.versions_of(project.id)
            .find(|v| if member == "id" { v.id.to_string() == text } else { v.name == text })
            .map(|v| v.id)
    })
}

/// A component of the project, by id or name (J-15).
pub fn component(site: &Snapshot, project: &Project, value: &Value) -> Read<Option<i64>> {
    named(value, "Component", |member, text| {
        site.components_of(project.id)
            .find(|c| if member == "id" { c.id.to_string() == text } else { c.name == text })
            .map(|c| c.id)
    })
}

/// A priority that the project's issues can have, by id or name (J-15).
pub fn priority(site: &Snapshot, project: &Project, value: &Value) -> Read<Option<i64>> {
    named(value, "Priority", |member, text| {
        site.priorities_of(project.id)
            .find(|p| if member == "id" { p.id.to_string() == text } else { p.name == text })
            .map(|p| p.id)
    })
}

/// A resolution, by id or name.
pub fn resolution(site: &Snapshot, value: &Value) -> Read<Option<i64>> {
    named(value, "Resolution", |member, text| {
        site.resolutions
            .iter()
            .find(|r| if member == "id" { r.id.to_string() == text } else { r.name == text })
            .map(|r| r.id)
    })
}

/// One of these security levels, by id or name.
pub fn security_level<'a, I: Iterator<Item = &'a SecurityLevel>>(
    levels: impl Fn() -> I,
    value: &Value,
) -> Read<Option<i64>> {
    named(value, "Security level", |member, text| {
        levels().find(|l| if member == "id" { l.id.to_string() == text } else { l.name == text }).map(|l| l.id)
    })
}

fn named(value: &Value, what: &str, find: impl Fn(&str, &str) -> Option<i64>) -> Read<Option<i64>> {
    let Some((member, text)) = chosen(value, &["id", "name"])? else { return Ok(None) };
    match find(member, &text) {
        Some(id) => Ok(Some(id)),
        None => Err(format!("{what} {member} '{text}' is not valid")),
    }
}

/// The member of an object under a key, or null.
pub fn member<'a>(object: &'a Map<String, Value>, key: &str) -> &'a Value {
    object.get(key).unwrap_or(&Value::Null)
}
