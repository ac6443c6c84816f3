//! Roles, and who plays them in projects and in new projects (U-30).

use super::Context;
use crate::{
    db::{self, Work},
    domain::{
        audit::{Area, Record, Thing},
        config::{Project, Role, RoleActor},
        failure::{Failure, Result},
        naming::NAME,
        workflow::Workflow,
    },
};
use uuid::Uuid;

/// The refusal of who does not administer Jira.
pub const ADMINISTRATORS: &str = "You must be authenticated as an administrator to see project roles.";

/// An account or a group that plays a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Account id.
    Account(String),
    /// Everybody in the group.
    Group(Uuid),
}

impl Actor {
    fn is(&self, actor: &RoleActor) -> bool {
        match self {
            Self::Account(id) => actor.account_id.as_ref() == Some(id),
            Self::Group(id) => actor.group_id == Some(*id),
        }
    }
}

/// Creates a role, which nobody plays yet.
pub async fn create(context: &Context, name: &str, description: &str) -> Result<Role> {
    context.administers(ADMINISTRATORS)?;
    check_name(name)?;
    if context.site.roles.iter().any(|role| role.project_id.is_none() && role.name.eq_ignore_ascii_case(name)) {
        return Err(Failure::Conflict(name_taken(name)));
    }
    let mut work = context.begin().await?;
    work.changes_configuration();
    let role = Role {
        id: work.next_id("role").await?,
        name: name.to_owned(),
        description: description.to_owned(),
        project_id: None,
    };
    db::roles::put(&mut work, &role).await.map_err(taken(name, Failure::Conflict))?;
    work.commit(record("Project role created", &role)).await?;
    Ok(role)
}

/// Changes a role's name or description, or both.
pub async fn update(context: &Context, id: &str, name: Option<&str>, description: Option<&str>) -> Result<Role> {
    context.administers(ADMINISTRATORS)?;
    let role = find(context, id)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let old = db::roles::lock(&mut work, role.id).await?.ok_or_else(|| missing(id))?;
    let mut role = old.clone();
    if let Some(name) = name {
        check_name(name)?;
        name.clone_into(&mut role.name);
    }
    if let Some(description) = description {
        description.clone_into(&mut role.description);
    }
    // The document knows no 409 here.
    db::roles::put(&mut work, &role).await.map_err(taken(&role.name, Failure::invalid))?;
    let record = record("Project role updated", &role).change("Name", Some(&old.name), Some(&role.name)).change(
        "Description",
        Some(&old.description),
        Some(&role.description),
    );
    work.commit(record).await?;
    Ok(role)
}

/// Deletes a role. Where it is in use another one takes its place.
pub async fn delete(context: &Context, id: &str, swap: Option<i64>) -> Result<()> {
    context.administers(ADMINISTRATORS)?;
    let found = find(context, id)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let role = db::roles::lock(&mut work, found.id).await?.ok_or_else(|| missing(id))?;
    let other = match swap {
        None => None,
        Some(other) => {
            let other = db::roles::lock(&mut work, other).await?.filter(|other| other.id != role.id);
            Some(other.ok_or_else(|| Failure::invalid("The replacement project role does not exist."))?.id)
        }
    };
    let mut in_use = db::roles::in_use(&mut work, role.id).await?;
    for (id, definition) in db::roles::lock_workflows(&mut work).await? {
        let mut workflow: Workflow = serde_json::from_value(definition)?;
        if workflow.replace_role(role.id, other) {
            in_use = true;
            db::workflows::change(&mut work, &id, None, &workflow, false).await?;
        }
    }
    match other {
        Some(other) => db::roles::replace(&mut work, role.id, other).await?,
        None if in_use => {
            let sentence = format!("The project role '{}' is in use. A replacement project role is needed.", role.name);
            return Err(Failure::Conflict(sentence));
        }
        None => {}
    }
    db::roles::delete(&mut work, role.id).await?;
    work.commit(record("Project role deleted", &role)).await?;
    Ok(())
}

/// What happens to the actors of a role.
#[derive(Debug)]
pub enum Casting {
    /// These play it, too.
    Add(Vec<Actor>),
    /// These alone play it.
    Set(Vec<Actor>),
    /// This one does not play it any more, if it did.
    Remove(Actor),
}

