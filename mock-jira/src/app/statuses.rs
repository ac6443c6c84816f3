//! Statuses as administrators manage them: shared ones, and those of team-managed projects.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        config::{STATUS_CATEGORIES, Status},
        failure::{Complaints, Failure, Result},
        naming::{NAME, is_taken},
    },
};

/// Most statuses in one request.
pub const MOST: usize = 50;

/// What a request gives for a status.
#[derive(Debug, Default)]
pub struct StatusInput {
    /// Which, if it is to be changed.
    pub id: String,
    /// Unique in its scope in any case.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// `TODO`, `IN_PROGRESS` or `DONE`.
    pub category: String,
}

/// Makes statuses for all company-managed projects, or for one team-managed project.
pub async fn create(context: &Context, project_id: Option<i64>, inputs: &[StatusInput]) -> Result<Vec<Status>> {
    check_number(inputs.len())?;
    if let Some(id) = project_id {
        match context.access().known_project(id) {
            Some(project) if project.simplified => {}
            Some(_) => return Err(Failure::invalid("The scope PROJECT is for team-managed projects only.")),
            None => return Err(Failure::invalid(format!("The project with id {id} was not found."))),
        }
    }
    must_manage(context, project_id)?;
    let (context, mut work) = context.begin_alone().await?;
    let mut complaints = Complaints::default();
    let mut all: Vec<Status> = context.site.statuses.iter().cloned().collect();
    let before = all.len();
    for input in inputs {
        let blank = Status {
            id: 0,
            name: String::new(),
            description: String::new(),
            icon: String::new(),
            category: 0,
            project_id,
        };
        let status = with(blank, input, &mut complaints);
        complain_if_taken(&all, &status, &mut complaints);
        all.push(status);
    }
    complaints.into_result()?;
    let mut made = all.split_off(before);
    for status in &mut made {
        status.id = work.next_id("status").await?;
        db::statuses::put(&mut work, status).await?;
        work.record(record("Status created", status));
    }
    work.commit_recorded().await?;
    Ok(made)
}

/// Changes statuses, all or none.
pub async fn update(context: &Context, inputs: &[StatusInput]) -> Result<()> {
    check_number(inputs.len())?;
    let (context, mut work) = context.begin_alone().await?;
    let mut complaints = Complaints::default();
    let mut all: Vec<Status> = context.site.statuses.iter().cloned().collect();
    let mut changed = Vec::new();
    for input in inputs {
        let Some(at) = all.iter().position(|status| status.id.to_string() == input.id) else {
            complaints.messages.push(format!("The status with id {} was not found.", input.id));
            continue;
        };
        if changed.contains(&at) {
            complaints.messages.push(format!("The status with id {} is given more than once.", input.id));
        }
        must_manage(&context, all[at].project_id)?;
        all[at] = with(all[at].clone(), input, &mut complaints);
        changed.push(at);
    }
    for at in &changed {
        complain_if_taken(&all, &all[*at], &mut complaints);
    }
    complaints.into_result()?;
    for at in changed {
        let new = &all[at];
        db::statuses::put(&mut work, new).await?;
        let Some(old) = context.site.statuses.get(new.id) else { continue };
        work.record(changed_record(old, new));
    }
    Ok(work.commit_recorded().await?)
}

/// Deletes statuses that no workflow has, all or none.
pub async fn delete(context: &Context, ids: &[String]) -> Result<()> {
    check_number(ids.len())?;
    let (context, mut work) = context.begin_alone().await?;
    let mut complaints = Complaints::default();
    let mut found: Vec<i64> = Vec::new();
    for id in ids {
        let Some(status) = context.site.statuses.parse(id) else {
            complaints.messages.push(format!("The status with id {id} was not found."));
            continue;
        };
        must_manage(&context, status.project_id)?;
        let mut workflows = context.site.workflows.values();
        if workflows.any(|workflow| workflow.definition.statuses.contains(&status.id)) {
            complaints
                .messages
                .push(format!("The status '{}' is used by a workflow and can't be deleted.", status.name));
        }
        if !found.contains(&status.id) {
            found.push(status.id);
            work.record(record("Status deleted", status));
        }
    }
    complaints.into_result()?;
    db::statuses::delete(&mut work, &found).await?;
    Ok(work.commit_recorded().await?)
}

fn check_number(number: usize) -> Result<()> {
    if (1..=MOST).contains(&number) {
        return Ok(());
    }
    Err(Failure::invalid(format!("Between 1 and {MOST} statuses must be given.")))
}

/// The document has 401 for callers without the permission.
fn must_manage(context: &Context, project_id: Option<i64>) -> Result<()> {
    let access = context.access();
    let own = project_id.and_then(|id| context.site.projects.get(id));
    if access.administers() || own.is_some_and(|project| access.administers_project(project)) {
        return Ok(());
    }
    Err(refusal())
}

/// The answer for who may not manage statuses.
pub fn refusal() -> Failure {
    Failure::Unauthorized("You do not have permission to manage statuses.".into())
}

fn with(old: Status, input: &StatusInput, complaints: &mut Complaints) -> Status {
    let name = input.name.trim();
    if name.is_empty() {
        complaints.messages.push("The name has to be provided.".into());
    }
    if name.chars().count() > NAME {
        complaints.messages.push(format!("The name is too long, maxSize={NAME}"));
    }
    let category =
        STATUS_CATEGORIES.iter().find(|category| category.id != 1 && category.statuses_key == input.category);
    if category.is_none() {
        complaints.messages.push("The statusCategory has to be TODO, IN_PROGRESS or DONE.".into());
    }
    Status {
        name: name.to_owned(),
        description: input.description.clone().unwrap_or(old.description),
        category: category.map_or(old.category, |category| category.id),
        ..old
    }
}

fn complain_if_taken(all: &[Status], status: &Status, complaints: &mut Complaints) {
    let others = all.iter().filter(|other| !std::ptr::eq(*other, status) && other.project_id == status.project_id);
    if is_taken(others.map(|other| &other.name), &status.name) {
        complaints.messages.push(format!("The status name '{}' is already in use.", status.name));
    }
}

/// The record of a status that was changed.
pub fn changed_record(old: &Status, new: &Status) -> Record {
    record("Status updated", new)
        .change("Name", Some(&old.name), Some(&new.name))
        .change("Description", Some(&old.description), Some(&new.description))
        .change("Category", Some(old.category().name), Some(new.category().name))
}

/// The record of something that was done with a status.
pub fn record(summary: &str, status: &Status) -> Record {
    Record::new(summary, Area::Workflows, Thing::new("STATUS", status.id, &status.name))
}
