//! Statuses as administrators manage them.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const STATUSES: &str = "/rest/api/3/statuses";
const REFUSAL: &str = "You do not have permission to manage statuses.";

fn global(statuses: Value) -> Value {
    json!({ "scope": { "type": "GLOBAL" }, "statuses": statuses })
}

#[tokio::test]
async fn a_status_lives_from_creation_to_deletion() {
    let world = World::empty().await;
    let admin = world.admin();
    let made = global(json!([
        { "name": "Waiting", "description": "For somebody.", "statusCategory": "IN_PROGRESS" },
        { "name": "Parked", "statusCategory": "TODO" },
    ]));
    let made = admin.post(STATUSES, made).await.expect(200);
    assert_json_snapshot!(made, { "[].id" => "[id]" });
    let id = made[0]["id"].as_str().unwrap();
    let change = json!({ "statuses": [{ "id": id, "name": "Blocked", "statusCategory": "TODO" }] });
    admin.put(STATUSES, change).await.expect(204);
    let changed = admin.get(&format!("{STATUSES}?id={id}")).await.expect(200);
    assert_eq!((&changed[0]["name"], &changed[0]["statusCategory"]), (&json!("Blocked"), &json!("TODO")));
    assert_eq!(changed[0]["description"], "For somebody.");
    let both = format!("{STATUSES}?id={id}&id={}", made[1]["id"].as_str().unwrap());
    admin.delete(&both).await.expect(204);
    assert_eq!(admin.get(&both).await.expect(200), json!([]));
    admin.delete(&both).await.expect(400);
}

#[tokio::test]
async fn statuses_of_workflows_stay() {
    let world = World::demo().await;
    let admin = world.admin();
    let sentence = ["The status 'In Progress' is used by a workflow and can't be deleted."];
    admin.delete(&format!("{STATUSES}?id=3")).await.refused(400, &sentence, json!({}));
    let usages = admin.get(&format!("{STATUSES}/10000/projectUsages")).await.expect(200);
    let demo = admin.project_id("DEMO").await.to_string();
    assert!(usages["projects"]["values"].as_array().unwrap().contains(&json!({ "id": demo })));
    let types = admin.get(&format!("{STATUSES}/10000/project/{demo}/issueTypeUsages?maxResults=3")).await.expect(200);
    assert_eq!((&types["statusId"], &types["projectId"]), (&json!("10000"), &json!(demo)));
    assert_eq!(types["issueTypes"]["values"], json!([{ "id": "10000" }, { "id": "10001" }, { "id": "10002" }]));
    let token = types["issueTypes"]["nextPageToken"].as_str().unwrap();
    let rest = format!("{STATUSES}/10000/project/{demo}/issueTypeUsages?maxResults=3&nextPageToken={token}");
    let rest = admin.get(&rest).await.expect(200);
    assert_eq!(rest["issueTypes"], json!({ "values": [{ "id": "10004" }, { "id": "10003" }] }));
    let workflows = admin.get(&format!("{STATUSES}/4/workflowUsages")).await.expect(200);
    assert_eq!(workflows["workflows"]["values"], json!([{ "id": "classic default workflow" }, { "id": "jira" }]));
    for path in ["projectUsages", "workflowUsages"] {
        admin.get(&format!("{STATUSES}/99/{path}")).await.expect(404);
        admin.get(&format!("{STATUSES}/3/{path}?nextPageToken=x")).await.refused(
            400,
            &["Invalid format of nextPageToken"],
            json!({}),
        );
        admin.get(&format!("{STATUSES}/3/{path}?maxResults=201")).await.expect(400);
        world.developer().get(&format!("{STATUSES}/3/{path}")).await.expect(401);
    }
    admin.get(&format!("{STATUSES}/3/project/1/issueTypeUsages")).await.expect(404);
}

#[tokio::test]
async fn team_managed_projects_have_statuses_of_their_own() {
    let world = World::demo().await;
    let admin = world.admin();
    let (team, demo) = (admin.project_id("TEAM").await.to_string(), admin.project_id("DEMO").await.to_string());
    let scoped = |id: &str| {
        json!({
            "scope": { "type": "PROJECT", "project": { "id": id } },
            "statuses": [{ "name": "Waiting", "statusCategory": "DONE" }],
        })
    };
    let made = admin.post(STATUSES, scoped(&team)).await.expect(200);
    assert_eq!(made[0]["scope"], json!({ "type": "PROJECT", "project": { "id": team } }));
    admin.post(STATUSES, scoped(&team)).await.refused(
        400,
        &["The status name 'Waiting' is already in use."],
        json!({}),
    );
    admin.post(STATUSES, scoped(&demo)).await.expect(400);
    admin.post(STATUSES, scoped("1")).await.expect(400);
    // The name is free for all other projects.
    let shared = global(json!([{ "name": "Waiting", "statusCategory": "DONE" }]));
    admin.post(STATUSES, shared).await.expect(200);
}

#[tokio::test]
async fn refuses_bad_statuses() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let good = global(json!([{ "name": "Waiting", "statusCategory": "DONE" }]));
    developer.post(STATUSES, good.clone()).await.refused(401, &[REFUSAL], json!({}));
    developer.put(STATUSES, json!({ "statuses": [] })).await.refused(401, &[REFUSAL], json!({}));
    developer.delete(&format!("{STATUSES}?id=1")).await.refused(401, &[REFUSAL], json!({}));
    assert_eq!(world.anonymous().post(STATUSES, good).await.status, 401);
    let bad = global(json!([
        { "name": "x".repeat(256), "statusCategory": "DONE" },
        { "name": "in progress", "statusCategory": "UNDEFINED" },
        { "name": "Twice", "statusCategory": "DONE" },
        { "name": "twice", "statusCategory": "DONE" },
        {},
    ]));
    assert_json_snapshot!("statuses_refused", admin.post(STATUSES, bad).await.expect(400));
    for body in [
        json!({}),
        global(json!([])),
        json!({ "scope": { "type": "PROJECT" }, "statuses": [{ "name": "x", "statusCategory": "DONE" }] }),
        json!({ "scope": { "type": "ALL" }, "statuses": [{ "name": "x", "statusCategory": "DONE" }] }),
    ] {
        admin.post(STATUSES, body).await.expect(400);
    }
    let many: Vec<Value> = (0..51).map(|at| json!({ "name": format!("s{at}"), "statusCategory": "DONE" })).collect();
    admin.post(STATUSES, global(many.into())).await.expect(400);
    let change = json!({ "statuses": [{ "id": "99", "name": "x", "statusCategory": "DONE" }] });
    admin.put(STATUSES, change).await.refused(400, &["The status with id 99 was not found."], json!({}));
    let taken = json!({ "statuses": [{ "id": "3", "name": "done", "statusCategory": "DONE" }] });
    admin.put(STATUSES, taken).await.refused(400, &["The status name 'done' is already in use."], json!({}));
    // Names may change places.
    let swapped = json!({ "statuses": [
        { "id": "10000", "name": "Done", "statusCategory": "TODO" },
        { "id": "10001", "name": "To Do", "statusCategory": "DONE" },
    ] });
    admin.put(STATUSES, swapped).await.expect(204);
    admin.delete(STATUSES).await.expect(400);
}
