//! Tables `issue_view` and `project_view`: who looked at what, and when last.

use super::{Read, Work};
use chrono::{DateTime, Utc};

/// Somebody is at work in a project, and may look at an issue there.
pub async fn saw(
    db: &mut Work,
    account_id: &str,
    project_id: i64,
    issue_id: Option<i64>,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "WITH of_issue AS (
           INSERT INTO issue_view (site_id, account_id, issue_id, viewed)
           SELECT $1, $2, $4, $5 WHERE $4::bigint IS NOT NULL
           ON CONFLICT (site_id, account_id, issue_id) DO UPDATE SET viewed = $5)
         INSERT INTO project_view (site_id, account_id, project_id, viewed) VALUES ($1, $2, $3, $5)
         ON CONFLICT (site_id, account_id, project_id) DO UPDATE SET viewed = $5",
        site_id,
        account_id,
        project_id,
        issue_id,
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
