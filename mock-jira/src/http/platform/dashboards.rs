//! Dashboards (observed shapes, "dashboards").

mod gadgets;

use crate::{
    app::{
        dashboards::{self, DashboardInput, bulk, bulk::Action, missing},
        sharing::{self, ShareInput},
    },
    db::{self, dashboards::Search},
    domain::{
        failure::{Complaints, Failure, Result},
        sharing::{Audience, Draft},
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        page::{self, Order, Window},
        params::unconvertible,
        platform::sought::Sought,
        routes::Routes,
        views::shared::{DASHBOARD_EXPANSIONS, dashboard, dashboard_listed},
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on dashboards.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/dashboard", get_all_dashboards)
        .post("/rest/api/3/dashboard", create_dashboard)
        .get("/rest/api/3/dashboard/search", get_dashboards_paginated)
        .put("/rest/api/3/dashboard/bulk/edit", bulk_edit_dashboards)
        .get("/rest/api/3/dashboard/{id}", get_dashboard)
        .put("/rest/api/3/dashboard/{id}", update_dashboard)
        .delete("/rest/api/3/dashboard/{id}", delete_dashboard)
        .post("/rest/api/3/dashboard/{id}/copy", copy_dashboard)
        .and(gadgets::routes())
}

fn id_of(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Failure::invalid(format!("The dashboard id '{text}' is not valid.")))
}

/// All dashboards that the caller sees, by name.
fn everything(call: &Call) -> Search {
    Search { audience: Audience::of(&call.site, &call.caller), order: "name", ..Search::default() }
}

async fn find_page(call: &Call, search: &Search) -> Result<(Vec<dashboards::Shared>, i64)> {
    let mut db = call.read().await?;
    let (found, total) = db::dashboards::search(&mut db, search).await?;
    Ok((dashboards::with_shares(&mut db, found).await?, total))
}

async fn get_all_dashboards(call: Call) -> Answer {
    let window = Window::read(&call, 20, 1000)?;
    let mut search = Search { offset: window.start_at, limit: window.max_results, ..everything(&call) };
    match call.params.text("filter") {
        None => {}
        Some("favourite") => search.favourites = true,
        // Nobody owns the dashboards of nobody.
        Some("my") => search.owner = Some(call.caller.account_id().unwrap_or_default().to_owned()),
        Some(other) => {
            return Err(Failure::invalid(format!("The filter '{other}' is not valid. Use 'my' or 'favourite'.")).into());
        }
    }
    let (found, total) = find_page(&call, &search).await?;
    let address = |start_at: i64| {
        let query = call.params.query_with(&[("maxResults", window.max_results), ("startAt", start_at)]);
        Value::from(call.links.api(format_args!("dashboard?{query}")))
    };
    let next = window.start_at + i64::try_from(found.len())?;
    let mut view = json!({ "startAt": window.start_at, "maxResults": window.max_results, "total": total });
    if window.start_at > 0 {
        view["prev"] = address((window.start_at - window.max_results).max(0));
    }
    if next < total && !found.is_empty() {
        view["next"] = address(next);
    }
    view["dashboards"] = found.iter().map(|shared| dashboard(&call, shared)).collect();
    ok(view)
}

async fn get_dashboards_paginated(call: Call) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let fields = ["description", "favorite_count", "id", "is_favorite", "name", "owner"];
    let order = Order::read(&call, &fields)?.unwrap_or(Order { field: "name", descending: false });
    let params = &call.params;
    let can_expand = |name: &str| DASHBOARD_EXPANSIONS.iter().any(|(known, _)| *known == name);
    let Sought { owner, group, project } = Sought::read(&call, can_expand)?;
    let mut search = Search {
        name: params.text("dashboardName").unwrap_or_default().to_lowercase(),
        owner,
        group,
        project,
        order: order.field,
        descending: order.descending,
        offset: window.start_at,
        limit: window.max_results,
        ..everything(&call)
    };
    match params.text("status").unwrap_or("active") {
        "active" => {}
        "deleted" => search.deleted = true,
        // No operation archives a dashboard.
        "archived" => search.limit = 0,
        other => return Err(unconvertible("status", other).into()),
    }
    let (found, total) = find_page(&call, &search).await?;
    let values = found.iter().map(|shared| dashboard_listed(&call, shared)).collect();
    ok(page::bean(&call, "dashboard/search", window, total, values))
}

