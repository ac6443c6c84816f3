//! Contexts of custom fields: which projects and issue types a field is for, and what it starts with there.

use super::locked;
use crate::{
    app::Context,
    db::{self, Work},
    domain::{
        audit::{Area, Record, Thing},
        config::{CustomField, FieldContext, IssueType},
        failure::{Failure, Result},
        fields::defaults,
        naming::NAME,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The refusal of everybody but administrators.
pub const ADMINISTRATORS: &str = "Only Jira administrators can access custom field contexts.";

/// What a request to create a context gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewContext {
    name: Option<String>,
    description: Option<String>,
    #[serde(default)]
    project_ids: Option<Vec<String>>,
    #[serde(default)]
    issue_type_ids: Option<Vec<String>>,
    #[serde(rename = "id")]
    _id: Option<String>,
}

/// What a request to change a context gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextDetails {
    name: Option<String>,
    description: Option<String>,
}

/// A context that is being changed, with its field's others.
struct Change {
    work: Work,
    field: CustomField,
    others: Vec<FieldContext>,
    context: FieldContext,
}

/// Creates a context: for all projects if none is named, and for all issue types if none is named.
pub async fn create(context: &Context, field_id: &str, input: NewContext) -> Result<FieldContext> {
    if !context.access().administers() {
        return Err(Failure::Unauthorized(ADMINISTRATORS.into())); // the document knows no 403 here
    }
    let mut work = context.begin().await?;
    let field = locked(&mut work, field_id).await?;
    let name = checked_name(input.name.as_deref().unwrap_or_default())?;
    let project_ids = projects(context, &input.project_ids.unwrap_or_default())?;
    let issue_type_ids = usable_types(context, &input.issue_type_ids.unwrap_or_default())?;
    let others = db::fields::contexts(&mut work, field.id).await?;
    check_places(&others, &project_ids)?;
    let new = FieldContext {
        id: work.next_id("field_context").await?,
        field_id: field.id,
        name,
        description: input.description.unwrap_or_default(),
        project_ids,
        issue_type_ids,
        details: json!({}),
        ..FieldContext::default()
    };
    db::fields::put_context(&mut work, &new).await?;
    let record = Record::new("Custom field context created", Area::Fields, thing(&new)).with(field.thing());
    work.commit(record.change("Name", None, Some(&new.name))).await?;
    Ok(new)
}

/// Changes a context's name and description.
pub async fn update(context: &Context, field_id: &str, id: &str, input: ContextDetails) -> Result<()> {
    let mut change = begin(context, field_id, id).await?;
    if let Some(name) = input.name {
        change.context.name = checked_name(&name)?;
    }
    if let Some(description) = input.description {
        change.context.description = description;
    }
    change.save("Custom field context updated").await
}

/// Deletes a context with its options; what issues have stays, and shows again in another context.
pub async fn delete(context: &Context, field_id: &str, id: &str) -> Result<()> {
    let Change { mut work, field, context, .. } = begin(context, field_id, id).await?;
    not_global(&context, "The global context cannot be deleted.")?;
    db::fields::delete_context(&mut work, context.id).await?;
    let record = Record::new("Custom field context deleted", Area::Fields, thing(&context));
    Ok(work.commit(record.with(field.thing())).await?)
}

/// Restricts a context to more issue types.
pub async fn add_issue_types(context: &Context, field_id: &str, id: &str, ids: &[String]) -> Result<()> {
    let mut change = begin(context, field_id, id).await?;
    let added = usable_types(context, &some(ids, "issueTypeIds")?)?;
    not_global(&change.context, "Issue types cannot be added to the global context.")?;
    let twice: Vec<i64> = added.iter().copied().filter(|id| change.context.issue_type_ids.contains(id)).collect();
    if !twice.is_empty() {
        let sentence = format!("These issue types are already associated with the context: {}.", joined(&twice));
        return Err(Failure::invalid(sentence));
    }
    change.context.issue_type_ids.extend(added);
    change.save("Issue types added to custom field context").await
}

