//! Issue types: made, changed, and replaced in all issues before they are deleted.

use super::{
    ADMINISTRATORS, Context,
    avatars::{self, Owner},
    replace::{Move, Part},
};
use crate::{
    db,
    domain::{
        audit::{Area, Record},
        config::IssueType,
        failure::{Complaints, Failure, Result},
        naming::{SHORT_NAME, is_taken},
        snapshot::Snapshot,
    },
};

/// Avatars of new types (observed shapes, "avatars").
const STANDARD_AVATAR: i64 = 10_300;
const SUBTASK_AVATAR: i64 = 10_316;

/// What a request gives for a type.
#[derive(Debug, Default)]
pub struct TypeInput {
    /// Unique in any case.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// -1 or 0; only for a new type.
    pub level: Option<i64>,
    /// Its picture.
    pub avatar_id: Option<i64>,
}

/// Makes a type; the default scheme has it.
pub async fn create(context: &Context, input: TypeInput) -> Result<IssueType> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let mut complaints = Complaints::default();
    let level = match input.level.unwrap_or(0) {
        -1 => -1,
        0 => 0,
        _ => {
            complaints.field("hierarchyLevel", "The hierarchy level of the issue type has to be 0 or -1.");
            0
        }
    };
    let blank = IssueType {
        id: 0,
        name: String::new(),
        description: String::new(),
        level,
        icon: String::new(),
        avatar_id: Some(if level < 0 { SUBTASK_AVATAR } else { STANDARD_AVATAR }),
        project_id: None,
    };
    let input = TypeInput { name: Some(input.name.unwrap_or_default()), ..input };
    let mut kind = with(&context.site, &blank, input, complaints)?;
    kind.id = work.next_id("issue_type").await?;
    db::issue_types::put(&mut work, &kind).await?;
    if let Some(scheme) = context.site.issue_type_schemes.iter().find(|scheme| scheme.is_default) {
        let mut scheme = scheme.clone();
        scheme.type_ids.push(kind.id);
        db::issue_type_schemes::put(&mut work, &scheme).await?;
    }
    work.commit(record("Issue type created", &kind)).await?;
    Ok(kind)
}

/// Changes what the request names.
pub async fn update(context: &Context, id: &str, input: TypeInput) -> Result<IssueType> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let old = find(&context.site, id)?;
    let mut complaints = Complaints::default();
    if let Some(id) = input.avatar_id
        && !avatars::available(&mut work, Owner::IssueType(old), id).await?
    {
        complaints.field("avatarId", "The avatar is not one of this issue type.");
    }
    let new = with(&context.site, old, input, complaints)?;
    db::issue_types::put(&mut work, &new).await?;
    let avatar = |kind: &IssueType| kind.avatar_id.map(|id| id.to_string());
    let record = record("Issue type updated", &new)
        .change("Name", Some(&old.name), Some(&new.name))
        .change("Description", Some(&old.description), Some(&new.description))
        .change("Avatar", avatar(old).as_deref(), avatar(&new).as_deref());
    work.commit(record).await?;
    Ok(new)
}

/// The type as the input makes it. A team-managed project's types have names of their own.
fn with(site: &Snapshot, old: &IssueType, input: TypeInput, mut complaints: Complaints) -> Result<IssueType> {
    let mut new = old.clone();
    if let Some(name) = &input.name {
        if name.trim().is_empty() {
            complaints.field("name", "You must specify a name.");
        }
        if name.chars().count() > SHORT_NAME {
            complaints.field("name", format!("The issue type name must not exceed {SHORT_NAME} characters."));
        }
        name.trim().clone_into(&mut new.name);
    }
    new.description = input.description.unwrap_or(new.description);
    new.avatar_id = input.avatar_id.or(new.avatar_id);
    complaints.into_result()?;
    let others = site.issue_types.iter().filter(|other| other.id != old.id && other.project_id == old.project_id);
    if input.name.is_some() && is_taken(others.map(|other| &other.name), &new.name) {
        return Err(Failure::Conflict("An issue type with this name already exists.".into()));
    }
    Ok(new)
}

