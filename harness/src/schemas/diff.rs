//! What changed from one contract to another, in the words of its readers: a fact was added or
//! removed, or a limit became narrower or wider.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::strip::METHODS;

#[cfg(test)]
mod tests;

/// How a fact changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Less is allowed than before.
    Narrowed,
    /// More is allowed than before.
    Widened,
    /// It is another, neither narrower nor wider.
    Changed,
}

/// One difference between two contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// How the fact changed.
    pub kind: Kind,
    /// The fact, as `GET /path status 200` or `schema Project.key`.
    pub at: String,
    /// What it was and is, where the kind does not say it all.
    pub detail: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Narrowed => "narrowed",
            Kind::Widened => "widened",
            Kind::Changed => "changed",
        };
        write!(f, "{kind:<8} {}", self.at)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// Facts of which another is neither narrower nor wider.
const OF_OPERATIONS: [&str; 7] = [
    "operationId",
    "tags",
    "security",
    "x-atlassian-connect-scope",
    "x-atlassian-oauth2-scopes",
    "x-changes",
    super::ONLY_VERSION,
];
const OF_PARAMETERS: [&str; 3] = ["style", "explode", "x-changes"];
const OF_SCHEMAS: [&str; 8] =
    ["$ref", "format", "pattern", "multipleOf", "default", "discriminator", "exclusiveMinimum", "exclusiveMaximum"];
const OF_SECURITY_SCHEMES: [&str; 5] = ["type", "scheme", "bearerFormat", "name", "in"];

/// Limits of schemas: less is narrower of the ones, more of the others.
const MOST: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
const LEAST: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];

/// All differences, operations first. Whatever an import keeps is compared, but for what a document is called.
pub fn contracts(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    changes.entries(&old["paths"], &new["paths"], "", |changes, path, old, new| {
        changes.entries(old, new, "", |changes, method, old, new| {
            if !METHODS.contains(&method) {
                return;
            }
            let at = format!("{} {path}", method.to_uppercase());
            changes.presence(&at, old, new, |changes| changes.operation(&at, old, new));
        });
    });
    let schemas = |contract: &Value| contract["components"]["schemas"].clone();
    changes.entries(&schemas(old), &schemas(new), "schema ", |changes, at, old, new| {
        changes.presence(at, old, new, |changes| changes.schema(at, old, new));
    });
    let security = |contract: &Value| contract["components"]["securitySchemes"].clone();
    changes.entries(&security(old), &security(new), "security ", |changes, at, old, new| {
        changes.presence(at, old, new, |changes| changes.security_scheme(at, old, new));
    });
    let servers = |contract: &Value| -> Value {
        contract["servers"].as_array().into_iter().flatten().map(|server| server["url"].clone()).collect()
    };
    changes.replaced("servers", &servers(old), &servers(new));
    changes.0
}

struct Changes(Vec<Change>);

impl Changes {
    fn push(&mut self, kind: Kind, at: &str, detail: impl Into<String>) {
        self.0.push(Change { kind, at: at.to_owned(), detail: detail.into() });
    }

    /// Visits the keys of both objects; what one of them lacks is null.
    fn entries(
        &mut self,
        old: &Value,
        new: &Value,
        prefix: &str,
        mut visit: impl FnMut(&mut Self, &str, &Value, &Value),
    ) {
        let keys = |value: &Value| -> Vec<String> {
            value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
        };
        for key in keys(old).into_iter().chain(keys(new)).collect::<BTreeSet<_>>() {
            visit(self, &format!("{prefix}{key}"), &old[&key], &new[&key]);
        }
    }

    fn presence(&mut self, at: &str, old: &Value, new: &Value, both: impl FnOnce(&mut Self)) {
        match (old.is_null(), new.is_null()) {
            (true, true) => {}
            (true, false) => self.push(Kind::Added, at, ""),
            (false, true) => self.push(Kind::Removed, at, ""),
            (false, false) => both(self),
        }
    }

