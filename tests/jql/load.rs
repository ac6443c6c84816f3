//! Stores a site: what a request would store goes through the database room, so that what comes with it (texts for
//! searching, changelogs) is as in any site; the rest goes in as rows.

use crate::site::*;
use chrono::Utc;
use mock_jira::{
    app::{Context, seed},
    db::{self, By, Db, metadata},
    domain::{
        fields::types::JIRA,
        issue::{Issue as Stored, References, changes},
        people::Caller,
        rich_text::paragraph,
        site::Clock,
    },
};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// A stored site.
pub struct Loaded {
    pub site_id: i32,
    /// Asks as somebody; without a user, as an anonymous caller.
    pub contexts: Vec<Context>,
}

impl Loaded {
    /// The context of a caller.
    pub fn context(&self, caller: Option<User>) -> &Context {
        &self.contexts[caller.unwrap_or(USERS.len())]
    }
}

/// Makes the site in the database.
pub async fn load(db: &Db, site: &Site) -> Loaded {
    let name = format!("jql-{}", Uuid::new_v4().simple());
    let mut made = seed::create_site(db, seed::EMPTY, &name, None, None).await.expect("a site");
    made.clock = Clock { offset_ms: 0, frozen_at: Some(site.now) };
    let settings = serde_json::to_value(&made.settings).expect("settings");
    db.update_site(&made, &settings).await.expect("a clock");
    let site_id = made.id;
    db.insert_rows(site_id, &configuration(site)).await.expect("configuration");
    let mut read = db.read(site_id).await.expect("a connection");
    let snapshot = Arc::new(metadata::load(&mut read).await.expect("metadata").expect("the site"));
    drop(read);

    let mut work = db.begin(site_id, By { at: site.now, ..By::default() }).await.expect("a transaction");
    let mut comments = Vec::new();
    for issue in &site.issues {
        let states: Vec<Stored> = issue.history.iter().map(|moment| stored(site, issue, &moment.state)).collect();
        db::issues::insert(&mut work, &states[0]).await.expect("an issue");
        for (moment, pair) in issue.history[1..].iter().zip(states.windows(2)) {
            db::issues::update(&mut work, &pair[1]).await.expect("the issue");
            let items = changes::between(&snapshot, &pair[0], &pair[1], &References::new());
            let author = USERS[moment.by].id;
            db::changelog::insert(&mut work, issue.id, author, moment.at, &items).await.expect("a change");
        }
        for comment in &issue.comments {
            let (property, (kind, id)) = (&comment.property, audience(comment.audience));
            let author = USERS[comment.author].id.to_owned();
            let comment = db::comments::Comment {
                id: work.next_id("comment").await.expect("an id"),
                issue_id: issue.id,
                update_author: author.clone(),
                author,
                body: paragraph(&comment.text),
                created: comment.at,
                updated: comment.at,
                visibility_type: kind,
                visibility_id: id,
                jsd_public: true,
            };
            db::comments::insert(&mut work, &comment).await.expect("a comment");
            comments.extend(property.as_ref().map(|value| property_row("comment", comment.id, value)));
        }
    }
    let archived: Vec<i64> = site.issues.iter().filter(|issue| issue.archived).map(|issue| issue.id).collect();
    db::archive::set(&mut work, &archived, &[], Some(site.now), None).await.expect("archived issues");
    work.commit_unrecorded().await.expect("a commit");
    db.insert_rows(site_id, &around(site, comments)).await.expect("what hangs on issues");

    let context = |caller: Caller| Context { db: db.clone(), site: snapshot.clone(), caller, now: site.now };
    let known = USERS.iter().map(|user| context(snapshot.caller(user.id).expect("an account")));
    Loaded { site_id, contexts: known.chain([context(Caller::default())]).collect() }
}

