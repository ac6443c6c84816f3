//! Gadgets on dashboards, and what apps keep with them.

use crate::{
    app::{
        dashboards::gadgets::{self, GadgetInput},
        properties::Owner,
    },
    db::Read,
    domain::{
        dashboard::{Gadget, KINDS},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, no_content, ok},
        body::{self, Json},
        call::Call,
        params::path_id,
        properties,
        routes::Routes,
    },
};
use axum::extract::{Path, Request};
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on gadgets.
pub fn routes() -> Routes {
    const PROPERTY: &str = "/rest/api/3/dashboard/{dashboardId}/items/{itemId}/properties/{propertyKey}";
    Routes::default()
        .get("/rest/api/3/dashboard/gadgets", get_all_available_dashboard_gadgets)
        .get("/rest/api/3/dashboard/{dashboardId}/gadget", get_all_gadgets)
        .post("/rest/api/3/dashboard/{dashboardId}/gadget", add_gadget)
        .put("/rest/api/3/dashboard/{dashboardId}/gadget/{gadgetId}", update_gadget)
        .delete("/rest/api/3/dashboard/{dashboardId}/gadget/{gadgetId}", remove_gadget)
        .get("/rest/api/3/dashboard/{dashboardId}/items/{itemId}/properties", get_dashboard_item_property_keys)
        .get(PROPERTY, get_dashboard_item_property)
        .put(PROPERTY, set_dashboard_item_property)
        .delete(PROPERTY, delete_dashboard_item_property)
}

/// Where a gadget comes from: one of the two is absent.
fn add_source(view: &mut Value, module_key: Option<&str>, uri: Option<&str>) {
    for (member, source) in [("moduleKey", module_key), ("uri", uri)] {
        if let Some(source) = source {
            view[member] = source.into();
        }
    }
}

fn view(gadget: &Gadget) -> Value {
    let mut view = json!({ "id": gadget.id });
    add_source(&mut view, gadget.module_key.as_deref(), gadget.uri.as_deref());
    view["color"] = gadget.color.as_str().into();
    view["position"] = json!({ "row": gadget.row, "column": gadget.column });
    view["title"] = gadget.title.as_str().into();
    view
}

async fn get_all_available_dashboard_gadgets() -> Answer {
    let kinds = KINDS.iter().map(|kind| {
        let mut view = json!({});
        add_source(&mut view, kind.module_key, kind.uri);
        view["title"] = kind.title.into();
        view
    });
    ok(json!({ "gadgets": kinds.collect::<Vec<Value>>() }))
}

async fn get_all_gadgets(call: Call, Path(id): Path<String>) -> Answer {
    let (ids, id) = (call.params.longs("gadgetId")?, path_id("dashboardId", &id)?);
    let (keys, uris) = (call.params.list("moduleKey"), call.params.list("uri"));
    let all = gadgets::list(&call, &mut call.read().await?, id).await?;
    let named = |names: &[String], name: &Option<String>| name.as_ref().is_some_and(|name| names.contains(name));
    // Any of what is given will do.
    let wanted = |gadget: &&Gadget| {
        ids.is_empty() && keys.is_empty() && uris.is_empty()
            || ids.contains(&gadget.id)
            || named(&keys, &gadget.module_key)
            || named(&uris, &gadget.uri)
    };
    ok(json!({ "gadgets": all.iter().filter(wanted).map(view).collect::<Vec<Value>>() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    row: i32,
    column: i32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGadget {
    title: Option<String>,
    color: Option<String>,
    position: Option<Position>,
    module_key: Option<String>,
    uri: Option<String>,
    #[serde(default)]
    ignore_uri_and_module_key_validation: bool,
}

async fn add_gadget(Path(id): Path<String>, Json(call, body): Json<NewGadget>) -> Answer {
    let input = GadgetInput {
        title: body.title,
        color: body.color,
        position: body.position.map(|position| (position.row, position.column)),
        module_key: body.module_key,
        uri: body.uri,
        unknown_kind: body.ignore_uri_and_module_key_validation,
    };
    ok(view(&gadgets::add(&call, path_id("dashboardId", &id)?, input).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedGadget {
    title: Option<String>,
    color: Option<String>,
    position: Option<Position>,
}

async fn update_gadget(Path((id, gadget_id)): Path<(String, String)>, Json(call, body): Json<ChangedGadget>) -> Answer {
    let input = GadgetInput {
        title: body.title,
        color: body.color,
        position: body.position.map(|position| (position.row, position.column)),
        ..GadgetInput::default()
    };
    gadgets::update(&call, path_id("dashboardId", &id)?, path_id("gadgetId", &gadget_id)?, input).await?;
    no_content()
}

async fn remove_gadget(call: Call, Path((id, gadget_id)): Path<(String, String)>) -> Answer {
    gadgets::remove(&call, path_id("dashboardId", &id)?, path_id("gadgetId", &gadget_id)?).await?;
    no_content()
}

async fn get_dashboard_item_property_keys(call: Call, Path((id, item)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (owner, ..) = gadgets::item(&call, &mut db, &id, &item).await?;
    properties::keys(&call, &mut db, &owner, &format!("dashboard/{id}/items/{item}")).await
}

async fn get_dashboard_item_property(call: Call, Path((id, item, key)): Path<(String, String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (owner, ..) = gadgets::item(&call, &mut db, &id, &item).await?;
    properties::get(&mut db, &owner, &key).await
}

/// A gadget of a dashboard that the caller may edit, as an owner of properties too.
async fn editable(call: &Call, db: &mut Read, id: &str, item: &str) -> Result<(Owner, Gadget)> {
    let (owner, gadget, may_edit) = gadgets::item(call, db, id, item).await?;
    if may_edit {
        return Ok((owner, gadget));
    }
    Err(Failure::forbidden("You do not have permission to edit this dashboard."))
}

async fn set_dashboard_item_property(
    call: Call,
    Path((id, item, key)): Path<(String, String, String)>,
    request: Request,
) -> Answer {
    let value = body::read_any(&body::bytes(request).await?)?;
    let mut work = call.begin().await?;
    let (owner, gadget) = editable(&call, &mut work, &id, &item).await?;
    let flat = |value: &Value| value.as_object().is_some_and(|members| members.values().all(Value::is_string));
    if key == "config" && gadget.module_key.is_none() && gadget.uri.is_some() && !flat(&value) {
        return Err(Failure::invalid(
            "The JSON data provided for the property has too many levels. It must be an object with all keys and values \
             as strings.",
        )
        .into());
    }
    properties::put(work, &owner, &key, &value).await
}

async fn delete_dashboard_item_property(call: Call, Path((id, item, key)): Path<(String, String, String)>) -> Answer {
    let mut work = call.begin().await?;
    let (owner, _) = editable(&call, &mut work, &id, &item).await?;
    properties::delete(work, &owner, &key).await
}
