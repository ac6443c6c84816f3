//! Table `filter`.

use super::{Read, Work, filter_subscriptions::Subscription};
use crate::domain::sharing::Audience;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

/// A saved filter, with what the caller made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Unique in the site.
    pub id: i64,
    /// Unique among the owner's.
    pub name: String,
    /// May be absent.
    pub description: Option<String>,
    /// The query.
    pub jql: String,
    /// Account id.
    pub owner: String,
    /// Ids of fields, once somebody has set them.
    pub columns: Option<Vec<String>>,
    /// When its query last ran.
    pub last_used: Option<DateTime<Utc>>,
    /// Whether it is a favourite of the caller.
    pub favourite: bool,
    /// How many accounts have it as a favourite.
    pub favourited: i64,
    /// Who gets what it finds.
    pub subscriptions: Json<Vec<Subscription>>,
}

/// Which filters are looked for; all of it must hold.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// What reaches the caller.
    pub audience: Audience,
    /// Also those that the caller can't see.
    pub all: bool,
    /// In lower case; all are in the name.
    pub words: Vec<String>,
    /// Account id.
    pub owner: Option<String>,
    /// Shared with the group.
    pub group: Option<uuid::Uuid>,
    /// Shared with the project or a role in it.
    pub project: Option<i64>,
    /// One of these, if any are given.
    pub ids: Vec<i64>,
    /// Favourites of the caller.
    pub favourites: bool,
    /// What they are ordered by: one of the names in `http::platform::filters`.
    pub order: &'static str,
    /// The greatest first.
    pub descending: bool,
    /// The first one wanted.
    pub offset: i64,
    /// At most so many.
    pub limit: i64,
}

/// A page of filters, and how many there are.
pub async fn search(db: &mut Read, search: &Search) -> sqlx::Result<(Vec<Filter>, i64)> {
    let found = page(db, search, search.offset).await?;
    if found.0.is_empty() && search.offset > 0 {
        // The number comes with the rows, of which there are none past the end.
        return Ok((found.0, page(db, search, 0).await?.1));
    }
    Ok(found)
}

async fn page(db: &mut Read, search: &Search, offset: i64) -> sqlx::Result<(Vec<Filter>, i64)> {
    let site_id = db.site_id;
    let audience = &search.audience;
    let rows = sqlx::query!(
        r#"WITH found AS (
           SELECT f.id, f.name, f.description, f.jql, f.owner, f.columns, f.last_used, subscriptions_of(f) AS subscriptions,
             EXISTS (SELECT FROM favourite v WHERE v.site_id = $1 AND v.filter_id = f.id AND v.account_id = $2) AS favourite,
             (SELECT count(*) FROM favourite v WHERE v.site_id = $1 AND v.filter_id = f.id) AS favourited,
             EXISTS (SELECT FROM share_permission s WHERE s.site_id = $1 AND s.filter_id = f.id) AS shared
           FROM filter f
           WHERE f.site_id = $1
             AND ($6 OR f.owner = $2 OR EXISTS (SELECT FROM share_permission s
               WHERE s.site_id = $1 AND s.filter_id = f.id AND reaches(s, $2, $3, $4, $5)))
             AND NOT EXISTS (SELECT FROM unnest($7::text[]) word WHERE position(word IN lower(f.name)) = 0)
             AND ($8::text IS NULL OR f.owner = $8)
             AND ($9::uuid IS NULL OR EXISTS (SELECT FROM share_permission s
               WHERE s.site_id = $1 AND s.filter_id = f.id AND s.group_id = $9))
             AND ($10::bigint IS NULL OR EXISTS (SELECT FROM share_permission s
               WHERE s.site_id = $1 AND s.filter_id = f.id AND s.project_id = $10))
             AND (cardinality($11::bigint[]) = 0 OR f.id = ANY($11)))
         , ranked AS (
           SELECT *, CASE $13 WHEN 'description' THEN lower(coalesce(description, '')) WHEN 'owner' THEN owner
               WHEN 'name' THEN lower(name) END AS text_key,
             CASE $13 WHEN 'id' THEN id WHEN 'favourite_count' THEN favourited WHEN 'is_favourite' THEN favourite::integer
               WHEN 'is_shared' THEN shared::integer END AS number_key
           FROM found WHERE NOT $12 OR favourite)
         SELECT id AS "id!", name AS "name!", description, jql AS "jql!", owner AS "owner!", columns, last_used,
           favourite AS "favourite!", favourited AS "favourited!",
           subscriptions AS "subscriptions!: Json<Vec<Subscription>>", count(*) OVER () AS "total!"
         FROM ranked
         ORDER BY CASE WHEN NOT $14 THEN text_key END, CASE WHEN $14 THEN text_key END DESC,
           CASE WHEN NOT $14 THEN number_key END, CASE WHEN $14 THEN number_key END DESC, lower(name), id
         OFFSET $15 LIMIT $16"#,
        site_id,
        audience.account_id,
        &audience.groups,
        &audience.projects,
        &audience.roles,
        search.all,
        &search.words,
        search.owner,
        search.group,
        search.project,
        &search.ids,
        search.favourites,
        search.order,
        search.descending,
        offset,
        search.limit
    )
    .fetch_all(db.sql())
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let filters = rows.into_iter().map(|row| Filter {
        id: row.id,
        name: row.name,
        description: row.description,
        jql: row.jql,
        owner: row.owner,
        columns: row.columns,
        last_used: row.last_used,
        favourite: row.favourite,
        favourited: row.favourited,
        subscriptions: row.subscriptions,
    });
    Ok((filters.collect(), total))
}

