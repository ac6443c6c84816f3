//! Several servers on one database.

use crate::support::{Mock, client, command, json_of, status_of};
use mock_jira::{
    app::{
        Context,
        projects::{self, ProjectInput},
        transitions::{self, Step},
    },
    db::{self, Db, metadata, sites::SiteAddress},
    domain::{failure::Failure, issue::values::TextFormat},
    postgres::{Cluster, Settings, Storage},
};
use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// An existing PostgreSQL.
async fn database() -> Cluster {
    Cluster::start(&Settings { postgres_bin: None, storage: Storage::Ephemeral }).await.unwrap()
}

#[tokio::test]
async fn two_servers_start_at_once_on_an_empty_database_and_agree() {
    let database = database().await;
    let url = database.url();
    let mut start = command(&["--listen", "127.0.0.1:0", "--database-url", &url]);
    let (one, other) = (Mock::begin(&mut start), Mock::begin(&mut start));
    let (one, other) = (one.ready(), other.ready());

    // Whatever one has answered, the other knows: first both remember the site as it was.
    for server in [&one, &other] {
        server.get("/rest/api/3/issue/DEMO-1").await;
    }
    let key = one.create_issue("DEMO", "by one").await;
    let path = format!("/rest/api/3/issue/{key}");
    assert_eq!(other.get(&path).await["fields"]["summary"], "by one");
    let change = json!({ "fields": { "summary": "by the other" } });
    assert_eq!(status_of(other.request(Method::PUT, &path).json(&change)).await, 204);
    assert_eq!(one.get(&path).await["fields"]["summary"], "by the other");

    let wanted = json!({ "email": "developer@example.com", "label": "shared" });
    let made = json_of(client().post(format!("{}/_mock/sites/demo/tokens", one.url)).json(&wanted), 201).await;
    let as_developer = ("developer@example.com", made["token"].as_str().unwrap());
    assert_eq!(status_of(other.request_as(as_developer, Method::GET, &path)).await, 200);
    let revoke = client().delete(format!("{}/_mock/sites/demo/tokens/shared", other.url));
    assert_eq!(status_of(revoke).await, 204);
    assert_eq!(status_of(one.request_as(as_developer, Method::GET, &path)).await, 404);

    let site = json!({ "name": "acme", "template": "demo" });
    let acme = |server: &Mock| server.request(Method::GET, "/_site/acme/rest/api/3/issue/DEMO-1");
    assert_eq!(status_of(acme(&other)).await, 404);
    json_of(client().post(format!("{}/_mock/sites", one.url)).json(&site), 201).await;
    assert_eq!(status_of(acme(&other)).await, 200);
    assert_eq!(status_of(client().delete(format!("{}/_mock/sites/acme", one.url))).await, 204);
    assert_eq!(status_of(acme(&other)).await, 404);
    json_of(client().post(format!("{}/_mock/sites", other.url)).json(&site), 201).await;
    assert_eq!(status_of(acme(&one)).await, 200);
    one.stop();
    other.stop();
}

#[tokio::test]
async fn a_project_is_at_once_everywhere() {
    let database = database().await;
    let url = database.url();
    let mut start = command(&["--listen", "127.0.0.1:0", "--database-url", &url]);
    let (one, other) = (Mock::begin(&mut start).ready(), Mock::begin(&mut start).ready());
    for server in [&one, &other] {
        server.get("/rest/api/3/issue/DEMO-1").await;
    }
    // The third is this process, without HTTP.
    let db = Db::open(database.connect_options(), 2).await.unwrap();
    let input = ProjectInput {
        key: Some("NEW".into()),
        name: Some("New".into()),
        template_key: Some("com.pyxis.greenhopper.jira:gh-simplified-scrum-classic".into()),
        ..ProjectInput::default()
    };
    projects::create(&context(&db).await, &input).await.unwrap();
    let key = one.create_issue("NEW", "first").await;
    let path = format!("/rest/api/3/issue/{key}");
    assert_eq!(other.get(&path).await["fields"]["project"]["name"], "New");

    let renamed = ProjectInput { name: Some("Renamed".into()), ..ProjectInput::default() };
    projects::update(&context(&db).await, "NEW", &renamed).await.unwrap();
    for server in [&one, &other] {
        assert_eq!(server.get(&path).await["fields"]["project"]["name"], "Renamed");
    }
}

#[tokio::test]
async fn an_issue_goes_no_way_that_its_workflow_has_lost_meanwhile() {
    let database = database().await;
    let server = Mock::begin(&mut command(&["--listen", "127.0.0.1:0", "--database-url", &database.url()])).ready();
    let path = "/rest/api/3/issue/DEMO-1";
    let offered = server.get(&format!("{path}/transitions")).await;
    let way = offered["transitions"][1]["id"].as_str().unwrap();
    let before = server.get(path).await["fields"]["status"].clone();

    // The workflow is about to be changed, when somebody who knows it as it was wants to go that way.
    let db = Db::open(database.connect_options(), 2).await.unwrap();
    let old = context(&db).await;
    let (new, mut change) = old.begin_alone().await.unwrap();
    let moving = tokio::spawn({
        let (old, step) = (old.clone(), Step { transition: Some(way.to_owned()), ..Step::default() });
        async move { transitions::transition(&old, "DEMO-1", &step, TextFormat::Document).await }
    });
    let mut owner = PgConnection::connect_with(&database.connect_options()).await.unwrap();
    let waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)";
    while !moving.is_finished() && !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut owner).await.unwrap() {
        tokio::task::yield_now().await;
    }
    for workflow in new.site.workflows.values() {
        let mut definition = workflow.definition.clone();
        definition.transitions.retain(|transition| transition.id.to_string() != way);
        db::workflows::change(&mut change, &workflow.id, None, &definition, false).await.unwrap();
    }
    change.commit_unrecorded().await.unwrap();

    assert!(matches!(moving.await.unwrap(), Err(Failure::Invalid(_))));
    assert_eq!(server.get(path).await["fields"]["status"], before);
    server.stop();
}

