//! Shares of a filter, and how new filters are shared.

use super::id_of;
use crate::{
    app::{
        filters::{self, MISSING, Shared, no_share},
        sharing::{self, Named},
    },
    db,
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        routes::Routes,
        views::shared::share,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on shares.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/filter/defaultShareScope", get_default_share_scope)
        .put("/rest/api/3/filter/defaultShareScope", set_default_share_scope)
        .get("/rest/api/3/filter/{id}/permission", get_share_permissions)
        .post("/rest/api/3/filter/{id}/permission", add_share_permission)
        .get("/rest/api/3/filter/{id}/permission/{permissionId}", get_share_permission)
        .delete("/rest/api/3/filter/{id}/permission/{permissionId}", delete_share_permission)
}

async fn get_default_share_scope(call: Call) -> Answer {
    let scope = db::sharing::default_scope(&mut call.read().await?, call.account_id()?).await?;
    ok(json!({ "scope": scope }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeBody {
    scope: String,
}

async fn set_default_share_scope(Json(call, body): Json<ScopeBody>) -> Answer {
    let scope = sharing::set_default_scope(&call, &body.scope).await?;
    ok(json!({ "scope": scope }))
}

async fn visible(call: &Call, id: &str) -> Result<Shared> {
    let shared = filters::find(call, &mut call.read().await?, id_of(id)?, false).await?;
    shared.ok_or_else(|| Failure::not_found(MISSING))
}

async fn get_share_permissions(call: Call, Path(id): Path<String>) -> Answer {
    let shared = visible(&call, &id).await?;
    ok(shared.shares.iter().map(|one| share(&call, one)).collect::<Vec<Value>>())
}

async fn get_share_permission(call: Call, Path((id, share_id)): Path<(String, String)>) -> Answer {
    let share_id = id_of(&share_id)?;
    let shared = visible(&call, &id).await?;
    let found = shared.shares.iter().find(|share| share.id == share_id).ok_or_else(|| no_share(share_id))?;
    ok(share(&call, found))
}

/// A share in the flat form that only this operation takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct ShareBody {
    r#type: String,
    #[serde(deserialize_with = "lenient::text")]
    project_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    project_role_id: Option<String>,
    group_id: Option<String>,
    groupname: Option<String>,
    account_id: Option<String>,
    rights: Option<i64>,
}

/// The right to see.
const VIEW: i64 = 1;
/// The right to see and edit.
const VIEW_AND_EDIT: i64 = 3;

async fn add_share_permission(Path(id): Path<String>, Json(call, body): Json<ShareBody>) -> Answer {
    if body.group_id.is_some() && body.groupname.is_some() {
        return Err(Failure::invalid("A group can be given by 'groupId' or by 'groupname', not by both.").into());
    }
    let may_edit = match body.rights {
        None | Some(VIEW) => false,
        Some(VIEW_AND_EDIT) => true,
        Some(other) => return Err(Failure::invalid(format!("The share rights '{other}' are not valid.")).into()),
    };
    // A plain project has no role, whatever else is given.
    let role = body.project_role_id.filter(|_| body.r#type == "projectRole");
    let named =
        Named { project: body.project_id, role, group: body.group_id.or(body.groupname), account: body.account_id };
    let target = named.target(&call, &body.r#type).map_err(Failure::invalid)?;
    let shares = filters::share(&call, id_of(&id)?, target, may_edit).await?;
    created(shares.iter().map(|one| share(&call, one)).collect::<Vec<Value>>())
}

async fn delete_share_permission(call: Call, Path((id, share_id)): Path<(String, String)>) -> Answer {
    filters::unshare(&call, id_of(&id)?, id_of(&share_id)?).await?;
    no_content()
}
