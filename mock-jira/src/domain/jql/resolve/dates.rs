//! Dates in queries: literals, periods and the bounds of days, weeks, months and years.
//!
//! Everything a query says of dates is said in the caller's time zone.

use super::Scope;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};

/// Formats of a literal that ends in a time.
const WITH_TIME: [&str; 2] = ["%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M"];
/// Formats of a literal that means the beginning of a day.
const WITHOUT_TIME: [&str; 2] = ["%Y/%m/%d", "%Y-%m-%d"];

/// A part of the calendar that has a first and a last instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From the first day that the caller's country begins it with.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// Which end of a [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its first instant.
    Start,
    /// Its last millisecond.
    Last,
}

/// The instant of a literal.
pub fn literal(scope: &Scope, text: &str) -> Option<DateTime<Utc>> {
    match time_of(text).or_else(|| Some(day_in(text)?.and_time(NaiveTime::MIN))) {
        Some(local) => instant(scope, local),
        None => scope.now.checked_add_signed(period(text.trim())?).filter(storable),
    }
}

/// The end of the minute or the day that a literal names, whichever it tells; a period names neither.
///
/// The past is searched by days too: `ON "2025-10-03"` is that day, as the documentation of Jira's `JqlDateSupport`
/// has it, not a minute as in Q-53.
pub fn end_of_literal(scope: &Scope, text: &str) -> Option<DateTime<Utc>> {
    let end = match time_of(text) {
        Some(time) => time.checked_add_signed(TimeDelta::minutes(1))?,
        None => day_in(text)?.succ_opt()?.and_time(NaiveTime::MIN),
    };
    instant(scope, end)
}

fn time_of(text: &str) -> Option<NaiveDateTime> {
    WITH_TIME.iter().find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())
}

fn day_in(text: &str) -> Option<NaiveDate> {
    WITHOUT_TIME.iter().find_map(|format| NaiveDate::parse_from_str(text.trim(), format).ok())
}

/// The instant of a bare number: milliseconds since 1970.
pub fn epoch_millis(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(text.parse().ok()?).filter(storable)
}

/// Four-digit years are what both PostgreSQL and the stored form of custom dates can be compared with.
fn storable(instant: &DateTime<Utc>) -> bool {
    (0..=9999).contains(&instant.year())
}

/// The caller's day at an instant.
pub fn day_of(scope: &Scope, instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&scope.caller.time_zone()).date_naive()
}

/// When a day of the caller's begins.
pub fn midnight(scope: &Scope, day: NaiveDate) -> Option<DateTime<Utc>> {
    instant(scope, day.and_time(NaiveTime::MIN))
}

/// An end of the current period, moved by an increment such as `-1`, `+2w` or `1M`; `None` if it is none.
pub fn bound(scope: &Scope, period: Period, end: End, increment: Option<&str>) -> Option<DateTime<Utc>> {
    let (count, unit) = match increment {
        Some(text) => read_increment(text, period)?,
        None => (0, period.unit()),
    };
    let now = scope.now.with_timezone(&scope.caller.time_zone()).naive_local();
    // An increment in the function's own unit picks another period, and months end on different days;
    // any other is added to the end, as in `endOfMonth("+15d")`, the middle of next month.
    let own = unit == period.unit();
    let within = if own { add(now, count, unit)? } else { now };
    let first = period.first_day(within.date(), first_weekday(scope))?;
    let local = match end {
        End::Start => first.and_time(NaiveTime::MIN),
        End::Last => period.after(first)?.and_time(NaiveTime::MIN) - TimeDelta::milliseconds(1),
    };
    instant(scope, if own { local } else { add(local, count, unit)? })
}

impl Period {
    /// Its letter in increments.
    fn unit(self) -> char {
        match self {
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Year => 'y',
        }
    }

    fn first_day(self, day: NaiveDate, first_weekday: u64) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                let since_sunday = u64::from(day.weekday().num_days_from_sunday());
                day.checked_sub_days(Days::new((since_sunday + 7 - first_weekday) % 7))
            }
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        }
    }

    /// The first day after the period that begins on `first`.
    fn after(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.succ_opt(),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Year => first.checked_add_months(Months::new(12)),
        }
    }
}

/// The weekday that begins a week in the caller's country, counted from Sunday.
fn first_weekday(scope: &Scope) -> u64 {
    const FROM_SUNDAY: [&str; 8] = ["US", "CA", "BR", "MX", "JP", "KR", "TW", "IL"];
    let locale = scope.caller.account.as_ref().map_or("en_US", |account| account.locale.as_str());
    let country = locale.rsplit(['_', '-']).next().unwrap_or_default();
    u64::from(!FROM_SUNDAY.contains(&country))
}

/// `-1w 2d`: a sign for the whole, then counts with units; without a unit, minutes.
fn period(text: &str) -> Option<TimeDelta> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total = TimeDelta::zero();
    let mut parts = rest.split_whitespace().peekable();
    parts.peek()?;
    for part in parts {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let minutes = match part[digits.len()..].to_ascii_lowercase().as_str() {
            "w" => 7 * 24 * 60,
            "d" => 24 * 60,
            "h" => 60,
            "m" | "" => 1,
            _ => return None,
        };
        let count = i64::from(digits.parse::<u32>().ok()?);
        total = total.checked_add(&TimeDelta::minutes(count * minutes))?;
    }
    Some(if negative { -total } else { total })
}

/// `(+/-)nn(y|M|w|d|h|m)`; `M` is a month and `m` a minute.
fn read_increment(text: &str, period: Period) -> Option<(i32, char)> {
    let text = text.trim();
    let unit = text.chars().last().filter(char::is_ascii_alphabetic);
    let count = text.strip_suffix(|c: char| c.is_ascii_alphabetic()).unwrap_or(text);
    let unit = unit.unwrap_or(period.unit());
    "yMwdhm".contains(unit).then_some((count.parse().ok()?, unit))
}

fn add(time: NaiveDateTime, count: i32, unit: char) -> Option<NaiveDateTime> {
    let months = |each: u32| {
        let months = Months::new(count.unsigned_abs().checked_mul(each)?);
        if count < 0 { time.checked_sub_months(months) } else { time.checked_add_months(months) }
    };
    let span = match unit {
        'y' => return months(12),
        'M' => return months(1),
        'w' => TimeDelta::weeks(count.into()),
        'd' => TimeDelta::days(count.into()),
        'h' => TimeDelta::hours(count.into()),
        _ => TimeDelta::minutes(count.into()),
    };
    time.checked_add_signed(span)
}

/// A time on the caller's clocks. One that they skip is read as an hour later, one that comes twice as the first.
fn instant(scope: &Scope, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let zone = scope.caller.time_zone();
    let found = zone.from_local_datetime(&local).earliest();
    found
        .or_else(|| zone.from_local_datetime(&local.checked_add_signed(TimeDelta::hours(1))?).earliest())
        .map(|t| t.to_utc())
        .filter(storable)
}
