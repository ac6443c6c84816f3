//! Tables `issue`, `moved_issue`.

mod load;
pub mod replace;

use super::{Read, Work};
use crate::domain::{
    issue::{Issue, IssueRef},
    rich_text,
};
use chrono::{DateTime, Utc};
pub use load::{Around, Link, Loaded, Neighbour, Wanted, find, list};
use serde_json::Value;

/// How a request names an issue: by id, or by project and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The issue's id.
    Id(i64),
    /// Project id and number.
    Number(i64, i64),
}

impl Name {
    fn parts(self) -> (Option<i64>, Option<i64>, Option<i64>) {
        match self {
            Self::Id(id) => (Some(id), None, None),
            Self::Number(project_id, number) => (None, Some(project_id), Some(number)),
        }
    }
}

/// The issue that had a key before it moved to another project (J-30).
async fn moved(db: &mut Read, name: Name) -> sqlx::Result<Option<i64>> {
    let Name::Number(project_id, number) = name else { return Ok(None) };
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT issue_id FROM moved_issue WHERE site_id = $1 AND project_id = $2 AND number = $3",
        site_id,
        project_id,
        number
    )
    .fetch_optional(db.sql())
    .await
}

/// Locks an issue for the rest of the transaction, so that edits of one issue come one after the other.
///
/// Others may refer to it meanwhile: two issues that are linked to each other at once don't wait for one another.
pub async fn lock(db: &mut Work, name: Name) -> sqlx::Result<()> {
    let former = match name {
        Name::Number(..) => moved(db, name).await?,
        Name::Id(_) => None,
    };
    let (id, project_id, number) = name.parts();
    let site_id = db.site_id;
    sqlx::query!(
        "SELECT id FROM issue WHERE site_id = $1 AND (id = $2 OR (project_id = $3 AND number = $4)) FOR NO KEY UPDATE",
        site_id,
        id.or(former),
        project_id,
        number
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(())
}

/// Locks several issues, in an order that is the same for all who do.
pub async fn lock_all(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "SELECT id FROM issue WHERE site_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
        site_id,
        ids
    )
    .fetch_all(db.sql())
    .await?;
    Ok(())
}

/// What is needed to refer to issues, with their people for the caller's permission to see them.
pub async fn references(
    db: &mut Read,
    names: &[Name],
) -> sqlx::Result<Vec<(Name, IssueRef, Option<String>, Option<String>)>> {
    let mut found = Vec::new();
    let site_id = db.site_id;
    for name in names {
        let former = match name {
            Name::Number(..) => moved(db, *name).await?,
            Name::Id(_) => None,
        };
        let (id, project_id, number) = name.parts();
        let row = sqlx::query!(
            "SELECT id, project_id, number, issue_type_id, status_id, reporter, assignee FROM issue
             WHERE site_id = $1 AND (id = $2 OR (project_id = $3 AND number = $4))",
            site_id,
            id.or(former),
            project_id,
            number
        )
        .fetch_optional(db.sql())
        .await?;
        if let Some(row) = row {
            let reference = IssueRef {
                id: row.id,
                project_id: row.project_id,
                number: row.number,
                issue_type_id: row.issue_type_id,
                status_id: row.status_id,
            };
            found.push((*name, reference, row.reporter, row.assignee));
        }
    }
    Ok(found)
}

/// The number of a project's next issue. Numbers are never given twice (J-26).
pub async fn next_number(db: &mut Work, project_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "UPDATE project_counter SET value = value + 1 WHERE site_id = $1 AND project_id = $2 RETURNING value",
        site_id,
        project_id
    )
    .fetch_one(db.sql())
    .await
}

