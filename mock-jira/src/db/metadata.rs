//! Loading a site's snapshot: all that nearly every answer needs.

use super::Read;
use crate::domain::{
    config::*,
    fields::Fields,
    people::{Account, Group},
    permission::{GlobalGrant, PermissionGrant, PermissionScheme},
    security::{SecurityLevel, SecurityMember, SecurityScheme},
    settings::Settings,
    site::{Clock, Site},
    snapshot::{Index, RoleActors, Snapshot, Token},
    workflow::Revision,
};
use anyhow::Context;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// All that a statement finds in the site.
macro_rules! rows {
    ($db:expr, $row:ident => $statement:literal) => {
        sqlx::query_as!($row, $statement, $db.site_id).fetch_all($db.sql()).await?
    };
}

/// Loads the snapshot; `None` if the site is gone. Run it where everything is as of one moment, or look at the version
/// afterwards.
pub async fn load(db: &mut Read) -> anyhow::Result<Option<Snapshot>> {
    let Some(site) = site(db).await? else { return Ok(None) };
    let groups = rows!(db, Group => "SELECT group_id, name FROM user_group WHERE site_id = $1 ORDER BY name");
    let global_grants = rows!(db, GlobalGrant =>
        "SELECT permission, group_id FROM global_grant WHERE site_id = $1 ORDER BY id");
    let priorities = rows!(db, Priority =>
        "SELECT id, name, description, icon, avatar_id, status_color, position FROM priority WHERE site_id = $1 ORDER BY position");
    let priority_schemes = super::priority_schemes::list(db).await?;
    let resolutions = rows!(db, Resolution =>
        "SELECT id, name, description, position, is_default FROM resolution WHERE site_id = $1 ORDER BY position");
    let statuses = rows!(db, Status =>
        "SELECT id, name, description, icon, category, project_id FROM status WHERE site_id = $1 ORDER BY id");
    let issue_types = rows!(db, IssueType =>
        "SELECT id, name, description, level, icon, avatar_id, project_id FROM issue_type WHERE site_id = $1 ORDER BY id");
    let issue_type_schemes = rows!(db, IssueTypeScheme =>
        "SELECT id, name, description, is_default, default_type_id, type_ids FROM issue_type_scheme WHERE site_id = $1 ORDER BY id");
    let permission_schemes = rows!(db, PermissionScheme =>
        "SELECT id, name, description FROM permission_scheme WHERE site_id = $1 ORDER BY name");
    let grants = rows!(db, PermissionGrant =>
        "SELECT id, scheme_id, permission, holder, parameter FROM permission_grant WHERE site_id = $1 ORDER BY id");
    let roles = rows!(db, Role => "SELECT id, name, description, project_id FROM role WHERE site_id = $1 ORDER BY id");
    let role_actors = rows!(db, RoleActor =>
        "SELECT id, role_id, project_id, account_id, group_id FROM role_actor WHERE site_id = $1 ORDER BY id");
    let security_schemes = rows!(db, SecurityScheme =>
        "SELECT id, name, description FROM security_scheme WHERE site_id = $1 ORDER BY name");
    let security_levels = rows!(db, SecurityLevel =>
        "SELECT id, scheme_id, name, description, is_default FROM security_level WHERE site_id = $1 ORDER BY id");
    let security_members = rows!(db, SecurityMember =>
        "SELECT id, level_id, holder, parameter FROM security_member WHERE site_id = $1 ORDER BY id");
    let link_types = rows!(db, IssueLinkType =>
        "SELECT id, name, inward, outward FROM issue_link_type WHERE site_id = $1 ORDER BY id");
    let categories = rows!(db, ProjectCategory =>
        "SELECT id, name, description FROM project_category WHERE site_id = $1 ORDER BY id");
    let projects = rows!(db, Project =>
        "SELECT id, key, name, description, url, lead, type_key, simplified, uuid, assignee_type, category_id, avatar_id, is_private,
                permission_scheme_id, issue_type_scheme_id, workflow_scheme_id, issue_type_screen_scheme_id, field_configuration_id,
                security_scheme_id, archived, archived_by, deleted, deleted_by
         FROM project WHERE site_id = $1 ORDER BY key");
    let project_keys = sqlx::query!("SELECT key, project_id FROM project_key WHERE site_id = $1", db.site_id);
    let project_keys = project_keys.fetch_all(db.sql()).await?;
    let versions = rows!(db, Version =>
        "SELECT id, project_id, name, description, archived, released, start_date, release_date, position, driver
         FROM version WHERE site_id = $1 ORDER BY project_id, position, id");
    let components = rows!(db, Component =>
        "SELECT id, project_id, name, description, lead, assignee_type FROM component WHERE site_id = $1 ORDER BY project_id, name");
    let screen_schemes = rows!(db, ScreenScheme =>
        "SELECT id, name, description, default_screen_id, create_screen_id, edit_screen_id, view_screen_id
         FROM screen_scheme WHERE site_id = $1 ORDER BY id");
    let mut settings = settings(db).await?;
    settings.time_tracking.enabled = site.settings.time_tracking_enabled;
    Ok(Some(Snapshot {
        site,
        settings,
        accounts: accounts(db).await?,
        groups,
        memberships: memberships(db).await?,
        tokens: tokens(db).await?,
        global_grants,
        application_roles: super::groups::application_roles(db).await?,
        priorities: Index::new(priorities, |item| item.id),
        priority_schemes: Index::new(priority_schemes, |item| item.id),
        resolutions: Index::new(resolutions, |item| item.id),
        statuses: Index::new(statuses, |item| item.id),
        issue_types: Index::new(issue_types, |item| item.id),
        issue_type_schemes: Index::new(issue_type_schemes, |item| item.id),
        workflows: workflows(db).await?,
        workflow_schemes: Index::new(workflow_schemes(db).await?, |item| item.id),
        fields: fields(db).await?,
        field_configurations: Index::new(field_configurations(db).await?, |item| item.id),
        screens: Index::new(screens(db).await?, |item| item.id),
        screen_schemes: Index::new(screen_schemes, |item| item.id),
        issue_type_screen_schemes: Index::new(issue_type_screen_schemes(db).await?, |item| item.id),
        permission_schemes: Index::new(permission_schemes, |item| item.id),
        permission_grants: group_by(grants, |grant| grant.scheme_id),
        roles: Index::new(roles, |item| item.id),
        role_actors: RoleActors::new(role_actors),
        security_schemes: Index::new(security_schemes, |item| item.id),
        security_levels: Index::new(security_levels, |item| item.id),
        security_members: group_by(security_members, |member| member.level_id),
        link_types: Index::new(link_types, |item| item.id),
        categories: Index::new(categories, |item| item.id),
        projects: Index::new(projects, |item| item.id),
        project_keys: project_keys.into_iter().map(|row| (row.key, row.project_id)).collect(),
        versions: Index::new(versions, |item| item.id),
        components: Index::new(components, |item| item.id),
        boards: Index::new(super::sprints::boards(db).await?, |item| item.id),
        sprints: Index::new(super::sprints::list(db).await?, |item| item.id),
    }))
}

async fn site(db: &mut Read) -> anyhow::Result<Option<Site>> {
    let id = db.site_id;
    let row = sqlx::query!(
        "SELECT name, cloud_id, title, base_url, settings, clock_offset_ms, clock_frozen_at, version FROM site WHERE site_id = $1",
        id
    )
    .fetch_optional(db.sql())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Site {
        id,
        name: row.name,
        cloud_id: row.cloud_id,
        title: row.title,
        base_url: row.base_url,
        settings: serde_json::from_value(row.settings).context("the site's settings")?,
        clock: Clock { offset_ms: row.clock_offset_ms, frozen_at: row.clock_frozen_at },
        version: row.version,
    }))
}

async fn settings(db: &mut Read) -> sqlx::Result<Settings> {
    let id = db.site_id;
    let rows = sqlx::query!("SELECT key, value FROM application_property WHERE site_id = $1", id);
    Ok(Settings::new(rows.fetch_all(db.sql()).await?.into_iter().map(|row| (row.key, row.value)).collect()))
}

async fn accounts(db: &mut Read) -> anyhow::Result<HashMap<String, Arc<Account>>> {
    let id = db.site_id;
    let rows = sqlx::query!(
        "SELECT account_id, account_type, email, email_public, display_name, active, time_zone, locale FROM account WHERE site_id = $1",
        id
    )
    .fetch_all(db.sql())
    .await?;
    let accounts = rows.into_iter().map(|row| {
        let account = Account {
            account_id: row.account_id.clone(),
            account_type: row.account_type,
            email: row.email,
            email_public: row.email_public,
            display_name: row.display_name,
            active: row.active,
            time_zone: row.time_zone.parse().unwrap_or_default(),
            locale: row.locale,
        };
        (row.account_id, Arc::new(account))
    });
    Ok(accounts.collect())
}

async fn memberships(db: &mut Read) -> anyhow::Result<HashMap<String, HashSet<Uuid>>> {
    let id = db.site_id;
    let rows =
        sqlx::query!("SELECT account_id, group_id FROM membership WHERE site_id = $1", id).fetch_all(db.sql()).await?;
    let mut memberships: HashMap<String, HashSet<Uuid>> = HashMap::new();
    for row in rows {
        memberships.entry(row.account_id).or_default().insert(row.group_id);
    }
    Ok(memberships)
}

async fn tokens(db: &mut Read) -> anyhow::Result<HashMap<[u8; 32], Token>> {
    let id = db.site_id;
    let rows = sqlx::query!(
        "SELECT token_hash, account_id, well_known, expires, scopes FROM api_token WHERE site_id = $1",
        id
    )
    .fetch_all(db.sql())
    .await?;
    rows.into_iter()
        .map(|row| {
            let hash = row.token_hash.as_slice().try_into().context("a token's hash")?;
            let scopes = row.scopes.map(Into::into);
            let token = Token { account_id: row.account_id, well_known: row.well_known, expires: row.expires, scopes };
            Ok((hash, token))
        })
        .collect()
}

async fn workflows(db: &mut Read) -> anyhow::Result<HashMap<String, StoredWorkflow>> {
    let id = db.site_id;
    let rows = sqlx::query!(
        "SELECT id, name, description, definition, created, updated, project_id, version_number, version_id
         FROM workflow WHERE site_id = $1",
        id
    )
    .fetch_all(db.sql())
    .await?;
    rows.into_iter()
        .map(|row| {
            let workflow = StoredWorkflow {
                id: row.id.clone(),
                definition: serde_json::from_value(row.definition).with_context(|| format!("workflow {}", row.name))?,
                name: row.name,
                description: row.description,
                created: row.created,
                updated: row.updated,
                project_id: row.project_id,
                revision: Revision { number: row.version_number, id: row.version_id },
            };
            Ok((row.id, workflow))
        })
        .collect()
}

async fn workflow_schemes(db: &mut Read) -> anyhow::Result<Vec<WorkflowScheme>> {
    let id = db.site_id;
    let rows = sqlx::query!(
        "SELECT id, name, description, default_workflow_id, mappings FROM workflow_scheme WHERE site_id = $1 ORDER BY id",
        id
    )
    .fetch_all(db.sql())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(WorkflowScheme {
                id: row.id,
                name: row.name,
                description: row.description,
                default_workflow_id: row.default_workflow_id,
                mappings: serde_json::from_value(row.mappings).context("a workflow scheme's mappings")?,
            })
        })
        .collect()
}

