//! Priorities and their schemes: changing them, and what that does to issues.

use crate::support::{Client, World, names};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const PRIORITY: &str = "/rest/api/3/priority";
const SCHEME: &str = "/rest/api/3/priorityscheme";
const ADMINISTRATORS: &str = "You are not authorized to perform this action. Administrator privileges are required.";

fn new(name: &str) -> Value {
    json!({ "name": name, "description": "", "iconUrl": "/images/icons/priorities/major.png", "statusColor": "#abc" })
}

async fn make(admin: &Client, name: &str) -> i64 {
    let made = admin.post(PRIORITY, new(name)).await.expect(201);
    made["id"].as_str().unwrap().parse().unwrap()
}

async fn priority_of(client: &Client, key: &str) -> Value {
    let issue = client.get(&format!("/rest/api/3/issue/{key}?fields=priority")).await.expect(200);
    issue["fields"]["priority"]["name"].clone()
}

#[tokio::test]
async fn a_priority_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = make(&admin, "Urgent").await;
    let path = format!("{PRIORITY}/{id}");
    assert_json_snapshot!(world.portable(&admin.get(&path).await.expect(200)));
    let change = json!({ "name": "Very urgent", "avatarId": 10551, "statusColor": "#AABBCC" });
    admin.put(&path, change).await.expect(204);
    let changed = admin.get(&path).await.expect(200);
    assert_eq!((&changed["name"], &changed["avatarId"]), (&json!("Very urgent"), &json!(10551)));
    let developer = world.developer();
    let key = developer.create(json!({
        "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x", "priority": { "name": "Very urgent" }
    }));
    let key = key.await;
    let see = admin.delete(&format!("{path}?replaceWith=2")).await;
    assert_eq!(admin.task(&see).await["status"], "COMPLETE");
    assert_eq!(priority_of(&admin, &key).await, "High");
    let history = admin.get(&format!("/rest/api/3/issue/{key}/changelog")).await.expect(200);
    assert_json_snapshot!("priority_replaced", history["values"][0]["items"], { "[0].from" => "[id]" });
    admin.get(&path).await.expect(404);
    admin.delete(&path).await.refused(404, &[format!("Priority with ID {id} not found.").as_str()], json!({}));
}

#[tokio::test]
async fn without_a_replacement_issues_get_their_projects_default() {
    let world = World::demo().await;
    let admin = world.admin();
    assert_eq!(priority_of(&admin, "DEMO-1").await, "High");
    admin.task(&admin.delete(&format!("{PRIORITY}/2")).await).await;
    assert_eq!(priority_of(&admin, "DEMO-1").await, "Medium");
    // The default itself: what it is replaced with is the new one.
    admin.task(&admin.delete(&format!("{PRIORITY}/3?newPriority=4")).await).await;
    assert_eq!(priority_of(&admin, "DEMO-1").await, "Low");
    let page = admin.get(&format!("{PRIORITY}/search?onlyDefault=true")).await.expect(200);
    assert_eq!(names(&page["values"]), ["Low"]);
}

#[tokio::test]
async fn the_default_and_the_order_can_be_chosen() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.put(&format!("{PRIORITY}/default"), json!({ "id": "5" })).await.expect(204);
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" });
    assert_eq!(priority_of(&admin, &admin.create(fields.clone()).await).await, "Lowest");
    admin.put(&format!("{PRIORITY}/default"), json!({ "id": null })).await.expect(204);
    assert_eq!(priority_of(&admin, &admin.create(fields).await).await, Value::Null);
    admin.put(&format!("{PRIORITY}/default"), json!({})).await.refused(400, &["The id has to be provided."], json!({}));
    let missing = ["Priority with ID 99 not found."];
    admin.put(&format!("{PRIORITY}/default"), json!({ "id": "99" })).await.refused(404, &missing, json!({}));

    let move_path = format!("{PRIORITY}/move");
    admin.put(&move_path, json!({ "ids": ["5", "4"], "after": "1" })).await.expect(204);
    let all = admin.get(PRIORITY).await.expect(200);
    assert_eq!(names(&all), ["Highest", "Lowest", "Low", "High", "Medium"]);
    admin.put(&move_path, json!({ "ids": ["3"], "position": "First" })).await.expect(204);
    assert_eq!(names(&admin.get(PRIORITY).await.expect(200))[0], "Medium");
    admin.put(&move_path, json!({ "ids": ["99"], "position": "First" })).await.refused(404, &missing, json!({}));
    for body in [json!({ "ids": [] }), json!({ "ids": ["1"] }), json!({ "ids": ["1", "1"], "after": "2" })] {
        admin.put(&move_path, body).await.expect(400);
    }
    let many: Vec<String> = (0..1001).map(|id| id.to_string()).collect();
    let sentence = ["The ids must contain no more than 1,000 items."];
    admin.put(&move_path, json!({ "ids": many, "position": "Last" })).await.refused(400, &sentence, json!({}));
}

