//! Types of issue links: making, changing and deleting them.

use super::{Context, links::check_enabled};
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        config::IssueLinkType,
        failure::{Complaints, Failure, Result},
        issue::changes::ChangeItem,
        naming::NAME,
    },
};
use std::collections::HashMap;

/// What a request gives for a type; what it leaves out stays as it is.
#[derive(Debug, Default)]
pub struct Input {
    /// Such as `Blocks`.
    pub name: Option<String>,
    /// Such as `is blocked by`.
    pub inward: Option<String>,
    /// Such as `blocks`.
    pub outward: Option<String>,
}

/// Makes a type.
pub async fn create(context: &Context, input: Input) -> Result<IssueLinkType> {
    permit(context)?;
    let text = Option::unwrap_or_default;
    let mut kind =
        IssueLinkType { id: 0, name: text(input.name), inward: text(input.inward), outward: text(input.outward) };
    check(&kind)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    kind.id = work.next_id("issue_link_type").await?;
    db::link_types::insert(&mut work, &kind).await.map_err(|error| taken(error, &kind))?;
    work.commit(record("Issue link type created", &kind)).await?;
    Ok(kind)
}

/// Changes a type.
pub async fn update(context: &Context, id: &str, input: Input) -> Result<IssueLinkType> {
    permit(context)?;
    let old = find(context, id)?;
    let kind = IssueLinkType {
        id: old.id,
        name: input.name.unwrap_or_else(|| old.name.clone()),
        inward: input.inward.unwrap_or_else(|| old.inward.clone()),
        outward: input.outward.unwrap_or_else(|| old.outward.clone()),
    };
    check(&kind)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    if !db::link_types::update(&mut work, &kind).await.map_err(|error| taken(error, &kind))? {
        return Err(missing(id));
    }
    let record = record("Issue link type updated", &kind)
        .change("Name", Some(&old.name), Some(&kind.name))
        .change("Inward", Some(&old.inward), Some(&kind.inward))
        .change("Outward", Some(&old.outward), Some(&kind.outward));
    work.commit(record).await?;
    Ok(kind)
}

/// Deletes a type with all links of it; the history of the issues tells.
pub async fn delete(context: &Context, id: &str) -> Result<()> {
    permit(context)?;
    let kind = find(context, id)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let links = db::links::of_type(&mut work, kind.id).await?;
    let mut ends: Vec<i64> = links.iter().flat_map(|link| [link.source_id, link.destination_id]).collect();
    ends.sort_unstable();
    ends.dedup();
    db::issues::lock_all(&mut work, &ends).await?;
    let keys: HashMap<i64, String> = db::issues::numbers(&mut work, &ends)
        .await?
        .into_iter()
        .map(|(id, project_id, number)| (id, context.site.issue_key(project_id, number)))
        .collect();
    if !db::link_types::delete(&mut work, kind.id).await? {
        return Err(missing(id));
    }
    for link in links {
        let sides =
            [(link.source_id, link.destination_id, &kind.outward), (link.destination_id, link.source_id, &kind.inward)];
        for (issue_id, other, phrase) in sides {
            let item = ChangeItem::link_removed(phrase, keys.get(&other).map_or("", String::as_str));
            db::changelog::insert(&mut work, issue_id, context.author(), context.now, &[item]).await?;
        }
    }
    db::issues::touch_all(&mut work, &ends, context.now).await?;
    Ok(work.commit(record("Issue link type deleted", kind)).await?)
}

/// The type with that id.
pub fn find<'a>(context: &'a Context, id: &str) -> Result<&'a IssueLinkType> {
    check_enabled(context)?;
    let number: i64 =
        id.parse().map_err(|_| Failure::invalid(format!("'{id}' is not the id of an issue link type.")))?;
    context.site.link_types.get(number).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("No issue link type with id '{id}' found."))
}

/// The documents know no 403 here, but this use of 404.
fn permit(context: &Context) -> Result<()> {
    context.account_id()?;
    if context.access().administers() {
        return Ok(());
    }
    Err(Failure::not_found("You do not have permission to administer issue link types."))
}

fn check(kind: &IssueLinkType) -> Result<()> {
    let mut complaints = Complaints::default();
    for (field, text) in [("name", &kind.name), ("inward", &kind.inward), ("outward", &kind.outward)] {
        if text.trim().is_empty() {
            complaints.field(field, format!("The {field} of an issue link type must not be empty."));
        } else if text.chars().count() > NAME {
            complaints.field(field, format!("The {field} must not be longer than {NAME} characters."));
        }
    }
    complaints.into_result()
}

/// The document answers 404 for a name that is in use.
fn taken(error: db::Error, kind: &IssueLinkType) -> Failure {
    match db::constraint(&error) {
        Some("issue_link_type_name") => {
            Failure::not_found(format!("An issue link type with the name '{}' already exists.", kind.name))
        }
        _ => error.into(),
    }
}

fn record(summary: &'static str, kind: &IssueLinkType) -> Record {
    Record::new(summary, Area::System, Thing::new("ISSUE_LINK_TYPE", kind.id, &kind.name))
}
