//! Changing the owner or the shares of many dashboards at once.

use super::{SAME_NAME, Shared, find, finish, name_taken};
use crate::{
    app::{Context, sharing},
    db::{self, Work, dashboards::Dashboard},
    domain::{
        failure::{Complaints, Failure, Result},
        sharing::{Draft, Kind, Share},
    },
};

/// What is done to each dashboard.
#[derive(Debug)]
pub enum Action<'a> {
    /// Gives it to somebody else.
    ChangeOwner {
        /// Account id.
        new_owner: &'a str,
        /// Whether a dashboard gets another name if the new owner has one of that name.
        autofix_name: bool,
    },
    /// Replaces its shares.
    ChangePermission([Draft; 2]),
    /// Adds shares.
    AddPermission([Draft; 2]),
    /// Ends shares.
    RemovePermission([Draft; 2]),
}

/// Does it to all of them that the caller may do it to; says why not to the others.
pub async fn edit(
    context: &Context,
    ids: &[i64],
    action: &Action<'_>,
    as_admin: bool,
) -> Result<Vec<(i64, Complaints)>> {
    let mut work = context.begin().await?;
    let mut refused = Vec::new();
    let mut ids = ids.to_vec();
    // In one order, so that two such requests do not wait for each other.
    ids.sort_unstable();
    ids.dedup();
    let asked = ids.len();
    for id in ids {
        db::dashboards::lock(&mut work, id).await?;
        match edit_one(context, &mut work, id, action, as_admin).await {
            Ok(()) => {}
            Err(Failure::Invalid(complaints)) => refused.push((id, complaints)),
            Err(failure) => return Err(failure),
        }
    }
    if refused.len() < asked {
        work.commit_recorded().await?;
    }
    Ok(refused)
}

async fn edit_one(context: &Context, work: &mut Work, id: i64, action: &Action<'_>, as_admin: bool) -> Result<()> {
    let as_admin = as_admin && context.access().administers();
    let shared = find(context, work, id, as_admin).await?;
    let before = shared.ok_or_else(|| Failure::invalid(format!("The dashboard with id '{id}' does not exist.")))?;
    match action {
        Action::ChangeOwner { new_owner, autofix_name } => {
            if before.is_system() || !before.is_owned(context) && !as_admin {
                return Err(Failure::invalid("Only owner of the dashboard can change its owner."));
            }
            let name = free_name(work, &before.dashboard, new_owner, *autofix_name).await?;
            let owner = Some((*new_owner).to_owned());
            let changed = Dashboard { owner, name, ..before.dashboard.clone() };
            db::dashboards::put(work, &changed).await.map_err(|error| match name_taken(error) {
                // Taken meanwhile: the transaction is over, for all of them.
                Failure::Invalid(_) => Failure::Conflict(SAME_NAME.into()),
                failure => failure,
            })?;
        }
        Action::ChangePermission(drafts) | Action::AddPermission(drafts) | Action::RemovePermission(drafts) => {
            if !before.is_writable(context) && !as_admin {
                return Err(Failure::invalid("Only owner or editors of the dashboard can change permissions."));
            }
            for (draft, may_edit) in drafts.iter().zip([false, true]) {
                let draft = combined(action, &before, draft, may_edit);
                sharing::replace(work, Kind::Dashboard, id, &before.shares, may_edit, &draft).await?;
            }
        }
    }
    finish(context, work, id, Some(&before)).await.map(drop)
}

/// The shares of one right that a dashboard has afterwards.
fn combined(action: &Action<'_>, before: &Shared, draft: &Draft, may_edit: bool) -> Draft {
    let old = before.shares.iter().filter(|share| share.may_edit == may_edit);
    let named = |share: &&Share| draft.iter().any(|(target, _)| *target == share.target);
    let kept = |share: &Share| (share.target.clone(), may_edit);
    match action {
        Action::AddPermission(_) if draft.iter().any(|(target, _)| target.is_global()) => draft.clone(),
        Action::AddPermission(_) => old.filter(|share| !named(share)).map(kept).chain(draft.iter().cloned()).collect(),
        Action::RemovePermission(_) => old.filter(|share| !named(share)).map(kept).collect(),
        _ => draft.clone(),
    }
}

/// The dashboard's name, or one like it that the new owner has not used yet.
async fn free_name(work: &mut Work, dashboard: &Dashboard, owner: &str, autofix: bool) -> Result<String> {
    let mut name = dashboard.name.clone();
    let mut copies = 1;
    while db::dashboards::owns_named(work, owner, &name, Some(dashboard.id)).await? {
        if !autofix {
            return Err(Failure::invalid_field("portalPageName", SAME_NAME));
        }
        copies += 1;
        name = format!("{} ({copies})", dashboard.name);
    }
    Ok(name)
}
