//! Components: created, changed, deleted with what that does to issues.

use super::{Context, issues};
use crate::{
    db::{self, Work},
    domain::{
        assignment::COMPONENT_RULES,
        audit::{Area, Record, Thing},
        config::{Component, Project},
        failure::{Complaints, Failure, Result},
        issue::swap,
        naming::{NAME, is_taken},
    },
};

/// What a request gives for a component; absent members stay as they are.
#[derive(Debug, Clone, Default)]
pub struct ComponentInput {
    /// Unique in the project.
    pub name: Option<String>,
    /// Empty for none.
    pub description: Option<String>,
    /// Account id; empty for nobody.
    pub lead: Option<String>,
    /// One of [`COMPONENT_RULES`].
    pub assignee_type: Option<String>,
}

/// A component that the caller may see, and its project.
pub fn find<'a>(context: &'a Context, id: &str) -> Result<(&'a Component, &'a Project)> {
    let component = context.site.components.parse(id).ok_or_else(|| missing(id))?;
    let project = context.access().known_project(component.project_id).ok_or_else(|| missing(id))?;
    Ok((component, project))
}

/// Creates a component.
pub async fn create(context: &Context, project: &Project, input: &ComponentInput) -> Result<Component> {
    permit(context, project)?;
    let mut component = Component {
        id: 0,
        project_id: project.id,
        name: String::new(),
        description: None,
        lead: None,
        assignee_type: "PROJECT_DEFAULT".into(),
    };
    let input = ComponentInput { name: Some(input.name.clone().unwrap_or_default()), ..input.clone() };
    apply(context, &mut component, &input)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    component.id = work.next_id("component").await?;
    db::components::put(&mut work, &component).await.map_err(taken(&component.name))?;
    work.commit(record("Component created", &component, project)).await?;
    Ok(component)
}

/// Changes a component.
pub async fn update(context: &Context, id: &str, input: &ComponentInput) -> Result<Component> {
    let (found, project) = find(context, id)?;
    permit(context, project)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let old = db::components::lock(&mut work, found.id).await?.ok_or_else(|| missing(id))?;
    let mut component = old.clone();
    apply(context, &mut component, input)?;
    db::components::put(&mut work, &component).await.map_err(taken(&component.name))?;
    let record = record("Component updated", &component, project)
        .change("Name", Some(&old.name), Some(&component.name))
        .change("Description", old.description.as_deref(), component.description.as_deref())
        .change("Lead", old.lead.as_deref(), component.lead.as_deref())
        .change("Default Assignee", Some(&old.assignee_type), Some(&component.assignee_type));
    work.commit(record).await?;
    Ok(component)
}

/// Deletes a component; its issues get another one instead, or none (U-50).
pub async fn delete(context: &Context, id: &str, replacement: Option<&str>) -> Result<()> {
    let (found, project) = find(context, id)?;
    permit(context, project)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let component = db::components::lock(&mut work, found.id).await?.ok_or_else(|| missing(id))?;
    let replacement = match replacement {
        Some(other) => Some(replacing(&mut work, &component, other).await?),
        None => None,
    };
    let ids = db::components::issues(&mut work, &component).await?;
    issues::revise(context, &mut work, &ids, |issue| {
        swap(&mut issue.component_ids, component.id, replacement);
    })
    .await?;
    db::components::delete(&mut work, component.id).await?;
    work.commit(record("Component deleted", &component, project)).await?;
    Ok(())
}

/// The component that takes the place of another one of its project.
async fn replacing(work: &mut Work, component: &Component, id: &str) -> Result<i64> {
    let other = match id.parse() {
        Ok(id) => db::components::lock(work, id).await?,
        Err(_) => None,
    };
    let fits = |other: &Component| other.project_id == component.project_id && other.id != component.id;
    Ok(other.filter(fits).ok_or_else(|| missing(id))?.id)
}

fn apply(context: &Context, component: &mut Component, input: &ComponentInput) -> Result<()> {
    let mut complaints = Complaints::default();
    if let Some(name) = input.name.as_deref().map(str::trim) {
        match name {
            "" => complaints.field("name", "The component name specified is invalid - cannot be an empty string."),
            name if name.chars().count() > NAME => {
                complaints.field("name", format!("The component name must not exceed {NAME} characters in length."));
            }
            name if name_taken(context, component, name) => complaints.field("name", name_sentence(name)),
            name => name.clone_into(&mut component.name),
        }
    }
    if let Some(description) = &input.description {
        component.description = Some(description.clone()).filter(|text| !text.is_empty());
    }
    match input.lead.as_deref() {
        Some("") => component.lead = None,
        Some(id) if !context.site.accounts.get(id).is_some_and(|account| account.active) => {
            complaints.field("leadAccountId", format!("The user {id} does not exist."));
        }
        Some(id) => component.lead = Some(id.to_owned()),
        None => {}
    }
    match &input.assignee_type {
        Some(kind) if !COMPONENT_RULES.contains(&kind.as_str()) => {
            complaints.field("assigneeType", format!("The assignee type '{kind}' is invalid."));
        }
        Some(kind) => component.assignee_type.clone_from(kind),
        None => {}
    }
    complaints.into_result()
}

/// Jira compares names in any case.
fn name_taken(context: &Context, component: &Component, name: &str) -> bool {
    let others = context.site.components_of(component.project_id).filter(|other| other.id != component.id);
    is_taken(others.map(|other| &other.name), name)
}

fn name_sentence(name: &str) -> String {
    format!("A component with the name {name} already exists in this project.")
}

/// Another request was faster with the name.
fn taken(name: &str) -> impl Fn(db::Error) -> Failure + '_ {
    move |error| match db::constraint(&error) {
        Some("component_site_id_project_id_name_key") => Failure::invalid_field("name", name_sentence(name)),
        _ => error.into(),
    }
}

fn permit(context: &Context, project: &Project) -> Result<()> {
    if context.access().administers_project(project) {
        return Ok(());
    }
    Err(Failure::forbidden("You do not have permission to manage the components of this project."))
}

/// The answer for a component that is missing or invisible.
pub fn missing(id: &str) -> Failure {
    Failure::not_found(format!("The component with id {id} does not exist."))
}

fn record(summary: &str, component: &Component, project: &Project) -> Record {
    Record::new(summary, Area::Projects, Thing::new("PROJECT_COMPONENT", component.id, &component.name))
        .with(project.thing())
}
