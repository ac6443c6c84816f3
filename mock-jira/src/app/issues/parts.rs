//! Components and versions that an issue comes to have: they must not be deleted before it is stored.

use super::{Context, Issue, Work};
use crate::{
    app::versions,
    db,
    domain::failure::{Complaints, Result},
};
use serde_json::Value;

/// Keeps them until the end of the transaction; refuses those that are gone.
///
/// Who deletes one locks it, and takes it from the issues that have it by then. So an issue that comes to have it at
/// the same time is either among them, or is told here.
pub(super) async fn hold(context: &Context, work: &mut Work, old: Option<&Issue>, new: &Issue) -> Result<()> {
    let mut complaints = Complaints::default();
    let components = added(old.map(|old| old.component_ids.as_slice()), &new.component_ids);
    if let Some(id) = lost(&components, &db::components::hold(work, &components).await?) {
        complaints.field("components", format!("Component id '{id}' is not valid"));
    }
    let had = old.map(|old| versions_of(context, old));
    let versions = added(had.as_deref(), &versions_of(context, new));
    if let Some(id) = lost(&versions, &db::versions::hold(work, &versions).await?) {
        let field = if new.fix_version_ids.contains(&id) { "fixVersions" } else { "versions" };
        complaints.field(field, format!("Version id '{id}' is not valid"));
    }
    complaints.into_result()
}

/// All versions that an issue has, in whatever field.
fn versions_of(context: &Context, issue: &Issue) -> Vec<i64> {
    let custom = versions::version_fields(context).into_iter().filter_map(|field| issue.custom.get(&field));
    let custom = custom.flat_map(|value| match value {
        Value::Array(ids) => ids.iter().filter_map(Value::as_i64).collect(),
        id => Vec::from_iter(id.as_i64()),
    });
    issue.fix_version_ids.iter().chain(&issue.affected_version_ids).copied().chain(custom).collect()
}

fn added(old: Option<&[i64]>, new: &[i64]) -> Vec<i64> {
    new.iter().copied().filter(|id| !old.is_some_and(|old| old.contains(id))).collect()
}

fn lost(wanted: &[i64], found: &[i64]) -> Option<i64> {
    wanted.iter().copied().find(|id| !found.contains(id))
}
