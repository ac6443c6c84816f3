//! Sites at random: what refers to something else is drawn as a number and taken modulo how many there are, so that a
//! site with fewer issues is still a site.

use crate::site::{self, *};
use chrono::{DateTime, Days, SecondsFormat, TimeDelta, Utc};
use mock_jira::domain::jql;
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Words of texts. Some have the same stem, some are stop words.
pub const WORDS: [&str; 18] = [
    "login", "logins", "crash", "crashes", "crashing", "dock", "docks", "docking", "server", "Server", "timeout",
    "error", "the", "with", "Café", "v2", "logout", "duck",
];
pub const LABELS: [&str; 5] = ["urgent", "Urgent", "ux", "back-end", "q3"];
pub const KEYWORDS: [&str; 4] = ["red", "Green", "Red", "blue"];
pub const LINKS: [&str; 2] = ["https://example.com/design", "https://example.com/other"];
pub const CUSTOMERS: [&str; 4] = ["Dock Inc", "Server farm", "The Café", "Crashing waves"];
pub const GLOBAL_IDS: [&str; 2] = ["system=wiki&id=1", "system=wiki&id=2"];
/// The time at every site: Wednesday, 28 October 2026, 16:33 UTC, three days after Berlin's clocks went back.
pub const NOW: i64 = 1_793_205_225_750;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(NOW).unwrap()
}

/// Anything: most of the time a small site, since small ones tell as much.
pub fn site() -> impl Strategy<Value = Site> {
    let world = (
        vec((0..GROUPS.len(), 0..USERS.len()), 0..4),
        vec(project(), 1..=3),
        vec((any::<bool>(), any::<bool>()), 9),
        Just([0i64, 1, 2]).prop_shuffle(),
        vec(option::of(0..USERS.len()), 6),
        vec(select(&STATES[..]), SPRINTS.len()),
        [vec(holder(), 0..3), vec(holder(), 0..3)],
        vec((0..USERS.len(), shared()), FILTERS.len()),
    );
    let users = (
        prop::collection::btree_map(0..USERS.len(), visit(), 0..=USERS.len()),
        prop::collection::btree_map(0..USERS.len(), property(), 0..3),
    );
    let issues = vec(issue(), 1..28);
    let links = vec((0..LINK_TYPES.len(), any::<u8>(), any::<u8>()), 0..10);
    (world, users, issues, links).prop_map(
        |(
            (members, projects, versions, order, leads, states, levels, owners),
            (visits, user_properties),
            issues,
            links,
        )| {
            let mut site = Site {
                now: now(),
                visits,
                user_properties,
                members: GIVEN_MEMBERS.to_vec(),
                versions: Vec::new(),
                components: Vec::new(),
                sprints: Vec::new(),
                projects: projects.into_iter().enumerate().map(|(place, project)| project_at(place, project)).collect(),
                levels,
                filters: owners
                    .into_iter()
                    .enumerate()
                    .map(|(place, (owner, shared))| filter(place, owner, shared))
                    .collect(),
                issues: Vec::new(),
                links: Vec::new(),
            };
            for member in members {
                if !site.members.contains(&member) {
                    site.members.push(member);
                }
            }
            for project in 0..site.projects.len() {
                for (place, name) in VERSIONS[project].into_iter().enumerate() {
                    let (released, archived) = versions[3 * project + place];
                    let id = 10300 + (3 * project + place) as i64;
                    site.versions.push(Version { id, project, name, position: order[place], released, archived });
                }
                for (place, name) in COMPONENTS[project].into_iter().enumerate() {
                    let id = 10400 + (2 * project + place) as i64;
                    site.components.push(Component { id, project, name, lead: leads[2 * project + place] });
                }
            }
            for (place, name) in SPRINTS.into_iter().enumerate() {
                let project = place % site.projects.len();
                site.sprints.push(Sprint { id: 10500 + place as i64, project, name, state: states[place] });
            }
            for raw in issues {
                let issue = raw.build(&site);
                site.issues.push(issue);
            }
            let many = site.issues.len();
            for (kind, source, destination) in links {
                let (source, destination) = (usize::from(source) % many, usize::from(destination) % many);
                if source != destination {
                    let id = |place: usize| site.issues[place].id;
                    let link = Link { kind: LINK_TYPES[kind].0, source: id(source), destination: id(destination) };
                    site.links.push(link);
                }
            }
            site
        },
    )
}

