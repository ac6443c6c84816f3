//! Projects and what belongs to them.

pub mod categories;
pub mod parts;
pub mod project;
pub mod roles;
pub mod search;
pub mod types;
pub mod validate;

use crate::http::routes::Routes;

/// All operations served.
pub fn routes() -> Routes {
    project::routes()
        .and(search::routes())
        .and(parts::routes())
        .and(roles::routes())
        .and(types::routes())
        .and(validate::routes())
        .and(categories::routes())
}
