//! Attachments.

use crate::support::{Client, Reply, World, http_client};
use http::Method;
use serde_json::{Value, json};

const ISSUE: &str = "/rest/api/3/issue/DEMO-1/attachments";
const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=cut");
const TOKEN: (&str, &str) = ("x-atlassian-token", "no-check");

/// The parts of an upload: what stands after `name=`, and the content.
fn form(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut body = String::new();
    for (about, content) in parts {
        body.push_str(&format!("--cut\r\nContent-Disposition: form-data; name={about}\r\n\r\n{content}\r\n"));
    }
    body.push_str("--cut--\r\n");
    body.into_bytes()
}

async fn upload(client: &Client, parts: &[(&str, &str)]) -> Reply {
    client.raw(Method::POST, ISSUE, &[FORM, TOKEN], form(parts)).await
}

/// Uploads one file; its id.
async fn attach(client: &Client, content: &str) -> String {
    let made = upload(client, &[("file; filename=\"notes.txt\"\r\nContent-Type: text/plain", content)]).await;
    made.expect(200)[0]["id"].as_str().unwrap().to_owned()
}

/// The content without its way through a redirect.
async fn content(client: &Client, id: &str, range: &[(&str, &str)]) -> Reply {
    let path = format!("/rest/api/3/attachment/content/{id}?redirect=false");
    client.raw(Method::GET, &path, range, Vec::new()).await
}

#[tokio::test]
async fn files_are_attached_listed_and_deleted() {
    let world = World::demo().await;
    let developer = world.developer();
    let parts = [
        ("file; filename=\"a.txt\"\r\nContent-Type: text/plain", "one"),
        ("comment", "not a file"),
        ("file; filename*=utf-8''%C3%BC%20b.bin", "zwei"),
    ];
    let made = upload(&developer, &parts).await.expect(200);
    let told = |file: &Value| json!([file["filename"], file["size"], file["mimeType"], file["author"]["displayName"]]);
    let told: Vec<Value> = made.as_array().unwrap().iter().map(told).collect();
    assert_eq!(told[0], json!(["a.txt", 3, "text/plain", "Dana Developer"]));
    assert_eq!(told[1], json!(["ü b.bin", 4, "application/octet-stream", "Dana Developer"]));
    let issue = developer.get("/rest/api/3/issue/DEMO-1?fields=attachment&expand=changelog").await.expect(200);
    let listed = issue["fields"]["attachment"].as_array().unwrap();
    assert_eq!(listed[listed.len() - 2..], *made.as_array().unwrap());
    let items = &issue["changelog"]["histories"][0]["items"];
    assert_eq!((&items[0]["toString"], &items[1]["toString"]), (&json!("a.txt"), &json!("ü b.bin"))); // J-84

    let id = made[0]["id"].as_str().unwrap();
    let path = format!("/rest/api/3/attachment/{id}");
    let one = developer.get(&path).await.expect(200);
    assert_eq!((one["id"].to_string(), &one["filename"]), (id.to_owned(), &json!("a.txt"))); // J-103
    developer.delete(&path).await.expect(204);
    let reply = developer.delete(&path).await;
    reply.refused(404, &[&format!("The attachment with id '{id}' does not exist")], json!({}));
    let issue = developer.get("/rest/api/3/issue/DEMO-1?fields=attachment&expand=changelog").await.expect(200);
    assert_eq!(issue["changelog"]["histories"][0]["items"][0]["fromString"], "a.txt");
}

#[tokio::test]
async fn contents_come_by_redirect_directly_and_in_part() {
    let world = World::demo().await;
    let developer = world.developer();
    let id = attach(&developer, "0123456789").await;
    let reply = developer.get(&format!("/rest/api/3/attachment/content/{id}")).await;
    assert_eq!(reply.status, 303); // J-102
    let address = reply.header("location").unwrap().to_owned();
    // The signature alone is enough, as long as it is whole and in time.
    let fetch = async |address: &str| http_client().get(address).send().await.unwrap();
    let fetched = fetch(&address).await;
    assert_eq!(fetched.headers()["content-type"], "text/plain");
    assert_eq!(fetched.headers()["content-disposition"], "attachment; filename*=UTF-8''notes%2Etxt");
    assert_eq!(fetched.text().await.unwrap(), "0123456789");
    assert_eq!(fetch(&format!("{address}0")).await.status(), 403);
    assert_eq!(fetch(&address.replace("expires=", "expires=1")).await.status(), 403);
    world.change(json!({ "clock": { "advanceMs": 3_600_000 } })).await;
    assert_eq!(fetch(&address).await.status(), 403);

    for (range, status, part) in [
        ("bytes=2-4", 206, "234"),
        ("bytes=-2", 206, "89"),
        ("bytes=7-99", 206, "789"),
        ("bytes=10-", 416, ""),
        ("bytes=0-1,4-5", 200, "0123456789"),
    ] {
        let reply = content(&developer, &id, &[("range", range)]).await;
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (status, part), "{range}");
        let told = match (status, range) {
            (206, "bytes=2-4") => Some("bytes 2-4/10"),
            (416, _) => Some("bytes */10"),
            _ => continue,
        };
        assert_eq!(reply.header("content-range"), told);
    }
    content(&developer, &id, &[("range", "bytes=4-2")]).await.refused(
        400,
        &["The Range header is malformed."],
        json!({}),
    );
    content(&developer, "99999999", &[]).await.expect(404);
    content(&world.anonymous(), &id, &[]).await.expect(404);
}

#[tokio::test]
async fn refuses_uploads_that_are_not_allowed_broken_or_too_large() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let file = [("file; filename=\"a.txt\"", "one")];
    let reply = developer.raw(Method::POST, ISSUE, &[FORM], form(&file)).await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (403, "XSRF check failed"));
    let sentence = "You do not have permission to create attachments for this issue.";
    upload(&viewer, &file).await.refused(403, &[sentence], json!({}));
    let missing = "/rest/api/3/issue/DEMO-999/attachments";
    developer.raw(Method::POST, missing, &[FORM, TOKEN], form(&file)).await.expect(404);
    upload(&developer, &[("other; filename=\"a.txt\"", "one")]).await.expect(400);
    let boundless = ("content-type", "multipart/form-data");
    developer.raw(Method::POST, ISSUE, &[boundless, TOKEN], form(&file)).await.expect(400);
    let mut cut_off = form(&file);
    cut_off.truncate(cut_off.len() - 12);
    for body in [cut_off, b"nothing of the kind".to_vec(), Vec::new()] {
        developer.raw(Method::POST, ISSUE, &[FORM, TOKEN], body).await.expect(400);
    }
    upload(&developer, &[file[0]; 61]).await.expect(413); // J-101
    let limit = developer.get("/rest/api/3/attachment/meta").await.expect(200)["uploadLimit"].as_u64().unwrap();
    let large = "x".repeat(limit as usize);
    upload(&developer, &[("file; filename=\"large\"", &large)]).await.expect(413);

    let id = attach(&developer, "mine").await;
    let reply = viewer.delete(&format!("/rest/api/3/attachment/{id}")).await;
    let sentence = format!("You do not have permission to delete attachment with id: {id}");
    reply.refused(403, &[&sentence], json!({}));
    // Nothing of what was refused is there.
    let issue = developer.get("/rest/api/3/issue/DEMO-1?fields=attachment").await.expect(200);
    assert_eq!(issue["fields"]["attachment"].as_array().unwrap().len(), 1);
}
