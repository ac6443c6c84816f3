//! Associations of fields with projects: whether the projects' field configurations show them.

use crate::{
    app::Context,
    db,
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
        fields::Field,
    },
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Most fields and most projects and types of a request (T-14).
const MOST_FIELDS: usize = 50;
const MOST_CONTEXTS: usize = 100;

/// What a request gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Associations {
    #[serde(default)]
    association_contexts: Vec<Identifier>,
    #[serde(default)]
    fields: Vec<Identifier>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identifier {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    identifier: Value,
}

/// Shows fields in the field configurations of projects, or hides them there.
pub async fn set(context: &Context, wanted: &Associations, shown: bool) -> Result<()> {
    if !context.access().administers() {
        // The document knows no 403 here.
        return Err(Failure::Unauthorized("Only Jira administrators can manage field associations.".into()));
    }
    check_count(&wanted.fields, "fields", MOST_FIELDS)?;
    check_count(&wanted.association_contexts, "associationContexts", MOST_CONTEXTS)?;
    let fields = wanted.fields.iter().map(|field| find_field(context, field)).collect::<Result<Vec<_>>>()?;
    let mut configurations = BTreeSet::new();
    for place in &wanted.association_contexts {
        configurations.extend(configuration_of(context, place, shown)?);
    }
    if configurations.is_empty() {
        return Err(Failure::invalid("At least one project must be provided."));
    }
    let mut work = context.begin().await?;
    for id in configurations {
        let Some(mut configuration) = db::fields::lock_configuration(&mut work, id).await? else { continue };
        let thing = Thing::new("FIELD_CONFIGURATION", id, &configuration.name);
        let mut record = Record::new("Field associations updated", Area::Fields, thing);
        for field in &fields {
            let item = configuration.items.entry(field.id()).or_default();
            let state = |hidden: bool| Some(if hidden { "hidden" } else { "shown" });
            record = record.change(field.name(), state(item.hidden), state(!shown));
            item.hidden = !shown;
        }
        db::fields::put_configuration_items(&mut work, &configuration).await?;
        work.record(record);
    }
    Ok(work.commit_recorded().await?)
}

fn check_count(items: &[Identifier], member: &str, most: usize) -> Result<()> {
    if items.is_empty() {
        return Err(Failure::invalid(format!("The {member} must not be empty.")));
    }
    if items.len() > most {
        return Err(Failure::invalid(format!("The number of {member} must not exceed {most}.")));
    }
    Ok(())
}

fn find_field<'a>(context: &'a Context, field: &Identifier) -> Result<Field<'a>> {
    let (kind, id) = (field.kind.as_str(), field.identifier.as_str());
    let (true, Some(id)) = (kind == "FIELD_ID", id) else {
        return Err(Failure::invalid("The field identifier is invalid."));
    };
    let found = context.site.fields.get(id).filter(Field::orderable);
    found.ok_or_else(|| Failure::not_found(format!("The field '{id}' was not found.")))
}

/// The field configuration of a project; issue types can only be taken away together with their projects.
fn configuration_of(context: &Context, place: &Identifier, shown: bool) -> Result<Option<i64>> {
    let id = match &place.identifier {
        Value::Number(id) => id.as_i64(),
        Value::String(id) => id.parse().ok(),
        _ => None,
    };
    let id = id.ok_or_else(|| Failure::invalid("The association context identifier is invalid."))?;
    let missing = |what: &str| Failure::not_found(format!("The {what} with ID {id} was not found."));
    match place.kind.as_str() {
        "PROJECT_ID" => {
            let project = context.site.projects.get(id).filter(|project| project.deleted.is_none());
            Ok(Some(project.ok_or_else(|| missing("project"))?.field_configuration_id))
        }
        "ISSUE_TYPE_ID" if !shown => match context.site.issue_types.get(id) {
            Some(_) => Ok(None),
            None => Err(missing("issue type")),
        },
        _ => Err(Failure::invalid("The association context type is invalid.")),
    }
}
