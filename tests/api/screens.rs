//! Screens and their fields.

use crate::{fields::create, support::World};
use serde_json::{Value, json};

#[tokio::test]
async fn listed() {
    let world = World::empty().await;
    let admin = world.admin();
    let page = admin.get("/rest/api/3/screens?orderBy=-name&queryString=screen").await.expect(200);
    insta::assert_json_snapshot!(world.portable(&page));
    assert_eq!(admin.get("/rest/api/3/screens?id=2&scope=GLOBAL").await.expect(200)["total"], 1);
    assert_eq!(admin.get("/rest/api/3/screens?scope=PROJECT").await.expect(200)["total"], 0);
    let page = admin.get("/rest/api/3/field/resolution/screens?expand=tab").await.expect(200);
    assert_eq!(page["values"][0]["tab"], json!({ "id": 10002, "name": "Field Tab" }));
    world.developer().get("/rest/api/3/screens").await.expect(403);
    world.developer().get("/rest/api/3/field/resolution/screens").await.expect(403);
}

#[tokio::test]
async fn fields_of_a_tab() {
    let world = World::empty().await;
    let admin = world.admin();
    let path = "/rest/api/3/screens/3/tabs/10002/fields";
    let ids = async || -> Vec<String> {
        let fields = admin.get(path).await.expect(200);
        fields.as_array().unwrap().iter().map(|field| field["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids().await, ["resolution", "fixVersions", "assignee"]);
    let added = admin.post(path, json!({ "fieldId": "labels" })).await.expect(200);
    assert_eq!(added, json!({ "id": "labels", "name": "Labels" }));
    let free = admin.get("/rest/api/3/screens/3/availableFields").await.expect(200);
    let has = |id: &str| free.as_array().unwrap().iter().any(|field| field["id"] == id);
    assert!(has("summary") && !has("labels") && !has("created"));
    let moved = async |body: Value, order: &[&str]| {
        admin.post(&format!("{path}/labels/move"), body).await.expect(204);
        assert_eq!(ids().await, order);
    };
    moved(json!({ "position": "First" }), &["labels", "resolution", "fixVersions", "assignee"]).await;
    moved(json!({ "position": "Later" }), &["resolution", "labels", "fixVersions", "assignee"]).await;
    moved(json!({ "after": "assignee", "position": "First" }), &["resolution", "fixVersions", "assignee", "labels"])
        .await;
    moved(json!({ "position": "Earlier" }), &["resolution", "fixVersions", "labels", "assignee"]).await;
    moved(json!({ "position": "Last" }), &["resolution", "fixVersions", "assignee", "labels"]).await;
    admin.post(&format!("{path}/labels/move"), json!({ "position": "Later" })).await.expect(404);
    admin.post(&format!("{path}/labels/move"), json!({})).await.expect(400);
    admin.post(&format!("{path}/labels/move"), json!({ "after": "boom" })).await.expect(404);
    admin.delete(&format!("{path}/labels")).await.expect(204);
    admin.delete(&format!("{path}/labels")).await.expect(404);

    admin.post(path, json!({ "fieldId": "assignee" })).await.expect(400);
    admin.post(path, json!({ "fieldId": "created" })).await.expect(404);
    admin.post(path, json!({})).await.expect(400);
    admin.get("/rest/api/3/screens/9/tabs/1/fields").await.expect(404);
    admin.get("/rest/api/3/screens/3/tabs/1/fields").await.expect(404);
    admin.get("/rest/api/3/screens/9/availableFields").await.expect(404);
    let sentence = "Only Jira administrators can manage screens.";
    let developer = world.developer();
    developer.get(path).await.refused(403, &[sentence], json!({}));
    developer.post(path, json!({ "fieldId": "labels" })).await.expect(403);
    developer.delete(&format!("{path}/assignee")).await.expect(403);
    developer.post(&format!("{path}/assignee/move"), json!({ "position": "First" })).await.expect(403);
    developer.get("/rest/api/3/screens/3/availableFields").await.expect(403);
}

#[tokio::test]
async fn added_to_the_default_screen() {
    let world = World::empty().await;
    let admin = world.admin();
    let id = create(&admin, "float", "Zone").await;
    let path = format!("/rest/api/3/screens/addToDefault/{id}");
    world.developer().post(&path, json!({})).await.expect(403);
    admin.post(&path, json!({})).await.expect(200);
    admin.post(&path, json!({})).await.expect(404);
    admin.post("/rest/api/3/screens/addToDefault/boom", json!({})).await.expect(404);
    let page = admin.get(&format!("/rest/api/3/field/{id}/screens")).await.expect(200);
    assert_eq!(page["values"][0]["name"], "Default Screen");
}