/// Changes who plays a role in a project, or in new projects; who plays it afterwards.
pub async fn cast(
    context: &Context,
    role: &Role,
    project: Option<&Project>,
    casting: &Casting,
) -> Result<Vec<RoleActor>> {
    let mut work = context.begin().await?;
    work.changes_configuration();
    let project_id = project.map(|project| project.id);
    db::roles::lock(&mut work, role.id).await?.ok_or_else(|| missing(&role.id.to_string()))?;
    let actors = db::roles::actors(&mut work, role.id, project_id).await?;
    let plays = |actor: &Actor| actors.iter().any(|other| actor.is(other));
    let gone = actors.iter().filter(|actor| match casting {
        Casting::Add(_) => false,
        Casting::Set(wanted) => !wanted.iter().any(|wanted| wanted.is(actor)),
        Casting::Remove(unwanted) => unwanted.is(actor),
    });
    for actor in gone {
        db::roles::delete_actor(&mut work, actor.id).await?;
    }
    match casting {
        Casting::Add(new) => {
            if let Some(known) = new.iter().find(|actor| plays(actor)) {
                let name = display_name(context, known);
                return Err(Failure::invalid(format!("'{name}' is already a member of the project role.")));
            }
            add(&mut work, role, project_id, new).await?;
        }
        Casting::Set(wanted) => {
            let new: Vec<Actor> = wanted.iter().filter(|actor| !plays(actor)).cloned().collect();
            add(&mut work, role, project_id, &new).await?;
        }
        Casting::Remove(_) => {}
    }
    let left = db::roles::actors(&mut work, role.id, project_id).await?;
    let names = |actors: &[RoleActor]| {
        let actor = |actor: &RoleActor| match actor.group_id {
            Some(id) => display_name(context, &Actor::Group(id)),
            None => display_name(context, &Actor::Account(actor.account_id.clone().unwrap_or_default())),
        };
        actors.iter().map(actor).collect::<Vec<_>>().join(", ")
    };
    let mut record = record("Project roles changed", role).change("Actors", Some(&names(&actors)), Some(&names(&left)));
    if let Some(project) = project {
        record = record.with(project.thing());
    }
    work.commit(record).await?;
    Ok(left)
}

async fn add(work: &mut Work, role: &Role, project_id: Option<i64>, new: &[Actor]) -> Result<()> {
    for (at, actor) in new.iter().enumerate() {
        if new[..at].contains(actor) {
            continue;
        }
        let (account_id, group_id) = match actor {
            Actor::Account(id) => (Some(id.clone()), None),
            Actor::Group(id) => (None, Some(*id)),
        };
        let id = work.next_id("role_actor").await?;
        let actor = RoleActor { id, role_id: role.id, project_id, account_id, group_id };
        db::roles::insert_actor(work, &actor).await?;
    }
    Ok(())
}

/// The account of that id, if it can play a role.
pub fn account(context: &Context, id: &str) -> Result<Actor> {
    let account = context.site.accounts.get(id).filter(|account| account.active);
    let account =
        account.ok_or_else(|| Failure::not_found(format!("We can't find the user with account ID '{id}'.")))?;
    Ok(Actor::Account(account.account_id.clone()))
}

/// The group of that name.
pub fn group_named(context: &Context, name: &str) -> Result<Actor> {
    let group = context.site.groups.iter().find(|group| group.name == name);
    Ok(Actor::Group(group.ok_or_else(|| no_group(name))?.group_id))
}

/// The group of that id.
pub fn group(context: &Context, id: &str) -> Result<Actor> {
    let uuid = Uuid::try_parse(id).ok();
    let group = context.site.groups.iter().find(|group| Some(group.group_id) == uuid);
    Ok(Actor::Group(group.ok_or_else(|| no_group(id))?.group_id))
}

fn no_group(name: &str) -> Failure {
    Failure::not_found(format!("We can't find the group '{name}'."))
}

fn display_name(context: &Context, actor: &Actor) -> String {
    match actor {
        Actor::Account(id) => context.site.accounts.get(id).map_or_else(|| id.clone(), |it| it.display_name.clone()),
        Actor::Group(id) => context.site.group(&id.to_string()).map_or_else(|| id.to_string(), |it| it.name.clone()),
    }
}

/// A role by id.
pub fn find<'a>(context: &'a Context, id: &str) -> Result<&'a Role> {
    context.site.roles.parse(id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("Can not find project role with id '{id}'."))
}

fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.trim() != name {
        return Err(Failure::invalid("The name of a project role cannot be empty or start or end with whitespace."));
    }
    if name.chars().count() > NAME {
        return Err(Failure::invalid(format!("The name of a project role must not exceed {NAME} characters.")));
    }
    Ok(())
}

fn name_taken(name: &str) -> String {
    format!("A project role with name '{name}' already exists.")
}

/// Another role has the name.
fn taken(name: &str, refuse: impl Fn(String) -> Failure) -> impl Fn(db::Error) -> Failure {
    let sentence = name_taken(name);
    move |error| match db::constraint(&error) {
        Some("role_name") => refuse(sentence.clone()),
        _ => error.into(),
    }
}

fn record(summary: &str, role: &Role) -> Record {
    Record::new(summary, Area::Projects, Thing::new("PROJECT_ROLE", role.id, &role.name))
}
