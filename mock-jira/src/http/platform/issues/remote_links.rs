//! Links of issues to things outside of Jira (J-114).

use crate::{
    app::{
        issues,
        remote_links::{self, Name},
    },
    db,
    domain::{
        failure::{Failure, Result},
        remote_link::RemoteLink,
    },
    http::{
        answer::{Answer, json, no_content, ok},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Value, json as value};

/// Operations on remote links.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/remotelink", get_remote_issue_links)
        .post("/rest/api/3/issue/{issueIdOrKey}/remotelink", create_or_update_remote_issue_link)
        .delete("/rest/api/3/issue/{issueIdOrKey}/remotelink", delete_remote_issue_link_by_global_id)
        .get("/rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}", get_remote_issue_link_by_id)
        .put("/rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}", update_remote_issue_link)
        .delete("/rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}", delete_remote_issue_link_by_id)
}

/// `self` names the issue as the request did (observed shapes, 0.3).
fn address(call: &Call, id_or_key: &str, id: i64) -> String {
    call.links.api(format_args!("issue/{id_or_key}/remotelink/{id}"))
}

/// What was not given is absent, but the objects are there (observed shapes, "issue_remote_links").
fn view(call: &Call, id_or_key: &str, id: i64, link: &RemoteLink) -> Result<Value> {
    let mut view = value!({ "id": id, "self": address(call, id_or_key, id) });
    if let Some(global_id) = &link.global_id {
        view["globalId"] = global_id.as_str().into();
    }
    view["application"] = serde_json::to_value(link.application.clone().unwrap_or_default())?;
    if let Some(relationship) = &link.relationship {
        view["relationship"] = relationship.as_str().into();
    }
    let mut object = link.object.clone().unwrap_or_default();
    object.icon.get_or_insert_default();
    object.status.get_or_insert_default().icon.get_or_insert_default();
    view["object"] = serde_json::to_value(object)?;
    Ok(view)
}

async fn get_remote_issue_links(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    remote_links::check_enabled(&call)?;
    if let Some(global_id) = call.params.text("globalId") {
        let (id, link) = remote_links::get(&mut db, &issue, Name::Global(global_id)).await?;
        return ok(view(&call, &id_or_key, id, &link)?);
    }
    let links = db::remote_links::list(&mut db, issue.id).await?;
    ok(links.iter().map(|(id, link)| view(&call, &id_or_key, *id, link)).collect::<Result<Vec<_>>>()?)
}

async fn create_or_update_remote_issue_link(
    Path(id_or_key): Path<String>,
    Json(call, link): Json<RemoteLink>,
) -> Answer {
    let (id, new) = remote_links::put(&call, &id_or_key, link).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    json(status, value!({ "id": id, "self": address(&call, &id_or_key, id) }))
}

async fn get_remote_issue_link_by_id(call: Call, Path((id_or_key, link_id)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    remote_links::check_enabled(&call)?;
    let (id, link) = remote_links::get(&mut db, &issue, Name::Id(&link_id)).await?;
    ok(view(&call, &id_or_key, id, &link)?)
}

async fn update_remote_issue_link(
    Path((id_or_key, link_id)): Path<(String, String)>,
    Json(call, link): Json<RemoteLink>,
) -> Answer {
    remote_links::update(&call, &id_or_key, &link_id, link).await?;
    no_content()
}

async fn delete_remote_issue_link_by_global_id(
    call: Call,
    Path(id_or_key): Path<String>,
    headers: HeaderMap,
) -> Answer {
    media_type(&headers)?;
    let missing = || Failure::invalid_field("globalId", "'globalId' is required.");
    let global_id = call.params.text("globalId").ok_or_else(missing)?;
    remote_links::delete(&call, &id_or_key, Name::Global(global_id)).await?;
    no_content()
}

async fn delete_remote_issue_link_by_id(
    call: Call,
    Path((id_or_key, link_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    media_type(&headers)?;
    remote_links::delete(&call, &id_or_key, Name::Id(&link_id)).await?;
    no_content()
}

/// Deleting needs the type of a body that there is not (H-25).
fn media_type(headers: &HeaderMap) -> Result<()> {
    if headers.contains_key(header::CONTENT_TYPE) {
        return Ok(());
    }
    Err(Failure::UnsupportedMedia("Content-Type 'null' is not supported.".into()))
}
