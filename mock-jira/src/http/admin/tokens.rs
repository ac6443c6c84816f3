//! API tokens of a site's accounts: `/_mock/sites/{name}/tokens`.

use super::{Body, Path, Refused, answer, sites};
use crate::{
    app::tokens::{self, TokenError},
    db::tokens::Token,
    http::server::Server,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{delete, get},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Operations on tokens.
pub fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/_mock/sites/{name}/tokens", get(list).post(create))
        .route("/_mock/sites/{name}/tokens/{token}", delete(revoke))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewToken {
    email: Option<String>,
    /// For accounts without an address, as apps are.
    account_id: Option<String>,
    #[serde(default)]
    label: String,
    expires_in_days: Option<i64>,
}

async fn list(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refused> {
    let site = sites::find(&server, &name).await?;
    let tokens = tokens::list(&server.db, site.id).await?;
    let views: Vec<Value> = tokens.iter().map(view).collect();
    Ok(answer(StatusCode::OK, &json!({ "tokens": views })))
}

/// Makes a token; the answer is the only place that ever holds it.
async fn create(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Body(wanted): Body<NewToken>,
) -> Result<Response, Refused> {
    let site = sites::find(&server, &name).await?;
    let owner = wanted.account_id.as_ref().or(wanted.email.as_ref());
    let owner = owner.ok_or_else(|| Refused::bad_request("Either email or accountId must be given."))?;
    match tokens::create(&server.db, &site, owner, &wanted.label, wanted.expires_in_days).await {
        Ok(token) => Ok(answer(StatusCode::CREATED, &json!({ "token": token, "email": wanted.email }))),
        Err(TokenError::Internal(error)) => Err(error.into()),
        Err(refused) => Err(Refused::bad_request(refused.to_string())),
    }
}

/// Removes a token by its id, or those of a label.
async fn revoke(
    State(server): State<Arc<Server>>,
    Path((name, token)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let site = sites::find(&server, &name).await?;
    match tokens::revoke(&server.db, site.id, &token).await? {
        0 => Err(Refused::not_found(format!("The site '{name}' has no token '{token}'."))),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

fn view(token: &Token) -> Value {
    json!({
        "id": tokens::id(token),
        "email": token.email,
        "label": token.label,
        "wellKnown": token.well_known,
        "created": token.created,
        "expires": token.expires,
    })
}
