//! Records of what was done: that every write has one, Jira's own log, and the administration's.

use crate::support::{World, http_client, server};
use http::Method;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const RECORDS: &str = "/rest/api/3/auditing/record";

/// What the administration of the server is told.
async fn audit(query: &str) -> Value {
    let answer = http_client().get(format!("{}/_mock/audit?{query}", server())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// The actions of the records of a site behind one, and the newest record's id.
async fn actions(world: &World, after: i64) -> (Vec<String>, i64) {
    let found = audit(&format!("site={}&after={after}&limit=1000", world.name)).await;
    let records = found["records"].as_array().unwrap().iter();
    let actions = records.map(|record| record["action"].as_str().unwrap().to_owned());
    (actions.collect(), found["next"].as_i64().unwrap())
}

/// Writes to the demo site in an order that works, with what each leaves behind.
fn writes() -> Vec<(Method, &'static str, Value, &'static [&'static str])> {
    let (post, put, delete) = (Method::POST, Method::PUT, Method::DELETE);
    let issue = json!({ "fields": { "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" } });
    let adf = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "c" }] }] });
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DEMO-6" }, "outwardIssue": { "key": "DEMO-7" } });
    let grant = json!({ "permission": "EDIT_ISSUES", "holder": { "type": "reporter" } });
    let level = json!({ "name": "Level", "members": [{ "type": "reporter" }] });
    vec![
        (post.clone(), "/rest/api/3/issue", issue.clone(), &["Issue created"]),
        (post.clone(), "/rest/api/3/issue/bulk", json!({ "issueUpdates": [issue] }), &["Issue created"]),
        (put.clone(), "/rest/api/3/issue/DEMO-6", json!({ "fields": { "summary": "y" } }), &["Issue updated"]),
        (put.clone(), "/rest/api/3/issue/DEMO-6/assignee", json!({ "accountId": null }), &["Issue updated"]),
        (post.clone(), "/rest/api/3/issue/DEMO-6/comment", json!({ "body": adf }), &["Comment added"]),
        (post.clone(), "/rest/api/3/issue/DEMO-6/watchers", json!(DEVELOPER), &["Watcher added"]),
        (post.clone(), "/rest/api/3/issue/DEMO-8/votes", json!({}), &["Vote added"]),
        (post.clone(), "/rest/api/3/issueLink", link, &["Issue link created"]),
        (put.clone(), "/rest/api/3/issue/DEMO-6/properties/p", json!(1), &["Property set"]),
        (delete.clone(), "/rest/api/3/issue/DEMO-6/properties/p", Value::Null, &["Property deleted"]),
        (delete.clone(), "/rest/api/3/issue/DEMO-7", Value::Null, &["Issue deleted"]),
        (put.clone(), "/rest/api/3/project/OPS", json!({ "description": "z" }), &["Project updated"]),
        (
            post.clone(),
            "/rest/api/3/permissionscheme",
            json!({ "name": "S", "permissions": [grant] }),
            &["Permission added to scheme", "Permission scheme created"],
        ),
        (put.clone(), "/rest/api/3/permissionscheme/10000", json!({ "name": "T" }), &["Permission scheme updated"]),
        (
            post.clone(),
            "/rest/api/3/permissionscheme/10000/permission",
            json!({ "permission": "ADD_COMMENTS", "holder": { "type": "anyone" } }),
            &["Permission added to scheme"],
        ),
        (
            delete.clone(),
            "/rest/api/3/permissionscheme/10000/permission/10074",
            Value::Null,
            &["Permission removed from scheme"],
        ),
        (
            put.clone(),
            "/rest/api/3/project/OPS/permissionscheme",
            json!({ "id": 10000 }),
            &["Permission scheme added to project"],
        ),
        (
            put.clone(),
            "/rest/api/3/project/OPS/permissionscheme",
            json!({ "id": 0 }),
            &["Permission scheme added to project"],
        ),
        (delete.clone(), "/rest/api/3/permissionscheme/10000", Value::Null, &["Permission scheme deleted"]),
        (
            post.clone(),
            "/rest/api/3/issuesecurityschemes",
            json!({ "name": "S", "levels": [level.clone()] }),
            &["Issue security level created", "Issue security level member added", "Issue security scheme created"],
        ),
        (
            put.clone(),
            "/rest/api/3/issuesecurityschemes/10000",
            json!({ "name": "T" }),
            &["Issue security scheme updated"],
        ),
        (
            put.clone(),
            "/rest/api/3/issuesecurityschemes/level/default",
            json!({ "defaultValues": [{ "issueSecuritySchemeId": "10000", "defaultLevelId": "10000" }] }),
            &["Default issue security level changed"],
        ),
        (
            put.clone(),
            "/rest/api/3/issuesecurityschemes/10000/level/10000",
            json!({ "name": "N" }),
            &["Issue security level updated"],
        ),
        (
            put.clone(),
            "/rest/api/3/issuesecurityschemes/10000/level/10000/member",
            json!({ "members": [{ "type": "assignee" }] }),
            &["Issue security level member added", "Issue security level updated"],
        ),
        (
            delete.clone(),
            "/rest/api/3/issuesecurityschemes/10000/level/10000/member/10000",
            Value::Null,
            &["Issue security level member removed"],
        ),
        (
            put,
            "/rest/api/3/issuesecurityschemes/10000/level",
            json!({ "levels": [level] }),
            &["Issue security level created", "Issue security level member added"],
        ),
        (delete.clone(), "/rest/api/3/issuesecurityschemes/10000", Value::Null, &["Issue security scheme deleted"]),
        (
            post,
            "/rest/api/3/project",
            json!({ "key": "NEW", "name": "New", "projectTypeKey": "software", "leadAccountId": ADMIN }),
            &["Project created"],
        ),
        (delete, "/rest/api/3/project/NEW", Value::Null, &["Project deleted"]),
    ]
}

