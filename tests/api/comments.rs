//! Comments.

use crate::support::{World, document};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const COMMENTS: &str = "/rest/api/3/issue/DEMO-7/comment";

#[tokio::test]
async fn a_comment_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let developer = world.developer();
    let made = developer.post(COMMENTS, json!({ "body": document("First") })).await.expect(201);
    assert_json_snapshot!(made, {
        ".self" => "[self]", ".id" => "[id]", ".created" => "[time]", ".updated" => "[time]",
        ".**.self" => "[self]", ".**.avatarUrls" => "[avatars]",
    });
    let path = format!("{COMMENTS}/{}", made["id"].as_str().unwrap());
    let edited = developer.put(&path, json!({ "body": document("Second") })).await.expect(200);
    assert_eq!(edited["body"], document("Second"));
    assert_eq!(edited["created"], made["created"]);
    let read = developer.get(&format!("{path}?expand=renderedBody")).await.expect(200);
    assert_eq!(read["renderedBody"], "<p>Second</p>");
    developer.delete(&path).await.expect(204);
    developer.get(&path).await.expect(404);
}

#[tokio::test]
async fn wiki_markup_and_documents_are_one_text() {
    let world = World::demo().await;
    let developer = world.developer();
    let made =
        developer.post("/rest/api/2/issue/DEMO-7/comment", json!({ "body": "h2. Hi\n\n*bold* and {{code}}" })).await;
    let made = made.expect(201);
    assert_eq!(made["body"], "h2. Hi\n\n*bold* and {{code}}");
    let path = format!("{COMMENTS}/{}", made["id"].as_str().unwrap());
    let body = developer.get(&path).await.expect(200)["body"].clone();
    assert_eq!(body["content"][0]["type"], "heading"); // J-94
    assert_eq!(body["content"][1]["content"][0]["marks"][0]["type"], "strong");
}

