//! The history of issues.

use crate::support::{Client, World};
use serde_json::{Value, json};

const BULK: &str = "/rest/api/3/changelog/bulkfetch";

async fn edit(client: &Client, key: &str, fields: Value) {
    client.put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": fields })).await.expect(204);
}

#[tokio::test]
async fn histories_of_several_issues_come_in_pages_by_time() {
    let world = World::demo().await;
    let developer = world.developer();
    edit(&developer, "DEMO-6", json!({ "summary": "one" })).await;
    edit(&developer, "DEMO-7", json!({ "summary": "two" })).await;
    edit(&developer, "DEMO-6", json!({ "labels": ["x"] })).await;
    let all = json!({ "issueIdsOrKeys": ["DEMO-6", "DEMO-7", "DEMO-999"], "fieldIds": ["summary", "labels"] });
    let page = developer.post(BULK, all.clone()).await.expect(200);
    let logs = page["issueChangeLogs"].as_array().unwrap();
    assert_eq!(logs.len(), 2);
    assert_eq!(logs[0]["changeHistories"].as_array().unwrap().len(), 2);
    assert!(page.get("nextPageToken").is_none());
    // The same in pages of one entry.
    let mut texts = Vec::new();
    let mut asked = all.clone();
    asked["maxResults"] = json!(1);
    loop {
        let page = developer.post(BULK, asked.clone()).await.expect(200);
        texts.push(page["issueChangeLogs"][0]["changeHistories"][0]["items"][0]["toString"].clone());
        let Some(token) = page.get("nextPageToken") else { break };
        asked["nextPageToken"] = token.clone();
    }
    assert_eq!(texts, ["one", "two", "x"]);
    let some = json!({ "issueIdsOrKeys": ["DEMO-6"], "fieldIds": ["labels"] });
    let page = developer.post(BULK, some).await.expect(200);
    assert_eq!(page["issueChangeLogs"][0]["changeHistories"].as_array().unwrap().len(), 1);
    for bad in [
        json!({}),
        json!({ "issueIdsOrKeys": [] }),
        json!({ "issueIdsOrKeys": vec!["DEMO-1"; 1001] }),
        json!({ "issueIdsOrKeys": ["DEMO-1"], "fieldIds": vec!["x"; 11] }),
        json!({ "issueIdsOrKeys": ["DEMO-1"], "maxResults": 10_001 }),
        json!({ "issueIdsOrKeys": ["DEMO-1"], "nextPageToken": "nonsense" }),
    ] {
        developer.post(BULK, bad).await.expect(400);
    }
}

#[tokio::test]
async fn entries_are_looked_up_by_id() {
    let world = World::demo().await;
    let developer = world.developer();
    edit(&developer, "DEMO-7", json!({ "summary": "one" })).await;
    let all = developer.get("/rest/api/3/issue/DEMO-7/changelog").await.expect(200)["values"].clone();
    let id: i64 = all[0]["id"].as_str().unwrap().parse().unwrap();
    let path = "/rest/api/3/issue/DEMO-7/changelog/list";
    let found = developer.post(path, json!({ "changelogIds": [id, 99_999] })).await.expect(200);
    assert_eq!((&found["total"], &found["histories"][0]), (&json!(1), &all[0]));
    developer.post(&path.replace("DEMO-7", "DEMO-6"), json!({ "changelogIds": [id] })).await.expect(200)["total"]
        .eq(&json!(0))
        .then_some(())
        .expect("none of another issue");
    developer.post(path, json!({})).await.expect(400);
}

#[tokio::test]
async fn another_system_tells_about_its_changes() {
    let world = World::demo().await;
    let developer = world.developer();
    let metadata = json!({
        "type": "myplugin:type",
        "description": "From the order testing process",
        "actor": { "id": "tony", "displayName": "Tony", "url": "http://mysystem/users/tony" },
        "extraData": { "Iteration": "10a" },
    });
    let body = json!({ "fields": { "summary": "one" }, "historyMetadata": metadata });
    developer.put("/rest/api/3/issue/DEMO-7", body).await.expect(204);
    let transition = json!({ "transition": { "id": "21" }, "historyMetadata": { "cause": { "id": "event" } } });
    developer.post("/rest/api/3/issue/DEMO-7/transitions", transition).await.expect(204);
    let entries = developer.get("/rest/api/3/issue/DEMO-7/changelog").await.expect(200)["values"].clone();
    assert_eq!(entries[0]["historyMetadata"], metadata);
    assert_eq!(entries[1]["historyMetadata"], json!({ "cause": { "id": "event" } }));
    edit(&developer, "DEMO-7", json!({ "summary": "two" })).await;
    let issue = developer.get("/rest/api/3/issue/DEMO-7?expand=changelog").await.expect(200);
    assert!(issue["changelog"]["histories"][0].get("historyMetadata").is_none());
    assert_eq!(issue["changelog"]["histories"][2]["historyMetadata"], metadata);
    let wrong = json!({ "fields": { "summary": "three" }, "historyMetadata": { "actor": "tony" } });
    developer.put("/rest/api/3/issue/DEMO-7", wrong).await.expect(400);
}

#[tokio::test]
async fn only_administrators_keep_edits_from_watchers() {
    let world = World::demo().await;
    let body = json!({ "fields": { "summary": "quiet" } });
    let path = "/rest/api/3/issue/DEMO-7?notifyUsers=false";
    let sentence = "To discard the user notification either admin or project admin permissions are required.";
    world.developer().put(path, body.clone()).await.refused(403, &[sentence], json!({})); // J-54
    world.admin().put(path, body).await.expect(204);
}
