//! Reading and building single ADF nodes.

use serde_json::Value;

/// The node's `type`, empty when it has none.
pub(super) fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// The node's `content`, empty when it has none.
pub(super) fn children(node: &Value) -> &[Value] {
    array(node, "content")
}

/// The marks or mark attributes under `member`, empty when there are none.
pub(super) fn array<'a>(node: &'a Value, member: &str) -> &'a [Value] {
    node.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The text of a text node.
pub(super) fn text(node: &Value) -> &str {
    node.get("text").and_then(Value::as_str).unwrap_or_default()
}

/// A string attribute that is present and not empty.
pub(super) fn attr<'a>(node: &'a Value, name: &str) -> Option<&'a str> {
    let value = node.get("attrs")?.get(name)?.as_str()?;
    (!value.is_empty()).then_some(value)
}

/// A number attribute.
pub(super) fn attr_number(node: &Value, name: &str) -> Option<f64> {
    node.get("attrs")?.get(name)?.as_f64()
}

/// The name under which people know a media node: its `alt` text, else its id or address.
pub(super) fn media_name(node: &Value) -> &str {
    ["alt", "id", "url"].iter().find_map(|name| attr(node, name)).unwrap_or_default()
}

/// The address a card points to; a card may carry JSON-LD data instead of a `url`.
pub(super) fn card_url(node: &Value) -> Option<&str> {
    attr(node, "url").or_else(|| node.get("attrs")?.get("data")?.get("url")?.as_str())
}

/// The day of a date node (`timestamp` is milliseconds in a string) as `2024-01-31`.
pub(super) fn date(node: &Value) -> String {
    let Some(timestamp) = attr(node, "timestamp") else {
        return String::new();
    };
    let Ok(millis) = timestamp.parse::<i64>() else {
        return timestamp.to_owned();
    };
    // Civil date from a day count, over 400-year eras that begin on 1 March.
    let days = millis.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The text an inline leaf is shown with when its format has nothing better.
pub(super) fn inline_label(node: &Value) -> String {
    let first = |names: &[&str]| names.iter().find_map(|name| attr(node, name));
    match kind(node) {
        "text" => text(node).to_owned(),
        "date" => date(node),
        "emoji" => first(&["text", "shortName"]).unwrap_or_default().to_owned(),
        "mention" => first(&["text"]).map_or_else(|| format!("@{}", first(&["id"]).unwrap_or_default()), str::to_owned),
        "inlineCard" | "blockCard" | "embedCard" => card_url(node).unwrap_or_default().to_owned(),
        "media" | "mediaInline" => media_name(node).to_owned(),
        _ => first(&["text", "extensionKey"]).unwrap_or_default().to_owned(),
    }
}

/// A node with content and no attributes.
pub(super) fn parent(kind: &str, content: Vec<Value>) -> Value {
    object([("type", kind.into()), ("content", content.into())])
}

/// A node with attributes and content.
pub(super) fn parent_with(kind: &str, attrs: Value, content: Vec<Value>) -> Value {
    object([("type", kind.into()), ("attrs", attrs), ("content", content.into())])
}

/// A node with attributes only.
pub(super) fn leaf(kind: &str, attrs: Value) -> Value {
    object([("type", kind.into()), ("attrs", attrs)])
}

/// A whole document.
pub(super) fn doc(content: Vec<Value>) -> Value {
    object([("type", "doc".into()), ("version", 1.into()), ("content", content.into())])
}

/// Moves the members in, where `json!` would copy all that is below them.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Value::Object(members.into_iter().collect())
}
