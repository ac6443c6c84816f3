//! Links of issues to things outside of Jira (J-114).

use super::{Context, issues, links::DISABLED};
use crate::{
    db::{self, Read, Work},
    domain::{
        audit::Thing,
        failure::{Failure, Result},
        issue::{Issue, References, changes::ChangeItem, edit::Extras},
        remote_link::RemoteLink,
    },
};

/// Nothing is to be done with links while nobody can link issues.
pub fn check_enabled(context: &Context) -> Result<()> {
    if context.site.site.settings.issue_linking_enabled { Ok(()) } else { Err(Failure::forbidden(DISABLED)) }
}

/// How a request names a remote link of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'a> {
    /// Its id.
    Id(&'a str),
    /// The id of the linked thing in its own system.
    Global(&'a str),
}

/// A remote link of an issue that the caller sees, with its id.
pub async fn get(db: &mut Read, issue: &Issue, name: Name<'_>) -> Result<(i64, RemoteLink)> {
    match name {
        Name::Global(global_id) => {
            let missing = || Failure::not_found(format!("No remote issue link with globalId '{global_id}' exists."));
            db::remote_links::find_global(db, issue.id, global_id).await?.ok_or_else(missing)
        }
        Name::Id(text) => {
            let id = text.parse().map_err(|_| Failure::invalid(format!("'{text}' is not the id of a remote link.")))?;
            let missing = || Failure::not_found(format!("No remote issue link with id '{id}' exists."));
            let (issue_id, link) = db::remote_links::find(db, id).await?.ok_or_else(missing)?;
            if issue_id != issue.id {
                return Err(Failure::invalid(format!("The remote issue link with id '{id}' is not on this issue.")));
            }
            Ok((id, link))
        }
    }
}

/// Makes a link, or changes the one with the same global id; its id and whether it is new.
pub async fn put(context: &Context, id_or_key: &str, link: RemoteLink) -> Result<(i64, bool)> {
    let mut work = context.begin().await?;
    let issue = locked(context, &mut work, id_or_key, &["LINK_ISSUES"]).await?;
    let link = link.normalized();
    link.check().into_result()?;
    let old = match &link.global_id {
        Some(global_id) => db::remote_links::find_global(&mut work, issue.id, global_id).await?,
        None => None,
    };
    let limit = context.site.site.settings.issue_limits.remote_links;
    if old.is_none() && db::remote_links::count(&mut work, issue.id).await? >= limit {
        return Err(Failure::invalid(format!("The issue has reached the limit of {limit} remote links.")));
    }
    let id = match &old {
        Some((id, _)) => *id,
        None => work.next_id("remote_link").await?,
    };
    store(context, work, &issue, id, old.as_ref().map(|(_, old)| old), Some(&link)).await?;
    Ok((id, old.is_none()))
}

/// Changes a link: what is not given becomes null.
pub async fn update(context: &Context, id_or_key: &str, id: &str, link: RemoteLink) -> Result<()> {
    let mut work = context.begin().await?;
    let issue = locked(context, &mut work, id_or_key, &["LINK_ISSUES"]).await?;
    let (id, old) = get(&mut work, &issue, Name::Id(id)).await?;
    let link = link.normalized();
    link.check().into_result()?;
    if let Some(global_id) = &link.global_id {
        let other = db::remote_links::find_global(&mut work, issue.id, global_id).await?;
        if other.is_some_and(|(other, _)| other != id) {
            return Err(Failure::invalid_field("globalId", "Another link of the issue has this globalId."));
        }
    }
    store(context, work, &issue, id, Some(&old), Some(&link)).await
}

/// Removes a link. By its id, that also takes the permission to edit the issue.
pub async fn delete(context: &Context, id_or_key: &str, name: Name<'_>) -> Result<()> {
    let mut work = context.begin().await?;
    let permissions: &[&str] = match name {
        Name::Id(_) => &["LINK_ISSUES", "EDIT_ISSUES"],
        Name::Global(_) => &["LINK_ISSUES"],
    };
    let issue = locked(context, &mut work, id_or_key, permissions).await?;
    let (id, old) = get(&mut work, &issue, name).await?;
    store(context, work, &issue, id, Some(&old), None).await
}

/// The issue, locked, if the caller has these permissions on it.
async fn locked(context: &Context, work: &mut Work, id_or_key: &str, permissions: &[&str]) -> Result<Issue> {
    let (issue, project) = issues::locked(context, work, id_or_key).await?;
    check_enabled(context)?;
    if permissions.iter().all(|key| context.access().on(project, issue.people(), key)) {
        return Ok(issue);
    }
    let key = context.site.issue_key(issue.project_id, issue.number);
    Err(Failure::forbidden(format!("No Link Issue Permission for issue '{key}'")))
}

/// Stores what a link is now, with the issue's history, and ends the transaction.
async fn store(
    context: &Context,
    mut work: Work,
    issue: &Issue,
    id: i64,
    old: Option<&RemoteLink>,
    new: Option<&RemoteLink>,
) -> Result<()> {
    match new {
        Some(link) => db::remote_links::put(&mut work, id, issue.id, link).await?,
        None => db::remote_links::delete(&mut work, id).await?,
    }
    let (from, to) = (old.map(RemoteLink::name), new.map(RemoteLink::name));
    let summary = match (old, new) {
        (None, _) => "Remote link created",
        (_, Some(_)) => "Remote link updated",
        (_, None) => "Remote link deleted",
    };
    let name = to.as_deref().or(from.as_deref()).unwrap_or_default();
    work.record(context.issue_record(summary, issue).with(Thing::new("REMOTE_LINK", id, name)));
    let item = ChangeItem::remote_link(id, from.as_deref(), to.as_deref());
    let extras = Extras { items: vec![item], ..Extras::default() };
    issues::save(context, &mut work, issue, &mut issue.clone(), extras, &References::new()).await?;
    Ok(work.commit_recorded().await?)
}
