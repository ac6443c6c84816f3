//! Tables `project`, `project_key`, `project_counter`, and what is made with a project.

use super::Work;
use crate::domain::config::Project;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::HashMap;

/// Stores a new project with its key and its issue counter.
/// A taken key or name breaks a constraint: `project_key_pkey` or `project_name`.
pub async fn insert(db: &mut Work, project: &Project, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO project (site_id, id, key, name, description, url, lead, type_key, simplified, uuid, assignee_type, category_id,
           avatar_id, is_private, permission_scheme_id, issue_type_scheme_id, workflow_scheme_id, issue_type_screen_scheme_id,
           field_configuration_id, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        site_id,
        project.id,
        project.key,
        project.name,
        project.description,
        project.url,
        project.lead,
        project.type_key,
        project.simplified,
        project.uuid,
        project.assignee_type,
        project.category_id,
        project.avatar_id,
        project.is_private,
        project.permission_scheme_id,
        project.issue_type_scheme_id,
        project.workflow_scheme_id,
        project.issue_type_screen_scheme_id,
        project.field_configuration_id,
        now
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "INSERT INTO project_key (site_id, key, project_id) VALUES ($1, $2, $3)",
        site_id,
        project.key,
        project.id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("INSERT INTO project_counter (site_id, project_id) VALUES ($1, $2)", site_id, project.id)
        .execute(db.sql())
        .await?;
    // The default actors play their roles in every new project.
    sqlx::query!(
        "INSERT INTO role_actor (site_id, id, role_id, project_id, account_id, group_id)
         SELECT $1, (SELECT coalesce(max(id), 10000) FROM role_actor WHERE site_id = $1) + row_number() OVER (ORDER BY id),
                role_id, $2, account_id, group_id
         FROM role_actor WHERE site_id = $1 AND project_id IS NULL",
        site_id,
        project.id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores a changed project, and a new key beside the former ones (J-30).
pub async fn update(db: &mut Work, project: &Project) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE project SET key = $3, name = $4, description = $5, url = $6, lead = $7, assignee_type = $8, category_id = $9,
           avatar_id = $10, permission_scheme_id = $11, archived = $12, archived_by = $13, deleted = $14, deleted_by = $15
         WHERE site_id = $1 AND id = $2",
        site_id,
        project.id,
        project.key,
        project.name,
        project.description,
        project.url,
        project.lead,
        project.assignee_type,
        project.category_id,
        project.avatar_id,
        project.permission_scheme_id,
        project.archived,
        project.archived_by,
        project.deleted,
        project.deleted_by
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "INSERT INTO project_key (site_id, key, project_id) VALUES ($1, $2, $3)
         ON CONFLICT (site_id, key) DO UPDATE SET project_id = $3 WHERE project_key.project_id = $3",
        site_id,
        project.key,
        project.id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a project with its issues, for good.
pub async fn delete(db: &mut Work, project_id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE issue SET parent_id = NULL WHERE site_id = $1 AND project_id <> $2
           AND parent_id IN (SELECT id FROM issue WHERE site_id = $1 AND project_id = $2)",
        site_id,
        project_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM project WHERE site_id = $1 AND id = $2", site_id, project_id).execute(db.sql()).await?;
    Ok(())
}

/// How many issues each project has and when one was last changed, for the orders and insights of project search.
pub async fn insights(db: &mut super::Read) -> sqlx::Result<HashMap<i64, (i64, Option<DateTime<Utc>>)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT project_id, count(*) AS "count!", max(updated) AS updated FROM issue WHERE site_id = $1 GROUP BY project_id"#,
        site_id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.project_id, (row.count, row.updated))).collect())
}

/// How many issues have each of the project's components.
pub async fn issues_by_component(db: &mut super::Read, project_id: i64) -> sqlx::Result<HashMap<i64, i64>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT c.id AS "component_id!", count(*) AS "count!" FROM issue i CROSS JOIN unnest(i.component_ids) AS c(id)
           WHERE i.site_id = $1 AND i.project_id = $2 GROUP BY c.id"#,
        site_id,
        project_id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.component_id, row.count)).collect())
}

/// How many issues each of the project's versions fixes: version, status, count.
pub async fn issues_by_version(db: &mut super::Read, project_id: i64) -> sqlx::Result<Vec<(i64, i64, i64)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT v.id AS "version_id!", i.status_id, count(*) AS "count!" FROM issue i CROSS JOIN unnest(i.fix_version_ids) AS v(id)
           WHERE i.site_id = $1 AND i.project_id = $2 GROUP BY v.id, i.status_id"#,
        site_id,
        project_id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.version_id, row.status_id, row.count)).collect())
}

/// Stores a new workflow and a scheme of it alone; the scheme's id.
pub async fn insert_workflow(
    db: &mut Work,
    id: &str,
    name: &str,
    definition: &Value,
    project_id: Option<i64>,
    now: DateTime<Utc>,
) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO workflow (site_id, id, name, definition, project_id, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $6)",
        site_id,
        id,
        name,
        definition,
        project_id,
        now
    )
    .execute(db.sql())
    .await?;
    let scheme_id = db.next_id("workflow_scheme").await?;
    let scheme_name = format!("{name} Scheme");
    sqlx::query!(
        "INSERT INTO workflow_scheme (site_id, id, name, description, default_workflow_id) VALUES ($1, $2, $3, '', $4)",
        site_id,
        scheme_id,
        scheme_name,
        id
    )
    .execute(db.sql())
    .await?;
    Ok(scheme_id)
}
