//! Moments and days.

use super::value::Value;
use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone,
    Timelike, Utc,
};
use chrono_tz::Tz;

/// ISO 8601, in UTC.
pub(super) fn iso(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `new Date(…)`: now, milliseconds since 1970, or a text.
pub(super) fn date(now: DateTime<Utc>, zone: Tz, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [] => Ok(Value::Date(now)),
        [Value::Number(millis)] => {
            let date = DateTime::from_timestamp_millis(*millis as i64).filter(|_| millis.is_finite());
            date.map(Value::Date).ok_or_else(|| format!("Can't make a Date of {millis}."))
        }
        [Value::Date(date)] => Ok(Value::Date(*date)),
        [Value::CalendarDate(date)] => midnight(*date, zone).map(Value::Date),
        [Value::Text(text)] => {
            parse(text, zone).map(Value::Date).ok_or_else(|| format!("Can't parse \"{text}\" as a Date."))
        }
        [other, ..] => Err(format!("Can't make a Date of {}.", other.type_name())),
    }
}

/// `new CalendarDate(…)`: today, or a text.
pub(super) fn calendar_date(now: DateTime<Utc>, zone: Tz, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [] => Ok(Value::CalendarDate(now.with_timezone(&zone).date_naive())),
        [Value::CalendarDate(date)] => Ok(Value::CalendarDate(*date)),
        [Value::Text(text)] => {
            let read =
                NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(text, "%d/%b/%y"));
            read.map(Value::CalendarDate).map_err(|_| format!("Can't parse \"{text}\" as a CalendarDate."))
        }
        [other, ..] => Err(format!("Can't make a CalendarDate of {}.", other.type_name())),
    }
}

fn midnight(date: NaiveDate, zone: Tz) -> Result<DateTime<Utc>, String> {
    let local = zone.from_local_datetime(&date.and_time(chrono::NaiveTime::MIN)).earliest();
    local.map(|date| date.with_timezone(&Utc)).ok_or_else(|| format!("There is no midnight on {date}."))
}

/// The forms in which Jira itself writes moments; those without an offset are local.
fn parse(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(date) = DateTime::<FixedOffset>::parse_from_rfc3339(text) {
        return Some(date.with_timezone(&Utc));
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"] {
        if let Ok(date) = DateTime::<FixedOffset>::parse_from_str(text, format) {
            return Some(date.with_timezone(&Utc));
        }
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d/%b/%y %I:%M %p"] {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
            return zone.from_local_datetime(&local).earliest().map(|date| date.with_timezone(&Utc));
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(text, "%d/%b/%y"));
    midnight(day.ok()?, zone).ok()
}

/// The argument of a method that goes forth or back: whole and not absurd.
fn amount(name: &str, arguments: &[Value]) -> Result<i64, String> {
    let amount = match arguments {
        [Value::Number(number)] if number.abs() <= 1e9 => number.trunc() as i64,
        [Value::Number(number), ..] => return Err(format!("{number} is out of range for `{name}`.")),
        other => {
            let given = other.first().map_or("nothing", Value::type_name);
            return Err(format!("The argument of `{name}` must be Number, not {given}."));
        }
    };
    Ok(if name.starts_with("minus") { -amount } else { amount })
}

fn months(date: NaiveDate, amount: i64) -> Option<NaiveDate> {
    let months = Months::new(u32::try_from(amount.unsigned_abs()).ok()?);
    if amount < 0 { date.checked_sub_months(months) } else { date.checked_add_months(months) }
}

fn days(date: NaiveDate, amount: i64) -> Option<NaiveDate> {
    let days = Days::new(amount.unsigned_abs());
    if amount < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) }
}

fn parts(date: impl Datelike, name: &str) -> Option<Value> {
    Some(Value::int(match name {
        "getDate" => date.day().into(),
        "getDay" => date.weekday().num_days_from_sunday().into(),
        "getMonth" => date.month0().into(),
        "getFullYear" => date.year().into(),
        _ => return None,
    }))
}

/// A method of a moment, at the caller's place.
pub(super) fn date_method(date: DateTime<Utc>, zone: Tz, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let local = date.with_timezone(&zone);
    let outside = || format!("`{name}` leads out of the calendar.");
    // A day later is the same time of the clock.
    let on = |day: Option<NaiveDate>| {
        let moved = day.and_then(|day| zone.from_local_datetime(&day.and_time(local.time())).earliest());
        moved.map(|moved| Value::Date(moved.with_timezone(&Utc))).ok_or_else(outside)
    };
    let later = |delta: Option<TimeDelta>| {
        delta.and_then(|delta| date.checked_add_signed(delta)).map(Value::Date).ok_or_else(outside)
    };
    match name {
        "plusMonths" | "minusMonths" => on(months(local.date_naive(), amount(name, arguments)?)),
        "plusDays" | "minusDays" => on(days(local.date_naive(), amount(name, arguments)?)),
        "plusHours" | "minusHours" => later(TimeDelta::try_hours(amount(name, arguments)?)),
        "plusMinutes" | "minusMinutes" => later(TimeDelta::try_minutes(amount(name, arguments)?)),
        "toCalendarDate" => Ok(Value::CalendarDate(local.date_naive())),
        "toCalendarDateUTC" => Ok(Value::CalendarDate(date.date_naive())),
        "toISOString" => Ok(Value::text(iso(date))),
        "toString" => Ok(Value::text(local.format("%d/%b/%y %-I:%M %p").to_string())),
        "getTime" => Ok(Value::int(date.timestamp_millis())),
        "getHours" => Ok(Value::int(local.hour().into())),
        "getMinutes" => Ok(Value::int(local.minute().into())),
        "getSeconds" => Ok(Value::int(local.second().into())),
        "getMilliseconds" => Ok(Value::int(local.timestamp_subsec_millis().into())),
        name => parts(local, name).ok_or_else(|| format!("Date has no method `{name}`.")),
    }
}

/// A method of a day.
pub(super) fn calendar_method(date: NaiveDate, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let moved = match name {
        "plusMonths" | "minusMonths" => months(date, amount(name, arguments)?),
        "plusDays" | "minusDays" => days(date, amount(name, arguments)?),
        "toISOString" => return Ok(Value::text(date.to_string())),
        "toString" => return Ok(Value::text(date.format("%d/%b/%y").to_string())),
        name => return parts(date, name).ok_or_else(|| format!("CalendarDate has no method `{name}`.")),
    };
    moved.map(Value::CalendarDate).ok_or_else(|| format!("`{name}` leads out of the calendar."))
}
