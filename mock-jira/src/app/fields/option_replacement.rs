//! Another option of a select field, or none, in the place of one: on the issues that have it, by a task.

use super::{
    Passed, STEP, contexts, locked,
    options::{ADMINISTRATORS, NO_OPTIONS, no_option},
};
use crate::{
    app::{
        Context, issues, search,
        tasks::{self, End, Job, Run},
    },
    db::{self, Work, issues::Wanted, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        config::CustomField,
        failure::{Failure, Result},
        fields::{Kind, custom_id},
        issue::{Issue, References, edit::Extras},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

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
        let Some(field) = context.site.fields.any_custom(&custom_id(wanted.field_id)) else {
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
        for loaded in db::issues::list(&mut work, &ids, Wanted::default(), None).await? {
            replace_on(&context, &mut work, field, &loaded.issue, &wanted, &mut passed).await?;
        }
        passed.after = last;
        run.save(&mut work, 50, &passed).await?;
        // The option may have fitted none of them.
        work.commit_recorded_if_any().await?;
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
pub(super) fn without(kind: Kind, value: &Value, option_id: i64, with: Option<i64>) -> Option<Value> {
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
