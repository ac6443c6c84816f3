//! Properties of issues (J-118).

use crate::{
    app::{
        issues,
        properties::{ISSUE, Owner, missing},
    },
    db::Read,
    domain::failure::{Failure, Result},
    http::{answer::Answer, call::Call, properties, routes::Routes},
};
use axum::extract::{Path, Request};

/// Operations on properties.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/properties", get_issue_property_keys)
        .get("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", get_issue_property)
        .put("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", set_issue_property)
        .delete("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", delete_issue_property)
}

/// The issue as an owner, and whether the caller may change its properties.
async fn find(call: &Call, db: &mut Read, id_or_key: &str) -> Result<(Owner, bool)> {
    let (issue, project) = issues::visible(call, db, id_or_key).await?;
    let may_edit = call.access().on(project, issue.people(), "EDIT_ISSUES");
    Ok((Owner::new(ISSUE, call.issue_thing(&issue)), may_edit))
}

async fn get_issue_property_keys(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = find(&call, &mut db, &id_or_key).await?;
    let path = format!("issue/{}", issue.thing.name);
    properties::keys(&call, &mut db, &issue, &path).await
}

async fn get_issue_property(call: Call, Path((id_or_key, key)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = find(&call, &mut db, &id_or_key).await?;
    properties::get(&mut db, &issue, &key).await
}

async fn set_issue_property(call: Call, Path((id_or_key, key)): Path<(String, String)>, request: Request) -> Answer {
    let mut work = call.begin().await?;
    let (issue, may_edit) = find(&call, &mut work, &id_or_key).await?;
    if !may_edit {
        return Err(Failure::forbidden("You do not have permission to edit this issue.").into());
    }
    properties::set(work, &issue, &key, request).await
}

async fn delete_issue_property(call: Call, Path((id_or_key, key)): Path<(String, String)>) -> Answer {
    let mut work = call.begin().await?;
    let (issue, may_edit) = find(&call, &mut work, &id_or_key).await?;
    if !may_edit {
        return Err(missing(&key).into()); // the same as where there is none
    }
    properties::delete(work, &issue, &key).await
}
