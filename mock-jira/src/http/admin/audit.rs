//! What was done, in every site: `/_mock/audit`.

use super::{
    Query, Refused, answer,
    openapi::{Routes, about},
};
use crate::{
    db::audit::{self, Stored},
    http::server::Server,
};
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Reading the records.
pub fn routes() -> Routes {
    Routes::default().get(
        "/_mock/audit",
        list,
        about("listAuditRecords").query::<Filter>().answers::<List>(200).refuses(&[400]),
    )
}

/// Which records are asked for; see [`audit::Query`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
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
    let records = records.into_iter().map(view).collect();
    Ok(answer(StatusCode::OK, &List { records, next }))
}

#[derive(Serialize, JsonSchema)]
struct List {
    records: Vec<View>,
    next: i64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct View {
    id: i64,
    site: String,
    created: DateTime<Utc>,
    author: Option<String>,
    remote_address: Option<String>,
    area: Option<String>,
    action: String,
    object: Object,
    /// `[{field, from?, to?}]`
    changes: Value,
    /// `[{type, id, name}]`
    associated: Value,
}

#[derive(Serialize, JsonSchema)]
struct Object {
    r#type: String,
    id: String,
    name: String,
}

fn view(record: Stored) -> View {
    View {
        id: record.id,
        site: record.site,
        created: record.created,
        author: record.author,
        remote_address: record.remote_address,
        area: record.area,
        action: record.summary,
        object: Object { r#type: record.object_type, id: record.object_id, name: record.object_name },
        changes: record.changes,
        associated: record.associated,
    }
}