/// The issue as it was in one state.
fn stored(site: &Site, issue: &Issue, state: &Tracked) -> Stored {
    let user = |user: Option<User>| user.map(|user| USERS[user].id.to_owned());
    Stored {
        id: issue.id,
        project_id: site.projects[issue.project].id,
        number: issue.number,
        issue_type_id: issue.issue_type,
        status_id: state.status,
        priority_id: state.priority,
        resolution_id: state.resolution,
        summary: issue.summary.clone(),
        description: issue.description.as_deref().map(paragraph),
        environment: issue.environment.as_deref().map(paragraph),
        creator: user(Some(issue.creator)),
        reporter: user(state.reporter),
        assignee: user(state.assignee),
        parent_id: issue.parent,
        security_level_id: issue.level,
        labels: issue.labels.iter().map(|label| (*label).to_owned()).collect(),
        component_ids: issue.components.clone(),
        fix_version_ids: state.fix_versions.clone(),
        affected_version_ids: issue.affected_versions.clone(),
        created: issue.created(),
        updated: issue.updated,
        due: issue.due,
        resolved: issue.resolved,
        status_category_changed: issue.status_category_changed,
        original_estimate: issue.times[0],
        remaining_estimate: issue.times[1],
        time_spent: issue.times[2],
        rank: issue.rank.clone(),
        archived: None,
        custom: issue.custom.clone(),
    }
}

/// To whom something is restricted: the kind of it, and its id.
fn audience(audience: Audience) -> (Option<String>, Option<String>) {
    match audience {
        Audience::All => (None, None),
        Audience::Role(id) => (Some("role".to_owned()), Some(id.to_string())),
        Audience::Group(group) => (Some("group".to_owned()), Some(GROUPS[group].0.to_string())),
    }
}

fn holders(holder: &Holder) -> (&'static str, Option<String>) {
    match holder {
        Holder::Anyone => ("anyone", None),
        Holder::Licensed => ("applicationRole", None),
        Holder::User(user) => ("user", Some(USERS[*user].id.into())),
        Holder::Group(group) => ("group", Some(GROUPS[*group].0.to_string())),
        Holder::Lead => ("projectLead", None),
        Holder::Role(role) => ("projectRole", Some(role.to_string())),
        Holder::Reporter => ("reporter", None),
        Holder::Assignee => ("assignee", None),
        Holder::Approver => ("userCustomField", Some(format!("customfield_{}", field::APPROVER))),
        Holder::ResponsibleGroup => ("groupCustomField", Some(format!("customfield_{}", field::RESPONSIBLE_GROUP))),
    }
}

type Tables = Map<String, Value>;

/// Rows by table, in an order that references allow.
fn tables<const N: usize>(rows: [(&str, Vec<Value>); N]) -> Tables {
    rows.into_iter().map(|(table, rows)| (table.to_owned(), rows.into())).collect()
}

