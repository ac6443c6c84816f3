//! Issue security schemes: their levels, who belongs to each, and which projects use them.

mod moves;

use super::Context;
use crate::{
    db::{self, Work, security_schemes as stored},
    domain::{
        audit::{Area, Record},
        failure::{Failure, Result},
        naming::is_taken,
        permission::NewHolder,
        security::{SecurityLevel, SecurityMember, SecurityScheme},
    },
};
pub use moves::{
    Mapping, associate, associate_in_background, remove_in_background, submit_association, submit_removal,
};
use serde::Deserialize;

/// A level that a request asks for.
#[derive(Debug)]
pub struct NewLevel {
    /// Unique in the scheme.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Given to new issues that name none.
    pub is_default: bool,
    /// Who belongs to it.
    pub members: Vec<NewHolder>,
}

/// A name and a description as a change asks for them; what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Naming {
    /// May not be empty.
    pub name: Option<String>,
    /// May be empty.
    pub description: Option<String>,
}

/// Longest name of a scheme, and of a level that is renamed.
const NAME_LIMIT: usize = 60;
/// Longest name of a new level.
const LEVEL_NAME_LIMIT: usize = 255;
/// Longest description of a scheme, and of a level that is changed.
const DESCRIPTION_LIMIT: usize = 255;
/// Longest description of a new level.
const LEVEL_DESCRIPTION_LIMIT: usize = 4000;
/// Most levels, and most members of a level, in one request.
const MANY: usize = 100;

/// Makes a scheme with levels.
pub async fn create(context: &Context, naming: Naming, levels: Vec<NewLevel>) -> Result<i64> {
    let name = check_name(naming.name.as_deref().unwrap_or_default(), NAME_LIMIT)?;
    let description = check_description(naming.description.as_deref().unwrap_or_default(), DESCRIPTION_LIMIT)?;
    check_levels(&levels)?;
    check_scheme_name(context, &name, None)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let id = work.next_id("security_scheme").await?;
    let scheme = SecurityScheme { id, name, description };
    stored::put(&mut work, &scheme).await.map_err(taken)?;
    for level in levels {
        insert_level(context, &mut work, &scheme, level).await?;
    }
    work.commit(Record::new("Issue security scheme created", Area::Permissions, scheme.thing())).await?;
    Ok(id)
}

/// Renames a scheme.
pub async fn update(context: &Context, id: i64, naming: Naming) -> Result<()> {
    let old = get(context, id)?;
    let name = check_name(naming.name.as_deref().unwrap_or(&old.name), NAME_LIMIT)?;
    let description = check_description(naming.description.as_deref().unwrap_or(&old.description), DESCRIPTION_LIMIT)?;
    check_scheme_name(context, &name, Some(id))?;
    let mut work = locked(context, id).await?;
    let scheme = SecurityScheme { id, name, description };
    stored::put(&mut work, &scheme).await.map_err(taken)?;
    let record = Record::new("Issue security scheme updated", Area::Permissions, scheme.thing())
        .change("Name", Some(&old.name), Some(&scheme.name))
        .change("Description", Some(&old.description), Some(&scheme.description));
    Ok(work.commit(record).await?)
}

