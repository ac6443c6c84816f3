//! API tokens of a site's accounts: `/_mock/sites/{name}/tokens`.

use super::{
    Body, Path, Refused, answer,
    openapi::{Routes, about},
    sites,
};
use crate::{
    app::tokens::{self, TokenError, Wanted},
    db::tokens::Token,
    http::server::Server,
};
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Operations on tokens.
pub fn routes() -> Routes {
    const TOKENS: &str = "/_mock/sites/{name}/tokens";
    Routes::default()
        .get(TOKENS, list, about("listTokens").answers::<List>(200).refuses(&[404]))
        .post(
            TOKENS,
            create,
            about("createToken").takes::<NewToken>().answers::<Made>(201).refuses(&[400, 404, 415, 422]),
        )
        .delete("/_mock/sites/{name}/tokens/{token}", revoke, about("revokeToken").answers_nothing(204).refuses(&[404]))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewToken {
    email: Option<String>,
    /// For accounts without an address, as apps are.
    account_id: Option<String>,
    #[serde(default)]
    label: String,
    expires_in_days: Option<i64>,
    /// What it is limited to, by OAuth's names such as `read:jira-work`: it is good on the gateway path only then.
    scopes: Option<Vec<String>>,
}

async fn list(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refused> {
    let site = sites::find(&server, &name).await?;
    let tokens = tokens::list(&server.db, site.id).await?;
    Ok(answer(StatusCode::OK, &List { tokens: tokens.iter().map(view).collect() }))
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
    let scopes = wanted.scopes.as_deref();
    if scopes.is_some_and(<[String]>::is_empty) {
        return Err(Refused::bad_request("A token that is limited has scopes."));
    }
    if let Some(unknown) = scopes.unwrap_or_default().iter().find(|scope| !server.catalogue.has_scope(scope)) {
        return Err(Refused::bad_request(format!("No operation has the scope '{unknown}'.")));
    }
    let new = Wanted { owner, label: &wanted.label, lifetime_days: wanted.expires_in_days, scopes };
    match tokens::create(&server.db, &site, &new).await {
        Ok(token) => Ok(answer(StatusCode::CREATED, &Made { token, email: wanted.email })),
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

/// A token, the only time that it is shown.
#[derive(Serialize, JsonSchema)]
struct Made {
    token: String,
    email: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct List {
    tokens: Vec<View>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct View {
    id: String,
    email: Option<String>,
    label: String,
    well_known: bool,
    created: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
    scopes: Option<Vec<String>>,
}

fn view(token: &Token) -> View {
    View {
        id: tokens::id(token),
        email: token.email.clone(),
        label: token.label.clone(),
        well_known: token.well_known,
        created: token.created,
        expires: token.expires,
        scopes: token.scopes.clone(),
    }
}
