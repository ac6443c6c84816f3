//! Permission schemes and global permissions, as they are stored.

use super::Holder;
use crate::domain::audit::Thing;
use uuid::Uuid;

/// One entry of a permission scheme (U-26).
#[derive(Debug, Clone, PartialEq)]
pub struct PermissionGrant {
    /// Unique in the site.
    pub id: i64,
    /// The scheme it is part of.
    pub scheme_id: i64,
    /// Such as `BROWSE_PROJECTS`.
    pub permission: String,
    /// Such as `projectRole`.
    pub holder: String,
    /// The role, group, account or field that the holder names.
    pub parameter: Option<String>,
}

impl PermissionGrant {
    /// Who has the permission.
    pub fn holder(&self) -> Holder<'_> {
        Holder { kind: &self.holder, parameter: self.parameter.as_deref() }
    }
}

/// A permission scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct PermissionScheme {
    /// Unique in the site; the default scheme's is 0.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
}

impl PermissionScheme {
    /// The id of the scheme that projects have which name none.
    pub const DEFAULT: i64 = 0;

    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("PERMISSION_SCHEME", self.id, &self.name)
    }
}

/// A global permission; without a group, for anyone.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalGrant {
    /// Such as `ADMINISTER`.
    pub permission: String,
    /// Whose members have it.
    pub group_id: Option<Uuid>,
}
