//! Priority schemes: made and changed, and what issues get whose priority is no longer one of their project's.

use super::{
    ADMINISTRATORS, Context,
    replace::{Move, Part},
    tasks::{self, Job},
};
use crate::{
    db::{self, Work, tasks::Task},
    domain::{
        audit::{Area, Record},
        failure::{Complaints, Failure, Result},
        naming::{DESCRIPTION, NAME, check_length, check_name, is_taken},
        priority_scheme::{Mapping, Migration, PriorityScheme},
        snapshot::Snapshot,
    },
};
use serde_json::json;

/// Most priorities of a scheme.
const PRIORITIES: usize = 300;

/// What a request gives for a scheme.
#[derive(Debug, Default)]
pub struct SchemeInput {
    /// Unique in any case.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// One of its priorities.
    pub default_priority_id: Option<i64>,
    /// Priorities that are not in it yet.
    pub add_priorities: Vec<i64>,
    /// Priorities that are in it.
    pub remove_priorities: Vec<i64>,
    /// Projects that come from other schemes.
    pub add_projects: Vec<i64>,
    /// Projects that go to the default scheme.
    pub remove_projects: Vec<i64>,
    /// What issues get that come into the scheme, or whose priority leaves it.
    pub map_in: Option<Mapping>,
    /// What issues get that leave the scheme.
    pub map_out: Option<Mapping>,
}

/// Makes a scheme; the task that moves issues to its priorities, if there is something to move.
pub async fn create(context: &Context, input: &SchemeInput) -> Result<(PriorityScheme, Option<Task>)> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let mut complaints = Complaints::default();
    if input.name.is_none() {
        complaints.messages.push("The name has to be provided.".into());
    }
    if input.default_priority_id.is_none() {
        complaints.messages.push("The defaultPriorityId has to be provided.".into());
    }
    let blank = PriorityScheme {
        id: 0,
        name: String::new(),
        description: String::new(),
        is_default: false,
        default_priority_id: None,
        priority_ids: Vec::new(),
        project_ids: Vec::new(),
    };
    let mut scheme = with(&context.site, &blank, input, &mut complaints);
    let moves = migrate(&context.site, &blank, &scheme, input, &mut complaints);
    complaints.into_result()?;
    scheme.id = work.next_id("priority_scheme").await?;
    db::priority_schemes::put(&mut work, &scheme).await?;
    db::priority_schemes::assign(&mut work, &input.add_projects, Some(scheme.id)).await?;
    let task = submit(&context, &mut work, scheme.id, moves).await?;
    work.commit(record("Priority scheme created", &scheme)).await?;
    Ok((scheme, task))
}

/// Changes a scheme; the task that moves issues, if there is something to move.
pub async fn update(context: &Context, id: i64, input: &SchemeInput) -> Result<(PriorityScheme, Option<Task>)> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let old = find(&context.site, id)?;
    if db::tasks::is_open(&mut work, &json!({ "kind": "movePriorities" })).await? {
        return Err(Failure::Conflict("An action with a priority scheme is still in progress.".into()));
    }
    let mut complaints = Complaints::default();
    let new = with(&context.site, old, input, &mut complaints);
    let moves = migrate(&context.site, old, &new, input, &mut complaints);
    complaints.into_result()?;
    db::priority_schemes::put(&mut work, &new).await?;
    let to = Some(new.id).filter(|_| !new.is_default);
    db::priority_schemes::assign(&mut work, &input.add_projects, to).await?;
    db::priority_schemes::assign(&mut work, &input.remove_projects, None).await?;
    let task = submit(&context, &mut work, new.id, moves).await?;
    let texts = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let record = record("Priority scheme updated", &new)
        .change("Name", Some(&old.name), Some(&new.name))
        .change("Description", Some(&old.description), Some(&new.description))
        .change("Priorities", Some(&texts(&old.priority_ids)), Some(&texts(&new.priority_ids)))
        .change("Projects", Some(&texts(&old.project_ids)), Some(&texts(&new.project_ids)));
    work.commit(record).await?;
    Ok((new, task))
}

/// Deletes a scheme that no project follows.
pub async fn delete(context: &Context, id: i64) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let scheme = find(&context.site, id)?;
    if scheme.is_default {
        return Err(Failure::invalid("The default priority scheme can't be deleted."));
    }
    if !scheme.project_ids.is_empty() {
        return Err(Failure::invalid("The priority scheme is used by projects and can't be deleted."));
    }
    db::priority_schemes::delete(&mut work, id).await?;
    Ok(work.commit(record("Priority scheme deleted", scheme)).await?)
}