fn holder() -> impl Strategy<Value = Holder> {
    prop_oneof![
        2 => Just(Holder::Anyone),
        3 => Just(Holder::Licensed),
        2 => (0..USERS.len()).prop_map(Holder::User),
        2 => (0..GROUPS.len()).prop_map(Holder::Group),
        1 => Just(Holder::Lead),
        2 => select(&ROLES[..]).prop_map(|role| Holder::Role(role.0)),
        2 => Just(Holder::Reporter),
        2 => Just(Holder::Assignee),
        1 => Just(Holder::Approver),
        1 => Just(Holder::ResponsibleGroup),
    ]
}

/// A visit that goes on, or one that is long over.
fn visit() -> impl Strategy<Value = Visit> {
    let seen = prop_oneof![3 => Just(true), 1 => Just(false)];
    (moment(), moment(), any::<bool>(), seen).prop_map(|(one, other, before, goes_on)| {
        let (previous, began) = (one.min(other), one.max(other));
        let seen = if goes_on { now() - TimeDelta::hours(1) } else { began };
        Visit { began, seen: seen.max(began), previous: before.then_some(previous) }
    })
}

fn shared() -> impl Strategy<Value = Shared> {
    prop_oneof![
        1 => Just(Shared::Nobody),
        3 => Just(Shared::Accounts),
        2 => Just(Shared::Everybody),
        1 => (0..GROUPS.len()).prop_map(Shared::Group),
    ]
}

fn filter(place: Place, owner: User, shared: Shared) -> Filter {
    let (name, text) = FILTERS[place];
    Filter { id: FIRST_FILTER + place as i64, name, owner, shared, query: jql::parse(text).unwrap() }
}

/// What a property holds, so that paths lead to numbers, words, truth values and lists of these.
fn property() -> impl Strategy<Value = Value> {
    let tag = || select(&["red", "blue", "green"][..]).prop_map(|name| json!({ "name": name }));
    let words = select(&["docking servers", "crash", "a login"][..]);
    (0..5i64, any::<bool>(), vec(tag(), 1..3), option::of(words)).prop_map(|(size, open, tags, text)| {
        let mut value = json!({ "size": size, "open": open, "tags": tags, "deep": { "sizes": [size, size + 10] } });
        if let Some(text) = text {
            value["text"] = text.into();
        }
        value
    })
}

fn project() -> impl Strategy<Value = Project> {
    let actor = prop_oneof![(0..USERS.len()).prop_map(Actor::User), (0..GROUPS.len()).prop_map(Actor::Group)];
    let actors = vec((select(&ROLES[..]).prop_map(|role| role.0), actor), 0..4);
    // Most are open to most, else nothing is found.
    let browse =
        prop_oneof![3 => Just(vec![Holder::Licensed]), 1 => Just(vec![Holder::Anyone]), 2 => vec(holder(), 0..4)];
    let crowds = prop_oneof![2 => Just(vec![Holder::Licensed]), 1 => vec(holder(), 0..3)];
    // Whether there is an issue by which one has a permission is another question.
    let in_issue = [Holder::Reporter, Holder::Assignee, Holder::Approver, Holder::ResponsibleGroup];
    let crowds = crowds.prop_map(move |mut all| {
        all.retain(|holder| !in_issue.contains(holder));
        all
    });
    let category = option::of(select(&PROJECT_CATEGORIES[..]).prop_map(|category| category.0));
    let about = (category, select(&PROJECT_TYPES[..]), option::of(property()));
    (option::of(0..USERS.len()), about, prop::bool::weighted(0.05), (browse, crowds), any::<bool>(), actors).prop_map(
        |(lead, (category, kind, property), archived, (browse, crowds), secured, mut actors)| {
            let mut known = Vec::new();
            actors.retain(|actor| {
                !known.contains(actor) && {
                    known.push(*actor);
                    true
                }
            });
            let (id, key, name) = (0, "", "");
            Project { id, key, name, lead, category, kind, archived, browse, crowds, property, secured, actors }
        },
    )
}

fn project_at(place: Place, project: Project) -> Project {
    let (key, name) = PROJECTS[place];
    Project { id: 10001 + place as i64, key, name, ..project }
}

fn words(many: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    vec(select(&WORDS[..]), many).prop_map(|words| words.join(" "))
}

