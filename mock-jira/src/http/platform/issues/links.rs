//! Links between issues (J-110 to J-112).

use crate::{
    app::{
        comments::CommentInput,
        links::{self, LinkInput},
    },
    db::issues::Neighbour,
    domain::{
        config::IssueLinkType,
        failure::{Failure, Result},
        issue::values::chosen,
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::{extract::Path, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on links.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/issueLink", link_issues)
        .get("/rest/api/3/issueLink/{linkId}", get_issue_link)
        .delete("/rest/api/3/issueLink/{linkId}", delete_issue_link)
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct LinkRequest {
    #[serde(rename = "type")]
    kind: Value,
    inward_issue: Value,
    outward_issue: Value,
    comment: Option<Map<String, Value>>,
}

async fn link_issues(Json(call, request): Json<LinkRequest>) -> Answer {
    let input = LinkInput {
        kind: link_type(&call, &request.kind)?,
        source: issue(&request.inward_issue)?,
        destination: issue(&request.outward_issue)?,
        comment: request.comment.as_ref().map(CommentInput::from),
    };
    links::create(&call, &input, call.version.text()).await?;
    Ok(StatusCode::CREATED.into_response())
}

fn link_type<'a>(call: &'a Call, value: &Value) -> Result<&'a IssueLinkType> {
    closed(value, &["id", "name", "inward", "outward", "self"])?;
    let named = chosen(value, &["id", "name"]).map_err(Failure::invalid)?;
    let (member, text) = named.ok_or_else(|| Failure::invalid("No issue link type was provided."))?;
    let is_meant = |kind: &&IssueLinkType| if member == "id" { kind.id.to_string() == text } else { kind.name == text };
    let found = call.site.link_types.iter().find(is_meant);
    found.ok_or_else(|| Failure::not_found(format!("No issue link type with {member} '{text}' found."))) // J-110
}

/// Refuses members that a closed schema does not have (H-15).
fn closed(value: &Value, known: &[&str]) -> Result<()> {
    let mut names = value.as_object().into_iter().flat_map(Map::keys);
    if names.all(|name| known.contains(&name.as_str())) { Ok(()) } else { Err(Failure::invalid_payload()) }
}

/// The id or key of an end.
fn issue(value: &Value) -> Result<String> {
    closed(value, &["id", "key", "fields", "self"])?;
    let named = chosen(value, &["id", "key"]).map_err(Failure::invalid)?;
    let (_, text) = named.ok_or_else(|| Failure::invalid("No issue was provided to link to."))?;
    Ok(text.into_owned())
}

fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Failure::invalid(format!("'{text}' is not the id of an issue link.")))
}

async fn get_issue_link(call: Call, Path(link_id): Path<String>) -> Answer {
    let linked = links::get(&call, &mut call.read().await?, id(&link_id)?).await?;
    ok(json!({
        "id": linked.id.to_string(),
        "self": call.links.api(format_args!("issueLink/{}", linked.id)),
        "type": views::config::link_type(&call, linked.kind),
        "inwardIssue": views::issue::neighbour(&call, &Neighbour::from(&linked.source)), // J-112
        "outwardIssue": views::issue::neighbour(&call, &Neighbour::from(&linked.destination)),
    }))
}

async fn delete_issue_link(call: Call, Path(link_id): Path<String>) -> Answer {
    links::delete(&call, id(&link_id)?).await?;
    no_content()
}
