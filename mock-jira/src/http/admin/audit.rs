//! What was done, in every site: `/_mock/audit`.

use super::{Query, Refused, answer};
use crate::{
    db::audit::{self, Stored},
    http::server::Server,
};
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Reading the records.
pub fn router() -> Router<Arc<Server>> {
    Router::new().route("/_mock/audit", get(list))
}

/// Which records are asked for; see [`audit::Query`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Filter {
    site: Option<String>,
    author: Option<String>,
    object: Option<String>,
    action: Option<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    text: Option<String>,
    after: i64,
    limit: Option<i64>,
}

/// Most records of an answer.
const MOST: i64 = 1000;

/// The oldest first. `next` is to be given as `after` for those behind them, also when there are none yet.
async fn list(State(server): State<Arc<Server>>, Query(filter): Query<Filter>) -> Result<Response, Refused> {
    let wanted = audit::Query {
        site: filter.site,
        author: filter.author,
        object: filter.object,
        action: filter.action,
        since: filter.since,
        until: filter.until,
        text: filter.text,
        after: filter.after,
        limit: filter.limit.unwrap_or(100).clamp(1, MOST),
    };
    let records = server.db.list_audit_records(&wanted).await?;
    let next = records.last().map_or(wanted.after, |record| record.id);
    let records: Vec<Value> = records.iter().map(view).collect();
    Ok(answer(StatusCode::OK, &json!({ "records": records, "next": next })))
}

fn view(record: &Stored) -> Value {
    json!({
        "id": record.id,
        "site": record.site,
        "created": record.created,
        "author": record.author,
        "remoteAddress": record.remote_address,
        "area": record.area,
        "action": record.summary,
        "object": { "type": record.object_type, "id": record.object_id, "name": record.object_name },
        "changes": record.changes,
        "associated": record.associated,
    })
}
