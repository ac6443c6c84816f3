//! Sites: how they are addressed, and that each is alone.

use crate::support::{Reply, World, http_client, server};
use mock_jira::{
    MockJira,
    db::{Db, sites::SiteAddress},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

const ISSUE: &str = "rest/api/3/issue/DEMO-1";

/// The answer to an administrator, whatever the address and the name of the host.
async fn get(url: &str, host: Option<&str>) -> Reply {
    let mut request = http_client().get(url).basic_auth("admin@example.com", Some("admin-token"));
    if let Some(host) = host {
        request = request.header("host", host);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Reply { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

async fn cloud_id(world: &World) -> String {
    let site: Value = get(&format!("{}/_mock/sites/{}", server(), world.name), None).await.expect(200);
    site["cloudId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn links_follow_the_address_that_was_called() {
    let world = World::demo().await;
    let (name, cloud) = (&world.name, cloud_id(&world).await);
    let (plain, host) = (server(), format!("{}.localhost:8080", world.name));
    for (url, host, base) in [
        (plain.to_owned(), Some(host.clone()), format!("http://{host}")),
        (plain.to_owned(), Some(format!("{name}.atlassian.net")), format!("http://{name}.atlassian.net")),
        (format!("{plain}/_site/{name}"), None, format!("{plain}/_site/{name}")),
        (format!("{plain}/ex/jira/{cloud}"), None, format!("{plain}/ex/jira/{cloud}")),
        (plain.to_owned(), None, plain.to_owned()),
    ] {
        let issue = get(&format!("{url}/{ISSUE}"), host.as_deref()).await.expect(200);
        let link = issue["self"].as_str().unwrap();
        assert!(link.starts_with(&format!("{base}/rest/api/3/issue/")), "{link} for {base}"); // T-9
    }
    let info = get(&format!("{plain}/_edge/tenant_info"), Some(&host)).await.expect(200);
    assert_eq!(info, json!({ "cloudId": cloud }));
}

#[tokio::test]
async fn each_address_is_the_same_site_and_no_other() {
    let (one, other) = (World::demo().await, World::demo().await);
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "mine" });
    let path = format!("rest/api/3/issue/{}", one.admin().create(fields).await);
    let host = |world: &World| format!("{}.localhost", world.name);
    get(&format!("{}/{path}", server()), Some(&host(&one))).await.expect(200);
    get(&format!("{}/{path}", server()), Some(&host(&other))).await.expect(404);
    get(&format!("{}/ex/jira/{}/{path}", server(), cloud_id(&one).await), None).await.expect(200);
    get(&format!("{}/ex/jira/{}/{path}", server(), cloud_id(&other).await), None).await.expect(404);
}

#[tokio::test]
async fn an_unknown_site_is_a_page_that_is_not_available() {
    for (url, host) in [
        (format!("{}/{ISSUE}", server()), Some("nothing.localhost")),
        (format!("{}/_site/nothing/{ISSUE}", server()), None),
    ] {
        let reply = get(&url, host).await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.header("atl-missing-tcs"), Some("true")); // H-29
        assert!(reply.text().contains("Page unavailable"));
    }
}

#[tokio::test]
async fn an_unknown_cloud_id_is_told_by_the_gateway() {
    for id in ["00000000-0000-4000-8000-000000000000", "nonsense"] {
        let reply = get(&format!("{}/ex/jira/{id}/{ISSUE}", server()), None).await;
        assert_eq!(reply.header("x-failure-category"), Some("FAILURE_CLIENT_TCS")); // H-30
        let body = reply.expect(404);
        assert_eq!((&body["error"], &body["message"]), (&"Not Found".into(), &"No message available".into()));
        assert_eq!(body["path"], format!("/ex/jira/{id}/{ISSUE}"));
    }
    // No product there is told without the category.
    let reply = get(&format!("{}/ex/nothing", server()), None).await;
    assert_eq!(reply.header("x-failure-category"), None);
    assert_eq!(reply.expect(404)["path"], "/ex/nothing");
}

#[tokio::test]
async fn the_root_leads_to_the_page_for_the_caller() {
    let known = get(server(), None).await;
    assert_eq!((known.status.as_u16(), known.header("location")), (302, Some("/jira/for-you"))); // H-33
    let unknown = http_client().get(server()).send().await.unwrap();
    assert_eq!(unknown.headers()["location"], "/login.jsp?os_destination=%2Fdefault.jsp");
}

/// Row-level security is what keeps a statement that forgets its site from seeing others.
#[tokio::test]
async fn no_table_shows_rows_of_another_site() {
    let mock = MockJira::builder().start().await.unwrap();
    let options = mock.cluster().unwrap().connect_options();
    let db = Db::open(options.clone(), 1).await.unwrap();
    let site = db.find_site(&SiteAddress::Name("demo".into())).await.unwrap().unwrap();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'site_id'
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(tables.len() > 30, "{tables:?}");
    let unprotected: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> '_sqlx_migrations'
           AND NOT (relrowsecurity AND relname = ANY($1)
                    AND EXISTS (SELECT FROM pg_policies WHERE tablename = relname AND roles = '{mock_jira_server}'))",
    )
    .bind(&tables)
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(unprotected, [""; 0], "tables without site_id or without its policy");
    for role in ["RESET ROLE", "SET ROLE mock_jira_server"] {
        sqlx::raw_sql(AssertSqlSafe(role)).execute(&mut connection).await.unwrap();
        for table in &tables {
            let mut count = async |site: &str| {
                sqlx::query("SELECT set_config('mock_jira.site', $1, false)")
                    .bind(site)
                    .execute(&mut connection)
                    .await
                    .unwrap();
                let statement = format!("SELECT count(*), coalesce(count(DISTINCT site_id), 0) FROM {table}");
                let row = sqlx::query(AssertSqlSafe(statement)).fetch_one(&mut connection).await.unwrap();
                (row.get::<i64, _>(0), row.get::<i64, _>(1))
            };
            let (all, sites) = count("").await;
            if role == "RESET ROLE" {
                // The owner sees all: what is hidden below is really there.
                assert!(all == 0 || sites >= 2, "{table} has rows of {sites} sites only");
                continue;
            }
            assert_eq!(all, 0, "{table} without a site");
            assert!(count(&site.to_string()).await.1 <= 1, "{table} of one site");
            assert_eq!(count("-1").await.0, 0, "{table} of a site that is not there");
        }
    }
    mock.stop().await.unwrap();
}

#[tokio::test]
async fn the_administration_refuses_what_can_not_be() {
    let world = World::empty().await;
    let site = format!("{}/_mock/sites/{}", server(), world.name);
    for (change, status) in [
        (json!({ "baseUrl": "nowhere" }), 400),
        (json!({ "baseUrl": "ftp://example.com" }), 400),
        (json!({ "title": "a\u{0}b" }), 400),
        (json!({ "nothing": 1 }), 422),
        (json!({ "baseUrl": "https://jira.example.com" }), 200),
    ] {
        let answer = http_client().patch(&site).json(&change).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{change}");
    }
    let info = world.admin().get("/rest/api/3/serverInfo").await.expect(200);
    assert_eq!(info["baseUrl"], "https://jira.example.com");
    let nul = http_client().get(format!("{}/_mock/sites/a%00b", server())).send().await.expect("an answer");
    assert_eq!(nul.status(), 400);
}

#[tokio::test]
async fn a_site_is_deleted_while_it_is_written_to() {
    let world = World::demo().await;
    let writers: Vec<_> = (0..6)
        .map(|_| {
            let admin = world.admin();
            tokio::spawn(async move {
                let fields =
                    json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "more" });
                loop {
                    let made = admin.post("/rest/api/3/issue", json!({ "fields": fields })).await.status;
                    if made != 201 {
                        return made;
                    }
                }
            })
        })
        .collect();
    // Until they are under way.
    while world.admin().get("/rest/api/3/issue/DEMO-20").await.status != 200 {}
    let deleted = http_client().delete(format!("{}/_mock/sites/{}", server(), world.name)).send().await;
    assert_eq!(deleted.expect("an answer").status(), 204);
    for writer in writers {
        assert_eq!(writer.await.expect("a writer"), 404);
    }
}
