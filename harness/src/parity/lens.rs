//! What must differ between two targets, seen through: addresses, times, ids, people.
//!
//! A text is read into a skeleton, in which everything that a target chose for itself is a symbol, and the list of the
//! ids that stood there. Two texts agree when their skeletons are equal and their ids always stand for each other.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use regex::{Captures, Regex};
use serde_json::Value;

use super::variables::Variables;

/// One target's own words.
#[derive(Clone, Debug, Default)]
pub struct Lens {
    /// Addresses that the target goes by.
    addresses: Vec<String>,
    /// What makes the names of this run unique.
    run: String,
    /// The key of the project that the run works in.
    project: Option<String>,
    /// Custom fields: their names by their ids.
    fields: HashMap<String, String>,
    /// Names and addresses of people.
    people: HashSet<String>,
    /// What was captured: its name by its value.
    captured: HashMap<String, String>,
}

/// A text without what a target chose for itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Skeleton {
    /// The text with symbols.
    pub text: String,
    /// The ids that stood there, in order.
    pub ids: Vec<String>,
}

/// What a person is called by; who exists is a matter of the site.
pub const PERSONAL: [&str; 8] =
    ["displayName", "emailAddress", "name", "key", "timeZone", "locale", "avatarUrls", "html"];

#[allow(clippy::expect_used, reason = "the pattern is constant, and every test passes here")]
static CHOSEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
          (?P<time> \b\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d (?: :\d\d (?: \.\d+ )? )? (?: Z | [+-]\d\d:?\d\d )? )
        | (?P<date> \b\d{1,2}/[A-Z][a-z]{2}/\d\d (?: \ \d{1,2}:\d\d\ [AP]M )?
                  | \b(?:Today|Yesterday)\ \d{1,2}:\d\d\ [AP]M
                  | \b(?:\d+|a)\ (?:second|minute|hour|day)s?\ ago | \b[Jj]ust\ now )
        | (?P<host> https?://[^/\s"'<>()?]+ )
        | (?P<field> \bcustomfield_\d+\b )
        | (?P<id> \b(?: [a-z0-9]+: )? [0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b
                | \b[0-9a-fA-F]{16,}\b
                | \b[0-9]\|[a-z0-9]+:[a-z0-9]*
                | (?P<project> \b[A-Z][A-Z0-9_]+ ) -\d+\b
                | \b\d{5,}\b )
        | (?P<version> /rest/api/\d )
        | (?P<segment> /\d+ \b )
        "#,
    )
    .expect("a pattern")
});

impl Lens {
    /// A target at an address.
    pub fn new(address: &str, run: &str, project: Option<&str>) -> Self {
        let addresses = vec![address.trim_end_matches('/').to_owned()];
        Self { addresses, run: run.to_owned(), project: project.map(str::to_owned), ..Self::default() }
    }

    /// Takes from an answer whom and what it names.
    pub fn learn(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Value::as_str);
                if let (Some(id), Some(name)) = (text("id"), text("name"))
                    && id.starts_with("customfield_")
                {
                    self.fields.insert(id.to_owned(), name.to_owned());
                }
                if let (Some(address), Some(_)) = (text("baseUrl"), text("serverTitle")) {
                    self.addresses.push(address.trim_end_matches('/').to_owned());
                    // The longest first: one may begin with the other.
                    self.addresses.sort_by_key(|address| std::cmp::Reverse(address.len()));
                }
                if members.contains_key("accountId") {
                    let names = ["displayName", "emailAddress"].iter().filter_map(|name| text(name));
                    self.people.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
                }
                members.values().for_each(|member| self.learn(member));
            }
            _ => {}
        }
    }

    /// Takes what a scenario captured.
    pub fn capture(&mut self, name: &str, variables: &Variables) {
        // Shorter ones would be found in texts that have nothing to do with them.
        if let Some(text) = variables.text(name).filter(|text| text.len() > 2) {
            self.captured.insert(text, name.to_owned());
        }
    }

    /// Reads a text.
    pub fn read(&self, text: &str) -> Skeleton {
        let mut ids = Vec::new();
        if self.people.contains(text) {
            return Skeleton { text: "{person}".to_owned(), ids };
        }
        if let Some(name) = self.captured.get(text).filter(|_| !text.chars().all(|c| c.is_ascii_digit())) {
            return Skeleton { text: format!("{{{name}}}"), ids };
        }
        let mut text = text.to_owned();
        for address in &self.addresses {
            text = text.replace(address, "https://host");
        }
        if !self.run.is_empty() {
            text = text.replace(&self.run, "{run}");
        }
        let address = text.starts_with("http") || text.starts_with('/');
        let symbol = |found: &Captures<'_>| -> String {
            let whole = found.get(0).map_or("", |whole| whole.as_str());
            if found.name("time").is_some() {
                return time_shape(whole);
            }
            if found.name("date").is_some() {
                return "{date}".to_owned();
            }
            if found.name("host").is_some() {
                return "{host}".to_owned();
            }
            if found.name("field").is_some() {
                return self.field(whole);
            }
            if found.name("version").is_some() {
                return whole.to_owned();
            }
            if found.name("segment").is_some() {
                // Short numbers are ids in addresses only.
                if !address && whole.len() < 6 {
                    return whole.to_owned();
                }
                ids.push(whole[1..].to_owned());
                return "/{id}".to_owned();
            }
            ids.push(whole.to_owned());
            let own = found.name("project").map(|project| Some(project.as_str()) == self.project.as_deref());
            if own == Some(true) { "{project}-{id}".to_owned() } else { "{id}".to_owned() }
        };
        let read = CHOSEN.replace_all(&text, symbol).into_owned();
        let text = match &self.project {
            Some(key) => replace_word(&read, key, "{project}"),
            None => read,
        };
        Skeleton { text, ids }
    }

    /// Whether the name that a custom field was read as is one of this target's.
    pub fn has_field(&self, read: &str) -> bool {
        read.strip_prefix("{field ")
            .and_then(|name| name.strip_suffix('}'))
            .is_some_and(|name| self.fields.values().any(|own| own == name))
    }

    /// A custom field by its name, since its number is the site's.
    fn field(&self, id: &str) -> String {
        self.fields.get(id).map_or_else(|| "{field}".to_owned(), |name| format!("{{field {name}}}"))
    }
}

