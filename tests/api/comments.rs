//! Comments.

use crate::support::World;
use serde_json::json;

#[tokio::test]
async fn a_comment_in_wiki_markup_reads_as_a_document() {
    let world = World::demo().await;
    let developer = world.developer();
    let made =
        developer.post("/rest/api/2/issue/DEMO-1/comment", json!({ "body": "h2. Hi\n*bold*" })).await.expect(201);
    let path = format!("/rest/api/3/issue/DEMO-1/comment/{}", made["id"].as_str().unwrap());
    let read = developer.get(&path).await.expect(200);
    assert_eq!(read["body"]["content"][0]["type"], "heading");
}
