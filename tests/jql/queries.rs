//! Queries at random over the whole language, most of them well typed and about what a site has.

use crate::{
    site::*,
    sites::{GLOBAL_IDS, LABELS, LINKS, day},
};
use mock_jira::domain::jql::Value;
use proptest::{collection::vec, prelude::*, sample::select, strategy::Union};

type Text = BoxedStrategy<String>;

/// A value in quotes where it needs them.
fn quoted(text: impl Into<String>) -> String {
    Value { text: text.into(), number: false, origin: Default::default() }.to_string()
}

fn one_of(texts: impl IntoIterator<Item = impl Into<String>>) -> Text {
    select(texts.into_iter().map(Into::into).collect::<Vec<String>>()).boxed()
}

fn quotes(texts: &[&str]) -> Text {
    one_of(texts.iter().map(|text| quoted(*text)))
}

/// Names of fields; what has brackets has them outside of quotes.
fn names(texts: &[&str]) -> Text {
    let bare = |text: &str| text.starts_with("cf[") || text.starts_with("development[");
    one_of(texts.iter().map(|text| if bare(text) { (*text).to_owned() } else { quoted(*text) }))
}

fn any(strategies: Vec<(u32, Text)>) -> Text {
    Union::new_weighted(strategies.into_iter().filter(|(weight, _)| *weight > 0).collect()).boxed()
}

/// Pieces with blanks between them.
fn joined(pieces: Vec<Text>) -> Text {
    pieces.prop_map(|pieces| pieces.join(" ")).boxed()
}

fn list(value: &Text) -> Text {
    list_of(&any(vec![(9, value.clone()), (1, one_of(["EMPTY"]))]))
}

fn list_of(value: &Text) -> Text {
    vec(value.clone(), 1..4).prop_map(|values| format!("({})", values.join(", "))).boxed()
}

/// Values of a field and calls that give a list of them.
struct Kind {
    fields: Text,
    value: Text,
    lists: Option<Text>,
    ordered: bool,
}

impl Kind {
    fn new(fields: &[&str], value: Text) -> Self {
        Self { fields: names(fields), value, lists: None, ordered: false }
    }

    fn or_in(self, lists: Text) -> Self {
        Self { lists: Some(lists), ..self }
    }

    fn ordered(self) -> Self {
        Self { ordered: true, ..self }
    }

    fn tests(self) -> Text {
        let field = || self.fields.clone();
        let mut tests = vec![
            (5, joined(vec![field(), one_of(["=", "!=", "="]), self.value.clone()])),
            (4, joined(vec![field(), one_of(["IN", "not in"]), list(&self.value)])),
            (2, joined(vec![field(), one_of(["IS EMPTY", "is not null", "= EMPTY", "!= EMPTY"])])),
        ];
        if let Some(lists) = self.lists {
            tests.push((3, joined(vec![field(), one_of(["in", "NOT IN"]), lists])));
        }
        if self.ordered {
            tests.push((4, joined(vec![field(), one_of(["<", "<=", ">", ">="]), self.value.clone()])));
        }
        any(tests)
    }
}

fn users(known: bool) -> Text {
    let ids = USERS.iter().map(|user| quoted(user.id));
    let names = USERS.iter().map(|user| quoted(user.name));
    let mails = USERS.iter().map(|user| quoted(user.email));
    let own = if known { "currentUser()" } else { "\"Dana Developer\"" };
    any(vec![(3, one_of(ids)), (3, one_of(names)), (1, one_of(mails)), (4, one_of([own]))])
}

fn members() -> Text {
    let names = GROUPS.iter().map(|(_, name)| format!("membersOf({name})"));
    let ids = GROUPS.iter().map(|(id, _)| format!("membersOf(\"id:{id}\")"));
    one_of(names.chain(ids))
}

fn named(all: &[Named]) -> Text {
    let names = all.iter().flat_map(|(_, name)| [quoted(*name), quoted(name.to_uppercase())]);
    any(vec![(4, one_of(names)), (1, one_of(all.iter().map(|(id, _)| id.to_string())))])
}

/// Keys of the site's projects.
fn project_keys(site: &Site) -> Vec<&'static str> {
    site.projects.iter().map(|project| project.key).collect()
}

