//! Tables `permission_scheme`, `permission_grant`.

use super::Work;
use crate::domain::permission::{PermissionGrant, PermissionScheme};

/// Stores a new scheme, or the name and description of one.
pub async fn put(db: &mut Work, scheme: &PermissionScheme) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO permission_scheme (site_id, id, name, description) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site_id, id) DO UPDATE SET name = excluded.name, description = excluded.description",
        site_id,
        scheme.id,
        scheme.name,
        scheme.description
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Locks a scheme until the end of the transaction; whether there is one.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let row =
        sqlx::query_scalar!("SELECT id FROM permission_scheme WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, id)
            .fetch_optional(db.sql())
            .await?;
    Ok(row.is_some())
}

/// The grants of a scheme as they are now, in the order of their ids.
pub async fn grants(db: &mut Work, scheme_id: i64) -> sqlx::Result<Vec<PermissionGrant>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        PermissionGrant,
        "SELECT id, scheme_id, permission, holder, parameter FROM permission_grant
         WHERE site_id = $1 AND scheme_id = $2 ORDER BY id",
        site_id,
        scheme_id
    )
    .fetch_all(db.sql())
    .await
}

/// Deletes a scheme with its grants. While a project uses it this breaks a constraint of `project`.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!("DELETE FROM permission_scheme WHERE site_id = $1 AND id = $2", site_id, id)
        .execute(db.sql())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores a new grant.
pub async fn insert_grant(db: &mut Work, grant: &PermissionGrant) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO permission_grant (site_id, id, scheme_id, permission, holder, parameter) VALUES ($1, $2, $3, $4, $5, $6)",
        site_id,
        grant.id,
        grant.scheme_id,
        grant.permission,
        grant.holder,
        grant.parameter
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes grants of a scheme; how many there were.
pub async fn delete_grants(db: &mut Work, scheme_id: i64, ids: &[i64]) -> sqlx::Result<u64> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "DELETE FROM permission_grant WHERE site_id = $1 AND scheme_id = $2 AND id = ANY($3)",
        site_id,
        scheme_id,
        ids
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected())
}

/// Gives a project another scheme; whether there was the project.
pub async fn assign(db: &mut Work, project_id: i64, scheme_id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE project SET permission_scheme_id = $3 WHERE site_id = $1 AND id = $2",
        site_id,
        project_id,
        scheme_id
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}
