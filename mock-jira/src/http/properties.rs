//! Entity properties of anything: the four operations that every owner has (J-118).

use super::{
    answer::{Answer, no_content, ok},
    body,
    call::Call,
};
use crate::{
    app::properties::{self, Owner},
    db::{self, Read, Work},
    domain::{
        failure::{Failure, Result},
        property,
    },
};
use axum::{extract::Request, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};

/// The keys; `path` leads to the owner, such as `issue/DEMO-1`.
pub async fn keys(call: &Call, db: &mut Read, owner: &Owner, path: &str) -> Answer {
    keys_at(call, db, owner, |key| format!("{path}/properties/{key}")).await
}

/// The keys, where links to the properties are of a form of their own.
pub async fn keys_at(call: &Call, db: &mut Read, owner: &Owner, link: impl Fn(&str) -> String) -> Answer {
    let keys = db::properties::keys(db, owner.kind, &owner.id).await?;
    let view = |key: &String| {
        let encoded = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
        json!({ "self": call.links.api(link(&encoded.to_string())), "key": key })
    };
    ok(json!({ "keys": keys.iter().map(view).collect::<Vec<_>>() }))
}

/// One value.
pub async fn get(db: &mut Read, owner: &Owner, key: &str) -> Answer {
    property::check_key(key).map_err(Failure::invalid)?;
    let value = db::properties::find(db, owner.kind, &owner.id, key).await?;
    ok(json!({ "key": key, "value": value.ok_or_else(|| properties::missing(key))? }))
}

/// 201 for a new one, 200 for a changed one. Ends the transaction.
pub async fn set(work: Work, owner: &Owner, key: &str, request: Request) -> Answer {
    put(work, owner, key, &body::read_any(&body::bytes(request).await?)?).await
}

/// The same with a value that was read already.
pub async fn put(work: Work, owner: &Owner, key: &str, value: &Value) -> Answer {
    let created = properties::set(work, owner, key, value).await?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(status.into_response())
}

/// 204. Ends the transaction.
pub async fn delete(work: Work, owner: &Owner, key: &str) -> Answer {
    properties::remove(work, owner, key).await?;
    no_content()
}

/// Things, each with its properties if the request expands them; the views come with the ids of what they show.
pub async fn expand(call: &Call, db: &mut Read, kind: &str, views: Vec<(i64, Value)>) -> Result<Vec<Value>> {
    let (ids, mut views): (Vec<i64>, Vec<Value>) = views.into_iter().unzip();
    if call.params.expands("properties") {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        let mut found = db::properties::list(db, kind, &ids, &["*all".to_owned()]).await?;
        for (view, id) in views.iter_mut().zip(&ids) {
            let own = found.remove(id).unwrap_or_default().into_iter();
            view["properties"] = own.map(|(key, value)| json!({ "key": key, "value": value })).collect();
        }
    }
    Ok(views)
}
