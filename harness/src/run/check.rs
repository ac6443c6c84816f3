//! The checks, by name.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::Deserialize;

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Something that must hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub enum Check { $($(#[$doc])* $variant,)* }

        impl Check {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name, as in options and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

checks! {
    /// The target answers, in time, and does not fail.
    No5xx = "no-5xx",
    /// The status is documented.
    DocumentedStatus = "documented-status",
    /// The content type is documented, and the body is of it.
    ContentType = "content-type",
    /// The body has the documented schema.
    Schema = "schema",
    /// The body has no property that is not documented.
    UndocumentedProperties = "undocumented-properties",
    /// A request that breaks a rule is refused.
    NegativeRefused = "negative-refused",
    /// What was written is what is read.
    ReadAfterWrite = "read-after-write",
    /// An answer about one thing is about the one that was asked for.
    AsAsked = "as-asked",
    /// What was deleted is found no more.
    DeleteIsGone = "delete-is-gone",
    /// Lists contain what was created, and their pages neither lose nor repeat anything.
    ListsContainAndPage = "lists-contain-and-page",
    /// Ids and keys are unique.
    UniqueIds = "unique-ids",
    /// `self` links lead to what they stand in.
    SelfLinks = "self-links",
    /// Nobody gets more than he may.
    Authorization = "authorization",
    /// The same question has the same answer.
    RepeatableGets = "repeatable-gets",
    /// Both versions of the platform API say the same.
    V2V3Agree = "v2-v3-agree",
    /// Errors are in one of Jira's dialects.
    ErrorDialect = "error-dialect",
    /// Headers about rate limits are well formed.
    RateLimitHeaders = "rate-limit-headers",
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Check {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|check| check.name() == name);
        let names = || Self::ALL.iter().map(|check| check.name()).collect::<Vec<_>>().join(", ");
        found.copied().ok_or_else(|| format!("there is no check '{name}'; there are {}", names()))
    }
}

impl TryFrom<String> for Check {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

/// The checks that are made: those named, or all, without those to skip.
pub fn chosen(named: &[Check], skipped: &[Check]) -> BTreeSet<Check> {
    let named = if named.is_empty() { Check::ALL } else { named };
    named.iter().filter(|check| !skipped.contains(check)).copied().collect()
}
