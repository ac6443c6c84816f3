//! What happens to issues, as notification schemes and workflows name it.

/// The events that every site has, by their ids.
pub const EVENTS: [(i64, &str); 17] = [
    (1, "Issue Created"),
    (2, "Issue Updated"),
    (3, "Issue Assigned"),
    (4, "Issue Resolved"),
    (5, "Issue Closed"),
    (6, "Issue Commented"),
    (7, "Issue Reopened"),
    (8, "Issue Deleted"),
    (9, "Issue Moved"),
    (10, "Work Logged On Issue"),
    (11, "Work Started On Issue"),
    (12, "Work Stopped On Issue"),
    (13, "Generic Event"),
    (14, "Issue Comment Edited"),
    (15, "Issue Worklog Updated"),
    (16, "Issue Worklog Deleted"),
    (17, "Issue Comment Deleted"),
];

/// The name by which workflows and webhooks know an event (W-23).
pub fn key(id: i64) -> Option<&'static str> {
    KEYS.iter().find(|(other, _)| *other == id).map(|(_, key)| *key)
}

/// The event of such a name.
pub fn id(key: &str) -> Option<i64> {
    KEYS.iter().find(|(_, other)| *other == key).map(|(id, _)| *id)
}

const KEYS: [(i64, &str); 17] = [
    (1, "issue_created"),
    (2, "issue_updated"),
    (3, "issue_assigned"),
    (4, "issue_resolved"),
    (5, "issue_closed"),
    (6, "issue_commented"),
    (7, "issue_reopened"),
    (8, "issue_deleted"),
    (9, "issue_moved"),
    (10, "issue_work_logged"),
    (11, "issue_work_started"),
    (12, "issue_work_stopped"),
    (13, "issue_generic"),
    (14, "issue_comment_edited"),
    (15, "issue_worklog_updated"),
    (16, "issue_worklog_deleted"),
    (17, "issue_comment_deleted"),
];
