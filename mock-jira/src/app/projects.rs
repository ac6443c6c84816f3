//! Creating, changing and deleting projects.

pub mod checks;
pub mod templates;

use super::{
    Context,
    avatars::{self, Owner},
    security_schemes,
    tasks::{self, End, Job, Run},
};
use crate::{
    db::{self, Work, tasks::Task},
    domain::{
        audit::{Area, Record},
        config::Project,
        failure::{Complaints, Failure, Result},
    },
};
use checks::{check_key, check_name, check_references};
use serde_json::Value;
use uuid::Uuid;

/// What a request to create or change a project gives.
#[derive(Debug, Default)]
pub struct ProjectInput {
    /// Wanted key.
    pub key: Option<String>,
    /// Wanted name.
    pub name: Option<String>,
    /// `software`, `business` or `service_desk`.
    pub type_key: Option<String>,
    /// What the project is made after.
    pub template_key: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// A link.
    pub url: Option<String>,
    /// Account id.
    pub lead: Option<String>,
    /// `PROJECT_LEAD` or `UNASSIGNED`.
    pub assignee_type: Option<String>,
    /// Its category; -1 for none.
    pub category_id: Option<i64>,
    /// Its picture.
    pub avatar_id: Option<i64>,
    /// Its permission scheme.
    pub permission_scheme_id: Option<i64>,
    /// Its notification scheme.
    pub notification_scheme_id: Option<i64>,
    /// Its issue security scheme.
    pub security_scheme_id: Option<i64>,
    /// Other schemes that it asks for: the member's name and the id. There are none of their kinds.
    pub unknown_schemes: Vec<(&'static str, i64)>,
    /// Former keys that others may have from now on.
    pub released_keys: Vec<String>,
    /// Its issue type scheme instead of the template's.
    pub issue_type_scheme_id: Option<i64>,
    /// Its workflow scheme instead of the template's.
    pub workflow_scheme_id: Option<i64>,
    /// Its screens instead of the template's.
    pub issue_type_screen_scheme_id: Option<i64>,
}

/// Creates a project from a template (U-43).
pub async fn create(context: &Context, input: &ProjectInput) -> Result<Project> {
    context.account_id()?;
    let (template, lead) = checks::check_new(context, input)?;
    let (key, name) = (input.key.clone().unwrap_or_default(), input.name.clone().unwrap_or_default());
    let mut work = context.begin().await?;
    work.changes_configuration();
    let site = &context.site;
    let id = work.next_id("project").await?;
    let mut project = Project {
        id,
        key: key.clone(),
        name: name.clone(),
        description: input.description.clone().unwrap_or_default(),
        url: input.url.clone(),
        lead: Some(lead),
        type_key: input.type_key.clone().unwrap_or_else(|| template.type_key.to_owned()),
        simplified: template.team_managed,
        uuid: Uuid::new_v4(),
        assignee_type: input.assignee_type.clone().unwrap_or_else(|| "UNASSIGNED".into()),
        category_id: input.category_id,
        avatar_id: input.avatar_id.unwrap_or(10_400 + id % 16),
        is_private: false,
        permission_scheme_id: input.permission_scheme_id.unwrap_or(0),
        issue_type_scheme_id: input.issue_type_scheme_id.unwrap_or(0),
        workflow_scheme_id: input.workflow_scheme_id.unwrap_or(0),
        issue_type_screen_scheme_id: input
            .issue_type_screen_scheme_id
            .or_else(|| site.issue_type_screen_schemes.iter().next().map(|s| s.id))
            .unwrap_or(1),
        field_configuration_id: site
            .field_configurations
            .iter()
            .next()
            .map_or(10_000, |configuration| configuration.id),
        security_scheme_id: input.security_scheme_id,
        archived: None,
        archived_by: None,
        deleted: None,
        deleted_by: None,
    };
    let scope = template.team_managed.then_some(id);
    if input.issue_type_scheme_id.is_none() {
        project.issue_type_scheme_id = templates::make_types(context, &mut work, &project, scope).await?;
    }
    if input.workflow_scheme_id.is_none() {
        project.workflow_scheme_id = templates::make_workflow(context, &mut work, &project, template, scope).await?;
    }
    db::projects::insert(&mut work, &project, context.now).await.map_err(taken(&key, &name))?;
    give_stored(context, &mut work, &project, input).await?;
    work.commit(Record::new("Project created", Area::Projects, project.thing())).await?;
    Ok(project)
}

/// Changes a project (U-41, J-30: a former key keeps resolving until it is released).
pub async fn update(context: &Context, id_or_key: &str, input: &ProjectInput) -> Result<Project> {
    let known = context.project(id_or_key)?;
    let access = context.access();
    let schemes = [input.permission_scheme_id, input.notification_scheme_id, input.security_scheme_id];
    let rekeyed = input.key.as_ref().is_some_and(|key| *key != known.key) || !input.released_keys.is_empty();
    let needs_administrator = rekeyed || schemes.iter().any(Option::is_some);
    if !access.administers_project(known) || needs_administrator && !access.administers() {
        return Err(Failure::forbidden("You cannot edit the configuration of this project."));
    }
    let mut complaints = Complaints::default();
    if let Some(key) = input.key.as_ref().filter(|key| **key != known.key) {
        check_key(context, key, Some(known.id), &mut complaints);
    }
    if let Some(name) = &input.name {
        check_name(context, name, Some(known.id), &mut complaints);
    }
    check_references(context, input, &mut complaints);
    checks::check_released(context, known, input, &mut complaints);
    complaints.into_result()?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let old = locked(&mut work, known, id_or_key).await?;
    let mut project = old.clone();
    project.key = input.key.clone().unwrap_or(project.key);
    project.name = input.name.clone().unwrap_or(project.name);
    project.description = input.description.clone().unwrap_or(project.description);
    project.url = input.url.clone().or(project.url);
    project.lead = input.lead.clone().or(project.lead);
    project.assignee_type = input.assignee_type.clone().unwrap_or(project.assignee_type);
    project.category_id = match input.category_id {
        Some(-1) => None,
        other => other.or(project.category_id),
    };
    project.avatar_id = input.avatar_id.unwrap_or(project.avatar_id);
    project.permission_scheme_id = input.permission_scheme_id.unwrap_or(project.permission_scheme_id);
    db::projects::update(&mut work, &project).await.map_err(taken(&project.key, &project.name))?;
    db::projects::release_keys(&mut work, project.id, &input.released_keys).await?;
    give_stored(context, &mut work, &project, input).await?;
    let scheme = |id: Option<i64>| context.site.security_schemes.get(id?).map(|scheme| scheme.name.as_str());
    let given = input.security_scheme_id.or(old.security_scheme_id);
    let record = Record::new("Project updated", Area::Projects, project.thing())
        .change("Key", Some(&old.key), Some(&project.key))
        .change("Name", Some(&old.name), Some(&project.name))
        .change("Description", Some(&old.description), Some(&project.description))
        .change("URL", old.url.as_deref(), project.url.as_deref())
        .change("Issue Security Scheme", scheme(old.security_scheme_id), scheme(given))
        .change("Lead", old.lead.as_deref(), project.lead.as_deref())
        .change("Default Assignee", Some(&old.assignee_type), Some(&project.assignee_type));
    work.commit(record).await?;
    Ok(project)
}

/// Gives a project its notification scheme, its security scheme and its avatar, if they exist.
async fn give_stored(context: &Context, work: &mut Work, project: &Project, input: &ProjectInput) -> Result<()> {
    let mut complaints = Complaints::default();
    if let Some(id) = input.notification_scheme_id
        && !db::notifications::give_to_project(work, project.id, id).await?
    {
        complaints.field("notificationScheme", format!("No object with id '{id}' was found."));
    }
    if let Some(id) = input.security_scheme_id {
        security_schemes::associate(context, work, project, Some(id), &[]).await.map_err(
            |error| match db::constraint(&error) {
                Some("project_security_scheme") => {
                    Failure::invalid_field("issueSecurityScheme", format!("No object with id '{id}' was found."))
                }
                _ => error.into(),
            },
        )?;
    }
    if let Some(id) = input.avatar_id
        && !avatars::available(work, Owner::Project(project), id).await?
    {
        complaints.field("avatarId", format!("No object with id '{id}' was found."));
    }
    complaints.into_result()
}

/// The project as it is now, locked until the end of the transaction, unless it is in the trash meanwhile.
async fn locked(work: &mut Work, project: &Project, id_or_key: &str) -> Result<Project> {
    let now = db::projects::lock(work, project.id).await?;
    now.filter(|now| now.deleted == project.deleted).ok_or_else(|| Context::no_project(id_or_key))
}

/// Archives a project: it can be looked at, and nothing else.
pub async fn archive(context: &Context, id_or_key: &str) -> Result<()> {
    let known = context.project(id_or_key)?;
    context.administers("You do not have permission to archive projects.")?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let mut project = locked(&mut work, known, id_or_key).await?;
    if project.archived.is_some() {
        return Err(Failure::invalid(format!("The project '{}' is archived already.", project.key)));
    }
    project.archived = Some(context.now);
    project.archived_by = context.caller.account_id().map(str::to_owned);
    db::projects::update(&mut work, &project).await?;
    Ok(work.commit(Record::new("Project archived", Area::Projects, project.thing())).await?)
}

/// Brings a project back from the archive and from the trash (U-45).
pub async fn restore(context: &Context, id_or_key: &str) -> Result<Project> {
    let access = context.access();
    let known = context.site.project(id_or_key).filter(|project| {
        // Rights in a project do not reach into the trash, but these do.
        let own = project.simplified && access.reach(project, "ADMINISTER_PROJECTS").all;
        access.administers() || own
    });
    let known = known.ok_or_else(|| Context::no_project(id_or_key))?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let mut project = locked(&mut work, known, id_or_key).await?;
    if project.archived.is_none() && project.deleted.is_none() {
        let key = &project.key;
        return Err(Failure::invalid(format!("The project '{key}' is neither archived nor in the recycle bin.")));
    }
    (project.archived, project.archived_by) = (None, None);
    (project.deleted, project.deleted_by) = (None, None);
    db::projects::update(&mut work, &project).await?;
    work.commit(Record::new("Project restored", Area::Projects, project.thing())).await?;
    Ok(project)
}

/// Moves a project to the trash, or deletes it for good (U-45).
pub async fn delete(context: &Context, id_or_key: &str, to_trash: bool) -> Result<()> {
    let known = deletable(context, id_or_key)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let mut project = locked(&mut work, known, id_or_key).await?;
    let record = Record::new("Project deleted", Area::Projects, project.thing());
    if to_trash {
        project.deleted = Some(context.now);
        project.deleted_by = context.caller.account_id().map(str::to_owned);
        db::projects::update(&mut work, &project).await?;
    } else {
        db::projects::delete(&mut work, &project).await?;
    }
    Ok(work.commit(record).await?)
}

/// Asks for the end of a project in the background (T-1).
pub async fn submit_deletion(context: &Context, id_or_key: &str) -> Result<Task> {
    let project = deletable(context, id_or_key)?;
    let mut work = context.begin().await?;
    let task = tasks::submit(context, &mut work, &Job::DeleteProject { project_id: project.id }).await?;
    work.commit(Record::new("Project deletion submitted", Area::Projects, project.thing())).await?;
    Ok(task)
}

/// What [`Job::DeleteProject`] does.
pub async fn delete_in_background(run: &mut Run, project_id: i64) -> Result<End> {
    let context = run.context().await?;
    // Gone already: a server that began this job before did it.
    if let Some(project) = context.site.projects.get(project_id).filter(|project| project.deleted.is_none()) {
        delete(&context, &project.key, false).await?;
    }
    Ok(End::Complete(Value::Null))
}

/// A project that the caller may delete.
fn deletable<'a>(context: &'a Context, id_or_key: &str) -> Result<&'a Project> {
    context.account_id()?;
    let project = context.project(id_or_key)?;
    // The documents know no 403 here, but this use of 404.
    if !context.access().administers() {
        return Err(Context::no_project(id_or_key));
    }
    if project.archived.is_some() {
        return Err(Failure::not_found("An archived project cannot be deleted. Restore it first."));
    }
    Ok(project)
}

/// Another request was faster with the key or the name.
fn taken<'a>(key: &'a str, name: &'a str) -> impl Fn(db::Error) -> Failure + 'a {
    move |error| match db::constraint(&error) {
        Some("project_key_pkey") => {
            Failure::invalid_field("projectKey", format!("Project '{key}' uses this project key."))
        }
        Some("project_name") => {
            Failure::invalid_field("projectName", format!("A project with that name already exists: {name}"))
        }
        _ => error.into(),
    }
}
