//! Properties of issues.

use crate::support::World;
use http::Method;
use serde_json::json;

const KEY: &str = "/rest/api/3/issue/DEMO-1/properties/build.status";

#[tokio::test]
async fn a_property_is_set_replaced_read_and_removed() {
    let world = World::demo().await;
    let developer = world.developer();
    developer.put(KEY, json!({ "z": 1, "a": [null, true] })).await.expect(201);
    let read = developer.get(KEY).await.expect(200);
    assert_eq!(read.to_string(), r#"{"key":"build.status","value":{"z":1,"a":[null,true]}}"#);
    developer.put(KEY, json!("green")).await.expect(200);
    assert_eq!(developer.get(KEY).await.expect(200)["value"], "green");
    let keys = developer.get("/rest/api/2/issue/10000/properties").await.expect(200);
    let link = format!("{}/rest/api/2/issue/DEMO-1/properties/build%2Estatus", world.url());
    assert_eq!(keys, json!({ "keys": [{ "self": link, "key": "build.status" }] }));
    let issue = developer.get("/rest/api/3/issue/DEMO-1?properties=*all&fields=summary").await.expect(200);
    assert_eq!(issue["properties"], json!({ "build.status": "green" }));
    developer.delete(KEY).await.expect(204);
    let reply = developer.get(KEY).await;
    reply.refused(404, &["The property with key 'build.status' does not exist."], json!({}));
    developer.delete(KEY).await.expect(404);
}

#[tokio::test]
async fn refuses_what_is_too_long_or_not_allowed() {
    let world = World::demo().await;
    let developer = world.developer();
    developer.put(KEY, json!("x".repeat(32_766))).await.expect(201);
    developer.put(KEY, json!("x".repeat(32_767))).await.expect(400); // J-118
    let long = format!("/rest/api/3/issue/DEMO-1/properties/{}", "k".repeat(256));
    developer.put(&long, json!(1)).await.expect(400);
    developer.raw(Method::PUT, KEY, &[("content-type", "application/json")], "{".into()).await.expect(400);
    let reply = world.viewer().put(KEY, json!(1)).await;
    reply.refused(403, &["You do not have permission to edit this issue."], json!({}));
    world.viewer().delete(KEY).await.expect(404);
    developer.put("/rest/api/3/issue/DEMO-999/properties/k", json!(1)).await.expect(404);
}
