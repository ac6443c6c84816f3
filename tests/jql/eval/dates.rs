//! Dates and times in queries.

use super::{Asker, Meaning, Meaningless};
use crate::site::USERS;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use mock_jira::domain::jql::{Function, Operand, Value};

const MINUTE: i64 = 60_000;

/// A time in a query, as an instant and as the caller's clock shows it.
#[derive(Debug, Clone, Copy)]
pub struct When {
    pub at: DateTime<Utc>,
    pub local: NaiveDateTime,
}

impl When {
    /// Whether an instant is in the minute that is named.
    pub fn is_minute_of(&self, at: DateTime<Utc>) -> bool {
        self.at.timestamp_millis().div_euclid(MINUTE) == at.timestamp_millis().div_euclid(MINUTE)
    }
}

impl Asker<'_> {
    fn zone(self) -> Tz {
        self.caller.map_or(Tz::Etc__UTC, |user| USERS[user].zone)
    }

    fn when(self, at: DateTime<Utc>) -> When {
        When { at, local: at.with_timezone(&self.zone()).naive_local() }
    }

    /// The caller's day at an instant.
    pub fn day_of(self, at: DateTime<Utc>) -> NaiveDate {
        self.when(at).local.date()
    }

    fn local(self, local: NaiveDateTime) -> Meaning<When> {
        // Of an hour that comes twice, the first; one that is left out begins where the clock goes on.
        let zone = self.zone();
        let at = zone
            .from_local_datetime(&local)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
        Ok(When { at: at.ok_or(Meaningless)?.with_timezone(&Utc), local })
    }

    /// The time that an operand names.
    pub fn time(self, operand: &Operand) -> Meaning<When> {
        match operand {
            Operand::Value(value) => self.literal(value),
            Operand::Function(function) => self.date_function(function),
            Operand::List(_) | Operand::Empty => Err(Meaningless),
        }
    }

    fn literal(self, value: &Value) -> Meaning<When> {
        if value.number {
            let ms = value.text.parse().map_err(|_| Meaningless)?;
            return DateTime::from_timestamp_millis(ms).map(|at| self.when(at)).ok_or(Meaningless);
        }
        let text = value.text.trim().replace('/', "-");
        if let Ok(local) = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M") {
            return self.local(local);
        }
        if let Ok(day) = NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            return self.local(day.and_time(NaiveTime::MIN));
        }
        let at = self.site.now.checked_add_signed(period(&text)?).ok_or(Meaningless)?;
        Ok(self.when(at))
    }

    fn date_function(self, function: &Function) -> Meaning<When> {
        let name = function.name.to_lowercase();
        if ["now", "currentlogin", "lastlogin"].contains(&name.as_str()) {
            let at = match name.as_str() {
                "now" => Some(self.site.now),
                "currentlogin" => self.logins().0,
                _ => self.logins().1,
            };
            return at.filter(|_| function.args.is_empty()).map(|at| self.when(at)).ok_or(Meaningless);
        }
        let (end, unit) = match name.strip_prefix("startof") {
            Some(unit) => (false, unit),
            None => (true, name.strip_prefix("endof").ok_or(Meaningless)?),
        };
        let (own, increment) = match (unit, function.args.as_slice()) {
            ("day" | "week" | "month" | "year", []) => ('d', None),
            ("day", [by]) => ('d', Some(by)),
            ("week", [by]) => ('w', Some(by)),
            ("month", [by]) => ('M', Some(by)),
            ("year", [by]) => ('y', Some(by)),
            _ => return Err(Meaningless),
        };
        let now = self.when(self.site.now).local;
        // An increment in the function's own unit takes another day, week, month or year; any other is added to its
        // end: `endOfMonth("+15d")` is in the middle of the next.
        let by = increment.map(|by| increment_of(&by.text, own)).transpose()?;
        let (before, after) = if by.is_some_and(|(_, unit)| unit == own) { (by, None) } else { (None, by) };
        let moved = |from: NaiveDateTime, by: Option<(i64, char)>| by.map_or(Ok(from), |by| increased(from, by));
        let day = moved(now, before)?.date();
        let start = match unit {
            "day" => day,
            // Weeks begin on Sunday.
            "week" => day - Days::new(u64::from(day.weekday().num_days_from_sunday())),
            "month" => day.with_day(1).ok_or(Meaningless)?,
            _ => NaiveDate::from_ymd_opt(day.year(), 1, 1).ok_or(Meaningless)?,
        };
        if !end {
            return self.local(moved(start.and_time(NaiveTime::MIN), after)?);
        }
        let next = match unit {
            "day" => start + Days::new(1),
            "week" => start + Days::new(7),
            "month" => start + Months::new(1),
            _ => start + Months::new(12),
        };
        self.local(moved(next.and_time(NaiveTime::MIN) - TimeDelta::milliseconds(1), after)?)
    }

    /// When the caller came, and when the time before. Whoever was away for eight hours has come anew.
    fn logins(self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let Some(caller) = self.caller else { return (None, None) };
        match self.site.visits.get(&caller) {
            Some(visit) if self.site.now - visit.seen < TimeDelta::hours(8) => (Some(visit.began), visit.previous),
            last => (Some(self.site.now), last.map(|visit| visit.began)),
        }
    }

    /// Whether an operand is a time that there was not: a login of somebody who never logged in.
    pub fn is_never(self, operand: &Operand) -> bool {
        let Operand::Function(function) = operand else { return false };
        match function.name.to_lowercase().as_str() {
            "currentlogin" => self.logins().0.is_none(),
            "lastlogin" => self.logins().1.is_none(),
            _ => false,
        }
    }

    /// A time, and the end of the day or the minute that a literal names.
    pub fn span(self, operand: &Operand) -> Meaning<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        let When { at, local } = self.time(operand)?;
        let length = match operand {
            Operand::Value(value) if value.text.contains(':') => Some(TimeDelta::minutes(1)),
            Operand::Value(value) if value.text.len() == "2026-10-28".len() && !value.number => {
                Some(TimeDelta::days(1))
            }
            _ => None,
        };
        Ok((at, length.map(|length| self.local(local + length)).transpose()?.map(|end| end.at)))
    }
}

