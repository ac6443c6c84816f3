//! The lexical rules of wiki markup that reading and writing must agree on.

use serde_json::{Value, json};

use super::node;

/// Whether a backslash takes away the special meaning of `c`.
pub(super) const fn is_escapable(c: char) -> bool {
    matches!(
        c,
        '*' | '_' | '-' | '+' | '^' | '~' | '?' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '#' | '&' | ':' | ';'
    )
}

/// Whether a style symbol between these two characters can begin styled text.
///
/// A symbol next to its like never counts, so `__init__` and `--` stay text.
pub(super) fn opens(prev: Option<char>, symbol: char, next: Option<char>) -> bool {
    prev.is_none_or(|c| !c.is_alphanumeric() && c != symbol) && next.is_some_and(|c| !c.is_whitespace() && c != symbol)
}

/// Whether a style symbol between these two characters can end styled text.
pub(super) fn closes(prev: Option<char>, symbol: char, next: Option<char>) -> bool {
    prev.is_some_and(|c| !c.is_whitespace() && c != symbol) && next.is_none_or(|c| !c.is_alphanumeric() && c != symbol)
}

/// Reads `&#NN;` at the start of `rest`: the character and the length read.
pub(super) fn char_ref(rest: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 7;
    let digits = rest.strip_prefix("&#")?;
    let end = digits.bytes().take(LONGEST + 1).position(|b| b == b';')?;
    // Postgres cannot store NUL in text or JSON.
    let code = digits[..end].parse::<u32>().ok().filter(|code| *code != 0)?;
    Some((char::from_u32(code)?, end + 3))
}

/// Writes `c` as `&#NN;`.
pub(super) fn to_char_ref(c: char) -> String {
    format!("&#{};", u32::from(c))
}

/// Decodes the `&#NN;` of a macro parameter or link target.
pub(super) fn decode_refs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((c, len)) = char_ref(rest) {
            out.push(c);
            rest = &rest[len..];
        } else {
            out.push_str("&#");
            rest = &rest[2..];
        }
    }
    out.push_str(rest);
    out
}

/// Encodes a macro parameter or link target so that [`decode_refs`] gives it back and no
/// character of it ends the construct it stands in.
pub(super) fn encode_refs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_special = matches!(c, '|' | '{' | '}' | '[' | ']' | '!' | '\\')
            || (c.is_whitespace() && (c != ' ' || at == 0 || at + 1 == text.len()))
            || (c == '&' && text[at..].starts_with("&#"));
        if is_special {
            out.push_str(&to_char_ref(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// The length of the bare address at the start of `rest`.
pub(super) fn bare_url(rest: &str) -> Option<usize> {
    const SCHEMES: [&str; 4] = ["https://", "http://", "ftp://", "mailto:"];
    let scheme = SCHEMES.iter().find(|scheme| rest.starts_with(**scheme))?;
    let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"|[]{}\\^`!".contains(c);
    let url = &rest[..rest.find(ends).unwrap_or(rest.len())];
    // Punctuation at the end belongs to the sentence.
    let url = url.trim_end_matches(|c| ".,;:?'()*_-+~&#".contains(c));
    (url.len() > scheme.len()).then_some(url.len())
}

/// A heading's level and text, when `line` is one.
pub(super) fn heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.trim_start().strip_prefix('h')?;
    let level = *rest.as_bytes().first().filter(|b| (b'1'..=b'6').contains(b))? - b'0';
    Some((level, after_dot(&rest[1..])?))
}

/// The text after `bq.`, when `line` is a one-line quotation.
pub(super) fn quotation(line: &str) -> Option<&str> {
    after_dot(line.trim_start().strip_prefix("bq")?)
}

fn after_dot(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix('.')?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

/// Whether `line` is a horizontal rule.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 4 && line.bytes().all(|b| b == b'-')
}

/// The longest list marker, which is the deepest nesting of lists.
pub(super) const LONGEST_MARKER: usize = 8;

/// The characters that make up list markers.
pub(super) const fn is_list_symbol(c: char) -> bool {
    matches!(c, '*' | '#' | '-')
}

/// A macro tag `{name}` or `{name:parameters}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) params: Option<&'a str>,
    pub(super) len: usize,
}

/// Reads the macro tag at the start of `rest`.
pub(super) fn tag(rest: &str) -> Option<Tag<'_>> {
    let body = rest.strip_prefix('{')?;
    let body = &body[..body.find(['{', '}', '\n']).filter(|at| body[*at..].starts_with('}'))?];
    let (name, params) = match body.split_once(':') {
        Some((name, params)) => (name, Some(params)),
        None => (body, None),
    };
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
    is_name.then_some(Tag { name, params, len: body.len() + 2 })
}

impl<'a> Tag<'a> {
    /// The parameters in order, with an empty name where one has only a value.
    fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.params
            .into_iter()
            .flat_map(|params| params.split('|'))
            .map(|param| param.split_once('=').unwrap_or(("", param)))
            .map(|(name, value)| (name.trim(), value.trim()))
    }

    /// The value of a parameter; `""` asks for the first one that has no name.
    pub(super) fn param(&self, wanted: &str) -> Option<String> {
        self.pairs()
            .find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty())
            .map(|(_, value)| decode_refs(value))
    }
}

