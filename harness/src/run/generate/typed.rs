//! Values of which the form is known: by a format, by a name, or because they are Jira's own languages.

use proptest::{
    collection::vec,
    prelude::{BoxedStrategy, Just, Strategy},
    prop_oneof,
    sample::select,
};
use serde_json::{Value, json};

use crate::{contract::ApiVersion, run::mark::Mark};

/// Texts at the edges of a schema's format.
pub fn edge_of(format: &str) -> Option<BoxedStrategy<Value>> {
    let edges: &'static [&'static str] = match format {
        "date" => &["2024-02-29", "1970-01-01", "1999-12-31", "2099-12-31"],
        "date-time" => &[
            "2024-02-29T23:59:59.999+0000",
            "1970-01-01T00:00:00.000+0000",
            "2026-06-15T12:00:00.000+1400",
            "2026-06-15T12:00:00.000-1200",
        ],
        "uri" | "url" => {
            &["https://example.com", "http://example.com:8080/a%20b?c=d&e=%C3%A4#f", "https://[2001:db8::1]/"]
        }
        "uuid" => &["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"],
        _ => return None,
    };
    Some(select(edges).prop_map(Value::from).boxed())
}

/// Texts of a schema's format.
pub fn by_format(format: &str) -> Option<BoxedStrategy<Value>> {
    Some(match format {
        "date" => date().prop_map(Value::from).boxed(),
        "date-time" => (date(), 0..24u32, 0..60u32)
            .prop_map(|(date, hour, minute)| Value::from(format!("{date}T{hour:02}:{minute:02}:00.000+0000")))
            .boxed(),
        "uri" | "url" => "[a-z]{3,9}".prop_map(|path| Value::from(format!("https://example.com/{path}"))).boxed(),
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}".prop_map(Value::from).boxed(),
        _ => return None,
    })
}

/// Texts whose form their name tells.
pub fn by_name(name: &str) -> Option<BoxedStrategy<Value>> {
    let lower = name.to_lowercase();
    let strategy = match lower.as_str() {
        "jql" | "jqlquery" | "queries" => jql().prop_map(Value::from).boxed(),
        "timespent" | "originalestimate" | "remainingestimate" | "newestimate" | "reduceby" | "increaseby" => {
            time_span().prop_map(Value::from).boxed()
        }
        "color" | "statuscolor" | "colour" => "#[0-9a-f]{6}".prop_map(Value::from).boxed(),
        "emailaddress" | "email" => {
            (0..1000usize).prop_map(|index| Mark::Unique { form: "email".to_owned(), index }.value()).boxed()
        }
        "cronexpression" | "cron" => cron().prop_map(Value::from).boxed(),
        "url" | "iconurl" => "[a-z]{3,9}".prop_map(|path| Value::from(format!("https://example.com/{path}"))).boxed(),
        "expand" | "fields" | "properties" => Just(Value::from("")).boxed(),
        _ => return None,
    };
    Some(strategy)
}

/// Queries that are valid everywhere.
pub fn jql() -> BoxedStrategy<String> {
    let term = prop_oneof![
        select(vec![
            "project is not EMPTY",
            "status != Done",
            "assignee is EMPTY",
            "created >= -30d",
            "issuetype = Task"
        ])
        .prop_map(str::to_owned),
        ("[a-z]{2,6}").prop_map(|word| format!("summary ~ \"{word}\"")),
        (1..60u32).prop_map(|days| format!("updated > -{days}d")),
        select(vec!["High", "Low", "Medium"]).prop_map(|name| format!("priority in ({name})")),
    ];
    let order = select(vec!["", " ORDER BY created DESC", " ORDER BY key", " order by priority asc, updated"]);
    let joined = (vec(term, 1..4), select(vec![" AND ", " OR "]), order);
    joined.prop_map(|(terms, word, order)| format!("{}{order}", terms.join(word))).boxed()
}

/// Spans as people book them.
fn time_span() -> BoxedStrategy<String> {
    prop_oneof![
        (1..8u32, select(vec!["w", "d", "h", "m"])).prop_map(|(count, unit)| format!("{count}{unit}")),
        (1..4u32, 1..60u32).prop_map(|(hours, minutes)| format!("{hours}h {minutes}m")),
    ]
    .boxed()
}

