//! Permission schemes, their grants, and the scheme of a project (U-26; observed shapes, "permission_schemes").

use crate::{
    app::{
        ADMINISTRATORS,
        permission_schemes::{self, NewGrant, SchemeInput, can_be_granted},
    },
    domain::{
        failure::{Failure, Result},
        permission::{NewHolder, PermissionGrant, PermissionScheme},
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        platform::projects::configured,
        routes::Routes,
        views::holder,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

/// Operations on permission schemes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/permissionscheme", get_all_permission_schemes)
        .post("/rest/api/3/permissionscheme", create_permission_scheme)
        .get("/rest/api/3/permissionscheme/{schemeId}", get_permission_scheme)
        .put("/rest/api/3/permissionscheme/{schemeId}", update_permission_scheme)
        .delete("/rest/api/3/permissionscheme/{schemeId}", delete_permission_scheme)
        .get("/rest/api/3/permissionscheme/{schemeId}/permission", get_permission_scheme_grants)
        .post("/rest/api/3/permissionscheme/{schemeId}/permission", create_permission_grant)
        .get("/rest/api/3/permissionscheme/{schemeId}/permission/{permissionId}", get_permission_scheme_grant)
        .delete("/rest/api/3/permissionscheme/{schemeId}/permission/{permissionId}", delete_permission_scheme_entity)
        .get("/rest/api/3/project/{projectKeyOrId}/permissionscheme", get_assigned_permission_scheme)
        .put("/rest/api/3/project/{projectKeyOrId}/permissionscheme", assign_permission_scheme)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SchemeBody {
    name: Option<String>,
    description: Option<String>,
    permissions: Option<Vec<GrantBody>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GrantBody {
    permission: Option<String>,
    holder: Option<HolderBody>,
}

/// A holder as answers show it, which clients send back.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct HolderBody {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    parameter: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    value: Option<String>,
    #[serde(rename = "expand")]
    _expand: IgnoredAny,
    #[serde(rename = "user")]
    _user: IgnoredAny,
    #[serde(rename = "group")]
    _group: IgnoredAny,
    #[serde(rename = "projectRole")]
    _role: IgnoredAny,
    #[serde(rename = "field")]
    _field: IgnoredAny,
}

impl SchemeBody {
    fn input(self, call: &Call) -> Result<SchemeInput> {
        let grants = self.permissions.map(|grants| grants.into_iter().map(|grant| grant.read(call)).collect());
        Ok(SchemeInput { name: self.name, description: self.description, grants: grants.transpose()? })
    }
}

impl GrantBody {
    fn read(self, call: &Call) -> Result<NewGrant> {
        let permission = self.permission.filter(|key| can_be_granted(key));
        let permission = permission.ok_or_else(|| Failure::invalid("The permission is not a project permission."))?;
        let holder = self.holder.unwrap_or_default();
        let [kind, parameter, value] = [&holder.kind, &holder.parameter, &holder.value].map(|text| text.as_deref());
        let holder = NewHolder::read(&call.site, kind, parameter, value);
        Ok(NewGrant { permission, holder: holder.map_err(Failure::invalid)? })
    }
}

async fn get_all_permission_schemes(call: Call) -> Answer {
    let schemes: Vec<Value> = call.site.permission_schemes.iter().map(|item| scheme(&call, item)).collect();
    ok(json!({ "permissionSchemes": schemes }))
}

async fn create_permission_scheme(Json(call, body): Json<SchemeBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let (made, grants) = permission_schemes::create(&call, body.input(&call)?).await?;
    created(view(&call, &made, &grants))
}

async fn get_permission_scheme(call: Call, Path(id): Path<String>) -> Answer {
    ok(scheme(&call, permission_schemes::get(&call, &id)?))
}

async fn update_permission_scheme(Path(id): Path<String>, Json(call, body): Json<SchemeBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let (changed, grants) = permission_schemes::update(&call, &id, body.input(&call)?).await?;
    ok(view(&call, &changed, &grants))
}

async fn delete_permission_scheme(call: Call, Path(id): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    permission_schemes::delete(&call, &id).await?;
    no_content()
}

async fn get_permission_scheme_grants(call: Call, Path(id): Path<String>) -> Answer {
    let scheme = permission_schemes::get(&call, &id)?;
    let grants: Vec<Value> = call.site.grants_of(scheme.id).iter().map(|item| grant(&call, item)).collect();
    ok(json!({ "permissions": grants, "expand": "user,group,projectRole,field,all" }))
}

async fn create_permission_grant(Path(id): Path<String>, Json(call, body): Json<GrantBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    const EXPANDS: [&str; 6] = ["permissions", "user", "group", "projectRole", "field", "all"];
    if let Some(unknown) = call.params.list("expand").iter().find(|name| !EXPANDS.contains(&name.as_str())) {
        return Err(Failure::invalid(format!("'{unknown}' can't be expanded.")).into());
    }
    let added = permission_schemes::add_grant(&call, &id, body.read(&call)?).await?;
    created(grant(&call, &added))
}

async fn get_permission_scheme_grant(call: Call, Path((id, grant_id)): Path<(String, String)>) -> Answer {
    let scheme = permission_schemes::get(&call, &id)?;
    let found = call.site.grants_of(scheme.id).iter().find(|grant| grant.id.to_string() == grant_id);
    let missing = || Failure::not_found(format!("Permission grant with id {grant_id} doesn't exist."));
    ok(grant(&call, found.ok_or_else(missing)?))
}

async fn delete_permission_scheme_entity(call: Call, Path((id, grant_id)): Path<(String, String)>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    permission_schemes::delete_grant(&call, &id, &grant_id).await?;
    no_content()
}

async fn get_assigned_permission_scheme(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = configured(&call, &id_or_key)?;
    let found = call.site.permission_schemes.get(project.permission_scheme_id);
    ok(scheme(&call, found.ok_or_else(|| Failure::not_found("The project has no permission scheme."))?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdBody {
    #[serde(deserialize_with = "lenient::int")]
    id: Option<i64>,
}

async fn assign_permission_scheme(Path(id_or_key): Path<String>, Json(call, body): Json<IdBody>) -> Answer {
    let project = call.project(&id_or_key)?;
    call.administers(ADMINISTRATORS)?;
    let id = body.id.ok_or_else(Failure::invalid_payload)?;
    ok(scheme(&call, permission_schemes::assign(&call, project, id).await?))
}

fn scheme(call: &Call, scheme: &PermissionScheme) -> Value {
    view(call, scheme, call.site.grants_of(scheme.id))
}

/// The grants come without being asked for (observed shapes, 4).
fn view(call: &Call, scheme: &PermissionScheme, grants: &[PermissionGrant]) -> Value {
    json!({
        "expand": "permissions,user,group,projectRole,field,all",
        "id": scheme.id,
        "self": call.links.api(format_args!("permissionscheme/{}", scheme.id)),
        "name": scheme.name,
        "description": scheme.description,
        "permissions": grants.iter().map(|item| grant(call, item)).collect::<Vec<_>>(),
    })
}

fn grant(call: &Call, grant: &PermissionGrant) -> Value {
    json!({
        "id": grant.id,
        "self": call.links.api(format_args!("permissionscheme/{}/permission/{}", grant.scheme_id, grant.id)),
        "holder": holder::holder(call, grant.holder()),
        "permission": grant.permission,
    })
}