    fn operation(&mut self, at: &str, old: &Value, new: &Value) {
        self.all_replaced(&OF_OPERATIONS, at, old, new);
        self.flags(&["deprecated", "x-experimental"], at, old, new);
        let (old_parameters, new_parameters) = (by_name(old), by_name(new));
        self.entries(&old_parameters, &new_parameters, "", |changes, name, old, new| {
            let at = format!("{at} parameter {name}");
            changes.presence(&at, old, new, |changes| {
                changes.limit(&format!("{at} required"), is_required(old), is_required(new));
                changes.all_replaced(&OF_PARAMETERS, &at, old, new);
                changes.flags(&["deprecated", "allowEmptyValue"], &at, old, new);
                changes.schema(&at, &old["schema"], &new["schema"]);
            });
        });
        let at_body = format!("{at} body");
        let [old_body, new_body] = [&old["requestBody"], &new["requestBody"]];
        self.limit(&format!("{at_body} required"), is_required(old_body), is_required(new_body));
        self.contents(&at_body, old_body, new_body);
        self.entries(&old["responses"], &new["responses"], "", |changes, status, old, new| {
            let at = format!("{at} status {status}");
            changes.presence(&at, old, new, |changes| {
                changes.contents(&at, old, new);
                changes.entries(&old["headers"], &new["headers"], "", |changes, name, old, new| {
                    let at = format!("{at} header {name}");
                    changes.presence(&at, old, new, |changes| changes.schema(&at, &old["schema"], &new["schema"]));
                });
            });
        });
    }

    fn security_scheme(&mut self, at: &str, old: &Value, new: &Value) {
        self.all_replaced(&OF_SECURITY_SCHEMES, at, old, new);
        self.entries(&old["flows"], &new["flows"], "", |changes, flow, old, new| {
            let at = format!("{at} {flow}");
            changes.presence(&at, old, new, |changes| {
                changes.all_replaced(&["authorizationUrl", "tokenUrl", "refreshUrl"], &at, old, new);
                changes.entries(&old["scopes"], &new["scopes"], &format!("{at} scope "), |changes, at, old, new| {
                    changes.presence(at, old, new, |_| {});
                });
            });
        });
    }

    fn contents(&mut self, at: &str, old: &Value, new: &Value) {
        self.entries(&old["content"], &new["content"], "", |changes, media_type, old, new| {
            let at = format!("{at} {media_type}");
            changes.presence(&at, old, new, |changes| {
                changes.schema(&at, &old["schema"], &new["schema"]);
            });
        });
    }

