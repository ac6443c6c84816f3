//! Issue type schemes: which types the projects of a scheme have.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record},
        config::{IssueType, IssueTypeScheme},
        failure::{Complaints, Failure, Result},
        naming::{DESCRIPTION, NAME, check_length, check_name, is_taken},
        order::{self, Target},
        snapshot::Snapshot,
    },
};

/// The refusal of who does not administer Jira.
pub const ADMINISTRATORS: &str = "Only Jira administrators can access issue type schemes.";
/// Issues named in a refusal.
const NAMED: i64 = 50;

/// What a request gives for a scheme.
#[derive(Debug, Default)]
pub struct SchemeInput {
    /// Unique in any case.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// One of its types.
    pub default_type_id: Option<String>,
    /// Its types in order; only for a new scheme.
    pub type_ids: Vec<String>,
}

/// Makes a scheme.
pub async fn create(context: &Context, input: &SchemeInput) -> Result<i64> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let site = &context.site;
    let name = input.name.as_deref().unwrap_or_default();
    let type_ids = shared_types(site, &input.type_ids, Failure::invalid)?;
    let mut complaints = Complaints::default();
    check_name(name, NAME, &mut complaints);
    if !type_ids.iter().filter_map(|id| site.issue_types.get(*id)).any(|kind| !kind.is_subtask()) {
        complaints.messages.push("At least one standard issue type has to be provided.".into());
    }
    if type_ids.iter().enumerate().any(|(at, id)| type_ids[..at].contains(id)) {
        complaints.messages.push("The issue type IDs must not contain duplicates.".into());
    }
    let blank = IssueTypeScheme {
        id: 0,
        name: String::new(),
        description: String::new(),
        is_default: false,
        default_type_id: None,
        type_ids,
    };
    let mut scheme = with(site, &blank, input, complaints)?;
    scheme.id = work.next_id("issue_type_scheme").await?;
    db::issue_type_schemes::put(&mut work, &scheme).await?;
    work.commit(record("Issue type scheme created", &scheme)).await?;
    Ok(scheme.id)
}

/// Changes a scheme's name, description and default type.
pub async fn update(context: &Context, id: i64, input: &SchemeInput) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let old = find(&context.site, id)?;
    let mut complaints = Complaints::default();
    if let Some(name) = &input.name {
        check_name(name, NAME, &mut complaints);
    }
    let new = with(&context.site, old, input, complaints)?;
    db::issue_type_schemes::put(&mut work, &new).await?;
    let type_name = |id: Option<i64>| id.and_then(|id| context.site.issue_types.get(id)).map(|kind| kind.name.as_str());
    let record = record("Issue type scheme updated", &new)
        .change("Name", Some(&old.name), Some(&new.name))
        .change("Description", Some(&old.description), Some(&new.description))
        .change("Default issue type", type_name(old.default_type_id), type_name(new.default_type_id));
    Ok(work.commit(record).await?)
}

fn with(
    site: &Snapshot,
    old: &IssueTypeScheme,
    input: &SchemeInput,
    mut complaints: Complaints,
) -> Result<IssueTypeScheme> {
    let mut new = old.clone();
    if let Some(description) = &input.description {
        check_length("description", description, DESCRIPTION, &mut complaints);
        new.description.clone_from(description);
    }
    if let Some(id) = &input.default_type_id {
        new.default_type_id = id.parse().ok().filter(|id| old.type_ids.contains(id));
        if new.default_type_id.is_none() {
            complaints.messages.push(match old.id {
                0 => "The default issue type ID has to be present in issue type IDs list.".into(),
                _ => "The default issue type has to be one of the issue types of the scheme.".into(),
            });
        }
    }
    if let Some(name) = &input.name {
        name.trim().clone_into(&mut new.name);
    }
    complaints.into_result()?;
    let others = site.issue_type_schemes.iter().filter(|other| other.id != old.id);
    if input.name.is_some() && is_taken(others.map(|other| &other.name), &new.name) {
        const TAKEN: &str = "The name is used by another scheme.";
        // The document knows a conflict of new schemes only.
        return Err(if old.id == 0 { Failure::Conflict(TAKEN.into()) } else { Failure::invalid(TAKEN) });
    }
    Ok(new)
}

/// Deletes a scheme that no project follows.
pub async fn delete(context: &Context, id: i64) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let scheme = find(&context.site, id)?;
    if scheme.is_default {
        return Err(Failure::invalid("The default issue type scheme can't be removed."));
    }
    if context.site.projects.iter().any(|project| project.issue_type_scheme_id == id) {
        return Err(Failure::invalid("The issue type scheme is associated with projects and can't be removed."));
    }
    db::issue_type_schemes::delete(&mut work, id).await?;
    Ok(work.commit(record("Issue type scheme deleted", scheme)).await?)
}

/// Adds types at the end, all or none.
pub async fn add(context: &Context, id: i64, type_ids: &[String]) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let scheme = find(&context.site, id)?;
    if type_ids.is_empty() {
        return Err(Failure::invalid("The issue type IDs have to be provided."));
    }
    let new = shared_types(&context.site, type_ids, Failure::not_found)?;
    let present: Vec<String> = new.iter().filter(|id| scheme.type_ids.contains(id)).map(i64::to_string).collect();
    if !present.is_empty() {
        return Err(Failure::invalid(format!(
            "These issue types were not added because they are already present in the issue type scheme: {}",
            present.join(", ")
        )));
    }
    let mut changed = scheme.clone();
    for id in new {
        if !changed.type_ids.contains(&id) {
            changed.type_ids.push(id);
        }
    }
    db::issue_type_schemes::put(&mut work, &changed).await?;
    Ok(work.commit(types_record(&context.site, scheme, &changed)).await?)
}

