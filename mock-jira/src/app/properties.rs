//! Properties of issues: who may set and remove them.

use super::{Context, issues};
use crate::{
    db,
    domain::{
        failure::{Failure, Result},
        property,
    },
};
use serde_json::Value;

/// What the properties of issues hang on.
pub const ISSUE: &str = "issue";

/// Sets a property; whether it is new (J-118).
pub async fn set(context: &Context, id_or_key: &str, key: &str, value: &Value) -> Result<bool> {
    property::check(key, value).map_err(Failure::invalid)?;
    let mut work = context.begin().await?;
    let (issue, project) = issues::visible(context, &mut work, id_or_key).await?;
    if !context.access().on(project, issue.people(), "EDIT_ISSUES") {
        return Err(Failure::forbidden("You do not have permission to edit this issue."));
    }
    let created = db::properties::put(&mut work, ISSUE, &issue.id.to_string(), key, value).await?;
    work.commit().await?;
    Ok(created)
}

/// Removes a property. Who may not edit the issue is told the same as where there is none.
pub async fn remove(context: &Context, id_or_key: &str, key: &str) -> Result<()> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::visible(context, &mut work, id_or_key).await?;
    if !context.access().on(project, issue.people(), "EDIT_ISSUES")
        || !db::properties::delete(&mut work, ISSUE, &issue.id.to_string(), key).await?
    {
        return Err(missing(key));
    }
    Ok(work.commit().await?)
}

/// The answer for a property that is not set.
pub fn missing(key: &str) -> Failure {
    Failure::not_found(format!("The property with key '{key}' does not exist."))
}
