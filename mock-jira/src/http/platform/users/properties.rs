//! Properties of accounts (U-15, J-118).

use crate::{
    app::properties::{Owner, USER},
    domain::failure::{Failure, Result},
    http::{answer::Answer, call::Call, properties, routes::Routes},
};
use axum::extract::{Path, Request};

/// Operations on properties.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/user/properties", get_user_property_keys)
        .get("/rest/api/3/user/properties/{propertyKey}", get_user_property)
        .put("/rest/api/3/user/properties/{propertyKey}", set_user_property)
        .delete("/rest/api/3/user/properties/{propertyKey}", delete_user_property)
}

async fn get_user_property_keys(call: Call) -> Answer {
    let owner = owner(&call)?;
    let link = |key: &str| format!("user/properties/{key}?accountId={}", owner.id);
    properties::keys_at(&call, &mut call.read().await?, &owner, link).await
}

async fn get_user_property(call: Call, Path(key): Path<String>) -> Answer {
    properties::get(&mut call.read().await?, &owner(&call)?, &key).await
}

async fn set_user_property(call: Call, Path(key): Path<String>, request: Request) -> Answer {
    let owner = owner(&call)?;
    properties::set(call.begin().await?, &owner, &key, request).await
}

async fn delete_user_property(call: Call, Path(key): Path<String>) -> Answer {
    let owner = owner(&call)?;
    properties::delete(call.begin().await?, &owner, &key).await
}

/// The account that `accountId` names, which must be given (U-15). Others than the caller are for administrators.
fn owner(call: &Call) -> Result<Owner> {
    let own = call.account_id()?;
    let id = call.params.text("accountId");
    let id = id.ok_or_else(|| Failure::invalid("The accountId query parameter must be provided."))?;
    if id != own && !call.access().administers() {
        return Err(Failure::forbidden("You do not have permission to see or change the properties of other users."));
    }
    if !call.site.accounts.contains_key(id) {
        return Err(Failure::no_user());
    }
    Ok(Owner::new(USER, call.user_thing(id)))
}
