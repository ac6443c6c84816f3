//! Notifications: the events that people can be told of.

/// An event.
#[derive(Debug)]
pub struct Event {
    /// The same in every site.
    pub id: i64,
    /// Shown name.
    pub name: &'static str,
    /// When it happens.
    pub description: &'static str,
}

macro_rules! events {
    ($($id:literal $name:literal $description:literal)*) => {
        &[$(Event { id: $id, name: $name, description: $description }),*]
    };
}

/// The events that Jira brings along.
pub const EVENTS: &[Event] = events! {
    1 "Issue Created" "An issue was created."
    2 "Issue Updated" "An issue was changed."
    3 "Issue Assigned" "An issue was assigned to somebody else."
    4 "Issue Resolved" "An issue was resolved."
    5 "Issue Closed" "An issue was closed."
    6 "Issue Commented" "Somebody commented on an issue."
    7 "Issue Reopened" "An issue was reopened."
    8 "Issue Deleted" "An issue was deleted."
    9 "Issue Moved" "An issue was moved to another project."
    10 "Work Logged On Issue" "Somebody logged work on an issue."
    11 "Work Started On Issue" "Work on an issue was begun."
    12 "Work Stopped On Issue" "Work on an issue was interrupted."
    13 "Generic Event" "An issue took a transition without an event of its own."
    14 "Issue Comment Edited" "A comment was changed."
    15 "Issue Worklog Updated" "Logged work was changed."
    16 "Issue Worklog Deleted" "Logged work was deleted."
    17 "Issue Comment Deleted" "A comment was deleted."
};
