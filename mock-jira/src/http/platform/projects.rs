//! Projects and what belongs to them.

pub mod avatars;
pub mod categories;
pub mod components;
pub mod email;
pub mod features;
pub mod notification_scheme;
pub mod parts;
pub mod project;
pub mod properties;
pub mod related_work;
pub mod role_actors;
pub mod roles;
pub mod search;
pub mod types;
pub mod validate;
pub mod versions;

use crate::{
    domain::{
        config::Project,
        failure::{Failure, Result},
    },
    http::{call::Call, routes::Routes},
};

/// All operations served.
pub fn routes() -> Routes {
    project::routes()
        .and(search::routes())
        .and(parts::routes())
        .and(components::routes())
        .and(avatars::routes())
        .and(properties::routes())
        .and(features::routes())
        .and(email::routes())
        .and(notification_scheme::routes())
        .and(versions::routes())
        .and(related_work::routes())
        .and(roles::routes())
        .and(role_actors::routes())
        .and(types::routes())
        .and(validate::routes())
        .and(categories::routes())
}

/// A project that the caller may configure.
pub fn configured<'a>(call: &'a Call, id_or_key: &str) -> Result<&'a Project> {
    let project = call.project(id_or_key)?;
    if call.access().administers_project(project) {
        return Ok(project);
    }
    Err(Failure::forbidden("You cannot edit the configuration of this project."))
}

/// Whether `query` is in the name or the description, in any case.
fn found(call: &Call, name: &str, description: Option<&str>) -> bool {
    call.params.text("query").map(str::to_lowercase).is_none_or(|query| {
        name.to_lowercase().contains(&query) || description.is_some_and(|text| text.to_lowercase().contains(&query))
    })
}