/// A filter, with what an account made of it.
pub async fn find(db: &mut Read, id: i64, account_id: Option<&str>) -> sqlx::Result<Option<Filter>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Filter,
        r#"SELECT id, name, description, jql, owner, columns, last_used,
           EXISTS (SELECT FROM favourite v WHERE v.site_id = $1 AND v.filter_id = f.id AND v.account_id = $3) AS "favourite!",
           (SELECT count(*) FROM favourite v WHERE v.site_id = $1 AND v.filter_id = f.id) AS "favourited!",
           subscriptions_of(f) AS "subscriptions!: Json<Vec<Subscription>>"
         FROM filter f WHERE site_id = $1 AND id = $2"#,
        site_id,
        id,
        account_id
    )
    .fetch_optional(db.sql())
    .await
}

/// Makes others who change the filter wait.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("SELECT id FROM filter WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, id)
        .fetch_optional(db.sql())
        .await?;
    Ok(())
}

/// What queries refer to: filters that reach somebody by id or by name, as id, name, owner and JQL, in the order of
/// their ids.
pub async fn named(
    db: &mut Read,
    audience: &Audience,
    ids: &[i64],
    names: &[String],
) -> sqlx::Result<Vec<(i64, String, String, String)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT f.id, f.name, f.owner, f.jql FROM filter f
         WHERE f.site_id = $1 AND (f.id = ANY($2) OR lower(f.name) = ANY($3))
           AND (f.owner = $4 OR EXISTS (SELECT FROM share_permission s
             WHERE s.site_id = $1 AND s.filter_id = f.id AND reaches(s, $4, $5, $6, $7)))
         ORDER BY f.id",
        site_id,
        ids,
        names,
        audience.account_id,
        &audience.groups,
        &audience.projects,
        &audience.roles
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.owner, row.jql)).collect())
}

/// Whether an account owns a filter of a name, in any case, besides the one of that id.
pub async fn owns_named(db: &mut Read, owner: &str, name: &str, besides: Option<i64>) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM filter WHERE site_id = $1 AND owner = $2 AND lower(name) = lower($3)
           AND id IS DISTINCT FROM $4) AS "exists!""#,
        site_id,
        owner,
        name,
        besides
    )
    .fetch_one(db.sql())
    .await
}

/// Stores a new filter, or the name, description, query and owner of one.
pub async fn put(db: &mut Work, filter: &Filter) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO filter (site_id, id, name, description, jql, owner) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, jql = $5, owner = $6",
        site_id,
        filter.id,
        filter.name,
        filter.description,
        filter.jql,
        filter.owner
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Sets a filter's columns; without any, it has none of its own.
pub async fn set_columns(db: &mut Work, id: i64, columns: Option<&[String]>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE filter SET columns = $3 WHERE site_id = $1 AND id = $2", site_id, id, columns)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// Deletes a filter.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM filter WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// Notes that the queries of filters ran. Those noted in the same minute already are left alone.
pub async fn used(db: &mut Work, ids: &[i64], now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE filter SET last_used = $3::timestamptz
         WHERE site_id = $1 AND id = ANY($2) AND (last_used IS NULL OR last_used NOT BETWEEN $3::timestamptz - interval '1 minute' AND $3)",
        site_id,
        ids,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