fn projects(site: &Site) -> Text {
    let names = site
        .projects
        .iter()
        .flat_map(|project| [quoted(project.key), project.key.to_lowercase(), quoted(project.name)]);
    let ids = site.projects.iter().map(|project| project.id.to_string());
    any(vec![(12, one_of(names)), (2, one_of(ids)), (1, quotes(&[FORMER_KEY, "BETA"]))])
}

fn versions(site: &Site) -> Text {
    let names = site.versions.iter().map(|version| quoted(version.name));
    let ids = site.versions.iter().map(|version| version.id.to_string());
    let of_project = |name: &str| one_of(project_keys(site).into_iter().map(|key| format!("{name}({key})")));
    any(vec![
        (8, one_of(names)),
        (1, one_of(ids)),
        (1, of_project("latestReleasedVersion")),
        (1, of_project("earliestUnreleasedVersion")),
    ])
}

/// Keys that issues have, and ids.
fn own_keys(site: &Site) -> Text {
    let present = site.issues.iter().flat_map(|issue| [site.key(issue), issue.id.to_string()]);
    one_of(present)
}

/// Names of issues, with those of before.
fn keys(site: &Site) -> Text {
    let present = site.issues.iter().flat_map(|issue| [site.key(issue), site.key(issue).to_lowercase()]);
    let former = site.issues.iter().filter_map(|issue| {
        issue.moved_from.map(|(project, number)| format!("{}-{number}", site.projects[project].key))
    });
    let former = former.chain([format!("{FORMER_KEY}-1"), site.key(&site.issues[0])]);
    let ids = site.issues.iter().map(|issue| issue.id.to_string());
    any(vec![(8, one_of(present)), (1, one_of(former)), (2, one_of(ids))])
}

fn dates() -> Text {
    let literal = (-40i64..40).prop_map(|days| quoted(day(days)));
    let minute = (-40i64..5, 0..24u32, 0..60u32)
        .prop_map(|(days, h, m)| quoted(format!("{} {h:02}:{m:02}", day(days).replace('-', "/"))));
    let relative = one_of(["-1d", "\"-1w 2d\"", "-3h", "\"-90\"", "-30d", "\"4w 2d\"", "-10w", "-300m", "0d"]);
    let functions = ["Day", "Week", "Month", "Year"].iter().flat_map(|unit| {
        ["", "-1", "\"-1d\"", "-2w", "\"+1M\"", "-1y", "\"-5h\""]
            .map(|by| [format!("startOf{unit}({by})"), format!("endOf{unit}({by})")])
    });
    let functions = one_of(functions.flatten().chain(["now()".into()]));
    let logins = one_of(["currentLogin()", "lastLogin()"]);
    let epoch = one_of([(crate::sites::NOW - 86_400_000 * 3).to_string()]);
    any(vec![(4, literal.boxed()), (2, minute.boxed()), (4, relative), (4, functions), (1, logins), (1, epoch)])
}

/// What stands right of `~`. Whether the end of one field and the beginning of the next are a phrase is not asked.
fn texts(phrases: bool) -> Text {
    let word = || one_of(["login", "crash", "docking", "DOCK", "servers", "timeout", "the", "café", "logins", "v2"]);
    let two = vec(word(), 2).prop_map(|words| quoted(words.join(" "))).boxed();
    let phrase = one_of(["login crash", "docks server", "crashing dock", "server timeout"])
        .prop_map(|words| quoted(format!("\"{words}\"")))
        .boxed();
    let pattern = one_of(["log*", "do*", "d?ck", "ser*", "err*", "cra*", "log?ut", "?ock", "l?g*", "in*"])
        .prop_map(quoted)
        .boxed();
    any(vec![(5, word()), (3, two), (2, if phrases { phrase } else { word() }), (2, pattern)])
}

