//! What apps do with their own fields: setting values on many issues, keeping settings per context.

use super::{administers, contexts};
use crate::{
    app::{Context, issues},
    db::{self, issues::Wanted},
    domain::{
        audit::{Area, Record},
        config::{CustomField, FieldContext},
        failure::{Failure, Result},
        fields::{Kind, types},
        issue::{
            References,
            edit::Extras,
            values::{Place, TextFormat, custom},
        },
    },
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;

/// One value for several issues.
#[derive(Debug, Clone)]
pub struct ValueUpdate {
    /// Id or key of the field.
    pub field: String,
    /// Issues by id.
    pub issue_ids: Vec<i64>,
    /// In the form that issues have it.
    pub value: Value,
}

/// An app's settings for one context.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Configuration {
    /// The configuration's own id, which is the context's.
    id: String,
    field_context_id: String,
    #[serde(default)]
    configuration: Value,
    #[serde(default)]
    schema: Value,
}

/// Most issues of a request.
const MOST_ISSUES: usize = 1000;

/// A field of an app, by id or key.
pub fn app_field<'a>(context: &'a Context, id_or_key: &str) -> Result<&'a CustomField> {
    let field = context.site.fields.any_custom(id_or_key).filter(|field| types::is_of_app(&field.type_key));
    field.filter(|field| field.trashed.is_none()).ok_or_else(super::missing)
}

/// Sets values of apps' fields, all or none; with an entry in the issues' history if asked for.
pub async fn update(context: &Context, updates: &[ValueUpdate], history: bool, format: TextFormat) -> Result<()> {
    let fields = updates.iter().map(|update| app_field(context, &update.field)).collect::<Result<Vec<_>>>()?;
    // No app can call yet: administrators stand for it.
    administers(context, "Only the app that provided the field can update its values.")?;
    if updates.is_empty() || updates.iter().any(|update| update.issue_ids.is_empty()) {
        return Err(Failure::invalid("The updates and their issueIds must not be empty."));
    }
    let mut seen = HashSet::new();
    let pairs =
        updates.iter().zip(&fields).flat_map(|(update, field)| update.issue_ids.iter().map(|id| (*id, field.id)));
    if !pairs.into_iter().all(|pair| seen.insert(pair)) {
        return Err(Failure::invalid("Combinations of custom field and issue must be unique."));
    }
    let mut ids: Vec<i64> = seen.iter().map(|(issue, _)| *issue).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST_ISSUES {
        return Err(Failure::invalid(format!("The number of issues must not exceed {MOST_ISSUES}.")));
    }
    let mut work = context.begin().await?;
    db::issues::lock_all(&mut work, &ids).await?;
    let found = db::issues::list(&mut work, &ids, Wanted::default(), None).await?;
    if found.len() < ids.len() {
        let there = |id: &&i64| found.iter().any(|loaded| loaded.issue.id == **id);
        let missing: Vec<String> = ids.iter().filter(|id| !there(id)).map(i64::to_string).collect();
        return Err(Failure::invalid(format!("These issues were not found: {}.", missing.join(", "))));
    }
    for loaded in found {
        let old = loaded.issue;
        let mut issue = old.clone();
        let project = context.site.projects.get(old.project_id).ok_or_else(Failure::no_issue)?;
        for (update, field) in updates.iter().zip(&fields).filter(|(update, _)| update.issue_ids.contains(&old.id)) {
            let covering = context.site.fields.context(field.id, project.id, old.issue_type_id).ok_or_else(|| {
                let key = context.site.issue_key(project.id, old.number);
                Failure::invalid(format!("The field '{}' is not available on issue {key}.", field.name))
            })?;
            let place = Place {
                site: &context.site,
                access: context.access(),
                project,
                field_id: field.id,
                context_id: covering.id,
                name: &field.name,
                format,
            };
            let value = custom(&place, Kind::of(&field.type_key), &update.value);
            match value.map_err(|sentence| Failure::invalid_field(field.name.as_str(), sentence))? {
                Some(value) => issue.custom.insert(field.id.to_string(), value),
                None => issue.custom.remove(&field.id.to_string()),
            };
        }
        work.record(context.issue_record("Issue updated", &issue));
        if history {
            issues::save(context, &mut work, &old, &mut issue, Extras::default(), &References::new()).await?;
        } else if issue != old {
            issue.updated = context.now;
            db::issues::update(&mut work, &issue).await?;
        }
    }
    Ok(work.commit_recorded().await?)
}

/// Stores an app's settings for contexts of its field.
pub async fn configure(context: &Context, field: &str, wanted: Vec<Configuration>) -> Result<()> {
    administers(context, CONFIGURATION)?;
    let field = app_field(context, field)?;
    if wanted.is_empty() || wanted.len() > MOST_ISSUES {
        return Err(Failure::invalid("The configurations must be between 1 and 1000."));
    }
    let mut work = context.begin().await?;
    db::fields::lock(&mut work, field.id).await?.ok_or_else(super::missing)?;
    let all = db::fields::contexts(&mut work, field.id).await?;
    let mut record = Record::new("Custom field configuration updated", Area::Fields, field.thing());
    for wanted in wanted {
        if wanted.id != wanted.field_context_id {
            return Err(Failure::invalid(format!("The configuration with ID {} was not found.", wanted.id)));
        }
        let old = contexts::find(&all, &wanted.field_context_id)
            .map_err(|_| Failure::invalid(format!("The context with ID {} was not found.", wanted.field_context_id)))?;
        let given = |value: Value| Some(value).filter(|value| !value.is_null());
        let new = FieldContext {
            configuration: given(wanted.configuration),
            config_schema: given(wanted.schema),
            ..old.clone()
        };
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        let (from, to) = (text(&old.configuration), text(&new.configuration));
        record = record.change(new.name.as_str(), from.as_deref(), to.as_deref());
        db::fields::put_context(&mut work, &new).await?;
    }
    Ok(work.commit(record).await?)
}

/// The refusal of everybody but administrators.
pub const CONFIGURATION: &str =
    "Only Jira administrators or the app that provided the field can access its configuration.";