/// Types that could take the place of this one everywhere: of its level and its project, and wherever
/// projects have both, followed by the same workflow and the same screens.
pub fn alternatives<'a>(site: &'a Snapshot, kind: &'a IssueType) -> impl Iterator<Item = &'a IssueType> {
    let fits = move |other: &&IssueType| {
        other.id != kind.id && other.level == kind.level && other.project_id == kind.project_id
    };
    site.issue_types.iter().filter(fits).filter(move |other| {
        let mut projects = site.projects.iter().filter(|project| site.issue_types_of(project).any(|t| t.id == kind.id));
        projects.all(|project| {
            let workflow = |id| site.workflow_of(project, id).map(|workflow| workflow.id.as_str());
            let screens = |id| site.screens_of(project, id).map(|scheme| scheme.id);
            workflow(kind.id) == workflow(other.id) && screens(kind.id) == screens(other.id)
        })
    })
}

/// Deletes a type; its issues get the alternative.
pub async fn delete(context: &Context, id: &str, alternative: Option<&str>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let site = &context.site;
    let kind = find(site, id)?;
    let alternative = alternative.map(|id| find(site, id)).transpose()?;
    let uses = db::issue_types::uses(&mut work, kind.id).await?;
    if !uses.is_empty() {
        let other = alternative.ok_or_else(|| {
            Failure::not_found("The issue type is in use and an alternative issue type has to be provided.")
        })?;
        check_alternative(site, kind, other, &uses)?;
        let moved = Move::everywhere(Part::IssueType, kind.id, other.id);
        moved.now(&context, &mut work).await?;
    }
    let is_last = |type_ids: &[i64]| {
        let rest = type_ids.iter().filter(|id| **id != kind.id).filter_map(|id| site.issue_types.get(*id));
        type_ids.contains(&kind.id) && !rest.into_iter().any(|other| !other.is_subtask())
    };
    if let Some(scheme) = site.issue_type_schemes.iter().find(|scheme| is_last(&scheme.type_ids)) {
        let name = &scheme.name;
        return Err(Failure::invalid(format!("It is the last standard issue type of the issue type scheme '{name}'.")));
    }
    db::issue_types::delete(&mut work, kind.id).await?;
    Ok(work.commit(record("Issue type deleted", kind)).await?)
}

/// Refuses an alternative that the issues of a type can't have.
fn check_alternative(site: &Snapshot, kind: &IssueType, other: &IssueType, uses: &[(i64, i64)]) -> Result<()> {
    if other.id == kind.id {
        return Err(Failure::Conflict("The alternative issue type has to be another issue type.".into()));
    }
    if other.is_subtask() && !kind.is_subtask() {
        return Err(Failure::Conflict("A standard issue type can't be replaced with a sub-task issue type.".into()));
    }
    let fits = |(project_id, status_id): &(i64, i64)| {
        site.projects.get(*project_id).is_some_and(|project| {
            site.issue_types_of(project).any(|t| t.id == other.id)
                && site.statuses_of(project, other.id).any(|status| status.id == *status_id)
        })
    };
    if other.level != kind.level || !uses.iter().all(fits) {
        return Err(Failure::invalid("Some issues can't be updated with the alternative issue type."));
    }
    Ok(())
}

fn find<'a>(site: &'a Snapshot, id: &str) -> Result<&'a IssueType> {
    site.issue_types.parse(id).ok_or_else(|| missing(id))
}

/// The answer for a type that is missing or invisible.
pub fn missing(id: &str) -> Failure {
    Failure::not_found(format!("The issue type with id '{id}' does not exist"))
}

fn record(summary: &str, kind: &IssueType) -> Record {
    Record::new(summary, Area::System, kind.thing())
}
