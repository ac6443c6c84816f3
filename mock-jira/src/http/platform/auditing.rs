//! What was done in the site, as Jira's own log tells it (U-55).

use crate::{
    db::audit::{self, Filter, Stored},
    domain::failure::Result,
    http::{
        answer::{Answer, ok},
        call::Call,
        params::unconvertible,
        routes::Routes,
    },
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Value, json};

/// Operations on audit records.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/auditing/record", get_audit_records)
}

/// Most records of a page, and how many there are if the request does not say.
const LIMIT: i64 = 1000;

async fn get_audit_records(call: Call) -> Answer {
    let offset = call.params.int("offset")?.unwrap_or(0).max(0);
    let limit = call.params.int("limit")?.unwrap_or(LIMIT).clamp(0, LIMIT);
    let words = call.params.text("filter").unwrap_or_default().split_whitespace().map(str::to_lowercase);
    let filter = Filter { words: words.collect(), from: time(&call, "from")?, to: time(&call, "to")? };
    call.administers("You do not have permission to view audit records.")?;
    let (records, total) = audit::list(&mut call.read().await?, &filter, offset, limit).await?;
    let records: Vec<Value> = records.iter().map(|record| view(&call, record)).collect();
    ok(json!({ "offset": offset, "limit": limit, "total": total, "records": records }))
}

/// A time in the forms that clients send: with an offset, or else in the caller's zone; a day is its beginning.
fn time(call: &Call, name: &str) -> Result<Option<DateTime<Utc>>> {
    let Some(text) = call.params.text(name) else { return Ok(None) };
    let zoned =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    let local = || {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN));
        let local = day.or_else(|_| text.parse()).ok()?;
        local.and_local_timezone(call.caller.time_zone()).earliest().map(|time| time.with_timezone(&Utc))
    };
    let time = zoned.ok().map(|time| time.with_timezone(&Utc)).or_else(local);
    // PostgreSQL knows fewer years than a date can be written with.
    let time = time.filter(|time| (0..=9999).contains(&chrono::Datelike::year(time)));
    time.map(Some).ok_or_else(|| unconvertible(name, text))
}

fn view(call: &Call, record: &Stored) -> Value {
    let mut view = json!({
        "id": record.id,
        "summary": record.summary,
        "created": call.time(record.created),
        "category": record.area,
        "eventSource": "",
        "objectItem": { "id": record.object_id, "name": record.object_name, "typeName": record.object_type },
    });
    if let Some(address) = &record.remote_address {
        view["remoteAddress"] = address.as_str().into();
    }
    if let Some(author) = &record.author {
        view["authorKey"] = author.as_str().into();
        view["authorAccountId"] = author.as_str().into();
    }
    let renamed = |list: &Value, names: &[(&str, &str)]| -> Vec<Value> {
        let rename = |item: &Value| {
            let members = names.iter().filter_map(|(from, to)| Some(((*to).to_owned(), item.get(from)?.clone())));
            Value::Object(members.collect())
        };
        list.as_array().into_iter().flatten().map(rename).collect()
    };
    let changes = renamed(&record.changes, &[("field", "fieldName"), ("from", "changedFrom"), ("to", "changedTo")]);
    let associated = renamed(&record.associated, &[("id", "id"), ("name", "name"), ("type", "typeName")]);
    for (member, list) in [("changedValues", changes), ("associatedItems", associated)] {
        if !list.is_empty() {
            view[member] = list.into();
        }
    }
    view
}
