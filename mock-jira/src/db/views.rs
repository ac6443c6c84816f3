//! Tables `issue_view` and `project_view`: who looked at what, and when last.

use super::{Read, Work};
use chrono::{DateTime, Utc};

/// Somebody looks at an issue.
pub async fn saw_issue(db: &mut Work, account_id: &str, issue_id: i64, at: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO issue_view (site_id, account_id, issue_id, viewed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site_id, account_id, issue_id) DO UPDATE SET viewed = $4",
        site_id,
        account_id,
        issue_id,
        at
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Somebody is at work in a project.
pub async fn saw_project(db: &mut Work, account_id: &str, project_id: i64, at: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO project_view (site_id, account_id, project_id, viewed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site_id, account_id, project_id) DO UPDATE SET viewed = $4",
        site_id,
        account_id,
        project_id,
        at
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// The projects that somebody looked at, the last one first.
pub async fn projects(db: &mut Read, account_id: &str) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT project_id FROM project_view WHERE site_id = $1 AND account_id = $2 ORDER BY viewed DESC, project_id DESC",
        site_id,
        account_id
    )
    .fetch_all(db.sql())
    .await
}
