//! What an answer tells of itself: where it can be had, and which page it is.

use std::collections::BTreeSet;

use http::Method;
use serde_json::Value;

use super::{Bench, Check, Difference, disagreement, unwritten};
use crate::{
    run::{
        execute::{query_parameters, self_links},
        mark,
        paging::{Paging, items},
    },
    target::{Answer, Body},
};

impl Bench<'_> {
    /// What is seen without any other answer.
    pub(super) fn told(&mut self, step: usize, answer: &Answer) {
        if !answer.is_success() {
            return;
        }
        let body = answer.json();
        let address = self.judge.address.clone();
        // Behind the gateway, links name the site itself.
        let elsewhere = |link: &String| !address.contains("/ex/jira/") && !link.starts_with(&address);
        if let Some(link) = self_links(&body).into_iter().find(elsewhere) {
            self.fail(step, Check::SelfLinks, "a link leads elsewhere".to_owned(), "", &address, &link);
        }
        let Some(rows) = items(&body) else { return };
        // What is sieved after it was counted can't be told from what is missing.
        let counts = !self.judge.links.estimates(self.operation(step));
        let paging = Paging::of(&query_parameters(self.judge.conformance.contract(), self.case.steps[step].operation));
        let has_more = paging.is_some() || body["nextPageToken"].is_string();
        let wrong = wrong_end(&body).or_else(|| wrong_page(&body, rows, has_more));
        if let Some((what, expected, actual)) = wrong.filter(|(what, ..)| counts || *what == TOO_LONG) {
            self.fail(step, Check::ListsContainAndPage, what.to_owned(), "", &expected, &actual);
        }
        let mut seen = BTreeSet::new();
        let plain = rows.iter().all(Value::is_string);
        if let Some(twice) = rows.iter().filter_map(Value::as_str).find(|text| plain && !seen.insert(*text)) {
            let message = "a list has one text twice".to_owned();
            self.fail(step, Check::UniqueIds, message, "", "each once", twice);
        }
    }

    /// A list says of what was made in this case what was written, unless something else was done to it.
    pub(super) fn listed(&mut self, step: usize, answer: &Answer) {
        let (judge, operation) = (self.judge, self.operation(step));
        let body = answer.json();
        let Some(rows) = items(&body).filter(|_| answer.is_success()) else { return };
        let below = |path: &str| path.matches('{').count();
        let (earlier, trace) = (&self.case.steps[..step], self.trace);
        for (number, made) in earlier.iter().enumerate() {
            let maker = self.operation(number);
            let kind = judge.links.kind_of(maker).and_then(|kind| judge.links.kind(kind));
            let is_list = operation.path.starts_with(&maker.path) && below(&operation.path) == below(&maker.path);
            if kind.is_none_or(|kind| kind.create != Some(made.operation)) || !is_list {
                continue;
            }
            let Some(exchange) = trace.first(number) else { continue };
            let (Some(told), Body::Json(written)) = (exchange.success(), &exchange.request.body) else { continue };
            let Some(id) = mark::attribute(&told.json(), "id", false).map(|id| mark::text(&id)) else { continue };
            let later = trace.steps[number + 1..step].iter().flatten();
            if later.into_iter().any(|later| later.request.method != Method::GET && later.success().is_some()) {
                continue;
            }
            let kept = |name: &str| !["id", "self"].contains(&name) && !judge.links.is_ignored(maker, name);
            let row = rows.iter().find(|row| row.get("id").is_some_and(|known| mark::text(known) == id));
            match row.map(|row| unwritten(written, row, &kept)) {
                Some(Err(Difference { at, left, right })) => {
                    let message = "a list says something else of a thing than was written".to_owned();
                    self.fail(step, Check::ReadAfterWrite, message, &at, &left, &right);
                }
                Some(Ok(1..)) => self.pass(step, Check::ReadAfterWrite),
                _ => {}
            }
        }
    }

    /// What a write answers is what is read afterwards, be it in a list.
    pub(super) fn answered(&mut self, number: usize, of: usize, read: &Value) {
        let Some(written) = self.trace.success(of).map(|answer| answer.json()) else { return };
        let is_it =
            |row: &&Value| row["id"].is_string() && row["id"] == written["id"] && row["self"] == written["self"];
        let read = match items(read) {
            Some(rows) => rows.iter().find(is_it),
            None => Some(read),
        };
        let Some(read) = read else { return };
        let volatile = |name: &str| self.judge.links.is_volatile(name);
        if let Some(Difference { at, left, right }) = disagreement(&written, read, &volatile) {
            let message = "what is read is not what the write answered".to_owned();
            self.fail(number, Check::ReadAfterWrite, message, &at, &left, &right);
        }
    }
}