/// Tests of one field that make sense, unless the site has nothing of the sort.
fn sensible(site: &Site, known: bool) -> Text {
    let (key, own_keys) = (keys(site), own_keys(site));
    let of_caller = if known {
        one_of([
            "votedIssues()",
            "watchedIssues()",
            "issueHistory()",
            "votedWorkItems()",
            "watchedWorkItems()",
            "workItemHistory()",
        ])
    } else {
        key.clone().prop_map(|key| format!("linkedIssues({key})")).boxed()
    };
    let phrases = LINK_TYPES.iter().flat_map(|kind| [quoted(kind.2), quoted(kind.3)]);
    let linked = (key.clone(), one_of(phrases)).prop_map(|(key, phrase)| format!("linkedWorkItems({key}, {phrase})"));
    let below = vec(key.clone(), 1..3).prop_map(|epics| format!("parentEpic({})", epics.join(", ")));
    let remote = (one_of(["issues", "workItems"]), one_of(GLOBAL_IDS))
        .prop_map(|(what, id)| format!("{what}WithRemoteLinksByGlobalId({})", quoted(id)));
    let updated = (users(false), dates_as_args()).prop_map(|(user, dates)| format!("updatedBy({user}{dates})"));
    let issues = any(vec![
        (2, key.clone().prop_map(|key| format!("linkedIssues({key})")).boxed()),
        (2, linked.boxed()),
        (2, of_caller),
        (2, updated.boxed()),
        (1, remote.boxed()),
        (1, below.boxed()),
    ]);
    let lead = if known { ["()", "(\"Ada Admin\")"] } else { ["(\"Dana Developer\")", "(\"Ada Admin\")"] };
    let led = |what: &str| one_of(lead.iter().map(|by| format!("{what}LeadByUser{by}")).collect::<Vec<_>>());
    let roles = one_of(["projectsWhereUserHasRole(Developers)", "spacesWhereUserHasRole(Administrators)"]);
    let permitted = one_of([
        "projectsWhereUserHasPermission(\"View Voters and Watchers\")",
        "spacesWhereUserHasPermission(VIEW_VOTERS_AND_WATCHERS)",
    ]);
    let leads = any(vec![(1, led("projects")), (1, led("spaces"))]);
    let projects_in = if known { any(vec![(2, leads), (1, roles), (1, permitted)]) } else { leads };
    let of_projects = ["releasedVersions", "unreleasedVersions"].into_iter().flat_map(|name| {
        let of_project = project_keys(site).into_iter().map(move |key| format!("{name}({key})"));
        of_project.chain([format!("{name}()")])
    });
    let released = one_of(of_projects);
    let cascade = one_of([
        "cascadeOption(Production)",
        "cascadeOption(Production, EU)",
        "cascadeOption(Staging, \"none\")",
        "cascadeOption(none)",
    ]);
    let statuses: Vec<Named> = STATUSES.iter().map(|status| (status.0, status.1)).collect();
    let types: Vec<Named> = TYPES.iter().map(|kind| (kind.0, kind.1)).collect();
    let categories: Vec<Named> = CATEGORIES.iter().flat_map(|(id, key, name)| [(*id, *key), (*id, *name)]).collect();
    let places: Vec<&str> = PLACES.iter().flat_map(|(parent, below)| [parent.1, below[0].1, below[1].1]).collect();
    let sprints = any(vec![(4, quotes(&SPRINTS)), (1, one_of(["10500", "10502"]))]);
    let kinds = vec![
        Kind::new(
            &["assignee", "reporter", "creator", "Assignee", "Approver", "cf[10035]", "watcher", "voter"]
                .map(|name| name),
            users(known),
        )
        .or_in(members()),
        Kind::new(&["assignee", "reporter"], users(known)).or_in(members()),
        Kind::new(&["project", "PROJECT", "space"], projects(site)).or_in(projects_in),
        Kind::new(&["status", "Status"], named(&statuses)),
        Kind::new(&["issuetype", "type", "workType"], named(&types)).or_in(one_of([
            "standardIssueTypes()",
            "standardWorkTypes()",
            "subtaskIssueTypes()",
            "subtaskWorkTypes()",
        ])),
        Kind::new(&["hierarchyLevel"], one_of(["0", "1", "-1"])).ordered(),
        Kind::new(&["workRatio"], one_of(["0", "25", "100", "200"])).ordered(),
        Kind::new(&["priority"], named(&PRIORITIES)).ordered(),
        Kind::new(&["resolution"], named(&RESOLUTIONS)).ordered(),
        Kind::new(&["statusCategory"], named(&categories)),
        Kind::new(&["category"], named(&PROJECT_CATEGORIES)),
        Kind::new(&["level"], named(&LEVELS)),
        Kind::new(&["labels"], quotes(&LABELS)),
        Kind::new(&["Keywords"], quotes(&["red", "GREEN", "Blue", "grey"])),
        Kind::new(&["component"], one_of(site.components.iter().map(|component| quoted(component.name))))
            .or_in(led("components")),
        Kind::new(&["fixVersion", "affectedVersion", "Target versions"], versions(site)).or_in(released).ordered(),
        Kind::new(&["key", "issuekey", "issue", "id", "workItemKey"], key.clone()).or_in(issues),
        Kind::new(&["key", "issuekey", "issue", "id", "workItemKey"], any(vec![(3, own_keys), (1, key.clone())]))
            .ordered(),
        Kind::new(&["parent", "Epic Link"], key),
        Kind::new(&["Sprint", "cf[10020]"], sprints).or_in(one_of([
            "openSprints()",
            "closedSprints()",
            "futureSprints()",
        ])),
        Kind::new(&["parentEpic", "issueLink"], keys(site)),
        Kind::new(&["parentProject"], projects(site)),
        Kind::new(&["worklogAuthor"], users(known)).or_in(members()),
        Kind::new(&["worklogDate", "lastViewed"], dates()).ordered(),
        Kind::new(&["Severity", "customfield_10030", "Severity[Dropdown]"], named(&SEVERITIES))
            .or_in(one_of(["choiceOption(major)", "choiceOption(Critical, Minor, Unheard)"])),
        Kind::new(&["Browsers"], named(&BROWSERS)).or_in(one_of(["choiceOption(firefox)", "choiceOption(Opera)"])),
        Kind::new(&["Environment type"], quotes(&places)).or_in(cascade),
        Kind::new(&["Responsible group"], one_of(GROUPS.map(|group| group.1))),
        Kind::new(&["Design link"], quotes(&LINKS)),
        Kind::new(&["Team", "cf[10001]"], quotes(&TEAMS)),
        Kind::new(&["votes", "watchers"], one_of(["0", "1", "2"])).ordered(),
        Kind::new(&["development[pullrequests].open", "development[commits].all"], one_of(["0", "1"])).ordered(),
        Kind::new(&["created", "updated", "createdDate", "updatedDate", "statusCategoryChangedDate"], dates())
            .ordered(),
        Kind::new(&["due", "duedate", "resolved", "resolutiondate", "Start date", "Go-live"], dates()).ordered(),
        Kind::new(
            &["Story point estimate", "Story Points", "Story Points[Number]", "cf[10026]"],
            one_of(["0", "1", "2", "2.5", "-1", "5", "8"]),
        )
        .ordered(),
        Kind::new(
            &["originalEstimate", "timeOriginalEstimate", "remainingEstimate", "timeEstimate", "timespent"],
            one_of(["15m", "1h", "\"1h 30m\"", "1d", "1w"]),
        )
        .ordered(),
    ];
    let full = |field: &str, values: Text| {
        any(vec![
            (2, joined(vec![one_of([field]), one_of(["=", "!="]), values.clone()])),
            (1, joined(vec![one_of([field]), one_of(["in", "not in"]), list_of(&values)])),
        ])
    };
    let project_types = full("projectType", one_of(["software", "Business", "service_desk"]));
    let ends = LINK_TYPES.iter().flat_map(|kind| [quoted(kind.1), quoted(kind.2), quoted(kind.3)]);
    let ends = full("issueLinkType", one_of(ends));
    let elsewhere = joined(vec![
        one_of(["goals", "devices"]),
        one_of(["is EMPTY", "IS NOT EMPTY", "= EMPTY", "!= EMPTY", "in (EMPTY)", "not in (EMPTY)"]),
    ]);
    let in_fields = one_of([
        "summary",
        "description",
        "environment",
        "comment",
        "worklogComment",
        "\"Acceptance criteria\"",
        "Customer",
    ]);
    let like = joined(vec![in_fields.clone(), one_of(["~", "~", "!~"]), texts(true)]);
    let text = joined(vec![one_of(["text", "textfields"]), one_of(["~"]), texts(false)]);
    let given = joined(vec![in_fields, one_of(["IS EMPTY", "IS NOT EMPTY"])]);
    let attached = joined(vec![one_of(["attachments"]), one_of(["IS EMPTY", "IS NOT EMPTY"])]);
    let mut tests: Vec<(u32, Text)> = kinds.into_iter().map(|kind| (4, kind.tests())).collect();
    tests.extend([(4, filters()), (5, properties()), (2, project_types)]);
    tests.extend([(2, ends), (1, elsewhere), (6, like), (4, text), (2, given), (1, attached)]);
    any(tests)
}

