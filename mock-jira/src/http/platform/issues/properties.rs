//! Properties of issues (J-118).

use crate::{
    app::{
        issues,
        properties::{self, ISSUE},
    },
    db,
    http::{
        answer::{Answer, no_content, ok},
        body,
        call::Call,
        routes::Routes,
    },
};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::IntoResponse,
};
use serde_json::json;

/// Operations on properties.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/properties", get_issue_property_keys)
        .get("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", get_issue_property)
        .put("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", set_issue_property)
        .delete("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", delete_issue_property)
}

async fn get_issue_property_keys(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    let keys = db::properties::keys(&mut db, ISSUE, &issue.id.to_string()).await?;
    let issue_key = call.site.issue_key(issue.project_id, issue.number);
    let view = |key: &String| {
        let encoded = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
        json!({ "self": call.links.api(format_args!("issue/{issue_key}/properties/{encoded}")), "key": key })
    };
    ok(json!({ "keys": keys.iter().map(view).collect::<Vec<_>>() }))
}

async fn get_issue_property(call: Call, Path((id_or_key, key)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (issue, _) = issues::visible(&call, &mut db, &id_or_key).await?;
    let value = db::properties::find(&mut db, ISSUE, &issue.id.to_string(), &key).await?;
    ok(json!({ "key": key, "value": value.ok_or_else(|| properties::missing(&key))? }))
}

async fn set_issue_property(call: Call, Path((id_or_key, key)): Path<(String, String)>, request: Request) -> Answer {
    let value = body::read_any(&body::bytes(request).await?)?;
    let created = properties::set(&call, &id_or_key, &key, &value).await?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(status.into_response())
}

async fn delete_issue_property(call: Call, Path((id_or_key, key)): Path<(String, String)>) -> Answer {
    properties::remove(&call, &id_or_key, &key).await?;
    no_content()
}
