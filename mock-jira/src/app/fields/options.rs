//! Options of select fields, and the options below them.

use super::{
    contexts, locked, missing,
    option_replacement::{Replacement, without},
};
use crate::{
    app::{
        Context,
        tasks::{self, Job},
    },
    db::{self, Work},
    domain::{
        audit::{Area, Record},
        config::{CustomField, FieldContext, FieldOption},
        failure::{Failure, Result},
        fields::Kind,
        lenient,
        naming::{NAME, is_taken},
    },
};
use serde::Deserialize;
use std::collections::HashSet;

/// The refusal of everybody but administrators.
pub const ADMINISTRATORS: &str = "Only Jira administrators can manage custom field options.";
/// The answer for fields of other kinds.
pub(super) const NO_OPTIONS: &str = "The custom field doesn't support options.";
/// How many options a request may make, and how many a field may have (T-14).
const MOST_PER_REQUEST: usize = 1000;
const MOST_PER_FIELD: usize = 10_000;

/// An option to be made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewOption {
    value: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    disabled: Option<bool>,
    /// The option above it.
    option_id: Option<String>,
}

/// What is to be different of an option.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionChange {
    id: Option<String>,
    value: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    disabled: Option<bool>,
}

/// Where options are moved to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Move {
    #[serde(default)]
    custom_field_option_ids: Vec<String>,
    after: Option<String>,
    position: Option<String>,
}

/// A context whose options are being changed.
struct Change {
    work: Work,
    field: CustomField,
    context: FieldContext,
    options: Vec<FieldOption>,
}

/// Adds options at the end.
pub async fn create(
    context: &Context,
    field_id: &str,
    context_id: &str,
    new: Vec<NewOption>,
) -> Result<Vec<FieldOption>> {
    let mut change = begin(context, field_id, context_id).await?;
    if new.len() > MOST_PER_REQUEST {
        return Err(Failure::invalid(format!("The number of options must not exceed {MOST_PER_REQUEST} per request.")));
    }
    if new.is_empty() {
        return Err(Failure::invalid("The options must not be empty."));
    }
    let mut others = 0;
    for context in db::fields::contexts(&mut change.work, change.field.id).await? {
        others += db::fields::options(&mut change.work, context.id).await?.len();
    }
    if others + new.len() > MOST_PER_FIELD {
        return Err(Failure::invalid(format!("The number of options must not exceed {MOST_PER_FIELD} per field.")));
    }
    let mut made: Vec<FieldOption> = Vec::new();
    let first = change.options.iter().map(|option| option.position + 1).max().unwrap_or(0);
    for (position, new) in (first..).zip(new) {
        let value = checked(new.value.as_deref().unwrap_or_default())?;
        let parent_id = new.option_id.as_deref().map(|id| change.parent(id)).transpose()?;
        let all = change.options.iter().chain(&made);
        distinct(all, parent_id, &value, None)?;
        made.push(FieldOption {
            id: change.work.next_id("field_option").await?,
            context_id: change.context.id,
            parent_id,
            value,
            disabled: new.disabled.unwrap_or(false),
            position,
            removed: false,
        });
    }
    db::fields::put_options(&mut change.work, &made).await?;
    let mut record = change.record("Custom field options created");
    for option in &made {
        record = record.change("Option", None, Some(&option.value));
    }
    change.work.commit(record).await?;
    Ok(made)
}

/// Renames, disables or enables options; those that were different before.
pub async fn update(
    context: &Context,
    field_id: &str,
    context_id: &str,
    changes: Vec<OptionChange>,
) -> Result<Vec<FieldOption>> {
    let mut change = begin(context, field_id, context_id).await?;
    if changes.is_empty() {
        return Err(Failure::invalid("The options must not be empty."));
    }
    if changes.len() > MOST_PER_REQUEST {
        return Err(Failure::invalid(format!("The number of options must not exceed {MOST_PER_REQUEST} per request.")));
    }
    let ids: Vec<String> = changes.iter().map(|change| change.id.clone().unwrap_or_default()).collect();
    change.all_known(&ids)?;
    let mut record = change.record("Custom field options updated");
    let mut changed = Vec::new();
    for wanted in changes {
        let old = change.find(&wanted.id.unwrap_or_default())?.clone();
        let value = wanted.value.as_deref().map(checked).transpose()?.unwrap_or_else(|| old.value.clone());
        distinct(change.options.iter(), old.parent_id, &value, Some(old.id))?;
        let new = FieldOption { value, disabled: wanted.disabled.unwrap_or(old.disabled), ..old.clone() };
        if new != old {
            let state = |option: &FieldOption| if option.disabled { "disabled" } else { "enabled" };
            record = record.change("Option", Some(&old.value), Some(&new.value));
            record = record.change(new.value.as_str(), Some(state(&old)), Some(state(&new)));
            change.options.iter_mut().filter(|option| option.id == new.id).for_each(|option| *option = new.clone());
            changed.push(new);
        }
    }
    db::fields::put_options(&mut change.work, &changed).await?;
    change.work.commit(record).await?;
    Ok(changed)
}