/// Takes issue types from a context; without any it is for all.
pub async fn remove_issue_types(context: &Context, field_id: &str, id: &str, ids: &[String]) -> Result<()> {
    let mut change = begin(context, field_id, id).await?;
    let removed = issue_types(context, &some(ids, "issueTypeIds")?)?;
    let foreign: Vec<i64> = removed.iter().copied().filter(|id| !change.context.issue_type_ids.contains(id)).collect();
    if !foreign.is_empty() {
        let sentence = format!("These issue types are not associated with the context: {}.", joined(&foreign));
        return Err(Failure::invalid(sentence));
    }
    change.context.issue_type_ids.retain(|id| !removed.contains(id));
    change.save("Issue types removed from custom field context").await
}

/// Assigns a context to more projects.
pub async fn add_projects(context: &Context, field_id: &str, id: &str, ids: &[String]) -> Result<()> {
    let mut change = begin(context, field_id, id).await?;
    let added = projects(context, &some(ids, "projectIds")?)?;
    not_global(&change.context, "Projects cannot be added to the global context.")?;
    let all: Vec<FieldContext> = change.others.iter().chain([&change.context]).cloned().collect();
    check_places(&all, &added)?;
    change.context.project_ids.extend(added);
    change.save("Projects added to custom field context").await
}

/// Takes a context from projects; without any it is for all, which only one context can be.
pub async fn remove_projects(context: &Context, field_id: &str, id: &str, ids: &[String]) -> Result<()> {
    let mut change = begin(context, field_id, id).await?;
    let removed = projects(context, &some(ids, "projectIds")?)?;
    let foreign: Vec<i64> = removed.iter().copied().filter(|id| !change.context.project_ids.contains(id)).collect();
    if !foreign.is_empty() {
        let sentence = format!("These projects are not associated with the context: {}.", joined(&foreign));
        return Err(Failure::invalid(sentence));
    }
    change.context.project_ids.retain(|id| !removed.contains(id));
    if change.context.is_global() {
        check_places(&change.others, &[])?;
    }
    change.save("Projects removed from custom field context").await
}

/// Sets or takes away the defaults of contexts; all of one type.
pub async fn set_defaults(context: &Context, field_id: &str, values: &[Map<String, Value>]) -> Result<()> {
    context.administers(ADMINISTRATORS)?;
    let mut work = context.begin().await?;
    let field = locked(&mut work, field_id).await?;
    let types: HashSet<&Value> = values.iter().map(|value| value.get("type").unwrap_or(&Value::Null)).collect();
    if types.len() > 1 {
        return Err(Failure::invalid("All default values in the request must have the same type."));
    }
    let known = defaults::types_of(&field);
    if !types.iter().all(|name| name.as_str().is_some_and(|name| known.contains(&name))) {
        return Err(Failure::invalid("The type of the default value is invalid for the custom field."));
    }
    let contexts = db::fields::contexts(&mut work, field.id).await?;
    let mut record = Record::new("Custom field default values updated", Area::Fields, field.thing());
    for value in values {
        let id = value
            .get("contextId")
            .map_or_else(String::new, |id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let mut changed = find(&contexts, &id)?.clone();
        let options = db::fields::options(&mut work, changed.id).await?;
        let kept = defaults::read(&context.site, &field, &options, value)?;
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        let old = text(&changed.default_value);
        (changed.default_value, changed.details) =
            kept.map_or((None, json!({})), |(kept, beside)| (Some(kept), beside));
        record = record.change(changed.name.as_str(), old.as_deref(), text(&changed.default_value).as_deref());
        db::fields::put_context(&mut work, &changed).await?;
    }
    Ok(work.commit(record).await?)
}

/// A context by an id of a request.
pub fn find<'a>(contexts: &'a [FieldContext], id: &str) -> Result<&'a FieldContext> {
    let found = contexts.iter().find(|context| context.id.to_string() == id);
    found.ok_or_else(|| Failure::not_found("The context was not found."))
}

/// A context as records name it.
pub fn thing(context: &FieldContext) -> Thing {
    Thing::new("CUSTOM_FIELD_CONTEXT", context.id, &context.name)
}

