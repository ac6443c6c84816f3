//! Levels of issue security schemes, and who belongs to them.

use super::{LEVEL, PAGE, SCHEME, number, numbers};
use crate::{
    app::{
        ADMINISTRATORS,
        security_schemes::{self, Naming, NewLevel},
    },
    domain::{
        failure::{Failure, Result},
        permission::NewHolder,
        security::{SecurityLevel, SecurityMember},
    },
    http::{
        answer::{Answer, no_content, ok, see_task},
        body::{Json, lenient},
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::{config, holder},
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::json;

/// Operations on levels.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issuesecurityschemes/level", get_security_levels)
        .put("/rest/api/3/issuesecurityschemes/level/default", set_default_levels)
        .get("/rest/api/3/issuesecurityschemes/level/member", get_security_level_members)
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
}

const MEMBER: &str = "issue security level member ID";

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LevelsBody {
    levels: Option<Vec<LevelBody>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LevelBody {
    name: Option<String>,
    description: Option<String>,
    is_default: Option<bool>,
    members: Option<Vec<MemberBody>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MemberBody {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    parameter: Option<String>,
}

pub(super) fn levels(call: &Call, bodies: Option<Vec<LevelBody>>) -> Result<Vec<NewLevel>> {
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

async fn add_security_level(Path(id): Path<String>, Json(call, body): Json<LevelsBody>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    security_schemes::add_levels(&call, number(&id, SCHEME)?, levels(&call, body.levels)?).await?;
    no_content()
}

/// Open, where new levels are not.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LevelChange {
    name: Option<String>,
    description: Option<String>,
}

async fn update_security_level(
    Path((scheme_id, level_id)): Path<(String, String)>,
    Json(call, body): Json<LevelChange>,
) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let naming = Naming { name: body.name, description: body.description };
    security_schemes::update_level(&call, number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?, naming).await?;
    no_content()
}

async fn remove_level(call: Call, Path((scheme_id, level_id)): Path<(String, String)>) -> Answer {
    call.administers(ADMINISTRATORS)?;
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
    call.administers(ADMINISTRATORS)?;
    let (scheme_id, level_id) = (number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?);
    security_schemes::add_members(&call, scheme_id, level_id, members(&call, body.members)?).await?;
    no_content()
}

async fn remove_member_from_security_level(
    call: Call,
    Path((scheme_id, level_id, member_id)): Path<(String, String, String)>,
) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let (scheme_id, level_id) = (number(&scheme_id, SCHEME)?, number(&level_id, LEVEL)?);
    security_schemes::remove_member(&call, scheme_id, level_id, number(&member_id, MEMBER)?).await?;
    no_content()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    call.administers(ADMINISTRATORS)?;
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

async fn get_security_levels(call: Call) -> Answer {
    call.administers(ADMINISTRATORS)?;
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
    call.administers(ADMINISTRATORS)?;
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
    call.administers(ADMINISTRATORS)?;
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

async fn get_issue_security_level(call: Call, Path(id): Path<String>) -> Answer {
    let missing = || Failure::not_found(format!("The security level with the id '{id}' does not exist."));
    ok(config::security_level(&call, call.site.security_levels.parse(&id).ok_or_else(missing)?))
}
