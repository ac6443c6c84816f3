//! Comments: what a request gives for one.

use super::visibility::Visibility;
use serde_json::Value;

/// A comment to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewComment {
    /// Atlassian Document Format.
    pub body: Value,
    /// `role` or `group`, and its id (J-93).
    pub visibility: Option<Visibility>,
    /// Entity properties: key and value.
    pub properties: Vec<(String, Value)>,
}

/// What a comment becomes; what a request leaves out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Atlassian Document Format.
    pub body: Value,
    /// Who may see it, or none for everybody.
    pub visibility: Option<Option<Visibility>>,
    /// Entity properties: key and value.
    pub properties: Vec<(String, Value)>,
}

/// One thing that can be done to a comment, by its id.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// It is changed.
    Change(i64, Revision),
    /// It is removed.
    Remove(i64),
}