#[tokio::test]
async fn changes_at_once_come_one_after_the_other() {
    let world = World::empty().await;
    let admin = world.admin();
    let same = futures::future::join_all((0..5).map(|_| admin.post(PRIORITY, new("Same")))).await;
    let made = same.iter().filter(|reply| reply.status == 201).count();
    assert_eq!((made, same.iter().filter(|reply| reply.status == 400).count()), (1, 4));
    let names: Vec<String> = (0..5).map(|at| format!("Other {at}")).collect();
    for reply in futures::future::join_all(names.iter().map(|name| admin.post(PRIORITY, new(name)))).await {
        reply.expect(201);
    }
    // The default scheme has them all.
    let page = admin.get(&format!("{SCHEME}/1/priorities")).await.expect(200);
    assert_eq!(page["total"], 11);
}

#[tokio::test]
async fn refuses_bad_priorities() {
    let world = World::empty().await;
    let (admin, developer) = (world.admin(), world.developer());
    developer.post(PRIORITY, new("x")).await.refused(403, &[ADMINISTRATORS], json!({}));
    developer.put(&format!("{PRIORITY}/1"), new("x")).await.refused(403, &[ADMINISTRATORS], json!({}));
    developer.delete(&format!("{PRIORITY}/1")).await.refused(403, &[ADMINISTRATORS], json!({}));
    assert_eq!(world.anonymous().post(PRIORITY, new("x")).await.status, 401);
    let refused = admin
        .post(PRIORITY, json!({ "name": "highest", "description": "x".repeat(256), "statusColor": "red", "iconUrl": "x", "avatarId": 1 }))
        .await;
    assert_json_snapshot!("priority_refused", refused.expect(400));
    let sentences = [
        "The name has to be provided.",
        "The statusColor has to be provided.",
        "Either the iconUrl or the avatarId has to be provided.",
    ];
    admin.post(PRIORITY, json!({})).await.refused(400, &sentences, json!({}));
    let long = ["The length of the name must not exceed 60 characters."];
    admin.post(PRIORITY, new(&"x".repeat(61))).await.refused(400, &long, json!({}));
    admin.post(PRIORITY, json!({ "name": [] })).await.expect(400);
    admin.put(&format!("{PRIORITY}/1"), json!({})).await.expect(400);
    admin.put(&format!("{PRIORITY}/99"), new("x")).await.expect(404);
    admin.put(&format!("{PRIORITY}/1"), json!({ "name": "Highest" })).await.expect(204);
    admin.delete(&format!("{PRIORITY}/1?replaceWith=1")).await.expect(400);
    admin.delete(&format!("{PRIORITY}/1?replaceWith=99")).await.expect(404);
}

