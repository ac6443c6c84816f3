//! What a sequence of requests has done so far.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{
    place::{last, scalars},
    scene::{Scene, json},
};
use crate::{
    run::{mark, paging::items},
    target::{Answer, Caller},
};

/// What was asked and answered so far, unmutated. It begins anew with every sequence.
#[derive(Default)]
pub struct Memory {
    /// The ids and keys of what was made.
    made: BTreeSet<String>,
    /// What was written: the last name of its place, and the text.
    written: BTreeSet<(String, String)>,
    /// How often something was written.
    writes: u64,
    /// The first answers, and how much had been written by then.
    first: HashMap<(String, Caller), (Answer, u64)>,
    /// The last rows of lists, by what was asked but for where the page begins.
    rows: HashMap<(String, Caller), Value>,
}

impl Memory {
    /// Takes in a request and its answer. `body` is what was sent.
    pub fn observe(&mut self, scene: &Scene<'_>, body: Option<&Value>, answer: &Answer) {
        if !answer.is_success() {
            return;
        }
        if scene.reads() {
            let asked = (scene.path.to_owned(), scene.caller);
            self.first.entry(asked).or_insert_with(|| (answer.clone(), self.writes));
            if let Some(row) = json(answer).as_ref().and_then(|body| items(body)?.last()) {
                self.rows.insert(list(scene), row.clone());
            }
            return;
        }
        self.writes += 1;
        if let Some(body) = body {
            let texts = scalars(body)
                .into_iter()
                .filter_map(|(at, value)| Some((last(&at).to_owned(), value.as_str()?.trim().to_owned())));
            self.written.extend(texts.filter(|(_, text)| !text.is_empty()));
        }
        let answered = json(answer).unwrap_or_default();
        if scene.makes() {
            self.made.extend(["id", "key"].iter().filter_map(|name| match &answered[*name] {
                value @ (Value::String(_) | Value::Number(_)) => Some(mark::text(value)),
                _ => None,
            }));
            self.made.extend(mark::attribute(&answered, "id", false).map(|id| mark::text(&id)));
        } else if scene.operation().method == http::Method::PUT && scene.operation().path.ends_with('}') {
            self.made.insert(scene.last_segment());
        }
    }

    /// Whether something of that name was made.
    pub fn has_made(&self, id: &str) -> bool {
        self.made.contains(id)
    }

    /// Whether a path names something that was made.
    pub fn made_in(&self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        path.split('/').any(|segment| self.made.contains(segment))
    }

    /// Whether a text was written by a name.
    pub fn wrote(&self, name: &str, text: &str) -> bool {
        self.written.contains(&(name.to_owned(), text.trim().to_owned()))
    }

    /// Whether a text was written at all.
    pub fn wrote_text(&self, text: &str) -> bool {
        self.written.iter().any(|(_, written)| written == text.trim())
    }

    /// Whether the same was asked before.
    pub fn asked(&self, scene: &Scene<'_>) -> bool {
        self.first.contains_key(&(scene.path.to_owned(), scene.caller))
    }

    /// What was answered at first, if something was written since.
    pub fn stale(&self, scene: &Scene<'_>) -> Option<&Answer> {
        let (answer, writes) = self.first.get(&(scene.path.to_owned(), scene.caller))?;
        (*writes < self.writes).then_some(answer)
    }

    /// The last row of the page before.
    pub fn last_row(&self, scene: &Scene<'_>) -> Option<&Value> {
        self.rows.get(&list(scene))
    }
}

/// A list, whatever page of it.
fn list(scene: &Scene<'_>) -> (String, Caller) {
    let (path, query) = scene.path.split_once('?').unwrap_or((scene.path, ""));
    let start = scene.paging().map_or("", |paging| paging.start);
    let begins = |pair: &&str| pair.split('=').next() != Some(start);
    (format!("{path}?{}", query.split('&').filter(begins).collect::<Vec<_>>().join("&")), scene.caller)
}
