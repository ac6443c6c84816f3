//! Tables `version`, `related_work`.

use super::{Read, Work};
use crate::domain::config::Version;
use uuid::Uuid;

/// A version as it is now, locked for the rest of the transaction.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<Option<Version>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Version,
        "SELECT id, project_id, name, description, archived, released, start_date, release_date, position, driver
         FROM version WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Those of the versions that there are, kept from deletion for the rest of the transaction.
pub async fn hold(db: &mut Work, ids: &[i64]) -> sqlx::Result<Vec<i64>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM version WHERE site_id = $1 AND id = ANY($2) ORDER BY id FOR KEY SHARE",
        site_id,
        ids
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a new version, or a changed one, which stays at its place. A taken name breaks the constraint
/// `version_site_id_project_id_name_key`.
pub async fn put(db: &mut Work, version: &Version) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO version (site_id, id, project_id, name, description, archived, released, start_date, release_date, driver, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
           (SELECT coalesce(max(position), -1) + 1 FROM version WHERE site_id = $1 AND project_id = $3))
         ON CONFLICT (site_id, id) DO UPDATE SET name = $4, description = $5, archived = $6, released = $7, start_date = $8,
           release_date = $9, driver = $10",
        site_id,
        version.id,
        version.project_id,
        version.name,
        version.description,
        version.archived,
        version.released,
        version.start_date,
        version.release_date,
        version.driver
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a version; issues must have lost it before.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM version WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// The versions of a project in their order, locked so that they are put in order by one request at a time.
pub async fn lock_order(db: &mut Work, project_id: i64) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query!("SELECT id FROM project WHERE site_id = $1 AND id = $2 FOR NO KEY UPDATE", site_id, project_id)
        .fetch_optional(db.sql())
        .await?;
    sqlx::query_scalar!(
        "SELECT id FROM version WHERE site_id = $1 AND project_id = $2 ORDER BY position, id",
        site_id,
        project_id
    )
    .fetch_all(db.sql())
    .await
}

/// Puts versions in this order.
pub async fn put_order(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE version v SET position = place - 1 FROM unnest($2::bigint[]) WITH ORDINALITY AS o(id, place)
         WHERE v.site_id = $1 AND v.id = o.id",
        site_id,
        ids
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// The issues that have a version in any field; `fields` are the numbers of the custom fields that hold versions.
pub async fn issues(db: &mut Read, version: &Version, fields: &[String]) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND project_id = $2
           AND ($3 = ANY(fix_version_ids) OR $3 = ANY(affected_version_ids)
             OR EXISTS (SELECT FROM unnest($4::text[]) AS f(id) WHERE custom -> f.id @> to_jsonb($3)))
         ORDER BY id",
        site_id,
        version.project_id,
        version.id,
        fields
    )
    .fetch_all(db.sql())
    .await
}

/// The unresolved issues that a version was to fix.
pub async fn unresolved_issues(db: &mut Read, version: &Version) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND project_id = $2 AND $3 = ANY(fix_version_ids) AND resolution_id IS NULL
         ORDER BY id",
        site_id,
        version.project_id,
        version.id
    )
    .fetch_all(db.sql())
    .await
}

/// How many issues a version fixes, how many of them are unresolved, how many it affects.
pub async fn counts(db: &mut Read, version: &Version) -> sqlx::Result<(i64, i64, i64)> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE $3 = ANY(fix_version_ids)) AS "fixed!",
                  count(*) FILTER (WHERE $3 = ANY(fix_version_ids) AND resolution_id IS NULL) AS "unresolved!",
                  count(*) FILTER (WHERE $3 = ANY(affected_version_ids)) AS "affected!"
           FROM issue WHERE site_id = $1 AND project_id = $2"#,
        site_id,
        version.project_id,
        version.id
    )
    .fetch_one(db.sql())
    .await?;
    Ok((row.fixed, row.unresolved, row.affected))
}

/// How many issues show a version in custom fields: number of the field and count, and the count of all these issues.
pub async fn custom_counts(
    db: &mut Read,
    version: &Version,
    fields: &[String],
) -> sqlx::Result<(Vec<(String, i64)>, i64)> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT f.id AS "field!", i.id AS "issue!" FROM issue i CROSS JOIN unnest($4::text[]) AS f(id)
           WHERE i.site_id = $1 AND i.project_id = $2 AND i.custom -> f.id @> to_jsonb($3::bigint)"#,
        site_id,
        version.project_id,
        version.id,
        fields
    )
    .fetch_all(db.sql())
    .await?;
    let count = |field: &String| rows.iter().filter(|row| row.field == *field).count() as i64;
    let issues: std::collections::HashSet<i64> = rows.iter().map(|row| row.issue).collect();
    let used = fields.iter().map(|field| (field.clone(), count(field))).filter(|(_, count)| *count > 0);
    Ok((used.collect(), issues.len() as i64))
}

/// How many issues each of the project's versions fixes: version, status, count.
pub async fn issue_counts(db: &mut Read, project_id: i64) -> sqlx::Result<Vec<(i64, i64, i64)>> {
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

/// A link that belongs to a version.
#[derive(Debug, Clone)]
pub struct RelatedWork {
    /// Unique in the site.
    pub id: Uuid,
    /// Its version.
    pub version_id: i64,
    /// Such as `Design`.
    pub category: String,
    /// Shown instead of the address.
    pub title: Option<String>,
    /// The address.
    pub url: String,
}

/// All links of a version, in the order in which they were made.
pub async fn related_work(db: &mut Read, version_id: i64) -> sqlx::Result<Vec<RelatedWork>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        RelatedWork,
        "SELECT id, version_id, category, title, url FROM related_work WHERE site_id = $1 AND version_id = $2 ORDER BY position",
        site_id,
        version_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a new link.
pub async fn insert_related_work(db: &mut Work, link: &RelatedWork) -> sqlx::Result<()> {
    let position = db.next_id("related_work").await?;
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO related_work (site_id, id, version_id, position, category, title, url) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        site_id,
        link.id,
        link.version_id,
        position,
        link.category,
        link.title,
        link.url
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Changes a link; whether the version has it.
pub async fn update_related_work(db: &mut Work, link: &RelatedWork) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE related_work SET category = $4, title = $5, url = $6 WHERE site_id = $1 AND id = $2 AND version_id = $3",
        site_id,
        link.id,
        link.version_id,
        link.category,
        link.title,
        link.url
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a link; whether the version had it.
pub async fn delete_related_work(db: &mut Work, version_id: i64, id: Uuid) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "DELETE FROM related_work WHERE site_id = $1 AND id = $2 AND version_id = $3",
        site_id,
        id,
        version_id
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}
