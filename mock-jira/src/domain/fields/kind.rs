//! Kinds of custom field: how the type keys that Jira ships behave.

use super::types::{CONNECT, JIRA, SOFTWARE};

/// How a custom field's values look; several type keys share a kind.
///
/// Stored form, in `issue.custom` under the field's number:
/// text kinds a string (rich text: the document as a string, to keep the order of its members),
/// [`Number`](Self::Number) a number, dates strings, options, projects and versions their id as a number,
/// [`Cascade`](Self::Cascade) an array of one or two option ids, accounts and groups their id as a string,
/// plural kinds an array of the singular's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One line of text.
    Text,
    /// Text of many lines with formatting.
    RichText,
    /// A link, as text.
    Url,
    /// A floating-point number.
    Number,
    /// A day.
    Date,
    /// An instant.
    DateTime,
    /// One option: select list, radio buttons.
    Option,
    /// Several options: multiple select list, check boxes.
    Options,
    /// An option and one below it.
    Cascade,
    /// An account.
    User,
    /// Several accounts.
    Users,
    /// A group.
    Group,
    /// Several groups.
    Groups,
    /// Words.
    Labels,
    /// A project.
    Project,
    /// A version.
    Version,
    /// Several versions.
    Versions,
    /// Sprints: set by one number, read as objects (G-19, J-41).
    Sprint,
    /// The place among all (J-42); kept in the issue's own column.
    Rank,
    /// The epic, which on Cloud is the parent.
    EpicLink,
    /// Commits, builds and deployments, as a text that is empty braces without any (J-44).
    Development,
    /// One option of an app's select list.
    AppOption,
    /// Made by an app: kept as it came.
    Opaque,
}

impl Kind {
    /// The kind of a type key; what is not shipped is [`Opaque`](Self::Opaque).
    pub fn of(type_key: &str) -> Self {
        if let Some(name) = type_key.strip_prefix(JIRA) {
            return match name {
                "textfield" | "readonlyfield" => Self::Text,
                "textarea" => Self::RichText,
                "url" => Self::Url,
                "float" | "importid" => Self::Number,
                "datepicker" => Self::Date,
                "datetime" => Self::DateTime,
                "select" | "radiobuttons" => Self::Option,
                "multiselect" | "multicheckboxes" => Self::Options,
                "cascadingselect" => Self::Cascade,
                "userpicker" => Self::User,
                "multiuserpicker" | "people" => Self::Users,
                "grouppicker" => Self::Group,
                "multigrouppicker" => Self::Groups,
                "labels" => Self::Labels,
                "project" => Self::Project,
                "version" => Self::Version,
                "multiversion" => Self::Versions,
                _ => Self::Opaque,
            };
        }
        if type_key.starts_with(CONNECT) {
            return Self::AppOption;
        }
        if type_key.ends_with(":devsummarycf") {
            return Self::Development;
        }
        match type_key.strip_prefix(SOFTWARE) {
            Some("gh-sprint") => Self::Sprint,
            Some("gh-epic-link") => Self::EpicLink,
            Some("gh-lexo-rank") => Self::Rank,
            Some("jsw-story-points") => Self::Number,
            Some("gh-epic-label" | "gh-epic-color") => Self::Text,
            Some("gh-epic-status") => Self::Option,
            _ => Self::Opaque,
        }
    }

    /// `type` and `items` of the field's schema.
    pub fn schema(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Text | Self::RichText | Self::Url => ("string", None),
            Self::Number => ("number", None),
            Self::Date => ("date", None),
            Self::DateTime => ("datetime", None),
            Self::Option => ("option", None),
            Self::Options => ("array", Some("option")),
            Self::Cascade => ("option-with-child", None),
            Self::User => ("user", None),
            Self::Users => ("array", Some("user")),
            Self::Group => ("group", None),
            Self::Groups => ("array", Some("group")),
            Self::Labels => ("array", Some("string")),
            Self::Project => ("project", None),
            Self::Version => ("version", None),
            Self::Versions => ("array", Some("version")),
            Self::Sprint => ("array", Some("json")),
            Self::AppOption => ("option2", None),
            Self::Rank | Self::EpicLink | Self::Development | Self::Opaque => ("any", None),
        }
    }

    /// Verbs of `update`.
    pub fn operations(self) -> &'static [&'static str] {
        match self {
            Self::Options | Self::Users | Self::Groups | Self::Labels | Self::Versions => &["add", "set", "remove"],
            _ => &["set"],
        }
    }

    /// Whether values are options of the field's contexts.
    pub fn has_options(self) -> bool {
        matches!(self, Self::Option | Self::Options | Self::Cascade)
    }

    /// Whether values are lists.
    pub fn is_plural(self) -> bool {
        matches!(self, Self::Options | Self::Users | Self::Groups | Self::Labels | Self::Versions | Self::Sprint)
    }

    /// The word in `"Name[Word]"`, by which JQL names all fields of a name and kind.
    pub fn collapsed(self) -> Option<&'static str> {
        Some(match self {
            Self::Text => "Short text",
            Self::RichText => "Paragraph",
            Self::Url => "URL Field",
            Self::Number => "Number",
            Self::Date => "Date",
            Self::DateTime => "Time stamp",
            Self::Option => "Dropdown",
            Self::Options => "Checkboxes",
            Self::User => "User Picker (single user)",
            Self::Users => "People",
            Self::Labels => "Labels",
            _ => return None,
        })
    }
}
