//! The ways in which Jira pages lists.

use serde_json::Value;

use super::mark;

/// The parameters by which a list is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The parameter that says where a page begins.
    pub start: &'static str,
    /// The parameter that says how long it is.
    pub limit: &'static str,
    /// Whether pages begin where a token says.
    by_token: bool,
}

const WAYS: [Paging; 4] = [
    Paging { start: "startAt", limit: "maxResults", by_token: false },
    Paging { start: "start", limit: "limit", by_token: false },
    Paging { start: "nextPageToken", limit: "maxResults", by_token: true },
    Paging { start: "offset", limit: "limit", by_token: false },
];

impl Paging {
    /// The way of a list with these parameters.
    pub fn of(parameters: &[String]) -> Option<Self> {
        let has = |name: &str| parameters.iter().any(|parameter| parameter == name);
        WAYS.into_iter().find(|way| has(way.start) && has(way.limit))
    }

    /// What asks for the page after `page`; nothing when it is the last.
    pub fn next(&self, page: &Value, seen: usize) -> Option<Value> {
        if self.by_token {
            return page.get("nextPageToken").filter(|token| token.is_string()).cloned();
        }
        let last = page["isLast"] == true || page["isLastPage"] == true;
        let all = page["total"].as_u64().is_some_and(|total| seen as u64 >= total);
        let empty = items(page).is_none_or(|items| items.is_empty());
        (!last && !all && !empty).then(|| Value::from(seen))
    }
}

/// The things that an answer lists.
pub fn items(body: &Value) -> Option<&Vec<Value>> {
    if let Value::Array(items) = body {
        return Some(items);
    }
    const NAMES: [&str; 2] = ["values", "issues"];
    let by_name = NAMES.iter().find_map(|name| body[*name].as_array());
    let pages = ["startAt", "isLast", "total", "start", "nextPageToken"].iter().any(|name| body.get(*name).is_some());
    by_name.or_else(|| {
        let mut lists = body.as_object()?.values().filter_map(Value::as_array);
        let only = lists.next()?;
        (lists.next().is_none() && (pages || body.as_object()?.len() == 1)).then_some(only)
    })
}

/// Whether a list is longer than what an answer has of it.
pub fn is_part(page: &Value) -> bool {
    let length = items(page).map_or(0, Vec::len) as u64;
    page["isLast"] == false || page["isLastPage"] == false || page["total"].as_u64().is_some_and(|total| total > length)
}

/// The properties of a list's things that tell one from the others.
const NAMES: [&str; 8] = ["id", "accountId", "groupId", "key", "contextId", "relatedWorkId", "issueId", "self"];

/// Whether one of a list's things has a name that no other has.
pub fn has_name(item: &Value) -> bool {
    ["id", "accountId", "groupId", "relatedWorkId"].iter().any(|name| item.get(*name).is_some())
}

/// What tells one of a list's things from the others.
pub fn identity(item: &Value) -> String {
    let named = NAMES.iter().find_map(|name| item.get(*name));
    match named {
        Some(name @ (Value::String(_) | Value::Number(_))) => mark::text(name),
        _ => item.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_found() {
        assert_eq!(items(&json!([1])).map(Vec::len), Some(1));
        assert_eq!(items(&json!({ "values": [], "expand": [] })).map(Vec::len), Some(0));
        assert_eq!(items(&json!({ "comments": [1, 2], "startAt": 0 })).map(Vec::len), Some(2));
        assert_eq!(items(&json!({ "permissionSchemes": [1] })).map(Vec::len), Some(1));
        assert_eq!(items(&json!({ "labels": [1], "name": "an issue" })), None);
    }

    #[test]
    fn parts_are_no_lists() {
        assert!(is_part(&json!({ "values": [1, 2], "total": 3 })));
        assert!(is_part(&json!({ "values": [1, 2], "isLast": false })));
        assert!(!is_part(&json!({ "values": [1, 2], "total": 2, "isLast": true })));
        assert!(!is_part(&json!({ "name": "no list" })));
    }

    #[test]
    fn pages_end() {
        let paging = Paging::of(&["startAt".to_owned(), "maxResults".to_owned()]).unwrap();
        assert_eq!(paging.next(&json!({ "values": [1, 2], "isLast": false }), 2), Some(json!(2)));
        assert_eq!(paging.next(&json!({ "values": [1, 2], "total": 4 }), 4), None);
        assert_eq!(paging.next(&json!({ "values": [] }), 4), None);
        let paging = Paging::of(&["nextPageToken".to_owned(), "maxResults".to_owned()]).unwrap();
        assert_eq!(paging.next(&json!({ "issues": [1], "nextPageToken": "t" }), 1), Some(json!("t")));
        assert_eq!(paging.next(&json!({ "issues": [1], "isLast": true }), 1), None);
    }
}