/// Tests of saved filters.
fn filters() -> Text {
    let ids = (0..FILTERS.len()).map(|place| (FIRST_FILTER + place as i64).to_string());
    // Those that make no sense are left to chance alone.
    let names = FILTERS[..5].iter().map(|(name, _)| quoted(*name));
    let filter = any(vec![(6, one_of(names)), (1, one_of(ids))]);
    let several = vec(filter.clone(), 1..3).prop_map(|all| format!("({})", all.join(", "))).boxed();
    any(vec![
        (3, joined(vec![one_of(["filter", "savedFilter", "searchRequest", "request"]), one_of(["=", "!="]), filter])),
        (
            1,
            joined(vec![
                one_of(["filter", "savedFilter", "searchRequest", "request"]),
                one_of(["in", "not in"]),
                several,
            ]),
        ),
    ])
}

/// Tests of entity properties.
fn properties() -> Text {
    let of = || {
        one_of([
            "issue.property[flags]",
            "project.property[\"flags\"]",
            "comment.property[flags]",
            "user.property[flags]",
        ])
    };
    let at = |path: &'static str| of().prop_map(move |of| format!("{of}{path}")).boxed();
    let numbers = || any(vec![(1, at(".size")), (1, at(".deep.sizes"))]);
    let number = || one_of(["0", "1", "2", "11", "13"]);
    let words = || any(vec![(3, at(".tags.name")), (1, at(".text"))]);
    let word = || one_of(["red", "blue", "crash", "\"a login\""]);
    any(vec![
        (3, joined(vec![numbers(), one_of(["=", "!=", "<", "<=", ">", ">="]), number()])),
        (2, joined(vec![numbers(), one_of(["in", "not in"]), list(&number())])),
        (3, joined(vec![words(), one_of(["=", "!="]), word()])),
        (1, joined(vec![words(), one_of(["in", "not in"]), list(&word())])),
        (1, joined(vec![at(".open"), one_of(["=", "!="]), one_of(["true", "false"]).prop_map(quoted).boxed()])),
        (1, joined(vec![at(".text"), one_of(["~", "!~"]), texts(true)])),
        (
            2,
            joined(vec![
                any(vec![(1, words()), (1, at("")), (1, at(".nothing"))]),
                one_of(["IS EMPTY", "is not EMPTY"]),
            ]),
        ),
    ])
}

