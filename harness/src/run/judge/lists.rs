//! What must hold of lists and their pages.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Bench, Check, Difference, disagreement};
use crate::run::{
    case::{Exchange, Role},
    mark,
    paging::{has_name, identity, items},
};

impl Bench<'_> {
    /// Nothing is listed twice in one answer.
    pub(super) fn unique(&mut self, step: usize, items: &[Value]) {
        if items.is_empty() || !items.iter().all(has_name) {
            return;
        }
        let mut seen = BTreeSet::new();
        let twice = items.iter().map(identity).find(|id| !seen.insert(id.clone()));
        let repeated = twice.clone().unwrap_or_default();
        let message = || "a list has two things with one id".to_owned();
        self.say(step, Check::UniqueIds, twice.is_none(), message, "each id once", &repeated);
    }

    /// The list has what was made.
    pub(super) fn contains(&mut self, number: usize, of: usize) {
        let Some(made) = self.trace.first(of) else { return };
        let made_body = made.success().map(|answer| answer.json()).unwrap_or_default();
        let wanted = name_of(made, &made_body);
        let mut listed = Vec::new();
        for exchange in had(&self.trace.steps[number]) {
            // A list that can't be had shows nothing; other checks say so.
            let Some(answer) = exchange.success() else { return };
            match items(&answer.json()) {
                Some(items) => listed.extend(items.iter().cloned()),
                None => return,
            }
        }
        let last = self.trace.steps[number].last().and_then(|exchange| exchange.success()).map(|answer| answer.json());
        let total = last.as_ref().and_then(|page| page["total"].as_u64()).unwrap_or_default();
        let item = listed.iter().find(|item| is_named(item, &wanted));
        let found = item.is_some();
        let length = last.as_ref().and_then(items).map_or(0, Vec::len) as u64;
        let is_end =
            |page: &Value| page["isLast"] == true || page["maxResults"].as_u64().is_some_and(|most| length < most);
        if !found && total > listed.len() as u64 && !last.as_ref().is_some_and(is_end) {
            return; // it was too long to be seen as a whole
        }
        let message = || "what was made is not in the list".to_owned();
        self.say(number, Check::ListsContainAndPage, found, message, &wanted, &format!("{} others", listed.len()));
        let Some(item) = item else { return };
        let volatile = |name: &str| self.judge.links.is_volatile(name);
        if let Some(Difference { at, left, right }) = disagreement(&made_body, item, &volatile) {
            let message = "a list says something else of a thing than what made it".to_owned();
            self.fail(number, Check::ListsContainAndPage, message, &at, &left, &right);
        }
        self.maker(number, of, item);
    }

    /// The list doesn't have what the caller was told is not there.
    pub(super) fn unlisted(&mut self, number: usize, of: usize, told: usize) {
        let (Role::Contains { of }, Some(_)) = (&self.case.steps[of].role, self.trace.success(number)) else { return };
        let of = *of;
        let refused = self.trace.first(told).and_then(|exchange| exchange.result.as_ref().ok());
        let (Some(made), Some(400 | 404)) = (self.trace.first(of), refused.map(|answer| answer.status)) else { return };
        let made_body = made.success().map(|answer| answer.json()).unwrap_or_default();
        let hidden = name_of(made, &made_body);
        let pages = self.trace.steps[number].iter().filter_map(|exchange| Some(exchange.success()?.json()));
        let rows: Vec<_> = pages.filter_map(|page| items(&page).cloned()).flatten().collect();
        let is_shown = rows.iter().any(|row| is_named(row, &hidden));
        let message = || "one is shown in a list what he is told is not there".to_owned();
        self.say(number, Check::Authorization, !is_shown, message, "not there", &hidden);
    }

    /// The pages of a list make up the whole.
    pub(super) fn pages(&mut self, number: usize) {
        let exchanges: Vec<_> = had(&self.trace.steps[number]).collect();
        let mut short: Vec<Value> = Vec::new();
        let mut whole: Vec<Value> = Vec::new();
        let (mut totals, mut too_long) = (BTreeSet::new(), None);
        let (mut wrong_end, mut ended) = (None, false);
        let estimates = self.judge.links.estimates(self.operation(number));
        for exchange in &exchanges {
            let Some(answer) = exchange.success() else { return };
            let page = answer.json();
            let Some(listed) = items(&page) else { return };
            totals.extend(page["total"].as_u64());
            let limit = limit_of(&exchange.request.path);
            if listed.len() as u64 > limit {
                too_long = Some((limit, listed.len()));
            }
            let place = if limit < 10 { &mut short } else { &mut whole };
            place.extend(listed.iter().cloned());
            let is_last = page["isLast"].as_bool().or(page["isLastPage"].as_bool());
            ended = is_last.unwrap_or((listed.len() as u64) < limit);
            if let (Some(is_last), Some(total)) = (is_last, page["total"].as_u64())
                && !estimates
                && is_last != (place.len() as u64 >= total)
            {
                wrong_end = Some(format!("isLast: {is_last} after {} of {total}", place.len()));
            }
        }
        if let Some(told) = wrong_end {
            let message = "a page says wrongly whether it is the last".to_owned();
            return self.fail(number, Check::ListsContainAndPage, message, "/isLast", "as the total says", &told);
        }
        if let Some((limit, length)) = too_long {
            let message = "a page is longer than it was asked for".to_owned();
            return self.fail(number, Check::ListsContainAndPage, message, "", &limit.to_string(), &length.to_string());
        }
        // What is sieved after it was counted leaves pages short or empty: then they can't be laid side by side.
        if estimates && totals.iter().any(|total| *total != whole.len() as u64) {
            return;
        }
        let (short, whole): (Vec<_>, Vec<_>) =
            (short.iter().map(identity).collect(), whole.iter().map(identity).collect());
        let mut seen = BTreeSet::new();
        if let Some(repeated) = short.iter().find(|id| !seen.insert(*id)) {
            let message = "an item is on two pages".to_owned();
            return self.fail(number, Check::ListsContainAndPage, message, "", "once", repeated);
        }
        let begins = &whole[..whole.len().min(short.len())];
        let walked = exchanges.iter().filter(|exchange| limit_of(&exchange.request.path) < 10).count();
        let lacks = if walked < 12 { short.len() != whole.len() } else { short.len() < whole.len().min(walked) };
        if short != begins || lacks {
            let message = "short pages don't make up the whole list".to_owned();
            return self.fail(number, Check::ListsContainAndPage, message, "", &whole.join(" "), &short.join(" "));
        }
        let length = whole.len() as u64;
        let is_wrong = |total: &u64| *total < length || ended && *total > length;
        if !estimates && (totals.len() > 1 || totals.iter().any(is_wrong)) {
            let message = "the total is not how many there are".to_owned();
            let told = totals.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            return self.fail(number, Check::ListsContainAndPage, message, "/total", &whole.len().to_string(), &told);
        }
        if !whole.is_empty() {
            self.pass(number, Check::ListsContainAndPage);
        }
    }
}

