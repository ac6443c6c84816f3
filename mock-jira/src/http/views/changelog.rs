//! Entries of changelogs (J-80 to J-86).

use super::user;
use crate::{db::changelog::History, domain::issue::changes::ChangeItem, http::call::Call};
use serde_json::{Value, json};

/// An entry of a changelog (J-80).
pub fn history(call: &Call, history: &History) -> Value {
    let mut view = json!({
        "id": history.id.to_string(),
        "author": user::person(call, Some(&history.author)),
        "created": call.time(history.created),
        "items": history.items.iter().map(item).collect::<Vec<_>>(),
    });
    if let Some(metadata) = &history.metadata {
        view["historyMetadata"] = metadata.clone();
    }
    view
}

/// What an entry of a changelog says of one field (J-81).
pub fn item(item: &ChangeItem) -> Value {
    let mut view = json!({ "field": item.field, "fieldtype": if item.custom { "custom" } else { "jira" } });
    if let Some(id) = &item.field_id {
        view["fieldId"] = id.as_str().into();
    }
    view["from"] = item.from.clone().into();
    view["fromString"] = item.from_string.clone().into();
    view["to"] = item.to.clone().into();
    view["toString"] = item.to_string.clone().into();
    if matches!(item.field_id.as_deref(), Some("assignee" | "reporter")) {
        view["tmpFromAccountId"] = item.from.clone().into(); // J-81
        view["tmpToAccountId"] = item.to.clone().into();
    }
    view
}
