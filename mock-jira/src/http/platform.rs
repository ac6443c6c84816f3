//! The platform API, versions 2 and 3.

pub mod avatars;
pub mod fields;
pub mod filters;
pub mod instance;
pub mod issue_link_types;
pub mod issue_type_schemes;
pub mod issue_types;
pub mod issues;
pub mod permission_schemes;
pub mod permissions;
pub mod priorities;
pub mod priority_schemes;
pub mod projects;
pub mod resolutions;
pub mod statuses;
pub mod tasks;
pub mod users;

use super::routes::Routes;

/// All operations served.
pub fn routes() -> Routes {
    issues::routes()
        .and(projects::routes())
        .and(avatars::routes())
        .and(users::routes())
        .and(permissions::routes())
        .and(permission_schemes::routes())
        .and(fields::routes())
        .and(filters::routes())
        .and(issue_types::routes())
        .and(issue_link_types::routes())
        .and(issue_type_schemes::routes())
        .and(priorities::routes())
        .and(priority_schemes::routes())
        .and(resolutions::routes())
        .and(statuses::routes())
        .and(tasks::routes())
        .and(instance::routes())
}