#[tokio::test]
async fn a_scheme_decides_what_issues_can_have() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let demo = admin.project_id("DEMO").await;
    let (high, calm) = (2, make(&admin, "Calm").await);
    let scheme = json!({ "name": "Few", "priorityIds": [high, calm], "defaultPriorityId": calm, "projectIds": [demo] });
    let needed = "The changes to priority schemes require mapping of priorities. Please provide a value for the 'in' mappings object.";
    admin.post(SCHEME, scheme.clone()).await.refused(400, &[needed], json!({}));
    let plan = json!({ "priorities": { "add": [high, calm] }, "projects": { "add": [demo] } });
    let suggested = admin.post(&format!("{SCHEME}/mappings"), plan).await.expect(200);
    assert_eq!(names(&suggested["values"]), ["Highest", "Medium", "Low", "Lowest"]);
    let mut mapped = scheme;
    mapped["mappings"] = json!({ "in": { "1": high, "3": calm, "4": calm, "5": calm } });
    let made = admin.post(SCHEME, mapped).await.expect(202);
    let task = admin.ended(made["task"]["self"].as_str().unwrap()).await;
    assert_eq!((&task["status"], &task["progress"]), (&json!("COMPLETE"), &json!(100)));
    assert_eq!(priority_of(&admin, "DEMO-4").await, "High");
    assert_eq!(priority_of(&admin, "DEMO-8").await, "Calm");
    assert_eq!(priority_of(&admin, "OPS-2").await, "High");

    // New issues, edits and their metadata follow it.
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" });
    assert_eq!(priority_of(&admin, &developer.create(fields.clone()).await).await, "Calm");
    let medium = json!({ "fields": { "priority": { "name": "Medium" } } });
    let sentence = json!({ "priority": "Priority name 'Medium' is not valid" });
    developer.put("/rest/api/3/issue/DEMO-4", medium.clone()).await.refused(400, &[], sentence);
    developer.put("/rest/api/3/issue/OPS-2", medium).await.expect(204);
    let meta = developer.get("/rest/api/3/issue/createmeta/DEMO/issuetypes/10002").await.expect(200);
    let field = meta["fields"].as_array().unwrap().iter().find(|field| field["fieldId"] == "priority").unwrap();
    assert_eq!(names(&field["allowedValues"]), ["High", "Calm"]);
    assert_eq!(field["defaultValue"]["name"], "Calm");
    let page = developer.get(&format!("{PRIORITY}/search?projectId={demo}&expand=schemes")).await.expect(200);
    assert_eq!(names(&page["values"]), ["High", "Calm"]);
    assert_eq!(names(&page["values"][1]["schemes"]["values"]), ["Default Priority Scheme", "Few"]);

    // Back to the default scheme; its priorities include the others.
    let id = made["id"].as_str().unwrap();
    let path = format!("{SCHEME}/{id}");
    admin.delete(&path).await.expect(400);
    let back = json!({ "projects": { "remove": { "ids": [demo] } } });
    let changed = admin.put(&path, back).await.expect(202);
    assert_eq!(changed["task"], Value::Null);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(400);
    assert_eq!(priority_of(&admin, &developer.create(fields).await).await, "Medium");
}

#[tokio::test]
async fn schemes_can_be_found() {
    let world = World::demo().await;
    let admin = world.admin();
    let made =
        admin.post(SCHEME, json!({ "name": "All", "description": "d", "priorityIds": [1, 3], "defaultPriorityId": 3 }));
    let id = made.await.expect(201)["id"].as_str().unwrap().to_owned();
    let page = admin.get(&format!("{SCHEME}?schemeName=default&expand=priorities,projects")).await.expect(200);
    assert_json_snapshot!("priority_scheme", world.portable(&page["values"][0]), {
        ".projects.values[].id" => "[id]", ".projects.values[].self" => "[self]", ".projects.values[].avatarUrls" => "[avatars]",
    });
    for (query, expected) in [
        ("", vec!["All", "Default Priority Scheme"]),
        ("?orderBy=-name", vec!["Default Priority Scheme", "All"]),
        ("?priorityId=2&priorityId=4", vec!["Default Priority Scheme"]),
        ("?onlyDefault=true", vec!["Default Priority Scheme"]),
        (&format!("?schemeId={id}"), vec!["All"]),
        ("?startAt=1&maxResults=1", vec!["Default Priority Scheme"]),
    ] {
        let page = admin.get(&format!("{SCHEME}{query}")).await.expect(200);
        assert_eq!(names(&page["values"]), expected, "{query}");
    }
    admin.get(&format!("{SCHEME}?orderBy=id")).await.expect(400);
    let page = admin.get(&format!("{SCHEME}/{id}/priorities")).await.expect(200);
    assert_json_snapshot!("priorities_of_scheme", world.portable(&page["values"][1]));
    let available = format!("{SCHEME}/priorities/available?schemeId={id}");
    let page = admin.get(&format!("{available}&query=o&exclude=5")).await.expect(200);
    assert_eq!(names(&page["values"]), ["Low"]);
    admin.get(&format!("{SCHEME}/priorities/available")).await.expect(400);
    let page = admin.get(&format!("{SCHEME}/1/projects?query=op")).await.expect(200);
    assert_eq!(names(&page["values"]), ["Operations"]);
    assert_eq!(admin.get(&format!("{SCHEME}/{id}/projects")).await.expect(200)["total"], 0);
    admin.get(&format!("{SCHEME}/99/projects")).await.expect(400);
    admin.get(&format!("{SCHEME}/x/priorities")).await.expect(400);
    let developer = world.developer();
    for path in ["", "/1/projects", "/1/priorities", "/priorities/available?schemeId=1"] {
        developer.get(&format!("{SCHEME}{path}")).await.refused(401, &[ADMINISTRATORS], json!({}));
    }
    developer.post(&format!("{SCHEME}/mappings"), json!({})).await.expect(401);
}

