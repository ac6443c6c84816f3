//! Accounts, groups, and who is calling.

use chrono_tz::Tz;
use std::{collections::HashSet, net::IpAddr, sync::Arc};
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
    /// Whether this is its e-mail address, in any case.
    pub fn has_email(&self, email: &str) -> bool {
        self.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(email))
    }

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

/// The language of sites, and of accounts that have chosen none.
pub const DEFAULT_LOCALE: &str = "en_US";

/// The languages of Jira.
pub const LOCALES: [&str; 25] = [
    "cs_CZ", "da_DK", "de_DE", "en_UK", "en_US", "es_ES", "et_EE", "fi_FI", "fr_FR", "hu_HU", "is_IS", "it_IT",
    "ja_JP", "ko_KR", "nl_NL", "no_NO", "pl_PL", "pt_BR", "pt_PT", "ro_RO", "ru_RU", "sk_SK", "sv_SE", "zh_CN",
    "zh_TW",
];

/// A language of Jira by its name, in any case, also as browsers write it (`de-DE`).
pub fn locale(name: &str) -> Option<&'static str> {
    let name = name.trim().replace('-', "_");
    LOCALES.iter().find(|locale| locale.eq_ignore_ascii_case(&name)).copied()
}

/// The language of Jira that serves a browser best, by its `Accept-Language`.
pub fn negotiated_locale(accepted: &str) -> &'static str {
    let mut ranges: Vec<(&str, f32)> = accepted.split(',').filter_map(weighed).collect();
    ranges.sort_by(|a, b| b.1.total_cmp(&a.1));
    let serves = |(range, _): (&str, f32)| {
        let language = range.split('-').next().unwrap_or(range);
        let spoken = |locale: &&&str| locale.split('_').next().is_some_and(|own| own.eq_ignore_ascii_case(language));
        // English is British only where it says so.
        let english = language.eq_ignore_ascii_case("en").then_some(DEFAULT_LOCALE);
        locale(range).or(english).or_else(|| LOCALES.iter().find(spoken).copied())
    };
    ranges.into_iter().find_map(serves).unwrap_or(DEFAULT_LOCALE)
}

/// A language range with its weight; none for one that is not wanted.
fn weighed(range: &str) -> Option<(&str, f32)> {
    let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
    let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.trim().parse().ok())?;
    (weight > 0.0).then_some((name.trim(), weight))
}

/// A product of the site: who may use it (observed shapes, "application_roles").
#[derive(Debug, Clone, PartialEq)]
pub struct ApplicationRole {
    /// Such as `jira-software`.
    pub key: &'static str,
    /// Shown name.
    pub name: &'static str,
    /// What its users are called in counts.
    pub count_word: &'static str,
    /// Groups whose members may use it.
    pub groups: Vec<Uuid>,
    /// Those of them that new users of the product join.
    pub default_groups: Vec<Uuid>,
}

/// Who makes a request. Anonymous callers have no account and no group (H-6).
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Nobody for an anonymous caller.
    pub account: Option<Arc<Account>>,
    /// The groups the account is in.
    pub groups: HashSet<Uuid>,
    /// What the caller's token is limited to.
    pub scopes: Option<Arc<[String]>>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
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
    fn negotiates_a_language() {
        for (accepted, locale) in [
            ("", "en_US"),
            ("de", "de_DE"),
            ("de-AT,fr;q=0.9", "de_DE"),
            ("fr;q=0.5, pt-PT;q=0.8", "pt_PT"),
            ("xx, en;q=0.3", "en_US"),
            ("de;q=0, fr;q=x", "en_US"),
            ("en-UK", "en_UK"),
        ] {
            assert_eq!(negotiated_locale(accepted), locale, "{accepted}");
        }
    }

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