#[tokio::test]
async fn every_write_has_its_record() {
    let world = World::demo().await;
    let admin = world.admin();
    let (_, mut at) = actions(&world, 0).await;
    for (method, path, body, expected) in writes() {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let reply = admin.raw(method.clone(), path, &[("content-type", "application/json")], bytes).await;
        assert!(reply.status.is_success(), "{method} {path} {}", reply.text());
        let (done, newest) = actions(&world, at).await;
        assert!(expected.iter().all(|action| done.iter().any(|done| done == action)), "{method} {path}: {done:?}");
        at = newest;
    }
    // Nor has what was refused, or changes nothing.
    admin.put("/rest/api/3/issue/DEMO-6", json!({ "fields": { "summary": "" } })).await.expect(400);
    world.developer().post("/rest/api/3/permissionscheme", json!({ "name": "S" })).await.expect(403);
    admin.get("/rest/api/3/issue/DEMO-6").await.expect(200);
    assert_eq!(actions(&world, at).await, (Vec::new(), at));
}

#[tokio::test]
async fn jiras_own_log_is_what_administrators_do() {
    let world = World::demo().await;
    let admin = world.admin();
    let before = admin.get(RECORDS).await.expect(200)["total"].as_i64().unwrap();
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let body = json!({ "name": "Closed", "permissions": [{ "permission": "EDIT_ISSUES", "holder": { "type": "group", "parameter": "jira-readers" } }] });
    admin.post("/rest/api/3/permissionscheme", body).await.expect(201);
    // It has nothing of what happens to issues.
    admin.put("/rest/api/3/issue/DEMO-6", json!({ "fields": { "summary": "y" } })).await.expect(204);
    let mut page = admin.get(&format!("{RECORDS}?limit=2")).await.expect(200);
    assert_eq!((&page["total"], &page["limit"]), (&json!(before + 2), &json!(2)));
    for record in page["records"].as_array_mut().unwrap() {
        record["id"] = json!("[id]");
    }
    assert_json_snapshot!("audit_records", page["records"]);

    let count =
        async |query: &str| admin.get(&format!("{RECORDS}?{query}")).await.expect(200)["total"].as_i64().unwrap();
    for (query, expected) in [
        ("filter=closed", 2),
        // Each word has to be somewhere.
        ("filter=CLOSED%20edit_issues", 1),
        ("filter=closed%20nothing", 0),
        ("filter=permissions", 2),
        ("from=2030-05-01", 2),
        ("from=2030-05-01T10:00:00.000%2B0000", 2),
        ("from=2030-05-01T10:00:01Z", 0),
        ("to=2030-05-01T09:00:00Z", before),
        ("from=2030-05-02&to=2030-05-01", 0),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let skipped = admin.get(&format!("{RECORDS}?offset=1&limit=1&filter=closed")).await.expect(200);
    assert_eq!(skipped["records"][0]["summary"], "Permission added to scheme");
    assert_eq!(admin.get(&format!("{RECORDS}?offset=9999")).await.expect(200)["records"], json!([]));
    for query in ["from=soon", "limit=x", "to=%2B262142-01-01T00:00:00Z"] {
        admin.get(&format!("{RECORDS}?{query}")).await.expect(400);
    }
    let sentence = "You do not have permission to view audit records.";
    world.developer().get(RECORDS).await.refused(403, &[sentence], json!({}));
    world.anonymous().get(RECORDS).await.expect(401);
}

#[tokio::test]
async fn the_administration_finds_records_of_any_site() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let (_, at) = actions(&world, 0).await;
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let (_, at) = (at, actions(&world, at).await.1);
    let key = developer
        .create(json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" }))
        .await;
    admin
        .put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": { "summary": "quite another" } }))
        .await
        .expect(204);
    admin.post("/rest/api/3/permissionscheme", json!({ "name": "Closed" })).await.expect(201);
    let site = &world.name;
    for (query, expected) in [
        (format!("site={site}"), 3),
        (format!("site={site}&author={DEVELOPER}"), 1),
        (format!("site={site}&author=Admin@example.com"), 2),
        (format!("site={site}&object={key}"), 2),
        (format!("site={site}&object=permission_scheme"), 1),
        (format!("site={site}&action=created"), 2),
        (format!("site={site}&action=issue%20updated"), 1),
        (format!("site={site}&text=Another"), 1),
        (format!("site={site}&since=2030-05-01T09:59:59Z"), 3),
        (format!("site={site}&until=2030-05-01T09:59:59Z"), 0),
        (format!("site={site}&limit=2"), 2),
        ("site=nowhere".to_owned(), 0),
    ] {
        let found = audit(&format!("after={at}&{query}")).await;
        assert_eq!(found["records"].as_array().unwrap().len(), expected, "{query}");
    }
    let found = audit(&format!("after={at}&site={site}&object={key}&action=updated")).await;
    let record = &found["records"][0];
    assert_eq!((&record["site"], &record["author"]), (&json!(site), &json!(ADMIN)));
    assert_eq!(record["changes"], json!([{ "field": "summary", "from": "x", "to": "quite another" }]));
    assert_eq!((&record["object"]["type"], &record["object"]["name"]), (&json!("ISSUE"), &json!(key)));
    let all = audit(&format!("after={at}&text=quite%20another")).await;
    assert!(!all["records"].as_array().unwrap().is_empty());
    for query in ["colour=red", "since=soon", "after=x"] {
        let answer = http_client().get(format!("{}/_mock/audit?{query}", server())).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{query}");
    }
}
