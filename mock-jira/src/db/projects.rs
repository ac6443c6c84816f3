//! Tables `project`, `project_key`, `project_counter`, and what is made with a project.

use super::Work;
use crate::domain::config::Project;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Stores a new project with its key and its issue counter.
/// A taken key or name breaks a constraint: `project_key_pkey` or `project_name`.
pub async fn insert(db: &mut Work, project: &Project, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO project (site_id, id, key, name, description, url, lead, type_key, simplified, uuid, assignee_type, category_id,
           avatar_id, is_private, permission_scheme_id, issue_type_scheme_id, workflow_scheme_id, issue_type_screen_scheme_id,
           field_configuration_id, created, security_scheme_id, notification_scheme_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
           (SELECT min(id) FROM notification_scheme WHERE site_id = $1))",
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
        now,
        project.security_scheme_id
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
        "WITH actor AS (
           SELECT role_id, account_id, group_id, row_number() OVER (ORDER BY id) AS place
           FROM role_actor WHERE site_id = $1 AND project_id IS NULL),
         numbered AS (
           INSERT INTO counter (site_id, kind, value) SELECT $1, 'role_actor', 10000 + count(*) FROM actor
           ON CONFLICT (site_id, kind) DO UPDATE SET value = counter.value + (SELECT count(*) FROM actor) RETURNING value)
         INSERT INTO role_actor (site_id, id, role_id, project_id, account_id, group_id)
         SELECT $1, numbered.value - (SELECT count(*) FROM actor) + actor.place, role_id, $2, account_id, group_id FROM actor, numbered",
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
        "INSERT INTO project_key (site_id, key, project_id)
         SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM project_key WHERE site_id = $1 AND key = $2 AND project_id = $3)",
        site_id,
        project.key,
        project.id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Lets others have former keys of a project.
pub async fn release_keys(db: &mut Work, project_id: i64, keys: &[String]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "DELETE FROM project_key WHERE site_id = $1 AND project_id = $2 AND key = ANY($3)",
        site_id,
        project_id,
        keys
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// A project as it is now, locked for the rest of the transaction.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<Option<Project>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Project,
        "SELECT id, key, name, description, url, lead, type_key, simplified, uuid, assignee_type, category_id, avatar_id, is_private,
                permission_scheme_id, issue_type_scheme_id, workflow_scheme_id, issue_type_screen_scheme_id, field_configuration_id,
                security_scheme_id, archived, archived_by, deleted, deleted_by
         FROM project WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Deletes a project with its issues and with what was made for it alone, for good.
pub async fn delete(db: &mut Work, project: &Project) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE issue SET parent_id = NULL WHERE site_id = $1 AND project_id <> $2
           AND parent_id IN (SELECT id FROM issue WHERE site_id = $1 AND project_id = $2)",
        site_id,
        project.id
    )
    .execute(db.sql())
    .await?;
    let issues =
        sqlx::query_scalar!("SELECT id FROM issue WHERE site_id = $1 AND project_id = $2", site_id, project.id)
            .fetch_all(db.sql())
            .await?;
    super::issues::forget(db, &issues).await?;
    sqlx::query!(
        "DELETE FROM property WHERE site_id = $1 AND owner = 'project' AND owner_id = $2::bigint::text",
        site_id,
        project.id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM moved_issue WHERE site_id = $1 AND project_id = $2", site_id, project.id)
        .execute(db.sql())
        .await?;
    sqlx::query!("DELETE FROM project WHERE site_id = $1 AND id = $2", site_id, project.id).execute(db.sql()).await?;
    if project.simplified {
        delete_own_configuration(db, project).await?;
    }
    sqlx::query!(
        "UPDATE field_context SET project_ids = array_remove(project_ids, $2)
         WHERE site_id = $1 AND $2 = ANY(project_ids) AND cardinality(project_ids) > 1",
        site_id,
        project.id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes the types, statuses and workflows that only a team-managed project had.
async fn delete_own_configuration(db: &mut Work, project: &Project) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "DELETE FROM workflow_scheme s WHERE s.site_id = $1 AND EXISTS (
           SELECT FROM workflow w WHERE w.site_id = $1 AND w.id = s.default_workflow_id AND w.project_id = $2)",
        site_id,
        project.id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM workflow WHERE site_id = $1 AND project_id = $2", site_id, project.id)
        .execute(db.sql())
        .await?;
    sqlx::query!(
        "DELETE FROM issue_type_scheme s WHERE s.site_id = $1 AND s.id = $2 AND NOT EXISTS (
           SELECT FROM project p WHERE p.site_id = $1 AND p.issue_type_scheme_id = $2)",
        site_id,
        project.issue_type_scheme_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM issue_type WHERE site_id = $1 AND project_id = $2", site_id, project.id)
        .execute(db.sql())
        .await?;
    sqlx::query!("DELETE FROM status WHERE site_id = $1 AND project_id = $2", site_id, project.id)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// The address from which a project sends mail, where it is not the site's.
pub async fn sender_address(db: &mut super::Read, id: i64) -> sqlx::Result<Option<String>> {
    let site_id = db.site_id;
    let found = sqlx::query_scalar!("SELECT sender_address FROM project WHERE site_id = $1 AND id = $2", site_id, id);
    Ok(found.fetch_optional(db.sql()).await?.flatten())
}

/// Sets the address from which a project sends mail.
pub async fn put_sender_address(db: &mut Work, id: i64, address: Option<&str>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE project SET sender_address = $3 WHERE site_id = $1 AND id = $2", site_id, id, address)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// The features that were switched: key, and whether it is on.
pub async fn features(db: &mut super::Read, id: i64) -> sqlx::Result<Map<String, Value>> {
    let site_id = db.site_id;
    let found = sqlx::query_scalar!("SELECT features FROM project WHERE site_id = $1 AND id = $2", site_id, id);
    Ok(found.fetch_optional(db.sql()).await?.as_ref().and_then(Value::as_object).cloned().unwrap_or_default())
}

/// The same, locked for the rest of the transaction.
pub async fn lock_features(db: &mut Work, id: i64) -> sqlx::Result<Map<String, Value>> {
    let site_id = db.site_id;
    sqlx::query!("SELECT id FROM project WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, id)
        .fetch_optional(db.sql())
        .await?;
    features(db, id).await
}

/// Stores which features were switched.
pub async fn put_features(db: &mut Work, id: i64, features: &Value) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE project SET features = $3 WHERE site_id = $1 AND id = $2", site_id, id, features)
        .execute(db.sql())
        .await?;
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
