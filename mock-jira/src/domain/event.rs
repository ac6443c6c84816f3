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
