//! Settings of all of Jira.

use super::Context;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        failure::Result,
    },
};

/// Makes it possible to log work.
pub async fn enable_time_tracking(context: &Context) -> Result<()> {
    let mut work = context.begin().await?;
    db::settings::enable_time_tracking(&mut work).await?;
    let thing = Thing::new("APPLICATION_PROPERTY", "jira.option.timetracking", "Time tracking");
    let record = Record::new("Time tracking enabled", Area::System, thing);
    Ok(work.commit(record.change("Enabled", Some("false"), Some("true"))).await?)
}

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
