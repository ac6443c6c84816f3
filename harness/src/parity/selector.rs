//! Where a value stands in an answer: a JSON pointer whose steps may also choose an element by what it has.
//!
//! `/issueTypes/[name=Task]/id` is the id of the first issue type named Task;
//! `/[status=COMPLETE]` is the whole answer if it has that status. `{names}` of captured values may stand within.
//! Of several places, with `|` between them, the first that is there counts.

use serde::Deserialize;
use serde_json::Value;

use super::variables::{Variables, plain};

/// A place in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Selector {
    text: String,
    places: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A member or an index.
    Name(String),
    /// The first element whose member (a path with dots) has this value, or an object itself if it has it.
    With { member: String, value: String },
}

impl TryFrom<String> for Selector {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        let part = |part: &str| match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
            Some(choice) => {
                let (member, value) =
                    choice.split_once('=').ok_or_else(|| anyhow::anyhow!("[{choice}] has no equals sign"))?;
                Ok(Part::With { member: member.to_owned(), value: value.to_owned() })
            }
            None => Ok(Part::Name(part.to_owned())),
        };
        let place = |place: &str| {
            let rest =
                place.strip_prefix('/').ok_or_else(|| anyhow::anyhow!("'{place}' does not begin with a slash"))?;
            rest.split('/').map(part).collect()
        };
        let places = text.split('|').map(place).collect::<anyhow::Result<_>>()?;
        Ok(Self { text, places })
    }
}

impl Selector {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value at the place, if there is one.
    pub fn find<'a>(&self, answer: &'a Value, variables: &Variables) -> Option<&'a Value> {
        self.places.iter().find_map(|place| find(place, answer, variables))
    }
}

fn find<'a>(place: &[Part], answer: &'a Value, variables: &Variables) -> Option<&'a Value> {
    place.iter().try_fold(answer, |value, part| match part {
        Part::Name(name) => match value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            value => value.get(name),
        },
        Part::With { member, value: wanted } => {
            let wanted = variables.fill_text(wanted).ok()?;
            let has = |value: &&Value| {
                let member = member.split('.').try_fold(*value, |value, name| value.get(name));
                member.is_some_and(|member| plain(member) == wanted)
            };
            match value {
                Value::Array(items) => items.iter().find(has),
                value => Some(value).filter(has),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn chooses_by_name_index_and_content() {
        let mut variables = Variables::default();
        variables.set("wanted", json!("Bug"));
        let answer =
            json!({"list": [{"id": 1, "a": {"b": "Task"}}, {"id": 2, "a": {"b": "Bug"}}], "status": "COMPLETE"});
        let find = |text: &str| Selector::try_from(text.to_owned()).unwrap().find(&answer, &variables).cloned();
        assert_eq!(find("/list/0/id"), Some(json!(1)));
        assert_eq!(find("/list/[a.b={wanted}]/id"), Some(json!(2)));
        assert_eq!(find("/list/[id=2]/a/b"), Some(json!("Bug")));
        assert_eq!(find("/list/[a.b=Epic]/id"), None);
        assert_eq!(find("/nothing|/list/1/id|/list/0/id"), Some(json!(2)));
        assert!(find("/[status=COMPLETE]").is_some());
        assert!(find("/[status=RUNNING]").is_none());
        assert!(Selector::try_from("list".to_owned()).is_err());
        assert!(Selector::try_from("/[list]".to_owned()).is_err());
    }
}
