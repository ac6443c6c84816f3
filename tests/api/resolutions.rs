//! Resolutions: changing them, and what that does to issues.

use crate::support::{World, names};
use insta::assert_json_snapshot;
use serde_json::json;

const RESOLUTION: &str = "/rest/api/3/resolution";
const ADMINISTRATORS: &str = "You are not authorized to perform this action. Administrator privileges are required.";

#[tokio::test]
async fn a_resolution_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let admin = world.admin();
    let made = admin.post(RESOLUTION, json!({ "name": "Later", "description": "Not now." })).await.expect(201);
    let path = format!("{RESOLUTION}/{}", made["id"].as_str().unwrap());
    admin.put(&path, json!({ "name": "Much later" })).await.expect(204);
    let changed = admin.get(&path).await.expect(200);
    assert_eq!((&changed["name"], &changed["description"]), (&json!("Much later"), &json!("Not now.")));
    admin.task(&admin.delete(&format!("{path}?replaceWith=10000")).await).await;
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn issues_and_workflows_get_the_replacement() {
    let world = World::demo().await;
    let admin = world.admin();
    let resolution = async |key: &str| {
        let issue = admin.get(&format!("/rest/api/3/issue/{key}?fields=resolution,resolutiondate")).await.expect(200);
        issue["fields"].clone()
    };
    let before = resolution("DEMO-2").await;
    assert_eq!(before["resolution"]["name"], "Done");
    let see = admin.delete(&format!("{RESOLUTION}/10000?replaceWith=10001")).await;
    assert_eq!(admin.task(&see).await["status"], "COMPLETE");
    let after = resolution("DEMO-2").await;
    assert_eq!(
        (&after["resolution"]["name"], &after["resolutiondate"]),
        (&json!("Won't Do"), &before["resolutiondate"])
    );
    let history = admin.get("/rest/api/3/issue/DEMO-2/changelog").await.expect(200);
    let newest = history["values"].as_array().unwrap().last().unwrap();
    assert_json_snapshot!(newest["items"]);
    // The transition to Done set the old one.
    let transitions = admin.get("/rest/api/3/issue/DEMO-7/transitions").await.expect(200);
    let done = transitions["transitions"].as_array().unwrap().iter().find(|step| step["name"] == "Done").unwrap();
    let step = json!({ "transition": { "id": done["id"] } });
    admin.post("/rest/api/3/issue/DEMO-7/transitions", step).await.expect(204);
    assert_eq!(resolution("DEMO-7").await["resolution"]["name"], "Won't Do");
}

#[tokio::test]
async fn the_default_and_the_order_can_be_chosen() {
    let world = World::empty().await;
    let admin = world.admin();
    let default =
        async || admin.get(&format!("{RESOLUTION}/search?onlyDefault=true")).await.expect(200)["values"].clone();
    assert_eq!(default().await, json!([]));
    let path = format!("{RESOLUTION}/default");
    admin.put(&path, json!({ "id": "10002" })).await.expect(204);
    assert_eq!(names(&default().await), ["Duplicate"]);
    assert_eq!(default().await[0]["isDefault"], true);
    admin.put(&path, json!({ "id": null })).await.expect(204);
    admin.put(&path, json!({ "id": null })).await.expect(204);
    assert_eq!(default().await, json!([]));
    admin.put(&path, json!({})).await.refused(400, &["The id has to be provided."], json!({}));
    admin.put(&path, json!({ "id": "9" })).await.refused(404, &["Resolution with ID 9 not found."], json!({}));
    let path = format!("{RESOLUTION}/move");
    admin.put(&path, json!({ "ids": ["10003", "10001"], "position": "First" })).await.expect(204);
    let all = admin.get(RESOLUTION).await.expect(200);
    assert_eq!(names(&all), ["Cannot Reproduce", "Won't Do", "Done", "Duplicate"]);
    admin.put(&path, json!({ "ids": ["10003"], "after": "9" })).await.expect(404);
    admin.put(&path, json!({ "ids": ["10003"] })).await.expect(400);
}

#[tokio::test]
async fn refuses_bad_resolutions() {
    let world = World::empty().await;
    let (admin, developer) = (world.admin(), world.developer());
    developer.post(RESOLUTION, json!({ "name": "x" })).await.refused(403, &[ADMINISTRATORS], json!({}));
    for path in ["default", "move", "10000"] {
        developer.put(&format!("{RESOLUTION}/{path}"), json!({ "id": "10000" })).await.expect(if path == "move" {
            400
        } else {
            403
        });
    }
    developer.delete(&format!("{RESOLUTION}/10000?replaceWith=10001")).await.expect(403);
    admin.post(RESOLUTION, json!({ "name": "done", "description": "x".repeat(256) })).await.refused(
        400,
        &["The name is used by another resolution.", "The length of the description must not exceed 255 characters."],
        json!({}),
    );
    admin.post(RESOLUTION, json!({})).await.refused(400, &["The name has to be provided."], json!({}));
    admin.post(RESOLUTION, json!({ "name": "x".repeat(61) })).await.expect(400);
    admin.put(&format!("{RESOLUTION}/9"), json!({ "name": "x" })).await.expect(404);
    admin.delete(&format!("{RESOLUTION}/10000")).await.refused(
        400,
        &["The replaceWith has to be provided."],
        json!({}),
    );
    admin.delete(&format!("{RESOLUTION}/10000?replaceWith=10000")).await.expect(400);
    admin.delete(&format!("{RESOLUTION}/10000?replaceWith=9")).await.refused(
        404,
        &["Resolution with ID 9 not found."],
        json!({}),
    );
    admin.delete(&format!("{RESOLUTION}/9?replaceWith=10000")).await.expect(404);
}
