//! Sites as wholes: found, created by copying a template, deleted. Runs as the tables' owner,
//! because these are the only statements that look across sites.

use super::Db;
use crate::domain::site::{Clock, Site};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// First half of the advisory lock that writers of a site share and who replaces the whole site holds alone.
pub(super) const LOCK: i32 = 7_305_803;

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

    /// Makes a site: an empty one, or a copy of all rows of `from`. `None` if the name or the cloud id is taken.
    pub async fn create_site(&self, new: &NewSite, from: Option<i32>) -> sqlx::Result<Option<i32>> {
        let statement = match from {
            Some(_) => self.whole_sites().await?.create.clone(),
            None => "INSERT INTO site (name, cloud_id, title, template) SELECT $2, $3, $4, $5 WHERE $1::integer IS NULL
                     ON CONFLICT DO NOTHING RETURNING site_id"
                .to_owned(),
        };
        sqlx::query_scalar(AssertSqlSafe(statement))
            .bind(from)
            .bind(&new.name)
            .bind(new.cloud_id)
            .bind(&new.title)
            .bind(new.template)
            .fetch_optional(self.owner())
            .await
    }

    /// Removes a site with everything in it; whether there was one.
    pub async fn delete_site(&self, site_id: i32) -> sqlx::Result<bool> {
        let statement = self.whole_sites().await?.delete.clone();
        let mut transaction = self.owner().begin().await?;
        lock(&mut transaction, site_id).await?;
        let deleted = sqlx::query(AssertSqlSafe(statement)).bind(site_id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() > 0)
    }

    /// Makes a site what `from` is. Tokens that were made for its accounts stay: they belong to people, not to data.
    pub async fn reset_site(&self, site_id: i32, from: i32) -> sqlx::Result<()> {
        let statements = self.whole_sites().await?;
        let mut transaction = self.owner().begin().await?;
        lock(&mut transaction, site_id).await?;
        sqlx::raw_sql(AssertSqlSafe(format!(
            "CREATE TEMPORARY TABLE kept_token ON COMMIT DROP AS
             SELECT * FROM api_token WHERE site_id = {site_id} AND NOT well_known"
        )))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(AssertSqlSafe(statements.clear.clone())).bind(site_id).execute(&mut *transaction).await?;
        sqlx::query(AssertSqlSafe(statements.refill.clone()))
            .bind(from)
            .bind(site_id)
            .execute(&mut *transaction)
            .await?;
        sqlx::raw_sql("INSERT INTO api_token SELECT t.* FROM kept_token t JOIN account USING (site_id, account_id)")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
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

    async fn whole_sites(&self) -> sqlx::Result<&WholeSites> {
        self.whole_sites.get_or_try_init(|| WholeSites::compose(self.owner())).await
    }
}

/// Waits until nobody writes to the site.
async fn lock(transaction: &mut Transaction<'_, Postgres>, site_id: i32) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)")
        .bind(LOCK)
        .bind(site_id)
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Statements over all tables of sites. Each is one statement for the whole site, so that it is planned once
/// per connection and takes one round trip; references are checked at its end, whatever the order.
#[derive(Debug)]
pub(super) struct WholeSites {
    /// $1: the site to copy; $2 to $5: name, cloud id, title, whether it is a template.
    create: String,
    /// $1: the site.
    delete: String,
    /// The same, leaving the site's own row.
    clear: String,
    /// $1: the site to copy; $2: the one to fill.
    refill: String,
}

impl WholeSites {
    /// Every table that has a `site_id` takes part; names come from the database's own catalogue.
    async fn compose(owner: &PgPool) -> sqlx::Result<Self> {
        let tables = sqlx::query!(
            r#"SELECT quote_ident(c.relname) AS "name!",
                      string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS "columns!",
                      string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY a.attnum) AS "values!"
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'site'
                 AND EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'site_id')
                 AND a.attname <> 'site_id' AND a.attgenerated = ''
               GROUP BY c.oid, c.relname ORDER BY c.oid"#
        )
        .fetch_all(owner)
        .await?;
        let parts = |part: &dyn Fn(&str, &str, &str) -> String| -> String {
            let parts = tables.iter().map(|table| part(&table.name, &table.columns, &table.values));
            parts.enumerate().map(|(at, part)| format!(", part{at} AS ({part})")).collect()
        };
        let copies = parts(&|name, columns, values| {
            format!(
                "INSERT INTO {name} (site_id, {columns}) SELECT new.site_id, {values} FROM {name} t, new WHERE t.site_id = $1"
            )
        });
        let deletions = parts(&|name, _, _| format!("DELETE FROM {name} WHERE site_id = $1"));
        Ok(Self {
            create: format!(
                "WITH new AS (INSERT INTO site (name, cloud_id, title, template, settings)
                   SELECT $2, $3, $4, $5, settings FROM site WHERE site_id = $1
                   ON CONFLICT DO NOTHING RETURNING site_id){copies}
                 SELECT site_id FROM new"
            ),
            delete: format!("WITH nothing AS (SELECT){deletions} DELETE FROM site WHERE site_id = $1"),
            clear: format!("WITH nothing AS (SELECT){deletions} SELECT"),
            refill: format!(
                "WITH new AS (UPDATE site SET settings = t.settings, base_url = t.base_url, clock_offset_ms = 0,
                     clock_frozen_at = NULL, version = site.version + 1
                   FROM site t WHERE t.site_id = $1 AND site.site_id = $2 RETURNING site.site_id){copies}
                 SELECT site_id FROM new"
            ),
        })
    }
}