const TOO_LONG: &str = "a page is longer than it says it may be";

/// What is wrong where pages are named by tokens: the last one names none, and only that.
fn wrong_end(body: &Value) -> Option<(&'static str, String, String)> {
    let has_next = body["nextPageToken"].is_string();
    let by_number = ["startAt", "start", "total", "maxResults", "limit"].iter().any(|name| body.get(*name).is_some());
    if by_number && !has_next {
        return None;
    }
    let told = body["isLast"].as_bool().filter(|told| *told == has_next)?;
    Some(("a page says wrongly whether it is the last", (!has_next).to_string(), told.to_string()))
}

/// What is wrong with what a page says of itself, and what it should be and is. `has_more` says whether others can be
/// asked for.
fn wrong_page(body: &Value, rows: &[Value], has_more: bool) -> Option<(&'static str, String, String)> {
    let number = |names: &[&str]| names.iter().find_map(|name| body[*name].as_u64());
    let listed = rows.len() as u64;
    let start = number(&["startAt", "start", "offset"]).unwrap_or_default();
    // A page that may have nothing says nothing.
    let limit = number(&["maxResults", "limit"]).filter(|limit| *limit > 0)?;
    if listed > limit {
        return Some((TOO_LONG, limit.to_string(), listed.to_string()));
    }
    let is_last = body["isLast"].as_bool().or(body["isLastPage"].as_bool());
    let total = body["total"].as_u64();
    if listed == 0 && start > 0 && total.is_some() {
        return None; // as beyond the end
    }
    let is_short = listed < limit || !has_more;
    if let Some(total) = total.filter(|total| is_short && *total != start + listed) {
        return Some(("the total is not how many there are", (start + listed).to_string(), total.to_string()));
    }
    let is_end = total.map_or(is_short, |total| start + listed >= total);
    let told = is_last.filter(|told| if total.is_some() { *told != is_end } else { is_end && !told })?;
    Some(("a page says wrongly whether it is the last", is_end.to_string(), told.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_say_what_they_are() {
        let wrong = |page: Value| wrong_page(&page, items(&page).unwrap(), true).map(|(what, ..)| what);
        let page = |start: u64, total: u64, last: bool, rows: &[u64]| json!({ "startAt": start, "maxResults": 2, "total": total, "isLast": last, "values": rows });
        let by_offset = json!({ "offset": 2, "limit": 2, "total": 3, "records": [3] });
        for right in [
            page(0, 2, true, &[1, 2]),
            page(2, 3, true, &[3]),
            page(0, 3, false, &[1, 2]),
            page(9, 3, true, &[]),
            by_offset,
        ] {
            assert_eq!(wrong(right), None);
        }
        assert_eq!(wrong(page(2, 4, true, &[3])), Some("the total is not how many there are"));
        assert_eq!(wrong(page(0, 3, true, &[1, 2])), Some("a page says wrongly whether it is the last"));
        assert_eq!(wrong(page(0, 3, false, &[1, 2, 3])), Some("a page is longer than it says it may be"));
        assert_eq!(
            wrong(json!({ "maxResults": 2, "isLast": false, "values": [1] })),
            Some("a page says wrongly whether it is the last")
        );
        assert_eq!(wrong(json!({ "maxResults": 2, "isLast": true, "values": [1, 2] })), None);
    }

    #[test]
    fn pages_named_by_tokens_say_which_is_the_last() {
        let is_wrong = |page: Value| wrong_end(&page).is_some();
        assert!(is_wrong(json!({ "isLast": true, "nextPageToken": "t", "issues": [1] })));
        assert!(is_wrong(json!({ "isLast": false, "issues": [1] })));
        assert!(!is_wrong(json!({ "isLast": false, "nextPageToken": "t", "issues": [1] })));
        assert!(!is_wrong(json!({ "isLast": true, "issues": [1] })));
        assert!(!is_wrong(json!({ "isLast": false, "startAt": 0, "values": [1] })));
    }
}
