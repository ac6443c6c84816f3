//! Resolutions: made, changed, put in order, and replaced in all issues before they are deleted.

use super::{
    ADMINISTRATORS, Context,
    replace::{self, Move, Part},
    tasks::{self, End, Job, Run},
};
use crate::{
    db::{self, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        config::Resolution,
        failure::{Complaints, Failure, Result},
        naming::{SHORT_DESCRIPTION, SHORT_NAME, check_length, check_name, is_taken},
        order::{self, Target},
        snapshot::Snapshot,
        workflow::PostFunction,
    },
};
use serde_json::{Value, json};

/// Makes a resolution, below all others.
pub async fn create(context: &Context, name: Option<&str>, description: Option<&str>) -> Result<Resolution> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let blank = Resolution { id: 0, name: String::new(), description: String::new(), position: 0, is_default: false };
    let mut resolution = with(&context.site, blank, name, description)?;
    resolution.id = work.next_id("resolution").await?;
    db::resolutions::put(&mut work, &resolution).await?;
    work.commit(record("Resolution created", &resolution)).await?;
    Ok(resolution)
}

/// Changes a resolution; its name has to be given again.
pub async fn update(context: &Context, id: &str, name: Option<&str>, description: Option<&str>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let old = find(&context.site, id)?;
    let new = with(&context.site, old.clone(), name, description)?;
    db::resolutions::put(&mut work, &new).await?;
    let record = record("Resolution updated", &new).change("Name", Some(&old.name), Some(&new.name)).change(
        "Description",
        Some(&old.description),
        Some(&new.description),
    );
    Ok(work.commit(record).await?)
}

fn with(site: &Snapshot, old: Resolution, name: Option<&str>, description: Option<&str>) -> Result<Resolution> {
    let mut complaints = Complaints::default();
    let name = name.unwrap_or_default().trim();
    check_name(name, SHORT_NAME, &mut complaints);
    let others = site.resolutions.iter().filter(|other| other.id != old.id);
    if is_taken(others.map(|other| &other.name), name) {
        complaints.messages.push("The name is used by another resolution.".into());
    }
    let description = description.unwrap_or(&old.description);
    check_length("description", description, SHORT_DESCRIPTION, &mut complaints);
    complaints.into_result()?;
    Ok(Resolution { name: name.to_owned(), description: description.to_owned(), ..old })
}

/// Makes a resolution the default, or none.
pub async fn set_default(context: &Context, id: Option<&str>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let new = id.map(|id| find(&context.site, id)).transpose()?;
    let old = context.site.resolutions.iter().find(|resolution| resolution.is_default);
    db::resolutions::set_default(&mut work, new.map(|new| new.id)).await?;
    let Some(subject) = new.or(old) else { return Ok(()) };
    let record = record("Default resolution changed", subject).change(
        "Default resolution",
        old.map(|old| old.name.as_str()),
        new.map(|new| new.name.as_str()),
    );
    Ok(work.commit(record).await?)
}

/// Moves resolutions in their order.
pub async fn arrange(context: &Context, ids: &[String], target: Target<'_>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let all: Vec<i64> = context.site.resolutions.iter().map(|resolution| resolution.id).collect();
    let order = order::moved(&all, ids, target, |unknown| missing(unknown[0]))?;
    db::resolutions::arrange(&mut work, &order).await?;
    let names: Vec<&str> =
        order.iter().filter_map(|id| context.site.resolutions.get(*id)).map(|r| r.name.as_str()).collect();
    let thing = Thing::new("RESOLUTION", ids.join(","), "Resolutions");
    let record =
        Record::new("Resolutions reordered", Area::System, thing).change("Order", None, Some(&names.join(", ")));
    Ok(work.commit(record).await?)
}

/// Deletes a resolution through a task, which gives its issues another one.
pub async fn delete(context: &Context, id: &str, replacement: Option<&str>) -> Result<Task> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let resolution = find(&context.site, id)?;
    let replacement = replacement.ok_or_else(|| Failure::invalid("The replaceWith has to be provided."))?;
    let replacement = find(&context.site, replacement)?;
    if replacement.id == resolution.id {
        return Err(Failure::invalid("The resolution can't be replaced with itself."));
    }
    if db::tasks::is_open(&mut work, &json!({ "kind": "deleteResolution" })).await? {
        return Err(Failure::Conflict("A task to delete a resolution is already running.".into()));
    }
    let job = Job::DeleteResolution { resolution_id: resolution.id, replacement: replacement.id };
    let task = tasks::submit(&context, &mut work, &job).await?;
    work.commit(record("Deletion of a resolution requested", resolution)).await?;
    Ok(task)
}

/// Replaces a resolution in all issues and on all transitions that set it, and deletes it.
pub async fn delete_in_background(run: &mut Run, resolution_id: i64, replacement: i64) -> Result<End> {
    let moved = Move::everywhere(Part::Resolution, resolution_id, replacement);
    if let Some(end) = replace::in_background(run, std::slice::from_ref(&moved)).await? {
        return Ok(end);
    }
    let (context, mut work) = run.context().await?.begin_alone().await?;
    let Some(resolution) = context.site.resolutions.get(resolution_id) else { return Ok(End::Complete(Value::Null)) };
    if context.site.resolutions.get(replacement).is_none() {
        return Err(missing(&replacement.to_string()));
    }
    // What came about since the steps before.
    moved.now(&context, &mut work).await?;
    for workflow in context.site.workflows.values() {
        let mut definition = workflow.definition.clone();
        let functions = definition.transitions.iter_mut().flat_map(|transition| &mut transition.post_functions);
        for function in functions.filter(|function| **function == PostFunction::SetResolution(resolution_id)) {
            *function = PostFunction::SetResolution(replacement);
        }
        if definition != workflow.definition {
            db::workflows::change(&mut work, &workflow.id, None, &definition, false).await?;
        }
    }
    db::resolutions::delete(&mut work, resolution_id).await?;
    work.commit(record("Resolution deleted", resolution)).await?;
    Ok(End::Complete(Value::Null))
}

fn find<'a>(site: &'a Snapshot, id: &str) -> Result<&'a Resolution> {
    site.resolutions.parse(id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("Resolution with ID {id} not found."))
}

fn record(summary: &str, resolution: &Resolution) -> Record {
    Record::new(summary, Area::System, Thing::new("RESOLUTION", resolution.id, &resolution.name))
}
