//! Mail that sites would have sent: `/_mock/sites/{name}/mail`.

use super::{
    Path, Refused, answer,
    openapi::{Routes, about},
    sites,
};
use crate::{
    db::{self, mail::Letter},
    http::server::Server,
};
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// Operations on mail.
pub fn routes() -> Routes {
    const MAIL: &str = "/_mock/sites/{name}/mail";
    Routes::default().get(MAIL, list, about("listMail").answers::<List>(200).refuses(&[404])).delete(
        MAIL,
        clear,
        about("clearMail").answers_nothing(204).refuses(&[404]),
    )
}

/// How many letters are shown.
const SHOWN: i64 = 1_000;

async fn list(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refused> {
    let letters = db::mail::list(&mut sites::read(&server, &name).await?, SHOWN).await?;
    Ok(answer(StatusCode::OK, &List { mail: letters.iter().map(view).collect() }))
}

async fn clear(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    let (_, mut work) = sites::begin(&server, &name).await?;
    db::mail::clear(&mut work).await?;
    work.commit_unrecorded().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, JsonSchema)]
struct List {
    mail: Vec<View>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct View {
    id: String,
    sent: DateTime<Utc>,
    /// Account id.
    from: String,
    /// Account ids.
    to: Vec<String>,
    issue_id: Option<String>,
    subject: String,
    text_body: String,
    html_body: String,
}

fn view(letter: &Letter) -> View {
    View {
        id: letter.id.to_string(),
        sent: letter.sent,
        from: letter.sender.clone(),
        to: letter.recipients.clone(),
        issue_id: letter.issue_id.map(|id| id.to_string()),
        subject: letter.subject.clone(),
        text_body: letter.text_body.clone(),
        html_body: letter.html_body.clone(),
    }
}
