//! Taking secrets and personal data out of answers.
//!
//! People get other names, accounts other ids of the same form, addresses of hosts, mail and networks others that
//! belong to nobody. The same thing always becomes the same other thing, so that a recording still hangs together.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ADDRESS;
use crate::parity::{lens::replace_word, player::Content};

/// What stands where a secret stood.
const REMOVED: &str = "[removed]";

/// Members that hold secrets, whatever is in them; compared in lower case.
const SECRETS: [&str; 8] =
    ["token", "accesstoken", "refreshtoken", "password", "secret", "apikey", "clientsecret", "sharedsecret"];

/// Members that tell of a person where an account stands beside them.
const PRIVATE: [&str; 2] = ["displayName", "emailAddress"];

/// Members in which a person stands for who reads, with markup: beside an account they become the person's other name.
const MARKED_UP: &str = "html";

/// Members that tell from where somebody came.
const ORIGIN: &str = "remoteAddress";

/// An address that is nobody's.
const NOWHERE: &str = "192.0.2.1";

#[allow(clippy::expect_used, reason = "the pattern is constant, and every test passes here")]
static EVERYWHERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
          (?P<secret> \bATATT[A-Za-z0-9_=-]{16,} | \bATCTT[A-Za-z0-9_=-]{16,} | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?
                    | \b(?:Basic|Bearer)\ [A-Za-z0-9+/=._~-]{8,}
                    | (?-x:[?&](?i:token|jwt|signature|sig|x-amz-[a-z-]+)=[^&\s"]+) )
        | (?P<mail> [A-Za-z0-9._%+-]+ (?: @ | %40 ) [A-Za-z0-9.-]+ \. [A-Za-z]{2,} )
        | (?P<site> https?:// [A-Za-z0-9.-]+ \.atlassian\.net )
        | (?P<face> https?:// [a-z0-9.]* (?: gravatar\.com | atl-paas\.net ) /[^\s"]* )
        | (?P<network> \b (?: \d{1,3}\. ){3} \d{1,3} \b )
        "#,
    )
    .expect("a pattern")
});

/// Takes secrets and personal data out of answers.
pub struct Redactor {
    /// What is to be replaced wherever it stands, and by what.
    words: BTreeMap<String, String>,
    people: usize,
}

impl Redactor {
    /// For a target at an address; `secrets` are the credentials it was asked with.
    pub fn new(address: &str, secrets: &[&str]) -> Self {
        let mut words = BTreeMap::from([(address.trim_end_matches('/').to_owned(), ADDRESS.to_owned())]);
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        words.extend(secrets.map(|secret| (secret.to_string(), REMOVED.to_owned())));
        Self { words, people: 0 }
    }

    /// Looks for people in an answer. All answers are looked through before the first is changed.
    pub fn learn(&mut self, content: &Content) {
        if let Content::Json(value) = content {
            self.learn_value(value);
        }
    }

    fn learn_value(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.learn_value(item)),
            Value::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
                if let (Some(address), Some(_)) = (text("baseUrl"), text("serverTitle")) {
                    self.words.insert(address.trim_end_matches('/').to_owned(), ADDRESS.to_owned());
                }
                for (_, account) in members.iter().filter(|(name, _)| is_account(name)) {
                    if let Some(account) = account.as_str().filter(|account| !account.is_empty()) {
                        self.words.entry(account.to_owned()).or_insert_with(|| other_account(account));
                    }
                }
                // Actors of roles have their account one level deeper, and mentions have theirs by another name.
                let inner = |name: &str, of: &str| members.get(name).and_then(|inner| inner[of].as_str());
                let is_mention = text("type") == Some("mention");
                if let Some(account) = inner("attrs", "id").filter(|_| is_mention) {
                    self.words.entry(account.to_owned()).or_insert_with(|| other_account(account));
                    inner("attrs", "text").into_iter().for_each(|name| self.learn_name(name.trim_start_matches('@')));
                }
                let person = members.keys().any(|name| is_account(name) || name == "emailAddress")
                    || inner("actorUser", "accountId").is_some();
                // Apps have names too, but those are nobody's, and are words of Jira itself.
                if person && text("accountType") != Some("app") {
                    PRIVATE.iter().filter_map(|name| text(name)).for_each(|name| self.learn_name(name));
                }
                members.values().for_each(|member| self.learn_value(member));
            }
            _ => {}
        }
    }

    /// Gives a person's name or address another.
    fn learn_name(&mut self, name: &str) {
        if name.is_empty() || self.words.contains_key(name) {
            return;
        }
        self.people += 1;
        let number = self.people;
        let other =
            if name.contains('@') { format!("person{number}@example.invalid") } else { format!("Person {number}") };
        self.words.insert(name.to_owned(), other);
    }

    /// Changes an answer.
    pub fn redact(&self, content: &mut Content) {
        match content {
            Content::Json(value) => self.redact_value(value),
            Content::Text(text) => *text = self.text(text),
            Content::Empty | Content::Binary(_) => {}
        }
    }

    fn redact_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_value(item)),
            Value::Object(members) => {
                let is_person = members.keys().any(|name| is_account(name));
                let shown = members.get("displayName").and_then(Value::as_str).unwrap_or_default().to_owned();
                for (name, member) in members.iter_mut() {
                    match member {
                        Value::String(text) if name == MARKED_UP && is_person => *text = shown.clone(),
                        Value::String(text) if name == ORIGIN && !text.is_empty() => *text = NOWHERE.to_owned(),
                        _ => {}
                    }
                    let name = name.to_ascii_lowercase();
                    if member.is_string() && SECRETS.contains(&name.as_str()) {
                        *member = REMOVED.into();
                    } else {
                        self.redact_value(member);
                    }
                }
                // Accounts can be names of members too.
                if members.keys().any(|name| self.text(name) != *name) {
                    *members =
                        std::mem::take(members).into_iter().map(|(name, value)| (self.text(&name), value)).collect();
                }
            }
            _ => {}
        }
    }

    /// Changes a text.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // The longest first: one may be a part of another.
        let mut words: Vec<_> = self.words.iter().filter(|(word, _)| text.contains(word.as_str())).collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        for (word, other) in words {
            text = replace_word(&text, word, other);
        }
        // In addresses accounts are encoded.
        for (word, other) in self.words.iter().filter(|(word, _)| word.contains(':') && !word.contains('/')) {
            text = text.replace(&word.replace(':', "%3A"), &other.replace(':', "%3A"));
        }
        let everywhere = |found: &Captures<'_>| -> String {
            let whole = found.get(0).map_or("", |whole| whole.as_str());
            match whole {
                _ if found.name("secret").is_some() => REMOVED.to_owned(),
                mail if found.name("mail").is_some() && mail.ends_with("@example.invalid") => mail.to_owned(),
                mail if found.name("mail").is_some() => format!("{}@example.invalid", &digest(mail)[..8]),
                site if site.starts_with(ADDRESS) => site.to_owned(),
                _ if found.name("network").is_some() => NOWHERE.to_owned(),
                _ if found.name("face").is_some() => format!("{ADDRESS}/avatar"),
                _ => ADDRESS.to_owned(),
            }
        };
        EVERYWHERE.replace_all(&text, everywhere).into_owned()
    }
}

