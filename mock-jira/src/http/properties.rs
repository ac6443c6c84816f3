//! Entity properties of anything: the four operations that every owner has (J-118).

use super::{
    answer::{Answer, no_content, ok},
    body,
    call::Call,
};
use crate::{
    app::properties::{self, Owner},
    db::{self, Read, Work},
};
use axum::{extract::Request, http::StatusCode, response::IntoResponse};
use serde_json::json;

/// The keys; `path` leads to the owner, such as `issue/DEMO-1`.
pub async fn keys(call: &Call, db: &mut Read, owner: &Owner, path: &str) -> Answer {
    let keys = db::properties::keys(db, owner.kind, &owner.id).await?;
    let view = |key: &String| {
        let encoded = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
        json!({ "self": call.links.api(format_args!("{path}/properties/{encoded}")), "key": key })
    };
    ok(json!({ "keys": keys.iter().map(view).collect::<Vec<_>>() }))
}

/// One value.
pub async fn get(db: &mut Read, owner: &Owner, key: &str) -> Answer {
    let value = db::properties::find(db, owner.kind, &owner.id, key).await?;
    ok(json!({ "key": key, "value": value.ok_or_else(|| properties::missing(key))? }))
}

/// 201 for a new one, 200 for a changed one. Ends the transaction.
pub async fn set(work: Work, owner: &Owner, key: &str, request: Request) -> Answer {
    let value = body::read_any(&body::bytes(request).await?)?;
    let created = properties::set(work, owner, key, &value).await?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(status.into_response())
}

/// 204. Ends the transaction.
pub async fn delete(work: Work, owner: &Owner, key: &str) -> Answer {
    properties::remove(work, owner, key).await?;
    no_content()
}