/// The scheme as the input makes it.
fn with(site: &Snapshot, old: &PriorityScheme, input: &SchemeInput, complaints: &mut Complaints) -> PriorityScheme {
    let mut new = old.clone();
    if let Some(name) = &input.name {
        check_name(name, NAME, complaints);
        let others = site.priority_schemes.iter().filter(|other| other.id != old.id);
        if is_taken(others.map(|other| &other.name), name) {
            complaints.messages.push("The name is used by another scheme.".into());
        }
        name.trim().clone_into(&mut new.name);
    }
    if let Some(description) = &input.description {
        check_length("description", description, DESCRIPTION, complaints);
        new.description.clone_from(description);
    }
    let is_priority = |id: i64| site.priorities.get(id).is_some();
    let is_project = |id: i64| site.projects.get(id).is_some_and(|project| project.deleted.is_none());
    let mut named = |ids: &[i64], right: &dyn Fn(i64) -> bool, sentence: &str| {
        let wrong: Vec<String> = ids.iter().filter(|id| !right(**id)).map(i64::to_string).collect();
        if !wrong.is_empty() {
            complaints.messages.push(format!("{sentence}: {}", wrong.join(", ")));
        }
    };
    let removed = &input.remove_priorities;
    named(&input.add_priorities, &is_priority, "These priorities were not found");
    named(removed, &|id| old.priority_ids.contains(&id), "These priorities are not in the priority scheme");
    named(&input.add_projects, &is_project, "These projects were not found");
    let follows = |id| is_project(id) && site.priority_scheme_of(id).is_some_and(|scheme| scheme.id == old.id);
    named(&input.remove_projects, &follows, "These projects do not use the priority scheme");
    if old.is_default && !input.remove_projects.is_empty() {
        complaints.messages.push("Projects can't be removed from the default priority scheme.".into());
    }
    extend(&mut new.priority_ids, &input.add_priorities, removed);
    if new.priority_ids.is_empty() || new.priority_ids.len() > PRIORITIES {
        complaints.messages.push(format!("A priority scheme must have between 1 and {PRIORITIES} priorities."));
    }
    if !old.is_default {
        extend(&mut new.project_ids, &input.add_projects, &input.remove_projects);
    }
    new.default_priority_id = input.default_priority_id.or(old.default_priority_id);
    if new.default_priority_id.is_some_and(|id| !new.priority_ids.contains(&id)) {
        complaints.messages.push("The default priority has to be one of the priorities of the scheme.".into());
    }
    new
}

fn extend(ids: &mut Vec<i64>, more: &[i64], less: &[i64]) {
    for id in more {
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    ids.retain(|id| !less.contains(id));
}

/// Which priorities need others in their place, from the scheme's own and from those of the projects that come to it.
pub fn requiring_mapping(site: &Snapshot, own: &[i64], coming: &[i64], remaining: &[i64]) -> Vec<i64> {
    let projects = coming.iter().filter(|id| site.projects.get(**id).is_some());
    let theirs = projects.filter_map(|id| site.priority_scheme_of(*id)).flat_map(|scheme| &scheme.priority_ids);
    let may_be_had: Vec<i64> = own.iter().chain(theirs).copied().collect();
    let wanted = |id: &i64| may_be_had.contains(id) && !remaining.contains(id);
    site.priorities.iter().map(|priority| priority.id).filter(wanted).collect()
}

/// What has to be done to issues, if the input says it rightly.
fn migrate(
    site: &Snapshot,
    old: &PriorityScheme,
    new: &PriorityScheme,
    input: &SchemeInput,
    complaints: &mut Complaints,
) -> Vec<Move> {
    let mut staying: Vec<i64> = site.projects.iter().map(|project| project.id).collect();
    staying.retain(|id| {
        !input.remove_projects.contains(id) && site.priority_scheme_of(*id).is_some_and(|scheme| scheme.id == old.id)
    });
    // Without a project the scheme loses priorities without any harm.
    let own = if staying.is_empty() { &[][..] } else { &old.priority_ids };
    let required_in = requiring_mapping(site, own, &input.add_projects, &new.priority_ids);
    let empty = Vec::new();
    let default = site.default_priority_scheme().map_or(&empty, |scheme| &scheme.priority_ids);
    let leaving = if input.remove_projects.is_empty() { &[][..] } else { &old.priority_ids };
    let required_out = requiring_mapping(site, leaving, &[], default);
    let exists = |id: i64| site.priorities.get(id).is_some();
    let inwards =
        Migration { direction: "in", required: &required_in, targets: &new.priority_ids, given: input.map_in.as_ref() };
    inwards.check(exists, complaints);
    let outwards =
        Migration { direction: "out", required: &required_out, targets: default, given: input.map_out.as_ref() };
    outwards.check(exists, complaints);
    staying.extend(&input.add_projects);
    let moves = |mapping: &Option<Mapping>, project_ids: &[i64]| -> Vec<Move> {
        let pairs = mapping.iter().flatten();
        let one = |(from, to): (&i64, &i64)| Move {
            part: Part::Priority,
            from: *from,
            to: Some(*to),
            project_ids: Some(project_ids.to_vec()),
            issue_type_ids: Vec::new(),
        };
        pairs.map(one).collect()
    };
    let mut all = moves(&input.map_in, &staying);
    all.extend(moves(&input.map_out, &input.remove_projects));
    all
}

async fn submit(context: &Context, work: &mut Work, scheme_id: i64, moves: Vec<Move>) -> Result<Option<Task>> {
    if moves.is_empty() {
        return Ok(None);
    }
    let job = Job::MovePriorities { scheme_id, moves };
    tasks::submit(context, work, &job).await.map(Some)
}

/// The scheme of an id in a path. The document has no 404 for schemes.
pub fn find(site: &Snapshot, id: i64) -> Result<&PriorityScheme> {
    site.priority_schemes
        .get(id)
        .ok_or_else(|| Failure::invalid(format!("The priority scheme with ID {id} was not found.")))
}

fn record(summary: &str, scheme: &PriorityScheme) -> Record {
    Record::new(summary, Area::System, scheme.thing())
}
