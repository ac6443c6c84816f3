//! Versions: their own life, their order, and what their end does to issues.

use crate::{
    components::{issue, make, newest_change},
    support::{Client, World},
};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const PATH: &str = "/rest/api/3/version";

async fn version(client: &Client, name: &str) -> String {
    make(client, PATH, json!({ "project": "DEMO", "name": name })).await
}

async fn names(client: &Client) -> Vec<String> {
    let all = client.get("/rest/api/3/project/DEMO/versions").await.expect(200);
    all.as_array().unwrap().iter().map(|version| version["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_version_from_beginning_to_end() {
    let world = World::demo().await;
    let admin = world.admin();
    world.change(json!({ "clock": { "freezeAt": "2026-03-01T12:00:00Z" } })).await;
    let me = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let body = json!({
        "projectId": admin.project_id("DEMO").await, "name": "1.0", "description": "The first", "startDate": "2026-01-01",
        "releaseDate": "2026-02-01", "driver": me,
    });
    let made = admin.post(PATH, body).await.expect(201);
    assert_json_snapshot!("version_created", world.portable(&made));
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let expanded = admin.get(&format!("{path}?expand=operations,issuesstatus,driver,approvers")).await.expect(200);
    assert_json_snapshot!("version_expanded", world.portable(&expanded));
    let seen = world.viewer().get(&format!("{path}?expand=operations")).await.expect(200);
    assert_eq!(seen["operations"], json!([]));

    // Clients send back all that they got.
    let mut body = made.clone();
    body["released"] = json!(true);
    body["startDate"] = Value::Null;
    let changed = admin.put(&path, body).await.expect(200);
    assert_eq!((&changed["released"], changed.get("startDate"), changed.get("overdue")), (&json!(true), None, None));
    let changed = admin.put(&path, json!({ "archived": true, "releaseDate": "", "description": "" })).await.expect(200);
    assert_eq!(
        (&changed["archived"], changed.get("releaseDate"), changed.get("description")),
        (&json!(true), None, None)
    );
    assert_eq!(changed["name"], "1.0");
    admin.delete(&path).await.expect(204);
    let sentence = format!("Could not find version for id '{}'", made["id"].as_str().unwrap());
    admin.get(&path).await.refused(404, &[&sentence], json!({}));
}

#[tokio::test]
async fn versions_in_order() {
    let world = World::demo().await;
    let admin = world.admin();
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(version(&admin, name).await);
    }
    let link = |at: usize| format!("{}{PATH}/{}", world.url(), ids[at]);
    for (at, body, expected) in [
        (3, json!({ "position": "First" }), "dabc"),
        (3, json!({ "position": "Earlier" }), "dabc"),
        (3, json!({ "position": "Later" }), "adbc"),
        (0, json!({ "position": "Last" }), "dbca"),
        (0, json!({ "position": "Later" }), "dbca"),
        (3, json!({ "after": link(1) }), "bdca"),
        (2, json!({ "position": "Earlier" }), "bcda"),
    ] {
        admin.post(&format!("{PATH}/{}/move", ids[at]), body.clone()).await.expect(200);
        assert_eq!(names(&admin).await.concat(), expected, "{body}");
    }
    let path = format!("{PATH}/{}/move", ids[0]);
    for body in [json!({}), json!({ "position": "Middle" }), json!({ "position": "First", "after": link(1) })] {
        admin.post(&path, body).await.expect(400);
    }
    admin.post(&path, json!({ "after": link(0).replace(&ids[0], "999") })).await.expect(404);
    admin.post(&format!("{PATH}/999/move"), json!({ "position": "First" })).await.expect(404);
}

/// The ids of the versions in a field.
async fn held(client: &Client, key: &str, field: &str) -> Vec<Value> {
    let issue = client.get(&format!("/rest/api/3/issue/{key}?fields={field}")).await.expect(200);
    let versions = issue["fields"][field].as_array().cloned().unwrap_or_default();
    versions.iter().map(|version| version["id"].clone()).collect()
}

#[tokio::test]
async fn replaces_a_deleted_version_everywhere() {
    let world = World::demo().await;
    let admin = world.admin();
    let (old, fix, affected, custom) = (
        version(&admin, "old").await,
        version(&admin, "fix").await,
        version(&admin, "affected").await,
        version(&admin, "custom").await,
    );
    let targets = "customfield_10041"; // Target versions
    let key = issue(
        &admin,
        json!({ "fixVersions": [{ "id": old }], "versions": [{ "id": old }], targets: [{ "id": old }, { "id": custom }] }),
    )
    .await;
    let path = format!("{PATH}/{old}");
    let counts = admin.get(&format!("{path}/relatedIssueCounts")).await.expect(200);
    assert_json_snapshot!("version_counts", world.portable(&counts));
    let unresolved = admin.get(&format!("{path}/unresolvedIssueCount")).await.expect(200);
    assert_eq!((&unresolved["issuesCount"], &unresolved["issuesUnresolvedCount"]), (&json!(1), &json!(1)));

    let swap = |body: Value| {
        let (path, admin) = (format!("{path}/removeAndSwap"), &admin);
        async move { admin.post(&path, body).await }
    };
    let errors = json!({ "moveFixIssuesTo": format!("Could not find version for id '{old}'") });
    swap(json!({ "moveFixIssuesTo": old })).await.refused(400, &[], errors);
    swap(json!({ "moveAffectedIssuesTo": 999 })).await.expect(400);
    swap(json!({ "customFieldReplacementList": [{ "customFieldId": 10041 }] })).await.expect(400);
    swap(json!({ "customFieldReplacementList": [{ "customFieldId": 10016, "moveTo": custom }] })).await.expect(400);
    let body = json!({
        "moveFixIssuesTo": fix.parse::<i64>().unwrap(), "moveAffectedIssuesTo": affected.parse::<i64>().unwrap(),
        "customFieldReplacementList": [{ "customFieldId": 10041, "moveTo": custom.parse::<i64>().unwrap() }],
    });
    swap(body).await.expect(204);
    assert_eq!(held(&admin, &key, "fixVersions").await, [fix]);
    assert_eq!(held(&admin, &key, "versions").await, [affected]);
    assert_eq!(held(&admin, &key, targets).await, [custom]);
    assert_json_snapshot!("version_replaced", newest_change(&admin, &key).await);
}

#[tokio::test]
async fn merges_and_deletes_versions() {
    let world = World::demo().await;
    let admin = world.admin();
    let (one, two, three) =
        (version(&admin, "one").await, version(&admin, "two").await, version(&admin, "three").await);
    let key = issue(&admin, json!({ "fixVersions": [{ "id": one }], "versions": [{ "id": three }] })).await;
    world.developer().put(&format!("{PATH}/{one}/mergeto/{two}"), json!({})).await.expect(401);
    admin.put(&format!("{PATH}/{one}/mergeto/{one}"), json!({})).await.expect(400);
    admin.put(&format!("{PATH}/{one}/mergeto/999"), json!({})).await.expect(404);
    admin.put(&format!("{PATH}/{one}/mergeto/{two}"), json!({})).await.expect(204);
    assert_eq!(held(&admin, &key, "fixVersions").await, [two]);
    world.developer().delete(&format!("{PATH}/{three}")).await.expect(401);
    admin.delete(&format!("{PATH}/{three}?moveAffectedIssuesTo=999")).await.expect(400);
    admin.delete(&format!("{PATH}/{three}")).await.expect(204);
    assert!(held(&admin, &key, "versions").await.is_empty());
    assert_eq!(names(&admin).await, ["two"]);
}

#[tokio::test]
async fn releasing_moves_unfixed_issues_on() {
    let world = World::demo().await;
    let admin = world.admin();
    let (now, next) = (version(&admin, "now").await, version(&admin, "next").await);
    let open = issue(&admin, json!({ "fixVersions": [{ "id": now }] })).await;
    let done = issue(&admin, json!({ "fixVersions": [{ "id": now }] })).await;
    let transitions = admin.get(&format!("/rest/api/3/issue/{done}/transitions")).await.expect(200);
    let finish = transitions["transitions"].as_array().unwrap().iter().find(|it| it["name"] == "Done").unwrap();
    let body = json!({ "transition": { "id": finish["id"] } });
    admin.post(&format!("/rest/api/3/issue/{done}/transitions"), body).await.expect(204);
    let path = format!("{PATH}/{now}");
    let bad = json!({ "released": true, "moveUnfixedIssuesTo": format!("{}{path}", world.url()) });
    admin.put(&path, bad).await.expect(400);
    assert_eq!(admin.get(&path).await.expect(200)["released"], false);
    let body = json!({ "released": true, "moveUnfixedIssuesTo": format!("{}{PATH}/{next}", world.url()) });
    admin.put(&path, body).await.expect(200);
    assert_eq!(held(&admin, &open, "fixVersions").await, [next]);
    assert_eq!(held(&admin, &done, "fixVersions").await, [now]);
}

#[tokio::test]
async fn refuses_bad_versions() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let id = version(&admin, "Taken").await;
    let taken = "A version with this name already exists in this project.";
    for (body, errors) in [
        (json!({ "project": "DEMO" }), json!({ "name": "You must specify a valid version name" })),
        (json!({ "project": "DEMO", "name": " " }), json!({ "name": "You must specify a valid version name" })),
        (json!({ "project": "DEMO", "name": "taken" }), json!({ "name": taken })),
        (
            json!({ "project": "DEMO", "name": "X", "releaseDate": "soon", "startDate": 5 }),
            json!({
                "startDate": "Please enter the date in the following format: yyyy-MM-dd",
                "releaseDate": "Please enter the date in the following format: yyyy-MM-dd",
            }),
        ),
        (
            json!({ "project": "DEMO", "name": "X", "startDate": "2026-02-01", "releaseDate": "2026-01-01" }),
            json!({ "startDate": "The start date must be before the release date." }),
        ),
        (
            json!({ "project": "DEMO", "name": "X".repeat(256), "description": "x".repeat(16_385), "driver": "nobody" }),
            json!({
                "name": "The version name must not exceed 255 characters in length.",
                "description": "The description must not exceed 16384 bytes.",
                "driver": "The user nobody does not exist.",
            }),
        ),
    ] {
        admin.post(PATH, body).await.refused(400, &[], errors);
    }
    admin.post(PATH, json!({ "name": "X" })).await.refused(
        400,
        &["Project must be specified to create a version."],
        json!({}),
    );
    admin.post(PATH, json!({ "projectId": 999, "name": "X" })).await.expect(404);
    developer.post(PATH, json!({ "project": "DEMO", "name": "X" })).await.expect(404);
    let sentence = "You must have global or project administrator rights in order to modify versions.";
    developer.put(&format!("{PATH}/{id}"), json!({ "name": "X" })).await.refused(400, &[sentence], json!({}));
    developer.post(&format!("{PATH}/{id}/removeAndSwap"), json!({})).await.expect(404);
    world.anonymous().get(&format!("{PATH}/{id}")).await.expect(404);
    for path in ["relatedIssueCounts", "unresolvedIssueCount", "relatedwork"] {
        admin.get(&format!("{PATH}/999/{path}")).await.expect(404);
    }
}

