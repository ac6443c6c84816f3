//! The platform API, versions 2 and 3.

pub mod application_roles;
pub mod auditing;
pub mod avatars;
pub mod bulk;
pub mod dashboards;
pub mod expressions;
pub mod fields;
pub mod filters;
pub mod instance;
pub mod issue_link_types;
pub mod issue_type_schemes;
pub mod issue_types;
pub mod issues;
pub mod jql;
pub mod labels;
pub mod my_preferences;
pub mod permission_schemes;
pub mod permissions;
pub mod priorities;
pub mod priority_schemes;
pub mod projects;
pub mod resolutions;
pub mod screens;
pub mod security_schemes;
pub mod settings;
mod sought;
pub mod statuses;
pub mod tasks;
pub mod users;
pub mod workflow_schemes;
pub mod workflows;

use super::routes::Routes;

/// All operations served.
pub fn routes() -> Routes {
    issues::routes()
        .and(bulk::routes())
        .and(projects::routes())
        .and(avatars::routes())
        .and(users::routes())
        .and(my_preferences::routes())
        .and(application_roles::routes())
        .and(permissions::routes())
        .and(permission_schemes::routes())
        .and(security_schemes::routes())
        .and(auditing::routes())
        .and(fields::routes())
        .and(filters::routes())
        .and(jql::routes())
        .and(expressions::routes())
        .and(dashboards::routes())
        .and(issue_types::routes())
        .and(issue_link_types::routes())
        .and(labels::routes())
        .and(issue_type_schemes::routes())
        .and(priorities::routes())
        .and(priority_schemes::routes())
        .and(resolutions::routes())
        .and(statuses::routes())
        .and(tasks::routes())
        .and(instance::routes())
        .and(settings::routes())
        .and(screens::routes())
        .and(workflows::routes())
        .and(workflow_schemes::routes())
}
