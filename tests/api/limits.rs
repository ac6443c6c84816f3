//! Input at the edges, and what must not be got around.

use crate::support::{World, document, key_of};
use serde_json::{Value, json};

fn task(summary: &str) -> Value {
    json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": summary })
}

#[tokio::test]
async fn an_edit_keeps_to_the_permissions_of_its_parts() {
    let world = World::demo().await;
    let (admin, developer, viewer) = (world.admin(), world.developer(), world.viewer());
    // Properties need the permission to edit.
    let properties = json!({ "properties": [{ "key": "k", "value": 1 }] });
    viewer.put("/rest/api/3/issue/DEMO-1", properties.clone()).await.expect(403);
    assert_eq!(developer.get("/rest/api/3/issue/DEMO-1/properties").await.expect(200)["keys"], json!([]));
    developer.put("/rest/api/3/issue/DEMO-1", properties).await.expect(204);
    // A comment of an edit keeps its visibility (J-93).
    let visibility = json!({ "type": "role", "value": "Administrators" });
    let comment =
        json!({ "update": { "comment": [{ "add": { "body": document("Among us"), "visibility": visibility } }] } });
    admin.put("/rest/api/3/issue/DEMO-7", comment.clone()).await.expect(204);
    assert_eq!(admin.get("/rest/api/3/issue/DEMO-7/comment").await.expect(200)["total"], 1);
    assert_eq!(developer.get("/rest/api/3/issue/DEMO-7/comment").await.expect(200)["total"], 0);
    developer.put("/rest/api/3/issue/DEMO-7", comment).await.expect(400);
}

#[tokio::test]
async fn values_at_the_edge_are_taken_or_refused() {
    let world = World::demo().await;
    let developer = world.developer();
    let key = developer.create(task("Parent")).await;
    // Sums over sub-tasks stay within their type.
    for number in 0..2 {
        let subtask = json!({
            "project": { "key": "DEMO" }, "issuetype": { "name": "Sub-task" }, "summary": format!("Child {number}"),
            "parent": { "key": key }, "timetracking": { "originalEstimateSeconds": i64::MAX },
        });
        developer.create(subtask).await;
    }
    developer.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
    let refused = [
        json!({ "duedate": "-9999-1-01" }),
        json!({ "duedate": "+9999-1-01" }),
        json!({ "duedate": "99999-01-01" }),
        json!({ "customfield_10036": "+12345-01-01T00:00Z" }),
        json!({ "customfield_10015": "0000-01-01" }),
        json!({ "customfield_10037": format!("http://{}", "x ".repeat(1000)) }),
        json!({ "customfield_10001": "word ".repeat(100_000) }),
        json!({ "labels": ["x".repeat(256)] }),
        json!({ "timetracking": { "originalEstimate": "99999999999999999999w" } }),
    ];
    for fields in refused {
        let reply = developer.put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": fields })).await;
        assert_eq!(reply.expect(400)["errors"].as_object().unwrap().len(), 1, "{fields}");
    }
    // As much text as fits.
    let long = document(&"word ".repeat(6500));
    developer.put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": { "description": long } })).await.expect(204);
    let longer = json!({ "fields": { "description": document(&"x".repeat(32_768)) } });
    let reply = developer.put(&format!("/rest/api/3/issue/{key}"), longer).await;
    reply.refused(400, &[], json!({ "description": "CONTENT_LIMIT_EXCEEDED" })); // J-18
    // One bad element of many does not hide the good ones (J-24).
    let bulk = json!({ "issueUpdates": [{ "fields": task("one") }, { "fields": { "duedate": 5 } }] });
    let made = developer.post("/rest/api/3/issue/bulk", bulk).await.expect(201);
    assert_eq!(made["issues"].as_array().unwrap().iter().map(key_of).count(), 1);
}

#[tokio::test]
async fn a_clock_can_t_leave_the_calendar() {
    let world = World::demo().await;
    let url = format!("{}/_mock/sites/{}", crate::support::server(), world.name);
    for clock in [
        json!({ "offsetMs": i64::MAX }),
        json!({ "advanceMs": i64::MIN }),
        json!({ "freezeAt": "-9999-01-01T00:00:00Z" }),
        json!({ "freezeAt": "9998-01-01T00:00:00Z", "advanceMs": i64::MAX }),
    ] {
        let change = json!({ "clock": clock });
        let status = crate::support::http_client().patch(&url).json(&change).send().await.expect("an answer").status();
        assert_eq!(status, 400, "{change}");
    }
    world.developer().get("/rest/api/3/issue/DEMO-1").await.expect(200);
}
