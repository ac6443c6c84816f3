//! Table `application_property`, and what of the site's own row a request can change.

use super::Work;

/// Stores properties, in the place of what they were before.
pub async fn put(db: &mut Work, properties: &[(&'static str, String)]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let (keys, values): (Vec<String>, Vec<String>) =
        properties.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).unzip();
    sqlx::query!(
        "INSERT INTO application_property (site_id, key, value) SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS new(key, value)
         ON CONFLICT (site_id, key) DO UPDATE SET value = EXCLUDED.value",
        site_id,
        &keys,
        &values
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Switches time tracking on.
pub async fn enable_time_tracking(db: &mut Work) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        r#"UPDATE site SET settings = settings || '{"timeTrackingEnabled": true}' WHERE site_id = $1"#,
        site_id
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}
