//! How much hangs on issues.

use crate::db::Read;

/// An issue with much of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heavy {
    /// What: `attachment`, `comment`, …
    pub what: String,
    /// On which issue.
    pub issue_id: i64,
    /// How much.
    pub count: i64,
}

/// Issues with at least `least` of something.
pub async fn heavy(db: &mut Read, least: impl Fn(&str) -> i64) -> sqlx::Result<Vec<Heavy>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Heavy,
        r#"SELECT 'comment' AS "what!", issue_id AS "issue_id!", count(*) AS "count!"
           FROM comment WHERE site_id = $1 GROUP BY issue_id HAVING count(*) >= $2
           UNION ALL
           SELECT 'attachment', issue_id, count(*) FROM attachment WHERE site_id = $1 GROUP BY issue_id HAVING count(*) >= $3
           UNION ALL
           SELECT 'issuelinks', end_id, count(*)
           FROM issue_link l, LATERAL (SELECT l.source_id UNION SELECT l.destination_id) e(end_id)
           WHERE l.site_id = $1 GROUP BY end_id HAVING count(*) >= $4
           UNION ALL
           SELECT 'worklog', issue_id, count(*) FROM worklog WHERE site_id = $1 GROUP BY issue_id HAVING count(*) >= $5
           UNION ALL
           SELECT 'remoteIssueLinks', issue_id, count(*)
           FROM remote_link WHERE site_id = $1 GROUP BY issue_id HAVING count(*) >= $6
           ORDER BY 1, 2"#,
        site_id,
        least("comment"),
        least("attachment"),
        least("issuelinks"),
        least("worklog"),
        least("remoteIssueLinks")
    )
    .fetch_all(db.sql())
    .await
}
