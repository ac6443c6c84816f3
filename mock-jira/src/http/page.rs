//! Pages of lists (T-4).

use super::call::Call;
use crate::domain::failure::Result;
use serde_json::{Value, json};

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First item.
    pub start_at: i64,
    /// At most so many.
    pub max_results: i64,
}

impl Window {
    /// Reads `startAt` and `maxResults`; values above the cap are clamped silently (T-6).
    pub fn read(call: &Call, default: i64, cap: i64) -> Result<Self> {
        let start_at = call.params.long("startAt")?.unwrap_or(0).max(0);
        let max_results = call.params.int("maxResults")?.unwrap_or(default).clamp(0, cap);
        Ok(Self { start_at, max_results })
    }

    /// The items of the window.
    pub fn of<T>(self, items: Vec<T>) -> Vec<T> {
        let at = |number: i64| usize::try_from(number).unwrap_or(0);
        items.into_iter().skip(at(self.start_at)).take(at(self.max_results)).collect()
    }
}

/// A page bean: `self`, `nextPage` when there is more, `maxResults`, `startAt`, `total`, `isLast`, `values`.
pub fn bean(call: &Call, path: &str, window: Window, total: usize, values: Vec<Value>) -> Value {
    let next = window.start_at + values.len() as i64;
    let is_last = next >= total as i64 || values.is_empty();
    let address =
        |start_at: i64| call.links.api(format_args!("{path}?maxResults={}&startAt={start_at}", window.max_results));
    let mut page = json!({ "self": address(window.start_at) });
    if !is_last {
        page["nextPage"] = address(next).into();
    }
    page["maxResults"] = window.max_results.into();
    page["startAt"] = window.start_at.into();
    page["total"] = total.into();
    page["isLast"] = is_last.into();
    page["values"] = values.into();
    page
}