/// Quartz expressions, which Jira uses.
fn cron() -> BoxedStrategy<String> {
    (0..60u32, 0..24u32, select(vec!["?", "MON", "MON-FRI"]))
        .prop_map(|(minute, hour, day)| match day {
            "?" => format!("0 {minute} {hour} * * ?"),
            day => format!("0 {minute} {hour} ? * {day}"),
        })
        .boxed()
}

fn date() -> BoxedStrategy<String> {
    (2020..2030u32, 1..13u32, 1..29u32).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")).boxed()
}

/// Rich text as the version writes it.
pub fn rich_text(version: ApiVersion) -> BoxedStrategy<Value> {
    match version {
        ApiVersion::V2 => prop_oneof![words(), words().prop_map(|text| format!("h2. Title\n\n*{text}*\n* one\n* two"))]
            .prop_map(Value::from)
            .boxed(),
        ApiVersion::V3 => {
            vec(block(), 1..4).prop_map(|content| json!({ "type": "doc", "version": 1, "content": content })).boxed()
        }
    }
}

fn block() -> BoxedStrategy<Value> {
    let text = || {
        let mark = select(vec!["strong", "em", "code"]);
        prop_oneof![
            words().prop_map(|text| json!({ "type": "text", "text": text })),
            (words(), mark)
                .prop_map(|(text, mark)| json!({ "type": "text", "text": text, "marks": [{ "type": mark }] })),
        ]
    };
    let paragraph = || text().prop_map(|text| json!({ "type": "paragraph", "content": [text] }));
    let items = vec(paragraph().prop_map(|item| json!({ "type": "listItem", "content": [item] })), 1..4);
    prop_oneof![
        4 => paragraph(),
        1 => (1..7u8, words()).prop_map(|(level, text)| {
            json!({ "type": "heading", "attrs": { "level": level }, "content": [{ "type": "text", "text": text }] })
        }),
        1 => items.prop_map(|items| json!({ "type": "bulletList", "content": items })),
        1 => words().prop_map(|code| {
            json!({ "type": "codeBlock", "attrs": { "language": "rust" }, "content": [{ "type": "text", "text": code }] })
        }),
        1 => Just(json!({ "type": "rule" })),
    ]
    .boxed()
}

/// Any JSON, as properties of entities may have.
pub fn any_json() -> BoxedStrategy<Value> {
    prop_oneof![
        words().prop_map(|text| json!({ "text": text })),
        (words(), -100..100i32).prop_map(|(text, number)| json!({ "list": [text, number, null, true] })),
        (-100..100i32).prop_map(|number| json!({ "inner": { "number": number } })),
    ]
    .boxed()
}

fn words() -> BoxedStrategy<String> {
    vec("[a-z]{2,9}", 1..5).prop_map(|words| words.join(" ")).boxed()
}

/// Text as people write it, as long as allowed.
pub fn usual_text(least: usize, most: usize) -> BoxedStrategy<Value> {
    let fit = move |text: String| {
        let padded = format!("{text}{}", "a".repeat(least.saturating_sub(text.len())));
        Value::from(padded.chars().take(most.max(least)).collect::<String>().trim_end())
    };
    words().prop_map(fit).boxed()
}

/// Text at the edges: of the lengths allowed, and of what a text can hold.
pub fn edge_text(least: usize, most: usize) -> BoxedStrategy<Value> {
    let strange =
        vec!["ä", "漢字", "😀", "\u{202e}right", "e\u{301}", "<b>&amp;</b>", "\"'\\", "{{x}}", "a\tb", "null", "-1"];
    let fitting = move |text: String| {
        let padded = format!("{text}{}", "x".repeat(least.saturating_sub(text.chars().count())));
        Value::from(padded.chars().take(most.max(least)).collect::<String>())
    };
    prop_oneof![
        select(strange).prop_map(str::to_owned).prop_map(fitting),
        Just("x".repeat(most.min(4096))).prop_map(Value::from),
        Just("y".repeat(least)).prop_map(Value::from),
        "\\PC{1,20}".prop_map(fitting),
    ]
    .boxed()
}
