//! Archived issues, and table `export`.

use super::{Read, Work};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An archived issue, as an export tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedIssue {
    /// Unique in the site.
    pub id: i64,
    /// Its project.
    pub project_id: i64,
    /// The number in its key.
    pub number: i64,
    /// Its type.
    pub issue_type_id: i64,
    /// Where it is.
    pub status_id: i64,
    /// Its priority.
    pub priority_id: Option<i64>,
    /// Its resolution.
    pub resolution_id: Option<i64>,
    /// One line.
    pub summary: String,
    /// Account id.
    pub reporter: Option<String>,
    /// Account id.
    pub assignee: Option<String>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
    /// When it was archived.
    pub archived: DateTime<Utc>,
    /// Account id.
    pub archived_by: Option<String>,
}

/// Which archived issues are wanted; an empty list wants all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Projects.
    pub project_ids: Vec<i64>,
    /// Types.
    pub issue_type_ids: Vec<i64>,
    /// Account ids.
    pub reporters: Vec<String>,
    /// Account ids.
    pub archived_by: Vec<String>,
    /// From here on.
    pub after: Option<DateTime<Utc>>,
    /// Up to before this.
    pub before: Option<DateTime<Utc>>,
}

/// Archives issues with their sub-tasks, or brings them back; the ids of those that it was not done to before.
pub async fn set(
    db: &mut Work,
    ids: &[i64],
    subtask_type_ids: &[i64],
    archived: Option<DateTime<Utc>>,
    by: Option<&str>,
) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    // In an order that is the same for all who lock several.
    let locked = sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND (id = ANY($2) OR (parent_id = ANY($2) AND issue_type_id = ANY($3)))
           AND (archived IS NULL) = $4 ORDER BY id FOR NO KEY UPDATE",
        site_id,
        ids,
        subtask_type_ids,
        archived.is_some()
    )
    .fetch_all(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE issue SET archived = $3, archived_by = $4 WHERE site_id = $1 AND id = ANY($2)",
        site_id,
        &locked,
        archived,
        by
    )
    .execute(db.sql())
    .await?;
    Ok(locked)
}

/// Archived issues by their ids, after one of them.
pub async fn list(db: &mut Read, filter: &Filter, after_id: i64, limit: i64) -> sqlx::Result<Vec<ArchivedIssue>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        ArchivedIssue,
        r#"SELECT id, project_id, number, issue_type_id, status_id, priority_id, resolution_id, summary, reporter, assignee,
                  created, updated, archived AS "archived!", archived_by
           FROM issue
           WHERE site_id = $1 AND archived IS NOT NULL AND id > $2
             AND (cardinality($3::bigint[]) = 0 OR project_id = ANY($3))
             AND (cardinality($4::bigint[]) = 0 OR issue_type_id = ANY($4))
             AND (cardinality($5::text[]) = 0 OR reporter = ANY($5))
             AND (cardinality($6::text[]) = 0 OR archived_by = ANY($6))
             AND ($7::timestamptz IS NULL OR archived >= $7) AND ($8::timestamptz IS NULL OR archived < $8)
           ORDER BY id LIMIT $9"#,
        site_id,
        after_id,
        &filter.project_ids,
        &filter.issue_type_ids,
        &filter.reporters,
        &filter.archived_by,
        filter.after,
        filter.before,
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a file for somebody to fetch.
pub async fn export(db: &mut Work, id: Uuid, name: &str, content: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("INSERT INTO export (site_id, id, name, content) VALUES ($1, $2, $3, $4)", site_id, id, name, content)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// Name and content of such a file.
pub async fn find_export(db: &mut Read, id: Uuid) -> sqlx::Result<Option<(String, String)>> {
    let site_id = db.site_id;
    let found = sqlx::query!("SELECT name, content FROM export WHERE site_id = $1 AND id = $2", site_id, id)
        .fetch_optional(db.sql())
        .await?;
    Ok(found.map(|row| (row.name, row.content)))
}
