//! Issues: create, read, edit, assign, delete.

use crate::support::World;
use serde_json::json;

#[tokio::test]
async fn reads_a_demo_issue_by_key_id_and_in_any_case() {
    let world = World::demo().await;
    let admin = world.admin();
    let issue = admin.get("/rest/api/3/issue/DEMO-4").await.expect(200);
    assert_eq!(issue["fields"]["summary"], "Signing in fails with umlauts in the name");
    for name in ["10003", "demo-4"] {
        let same = admin.get(&format!("/rest/api/3/issue/{name}")).await.expect(200);
        assert_eq!(same["key"], issue["key"]);
    }
    // J-31
    let reply = admin.get("/rest/api/3/issue/DEMO-999").await;
    reply.refused(404, &["Issue does not exist or you do not have permission to see it."], json!({}));
}

#[tokio::test]
async fn creates_an_issue_and_refuses_bad_ones() {
    let world = World::demo().await;
    let developer = world.developer();
    let key = developer
        .create(json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "New" }))
        .await;
    let issue = developer.get(&format!("/rest/api/3/issue/{key}?fields=summary,status,reporter")).await.expect(200);
    assert_eq!(issue["fields"]["status"]["name"], "To Do");
    assert_eq!(issue["fields"]["reporter"]["displayName"], "Dana Developer");
    // J-2
    let reply = developer.post("/rest/api/3/issue", json!({ "fields": {} })).await;
    reply.refused(400, &[], json!({ "project": "Specify a valid project ID or key" }));
    // J-8
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "New", "nope": 1 });
    let reply = developer.post("/rest/api/3/issue", json!({ "fields": fields })).await;
    let sentence = "Field 'nope' cannot be set. It is not on the appropriate screen, or unknown.";
    reply.refused(400, &[], json!({ "nope": sentence }));
}
