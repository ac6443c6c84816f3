//! Headers about rate limits.

use super::{Bench, Check};
use crate::{
    run::case::Exchange,
    target::{Answer, Caller},
};

impl Bench<'_> {
    /// They are well formed, and there where they belong (H-9, R-14).
    pub(super) fn rate_limits(&mut self, step: usize, exchange: &Exchange, answer: &Answer) {
        let expected = answer.is_success() && exchange.request.caller == Caller::Main && self.judge.tells_rate_limits;
        match wrong(answer, expected) {
            Some((name, value)) => {
                let message = format!("the header {name} is not well formed");
                self.fail(step, Check::RateLimitHeaders, message, "", "as documented", &value);
            }
            None => self.pass(step, Check::RateLimitHeaders),
        }
    }
}

/// The first header that is wrong, and what it says.
pub fn wrong(answer: &Answer, expected: bool) -> Option<(&'static str, String)> {
    let number = |name: &'static str| answer.header(name).map(|text| (name, text, text.trim().parse::<u64>()));
    for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "retry-after"] {
        if let Some((name, text, Err(_))) = number(name) {
            return Some((name, text.to_owned()));
        }
    }
    let limit = number("x-ratelimit-limit").and_then(|(_, _, limit)| limit.ok());
    let remaining = number("x-ratelimit-remaining").and_then(|(_, _, remaining)| remaining.ok());
    match (limit, remaining) {
        (Some(limit), Some(remaining)) if remaining > limit => {
            return Some(("x-ratelimit-remaining", format!("{remaining} of {limit}")));
        }
        (Some(_), None) => return Some(("x-ratelimit-remaining", "missing".to_owned())),
        // The gateway tells its limit alone, never what remains alone.
        (None, Some(_)) => return Some(("x-ratelimit-limit", "missing".to_owned())),
        (None, None) if expected => return Some(("x-ratelimit-limit", "missing".to_owned())),
        _ => {}
    }
    for name in ["ratelimit", "ratelimit-policy"] {
        let text = answer.header(name);
        if text.is_some_and(|text| !text.split(',').all(is_policy)) || text.is_none() && expected {
            return Some((name, text.unwrap_or("missing").to_owned()));
        }
    }
    None
}

/// `"name";key=number;…`.
fn is_policy(text: &str) -> bool {
    let mut parts = text.trim().split(';');
    let named = parts.next().is_some_and(|name| name.len() > 2 && name.starts_with('"') && name.ends_with('"'));
    named && parts.all(|part| part.split_once('=').is_some_and(|(_, value)| value.parse::<u64>().is_ok()))
}
