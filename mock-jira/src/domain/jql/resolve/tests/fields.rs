//! Fields and functions whose values stand outside of the issue's row.

use super::{complains, means, scope_of, sentences};
use crate::domain::jql::{parse, resolve::resolve};

#[test]
fn sprints() {
    means(&[
        // by id or name, all of a name, in any case.
        ("sprint = 301", "Custom(107, Holds([Array [Number(301)]]))"),
        ("Sprint = 'Sprint 2'", "Custom(107, Holds([Array [Number(302)], Array [Number(303)]]))"),
        ("cf[107] in (301, '302')", "Custom(107, Holds([Array [Number(301)], Array [Number(302)]]))"),
        // Q-45; the board of one is in a project that Ann does not see.
        ("sprint in openSprints()", "Custom(107, Holds([Array [Number(302)]]))"),
        ("sprint in futureSprints()", "Custom(107, Holds([Array [Number(303)]]))"),
        ("sprint in closedSprints()", "Custom(107, Holds([Array [Number(301)]]))"),
        (
            "sprint not in openSprints()",
            "All([Not(Empty(Custom(107))), Not(Custom(107, Holds([Array [Number(302)]])))])",
        ),
        ("sprint is EMPTY", "Empty(Custom(107))"),
    ]);
    complains(&[
        ("sprint = Hidden", &["The value 'Hidden' does not exist for the field 'sprint'."]),
        ("sprint = 304", &["A value with ID '304' does not exist for the field 'sprint'."]),
        (
            "sprint = openSprints()",
            &["Operator '=' does not support the list value 'openSprints()' for field 'sprint'."],
        ),
        ("sprint in openSprints(1)", &["Function 'openSprints' expected '0' arguments but received '1'."]),
        ("type in openSprints()", &["A value provided by the function 'openSprints' is invalid for the field 'type'."]),
        ("sprint > 301", &["The operator '>' is not supported by the 'sprint' field."]),
    ]);
}

#[test]
fn worklogs_and_views() {
    const READABLE: &str =
        "readable: Readable { groups: [\"00000000-0000-0000-0000-000000000001\"], roles: [(1, 81)] }";
    let worklog = |authors: &str, started: &str| {
        format!("Elsewhere(Worklog {{ authors: {authors}, started: {started}, {READABLE} }})")
    };
    let any = worklog("None", "(Unbounded, Unbounded)");
    means(&[
        ("worklogAuthor = bob", &worklog("Some([\"bob\"])", "(Unbounded, Unbounded)")),
        ("workLogAuthor in membersOf(CREW)", &worklog("Some([\"ann\"])", "(Unbounded, Unbounded)")),
        ("worklogAuthor is EMPTY", &format!("Not({any})")),
        // Whole days of Ann's Berlin.
        (
            "worklogDate = '2025-10-14'",
            &worklog("None", "(Included(2025-10-13T22:00:00Z), Excluded(2025-10-14T22:00:00Z))"),
        ),
        ("worklogDate > -1d", &worklog("None", "(Included(2025-10-14T22:00:00Z), Unbounded)")),
        ("worklogDate <= '2025-10-14'", &worklog("None", "(Unbounded, Excluded(2025-10-14T22:00:00Z))")),
        ("lastViewed >= -1h", "Elsewhere(View(\"ann\", (Included(2025-10-15T09:30:00Z), Unbounded)))"),
        ("lastViewed is not EMPTY", "Elsewhere(View(\"ann\", (Unbounded, Unbounded)))"),
        ("issue in issueHistory()", "Elsewhere(RecentView(\"ann\", 50))"),
        ("key in workItemHistory()", "Elsewhere(RecentView(\"ann\", 50))"),
    ]);
    complains(&[
        ("worklogAuthor = nobody", &["The value 'nobody' does not exist for the field 'worklogAuthor'."]),
        ("worklogAuthor > bob", &["The operator '>' is not supported by the 'worklogAuthor' field."]),
        ("worklogDate ~ x", &["The operator '~' is not supported by the 'worklogDate' field."]),
    ]);
    // Nobody in particular looked at nothing.
    scope_of("nobody", |scope| {
        let query = parse("lastViewed is EMPTY AND issue in issueHistory()").unwrap();
        assert_eq!(format!("{:?}", resolve(&query, scope).condition), "Nothing");
    });
}

