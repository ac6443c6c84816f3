//! Avatars: those that Jira brings along, and uploaded ones.

use crate::support::{Client, Reply, World};
use http::Method;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

/// A picture of that size, red on the left and blue on the right.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let image = image::RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { image::Rgb([255, 0, 0]) } else { image::Rgb([0, 0, 255]) }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn upload(client: &Client, path: &str, bytes: Vec<u8>) -> Reply {
    let headers = [("content-type", "image/png"), ("x-atlassian-token", "no-check")];
    client.raw(Method::POST, path, &headers, bytes).await
}

fn read(reply: &Reply) -> image::RgbaImage {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("image/png;charset=utf-8")); // U-53
    image::load_from_memory(&reply.bytes).unwrap().to_rgba8()
}

fn ids(avatars: &Value) -> Vec<&str> {
    avatars.as_array().unwrap().iter().map(|avatar| avatar["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn system_avatars() {
    let world = World::empty().await;
    let anyone = world.anonymous();
    let types = anyone.get("/rest/api/3/avatar/issuetype/system").await.expect(200);
    assert_eq!(ids(&types["system"])[..3], ["10300", "10303", "10304"]);
    assert_json_snapshot!("system_avatar", types["system"][0]);
    assert_eq!(ids(&anyone.get("/rest/api/3/avatar/project/system").await.expect(200)["system"])[0], "10400");
    for kind in ["user", "priority"] {
        let path = format!("/rest/api/3/avatar/{kind}/system");
        assert!(!ids(&anyone.get(&path).await.expect(200)["system"]).is_empty());
    }
    assert_eq!(anyone.get("/rest/api/3/avatar/nothing/system").await.expect(200), json!({ "system": [] })); // U-53
}

#[tokio::test]
async fn pictures_of_system_avatars() {
    let world = World::demo().await;
    let anyone = world.anonymous();
    let view = "/rest/api/3/universal_avatar/view/type";
    for path in ["project", "issuetype", "priority", "project/avatar/10405", "project/avatar/10200", "priority/owner/1"]
    {
        let reply = anyone.get(&format!("{view}/{path}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, Some("image/svg+xml;charset=utf-8")),
            "{path}"
        );
        assert!(reply.text().starts_with("<svg ") && reply.text().contains("width=\"48\""), "{}", reply.text());
    }
    for (size, pixels) in [("xsmall", 16), ("small", 24), ("medium", 32), ("large", 48), ("xlarge", 64)] {
        let path = format!("{view}/project/avatar/10400?size={size}&format=png");
        assert_eq!(read(&anyone.get(&path).await).dimensions(), (pixels, pixels));
    }
    for path in [
        "nothing",
        "user",
        "project?size=huge",
        "project?format=bmp",
        "project/avatar/10300",
        "project/avatar/x",
        "project/owner/DEMO",
        "issuetype/owner/10001",
        "issuetype/owner/99",
    ] {
        anyone.get(&format!("{view}/{path}")).await.expect(404);
    }
    // The addresses that answers show lead somewhere.
    let project = world.viewer().get("/rest/api/3/project/DEMO").await.expect(200);
    for url in project["avatarUrls"].as_object().unwrap().values() {
        let path = url.as_str().unwrap().strip_prefix(world.url()).unwrap();
        assert_eq!(world.viewer().get(path).await.status, 200);
    }
    let types = anyone.get("/rest/api/3/avatar/issuetype/system").await.expect(200);
    for url in types["system"][0]["urls"].as_object().unwrap().values() {
        let answer = crate::support::http_client().get(format!("{}{}", world.url(), url.as_str().unwrap()));
        assert_eq!(answer.send().await.unwrap().status(), 200);
    }
    assert_eq!(world.viewer().get(&format!("{view}/project/owner/DEMO")).await.status, 200);
}

#[tokio::test]
async fn uploads_selects_and_deletes_an_avatar() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/project/DEMO";
    let made = upload(&admin, &format!("{path}/avatar2"), picture(60, 40)).await.expect(201);
    assert_json_snapshot!("avatar_uploaded", made);
    let id = made["id"].as_str().unwrap();
    let all = admin.get(&format!("{path}/avatars")).await.expect(200);
    assert_eq!(ids(&all["custom"]), [id]);
    assert_json_snapshot!("avatar_custom", world.portable(&all["custom"][0]));
    assert_json_snapshot!("avatar_system", world.portable(&all["system"][1]));

    let view = format!("/rest/api/3/universal_avatar/view/type/project/avatar/{id}");
    let shown = read(&world.viewer().get(&format!("{view}?size=small")).await);
    assert_eq!(shown.dimensions(), (24, 24));
    assert_eq!((shown.get_pixel(0, 0).0, shown.get_pixel(23, 23).0), ([255, 0, 0, 255], [0, 0, 255, 255]));
    world.anonymous().get(&view).await.expect(404);
    world.viewer().get(&format!("{view}?format=svg")).await.expect(404);
    world.viewer().get(&view.replace("project", "issuetype")).await.expect(404);

    admin.put(&format!("{path}/avatar"), json!({ "id": id })).await.expect(204);
    let all = admin.get(&format!("{path}/avatars")).await.expect(200);
    assert_eq!(all["custom"][0]["isSelected"], true);
    let project = admin.get(path).await.expect(200);
    assert!(project["avatarUrls"]["48x48"].as_str().unwrap().ends_with(&format!("/avatar/{id}")));
    // Another project can't have it.
    admin.put("/rest/api/3/project/OPS/avatar", json!({ "id": id })).await.expect(404);
    admin.delete(&format!("/rest/api/3/project/OPS/avatar/{id}")).await.expect(404);

    admin.delete(&format!("{path}/avatar/10400")).await.expect(403);
    admin.delete(&format!("{path}/avatar/{id}")).await.expect(204);
    admin.delete(&format!("{path}/avatar/{id}")).await.expect(404);
    let project = admin.get(path).await.expect(200);
    assert!(project["avatarUrls"]["48x48"].as_str().unwrap().ends_with("/avatar/10400"), "{project}");
}

#[tokio::test]
async fn crops_a_square() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/project/DEMO/avatar2";
    let made = upload(&admin, &format!("{path}?x=30&y=5&size=20"), picture(60, 40)).await.expect(201);
    let view = format!("/rest/api/3/universal_avatar/view/type/project/avatar/{}", made["id"].as_str().unwrap());
    let shown = read(&admin.get(&view).await);
    assert!(shown.pixels().all(|pixel| pixel.0 == [0, 0, 255, 255]), "the right half alone");
    for query in ["x=41&size=20", "y=-1", "size=41", "size=-1", "x=1&y=0&size=60"] {
        upload(&admin, &format!("{path}?{query}"), picture(60, 40)).await.expect(400);
    }
    upload(&admin, &format!("{path}?x=a"), picture(60, 40)).await.expect(400);
}

#[tokio::test]
async fn refuses_bad_uploads() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/project/DEMO/avatar2";
    let unreadable = "The image could not be read. It must be a JPEG, a GIF or a PNG.";
    for bytes in [Vec::new(), b"no picture".to_vec(), picture(9, 9)[..40].to_vec()] {
        upload(&admin, path, bytes).await.refused(400, &[unreadable], json!({}));
    }
    let reply = admin.raw(Method::POST, path, &[("content-type", "image/png")], picture(9, 9)).await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (403, "XSRF check failed"));
    upload(&world.developer(), path, picture(9, 9)).await.expect(403);
    upload(&admin, "/rest/api/3/project/NOPE/avatar2", picture(9, 9)).await.expect(404);
    world.developer().put("/rest/api/3/project/DEMO/avatar", json!({ "id": "10400" })).await.expect(403);
    world.developer().delete("/rest/api/3/project/DEMO/avatar/10400").await.expect(403);
    for body in [json!({}), json!({ "id": "99" }), json!({ "id": "x" })] {
        admin.put("/rest/api/3/project/DEMO/avatar", body).await.expect(404);
    }
    admin.put("/rest/api/3/project/DEMO/avatar", json!({ "id": 10401, "isSelected": false })).await.expect(204);
}

