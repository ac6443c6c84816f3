//! The Jira Software API.

pub mod sprints;

use super::routes::Routes;

/// All operations served.
pub fn routes() -> Routes {
    sprints::routes()
}
