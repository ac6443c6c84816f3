//! What must hold of what is written, read and deleted.

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{Bench, Check, Difference, difference, unwritten};
use crate::{
    run::{
        case::{Exchange, Role, Step},
        links, mark,
        paging::{is_part, items},
    },
    target::{Answer, Body, Caller},
};

impl Bench<'_> {
    /// An answer about one thing is about the one that was asked for: by the end of the path, or by the parameter that
    /// names it.
    pub(super) fn asked(&mut self, step: usize, exchange: &Exchange, answer: &Answer) {
        if !answer.is_success() || matches!(self.case.steps[step].role, Role::Follow { .. }) {
            return;
        }
        let (known, operation) = (&self.judge.links, self.operation(step));
        let (path, query) = exchange.request.path.split_once('?').unwrap_or((&exchange.request.path, ""));
        let by = known.kind_of(operation).and_then(|kind| known.kind(kind)?.by.as_deref());
        let by_query = || query.split('&').find_map(|part| part.strip_prefix(by?)?.strip_prefix('='));
        let asked = if operation.path.ends_with('}') { path.rsplit('/').next() } else { by_query() };
        let Some(asked) = asked.and_then(|text| percent_decode_str(text).decode_utf8().ok()) else { return };
        let told = answer.json();
        let names: Vec<_> = mark::NAMES.iter().filter_map(|name| told.get(*name)).map(mark::text).collect();
        // What is given another key answers by the old one, too.
        let is_renamed =
            |exchange: &Exchange| matches!(&exchange.request.body, Body::Json(body) if body.get("key").is_some());
        if self.trace.steps[..step].iter().flatten().any(is_renamed) {
            return;
        }
        if told.get("id").or_else(|| told.get("key")).or_else(|| told.get("accountId")).is_some() {
            let is_meant = names.iter().any(|name| name.eq_ignore_ascii_case(&asked));
            let message = || "the answer is about something else than was asked for".to_owned();
            self.say(step, Check::AsAsked, is_meant, message, &asked, &names.join(", "));
        }
    }

    /// What is made twice is two things.
    pub(super) fn second(&mut self, number: usize, of: usize, answer: &Answer) {
        let Some(first) = self.trace.success(of) else { return };
        let (first, second) = (first.json(), answer.json());
        if !answer.is_success() || first["id"].is_null() && first["key"].is_null() {
            return;
        }
        for name in ["id", "key"].into_iter().filter(|name| !first[*name].is_null()) {
            let message = || format!("two things have one {name}");
            self.say(
                number,
                Check::UniqueIds,
                first[name] != second[name],
                message,
                "another",
                &second[name].to_string(),
            );
        }
    }

    /// Something is different from what it was.
    pub(super) fn changed(&mut self, number: usize, of: usize, since: usize, answer: &Answer) {
        let Some(before) = self.trace.first(since).and_then(|exchange| exchange.result.as_ref().ok()) else { return };
        if !before.is_success() && !answer.is_success() {
            return;
        }
        // What another may do, too, was done already, unless each does it for himself.
        let is_personal = self.judge.links.is_personal(self.operation(of));
        let is_denied = |(step, exchanges): (&Step, &Vec<Exchange>)| {
            step.role == Role::As { of: None } && exchanges.iter().any(|exchange| exchange.success().is_some())
        };
        if !is_personal && self.case.steps[..of].iter().zip(&self.trace.steps).any(is_denied) {
            return;
        }
        let (earlier, now) = (before.json(), answer.json());
        let is_volatile = |name: &str| self.judge.links.is_volatile(name);
        let is_same = |one: &Value, other: &Value| difference(one, other, false, &is_volatile).is_none();
        // Of a list, the row of what was changed tells: others may change at the same time.
        let rows = self.row_of(of, number, &earlier).zip(self.row_of(of, number, &now));
        let same = match rows {
            Some((earlier, now)) => is_same(earlier, now),
            None => before.status == answer.status && is_same(&earlier, &now),
        };
        // It may be on another page.
        if same && rows.is_none() && is_part(&now) {
            return;
        }
        let what = links::name(self.operation(of));
        let message = || format!("what {what} was to change is as it was before");
        let seen = String::from_utf8_lossy(&before.body);
        self.say(number, Check::ReadAfterWrite, !same, message, "a change", &seen);
        if items(&now).is_some() {
            self.answered(number, of, &now);
        }
    }

    /// The row of a list of what a step changed, if that stands there: by the end of its path.
    fn row_of<'b>(&self, of: usize, list: usize, body: &'b Value) -> Option<&'b Value> {
        let (operation, list) = (self.operation(of), self.operation(list));
        let is_row = operation.method == Method::PUT
            && links::normal(&operation.path) == format!("{}/{{}}", links::normal(&list.path));
        let path = self.trace.first(of).filter(|_| is_row)?.request.path.split('?').next()?;
        let name = percent_decode_str(path.rsplit('/').next()?).decode_utf8().ok()?;
        items(body)?.iter().find(|row| super::lists::is_named(row, &name))
    }

    /// What was written is there.
    pub(super) fn read_back(&mut self, number: usize, of: usize, since: Option<usize>, answer: &Answer) {
        let Some(written) = self.trace.first(of) else { return };
        if !answer.is_success() {
            let message = "what was just written can't be read".to_owned();
            return self.fail(number, Check::ReadAfterWrite, message, "", "200", &answer.status.to_string());
        }
        let read = answer.json();
        let body = match &written.request.body {
            Body::Json(body) => body,
            _ => &Value::Null,
        };
        let operation = self.operation(of);
        let kept = |name: &str| !["id", "self"].contains(&name) && !self.judge.links.is_ignored(operation, name);
        // Of properties, the body is the value.
        let told = if operation.path.contains("/properties/") { &read["value"] } else { &read };
        match unwritten(body, told, &kept) {
            Err(Difference { at, left, right }) => {
                let message = "what is read is not what was written".to_owned();
                self.fail(number, Check::ReadAfterWrite, message, &at, &left, &right);
            }
            Ok(0) => {
                if let Some(since) = since {
                    self.changed(number, of, since, answer);
                }
            }
            Ok(_) => self.pass(number, Check::ReadAfterWrite),
        }
        self.answered(number, of, &read);
        self.maker(number, of, &read);
    }

    /// What tells who made something tells who did.
    pub(super) fn maker(&mut self, number: usize, of: usize, thing: &Value) {
        let Some(me) = self.judge.me["accountId"].as_str() else { return };
        // What was there before may be another's.
        let links = &self.judge.links;
        let kind = links.kind_of(self.operation(of)).and_then(|kind| links.kind(kind));
        let create = kind.and_then(|kind| kind.create);
        let is_making = |step: &Step| create == Some(step.operation) && step.caller == Caller::Main;
        if create.is_some() && !self.case.steps[..=of].iter().any(is_making) {
            return;
        }
        let written = match self.trace.first(of).map(|exchange| &exchange.request.body) {
            Some(Body::Json(body)) => body.clone(),
            _ => Value::Null,
        };
        for (place, written) in [(thing, &written), (&thing["fields"], &written["fields"])] {
            for (name, value) in place.as_object().into_iter().flatten() {
                let Some(found) = value["accountId"].as_str() else { continue };
                if self.judge.links.tells_maker(name) && written[name].is_null() {
                    let message = || format!("'{name}' is another than who made it");
                    self.say(number, Check::ReadAfterWrite, found == me, message, me, found);
                }
            }
        }
    }

    /// What was deleted is not there.
    pub(super) fn gone(&mut self, number: usize, of: usize, answer: &Answer) {
        if self.judge.links.outlives(self.operation(of)) {
            return;
        }
        // Where several can be asked for, none is told.
        let none = items(&answer.json()).is_some_and(|items| items.is_empty());
        let gone = !answer.is_success() || none;
        let message = || "what was deleted is still there".to_owned();
        self.say(number, Check::DeleteIsGone, gone, message, "404", &answer.status.to_string());
    }
}
