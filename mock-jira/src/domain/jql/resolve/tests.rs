//! Queries and their meaning in a small site, as tables. A meaning is shown as the condition's `Debug` text.

mod fields;
mod site;

use super::{Referents, Resolution, Scope, resolve};
use crate::domain::jql::parse;
use site::{NOW, site};

fn scope_of<T>(account: &str, run: impl FnOnce(&Scope) -> T) -> T {
    let site = site();
    let caller = site.caller(account).unwrap_or_default();
    run(&Scope { site: &site, caller: &caller, now: NOW.parse().unwrap(), referents: &Referents::default() })
}

fn sentences(resolution: &Resolution) -> Vec<&str> {
    resolution.problems.iter().map(|problem| problem.sentence.as_str()).collect()
}

/// Each query means the condition, to Ann.
fn means(cases: &[(&str, &str)]) {
    scope_of("ann", |scope| {
        for (jql, meaning) in cases {
            let resolution = resolve(&parse(jql).unwrap(), scope);
            assert_eq!(sentences(&resolution), Vec::<&str>::new(), "{jql}");
            assert_eq!(format!("{:?}", resolution.condition), *meaning, "{jql}");
        }
    });
}

/// Each query has the problems, and matches nothing.
fn complains(cases: &[(&str, &[&str])]) {
    scope_of("ann", |scope| {
        for (jql, problems) in cases {
            let resolution = resolve(&parse(jql).unwrap(), scope);
            assert_eq!(sentences(&resolution), *problems, "{jql}");
            assert_eq!(format!("{:?}", resolution.condition), "Nothing", "{jql}");
        }
    });
}

/// Each query has the order, and the problems.
fn orders(cases: &[(&str, &str, &[&str])]) {
    scope_of("ann", |scope| {
        for (jql, order, problems) in cases {
            let resolution = resolve(&parse(jql).unwrap(), scope);
            let shown: Vec<String> =
                resolution.order.iter().map(|o| format!("{:?} {}", o.key, o.direction.as_str())).collect();
            assert_eq!(shown.join("; "), *order, "{jql}");
            assert_eq!(sentences(&resolution), *problems, "{jql}");
        }
    });
}

#[test]
fn names_keys_and_ids() {
    means(&[
        // Q-34: key, name, id, in any case; J-30: former keys.
        ("project = ENG", "Id(Project, [1])"),
        ("space = eng", "Id(Project, [1])"),
        ("project = 'engine room'", "Id(Project, [1])"),
        ("project = 2", "Id(Project, [2])"),
        ("project = OLD", "Id(Project, [1])"),
        ("category = 'public'", "Id(Project, [2])"),
        ("projectType = business", "Id(Project, [2])"),
        ("type = bug", "Id(IssueType, [11])"),
        ("issuetype in (10, 'Sub-task')", "Id(IssueType, [10, 12])"),
        ("hierarchyLevel = 0", "Id(IssueType, [10, 11])"),
        ("hierarchyLevel < 1", "Id(IssueType, [10, 11, 12])"),
        ("statusCategory = 'In Progress'", "Id(Status, [22])"),
        ("statusCategory != done", "Not(Id(Status, [23]))"),
        // Both projects have the version.
        ("fixVersion = 1.0", "Id(FixVersions, [51, 61])"),
        ("component = Api", "Id(Components, [71])"),
        ("labels = Red", "Label([\"Red\"])"),
        ("resolution = Unresolved", "Empty(Id(Resolution))"),
    ]);
}

