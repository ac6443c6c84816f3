//! Tables `change_group` and `change_item`: the history of issues.

use super::{Read, Work};
use crate::domain::issue::{changes::ChangeItem, history::Metadata};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::HashMap;

/// Changes made together.
#[derive(Debug, Clone)]
pub struct History {
    /// Whose it is.
    pub issue_id: i64,
    /// Unique in the site.
    pub id: i64,
    /// Account id.
    pub author: String,
    /// When they were made.
    pub created: DateTime<Utc>,
    /// In the order of the fields.
    pub items: Vec<ChangeItem>,
    /// What another system tells about them.
    pub metadata: Option<Value>,
}

/// Stores changes made together; none make no entry (J-57).
pub async fn insert(
    db: &mut Work,
    issue_id: i64,
    author: &str,
    now: DateTime<Utc>,
    items: &[ChangeItem],
) -> sqlx::Result<()> {
    insert_told(db, issue_id, author, now, items, None).await
}

/// The same, with what another system tells about the changes.
pub async fn insert_told(
    db: &mut Work,
    issue_id: i64,
    author: &str,
    now: DateTime<Utc>,
    items: &[ChangeItem],
    metadata: Option<&Metadata>,
) -> sqlx::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let id = db.next_id("change_group").await?;
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO change_group (site_id, id, issue_id, author, created, metadata) VALUES ($1, $2, $3, $4, $5, $6)",
        site_id,
        id,
        issue_id,
        author,
        now,
        metadata.map(sqlx::types::Json) as _
    )
    .execute(db.sql())
    .await?;
    let texts = |of: fn(&ChangeItem) -> &Option<String>| -> Vec<Option<String>> {
        items.iter().map(|item| of(item).clone()).collect()
    };
    let fields: Vec<String> = items.iter().map(|item| item.field.clone()).collect();
    let custom: Vec<bool> = items.iter().map(|item| item.custom).collect();
    sqlx::query!(
        "INSERT INTO change_item (site_id, group_id, position, field, field_type, field_id, from_value, from_string, to_value, to_string)
         SELECT $1, $2, place - 1, field, CASE WHEN custom THEN 'custom' ELSE 'jira' END, field_id, from_value, from_string, to_value,
           to_string
         FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) WITH ORDINALITY
           AS items (field, custom, field_id, from_value, from_string, to_value, to_string, place)",
        site_id,
        id,
        &fields,
        &custom,
        &texts(|item| &item.field_id) as _,
        &texts(|item| &item.from) as _,
        &texts(|item| &item.from_string) as _,
        &texts(|item| &item.to) as _,
        &texts(|item| &item.to_string) as _
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// A row of `change_group`.
struct Group {
    issue_id: i64,
    id: i64,
    author: String,
    created: DateTime<Utc>,
    metadata: Option<Value>,
}

/// A page of an issue's history, oldest first.
pub async fn list(db: &mut Read, issue_id: i64, start_at: i64, max_results: i64) -> sqlx::Result<Vec<History>> {
    let site_id = db.site_id;
    let groups = sqlx::query_as!(
        Group,
        "SELECT issue_id, id, author, created, metadata FROM change_group
         WHERE site_id = $1 AND issue_id = $2 ORDER BY id OFFSET $3 LIMIT $4",
        site_id,
        issue_id,
        start_at,
        max_results
    )
    .fetch_all(db.sql())
    .await?;
    with_items(db, groups).await
}

