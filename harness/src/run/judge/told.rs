//! What an answer tells of itself: where it can be had, and which page it is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Bench, Check, Difference, disagreement};
use crate::{
    run::{
        execute::{query_parameters, self_links},
        paging::{Paging, items},
    },
    target::Answer,
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
        if let Some((what, expected, actual)) = wrong_page(&body, rows, has_more).filter(|_| counts) {
            self.fail(step, Check::ListsContainAndPage, what.to_owned(), "", &expected, &actual);
        }
        let mut seen = BTreeSet::new();
        let plain = rows.iter().all(Value::is_string);
        if let Some(twice) = rows.iter().filter_map(Value::as_str).find(|text| plain && !seen.insert(*text)) {
            let message = "a list has one text twice".to_owned();
            self.fail(step, Check::UniqueIds, message, "", "each once", twice);
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

/// What is wrong with what a page says of itself, and what it should be and is. `has_more` says whether others can be
/// asked for.
fn wrong_page(body: &Value, rows: &[Value], has_more: bool) -> Option<(&'static str, String, String)> {
    let number = |names: &[&str]| names.iter().find_map(|name| body[*name].as_u64());
    let listed = rows.len() as u64;
    let start = number(&["startAt", "start", "offset"]).unwrap_or_default();
    // A page that may have nothing says nothing.
    let limit = number(&["maxResults", "limit"]).filter(|limit| *limit > 0)?;
    if listed > limit {
        return Some(("a page is longer than it says it may be", limit.to_string(), listed.to_string()));
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
}
