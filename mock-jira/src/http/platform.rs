//! The platform API, versions 2 and 3.

pub mod issues;
pub mod projects;

use super::routes::Routes;

/// All operations served.
pub fn routes() -> Routes {
    issues::routes()
        .and(projects::routes())
}