/// Emoticons: code, short name, emoji id and text. A short name's first code is the one written.
const EMOTICONS: &[(&str, &str, &str, &str)] = &[
    (":)", ":slight_smile:", "1f642", "🙂"),
    (":(", ":disappointed:", "1f61e", "😞"),
    (":P", ":stuck_out_tongue:", "1f61b", "😛"),
    (":p", ":stuck_out_tongue:", "1f61b", "😛"),
    (":D", ":smiley:", "1f603", "😃"),
    (";)", ":wink:", "1f609", "😉"),
    ("(y)", ":thumbsup:", "1f44d", "👍"),
    ("(n)", ":thumbsdown:", "1f44e", "👎"),
    ("(i)", ":info:", "atlassian-info", ":info:"),
    ("(/)", ":check_mark:", "atlassian-check_mark", ":check_mark:"),
    ("(x)", ":cross_mark:", "atlassian-cross_mark", ":cross_mark:"),
    ("(!)", ":warning:", "atlassian-warning", ":warning:"),
    ("(+)", ":plus:", "atlassian-plus", ":plus:"),
    ("(-)", ":minus:", "atlassian-minus", ":minus:"),
    ("(?)", ":question:", "atlassian-question_mark", ":question:"),
    ("(on)", ":light_bulb_on:", "atlassian-light_bulb_on", ":light_bulb_on:"),
    ("(off)", ":light_bulb_off:", "atlassian-light_bulb_off", ":light_bulb_off:"),
    ("(*)", ":yellow_star:", "atlassian-yellow_star", ":yellow_star:"),
    ("(*y)", ":yellow_star:", "atlassian-yellow_star", ":yellow_star:"),
    ("(*r)", ":red_star:", "atlassian-red_star", ":red_star:"),
    ("(*g)", ":green_star:", "atlassian-green_star", ":green_star:"),
    ("(*b)", ":blue_star:", "atlassian-blue_star", ":blue_star:"),
    ("(flag)", ":flag_on:", "atlassian-flag_on", ":flag_on:"),
    ("(flagoff)", ":flag_off:", "atlassian-flag_off", ":flag_off:"),
];

/// The emoticon at the start of `rest`: its emoji node and length. `prev` is the character before
/// it: `f(x)` is no emoticon, nor is `:Description`.
pub(super) fn emoticon(prev: Option<char>, rest: &str) -> Option<(Value, usize)> {
    if prev.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    EMOTICONS
        .iter()
        .find(|(code, ..)| {
            rest.strip_prefix(code)
                .is_some_and(|after| !(is_word(code.chars().next_back()) && is_word(after.chars().next())))
        })
        .map(|(code, short, id, text)| {
            let attrs = json!({"shortName": short, "id": id, "text": text});
            (node::leaf("emoji", attrs), code.len())
        })
}

/// The emoticon for an emoji's short name.
pub(super) fn emoticon_code(short_name: &str) -> Option<&'static str> {
    EMOTICONS.iter().find(|(_, short, ..)| *short == short_name).map(|(code, ..)| *code)
}

/// Panel types and the background colours Jira writes for them.
const PANELS: [(&str, &str); 5] =
    [("info", "#deebff"), ("note", "#eae6ff"), ("success", "#e3fcef"), ("warning", "#fffae6"), ("error", "#ffebe6")];

/// The background colour of a panel type that has one of its own.
pub(super) fn panel_color(panel_type: &str) -> Option<&'static str> {
    PANELS.iter().find(|(name, _)| *name == panel_type).map(|(_, color)| *color)
}

/// The panel type with this background colour.
pub(super) fn panel_of_color(color: &str) -> Option<&'static str> {
    PANELS.iter().find(|(_, known)| known.eq_ignore_ascii_case(color)).map(|(name, _)| *name)
}

/// Status lozenge colours: ADF's name and the macro's.
const STATUS_COLORS: [(&str, &str); 6] = [
    ("neutral", "Grey"),
    ("purple", "Purple"),
    ("blue", "Blue"),
    ("red", "Red"),
    ("yellow", "Yellow"),
    ("green", "Green"),
];

/// The macro's name for an ADF status colour.
pub(super) fn status_color_name(color: &str) -> &'static str {
    STATUS_COLORS.iter().find(|(adf, _)| *adf == color).map_or("Grey", |(_, name)| name)
}

/// The ADF status colour for the macro's name.
pub(super) fn status_color(name: &str) -> &'static str {
    STATUS_COLORS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map_or("neutral", |(adf, _)| adf)
}

/// `#rrggbb` for the argument of `{color:...}`: a CSS name, `#rgb` or `#rrggbb`.
pub(super) fn text_color(name: &str) -> Option<String> {
    const NAMES: [(&str, &str); 20] = [
        ("black", "#000000"),
        ("white", "#ffffff"),
        ("red", "#ff0000"),
        ("green", "#008000"),
        ("blue", "#0000ff"),
        ("yellow", "#ffff00"),
        ("orange", "#ffa500"),
        ("purple", "#800080"),
        ("grey", "#808080"),
        ("gray", "#808080"),
        ("lightgrey", "#d3d3d3"),
        ("lightgray", "#d3d3d3"),
        ("silver", "#c0c0c0"),
        ("navy", "#000080"),
        ("teal", "#008080"),
        ("maroon", "#800000"),
        ("brown", "#a52a2a"),
        ("pink", "#ffc0cb"),
        ("cyan", "#00ffff"),
        ("magenta", "#ff00ff"),
    ];
    let name = name.trim();
    if super::adf::is_color(name, false) {
        return Some(name.to_owned());
    }
    let digits = name.strip_prefix('#').unwrap_or_default();
    if digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(digits.chars().fold("#".to_owned(), |out, c| format!("{out}{c}{c}")));
    }
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, color)| (*color).to_owned())
}
