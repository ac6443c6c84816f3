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
