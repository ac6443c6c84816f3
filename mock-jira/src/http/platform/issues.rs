//! Issues and what hangs on them.

pub mod archive;
pub mod attachments;
pub mod bulk_properties;
pub mod changelog;
pub mod comments;
pub mod events;
pub mod issue;
pub mod limits;
pub mod links;
pub mod metadata;
pub mod notify;
pub mod picker;
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
        .and(events::routes())
        .and(archive::routes())
        .and(limits::routes())
        .and(notify::routes())
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
        .and(picker::routes())
}