async fn fields(db: &mut Read) -> anyhow::Result<Fields> {
    let custom = rows!(db, CustomField =>
        "SELECT id, name, description, type_key, searcher, project_id, trashed, trashed_by FROM custom_field WHERE site_id = $1 ORDER BY id");
    let contexts = rows!(db, FieldContext =>
        "SELECT id, field_id, name, description, project_ids, issue_type_ids, default_value, details, configuration, config_schema
         FROM field_context WHERE site_id = $1 ORDER BY id");
    let options = rows!(db, FieldOption =>
        "SELECT id, context_id, parent_id, value, disabled, position, removed FROM field_option
         WHERE site_id = $1 ORDER BY context_id, position, id");
    let app_options = rows!(db, AppOption =>
        "SELECT field_id, id, value, properties, config FROM app_field_option WHERE site_id = $1 ORDER BY field_id, id");
    let (trashed, custom): (Vec<CustomField>, _) = custom.into_iter().partition(|field| field.trashed.is_some());
    Ok(Fields {
        custom: Index::new(custom, |item| item.id),
        trashed: Index::new(trashed, |item| item.id),
        contexts: group_by(contexts, |context| context.field_id),
        options: Index::new(options, |item| item.id),
        app_options: group_by(app_options, |option| option.field_id),
    })
}

async fn field_configurations(db: &mut Read) -> anyhow::Result<Vec<FieldConfiguration>> {
    let id = db.site_id;
    let rows = sqlx::query!(
        "SELECT id, name, description, is_default, items FROM field_configuration WHERE site_id = $1 ORDER BY id",
        id
    )
    .fetch_all(db.sql())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FieldConfiguration {
                id: row.id,
                name: row.name,
                description: row.description,
                is_default: row.is_default,
                items: serde_json::from_value(row.items).context("a field configuration's items")?,
            })
        })
        .collect()
}

