//! Requests of which little more is to be said than the answer: `answers.txt` has a line for each.

use crate::support::{Reply, World};
use http::Method;
use insta::assert_snapshot;
use mock_jira::http::{
    operations::{Catalogue, Operation},
    server,
};
use serde_json::{Value, json};
use std::fmt::Write;

/// `STATUS WHO METHOD PATH BODY`, or `settings` of the site. Each `# section` has a demo site of its own.
const ANSWERS: &str = include_str!("answers.txt");

#[tokio::test]
async fn each_request_gets_its_answer() {
    let mut told = String::new();
    for section in ANSWERS.split("# ").skip(1) {
        let (title, lines) = section.split_once('\n').unwrap();
        let world = World::demo().await;
        writeln!(told, "# {title}").unwrap();
        for line in lines.lines().filter(|line| !line.is_empty()) {
            if let Some(settings) = line.strip_prefix("settings ") {
                world.change(json!({ "settings": serde_json::from_str::<Value>(settings).unwrap() })).await;
                continue;
            }
            let parts: Vec<&str> = line.splitn(5, ' ').collect();
            let reply = ask(&world, parts[1], parts[2], parts[3], parts.get(4).copied()).await;
            assert_eq!(reply.status.as_str(), parts[0], "{line}\n{}", reply.text());
            if reply.status.is_client_error() {
                writeln!(told, "{line}\n    {}", reply.text()).unwrap();
            }
        }
    }
    assert_snapshot!(told);
}

async fn ask(world: &World, who: &str, method: &str, path: &str, body: Option<&str>) -> Reply {
    let client = match who {
        "admin" => world.admin(),
        "developer" => world.developer(),
        "viewer" => world.viewer(),
        _ => world.anonymous(),
    };
    let path = path.replace("{long}", &"x".repeat(256));
    let path = if path.starts_with("/rest/") { path } else { format!("/rest/api/3{path}") };
    let kind = match body {
        Some(body) if body.contains('=') && !body.starts_with('{') => "application/x-www-form-urlencoded",
        _ => "application/json",
    };
    let headers: &[(&str, &str)] = if body.is_some() { &[("content-type", kind)] } else { &[] };
    client.raw(method.parse().unwrap(), &path, headers, body.unwrap_or_default().as_bytes().to_vec()).await
}

#[tokio::test]
async fn nobody_is_refused_where_somebody_is_needed() {
    let world = World::demo().await;
    let nobody = world.client(Some(("admin@example.com", "wrong")));
    let (catalogue, served) = (Catalogue::load().unwrap(), server::routes());
    for operation in catalogue.iter().filter(|operation| served.serves(&operation.method, &operation.path)) {
        let kind = operation.consumes.iter().map(|kind| ("content-type", kind.as_str())).next();
        let body = if operation.consumes.is_empty() { Vec::new() } else { b"{}".to_vec() };
        let path = some_path(operation);
        let reply = nobody.raw(operation.method.clone(), &path, kind.as_slice(), body).await;
        if operation.anonymous {
            assert!(reply.status.as_u16() < 500, "{} {path}: {}", operation.method, reply.text());
        } else {
            assert_eq!(reply.status, 401, "{} {path}: {}", operation.method, reply.text());
            assert_eq!(reply.text(), "Client must be authenticated to access this resource."); // H-20
        }
    }
}

/// A path of the operation: everything in it is `1`.
fn some_path(operation: &Operation) -> String {
    let path = operation.published_path();
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn pictures_must_be_pictures() {
    let world = World::demo().await;
    let headers = [("content-type", "image/png"), ("x-atlassian-token", "no-check")];
    for path in ["issuetype/10002/avatar2", "universal_avatar/type/project/owner/10000"] {
        let path = format!("/rest/api/3/{path}?size=16");
        world.admin().raw(Method::POST, &path, &headers, b"no picture".to_vec()).await.expect(400);
    }
}

#[tokio::test]
async fn who_may_not_browse_users_is_told() {
    let world = World::demo().await;
    let made =
        world.admin().post("/rest/api/3/user", json!({ "emailAddress": "new@example.com", "products": [] })).await;
    made.expect(201);
    let token = world.token(json!({ "email": "new@example.com" })).await;
    let newcomer = world.client(Some(("new@example.com", &token)));
    let admin = "5f2a9c10e4b0d7a1c3e80a01";
    for path in [
        &format!("user?accountId={admin}"),
        &format!("user/groups?accountId={admin}"),
        "user/search/query?query=is+assignee+of+DEMO",
        "user/search/query/key?query=is+assignee+of+DEMO",
    ] {
        let sentence = "You do not have permission to browse users and groups.";
        newcomer.get(&format!("/rest/api/3/{path}")).await.refused(403, &[sentence], json!({}));
    }
}

#[tokio::test]
async fn apps_see_addresses() {
    let world = World::demo().await;
    let app = world.bearer(&world.token(json!({ "accountId": "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077" })).await);
    let get = async |path: &str| app.raw(Method::GET, path, &[], Vec::new()).await;
    let (admin, viewer) = ("5f2a9c10e4b0d7a1c3e80a01", "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03");
    let one = get(&format!("/rest/api/3/user/email?accountId={admin}")).await.expect(200);
    assert_eq!(one, json!({ "accountId": admin, "email": "admin@example.com" }));
    let path = format!("/rest/api/3/user/email/bulk?accountId={admin}&accountId=nobody&accountId={viewer}");
    let viewer = json!({ "accountId": viewer, "email": "viewer@example.com" });
    assert_eq!(get(&path).await.expect(200), json!([one, viewer]));
    get("/rest/api/3/user/email?accountId=nobody").await.expect(404);
    get("/rest/api/3/user/email").await.expect(400);
    get("/rest/api/3/user/email/bulk").await.expect(400);
}
