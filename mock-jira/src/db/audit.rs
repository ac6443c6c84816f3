//! Table `audit_record`: what was done, by whom, when.

use super::{Db, Read, Work};
use crate::domain::audit::Record;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Stores what a transaction did. Called by its commit.
pub(super) async fn insert(db: &mut Work, records: &[Record]) -> sqlx::Result<()> {
    let (site_id, by) = (db.site_id, db.by.clone());
    let rows: Vec<_> = records
        .iter()
        .map(|record| {
            json!({
                "area": record.area.name(),
                "summary": record.summary,
                "object_type": record.object.kind,
                "object_id": record.object.id,
                "object_name": record.object.name,
                "changes": record.changes,
                "associated": record.associated,
            })
        })
        .collect();
    sqlx::query!(
        "INSERT INTO audit_record (site_id, created, author, remote_address, area, summary, object_type, object_id, object_name, changes, associated)
         SELECT $1, $2, $3, $5, area, summary, object_type, object_id, object_name, changes, associated
         FROM jsonb_to_recordset($4) AS r(area text, summary text, object_type text, object_id text, object_name text, changes jsonb, associated jsonb)",
        site_id,
        by.at,
        by.account_id,
        json!(rows),
        by.address.map(|address| address.to_string())
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// A record as it is stored.
#[derive(Debug)]
pub struct Stored {
    /// Greater than those of earlier records, of all sites.
    pub id: i64,
    /// Name of the site.
    pub site: String,
    /// The time at the site.
    pub created: DateTime<Utc>,
    /// Account id; absent for an anonymous caller and for the administration of the server.
    pub author: Option<String>,
    /// Where the request came from; absent for what is done in the background.
    pub remote_address: Option<String>,
    /// Jira's category; absent where Jira's own log is silent.
    pub area: Option<String>,
    /// What was done.
    pub summary: String,
    /// What it was done to: in capitals, such as `PROJECT`.
    pub object_type: String,
    /// Its id.
    pub object_id: String,
    /// Its name.
    pub object_name: String,
    /// `[{field, from?, to?}]`
    pub changes: Value,
    /// `[{type, id, name}]`
    pub associated: Value,
}

/// Which records of a site Jira's own log is asked for.
#[derive(Debug, Default)]
pub struct Filter {
    /// In lower case; each has to be somewhere in the record.
    pub words: Vec<String>,
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Until then.
    pub to: Option<DateTime<Utc>>,
}

/// A page of a site's records that Jira's own log has, the newest first, and the number of all.
pub async fn list(db: &mut Read, filter: &Filter, offset: i64, limit: i64) -> sqlx::Result<(Vec<Stored>, i64)> {
    let site_id = db.site_id;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM audit_record a
           WHERE a.site_id = $1 AND a.area IS NOT NULL
             AND ($3::timestamptz IS NULL OR a.created >= $3) AND ($4::timestamptz IS NULL OR a.created <= $4)
             AND NOT EXISTS (SELECT FROM unnest($2::text[]) word WHERE strpos(audit_text(a), word) = 0)"#,
        site_id,
        &filter.words,
        filter.from,
        filter.to
    )
    .fetch_one(db.sql())
    .await?;
    let records = sqlx::query_as!(
        Stored,
        r#"SELECT a.id, '' AS "site!", a.created, a.author, a.remote_address, a.area, a.summary, a.object_type, a.object_id, a.object_name,
                  a.changes, a.associated
           FROM audit_record a
           WHERE a.site_id = $1 AND a.area IS NOT NULL
             AND ($3::timestamptz IS NULL OR a.created >= $3) AND ($4::timestamptz IS NULL OR a.created <= $4)
             AND NOT EXISTS (SELECT FROM unnest($2::text[]) word WHERE strpos(audit_text(a), word) = 0)
           ORDER BY a.id DESC OFFSET $5 LIMIT $6"#,
        site_id,
        &filter.words,
        filter.from,
        filter.to,
        offset,
        limit
    )
    .fetch_all(db.sql())
    .await?;
    Ok((records, total))
}

/// Which records the administration of the server asks for.
#[derive(Debug, Default)]
pub struct Query {
    /// Name of the site; absent: of all.
    pub site: Option<String>,
    /// Account id or e-mail address.
    pub author: Option<String>,
    /// Kind, id or name of the object.
    pub object: Option<String>,
    /// A part of what was done.
    pub action: Option<String>,
    /// From then on.
    pub since: Option<DateTime<Utc>>,
    /// Until then.
    pub until: Option<DateTime<Utc>>,
    /// Somewhere in the record.
    pub text: Option<String>,
    /// Behind the record of this id.
    pub after: i64,
    /// At most so many.
    pub limit: i64,
}

impl Db {
    /// Records of all sites, the oldest first.
    pub async fn list_audit_records(&self, query: &Query) -> sqlx::Result<Vec<Stored>> {
        let folded = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        sqlx::query_as!(
            Stored,
            r#"SELECT a.id, s.name AS site, a.created, a.author, a.remote_address, a.area, a.summary, a.object_type, a.object_id,
                      a.object_name, a.changes, a.associated
               FROM audit_record a JOIN site s USING (site_id)
               WHERE a.id > $1 AND NOT s.template
                 AND ($2::text IS NULL OR s.name = $2)
                 AND ($3::text IS NULL OR a.author = $3 OR EXISTS (
                   SELECT FROM account WHERE account.site_id = a.site_id AND account_id = a.author AND lower(email) = lower($3)))
                 AND ($4::text IS NULL OR $4 IN (lower(a.object_type), lower(a.object_id), lower(a.object_name)))
                 AND ($5::text IS NULL OR strpos(lower(a.summary), $5) > 0)
                 AND ($6::timestamptz IS NULL OR a.created >= $6)
                 AND ($7::timestamptz IS NULL OR a.created <= $7)
                 AND ($8::text IS NULL OR strpos(audit_text(a), $8) > 0)
               ORDER BY a.id LIMIT $9"#,
            query.after,
            query.site,
            query.author,
            folded(&query.object),
            folded(&query.action),
            query.since,
            query.until,
            folded(&query.text),
            query.limit
        )
        .fetch_all(self.owner())
        .await
    }
}
