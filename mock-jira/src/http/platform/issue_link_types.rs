//! Types of issue links.

use crate::{
    domain::failure::Failure,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

/// Operations on types of issue links.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issueLinkType", get_issue_link_types)
        .get("/rest/api/3/issueLinkType/{issueLinkTypeId}", get_issue_link_type)
}

async fn get_issue_link_types(call: Call) -> Answer {
    let types: Vec<Value> = call.site.link_types.iter().map(|kind| config::link_type(&call, kind)).collect();
    ok(json!({ "issueLinkTypes": types }))
}

async fn get_issue_link_type(call: Call, Path(id): Path<String>) -> Answer {
    let kind = call.site.link_types.parse(&id);
    let kind = kind.ok_or_else(|| Failure::not_found(format!("No issue link type with id '{id}' found.")))?;
    ok(config::link_type(&call, kind))
}
