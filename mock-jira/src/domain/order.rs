//! Lists whose order people choose.

use super::failure::{Failure, Result};

/// Most things moved at once.
const MOST: usize = 1000;

/// Where things are moved to, as a request gives it: one of the two.
#[derive(Debug, Default, Clone, Copy)]
pub struct Target<'a> {
    /// The id of the thing before them.
    pub after: Option<&'a str>,
    /// `First` or `Last`.
    pub position: Option<&'a str>,
}

/// Where one thing is moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Behind the thing of this id or address.
    After(String),
    /// Before all.
    First,
    /// One place to the front.
    Earlier,
    /// One place to the back.
    Later,
    /// Behind all.
    Last,
}

impl Place {
    /// The place of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "First" => Self::First,
            "Earlier" => Self::Earlier,
            "Later" => Self::Later,
            "Last" => Self::Last,
            _ => return None,
        })
    }
}

/// The list `all` with `ids` moved to the target, in the order in which they are named.
pub fn moved(all: &[i64], ids: &[String], target: Target, missing: impl Fn(&[&str]) -> Failure) -> Result<Vec<i64>> {
    if ids.is_empty() {
        return Err(Failure::invalid("The ids have to be provided."));
    }
    if ids.len() > MOST {
        return Err(Failure::invalid("The ids must contain no more than 1,000 items."));
    }
    let find = |id: &str| id.parse().ok().filter(|id| all.contains(id));
    let unknown: Vec<&str> =
        ids.iter().map(String::as_str).chain(target.after).filter(|id| find(id).is_none()).collect();
    if !unknown.is_empty() {
        return Err(missing(&unknown));
    }
    let ids: Vec<i64> = ids.iter().filter_map(|id| find(id)).collect();
    if ids.iter().enumerate().any(|(at, id)| ids[..at].contains(id)) {
        return Err(Failure::invalid("The ids must not contain duplicates."));
    }
    let mut rest: Vec<i64> = all.iter().copied().filter(|id| !ids.contains(id)).collect();
    let place = match (target.after.and_then(find), target.position) {
        (Some(after), None) => rest.iter().position(|id| *id == after).map(|at| at + 1),
        (None, Some(text)) if text.eq_ignore_ascii_case("First") => Some(0),
        (None, Some(text)) if text.eq_ignore_ascii_case("Last") => Some(rest.len()),
        (None, Some(_)) => return Err(Failure::invalid("The position has to be First or Last.")),
        _ => return Err(Failure::invalid("Either after or position has to be provided.")),
    };
    let place = place.ok_or_else(|| Failure::invalid("The ids must not contain the after ID."))?;
    rest.splice(place..place, ids);
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(ids: &[&str], after: Option<&str>, position: Option<&str>) -> Option<Vec<i64>> {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        moved(&[1, 2, 3, 4], &ids, Target { after, position }, |_| Failure::invalid("unknown")).ok()
    }

    #[test]
    fn moves_in_the_order_of_the_request() {
        assert_eq!(arranged(&["4", "1"], Some("3"), None), Some(vec![2, 3, 4, 1]));
        assert_eq!(arranged(&["3", "2"], None, Some("first")), Some(vec![3, 2, 1, 4]));
        assert_eq!(arranged(&["1"], None, Some("Last")), Some(vec![2, 3, 4, 1]));
    }

    #[test]
    fn refuses_what_says_nothing_or_too_much() {
        for (ids, after, position) in [
            (&[][..], Some("1"), None),
            (&["9"], Some("1"), None),
            (&["1"], Some("9"), None),
            (&["1", "1"], Some("2"), None),
            (&["1"], Some("1"), None),
            (&["1"], None, None),
            (&["1"], Some("2"), Some("First")),
            (&["1"], None, Some("Middle")),
        ] {
            assert_eq!(arranged(ids, after, position), None, "{ids:?} {after:?} {position:?}");
        }
    }
}