#[tokio::test]
async fn related_work() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = version(&admin, "1.0").await;
    let path = format!("{PATH}/{id}/relatedwork");
    assert_eq!(admin.get(&path).await.expect(200), json!([]));
    let made = admin
        .post(&path, json!({ "category": "Design", "title": "Plan", "url": "https://example.com/plan" }))
        .await
        .expect(201);
    assert_json_snapshot!("related_work", made, { ".relatedWorkId" => "[uuid]" });
    let mut body = made.clone();
    body["category"] = json!("Docs");
    let changed = admin.put(&path, body.clone()).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200), json!([changed]));
    for bad in [
        json!({}),
        json!({ "category": "Design" }),
        json!({ "category": "Design", "url": "example" }),
        json!({ "category": "", "url": "https://example.com" }),
    ] {
        admin.post(&path, bad.clone()).await.expect(400);
        admin.put(&path, bad).await.expect(400);
    }
    world.viewer().post(&path, json!({ "category": "Design", "url": "https://example.com" })).await.expect(403);
    admin.put(&format!("{PATH}/{id}"), json!({ "archived": true })).await.expect(200);
    admin.put(&path, body.clone()).await.expect(400);
    admin.put(&format!("{PATH}/{id}"), json!({ "archived": false })).await.expect(200);
    body["relatedWorkId"] = json!("00000000-0000-0000-0000-000000000000");
    admin.put(&path, body).await.expect(404);
    let link = format!("{path}/{}", made["relatedWorkId"].as_str().unwrap());
    world.viewer().delete(&link).await.expect(403);
    admin.delete(&link).await.expect(204);
    admin.delete(&link).await.expect(404);
    admin.delete(&format!("{path}/x")).await.expect(404);
}
