//! What people looked at last.

use super::Context;
use crate::{db, domain::failure::Result};

/// The caller is at work in a project, and may look at an issue there. Nobody in particular leaves no trace.
pub async fn saw(context: &Context, project_id: i64, issue_id: Option<i64>) -> Result<()> {
    let Some(account_id) = context.caller.account_id() else { return Ok(()) };
    let mut work = context.begin().await?;
    db::views::saw(&mut work, account_id, project_id, issue_id, context.now).await?;
    Ok(work.commit_unrecorded().await?)
}
