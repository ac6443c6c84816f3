//! Sessions: from when to when an account is at the site, which `currentLogin()` and `lastLogin()` tell.
//!
//! Clients of the API log in with every request. What people would call a session is a row of requests without a long
//! pause: it begins with the first request, and one that comes after [`IDLE`] begins the next.

use chrono::{DateTime, TimeDelta, Utc};

/// Whoever was away so long begins a new session.
const IDLE: TimeDelta = TimeDelta::hours(8);

/// How long it is enough to know that somebody was there.
pub const NOTED: TimeDelta = TimeDelta::hours(1);

/// An account's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// When it began.
    pub began: DateTime<Utc>,
    /// When the account was last seen in it.
    pub seen: DateTime<Utc>,
    /// When the one before began.
    pub previous: Option<DateTime<Utc>>,
}

impl Session {
    /// The session of somebody who is there now, after `last` if there was one. A site's clock may be put back: who was
    /// there later comes anew.
    pub fn at(now: DateTime<Utc>, last: Option<Self>) -> Self {
        match last {
            Some(last) if last.began <= now && now < last.seen + IDLE => Self { seen: now.max(last.seen), ..last },
            last => Self { began: now, seen: now, previous: last.map(|last| last.began) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_pause_ends_a_session() {
        let at = |hour: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hour);
        let mut session = None;
        for (now, began, previous) in
            [(10, 10, None), (11, 10, None), (18, 10, None), (26, 26, Some(10)), (33, 26, Some(10)), (5, 5, Some(26))]
        {
            let next = Session::at(at(now), session);
            assert_eq!((next.began, next.previous), (at(began), previous.map(at)), "{now}");
            session = Some(next);
        }
    }
}
