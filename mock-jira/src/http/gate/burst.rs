//! Burst limits as answers tell them. Nobody is held to them.
//!
//! How much is left is known to this process alone, as the log of requests is: asking the database would cost each answer
//! a round trip.

use crate::http::operations::Operation;
use axum::http::Method;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// How many requests a second refills, where it is not as many as for others of the method.
const CUSTOM: [(Method, &str, u64); 12] = [
    (Method::GET, "/rest/api/3/attachment/content/{id}", 300),
    (Method::GET, "/rest/api/3/attachment/thumbnail/{id}", 200),
    (Method::GET, "/rest/api/3/component", 200),
    (Method::PUT, "/rest/api/3/component/{id}", 500),
    (Method::POST, "/rest/api/3/expression/evaluate", 150),
    (Method::GET, "/rest/api/3/issue/{issueIdOrKey}", 150),
    (Method::GET, "/rest/api/3/issue/{issueIdOrKey}/changelog", 200),
    (Method::GET, "/rest/api/3/issuetype/{issueTypeId}/properties/{propertyKey}", 300),
    (Method::GET, "/rest/api/3/project/{projectIdOrKey}/role/{id}", 200),
    (Method::POST, "/rest/api/3/search/approximate-count", 150),
    (Method::GET, "/rest/api/3/user", 150),
    (Method::GET, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer", 5),
];

/// After so many seconds every bucket is full again.
const FULL_AFTER: u64 = 10;

/// A bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// What each second refills.
    pub refill: u64,
    /// What it holds at most.
    pub capacity: u64,
    /// What is left.
    pub remaining: u64,
}

impl Burst {
    /// That of `HEAD` and `OPTIONS`, which never empties.
    pub const UNLIMITED: Self = Self { refill: 100, capacity: 1_000_000_000_000, remaining: 999_999_999_999 };

    fn full(operation: &Operation) -> Self {
        let custom = CUSTOM.iter().find(|(method, path, _)| *method == operation.method && *path == operation.path);
        let usual = if matches!(operation.method, Method::PUT | Method::DELETE) { 50 } else { 100 };
        let refill = custom.map_or(usual, |(_, _, refill)| *refill);
        // Measured for these; the others are guessed from them.
        let capacity = match (operation.method.as_str(), refill) {
            ("GET", 100) => 350,
            ("GET", 150) => 400,
            ("GET", 200) => 500,
            _ => 2 * refill,
        };
        Self { refill, capacity, remaining: capacity }
    }
}

/// The buckets of all sites: one for each operation, whoever calls it. Versions 2 and 3 share it.
#[derive(Debug)]
pub struct Bursts {
    begun: Instant,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    /// By site and operation.
    used: HashMap<(i32, usize), Used>,
    swept: u64,
}

/// How much was taken from a bucket, and in which second that was so.
#[derive(Debug, Default)]
struct Used {
    requests: u64,
    second: u64,
}

impl Default for Bursts {
    fn default() -> Self {
        Self { begun: Instant::now(), buckets: Mutex::default() }
    }
}

impl Bursts {
    /// Counts a request to an operation.
    pub fn count(&self, site_id: i32, operation: &Operation, method: &Method) -> Burst {
        if method == Method::HEAD {
            return Burst::UNLIMITED;
        }
        let second = self.begun.elapsed().as_secs();
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).count(site_id, operation, second)
    }
}

impl Buckets {
    fn count(&mut self, site_id: i32, operation: &Operation, second: u64) -> Burst {
        if second >= self.swept + FULL_AFTER {
            self.used.retain(|_, used| used.second + FULL_AFTER > second);
            self.swept = second;
        }
        let full = Burst::full(operation);
        let used = self.used.entry((site_id, operation.number)).or_default();
        let refilled = second.saturating_sub(used.second).saturating_mul(full.refill);
        // Never the last one: who is told that nothing is left waits, and here nobody has to.
        let requests = (used.requests.saturating_sub(refilled) + 1).min(full.capacity - 1);
        *used = Used { requests, second };
        Burst { remaining: full.capacity - requests, ..full }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{
        call::Version,
        operations::{Catalogue, Match},
    };

    fn operation<'a>(catalogue: &'a Catalogue, method: &Method, path: &str) -> &'a Operation {
        match catalogue.find(method, path, Version::V3) {
            Match::Operation(operation) => operation,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn buckets_empty_with_requests_and_fill_with_seconds() {
        let catalogue = Catalogue::load().unwrap();
        let issue = operation(&catalogue, &Method::GET, "/rest/api/3/issue/A-1");
        let mut buckets = Buckets::default();
        let mut left = |site_id, second| buckets.count(site_id, issue, second).remaining;
        assert_eq!([left(1, 0), left(1, 0), left(2, 0), left(1, 0)], [399, 398, 399, 397]);
        assert_eq!([left(1, 1), left(1, 1)], [399, 398]);
        for _ in 0..1_000 {
            left(1, 2);
        }
        assert_eq!([left(1, 2), left(1, 3), left(1, 20)], [1, 150, 399]);
        assert_eq!(buckets.used.len(), 1);
    }

    #[test]
    fn buckets_are_as_large_as_was_measured() {
        let catalogue = Catalogue::load().unwrap();
        let size = |method: Method, path: &str| {
            let full = Burst::full(operation(&catalogue, &method, path));
            (full.refill, full.capacity)
        };
        assert_eq!(size(Method::GET, "/rest/api/3/myself"), (100, 350));
        assert_eq!(size(Method::GET, "/rest/api/3/issue/A-1"), (150, 400));
        assert_eq!(size(Method::GET, "/rest/api/3/project/A/role/1"), (200, 500));
        assert_eq!(size(Method::POST, "/rest/api/3/search/jql"), (100, 200));
        for (method, path, _) in &CUSTOM {
            assert!(catalogue.iter().any(|one| one.method == method && one.path == *path), "{method} {path}");
        }
    }
}
