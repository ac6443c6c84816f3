//! What people have chosen: preferences, language, columns.

use crate::support::World;
use http::Method;
use serde_json::{Value, json};

const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const PREFERENCES: &str = "/rest/api/3/mypreferences";
const COLUMNS: &str = "/rest/api/3/user/columns";

#[tokio::test]
async fn preferences_are_set_and_removed() {
    let world = World::empty().await;
    let developer = world.developer();
    let path = format!("{PREFERENCES}?key=my.key");
    developer.get(&path).await.expect(404);
    developer.put(&path, json!("first")).await.expect(204);
    assert_eq!(developer.get(&path).await.expect(200), "first");
    developer.raw(Method::PUT, &path, &[("content-type", "text/plain")], b"false".to_vec()).await.expect(204);
    assert_eq!(developer.get(&path).await.expect(200), "false");
    // Everybody has their own.
    world.admin().get(&path).await.expect(404);
    developer.delete(&path).await.expect(204);
    developer.delete(&path).await.expect(404);
    for (key, value) in [("user.notifications.mimetype", "html"), ("user.default.share.private", "true")] {
        assert_eq!(developer.get(&format!("{PREFERENCES}?key={key}")).await.expect(200), value);
    }
    assert_eq!(world.anonymous().get(&path).await.status, 401);
}

#[tokio::test]
async fn refuses_bad_preferences() {
    let world = World::empty().await;
    let developer = world.developer();
    developer.get(PREFERENCES).await.expect(404);
    developer.put(PREFERENCES, json!("x")).await.expect(404);
    developer.delete(PREFERENCES).await.expect(404);
    let key = |key: &str| format!("{PREFERENCES}?key={key}");
    developer.put(&key("a"), json!("x".repeat(256))).await.expect(404);
    developer.put(&key("a"), json!("")).await.expect(404);
    developer.put(&key("a"), json!("\0")).await.expect(404);
    developer.put(&key(&"k".repeat(256)), json!("x")).await.expect(404);
    developer.put(&key("jira.user.timezone"), json!("Mars/Olympus")).await.expect(404);
    developer.put(&key("jira.user.locale"), json!("xx_XX")).await.expect(404);
}

#[tokio::test]
async fn the_time_zone_is_the_accounts_own() {
    let world = World::empty().await;
    let developer = world.developer();
    let path = format!("{PREFERENCES}?key=jira.user.timezone");
    assert_eq!(developer.get(&path).await.expect(200), "Europe/Berlin");
    developer.put(&path, json!("Asia/Tokyo")).await.expect(204);
    assert_eq!(developer.get("/rest/api/3/myself").await.expect(200)["timeZone"], "Asia/Tokyo");
    developer.delete(&path).await.expect(204);
    assert_eq!(developer.get("/rest/api/3/myself").await.expect(200)["timeZone"], "Etc/UTC");
    developer.get(&path).await.expect(404);
}

#[tokio::test]
async fn the_language_is_chosen_or_the_browsers() {
    let world = World::empty().await;
    let (developer, anonymous) = (world.developer(), world.anonymous());
    let path = format!("{PREFERENCES}/locale");
    let german = [("accept-language", "de-DE,en;q=0.5")];
    for client in [&developer, &anonymous] {
        assert_eq!(client.get(&path).await.expect(200), json!({ "locale": "en_US" }));
        let reply = client.raw(Method::GET, &path, &german, Vec::new()).await;
        assert_eq!(reply.expect(200), json!({ "locale": "de_DE" }));
    }
    developer.put(&path, json!({ "locale": "fr_FR" })).await.expect(204);
    assert_eq!(developer.raw(Method::GET, &path, &german, Vec::new()).await.expect(200)["locale"], "fr_FR");
    assert_eq!(developer.get("/rest/api/3/myself").await.expect(200)["locale"], "fr_FR");
    // Also where it is the site's own.
    developer.put(&path, json!({ "locale": "en_US" })).await.expect(204);
    assert_eq!(developer.raw(Method::GET, &path, &german, Vec::new()).await.expect(200)["locale"], "en_US");
    for _ in 0..2 {
        developer.put(&path, json!({ "locale": null })).await.expect(204);
    }
    assert_eq!(developer.raw(Method::GET, &path, &german, Vec::new()).await.expect(200)["locale"], "de_DE");
    developer.put(&path, json!({ "locale": "tlh" })).await.expect(400);
    developer.put(&path, json!({ "language": "fr_FR" })).await.expect(400);
    assert_eq!(anonymous.put(&path, json!({ "locale": "fr_FR" })).await.status, 401);
}

fn ids(columns: &Value) -> Vec<&str> {
    columns.as_array().unwrap().iter().map(|column| column["value"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn columns_are_chosen_and_reset() {
    let world = World::empty().await;
    let developer = world.developer();
    let standard = developer.get(COLUMNS).await.expect(200);
    assert_eq!(standard[0], json!({ "label": "Issue Type", "value": "issuetype" }));
    assert_eq!(standard[1], json!({ "label": "Key", "value": "issuekey" }));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = b"columns=summary&columns=customfield_10016&columns=summary".to_vec();
    developer.raw(Method::PUT, COLUMNS, &form, body).await.expect(200);
    assert_eq!(ids(&developer.get(COLUMNS).await.expect(200)), ["summary", "customfield_10016"]);
    let parts = [("content-type", "multipart/form-data; boundary=b")];
    let body = b"--b\r\nContent-Disposition: form-data; name=\"columns\"\r\n\r\nstatus\r\n--b--\r\n".to_vec();
    developer.raw(Method::PUT, COLUMNS, &parts, body).await.expect(200);
    assert_eq!(ids(&developer.get(COLUMNS).await.expect(200)), ["status"]);
    developer.put(COLUMNS, json!({ "columns": ["priority"] })).await.expect(200);
    assert_eq!(ids(&developer.get(COLUMNS).await.expect(200)), ["priority"]);
    developer.raw(Method::PUT, COLUMNS, &form, Vec::new()).await.expect(200);
    assert_eq!(developer.get(COLUMNS).await.expect(200), json!([]));
    developer.delete(COLUMNS).await.expect(204);
    assert_eq!(developer.get(COLUMNS).await.expect(200), standard);
}

#[tokio::test]
async fn columns_of_others_are_for_administrators() {
    let world = World::empty().await;
    let (admin, viewer) = (world.admin(), world.viewer());
    let path = format!("{COLUMNS}?accountId={DEVELOPER}");
    admin.put(&path, json!({ "columns": ["status"] })).await.expect(200);
    assert_eq!(ids(&world.developer().get(COLUMNS).await.expect(200)), ["status"]);
    viewer.get(&path).await.expect(403);
    viewer.put(&path, json!({ "columns": ["status"] })).await.expect(403);
    viewer.delete(&path).await.expect(403);
    let nobody = format!("{COLUMNS}?accountId=nobody");
    admin.get(&nobody).await.expect(404);
    admin.put(&nobody, json!({ "columns": ["status"] })).await.expect(404);
    admin.delete(&nobody).await.expect(204);
    for body in [json!({ "columns": ["nope"] }), json!({ "columns": ["comment"] }), json!(["status"])] {
        admin.put(COLUMNS, body).await.expect(400); // U-54
    }
    assert_eq!(world.anonymous().get(COLUMNS).await.status, 401);
}
