//! Table `audit_record`: what was done, by whom, when.

use super::Work;
use crate::domain::audit::Record;
use serde_json::json;

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
        "INSERT INTO audit_record (site_id, created, author, area, summary, object_type, object_id, object_name, changes, associated)
         SELECT $1, $2, $3, area, summary, object_type, object_id, object_name, changes, associated
         FROM jsonb_to_recordset($4) AS r(area text, summary text, object_type text, object_id text, object_name text, changes jsonb, associated jsonb)",
        site_id,
        by.at,
        by.account_id,
        json!(rows)
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
