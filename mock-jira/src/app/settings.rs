//! Settings of all of Jira.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        failure::{Failure, Result},
    },
};

/// Stores properties of one kind of setting, with a record of what is different.
pub async fn put(
    context: &Context,
    what: &str,
    properties: &[(&'static str, String)],
    old: &[(&'static str, String)],
) -> Result<()> {
    let mut work = context.begin().await?;
    db::settings::put(&mut work, properties).await?;
    let mut record =
        Record::new(format!("{what} updated"), Area::System, Thing::new("APPLICATION_PROPERTY", what, what));
    for (key, value) in properties {
        let before = old.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
        record = record.change(*key, before, Some(value));
    }
    Ok(work.commit(record).await?)
}

/// Refuses everybody but administrators.
pub fn administers(context: &Context, otherwise: &str) -> Result<()> {
    if context.access().administers() { Ok(()) } else { Err(Failure::forbidden(otherwise)) }
}
