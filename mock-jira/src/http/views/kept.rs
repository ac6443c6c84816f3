//! Parts of issues that are the same in many answers, such as people and statuses: rendered once, and kept as text.

use crate::http::call::{Call, Version};
use serde::{Serialize, Serializer};
use serde_json::{Value, value::RawValue};
use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

/// The value of a member of an answer.
#[derive(Debug, Clone)]
pub enum Shown {
    /// Made for this answer.
    Made(Value),
    /// Kept from an earlier one.
    Kept(Arc<RawValue>),
    /// An object of such values.
    Members(Members),
    /// Several such objects.
    List(Vec<Members>),
}

/// The members of an object, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct Members(Vec<(Cow<'static, str>, Shown)>);

impl Members {
    /// Adds a member that is not there yet.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Shown>) {
        self.0.push((name.into(), value.into()));
    }

    /// A member.
    pub fn get(&self, name: &str) -> Option<&Shown> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Takes a member out.
    pub fn take(&mut self, name: &str) -> Option<Shown> {
        let at = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.remove(at).1)
    }

    /// The members' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }
}

impl IntoIterator for Members {
    type Item = (Cow<'static, str>, Shown);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<T: Into<Value>> From<T> for Shown {
    fn from(value: T) -> Self {
        Self::Made(value.into())
    }
}

impl From<Members> for Shown {
    fn from(members: Members) -> Self {
        Self::Members(members)
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Made(value) => value.serialize(serializer),
            Self::Kept(text) => text.serialize(serializer),
            Self::Members(members) => members.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
        }
    }
}

/// Something that looks the same wherever it stands in issues.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// An issue type's id.
    IssueType(i64),
    /// A person, whose e-mail address not everybody sees.
    Person {
        /// Whose.
        account_id: String,
        /// Whether the caller sees the e-mail address.
        email: bool,
    },
    /// A priority's id.
    Priority(i64),
    /// A project's id.
    Project(i64),
    /// A resolution's id.
    Resolution(i64),
    /// A status's id.
    Status(i64),
    /// The category of the status with that id.
    StatusCategory(i64),
}

/// The parts of one snapshot of a site, with links that begin with one address.
#[derive(Debug, Default)]
pub struct Parts(RwLock<HashMap<Part, Arc<RawValue>>>);

impl Parts {
    /// What is kept of it, or what `make` makes of it now.
    pub fn show(&self, part: Part, make: impl FnOnce() -> Value) -> Shown {
        if let Some(text) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&part) {
            return Shown::Kept(text.clone());
        }
        let value = make();
        let Ok(text) = serde_json::value::to_raw_value(&value) else { return Shown::Made(value) };
        let text = Arc::<RawValue>::from(text);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(part, text.clone());
        Shown::Kept(text)
    }
}

/// What the parts are of: a new snapshot, or another address, has its own.
#[derive(Debug, PartialEq, Eq)]
struct Of {
    site_id: i32,
    site_version: i64,
    version: Version,
    base: String,
}

/// How many are kept; addresses are the callers' to choose.
const MOST: usize = 32;

/// What is kept, the latest first.
#[derive(Debug, Default)]
pub struct Kept(Mutex<VecDeque<(Of, Arc<Parts>)>>);

impl Kept {
    /// The parts of the call's snapshot.
    pub fn of(&self, call: &Call) -> Arc<Parts> {
        let site = &call.site.site;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(of, _)| {
            (of.site_id, of.site_version, of.version) == (site.id, site.version, call.version)
                && of.base == call.links.base
        });
        if let Some((_, parts)) = found.and_then(|at| kept.get(at)) {
            return parts.clone();
        }
        let of =
            Of { site_id: site.id, site_version: site.version, version: call.version, base: call.links.base.clone() };
        let parts = Arc::<Parts>::default();
        kept.truncate(MOST - 1);
        kept.push_front((of, parts.clone()));
        parts
    }
}
