//! Table `component`.

use super::{Read, Work};
use crate::domain::config::Component;
use std::collections::HashMap;

/// A component as it is now, locked for the rest of the transaction.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<Option<Component>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Component,
        "SELECT id, project_id, name, description, lead, assignee_type FROM component WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Those of the components that there are, kept from deletion for the rest of the transaction.
pub async fn hold(db: &mut Work, ids: &[i64]) -> sqlx::Result<Vec<i64>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM component WHERE site_id = $1 AND id = ANY($2) ORDER BY id FOR KEY SHARE",
        site_id,
        ids
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a new component, or a changed one. A taken name breaks the constraint `component_site_id_project_id_name_key`.
pub async fn put(db: &mut Work, component: &Component) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO component (site_id, id, project_id, name, description, lead, assignee_type) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $4, description = $5, lead = $6, assignee_type = $7",
        site_id,
        component.id,
        component.project_id,
        component.name,
        component.description,
        component.lead,
        component.assignee_type
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a component; issues must have lost it before.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM component WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// The issues that have a component.
pub async fn issues(db: &mut Read, component: &Component) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND project_id = $2 AND $3 = ANY(component_ids) ORDER BY id",
        site_id,
        component.project_id,
        component.id
    )
    .fetch_all(db.sql())
    .await
}

/// How many issues have each of the project's components.
pub async fn issue_counts(db: &mut Read, project_id: i64) -> sqlx::Result<HashMap<i64, i64>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"SELECT c.id AS "component_id!", count(*) AS "count!" FROM issue i CROSS JOIN unnest(i.component_ids) AS c(id)
           WHERE i.site_id = $1 AND i.project_id = $2 GROUP BY c.id"#,
        site_id,
        project_id
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.component_id, row.count)).collect())
}