/// Removes a type that no issue of the scheme's projects has.
pub async fn remove(context: &Context, id: i64, type_id: i64) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let site = &context.site;
    let scheme = find(site, id)?;
    if !scheme.type_ids.contains(&type_id) {
        return Err(Failure::not_found("The issue type was not found in the issue type scheme."));
    }
    if scheme.is_default {
        return Err(Failure::invalid("Can't remove issue types from the default issue type scheme."));
    }
    let standard = |id: &&i64| site.issue_types.get(**id).is_some_and(|kind| !kind.is_subtask());
    if !scheme.type_ids.iter().filter(|id| **id != type_id).any(|id| standard(&id)) {
        return Err(Failure::invalid("Can't remove the last standard issue type from the issue type scheme."));
    }
    let projects: Vec<i64> =
        site.projects.iter().filter(|project| project.issue_type_scheme_id == id).map(|project| project.id).collect();
    if !db::issue_types::issues_of(&mut work, &projects, &[type_id], 1).await?.is_empty() {
        return Err(Failure::invalid("Can't remove the issue type from the issue type scheme, because issues use it."));
    }
    let mut changed = scheme.clone();
    changed.type_ids.retain(|id| *id != type_id);
    changed.default_type_id = changed.default_type_id.filter(|id| *id != type_id);
    db::issue_type_schemes::put(&mut work, &changed).await?;
    Ok(work.commit(types_record(site, scheme, &changed)).await?)
}

/// Moves types in the scheme's order.
pub async fn arrange(context: &Context, id: i64, type_ids: &[String], target: Target<'_>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let scheme = find(&context.site, id)?;
    let type_ids = order::moved(&scheme.type_ids, type_ids, target, |unknown| {
        Failure::invalid(format!(
            "The issue type scheme does not include some of the specified issue types. Issue type IDs missing from the scheme are: {}",
            unknown.join(", ")
        ))
    })?;
    let changed = IssueTypeScheme { type_ids, ..scheme.clone() };
    db::issue_type_schemes::put(&mut work, &changed).await?;
    Ok(work.commit(types_record(&context.site, scheme, &changed)).await?)
}

/// Makes a company-managed project follow a scheme that has the types of all its issues.
pub async fn assign(context: &Context, scheme_id: &str, project_id: &str) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let site = &context.site;
    let scheme = scheme_id.parse().map_err(|_| no_scheme()).and_then(|id| find(site, id))?;
    let project = site.projects.parse(project_id).filter(|project| project.deleted.is_none());
    let project = project.ok_or_else(|| Failure::not_found("The project was not found."))?;
    if project.simplified {
        return Err(Failure::invalid("Issue type schemes can only be assigned to company-managed projects."));
    }
    let missing: Vec<i64> =
        site.issue_types.iter().map(|kind| kind.id).filter(|id| !scheme.type_ids.contains(id)).collect();
    let issues = db::issue_types::issues_of(&mut work, &[project.id], &missing, NAMED).await?;
    if !issues.is_empty() {
        let ids: Vec<String> = issues.iter().map(i64::to_string).collect();
        return Err(Failure::invalid(format!(
            "This issue type scheme can't be assigned to the project. This is because some issues in this project use issue types not present in the scheme. Before assigning the scheme to the project, update the issue types on these issues: {}",
            ids.join(", ")
        )));
    }
    db::issue_type_schemes::assign(&mut work, project.id, scheme.id).await?;
    let old = site.issue_type_schemes.get(project.issue_type_scheme_id).map(|scheme| scheme.name.as_str());
    let record = Record::new("Issue type scheme of a project changed", Area::Projects, project.thing())
        .change("Issue type scheme", old, Some(&scheme.name))
        .with(scheme.thing());
    Ok(work.commit(record).await?)
}

/// A scheme that company-managed projects can follow.
pub fn find(site: &Snapshot, id: i64) -> Result<&IssueTypeScheme> {
    site.issue_type_schemes.get(id).filter(|scheme| is_shared(site, scheme)).ok_or_else(no_scheme)
}

/// Whether it is not the scheme of a team-managed project, which has types of its own.
pub fn is_shared(site: &Snapshot, scheme: &IssueTypeScheme) -> bool {
    let is_own = |kind: &IssueType| kind.project_id.is_some();
    !scheme.type_ids.iter().filter_map(|id| site.issue_types.get(*id)).any(is_own)
}

fn no_scheme() -> Failure {
    Failure::not_found("The issue type scheme was not found.")
}

/// Types of all projects, by the ids of a request.
fn shared_types(site: &Snapshot, ids: &[String], refusal: impl Fn(String) -> Failure) -> Result<Vec<i64>> {
    let find = |id: &String| site.issue_types.parse(id).filter(|kind| kind.project_id.is_none()).map(|kind| kind.id);
    let unknown: Vec<&str> = ids.iter().filter(|id| find(id).is_none()).map(String::as_str).collect();
    if unknown.is_empty() {
        return Ok(ids.iter().filter_map(find).collect());
    }
    Err(refusal(format!("These issue types were not found: {}", unknown.join(", "))))
}

fn types_record(site: &Snapshot, old: &IssueTypeScheme, new: &IssueTypeScheme) -> Record {
    let names = |scheme: &IssueTypeScheme| {
        let types = scheme.type_ids.iter().filter_map(|id| site.issue_types.get(*id));
        types.map(|kind| kind.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    record("Issue type scheme updated", new).change("Issue types", Some(&names(old)), Some(&names(new)))
}

fn record(summary: &str, scheme: &IssueTypeScheme) -> Record {
    Record::new(summary, Area::System, scheme.thing())
}
