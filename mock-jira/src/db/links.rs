//! Table `issue_link`.

use super::{Read, Work};

/// A link by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Unique in the site.
    pub id: i64,
    /// Its type.
    pub type_id: i64,
    /// The issue that the type's outward phrase is said of (J-112).
    pub source_id: i64,
    /// The issue that the inward phrase is said of.
    pub destination_id: i64,
}

/// One link by id.
pub async fn find(db: &mut Read, id: i64) -> sqlx::Result<Option<Link>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Link,
        "SELECT id, type_id, source_id, destination_id FROM issue_link WHERE site_id = $1 AND id = $2",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// How many links an issue has.
pub async fn count(db: &mut Read, issue_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM issue_link WHERE site_id = $1 AND (source_id = $2 OR destination_id = $2)"#,
        site_id,
        issue_id
    )
    .fetch_one(db.sql())
    .await
}

/// All links of a type.
pub async fn of_type(db: &mut Read, type_id: i64) -> sqlx::Result<Vec<Link>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Link,
        "SELECT id, type_id, source_id, destination_id FROM issue_link WHERE site_id = $1 AND type_id = $2 ORDER BY id",
        site_id,
        type_id
    )
    .fetch_all(db.sql())
    .await
}

/// Makes a link; whether it is new. Making it twice is accepted silently (J-111).
pub async fn insert(db: &mut Work, type_id: i64, source_id: i64, destination_id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM issue_link WHERE site_id = $1 AND type_id = $2 AND source_id = $3 AND destination_id = $4) AS "exists!""#,
        site_id,
        type_id,
        source_id,
        destination_id
    )
    .fetch_one(db.sql())
    .await?;
    if !exists {
        let id = db.next_id("issue_link").await?;
        sqlx::query!(
            "INSERT INTO issue_link (site_id, id, type_id, source_id, destination_id) VALUES ($1, $2, $3, $4, $5)",
            site_id,
            id,
            type_id,
            source_id,
            destination_id
        )
        .execute(db.sql())
        .await?;
    }
    Ok(!exists)
}

/// Deletes a link; whether it was still there.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done =
        sqlx::query!("DELETE FROM issue_link WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(done.rows_affected() == 1)
}
