//! Properties of many issues.

use crate::support::{Client, World};
use http::Method;
use serde_json::{Value, json};

const BULK: &str = "/rest/api/3/issue/properties";

async fn value(client: &Client, key: &str, property: &str) -> Option<Value> {
    let reply = client.get(&format!("/rest/api/3/issue/{key}/properties/{property}")).await;
    (reply.status == 200).then(|| reply.json()["value"].clone())
}

/// The ids of DEMO-6 and DEMO-7.
async fn ids(client: &Client) -> (i64, i64) {
    let mut ids = Vec::new();
    for key in ["DEMO-6", "DEMO-7"] {
        let issue = client.get(&format!("/rest/api/3/issue/{key}?fields=id")).await.expect(200);
        ids.push(issue["id"].as_str().unwrap().parse().unwrap());
    }
    (ids[0], ids[1])
}

#[tokio::test]
async fn sets_the_same_properties_on_listed_issues() {
    let world = World::demo().await;
    let developer = world.developer();
    let (six, seven) = ids(&developer).await;
    let body = json!({ "entitiesIds": [six, seven], "properties": { "a": { "x": 1 }, "b": null } });
    let done = developer.task(&developer.post(BULK, body).await).await;
    assert_eq!(done["status"], "COMPLETE", "{done}");
    assert_eq!(value(&developer, "DEMO-6", "a").await, Some(json!({ "x": 1 })));
    assert_eq!(value(&developer, "DEMO-7", "b").await, Some(Value::Null));
    let one = |ids: Value| json!({ "entitiesIds": ids, "properties": { "c": 1 } });
    developer.post(BULK, one(json!([six, 99_999]))).await.expect(400);
    world.viewer().post(BULK, one(json!([six]))).await.expect(400);
    world.anonymous().post(BULK, one(json!([six]))).await.expect(401);
    assert_eq!(value(&developer, "DEMO-6", "c").await, None);
    for bad in [
        json!({}),
        one(json!([])),
        one(json!(["x"])),
        json!({ "entitiesIds": [six], "properties": { "": 1 } }),
        json!({ "entitiesIds": [six], "properties": (0..11).map(|n| (n.to_string(), json!(n))).collect::<serde_json::Map<_, _>>() }),
    ] {
        developer.post(BULK, bad).await.expect(400);
    }
}

#[tokio::test]
async fn sets_properties_of_each_issue_as_far_as_it_can() {
    let world = World::demo().await;
    let developer = world.developer();
    let (six, _) = ids(&developer).await;
    let body = json!({ "issues": [
        { "issueID": six, "properties": { "a": 1 } },
        { "issueID": 99_999, "properties": { "a": 2 } },
    ] });
    let done = developer.task(&developer.post(&format!("{BULK}/multi"), body).await).await;
    assert_eq!(done["status"], "COMPLETE");
    assert!(done["result"]["errors"]["99999"].is_array(), "{done}");
    assert_eq!(value(&developer, "DEMO-6", "a").await, Some(json!(1)));
    developer.post(&format!("{BULK}/multi"), json!({ "issues": [] })).await.expect(400);
    developer.post(&format!("{BULK}/multi"), json!({ "issues": [{ "issueID": six }] })).await.expect(400);
}

#[tokio::test]
async fn sets_and_deletes_by_a_filter() {
    let world = World::demo().await;
    let developer = world.developer();
    let (six, seven) = ids(&developer).await;
    let path = format!("{BULK}/k");
    let run = async |method: Method, body: Value| {
        let headers = [("content-type", "application/json")];
        let see = developer.raw(method, &path, &headers, body.to_string().into_bytes()).await;
        let done = developer.task(&see).await;
        assert_eq!(done["status"], "COMPLETE", "{done}");
    };
    run(Method::PUT, json!({ "value": { "a": 1, "b": 2 }, "filter": { "entityIds": [six] } })).await;
    assert_eq!(value(&developer, "DEMO-7", "k").await, None);
    // The order of members does not matter.
    run(Method::PUT, json!({ "value": 2, "filter": { "currentValue": { "b": 2, "a": 1 } } })).await;
    assert_eq!(value(&developer, "DEMO-6", "k").await, Some(json!(2)));
    run(Method::PUT, json!({ "value": 3, "filter": { "hasProperty": false, "entityIds": [six, seven] } })).await;
    assert_eq!(value(&developer, "DEMO-6", "k").await, Some(json!(2)));
    assert_eq!(value(&developer, "DEMO-7", "k").await, Some(json!(3)));
    run(Method::DELETE, json!({ "currentValue": 3 })).await;
    assert_eq!(value(&developer, "DEMO-7", "k").await, None);
    run(Method::PUT, json!({ "value": null })).await;
    assert_eq!(value(&developer, "DEMO-1", "k").await, Some(Value::Null));
    run(Method::DELETE, json!({})).await;
    assert_eq!(value(&developer, "DEMO-1", "k").await, None);
    // Who may edit nothing changes nothing.
    let viewer = world.viewer();
    viewer.task(&viewer.put(&path, json!({ "value": 1 })).await).await;
    assert_eq!(value(&developer, "DEMO-1", "k").await, None);
    for bad in [
        json!({}),
        json!({ "expression": "issue.id", "value": 1 }),
        json!({ "expression": "issue." }),
        json!({ "expression": "issue.none" }),
        json!({ "expression": "issue.project" }),
        json!({ "expression": "issue.comments.length + issue.links.length" }),
        json!({ "expression": "1", "filter": { "hasProperty": false, "currentValue": 1 } }),
        json!({ "value": 1, "filter": { "hasProperty": false, "currentValue": 1 } }),
        json!({ "value": 1, "filter": { "nonsense": 1 } }),
        json!({ "value": "x".repeat(32_768) }),
    ] {
        developer.put(&path, bad).await.expect(400);
    }
}

#[tokio::test]
async fn an_expression_makes_a_value_for_each_issue() {
    let world = World::demo().await;
    let developer = world.developer();
    let path = "/rest/api/3/issue/properties/computed";
    let keys = ["DEMO-1", "DEMO-2"];
    let mut ids = Vec::new();
    for key in keys {
        let issue = developer.get(&format!("/rest/api/3/issue/{key}?fields=summary")).await.expect(200);
        ids.push(issue["id"].as_str().unwrap().parse::<i64>().unwrap());
    }
    let expression =
        "{ key: issue.key, mine: issue.assignee == user, comments: issue.comments.length, due: issue.dueDate }";
    let body = json!({ "expression": expression, "filter": { "entityIds": ids } });
    developer.task(&developer.put(path, body).await).await;
    let comments = json!([0, 2]);
    for (at, key) in keys.iter().enumerate() {
        let expected = json!({ "key": key, "mine": *key == "DEMO-2", "comments": comments[at], "due": null });
        assert_eq!(value(&developer, key, "computed").await, Some(expected));
    }
    assert_eq!(value(&developer, "DEMO-3", "computed").await, None);
    // Who may not edit changes nothing.
    let viewer = world.viewer();
    viewer.task(&viewer.put(path, json!({ "expression": "1" })).await).await;
    assert_eq!(value(&developer, "DEMO-3", "computed").await, None);
}
