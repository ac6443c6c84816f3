//! What tells a request from every other: its own words, all that its scenario asked before, and where the values of
//! its names come from.
//!
//! A recording answers a step only if all of that is as it was recorded: what was answered then would not be the
//! answer to anything else. Fingerprints are made of the scenario's words alone, so they hold nothing of any site.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{scenario::Step, variables::names};

/// What was asked so far.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The fingerprint of the scenario's last step.
    last: String,
    /// Where the values of names come from.
    origins: BTreeMap<String, String>,
}

impl Story {
    /// Another scenario begins, which may use what was captured so far.
    pub fn anew(&self) -> Self {
        Self { last: String::new(), origins: self.origins.clone() }
    }

    /// Takes a step in. Says its fingerprint.
    pub fn tell(&mut self, step: &Step) -> String {
        let request = String::from(step.request.clone());
        let asked = json!({
            "line": request, "query": step.query, "body": step.body, "raw": step.raw, "file": step.file, "as": step.caller,
        });
        let origins: Vec<_> = names(&asked).iter().map(|name| self.origins.get(name)).collect();
        self.last = digest(&json!([self.last, asked, origins]));
        for (name, place) in &step.capture {
            self.origins.insert(name.clone(), format!("{request} {}", place.as_str()));
        }
        self.last.clone()
    }
}

fn digest(value: &Value) -> String {
    Sha256::digest(value.to_string()).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprints(steps: Value) -> Vec<String> {
        let steps: Vec<Step> = serde_json::from_value(steps).unwrap();
        let mut story = Story::default();
        steps.iter().map(|step| story.tell(step)).collect()
    }

    #[test]
    fn whatever_is_asked_otherwise_changes_it_and_all_that_follow() {
        let make =
            json!({ "request": "POST /rest/api/3/filter", "body": { "name": "{run}" }, "capture": { "id": "/id" } });
        let read = json!({ "request": "GET /rest/api/3/filter/{id}" });
        let before = fingerprints(json!([make, read]));
        assert_eq!(fingerprints(json!([make, read])), before);
        let with = |name: &str, value: Value| {
            let mut made = make.clone();
            made[name] = value;
            fingerprints(json!([made, read]))
        };
        for changed in [
            with("body", json!({ "name": "{run}", "favourite": true })),
            with("body", Value::Null),
            with("query", json!({ "expand": "owner" })),
            with("as", json!("anonymous")),
            with("raw", json!({ "type": "text/plain", "text": "x" })),
        ] {
            assert_ne!(changed[0], before[0]);
            assert_ne!(changed[1], before[1]);
        }
        // The name means something else then.
        let captured = with("capture", json!({ "id": "/owner/accountId" }));
        assert_eq!(captured[0], before[0]);
        assert_ne!(captured[1], before[1]);
        // How answers are compared is no part of what is asked.
        assert_eq!(with("ignore", json!(["/id"])), before);
    }
}
