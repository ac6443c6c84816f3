//! Permission schemes: their grants, and which projects use them.

use super::Context;
use crate::{
    db::{self, Work, permission_schemes as stored},
    domain::{
        audit::{Area, Record},
        config::Project,
        failure::{Complaints, Failure, Result},
        naming::{DESCRIPTION, NAME, is_taken},
        permission::{self, NewHolder, PermissionGrant, PermissionScheme},
    },
};

/// A grant that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// A project permission.
    pub permission: String,
    /// Who has it.
    pub holder: NewHolder,
}

/// What a request says of a scheme.
#[derive(Debug, Default)]
pub struct SchemeInput {
    /// Required.
    pub name: Option<String>,
    /// Absent: stays as it is.
    pub description: Option<String>,
    /// All grants of the scheme; absent: stay as they are.
    pub grants: Option<Vec<NewGrant>>,
}

/// Most grants in one request.
const GRANTS_LIMIT: usize = 2000;

/// Permissions that only schemes know: those that other products and the workflow editor ask for (observed shapes,
/// "permission_schemes").
const ONLY_GRANTED: [&str; 6] =
    ["EDIT_ISSUE_LAYOUT", "EDIT_WORKFLOW", "SERVICEDESK_AGENT", "VIEW_AGGREGATED_DATA", "VIEW_ISSUES", "VIEW_PROJECTS"];

/// Whether a scheme can grant a permission: not one that is global.
pub fn can_be_granted(key: &str) -> bool {
    ONLY_GRANTED.contains(&key) || permission::find(key).is_some_and(|kind| !kind.global)
}

/// A scheme as it is after a change, with its grants.
type Changed = (PermissionScheme, Vec<PermissionGrant>);

/// Makes a scheme.
pub async fn create(context: &Context, input: SchemeInput) -> Result<Changed> {
    let (name, description) = check(context, &input, None)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let id = work.next_id("permission_scheme").await?;
    let scheme = PermissionScheme { id, name, description };
    stored::put(&mut work, &scheme).await.map_err(taken)?;
    for grant in distinct(input.grants.unwrap_or_default()) {
        insert(context, &mut work, &scheme, grant).await?;
    }
    let grants = stored::grants(&mut work, id).await?;
    work.commit(Record::new("Permission scheme created", Area::Permissions, scheme.thing())).await?;
    Ok((scheme, grants))
}

/// Changes a scheme. Grants that it keeps keep their ids.
pub async fn update(context: &Context, id: &str, input: SchemeInput) -> Result<Changed> {
    let old = get(context, id)?;
    let (name, description) = check(context, &input, Some(old))?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let scheme = PermissionScheme { id: old.id, name, description };
    if !stored::lock(&mut work, scheme.id).await? {
        return Err(missing(id));
    }
    stored::put(&mut work, &scheme).await.map_err(taken)?;
    if let Some(wanted) = input.grants.map(distinct) {
        let present = stored::grants(&mut work, scheme.id).await?;
        let (kept, gone): (Vec<_>, Vec<_>) =
            present.into_iter().partition(|grant| wanted.iter().any(|wanted| wanted.is(grant)));
        let ids: Vec<i64> = gone.iter().map(|grant| grant.id).collect();
        stored::delete_grants(&mut work, scheme.id, &ids).await?;
        for grant in &gone {
            work.record(grant_record(context, "Permission removed from scheme", &scheme, grant));
        }
        for grant in wanted.into_iter().filter(|wanted| !kept.iter().any(|kept| wanted.is(kept))) {
            insert(context, &mut work, &scheme, grant).await?;
        }
    }
    let record = Record::new("Permission scheme updated", Area::Permissions, scheme.thing())
        .change("Name", Some(&old.name), Some(&scheme.name))
        .change("Description", Some(&old.description), Some(&scheme.description));
    let grants = stored::grants(&mut work, scheme.id).await?;
    work.commit(record).await?;
    Ok((scheme, grants))
}

/// Deletes a scheme that no project uses.
pub async fn delete(context: &Context, id: &str) -> Result<()> {
    let scheme = get(context, id)?;
    // The document has no other status for it.
    let refused =
        |why: &str| Failure::forbidden(format!("The permission scheme '{}' can't be deleted: {why}.", scheme.name));
    if scheme.id == PermissionScheme::DEFAULT {
        return Err(refused("it is the default scheme"));
    }
    let mut work = context.begin().await?;
    work.changes_configuration();
    match stored::delete(&mut work, scheme.id).await {
        Ok(true) => {}
        Ok(false) => return Err(missing(id)),
        Err(error) if db::constraint(&error).is_some() => return Err(refused("projects use it")),
        Err(error) => return Err(error.into()),
    }
    Ok(work.commit(Record::new("Permission scheme deleted", Area::Permissions, scheme.thing())).await?)
}

/// Adds a grant to a scheme.
pub async fn add_grant(context: &Context, id: &str, grant: NewGrant) -> Result<PermissionGrant> {
    // The document knows no 404 here.
    let absent = || Failure::invalid(format!("Permission scheme with id {id} doesn't exist."));
    let scheme = get(context, id).map_err(|_| absent())?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let gone = !stored::lock(&mut work, scheme.id).await?;
    let present = stored::grants(&mut work, scheme.id).await?;
    if gone {
        return Err(absent());
    }
    if present.iter().any(|present| grant.is(present)) {
        return Err(Failure::invalid("The permission is granted to this holder already."));
    }
    let grant = insert(context, &mut work, scheme, grant).await?;
    work.commit_recorded().await?;
    Ok(grant)
}