#[tokio::test]
async fn avatars_of_any_owner() {
    let world = World::demo().await;
    let admin = world.admin();
    for (kind, owner) in [("project", "10000"), ("issuetype", "10001"), ("priority", "1")] {
        let path = format!("/rest/api/3/universal_avatar/type/{kind}/owner/{owner}");
        let made = upload(&admin, &format!("{path}?size=5"), picture(9, 9)).await.expect(201);
        let id = made["id"].as_str().unwrap();
        let all = admin.get(&path).await.expect(200);
        assert_eq!((ids(&all["custom"]), &all["custom"][0]["owner"]), (vec![id], &json!(owner)));
        assert!(!ids(&all["system"]).is_empty());
        upload(&world.developer(), &path, picture(9, 9)).await.expect(403);
        world.developer().delete(&format!("{path}/avatar/{id}")).await.expect(403);
        let system = ids(&all["system"])[0];
        admin.delete(&format!("{path}/avatar/{system}")).await.expect(403);
        admin.delete(&format!("{path}/avatar/{id}")).await.expect(204);
        admin.delete(&format!("{path}/avatar/{id}")).await.expect(404);
    }
    for path in ["user/owner/1", "nothing/owner/1", "project/owner/99", "issuetype/owner/99", "priority/owner/99"] {
        let known = path.ends_with("99");
        let path = format!("/rest/api/3/universal_avatar/type/{path}");
        // What is missing has what all have.
        let all = admin.get(&path).await.expect(if known { 200 } else { 404 });
        assert_eq!(known, all["custom"] == json!([]) && all["system"].as_array().is_some_and(|list| !list.is_empty()));
        upload(&admin, &path, picture(9, 9)).await.expect(404);
        admin.delete(&format!("{path}/avatar/1")).await.expect(404);
    }
    let types = world.anonymous().get("/rest/api/3/universal_avatar/type/priority/owner/1").await.expect(200);
    assert!(!ids(&types["system"]).is_empty());
    let hidden = world.anonymous().get("/rest/api/3/universal_avatar/type/issuetype/owner/10001").await.expect(200);
    assert_eq!(hidden["custom"], json!([]));
}

