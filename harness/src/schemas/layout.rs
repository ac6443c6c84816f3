//! How a contract is written to a file: compact, yet with short diffs.

use serde_json::Value;

/// Longer values are broken into one entry per line.
const WIDTH: usize = 110;

/// A document as text: whatever fits on a line stands on one, the rest is indented by one space.
pub fn render(document: &Value) -> String {
    let mut text = String::new();
    write(document, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let compact = value.to_string();
    match value {
        _ if depth + compact.len() <= WIDTH => text.push_str(&compact),
        Value::Object(entries) => block('{', '}', entries, depth, text, |(key, value), text| {
            text.push_str(&Value::from(key.as_str()).to_string());
            text.push(':');
            write(value, depth + 1, text);
        }),
        Value::Array(items) => block('[', ']', items, depth, text, |item, text| {
            write(item, depth + 1, text);
        }),
        _ => text.push_str(&compact),
    }
}

fn block<T>(
    open: char,
    close: char,
    entries: impl IntoIterator<Item = T>,
    depth: usize,
    text: &mut String,
    write_entry: impl Fn(T, &mut String),
) {
    text.push(open);
    for (index, entry) in entries.into_iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', depth + 1));
        write_entry(entry, text);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', depth));
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stands_on_one_line_and_the_rest_is_broken() {
        let long = "x".repeat(WIDTH);
        let value = serde_json::json!({ "a": { "b": [1, 2] }, "c": long });
        let text = render(&value);
        assert_eq!(text, format!("{{\n \"a\":{{\"b\":[1,2]}},\n \"c\":\"{long}\"\n}}\n"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