/// The newest entries of several issues' histories, at most `limit` of each, newest first, with how many there are (J-36).
pub async fn newest(db: &mut Read, issue_ids: &[i64], limit: i64) -> sqlx::Result<HashMap<i64, (i64, Vec<History>)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT issue_id AS "issue_id!", id AS "id!", author AS "author!", created AS "created!", metadata, total AS "total!" FROM (
             SELECT g.issue_id, g.id, g.author, g.created, g.metadata, count(*) OVER (PARTITION BY g.issue_id) AS total,
                    row_number() OVER (PARTITION BY g.issue_id ORDER BY g.id DESC) AS place
             FROM change_group g WHERE g.site_id = $1 AND g.issue_id = ANY($2)) ranked
           WHERE place <= $3 ORDER BY issue_id, id DESC"#,
        site_id,
        issue_ids,
        limit
    )
    .fetch_all(db.sql())
    .await?;
    let mut found: HashMap<i64, (i64, Vec<History>)> =
        rows.iter().map(|row| (row.issue_id, (row.total, Vec::new()))).collect();
    let groups = rows.into_iter().map(|row| Group {
        issue_id: row.issue_id,
        id: row.id,
        author: row.author,
        created: row.created,
        metadata: row.metadata,
    });
    for history in with_items(db, groups.collect()).await? {
        found.entry(history.issue_id).or_default().1.push(history);
    }
    Ok(found)
}

/// Entries of an issue's history by id, oldest first.
pub async fn by_ids(db: &mut Read, issue_id: i64, ids: &[i64]) -> sqlx::Result<Vec<History>> {
    let site_id = db.site_id;
    let groups = sqlx::query_as!(
        Group,
        "SELECT issue_id, id, author, created, metadata FROM change_group
         WHERE site_id = $1 AND issue_id = $2 AND id = ANY($3) ORDER BY id",
        site_id,
        issue_id,
        ids
    )
    .fetch_all(db.sql())
    .await?;
    with_items(db, groups).await
}

/// Where a page of several issues' histories begins: after the entry made then, of this issue and this id.
pub type Place = (DateTime<Utc>, i64, i64);

/// A page of several issues' histories, oldest first and by issue; with `fields`, entries that change one of them.
pub async fn page(
    db: &mut Read,
    issue_ids: &[i64],
    fields: Option<&[String]>,
    after: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<History>> {
    let site_id = db.site_id;
    let (created, issue_id, id) = after.map_or((None, None, None), |(at, issue, id)| (Some(at), Some(issue), Some(id)));
    let groups = sqlx::query_as!(
        Group,
        "SELECT g.issue_id, g.id, g.author, g.created, g.metadata FROM change_group g
         WHERE g.site_id = $1 AND g.issue_id = ANY($2)
           AND ($3::text[] IS NULL OR EXISTS (
             SELECT FROM change_item i WHERE i.site_id = $1 AND i.group_id = g.id AND i.field_id = ANY($3)))
           AND ($4::timestamptz IS NULL OR (g.created, g.issue_id, g.id) > ($4, $5, $6))
         ORDER BY g.created, g.issue_id, g.id LIMIT $7",
        site_id,
        issue_ids,
        fields,
        created,
        issue_id,
        id,
        limit
    )
    .fetch_all(db.sql())
    .await?;
    with_items(db, groups).await
}

/// How many entries an issue's history has.
pub async fn count(db: &mut Read, issue_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM change_group WHERE site_id = $1 AND issue_id = $2"#,
        site_id,
        issue_id
    )
    .fetch_one(db.sql())
    .await
}

async fn with_items(db: &mut Read, groups: Vec<Group>) -> sqlx::Result<Vec<History>> {
    let site_id = db.site_id;
    let ids: Vec<i64> = groups.iter().map(|group| group.id).collect();
    let rows = sqlx::query!(
        "SELECT group_id, field, field_type, field_id, from_value, from_string, to_value, to_string
         FROM change_item WHERE site_id = $1 AND group_id = ANY($2) ORDER BY group_id, position",
        site_id,
        &ids
    )
    .fetch_all(db.sql())
    .await?;
    let mut items: HashMap<i64, Vec<ChangeItem>> = HashMap::new();
    for row in rows {
        items.entry(row.group_id).or_default().push(ChangeItem {
            field: row.field,
            custom: row.field_type == "custom",
            field_id: row.field_id,
            from: row.from_value,
            from_string: row.from_string,
            to: row.to_value,
            to_string: row.to_string,
        });
    }
    let history = |group: Group| History {
        issue_id: group.issue_id,
        id: group.id,
        author: group.author,
        created: group.created,
        items: items.remove(&group.id).unwrap_or_default(),
        metadata: group.metadata,
    };
    Ok(groups.into_iter().map(history).collect())
}
