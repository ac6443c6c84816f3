//! What an administrator sets for all of Jira: application properties, time tracking, columns, the banner.
//!
//! All of it is stored as application properties, by the keys that Jira has for them.

use super::time_tracking::TimeTracking;
use std::collections::HashMap;

/// Settings that differ from Jira's own, with what is often asked of them read in advance.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: HashMap<String, String>,
    /// How spans of time are read and written.
    pub time_tracking: TimeTracking,
}

/// Which kind of value a property takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
}

/// A property that `/application-properties` shows.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// Its key, which is also its id.
    pub key: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Its value until it is set.
    pub default: &'static str,
    /// Whether it is on the page of advanced settings.
    pub advanced: bool,
    /// What it is for.
    pub description: &'static str,
}

macro_rules! properties {
    ($($key:literal $kind:ident $default:literal $advanced:ident $description:literal;)*) => {
        &[$(Property {
            key: $key,
            kind: Kind::$kind,
            default: $default,
            advanced: properties!($advanced),
            description: $description,
        }),*]
    };
    (advanced) => { true };
    (other) => { false };
}

/// All properties that can be edited.
pub const PROPERTIES: &[Property] = properties! {
    "jira.issuenav.criteria.autoupdate" Flag "true" other "Search results follow changed criteria at once";
    "jira.clone.prefix" Text "CLONE -" advanced "The prefix added to the Summary field of cloned issues";
    "jira.date.picker.java.format" Text "d/MMM/yy" advanced "Format of dates that the server writes";
    "jira.date.picker.javascript.format" Text "%e/%b/%y" advanced "Format of dates that the date picker writes";
    "jira.date.time.picker.java.format" Text "dd/MMM/yy h:mm a" advanced "Format of dates with times that the server writes";
    "jira.date.time.picker.javascript.format" Text "%e/%b/%y %I:%M %p" advanced "Format of dates with times that the date picker writes";
    "jira.issue.actions.order" Text "asc" advanced "Order of comments and other actions of an issue";
    "jira.view.issue.links.sort.order" Text "type, status, priority" advanced "Order of the links of an issue";
    "jira.comment.collapsing.minimum.hidden" Number "4" advanced "From how many comments on some are collapsed; 0 for never";
    "jira.newsletter.tip.delay.days" Number "7" advanced "Days until the newsletter is offered; -1 for never";
    "jira.lf.date.time" Text "h:mm a" other "Time format";
    "jira.lf.date.day" Text "EEEE h:mm a" other "Day format";
    "jira.lf.date.complete" Text "dd/MMM/yy h:mm a" other "Format of dates with times";
    "jira.lf.date.dmy" Text "dd/MMM/yy" other "Date format";
    "jira.date.time.picker.use.iso8061" Flag "false" other "Weeks begin on Monday in the date picker";
    "jira.lf.logo.url" Text "/images/icon-jira-logo.png" other "Logo";
    "jira.lf.logo.show.application.title" Flag "false" other "The title is shown beside the logo";
    "jira.lf.favicon.url" Text "/favicon.ico" other "Icon of the site";
    "jira.lf.favicon.hires.url" Text "/images/64jira.png" other "Icon of the site in high resolution";
    "jira.lf.navigation.bgcolour" Text "#0747A6" other "Background of the navigation";
    "jira.lf.navigation.highlightcolour" Text "#DEEBFF" other "Texts and logo of the navigation";
    "jira.lf.hero.button.base.bg.colour" Text "#3b7fc4" other "Background of the main button";
    "jira.title" Text "Jira" other "Title of the application";
    "jira.option.globalsharing" Flag "true" other "Filters and dashboards can be shared with everybody";
    "xflow.product.suggestions.enabled" Flag "true" other "Other products are suggested";
};

/// The columns of searches until an administrator changes them.
const COLUMNS: &str = "issuetype,issuekey,summary,assignee,reporter,priority,status,resolution,created,updated,duedate";
const COLUMNS_KEY: &str = "jira.issuenavigator.columns";
const BANNER_KEY: &str = "jira.alertheader";
const BANNER_VISIBILITY_KEY: &str = "jira.alertheader.visibility";
const BANNER_ENABLED_KEY: &str = "jira.alertheader.enabled";
const BANNER_DISMISSIBLE_KEY: &str = "jira.alertheader.dismissible";

/// What all people read on top of every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// Its text.
    pub message: String,
    /// Whether it is shown.
    pub enabled: bool,
    /// Whether people can close it.
    pub dismissible: bool,
    /// Shown to anonymous people too.
    pub public: bool,
}

impl Settings {
    /// From all properties that were set.
    pub fn new(values: HashMap<String, String>) -> Self {
        Self { time_tracking: TimeTracking::from_properties(&values), values }
    }

    /// A property's value, or its default.
    pub fn value<'a>(&'a self, property: &'a Property) -> &'a str {
        self.values.get(property.key).map_or(property.default, String::as_str)
    }

    fn get<'a>(&'a self, key: &str, default: &'a str) -> &'a str {
        self.values.get(key).map_or(default, String::as_str)
    }

    /// Ids of the fields that searches show as columns.
    pub fn columns(&self) -> Vec<&str> {
        self.get(COLUMNS_KEY, COLUMNS).split(',').filter(|id| !id.is_empty()).collect()
    }

    /// The properties that set the columns.
    pub fn with_columns(columns: &[String]) -> Vec<(&'static str, String)> {
        vec![(COLUMNS_KEY, columns.join(","))]
    }

    /// The banner.
    pub fn banner(&self) -> Banner {
        Banner {
            message: self.get(BANNER_KEY, "").to_owned(),
            enabled: self.get(BANNER_ENABLED_KEY, "false") == "true",
            dismissible: self.get(BANNER_DISMISSIBLE_KEY, "false") == "true",
            public: self.get(BANNER_VISIBILITY_KEY, "public") == "public",
        }
    }

    /// The properties that set the banner.
    pub fn with_banner(banner: &Banner) -> Vec<(&'static str, String)> {
        vec![
            (BANNER_KEY, banner.message.clone()),
            (BANNER_ENABLED_KEY, banner.enabled.to_string()),
            (BANNER_DISMISSIBLE_KEY, banner.dismissible.to_string()),
            (BANNER_VISIBILITY_KEY, if banner.public { "public" } else { "private" }.to_owned()),
        ]
    }
}

impl Property {
    /// Whether it takes a value.
    pub fn takes(&self, value: &str) -> bool {
        match self.kind {
            Kind::Text => true,
            Kind::Flag => matches!(value, "true" | "false"),
            Kind::Number => value.parse::<i64>().is_ok(),
        }
    }
}

impl Kind {
    /// As answers name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Flag => "boolean",
            Self::Number => "number",
        }
    }
}