#[tokio::test]
async fn lists_in_pages_and_in_both_orders() {
    let world = World::demo().await;
    let developer = world.developer();
    for number in 0..3 {
        developer.post(COMMENTS, json!({ "body": document(&format!("c{number}")) })).await.expect(201);
    }
    let texts = async |query: &str| -> Vec<String> {
        let page = developer.get(&format!("{COMMENTS}{query}")).await.expect(200);
        assert_eq!(page["total"], 3);
        let comments = page["comments"].as_array().unwrap().clone();
        comments
            .iter()
            .map(|comment| comment["body"]["content"][0]["content"][0]["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts("").await, ["c0", "c1", "c2"]);
    assert_eq!(texts("?orderBy=-created").await, ["c2", "c1", "c0"]);
    assert_eq!(texts("?orderBy=%20Created&startAt=1&maxResults=1").await, ["c1"]);
    assert_eq!(texts("?maxResults=0").await, ["c0"]); // J-91
    assert_eq!(texts("?startAt=9").await, Vec::<String>::new());
    let reply = developer.get(&format!("{COMMENTS}?orderBy=author")).await;
    reply.refused(400, &["The field to order by should be one of [created]. Instead, it was: author."], json!({})); // J-92
}

#[tokio::test]
async fn refuses_bad_comments() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    for body in [json!({}), json!({ "body": null }), json!({ "body": document(" ") })] {
        developer.post(COMMENTS, body).await.refused(400, &[], json!({ "comment": "Comment body can not be empty!" })); // J-95
    }
    developer.post(COMMENTS, json!({ "body": "text" })).await.refused(
        400,
        &[],
        json!({ "comment": "Comment body is not valid!" }),
    );
    for (property, sentence) in [
        (json!({ "key": "k", "value": 1, "more": 1 }), "Unrecognized field \"more\""),
        (json!({ "value": 1 }), "The property key must be between 1 and 255 characters long."),
    ] {
        let body = json!({ "body": document("x"), "properties": [property] });
        developer.post(COMMENTS, body).await.refused(400, &[], json!({ "properties": sentence }));
    }
    // Both at once (H-13).
    let sentence = "You do not have the permission to comment on this issue.";
    viewer.post(COMMENTS, json!({ "body": "text" })).await.refused(
        400,
        &[sentence],
        json!({ "comment": "Comment body is not valid!" }),
    );
    let made = developer.post(COMMENTS, json!({ "body": document("Mine") })).await.expect(201);
    let path = format!("{COMMENTS}/{}", made["id"].as_str().unwrap());
    viewer.put(&path, json!({ "body": document("Not mine") })).await.expect(400);
    viewer.delete(&path).await.expect(400);
    developer.get(&format!("{COMMENTS}/999999")).await.expect(404);
    developer.get(&format!("{COMMENTS}/x")).await.expect(404);
    developer.post("/rest/api/3/issue/NOPE-1/comment", json!({ "body": document("x") })).await.expect(404);
}

#[tokio::test]
async fn restricted_comments_are_missing_for_others() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let restricted =
        json!({ "body": document("Among us"), "visibility": { "type": "role", "value": "Administrators" } });
    let made = admin.post(COMMENTS, restricted.clone()).await.expect(201);
    assert_eq!(made["visibility"], json!({ "type": "role", "value": "Administrators", "identifier": "10002" }));
    assert_eq!(developer.get(COMMENTS).await.expect(200)["total"], 0); // J-93
    developer.get(&format!("{COMMENTS}/{}", made["id"].as_str().unwrap())).await.expect(404);
    let fields = developer.get("/rest/api/3/issue/DEMO-7?fields=comment").await.expect(200)["fields"].clone();
    assert_eq!(fields["comment"]["total"], 0);
    // Only members may name a role.
    developer.post(COMMENTS, restricted).await.expect(400);
    let group =
        json!({ "body": document("Among us"), "visibility": { "type": "group", "value": "jira-software-users" } });
    developer.post(COMMENTS, group).await.expect(201);
    assert_eq!(world.viewer().get(COMMENTS).await.expect(200)["total"], 0);
}

#[tokio::test]
async fn an_edit_that_says_nothing_of_visibility_keeps_it() {
    let world = World::demo().await;
    let admin = world.admin();
    let restricted = json!({ "body": document("a"), "visibility": { "type": "role", "value": "Administrators" } });
    let made = admin.post(COMMENTS, restricted).await.expect(201);
    let path = format!("{COMMENTS}/{}", made["id"].as_str().unwrap());
    let edited = admin.put(&path, json!({ "body": document("b") })).await.expect(200);
    assert_eq!(edited["visibility"], made["visibility"]);
    let opened = admin.put(&path, json!({ "body": document("c"), "visibility": null })).await.expect(200);
    assert!(opened.get("visibility").is_none());
    world.developer().get(&path).await.expect(200);
}

#[tokio::test]
async fn looks_comments_up_by_id() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let restricted = json!({ "body": document("a"), "visibility": { "type": "role", "value": "Administrators" } });
    let hidden = admin.post(COMMENTS, restricted).await.expect(201)["id"].clone();
    let properties = json!([{ "key": "k", "value": 1 }]);
    let shown =
        admin.post(COMMENTS, json!({ "body": document("b"), "properties": properties })).await.expect(201)["id"]
            .clone();
    let list = "/rest/api/3/comment/list?expand=renderedBody,properties";
    let ids = json!({ "ids": [hidden, shown, 99_999] });
    assert_eq!(admin.post(list, ids.clone()).await.expect(200)["total"], 2);
    let page = developer.post(list, ids.clone()).await.expect(200);
    assert_eq!((&page["total"], &page["isLast"], &page["values"][0]["id"]), (&json!(1), &json!(true), &shown));
    assert_eq!(page["values"][0]["renderedBody"], "<p>b</p>");
    assert_eq!(page["values"][0]["properties"], properties);
    assert_eq!(world.anonymous().post(list, ids).await.expect(200)["total"], 0);
    developer.post(list, json!({ "ids": [] })).await.expect(400);
    developer.post(list, json!({})).await.expect(400);
    developer.post(list, json!({ "ids": (0..1001).collect::<Vec<_>>() })).await.expect(400);
}

