//! Issues and what hangs on them.

pub mod attachments;
pub mod bulk_properties;
pub mod changelog;
pub mod comments;
pub mod issue;
pub mod links;
pub mod metadata;
pub mod properties;
pub mod remote_links;
pub mod search;
pub mod transitions;
pub mod votes;
pub mod watchers;
pub mod worklogs;

use crate::http::routes::Routes;

/// All operations served.
pub fn routes() -> Routes {
    issue::routes()
        .and(metadata::routes())
        .and(transitions::routes())
        .and(changelog::routes())
        .and(comments::routes())
        .and(attachments::routes())
        .and(worklogs::routes())
        .and(links::routes())
        .and(remote_links::routes())
        .and(watchers::routes())
        .and(votes::routes())
        .and(properties::routes())
        .and(bulk_properties::routes())
        .and(search::routes())
}
