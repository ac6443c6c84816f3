//! Staying below a target's rate limits.

use super::Answer;
use chrono::{DateTime, NaiveDateTime, Utc};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Official advice: four retries, doubling, never sooner than the answer says.
const RETRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Quotas are counted anew each hour: nobody need ask for longer.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);
/// Buckets are refilled each second.
const REFILL: Duration = Duration::from_secs(1);

/// When the next request may be sent.
pub(super) struct Pace {
    interval: Option<Duration>,
    next: Mutex<Instant>,
}

impl Pace {
    pub fn new(rate: Option<f64>) -> Self {
        let interval = rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits for this request's turn.
    pub async fn wait(&self) {
        let turn = {
            let mut next = self.lock();
            let turn = (*next).max(Instant::now());
            *next = turn + self.interval.unwrap_or_default();
            turn
        };
        sleep_until(turn).await;
    }

    /// Takes from an answer how long to wait. Says whether the request is to be sent again.
    pub fn learn(&self, answer: &Answer, attempt: u32) -> bool {
        let limited = answer.status == 429 || (answer.status == 503 && answer.header("retry-after").is_some());
        if limited && attempt < RETRIES {
            let doubled = (FIRST_WAIT * 2u32.pow(attempt)).min(LONGEST_WAIT);
            self.pause(asked_wait(answer, Utc::now()).unwrap_or(doubled));
            return true;
        }
        if answer.header("x-ratelimit-remaining") == Some("0") {
            self.pause(asked_wait(answer, Utc::now()).unwrap_or(REFILL));
        }
        false
    }

    fn pause(&self, wait: Duration) {
        let mut next = self.lock();
        *next = (*next).max(Instant::now() + wait.min(LONGEST_ASKED));
    }

    fn lock(&self) -> MutexGuard<'_, Instant> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an answer asks to wait: in seconds, or until a time.
fn asked_wait(answer: &Answer, now: DateTime<Utc>) -> Option<Duration> {
    if let Some(seconds) = answer.header("retry-after").and_then(|text| text.trim().parse().ok()) {
        return Some(Duration::from_secs(seconds));
    }
    let reset = answer.header("x-ratelimit-reset")?;
    let reset = DateTime::parse_from_rfc3339(reset).map(|time| time.to_utc());
    // Some leave the seconds out.
    let reset = reset.or_else(|_| {
        let text = answer.header("x-ratelimit-reset").unwrap_or_default();
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ").map(|time| time.and_utc())
    });
    (reset.ok()? - now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let headers: HeaderMap = headers.iter().map(header).collect();
        Answer { status, headers, body: Default::default(), took: Duration::ZERO }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_as_long_as_it_is_asked_to() {
        let pace = Pace::new(None);
        let started = Instant::now();
        assert!(pace.learn(&answer(429, &[("retry-after", "7")]), 0));
        pace.wait().await;
        assert_eq!(started.elapsed().as_secs(), 7);
        assert!(pace.learn(&answer(429, &[]), 1));
        pace.wait().await;
        assert_eq!(started.elapsed().as_secs(), 7 + 4);
        assert!(!pace.learn(&answer(429, &[("retry-after", "60")]), RETRIES), "gives up");
        assert!(!pace.learn(&answer(200, &[("x-ratelimit-remaining", "0")]), 0));
        pace.wait().await;
        assert!(started.elapsed().as_secs() >= 12);
        // No wait is so long that it could not be reckoned with.
        let before = started.elapsed();
        assert!(pace.learn(&answer(429, &[("retry-after", "18446744073709551615")]), 0));
        pace.wait().await;
        assert_eq!((started.elapsed() - before).as_secs(), 3600);
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_its_own_limit() {
        let pace = Pace::new(Some(10.0));
        let started = Instant::now();
        for _ in 0..21 {
            pace.wait().await;
        }
        assert_eq!(started.elapsed().as_millis(), 2000);
    }

    #[test]
    fn reset_times_are_read_with_and_without_seconds() {
        let now = "2026-03-26T15:59:30Z".parse().unwrap();
        for reset in ["2026-03-26T16:00:00Z", "2026-03-26T16:00Z"] {
            let answer = answer(429, &[("x-ratelimit-reset", reset)]);
            assert_eq!(asked_wait(&answer, now), Some(Duration::from_secs(30)), "{reset}");
        }
    }
}
