//! Issue security schemes and levels, and the ones of a project.

use crate::{
    app::security_schemes::{self, Naming, NewLevel},
    domain::{
        config::Project,
        failure::{Failure, Result},
        permission::NewHolder,
        security::{SecurityLevel, SecurityMember, SecurityScheme},
    },
    http::{
        answer::{Answer, created, no_content, ok, see_task},
        body::{Json, lenient},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::{config, holder},
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
        .get("/rest/api/3/issuesecurityschemes/level", get_security_levels)
        .put("/rest/api/3/issuesecurityschemes/level/default", set_default_levels)
        .get("/rest/api/3/issuesecurityschemes/level/member", get_security_level_members)
        .get("/rest/api/3/issuesecurityschemes/project", search_projects_using_security_schemes)
        .put("/rest/api/3/issuesecurityschemes/project", associate_schemes_to_projects)
        .get("/rest/api/3/issuesecurityschemes/{id}", get_issue_security_scheme)
        .put("/rest/api/3/issuesecurityschemes/{id}", update_issue_security_scheme)
        .delete("/rest/api/3/issuesecurityschemes/{schemeId}", delete_security_scheme)
        .get("/rest/api/3/issuesecurityschemes/{issueSecuritySchemeId}/members", get_issue_security_level_members)
        .put("/rest/api/3/issuesecurityschemes/{schemeId}/level", add_security_level)
        .put("/rest/api/3/issuesecurityschemes/{schemeId}/level/{levelId}", update_security_level)
        .delete("/rest/api/3/issuesecurityschemes/{schemeId}/level/{levelId}", remove_level)
        .put("/rest/api/3/issuesecurityschemes/{schemeId}/level/{levelId}/member", add_security_level_members)
        .delete(
            "/rest/api/3/issuesecurityschemes/{schemeId}/level/{levelId}/member/{memberId}",
            remove_member_from_security_level,
        )
        .get("/rest/api/3/securitylevel/{id}", get_issue_security_level)
        .get("/rest/api/3/project/{projectKeyOrId}/securitylevel", get_security_levels_for_project)
        .get("/rest/api/3/project/{projectKeyOrId}/issuesecuritylevelscheme", get_project_issue_security_scheme)
}

/// Most items of a page.
const PAGE: i64 = 100;

async fn get_issue_security_schemes(call: Call) -> Answer {
    administers(&call)?;
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

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NamingBody {
    name: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LevelsBody {
    levels: Option<Vec<LevelBody>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LevelBody {
    name: Option<String>,
    description: Option<String>,
    is_default: Option<bool>,
    members: Option<Vec<MemberBody>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MemberBody {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    parameter: Option<String>,
}

fn levels(call: &Call, bodies: Option<Vec<LevelBody>>) -> Result<Vec<NewLevel>> {
    let read = |body: LevelBody| {
        Ok(NewLevel {
            name: body.name.unwrap_or_default(),
            description: body.description.unwrap_or_default(),
            is_default: body.is_default.unwrap_or_default(),
            members: members(call, body.members)?,
        })
    };
    bodies.into_iter().flatten().map(read).collect()
}

fn members(call: &Call, bodies: Option<Vec<MemberBody>>) -> Result<Vec<NewHolder>> {
    let read = |body: MemberBody| NewHolder::read(&call.site, body.kind.as_deref(), body.parameter.as_deref(), None);
    bodies.into_iter().flatten().map(|body| read(body).map_err(Failure::invalid)).collect()
}

async fn create_issue_security_scheme(Json(call, body): Json<SchemeBody>) -> Answer {
    administers(&call)?;
    let naming = Naming { name: body.name, description: body.description };
    let id = security_schemes::create(&call, naming, levels(&call, body.levels)?).await?;
    created(json!({ "id": id.to_string() }))
}

async fn update_issue_security_scheme(Path(id): Path<String>, Json(call, body): Json<NamingBody>) -> Answer {
    administers(&call)?;
    let naming = Naming { name: body.name, description: body.description };
    security_schemes::update(&call, number(&id, SCHEME)?, naming).await?;
    no_content()
}

async fn delete_security_scheme(call: Call, Path(id): Path<String>) -> Answer {
    administers(&call)?;
    security_schemes::delete(&call, number(&id, SCHEME)?).await?;
    no_content()
}

async fn add_security_level(Path(id): Path<String>, Json(call, body): Json<LevelsBody>) -> Answer {
    administers(&call)?;
    security_schemes::add_levels(&call, number(&id, SCHEME)?, levels(&call, body.levels)?).await?;
    no_content()
}

async fn update_security_level(
    Path((scheme_id, level_id)): Path<(String, String)>,
    Json(call, body): Json<LevelBody>,
) -> Answer {
    administers(&call)?;
    let naming = Naming { name: body.name, description: body.description };
    security_schemes::update_level(&call, number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?, naming).await?;
    no_content()
}

async fn remove_level(call: Call, Path((scheme_id, level_id)): Path<(String, String)>) -> Answer {
    administers(&call)?;
    let with = call.params.text("replaceWith").map(|text| number(text, LEVEL)).transpose()?;
    let (scheme_id, level_id) = (number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?);
    see_task(&call, &security_schemes::submit_removal(&call, scheme_id, level_id, with).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MembersBody {
    members: Option<Vec<MemberBody>>,
}

async fn add_security_level_members(
    Path((scheme_id, level_id)): Path<(String, String)>,
    Json(call, body): Json<MembersBody>,
) -> Answer {
    administers(&call)?;
    let (scheme_id, level_id) = (number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?);
    security_schemes::add_members(&call, scheme_id, level_id, members(&call, body.members)?).await?;
    no_content()
}

async fn remove_member_from_security_level(
    call: Call,
    Path((scheme_id, level_id, member_id)): Path<(String, String, String)>,
) -> Answer {
    administers(&call)?;
    let (scheme_id, level_id) = (number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?);
    security_schemes::remove_member(&call, scheme_id, level_id, number(&member_id, MEMBER)?).await?;
    no_content()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DefaultsBody {
    default_values: Vec<DefaultBody>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefaultBody {
    #[serde(deserialize_with = "lenient::text")]
    issue_security_scheme_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    default_level_id: Option<String>,
}

/// Most schemes whose default is set at once.
const DEFAULTS: usize = 1000;

async fn set_default_levels(Json(call, body): Json<DefaultsBody>) -> Answer {
    administers(&call)?;
    if !(1..=DEFAULTS).contains(&body.default_values.len()) {
        return Err(Failure::invalid(format!("Between 1 and {DEFAULTS} default values must be provided.")).into());
    }
    let pair = |value: DefaultBody| -> Result<(i64, Option<i64>)> {
        let level = value.default_level_id.map(|text| number(&text, LEVEL)).transpose()?;
        Ok((number(&value.issue_security_scheme_id.unwrap_or_default(), SCHEME)?, level))
    };
    let defaults: Vec<_> = body.default_values.into_iter().map(pair).collect::<Result<_>>()?;
    security_schemes::set_defaults(&call, &defaults).await?;
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
#[serde(rename_all = "camelCase")]
struct MappingBody {
    #[serde(deserialize_with = "lenient::text")]
    old_level_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    new_level_id: Option<String>,
}

async fn associate_schemes_to_projects(Json(call, body): Json<AssociationBody>) -> Answer {
    administers(&call)?;
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
    administers(&call)?;
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

async fn get_security_levels(call: Call) -> Answer {
    administers(&call)?;
    let window = Window::read(&call, 50, PAGE)?;
    let (ids, schemes) = (numbers(&call, "id")?, numbers(&call, "schemeId")?);
    let only_default = call.params.flag("onlyDefault", false)?;
    let wanted = |level: &&SecurityLevel| {
        let named = ids.contains(&level.id) || schemes.contains(&level.scheme_id);
        (named || ids.is_empty() && schemes.is_empty()) && (level.is_default || !only_default)
    };
    let levels: Vec<&SecurityLevel> = call.site.security_levels.iter().filter(wanted).collect();
    let view = |level: &SecurityLevel| {
        json!({
            "id": level.id.to_string(),
            "self": call.links.api(format_args!("issuesecurityscheme/level?id={}", level.id)),
            "name": level.name,
            "description": level.description,
            "isDefault": level.is_default,
            "issueSecuritySchemeId": level.scheme_id.to_string(),
        })
    };
    ok(listed(&call, "issuesecurityschemes/level", window, levels, view))
}

async fn get_security_level_members(call: Call) -> Answer {
    administers(&call)?;
    let window = Window::read(&call, 50, PAGE)?;
    let (ids, schemes, levels) = (numbers(&call, "id")?, numbers(&call, "schemeId")?, numbers(&call, "levelId")?);
    let everything = ids.is_empty() && schemes.is_empty() && levels.is_empty();
    let wanted = |level: &SecurityLevel, member: &SecurityMember| {
        everything || ids.contains(&member.id) || schemes.contains(&level.scheme_id) || levels.contains(&level.id)
    };
    let members = all_members(&call, wanted);
    let view = |(level, member): (&SecurityLevel, &SecurityMember)| {
        json!({
            "id": member.id.to_string(),
            "issueSecurityLevelId": level.id.to_string(),
            "issueSecuritySchemeId": level.scheme_id.to_string(),
            "holder": holder::holder(&call, member.holder()),
        })
    };
    ok(listed(&call, "issuesecurityschemes/level/member", window, members, view))
}

/// The older form of the same, for one scheme.
async fn get_issue_security_level_members(call: Call, Path(id): Path<String>) -> Answer {
    administers(&call)?;
    let window = Window::read(&call, 50, PAGE)?;
    let levels = numbers(&call, "issueSecurityLevelId")?;
    let missing = || Failure::not_found(format!("Issue security scheme with ID {id} not found."));
    let scheme = call.site.security_schemes.parse(&id).ok_or_else(missing)?;
    let wanted = |level: &SecurityLevel, _: &SecurityMember| {
        level.scheme_id == scheme.id && (levels.is_empty() || levels.contains(&level.id))
    };
    let members = all_members(&call, wanted);
    let view = |(level, member): (&SecurityLevel, &SecurityMember)| {
        json!({
            "id": member.id,
            "issueSecurityLevelId": level.id,
            "holder": holder::holder(&call, member.holder()),
        })
    };
    ok(listed(&call, &format!("issuesecurityschemes/{}/members", scheme.id), window, members, view))
}

/// Members with their levels, in the order of their ids.
fn all_members(
    call: &Call,
    wanted: impl Fn(&SecurityLevel, &SecurityMember) -> bool,
) -> Vec<(&SecurityLevel, &SecurityMember)> {
    let levels = call.site.security_levels.iter();
    let members = levels.flat_map(|level| call.site.members_of(level.id).iter().map(move |member| (level, member)));
    let mut members: Vec<_> = members.filter(|(level, member)| wanted(level, member)).collect();
    members.sort_by_key(|(_, member)| member.id);
    members
}

async fn search_projects_using_security_schemes(call: Call) -> Answer {
    administers(&call)?;
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

async fn get_issue_security_level(call: Call, Path(id): Path<String>) -> Answer {
    let missing = || Failure::not_found(format!("The security level with the id '{id}' does not exist."));
    ok(config::security_level(&call, call.site.security_levels.parse(&id).ok_or_else(missing)?))
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
    let project = call.project(&id_or_key)?;
    if !call.access().administers_project(project) {
        return Err(Failure::forbidden("You cannot edit the configuration of this project.").into());
    }
    let found = project.security_scheme_id.and_then(|id| call.site.security_schemes.get(id));
    let missing = || Failure::not_found("The project has no issue security scheme.");
    ok(with_levels(&call, found.ok_or_else(missing)?))
}

fn administers(call: &Call) -> Result<()> {
    if call.access().administers() {
        return Ok(());
    }
    Err(Failure::forbidden("You are not authorized to perform this action. Administrator privileges are required."))
}

const SCHEME: &str = "issue security scheme ID";
const LEVEL: &str = "issue security level ID";
const MEMBER: &str = "issue security level member ID";

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
