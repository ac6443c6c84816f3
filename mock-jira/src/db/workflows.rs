//! Tables `workflow` and `workflow_version`.

use super::{Read, Work};
use crate::domain::{
    config::{Status, StoredWorkflow},
    workflow::{Revision, Workflow, migration::Usage},
};
use anyhow::Context;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Stores a new workflow.
pub async fn insert(db: &mut Work, workflow: &StoredWorkflow) -> anyhow::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO workflow (site_id, id, name, description, definition, project_id, created, updated, version_number, version_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        site_id,
        workflow.id,
        workflow.name,
        workflow.description,
        serde_json::to_value(&workflow.definition)?,
        workflow.project_id,
        workflow.created,
        workflow.updated,
        workflow.revision.number,
        workflow.revision.id
    )
    .execute(db.sql())
    .await?;
    remember(db, &workflow.id, false).await
}

/// Stores what a workflow is from now on, as its next version. An intermediate one will be followed by another.
pub async fn change(
    db: &mut Work,
    id: &str,
    description: Option<&str>,
    definition: &Workflow,
    intermediate: bool,
) -> anyhow::Result<Revision> {
    let (site_id, now, version_id) = (db.site_id, db.by().at, Uuid::new_v4());
    let number = sqlx::query_scalar!(
        "UPDATE workflow SET description = coalesce($3, description), definition = $4, updated = $5,
                version_number = version_number + 1, version_id = $6
         WHERE site_id = $1 AND id = $2 RETURNING version_number",
        site_id,
        id,
        description,
        serde_json::to_value(definition)?,
        now,
        version_id
    )
    .fetch_one(db.sql())
    .await?;
    remember(db, id, intermediate).await?;
    Ok(Revision { number, id: version_id })
}

/// Keeps what a workflow is now, with its statuses as they are now.
async fn remember(db: &mut Work, id: &str, intermediate: bool) -> anyhow::Result<()> {
    let (site_id, by) = (db.site_id, db.by().clone());
    sqlx::query!(
        "INSERT INTO workflow_version (site_id, workflow_id, number, version_id, name, description, definition, statuses, intermediate, author, written)
         SELECT w.site_id, w.id, w.version_number, w.version_id, w.name, w.description, w.definition,
                coalesce((SELECT jsonb_agg(to_jsonb(s) - 'site_id' ORDER BY s.id) FROM status s
                          WHERE s.site_id = $1 AND w.definition->'statuses' @> to_jsonb(s.id)), '[]'), $3, $4, $5
         FROM workflow w WHERE w.site_id = $1 AND w.id = $2",
        site_id,
        id,
        intermediate,
        by.account_id,
        by.at
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a workflow that no scheme has.
pub async fn delete(db: &mut Work, id: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM workflow WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// Which types of which projects have issues in these statuses.
pub async fn usages(db: &mut Read, statuses: &[i64], projects: &[i64]) -> sqlx::Result<Vec<Usage>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Usage,
        "SELECT DISTINCT project_id, issue_type_id, status_id FROM issue
         WHERE site_id = $1 AND project_id = ANY($2) AND status_id = ANY($3) ORDER BY 1, 2, 3",
        site_id,
        projects,
        statuses
    )
    .fetch_all(db.sql())
    .await
}

/// A workflow as it was.
#[derive(Debug, Clone)]
pub struct Version {
    /// Which state it was.
    pub revision: Revision,
    /// Its name then.
    pub name: String,
    /// Its description then.
    pub description: String,
    /// What it consisted of.
    pub definition: Workflow,
    /// Its statuses as they were then.
    pub statuses: Vec<Status>,
    /// Followed by another version without anybody's doing.
    pub intermediate: bool,
    /// Who made it so.
    pub author: Option<String>,
    /// When.
    pub written: DateTime<Utc>,
}

/// What a workflow was since a time, the newest first.
pub async fn versions(db: &mut Read, id: &str, since: DateTime<Utc>) -> anyhow::Result<Vec<Version>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT number, version_id, name, description, definition, statuses, intermediate, author, written
         FROM workflow_version WHERE site_id = $1 AND workflow_id = $2 AND written >= $3 ORDER BY number DESC",
        site_id,
        id,
        since
    )
    .fetch_all(db.sql())
    .await?;
    let versions = rows.into_iter().map(|row| {
        Ok(Version {
            revision: Revision { number: row.number, id: row.version_id },
            name: row.name,
            description: row.description,
            definition: serde_json::from_value(row.definition).context("a version of a workflow")?,
            statuses: serde_json::from_value(row.statuses).context("the statuses of a version")?,
            intermediate: row.intermediate,
            author: row.author,
            written: row.written,
        })
    });
    versions.collect()
}