/// Stores a new issue.
pub async fn insert(db: &mut Work, issue: &Issue) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let custom = Value::Object(issue.custom.clone());
    sqlx::query!(
        "INSERT INTO issue (site_id, id, project_id, number, issue_type_id, status_id, priority_id, resolution_id, summary,
           description, environment, creator, reporter, assignee, parent_id, security_level_id, labels, component_ids,
           fix_version_ids, affected_version_ids, created, updated, due, resolved, status_category_changed, original_estimate,
           remaining_estimate, time_spent, rank, custom, search_text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::json, $11::text::json, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
           $25, $26, $27, $28, $29, $30,
           setweight(to_tsvector('english', $9), 'A') || setweight(to_tsvector('english', $31), 'B')
             || setweight(to_tsvector('english', $32), 'C') || setweight(to_tsvector('english', $33), 'D'))",
        site_id,
        issue.id,
        issue.project_id,
        issue.number,
        issue.issue_type_id,
        issue.status_id,
        issue.priority_id,
        issue.resolution_id,
        issue.summary,
        text(&issue.description),
        text(&issue.environment),
        issue.creator,
        issue.reporter,
        issue.assignee,
        issue.parent_id,
        issue.security_level_id,
        &issue.labels,
        &issue.component_ids,
        &issue.fix_version_ids,
        &issue.affected_version_ids,
        issue.created,
        issue.updated,
        issue.due,
        issue.resolved,
        issue.status_category_changed,
        issue.original_estimate,
        issue.remaining_estimate,
        issue.time_spent,
        issue.rank,
        custom,
        plain(&issue.description),
        plain(&issue.environment),
        custom_text(issue)
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores an issue that was changed; whether it was still there.
pub async fn update(db: &mut Work, issue: &Issue) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let custom = Value::Object(issue.custom.clone());
    let done = sqlx::query!(
        "UPDATE issue SET issue_type_id = $3, status_id = $4, priority_id = $5, resolution_id = $6, summary = $7, description = $8::text::json,
           environment = $9::text::json, reporter = $10, assignee = $11, parent_id = $12, security_level_id = $13, labels = $14,
           component_ids = $15, fix_version_ids = $16, affected_version_ids = $17, updated = $18, due = $19, resolved = $20,
           status_category_changed = $21, original_estimate = $22, remaining_estimate = $23, time_spent = $24, custom = $25,
           search_text = setweight(to_tsvector('english', $7), 'A') || setweight(to_tsvector('english', $26), 'B')
             || setweight(to_tsvector('english', $27), 'C') || setweight(to_tsvector('english', $28), 'D')
         WHERE site_id = $1 AND id = $2",
        site_id,
        issue.id,
        issue.issue_type_id,
        issue.status_id,
        issue.priority_id,
        issue.resolution_id,
        issue.summary,
        text(&issue.description),
        text(&issue.environment),
        issue.reporter,
        issue.assignee,
        issue.parent_id,
        issue.security_level_id,
        &issue.labels,
        &issue.component_ids,
        &issue.fix_version_ids,
        &issue.affected_version_ids,
        issue.updated,
        issue.due,
        issue.resolved,
        issue.status_category_changed,
        issue.original_estimate,
        issue.remaining_estimate,
        issue.time_spent,
        custom,
        plain(&issue.description),
        plain(&issue.environment),
        custom_text(issue)
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks an issue as changed now.
pub async fn touch(db: &mut Work, issue_id: i64, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE issue SET updated = $3 WHERE site_id = $1 AND id = $2", site_id, issue_id, now)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// Deletes issues with all that hangs on them; children that are not deleted lose their parent (J-60).
pub async fn delete(db: &mut Work, ids: &[i64]) -> sqlx::Result<u64> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE issue SET parent_id = NULL WHERE site_id = $1 AND parent_id = ANY($2) AND NOT id = ANY($2)",
        site_id,
        ids
    )
    .execute(db.sql())
    .await?;
    let deleted =
        sqlx::query!("DELETE FROM issue WHERE site_id = $1 AND id = ANY($2)", site_id, ids).execute(db.sql()).await?;
    let texts: Vec<String> = ids.iter().map(i64::to_string).collect();
    sqlx::query!("DELETE FROM property WHERE site_id = $1 AND owner = 'issue' AND owner_id = ANY($2)", site_id, &texts)
        .execute(db.sql())
        .await?;
    Ok(deleted.rows_affected())
}

/// Documents travel as text: as JSON they would arrive as jsonb, which forgets the order of members.
fn text(document: &Option<Value>) -> Option<String> {
    document.as_ref().map(Value::to_string)
}

fn plain(document: &Option<Value>) -> String {
    document.as_ref().map(rich_text::to_plain).unwrap_or_default()
}

/// The text of all custom fields that hold text.
fn custom_text(issue: &Issue) -> String {
    let texts = issue.custom.values().filter_map(Value::as_str).map(|text| match serde_json::from_str::<Value>(text) {
        Ok(document @ Value::Object(_)) => rich_text::to_plain(&document),
        _ => text.to_owned(),
    });
    texts.collect::<Vec<_>>().join(" ")
}