#[test]
fn issues_by_what_happened_to_them() {
    const ACTIVITY: &str = "Elsewhere(Activity { accounts: [\"bob\"], at: ";
    const READABLE: &str =
        ", readable: Readable { groups: [\"00000000-0000-0000-0000-000000000001\"], roles: [(1, 81)] } })";
    means(&[
        ("issue in updatedBy(bob)", &format!("{ACTIVITY}(Unbounded, Unbounded){READABLE}")),
        (
            "issue in updatedBy(bob, '-1d', '2025-10-15 12:00')",
            &format!("{ACTIVITY}(Included(2025-10-14T10:30:00Z), Included(2025-10-15T10:00:00Z)){READABLE}"),
        ),
        ("issue in issuesWithRemoteLinksByGlobalId(a, b)", "Elsewhere(RemoteLink([\"a\", \"b\"]))"),
        ("key in workItemsWithRemoteLinksByGlobalId('x=1')", "Elsewhere(RemoteLink([\"x=1\"]))"),
        (
            "issueLink = ENG-1",
            "Link(LinkEnds { source_of: [91], destination_of: [91], other: Some(IssueNames { ids: [], keys: [(1, 1)] }) })",
        ),
        ("issueLink is EMPTY", "Not(Link(LinkEnds { source_of: [91], destination_of: [91], other: None }))"),
        ("parentProject = OPS", "Parent(Id(Project, [2]))"),
        ("parentProject in projectsLeadByUser()", "Parent(Id(Project, [1]))"),
        ("parentProject is EMPTY", "Empty(Parent)"),
    ]);
    let epic = "Parent(All([Id(IssueType, [13]), Issue(IssueNames { ids: [], keys: [(1, 7)] })]))";
    let below = format!("Any([{epic}, Parent({epic})])");
    means(&[("parentEpic = OLD-7", &below), ("issue in parentEpic(ENG-7)", &below)]);
    complains(&[
        ("issue in updatedBy()", &["Function 'updatedBy' expected between '1' and '3' arguments but received '0'."]),
        ("issue in updatedBy(nobody)", &["Could not resolve the user 'nobody' provided to function 'updatedBy'."]),
        (
            "issue = updatedBy(bob)",
            &["Operator '=' does not support the list value 'updatedBy(bob)' for field 'issue'."],
        ),
        ("parentProject = SECRET", &["The value 'SECRET' does not exist for the field 'parentProject'."]),
    ]);
    scope_of("ann", |scope| {
        let many = vec!["x"; 101].join(", ");
        let query = parse(&format!("issue in issuesWithRemoteLinksByGlobalId({many})")).unwrap();
        let sentence =
            "Function 'issuesWithRemoteLinksByGlobalId' expected between '1' and '100' arguments but received '101'.";
        assert_eq!(sentences(&resolve(&query, scope)), [sentence]);
    });
}

#[test]
fn properties() {
    let property = |owner: &str, path: &str, test: &str| {
        format!(
            "Elsewhere(Property {{ owner: {owner}, key: \"flags\", path: {path}, test: {test}, readable: Readable {{ groups: \
             [\"00000000-0000-0000-0000-000000000001\"], roles: [(1, 81)] }}, only: {} }})",
            if owner == "User" { "Some(\"ann\")" } else { "None" }
        )
    };
    means(&[
        ("issue.property[flags].a.b = red", &property("Issue", "[\"a\", \"b\"]", "Is([\"red\"])")),
        ("project.property[flags] is not EMPTY", &property("Project", "[]", "Exists")),
        (
            "comment.property['flags'].size > 5",
            &property("Comment", "[\"size\"]", "Number((Excluded(5.0), Unbounded))"),
        ),
        (
            "issue.property[flags].at < '2025-10-15'",
            &property("Issue", "[\"at\"]", "Time((Unbounded, Excluded(\"2025-10-14T22:00:00\")))"),
        ),
        ("issue.property[flags].who = currentUser()", &property("Issue", "[\"who\"]", "Is([\"ann\"])")),
        ("user.property[flags].a = red", &property("User", "[\"a\"]", "Is([\"red\"])")),
        ("issue.property[flags].text ~ word", &property("Issue", "[\"text\"]", "Text(Word(\"word\"))")),
    ]);
    let exists = property("Issue", "[]", "Exists");
    let red = property("Issue", "[]", "Is([\"red\"])");
    means(&[("issue.property[flags] != red", &format!("All([{exists}, Not({red})])"))]);
    complains(&[
        (
            "universe.property[flags] = 1",
            &["Field 'universe.property[flags]' does not exist or you do not have permission to view it."],
        ),
        (
            "issue.property[flags].a > soon",
            &["Date value 'soon' for field 'issue.property' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
               'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."],
        ),
    ]);
}

/// Products whose data the site does not keep: their fields are known, and empty.
#[test]
fn vacant_fields() {
    for jql in [
        "'Request Type' is not EMPTY",
        "request-channel-type = email",
        "request-channel-type != email",
        "request-last-activity-time > -1d",
        "approvals = myPending()",
        "approvals = approver(bob)",
        "'Time to resolution' = breached()",
        "'Time to resolution' != breached()",
        "'Time to resolution' < remaining('2h')",
        "development[pullrequests].open > 0",
        "development[Builds].all is not EMPTY",
    ] {
        means(&[(jql, "Nothing")]);
    }
    means(&[
        ("'Request Type' is EMPTY", "Everything"),
        ("request-last-activity-time is EMPTY", "Everything"),
        ("development[commits].all is EMPTY", "Everything"),
    ]);
    complains(&[
        ("'Request Type' = Help", &["The value 'Help' does not exist for the field 'Request Type'."]),
        ("request-channel-type = fax", &["The value 'fax' does not exist for the field 'request-channel-type'."]),
        ("approvals != pending()", &["The operator '!=' is not supported by the 'approvals' field."]),
        ("approvals = pendingBy(nobody)", &["Could not resolve the user 'nobody' provided to function 'pendingBy'."]),
        (
            "approvals = breached()",
            &["A value provided by the function 'breached' is invalid for the field 'approvals'."],
        ),
        ("'Time to resolution' > elapsed(soon)", &["The value 'soon' for field 'elapsed' is invalid."]),
        (
            "development[pullrequests].lost > 0",
            &["Field 'development[pullrequests].lost' does not exist or you do not have permission to view it."],
        ),
        ("development[pullrequests].open = many", &["The value 'many' for field 'development' is invalid."]),
    ]);
}

#[test]
fn teams_and_choices() {
    means(&[
        ("Squad = t-1", "Custom(113, Holds([String(\"t-1\"), Object {\"id\": String(\"t-1\")}]))"),
        ("Squad is EMPTY", "Empty(Custom(113))"),
        ("cf[103] in choiceOption(red, BLUE)", "Custom(103, Holds([Number(1001), Number(1002)]))"),
    ]);
}