#[tokio::test]
async fn types_and_priorities_show_what_was_uploaded_for_them() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = "/rest/api/3/issuetype/10004";
    let upload_path = format!("{path}/avatar2?size=9");
    upload(&developer, &upload_path, picture(9, 9)).await.expect(403);
    upload(&admin, "/rest/api/3/issuetype/99/avatar2?size=9", picture(9, 9)).await.expect(404);
    let sentence = ["The cropSize has to be provided."];
    upload(&admin, &format!("{path}/avatar2"), picture(9, 9)).await.refused(400, &sentence, json!({}));
    let made = upload(&admin, &upload_path, picture(9, 9)).await.expect(201);
    let id: i64 = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(admin.put(path, json!({ "avatarId": id })).await.expect(200)["avatarId"], id);
    // It is that type's alone.
    let sentence = json!({ "avatarId": "The avatar is not one of this issue type." });
    let others = admin.put("/rest/api/3/issuetype/10002", json!({ "avatarId": id })).await;
    others.refused(400, &[], sentence);
    let sentence = ["The avatarId is not that of an avatar of priorities."];
    admin.put("/rest/api/3/priority/1", json!({ "avatarId": id })).await.refused(400, &sentence, json!({}));
    admin.put("/rest/api/3/priority/1", json!({ "avatarId": 10555 })).await.expect(204);
    let avatars = admin.get("/rest/api/3/universal_avatar/type/priority/owner/1").await.expect(200);
    let selected = avatars["system"].as_array().unwrap().iter().find(|avatar| avatar["isSelected"] == true);
    assert_eq!(selected.unwrap()["id"], "10555");
}
