//! Issue types.

use crate::{
    domain::{
        config::{IssueType, Project},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde_json::Value;
use std::collections::HashSet;

/// Operations on issue types.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issuetype", get_issue_all_types)
        .get("/rest/api/3/issuetype/project", get_issue_types_for_project)
        .get("/rest/api/3/issuetype/{id}", get_issue_type)
        .get("/rest/api/3/issuetype/{id}/alternatives", get_alternative_issue_types)
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

/// Types that could take the place of this one: of the same level and the same project.
async fn get_alternative_issue_types(call: Call, Path(id): Path<String>) -> Answer {
    let kind = find(&call, &id)?;
    let fits =
        |other: &&IssueType| other.id != kind.id && other.level == kind.level && other.project_id == kind.project_id;
    ok(views(&call, call.site.issue_types.iter().filter(fits)))
}

fn views<'a>(call: &Call, types: impl Iterator<Item = &'a IssueType>) -> Vec<Value> {
    types.map(|kind| config::issue_type_listed(call, kind)).collect()
}

fn find<'a>(call: &'a Call, id: &str) -> Result<&'a IssueType> {
    let kind = call.site.issue_types.parse(id).filter(|kind| Visible::to(call).has(kind));
    kind.ok_or_else(|| Failure::not_found(format!("The issue type with id '{id}' does not exist")))
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
