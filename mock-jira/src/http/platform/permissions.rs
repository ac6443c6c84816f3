//! What callers may do (U-21 to U-25).

use crate::{
    app::comments,
    db::{self, issues::Name},
    domain::{
        config::Project,
        failure::{Complaints, Failure, Result},
        permission::{self, Access, PERMISSIONS, People, PermissionKind},
    },
    http::{
        answer::{Answer, ok},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on permissions.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/mypermissions", get_my_permissions)
        .get("/rest/api/3/permissions", get_all_permissions)
        .post("/rest/api/3/permissions/check", get_bulk_permissions)
        .post("/rest/api/3/permissions/project", get_permitted_projects)
}

async fn get_all_permissions() -> Answer {
    let permissions = PERMISSIONS.iter().map(|kind| (kind.key.to_owned(), Value::Object(view(kind))));
    ok(json!({ "permissions": permissions.collect::<Map<_, _>>() }))
}

fn view(kind: &PermissionKind) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("key".into(), kind.key.into());
    view.insert("name".into(), kind.name.into());
    view.insert("type".into(), if kind.global { "GLOBAL" } else { "PROJECT" }.into());
    view.insert("description".into(), kind.description.into());
    view
}

/// Exactly the permissions asked for (U-21).
async fn get_my_permissions(call: Call) -> Answer {
    let keys = call.params.list("permissions");
    if keys.is_empty() {
        return Err(Failure::invalid("The 'permissions' query parameter is required.").into()); // U-22
    }
    let kinds = known(&keys, |_| true)?;
    if call.params.text("commentId").is_some() && kinds.iter().any(|kind| kind.key != "BROWSE_PROJECTS") {
        return Err(Failure::invalid("Only the permission BROWSE_PROJECTS can be asked for comments.").into());
    }
    let place = place(&call).await?;
    let access = call.access();
    let have = |kind: &PermissionKind| match &place {
        _ if kind.global => access.global(kind.key),
        Some(place) => place.allows(access, kind.key),
        None => call.site.projects.iter().any(|project| access.somewhere(project, kind.key)), // U-23
    };
    let permissions = kinds.into_iter().map(|kind| {
        let mut entry = Map::new();
        entry.insert("id".into(), kind.id.into());
        entry.extend(view(kind));
        entry.insert("havePermission".into(), have(kind).into());
        (kind.key.to_owned(), Value::Object(entry))
    });
    ok(json!({ "permissions": permissions.collect::<Map<_, _>>() }))
}

/// Where project permissions are asked for: in a project, or on an issue of these people.
pub struct Place<'a> {
    /// The project.
    pub project: &'a Project,
    /// Those of the issue.
    people: Option<People>,
}

impl<'a> Place<'a> {
    /// Anywhere in a project.
    pub fn project(project: &'a Project) -> Self {
        Self { project, people: None }
    }

