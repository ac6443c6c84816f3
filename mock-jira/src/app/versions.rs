//! Versions: created, changed, put in order, merged and deleted with what that does to issues (U-50).

use super::{Context, issues};
use crate::{
    db::{self, Work},
    domain::{
        audit::{Area, Record, Thing},
        config::{Project, Version},
        failure::{Complaints, Failure, Result},
        fields::Kind,
        issue::swap,
        naming::{NAME, is_taken},
        order::Place,
    },
};
use chrono::NaiveDate;
use serde_json::Value;

/// What a request gives for a version; absent members stay as they are.
#[derive(Debug, Default)]
pub struct VersionInput {
    /// Unique in the project.
    pub name: Option<String>,
    /// Empty for none.
    pub description: Option<String>,
    /// Archived versions can't be chosen.
    pub archived: Option<bool>,
    /// Whether it is out.
    pub released: Option<bool>,
    /// `2026-01-31`; null or empty for none.
    pub start_date: Option<Value>,
    /// The same.
    pub release_date: Option<Value>,
    /// Account id; empty for nobody.
    pub driver: Option<String>,
    /// Where the unresolved issues of a version go that is released: the address of another version.
    pub move_unfixed_issues_to: Option<String>,
}

/// Most bytes of a description (T-14).
const DESCRIPTION_LENGTH: usize = 16_384;

/// The sentence for who may only look.
const NOT_ADMINISTRATOR: &str = "You must have global or project administrator rights in order to modify versions.";

/// A version that the caller may see, and its project.
pub fn find<'a>(context: &'a Context, id: &str) -> Result<(&'a Version, &'a Project)> {
    let version = context.site.versions.parse(id).ok_or_else(|| missing(id))?;
    let project = context.access().known_project(version.project_id).ok_or_else(|| missing(id))?;
    Ok((version, project))
}

/// Creates a version, after all others of the project.
pub async fn create(context: &Context, project: &Project, input: &VersionInput) -> Result<Version> {
    if !context.access().administers_project(project) {
        // The document knows no 403 here, but this use of 404.
        let key = &project.key;
        return Err(Failure::not_found(format!(
            "Project with key '{key}' either does not exist or you do not have permission to create versions in it."
        )));
    }
    let mut version = Version {
        id: 0,
        project_id: project.id,
        name: String::new(),
        description: None,
        archived: false,
        released: false,
        start_date: None,
        release_date: None,
        position: 0,
        driver: None,
    };
    let mut complaints = apply(context, &mut version, input);
    if input.name.is_none() {
        complaints.field("name", "You must specify a valid version name");
    }
    complaints.into_result()?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    version.id = work.next_id("version").await?;
    db::versions::put(&mut work, &version).await.map_err(taken)?;
    work.commit(record("Version created", &version, project)).await?;
    Ok(version)
}

/// Changes a version. With its release, its unresolved issues may go to another one.
pub async fn update(context: &Context, id: &str, input: &VersionInput) -> Result<Version> {
    let (found, project) = find(context, id)?;
    if !context.access().administers_project(project) {
        return Err(Failure::invalid(NOT_ADMINISTRATOR)); // the document knows no 403 here
    }
    let mut work = context.begin().await?;
    work.changes_configuration();
    let old = db::versions::lock(&mut work, found.id).await?.ok_or_else(|| missing(id))?;
    let mut version = old.clone();
    apply(context, &mut version, input).into_result()?;
    db::versions::put(&mut work, &version).await.map_err(taken)?;
    let target = input.move_unfixed_issues_to.as_deref().filter(|text| !text.is_empty());
    if let (Some(link), true) = (target, version.released && !old.released) {
        let target = replacement(&mut work, &version, id_in(link))
            .await?
            .ok_or_else(|| Failure::invalid_field("moveUnfixedIssuesTo", missing_sentence(id_in(link))))?;
        let ids = db::versions::unresolved_issues(&mut work, &version).await?;
        issues::revise(context, &mut work, &ids, |issue| swap(&mut issue.fix_version_ids, version.id, Some(target)))
            .await?;
    }
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string());
    let record = record(summary_of_change(&old, &version), &version, project)
        .change("Name", Some(&old.name), Some(&version.name))
        .change("Description", old.description.as_deref(), version.description.as_deref())
        .change("Start Date", date(old.start_date).as_deref(), date(version.start_date).as_deref())
        .change("Release date", date(old.release_date).as_deref(), date(version.release_date).as_deref());
    work.commit(record).await?;
    Ok(version)
}