/// A time between a year before and now; most are recent. Never on a whole minute: what is right on it is before and
/// after a literal at once.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    let minutes = prop_oneof![2 => 1..300i64, 3 => 300..20_000i64, 2 => 20_000..600_000i64];
    (minutes, 1..59_999i64)
        .prop_map(|(minutes, ms)| now() - TimeDelta::milliseconds(minutes * 60_000 + 15_750 - ms % 15_000))
}

/// An issue whose references are not resolved yet.
#[derive(Debug, Clone)]
struct Raw {
    project: u8,
    moved_from: Option<u8>,
    issue_type: i64,
    texts: (String, Option<String>, Option<String>),
    people: (User, Option<User>, Option<User>),
    parent: Option<u8>,
    level: Option<i64>,
    labels: BTreeSet<&'static str>,
    picks: (u8, u8, u8),
    status: i64,
    priority: Option<i64>,
    resolution: Option<i64>,
    times: (DateTime<Utc>, DateTime<Utc>, DateTime<Utc>),
    due: Option<i64>,
    estimates: [Option<i64>; 3],
    rank: u32,
    archived: bool,
    custom: Map<String, Value>,
    comments: Vec<Comment>,
    worklogs: Vec<Worklog>,
    viewed: BTreeMap<User, DateTime<Utc>>,
    crowds: (BTreeSet<User>, BTreeSet<User>),
    attached: bool,
    remote: Option<&'static str>,
    property: Option<Value>,
    steps: Vec<(u32, User, Step)>,
}

/// A change of what is tracked.
#[derive(Debug, Clone)]
enum Step {
    Status(i64),
    Priority(Option<i64>),
    Resolution(Option<i64>),
    Assignee(Option<User>),
    Reporter(Option<User>),
    FixVersions(u8),
}

fn maybe_user() -> impl Strategy<Value = Option<User>> {
    option::weighted(0.75, 0..USERS.len())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => select(&STATUSES[..]).prop_map(|status| Step::Status(status.0)),
        2 => option::of(select(&PRIORITIES[..])).prop_map(|to| Step::Priority(to.map(|to| to.0))),
        2 => option::of(select(&RESOLUTIONS[..])).prop_map(|to| Step::Resolution(to.map(|to| to.0))),
        3 => maybe_user().prop_map(Step::Assignee),
        1 => maybe_user().prop_map(Step::Reporter),
        2 => any::<u8>().prop_map(Step::FixVersions),
    ]
}

fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        3 => Just(Audience::All),
        1 => select(&ROLES[..]).prop_map(|role| Audience::Role(role.0)),
        1 => (0..GROUPS.len()).prop_map(Audience::Group),
    ]
}

fn worklog() -> impl Strategy<Value = Worklog> {
    (0..USERS.len(), moment(), option::of(words(1..4)), audience())
        .prop_map(|(author, started, text, audience)| Worklog { author, started, text, audience })
}

fn comment() -> impl Strategy<Value = Comment> {
    (0..USERS.len(), moment(), words(1..5), audience(), option::weighted(0.3, property()))
        .prop_map(|(author, at, text, audience, property)| Comment { author, at, text, audience, property })
}

fn crowd() -> impl Strategy<Value = BTreeSet<User>> {
    prop::collection::btree_set(0..USERS.len(), 0..3)
}

fn issue() -> impl Strategy<Value = Raw> {
    let place = (any::<u8>(), option::weighted(0.1, any::<u8>()), select(&TYPES[..]).prop_map(|kind| kind.0));
    let texts = (words(1..6), option::of(words(1..8)), option::weighted(0.3, words(1..5)));
    let people = (0..USERS.len(), maybe_user(), maybe_user());
    let level = option::weighted(0.3, select(&LEVELS[..]).prop_map(|level| level.0));
    let labels = prop::collection::btree_set(select(&LABELS[..]), 0..3);
    let estimates = option::of(select(&[900i64, 3600, 7200, 28_800, 144_000][..]));
    let state = (
        select(&STATUSES[..]).prop_map(|status| status.0),
        option::weighted(0.8, select(&PRIORITIES[..]).prop_map(|priority| priority.0)),
        option::of(select(&RESOLUTIONS[..]).prop_map(|resolution| resolution.0)),
    );
    let rest = (
        any::<(u8, u8, u8)>(),
        (moment(), moment(), moment()),
        option::of(-20..20i64),
        [estimates.clone(), estimates.clone(), estimates],
        any::<u32>(),
        prop::bool::weighted(0.03),
        (vec(comment(), 0..3), vec(worklog(), 0..3)),
        prop::collection::btree_map(0..USERS.len(), moment(), 0..3),
        (crowd(), crowd()),
        prop::bool::weighted(0.2),
        (option::weighted(0.2, select(&GLOBAL_IDS[..])), option::weighted(0.3, property())),
        vec((any::<u32>(), 0..USERS.len(), step()), 0..5),
    );
    ((place, texts, people), (option::of(any::<u8>()), level, labels), state, custom(), rest).prop_map(
        |(
            ((project, moved_from, issue_type), texts, people),
            (parent, level, labels),
            (status, priority, resolution),
            custom,
            (
                picks,
                times,
                due,
                estimates,
                rank,
                archived,
                (comments, worklogs),
                viewed,
                crowds,
                attached,
                (remote, property),
                steps,
            ),
        )| Raw {
            project,
            moved_from,
            issue_type,
            texts,
            people,
            parent,
            level,
            labels,
            picks,
            status,
            priority,
            resolution,
            times,
            due,
            estimates,
            rank,
            archived,
            custom,
            comments,
            worklogs,
            viewed,
            crowds,
            attached,
            remote,
            property,
            steps,
        },
    )
}

