//! With whom filters and dashboards may be shared, and by whom.

use super::Context;
use crate::{
    db::{self, Read, Work},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Complaints, Failure, Result},
        sharing::{Draft, Kind, Share, Target},
    },
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// A share as requests give it: in the form that answers show, which clients send back.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShareInput {
    #[serde(rename = "type")]
    kind: String,
    project: Value,
    role: Value,
    group: Value,
    user: Value,
    #[serde(rename = "id")]
    _id: IgnoredAny,
}

/// The field that complaints about shares are on.
const FIELD: &str = "shares";

/// The shares that a request gives. Those there are already may stay; new ones the caller must be allowed to make.
/// Administrators may make any, if they ask for it.
pub fn read(
    context: &Context,
    shares: &[ShareInput],
    may_edit: bool,
    any: bool,
    existing: &[Share],
    complaints: &mut Complaints,
) -> Draft {
    let draft = parse(context, shares, may_edit, complaints);
    let is_there = |target: &Target| existing.iter().any(|old| old.may_edit == may_edit && old.target == *target);
    let new = draft.iter().filter(|(target, _)| !is_there(target)).cloned().collect();
    if let Err(complaint) = permit(context, &new, any) {
        complaints.field(FIELD, complaint);
    }
    draft
}

/// The shares that a request gives, whether the caller may make them or not.
pub fn parse(context: &Context, shares: &[ShareInput], may_edit: bool, complaints: &mut Complaints) -> Draft {
    let mut draft = Draft::new();
    for share in shares {
        match target(context, share) {
            Ok(target) if draft.iter().all(|(other, _)| *other != target) => draft.push((target, may_edit)),
            Ok(_) => {}
            Err(complaint) => complaints.field(FIELD, complaint),
        }
    }
    // Shared with everybody, there is nobody else to share with.
    if let Some(global) = draft.iter().position(|(target, _)| target.is_global()) {
        draft = vec![draft.swap_remove(global)];
    }
    draft
}

/// Whether the caller may share so.
pub fn permit(context: &Context, draft: &Draft, any: bool) -> Result<(), String> {
    if draft.is_empty() || any && context.access().administers() {
        return Ok(());
    }
    if !context.access().global("CREATE_SHARED_OBJECTS") {
        return Err("You do not have permission to share. All shares are invalid.".into());
    }
    draft.iter().try_for_each(|(target, may_edit)| allowed(context, target, *may_edit))
}

fn allowed(context: &Context, target: &Target, may_edit: bool) -> Result<(), String> {
    let (site, access) = (&context.site, context.access());
    let refused = |what: &str| Err(format!("You do not have permission to share with {what}."));
    match target {
        Target::Everyone if may_edit => Err("The public can't be given the right to edit.".into()),
        Target::Everyone | Target::LoggedIn | Target::User(_) => Ok(()),
        Target::Group(id) if access.administers() || access.is_in(*id) => Ok(()),
        Target::Group(id) => {
            let group = site.groups.iter().find(|group| group.group_id == *id);
            refused(&format!("Group: '{}'", group.map_or("", |group| group.name.as_str())))
        }
        Target::Project(id) | Target::Role { project: id, .. } => {
            let Some(project) = site.projects.get(*id).filter(|project| access.sees(project)) else {
                return Err(no_project(&id.to_string()));
            };
            match target {
                Target::Role { role, .. }
                    if !access.administers_project(project) && access.roles(project).all(|played| played != *role) =>
                {
                    let role = site.roles.get(*role).map_or("", |role| role.name.as_str());
                    refused(&format!("Project: '{}' Role: '{role}'", project.name))
                }
                _ => Ok(()),
            }
        }
    }
}

fn no_project(id: &str) -> String {
    format!("The project with id '{id}' does not exist, or you do not have permission to share with it.")
}

fn target(context: &Context, share: &ShareInput) -> Result<Target, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let (project, role) = (text(&share.project["id"]), text(&share.role["id"]));
    let group = text(&share.group["groupId"]).or_else(|| text(&share.group["name"]));
    let named = Named { project, role, group, account: text(&share.user["accountId"]) };
    named.target(context, &share.kind)
}

/// What a share names besides its type.
#[derive(Debug, Default)]
pub struct Named {
    /// A project's id.
    pub project: Option<String>,
    /// A role's id.
    pub role: Option<String>,
    /// A group's id or name.
    pub group: Option<String>,
    /// An account id.
    pub account: Option<String>,
}

