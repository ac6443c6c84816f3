//! Project categories: created, changed, deleted.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        config::ProjectCategory,
        failure::{Complaints, Failure, Result},
        naming::NAME,
    },
};

/// Most characters of a description.
const DESCRIPTION_LENGTH: usize = 1_000;

/// The refusal of everybody else.
const ADMINISTRATORS: &str = "Only Jira administrators can change project categories.";

/// Creates a category.
pub async fn create(context: &Context, name: Option<&str>, description: Option<&str>) -> Result<ProjectCategory> {
    context.administers(ADMINISTRATORS)?;
    let mut category = ProjectCategory { id: 0, name: String::new(), description: String::new() };
    apply(&mut category, Some(name.unwrap_or_default()), description)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    category.id = work.next_id("project_category").await?;
    db::categories::put(&mut work, &category).await.map_err(taken(&category.name, Failure::Conflict))?;
    work.commit(record("Project category created", &category)).await?;
    Ok(category)
}

/// Changes a category.
pub async fn update(
    context: &Context,
    id: &str,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<ProjectCategory> {
    context.administers(ADMINISTRATORS)?;
    let found = find(context, id)?.id;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let old = db::categories::lock(&mut work, found).await?.ok_or_else(|| missing(id))?;
    let mut category = old.clone();
    apply(&mut category, name, description)?;
    // The document knows no 409 here.
    let taken = taken(&category.name, |sentence| Failure::invalid_field("name", sentence));
    db::categories::put(&mut work, &category).await.map_err(taken)?;
    let record = record("Project category updated", &category)
        .change("Name", Some(&old.name), Some(&category.name))
        .change("Description", Some(&old.description), Some(&category.description));
    work.commit(record).await?;
    Ok(category)
}

/// Deletes a category.
pub async fn delete(context: &Context, id: &str) -> Result<()> {
    context.administers(ADMINISTRATORS)?;
    let found = find(context, id)?.id;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let category = db::categories::lock(&mut work, found).await?.ok_or_else(|| missing(id))?;
    db::categories::delete(&mut work, category.id).await?;
    work.commit(record("Project category deleted", &category)).await?;
    Ok(())
}

/// A category by id.
pub fn find<'a>(context: &'a Context, id: &str) -> Result<&'a ProjectCategory> {
    context.site.categories.parse(id).ok_or_else(|| missing(id))
}

fn apply(category: &mut ProjectCategory, name: Option<&str>, description: Option<&str>) -> Result<()> {
    let mut complaints = Complaints::default();
    match name.map(str::trim) {
        None => {}
        Some("") => complaints.field("name", "The name of the project category is required."),
        Some(name) if name.chars().count() > NAME => {
            complaints.field("name", format!("The name must not exceed {NAME} characters in length."));
        }
        Some(name) => name.clone_into(&mut category.name),
    }
    match description {
        None => {}
        Some(text) if text.chars().count() > DESCRIPTION_LENGTH => {
            complaints.field(
                "description",
                format!("The description must not exceed {DESCRIPTION_LENGTH} characters in length."),
            );
        }
        Some(text) => text.clone_into(&mut category.description),
    }
    complaints.into_result()
}

/// Another category has the name.
fn taken(name: &str, refuse: impl Fn(String) -> Failure) -> impl Fn(db::Error) -> Failure {
    let sentence = format!("The project category name '{name}' is already in use.");
    move |error| match db::constraint(&error) {
        Some("project_category_name") => refuse(sentence.clone()),
        _ => error.into(),
    }
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("Could not find a project category with id '{id}'."))
}

fn record(summary: &str, category: &ProjectCategory) -> Record {
    Record::new(summary, Area::Projects, Thing::new("PROJECT_CATEGORY", category.id, &category.name))
}