    fn schema(&mut self, at: &str, old: &Value, new: &Value) {
        if old == new {
            return;
        }
        self.types(at, old, new);
        self.all_replaced(&OF_SCHEMAS, at, old, new);
        self.flags(&["readOnly", "writeOnly", "deprecated"], at, old, new);
        for (bounds, outer) in [(MOST, f64::INFINITY), (LEAST, f64::NEG_INFINITY)] {
            bounds.iter().for_each(|bound| self.bound(&format!("{at} {bound}"), &old[*bound], &new[*bound], outer));
        }
        self.limit(&format!("{at} uniqueItems"), old["uniqueItems"] == true, new["uniqueItems"] == true);
        self.limit(&format!("{at} null"), old["nullable"] != true, new["nullable"] != true);
        self.set(&format!("{at} enum"), &old["enum"], &new["enum"], Kind::Widened);
        self.set(&format!("{at} required"), &old["required"], &new["required"], Kind::Narrowed);
        self.limit(
            &format!("{at} undocumented properties"),
            old["additionalProperties"] == false,
            new["additionalProperties"] == false,
        );
        self.entries(&old["properties"], &new["properties"], "", |changes, name, old, new| {
            let at = format!("{at}.{name}");
            changes.presence(&at, old, new, |changes| changes.schema(&at, old, new));
        });
        for (key, mark) in [("items", "[]"), ("additionalProperties", ".*"), ("not", " not")] {
            let at = format!("{at}{mark}");
            let [old, new] = [old, new].map(|schema| if schema[key].is_object() { &schema[key] } else { &Value::Null });
            self.presence(&at, old, new, |changes| changes.schema(&at, old, new));
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            let [old, new] = [old, new].map(|schema| schema[key].as_array().map_or(&[][..], |a| a));
            if old.len() != new.len() {
                let detail = format!("{} to {} members", old.len(), new.len());
                self.push(Kind::Changed, &format!("{at} {key}"), detail);
                continue;
            }
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                // A lone `allOf` is the documents' way to put a remark beside a reference.
                let at = if old == new { at.to_owned() } else { format!("{at} {key} {index}") };
                self.schema(&at, old, new);
            }
        }
    }

    fn types(&mut self, at: &str, old: &Value, new: &Value) {
        let kind = match (old["type"].as_str(), new["type"].as_str()) {
            (old, new) if old == new => return,
            (Some("integer"), Some("number")) | (Some(_), None) => Kind::Widened,
            (Some("number"), Some("integer")) | (None, Some(_)) => Kind::Narrowed,
            _ => Kind::Changed,
        };
        self.push(kind, &format!("{at} type"), from_to(&old["type"], &new["type"]));
    }

    fn all_replaced(&mut self, facts: &[&str], at: &str, old: &Value, new: &Value) {
        facts.iter().for_each(|fact| self.replaced(&format!("{at} {fact}"), &old[*fact], &new[*fact]));
    }

    /// Marks that are there or not.
    fn flags(&mut self, flags: &[&str], at: &str, old: &Value, new: &Value) {
        for flag in flags {
            match (old[*flag] == true, new[*flag] == true) {
                (false, true) => self.push(Kind::Added, &format!("{at} {flag}"), ""),
                (true, false) => self.push(Kind::Removed, &format!("{at} {flag}"), ""),
                _ => {}
            }
        }
    }

    /// A number that nothing may be beyond; where there is none, that is as far as `outer`.
    fn bound(&mut self, at: &str, old: &Value, new: &Value, outer: f64) {
        let [before, now] = [old, new].map(|bound| bound.as_f64().unwrap_or(outer));
        if before != now {
            let is_nearer = if outer > 0.0 { now < before } else { now > before };
            self.push(if is_nearer { Kind::Narrowed } else { Kind::Widened }, at, from_to(old, new));
        }
    }

    fn replaced(&mut self, at: &str, old: &Value, new: &Value) {
        if old != new {
            self.push(Kind::Changed, at, from_to(old, new));
        }
    }

    /// A limit that holds or not.
    fn limit(&mut self, at: &str, held: bool, holds: bool) {
        match (held, holds) {
            (false, true) => self.push(Kind::Narrowed, at, ""),
            (true, false) => self.push(Kind::Widened, at, ""),
            _ => {}
        }
    }

    /// A set of words, and what it means when it grows. No set at all is no limit.
    fn set(&mut self, at: &str, old: &Value, new: &Value, grown: Kind) {
        let lacking = |here: &Value, there: &Value| -> Vec<String> {
            let there = there.as_array().map_or(&[][..], |a| a);
            let here = here.as_array().into_iter().flatten();
            here.filter(|word| !there.contains(word)).map(Value::to_string).collect()
        };
        let (gone, come) = (lacking(old, new), lacking(new, old));
        let shrunk = if grown == Kind::Widened { Kind::Narrowed } else { Kind::Widened };
        let kind = match (gone.is_empty(), come.is_empty()) {
            (true, true) => return,
            // An enum that appears limits, and one that disappears frees.
            (true, false) if grown == Kind::Widened && old.is_null() => Kind::Narrowed,
            (false, true) if grown == Kind::Widened && new.is_null() => Kind::Widened,
            (true, false) => grown,
            (false, true) => shrunk,
            (false, false) => Kind::Changed,
        };
        let words = come.iter().map(|word| format!("+{word}"));
        let words: Vec<_> = words.chain(gone.iter().map(|word| format!("-{word}"))).collect();
        self.push(kind, at, words.join(" "));
    }
}

fn is_required(facts: &Value) -> bool {
    facts["required"] == true
}

fn from_to(old: &Value, new: &Value) -> String {
    let text = |value: &Value| match value {
        Value::Null => "none".to_owned(),
        value => value.to_string(),
    };
    format!("{} to {}", text(old), text(new))
}

/// An operation's parameters as an object, keyed by place and name.
fn by_name(operation: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let keyed = parameters.map(|p| (format!("{} {}", text(&p["in"]), text(&p["name"])), p.clone()));
    Value::Object(keyed.collect())
}