/// Values of custom fields.
fn custom() -> impl Strategy<Value = Map<String, Value>> {
    let id = |named: &[Named]| select(named.to_vec()).prop_map(|named| json!(named.0));
    let ids = |named: &[Named]| {
        prop::sample::subsequence(named.to_vec(), 1..=named.len())
            .prop_map(|all| json!(all.iter().map(|named| named.0).collect::<Vec<_>>()))
    };
    let user = || (0..USERS.len()).prop_map(|user| USERS[user].id);
    let cascade = (select(&PLACES[..]), option::of(0..2usize)).prop_map(|(place, below)| match below {
        Some(below) => json!([place.0.0, place.1[below].0]),
        None => json!([place.0.0]),
    });
    let number = prop_oneof![(0..9i64).prop_map(|n| json!(n as f64)), Just(json!(2.5)), Just(json!(-1.0))].boxed();
    let day = (-30..30i64).prop_map(|days| json!((now() + TimeDelta::days(days)).date_naive().to_string())).boxed();
    let fields: Vec<(i64, BoxedStrategy<Value>)> = vec![
        // Alone, or as the object that stands for it.
        (
            site::field::TEAM,
            (select(&TEAMS[..]), any::<bool>())
                .prop_map(|(id, alone)| if alone { json!(id) } else { json!({ "id": id, "name": "Crew" }) })
                .boxed(),
        ),
        (site::field::START_DATE, day),
        (site::field::ESTIMATE, number.clone()),
        (site::field::STORY_POINTS, number.clone()),
        (site::field::MORE_POINTS, number),
        (site::field::SPRINT, prop::collection::btree_set(10500..10504i64, 1..3).prop_map(|ids| json!(ids)).boxed()),
        (site::field::SEVERITY, id(&SEVERITIES).boxed()),
        (site::field::BROWSERS, ids(&BROWSERS).boxed()),
        (site::field::ENVIRONMENT_TYPE, cascade.boxed()),
        (site::field::CUSTOMER, select(&CUSTOMERS[..]).prop_map(|text| json!(text)).boxed()),
        (
            site::field::CRITERIA,
            words(1..5).prop_map(|text| json!(mock_jira::domain::rich_text::paragraph(&text).to_string())).boxed(),
        ),
        (site::field::REVIEWERS, prop::collection::btree_set(user(), 1..3).prop_map(|users| json!(users)).boxed()),
        (site::field::GO_LIVE, moment().prop_map(|at| json!(at.to_rfc3339_opts(SecondsFormat::Millis, true))).boxed()),
        (site::field::DESIGN_LINK, select(&LINKS[..]).prop_map(|link| json!(link)).boxed()),
        (site::field::APPROVER, user().prop_map(|user| json!(user)).boxed()),
        (
            site::field::KEYWORDS,
            prop::collection::btree_set(select(&KEYWORDS[..]), 1..3).prop_map(|all| json!(all)).boxed(),
        ),
        (site::field::RESPONSIBLE_GROUP, (0..GROUPS.len()).prop_map(|group| json!(GROUPS[group].0)).boxed()),
        (
            site::field::TARGET_VERSIONS,
            prop::collection::btree_set(10300..10303i64, 1..3).prop_map(|ids| json!(ids)).boxed(),
        ),
    ];
    let values: Vec<_> =
        fields.into_iter().map(|(id, value)| option::weighted(0.3, value).prop_map(move |value| (id, value))).collect();
    values.prop_map(|values| values.into_iter().filter_map(|(id, value)| Some((id.to_string(), value?))).collect())
}

