//! Tables `security_scheme`, `security_level`, `security_member`.

use super::Work;
use crate::domain::security::{SecurityLevel, SecurityMember, SecurityScheme};

/// Stores a new scheme, or the name and description of one.
pub async fn put(db: &mut Work, scheme: &SecurityScheme) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO security_scheme (site_id, id, name, description) VALUES ($1, $2, $3, $4)
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

/// Locks a scheme, and with it what belongs to it, until the end of the transaction; whether there is one.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let row =
        sqlx::query_scalar!("SELECT id FROM security_scheme WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, id)
            .fetch_optional(db.sql())
            .await?;
    Ok(row.is_some())
}

/// Deletes a scheme with its levels. While a project uses it this breaks a constraint.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!("DELETE FROM security_scheme WHERE site_id = $1 AND id = $2", site_id, id)
        .execute(db.sql())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores a new level.
pub async fn insert_level(db: &mut Work, level: &SecurityLevel) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO security_level (site_id, id, scheme_id, name, description, is_default) VALUES ($1, $2, $3, $4, $5, $6)",
        site_id,
        level.id,
        level.scheme_id,
        level.name,
        level.description,
        level.is_default
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores a level's name and description; whether there was the level.
pub async fn update_level(db: &mut Work, level: &SecurityLevel) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE security_level SET name = $3, description = $4 WHERE site_id = $1 AND id = $2",
        site_id,
        level.id,
        level.name,
        level.description
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes one level of a scheme, or none, the default one.
pub async fn set_default(db: &mut Work, scheme_id: i64, level_id: Option<i64>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    // In two statements, for there may never be two defaults.
    sqlx::query!(
        "UPDATE security_level SET is_default = false WHERE site_id = $1 AND scheme_id = $2 AND is_default",
        site_id,
        scheme_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE security_level SET is_default = true WHERE site_id = $1 AND scheme_id = $2 AND id = $3",
        site_id,
        scheme_id,
        level_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a level after giving its issues another, or none; those issues.
pub async fn replace_level(db: &mut Work, level_id: i64, with: Option<i64>) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    // New issues of the level wait, and are then refused.
    sqlx::query_scalar!("SELECT id FROM security_level WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, level_id)
        .fetch_optional(db.sql())
        .await?;
    let changed = sqlx::query_scalar!(
        "UPDATE issue SET security_level_id = $3, updated = $4 WHERE site_id = $1 AND security_level_id = $2 RETURNING id",
        site_id,
        level_id,
        with,
        db.by().at
    )
    .fetch_all(db.sql())
    .await?;
    sqlx::query!("DELETE FROM security_level WHERE site_id = $1 AND id = $2", site_id, level_id)
        .execute(db.sql())
        .await?;
    Ok(changed)
}

/// Stores a new member; nothing if the level has it already.
pub async fn insert_member(db: &mut Work, member: &SecurityMember) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "INSERT INTO security_member (site_id, id, level_id, holder, parameter)
         SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (
           SELECT FROM security_member
           WHERE site_id = $1 AND level_id = $3 AND holder = $4 AND parameter IS NOT DISTINCT FROM $5)",
        site_id,
        member.id,
        member.level_id,
        member.holder,
        member.parameter
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes a member; whether there was one.
pub async fn delete_member(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!("DELETE FROM security_member WHERE site_id = $1 AND id = $2", site_id, id)
        .execute(db.sql())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// An issue that has another level: its id, the level before and the one now.
pub type Changed = (i64, Option<i64>, Option<i64>);

/// Gives a project another scheme, or none, and its issues other levels: `from` and `to` belong together, and null
/// is the level of issues that have none. The issues that have another level now; `None` if there is no such project.
pub async fn associate(
    db: &mut Work,
    project_id: i64,
    scheme_id: Option<i64>,
    from: &[Option<i64>],
    to: &[Option<i64>],
) -> sqlx::Result<Option<Vec<Changed>>> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE project SET security_scheme_id = $3 WHERE site_id = $1 AND id = $2",
        site_id,
        project_id,
        scheme_id
    )
    .execute(db.sql())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    let changed = sqlx::query!(
        r#"UPDATE issue i SET security_level_id = m.new, updated = $5
           FROM unnest($3::bigint[], $4::bigint[]) AS m ("old", "new")
           WHERE i.site_id = $1 AND i.project_id = $2 AND i.security_level_id IS NOT DISTINCT FROM m.old
             AND m.old IS DISTINCT FROM m.new
           RETURNING i.id, m.old, m.new"#,
        site_id,
        project_id,
        from as &[Option<i64>],
        to as &[Option<i64>],
        db.by().at
    )
    .fetch_all(db.sql())
    .await?;
    Ok(Some(changed.into_iter().map(|row| (row.id, row.old, row.new)).collect()))
}
