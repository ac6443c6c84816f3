//! Links to things outside of Jira (J-114).

use super::failure::Complaints;
use serde::{Deserialize, Serialize};

/// What a request gives, and what is stored; members that nobody knows are dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RemoteLink {
    /// Of the linked thing, in its own system; unique on the issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_id: Option<String>,
    /// The application that the thing is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
    /// How the issue relates to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// The thing itself.
    pub object: Option<Object>,
}

/// An application outside of Jira.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Application {
    /// Such as `com.acme.tracker`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A thing outside of Jira.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Object {
    /// Where it is; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Shown name; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    /// How it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// A small picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Icon {
    /// Where it is.
    #[serde(rename = "url16x16", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Whether something is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Status {
    /// Shown struck through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<bool>,
    /// The picture of the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
}

/// Longest of every text but the summary.
const TEXT: usize = 255;
/// Longest address.
const URL: usize = 2000;

impl RemoteLink {
    /// Empty texts are none.
    pub fn normalized(mut self) -> Self {
        let blank = |text: &mut Option<String>| drop(text.take_if(|text| text.trim().is_empty()));
        blank(&mut self.global_id);
        blank(&mut self.relationship);
        if let Some(object) = &mut self.object {
            blank(&mut object.title);
            blank(&mut object.url);
        }
        self
    }

    /// Everything that is wrong with it.
    pub fn check(&self) -> Complaints {
        let mut complaints = Complaints::default();
        let Some(object) = &self.object else {
            complaints.field("object", "'object' is required.");
            return complaints;
        };
        for (name, text, required, longest) in [
            ("globalId", &self.global_id, false, TEXT),
            ("relationship", &self.relationship, false, TEXT),
            ("title", &object.title, true, TEXT),
            ("url", &object.url, true, URL),
        ] {
            match text {
                None if required => complaints.field(name, format!("'{name}' is required.")),
                Some(text) if text.chars().count() > longest => {
                    complaints.field(name, format!("'{name}' must not be longer than {longest} characters."));
                }
                _ => {}
            }
        }
        let invalid = |url: &&String| !url.contains(':') || url.contains(char::is_whitespace);
        if object.url.as_ref().is_some_and(|url| invalid(&url)) {
            complaints.field("url", "'url' is not a valid URL.");
        }
        complaints
    }

    /// How the history names it: `title (application)`.
    pub fn name(&self) -> String {
        let title = self.object.as_ref().and_then(|object| object.title.as_deref()).unwrap_or_default();
        let application = self.application.as_ref().and_then(|application| application.name.as_deref());
        format!("{title} ({})", application.filter(|name| !name.is_empty()).unwrap_or("Web Link"))
    }
}