fn summary_of_change(old: &Version, new: &Version) -> &'static str {
    match ((old.released, new.released), (old.archived, new.archived)) {
        ((false, true), _) => "Version released",
        ((true, false), _) => "Version unreleased",
        (_, (false, true)) => "Version archived",
        (_, (true, false)) => "Version unarchived",
        _ => "Version updated",
    }
}

/// Puts a version at another place. Who sees the project may do it, as the document says.
pub async fn rearrange(context: &Context, id: &str, place: &Place) -> Result<Version> {
    let (found, project) = find(context, id)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let mut order = db::versions::lock_order(&mut work, project.id).await?;
    let at = order.iter().position(|other| *other == found.id).ok_or_else(|| missing(id))?;
    order.remove(at);
    let to = match place {
        Place::First => 0,
        Place::Earlier => at.saturating_sub(1),
        Place::Later => order.len().min(at + 1),
        Place::Last => order.len(),
        Place::After(link) => {
            let id = id_in(link);
            let other = id.parse().ok().and_then(|id: i64| order.iter().position(|other| *other == id));
            other.ok_or_else(|| missing(id))? + 1
        }
    };
    order.insert(to, found.id);
    db::versions::put_order(&mut work, &order).await?;
    let version = db::versions::lock(&mut work, found.id).await?.ok_or_else(|| missing(id))?;
    work.commit(record("Version moved", &version, project)).await?;
    Ok(version)
}

/// What takes the place of a version that is deleted, by field; nothing where none is named.
#[derive(Debug, Default)]
pub struct Replacements {
    /// In `fixVersions`.
    pub fix: Option<String>,
    /// In `versions`.
    pub affected: Option<String>,
    /// In custom fields, by their numbers.
    pub custom: Vec<(i64, String)>,
}

/// Deletes a version from all issues.
pub async fn delete(context: &Context, id: &str, with: &Replacements, refuse: impl Fn(&str) -> Failure) -> Result<()> {
    let (found, project) = find(context, id)?;
    if !context.access().administers_project(project) {
        return Err(refuse(NOT_ADMINISTRATOR));
    }
    let mut work = context.begin().await?;
    work.changes_configuration();
    let version = db::versions::lock(&mut work, found.id).await?.ok_or_else(|| missing(id))?;
    let fix = named(&mut work, &version, "moveFixIssuesTo", with.fix.as_deref()).await?;
    let affected = named(&mut work, &version, "moveAffectedIssuesTo", with.affected.as_deref()).await?;
    let mut custom = Vec::new();
    let fields = version_fields(context);
    for (field, target) in &with.custom {
        if !fields.contains(&field.to_string()) {
            let sentence = format!("The custom field with id {field} does not hold versions.");
            return Err(Failure::invalid_field("customFieldId", sentence));
        }
        custom.push((field.to_string(), named(&mut work, &version, "moveTo", Some(target)).await?));
    }
    let ids = db::versions::issues(&mut work, &version, &fields).await?;
    issues::revise(context, &mut work, &ids, |issue| {
        swap(&mut issue.fix_version_ids, version.id, fix);
        swap(&mut issue.affected_version_ids, version.id, affected);
        for field in &fields {
            let target = custom.iter().find(|(other, _)| other == field).and_then(|(_, target)| *target);
            issue.swap_custom(field, version.id, target);
        }
    })
    .await?;
    db::versions::delete(&mut work, version.id).await?;
    work.commit(record("Version deleted", &version, project)).await?;
    Ok(())
}

/// Merges a version into another one of its project: all its issues get that instead.
pub async fn merge(context: &Context, id: &str, into: &str) -> Result<()> {
    let (version, _) = find(context, id)?;
    let (other, _) = find(context, into)?;
    if version.id == other.id {
        return Err(Failure::invalid("You cannot merge a version into itself."));
    }
    let with = Replacements {
        fix: Some(into.to_owned()),
        affected: Some(into.to_owned()),
        custom: version_fields(context).iter().filter_map(|id| Some((id.parse().ok()?, into.to_owned()))).collect(),
    };
    delete(context, id, &with, |sentence| Failure::Unauthorized(sentence.to_owned())).await
}