#[tokio::test]
async fn priorities_that_leave_a_scheme_are_mapped() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = format!("{SCHEME}/1");
    let change = json!({ "priorities": { "remove": { "ids": [1, 2] } } });
    let plan = json!({ "schemeId": 1, "priorities": { "remove": [1, 2] } });
    let suggested = admin.post(&format!("{SCHEME}/mappings"), plan).await.expect(200);
    assert_eq!(names(&suggested["values"]), ["Highest", "High"]);
    let mut wrong = change.clone();
    wrong["mappings"] = json!({ "in": { "1": 2, "4": 77, "88": 3 } });
    assert_json_snapshot!("mapping_refused", admin.put(&path, wrong).await.expect(400));
    let mut right = change;
    right["mappings"] = json!({ "in": { "1": 3, "2": 4 } });
    let changed = admin.put(&path, right).await.expect(202);
    admin.ended(changed["task"]["self"].as_str().unwrap()).await;
    assert_eq!(priority_of(&admin, "DEMO-4").await, "Medium");
    assert_eq!(priority_of(&admin, "OPS-2").await, "Low");
    // Priorities are still there, for other schemes.
    assert_eq!(names(&admin.get(PRIORITY).await.expect(200)).len(), 5);
}

#[tokio::test]
async fn refuses_bad_schemes() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let good = json!({ "name": "A", "priorityIds": [1], "defaultPriorityId": 1 });
    developer.post(SCHEME, good.clone()).await.refused(403, &[ADMINISTRATORS], json!({}));
    developer.put(&format!("{SCHEME}/1"), json!({})).await.expect(403);
    developer.delete(&format!("{SCHEME}/1")).await.expect(403);
    admin.post(SCHEME, good).await.expect(201);
    admin.post(SCHEME, json!({ "name": "a", "priorityIds": [1], "defaultPriorityId": 1 })).await.refused(
        400,
        &["The name is used by another scheme."],
        json!({}),
    );
    let bad = json!({ "name": " ", "description": "x".repeat(4001), "priorityIds": [99], "defaultPriorityId": 1, "projectIds": [1] });
    assert_json_snapshot!("priority_scheme_refused", admin.post(SCHEME, bad).await.expect(400));
    for body in [json!({}), json!({ "name": "B", "priorityIds": [], "defaultPriorityId": 1 }), json!({ "no": 1 })] {
        admin.post(SCHEME, body).await.expect(400);
    }
    admin.put(&format!("{SCHEME}/99"), json!({ "name": "B" })).await.expect(400);
    admin.put(&format!("{SCHEME}/1"), json!({ "defaultPriorityId": 99 })).await.expect(400);
    admin.put(&format!("{SCHEME}/1"), json!({ "priorities": { "remove": { "ids": [99] } } })).await.expect(400);
    let demo = admin.project_id("DEMO").await;
    admin.put(&format!("{SCHEME}/1"), json!({ "projects": { "remove": { "ids": [demo] } } })).await.expect(400);
    admin.delete(&format!("{SCHEME}/1")).await.refused(
        400,
        &["The default priority scheme can't be deleted."],
        json!({}),
    );
    // The only priority of a scheme can't be deleted.
    admin.delete(&format!("{PRIORITY}/1")).await.expect(400);
}