/// Deletes a scheme that no project uses.
pub async fn delete(context: &Context, id: i64) -> Result<()> {
    let scheme = get(context, id)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    match stored::delete(&mut work, id).await {
        Ok(true) => {}
        Ok(false) => return Err(no_scheme(id)),
        Err(error) if db::constraint(&error).is_some() => {
            let sentence = "You can't delete an issue security scheme if any projects are associated with it.";
            return Err(Failure::invalid(sentence));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(work.commit(Record::new("Issue security scheme deleted", Area::Permissions, scheme.thing())).await?)
}

/// Adds levels to a scheme.
pub async fn add_levels(context: &Context, id: i64, levels: Vec<NewLevel>) -> Result<()> {
    let scheme = get(context, id)?;
    check_levels(&levels)?;
    if levels.is_empty() {
        return Err(Failure::invalid("At least one issue security level must be provided."));
    }
    let mut work = locked(context, id).await?;
    for level in levels {
        if level.is_default {
            stored::set_default(&mut work, id, None).await?;
        }
        insert_level(context, &mut work, scheme, level).await?;
    }
    Ok(work.commit_recorded().await?)
}

/// Renames a level.
pub async fn update_level(context: &Context, scheme_id: i64, level_id: i64, naming: Naming) -> Result<()> {
    let old = level(context, scheme_id, level_id)?;
    let name = check_name(naming.name.as_deref().unwrap_or(&old.name), NAME_LIMIT)?;
    let description = check_description(naming.description.as_deref().unwrap_or(&old.description), DESCRIPTION_LIMIT)?;
    let mut work = locked(context, scheme_id).await?;
    let level = SecurityLevel { name, description, ..old.clone() };
    if !stored::update_level(&mut work, &level).await.map_err(taken)? {
        return Err(no_level(level_id));
    }
    let record = Record::new("Issue security level updated", Area::Permissions, level.thing())
        .change("Name", Some(&old.name), Some(&level.name))
        .change("Description", Some(&old.description), Some(&level.description))
        .with(get(context, scheme_id)?.thing());
    Ok(work.commit(record).await?)
}

/// Sets the default levels of schemes, all or none; a level may be none.
pub async fn set_defaults(context: &Context, defaults: &[(i64, Option<i64>)]) -> Result<()> {
    let mut work = context.begin().await?;
    work.changes_configuration();
    for (scheme_id, level_id) in defaults {
        let scheme = get(context, *scheme_id)?;
        let new = level_id.map(|id| level(context, *scheme_id, id)).transpose()?;
        if !stored::lock(&mut work, *scheme_id).await? {
            return Err(no_scheme(*scheme_id));
        }
        stored::set_default(&mut work, *scheme_id, *level_id).await?;
        let old = context.site.security_levels.iter().find(|l| l.scheme_id == *scheme_id && l.is_default);
        work.record(Record::new("Default issue security level changed", Area::Permissions, scheme.thing()).change(
            "Default Level",
            old.map(|old| old.name.as_str()),
            new.map(|new| new.name.as_str()),
        ));
    }
    Ok(work.commit_recorded().await?)
}

/// Adds members to a level; those that it has stay as they are.
pub async fn add_members(context: &Context, scheme_id: i64, level_id: i64, members: Vec<NewHolder>) -> Result<()> {
    let level = level(context, scheme_id, level_id)?;
    check_members(&members)?;
    if members.is_empty() {
        return Err(Failure::invalid("At least one issue security level member must be provided."));
    }
    let mut work = locked(context, scheme_id).await?;
    for member in members {
        insert_member(context, &mut work, level, member).await?;
    }
    let record = Record::new("Issue security level updated", Area::Permissions, level.thing());
    Ok(work.commit(record.with(get(context, scheme_id)?.thing())).await?)
}

/// Takes a member out of a level.
pub async fn remove_member(context: &Context, scheme_id: i64, level_id: i64, member_id: i64) -> Result<()> {
    let level = level(context, scheme_id, level_id)?;
    let absent = || Failure::not_found(format!("Issue security level member with ID {member_id} not found."));
    let member = context.site.members_of(level_id).iter().find(|member| member.id == member_id).ok_or_else(absent)?;
    let mut work = locked(context, scheme_id).await?;
    if !stored::delete_member(&mut work, member_id).await? {
        return Err(absent());
    }
    Ok(work.commit(member_record(context, "Issue security level member removed", level, member)).await?)
}

/// A scheme by id.
pub fn get(context: &Context, id: i64) -> Result<&SecurityScheme> {
    context.site.security_schemes.get(id).ok_or_else(|| no_scheme(id))
}

/// A level of a scheme, by id.
fn level(context: &Context, scheme_id: i64, id: i64) -> Result<&SecurityLevel> {
    get(context, scheme_id)?;
    let level = context.site.security_levels.get(id).filter(|level| level.scheme_id == scheme_id);
    level.ok_or_else(|| no_level(id))
}

fn no_scheme(id: i64) -> Failure {
    Failure::not_found(format!("Issue security scheme with ID {id} not found."))
}

fn no_level(id: i64) -> Failure {
    Failure::not_found(format!("Issue security level with ID {id} not found."))
}

/// A transaction that changes a scheme, which others wait for.
async fn locked(context: &Context, scheme_id: i64) -> Result<Work> {
    let mut work = context.begin().await?;
    work.changes_configuration();
    if stored::lock(&mut work, scheme_id).await? { Ok(work) } else { Err(no_scheme(scheme_id)) }
}

fn check_name(name: &str, limit: usize) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::invalid("The name must not be empty."));
    }
    if name.chars().count() > limit {
        return Err(Failure::invalid(format!("The length of the name must not exceed {limit} characters.")));
    }
    Ok(name.to_owned())
}