/// Takes a grant out of a scheme.
pub async fn delete_grant(context: &Context, id: &str, grant_id: &str) -> Result<()> {
    // Nor here.
    let absent = || Failure::invalid(format!("Permission grant with id {grant_id} doesn't exist."));
    let scheme = get(context, id).map_err(|_| absent())?;
    let mut grants = context.site.grants_of(scheme.id).iter();
    let grant = grants.find(|grant| grant.id.to_string() == grant_id).ok_or_else(absent)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    if stored::delete_grants(&mut work, scheme.id, &[grant.id]).await? == 0 {
        return Err(absent());
    }
    Ok(work.commit(grant_record(context, "Permission removed from scheme", scheme, grant)).await?)
}

/// Gives a project another scheme.
pub async fn assign<'a>(context: &'a Context, project: &Project, id: i64) -> Result<&'a PermissionScheme> {
    let scheme = context.site.permission_schemes.get(id).ok_or_else(|| missing(&id.to_string()))?;
    let former = context.site.permission_schemes.get(project.permission_scheme_id);
    let mut work = context.begin().await?;
    work.changes_configuration();
    let done = stored::assign(&mut work, project.id, scheme.id).await;
    match done {
        Ok(true) => {}
        Ok(false) => return Err(Context::no_project(&project.key)),
        Err(error) if db::constraint(&error).is_some() => return Err(missing(&id.to_string())),
        Err(error) => return Err(error.into()),
    }
    let record = Record::new("Permission scheme added to project", Area::Permissions, scheme.thing())
        .change("Permission Scheme", former.map(|former| former.name.as_str()), Some(&scheme.name))
        .with(project.thing());
    work.commit(record).await?;
    Ok(scheme)
}

/// A scheme by the id in a path.
pub fn get<'a>(context: &'a Context, id: &str) -> Result<&'a PermissionScheme> {
    context.site.permission_schemes.parse(id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("Permission scheme with id {id} doesn't exist."))
}

impl NewGrant {
    fn is(&self, grant: &PermissionGrant) -> bool {
        self.permission == grant.permission && self.holder.as_ref() == grant.holder()
    }
}

fn distinct(grants: Vec<NewGrant>) -> Vec<NewGrant> {
    let mut distinct = Vec::new();
    for grant in grants {
        if !distinct.contains(&grant) {
            distinct.push(grant);
        }
    }
    distinct
}

/// The name and the description that the scheme is to have.
fn check(context: &Context, input: &SchemeInput, old: Option<&PermissionScheme>) -> Result<(String, String)> {
    let mut complaints = Complaints::default();
    let name = input.name.as_deref().unwrap_or_default().trim();
    let others = context.site.permission_schemes.iter().filter(|other| old.is_none_or(|old| old.id != other.id));
    if name.is_empty() {
        complaints.field("name", "The permission scheme name must be provided.");
    } else if name.chars().count() > NAME {
        complaints.field("name", format!("The permission scheme name must not exceed {NAME} characters."));
    } else if is_taken(others.map(|other| &other.name), name) {
        complaints.field("name", TAKEN);
    }
    let description = input.description.as_deref().or(old.map(|old| old.description.as_str())).unwrap_or_default();
    if description.chars().count() > DESCRIPTION {
        let sentence = format!("The permission scheme description must not exceed {DESCRIPTION} characters.");
        complaints.field("description", sentence);
    }
    if input.grants.as_ref().is_some_and(|grants| grants.len() > GRANTS_LIMIT) {
        complaints.field("permissions", format!("At most {GRANTS_LIMIT} permissions can be granted at once."));
    }
    complaints.into_result()?;
    Ok((name.to_owned(), description.to_owned()))
}

const TAKEN: &str = "A permission scheme with this name already exists.";

/// Another request was faster with the name.
fn taken(error: db::Error) -> Failure {
    match db::constraint(&error) {
        Some("permission_scheme_name") => Failure::invalid_field("name", TAKEN),
        _ => error.into(),
    }
}

/// Stores a grant with its record.
async fn insert(
    context: &Context,
    work: &mut Work,
    scheme: &PermissionScheme,
    new: NewGrant,
) -> Result<PermissionGrant> {
    let grant = PermissionGrant {
        id: work.next_id("permission_grant").await?,
        scheme_id: scheme.id,
        permission: new.permission,
        holder: new.holder.kind.to_owned(),
        parameter: new.holder.parameter,
    };
    stored::insert_grant(work, &grant).await?;
    work.record(grant_record(context, "Permission added to scheme", scheme, &grant));
    Ok(grant)
}

fn grant_record(
    context: &Context,
    summary: &'static str,
    scheme: &PermissionScheme,
    grant: &PermissionGrant,
) -> Record {
    let added = summary.ends_with("added to scheme");
    let (from, to) = if added { (None, Some(grant)) } else { (Some(grant), None) };
    Record::new(summary, Area::Permissions, scheme.thing())
        .change("Permission Key", from.map(|g| g.permission.as_str()), to.map(|g| g.permission.as_str()))
        .change("Type", from.map(|g| g.holder.as_str()), to.map(|g| g.holder.as_str()))
        .change("Value", from.and_then(|g| g.parameter.as_deref()), to.and_then(|g| g.parameter.as_deref()))
        .with(grant.holder().thing(&context.site))
}
