//! Options of apps' select lists, which are offered per project rather than per context.

use super::option_replacement::{self, Replacement};
use crate::{
    app::Context,
    db::{self, Work, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        config::{AppOption, CustomField},
        failure::{Failure, Result},
        fields::Kind,
        lenient,
        naming::NAME,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How many options a field may have, and an option scopes.
const MOST: usize = 10_000;

/// What a request gives for a new option. Other members are the app's, and ignored.
#[derive(Debug, Deserialize)]
pub struct NewOption {
    value: Option<String>,
    properties: Option<Map<String, Value>>,
    config: Option<Config>,
}

/// What a request gives for an option that it names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionInput {
    #[serde(default, deserialize_with = "lenient::int")]
    id: Option<i64>,
    value: Option<String>,
    properties: Option<Map<String, Value>>,
    config: Option<Config>,
}

/// In which projects an option is offered; without a scope, in all. Answers show it as it was given.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Vec<Attribute>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    #[serde(skip_serializing_if = "Option::is_none")]
    global: Option<Everywhere>,
    /// The older way to name them.
    #[serde(skip_serializing_if = "Option::is_none")]
    projects: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projects2: Option<Vec<Place>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Everywhere {
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Vec<Attribute>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Vec<Attribute>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Attribute {
    NotSelectable,
    DefaultValue,
}

/// An app's select list that is being changed.
struct Change {
    work: Work,
    field: CustomField,
    options: Vec<AppOption>,
}

/// An app's select list by id or key; `None` for other fields.
pub fn find<'a>(context: &'a Context, id_or_key: &str) -> Option<&'a CustomField> {
    let field = context.site.fields.any_custom(id_or_key)?;
    (Kind::of(&field.type_key) == Kind::AppOption).then_some(field)
}

/// The answer for a field that is not there or has no options.
pub const NO_FIELD: &str = "The field was not found or does not support options.";

/// Refuses everybody but administrators, who stand for the app.
pub fn permitted(context: &Context) -> Result<()> {
    context.administers("Only Jira administrators or the app that provided the field can access its options.")
}

/// The answer for an option that is not there.
pub fn missing(id: &str) -> Failure {
    Failure::not_found(format!("The option with ID {id} was not found."))
}

/// Adds an option.
pub async fn create(context: &Context, field: &str, input: NewOption) -> Result<AppOption> {
    let mut change = begin(context, field).await?;
    if change.options.len() >= MOST {
        return Err(Failure::invalid(format!("The number of options must not exceed {MOST} per field.")));
    }
    let id = change.options.iter().map(|option| option.id).max().unwrap_or(0) + 1;
    let option = input.read(context, change.field.id, id)?;
    db::fields::put_app_option(&mut change.work, &option).await?;
    let record = change.record("Custom field option created", &option);
    change.work.commit(record.change("Option", None, Some(&option.value))).await?;
    Ok(option)
}

/// Changes an option, or makes one of that id.
pub async fn put(context: &Context, field: &str, id: &str, input: OptionInput) -> Result<AppOption> {
    let mut change = begin(context, field).await?;
    let id: i64 = id.parse().map_err(|_| Failure::invalid("The option ID is invalid."))?;
    if input.id != Some(id) || id < 1 {
        return Err(Failure::invalid("The ID in the request does not match the option ID."));
    }
    let OptionInput { value, properties, config, .. } = input;
    let option = NewOption { value, properties, config }.read(context, change.field.id, id)?;
    let old = change.options.iter().find(|old| old.id == id);
    let record = change.record("Custom field option updated", &option).change(
        "Option",
        old.map(|old| old.value.as_str()),
        Some(&option.value),
    );
    db::fields::put_app_option(&mut change.work, &option).await?;
    change.work.commit(record).await?;
    Ok(option)
}

/// Deletes an option that no issue has.
pub async fn delete(context: &Context, field: &str, id: &str) -> Result<()> {
    let mut change = begin(context, field).await?;
    let option = change.find(id)?;
    if !db::fields::option_holders(&mut change.work, change.field.id, option.id, 0, 1).await?.is_empty() {
        return Err(Failure::Conflict("The option is selected for the field in an issue.".into()));
    }
    db::fields::delete_app_option(&mut change.work, change.field.id, option.id).await?;
    let record = change.record("Custom field option deleted", &option);
    Ok(change.work.commit(record.change("Option", Some(&option.value), None)).await?)
}

/// Begins to put another option, or none, in the place of an option on issues.
pub async fn replace(context: &Context, field: &str, id: &str, with: Option<i64>, jql: Option<&str>) -> Result<Task> {
    let change = begin(context, field).await?;
    let option = change.find(id)?;
    if let Some(with) = with {
        change.find(&with.to_string())?;
        if with == option.id {
            return Err(Failure::invalid("The option cannot be replaced with itself."));
        }
    }
    let wanted = Replacement {
        field_id: change.field.id,
        option_id: option.id,
        with,
        jql: jql.map(str::to_owned),
        delete: false,
    };
    option_replacement::submit(context, change.work, &change.field, &option.value, wanted).await
}

async fn begin(context: &Context, field: &str) -> Result<Change> {
    permitted(context)?;
    let id = find(context, field).ok_or_else(|| Failure::not_found(NO_FIELD))?.id;
    let mut work = context.begin().await?;
    let field = db::fields::lock(&mut work, id).await?.ok_or_else(|| Failure::not_found(NO_FIELD))?;
    let options = db::fields::app_options(&mut work, id).await?;
    Ok(Change { work, field, options })
}

impl Change {
    fn find(&self, id: &str) -> Result<AppOption> {
        self.options.iter().find(|option| option.id.to_string() == id).cloned().ok_or_else(|| missing(id))
    }

    fn record(&self, summary: &str, option: &AppOption) -> Record {
        let thing = Thing::new("CUSTOM_FIELD_OPTION", option.id, &option.value);
        Record::new(summary, Area::Fields, thing).with(self.field.thing())
    }
}

impl NewOption {
    fn read(self, context: &Context, field_id: i64, id: i64) -> Result<AppOption> {
        let value = self.value.unwrap_or_default().trim().to_owned();
        if value.is_empty() || value.chars().count() > NAME {
            return Err(Failure::invalid("The option value must have between 1 and 255 characters."));
        }
        let properties = self.properties.unwrap_or_default().into();
        Ok(AppOption { field_id, id, value, properties, config: check(context, self.config)? })
    }
}

/// The configuration as it is stored, if its projects are there and not too many.
fn check(context: &Context, config: Option<Config>) -> Result<Value> {
    let config = config.unwrap_or_default();
    let scope = config.scope.iter();
    let older = scope.clone().flat_map(|scope| scope.projects.iter().flatten().copied());
    let newer = scope.flat_map(|scope| scope.projects2.iter().flatten().map(|place| place.id));
    let ids: Vec<i64> = older.chain(newer).collect();
    if ids.len() > MOST {
        return Err(Failure::invalid(format!("The number of scopes must not exceed {MOST} per option.")));
    }
    if let Some(id) = ids.iter().find(|id| context.site.projects.get(**id).is_none()) {
        return Err(Failure::invalid(format!("The project with ID {id} does not exist.")));
    }
    Ok(serde_json::to_value(config)?)
}
