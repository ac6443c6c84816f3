//! Attachments.

use crate::support::{Client, Reply, World, http_client};
use http::Method;
use serde_json::{Value, json};
use std::io::{Cursor, Write};

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

/// Uploads a file of any content; what is told of it.
async fn attach_file(client: &Client, name: &str, kind: &str, content: &[u8]) -> Value {
    let about = format!("--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
    let mut body = format!("{about}Content-Type: {kind}\r\n\r\n").into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--cut--\r\n");
    client.raw(Method::POST, ISSUE, &[FORM, TOKEN], body).await.expect(200)[0].take()
}

fn drawn(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, height).write_to(&mut content, format).unwrap();
    content.into_inner()
}

#[tokio::test]
async fn large_files_come_back_whole_and_in_part() {
    let world = World::demo().await;
    let developer = world.developer();
    let large: Vec<u8> = (0..700_000u32).map(|number| (number % 251) as u8).collect();
    let file = attach_file(&developer, "large.bin", "application/octet-stream", &large).await;
    let id = file["id"].as_str().unwrap();
    assert_eq!(file["size"], 700_000);
    let whole = content(&developer, id, &[]).await;
    assert_eq!((whole.header("content-length"), whole.bytes == large), (Some("700000"), true));
    for (range, part) in [
        ("bytes=262143-262144", 262_143..262_145),
        ("bytes=100-600000", 100..600_001),
        ("bytes=-175712", 524_288..700_000),
    ] {
        let reply = content(&developer, id, &[("range", range)]).await;
        assert_eq!((reply.status.as_u16(), reply.bytes == large[part]), (206, true), "{range}");
    }
    let empty = attach_file(&developer, "empty.txt", "text/plain", b"").await;
    let reply = content(&developer, empty["id"].as_str().unwrap(), &[]).await;
    assert_eq!((reply.status.as_u16(), reply.bytes.len()), (200, 0));
}

#[tokio::test]
async fn pictures_have_thumbnails() {
    let world = World::demo().await;
    let developer = world.developer();
    let file = attach_file(&developer, "a.png", "image/png", &drawn(400, 100, image::ImageFormat::Png)).await;
    let id = file["id"].as_str().unwrap();
    let address = format!("/rest/api/3/attachment/thumbnail/{id}");
    assert_eq!(file["thumbnail"], format!("{}{address}", world.url()));
    let issue = developer.get("/rest/api/3/issue/DEMO-1?fields=attachment&expand=renderedFields").await.expect(200);
    let told = |part: &str| issue[part]["attachment"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(told("fields"), file);
    assert_eq!(told("renderedFields")["size"].as_str().unwrap().split(' ').next_back(), Some("kB"));
    let one = developer.get(&format!("/rest/api/2/attachment/{id}")).await.expect(200);
    assert_eq!(one["thumbnail"], format!("{}{}", world.url(), address.replace("/3/", "/2/")));

    for (query, size) in [("", (200, 50)), ("&width=40", (40, 10)), ("&height=20&width=9999", (80, 20))] {
        let reply = developer.get(&format!("{address}?redirect=false{query}")).await;
        assert_eq!(reply.header("content-type"), Some("image/png"));
        let picture = image::load_from_memory(&reply.bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), size, "{query}");
    }
    let reply = developer.get(&format!("{address}?width=40")).await;
    assert_eq!(reply.status, 303);
    let fetched = http_client().get(reply.header("location").unwrap()).send().await.unwrap();
    assert_eq!(image::load_from_memory(&fetched.bytes().await.unwrap()).unwrap().width(), 40);
    for query in ["?width=0", "?height=-1", "?width=x", "?redirect=maybe"] {
        developer.get(&format!("{address}{query}")).await.expect(400);
    }
    world.anonymous().get(&address).await.expect(404);

    let mut cut = drawn(300, 300, image::ImageFormat::Jpeg);
    cut.truncate(400);
    let text = attach_file(&developer, "a.txt", "image/png", b"no picture").await;
    assert!(text.get("thumbnail").is_none());
    for file in [attach_file(&developer, "cut.jpg", "image/jpeg", &cut).await, text] {
        let id = file["id"].as_str().unwrap();
        let address = format!("/rest/api/3/attachment/thumbnail/{id}?redirect=false");
        let reply = developer.get(&address).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, Some("image/png")));
        let sentence = format!("The attachment with id '{id}' has no thumbnail");
        let reply = developer.get(&format!("{address}&fallbackToDefault=false")).await;
        reply.refused(404, &[&sentence], json!({}));
    }
}