    /// The issue that `issueKey` or `issueId` names, if one of them is given.
    pub async fn named_issue(call: &'a Call) -> Result<Option<Self>> {
        match call.params.text("issueId").or_else(|| call.params.text("issueKey")) {
            Some(text) => Self::issue(call, call.required_issue_name(text)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// An issue that the caller sees.
    async fn issue(call: &'a Call, name: Name) -> Result<Self> {
        let found = db::issues::references(&mut call.read().await?, &[name]).await?.pop();
        let (_, issue, people) = found.ok_or_else(Failure::no_issue)?;
        let project = call.site.projects.get(issue.project_id).ok_or_else(Failure::no_issue)?;
        let place = Self { project, people: Some(people) };
        if place.allows(call.access(), "BROWSE_PROJECTS") { Ok(place) } else { Err(Failure::no_issue()) }
    }

    /// Whether somebody has a project permission there.
    pub fn allows(&self, access: Access, key: &str) -> bool {
        match &self.people {
            None => access.somewhere(self.project, key),
            Some(people) => access.on(self.project, people.as_ref(), key),
        }
    }
}

/// The place that `mypermissions` asks for; none means the whole site.
async fn place(call: &Call) -> Result<Option<Place<'_>>> {
    if let Some(place) = Place::named_issue(call).await? {
        return Ok(Some(place));
    }
    let params = &call.params;
    if let Some(id) = params.long("commentId")? {
        let issue_id = db::comments::issue_of(&mut call.read().await?, id).await?.ok_or_else(Failure::no_issue)?;
        comments::get(call, &mut call.read().await?, &issue_id.to_string(), &id.to_string()).await?;
        return Place::issue(call, Name::Id(issue_id)).await.map(Some);
    }
    for (name, what) in [("projectId", "id"), ("projectKey", "key"), ("projectUuid", "uuid")] {
        let Some(text) = params.text(name) else { continue };
        let by_uuid = || call.live_projects().find(|project| project.uuid.to_string() == text);
        let found = if what == "uuid" { by_uuid() } else { call.project(text).ok() };
        let missing = || Failure::not_found(format!("Could not find project with provided {what}.")); // U-22
        return Ok(Some(Place::project(found.ok_or_else(missing)?)));
    }
    Ok(None)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Check {
    account_id: Option<String>,
    global_permissions: Option<Vec<Option<String>>>,
    project_permissions: Option<Vec<Option<ProjectCheck>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectCheck {
    permissions: Vec<Option<String>>,
    #[serde(default)]
    issues: Option<Vec<Option<i64>>>,
    #[serde(default)]
    projects: Option<Vec<Option<i64>>>,
}

/// Most projects and most issues in one request (U-24).
const MOST: usize = 1000;

async fn get_bulk_permissions(Json(call, check): Json<Check>) -> Answer {
    let caller = match check.account_id.filter(|id| !call.caller.is(Some(id))) {
        None => call.caller.clone(),
        Some(_) if !call.access().administers() => {
            return Err(Failure::forbidden("Only Jira administrators can perform this operation.").into());
        }
        Some(id) => call.site.caller(&id).ok_or_else(|| Failure::invalid("The account ID is not valid."))?,
    };
    let access = Access::new(&call.site, &caller);
    let global = keys(check.global_permissions);
    let global = known(&global, |kind| kind.global)?.into_iter().filter(|kind| access.global(kind.key));
    let global: Vec<&str> = global.map(|kind| kind.key).collect();
    let mut grants = Vec::new();
    for check in check.project_permissions.into_iter().flatten().flatten() {
        let keys = keys(Some(check.permissions));
        if keys.is_empty() {
            return Err(Failure::invalid("At least one project permission must be provided.").into());
        }
        let kinds = known(&keys, |kind| !kind.global)?;
        let (issues, projects) = (ids(check.issues)?, ids(check.projects)?);
        let issues = load(&call, &issues).await?;
        for kind in kinds {
            let in_project =
                |id: &&i64| call.site.projects.get(**id).is_some_and(|project| access.somewhere(project, kind.key));
            grants.push(json!({
                "permission": kind.key,
                "issues": issues.iter().filter(|(_, place)| place.allows(access, kind.key)).map(|(id, _)| *id).collect::<Vec<i64>>(),
                "projects": projects.iter().filter(in_project).collect::<Vec<&i64>>(),
            }));
        }
    }
    ok(json!({ "globalPermissions": global, "projectPermissions": grants }))
}

/// Issues by id; unknown ones are left out.
async fn load<'a>(call: &'a Call, ids: &[i64]) -> Result<Vec<(i64, Place<'a>)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<Name> = ids.iter().copied().map(Name::Id).collect();
    let found = db::issues::references(&mut call.read().await?, &names).await?;
    let places = found.into_iter().filter_map(|(_, issue, people)| {
        let project = call.site.projects.get(issue.project_id)?;
        Some((issue.id, Place { project, people: Some(people) }))
    });
    Ok(places.collect())
}

fn ids(ids: Option<Vec<Option<i64>>>) -> Result<Vec<i64>> {
    let ids: Vec<i64> = ids.into_iter().flatten().flatten().collect();
    if ids.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} projects and {MOST} issues can be checked.")));
    }
    Ok(ids)
}

/// Nulls and empty texts are ignored.
fn keys(keys: Option<Vec<Option<String>>>) -> Vec<String> {
    keys.into_iter().flatten().flatten().filter(|key| !key.is_empty()).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    permissions: Vec<String>,
}

/// The projects in which the caller has all the permissions.
async fn get_permitted_projects(Json(call, wanted): Json<Wanted>) -> Answer {
    let kinds = known(&wanted.permissions, |kind| !kind.global)?;
    let access = call.access();
    let permitted = |project: &&Project| kinds.iter().all(|kind| access.somewhere(project, kind.key));
    let projects = call.live_projects().filter(permitted);
    let projects: Vec<Value> = projects.map(|project| json!({ "id": project.id, "key": project.key })).collect();
    ok(json!({ "projects": projects }))
}

/// The permissions of these keys; all that are not known, or not of the kind, are named at once (U-22).
fn known(keys: &[String], fits: impl Fn(&PermissionKind) -> bool) -> Result<Vec<&'static PermissionKind>> {
    let mut complaints = Complaints::default();
    let mut kinds = Vec::new();
    for key in keys {
        match permission::find(key).filter(|kind| fits(kind)) {
            Some(kind) => kinds.push(kind),
            None => complaints.field(key, "Unrecognized permission"),
        }
    }
    complaints.into_result()?;
    Ok(kinds)
}
