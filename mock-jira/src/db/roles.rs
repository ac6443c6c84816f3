//! Tables `role`, `role_actor`.

use super::Work;
use crate::domain::config::{Role, RoleActor};
use serde_json::Value;
use uuid::Uuid;

/// A role as it is now, locked for the rest of the transaction: who plays it is changed by one request at a time.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<Option<Role>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Role,
        "SELECT id, name, description, project_id FROM role WHERE site_id = $1 AND id = $2 FOR NO KEY UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Stores a new role, or a changed one. A taken name breaks the constraint `role_name`.
pub async fn put(db: &mut Work, role: &Role) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO role (site_id, id, name, description, project_id) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4",
        site_id,
        role.id,
        role.name,
        role.description,
        role.project_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a role with who plays it.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM role WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// Whether a scheme, a comment or a worklog names a role.
pub async fn in_use(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM permission_grant WHERE site_id = $1 AND holder = 'projectRole' AND parameter = $2)
             OR EXISTS (SELECT FROM comment WHERE site_id = $1 AND visibility_type = 'role' AND visibility_id = $2)
             OR EXISTS (SELECT FROM worklog WHERE site_id = $1 AND visibility_type = 'role' AND visibility_id = $2)
             OR EXISTS (SELECT FROM security_member WHERE site_id = $1 AND holder = 'projectRole' AND parameter = $2)
             OR EXISTS (SELECT FROM notification WHERE site_id = $1 AND recipient = 'ProjectRole' AND parameter = $2) AS "used!""#,
        site_id,
        id.to_string()
    )
    .fetch_one(db.sql())
    .await
}

/// Names another role wherever a scheme, a comment or a worklog names this one.
pub async fn replace(db: &mut Work, id: i64, other: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "WITH grants AS (
           UPDATE permission_grant SET parameter = $3 WHERE site_id = $1 AND holder = 'projectRole' AND parameter = $2),
         notifications AS (
           UPDATE notification SET parameter = $3 WHERE site_id = $1 AND recipient = 'ProjectRole' AND parameter = $2),
         members AS (
           UPDATE security_member SET parameter = $3 WHERE site_id = $1 AND holder = 'projectRole' AND parameter = $2),
         worklogs AS (
           UPDATE worklog SET visibility_id = $3 WHERE site_id = $1 AND visibility_type = 'role' AND visibility_id = $2)
         UPDATE comment SET visibility_id = $3 WHERE site_id = $1 AND visibility_type = 'role' AND visibility_id = $2",
        site_id,
        id.to_string(),
        other.to_string()
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// The workflows whose conditions name roles, with their definitions, locked for the rest of the transaction.
pub async fn lock_workflows(db: &mut Work) -> sqlx::Result<Vec<(String, Value)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT id, definition FROM workflow WHERE site_id = $1 AND jsonb_path_exists(definition, '$.**.role')
         ORDER BY id FOR UPDATE",
        site_id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.definition)).collect())
}

/// Who plays a role in a project, or in new projects.
pub async fn actors(db: &mut Work, role_id: i64, project_id: Option<i64>) -> sqlx::Result<Vec<RoleActor>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        RoleActor,
        "SELECT id, role_id, project_id, account_id, group_id FROM role_actor
         WHERE site_id = $1 AND role_id = $2 AND project_id IS NOT DISTINCT FROM $3 ORDER BY id",
        site_id,
        role_id,
        project_id
    )
    .fetch_all(db.sql())
    .await
}

/// Lets an account or a group play a role.
pub async fn insert_actor(db: &mut Work, actor: &RoleActor) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO role_actor (site_id, id, role_id, project_id, account_id, group_id) VALUES ($1, $2, $3, $4, $5, $6)",
        site_id,
        actor.id,
        actor.role_id,
        actor.project_id,
        actor.account_id,
        actor.group_id as Option<Uuid>
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Ends that somebody plays a role.
pub async fn delete_actor(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM role_actor WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