async fn get_dashboard(call: Call, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let shared = dashboards::find(&call, &mut call.read().await?, id, false).await?;
    ok(dashboard(&call, &shared.ok_or_else(|| missing(id))?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DashboardBody {
    name: String,
    description: Option<String>,
    share_permissions: Vec<ShareInput>,
    edit_permissions: Vec<ShareInput>,
}

impl DashboardBody {
    fn input(&self, call: &Call) -> Result<DashboardInput<'_>> {
        Ok(DashboardInput {
            name: &self.name,
            description: self.description.as_deref(),
            shares: &self.share_permissions,
            edit_shares: &self.edit_permissions,
            as_admin: call.params.flag("extendAdminPermissions", false)?,
        })
    }
}

async fn create_dashboard(Json(call, body): Json<DashboardBody>) -> Answer {
    ok(dashboard(&call, &dashboards::create(&call, &body.input(&call)?).await?))
}

async fn copy_dashboard(Path(id): Path<String>, Json(call, body): Json<DashboardBody>) -> Answer {
    ok(dashboard(&call, &dashboards::copy(&call, id_of(&id)?, &body.input(&call)?).await?))
}

async fn update_dashboard(Path(id): Path<String>, Json(call, body): Json<DashboardBody>) -> Answer {
    ok(dashboard(&call, &dashboards::update(&call, id_of(&id)?, &body.input(&call)?).await?))
}

async fn delete_dashboard(call: Call, Path(id): Path<String>) -> Answer {
    dashboards::delete(&call, id_of(&id)?).await?;
    no_content()
}

/// Most dashboards that are edited at once.
const BULK: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BulkBody {
    action: String,
    entity_ids: Vec<i64>,
    #[serde(default)]
    extend_admin_permissions: bool,
    change_owner_details: Option<OwnerDetails>,
    permission_details: Option<PermissionDetails>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnerDetails {
    new_owner: String,
    autofix_name: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PermissionDetails {
    share_permissions: Vec<ShareInput>,
    edit_permissions: Vec<ShareInput>,
}

async fn bulk_edit_dashboards(Json(call, body): Json<BulkBody>) -> Answer {
    if body.entity_ids.is_empty() || body.entity_ids.len() > BULK {
        return Err(Failure::invalid(format!("Between 1 and {BULK} dashboards can be edited at once.")).into());
    }
    let drafts = || -> Result<[Draft; 2]> {
        let given = body.permission_details.as_ref();
        let given = given.ok_or_else(|| Failure::invalid("The permission details must be specified."))?;
        let mut complaints = Complaints::default();
        let any = body.extend_admin_permissions;
        let mut read = |shares: &[ShareInput], may_edit: bool| match body.action.as_str() {
            // Who may not share may end it.
            "removePermission" => sharing::parse(&call, shares, may_edit, &mut complaints),
            _ => sharing::read(&call, shares, may_edit, any, &[], &mut complaints),
        };
        let drafts = [read(&given.share_permissions, false), read(&given.edit_permissions, true)];
        complaints.into_result()?;
        Ok(drafts)
    };
    let action = match body.action.as_str() {
        "changeOwner" => {
            let details = body.change_owner_details.as_ref();
            let details = details.ok_or_else(|| Failure::invalid("The change owner details must be specified."))?;
            let owner = call.site.accounts.get(&details.new_owner).filter(|account| account.active);
            let owner = owner.ok_or_else(|| Failure::invalid("The new owner does not exist."))?;
            Action::ChangeOwner { new_owner: &owner.account_id, autofix_name: details.autofix_name }
        }
        "changePermission" => Action::ChangePermission(drafts()?),
        "addPermission" => Action::AddPermission(drafts()?),
        "removePermission" => Action::RemovePermission(drafts()?),
        other => return Err(Failure::invalid(format!("The action '{other}' is not valid.")).into()),
    };
    let refused = bulk::edit(&call, &body.entity_ids, &action, body.extend_admin_permissions).await?;
    let errors = refused.into_iter().map(|(id, complaints)| {
        (id.to_string(), json!({ "errorMessages": complaints.messages, "errors": complaints.fields }))
    });
    ok(json!({ "action": body.action, "entityErrors": errors.collect::<Map<String, Value>>() }))
}
