//! Permission schemes and issue security schemes, as far as they are read (U-26; observed shapes, "permission_schemes").

use crate::{
    domain::{
        config::{PermissionGrant, PermissionScheme},
        failure::Failure,
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

/// Operations on schemes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/permissionscheme", get_all_permission_schemes)
        .get("/rest/api/3/permissionscheme/{schemeId}", get_permission_scheme)
        .get("/rest/api/3/issuesecurityschemes", get_issue_security_schemes)
}

async fn get_all_permission_schemes(call: Call) -> Answer {
    let schemes: Vec<Value> = call.site.permission_schemes.iter().map(|item| scheme(&call, item)).collect();
    ok(json!({ "permissionSchemes": schemes }))
}

async fn get_permission_scheme(call: Call, Path(id): Path<String>) -> Answer {
    let found = call.site.permission_schemes.parse(&id);
    ok(scheme(
        &call,
        found.ok_or_else(|| Failure::not_found(format!("Permission scheme with id {id} doesn't exist.")))?,
    ))
}

/// No site has issue security yet.
async fn get_issue_security_schemes(call: Call) -> Answer {
    if !call.access().administers() {
        return Err(Failure::forbidden("You do not have permission to view issue security schemes.").into());
    }
    ok(json!({ "issueSecuritySchemes": [] }))
}

/// The grants come without being asked for (observed shapes, 4).
fn scheme(call: &Call, scheme: &PermissionScheme) -> Value {
    let grants = call.site.permission_grants.get(&scheme.id);
    json!({
        "expand": "permissions,user,group,projectRole,field,all",
        "id": scheme.id,
        "self": call.links.api(format_args!("permissionscheme/{}", scheme.id)),
        "name": scheme.name,
        "description": scheme.description,
        "permissions": grants.into_iter().flatten().map(|item| grant(call, item)).collect::<Vec<_>>(),
    })
}

fn grant(call: &Call, grant: &PermissionGrant) -> Value {
    let mut holder = json!({ "type": grant.holder });
    if let Some(parameter) = &grant.parameter {
        // A group is named in the parameter and identified in the value.
        let group = (grant.holder == "group").then(|| call.site.group(parameter)).flatten();
        holder["parameter"] = group.map_or(parameter.as_str(), |group| group.name.as_str()).into();
        holder["value"] = parameter.as_str().into();
        holder["expand"] = grant.holder.as_str().into();
    }
    json!({
        "id": grant.id,
        "self": call.links.api(format_args!("permissionscheme/{}/permission/{}", grant.scheme_id, grant.id)),
        "holder": holder,
        "permission": grant.permission,
    })
}