/// None, one or two dates after a first argument.
fn dates_as_args() -> Text {
    one_of(["", ", \"-5d\"", ", \"-30d\", \"-2d\"", ", \"2026/10/01\"", ", \"2026-09-01\", \"2026-10-20 12:30\""])
}

/// Tests of history.
fn history(site: &Site, known: bool) -> Text {
    let user = users(known);
    let statuses: Vec<Named> = STATUSES.iter().map(|status| (status.0, status.1)).collect();
    let fields = vec![
        ("status", named(&statuses)),
        ("priority", named(&PRIORITIES)),
        ("resolution", named(&RESOLUTIONS)),
        ("assignee", user.clone()),
        ("reporter", user.clone()),
        ("fixVersion", versions(site)),
    ];
    let by = any(vec![(3, user.clone()), (1, list(&user)), (1, members())]);
    let day = any(vec![
        (3, (-40i64..2).prop_map(|days| quoted(day(days))).boxed()),
        (1, one_of(["startOfDay(-3d)", "startOfDay()"])),
    ]);
    let pair = (dates(), dates()).prop_map(|(from, till)| format!("DURING ({from}, {till})")).boxed();
    let narrowing = any(vec![
        (2, joined(vec![one_of(["AFTER", "BEFORE"]), dates()])),
        (2, joined(vec![one_of(["ON"]), day])),
        (2, pair),
        (3, joined(vec![one_of(["BY"]), by])),
    ]);
    let tests = fields.into_iter().map(|(field, value)| {
        let field = || one_of([field]);
        let narrowed = || vec(narrowing.clone(), 0..3).prop_map(|all| all.join(" ")).boxed();
        let value = any(vec![(5, value.clone()), (1, one_of(["EMPTY"]))]);
        let one = joined(vec![field(), one_of(["WAS", "WAS NOT"]), value.clone(), narrowed()]);
        let some = joined(vec![field(), one_of(["WAS IN", "WAS NOT IN"]), list(&value), narrowed()]);
        let ends = any(vec![
            (2, one_of([""])),
            (2, joined(vec![one_of(["FROM", "TO"]), any(vec![(3, value.clone()), (1, list(&value))])])),
            (1, joined(vec![one_of(["FROM"]), value.clone(), one_of(["TO"]), value.clone()])),
        ]);
        let changed = joined(vec![field(), one_of(["CHANGED"]), ends, narrowed()]);
        (1, any(vec![(3, one), (2, some), (3, changed)]))
    });
    any(tests.collect())
}