fn check_description(description: &str, limit: usize) -> Result<String> {
    if description.chars().count() > limit {
        let limit = if limit == LEVEL_DESCRIPTION_LIMIT { "4,000".to_owned() } else { limit.to_string() };
        return Err(Failure::invalid(format!("The length of the description must not exceed {limit} characters.")));
    }
    Ok(description.to_owned())
}

const NAME_TAKEN: &str = "An issue security scheme with this name already exists.";

fn check_scheme_name(context: &Context, name: &str, own: Option<i64>) -> Result<()> {
    let others = context.site.security_schemes.iter().filter(|scheme| Some(scheme.id) != own);
    if is_taken(others.map(|scheme| &scheme.name), name) {
        return Err(Failure::invalid(NAME_TAKEN));
    }
    Ok(())
}

fn check_levels(levels: &[NewLevel]) -> Result<()> {
    if levels.len() > MANY {
        return Err(Failure::invalid(format!("At most {MANY} issue security levels can be added at once.")));
    }
    if levels.iter().filter(|level| level.is_default).count() > 1 {
        return Err(Failure::invalid("Only one issue security level can be the default one."));
    }
    for level in levels {
        check_name(&level.name, LEVEL_NAME_LIMIT)?;
        check_description(&level.description, LEVEL_DESCRIPTION_LIMIT)?;
        check_members(&level.members)?;
    }
    Ok(())
}

fn check_members(members: &[NewHolder]) -> Result<()> {
    if members.len() > MANY {
        return Err(Failure::invalid(format!("At most {MANY} issue security level members can be added at once.")));
    }
    Ok(())
}

/// A name that another scheme, or another level of the scheme, has.
fn taken(error: db::Error) -> Failure {
    match db::constraint(&error) {
        Some("security_scheme_name") => Failure::invalid(NAME_TAKEN),
        Some("security_level_name") => {
            Failure::invalid("An issue security level with this name already exists in the scheme.")
        }
        _ => error.into(),
    }
}

async fn insert_level(context: &Context, work: &mut Work, scheme: &SecurityScheme, new: NewLevel) -> Result<()> {
    let level = SecurityLevel {
        id: work.next_id("security_level").await?,
        scheme_id: scheme.id,
        name: new.name.trim().to_owned(),
        description: new.description,
        is_default: new.is_default,
    };
    stored::insert_level(work, &level).await.map_err(taken)?;
    work.record(Record::new("Issue security level created", Area::Permissions, level.thing()).with(scheme.thing()));
    for member in new.members {
        insert_member(context, work, &level, member).await?;
    }
    Ok(())
}

async fn insert_member(context: &Context, work: &mut Work, level: &SecurityLevel, new: NewHolder) -> Result<()> {
    let member = SecurityMember {
        id: work.next_id("security_member").await?,
        level_id: level.id,
        holder: new.kind.to_owned(),
        parameter: new.parameter,
    };
    if stored::insert_member(work, &member).await? {
        work.record(member_record(context, "Issue security level member added", level, &member));
    }
    Ok(())
}

fn member_record(context: &Context, summary: &'static str, level: &SecurityLevel, member: &SecurityMember) -> Record {
    Record::new(summary, Area::Permissions, level.thing()).with(member.holder().thing(&context.site))
}
