//! Links of issues to things outside of Jira.

use crate::support::{Client, Reply, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const LINKS: &str = "/rest/api/3/issue/DEMO-7/remotelink";
const GLOBAL: &str = "system=http://www.example.com/support&id=1";
const ENCODED: &str = "system%3Dhttp%3A%2F%2Fwww.example.com%2Fsupport%26id%3D1";

fn ticket() -> Value {
    json!({
        "globalId": GLOBAL,
        "application": { "type": "com.example.tracker", "name": "Tracker" },
        "relationship": "causes",
        "object": {
            "url": "http://www.example.com/support?id=1",
            "title": "TSTSUP-111",
            "summary": "Customer support issue",
            "icon": { "url16x16": "http://www.example.com/ticket.png", "title": "Support Ticket" },
            "status": { "resolved": true, "icon": { "title": "Case Closed", "link": "http://www.example.com/closed" } },
        },
    })
}

fn page(title: &str) -> Value {
    json!({ "object": { "url": "https://example.com", "title": title } })
}

/// Deleting needs a content type (H-25).
async fn delete(client: &Client, path: &str) -> Reply {
    client.raw(http::Method::DELETE, path, &[("content-type", "application/json")], Vec::new()).await
}

#[tokio::test]
async fn a_remote_link_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let developer = world.developer();
    let made = developer.post(LINKS, ticket()).await.expect(201);
    let id = made["id"].as_i64().unwrap();
    assert_eq!(made, json!({ "id": id, "self": format!("{}{LINKS}/{id}", world.url()) }));
    let path = format!("{LINKS}/{id}");
    assert_json_snapshot!(world.portable(&developer.get(&path).await.expect(200)));
    // The same global id: changed, and what is left out is gone (J-114).
    let again = json!({ "globalId": GLOBAL, "object": { "url": "https://example.com", "title": "New" } });
    assert_eq!(developer.post(LINKS, again).await.expect(200), made);
    let all = developer.get(LINKS).await.expect(200);
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!((&all[0]["application"], &all[0]["object"]["title"]), (&json!({}), &json!("New")));
    assert_eq!(developer.get(&format!("{LINKS}?globalId={ENCODED}")).await.expect(200)["id"], id);
    developer.put(&path, page("Newer")).await.expect(204);
    let link = developer.get(&path).await.expect(200);
    assert_eq!((link.get("globalId"), &link["object"]["title"]), (None, &json!("Newer")));
    developer.get(&format!("{LINKS}?globalId={ENCODED}")).await.expect(404);
    delete(&developer, &path).await.expect(204);
    developer.get(&path).await.expect(404);
    developer.post(LINKS, ticket()).await.expect(201);
    delete(&developer, &format!("{LINKS}?globalId={ENCODED}")).await.expect(204);
    assert_eq!(developer.get(LINKS).await.expect(200), json!([]));
}

#[tokio::test]
async fn the_history_tells_of_remote_links() {
    let world = World::demo().await;
    let developer = world.developer();
    let updated = async || developer.get("/rest/api/3/issue/DEMO-7?fields=updated").await.expect(200)["fields"].clone();
    let before = updated().await;
    let id = developer.post(LINKS, ticket()).await.expect(201)["id"].clone();
    assert_ne!(updated().await, before);
    let issue = developer.get("/rest/api/3/issue/DEMO-7?expand=changelog").await.expect(200);
    assert_eq!(
        issue["changelog"]["histories"][0]["items"],
        json!([{
            "field": "RemoteIssueLink", "fieldtype": "jira", "from": null, "fromString": null,
            "to": id.to_string(), "toString": "This issue links to \"TSTSUP-111 (Tracker)\"",
        }])
    );
}

#[tokio::test]
async fn refuses_bad_remote_links() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let long = "x".repeat(256);
    for (body, field) in [
        (json!({}), "object"),
        (json!({ "object": { "url": "https://example.com" } }), "title"),
        (json!({ "object": { "url": "https://example.com", "title": " " } }), "title"),
        (json!({ "object": { "title": "t" } }), "url"),
        (json!({ "object": { "title": "t", "url": "nowhere" } }), "url"),
        (json!({ "globalId": long, "object": { "title": "t", "url": "https://example.com" } }), "globalId"),
    ] {
        let refused = developer.post(LINKS, body.clone()).await.expect(400);
        assert!(refused["errors"][field].is_string(), "{body}: {refused}");
    }
    let untitled = json!({ "object": { "url": "https://example.com" } });
    developer.post(LINKS, untitled).await.refused(400, &[], json!({ "title": "'title' is required." })); // J-114
    developer.post(LINKS, json!({ "object": { "title": 1, "url": {} } })).await.expect(400);
    let first = developer.post(LINKS, ticket()).await.expect(201)["id"].clone();
    let second = developer.post(LINKS, page("Other")).await.expect(201)["id"].clone();
    developer.put(&format!("{LINKS}/{second}"), ticket()).await.expect(400); // the global id is taken
    viewer.post(LINKS, page("x")).await.expect(403);
    let path = format!("{LINKS}/{first}");
    viewer.get(&path).await.expect(200);
    viewer.put(&path, page("x")).await.expect(403);
    delete(&viewer, &path).await.expect(403);
    developer.delete(&path).await.expect(415); // H-25
    delete(&developer, LINKS).await.expect(400);
    developer.get(&format!("{LINKS}/x")).await.expect(400);
    developer.get(&format!("{LINKS}/99999")).await.expect(404);
    developer.get(&path.replace("DEMO-7", "DEMO-6")).await.expect(400); // of another issue
    developer.get("/rest/api/3/issue/DEMO-999/remotelink").await.expect(404);
    world.anonymous().get(LINKS).await.expect(404);
}