impl Named {
    /// The target of that type.
    pub fn target(&self, context: &Context, kind: &str) -> Result<Target, String> {
        let site = &context.site;
        match kind {
            "global" => Ok(Target::Everyone),
            "loggedin" | "authenticated" => Ok(Target::LoggedIn),
            "project" | "projectRole" => {
                let id = self.project.as_deref().ok_or("A project id must be specified for the share permission.")?;
                let project = site.projects.parse(id).ok_or_else(|| no_project(id))?.id;
                match &self.role {
                    Some(id) => {
                        let role = site
                            .projects
                            .get(project)
                            .and_then(|project| site.roles_of(project).find(|role| role.id.to_string() == *id));
                        let role = role.ok_or_else(|| format!("The project role with id '{id}' does not exist."))?.id;
                        Ok(Target::Role { project, role })
                    }
                    None if kind == "project" => Ok(Target::Project(project)),
                    None => Err("A project role id must be specified for the share permission.".into()),
                }
            }
            "group" => {
                let name = self.group.as_deref().ok_or("A group must be specified for the share permission.")?;
                let group = site.group(name).ok_or_else(|| format!("Group: '{name}' does not exist."))?;
                Ok(Target::Group(group.group_id))
            }
            "user" => {
                let id = self.account.as_deref().ok_or("An account id must be specified for the share permission.")?;
                let account = site.accounts.get(id).ok_or_else(|| format!("User: '{id}' does not exist."))?;
                Ok(Target::User(account.account_id.clone()))
            }
            other => Err(format!("The share type '{other}' is not valid.")),
        }
    }
}

/// How something new is shared that names no shares: by the scope that its maker has chosen, if they still may.
pub async fn by_default(context: &Context, db: &mut Read) -> Result<Draft> {
    let scope = db::sharing::default_scope(db, context.account_id()?).await?;
    let draft = if scope == "PRIVATE" { Draft::new() } else { vec![(Target::LoggedIn, false)] };
    Ok(if permit(context, &draft, false).is_ok() { draft } else { Draft::new() })
}

/// Sets the scope that the caller's new filters and dashboards have; `GLOBAL` has come to mean the same as
/// `AUTHENTICATED`.
pub async fn set_default_scope(context: &Context, scope: &str) -> Result<&'static str> {
    let scope = match scope {
        "GLOBAL" | "AUTHENTICATED" => "AUTHENTICATED",
        "PRIVATE" => "PRIVATE",
        other => return Err(Failure::invalid(format!("The share scope '{other}' is not valid."))),
    };
    let mut work = context.begin().await?;
    db::sharing::set_default_scope(&mut work, context.account_id()?, scope).await?;
    let person = Thing::new("USER", context.account_id()?, context.account_id()?);
    let record = Record::new("Default share scope changed", Area::Everyday, person);
    work.commit(record.change("Scope", None, Some(scope))).await?;
    Ok(scope)
}

/// Makes the shares of one right what a draft says; those that stay keep their ids.
pub async fn replace(
    work: &mut Work,
    kind: Kind,
    id: i64,
    shares: &[Share],
    may_edit: bool,
    draft: &Draft,
) -> Result<()> {
    let old = || shares.iter().filter(|share| share.may_edit == may_edit);
    let kept = |share: &&Share| draft.iter().any(|(target, _)| *target == share.target);
    let gone: Vec<i64> = old().filter(|share| !kept(share)).map(|share| share.id).collect();
    let new = draft.iter().filter(|(target, _)| old().all(|share| share.target != *target)).cloned().collect();
    db::sharing::delete(work, kind, id, &gone).await?;
    Ok(db::sharing::insert(work, kind, id, &new).await?)
}

/// Whether shares let the caller edit, or with `may_edit` unset see, what they are of.
pub fn lets(context: &Context, shares: &[Share], may_edit: bool) -> bool {
    let right = |share: &&Share| share.may_edit || !may_edit;
    // Editing needs somebody who edits.
    (!may_edit || context.caller.account.is_some())
        && shares.iter().filter(right).any(|share| share.target.reaches(&context.site, &context.caller))
}

/// The shares of one right, as records of changes tell them.
pub fn told(shares: &[Share], may_edit: bool) -> Option<String> {
    let names: Vec<String> =
        shares.iter().filter(|share| share.may_edit == may_edit).map(|share| share.target.to_string()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
