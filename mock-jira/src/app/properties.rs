//! Entity properties of anything (J-118). Who may set them is decided by who asks.

use crate::{
    db::{self, Work},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
        property,
    },
};
use serde_json::Value;

/// What the properties of issues hang on.
pub const ISSUE: &str = "issue";
/// Those of issue types.
pub const ISSUE_TYPE: &str = "issuetype";
/// What those of accounts hang on.
pub const USER: &str = "user";

/// What properties hang on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Kind of thing, such as [`ISSUE`].
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// How records name it.
    pub thing: Thing,
}

impl Owner {
    /// An owner of that kind, named in records as `thing`.
    pub fn new(kind: &'static str, thing: Thing) -> Self {
        Self { kind, id: thing.id.clone(), thing }
    }

    fn record(&self, summary: &str, key: &str) -> Record {
        Record::new(summary, Area::Everyday, self.thing.clone()).with(Thing::new("PROPERTY", key, key))
    }
}

/// Sets a property and ends the transaction; whether it is new.
pub async fn set(mut work: Work, owner: &Owner, key: &str, value: &Value) -> Result<bool> {
    property::check(key, value).map_err(Failure::invalid)?;
    let created = db::properties::put(&mut work, owner.kind, &owner.id, key, value).await?;
    work.commit(owner.record("Property set", key)).await?;
    Ok(created)
}

/// Stores properties that are given together with what they hang on.
pub async fn store(work: &mut Work, kind: &str, id: i64, properties: &[(String, Value)]) -> Result<()> {
    for (key, value) in properties {
        db::properties::put(work, kind, &id.to_string(), key, value).await?;
    }
    Ok(())
}

/// Removes a property and ends the transaction.
pub async fn remove(mut work: Work, owner: &Owner, key: &str) -> Result<()> {
    property::check_key(key).map_err(Failure::invalid)?;
    if !db::properties::delete(&mut work, owner.kind, &owner.id, key).await? {
        return Err(missing(key));
    }
    Ok(work.commit(owner.record("Property deleted", key)).await?)
}

/// The answer for a property that is not set.
pub fn missing(key: &str) -> Failure {
    Failure::not_found(format!("The property with key '{key}' does not exist."))
}