#[tokio::test]
async fn properties_hang_on_comments() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let made = developer.post(COMMENTS, json!({ "body": document("a") })).await.expect(201);
    let comment = format!("/rest/api/3/comment/{}", made["id"].as_str().unwrap());
    let path = format!("{comment}/properties/k");
    developer.put(&path, json!([1])).await.expect(201);
    developer.put(&path, json!([2])).await.expect(200);
    assert_eq!(viewer.get(&path).await.expect(200), json!({ "key": "k", "value": [2] }));
    assert_eq!(viewer.get(&format!("{comment}/properties")).await.expect(200)["keys"][0]["key"], "k");
    viewer.put(&path, json!(1)).await.expect(403);
    viewer.delete(&path).await.expect(403);
    developer.get(&format!("{comment}/properties/none")).await.expect(404);
    developer.get("/rest/api/3/comment/x/properties").await.expect(400);
    developer.get("/rest/api/3/comment/99999/properties").await.expect(404);
    developer.delete(&path).await.expect(204);
    developer.delete(&path).await.expect(404);
    // A comment for colleagues alone (D-14).
    let internal = json!([{ "key": "sd.public.comment", "value": { "internal": true } }]);
    let made = developer.post(COMMENTS, json!({ "body": document("b"), "properties": internal })).await.expect(201);
    assert_eq!(made["jsdPublic"], false);
}

#[tokio::test]
async fn an_edit_of_the_issue_changes_its_comments() {
    let world = World::demo().await;
    let (admin, viewer) = (world.admin(), world.viewer());
    let text = |text: &str| json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] });
    let all = async || admin.get("/rest/api/3/issue/DEMO-2/comment").await.expect(200)["comments"].clone();
    let before = all().await;
    let [first, second] = [0, 1].map(|at| before[at]["id"].clone());
    let visibility = json!({ "type": "role", "identifier": "10002", "value": "Administrators" });
    let edit = |operations: Value| json!({ "update": { "comment": operations } });
    let both = edit(json!([
        { "edit": { "id": first, "body": text("changed"), "visibility": visibility } },
        { "remove": { "id": second } },
        { "add": { "body": text("new") } },
    ]));
    admin.put("/rest/api/3/issue/DEMO-2", both).await.expect(204);
    let after = all().await;
    assert_eq!(after.as_array().unwrap().len(), 2);
    assert_eq!((&after[0]["id"], &after[0]["body"], &after[0]["visibility"]), (&first, &text("changed"), &visibility));
    assert_eq!((&after[0]["created"], &after[1]["body"]), (&before[0]["created"], &text("new")));
    // What is not said stays.
    let again = edit(json!([{ "edit": { "id": first, "body": text("again") } }]));
    admin.put("/rest/api/3/issue/DEMO-2", again).await.expect(204);
    assert_eq!(all().await[0]["visibility"], visibility);
    // All or nothing, and only what the caller may.
    let gone = edit(json!([{ "remove": { "id": first } }, { "remove": { "id": second } }]));
    let sentence = format!("Can not find a comment for the id: {}.", second.as_str().unwrap());
    admin.put("/rest/api/3/issue/DEMO-2", gone).await.refused(400, &[], json!({ "comment": sentence }));
    assert_eq!(all().await.as_array().unwrap().len(), 2);
    for wrong in [
        json!({ "remove": {} }),
        json!({ "edit": { "id": "x", "body": text("y") } }),
        json!({ "edit": { "id": first } }),
    ] {
        let reply = admin.put("/rest/api/3/issue/DEMO-2", edit(json!([wrong]))).await;
        assert!(reply.expect(400)["errors"]["comment"].is_string(), "{}", reply.text());
    }
    let own = json!([{ "remove": { "id": after[1]["id"] } }]);
    viewer.put("/rest/api/3/issue/DEMO-2", edit(own)).await.expect(400);
    assert_eq!(all().await.as_array().unwrap().len(), 2);
}
