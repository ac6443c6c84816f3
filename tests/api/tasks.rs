//! Work in the background (T-1).

use crate::support::World;
use serde_json::json;

#[tokio::test]
async fn a_project_is_deleted_in_the_background() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.create(json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "gone" })).await;
    let see = admin.post("/rest/api/3/project/DEMO/delete", json!(null)).await;
    let task = see.expect(303);
    let id = task["id"].as_str().expect("an id");
    assert_eq!(see.header("location"), Some(format!("{}/rest/api/3/task/{id}", world.url()).as_str()));
    assert_eq!(task["status"], "ENQUEUED");
    let done = admin.task(&see).await;
    assert_eq!(done["status"], "COMPLETE", "{done}");
    assert_eq!(done["progress"], 100);
    admin.get("/rest/api/3/project/DEMO").await.expect(404);
    admin.get("/rest/api/3/issue/DEMO-1").await.expect(404);
    // It has ended: there is nothing to cancel.
    admin.post(&format!("/rest/api/3/task/{id}/cancel"), json!(null)).await.expect(400);
}

#[tokio::test]
async fn only_who_submitted_a_task_or_administers_jira_sees_it() {
    let world = World::demo().await;
    let see = world.admin().post("/rest/api/3/project/DEMO/delete", json!(null)).await;
    let id = see.expect(303)["id"].as_str().expect("an id").to_owned();
    let path = format!("/rest/api/3/task/{id}");
    world.developer().get(&path).await.expect(403);
    world.developer().post(&format!("{path}/cancel"), json!(null)).await.expect(403);
    world.anonymous().get(&path).await.expect(401);
    world.admin().get("/rest/api/3/task/99999").await.expect(404);
    world.admin().get("/rest/api/3/task/none").await.expect(404);
}

#[tokio::test]
async fn who_may_not_delete_a_project_submits_nothing() {
    let world = World::demo().await;
    world.developer().post("/rest/api/3/project/DEMO/delete", json!(null)).await.expect(404);
    world.admin().post("/rest/api/3/project/NONE/delete", json!(null)).await.expect(404);
}
