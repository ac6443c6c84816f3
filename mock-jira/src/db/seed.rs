//! Rows of a new template, given as JSON: table name to rows.

use super::Db;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Postgres, Transaction};

/// Held while templates are made; ends with its transaction.
pub struct SeedLock(#[expect(dead_code, reason = "held for its end")] Transaction<'static, Postgres>);

impl Db {
    /// Inserts the rows of a seed file into a site. The file is part of the program or comes
    /// from an administrator; its names are checked by PostgreSQL as identifiers.
    pub async fn insert_rows(&self, site_id: i32, tables: &Map<String, Value>) -> anyhow::Result<()> {
        let mut transaction = self.owner().begin().await?;
        for (table, rows) in tables {
            let Some(first) = rows.get(0).and_then(Value::as_object) else { continue };
            let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            let columns = first.keys().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            let table = quoted(table);
            let statement = format!(
                "INSERT INTO {table} (site_id, {columns}) SELECT $1, {columns} FROM jsonb_populate_recordset(NULL::{table}, $2)"
            );
            sqlx::query(AssertSqlSafe(statement)).bind(site_id).bind(rows).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Waits until no other server makes templates.
    pub async fn seed_lock(&self) -> sqlx::Result<SeedLock> {
        let mut transaction = self.owner().begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock(7305802)").execute(&mut *transaction).await?;
        Ok(SeedLock(transaction))
    }

    /// Gives accounts, named by e-mail address, their well-known tokens.
    pub async fn insert_tokens(&self, site_id: i32, tokens: &[(&str, &str)]) -> sqlx::Result<()> {
        for (email, token) in tokens {
            let hash = Sha256::digest(token.as_bytes());
            sqlx::query!(
                "INSERT INTO api_token (site_id, token_hash, account_id, label, well_known)
                 SELECT $1, $2, account_id, 'well-known', true FROM account WHERE site_id = $1 AND email = $3",
                site_id,
                &hash[..],
                email
            )
            .execute(self.owner())
            .await?;
        }
        Ok(())
    }

    /// Removes what a server that was killed while making templates left behind.
    pub async fn discard_half_made_templates(&self) -> sqlx::Result<()> {
        let left = sqlx::query_scalar!("SELECT site_id FROM site WHERE template AND name NOT LIKE '%-template'")
            .fetch_all(self.owner())
            .await?;
        for site_id in left {
            self.delete_site(site_id).await?;
        }
        Ok(())
    }

    /// Says that a template is complete, by its name.
    pub async fn rename_template(&self, site_id: i32, name: &str) -> sqlx::Result<()> {
        sqlx::query!("UPDATE site SET name = $2 || '-template' WHERE site_id = $1", site_id, name)
            .execute(self.owner())
            .await?;
        Ok(())
    }
}
