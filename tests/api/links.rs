//! Links between issues.

use crate::support::{Client, World};
use serde_json::{Value, json};

fn blocks(source: &str, destination: &str) -> Value {
    json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": source }, "outwardIssue": { "key": destination } })
}

async fn two_issues(client: &Client) -> (String, String) {
    let fields = |summary| json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": summary });
    (client.create(fields("First")).await, client.create(fields("Second")).await)
}

async fn links_of(client: &Client, key: &str) -> Vec<Value> {
    let issue = client.get(&format!("/rest/api/3/issue/{key}?fields=issuelinks")).await.expect(200);
    issue["fields"]["issuelinks"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_link_shows_on_both_ends_until_it_is_removed() {
    let world = World::demo().await;
    let developer = world.developer();
    let (first, second) = two_issues(&developer).await;
    let mut request = blocks(&first, &second);
    request["comment"] = json!({ "body": "Linked." });
    let made = developer.post("/rest/api/2/issueLink", request).await;
    assert_eq!(made.expect(201), Value::Null); // J-110
    // J-112: the inward issue of the request is the source, which says "blocks".
    let (own, other) = (links_of(&developer, &first).await, links_of(&developer, &second).await);
    assert_eq!(own[0]["outwardIssue"]["key"], *second);
    assert_eq!(other[0]["inwardIssue"]["key"], *first);
    let path = format!("/rest/api/3/issueLink/{}", own[0]["id"].as_str().unwrap());
    let link = developer.get(&path).await.expect(200);
    assert_eq!((&link["inwardIssue"]["key"], &link["outwardIssue"]["key"]), (&json!(first), &json!(second)));
    assert_eq!(link["type"]["outward"], "blocks");
    let comments = developer.get(&format!("/rest/api/2/issue/{first}/comment")).await.expect(200);
    assert_eq!(comments["comments"][0]["body"], "Linked.");
    // The same once more is accepted and changes nothing (J-111).
    developer.post("/rest/api/3/issueLink", blocks(&first, &second)).await.expect(201);
    assert_eq!(links_of(&developer, &first).await.len(), 1);

    developer.delete(&path).await.expect(204);
    let reply = developer.get(&path).await;
    let id = link["id"].as_str().unwrap();
    reply.refused(404, &[&format!("No issue link with id '{id}' exists.")], json!({}));
    assert!(links_of(&developer, &second).await.is_empty());
    let told = [(&first, format!("blocks {second}")), (&second, format!("is blocked by {first}"))];
    for (key, sentence) in told {
        let history = developer.get(&format!("/rest/api/3/issue/{key}/changelog")).await.expect(200);
        let sentence = format!("This issue {sentence}");
        assert_eq!(history["total"], 2, "{history}");
        assert_eq!(history["values"][0]["items"][0]["toString"], *sentence); // J-84
        assert_eq!(history["values"][1]["items"][0]["fromString"], *sentence);
    }
}

#[tokio::test]
async fn refuses_links_without_permission_or_ends() {
    let world = World::demo().await;
    let developer = world.developer();
    let (first, second) = two_issues(&developer).await;
    let sentence = format!("No Link Issue Permission for issue '{first}'");
    world.viewer().post("/rest/api/3/issueLink", blocks(&first, &second)).await.refused(404, &[&sentence], json!({}));
    let mut haunts = blocks(&first, &second);
    haunts["type"]["name"] = "Haunts".into();
    let reply = developer.post("/rest/api/3/issueLink", haunts).await;
    reply.refused(404, &["No issue link type with name 'Haunts' found."], json!({})); // J-110
    developer.post("/rest/api/3/issueLink", blocks(&first, "DEMO-999")).await.expect(404);
    developer.post("/rest/api/3/issueLink", json!({ "type": { "name": "Blocks" } })).await.expect(400);
    // A comment that can't be written takes the link with it (J-111).
    let mut silent = blocks(&first, &second);
    silent["comment"] = json!({ "body": "" });
    developer.post("/rest/api/2/issueLink", silent).await.expect(400);
    assert!(links_of(&developer, &first).await.is_empty());

    let reply = developer.get("/rest/api/3/issueLink/99999999").await;
    reply.refused(404, &["No issue link with id '99999999' exists."], json!({}));
    developer.delete("/rest/api/3/issueLink/99999999").await.expect(404);
    developer.get("/rest/api/3/issueLink/one").await.expect(400);
}

#[tokio::test]
async fn issues_that_are_linked_to_each_other_at_once_do_not_wait_for_one_another() {
    let world = World::demo().await;
    let developer = world.developer();
    let (first, second) = two_issues(&developer).await;
    for _ in 0..5 {
        let (there, back) = tokio::join!(
            developer.post("/rest/api/3/issueLink", blocks(&first, &second)),
            developer.post("/rest/api/3/issueLink", blocks(&second, &first)),
        );
        there.expect(201);
        back.expect(201);
    }
}