#[tokio::test]
async fn archives_are_looked_into() {
    let world = World::demo().await;
    let developer = world.developer();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.add_directory("folder", options).unwrap();
    let long = "long/path/thanks/to/lots/of/subdirectories/inside/making/it/quite/hard/to/reach/the/leaf.txt";
    for (path, size) in [("folder/song.mp3", 1_430_174), ("picture.jpg", 121_856), (long, 0)] {
        archive.start_file(path, options).unwrap();
        archive.write_all(&vec![0; size]).unwrap();
    }
    let content = archive.finish().unwrap().into_inner();
    let file = attach_file(&developer, "images.zip", "application/zip", &content).await;
    let address =
        |file: &Value, how: &str| format!("/rest/api/3/attachment/{}/expand/{how}", file["id"].as_str().unwrap());
    insta::assert_json_snapshot!("archive_for_humans", developer.get(&address(&file, "human")).await.expect(200), { ".id" => "[id]" });
    insta::assert_json_snapshot!("archive_for_machines", developer.get(&address(&file, "raw")).await.expect(200));

    let corrupt = attach_file(&developer, "corrupt.zip", "application/zip", &content[..1_000]).await;
    let nothing = json!({ "entries": [], "totalEntryCount": 0 });
    assert_eq!(developer.get(&address(&corrupt, "raw")).await.expect(200), nothing);
    let other = attach_file(&developer, "a.tar.gz", "application/gzip", b"\x1f\x8b\x08rest").await;
    let sentence = "The archive format of the attachment is not supported.";
    for how in ["human", "raw"] {
        developer.get(&address(&other, how)).await.refused(409, &[sentence], json!({}));
        developer.get(&format!("/rest/api/3/attachment/99999999/expand/{how}")).await.expect(404);
        world.anonymous().get(&address(&file, how)).await.expect(404);
    }
}

#[tokio::test]
async fn a_site_can_limit_and_disable_attachments() {
    let world = World::demo().await;
    let developer = world.developer();
    let id = attach(&developer, "kept").await;
    world.change(json!({ "settings": { "attachmentLimit": 5 } })).await;
    let meta = developer.get("/rest/api/3/attachment/meta").await.expect(200);
    assert_eq!(meta, json!({ "enabled": true, "uploadLimit": 5 }));
    attach(&developer, "12345").await;
    let reply = upload(&developer, &[("file; filename=\"a.txt\"", "123456")]).await;
    reply.refused(413, &["The file 'a.txt' is larger than the maximum of 5 bytes for an attachment."], json!({}));
    let name = "x".repeat(256);
    upload(&developer, &[(&format!("file; filename=\"{name}\""), "1")]).await.expect(413);

    world.change(json!({ "settings": { "attachmentsEnabled": false } })).await;
    assert_eq!(developer.get("/rest/api/3/attachment/meta").await.expect(200)["enabled"], false);
    let file = [("file; filename=\"a.txt\"", "one")];
    upload(&developer, &file).await.refused(403, &["Attachments are disabled."], json!({}));
    for path in [format!("content/{id}"), format!("thumbnail/{id}"), id.clone(), format!("{id}/expand/raw")] {
        let reply = developer.get(&format!("/rest/api/3/attachment/{path}")).await;
        reply.refused(404, &["Attachments are disabled."], json!({}));
    }
    world.change(json!({ "settings": {} })).await;
    content(&developer, &id, &[]).await.expect(200);
    // Contents go with their issue.
    world.admin().delete("/rest/api/3/issue/DEMO-1?deleteSubtasks=true").await.expect(204);
    content(&developer, &id, &[]).await.expect(404);
}

#[tokio::test]
async fn rendered_text_leads_to_attachments_in_every_answer() {
    let world = World::demo().await;
    let developer = world.developer();
    upload(&developer, &[("file; filename=\"shot.png\"", "picture")]).await.expect(200);
    let fields = json!({ "description": "!shot.png!" });
    developer.put("/rest/api/2/issue/DEMO-1", json!({ "fields": fields })).await.expect(204);
    let expanded = "fields=description&expand=renderedFields,transitions";
    let one = developer.get(&format!("/rest/api/3/issue/DEMO-1?{expanded}")).await.expect(200);
    assert!(one["renderedFields"]["description"].as_str().unwrap().contains("/attachment/content/"), "{one}");
    let found = developer.get(&format!("/rest/api/3/search/jql?jql=key=DEMO-1&{expanded}")).await.expect(200);
    let body =
        json!({ "issueIdsOrKeys": ["DEMO-1"], "fields": ["description"], "expand": ["renderedFields", "transitions"] });
    let fetched = developer.post("/rest/api/3/issue/bulkfetch", body).await.expect(200);
    for other in [&found["issues"][0], &fetched["issues"][0]] {
        assert_eq!(other["renderedFields"], one["renderedFields"]);
        assert_eq!(other["transitions"], one["transitions"]);
    }
}

#[tokio::test]
async fn issues_near_their_limits_are_reported() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let report = "/rest/api/3/issue/limit/report";
    let limits = json!({ "comment": 5_000, "worklog": 10_000, "attachment": 2_000, "issuelinks": 2_000, "remoteIssueLinks": 2_000 });
    let nothing = json!({ "issuesBreachingLimit": {}, "issuesApproachingLimit": {}, "limits": limits });
    assert_eq!(admin.get(report).await.expect(200), nothing);
    let parts = [("file; filename=\"a\"", ""); 60];
    for _ in 0..33 {
        upload(&developer, &parts).await.expect(200);
    }
    let sentence = "An issue can have at most 2000 attachments.";
    upload(&developer, &parts).await.refused(413, &[sentence], json!({})); // J-77
    upload(&developer, &parts[..20]).await.expect(200);
    let told = admin.get(&format!("{report}?isReturningKeys=true")).await.expect(200);
    assert_eq!(told["issuesApproachingLimit"], json!({ "attachment": { "DEMO-1": 2_000 } }));
    developer.get(report).await.expect(403);
    world.anonymous().get(report).await.expect(401);
}