/// Numbers of the custom fields that hold versions.
pub fn version_fields(context: &Context) -> Vec<String> {
    let holds = |type_key: &str| matches!(Kind::of(type_key), Kind::Version | Kind::Versions);
    context.site.fields.custom.iter().filter(|field| holds(&field.type_key)).map(|field| field.id.to_string()).collect()
}

/// A replacement that a request names in this member.
async fn named(work: &mut Work, version: &Version, member: &str, id: Option<&str>) -> Result<Option<i64>> {
    let Some(id) = id else { return Ok(None) };
    let found = replacement(work, version, id).await?;
    found.map(Some).ok_or_else(|| Failure::invalid_field(member, missing_sentence(id)))
}

/// Another version of the same project, kept until the end of the transaction.
async fn replacement(work: &mut Work, version: &Version, id: &str) -> Result<Option<i64>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let other = db::versions::lock(work, id).await?;
    let fits = |other: &Version| other.project_id == version.project_id && other.id != version.id;
    Ok(other.filter(fits).map(|other| other.id))
}

/// The id at the end of a version's address.
fn id_in(link: &str) -> &str {
    link.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

fn apply(context: &Context, version: &mut Version, input: &VersionInput) -> Complaints {
    let mut complaints = Complaints::default();
    if let Some(name) = input.name.as_deref().map(str::trim) {
        match name {
            "" => complaints.field("name", "You must specify a valid version name"),
            name if name.chars().count() > NAME => {
                complaints.field("name", format!("The version name must not exceed {NAME} characters in length."));
            }
            name if name_taken(context, version, name) => complaints.field("name", NAME_TAKEN),
            name => name.clone_into(&mut version.name),
        }
    }
    match &input.description {
        Some(text) if text.len() > DESCRIPTION_LENGTH => {
            complaints.field("description", format!("The description must not exceed {DESCRIPTION_LENGTH} bytes."));
        }
        Some(text) => version.description = Some(text.clone()).filter(|text| !text.is_empty()),
        None => {}
    }
    version.archived = input.archived.unwrap_or(version.archived);
    version.released = input.released.unwrap_or(version.released);
    let mut set = |member: &str, date: &mut Option<NaiveDate>, value: &Option<Value>| match value {
        None => {}
        Some(value) => match read_date(value) {
            Some(read) => *date = read,
            None => complaints.field(member, "Please enter the date in the following format: yyyy-MM-dd"),
        },
    };
    set("startDate", &mut version.start_date, &input.start_date);
    set("releaseDate", &mut version.release_date, &input.release_date);
    if let (Some(start), Some(release)) = (version.start_date, version.release_date)
        && start > release
    {
        complaints.field("startDate", "The start date must be before the release date.");
    }
    match input.driver.as_deref() {
        Some("") => version.driver = None,
        Some(id) if !context.site.accounts.contains_key(id) => {
            complaints.field("driver", format!("The user {id} does not exist."));
        }
        Some(id) => version.driver = Some(id.to_owned()),
        None => {}
    }
    complaints
}

/// Null and empty texts mean no date; `None` is for what is no date.
fn read_date(value: &Value) -> Option<Option<NaiveDate>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) if text.is_empty() => Some(None),
        // Jira takes a time behind the date, and forgets it.
        Value::String(text) => text.get(..10)?.parse().ok().map(Some),
        _ => None,
    }
}

const NAME_TAKEN: &str = "A version with this name already exists in this project.";

/// Jira compares names in any case.
fn name_taken(context: &Context, version: &Version, name: &str) -> bool {
    let others = context.site.versions_of(version.project_id).filter(|other| other.id != version.id);
    is_taken(others.map(|other| &other.name), name)
}

/// Another request was faster with the name.
fn taken(error: db::Error) -> Failure {
    match db::constraint(&error) {
        Some("version_site_id_project_id_name_key") => Failure::invalid_field("name", NAME_TAKEN),
        _ => error.into(),
    }
}

fn missing_sentence(id: &str) -> String {
    format!("Could not find version for id '{id}'")
}

fn missing(id: &str) -> Failure {
    Failure::not_found(missing_sentence(id))
}

/// What was done to a version, for the audit log.
pub fn record(summary: &str, version: &Version, project: &Project) -> Record {
    Record::new(summary, Area::Projects, Thing::new("VERSION", version.id, &version.name)).with(project.thing())
}
