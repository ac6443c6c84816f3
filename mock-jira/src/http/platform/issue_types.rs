//! Issue types.

use crate::{
    app::{
        ADMINISTRATORS,
        avatars::Owner,
        issue_types::{self, TypeInput, alternatives},
        properties::{self as property_owners, ISSUE_TYPE},
    },
    domain::{
        config::{IssueType, Project},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        platform::avatars,
        properties,
        routes::Routes,
        views::config,
    },
};
use axum::extract::{Path, Request};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;

/// Operations on issue types.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issuetype", get_issue_all_types)
        .get("/rest/api/3/issuetype/project", get_issue_types_for_project)
        .post("/rest/api/3/issuetype", create_issue_type)
        .get("/rest/api/3/issuetype/{id}", get_issue_type)
        .put("/rest/api/3/issuetype/{id}", update_issue_type)
        .delete("/rest/api/3/issuetype/{id}", delete_issue_type)
        .get("/rest/api/3/issuetype/{id}/alternatives", get_alternative_issue_types)
        .post("/rest/api/3/issuetype/{id}/avatar2", create_issue_type_avatar)
        .get("/rest/api/3/issuetype/{issueTypeId}/properties", get_issue_type_property_keys)
        .get("/rest/api/3/issuetype/{issueTypeId}/properties/{propertyKey}", get_issue_type_property)
        .put("/rest/api/3/issuetype/{issueTypeId}/properties/{propertyKey}", set_issue_type_property)
        .delete("/rest/api/3/issuetype/{issueTypeId}/properties/{propertyKey}", delete_issue_type_property)
}

async fn get_issue_all_types(call: Call) -> Answer {
    let visible = Visible::to(&call);
    ok(views(&call, call.site.issue_types.iter().filter(|kind| visible.has(kind))))
}

async fn get_issue_types_for_project(call: Call) -> Answer {
    let id = call.params.long("projectId")?;
    let id = id.ok_or_else(|| Failure::BadParameter("Required parameter 'projectId' is not present.".into()))?;
    let level = call.params.int("level")?;
    let project = call.project(&id.to_string())?;
    let at_level = |kind: &&IssueType| level.is_none_or(|level| i64::from(kind.level) == level);
    ok(views(&call, call.site.issue_types_of(project).filter(at_level)))
}

async fn get_issue_type(call: Call, Path(id): Path<String>) -> Answer {
    ok(config::issue_type_listed(&call, find(&call, &id)?))
}

async fn get_alternative_issue_types(call: Call, Path(id): Path<String>) -> Answer {
    // The document knows no 400 here.
    let kind = find(&call, &id).map_err(|_| issue_types::missing(&id))?;
    ok(views(&call, alternatives(&call.site, kind)))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct NewType {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    hierarchy_level: Option<i64>,
    /// The older way to say the level.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
}

async fn create_issue_type(Json(call, body): Json<NewType>) -> Answer {
    let older = match body.kind.as_deref() {
        None | Some("standard") => 0,
        Some("subtask") => -1,
        Some(_) => return Err(Failure::invalid_field("type", "The type has to be standard or subtask.").into()),
    };
    let input = TypeInput {
        name: body.name,
        description: body.description,
        level: Some(body.hierarchy_level.unwrap_or(older)),
        avatar_id: None,
    };
    created(config::issue_type_listed(&call, &issue_types::create(&call, input).await?))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct TypeChange {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    avatar_id: Option<i64>,
}

async fn update_issue_type(Path(id): Path<String>, Json(call, body): Json<TypeChange>) -> Answer {
    let input = TypeInput { name: body.name, description: body.description, level: None, avatar_id: body.avatar_id };
    ok(config::issue_type_listed(&call, &issue_types::update(&call, &id, input).await?))
}

async fn delete_issue_type(call: Call, Path(id): Path<String>) -> Answer {
    issue_types::delete(&call, &id, call.params.text("alternativeIssueTypeId")).await?;
    no_content()
}

async fn create_issue_type_avatar(call: Call, Path(id): Path<String>, request: Request) -> Answer {
    let owner = Owner::IssueType(find(&call, &id)?);
    owner.permit(&call)?;
    // Here alone the document has no default, and 400 for its absence.
    if call.params.int("size")?.is_none() {
        return Err(Failure::invalid("The cropSize has to be provided.").into());
    }
    avatars::store(&call, owner, request).await
}

/// What the properties of issue types hang on.
fn owner(call: &Call, id: &str) -> Result<property_owners::Owner> {
    Ok(property_owners::Owner::new(ISSUE_TYPE, find(call, id)?.thing()))
}

/// The same for who sets and removes them.
fn own(call: &Call, id: &str) -> Result<property_owners::Owner> {
    let owner = owner(call, id)?;
    call.must_administer(ADMINISTRATORS)?;
    Ok(owner)
}

async fn get_issue_type_property_keys(call: Call, Path(id): Path<String>) -> Answer {
    let owner = owner(&call, &id)?;
    properties::keys(&call, &mut call.read().await?, &owner, &format!("issuetype/{id}")).await
}

async fn get_issue_type_property(call: Call, Path((id, key)): Path<(String, String)>) -> Answer {
    properties::get(&mut call.read().await?, &owner(&call, &id)?, &key).await
}

async fn set_issue_type_property(call: Call, Path((id, key)): Path<(String, String)>, request: Request) -> Answer {
    let owner = own(&call, &id)?;
    properties::set(call.begin().await?, &owner, &key, request).await
}

async fn delete_issue_type_property(call: Call, Path((id, key)): Path<(String, String)>) -> Answer {
    let owner = own(&call, &id)?;
    properties::delete(call.begin().await?, &owner, &key).await
}

fn views<'a>(call: &Call, types: impl Iterator<Item = &'a IssueType>) -> Vec<Value> {
    types.map(|kind| config::issue_type_listed(call, kind)).collect()
}

fn find<'a>(call: &'a Call, id: &str) -> Result<&'a IssueType> {
    let number: i64 = id.parse().map_err(|_| Failure::invalid(format!("'{id}' is not the id of an issue type.")))?;
    let kind = call.site.issue_types.get(number).filter(|kind| Visible::to(call).has(kind));
    kind.ok_or_else(|| issue_types::missing(id))
}

/// The types that the caller may know of.
enum Visible {
    /// All, for an administrator.
    All,
    /// Those of the projects that the caller sees.
    Some(HashSet<i64>),
}

impl Visible {
    fn to(call: &Call) -> Self {
        if call.access().administers() {
            return Self::All;
        }
        let of = |project: &Project| call.site.issue_types_of(project).map(|kind| kind.id).collect::<Vec<_>>();
        Self::Some(call.live_projects().flat_map(of).collect())
    }

    fn has(&self, kind: &IssueType) -> bool {
        match self {
            Self::All => true,
            Self::Some(ids) => ids.contains(&kind.id),
        }
    }
}