/// What the site has besides what every new site has.
fn configuration(site: &Site) -> Tables {
    let accounts = USERS[GIVEN_USERS..].iter().map(|user| {
        json!({ "account_id": user.id, "account_type": "atlassian", "email": user.email, "email_public": user.public,
            "display_name": user.name, "active": user.active, "time_zone": user.zone.name(), "locale": "en_US",
            "created": "2024-01-01T00:00:00Z" })
    });
    let members = site.members[GIVEN_MEMBERS.len()..].iter();
    let members = members.map(|(group, user)| json!({ "group_id": GROUPS[*group].0, "account_id": USERS[*user].id }));
    let categories = PROJECT_CATEGORIES.iter().map(|(id, name)| json!({ "id": id, "name": name, "description": "" }));
    let levels = LEVELS.iter().map(
        |(id, name)| json!({ "id": id, "scheme_id": 10200, "name": name, "description": "", "is_default": false }),
    );
    let members_of_levels = site
        .levels
        .iter()
        .zip(LEVELS)
        .flat_map(|(members, level)| members.iter().map(move |member| (level.0, holders(member))));
    let members_of_levels = members_of_levels.enumerate().map(|(place, (level, (holder, parameter)))| {
        json!({ "id": 10300 + place, "level_id": level, "holder": holder, "parameter": parameter })
    });
    let mut schemes = Vec::new();
    let mut grants = Vec::new();
    let mut projects = Vec::new();
    let mut keys = vec![json!({ "key": FORMER_KEY, "project_id": site.projects[0].id })];
    let mut counters = Vec::new();
    let mut actors = Vec::new();
    for project in &site.projects {
        let scheme = project.id + 500;
        schemes.push(json!({ "id": scheme, "name": project.name, "description": "" }));
        let crowds = project.crowds.iter().map(|holder| (holder, "VIEW_VOTERS_AND_WATCHERS"));
        let browsers = project.browse.iter().map(|holder| (holder, "BROWSE_PROJECTS"));
        for (holder, permission) in browsers.chain(crowds) {
            let (holder, parameter) = holders(holder);
            grants.push(json!({ "id": 20_000 + grants.len(), "scheme_id": scheme, "permission": permission,
                "holder": holder, "parameter": parameter }));
        }
        projects.push(json!({ "id": project.id, "key": project.key, "name": project.name, "description": "",
            "lead": project.lead.map(|user| USERS[user].id), "type_key": project.kind, "simplified": false,
            "uuid": Uuid::from_u128(project.id as u128), "assignee_type": "UNASSIGNED", "category_id": project.category,
            "avatar_id": 10400, "is_private": false, "permission_scheme_id": scheme, "issue_type_scheme_id": 10000,
            "workflow_scheme_id": 10000, "issue_type_screen_scheme_id": 1, "field_configuration_id": 10000,
            "archived": project.archived.then_some(Utc::now()), "created": "2024-01-01T00:00:00Z",
            "security_scheme_id": project.secured.then_some(10200), "features": {}, "notification_scheme_id": 10000 }));
        keys.push(json!({ "key": project.key, "project_id": project.id }));
        counters.push(json!({ "project_id": project.id, "value": 1000 }));
        for (role, actor) in &project.actors {
            let (account, group) = match actor {
                Actor::User(user) => (Some(USERS[*user].id), None),
                Actor::Group(group) => (None, Some(GROUPS[*group].0)),
            };
            actors.push(json!({ "id": 20_000 + actors.len(), "role_id": role, "project_id": project.id,
                "account_id": account, "group_id": group }));
        }
    }
    let versions = site.versions.iter().map(|version| {
        json!({ "id": version.id, "project_id": site.projects[version.project].id, "name": version.name,
            "archived": version.archived, "released": version.released, "position": version.position })
    });
    let components = site.components.iter().map(|component| {
        json!({ "id": component.id, "project_id": site.projects[component.project].id, "name": component.name,
            "lead": component.lead.map(|user| USERS[user].id), "assignee_type": "PROJECT_DEFAULT" })
    });
    let boards = site
        .projects
        .iter()
        .map(|project| json!({ "id": project.id, "name": project.name, "type": "scrum", "project_id": project.id }));
    let sprints = site.sprints.iter().map(|sprint| {
        json!({ "id": sprint.id, "board_id": site.projects[sprint.project].id, "name": sprint.name,
            "state": sprint.state, "created": site.now })
    });
    let status = json!({ "id": OWN_STATUS, "name": "Done", "description": "", "icon": "", "category": 3,
        "project_id": site.projects[0].id });
    let points = json!({ "id": field::MORE_POINTS, "name": "Story Points", "description": "",
        "type_key": format!("{JIRA}float"), "searcher": format!("{JIRA}exactnumber") });
    let context = json!({ "id": 20_000, "field_id": field::MORE_POINTS, "name": "More", "description": "",
        "project_ids": [], "issue_type_ids": [], "details": {} });
    let filters = site.filters.iter().map(|filter| {
        json!({ "id": filter.id, "name": filter.name, "jql": filter.query.to_string(),
            "owner": USERS[filter.owner].id })
    });
    let shares = site.filters.iter().filter_map(|filter| {
        let (kind, group) = match filter.shared {
            Shared::Nobody => return None,
            Shared::Accounts => ("loggedin", None),
            Shared::Everybody => ("global", None),
            Shared::Group(group) => ("group", Some(GROUPS[group].0)),
        };
        Some(json!({ "id": filter.id, "filter_id": filter.id, "may_edit": false, "kind": kind, "group_id": group }))
    });
    let scheme = json!({ "id": 10200, "name": "Secrets", "description": "" });
    tables([
        ("account", accounts.collect()),
        ("membership", members.collect()),
        ("project_category", categories.collect()),
        ("security_scheme", vec![scheme]),
        ("security_level", levels.collect()),
        ("security_member", members_of_levels.collect()),
        ("permission_scheme", schemes),
        ("permission_grant", grants),
        ("project", projects),
        ("project_key", keys),
        ("project_counter", counters),
        ("role_actor", actors),
        ("version", versions.collect()),
        ("component", components.collect()),
        ("board", boards.collect()),
        ("sprint", sprints.collect()),
        ("status", vec![status]),
        ("custom_field", vec![points]),
        ("field_context", vec![context]),
        ("filter", filters.collect()),
        ("share_permission", shares.collect()),
    ])
}