impl Raw {
    /// The issue, the next one of a site.
    fn build(self, site: &Site) -> Issue {
        let place = site.issues.len();
        let many = site.projects.len();
        let project = usize::from(self.project) % many;
        let id = 10000 + place as i64;
        let own = |ids: Vec<i64>, picks: u8| -> Vec<i64> {
            ids.into_iter().enumerate().filter(|(place, _)| picks >> place & 1 == 1).map(|(_, id)| id).collect()
        };
        let versions = || site.versions.iter().filter(|v| v.project == project).map(|v| v.id).collect::<Vec<_>>();
        let components = site.components.iter().filter(|c| c.project == project).map(|c| c.id).collect();
        // A parent is one that was made before and stands a level above, as it must (J-10).
        let level = |kind: i64| TYPES.iter().find(|known| known.0 == kind).map_or(0, |known| known.2);
        let above: Vec<&Issue> =
            site.issues.iter().filter(|other| level(other.issue_type) == level(self.issue_type) + 1).collect();
        let parent = self.parent.filter(|_| !above.is_empty()).map(|pick| above[usize::from(pick) % above.len()].id);
        let mut times = [self.times.0, self.times.1, self.times.2];
        times.sort();
        let [created, resolved, updated] = times;
        let mut state = Tracked {
            status: self.status,
            priority: self.priority,
            resolution: self.resolution,
            assignee: self.people.1,
            reporter: self.people.2,
            fix_versions: own(versions(), self.picks.0),
        };
        let mut history = vec![Moment { at: created, by: self.people.0, state: state.clone() }];
        let span = (updated - created).num_milliseconds();
        let mut steps: Vec<_> = self
            .steps
            .into_iter()
            .map(|(at, by, step)| (created + TimeDelta::milliseconds(1 + i64::from(at) % span.max(1)), by, step))
            .collect();
        steps.sort_by_key(|step| step.0);
        for (at, by, step) in steps {
            match step {
                Step::Status(to) => state.status = to,
                Step::Priority(to) => state.priority = to,
                Step::Resolution(to) => state.resolution = to,
                Step::Assignee(to) => state.assignee = to,
                Step::Reporter(to) => state.reporter = to,
                Step::FixVersions(picks) => state.fix_versions = own(versions(), picks),
            }
            let last = &history[history.len() - 1];
            // Two changes at one moment leave open which was first.
            if last.state != state && last.at < at && at.timestamp_millis() % 60_000 != 0 {
                history.push(Moment { at, by, state: state.clone() });
            } else {
                state = last.state.clone();
            }
        }
        Issue {
            id,
            project,
            number: 1 + place as i64,
            moved_from: self
                .moved_from
                .map(|pick| usize::from(pick) % many)
                .filter(|old| *old != project)
                .map(|old| (old, 500 + place as i64)),
            issue_type: self.issue_type,
            summary: self.texts.0,
            description: self.texts.1,
            environment: self.texts.2,
            creator: self.people.0,
            parent,
            level: self.level.filter(|_| site.projects[project].secured),
            labels: self.labels.into_iter().collect(),
            components: own(components, self.picks.1),
            affected_versions: own(versions(), self.picks.2),
            updated,
            due: self.due.and_then(|days| now().date_naive().checked_add_signed(TimeDelta::days(days))),
            resolved: state.resolution.map(|_| resolved),
            status_category_changed: resolved,
            times: self.estimates,
            rank: format!("0|i{:06}:{}", self.rank % 1_000_000, place),
            archived: self.archived,
            custom: self.custom,
            comments: self.comments,
            worklogs: self.worklogs,
            viewed: self.viewed,
            watchers: self.crowds.0,
            voters: self.crowds.1,
            attached: self.attached,
            remote: self.remote,
            property: self.property,
            history,
        }
    }
}

/// A day near now, as JQL has it.
pub fn day(days: i64) -> String {
    let today = now().date_naive();
    let day = if days < 0 {
        today.checked_sub_days(Days::new(days.unsigned_abs()))
    } else {
        today.checked_add_days(Days::new(days.unsigned_abs()))
    };
    day.unwrap_or(today).to_string()
}
