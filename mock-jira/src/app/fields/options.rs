//! Options of select fields, and the options below them.

use super::{NAME_LIMIT, Passed, STEP, contexts, locked, missing};
use crate::{
    app::{
        Context, issues, search,
        tasks::{self, End, Job, Run},
    },
    db::{self, Work, issues::Wanted, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        coerce,
        config::{CustomField, FieldContext, FieldOption},
        failure::{Failure, Result},
        fields::Kind,
        issue::{Issue, References, edit::Extras},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The refusal of everybody but administrators.
pub const ADMINISTRATORS: &str = "Only Jira administrators can manage custom field options.";
/// The answer for fields of other kinds.
const NO_OPTIONS: &str = "The custom field doesn't support options.";
/// How many options a request may make, and how many a field may have (T-14).
const MOST_PER_REQUEST: usize = 1000;
const MOST_PER_FIELD: usize = 10_000;

/// An option to be made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewOption {
    value: Option<String>,
    #[serde(default, deserialize_with = "coerce::flag")]
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
    #[serde(default, deserialize_with = "coerce::flag")]
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

/// Begins to put another option, or none, in the place of an option on issues.
pub async fn replace(
    context: &Context,
    field_id: &str,
    context_id: &str,
    id: &str,
    with: Option<i64>,
    jql: Option<&str>,
) -> Result<Task> {
    context.administers(ADMINISTRATORS)?;
    let mut work = context.begin().await?;
    let field = locked(&mut work, field_id).await?;
    if !Kind::of(&field.type_key).has_options() {
        return Err(Failure::not_found(NO_OPTIONS));
    }
    let contexts = db::fields::contexts(&mut work, field.id).await?;
    let own = contexts::find(&contexts, context_id)?;
    let options = db::fields::options(&mut work, own.id).await?;
    let option = options.iter().find(|option| option.id.to_string() == id).ok_or_else(no_option)?;
    if let Some(with) = with {
        let replacement = options.iter().find(|option| option.id == with).ok_or_else(no_option)?;
        if replacement.parent_id != option.parent_id || replacement.id == option.id {
            return Err(Failure::invalid("The option cannot be replaced with the given option."));
        }
    }
    let jql = jql.map(str::to_owned);
    let wanted = Replacement { field_id: field.id, option_id: option.id, with, jql, delete: false };
    submit(context, work, &field, &option.value, wanted).await
}

/// Begins a replacement that is possible; a query that can't be run is refused before there is a task.
pub async fn submit(
    context: &Context,
    mut work: Work,
    field: &CustomField,
    name: &str,
    wanted: Replacement,
) -> Result<Task> {
    if let Some(jql) = &wanted.jql {
        search::unbounded(context, jql, 0, 1).await?;
    }
    let option = Thing::new("CUSTOM_FIELD_OPTION", wanted.option_id, name);
    let task = tasks::submit(context, &mut work, &Job::ReplaceOption(wanted)).await?;
    let record = Record::new("Custom field option replacement requested", Area::Fields, option);
    work.commit(record.with(field.thing())).await?;
    Ok(task)
}

/// What a task is to replace.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    /// The select field.
    pub field_id: i64,
    /// The option that issues lose.
    pub option_id: i64,
    /// The option that they get.
    pub with: Option<i64>,
    /// Only issues that it finds.
    pub jql: Option<String>,
    /// The option itself goes, too.
    pub delete: bool,
}

/// Replaces an option on all issues that have it, with a changelog.
pub async fn replace_in_background(run: &mut Run, wanted: Replacement) -> Result<End> {
    let found = match &wanted.jql {
        Some(jql) => Some(ids_of(&run.context().await?, jql).await?),
        None => None,
    };
    loop {
        let context = run.context().await?;
        let mut passed: Passed = run.checkpoint()?;
        if run.cancelled().await? {
            return Ok(End::Cancelled(outcome(&passed)));
        }
        let mut work = context.begin().await?;
        let Some(field) = context.site.fields.any_custom(&crate::domain::fields::custom_id(wanted.field_id)) else {
            return Ok(End::Complete(outcome(&passed)));
        };
        let holders = db::fields::option_holders(&mut work, field.id, wanted.option_id, passed.after, STEP).await?;
        let Some(last) = holders.last().copied() else {
            if wanted.delete {
                db::fields::delete_option(&mut work, wanted.option_id).await?;
                work.commit_unrecorded().await?; // recorded by the request
            }
            return Ok(End::Complete(outcome(&passed)));
        };
        let ids: Vec<i64> =
            holders.into_iter().filter(|id| found.as_ref().is_none_or(|found| found.contains(id))).collect();
        db::issues::lock_all(&mut work, &ids).await?;
        let before = passed.changed.len();
        for loaded in db::issues::list(&mut work, &ids, Wanted::default(), None).await? {
            replace_on(&context, &mut work, field, &loaded.issue, &wanted, &mut passed).await?;
        }
        let changed = passed.changed.len() > before;
        passed.after = last;
        run.save(&mut work, 50, &passed).await?;
        match changed {
            true => work.commit_recorded().await?,
            false => work.commit_unrecorded().await?,
        }
    }
}

async fn replace_on(
    context: &Context,
    work: &mut Work,
    field: &CustomField,
    old: &Issue,
    wanted: &Replacement,
    passed: &mut Passed,
) -> Result<()> {
    let kind = Kind::of(&field.type_key);
    if let Some(with) = wanted.with {
        let fields = &context.site.fields;
        let covering = fields.context(field.id, old.project_id, old.issue_type_id);
        let fits = match kind {
            Kind::AppOption => {
                fields.app_option(field.id, with).is_some_and(|option| option.is_visible(Some(old.project_id)))
            }
            _ => fields.options.get(with).is_some_and(|option| covering.is_some_and(|own| own.id == option.context_id)),
        };
        if !fits {
            let key = context.site.issue_key(old.project_id, old.number);
            let sentence = format!("Option {with} cannot be set on issue {key} as it is not in the correct scope");
            passed.errors.push(sentence);
            passed.unchanged.push(old.id);
            return Ok(());
        }
    }
    let mut issue = old.clone();
    let key = field.id.to_string();
    if let Some(value) =
        issue.custom.remove(&key).and_then(|value| without(kind, &value, wanted.option_id, wanted.with))
    {
        issue.custom.insert(key, value);
    }
    work.record(context.issue_record("Issue updated", &issue).with(field.thing()));
    issues::save(context, work, old, &mut issue, Extras::default(), &References::new()).await?;
    passed.changed.push(old.id);
    Ok(())
}

/// A stored value with another option, or none, in the place of one.
///
/// What stands below an option in a cascade goes with it.
fn without(kind: Kind, value: &Value, option_id: i64, with: Option<i64>) -> Option<Value> {
    match value {
        Value::Array(ids) if kind == Kind::Cascade && ids.first().is_some_and(|id| *id == option_id) => {
            with.map(|id| json!([id]))
        }
        Value::Array(ids) => {
            let mut left: Vec<Value> = Vec::new();
            for id in ids {
                let id = if *id == option_id { with.map(Value::from) } else { Some(id.clone()) };
                left.extend(id.filter(|id| !left.contains(id)));
            }
            (!left.is_empty()).then(|| left.into())
        }
        value if *value == option_id => with.map(Value::from),
        other => Some(other.clone()),
    }
}

/// The result that the task's document describes.
fn outcome(passed: &Passed) -> Value {
    let mut outcome = json!({ "modifiedIssues": passed.changed, "unmodifiedIssues": passed.unchanged });
    if !passed.errors.is_empty() {
        outcome["errors"] = json!({ "errorMessages": passed.errors, "errors": {} });
    }
    outcome
}

/// Ids of all issues that a query finds.
async fn ids_of(context: &Context, jql: &str) -> Result<HashSet<i64>> {
    let mut found = HashSet::new();
    loop {
        let (ids, _) = search::unbounded(context, jql, found.len() as i64, 5000).await?;
        let before = found.len();
        found.extend(ids);
        if found.len() == before {
            return Ok(found);
        }
    }
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

fn no_option() -> Failure {
    Failure::not_found("The option was not found.")
}

fn checked(value: &str) -> Result<String> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Failure::invalid("The option value cannot be empty."));
    }
    if value.chars().count() > NAME_LIMIT {
        return Err(Failure::invalid("The option value must not exceed 255 characters."));
    }
    Ok(value.to_owned())
}

/// Options of one level have different values, whatever their case.
fn distinct<'a>(
    mut options: impl Iterator<Item = &'a FieldOption>,
    parent_id: Option<i64>,
    value: &str,
    own: Option<i64>,
) -> Result<()> {
    let folded = value.to_lowercase();
    let same = |option: &&FieldOption| {
        option.parent_id == parent_id && Some(option.id) != own && option.value.to_lowercase() == folded
    };
    match options.find(same) {
        Some(_) => Err(Failure::invalid(format!("An option with the value '{value}' already exists."))),
        None => Ok(()),
    }
}
