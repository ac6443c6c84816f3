//! Table `avatar`: pictures that were uploaded.

use super::{Read, Work};

/// What an uploaded avatar belongs to; one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owner {
    /// A project.
    pub project_id: Option<i64>,
    /// An issue type.
    pub issue_type_id: Option<i64>,
    /// A priority.
    pub priority_id: Option<i64>,
}

/// The uploaded avatars of an owner.
pub async fn list(db: &mut Read, owner: Owner) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM avatar WHERE site_id = $1 AND (project_id = $2 OR issue_type_id = $3 OR priority_id = $4) ORDER BY id",
        site_id,
        owner.project_id,
        owner.issue_type_id,
        owner.priority_id
    )
    .fetch_all(db.sql())
    .await
}

/// Whose an uploaded avatar is, and its picture.
pub async fn find(db: &mut Read, id: i64) -> sqlx::Result<Option<(Owner, Vec<u8>)>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        "SELECT project_id, issue_type_id, priority_id, png FROM avatar WHERE site_id = $1 AND id = $2",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(row.map(|row| {
        let owner =
            Owner { project_id: row.project_id, issue_type_id: row.issue_type_id, priority_id: row.priority_id };
        (owner, row.png)
    }))
}

/// Stores a new avatar.
pub async fn insert(db: &mut Work, id: i64, owner: Owner, png: &[u8]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO avatar (site_id, id, project_id, issue_type_id, priority_id, png) VALUES ($1, $2, $3, $4, $5, $6)",
        site_id,
        id,
        owner.project_id,
        owner.issue_type_id,
        owner.priority_id,
        png
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes an owner's avatar; whether it had it. What shows it shows another one then.
pub async fn delete(db: &mut Work, id: i64, owner: Owner, other: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "DELETE FROM avatar WHERE site_id = $1 AND id = $2 AND (project_id = $3 OR issue_type_id = $4 OR priority_id = $5)",
        site_id,
        id,
        owner.project_id,
        owner.issue_type_id,
        owner.priority_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("UPDATE project SET avatar_id = $3 WHERE site_id = $1 AND avatar_id = $2", site_id, id, other)
        .execute(db.sql())
        .await?;
    sqlx::query!("UPDATE issue_type SET avatar_id = $3 WHERE site_id = $1 AND avatar_id = $2", site_id, id, other)
        .execute(db.sql())
        .await?;
    sqlx::query!("UPDATE priority SET avatar_id = $3 WHERE site_id = $1 AND avatar_id = $2", site_id, id, other)
        .execute(db.sql())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Shows another avatar for a project.
pub async fn select_for_project(db: &mut Work, project_id: i64, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE project SET avatar_id = $3 WHERE site_id = $1 AND id = $2", site_id, project_id, id)
        .execute(db.sql())
        .await?;
    Ok(())
}