/// Moves options to the beginning, the end, or behind another of their level.
pub async fn reorder(context: &Context, field_id: &str, context_id: &str, wanted: Move) -> Result<()> {
    let mut change = begin(context, field_id, context_id).await?;
    match (&wanted.after, wanted.position.as_deref()) {
        (Some(_), Some(_)) => {
            let sentence = "'after' and 'position' were provided. Only 'after' or 'position' can be specified.";
            return Err(Failure::invalid(sentence));
        }
        (None, None) => return Err(Failure::invalid("Either 'after' or 'position' must be provided.")),
        (None, Some(position)) if !matches!(position, "First" | "Last") => return Err(Failure::invalid_payload()),
        _ => {}
    }
    if wanted.custom_field_option_ids.is_empty() {
        return Err(Failure::invalid("The customFieldOptionIds must not be empty."));
    }
    let ids = change.all_known(&wanted.custom_field_option_ids)?;
    let parents: HashSet<Option<i64>> =
        change.options.iter().filter(|option| ids.contains(&option.id)).map(|option| option.parent_id).collect();
    if parents.len() > 1 {
        return Err(Failure::invalid("The options must all be on the same level."));
    }
    let parent = parents.into_iter().next().flatten();
    let siblings = |option: &&FieldOption| option.parent_id == parent && !ids.contains(&option.id);
    let mut order: Vec<i64> = change.options.iter().filter(siblings).map(|option| option.id).collect();
    let at = match (&wanted.after, wanted.position.as_deref()) {
        (Some(after), _) => {
            let after = change.find(after)?.id;
            let place = order.iter().position(|id| *id == after);
            place.ok_or_else(|| Failure::invalid("The options can only be moved after an option of the same level."))?
                + 1
        }
        (None, Some("First")) => 0,
        _ => order.len(),
    };
    order.splice(at..at, ids);
    let moved: Vec<FieldOption> = (0..)
        .zip(&order)
        .filter_map(|(position, id)| {
            let option = change.options.iter().find(|option| option.id == *id)?;
            Some(FieldOption { position, ..option.clone() })
        })
        .collect();
    db::fields::put_options(&mut change.work, &moved).await?;
    let record = change.record("Custom field options reordered");
    Ok(change.work.commit(record).await?)
}

/// Removes an option: from now on it is offered nowhere, and a task takes it from the issues that have it.
pub async fn delete(context: &Context, field_id: &str, context_id: &str, id: &str) -> Result<()> {
    let mut change = begin(context, field_id, context_id).await?;
    let option = change.find(id)?.clone();
    if change.options.iter().any(|other| other.parent_id == Some(option.id)) {
        return Err(Failure::invalid("Options with cascading options cannot be deleted."));
    }
    let removed = FieldOption { removed: true, ..option.clone() };
    db::fields::put_options(&mut change.work, &[removed]).await?;
    if let Some(kept) = &change.context.default_value {
        let default_value = without(Kind::of(&change.field.type_key), kept, option.id, None);
        db::fields::put_context(&mut change.work, &FieldContext { default_value, ..change.context.clone() }).await?;
    }
    let nothing = Replacement { field_id: change.field.id, option_id: option.id, with: None, jql: None, delete: true };
    tasks::submit(context, &mut change.work, &Job::ReplaceOption(nothing)).await?;
    let record = change.record("Custom field option deleted").change("Option", Some(&option.value), None);
    Ok(change.work.commit(record).await?)
}

async fn begin(context: &Context, field_id: &str, context_id: &str) -> Result<Change> {
    context.administers(ADMINISTRATORS)?;
    let mut work = context.begin().await?;
    let field = locked(&mut work, field_id).await?;
    if !Kind::of(&field.type_key).has_options() {
        return Err(Failure::invalid(NO_OPTIONS));
    }
    let contexts = db::fields::contexts(&mut work, field.id).await?;
    let context = contexts.into_iter().find(|own| own.id.to_string() == context_id).ok_or_else(missing)?;
    let options = db::fields::options(&mut work, context.id).await?;
    Ok(Change { work, field, context, options })
}

impl Change {
    fn record(&self, summary: &str) -> Record {
        Record::new(summary, Area::Fields, self.field.thing()).with(contexts::thing(&self.context))
    }

    fn find(&self, id: &str) -> Result<&FieldOption> {
        self.options.iter().find(|option| option.id.to_string() == id).ok_or_else(no_option)
    }

    /// The ids as numbers, if the context has all of them, each once.
    fn all_known(&self, ids: &[String]) -> Result<Vec<i64>> {
        let offered = |id: i64| self.options.iter().any(|option| option.id == id);
        contexts::known(ids, "options", "options", offered)
    }

    /// The option under which another can be made.
    fn parent(&self, id: &str) -> Result<i64> {
        if Kind::of(&self.field.type_key) != Kind::Cascade {
            return Err(Failure::invalid("The custom field doesn't support cascading options."));
        }
        let parent = self.find(id)?;
        match parent.parent_id {
            None => Ok(parent.id),
            Some(_) => Err(Failure::invalid("Cascading options cannot have cascading options.")),
        }
    }
}

pub(super) fn no_option() -> Failure {
    Failure::not_found("The option was not found.")
}

fn checked(value: &str) -> Result<String> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Failure::invalid("The option value cannot be empty."));
    }
    if value.chars().count() > NAME {
        return Err(Failure::invalid("The option value must not exceed 255 characters."));
    }
    Ok(value.to_owned())
}

/// Options of one level have different values, whatever their case.
fn distinct<'a>(
    options: impl Iterator<Item = &'a FieldOption>,
    parent_id: Option<i64>,
    value: &str,
    own: Option<i64>,
) -> Result<()> {
    let others = options.filter(|option| option.parent_id == parent_id && Some(option.id) != own);
    if is_taken(others.map(|option| &option.value), value) {
        return Err(Failure::invalid(format!("An option with the value '{value}' already exists.")));
    }
    Ok(())
}
