//! Pages of lists (T-4).

use super::call::Call;
use crate::domain::failure::{Failure, Result};
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cmp::Ordering;

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

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// One of the names that the operation takes.
    pub field: &'static str,
    /// The greatest first.
    pub descending: bool,
}

impl Order {
    /// Reads `orderBy`: a name with `-` or `+` before it, of which the latter arrives as a blank (T-12).
    pub fn read(call: &Call, fields: &[&'static str]) -> Result<Option<Self>> {
        let Some(text) = call.params.text("orderBy") else { return Ok(None) };
        let name = text.trim().trim_start_matches(['-', '+']);
        let Some(field) = fields.iter().find(|field| **field == name) else {
            let fields = fields.join(", ");
            // U-42
            let sentence = format!("The field to order by should be one of [{fields}]. Instead, it was: {name}.");
            return Err(Failure::invalid(sentence));
        };
        Ok(Some(Self { field, descending: text.starts_with('-') }))
    }

    /// Sorts by a comparison of the field; equal items stay in their order.
    pub fn sort<T>(self, items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
        items.sort_by(|a, b| if self.descending { compare(b, a) } else { compare(a, b) });
    }
}

/// The page of a whole list that the request asks for.
pub fn listed<T>(call: &Call, path: &str, window: Window, items: Vec<T>, view: impl Fn(T) -> Value) -> Value {
    let total = items.len() as i64;
    bean(call, path, window, total, window.of(items).into_iter().map(view).collect())
}

/// A page bean: `self`, `nextPage` when there is more, `maxResults`, `startAt`, `total`, `isLast`, `values`.
pub fn bean(call: &Call, path: &str, window: Window, total: i64, values: Vec<Value>) -> Value {
    let taken = values.len();
    sifted(call, path, window, total, taken, values)
}

/// The same where the values are only some of the `taken` items of the page (U-11).
pub fn sifted(call: &Call, path: &str, window: Window, total: i64, taken: usize, values: Vec<Value>) -> Value {
    let next = window.start_at + taken as i64;
    let is_last = next >= total || taken == 0;
    // The other parameters stay, so that following `nextPage` keeps the filters.
    let address = |start_at: i64| {
        let query = call.params.query_with(&[("maxResults", window.max_results), ("startAt", start_at)]);
        call.links.api(format_args!("{path}?{query}"))
    };
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

/// The first items of a list inside another thing, where nobody asks for the others.
pub fn inner(mut values: Vec<Value>) -> Value {
    const MOST: usize = 100;
    let total = values.len();
    values.truncate(MOST);
    json!({ "isLast": total <= MOST, "maxResults": MOST, "startAt": 0, "total": total, "values": values })
}

/// Which part of a list is asked for that goes by tokens.
#[derive(Debug, Clone, Copy)]
pub struct Turn(Window);

impl Turn {
    /// Reads `maxResults` and `nextPageToken`.
    pub fn read(call: &Call) -> Result<Self> {
        let invalid = || Failure::invalid("Invalid format of nextPageToken"); // T-7
        let max_results = call.params.int("maxResults")?.unwrap_or(50);
        if !(1..=200).contains(&max_results) {
            return Err(Failure::invalid("The maxResults must be between 1 and 200."));
        }
        let start_at = match call.params.text("nextPageToken") {
            None => 0,
            Some(token) => {
                let token = BASE64.decode(token).map_err(|_| invalid())?;
                let token: Token = serde_json::from_slice(&token).map_err(|_| invalid())?;
                token.o.filter(|place| *place >= 0).ok_or_else(invalid)?
            }
        };
        Ok(Self(Window { start_at, max_results }))
    }

    /// The page of things that are told by their ids.
    pub fn of_ids<T: ToString>(self, ids: Vec<T>) -> Value {
        let next = self.0.start_at.saturating_add(self.0.max_results);
        let is_last = usize::try_from(next).is_ok_and(|next| next >= ids.len());
        let values = self.0.of(ids).iter().map(|id| json!({ "id": id.to_string() })).collect::<Vec<_>>();
        let mut page = json!({ "values": values });
        if !is_last {
            page["nextPageToken"] = BASE64.encode(json!({ "o": next }).to_string()).into();
        }
        page
    }
}

/// Where the next page begins.
#[derive(Deserialize)]
struct Token {
    o: Option<i64>,
}
