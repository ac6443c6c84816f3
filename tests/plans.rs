//! How PostgreSQL carries out the server's statements over 100,000 issues: never by reading a large table through.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

#[path = "../benches/world.rs"]
mod world;

use mock_jira::{MockJira, serve::Database};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};
use world::{ADMIN, World};

/// Tables that grow with the number of issues.
const LARGE: [&str; 6] = ["issue", "comment", "change_group", "change_item", "worklog", "property"];

/// What PostgreSQL tells its client; auto_explain is told to tell every plan.
#[derive(Clone, Default)]
struct Plans(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Plans {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        event.record(&mut self.clone());
    }
}

impl Visit for Plans {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

impl Plans {
    /// The plans since the last call.
    fn take(&self) -> Vec<String> {
        let plans = std::mem::take(&mut *self.0.lock().unwrap());
        plans.into_iter().filter(|text| text.contains("Query Text")).collect()
    }
}

/// Tables that a plan reads through.
fn read_through(plan: &str) -> Vec<&str> {
    let scans = plan.lines().filter_map(|line| line.split_once("Seq Scan on "));
    let tables = scans.filter_map(|(_, rest)| rest.split_whitespace().next());
    tables.filter(|table| LARGE.contains(table)).collect()
}

#[test]
fn a_plan_that_reads_a_large_table_through_is_found() {
    assert_eq!(read_through("Sort\n  ->  Parallel Seq Scan on issue i  (cost=0.1)\n"), ["issue"]);
    assert!(read_through("Sort\n  ->  Seq Scan on issue_type t  (cost=0.1)\n").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_reads_a_large_table_through() {
    let world = World::start().await;
    let mut owner = PgConnection::connect_with(&world.cluster().connect_options()).await.unwrap();
    sqlx::raw_sql(
        "ALTER DATABASE postgres SET session_preload_libraries = 'auto_explain';
         ALTER DATABASE postgres SET auto_explain.log_min_duration = 0;
         ALTER DATABASE postgres SET auto_explain.log_level = notice",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let plans = Plans::default();
    let notices = filter_fn(|metadata| metadata.target() == "sqlx::postgres::notice");
    tracing_subscriber::registry().with(plans.clone().with_filter(notices)).init();
    let mock = MockJira::builder().database(Database::Url(world.cluster().url())).start().await.unwrap();
    let client = reqwest::Client::new();
    let mut told = 0;
    let mut broken = Vec::new();
    for (method, path, body) in requests() {
        let request = client.request(method.parse().unwrap(), format!("{}{path}", mock.url()));
        let request = request.basic_auth(ADMIN.0, Some(ADMIN.1));
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{method} {path}: {status} {}", answer.text().await.unwrap());
        for plan in plans.take() {
            told += 1;
            let tables = read_through(&plan);
            if !tables.is_empty() {
                broken.push(format!("{method} {path} {body} reads {tables:?} through:\n{plan}"));
            }
        }
    }
    mock.stop().await.unwrap();
    world.mock.stop().await.unwrap();
    assert!(told >= requests().len(), "only {told} plans were told");
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// The busiest reads, and writes that look for something.
fn requests() -> Vec<(&'static str, String, Value)> {
    let get = |path: &str| ("GET", path.to_owned(), Value::Null);
    let mut requests = vec![
        get("/rest/api/3/issue/DEMO-5000"),
        get("/rest/api/3/issue/150000?expand=changelog,renderedFields,transitions"),
        get("/rest/api/3/issue/DEMO-5000/changelog"),
        get("/rest/api/3/issue/DEMO-5000/comment"),
        get("/rest/api/3/issue/DEMO-5000/transitions"),
        get("/rest/api/3/project/search"),
        get("/rest/api/3/user/search?query=a"),
        get("/rest/api/3/user/assignable/search?project=DEMO"),
        get("/rest/api/3/issue/createmeta?expand=projects.issuetypes.fields"),
        ("POST", "/rest/api/3/issue/bulkfetch".into(), json!({ "issueIdsOrKeys": ["DEMO-5000", "DEMO-5001"] })),
        ("PUT", "/rest/api/3/issue/DEMO-5000".into(), json!({ "fields": { "summary": "Changed" } })),
        (
            "POST",
            "/rest/api/3/issue".into(),
            json!({ "fields": { "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "More" } }),
        ),
        ("POST", "/rest/api/3/issue/DEMO-5000/transitions".into(), json!({ "transition": { "id": "21" } })),
    ];
    for jql in [
        "key = DEMO-5000",
        "key in (DEMO-5000, DEMO-5001, DEMO-5002)",
        "project = DEMO AND status = \"In Progress\" ORDER BY created DESC",
        "project = DEMO ORDER BY updated DESC",
        "assignee = currentUser() AND updated >= -2h",
        "labels = label7 AND project = DEMO",
        "parent = DEMO-5000",
        "duedate < now() AND project = DEMO ORDER BY duedate",
        "updated > -30m ORDER BY updated ASC",
        "text ~ \"login\" ORDER BY key",
        "comment ~ noted76 AND project = DEMO",
        "watcher = currentUser()",
        "project = DEMO",
        "project = DEMO ORDER BY rank",
        "project = DEMO ORDER BY key",
        "project in (DEMO, TEAM) AND status = Done ORDER BY updated ASC",
        "status = Done ORDER BY rank",
        "status = Done ORDER BY key DESC",
        "reporter = currentUser() AND resolution IS EMPTY",
        "issuetype = Bug AND status != Done",
        "status WAS \"In Progress\"",
        "status WAS Done AND project = DEMO",
        "project = DEMO AND status WAS \"To Do\" BEFORE -3d BY currentUser()",
        "status WAS \"In Progress\" DURING (-2h, -1h)",
        "status CHANGED",
        "status CHANGED DURING (-2h, -1h)",
        "status CHANGED AFTER startOfYear(-5) TO \"In Progress\"",
        "status CHANGED BY currentUser()",
        "assignee CHANGED FROM EMPTY BY currentUser() ON -1d",
        "fixVersion WAS EMPTY",
        "project = DEMO ORDER BY priority DESC, created DESC",
        "status = Done ORDER BY priority ASC, created ASC",
        "created > -300d ORDER BY priority, updated",
        "sprint in openSprints() AND project = DEMO ORDER BY rank",
        "issue in issueHistory() ORDER BY lastViewed",
        "lastViewed >= -2h",
        "project = DEMO AND issue in updatedBy('developer@example.com', -2h)",
        "issue in issuesWithRemoteLinksByGlobalId(a)",
        "parentEpic = DEMO-1",
    ] {
        let body = json!({ "jql": jql, "fields": ["summary", "status"], "maxResults": 50 });
        requests.push(("POST", "/rest/api/3/search/jql".into(), body));
    }
    requests
}