/// A period such as `-1w 2d`; a bare number is minutes.
fn period(text: &str) -> Meaning<TimeDelta> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut minutes = 0;
    let pieces: Vec<&str> = text.split_whitespace().collect();
    if pieces.is_empty() {
        return Err(Meaningless);
    }
    for piece in pieces {
        let (number, factor) = match piece.char_indices().last() {
            Some((at, 'w')) => (&piece[..at], 7 * 24 * 60),
            Some((at, 'd')) => (&piece[..at], 24 * 60),
            Some((at, 'h')) => (&piece[..at], 60),
            Some((at, 'm')) => (&piece[..at], 1),
            _ => (piece, 1),
        };
        minutes += number.parse::<i64>().map_err(|_| Meaningless)? * factor;
    }
    Ok(TimeDelta::minutes(sign * minutes))
}

/// The increment of a function; without a unit, in the function's own.
fn increment_of(text: &str, own: char) -> Meaning<(i64, char)> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => (&text[..at], unit),
        _ => (text, own),
    };
    Ok((number.parse().map_err(|_| Meaningless)?, unit))
}

/// A time moved by the calendar.
fn increased(from: NaiveDateTime, (number, unit): (i64, char)) -> Meaning<NaiveDateTime> {
    let months = |count: i64| {
        let months = Months::new(u32::try_from(count.unsigned_abs()).map_err(|_| Meaningless)?);
        if count < 0 { from.checked_sub_months(months) } else { from.checked_add_months(months) }.ok_or(Meaningless)
    };
    match unit {
        'y' => months(12 * number),
        'M' => months(number),
        'w' => Ok(from + TimeDelta::days(7 * number)),
        'd' => Ok(from + TimeDelta::days(number)),
        'h' => Ok(from + TimeDelta::hours(number)),
        'm' => Ok(from + TimeDelta::minutes(number)),
        _ => Err(Meaningless),
    }
}
