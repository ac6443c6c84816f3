//! Who plays roles: in a project, and in new projects (U-30).

use crate::{
    app::roles::{self, ADMINISTRATORS, Actor, Casting},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        platform::projects::roles::administered,
        routes::Routes,
        views::parts,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use std::collections::BTreeMap;

/// Operations on role actors.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/project/{projectIdOrKey}/role/{id}", add_actor_users)
        .put("/rest/api/3/project/{projectIdOrKey}/role/{id}", set_actors)
        .delete("/rest/api/3/project/{projectIdOrKey}/role/{id}", delete_actor)
        .get("/rest/api/3/role/{id}/actors", get_project_role_actors_for_role)
        .post("/rest/api/3/role/{id}/actors", add_project_role_actors_to_role)
        .delete("/rest/api/3/role/{id}/actors", delete_project_role_actors_from_role)
}

/// Account ids, names of groups, ids of groups.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct ActorsBody {
    user: Option<Vec<String>>,
    group: Option<Vec<String>>,
    group_id: Option<Vec<String>>,
}

impl ActorsBody {
    fn actors(self, call: &Call) -> Result<Vec<Actor>> {
        if self.group.is_some() && self.group_id.is_some() {
            return Err(both_groups());
        }
        let [users, groups, ids] = [self.user, self.group, self.group_id].map(Option::unwrap_or_default);
        let users = users.iter().map(|id| roles::account(call, id));
        let groups = groups.iter().map(|name| roles::group_named(call, name));
        let ids = ids.iter().map(|id| roles::group(call, id));
        let actors = users.chain(groups).chain(ids).collect::<Result<Vec<Actor>>>()?;
        if actors.is_empty() { Err(no_actor()) } else { Ok(actors) }
    }
}

async fn add_actor_users(Path((id_or_key, id)): Path<(String, String)>, Json(call, body): Json<ActorsBody>) -> Answer {
    let (project, role) = administered(&call, &id_or_key, &id)?;
    let actors = roles::cast(&call, role, Some(project), &Casting::Add(body.actors(&call)?)).await?;
    ok(parts::role_played(&call, role, &format!("project/{}/role/{id}", project.id), actors.iter()))
}

/// The new actors by their kinds.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct CategorisedBody {
    categorised_actors: Option<BTreeMap<String, Vec<String>>>,
    #[serde(rename = "id")]
    _id: IgnoredAny,
}

async fn set_actors(Path((id_or_key, id)): Path<(String, String)>, Json(call, body): Json<CategorisedBody>) -> Answer {
    let (project, role) = administered(&call, &id_or_key, &id)?;
    let kinds = body.categorised_actors.ok_or_else(no_actor)?;
    let mut actors = Vec::new();
    for (kind, names) in &kinds {
        let find = match kind.as_str() {
            "atlassian-user-role-actor" => roles::account,
            "atlassian-group-role-actor" => roles::group_named,
            "atlassian-group-role-actor-id" => roles::group,
            _ => return Err(Failure::invalid(format!("'{kind}' is not a type of role actor.")).into()),
        };
        for name in names {
            actors.push(find(&call, name)?);
        }
    }
    let actors = roles::cast(&call, role, Some(project), &Casting::Set(actors)).await?;
    ok(parts::role_played(&call, role, &format!("project/{}/role/{id}", project.id), actors.iter()))
}

async fn delete_actor(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let place = administered(&call, &id_or_key, &id);
    let (project, role) = place.map_err(|failure| match failure {
        // The document knows no 401 here, but this use of 404.
        Failure::Unauthorized(sentence) => Failure::NotFound(sentence),
        other => other,
    })?;
    if let Some(actor) = named(&call)? {
        roles::cast(&call, role, Some(project), &Casting::Remove(actor)).await?;
    }
    no_content()
}

async fn get_project_role_actors_for_role(call: Call, Path(id): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let role = roles::find(&call, &id)?;
    let actors = call.site.role_actors.iter().filter(|actor| actor.role_id == role.id && actor.project_id.is_none());
    ok(parts::actors(&call, actors))
}

async fn add_project_role_actors_to_role(Path(id): Path<String>, Json(call, body): Json<ActorsBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let role = roles::find(&call, &id)?;
    if body.user.is_some() && (body.group.is_some() || body.group_id.is_some()) {
        return Err(Failure::invalid("Users and groups cannot be added in the same request.").into());
    }
    // The document knows 404 for the role alone.
    let actors = body.actors(&call).map_err(|failure| match failure {
        Failure::NotFound(sentence) => Failure::invalid(sentence),
        other => other,
    })?;
    let actors = roles::cast(&call, role, None, &Casting::Add(actors)).await?;
    ok(parts::actors(&call, actors.iter()))
}

async fn delete_project_role_actors_from_role(call: Call, Path(id): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let role = roles::find(&call, &id)?;
    match named(&call)? {
        Some(actor) => {
            let actors = roles::cast(&call, role, None, &Casting::Remove(actor)).await?;
            ok(parts::actors(&call, actors.iter()))
        }
        None => get_project_role_actors_for_role(call, Path(id)).await,
    }
}

/// The one actor that the query names; none if it names one that there is not, which plays no role (U-30).
fn named(call: &Call) -> Result<Option<Actor>> {
    let (user, group, group_id) = (call.params.text("user"), call.params.text("group"), call.params.text("groupId"));
    let found = match (user, group, group_id) {
        (Some(id), None, None) => Ok(Actor::Account(id.to_owned())),
        (None, Some(name), None) => roles::group_named(call, name),
        (None, None, Some(id)) => roles::group(call, id),
        (None, None, None) => return Err(no_actor()),
        (None, ..) => return Err(both_groups()),
        _ => return Err(Failure::invalid("A user and a group cannot be removed in the same request.")),
    };
    Ok(found.ok())
}

fn no_actor() -> Failure {
    Failure::invalid("You must specify at least one user or group.")
}

fn both_groups() -> Failure {
    Failure::invalid("The 'group' and 'groupId' parameters cannot be used together.")
}
