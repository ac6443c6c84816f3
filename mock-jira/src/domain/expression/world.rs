//! What an evaluator asks of the site.

use super::{
    schema::Kind,
    value::{Entity, Value},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Data that a world does not have at hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Missing {
    /// A thing, by what names it.
    Thing(Kind, String),
    /// A member of a thing.
    Member(Entity, &'static str),
    /// An entity property.
    Property(Entity, String),
    /// The keys of all entity properties.
    Keys(Entity),
}

/// Why a world gives no value.
#[derive(Debug)]
pub enum Lack {
    /// It must be loaded.
    Missing(Missing),
    /// It can't be a value.
    Unusable(String),
}

impl From<String> for Lack {
    fn from(message: String) -> Self {
        Self::Unusable(message)
    }
}

impl From<Missing> for Lack {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

/// Where values come from, as far as the caller may see them.
pub trait World {
    /// A variable of the context.
    fn variable(&self, name: &str) -> Option<Value>;
    /// A member that [`super::schema`] knows.
    fn member(&self, of: &Entity, name: &'static str) -> Result<Value, Lack>;
    /// What a method that [`super::schema`] knows gives.
    fn call(&self, of: &Entity, name: &str, arguments: &[Value]) -> Result<Value, Lack>;
    /// A custom field of an issue, by id or key; none if the site has no such field.
    fn field(&self, of: &Entity, name: &str) -> Option<Result<Value, Lack>>;
    /// Ids and keys of all custom fields.
    fn fields(&self) -> Vec<String>;
    /// An entity property.
    fn property(&self, of: &Entity, key: &str) -> Result<Value, Lack>;
    /// The keys of all entity properties.
    fn property_keys(&self, of: &Entity) -> Result<Value, Lack>;
    /// The thing that is named so; null if there is none.
    fn thing(&self, kind: Kind, name: &Value) -> Result<Value, Lack>;
    /// The present.
    fn now(&self) -> DateTime<Utc>;
    /// Where the caller is.
    fn zone(&self) -> Tz;
}
