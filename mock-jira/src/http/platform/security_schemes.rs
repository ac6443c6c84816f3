//! Issue security schemes, and those of projects.

mod levels;

use self::levels::{LevelBody, levels};
use crate::{
    app::{
        ADMINISTRATORS,
        security_schemes::{self, Naming},
    },
    domain::{
        config::Project,
        failure::{Failure, Result},
        security::{SecurityLevel, SecurityScheme},
    },
    http::{
        answer::{Answer, created, no_content, ok, see_task},
        body::{Json, lenient},
        call::Call,
        page::{Window, listed},
        platform::projects::configured,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on issue security.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issuesecurityschemes", get_issue_security_schemes)
        .post("/rest/api/3/issuesecurityschemes", create_issue_security_scheme)
        .get("/rest/api/3/issuesecurityschemes/search", search_security_schemes)
        .get("/rest/api/3/issuesecurityschemes/project", search_projects_using_security_schemes)
        .put("/rest/api/3/issuesecurityschemes/project", associate_schemes_to_projects)
        .get("/rest/api/3/issuesecurityschemes/{id}", get_issue_security_scheme)
        .put("/rest/api/3/issuesecurityschemes/{id}", update_issue_security_scheme)
        .delete("/rest/api/3/issuesecurityschemes/{schemeId}", delete_security_scheme)
        .get("/rest/api/3/project/{projectKeyOrId}/securitylevel", get_security_levels_for_project)
        .get("/rest/api/3/project/{projectKeyOrId}/issuesecuritylevelscheme", get_project_issue_security_scheme)
        .and(levels::routes())
}

/// Most items of a page.
const PAGE: i64 = 100;

async fn get_issue_security_schemes(call: Call) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let schemes: Vec<Value> = call.site.security_schemes.iter().map(|item| scheme(&call, item)).collect();
    ok(json!({ "issueSecuritySchemes": schemes }))
}

