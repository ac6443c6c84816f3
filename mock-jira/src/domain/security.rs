//! Issue security: schemes of levels, and who belongs to each.
//!
//! A level that an issue has hides it from everybody else; see [`Access::on`](super::permission::Access::on).

use super::{audit::Thing, permission::Holder};

/// A set of security levels.
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityScheme {
    /// Unique in the site.
    pub id: i64,
    /// Shown name; unique in the site, in any case.
    pub name: String,
    /// May be empty.
    pub description: String,
}

impl SecurityScheme {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("ISSUE_SECURITY_SCHEME", self.id, &self.name)
    }
}

/// A security level: an issue that has it is seen by the level's members alone.
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityLevel {
    /// Unique in the site.
    pub id: i64,
    /// The scheme it is part of.
    pub scheme_id: i64,
    /// Shown name; unique in the scheme, in any case.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Given to new issues that name none.
    pub is_default: bool,
}

impl SecurityLevel {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("ISSUE_SECURITY_LEVEL", self.id, &self.name)
    }
}

/// A member of a security level.
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityMember {
    /// Unique in the site.
    pub id: i64,
    /// The level.
    pub level_id: i64,
    /// Such as `projectRole` (U-26).
    pub holder: String,
    /// The role, group, account or field that the holder names.
    pub parameter: Option<String>,
}

impl SecurityMember {
    /// Who belongs to the level.
    pub fn holder(&self) -> Holder<'_> {
        Holder { kind: &self.holder, parameter: self.parameter.as_deref() }
    }
}
