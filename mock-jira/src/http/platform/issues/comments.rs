//! Comments of an issue (J-90 to J-96).

use crate::{
    app::{
        comments::{self, COMMENT},
        properties::Owner,
    },
    db::{Read, comments::Comment},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Ids, Json},
        call::Call,
        page::Window,
        properties,
        routes::Routes,
        views,
    },
};
use axum::extract::{Path, Request};
use serde_json::{Map, Value, json};

/// Operations on comments.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/comment", get_comments)
        .post("/rest/api/3/issue/{issueIdOrKey}/comment", add_comment)
        .get("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", get_comment)
        .put("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", update_comment)
        .delete("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", delete_comment)
        .post("/rest/api/3/comment/list", get_comments_by_ids)
        .get("/rest/api/3/comment/{commentId}/properties", get_comment_property_keys)
        .get("/rest/api/3/comment/{commentId}/properties/{propertyKey}", get_comment_property)
        .put("/rest/api/3/comment/{commentId}/properties/{propertyKey}", set_comment_property)
        .delete("/rest/api/3/comment/{commentId}/properties/{propertyKey}", delete_comment_property)
}

async fn get_comments(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let newest_first = descending(&call)?; // before the issue (J-92)
    let window = Window::read(&call, 100, 100)?;
    let window = Window { max_results: window.max_results.max(1), ..window }; // J-91
    let mut db = call.read().await?;
    let (issue, mut all) = comments::list(&call, &mut db, &id_or_key).await?;
    if newest_first {
        all.reverse();
    }
    let total = all.len();
    let shown = view(&call, &mut db, &window.of(all)).await?;
    ok(json!({
        "self": call.links.api(format_args!("issue/{}/comment", issue.id)),
        "startAt": window.start_at,
        "maxResults": window.max_results,
        "total": total,
        "comments": shown,
    }))
}

/// Comments, with their properties when expanded.
async fn view(call: &Call, db: &mut Read, comments: &[Comment]) -> Result<Vec<Value>> {
    let views = comments.iter().map(|comment| (comment.id, views::issue::comment(call, comment)));
    properties::expand(call, db, COMMENT, views.collect()).await
}

async fn view_one(call: &Call, comment: Comment) -> Result<Value> {
    Ok(view(call, &mut call.read().await?, &[comment]).await?.pop().unwrap_or_default())
}

/// Reads `orderBy`, which knows `created` alone (J-92); a literal `+` has become a blank (T-12).
fn descending(call: &Call) -> Result<bool> {
    let Some(order) = call.params.text("orderBy") else { return Ok(false) };
    let name = order.replace(char::is_whitespace, "").to_ascii_lowercase();
    match name.trim_start_matches(['+', '-']) {
        "created" => Ok(name.starts_with('-')),
        _ => Err(Failure::invalid(format!(
            "The field to order by should be one of [created]. Instead, it was: {}.",
            order.trim().trim_start_matches(['+', '-'])
        ))),
    }
}

async fn add_comment(Path(id_or_key): Path<String>, Json(call, body): Json<Map<String, Value>>) -> Answer {
    let comment = comments::add(&call, &id_or_key, &(&body).into(), call.version.text()).await?;
    created(view_one(&call, comment).await?)
}

async fn get_comment(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let comment = comments::get(&call, &mut call.read().await?, &id_or_key, &id).await?;
    ok(view_one(&call, comment).await?)
}

async fn update_comment(
    Path((id_or_key, id)): Path<(String, String)>,
    Json(call, body): Json<Map<String, Value>>,
) -> Answer {
    // Nobody is notified, and no status keeps issues from being edited.
    for unused in ["notifyUsers", "overrideEditableFlag"] {
        call.params.flag(unused, false)?;
    }
    let comment = comments::edit(&call, &id_or_key, &id, &(&body).into(), call.version.text()).await?;
    ok(view_one(&call, comment).await?)
}

async fn delete_comment(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    if call.caller.account.is_none() {
        return Err(Failure::NotAllowed("Comments can't be deleted anonymously.".into()).into());
    }
    comments::delete(&call, &id_or_key, &id).await?;
    no_content()
}

/// Most comments in one request.
const AT_ONCE: usize = 1000;

async fn get_comments_by_ids(Json(call, body): Json<Ids>) -> Answer {
    let ids = body.ids();
    if ids.is_empty() || ids.len() > AT_ONCE {
        return Err(Failure::invalid(format!("The number of comment ids must be between 1 and {AT_ONCE}.")).into());
    }
    let mut db = call.read().await?;
    let comments = comments::by_ids(&call, &mut db, &ids).await?;
    let values = view(&call, &mut db, &comments).await?;
    let total = values.len();
    ok(json!({ "maxResults": 1_048_576, "startAt": 0, "total": total, "isLast": true, "values": values }))
}

async fn get_comment_property_keys(call: Call, Path(id): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (owner, _) = comments::owner(&call, &mut db, &id).await?;
    properties::keys(&call, &mut db, &owner, &format!("comment/{id}")).await
}

async fn get_comment_property(call: Call, Path((id, key)): Path<(String, String)>) -> Answer {
    let mut db = call.read().await?;
    let (owner, _) = comments::owner(&call, &mut db, &id).await?;
    properties::get(&mut db, &owner, &key).await
}

async fn set_comment_property(call: Call, Path((id, key)): Path<(String, String)>, request: Request) -> Answer {
    let mut work = call.begin().await?;
    let owner = editable(&call, &mut work, &id).await?;
    properties::set(work, &owner, &key, request).await
}

async fn delete_comment_property(call: Call, Path((id, key)): Path<(String, String)>) -> Answer {
    let mut work = call.begin().await?;
    let owner = editable(&call, &mut work, &id).await?;
    properties::delete(work, &owner, &key).await
}

async fn editable(call: &Call, db: &mut Read, id: &str) -> Result<Owner> {
    let (owner, may_edit) = comments::owner(call, db, id).await?;
    if may_edit { Ok(owner) } else { Err(Failure::forbidden("You do not have permission to edit this comment.")) }
}
