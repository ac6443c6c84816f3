//! Accounts, groups, and who is calling.

use chrono_tz::Tz;
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;

/// A person, an app or a customer of a site (U-1 to U-4).
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Opaque id, at most 128 characters (U-1).
    pub account_id: String,
    /// `atlassian`, `app` or `customer` (U-3).
    pub account_type: String,
    /// Absent on apps.
    pub email: Option<String>,
    /// Whether others may see the e-mail address (U-4).
    pub email_public: bool,
    /// The name shown everywhere.
    pub display_name: String,
    /// Deactivated accounts stay resolvable (U-16).
    pub active: bool,
    /// The zone in which this account reads and writes dates (T-8, Q-52).
    pub time_zone: Tz,
    /// Such as `en_US`.
    pub locale: String,
}

impl Account {
    /// Whether a search finds the account: by the beginning of a word of its name or e-mail address,
    /// by the whole address only where it is hidden (U-12). Everybody is found by nothing.
    pub fn matches(&self, query: &str, email_visible: bool) -> bool {
        let query = query.trim().to_lowercase();
        let email = self.email.as_deref().unwrap_or_default().to_lowercase();
        begins_word(&self.display_name.to_lowercase(), &query)
            || (email_visible && begins_word(&email, &query))
            || (!query.is_empty() && email == query)
    }
}

fn begins_word(text: &str, beginning: &str) -> bool {
    let mut inside = false;
    text.char_indices().any(|(at, character)| {
        let begins = !inside && text[at..].starts_with(beginning);
        inside = character.is_alphanumeric();
        begins
    })
}

/// A group of accounts (U-20).
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The id that new clients use.
    pub group_id: Uuid,
    /// Unique in a site.
    pub name: String,
}

/// Who makes a request. Anonymous callers have no account and no group (H-6).
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Nobody for an anonymous caller.
    pub account: Option<Arc<Account>>,
    /// The groups the account is in.
    pub groups: HashSet<Uuid>,
}

impl Caller {
    /// The caller's account id.
    pub fn account_id(&self) -> Option<&str> {
        self.account.as_deref().map(|account| account.account_id.as_str())
    }

    /// Whether this account id is the caller's own.
    pub fn is(&self, account_id: Option<&str>) -> bool {
        account_id.is_some() && account_id == self.account_id()
    }

    /// The zone for the times in answers; UTC for anonymous callers.
    pub fn time_zone(&self) -> Tz {
        self.account.as_ref().map_or(Tz::UTC, |account| account.time_zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_accounts_by_beginnings_of_words() {
        let account = Account {
            account_id: "1".into(),
            account_type: "atlassian".into(),
            email: Some("jürgen.klein@example.com".into()),
            email_public: false,
            display_name: "Jürgen Müller-Lüdenscheidt".into(),
            active: true,
            time_zone: Tz::UTC,
            locale: "de_DE".into(),
        };
        for (query, visible, found) in [
            ("", false, true),
            ("jür", false, true),
            ("MÜLLER", false, true),
            ("jürgen mü", false, true),
            ("lüd", false, true),
            ("ller", false, false),
            ("klein", false, false),
            ("klein", true, true),
            ("example", true, true),
            ("jürgen.klein@example.com", false, true),
            ("jürgen.klein@example", false, false),
        ] {
            assert_eq!(account.matches(query, visible), found, "{query} {visible}");
        }
    }
}