async fn get_issue_security_scheme(call: Call, Path(id): Path<String>) -> Answer {
    let found = call.site.security_schemes.parse(&id);
    let uses = |project: &Project, scheme: &SecurityScheme| project.security_scheme_id == Some(scheme.id);
    let access = call.access();
    let seen = found.filter(|scheme| {
        access.administers()
            || call.live_projects().any(|project| uses(project, scheme) && access.administers_project(project))
    });
    // The document has no 404.
    let refused = || Failure::forbidden("You do not have permission to view this issue security scheme.");
    ok(with_levels(&call, seen.ok_or_else(refused)?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SchemeBody {
    name: Option<String>,
    description: Option<String>,
    levels: Option<Vec<LevelBody>>,
}

async fn create_issue_security_scheme(Json(call, body): Json<SchemeBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let naming = Naming { name: body.name, description: body.description };
    let id = security_schemes::create(&call, naming, levels(&call, body.levels)?).await?;
    created(json!({ "id": id.to_string() }))
}

async fn update_issue_security_scheme(Path(id): Path<String>, Json(call, naming): Json<Naming>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    security_schemes::update(&call, number(&id, SCHEME)?, naming).await?;
    no_content()
}

async fn delete_security_scheme(call: Call, Path(id): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    security_schemes::delete(&call, number(&id, SCHEME)?).await?;
    no_content()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AssociationBody {
    #[serde(deserialize_with = "lenient::text")]
    project_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    scheme_id: Option<String>,
    #[serde(default)]
    old_to_new_security_level_mappings: Option<Vec<MappingBody>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MappingBody {
    #[serde(deserialize_with = "lenient::text")]
    old_level_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    new_level_id: Option<String>,
}

async fn associate_schemes_to_projects(Json(call, body): Json<AssociationBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let optional = |text: Option<String>, what| text.map(|text| number(&text, what)).transpose();
    let project_id = number(&body.project_id.unwrap_or_default(), "project ID")?;
    let scheme_id = optional(body.scheme_id, SCHEME)?;
    let mapping = body.old_to_new_security_level_mappings.into_iter().flatten();
    let mapping: Vec<_> = mapping
        .map(|pair| Ok((optional(pair.old_level_id, LEVEL)?, optional(pair.new_level_id, LEVEL)?)))
        .collect::<Result<_>>()?;
    let project = call.project(&project_id.to_string())?;
    see_task(&call, &security_schemes::submit_association(&call, project, scheme_id, mapping).await?)
}

async fn search_security_schemes(call: Call) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, PAGE)?;
    let (ids, projects) = (numbers(&call, "id")?, numbers(&call, "projectId")?);
    let used = |scheme: &SecurityScheme| -> Vec<i64> {
        let wanted =
            |project: &&Project| project.security_scheme_id == Some(scheme.id) && projects.contains(&project.id);
        call.live_projects().filter(wanted).map(|project| project.id).collect()
    };
    let schemes = call.site.security_schemes.iter();
    let schemes: Vec<&SecurityScheme> = schemes
        .filter(|scheme| ids.is_empty() || ids.contains(&scheme.id))
        .filter(|scheme| projects.is_empty() || !used(scheme).is_empty())
        .collect();
    let view = |scheme: &SecurityScheme| {
        let mut view = json!({
            "id": scheme.id,
            "self": call.links.api(format_args!("issuesecurityscheme/{}", scheme.id)),
            "name": scheme.name,
            "description": scheme.description,
        });
        if let Some(level) = default_level(&call, scheme) {
            view["defaultLevel"] = level.id.into();
        }
        if !projects.is_empty() {
            view["projectIds"] = used(scheme).into();
        }
        view
    };
    ok(listed(&call, "issuesecurityschemes/search", window, schemes, view))
}

async fn search_projects_using_security_schemes(call: Call) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, PAGE)?;
    let (schemes, projects) = (numbers(&call, "issueSecuritySchemeId")?, numbers(&call, "projectId")?);
    let mut pairs: Vec<(i64, i64)> =
        call.live_projects().filter_map(|project| Some((project.security_scheme_id?, project.id))).collect();
    pairs.retain(|(scheme, project)| {
        (schemes.is_empty() || schemes.contains(scheme)) && (projects.is_empty() || projects.contains(project))
    });
    pairs.sort_unstable();
    let view = |(scheme, project): (i64, i64)| json!({ "issueSecuritySchemeId": scheme.to_string(), "projectId": project.to_string() });
    ok(listed(&call, "issuesecurityschemes/project", window, pairs, view))
}

/// Levels are for those to choose from who may set them.
async fn get_security_levels_for_project(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let access = call.access();
    let chooses = call.caller.account.is_some() && access.somewhere(project, "SET_ISSUE_SECURITY");
    let levels = access.levels(project, None).filter(|_| chooses);
    let levels: Vec<Value> = levels.map(|level| config::security_level(&call, level)).collect();
    ok(json!({ "levels": levels }))
}

async fn get_project_issue_security_scheme(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = configured(&call, &id_or_key)?;
    let found = project.security_scheme_id.and_then(|id| call.site.security_schemes.get(id));
    let missing = || Failure::not_found("The project has no issue security scheme.");
    ok(with_levels(&call, found.ok_or_else(missing)?))
}

const SCHEME: &str = "issue security scheme ID";
const LEVEL: &str = "issue security level ID";

/// An id in a path or a body.
fn number(text: &str, what: &str) -> Result<i64> {
    let wrong = || Failure::invalid(format!("{text} is not a valid value. The {what} must be a positive integer."));
    text.parse().ok().filter(|number: &i64| *number > 0).ok_or_else(wrong)
}

/// A list of ids in the query string.
fn numbers(call: &Call, name: &str) -> Result<Vec<i64>> {
    let read = |text: String| {
        let wrong =
            || Failure::invalid(format!("{text} is not a valid value. {name} must be zero or a positive integer."));
        text.parse().ok().filter(|number: &i64| *number >= 0).ok_or_else(wrong)
    };
    call.params.list(name).into_iter().map(read).collect()
}

fn default_level<'a>(call: &'a Call, scheme: &SecurityScheme) -> Option<&'a SecurityLevel> {
    call.site.security_levels.iter().find(|level| level.scheme_id == scheme.id && level.is_default)
}

/// A scheme in a list (observed shapes, "issue_security_schemes").
fn scheme(call: &Call, scheme: &SecurityScheme) -> Value {
    let mut view = json!({
        "self": call.links.api(format_args!("issuesecurityschemes/{}", scheme.id)),
        "id": scheme.id,
        "name": scheme.name,
        "description": scheme.description,
    });
    if let Some(level) = default_level(call, scheme) {
        view["defaultSecurityLevelId"] = level.id.into();
    }
    view
}

fn with_levels(call: &Call, item: &SecurityScheme) -> Value {
    let levels = call.site.security_levels.iter().filter(|level| level.scheme_id == item.id);
    let levels: Vec<Value> = levels.map(|level| config::security_level(call, level)).collect();
    let mut view = scheme(call, item);
    view["levels"] = levels.into();
    view
}
