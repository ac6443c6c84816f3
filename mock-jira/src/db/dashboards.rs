//! Tables `dashboard` and `dashboard_gadget`.

use super::{Read, Work};
use crate::domain::{dashboard::Gadget, sharing::Audience};
use chrono::{DateTime, Utc};

/// A dashboard, with what the caller made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// Unique in the site.
    pub id: i64,
    /// Unique among the owner's.
    pub name: String,
    /// May be absent.
    pub description: Option<String>,
    /// Account id; the system dashboard is nobody's.
    pub owner: Option<String>,
    /// Milliseconds.
    pub automatic_refresh: Option<i32>,
    /// Since when it is in the trash.
    pub deleted: Option<DateTime<Utc>>,
    /// Its place among the favourites of the caller, from 0.
    pub rank: Option<i64>,
    /// How many accounts have it as a favourite.
    pub popularity: i64,
}

/// Which dashboards are looked for; all of it must hold.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// What reaches the caller.
    pub audience: Audience,
    /// In lower case; part of the name.
    pub name: String,
    /// Account id.
    pub owner: Option<String>,
    /// Shared with the group.
    pub group: Option<uuid::Uuid>,
    /// Shared with the project or a role in it.
    pub project: Option<i64>,
    /// Favourites of the caller.
    pub favourites: bool,
    /// Those in the trash instead of the others.
    pub deleted: bool,
    /// What they are ordered by: one of the names in `http::platform::dashboards`.
    pub order: &'static str,
    /// The greatest first.
    pub descending: bool,
    /// The first one wanted.
    pub offset: i64,
    /// At most so many.
    pub limit: i64,
}

/// A page of dashboards, and how many there are.
pub async fn search(db: &mut Read, search: &Search) -> sqlx::Result<(Vec<Dashboard>, i64)> {
    let found = page(db, search, search.offset).await?;
    if found.0.is_empty() && search.offset > 0 {
        // The number comes with the rows, of which there are none past the end.
        return Ok((found.0, page(db, search, 0).await?.1));
    }
    Ok(found)
}

async fn page(db: &mut Read, search: &Search, offset: i64) -> sqlx::Result<(Vec<Dashboard>, i64)> {
    let site_id = db.site_id;
    let audience = &search.audience;
    let rows = sqlx::query!(
        r#"WITH chosen AS (
           SELECT dashboard_id, row_number() OVER (ORDER BY id) - 1 AS rank FROM favourite
           WHERE site_id = $1 AND account_id = $2 AND dashboard_id IS NOT NULL)
         , found AS (
           SELECT d.*, c.rank,
             (SELECT count(*) FROM favourite v WHERE v.site_id = $1 AND v.dashboard_id = d.id) AS popularity,
             (SELECT lower(display_name) FROM account a WHERE a.site_id = $1 AND a.account_id = d.owner) AS owner_name
           FROM dashboard d LEFT JOIN chosen c ON c.dashboard_id = d.id
           WHERE d.site_id = $1 AND (d.deleted IS NOT NULL) = $11
             AND (d.owner = $2 OR EXISTS (SELECT FROM share_permission s
               WHERE s.site_id = $1 AND s.dashboard_id = d.id AND reaches(s, $2, $3, $4, $5)))
             AND position($6 IN lower(d.name)) > 0
             AND ($7::text IS NULL OR d.owner = $7)
             AND ($8::uuid IS NULL OR EXISTS (SELECT FROM share_permission s
               WHERE s.site_id = $1 AND s.dashboard_id = d.id AND s.group_id = $8))
             AND ($9::bigint IS NULL OR EXISTS (SELECT FROM share_permission s
               WHERE s.site_id = $1 AND s.dashboard_id = d.id AND s.project_id = $9))
             AND (NOT $10 OR c.rank IS NOT NULL))
         , keyed AS (
           SELECT *, CASE $12 WHEN 'description' THEN lower(coalesce(description, ''))
               WHEN 'owner' THEN coalesce(owner_name, '') WHEN 'name' THEN lower(name) END AS text_key,
             CASE $12 WHEN 'id' THEN id WHEN 'favorite_count' THEN popularity
               WHEN 'is_favorite' THEN (rank IS NOT NULL)::integer END AS number_key
           FROM found)
         SELECT id AS "id!", name AS "name!", description, owner, automatic_refresh, deleted, rank,
           popularity AS "popularity!", count(*) OVER () AS "total!"
         FROM keyed
         ORDER BY CASE WHEN NOT $13 THEN text_key END, CASE WHEN $13 THEN text_key END DESC,
           CASE WHEN NOT $13 THEN number_key END, CASE WHEN $13 THEN number_key END DESC, lower(name), id
         OFFSET $14 LIMIT $15"#,
        site_id,
        audience.account_id,
        &audience.groups,
        &audience.projects,
        &audience.roles,
        search.name,
        search.owner,
        search.group,
        search.project,
        search.favourites,
        search.deleted,
        search.order,
        search.descending,
        offset,
        search.limit
    )
    .fetch_all(db.sql())
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let dashboards = rows.into_iter().map(|row| Dashboard {
        id: row.id,
        name: row.name,
        description: row.description,
        owner: row.owner,
        automatic_refresh: row.automatic_refresh,
        deleted: row.deleted,
        rank: row.rank,
        popularity: row.popularity,
    });
    Ok((dashboards.collect(), total))
}