fn is_account(name: &str) -> bool {
    name == "accountId" || name.ends_with("AccountId") || name == "accountIds"
}

/// Another account of the same form: digits of a hash for digits, what is between them as it was.
fn other_account(account: &str) -> String {
    let mut digits = digest(account).into_bytes().into_iter().cycle();
    let other = account.chars().map(|c| match c {
        '0'..='9' => digits.next().map_or('0', |digit| char::from(b'0' + digit % 10)),
        'a'..='z' | 'A'..='Z' => digits.next().map_or('a', |digit| char::from(b'a' + digit % 6)),
        c => c,
    });
    other.collect()
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn redacted(value: Value) -> Value {
        let mut redactor = Redactor::new("https://10.1.2.3:8443/jira/", &["me@corp.example", "s3cr3t-t0ken"]);
        let mut content = Content::Json(value);
        redactor.learn(&content);
        redactor.redact(&mut content);
        match content {
            Content::Json(value) => value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn people_become_others_and_stay_the_same_ones() {
        let found = redacted(json!({
            "assignee": {
                "accountId": "712020:0e2f5a1e-5c3b-4d0a-9c57-0123456789ab", "displayName": "Ann Smith",
                "emailAddress": "ann@corp.example", "avatarUrls": {"16x16": "https://secure.gravatar.com/avatar/abc?d=x"},
                "self": "https://10.1.2.3:8443/jira/rest/api/3/user?accountId=712020%3A0e2f5a1e-5c3b-4d0a-9c57-0123456789ab",
            },
            "comment": "Ann Smith wrote to bob@corp.example from 10.9.8.7",
            "role": "Ann Smiths", "levels": {"712020:0e2f5a1e-5c3b-4d0a-9c57-0123456789ab": 1},
        }));
        let text = found.to_string();
        assert_eq!(found["role"], "Ann Smiths", "another word");
        for private in
            ["Ann Smith ", "\"Ann Smith\"", "corp.example", "0123456789ab", "gravatar", "10.1.2.3", "10.9.8.7"]
        {
            assert!(!text.contains(private), "{private}: {text}");
        }
        let account = found["assignee"]["accountId"].as_str().unwrap();
        assert_eq!(account.len(), 43);
        assert!(found["levels"].get(account).is_some(), "{text}");
        assert!(found["assignee"]["self"].as_str().unwrap().ends_with(&account.replace(':', "%3A")), "{text}");
        let name = found["assignee"]["displayName"].as_str().unwrap();
        assert!(found["comment"].as_str().unwrap().starts_with(&format!("{name} wrote")), "{text}");
    }

    #[test]
    fn people_are_known_wherever_they_stand() {
        let account = "712020:0e2f5a1e-5c3b-4d0a-9c57-0123456789ab";
        let found = redacted(json!({
            "users": [{ "accountId": account, "displayName": "Ann Smith", "html": "<strong>An</strong>n Smith - ann@corp.example" }],
            "actors": [{ "displayName": "Bob Brown", "type": "atlassian-user-role-actor", "actorUser": { "accountId": account } }],
            "groups": [{ "displayName": "jira-users", "actorGroup": { "name": "jira-users" } }],
            "body": { "type": "mention", "attrs": { "id": "5b10ac8d82e05b22cc7d4ef5", "text": "@Eve Black" } },
            "records": [{ "authorAccountId": account, "remoteAddress": "2001:db8::7334", "summary": "by Eve Black" }],
        }));
        let text = found.to_string();
        for private in ["Ann", "nn Smith", "Bob", "Eve", "corp", "0123456789ab", "5b10ac8d82e05b22cc7d4ef5", "2001"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
        assert_eq!(found["users"][0]["html"], found["users"][0]["displayName"]);
        assert_eq!(found["groups"][0]["displayName"], "jira-users", "nobody");
        assert_eq!(found["records"][0]["remoteAddress"], NOWHERE);
    }

    #[test]
    fn secrets_are_removed_wherever_they_stand() {
        let found = redacted(json!({
            "token": "abc", "nested": [{"apiKey": "def", "clientSecret": "ghi"}],
            "text": "Authorization: Basic bWU6c2VjcmV0cw== and s3cr3t-t0ken of me@corp.example",
            "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
            "api": "ATATT3xFfGF0abcdefghijklmnop-_=1234",
            "link": "https://acme.atlassian.net/media/1?token=abcdef&client=2",
        }));
        let text = found.to_string();
        for secret in ["abc", "def", "ghi", "bWU6", "s3cr3t", "me@corp", "eyJ", "ATATT", "acme"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        assert_eq!(found["link"], json!(format!("{ADDRESS}/media/1{REMOVED}&client=2")));
    }

    #[test]
    fn what_is_nobodys_stays() {
        let value = json!({"id": "10001", "key": "DEMO-1", "fields": {"summary": "1.2.3 is out", "n": 3, "x": null}});
        assert_eq!(redacted(value.clone()), value);
    }
}
