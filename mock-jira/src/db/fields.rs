//! Tables `custom_field`, `field_context`, `field_option`, `app_field_option`, and values in `issue.custom`.

use super::{Read, Work};
use crate::domain::{
    config::{AppOption, CustomField, FieldConfiguration, FieldContext, FieldOption},
    fields::custom_id,
};

/// A field as it is now, locked until the end of the transaction: with it, its contexts and options.
pub async fn lock(db: &mut Work, id: i64) -> sqlx::Result<Option<CustomField>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        CustomField,
        "SELECT id, name, description, type_key, searcher, project_id, trashed, trashed_by FROM custom_field
         WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Stores a new or changed field.
pub async fn put(db: &mut Work, field: &CustomField) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO custom_field (site_id, id, name, description, type_key, searcher, project_id, trashed, trashed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $3, description = $4, searcher = $6, trashed = $8, trashed_by = $9",
        site_id,
        field.id,
        field.name,
        field.description,
        field.type_key,
        field.searcher,
        field.project_id,
        field.trashed,
        field.trashed_by
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Deletes a field with its contexts and options, and takes it from screens and field configurations.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let field_id = custom_id(id);
    sqlx::query!(
        r#"UPDATE screen SET tabs = (
             SELECT coalesce(jsonb_agg(jsonb_set(tab, '{fields}', (tab -> 'fields') - $2::text) ORDER BY place), '[]')
             FROM jsonb_array_elements(tabs) WITH ORDINALITY AS t(tab, place))
           WHERE site_id = $1 AND tabs @> jsonb_build_array(jsonb_build_object('fields', jsonb_build_array($2::text)))"#,
        site_id,
        field_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE field_configuration SET items = items - $2::text WHERE site_id = $1 AND items ? $2",
        site_id,
        field_id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!("DELETE FROM custom_field WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    db.changes_configuration();
    Ok(())
}

/// Contexts of a field as they are now.
pub async fn contexts(db: &mut Read, field_id: i64) -> sqlx::Result<Vec<FieldContext>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        FieldContext,
        "SELECT id, field_id, name, description, project_ids, issue_type_ids, default_value, details, configuration, config_schema
         FROM field_context WHERE site_id = $1 AND field_id = $2 ORDER BY id",
        site_id,
        field_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a new or changed context.
pub async fn put_context(db: &mut Work, context: &FieldContext) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO field_context (site_id, id, field_id, name, description, project_ids, issue_type_ids, default_value, details,
           configuration, config_schema)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::json, $11::text::json)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $4, description = $5, project_ids = $6, issue_type_ids = $7,
           default_value = $8, details = $9, configuration = $10::text::json, config_schema = $11::text::json",
        site_id,
        context.id,
        context.field_id,
        context.name,
        context.description,
        &context.project_ids,
        &context.issue_type_ids,
        context.default_value,
        context.details,
        context.configuration.as_ref().map(ToString::to_string),
        context.config_schema.as_ref().map(ToString::to_string)
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Deletes a context with its options.
pub async fn delete_context(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM field_context WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    db.changes_configuration();
    Ok(())
}

/// Options of a context as they are now, in their order.
pub async fn options(db: &mut Read, context_id: i64) -> sqlx::Result<Vec<FieldOption>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        FieldOption,
        "SELECT id, context_id, parent_id, value, disabled, position, removed FROM field_option
         WHERE site_id = $1 AND context_id = $2 AND NOT removed ORDER BY position, id",
        site_id,
        context_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores new or changed options.
pub async fn put_options(db: &mut Work, options: &[FieldOption]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let ids: Vec<i64> = options.iter().map(|option| option.id).collect();
    let contexts: Vec<i64> = options.iter().map(|option| option.context_id).collect();
    // Ids are never 0.
    let parents: Vec<i64> = options.iter().map(|option| option.parent_id.unwrap_or(0)).collect();
    let values: Vec<String> = options.iter().map(|option| option.value.clone()).collect();
    let disabled: Vec<bool> = options.iter().map(|option| option.disabled).collect();
    let positions: Vec<i32> = options.iter().map(|option| option.position).collect();
    let removed: Vec<bool> = options.iter().map(|option| option.removed).collect();
    sqlx::query!(
        "INSERT INTO field_option (site_id, id, context_id, parent_id, value, disabled, position, removed)
         SELECT $1, id, context_id, nullif(parent_id, 0), value, disabled, position, removed
         FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::boolean[], $7::integer[], $8::boolean[])
           AS new(id, context_id, parent_id, value, disabled, position, removed)
         ON CONFLICT (site_id, id) DO UPDATE SET value = EXCLUDED.value, disabled = EXCLUDED.disabled,
           position = EXCLUDED.position, removed = EXCLUDED.removed",
        site_id,
        &ids,
        &contexts,
        &parents,
        &values,
        &disabled,
        &positions,
        &removed
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Deletes an option for good.
pub async fn delete_option(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM field_option WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    db.changes_configuration();
    Ok(())
}

/// Stores a new or changed option of an app's select list.
pub async fn put_app_option(db: &mut Work, option: &AppOption) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO app_field_option (site_id, field_id, id, value, properties, config) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (site_id, field_id, id) DO UPDATE SET value = $4, properties = $5, config = $6",
        site_id,
        option.field_id,
        option.id,
        option.value,
        option.properties,
        option.config
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Options of an app's select list as they are now.
pub async fn app_options(db: &mut Read, field_id: i64) -> sqlx::Result<Vec<AppOption>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        AppOption,
        "SELECT field_id, id, value, properties, config FROM app_field_option WHERE site_id = $1 AND field_id = $2 ORDER BY id",
        site_id,
        field_id
    )
    .fetch_all(db.sql())
    .await
}

/// Deletes an option of an app's select list.
pub async fn delete_app_option(db: &mut Work, field_id: i64, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "DELETE FROM app_field_option WHERE site_id = $1 AND field_id = $2 AND id = $3",
        site_id,
        field_id,
        id
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}

/// Ids of issues that have a value of the field, after that id.
pub async fn holders(db: &mut Read, field_id: i64, after: i64, limit: i64) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND id > $2 AND custom ? $3 ORDER BY id LIMIT $4",
        site_id,
        after,
        field_id.to_string(),
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// Ids of issues that have that option in the field, alone or in a list, after that id.
pub async fn option_holders(
    db: &mut Read,
    field_id: i64,
    option_id: i64,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT id FROM issue WHERE site_id = $1 AND id > $2
           AND (custom @> jsonb_build_object($3::text, $4::bigint) OR custom @> jsonb_build_object($3::text, jsonb_build_array($4::bigint)))
         ORDER BY id LIMIT $5",
        site_id,
        after,
        field_id.to_string(),
        option_id,
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// A field configuration's items as they are now, locked until the end of the transaction.
pub async fn lock_configuration(db: &mut Work, id: i64) -> anyhow::Result<Option<FieldConfiguration>> {
    let site_id = db.site_id;
    let row = sqlx::query!(
        "SELECT id, name, description, is_default, items FROM field_configuration WHERE site_id = $1 AND id = $2 FOR UPDATE",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(FieldConfiguration {
        id: row.id,
        name: row.name,
        description: row.description,
        is_default: row.is_default,
        items: serde_json::from_value(row.items)?,
    }))
}

/// Stores a field configuration's items.
pub async fn put_configuration_items(db: &mut Work, configuration: &FieldConfiguration) -> anyhow::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE field_configuration SET items = $3 WHERE site_id = $1 AND id = $2",
        site_id,
        configuration.id,
        serde_json::to_value(&configuration.items)?
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(())
}
