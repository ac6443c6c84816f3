//! Tables `priority_scheme`, `priority_scheme_project`.

use super::{Read, Work};
use crate::domain::priority_scheme::PriorityScheme;

/// All priority schemes.
pub async fn list(db: &mut Read) -> sqlx::Result<Vec<PriorityScheme>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        PriorityScheme,
        r#"SELECT id, name, description, is_default, default_priority_id, priority_ids,
                  ARRAY(SELECT project_id FROM priority_scheme_project p
                        WHERE p.site_id = $1 AND p.scheme_id = s.id ORDER BY project_id) AS "project_ids!"
           FROM priority_scheme s WHERE site_id = $1 ORDER BY id"#,
        site_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a scheme, new or changed, without its projects.
pub async fn put(db: &mut Work, scheme: &PriorityScheme) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO priority_scheme (site_id, id, name, description, is_default, default_priority_id, priority_ids)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, default_priority_id = $6, priority_ids = $7",
        site_id,
        scheme.id,
        scheme.name,
        scheme.description,
        scheme.is_default,
        scheme.default_priority_id,
        &scheme.priority_ids
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Makes projects follow a scheme, or without one the default scheme.
pub async fn assign(db: &mut Work, project_ids: &[i64], scheme_id: Option<i64>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let Some(scheme_id) = scheme_id else {
        sqlx::query!(
            "DELETE FROM priority_scheme_project WHERE site_id = $1 AND project_id = ANY($2)",
            site_id,
            project_ids
        )
        .execute(db.sql())
        .await?;
        return Ok(());
    };
    sqlx::query!(
        "INSERT INTO priority_scheme_project (site_id, project_id, scheme_id)
         SELECT $1, id, $3 FROM project WHERE site_id = $1 AND id = ANY($2)
         ON CONFLICT (site_id, project_id) DO UPDATE SET scheme_id = $3",
        site_id,
        project_ids,
        scheme_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a scheme that no project follows.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM priority_scheme WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}