/// Tests that name what is not there, or make no sense otherwise (S-27).
fn senseless() -> Text {
    one_of([
        "universe = 42",
        "project = NOPE",
        "assignee = nobody",
        "key = NOPE-1",
        "status = Sleeping",
        "summary = login",
        "assignee ~ dana",
        "status > Done",
        "created = yesterday",
        "updated >= \"2026-13-01\"",
        "fixVersion = \"9.9\"",
        "assignee = bogus()",
        "status = currentUser()",
        "assignee = membersOf(jira-readers)",
        "text !~ login",
        "text ~ \"\"",
        "assignee in membersOf(nobody)",
        "priority = Utmost",
        "project in (ALPHA, NOPE)",
        "votes = many",
        "issuetype = standardIssueTypes()",
        "created > now(1)",
        "attachments = 1",
        "status is Open",
        "cf[99999] = 1",
        "labels > ux",
        "summary ~ \"*login\"",
        "component = Nowhere",
        "level = Nobody",
        "summary in (login)",
        "fixVersion in releasedVersions(ALPHA, BETA)",
    ])
}

/// Fields that issues can be ordered by, and one that there is not.
pub const ORDERS: &[&str] = &[
    "key",
    "issuekey",
    "id",
    "issue",
    "workItemKey",
    "created",
    "createdDate",
    "updated",
    "updatedDate",
    "due",
    "duedate",
    "resolved",
    "resolutionDate",
    "statusCategoryChangedDate",
    "lastViewed",
    "priority",
    "resolution",
    "status",
    "statusCategory",
    "issuetype",
    "type",
    "workType",
    "hierarchyLevel",
    "level",
    "component",
    "fixVersion",
    "affectedVersion",
    "project",
    "space",
    "category",
    "projectType",
    "parent",
    "assignee",
    "reporter",
    "creator",
    "voter",
    "watcher",
    "votes",
    "watchers",
    "labels",
    "summary",
    "description",
    "environment",
    "workRatio",
    "timespent",
    "originalEstimate",
    "timeOriginalEstimate",
    "remainingEstimate",
    "timeEstimate",
    "Rank",
    "Epic Link",
    "Sprint",
    "Story point estimate",
    "Story Points[Number]",
    "Start date",
    "Go-live",
    "Customer",
    "Acceptance criteria",
    "Design link",
    "Approver",
    "Reviewers",
    "Responsible group",
    "Severity",
    "Browsers",
    "Environment type",
    "Keywords",
    "Target versions",
    "universe",
];

/// An order by some of them.
pub fn order() -> Text {
    let sort = joined(vec![names(ORDERS), one_of(["", "ASC", "DESC", "desc"])]);
    vec(sort, 1..4).prop_map(|sorts| format!("ORDER BY {}", sorts.join(", "))).boxed()
}

/// One test of one field.
pub fn test(site: &Site, known: bool) -> Text {
    any(vec![(60, sensible(site, known)), (12, history(site, known)), (1, senseless())])
}

/// Queries about a site, for somebody or for an anonymous caller.
pub fn query(site: &Site, known: bool) -> Text {
    let clause = test(site, known).prop_recursive(3, 10, 3, |inner| {
        let several = vec(inner.clone(), 2..4);
        prop_oneof![
            3 => several.clone().prop_map(|all| all.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" AND ")),
            4 => several.prop_map(|all| all.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" or ")),
            1 => inner.clone().prop_map(|one| format!("NOT ({one})")),
            1 => inner.prop_map(|one| format!("!({one})")),
        ]
    });
    let order = any(vec![(2, one_of([""])), (1, order())]);
    joined(vec![clause.boxed(), order])
}
