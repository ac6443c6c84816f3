//! Spans of working time, such as `1w 2d 3h 30m` (J-100).

/// Seconds in each unit: a week has five days, a day eight hours.
const UNITS: [(char, i64); 4] = [('w', 5 * 8 * 3600), ('d', 8 * 3600), ('h', 3600), ('m', 60)];

/// Longest span that is kept, in seconds: sums over many issues stay within their type.
pub const MOST: i64 = 1_000_000_000_000;

/// Seconds of a span; a number without a unit counts minutes. `None` if it can't be read.
pub fn parse(text: &str) -> Option<i64> {
    let mut seconds = 0_f64;
    let mut number = String::new();
    let mut seen = false;
    for character in text.trim().chars().chain([' ']) {
        match character.to_ascii_lowercase() {
            '0'..='9' | '.' => number.push(character),
            unit => {
                let size = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
                match (size, number.is_empty()) {
                    (Some(size), false) => seconds += number.parse::<f64>().ok()? * size as f64,
                    (None, false) if unit.is_whitespace() => seconds += number.parse::<f64>().ok()? * 60.0,
                    (None, true) if unit.is_whitespace() => continue,
                    _ => return None,
                }
                number.clear();
                seen = true;
            }
        }
    }
    (seen && seconds < MOST as f64).then_some(seconds as i64)
}

/// The span in the largest units that fit; `0m` for none.
pub fn format(seconds: i64) -> String {
    join(seconds, " ", |count, unit| format!("{count}{unit}"))
}

/// The span in words, as rendered fields show it: `2 weeks, 4 days, 5 hours`.
pub fn in_words(seconds: i64) -> String {
    join(seconds, ", ", |count, unit| {
        let name = match unit {
            'w' => "week",
            'd' => "day",
            'h' => "hour",
            _ => "minute",
        };
        format!("{count} {name}{}", if count == 1 { "" } else { "s" })
    })
}

fn join(seconds: i64, separator: &str, part: impl Fn(i64, char) -> String) -> String {
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (unit, size) in UNITS {
        if rest >= size {
            parts.push(part(rest / size, unit));
            rest %= size;
        }
    }
    if parts.is_empty() { part(0, 'm') } else { parts.join(separator) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_observed_spans() {
        for (text, seconds) in
            [("2w 4d 5h", 421_200), ("1w 1d", 172_800), ("1d", 28_800), ("5h 48m", 20_880), ("1h 30m", 5400)]
        {
            assert_eq!(parse(text), Some(seconds), "{text}");
            assert_eq!(format(seconds), text);
        }
        assert_eq!(format(0), "0m");
        assert_eq!(parse("90"), Some(5400));
        assert_eq!(parse("1.5h"), Some(5400));
        assert_eq!(in_words(421_200), "2 weeks, 4 days, 5 hours");
        for bad in ["", "  ", "h", "1x", "1h-", "∞", "1..2h"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
