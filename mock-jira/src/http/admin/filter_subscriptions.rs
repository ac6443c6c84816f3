//! Subscriptions to filters, which no operation of Jira makes: `/_mock/sites/{name}/filter-subscriptions`.

use super::{
    Body, Path, Refused, answer,
    openapi::{Routes, about},
    sites,
};
use crate::{
    db::{self, filter_subscriptions::Subscription},
    domain::audit::{Area, Record, Thing},
    http::server::Server,
};
use axum::{extract::State, http::StatusCode, response::Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// Operations on subscriptions.
pub fn routes() -> Routes {
    const SUBSCRIPTIONS: &str = "/_mock/sites/{name}/filter-subscriptions";
    Routes::default()
        .post(
            SUBSCRIPTIONS,
            subscribe,
            about("subscribeToFilter").takes::<New>().answers::<Made>(201).refuses(&[400, 404, 415, 422]),
        )
        .delete(
            "/_mock/sites/{name}/filter-subscriptions/{id}",
            unsubscribe,
            about("unsubscribeFromFilter").answers_nothing(204).refuses(&[400, 404]),
        )
}

/// A subscription, for the account or for the members of a group.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    filter_id: i64,
    account_id: String,
    group_id: Option<Uuid>,
}

#[derive(Serialize, JsonSchema)]
struct Made {
    id: i64,
}

async fn subscribe(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Body(New { filter_id, account_id, group_id }): Body<New>,
) -> Result<Response, Refused> {
    let (_, mut work) = sites::begin(&server, &name).await?;
    let subscription = Subscription { id: work.next_id("filter_subscription").await?, account_id, group_id };
    match db::filter_subscriptions::insert(&mut work, filter_id, &subscription).await {
        Err(error) if db::constraint(&error).is_some() => {
            return Err(Refused::bad_request("There is no such filter, account or group."));
        }
        stored => stored?,
    }
    work.commit(Record::new("Filter subscription created", Area::Everyday, thing(subscription.id))).await?;
    Ok(answer(StatusCode::CREATED, &Made { id: subscription.id }))
}

async fn unsubscribe(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, i64)>,
) -> Result<StatusCode, Refused> {
    let (_, mut work) = sites::begin(&server, &name).await?;
    if !db::filter_subscriptions::delete(&mut work, id).await? {
        return Err(Refused::not_found(format!("There is no subscription {id}.")));
    }
    work.commit(Record::new("Filter subscription deleted", Area::Everyday, thing(id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn thing(id: i64) -> Thing {
    Thing::new("FILTER_SUBSCRIPTION", id, id.to_string())
}
