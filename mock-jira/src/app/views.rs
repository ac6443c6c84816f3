//! What people looked at last.

use super::Context;
use crate::{db, domain::failure::Result};

/// The caller looks at an issue, and so at its project. Nobody in particular leaves no trace.
pub async fn saw_issue(context: &Context, issue_id: i64, project_id: i64) -> Result<()> {
    let Some(account_id) = context.caller.account_id() else { return Ok(()) };
    let mut work = context.begin().await?;
    db::views::saw_issue(&mut work, account_id, issue_id, context.now).await?;
    db::views::saw_project(&mut work, account_id, project_id, context.now).await?;
    Ok(work.commit_unrecorded().await?)
}

/// The caller is at work in a project.
pub async fn saw_project(context: &Context, project_id: i64) -> Result<()> {
    let Some(account_id) = context.caller.account_id() else { return Ok(()) };
    let mut work = context.begin().await?;
    db::views::saw_project(&mut work, account_id, project_id, context.now).await?;
    Ok(work.commit_unrecorded().await?)
}
