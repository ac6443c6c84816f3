//! Types of issue links.

use crate::support::World;
use serde_json::{Value, json};

const TYPES: &str = "/rest/api/3/issueLinkType";

#[tokio::test]
async fn a_type_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let made =
        admin.post(TYPES, json!({ "name": "Tests", "inward": "is tested by", "outward": "tests" })).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("{TYPES}/{id}");
    assert_eq!(developer.get(&path).await.expect(200), made);
    let renamed = admin.put(&path, json!({ "id": "1", "name": "Checks", "self": "x" })).await.expect(200);
    assert_eq!(
        (&renamed["id"], &renamed["name"], &renamed["inward"]),
        (&json!(id), &json!("Checks"), &json!("is tested by"))
    );

    let link = json!({ "type": { "name": "Checks" }, "inwardIssue": { "key": "DEMO-6" }, "outwardIssue": { "key": "DEMO-7" } });
    developer.post("/rest/api/3/issueLink", link).await.expect(201);
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
    // Its links are gone, and the history of both issues says so.
    for (key, text) in [("DEMO-6", "This issue tests DEMO-7"), ("DEMO-7", "This issue is tested by DEMO-6")] {
        let issue =
            developer.get(&format!("/rest/api/3/issue/{key}?fields=issuelinks&expand=changelog")).await.expect(200);
        let named = |link: &Value| link["type"]["id"] == *id;
        assert!(!issue["fields"]["issuelinks"].as_array().unwrap().iter().any(named));
        let item = &issue["changelog"]["histories"][0]["items"][0];
        assert_eq!((&item["fromString"], &item["to"]), (&json!(text), &json!(null)));
    }
}

#[tokio::test]
async fn refuses_bad_types() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    for (body, field) in [
        (json!({ "inward": "a", "outward": "b" }), "name"),
        (json!({ "name": "A", "outward": "b" }), "inward"),
        (json!({ "name": "A", "inward": " ", "outward": "b" }), "inward"),
        (json!({ "name": "x".repeat(256), "inward": "a", "outward": "b" }), "name"),
    ] {
        let refused = admin.post(TYPES, body.clone()).await.expect(400);
        assert!(refused["errors"][field].is_string(), "{body}: {refused}");
    }
    admin.post(TYPES, json!({ "name": [], "inward": "a", "outward": "b" })).await.expect(400);
    let taken = json!({ "name": "blocks", "inward": "a", "outward": "b" });
    admin.post(TYPES, taken.clone()).await.expect(404); // as the document has it
    developer.post(TYPES, taken).await.expect(404);
    world.anonymous().post(TYPES, json!({})).await.expect(401);
    let first = admin.get(TYPES).await.expect(200)["issueLinkTypes"][0]["id"].as_str().unwrap().to_owned();
    developer.put(&format!("{TYPES}/{first}"), json!({ "name": "x" })).await.expect(404);
    developer.delete(&format!("{TYPES}/{first}")).await.expect(404);
    admin.put(&format!("{TYPES}/{first}"), json!({ "name": "" })).await.expect(400);
    admin.put(&format!("{TYPES}/99999"), json!({ "name": "x" })).await.expect(404);
    admin.delete(&format!("{TYPES}/99999")).await.expect(404);
    for reply in [admin.delete(&format!("{TYPES}/x")).await, admin.get(&format!("{TYPES}/x")).await] {
        reply.refused(400, &["'x' is not the id of an issue link type."], json!({}));
    }
}
