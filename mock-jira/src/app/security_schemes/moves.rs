//! What issues have when a level of theirs goes, or their project gets another scheme: done by tasks.

use super::{get, level, locked};
use crate::{
    app::{
        Context,
        tasks::{self, End, Job, Run},
    },
    db::{self, Work, security_schemes as stored, tasks::Task},
    domain::{
        audit::{Area, Record},
        config::Project,
        failure::{Failure, Result},
        issue::changes::ChangeItem,
    },
};
use serde_json::{Value, json};

/// Asks for the end of a level in the background (T-1).
pub async fn submit_removal(context: &Context, scheme_id: i64, level_id: i64, with: Option<i64>) -> Result<Task> {
    let old = level(context, scheme_id, level_id)?;
    if let Some(with) = with.filter(|with| *with == level_id || level(context, scheme_id, *with).is_err()) {
        return Err(Failure::invalid(format!("Issue security level with ID {with} can't replace the removed one.")));
    }
    let mut work = context.begin().await?;
    // Requests for the same wait here for each other.
    stored::lock(&mut work, scheme_id).await?;
    if db::tasks::is_open(&mut work, &json!({ "kind": "removeSecurityLevel", "levelId": level_id })).await? {
        return Err(Failure::Conflict("A task to remove this issue security level is already running.".into()));
    }
    let task = tasks::submit(context, &mut work, &Job::RemoveSecurityLevel { scheme_id, level_id, with }).await?;
    work.commit(Record::new("Issue security level removal submitted", Area::Permissions, old.thing())).await?;
    Ok(task)
}

/// What [`Job::RemoveSecurityLevel`] does.
pub async fn remove_in_background(run: &mut Run, scheme_id: i64, level_id: i64, with: Option<i64>) -> Result<End> {
    let context = run.context().await?;
    // Gone already: a server that began this job before did it.
    let Ok(old) = level(&context, scheme_id, level_id) else { return Ok(End::Complete(Value::Null)) };
    let new = with.map(|id| level(&context, scheme_id, id)).transpose()?;
    let mut work = locked(&context, scheme_id).await?;
    let changed = stored::replace_level(&mut work, level_id, with).await?;
    tell(&context, &mut work, changed.into_iter().map(|id| (id, Some(level_id), with))).await?;
    run.save(&mut work, 100, &true).await?;
    let record = Record::new("Issue security level deleted", Area::Permissions, old.thing())
        .change("Replaced With", None, new.map(|level| level.name.as_str()))
        .with(get(&context, scheme_id)?.thing());
    work.commit(record).await?;
    Ok(End::Complete(Value::Null))
}

/// Levels that issues have and are to have instead; none is that of issues without.
pub type Mapping = Vec<(Option<i64>, Option<i64>)>;

/// Asks for another scheme of a project, or none, in the background (T-1).
pub async fn submit_association(
    context: &Context,
    project: &Project,
    scheme_id: Option<i64>,
    mapping: Mapping,
) -> Result<Task> {
    if let Some(id) = scheme_id {
        get(context, id)?;
    }
    let of = |scheme_id: Option<i64>, level_id: i64| {
        context.site.security_levels.get(level_id).is_some_and(|level| Some(level.scheme_id) == scheme_id)
    };
    for (old, new) in &mapping {
        let wrong = old.filter(|id| !of(project.security_scheme_id, *id)).or(new.filter(|id| !of(scheme_id, *id)));
        if let Some(id) = wrong {
            return Err(Failure::invalid(format!("Issue security level with ID {id} is not one of the scheme's.")));
        }
        if mapping.iter().filter(|(other, _)| other == old).count() > 1 {
            return Err(Failure::invalid("An issue security level can't be mapped twice."));
        }
    }
    let mut work = context.begin().await?;
    // Requests for the same project wait here for each other.
    db::projects::lock(&mut work, project.id).await?;
    if db::tasks::is_open(&mut work, &json!({ "kind": "associateSecurityScheme", "projectId": project.id })).await? {
        return Err(Failure::Conflict(
            "A task to change the project's issue security scheme is already running.".into(),
        ));
    }
    let job = Job::AssociateSecurityScheme { project_id: project.id, scheme_id, mapping };
    let task = tasks::submit(context, &mut work, &job).await?;
    let summary = "Issue security scheme association submitted";
    work.commit(Record::new(summary, Area::Permissions, project.thing())).await?;
    Ok(task)
}

/// What [`Job::AssociateSecurityScheme`] does.
pub async fn associate_in_background(
    run: &mut Run,
    project_id: i64,
    scheme_id: Option<i64>,
    mapping: Mapping,
) -> Result<End> {
    let context = run.context().await?;
    if run.checkpoint::<bool>()? {
        return Ok(End::Complete(Value::Null));
    }
    let gone = || Failure::not_found("The project was deleted.");
    let project = context.site.projects.get(project_id).ok_or_else(gone)?;
    let scheme = scheme_id.map(|id| get(&context, id)).transpose()?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    if !associate(&context, &mut work, project, scheme_id, &mapping).await? {
        return Err(gone());
    }
    run.save(&mut work, 100, &true).await?;
    let former = project.security_scheme_id.and_then(|id| context.site.security_schemes.get(id));
    let record = Record::new("Issue security scheme added to project", Area::Permissions, project.thing()).change(
        "Issue Security Scheme",
        former.map(|former| former.name.as_str()),
        scheme.map(|scheme| scheme.name.as_str()),
    );
    work.commit(record).await?;
    Ok(End::Complete(Value::Null))
}

/// Gives a project a scheme, or none; whether there was the project. A level of another scheme would hide its issues
/// from everybody: those that are not mapped lose it.
pub async fn associate(
    context: &Context,
    work: &mut Work,
    project: &Project,
    scheme_id: Option<i64>,
    mapping: &[(Option<i64>, Option<i64>)],
) -> Result<bool, db::Error> {
    let lost = context.site.levels_of(project).filter(|_| project.security_scheme_id != scheme_id);
    let lost =
        lost.map(|level| (Some(level.id), None)).filter(|(old, _)| mapping.iter().all(|(mapped, _)| mapped != old));
    let (from, to): (Vec<_>, Vec<_>) = mapping.iter().copied().chain(lost).unzip();
    let Some(changed) = stored::associate(work, project.id, scheme_id, &from, &to).await? else { return Ok(false) };
    tell(context, work, changed).await?;
    Ok(true)
}

/// Writes the histories of issues that have another level.
async fn tell(
    context: &Context,
    work: &mut Work,
    changed: impl IntoIterator<Item = stored::Changed>,
) -> Result<(), db::Error> {
    for (id, from, to) in changed {
        let item = ChangeItem::security(&context.site, from, to);
        db::changelog::insert(work, id, context.author(), context.now, &[item]).await?;
    }
    Ok(())
}