fn property_row(owner: &str, id: impl ToString, value: &Value) -> Value {
    json!({ "owner": owner, "owner_id": id.to_string(), "key": PROPERTY, "value": value })
}

/// What hangs on issues, and on accounts; properties of comments are given.
fn around(site: &Site, of_comments: Vec<Value>) -> Tables {
    let mut rows: [Vec<Value>; 8] = Default::default();
    let [watchers, voters, remotes, attachments, moved, worklogs, views, properties] = &mut rows;
    properties.extend(of_comments);
    properties.extend(
        site.projects
            .iter()
            .filter_map(|project| Some(property_row("project", project.id, project.property.as_ref()?))),
    );
    properties.extend(site.user_properties.iter().map(|(user, value)| property_row("user", USERS[*user].id, value)));
    let sessions = site.visits.iter().map(|(user, visit)| {
        json!({ "account_id": USERS[*user].id, "began": visit.began, "seen": visit.seen, "previous": visit.previous })
    });
    for issue in &site.issues {
        let person = |user: &User| json!({ "issue_id": issue.id, "account_id": USERS[*user].id });
        watchers.extend(issue.watchers.iter().map(person));
        voters.extend(issue.voters.iter().map(person));
        remotes.extend(issue.remote.map(|global_id| {
            json!({ "id": issue.id, "issue_id": issue.id, "global_id": global_id,
                "content": { "object": { "title": "x", "url": "https://example.com" } } })
        }));
        attachments.extend(issue.attached.then(|| {
            json!({ "id": issue.id, "issue_id": issue.id, "media_id": Uuid::from_u128(issue.id as u128),
                "file_name": "x.txt", "author": USERS[0].id, "created": issue.created(), "size": 0,
                "mime_type": "text/plain", "thumbnail": false })
        }));
        moved.extend(issue.moved_from.map(|(project, number)| {
            json!({ "project_id": site.projects[project].id, "number": number, "issue_id": issue.id })
        }));
        properties.extend(issue.property.as_ref().map(|value| property_row("issue", issue.id, value)));
        for worklog in &issue.worklogs {
            let (kind, id) = audience(worklog.audience);
            worklogs.push(
                json!({ "id": 10000 + worklogs.len(), "issue_id": issue.id, "author": USERS[worklog.author].id,
                "update_author": USERS[worklog.author].id, "created": worklog.started, "updated": worklog.started,
                "started": worklog.started, "seconds": 60, "comment": worklog.text.as_deref().map(paragraph),
                "visibility_type": kind, "visibility_id": id }),
            );
        }
        views.extend(
            issue
                .viewed
                .iter()
                .map(|(user, at)| json!({ "account_id": USERS[*user].id, "issue_id": issue.id, "viewed": at })),
        );
    }
    let links = site.links.iter().enumerate().map(|(place, link)| {
        json!({ "id": 10000 + place, "type_id": link.kind, "source_id": link.source,
            "destination_id": link.destination })
    });
    let [watchers, voters, remotes, attachments, moved, worklogs, views, properties] = rows;
    tables([
        ("watcher", watchers),
        ("vote", voters),
        ("remote_link", remotes),
        ("attachment", attachments),
        ("moved_issue", moved),
        ("worklog", worklogs),
        ("issue_view", views),
        ("property", properties),
        ("session", sessions.collect()),
        ("issue_link", links.collect()),
    ])
}
