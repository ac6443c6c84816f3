//! Mail that sites would have sent: `/_mock/sites/{name}/mail`.

use super::{Path, Refused, answer, sites};
use crate::{
    db::{self, By, mail::Letter},
    domain::{failure::Failure, site::Site},
    http::server::Server,
};
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use chrono::Utc;
use serde_json::{Value, json};
use std::sync::Arc;

/// Operations on mail.
pub fn router() -> Router<Arc<Server>> {
    Router::new().route("/_mock/sites/{name}/mail", get(list).delete(clear))
}

/// How many letters are shown.
const SHOWN: i64 = 1_000;

async fn list(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refused> {
    let site = sites::find(&server, &name).await?;
    let letters = db::mail::list(&mut server.db.read(site.id).await.map_err(internal)?, SHOWN).await?;
    Ok(answer(StatusCode::OK, &json!({ "mail": letters.iter().map(view).collect::<Vec<_>>() })))
}

async fn clear(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    let site: Site = sites::find(&server, &name).await?;
    let by = By { at: site.clock.at(Utc::now()), ..By::default() };
    let mut work = server.db.begin(site.id, by).await.map_err(internal)?;
    db::mail::clear(&mut work).await?;
    work.commit_unrecorded().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn internal(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Internal(cause) => cause,
        other => anyhow::anyhow!("{other:?}"),
    }
}

fn view(letter: &Letter) -> Value {
    json!({
        "id": letter.id.to_string(),
        "sent": letter.sent,
        "from": letter.sender,
        "to": letter.recipients,
        "issueId": letter.issue_id.map(|id| id.to_string()),
        "subject": letter.subject,
        "textBody": letter.text_body,
        "htmlBody": letter.html_body,
    })
}
