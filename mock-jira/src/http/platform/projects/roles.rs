//! Roles of the site and of projects (U-28, U-30).

use crate::{
    app::{
        Context,
        roles::{self, ADMINISTRATORS},
    },
    domain::{
        config::{Project, Role, RoleActor},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        routes::Routes,
        views::{self, parts},
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::Value;

/// The role that apps play.
const APPS: &str = "atlassian-addons-project-access";

/// Operations on roles.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/role", get_all_project_roles)
        .post("/rest/api/3/role", create_project_role)
        .get("/rest/api/3/role/{id}", get_project_role_by_id)
        .post("/rest/api/3/role/{id}", partial_update_project_role)
        .put("/rest/api/3/role/{id}", fully_update_project_role)
        .delete("/rest/api/3/role/{id}", delete_project_role)
        .get("/rest/api/3/project/{projectIdOrKey}/role", get_project_roles)
        .get("/rest/api/3/project/{projectIdOrKey}/role/{id}", get_project_role)
        .get("/rest/api/3/project/{projectIdOrKey}/roledetails", get_project_role_details)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RoleBody {
    name: Option<String>,
    description: Option<String>,
}

async fn get_all_project_roles(call: Call) -> Answer {
    call.administers(ADMINISTRATORS)?;
    ok(call.site.roles.iter().map(|role| parts::role(&call, role)).collect::<Vec<Value>>())
}

async fn create_project_role(Json(call, body): Json<RoleBody>) -> Answer {
    let name = body.name.unwrap_or_default();
    let role = roles::create(&call, &name, body.description.as_deref().unwrap_or_default()).await?;
    ok(parts::role(&call, &role))
}

/// The role with those who play it in new projects.
async fn get_project_role_by_id(call: Call, Path(id): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    ok(with_default_actors(&call, roles::find(&call, &id)?))
}

/// Changes the name, or else the description.
async fn partial_update_project_role(Path(id): Path<String>, Json(call, body): Json<RoleBody>) -> Answer {
    let (name, description) = match (body.name.as_deref(), body.description.as_deref()) {
        (Some(name), _) => (Some(name), None),
        (None, Some(description)) => (None, Some(description)),
        (None, None) => {
            call.administers(ADMINISTRATORS)?;
            return Err(Failure::invalid("A name or a description of the project role must be provided.").into());
        }
    };
    ok(with_default_actors(&call, &roles::update(&call, &id, name, description).await?))
}

async fn fully_update_project_role(Path(id): Path<String>, Json(call, body): Json<RoleBody>) -> Answer {
    let (Some(name), Some(description)) = (body.name, body.description) else {
        call.administers(ADMINISTRATORS)?;
        return Err(Failure::invalid("Both the name and the description of the project role must be provided.").into());
    };
    ok(with_default_actors(&call, &roles::update(&call, &id, Some(&name), Some(&description)).await?))
}

async fn delete_project_role(call: Call, Path(id): Path<String>) -> Answer {
    roles::delete(&call, &id, call.params.long("swap")?).await?;
    no_content()
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
    let (project, role) = administered(&call, &id_or_key, &id)?;
    let inactive = |actor: &RoleActor| {
        let account = actor.account_id.as_ref().and_then(|id| call.site.accounts.get(id));
        account.is_some_and(|account| !account.active)
    };
    let plays = |actor: &&RoleActor| actor.role_id == role.id && actor.project_id == Some(project.id);
    let actors = call.site.role_actors.iter().filter(plays).filter(|actor| !(active_only && inactive(actor)));
    ok(parts::role_played(&call, role, &format!("project/{}/role/{id}", project.id), actors))
}

async fn get_project_role_details(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let own_only = call.params.flag("currentMember", false)?;
    let without_apps = call.params.flag("excludeConnectAddons", false)?;
    call.params.flag("excludeOtherServiceRoles", false)?; // there are none
    let project = call.project(&id_or_key)?;
    if !call.access().administers_project(project) {
        return Err(Context::no_project(&id_or_key).into()); // the document knows no 403 here
    }
    let own: Vec<i64> = call.access().roles(project).collect();
    let wanted = |role: &&Role| !(own_only && !own.contains(&role.id) || without_apps && role.name == APPS);
    let roles = call.site.roles_of(project).filter(wanted);
    ok(roles.map(|role| parts::role_detailed(&call, project, role)).collect::<Vec<Value>>())
}

/// A role of a project that the caller administers.
pub fn administered<'a>(call: &'a Call, id_or_key: &str, role_id: &str) -> Result<(&'a Project, &'a Role)> {
    let project = call.project(id_or_key)?;
    if !call.access().administers_project(project) {
        return Err(no_administrator());
    }
    let role = call.site.roles_of(project).find(|role| role.id.to_string() == role_id);
    let role = role.ok_or_else(|| Failure::not_found("Can not retrieve a role actor for a null project role."))?;
    Ok((project, role))
}

fn with_default_actors(call: &Call, role: &Role) -> Value {
    let actors = call.site.role_actors.of(None).iter().filter(|actor| actor.role_id == role.id);
    parts::role_played(call, role, &format!("role/{}", role.id), actors)
}

/// Recorded for an anonymous caller (U-28); the document has 401 for any caller without the permission.
fn no_administrator() -> Failure {
    Failure::Unauthorized("You cannot edit the configuration of this project.".into())
}
