//! What searches for filters and for dashboards ask alike.

use crate::{
    domain::failure::{Failure, Result},
    http::call::Call,
};
use uuid::Uuid;

/// Whose they are, and with which group and project they are shared.
pub struct Sought {
    /// Account id.
    pub owner: Option<String>,
    /// Nothing is shared with a group that there is not.
    pub group: Option<Uuid>,
    /// What is shared with a project that the caller can't see is not told.
    pub project: Option<i64>,
}

impl Sought {
    /// Reads it from the query, which may expand only what there is.
    pub fn read(call: &Call, can_expand: impl Fn(&str) -> bool) -> Result<Self> {
        let params = &call.params;
        if let Some(other) = params.list("expand").iter().find(|name| !can_expand(name)) {
            return Err(Failure::invalid(format!("The expand parameter contains an invalid value: '{other}'.")));
        }
        for (one, other) in [("accountId", "owner"), ("groupId", "groupname")] {
            if params.text(one).is_some() && params.text(other).is_some() {
                let sentence = format!("The parameters '{one}' and '{other}' can't be used together.");
                return Err(Failure::invalid(sentence));
            }
        }
        let group = params.text("groupId").or(params.text("groupname"));
        let project = params.long("projectId")?;
        Ok(Self {
            owner: params.text("accountId").or(params.text("owner")).map(str::to_owned),
            group: group.map(|group| call.site.group(group).map_or(Uuid::nil(), |group| group.group_id)),
            project: project.map(|id| call.project(&id.to_string()).map_or(0, |project| project.id)),
        })
    }
}
