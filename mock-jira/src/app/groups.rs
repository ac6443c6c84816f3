//! Groups: who may make them, delete them and say who is in them.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
        naming::NAME,
        people::Group,
    },
};
use uuid::Uuid;

/// Permissions of which nobody else may be left without.
const VITAL: [&str; 2] = ["ADMINISTER", "SYSTEM_ADMIN"];

/// Makes a group without members.
pub async fn create(context: &Context, name: Option<&str>) -> Result<Group> {
    must_administer_site(context)?;
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Failure::invalid("The group name must be specified."))?;
    if name.chars().count() > NAME {
        return Err(Failure::invalid(format!("The group name must not be longer than {NAME} characters.")));
    }
    let group = Group { group_id: Uuid::new_v4(), name: name.to_owned() };
    let mut work = context.begin().await?;
    if !db::groups::insert(&mut work, &group).await? {
        return Err(Failure::invalid(format!("Group '{name}' already exists.")));
    }
    work.commit(Record::new("Group created", Area::Groups, thing(&group))).await?;
    Ok(group)
}

/// Deletes a group with everything granted to it. Another may take over the comments and worklogs that only its
/// members see.
/// Who may not do it is not told whether the groups exist, here and below.
pub async fn delete(context: &Context, group: Result<&Group>, heir: Result<Option<&Group>>) -> Result<()> {
    must_administer_site(context)?;
    let (heir, group) = (heir?, group?);
    if heir == Some(group) {
        return Err(Failure::invalid("A group can't take over the restrictions of itself."));
    }
    let grants = &context.site.global_grants;
    let is_last = |permission: &&str| {
        let mut holders = grants.iter().filter(|grant| grant.permission == *permission).peekable();
        holders.peek().is_some() && holders.all(|grant| grant.group_id == Some(group.group_id))
    };
    if VITAL.iter().any(is_last) {
        let sentence = format!("The group '{}' can't be deleted: nobody would administer Jira any more.", group.name);
        return Err(Failure::invalid(sentence));
    }
    let mut work = context.begin().await?;
    if let Some(heir) = heir {
        db::groups::hand_over(&mut work, group.group_id, heir.group_id).await?;
    }
    if !db::groups::delete(&mut work, group).await? {
        return Err(no_group(&group.name));
    }
    Ok(work.commit(Record::new("Group deleted", Area::Groups, thing(group))).await?)
}

/// Puts an account into a group, which is returned.
pub async fn add(context: &Context, group: Result<&Group>, account_id: Option<&str>) -> Result<Group> {
    must_administer_site(context)?;
    let (group, account_id) = (group?, account_id.ok_or_else(no_account_id)?);
    let mut work = context.begin().await?;
    if db::users::is_removed(&mut work, account_id).await? {
        return Err(Failure::no_user());
    }
    if !db::groups::join(&mut work, group.group_id, account_id).await? {
        let name = &group.name;
        return Err(Failure::invalid(format!("Cannot add user '{account_id}', user is already a member of '{name}'.")));
    }
    let record = Record::new("User added to group", Area::Groups, thing(group));
    work.commit(record.with(context.user_thing(account_id))).await?;
    Ok(group.clone())
}

/// Takes an account out of a group.
pub async fn remove(context: &Context, group: Result<&Group>, account_id: Option<&str>) -> Result<()> {
    must_administer_site(context)?;
    let (group, account_id) = (group?, account_id.ok_or_else(no_account_id)?);
    if !context.site.accounts.contains_key(account_id) {
        return Err(Failure::no_user());
    }
    let mut work = context.begin().await?;
    if !db::groups::leave(&mut work, group.group_id, account_id).await? {
        return Err(Failure::invalid(format!(
            "Cannot remove user '{account_id}' from group '{}' since user is not a member of the group.",
            group.name
        )));
    }
    let record = Record::new("User removed from group", Area::Groups, thing(group));
    Ok(work.commit(record.with(context.user_thing(account_id))).await?)
}

/// A group as records name it.
fn thing(group: &Group) -> Thing {
    Thing::new("GROUP", group.group_id, group.name.as_str())
}

fn no_account_id() -> Failure {
    Failure::invalid("The account ID of the user must be provided.")
}

/// The answer for an unknown group, by what it was called.
pub fn no_group(what: &str) -> Failure {
    Failure::not_found(format!("The group named '{what}' does not exist."))
}

/// Accounts and groups belong to the site, not to Jira.
pub fn must_administer_site(context: &Context) -> Result<()> {
    context.account_id()?;
    if context.access().administers_site() {
        return Ok(());
    }
    Err(Failure::forbidden(
        "You are not authorized to perform this action. Site administration privileges are required.",
    ))
}
