//! What the caller has chosen: preferences and language.

use crate::{
    app::preferences,
    domain::{failure::Failure, people::negotiated_locale},
    http::{
        answer::{Answer, no_content, ok},
        body::{self, Json},
        call::Call,
        routes::Routes,
    },
};
use axum::{
    extract::Request,
    http::{HeaderMap, header},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on preferences.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/mypreferences", get_preference)
        .put("/rest/api/3/mypreferences", set_preference)
        .delete("/rest/api/3/mypreferences", remove_preference)
        .get("/rest/api/3/mypreferences/locale", get_locale)
        .put("/rest/api/3/mypreferences/locale", set_locale)
}

async fn get_preference(call: Call) -> Answer {
    ok(preferences::get(&call, call.params.text("key")).await?)
}

/// The value is the body as it is; clients that send JSON send a text, or what looks like another value.
async fn set_preference(call: Call, request: Request) -> Answer {
    let bytes = body::bytes(request).await?;
    let text = match serde_json::from_slice(&bytes) {
        Ok(Value::String(text)) => text,
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    };
    if text.contains('\0') {
        return Err(Failure::not_found("The value of the preference is not valid.").into());
    }
    preferences::set(&call, call.params.text("key"), &text).await?;
    no_content()
}

async fn remove_preference(call: Call) -> Answer {
    preferences::remove(&call, call.params.text("key")).await?;
    no_content()
}

/// Who has chosen no language is understood as the browser says.
async fn get_locale(call: Call, headers: HeaderMap) -> Answer {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let locale = match preferences::chosen_locale(&call).await? {
        Some(chosen) => chosen,
        None => negotiated_locale(accepted).to_owned(),
    };
    ok(json!({ "locale": locale }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locale {
    locale: Option<String>,
}

async fn set_locale(Json(call, body): Json<Locale>) -> Answer {
    preferences::set_locale(&call, body.locale.as_deref()).await?;
    no_content()
}
