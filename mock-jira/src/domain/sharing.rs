//! Sharing of filters and dashboards: with whom, and what that allows.

use super::{people::Caller, permission::Access, snapshot::Snapshot};
use std::{
    collections::HashMap,
    fmt::{self, Display, Formatter},
};
use uuid::Uuid;

/// What can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A saved filter.
    Filter,
    /// A dashboard.
    Dashboard,
}

/// With whom something is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Anonymous callers too.
    Everyone,
    /// Everybody who is logged in.
    LoggedIn,
    /// Who can browse the project.
    Project(i64),
    /// Who plays a role in a project.
    Role {
        /// Where it is played.
        project: i64,
        /// The role.
        role: i64,
    },
    /// The members of a group.
    Group(Uuid),
    /// One account.
    User(String),
}

impl Display for Target {
    /// As records of changes name it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everybody"),
            Self::LoggedIn => f.write_str("everybody who is logged in"),
            Self::Project(id) => write!(f, "project {id}"),
            Self::Role { project, role } => write!(f, "role {role} in project {project}"),
            Self::Group(id) => write!(f, "group {id}"),
            Self::User(account) => write!(f, "user {account}"),
        }
    }
}

impl Target {
    /// Shared with everybody, which leaves nothing to share with others.
    pub fn is_global(&self) -> bool {
        matches!(self, Self::Everyone | Self::LoggedIn)
    }

    /// Whether a caller is among those.
    pub fn reaches(&self, site: &Snapshot, caller: &Caller) -> bool {
        let access = Access::new(site, caller);
        match self {
            Self::Everyone => true,
            Self::LoggedIn => caller.account.is_some(),
            Self::Project(id) => {
                site.projects.get(*id).is_some_and(|project| access.somewhere(project, "BROWSE_PROJECTS"))
            }
            Self::Role { project, role } => {
                site.projects.get(*project).is_some_and(|project| access.roles(project).any(|played| played == *role))
            }
            Self::Group(id) => access.is_in(*id),
            Self::User(account) => caller.is(Some(account)),
        }
    }
}

/// A share that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Unique in the site.
    pub id: i64,
    /// Whether it allows editing; every share allows seeing.
    pub may_edit: bool,
    /// With whom.
    pub target: Target,
}

/// The shares of one filter or dashboard, by id.
pub type Shares = Vec<Share>;

/// The shares of several, by the id of what is shared.
pub type SharesById = HashMap<i64, Shares>;

/// Shares to be made: with whom, and whether they allow editing.
pub type Draft = Vec<(Target, bool)>;

/// What reaches a caller, for asking the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// Nobody's for an anonymous caller.
    pub account_id: Option<String>,
    /// The caller's groups.
    pub groups: Vec<Uuid>,
    /// Projects that the caller can browse.
    pub projects: Vec<i64>,
    /// Roles that the caller plays, as `project:role`.
    pub roles: Vec<String>,
}

impl Audience {
    /// What [`Target::reaches`] this caller.
    pub fn of(site: &Snapshot, caller: &Caller) -> Self {
        let access = Access::new(site, caller);
        let browsed = site.projects.iter().filter(|project| access.somewhere(project, "BROWSE_PROJECTS"));
        let played =
            |project| access.roles(project).map(|role| format!("{}:{role}", project.id)).collect::<Vec<String>>();
        Self {
            account_id: caller.account_id().map(str::to_owned),
            groups: caller.groups.iter().copied().collect(),
            projects: browsed.map(|project| project.id).collect(),
            roles: site.projects.iter().flat_map(played).collect(),
        }
    }
}