#[test]
fn people() {
    means(&[
        // Q-33
        ("assignee = ann", "Account(Assignee, [\"ann\"])"),
        ("assignee = 'Bob Blue'", "Account(Assignee, [\"bob\"])"),
        ("reporter = 'BOB@example.com'", "Account(Reporter, [\"bob\"])"),
        // Hidden from others, Ann's own address is not from her.
        ("assignee = 'ann@example.com'", "Account(Assignee, [\"ann\"])"),
        ("assignee = currentUser()", "Account(Assignee, [\"ann\"])"),
        ("creator in membersOf(crew)", "Account(Creator, [\"ann\"])"),
        ("watcher = ann OR voter = ann", "Any([Account(Watchers, [\"ann\"]), Account(Voters, [\"ann\"])])"),
        // Ann may not view voters and watchers.
        (
            "watcher = bob",
            "All([Permitted(Extent { account_id: Some(\"ann\"), secured: false, areas: [], elsewhere: [1, 2, 3] }), Account(Watchers, [\"bob\"])])",
        ),
        ("issue in watchedIssues()", "Account(Watchers, [\"ann\"])"),
    ]);
    scope_of("bob", |scope| {
        let resolution = resolve(&parse("assignee = 'ann@example.com'").unwrap(), scope);
        let unknown = "The value 'ann@example.com' does not exist for the field 'assignee'.";
        assert_eq!(sentences(&resolution), [unknown]);
    });
}

#[test]
fn emptiness_and_negation() {
    means(&[
        // Q-27, Q-28
        ("assignee = EMPTY", "Empty(Account(Assignee))"),
        ("assignee IS NOT EMPTY", "Not(Empty(Account(Assignee)))"),
        ("assignee != EMPTY", "Not(Empty(Account(Assignee)))"),
        ("assignee != ann", "All([Not(Empty(Account(Assignee))), Not(Account(Assignee, [\"ann\"]))])"),
        (
            "assignee IN (ann, EMPTY, bob)",
            "Any([Account(Assignee, [\"ann\"]), Empty(Account(Assignee)), Account(Assignee, [\"bob\"])])",
        ),
        // NOT goes inwards.
        (
            "NOT (type = Bug AND priority > Low)",
            "Any([All([Not(Empty(Id(IssueType))), Not(Id(IssueType, [11]))]), Id(Priority, [33])])",
        ),
        ("NOT NOT type = Bug", "Id(IssueType, [11])"),
        ("type in (Bug) OR type = Task", "Id(IssueType, [11, 10])"),
        ("category IS EMPTY", "Id(Project, [1])"),
        ("attachments IS EMPTY", "Empty(Attachments)"),
    ]);
    complains(&[
        ("statusCategory = EMPTY", &["The field 'statusCategory' does not support searching for EMPTY values."]),
        ("status IS Open", &["Operator 'is' does not support the non-empty value 'Open' for field 'status'."]),
    ]);
}

/// Words are kept in lower case, in which some letters are longer.
#[test]
fn words_that_are_too_long() {
    let word = |letter: &str, times: usize| format!("summary ~ {}", letter.repeat(times));
    for (query, is_read) in
        [(word("x", 2046), true), (word("x", 2047), false), (word("Ⱥ", 682), true), (word("Ⱥ", 683), false)]
    {
        scope_of("ann", |scope| {
            let resolution = resolve(&parse(&query).unwrap(), scope);
            assert_eq!(resolution.problems.is_empty(), is_read, "{}", query.len());
        });
    }
}

#[test]
fn comparisons() {
    means(&[
        // Q-22: the highest priority is the greatest.
        ("priority > Medium", "Id(Priority, [31])"),
        ("priority <= Medium", "Id(Priority, [32, 33])"),
        ("fixVersion < 2.0", "Id(FixVersions, [51])"),
        (
            "key > ENG-5",
            "All([There(IssueNames { ids: [], keys: [(1, 5)] }), Id(Project, [1]), Number(InKey, (Excluded(5), Unbounded))])",
        ),
        ("votes >= 3", "Number(Votes, (Included(3), Unbounded))"),
        ("originalEstimate > 2h", "Number(OriginalEstimate, (Excluded(7200), Unbounded))"),
        ("timeSpent = 90", "Number(TimeSpent, (Included(5400), Included(5400)))"),
        ("workRatio > 75", "Number(WorkRatio, (Excluded(75), Unbounded))"),
    ]);
    complains(&[("votes > many", &["The value 'many' for field 'votes' is invalid."])]);
}

