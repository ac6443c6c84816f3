//! Workflow schemes: which workflow each issue type of a project follows.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        config::WorkflowScheme,
        failure::{Complaints, Failure, Result},
        naming::{DESCRIPTION, NAME, check_length, check_name, is_taken},
        snapshot::Snapshot,
    },
};
use std::collections::HashMap;

/// The refusal of who does not administer Jira.
pub const ADMINISTRATORS: &str = "Only Jira administrators can access workflow schemes.";
/// The same for what connects schemes and projects.
pub const ASSOCIATIONS: &str = "Only Jira administrators can access workflow scheme associations.";
/// The scheme of projects that have no other.
pub const DEFAULT: i64 = 10000;

/// What a request gives for a scheme.
#[derive(Debug, Default)]
pub struct SchemeInput {
    /// Unique in any case.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Name of the workflow of types without a mapping.
    pub default_workflow: Option<String>,
    /// Issue type id to name of a workflow.
    pub mappings: HashMap<String, String>,
}

/// Schemes of company-managed projects, and those without a project.
pub fn is_shared(site: &Snapshot, scheme: &WorkflowScheme) -> bool {
    site.workflows.get(&scheme.default_workflow_id).is_none_or(|workflow| workflow.project_id.is_none())
}

/// A scheme of company-managed projects.
pub fn find(site: &Snapshot, id: i64) -> Result<&WorkflowScheme> {
    let found = site.workflow_schemes.get(id).filter(|scheme| is_shared(site, scheme));
    found.ok_or_else(|| Failure::not_found("The workflow scheme was not found."))
}

/// Makes a scheme.
pub async fn create(context: &Context, input: &SchemeInput) -> Result<WorkflowScheme> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let site = &context.site;
    let mut complaints = Complaints::default();
    let name = input.name.as_deref().unwrap_or_default();
    check_name(name, NAME, &mut complaints);
    if is_taken(site.workflow_schemes.iter().map(|scheme| &scheme.name), name) {
        complaints.messages.push("The name is used by another scheme.".into());
    }
    let description = input.description.clone().unwrap_or_default();
    check_length("description", &description, DESCRIPTION, &mut complaints);
    let workflow = |name: &str, complaints: &mut Complaints| {
        let mut shared = site.workflows.values().filter(|workflow| workflow.project_id.is_none());
        let found = shared.find(|workflow| workflow.name == name).map(|workflow| workflow.id.clone());
        if found.is_none() {
            complaints.messages.push(format!("The workflow '{name}' was not found."));
        }
        found.unwrap_or_default()
    };
    let default_workflow_id = workflow(input.default_workflow.as_deref().unwrap_or("jira"), &mut complaints);
    let mut mappings = HashMap::new();
    for (kind, name) in &input.mappings {
        let Some(kind) = site.issue_types.parse(kind).filter(|kind| kind.project_id.is_none()) else {
            complaints.messages.push(format!("The issue type with ID {kind} was not found."));
            continue;
        };
        mappings.insert(kind.id, workflow(name, &mut complaints));
    }
    complaints.into_result()?;
    let id = work.next_id("workflow_scheme").await?;
    let scheme = WorkflowScheme { id, name: name.trim().to_owned(), description, default_workflow_id, mappings };
    db::workflow_schemes::insert(&mut work, &scheme).await?;
    work.commit(record("Workflow scheme created", &scheme)).await?;
    Ok(scheme)
}

/// Deletes a scheme that no project follows.
pub async fn delete(context: &Context, id: i64) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let scheme = find(&context.site, id)?;
    if scheme.id == DEFAULT {
        return Err(Failure::invalid("The default workflow scheme can't be deleted."));
    }
    if context.site.projects.iter().any(|project| project.workflow_scheme_id == id) {
        return Err(Failure::invalid("The workflow scheme is active and can't be deleted."));
    }
    db::workflow_schemes::delete(&mut work, id).await?;
    Ok(work.commit(record("Workflow scheme deleted", scheme)).await?)
}

/// Makes a project without issues follow a scheme; without one, the default scheme.
pub async fn assign(context: &Context, project_id: &str, scheme_id: Option<&str>) -> Result<()> {
    context.must_administer(ASSOCIATIONS)?;
    let (context, mut work) = context.begin_alone().await?;
    let missing = || Failure::not_found("The project was not found.");
    let project = context.site.projects.parse(project_id).filter(|project| project.deleted.is_none());
    let project = project.ok_or_else(missing)?;
    let scheme_id = scheme_id.map_or(Some(DEFAULT), |id| id.parse().ok()).unwrap_or_default();
    let scheme = find(&context.site, scheme_id)?;
    if project.simplified {
        return Err(Failure::invalid("Only classic projects can have workflow schemes assigned."));
    }
    // Nobody comes to have issues that the new workflows don't know.
    let project = db::projects::lock(&mut work, project.id).await?.ok_or_else(missing)?;
    if db::workflow_schemes::has_issues(&mut work, project.id).await? {
        return Err(Failure::invalid("The project has issues; its workflow scheme can't be changed."));
    }
    db::workflow_schemes::assign(&mut work, project.id, scheme.id).await?;
    let old = context.site.workflow_schemes.get(project.workflow_scheme_id).map(|scheme| scheme.name.as_str());
    let record = record("Workflow scheme assigned to project", scheme).with(project.thing()).change(
        "Workflow scheme",
        old,
        Some(&scheme.name),
    );
    Ok(work.commit(record).await?)
}

fn record(summary: &str, scheme: &WorkflowScheme) -> Record {
    Record::new(summary, Area::Workflows, Thing::new("WORKFLOW_SCHEME", scheme.id, &scheme.name))
}