/// A dashboard that is not in the trash, with what an account made of it.
pub async fn find(db: &mut Read, id: i64, account_id: Option<&str>) -> sqlx::Result<Option<Dashboard>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Dashboard,
        r#"SELECT id, name, description, owner, automatic_refresh, deleted,
           (SELECT count(*) FROM favourite v WHERE v.site_id = $1 AND v.dashboard_id = d.id) AS "popularity!",
           (SELECT (SELECT count(*) FROM favourite before WHERE before.site_id = $1 AND before.account_id = $3
               AND before.dashboard_id IS NOT NULL AND before.id < v.id)
             FROM favourite v WHERE v.site_id = $1 AND v.dashboard_id = d.id AND v.account_id = $3) AS rank
         FROM dashboard d WHERE site_id = $1 AND id = $2 AND deleted IS NULL"#,
        site_id,
        id,
        account_id
    )
    .fetch_optional(db.sql())
    .await
}

/// Makes others who change the dashboard wait.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("SELECT id FROM dashboard WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, id)
        .fetch_optional(db.sql())
        .await?;
    Ok(())
}

/// Whether an account owns a dashboard of a name, in any case, besides the one of that id.
pub async fn owns_named(db: &mut Read, owner: &str, name: &str, besides: Option<i64>) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM dashboard WHERE site_id = $1 AND owner = $2 AND lower(name) = lower($3)
           AND deleted IS NULL AND id IS DISTINCT FROM $4) AS "exists!""#,
        site_id,
        owner,
        name,
        besides
    )
    .fetch_one(db.sql())
    .await
}

/// Stores a new dashboard, or the name, description and owner of one.
pub async fn put(db: &mut Work, dashboard: &Dashboard) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO dashboard (site_id, id, name, description, owner, automatic_refresh) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, owner = $5",
        site_id,
        dashboard.id,
        dashboard.name,
        dashboard.description,
        dashboard.owner,
        dashboard.automatic_refresh
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Puts a dashboard into the trash, where it is nobody's favourite.
pub async fn delete(db: &mut Work, id: i64, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE dashboard SET deleted = $3 WHERE site_id = $1 AND id = $2", site_id, id, now)
        .execute(db.sql())
        .await?;
    sqlx::query!("DELETE FROM favourite WHERE site_id = $1 AND dashboard_id = $2", site_id, id)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// The gadgets of a dashboard, in the order of their ids.
pub async fn gadgets(db: &mut Read, dashboard_id: i64) -> sqlx::Result<Vec<Gadget>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Gadget,
        r#"SELECT id, title, color, module_key, uri, row_no AS "row", column_no AS "column"
           FROM dashboard_gadget WHERE site_id = $1 AND dashboard_id = $2 ORDER BY id"#,
        site_id,
        dashboard_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a gadget, new or changed.
pub async fn put_gadget(db: &mut Work, dashboard_id: i64, gadget: &Gadget) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO dashboard_gadget (site_id, id, dashboard_id, title, color, module_key, uri, row_no, column_no)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (site_id, id) DO UPDATE SET title = $4, color = $5, row_no = $8, column_no = $9",
        site_id,
        gadget.id,
        dashboard_id,
        gadget.title,
        gadget.color,
        gadget.module_key,
        gadget.uri,
        gadget.row,
        gadget.column
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Removes a gadget.
pub async fn delete_gadget(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM dashboard_gadget WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
