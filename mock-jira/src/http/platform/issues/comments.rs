//! Comments of an issue (J-90 to J-96).

use crate::{
    app::comments::{self, CommentInput},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, created, no_content, ok},
        body::Json,
        call::Call,
        page::Window,
        routes::Routes,
        views,
    },
};
use axum::extract::Path;
use serde_json::{Map, Value, json};

/// Operations on comments.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/comment", get_comments)
        .post("/rest/api/3/issue/{issueIdOrKey}/comment", add_comment)
        .get("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", get_comment)
        .put("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", update_comment)
        .delete("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", delete_comment)
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
    let shown: Vec<Value> = window.of(all).iter().map(|comment| views::issue::comment(&call, comment)).collect();
    ok(json!({
        "self": call.links.api(format_args!("issue/{}/comment", issue.id)),
        "startAt": window.start_at,
        "maxResults": window.max_results,
        "total": total,
        "comments": shown,
    }))
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

fn input(body: &Map<String, Value>) -> CommentInput<'_> {
    CommentInput { body: body.get("body").unwrap_or(&Value::Null), visibility: body.get("visibility") }
}

async fn add_comment(Path(id_or_key): Path<String>, Json(call, body): Json<Map<String, Value>>) -> Answer {
    let comment = comments::add(&call, &id_or_key, &input(&body), call.version.text()).await?;
    created(views::issue::comment(&call, &comment))
}

async fn get_comment(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let comment = comments::get(&call, &mut call.read().await?, &id_or_key, &id).await?;
    ok(views::issue::comment(&call, &comment))
}

async fn update_comment(
    Path((id_or_key, id)): Path<(String, String)>,
    Json(call, body): Json<Map<String, Value>>,
) -> Answer {
    let comment = comments::edit(&call, &id_or_key, &id, &input(&body), call.version.text()).await?;
    ok(views::issue::comment(&call, &comment))
}

async fn delete_comment(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    comments::delete(&call, &id_or_key, &id).await?;
    no_content()
}