/// It is a Wednesday, 2025-10-15 10:30 in UTC, and half past noon in Ann's Berlin.
#[test]
fn dates() {
    means(&[
        // Q-50, Q-52: the caller's midnight.
        ("created >= '2025/10/03'", "Instant(Created, (Included(2025-10-02T22:00:00Z), Unbounded))"),
        ("created < '2025-12-03 10:15'", "Instant(Created, (Unbounded, Excluded(2025-12-03T09:15:00Z)))"),
        ("created > 1000", "Instant(Created, (Excluded(1970-01-01T00:00:01Z), Unbounded))"),
        ("updated >= -1w", "Instant(Updated, (Included(2025-10-08T10:30:00Z), Unbounded))"),
        ("updated >= '-1d 2h'", "Instant(Updated, (Included(2025-10-14T08:30:00Z), Unbounded))"),
        ("updated > '-30'", "Instant(Updated, (Excluded(2025-10-15T10:00:00Z), Unbounded))"),
        // Q-51, Q-53: one minute.
        (
            "resolved = '2025-10-03'",
            "Instant(Resolved, (Included(2025-10-02T22:00:00Z), Excluded(2025-10-02T22:01:00Z)))",
        ),
        ("due <= now()", "Due((Unbounded, Included(2025-10-15)))"),
        ("due = '2025-10-03'", "Due((Included(2025-10-03), Included(2025-10-03)))"),
        // Q-40, Q-55: Berlin's week begins on Monday.
        ("created > startOfDay()", "Instant(Created, (Excluded(2025-10-14T22:00:00Z), Unbounded))"),
        ("created > startOfDay(-1)", "Instant(Created, (Excluded(2025-10-13T22:00:00Z), Unbounded))"),
        ("created > startOfDay('+3h')", "Instant(Created, (Excluded(2025-10-15T01:00:00Z), Unbounded))"),
        ("created > startOfWeek()", "Instant(Created, (Excluded(2025-10-12T22:00:00Z), Unbounded))"),
        ("due < endOfMonth('+15d')", "Due((Unbounded, Excluded(2025-11-15)))"),
        ("due <= endOfMonth(-8M)", "Due((Unbounded, Included(2025-02-28)))"),
        ("created >= startOfYear()", "Instant(Created, (Included(2024-12-31T23:00:00Z), Unbounded))"),
        // The hour that Berlin skips.
        ("created > '2025-03-30 02:30'", "Instant(Created, (Excluded(2025-03-30T01:30:00Z), Unbounded))"),
    ]);
    let sentence = "Date value 'yesterday' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
                    'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.";
    complains(&[("updated >= yesterday", &[sentence])]);
    scope_of("ann", |scope| {
        for bad in ["-", "5x", "2025-13-01", "99999-01-01", "-99999999w", "1d2h", "", "é"] {
            let resolution = resolve(&parse(&format!("created > '{bad}'")).unwrap(), scope);
            assert_eq!(resolution.problems.len(), 1, "{bad}");
        }
    });
}