/// The pages of a list, without that of a length that was refused before one was taken.
fn had(exchanges: &[Exchange]) -> impl Iterator<Item = &Exchange> {
    let refused = |(number, exchange): (usize, &Exchange)| {
        let is_shorter = |next: &Exchange| limit_of(&next.request.path) < limit_of(&exchange.request.path);
        exchange.success().is_none() && exchanges.get(number + 1).is_some_and(is_shorter)
    };
    let is_had = move |known: &(usize, &Exchange)| !refused(*known);
    exchanges.iter().enumerate().filter(is_had).map(|(_, exchange)| exchange)
}

/// What tells what was made from others.
fn name_of(made: &Exchange, body: &Value) -> String {
    match mark::attribute(body, "id", false) {
        Some(id) => mark::text(&id),
        // Where the caller chose the name, it is in the path.
        None => {
            let path = made.request.path.split('?').next().unwrap_or_default();
            path.rsplit('/').next().unwrap_or_default().to_owned()
        }
    }
}

/// Whether a list's thing is the one of that name.
pub(super) fn is_named(item: &Value, name: &str) -> bool {
    let names = ["id", "key", "accountId", "groupId", "contextId", "relatedWorkId"];
    names.iter().any(|known| item.get(*known).is_some_and(|value| mark::text(value) == name))
}

/// How long a page was asked to be.
fn limit_of(path: &str) -> u64 {
    let parameter = |part: &str| {
        let value = part.strip_prefix("maxResults=").or_else(|| part.strip_prefix("limit="))?;
        value.parse().ok()
    };
    path.split(['?', '&']).filter_map(parameter).next_back().unwrap_or(u64::MAX)
}

/// What the second list has and the first has not.
pub fn more<'s>(all: &[Value], seen: impl Iterator<Item = &'s Value>) -> Option<String> {
    let known: BTreeSet<_> = all.iter().map(identity).collect();
    seen.map(identity).find(|id| !known.contains(id))
}
