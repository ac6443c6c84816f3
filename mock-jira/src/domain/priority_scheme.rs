//! Priority schemes: which priorities a project's issues can have, and which they get when that changes.

use super::{audit::Thing, failure::Complaints};
use std::collections::BTreeMap;

/// Which priorities the issues of some projects can have.
#[derive(Debug, Clone, PartialEq)]
pub struct PriorityScheme {
    /// Unique in the site.
    pub id: i64,
    /// Unique in the site.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The scheme of projects that are in no other.
    pub is_default: bool,
    /// Given to new issues that name none (J-22).
    pub default_priority_id: Option<i64>,
    /// In no order: the site's priorities have one.
    pub priority_ids: Vec<i64>,
    /// Its projects; for the default scheme none are stored.
    pub project_ids: Vec<i64>,
}

impl PriorityScheme {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("PRIORITY_SCHEME", self.id, &self.name)
    }

    /// What becomes of the scheme when a priority is deleted, and the priority its issues get; `None` if none is left.
    pub fn without(&self, id: i64, replacement: Option<i64>) -> Option<(Self, Option<i64>)> {
        let mut scheme = self.clone();
        scheme.priority_ids.retain(|other| *other != id);
        let first = *scheme.priority_ids.first()?;
        let replacement = replacement.filter(|id| scheme.priority_ids.contains(id));
        if scheme.default_priority_id == Some(id) {
            scheme.default_priority_id = replacement.or(Some(first));
        }
        let instead = replacement.or(scheme.default_priority_id);
        Some((scheme, instead))
    }
}

/// New priorities by old ones.
pub type Mapping = BTreeMap<i64, i64>;

/// Issues on their way into a scheme or out of it: what they may have, what they may get, and what the request says.
#[derive(Debug)]
pub struct Migration<'a> {
    /// `in` or `out`.
    pub direction: &'static str,
    /// Priorities that issues may have and that are not in the scheme they come to.
    pub required: &'a [i64],
    /// Those of the scheme they come to.
    pub targets: &'a [i64],
    /// The request's mapping.
    pub given: Option<&'a Mapping>,
}

impl Migration<'_> {
    /// Notes what is wrong with the request's mapping, in the sentences that the document lists.
    pub fn check(&self, exists: impl Fn(i64) -> bool, complaints: &mut Complaints) {
        let direction = self.direction;
        let Some(given) = self.given else {
            if !self.required.is_empty() {
                complaints.messages.push(format!(
                    "The changes to priority schemes require mapping of priorities. Please provide a value for the '{direction}' mappings object."
                ));
            }
            return;
        };
        let (scheme, own) = match direction {
            "in" => ("current", ""),
            _ => ("default", " used by the current priority scheme"),
        };
        let mut complain = |ids: Vec<i64>, what: String| {
            if !ids.is_empty() {
                let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
                complaints.messages.push(format!("The priorities with IDs [{}] {what}", ids.join(", ")));
            }
        };
        let keys = |wanted: &dyn Fn(i64) -> bool| given.keys().copied().filter(|id| wanted(*id)).collect::<Vec<_>>();
        let mut values: Vec<i64> = given.values().copied().collect();
        values.sort_unstable();
        values.dedup();
        let values = |wanted: &dyn Fn(i64) -> bool| values.iter().copied().filter(|id| wanted(*id)).collect::<Vec<_>>();
        complain(
            keys(&|id| !exists(id)),
            format!(
                "provided as keys for the '{direction}' mappings object do not exist. Please provide existing priority IDs{own}."
            ),
        );
        let scheme_name = if direction == "in" { "current priority scheme" } else { "default scheme" };
        complain(
            values(&|id| !exists(id)),
            format!(
                "provided as values for the '{direction}' mappings object do not exist. Please provide existing priority IDs used by the {scheme_name}."
            ),
        );
        complain(
            keys(&|id| exists(id) && !self.required.contains(&id)),
            format!(
                "do not require mapping. Please remove these keys and their corresponding values from the '{direction}' mappings object."
            ),
        );
        complain(
            self.required.iter().copied().filter(|id| !given.contains_key(id)).collect(),
            format!(
                "require mapping. Please provide mappings in the '{direction}' mappings object, where these priorities are the keys with corresponding values."
            ),
        );
        complain(
            values(&|id| exists(id) && !self.targets.contains(&id)),
            format!(
                "being mapped to are not in the {scheme} scheme. Please remove these values and their corresponding keys from the '{direction}' mappings object."
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(direction: &'static str, required: &[i64], given: Option<&[(i64, i64)]>) -> Vec<String> {
        let given: Option<Mapping> = given.map(|pairs| pairs.iter().copied().collect());
        let mut complaints = Complaints::default();
        Migration { direction, required, targets: &[1, 2], given: given.as_ref() }.check(|id| id < 10, &mut complaints);
        complaints.messages
    }

    #[test]
    fn maps_what_must_be_and_nothing_else() {
        assert!(complaints("in", &[], None).is_empty());
        assert!(complaints("in", &[3, 4], Some(&[(3, 1), (4, 1)])).is_empty());
        assert_eq!(complaints("in", &[3], None).len(), 1);
        let wrong = complaints("out", &[3, 4], Some(&[(3, 5), (6, 1), (11, 12)]));
        let ids: Vec<&str> = wrong.iter().filter_map(|text| text.split(['[', ']']).nth(1)).collect();
        assert_eq!(ids, ["11", "12", "6", "4", "5"], "{wrong:#?}");
    }

    #[test]
    fn goes_on_without_a_priority() {
        let scheme = PriorityScheme {
            id: 1,
            name: String::new(),
            description: String::new(),
            is_default: true,
            default_priority_id: Some(2),
            priority_ids: vec![1, 2, 3],
            project_ids: Vec::new(),
        };
        let after = |id, replacement| {
            let (scheme, instead) = scheme.without(id, replacement).unwrap();
            (scheme.priority_ids, scheme.default_priority_id, instead)
        };
        assert_eq!(after(1, Some(3)), (vec![2, 3], Some(2), Some(3)));
        assert_eq!(after(1, Some(9)), (vec![2, 3], Some(2), Some(2)));
        assert_eq!(after(2, Some(3)), (vec![1, 3], Some(3), Some(3)));
        assert_eq!(after(2, None), (vec![1, 3], Some(1), Some(1)));
        let last = PriorityScheme { priority_ids: vec![2], ..scheme };
        assert_eq!(last.without(2, None), None);
    }
}
