//! Spans of working time, such as `1w 2d 3h 30m` (J-100).

use std::collections::HashMap;

/// Longest span that is kept, in seconds: sums over many issues stay within their type.
pub const MOST: i64 = 1_000_000_000_000;

/// How a site reads and writes spans.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeTracking {
    /// Whether there are estimates and work logs at all.
    pub enabled: bool,
    /// Length of a day.
    pub hours_per_day: f64,
    /// Length of a week.
    pub days_per_week: f64,
    /// How spans are written.
    pub format: Format,
    /// What a number without a unit counts.
    pub default_unit: Unit,
}

/// How spans are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// In the largest units that fit.
    Pretty,
    /// In days and hours.
    Days,
    /// In hours.
    Hours,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `w`.
    Week,
    /// `d`.
    Day,
    /// `h`.
    Hour,
    /// `m`.
    Minute,
}

const HOURS_PER_DAY: &str = "jira.timetracking.hours.per.day";
const DAYS_PER_WEEK: &str = "jira.timetracking.days.per.week";
const FORMAT: &str = "jira.timetracking.format";
const DEFAULT_UNIT: &str = "jira.timetracking.default.unit";

impl Default for TimeTracking {
    fn default() -> Self {
        let (format, default_unit) = (Format::Pretty, Unit::Minute);
        Self { enabled: true, hours_per_day: 8.0, days_per_week: 5.0, format, default_unit }
    }
}

impl TimeTracking {
    /// As the application properties say.
    pub fn from_properties(values: &HashMap<String, String>) -> Self {
        let default = Self::default();
        let number = |key| values.get(key).and_then(|text| text.parse().ok());
        Self {
            enabled: default.enabled,
            hours_per_day: number(HOURS_PER_DAY).unwrap_or(default.hours_per_day),
            days_per_week: number(DAYS_PER_WEEK).unwrap_or(default.days_per_week),
            format: values.get(FORMAT).and_then(|name| Format::find(name)).unwrap_or(default.format),
            default_unit: values.get(DEFAULT_UNIT).and_then(|name| Unit::find(name)).unwrap_or(default.default_unit),
        }
    }

    /// The same as application properties.
    pub fn to_properties(&self) -> Vec<(&'static str, String)> {
        vec![
            (HOURS_PER_DAY, self.hours_per_day.to_string()),
            (DAYS_PER_WEEK, self.days_per_week.to_string()),
            (FORMAT, self.format.name().to_owned()),
            (DEFAULT_UNIT, self.default_unit.name().to_owned()),
        ]
    }

    /// Seconds of a unit.
    fn size(&self, unit: Unit) -> f64 {
        match unit {
            Unit::Week => self.days_per_week * self.hours_per_day * 3600.0,
            Unit::Day => self.hours_per_day * 3600.0,
            Unit::Hour => 3600.0,
            Unit::Minute => 60.0,
        }
    }

    /// Seconds of a span; a number without a unit counts the default unit. `None` if it can't be read.
    pub fn parse(&self, text: &str) -> Option<i64> {
        let mut seconds = 0_f64;
        let mut number = String::new();
        let mut seen = false;
        for character in text.trim().chars().chain([' ']) {
            match character.to_ascii_lowercase() {
                '0'..='9' | '.' => number.push(character),
                letter => {
                    let unit = match Unit::of(letter) {
                        None if letter.is_whitespace() && number.is_empty() => continue,
                        None if letter.is_whitespace() => self.default_unit,
                        unit => unit?,
                    };
                    seconds += number.parse::<f64>().ok()? * self.size(unit);
                    number.clear();
                    seen = true;
                }
            }
        }
        (seen && seconds < MOST as f64).then_some(seconds.round() as i64)
    }

    /// The span as fields show it; `0m` for none.
    pub fn format(&self, seconds: i64) -> String {
        self.join(seconds, " ", |count, unit| format!("{}{}", short(count), unit.letter()))
    }

    /// The span in words, as rendered fields show it: `2 weeks, 4 days, 5 hours`.
    pub fn in_words(&self, seconds: i64) -> String {
        self.join(seconds, ", ", |count, unit| {
            format!("{} {}{}", short(count), unit.name(), if count == 1.0 { "" } else { "s" })
        })
    }

    fn join(&self, seconds: i64, separator: &str, part: impl Fn(f64, Unit) -> String) -> String {
        let units: &[Unit] = match self.format {
            Format::Pretty => &[Unit::Week, Unit::Day, Unit::Hour, Unit::Minute],
            Format::Days => &[Unit::Day, Unit::Hour],
            Format::Hours => &[Unit::Hour],
        };
        let mut rest = seconds.max(0) as f64;
        let mut parts = Vec::new();
        for (at, unit) in units.iter().enumerate() {
            let size = self.size(*unit);
            let last = at + 1 == units.len() && self.format != Format::Pretty;
            // The smallest unit of the other formats takes what is left.
            let count = if last { (rest / size * 100.0).round() / 100.0 } else { (rest / size).floor() };
            if count > 0.0 {
                parts.push(part(count, *unit));
                rest -= count * size;
            }
        }
        let least = *units.last().unwrap_or(&Unit::Minute);
        if parts.is_empty() { part(0.0, least) } else { parts.join(separator) }
    }
}

/// Whole numbers without their fraction.
fn short(count: f64) -> String {
    count.to_string()
}

impl Format {
    const ALL: [Self; 3] = [Self::Pretty, Self::Days, Self::Hours];

    /// By its name in the API.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Days => "days",
            Self::Hours => "hours",
        }
    }
}

impl Unit {
    const ALL: [Self; 4] = [Self::Week, Self::Day, Self::Hour, Self::Minute];

    fn of(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.letter() == letter)
    }

    /// By its name in the API.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    fn letter(self) -> char {
        match self {
            Self::Week => 'w',
            Self::Day => 'd',
            Self::Hour => 'h',
            Self::Minute => 'm',
        }
    }

    /// Its name in the API, and in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_observed_spans() {
        let ours = TimeTracking::default();
        for (text, seconds) in
            [("2w 4d 5h", 421_200), ("1w 1d", 172_800), ("1d", 28_800), ("5h 48m", 20_880), ("1h 30m", 5400)]
        {
            assert_eq!(ours.parse(text), Some(seconds), "{text}");
            assert_eq!(ours.format(seconds), text);
        }
        assert_eq!(ours.format(0), "0m");
        assert_eq!(ours.parse("90"), Some(5400));
        assert_eq!(ours.parse("1.5h"), Some(5400));
        assert_eq!(ours.in_words(421_200), "2 weeks, 4 days, 5 hours");
        for bad in ["", "  ", "h", "1x", "1h-", "∞", "1..2h"] {
            assert_eq!(ours.parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn follows_the_settings() {
        let theirs = TimeTracking {
            hours_per_day: 7.5,
            days_per_week: 4.0,
            format: Format::Hours,
            default_unit: Unit::Day,
            ..TimeTracking::default()
        };
        assert_eq!(theirs.parse("1w"), Some(4 * 27_000));
        assert_eq!(theirs.parse("2"), Some(2 * 27_000));
        assert_eq!(theirs.format(27_000), "7.5h");
        assert_eq!(theirs.in_words(3600), "1 hour");
        assert_eq!(theirs.format(0), "0h");
        assert_eq!(TimeTracking { format: Format::Days, ..theirs.clone() }.format(30_600), "1d 1h");
        let stored = theirs.to_properties().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        assert_eq!(TimeTracking::from_properties(&stored), theirs);
    }
}
