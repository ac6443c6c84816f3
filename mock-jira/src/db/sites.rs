//! Sites as wholes: found, created by copying a template, deleted. Runs as the tables' owner,
//! because these are the only statements that look across sites.

use super::Db;
use crate::domain::site::{Clock, Site};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// How a request names a site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SiteAddress {
    /// The first label of a host name, or the segment after `/_site/`.
    Name(String),
    /// On the gateway path.
    CloudId(Uuid),
}

/// What a new site is called.
#[derive(Debug)]
pub struct NewSite {
    /// Host name's first label.
    pub name: String,
    /// Random unless given.
    pub cloud_id: Uuid,
    /// Shown name.
    pub title: String,
    /// Copied again into other sites.
    pub template: bool,
}

impl Db {
    /// The number of the site of that address.
    pub async fn find_site(&self, address: &SiteAddress) -> sqlx::Result<Option<i32>> {
        match address {
            SiteAddress::Name(name) => {
                sqlx::query_scalar!("SELECT site_id FROM site WHERE name = $1 AND NOT template", name)
                    .fetch_optional(self.owner())
                    .await
            }
            SiteAddress::CloudId(id) => {
                sqlx::query_scalar!("SELECT site_id FROM site WHERE cloud_id = $1 AND NOT template", id)
                    .fetch_optional(self.owner())
                    .await
            }
        }
    }

    /// The number of a template.
    pub async fn find_template(&self, name: &str) -> sqlx::Result<Option<i32>> {
        sqlx::query_scalar!("SELECT site_id FROM site WHERE name = $1 || '-template' AND template", name)
            .fetch_optional(self.owner())
            .await
    }

    /// Numbers of all sites but templates, in the order in which they were made.
    pub async fn list_sites(&self) -> sqlx::Result<Vec<i32>> {
        sqlx::query_scalar!("SELECT site_id FROM site WHERE NOT template ORDER BY site_id")
            .fetch_all(self.owner())
            .await
    }

    /// A site's own row.
    pub async fn get_site(&self, site_id: i32) -> anyhow::Result<Option<Site>> {
        let row = sqlx::query!(
            "SELECT name, cloud_id, title, base_url, settings, clock_offset_ms, clock_frozen_at, version FROM site WHERE site_id = $1",
            site_id
        )
        .fetch_optional(self.owner())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Site {
            id: site_id,
            name: row.name,
            cloud_id: row.cloud_id,
            title: row.title,
            base_url: row.base_url,
            settings: serde_json::from_value(row.settings)?,
            clock: Clock { offset_ms: row.clock_offset_ms, frozen_at: row.clock_frozen_at },
            version: row.version,
        }))
    }

    /// Makes a site: an empty one, or a copy of all rows of `from` in one transaction.
    /// `None` if the name or the cloud id is taken.
    pub async fn create_site(&self, new: &NewSite, from: Option<i32>) -> sqlx::Result<Option<i32>> {
        let mut transaction = self.owner().begin().await?;
        let site_id = sqlx::query_scalar!(
            "INSERT INTO site (name, cloud_id, title, template) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING site_id",
            new.name,
            new.cloud_id,
            new.title,
            new.template
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(site_id) = site_id else { return Ok(None) };
        if let Some(from) = from {
            let statement: String = self
                .site_tables()
                .await?
                .into_iter()
                .map(|(table, columns)| {
                    format!("INSERT INTO {table} (site_id, {columns}) SELECT {site_id}, {columns} FROM {table} WHERE site_id = {from};\n")
                })
                .collect();
            // Names come from the catalogue, numbers from us.
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            sqlx::query!(
                "UPDATE site SET settings = t.settings FROM site t WHERE site.site_id = $1 AND t.site_id = $2",
                site_id,
                from
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(Some(site_id))
    }

    /// Removes a site with everything in it; whether there was one.
    pub async fn delete_site(&self, site_id: i32) -> sqlx::Result<bool> {
        // Children before parents: tables were made in the order of their references.
        let mut tables = self.site_tables().await?;
        tables.reverse();
        let statement: String =
            tables.iter().map(|(table, _)| format!("DELETE FROM {table} WHERE site_id = {site_id};\n")).collect();
        let mut transaction = self.owner().begin().await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
        let deleted = sqlx::query!("DELETE FROM site WHERE site_id = $1", site_id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() > 0)
    }

    /// Changes a site's settings, clock or address.
    pub async fn update_site(&self, site: &Site, settings: &Value) -> sqlx::Result<()> {
        sqlx::query!(
            "UPDATE site SET title = $2, base_url = $3, settings = $4, clock_offset_ms = $5, clock_frozen_at = $6, version = version + 1
             WHERE site_id = $1",
            site.id,
            site.title,
            site.base_url,
            settings,
            site.clock.offset_ms,
            site.clock.frozen_at
        )
        .execute(self.owner())
        .await?;
        Ok(())
    }

    /// Every table of sites with its columns besides `site_id`, in the order in which they were made.
    async fn site_tables(&self) -> sqlx::Result<Vec<(String, String)>> {
        let rows = sqlx::query!(
            r#"SELECT c.relname::text AS "table!", string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS "columns!"
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'site'
                 AND EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'site_id')
                 AND a.attname <> 'site_id' AND a.attgenerated = ''
               GROUP BY c.oid, c.relname ORDER BY c.oid"#
        )
        .fetch_all(self.owner())
        .await?;
        Ok(rows.into_iter().map(|row| (row.table, row.columns)).collect())
    }
}