async fn screens(db: &mut Read) -> anyhow::Result<Vec<Screen>> {
    let id = db.site_id;
    let rows = sqlx::query!("SELECT id, name, description, tabs FROM screen WHERE site_id = $1 ORDER BY id", id)
        .fetch_all(db.sql())
        .await?;
    rows.into_iter()
        .map(|row| {
            let tabs = serde_json::from_value(row.tabs).context("a screen's tabs")?;
            Ok(Screen { id: row.id, name: row.name, description: row.description, tabs })
        })
        .collect()
}

async fn issue_type_screen_schemes(db: &mut Read) -> anyhow::Result<Vec<IssueTypeScreenScheme>> {
    let id = db.site_id;
    let rows = sqlx::query!(
        "SELECT id, name, description, default_screen_scheme_id, mappings FROM issue_type_screen_scheme WHERE site_id = $1 ORDER BY id",
        id
    )
    .fetch_all(db.sql())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(IssueTypeScreenScheme {
                id: row.id,
                name: row.name,
                description: row.description,
                default_screen_scheme_id: row.default_screen_scheme_id,
                mappings: serde_json::from_value(row.mappings).context("a screen scheme's mappings")?,
            })
        })
        .collect()
}

fn group_by<T>(items: Vec<T>, key: impl Fn(&T) -> i64) -> HashMap<i64, Vec<T>> {
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    groups
}
