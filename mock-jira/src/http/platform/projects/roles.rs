//! Roles, and who plays them in a project (U-28, U-30).

use crate::{
    domain::{
        config::{Project, Role, RoleActor},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::{self, parts},
    },
};
use axum::extract::Path;
use serde_json::Value;

/// Operations on roles.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/role", get_all_project_roles)
        .get("/rest/api/3/role/{id}", get_project_role_by_id)
        .get("/rest/api/3/project/{projectIdOrKey}/role", get_project_roles)
        .get("/rest/api/3/project/{projectIdOrKey}/role/{id}", get_project_role)
}

async fn get_all_project_roles(call: Call) -> Answer {
    administers(&call)?;
    ok(call.site.roles.iter().map(|role| parts::role(&call, role)).collect::<Vec<Value>>())
}

/// The role with those who play it in new projects.
async fn get_project_role_by_id(call: Call, Path(id): Path<String>) -> Answer {
    administers(&call)?;
    let role = call.site.roles.parse(&id).ok_or_else(no_role)?;
    let actors = call.site.role_actors.of(None).iter().filter(|actor| actor.role_id == role.id);
    ok(parts::role_played(&call, role, &format!("role/{id}"), actors))
}

async fn get_project_roles(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    if !call.access().administers_some_project() {
        return Err(no_administrator().into());
    }
    ok(views::project::roles(&call, project))
}

async fn get_project_role(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let active_only = call.params.flag("excludeInactiveUsers", false)?;
    let project = call.project(&id_or_key)?;
    if !call.access().administers_project(project) {
        return Err(no_administrator().into());
    }
    let role = call.site.roles_of(project).find(|role| role.id.to_string() == id).ok_or_else(no_role)?;
    let inactive = |actor: &RoleActor| {
        let account = actor.account_id.as_ref().and_then(|id| call.site.accounts.get(id));
        account.is_some_and(|account| !account.active)
    };
    let actors = actors(&call, project, role).filter(|actor| !(active_only && inactive(actor)));
    ok(parts::role_played(&call, role, &format!("project/{}/role/{id}", project.id), actors))
}

fn actors<'a>(call: &'a Call, project: &Project, role: &Role) -> impl Iterator<Item = &'a RoleActor> {
    let role_id = role.id;
    call.site.role_actors.of(Some(project.id)).iter().filter(move |actor| actor.role_id == role_id)
}

fn administers(call: &Call) -> Result<()> {
    if call.access().administers() {
        return Ok(());
    }
    Err(Failure::forbidden("You must be authenticated as an administrator to see project roles."))
}

/// Recorded for an anonymous caller (U-28); the document has 401 for any caller without the permission.
fn no_administrator() -> Failure {
    Failure::Unauthorized("You cannot edit the configuration of this project.".into())
}

fn no_role() -> Failure {
    Failure::not_found("Can not retrieve a role actor for a null project role.")
}