/// How a time is written: `2026-01-02T03:04:05.678+0100` and `…-0800` are written alike, `…Z` is not.
fn time_shape(time: &str) -> String {
    let shape = time.char_indices().map(|(at, c)| match c {
        '0'..='9' => '0',
        '+' | '-' if at > 10 => '±',
        c => c,
    });
    format!("{{time {}}}", shape.collect::<String>())
}

/// Replaces a word, but not within longer ones.
pub fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let part = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let within = before.ends_with(part) || after.starts_with(part);
        out.push_str(before);
        out.push_str(if within { word } else { by });
        rest = after;
    }
    out + rest
}

/// Which ids of two targets stand for each other. An id is one of a place: two kinds of things may share a number.
#[derive(Debug, Default)]
pub struct Pairs {
    rights: HashMap<(String, String), String>,
    lefts: HashMap<(String, String), String>,
}

impl Pairs {
    /// Remembers that two ids stood at the same place. When one of them stood for another before, that is returned.
    pub fn join(&mut self, place: &str, left: &str, right: &str) -> Result<(), String> {
        let key = |id: &str| (place.to_owned(), id.to_owned());
        let before = self.rights.entry(key(left)).or_insert_with(|| right.to_owned());
        if before != right {
            return Err(format!("{left} stood for {before} before"));
        }
        let before = self.lefts.entry(key(right)).or_insert_with(|| left.to_owned());
        if before != left {
            return Err(format!("{right} stood for {before} before"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lens() -> Lens {
        let mut lens = Lens::new("http://127.0.0.1:1/_site/a/", "r4x", Some("DEMO"));
        lens.learn(&json!([
            {"id": "customfield_10021", "name": "Story points"},
            {"accountId": "1", "displayName": "Ann", "emailAddress": "ann@example.com"},
            {"baseUrl": "https://acme.atlassian.net", "serverTitle": "Jira"},
        ]));
        lens
    }

    fn check(text: &str, expect: &str, ids: &[&str]) {
        let skeleton = lens().read(text);
        assert_eq!((skeleton.text.as_str(), skeleton.ids), (expect, ids.iter().map(|id| id.to_string()).collect()));
    }

    #[test]
    fn what_a_target_chose_is_a_symbol() {
        check("http://127.0.0.1:1/_site/a/rest/api/3/priority/3", "{host}/rest/api/3/priority/{id}", &["3"]);
        check("https://acme.atlassian.net/rest/api/3/issue/10001", "{host}/rest/api/3/issue/{id}", &["10001"]);
        check("2026-01-02T03:04:05.678-0800", "{time 0000-00-00T00:00:00.000±0000}", &[]);
        check("2026-01-02T03:04:05.678Z", "{time 0000-00-00T00:00:00.000Z}", &[]);
        check("05/Apr/23 4:58 AM", "{date}", &[]);
        check("DEMO-12 blocks OTHER-7, not DEMOS", "{project}-{id} blocks {id}, not DEMOS", &["DEMO-12", "OTHER-7"]);
        check("project = DEMO", "project = {project}", &[]);
        check("no customfield_10021 of customfield_1", "no {field Story points} of {field}", &[]);
        check("Ann", "{person}", &[]);
        check("Annex r4x", "Annex {run}", &[]);
        check("5b10ac8d82e05b22cc7d4ef5", "{id}", &["5b10ac8d82e05b22cc7d4ef5"]);
        check("712020:0e2f5a1e-5c3b-4d0a-9c57-0123456789ab", "{id}", &["712020:0e2f5a1e-5c3b-4d0a-9c57-0123456789ab"]);
        check("at most 255 characters of 12345", "at most 255 characters of {id}", &["12345"]);
        check("1/2 done", "1/2 done", &[]);
        check("/projects/DEMO/versions/10004/edit", "/projects/{project}/versions/{id}/edit", &["10004"]);
    }

    #[test]
    fn ids_stand_for_one_id_each() {
        let mut pairs = Pairs::default();
        assert_eq!(pairs.join("/id", "1", "2"), Ok(()));
        assert_eq!(pairs.join("/id", "1", "2"), Ok(()));
        assert_eq!(pairs.join("/issuetype/id", "1", "3"), Ok(()), "another kind of thing");
        assert_eq!(pairs.join("/id", "1", "3"), Err("1 stood for 2 before".to_owned()));
        assert_eq!(pairs.join("/id", "4", "2"), Err("2 stood for 1 before".to_owned()));
    }
}