async fn begin(context: &Context, field_id: &str, id: &str) -> Result<Change> {
    context.administers(ADMINISTRATORS)?;
    let mut work = context.begin().await?;
    let field = locked(&mut work, field_id).await?;
    let mut others = db::fields::contexts(&mut work, field.id).await?;
    let context = find(&others, id)?.clone();
    others.retain(|other| other.id != context.id);
    Ok(Change { work, field, others, context })
}

impl Change {
    async fn save(mut self, summary: &str) -> Result<()> {
        let old = db::fields::contexts(&mut self.work, self.field.id).await?;
        let (old, new) = (find(&old, &self.context.id.to_string())?, &self.context);
        db::fields::put_context(&mut self.work, new).await?;
        let record = Record::new(summary, Area::Fields, thing(new))
            .with(self.field.thing())
            .change("Name", Some(&old.name), Some(&new.name))
            .change("Description", Some(&old.description), Some(&new.description))
            .change("Projects", Some(&joined(&old.project_ids)), Some(&joined(&new.project_ids)))
            .change("Issue types", Some(&joined(&old.issue_type_ids)), Some(&joined(&new.issue_type_ids)));
        Ok(self.work.commit(record).await?)
    }
}

/// A project has at most one context of a field, and only one context is for all projects.
fn check_places(others: &[FieldContext], project_ids: &[i64]) -> Result<()> {
    if project_ids.is_empty() && others.iter().any(FieldContext::is_global) {
        return Err(Failure::invalid("There can only be one global context for the custom field."));
    }
    let taken = |id: &i64| others.iter().any(|other| other.project_ids.contains(id));
    let taken: Vec<i64> = project_ids.iter().copied().filter(taken).collect();
    if taken.is_empty() {
        return Ok(());
    }
    Err(Failure::invalid(format!("These projects are already associated with a context: {}.", joined(&taken))))
}

fn not_global(context: &FieldContext, sentence: &str) -> Result<()> {
    if context.is_global() { Err(Failure::invalid(sentence)) } else { Ok(()) }
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::invalid_field("name", "The context name cannot be empty."));
    }
    if name.chars().count() > NAME {
        return Err(Failure::invalid_field("name", "The context name must not exceed 255 characters."));
    }
    Ok(name.to_owned())
}

fn some(ids: &[String], member: &str) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Err(Failure::invalid(format!("The {member} must not be empty.")));
    }
    Ok(ids.to_vec())
}

fn projects(context: &Context, ids: &[String]) -> Result<Vec<i64>> {
    let exists = |id: i64| context.site.projects.get(id).is_some_and(|project| project.deleted.is_none());
    known(ids, "projectIds", "projects", exists)
}

fn issue_types(context: &Context, ids: &[String]) -> Result<Vec<i64>> {
    known(ids, "issueTypeIds", "issue types", |id| context.site.issue_types.get(id).is_some())
}

/// The same for types that a context comes to be for.
fn usable_types(context: &Context, ids: &[String]) -> Result<Vec<i64>> {
    let ids = issue_types(context, ids)?;
    let is_subtask = |id: &i64| context.site.issue_types.get(*id).is_some_and(IssueType::is_subtask);
    if !context.site.site.settings.subtasks_enabled && ids.iter().any(is_subtask) {
        return Err(Failure::Conflict("Sub-tasks are not enabled.".into()));
    }
    Ok(ids)
}

/// Ids without duplicates, all of things that exist.
pub fn known(ids: &[String], member: &str, things: &str, exists: impl Fn(i64) -> bool) -> Result<Vec<i64>> {
    let distinct: HashSet<&String> = ids.iter().collect();
    if distinct.len() < ids.len() {
        return Err(Failure::invalid(format!("The {member} must not contain duplicates.")));
    }
    let read = |id: &String| id.parse().ok().filter(|id| exists(*id));
    let missing: Vec<&str> = ids.iter().filter(|id| read(id).is_none()).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(Failure::not_found(format!("These {things} were not found: {}.", missing.join(", "))));
    }
    Ok(ids.iter().filter_map(read).collect())
}

fn joined(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}
