//! Watchers and votes.

use crate::support::World;
use http::Method;
use serde_json::{Value, json};

/// The account id of a client.
async fn own_id(client: &crate::support::Client, issue: &str) -> String {
    // Whoever comments is told their own account.
    let path = format!("/rest/api/3/issue/{issue}/comment");
    let body = json!({ "body": { "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": "Hello" }] },
    ] } });
    client.post(&path, body).await.expect(201)["author"]["accountId"].as_str().unwrap().to_owned()
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

#[tokio::test]
async fn an_account_watches_itself_in_and_out() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let id = own_id(&developer, "DEMO-1").await;
    let path = "/rest/api/3/issue/demo-1/watchers";
    let before = developer.get(path).await.expect(200);
    assert_eq!(before["self"], format!("{}/rest/api/3/issue/DEMO-1/watchers", world.url()));
    let count = before["watchCount"].as_u64().unwrap() - u64::from(before["isWatching"] == true);
    // Nothing, or nothing but blanks, stands for the caller; twice is no error (J-115).
    for body in ["", "  "] {
        developer.raw(Method::POST, path, JSON, body.into()).await.expect(204);
    }
    let watched = developer.get(path).await.expect(200);
    assert_eq!((&watched["isWatching"], watched["watchCount"].as_u64()), (&true.into(), Some(count + 1)));
    // The full form of an account, unlike voters.
    let own = watched["watchers"].as_array().unwrap().iter().find(|user| user["accountId"] == *id).unwrap();
    assert!(own["timeZone"].is_string() && own["accountType"] == "atlassian");
    let issue = developer.get("/rest/api/3/issue/DEMO-1?fields=watches").await.expect(200);
    assert_eq!(issue["fields"]["watches"]["isWatching"], true);
    // Others can be removed by who manages the list.
    for _ in 0..2 {
        admin.delete(&format!("{path}?accountId={id}")).await.expect(204);
    }
    assert_eq!(developer.get(path).await.expect(200)["isWatching"], false);
    admin.raw(Method::POST, path, JSON, format!("\"{id}\"").into()).await.expect(204);
    assert_eq!(developer.get(path).await.expect(200)["isWatching"], true);
}

#[tokio::test]
async fn refuses_to_watch_for_others_and_what_is_missing() {
    let world = World::demo().await;
    let (admin, viewer) = (world.admin(), world.viewer());
    let admin_id = own_id(&admin, "DEMO-1").await;
    let path = "/rest/api/3/issue/DEMO-1/watchers";
    let reply = viewer.raw(Method::POST, path, JSON, format!("\"{admin_id}\"").into()).await;
    reply.refused(403, &["You do not have permission to manage the watcher list."], json!({}));
    // Nobody can be made to watch what they can't see.
    let outsider = json!({ "emailAddress": "outsider@example.com", "products": [] });
    let outsider = admin.post("/rest/api/3/user", outsider).await.expect(201)["accountId"].clone();
    let sentence = format!(
        "The user {outsider} does not have permission to view this issue. This user will not be added to the watch list."
    );
    admin.raw(Method::POST, path, JSON, outsider.to_string().into()).await.refused(400, &[&sentence], json!({}));
    admin.delete(path).await.expect(400);
    admin.delete(&format!("{path}?accountId=nobody")).await.expect(404);
    admin.raw(Method::POST, path, JSON, "{}".into()).await.expect(400);
    admin.get("/rest/api/3/issue/DEMO-999/watchers").await.expect(404);
    world.anonymous().raw(Method::POST, path, JSON, "".into()).await.expect(401);
}

#[tokio::test]
async fn votes_are_counted_once_and_taken_back() {
    let world = World::demo().await;
    let developer = world.developer();
    let path = "/rest/api/3/issue/DEMO-2/votes";
    for _ in 0..2 {
        developer.raw(Method::POST, path, &[], Vec::new()).await.expect(204);
    }
    let votes = developer.get(path).await.expect(200);
    assert_eq!((&votes["votes"], &votes["hasVoted"]), (&1.into(), &true.into()));
    // The short form of an account, unlike watchers.
    let voter = votes["voters"][0].as_object().unwrap();
    let members: Vec<&str> = voter.keys().map(String::as_str).collect();
    assert_eq!(members, ["self", "accountId", "avatarUrls", "displayName", "active"]);
    assert_eq!(world.admin().get(path).await.expect(200)["hasVoted"], false);
    for _ in 0..2 {
        developer.delete(path).await.expect(204);
    }
    assert_eq!(developer.get(path).await.expect(200)["voters"], Value::Array(Vec::new()));
    world.anonymous().delete(path).await.expect(401);
    developer.get("/rest/api/3/issue/NONE-1/votes").await.expect(404);
}

#[tokio::test]
async fn an_account_asks_for_many_issues_whether_it_watches_them() {
    let world = World::demo().await;
    let developer = world.developer();
    let id = developer.get("/rest/api/3/issue/DEMO-1").await.expect(200)["id"].as_str().unwrap().to_owned();
    let other = developer.get("/rest/api/3/issue/DEMO-2").await.expect(200)["id"].as_str().unwrap().to_owned();
    developer.post("/rest/api/3/issue/DEMO-1/watchers", Value::Null).await;
    developer.raw(Method::POST, "/rest/api/3/issue/DEMO-1/watchers", JSON, Vec::new()).await.expect(204);
    developer
        .delete(&format!("/rest/api/3/issue/DEMO-2/watchers?accountId={}", own_id(&developer, "DEMO-2").await))
        .await;
    let path = "/rest/api/3/issue/watching";
    let told = developer.post(path, json!({ "issueIds": [id, other, "99999999", "x"] })).await.expect(200);
    assert_eq!(told, json!({ "issuesIsWatching": { &id: true, &other: false, "99999999": false, "x": false } }));
    for body in [json!({}), json!({ "issueIds": "1" }), json!([])] {
        developer.post(path, body).await.expect(400);
    }
    world.anonymous().post(path, json!({ "issueIds": [id] })).await.expect(401);
}
