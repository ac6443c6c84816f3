//! What another system tells about a change that it makes (`historyMetadata`, J-80).

use crate::domain::lenient;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Kept with the entry of the changelog, and shown with it; members that nobody knows are dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    /// Such as `myplugin:type`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Key of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description_key: Option<String>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_description: Option<String>,
    /// Key of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_description_key: Option<String>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_description: Option<String>,
    /// Key of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_description_key: Option<String>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::object")]
    pub actor: Option<Participant>,
    /// The system that tells it.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::object")]
    pub generator: Option<Participant>,
    /// What made it happen.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::object")]
    pub cause: Option<Participant>,
    /// Anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_data: Option<BTreeMap<String, String>>,
}

/// Somebody or something that took part in a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Participant {
    /// In the other system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Such as `mysystem-user`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Key of the shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name_key: Option<String>,
    /// A page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
}
