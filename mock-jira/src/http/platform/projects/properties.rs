//! Properties of projects (J-118).

use crate::{
    app::properties::Owner,
    domain::{
        config::Project,
        failure::{Failure, Result},
    },
    http::{answer::Answer, call::Call, properties, routes::Routes},
};
use axum::extract::{Path, Request};

/// Operations on properties.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectIdOrKey}/properties", get_project_property_keys)
        .get("/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", get_project_property)
        .put("/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", set_project_property)
        .delete("/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", delete_project_property)
}

async fn get_project_property_keys(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let path = format!("project/{}", project.key);
    properties::keys(&call, &mut call.read().await?, &owner(project), &path).await
}

async fn get_project_property(call: Call, Path((id_or_key, key)): Path<(String, String)>) -> Answer {
    let project = call.project(&id_or_key)?;
    properties::get(&mut call.read().await?, &owner(project), &key).await
}

async fn set_project_property(call: Call, Path((id_or_key, key)): Path<(String, String)>, request: Request) -> Answer {
    let project = administered(&call, &id_or_key)?;
    properties::set(call.begin().await?, &owner(project), &key, request).await
}

async fn delete_project_property(call: Call, Path((id_or_key, key)): Path<(String, String)>) -> Answer {
    let project = administered(&call, &id_or_key)?;
    properties::delete(call.begin().await?, &owner(project), &key).await
}

fn owner(project: &Project) -> Owner {
    Owner::new("project", project.thing())
}

fn administered<'a>(call: &'a Call, id_or_key: &str) -> Result<&'a Project> {
    let project = call.project(id_or_key)?;
    if call.access().administers_project(project) {
        return Ok(project);
    }
    Err(Failure::forbidden("You do not have permission to administer this project."))
}
