//! Types of issue links.

use crate::{
    app::{
        link_types::{self, Input},
        links,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on types of issue links.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issueLinkType", get_issue_link_types)
        .post("/rest/api/3/issueLinkType", create_issue_link_type)
        .get("/rest/api/3/issueLinkType/{issueLinkTypeId}", get_issue_link_type)
        .put("/rest/api/3/issueLinkType/{issueLinkTypeId}", update_issue_link_type)
        .delete("/rest/api/3/issueLinkType/{issueLinkTypeId}", delete_issue_link_type)
}

/// A type in a request; its id and address can't be chosen.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LinkType {
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    inward: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    outward: Option<String>,
    #[serde(rename = "id")]
    _id: Value,
    #[serde(rename = "self")]
    _address: Value,
}

impl From<LinkType> for Input {
    fn from(kind: LinkType) -> Self {
        Self { name: kind.name, inward: kind.inward, outward: kind.outward }
    }
}

async fn get_issue_link_types(call: Call) -> Answer {
    links::check_enabled(&call)?;
    let types: Vec<Value> = call.site.link_types.iter().map(|kind| config::link_type(&call, kind)).collect();
    ok(json!({ "issueLinkTypes": types }))
}

async fn create_issue_link_type(Json(call, kind): Json<LinkType>) -> Answer {
    let kind = link_types::create(&call, kind.into()).await?;
    created(config::link_type(&call, &kind))
}

async fn get_issue_link_type(call: Call, Path(id): Path<String>) -> Answer {
    ok(config::link_type(&call, link_types::find(&call, &id)?))
}

async fn update_issue_link_type(Path(id): Path<String>, Json(call, kind): Json<LinkType>) -> Answer {
    let kind = link_types::update(&call, &id, kind.into()).await?;
    ok(config::link_type(&call, &kind))
}

async fn delete_issue_link_type(call: Call, Path(id): Path<String>) -> Answer {
    link_types::delete(&call, &id).await?;
    no_content()
}
