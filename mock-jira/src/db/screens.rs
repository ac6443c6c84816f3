//! Table `screen`.

use super::Work;
use crate::domain::config::Screen;
use anyhow::Context;

/// A screen as it is now, locked until the end of the transaction.
pub async fn lock(db: &mut Work, id: i64) -> anyhow::Result<Option<Screen>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        "SELECT id, name, description, tabs FROM screen WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let tabs = serde_json::from_value(row.tabs).context("a screen's tabs")?;
    Ok(Some(Screen { id: row.id, name: row.name, description: row.description, tabs }))
}

/// Stores a new or changed screen.
pub async fn put(db: &mut Work, screen: &Screen) -> anyhow::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO screen (site_id, id, name, description, tabs) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, tabs = $5",
        site_id,
        screen.id,
        screen.name,
        screen.description,
        serde_json::to_value(&screen.tabs)?
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}
