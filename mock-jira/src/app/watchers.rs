//! Watchers: who may make whom watch an issue.

use super::{Context, issues};
use crate::{
    db::{self, Read, Work},
    domain::{
        audit::Thing,
        config::Project,
        failure::{Failure, Result},
        issue::Issue,
        permission::Access,
    },
};

/// Makes an account watch an issue: the caller's own, unless another is named (J-115).
pub async fn add(context: &Context, id_or_key: &str, account_id: Option<&str>) -> Result<()> {
    let account_id = account_id.map_or_else(|| context.account_id(), Ok)?;
    let mut work = context.begin().await?;
    add_within(context, &mut work, id_or_key, account_id).await?;
    Ok(work.commit_recorded().await?)
}

/// The same in a transaction of the caller's.
pub async fn add_within(context: &Context, work: &mut Work, id_or_key: &str, account_id: &str) -> Result<()> {
    let issue = managed(context, work, id_or_key, account_id).await?;
    let project = context.project_of(&issue)?;
    let watcher = context.site.caller(account_id).unwrap_or_default();
    if !Access::new(&context.site, &watcher).on(project, issue.people(), "BROWSE_PROJECTS") {
        return Err(Failure::invalid(format!(
            "The user \"{account_id}\" does not have permission to view this issue. This user will not be added to the watch list."
        )));
    }
    db::watchers::insert(work, issue.id, account_id).await?;
    let watcher = Thing::new("USER", account_id, account_id);
    work.record(context.issue_record("Watcher added", &issue).with(watcher));
    Ok(())
}

/// Ends that an account watches an issue (J-115).
pub async fn remove(context: &Context, id_or_key: &str, account_id: &str) -> Result<()> {
    let mut work = context.begin().await?;
    remove_within(context, &mut work, id_or_key, account_id).await?;
    Ok(work.commit_recorded().await?)
}

/// The same in a transaction of the caller's.
pub async fn remove_within(context: &Context, work: &mut Work, id_or_key: &str, account_id: &str) -> Result<()> {
    let issue = managed(context, work, id_or_key, account_id).await?;
    db::watchers::delete(work, issue.id, account_id).await?;
    let watcher = Thing::new("USER", account_id, account_id);
    work.record(context.issue_record("Watcher removed", &issue).with(watcher));
    Ok(())
}

/// An issue that the caller sees, if people can watch issues at all.
pub async fn watchable<'a>(context: &'a Context, db: &mut Read, id_or_key: &str) -> Result<(Issue, &'a Project)> {
    let found = issues::visible(context, db, id_or_key).await?;
    if context.site.site.settings.watching_enabled {
        return Ok(found);
    }
    Err(Failure::not_found("Watching issues is currently not enabled for this Jira instance."))
}

/// The issue, if the caller may decide whether the account watches it: everybody may for themselves.
async fn managed(context: &Context, work: &mut Work, id_or_key: &str, account_id: &str) -> Result<Issue> {
    let (issue, project) = watchable(context, work, id_or_key).await?;
    if !context.caller.is(Some(account_id)) && !context.access().on(project, issue.people(), "MANAGE_WATCHERS") {
        return Err(Failure::forbidden("You do not have permission to manage the watcher list."));
    }
    if !context.site.accounts.contains_key(account_id) {
        return Err(Failure::no_user());
    }
    Ok(issue)
}
