//! Labels.

use crate::support::World;
use serde_json::json;

#[tokio::test]
async fn lists_every_label_once() {
    let world = World::empty().await;
    world.admin().get("/rest/api/3/label").await.expect(200);
    let world = World::demo().await;
    let developer = world.developer();
    for labels in [json!(["Zebra", "apple10"]), json!(["apple10", "apple3"])] {
        let fields =
            json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x", "labels": labels });
        developer.create(fields).await;
    }
    let page = developer.get("/rest/api/3/label").await.expect(200);
    assert_eq!((&page["maxResults"], &page["isLast"]), (&json!(1000), &json!(true)));
    let labels: Vec<&str> = page["values"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
    assert!(labels.is_sorted());
    for label in ["Zebra", "apple10", "apple3"] {
        assert_eq!(labels.iter().filter(|other| **other == label).count(), 1);
    }
    let page = developer.get("/rest/api/3/label?startAt=1&maxResults=1").await.expect(200);
    assert_eq!(page["values"], json!([labels[1]]));
    assert!(page["nextPage"].as_str().unwrap().contains("startAt=2"));
    world.anonymous().get("/rest/api/3/label").await.expect(401);
}
