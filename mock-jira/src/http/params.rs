//! Query parameters, read as tolerantly as Jira reads them (H-17, H-37).

use crate::domain::failure::{Failure, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode as encode};

/// What can't stand in a query as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The decoded query string, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes a query string; `+` is a blank.
    pub fn parse(query: &str) -> Self {
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The same with one more parameter.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.to_owned()));
        Self(pairs)
    }

    /// The query string with these parameters instead of those of the same names, by name.
    pub fn query_with(&self, others: &[(&str, i64)]) -> String {
        let kept = self.0.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
        let mut pairs: Vec<(String, String)> = kept.cloned().collect();
        pairs.extend(others.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())));
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let pair = |(name, value): &(String, String)| format!("{}={}", encode(name, RESERVED), encode(value, RESERVED));
        pairs.iter().map(pair).collect::<Vec<_>>().join("&")
    }

    /// All values of a parameter, as they came.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// A text; empty means absent.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A list, given as repeated parameters, as commas, or both.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.items(name).map(str::to_owned).collect()
    }

    fn items<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let parts = self.all(name).flat_map(|value| value.split(','));
        parts.map(str::trim).filter(|part| !part.is_empty())
    }

    /// Whether an `expand` was asked for; dotted names ask for what they begin with, too.
    pub fn expands(&self, name: &str) -> bool {
        let named = |item: &str| item.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.items("expand").any(named)
    }

    /// A whole number; blanks inside digits are ignored, an empty value means absent.
    pub fn int(&self, name: &str) -> Result<Option<i64>> {
        self.number(name, i64::from(i32::MIN), i64::from(i32::MAX))
    }

    /// A whole number of 64 bits, such as `startAt` or an id.
    pub fn long(&self, name: &str) -> Result<Option<i64>> {
        self.number(name, i64::MIN, i64::MAX)
    }

    /// A list of ids.
    pub fn longs(&self, name: &str) -> Result<Vec<i64>> {
        self.items(name).map(|text| path_id(name, text)).collect()
    }

    fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
        let values: Vec<&str> = self.all(name).collect();
        match values.as_slice() {
            [] => Ok(None),
            [value] => {
                let digits: String = value.chars().filter(|character| !character.is_whitespace()).collect();
                if digits.is_empty() {
                    return Ok(None);
                }
                let number = digits.parse().ok().filter(|number| (least..=most).contains(number));
                number.map(Some).ok_or_else(|| unconvertible(name, value))
            }
            several => Err(unconvertible(name, &format!("{{{}}}", several.join(", ")))),
        }
    }

    /// A truth value in any case, as clients send `False` and `True`.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool> {
        match self.text(name).map(str::trim) {
            None => Ok(default),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(unconvertible(name, text)),
        }
    }
}

/// A number in a path.
pub fn path_id(name: &str, text: &str) -> Result<i64> {
    text.parse().map_err(|_| unconvertible(name, text))
}

/// The answer for a value that is none of its type (H-17).
pub fn unconvertible(name: &str, value: &str) -> Failure {
    Failure::BadParameter(format!("Failed to convert '{name}' with value: '{value}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_jira_does() {
        let params = Params::parse("a=3%204&b=&c=x&d=1&d=2&e=99999999999");
        assert_eq!(params.int("a").unwrap(), Some(34));
        assert_eq!(params.int("b").unwrap(), None);
        assert_eq!(params.int("absent").unwrap(), None);
        for (name, shown) in [("c", "x"), ("d", "{1, 2}"), ("e", "99999999999")] {
            match params.int(name) {
                Err(Failure::BadParameter(detail)) => {
                    assert_eq!(detail, format!("Failed to convert '{name}' with value: '{shown}'"))
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(params.long("e").unwrap(), Some(99_999_999_999));
    }

    #[test]
    fn writes_a_query_with_some_parameters_replaced() {
        let params = Params::parse("startAt=5&query=a%20%26b&id=1&id=2");
        let query = params.query_with(&[("maxResults", 2), ("startAt", 7)]);
        assert_eq!(query, "id=1&id=2&maxResults=2&query=a%20%26b&startAt=7");
    }

    #[test]
    fn reads_lists_and_expansions() {
        let params = Params::parse("fields=a,b&fields=c&expand=transitions.fields,names&on=True");
        assert_eq!(params.list("fields"), ["a", "b", "c"]);
        assert!(params.expands("transitions") && params.expands("transitions.fields") && params.expands("names"));
        assert!(!params.expands("name"));
        assert!(params.flag("on", false).unwrap());
    }
}
