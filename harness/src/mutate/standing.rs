//! A mutant that stands in the proxy for any client, and how it is changed from outside.
//!
//! `GET /__mutants` lists those that apply, `GET /__mutant` tells the one that stands and how many answers it has
//! changed, `PUT /__mutant` puts another there: `{"mutant": "drop-required@GET /rest/api/3/issue/{issueIdOrKey}"}`,
//! or null for none. Until it is known what applies, all of them are answered 503.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};

use super::{Mutant, channel::Channel, proxy::LATENCY, scene::Known};
use crate::target::Answer;

/// The mutants that can stand in the proxy, and the one that does.
#[derive(Default)]
pub struct Standing(Mutex<State>);

#[derive(Default)]
struct State {
    known: Option<Arc<Known>>,
    mutants: Vec<Mutant>,
    channel: Option<Arc<Channel>>,
}

impl Standing {
    /// What can stand.
    pub fn offer(&self, known: Arc<Known>, mutants: Vec<Mutant>) {
        *self.lock() = State { known: Some(known), mutants, channel: None };
    }

    /// Puts a mutant there, or none.
    pub fn put(&self, name: Option<&str>) -> Result<(), String> {
        let mut state = self.lock();
        let channel = match name {
            None => None,
            Some(name) => {
                let found = state.mutants.iter().find(|mutant| mutant.name == name).cloned();
                let mutant = found.ok_or_else(|| format!("there is no mutant '{name}' that applies"))?;
                state.known.clone().map(|known| Arc::new(Channel::new(mutant, known, LATENCY)))
            }
        };
        state.channel = channel;
        Ok(())
    }

    /// The way for those who name none.
    pub fn channel(&self) -> Option<Arc<Channel>> {
        self.lock().channel.clone()
    }

    /// Answers a request about the mutant.
    pub fn control(&self, method: &Method, path: &str, body: &[u8]) -> Answer {
        if self.lock().known.is_none() {
            return answer(503, &json!({ "error": "the target is still being looked at" }));
        }
        if path == "/__mutants" {
            return answer(200, &json!(self.lock().mutants));
        }
        if method == Method::PUT {
            let wanted: Value = serde_json::from_slice(body).unwrap_or_default();
            if let Err(message) = self.put(wanted["mutant"].as_str()) {
                return answer(404, &json!({ "error": message }));
            }
        }
        let state = self.lock();
        let mutant = state.channel.as_ref().map(|channel| &channel.mutant);
        let changed = state.channel.as_ref().map_or(0, |channel| channel.changed());
        answer(200, &json!({ "mutant": mutant, "changed": changed }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(status: u16, body: &Value) -> Answer {
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Answer { status, headers, body: body.to_string().into(), took: Default::default() }
}