#[test]
fn texts() {
    means(&[
        ("summary ~ crash", "Text(Summary, Word(\"crash\"))"),
        // Q-56
        ("summary ~ 'two words'", "Text(Summary, All([Word(\"two\"), Word(\"words\")]))"),
        (r#"summary ~ "\"exact phrase\" more""#, "Text(Summary, All([Phrase(\"exact phrase\"), Word(\"more\")]))"),
        ("summary ~ 'dock*'", "Text(Summary, Prefix(\"dock\"))"),
        ("summary ~ 'te?t d*ck*'", "Text(Summary, All([Pattern(\"te?t\"), Pattern(\"d*ck*\")]))"),
        // Q-58
        ("summary ~ 'foo.bar -x/y'", "Text(Summary, All([Phrase(\"foo bar\"), Not(Phrase(\"x y\"))]))"),
        ("summary ~ 'foo.ba*'", "Text(Summary, All([Word(\"foo\"), Prefix(\"ba\")]))"),
        ("summary ~ 'a OR b AND c'", "Text(Summary, Any([Word(\"a\"), All([Word(\"b\"), Word(\"c\")])]))"),
        ("summary ~ '+a -b'", "Text(Summary, All([Word(\"a\"), Not(Word(\"b\"))]))"),
        ("summary ~ '(a) - !b'", "Text(Summary, All([Word(\"a\"), Not(Word(\"b\"))]))"),
        ("summary !~ a", "All([Not(Empty(Text(Summary))), Not(Text(Summary, Word(\"a\")))])"),
        // J-93: the caller's own groups and roles.
        (
            "comment ~ a",
            "Comment(Some(Word(\"a\")), Readable { groups: [\"00000000-0000-0000-0000-000000000001\"], roles: [(1, 81)] })",
        ),
        (
            "worklogComment ~ a",
            "WorklogComment(Some(Word(\"a\")), Readable { groups: [\"00000000-0000-0000-0000-000000000001\"], roles: [(1, 81)] })",
        ),
        (
            "textfields ~ a",
            "Anywhere(Word(\"a\"), Readable { groups: [\"00000000-0000-0000-0000-000000000001\"], roles: [(1, 81)] })",
        ),
    ]);
    complains(&[
        // Q-20, Q-21
        ("summary = a", &["The operator '=' is not supported by the 'summary' field."]),
        ("text !~ a", &["The operator '!~' is not supported by the 'text' field."]),
        ("project ~ a", &["The operator '~' is not supported by the 'project' field."]),
        // Q-57
        ("text ~ ''", &["The field 'text' does not support searching for an empty string."]),
        ("text ~ 'AND'", &["Unable to parse the text 'AND' for field 'text'."]),
        ("text ~ '??'", &["Unable to parse the text '??' for field 'text'."]),
        ("text ~ 'a OR'", &["Unable to parse the text 'a OR' for field 'text'."]),
        (r"text ~ 'a\u0000'", &["The value 'a\0' does not exist for the field 'text'."]),
    ]);
}

#[test]
fn issues_parents_and_links() {
    means(&[
        ("key = ENG-5", "Issue(IssueNames { ids: [], keys: [(1, 5)] })"),
        ("id in (10001, old-7)", "Issue(IssueNames { ids: [10001], keys: [(1, 7)] })"),
        ("'Epic Link' = ENG-5", "Parent(All([Id(IssueType, [13]), Issue(IssueNames { ids: [], keys: [(1, 5)] })]))"),
        ("parent IS EMPTY", "Empty(Parent)"),
        // The phrase is the named issue's: those that it blocks are the destination.
        (
            "issue in linkedIssues(ENG-5, blocks)",
            "Link(LinkEnds { source_of: [], destination_of: [91], other: Some(IssueNames { ids: [], keys: [(1, 5)] }) })",
        ),
        ("issueLinkType = 'is blocked by'", "Link(LinkEnds { source_of: [], destination_of: [91], other: None })"),
        ("issueLinkType = Blocks", "Link(LinkEnds { source_of: [91], destination_of: [], other: None })"),
        ("issueLinkType = 91", "Link(LinkEnds { source_of: [91], destination_of: [91], other: None })"),
    ]);
    complains(&[
        // Q-73, Q-74
        ("key = NOPE-1", &["An issue with key 'NOPE-1' does not exist for field 'key'."]),
        ("key = x", &["The issue key 'x' for field 'key' is invalid."]),
        ("issueLinkType = hugs", &["The value 'hugs' does not exist for the field 'issueLinkType'."]),
    ]);
    scope_of("ann", |scope| {
        let resolution = resolve(&parse("key in (ENG-5, 7)").unwrap(), scope);
        let complaints: Vec<_> =
            resolution.mentions.iter().map(|mention| mention.complaint.sentence.as_str()).collect();
        let expected = ["ENG-5", "7"].map(|key| format!("An issue with key '{key}' does not exist for field 'key'."));
        assert_eq!(complaints, expected);
    });
}

#[test]
fn custom_fields() {
    means(&[
        // Q-12
        ("cf[101] > 3", "Custom(101, Number((Excluded(3.0), Unbounded)))"),
        ("customfield_101 = 3", "Custom(101, Holds([Number(3.0)]))"),
        ("'story points' is EMPTY", "Empty(Custom(101))"),
        ("'Story Points[Number]' <= 2.5", "Custom(101, Number((Unbounded, Included(2.5))))"),
        // Q-13: both fields of the name; the value is an option of one of them.
        ("Team = red", "Custom(103, Holds([Number(1001)]))"),
        ("Team is EMPTY", "All([Empty(Custom(102)), Empty(Custom(103))])"),
        ("cf[103] in (Red, Blue)", "Custom(103, Holds([Number(1001), Number(1002)]))"),
        ("cf[102] ~ red", "Custom(102, Text { query: Word(\"red\"), rich: false })"),
        ("Place = Berlin", "Custom(104, Holds([Array [Number(1004)]]))"),
        ("Place in cascadeOption(Germany)", "Custom(104, Holds([Array [Number(1003)]]))"),
        ("Place in cascadeOption(Germany, Berlin)", "Custom(104, Holds([Array [Number(1003), Number(1004)]]))"),
        ("Place in cascadeOption(Germany, none)", "Custom(104, Is(Array [Number(1003)]))"),
        ("Approvers = currentUser()", "Custom(105, Holds([Array [String(\"ann\")]]))"),
        ("'Start' < '2025-10-03'", "Custom(106, Time((Unbounded, Excluded(\"2025-10-03\"))))"),
        ("'Start' = '2025-10-03'", "Custom(106, Holds([String(\"2025-10-03\")]))"),
    ]);
    complains(&[
        ("Team = green", &["The operator '=' is not supported by the 'Team' field."]),
        ("cf[103] = green", &["The value 'green' does not exist for the field 'cf[103]'."]),
        ("cf[999] = 1", &["Field 'cf[999]' does not exist or you do not have permission to view it."]),
        ("Rank = 1", &["Field 'Rank' is not searchable, it is only sortable."]),
    ]);
}

#[test]
fn functions() {
    means(&[
        ("type in standardIssueTypes()", "Id(IssueType, [10, 11, 13])"),
        ("type not in SubtaskIssueTypes()", "All([Not(Empty(Id(IssueType))), Not(Id(IssueType, [12]))])"),
        ("fixVersion in releasedVersions(ENG)", "Id(FixVersions, [51])"),
        ("fixVersion in unreleasedVersions()", "Id(FixVersions, [52, 61])"),
        ("fixVersion = latestReleasedVersion(ENG)", "Id(FixVersions, [51])"),
        ("affectedVersion < earliestUnreleasedVersion(ENG)", "Id(AffectedVersions, [51])"),
        ("project in projectsLeadByUser()", "Id(Project, [1])"),
        ("project in projectsWhereUserHasRole(Developers)", "Id(Project, [1])"),
        ("project in projectsWhereUserHasPermission('Browse Projects')", "Id(Project, [1, 2])"),
        ("component in componentsLeadByUser(ann)", "Id(Components, [71])"),
    ]);
    complains(&[
        // Q-48, Q-49
        ("assignee = bogus()", &["Unable to find JQL function 'bogus()'."]),
        ("created > now(1)", &["Function 'now' expected '0' arguments but received '1'."]),
        (
            "key in linkedIssues()",
            &["Function 'linkedIssues' expected between '1' and '2' arguments but received '0'."],
        ),
        (
            "assignee in membersOf(nobody)",
            &[
                "Function 'membersOf' can not generate a list of usernames for group 'nobody'; the group does not exist.",
            ],
        ),
        (
            "created > currentUser()",
            &["A value provided by the function 'currentUser' is invalid for the field 'created'."],
        ),
        (
            "assignee = membersOf(crew)",
            &["Operator '=' does not support the list value 'membersOf(crew)' for field 'assignee'."],
        ),
        (
            "assignee in currentUser()",
            &["Operator 'in' does not support the non-list value 'currentUser()' for field 'assignee'."],
        ),
        (
            "created > startOfDay(soon)",
            &[
                "The date increment 'soon' provided to function 'startOfDay' is invalid. Valid formats are '(+/-)nn(y|M|w|d|h|m)'.",
            ],
        ),
    ]);
}

#[test]
fn the_past() {
    means(&[
        // Things that are there by id, and whatever the history calls so.
        (
            "status WAS Open",
            "Past(Past { field: Status, test: Was(PastValues { ids: [\"21\"], names: [\"Open\"], empty: false }), at: (Unbounded, Unbounded), by: None })",
        ),
        (
            "fixVersion WAS NOT IN (0.9, EMPTY)",
            "Not(Past(Past { field: FixVersion, test: Was(PastValues { ids: [\"0.9\"], names: [\"0.9\"], empty: true }), at: (Unbounded, Unbounded), by: None }))",
        ),
        (
            "NOT priority CHANGED",
            "Not(Past(Past { field: Priority, test: Changed([], []), at: (Unbounded, Unbounded), by: None }))",
        ),
        (
            "assignee CHANGED FROM \"\" TO currentUser() BY bob BY (ann, bob) AFTER '2025-10-03' DURING ('2025-10-01', '2025-10-04')",
            "Past(Past { field: Assignee, test: Changed([PastValues { ids: [], names: [], empty: true }], [PastValues { ids: [\"ann\"], names: [], empty: false }]), \
             at: (Excluded(2025-10-02T22:00:00Z), Excluded(2025-10-04T22:00:00Z)), by: Some([\"bob\"]) })",
        ),
        (
            "resolution WAS Unresolved ON '2025-10-03 10:00' BEFORE now()",
            "Past(Past { field: Resolution, test: Was(PastValues { ids: [], names: [], empty: true }), \
             at: (Included(2025-10-03T08:00:00Z), Excluded(2025-10-03T08:01:00Z)), by: None })",
        ),
    ]);
    scope_of("ann", |scope| {
        let gone = resolve(&parse("status WAS Gone").unwrap(), scope);
        let complaints: Vec<_> = gone.mentions.iter().map(|mention| mention.complaint.sentence.as_str()).collect();
        assert_eq!(complaints, ["The value 'Gone' does not exist for the field 'status'."]);
    });
    // Q-76
    scope_of("nobody", |scope| {
        for jql in ["status CHANGED", "NOT status CHANGED", "status WAS NOT Open"] {
            assert_eq!(resolve(&parse(jql).unwrap(), scope).condition, super::Condition::Nothing, "{jql}");
        }
    });
}

#[test]
fn problems_in_the_order_of_the_query() {
    complains(&[
        (
            "project in (X, ENG, 99) AND universe = 1 AND type = 5",
            &[
                "The value 'X' does not exist for the field 'project'.",
                "A value with ID '99' does not exist for the field 'project'.",
                "Field 'universe' does not exist or you do not have permission to view it.",
                "A value with ID '5' does not exist for the field 'type'.",
            ],
        ),
        // What the caller can't see does not exist.
        ("project = SECRET", &["The value 'SECRET' does not exist for the field 'project'."]),
        ("labels was Red", &["The operator 'was' is not supported by the 'labels' field."]),
    ]);
    scope_of("nobody", |scope| {
        let resolution = resolve(&parse("universe = 1").unwrap(), scope);
        let sentence = "Field 'universe' does not exist or this field cannot be viewed by anonymous users.";
        assert_eq!(sentences(&resolution), [sentence]);
    });
}

#[test]
fn order() {
    orders(&[
        ("type = Bug", "", &[]),
        // S-35
        ("type = Bug AND summary ~ crash", "Relevance(Word(\"crash\")) desc", &[]),
        // Q-15
        ("ORDER BY created, key", "Instant(Created) desc; Id(Project, [1, 2, 3]) asc; Number(InKey) asc", &[]),
        ("ORDER BY priority", "Id(Priority, [33, 32, 31]) desc", &[]),
        ("ORDER BY Rank ASC, assignee desc", "Rank asc; Account(Assignee, [\"ann\", \"bob\"]) desc", &[]),
        ("ORDER BY Sprint, cf[103]", "CustomLast(107) asc; CustomId(103, [1001, 1002, 1003]) asc", &[]),
        ("ORDER BY Place", "CustomId(104, [1001, 1002, 1003]) asc; CustomId(104, [1004]) asc", &[]),
        ("ORDER BY cf[102], Approvers DESC", "CustomText(102) asc; CustomName(105, [\"ann\", \"bob\"]) desc", &[]),
        // S-28
        ("ORDER BY bogus, due ASC", "Due asc", &["Not able to sort using field 'bogus'."]),
        ("ORDER BY comment", "", &["Not able to sort using field 'comment'."]),
    ]);
}
