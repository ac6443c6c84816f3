//! Accounts and groups (U-1 to U-20).

pub mod columns;
pub mod email;
pub mod groups;
pub mod picker;
pub mod properties;
pub mod query;
pub mod search;
pub mod user;

use crate::{
    domain::{
        failure::{Failure, Result},
        people::Account,
    },
    http::{call::Call, routes::Routes},
};

/// All operations served.
pub fn routes() -> Routes {
    user::routes()
        .and(email::routes())
        .and(columns::routes())
        .and(properties::routes())
        .and(search::routes())
        .and(query::routes())
        .and(picker::routes())
        .and(groups::routes())
}

/// Whether the caller may find people and groups.
fn may_browse(call: &Call) -> bool {
    call.access().global("USER_PICKER")
}

/// The same for operations that say so if not.
fn must_browse(call: &Call) -> Result<()> {
    if may_browse(call) {
        return Ok(());
    }
    Err(Failure::forbidden("You do not have permission to browse users and groups."))
}

/// All accounts, by name.
fn by_name(call: &Call) -> Vec<&Account> {
    let mut accounts: Vec<&Account> = call.site.accounts.values().map(AsRef::as_ref).collect();
    accounts.sort_by_cached_key(|account| (account.display_name.to_lowercase(), account.account_id.clone()));
    accounts
}

/// HTML of a text with the first place marked that a search found, in any case.
pub fn marked(text: &str, query: &str, element: &str) -> String {
    let lower = text.to_lowercase();
    let at = lower.find(&query.to_lowercase()).filter(|_| !query.is_empty() && lower.len() == text.len());
    let parts =
        at.and_then(|at| Some((text.get(..at)?, text.get(at..at + query.len())?, text.get(at + query.len()..)?)));
    match parts {
        Some((before, found, after)) => {
            format!("{}<{element}>{}</{element}>{}", escaped(before), escaped(found), escaped(after))
        }
        None => escaped(text),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_what_was_found() {
        for (text, query, html) in [
            ("Dana Developer", "dev", "Dana <strong>Dev</strong>eloper"),
            ("Dana Developer", "", "Dana Developer"),
            ("<b>", "x", "&lt;b&gt;"),
            // Lower case of another length would mark the wrong place.
            ("İstanbul x", "x", "İstanbul x"),
        ] {
            assert_eq!(marked(text, query, "strong"), html);
        }
    }
}