/// How many issues one bulk operation changes while its server dies.
const MANY: usize = 200;

#[tokio::test]
async fn a_bulk_operation_outlives_its_server_and_does_nothing_twice() {
    let database = database().await;
    let url = database.url();
    let mut start = command(&["--listen", "127.0.0.1:0", "--database-url", &url]);
    let mut one = Mock::begin(&mut start).ready();
    let updates: Vec<_> = (0..50)
        .map(|number| json!({ "fields": { "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": format!("{number}") } }))
        .collect();
    let mut keys = Vec::new();
    while keys.len() < MANY {
        let request = one.request(Method::POST, "/rest/api/3/issue/bulk").json(&json!({ "issueUpdates": updates }));
        let made = json_of(request, 201).await;
        keys.extend(made["issues"].as_array().unwrap().iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
    }
    let edit = json!({
        "selectedIssueIdsOrKeys": keys,
        "selectedActions": ["labels"],
        "editedFieldsInput": { "labelsFields": [
            { "fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{ "name": "once" }] } ] },
    });
    let task = json_of(one.request(Method::POST, "/rest/api/3/bulk/issues/fields").json(&edit), 201).await;
    let path = format!("/rest/api/3/bulk/queue/{}", task["taskId"].as_str().unwrap());
    while one.get(&path).await["progressPercent"] == 0 {
        tokio::task::yield_now().await;
    }
    one.signal(Signal::SIGKILL);
    one.wait();

    let other = Mock::begin(&mut start).ready();
    let told = loop {
        let told = other.get(&path).await;
        if told["status"] != "RUNNING" {
            break told;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&told["status"], told["processedAccessibleIssues"].as_array().unwrap().len()),
        (&json!("COMPLETE"), MANY)
    );
    for key in &keys {
        let issue = other.get(&format!("/rest/api/3/issue/{key}?fields=labels&expand=changelog")).await;
        assert_eq!((&issue["fields"]["labels"], &issue["changelog"]["total"]), (&json!(["once"]), &json!(1)), "{key}");
    }
    other.stop();
}

/// As the administrator of the demo site.
async fn context(db: &Db) -> Context {
    let site_id = db.find_site(&SiteAddress::Name("demo".into())).await.unwrap().unwrap();
    let site = metadata::load(&mut db.read(site_id).await.unwrap()).await.unwrap().unwrap();
    let admin = site.accounts.values().find(|account| account.email.as_deref() == Some("admin@example.com")).unwrap();
    let caller = site.caller(&admin.account_id.clone()).unwrap();
    Context { db: db.clone(), site: Arc::new(site), caller, now: chrono::Utc::now() }
}

#[test]
fn a_password_is_never_told() {
    let refused =
        command(&["--listen", "127.0.0.1:0", "--database-url", "postgresql://user:s3cr3t@127.0.0.1:1/nothing"])
            .output()
            .unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("postgresql://user@127.0.0.1:1/nothing"), "{message}");
    assert!(!message.contains("s3cr3t"), "{message}");
}

/// A snapshot takes longer to load than the site takes to change.
#[tokio::test]
async fn who_reads_does_not_wait_for_a_site_to_rest() {
    let database = database().await;
    let server = Mock::begin(&mut command(&["--listen", "127.0.0.1:0", "--database-url", &database.url()])).ready();
    let mut owner = PgConnection::connect_with(&database.connect_options()).await.unwrap();
    let resting = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn({
        let resting = resting.clone();
        async move {
            while !resting.load(Ordering::Relaxed) {
                sqlx::query("UPDATE site SET version = version + 1").execute(&mut owner).await.unwrap();
            }
        }
    });
    for _ in 0..10 {
        assert_eq!(server.get("/rest/api/3/issue/DEMO-1").await["key"], "DEMO-1");
        let found = server.get("/rest/api/3/search/jql?jql=key=DEMO-1&fields=key").await;
        assert_eq!(found["issues"][0]["key"], "DEMO-1");
    }
    resting.store(true, Ordering::Relaxed);
    others.await.unwrap();
    server.stop();
}

#[tokio::test]
async fn connections_that_the_database_ended_are_not_handed_out() {
    let database = database().await;
    let server = Mock::begin(&mut command(&["--listen", "127.0.0.1:0", "--database-url", &database.url()])).ready();
    let read = || server.request(Method::GET, "/rest/api/3/issue/DEMO-1");
    // Several at once, so that several connections are open.
    for status in futures::future::join_all((0..8).map(|_| status_of(read()))).await {
        assert_eq!(status, 200);
    }
    let mut owner = PgConnection::connect_with(&database.connect_options()).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mock-jira'";
    let ended = sqlx::query(end).fetch_all(&mut owner).await.unwrap();
    assert!(ended.len() > 4, "{} connections", ended.len());
    // The first finds out, as it may.
    read().send().await.unwrap();
    for _ in 0..20 {
        assert_eq!(status_of(read()).await, 200);
    }
    server.stop();
}
