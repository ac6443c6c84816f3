//! Sprints in the field of issues that has them, and in queries.

use crate::{
    jql_fields::{find, strict},
    support::World,
};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const FIELD: &str = "customfield_10020";
const ISSUE: &str = "/rest/api/3/issue";

/// The ids of the sprints that an issue shows.
async fn sprints(client: &crate::support::Client, key: &str) -> Value {
    let issue = client.get(&format!("{ISSUE}/{key}?fields={FIELD}")).await.expect(200);
    issue["fields"][FIELD]
        .as_array()
        .map(|all| all.iter().map(|sprint| sprint["id"].clone()).collect::<Vec<_>>())
        .into()
}

#[tokio::test]
async fn an_issue_shows_its_sprints() {
    let world = World::demo().await;
    let developer = world.developer();
    for (key, name) in [("DEMO-2", "sprint_closed"), ("DEMO-3", "sprint_active"), ("DEMO-6", "sprint_future")] {
        let issue = developer.get(&format!("{ISSUE}/{key}?fields={FIELD}")).await.expect(200);
        let shown = &issue["fields"][FIELD];
        for time in ["startDate", "endDate", "completeDate"] {
            if let Some(text) = shown[0].get(time) {
                // In UTC, with milliseconds.
                assert!(text.as_str().is_some_and(|text| text.ends_with('Z') && text.len() == 24), "{text}");
            }
        }
        assert_json_snapshot!(name, shown, {
            "[].startDate" => "[time]", "[].endDate" => "[time]", "[].completeDate" => "[time]",
        });
    }
    let issue = developer.get(&format!("{ISSUE}/DEMO-7?fields={FIELD}")).await.expect(200);
    assert_eq!(issue["fields"], json!({ FIELD: null }));
}

#[tokio::test]
async fn an_issue_is_put_into_one_open_sprint() {
    let world = World::demo().await;
    let developer = world.developer();
    let put = async |key: &str, value: Value| {
        developer.put(&format!("{ISSUE}/{key}"), json!({ "fields": { FIELD: value } })).await
    };
    // G-19, G-20: another one takes the place of an open sprint, and stands beside one that is over.
    put("DEMO-3", json!(3)).await.expect(204);
    assert_eq!(sprints(&developer, "DEMO-3").await, json!([3]));
    put("DEMO-2", json!(2)).await.expect(204);
    assert_eq!(sprints(&developer, "DEMO-2").await, json!([1, 2]));
    put("DEMO-2", json!(2)).await.expect(204);
    put("DEMO-2", Value::Null).await.expect(204);
    assert_eq!(sprints(&developer, "DEMO-2").await, json!([1]));
    put("DEMO-3", Value::Null).await.expect(204);
    assert_eq!(sprints(&developer, "DEMO-3").await, Value::Null);
    // J-81: one item, with lists; doing nothing leaves no trace (J-57).
    let history = async |key: &str| {
        let log = developer.get(&format!("{ISSUE}/{key}/changelog")).await.expect(200);
        let items: Vec<Value> = log["values"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|entry| entry["items"].as_array().unwrap().clone())
            .collect();
        Value::from(items.into_iter().filter(|item| item["field"] == "Sprint").collect::<Vec<_>>())
    };
    assert_json_snapshot!("sprint_changes", [history("DEMO-2").await, history("DEMO-3").await]);

    let made = developer.create(json!({
        "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "planned", FIELD: 2,
    }));
    let key = made.await;
    assert_eq!(sprints(&developer, &key).await, json!([2]));
    assert_eq!(history(&key).await, json!([]));
    // G-18; a sprint of a board that the caller can't see is none.
    for bad in [json!(1), json!(99)] {
        let errors = json!({ FIELD: "Issue can be assigned only active or future sprints." });
        put("DEMO-3", bad).await.refused(400, &[], errors);
    }
    for bad in [json!("2"), json!([2]), json!({ "id": 2 }), json!(1.5)] {
        put("DEMO-3", bad).await.refused(400, &[], json!({ FIELD: "Number value expected as the Sprint id." }));
    }
    assert_eq!(sprints(&developer, "DEMO-3").await, Value::Null);
}

#[tokio::test]
async fn queries_know_sprints() {
    let world = World::demo().await;
    let developer = world.developer();
    for (jql, keys) in [
        ("sprint = 2 order by key", "DEMO-3 DEMO-4"),
        ("sprint = 'demo sprint 2' order by key", "DEMO-3 DEMO-4"),
        ("Sprint in ('DEMO Sprint 1', 3) order by key", "DEMO-2 DEMO-6"),
        ("cf[10020] in openSprints() order by key", "DEMO-3 DEMO-4"),
        ("sprint in closedSprints()", "DEMO-2"),
        ("sprint in futureSprints()", "DEMO-6"),
        ("project = DEMO and sprint not in openSprints() order by key", "DEMO-2 DEMO-6"),
        ("sprint is not EMPTY and sprint != 2 order by key", "DEMO-2 DEMO-6"),
        ("project = DEMO and sprint is EMPTY order by key", "DEMO-1 DEMO-5 DEMO-7 DEMO-8"),
        ("sprint is not empty order by sprint, key", "DEMO-2 DEMO-3 DEMO-4 DEMO-6"),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    let sentences = strict(&developer, "sprint = 9 and sprint = x").await;
    assert_eq!(
        sentences,
        [
            "A value with ID '9' does not exist for the field 'sprint'.",
            "The value 'x' does not exist for the field 'sprint'."
        ]
    );
    // Who does not see the board's project does not know its sprints.
    assert_eq!(strict(&world.anonymous(), "cf[10020] in openSprints()").await, Vec::<String>::new());
    assert_eq!(find(&world.anonymous(), "cf[10020] in openSprints()").await, "");
    assert_eq!(strict(&world.anonymous(), "cf[10020] = 2").await.len(), 1);
}

const SPRINT: &str = "/rest/agile/1.0/sprint";

#[tokio::test]
async fn a_sprint_lives_from_future_to_closed() {
    let world = World::demo().await;
    let admin = world.admin();
    world.change(json!({ "clock": { "freezeAt": "2030-01-10T10:00:00Z" } })).await;
    let new = json!({
        "name": "  Winter ", "originBoardId": 1, "goal": "Rest",
        "startDate": "2030-01-01T09:00:00.000+01:00", "endDate": "2030-01-15T09:00:00.000+01:00",
    });
    let made = admin.post(SPRINT, new).await.expect(201);
    assert_json_snapshot!("sprint_made", world.portable(&made));
    let path = format!("{SPRINT}/{}", made["id"]);
    assert_eq!(admin.get(&path).await.expect(200), made);
    assert_eq!(find(&admin, "sprint = Winter").await, "");
    let key = "DEMO-7";
    admin.put(&format!("{ISSUE}/{key}"), json!({ "fields": { FIELD: made["id"] } })).await.expect(204);

    // G-16: one at a time; G-14.
    let sentence = "A sprint of this board is active: it must be completed before another one is started.";
    admin.post(&path, json!({ "state": "active" })).await.refused(400, &[], json!({ "state": sentence }));
    let closed = admin.post(&format!("{SPRINT}/2"), json!({ "state": "closed" })).await.expect(200);
    assert_eq!((&closed["state"], &closed["completeDate"]), (&json!("closed"), &json!("2030-01-10T10:00:00.000Z")));
    assert_eq!(find(&admin, "sprint in openSprints()").await, "");
    assert_eq!(find(&admin, "sprint in closedSprints() and sprint = 2 order by key").await, "DEMO-3 DEMO-4");
    let mut body = admin.post(&path, json!({ "state": "active" })).await.expect(200);
    assert_eq!(find(&admin, "sprint in openSprints()").await, key);
    // What is read can be sent back; G-13.
    body["name"] = json!("Spring");
    body.as_object_mut().unwrap().remove("goal");
    let changed = admin.put(&path, body.clone()).await.expect(200);
    assert_eq!((&changed["name"], changed.get("goal")), (&json!("Spring"), None));
    for (bad, field) in [
        (json!({ "state": "future" }), "state"),
        (json!({ "state": "over" }), "state"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(31) }), "name"),
        (json!({ "endDate": "2020-01-01T00:00:00.000Z" }), "endDate"),
        (json!({ "startDate": "soon" }), "startDate"),
    ] {
        let refused = admin.post(&path, bad.clone()).await.expect(400);
        assert!(refused["errors"][field].is_string() && refused["errors"].as_object().unwrap().len() == 1, "{bad}");
    }
    admin.put(&path, json!({ "name": "Spring" })).await.expect(400);
    admin.post(&path, json!({ "universe": 1 })).await.expect(400);
    assert_eq!(admin.get(&path).await.expect(200), changed);
    // G-15
    let renamed = admin.post(&format!("{SPRINT}/2"), json!({ "name": "Old", "endDate": "nonsense" })).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["endDate"]), (&json!("Old"), &closed["endDate"]));
    // G-18
    let closed = json!({ FIELD: "Issue can be assigned only active or future sprints." });
    let into = json!({ "fields": { FIELD: 2 } });
    admin.put(&format!("{ISSUE}/{key}"), into).await.refused(400, &[], closed);

    // G-17
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
    assert_eq!(sprints(&admin, key).await, Value::Null);
    let log = admin.get(&format!("{ISSUE}/{key}/changelog")).await.expect(200);
    let last = log["values"].as_array().unwrap().last().unwrap()["items"][0].clone();
    assert_eq!(
        (&last["field"], &last["fromString"], &last["toString"]),
        (&json!("Sprint"), &json!("Spring"), &json!(""))
    );
    assert_eq!(strict(&admin, &format!("sprint = {}", made["id"])).await.len(), 1);
}

#[tokio::test]
async fn sprints_are_managed_by_those_who_may() {
    let world = World::demo().await;
    let (developer, viewer, anonymous) = (world.developer(), world.viewer(), world.anonymous());
    let new = json!({ "name": "Mine", "originBoardId": 1 });
    world.admin().post(SPRINT, new.clone()).await.expect(201);
    assert_eq!(viewer.get(&format!("{SPRINT}/2")).await.expect(200)["name"], "DEMO Sprint 2");
    let sentence = "You do not have permission to manage sprints on this board.";
    viewer.post(SPRINT, new.clone()).await.refused(403, &[sentence], json!({}));
    viewer.post(&format!("{SPRINT}/2"), json!({ "name": "x" })).await.refused(403, &[sentence], json!({}));
    viewer.delete(&format!("{SPRINT}/2")).await.refused(403, &[sentence], json!({}));
    assert_eq!(anonymous.delete(&format!("{SPRINT}/2")).await.status, 401);
    let hidden = "The requested sprint cannot be viewed because it either does not exist or you do not have permission to view it.";
    for missing in ["99", "x"] {
        world.admin().get(&format!("{SPRINT}/{missing}")).await.refused(404, &[hidden], json!({}));
    }
    developer.post(SPRINT, json!({ "name": "Mine", "originBoardId": 99 })).await.expect(404);
    let required = json!({ "originBoardId": "The origin board of a sprint is required." });
    developer.post(SPRINT, json!({ "name": "Mine" })).await.refused(400, &[], required);
    let required = json!({ "name": "The sprint name is required." });
    world.admin().post(SPRINT, json!({ "originBoardId": 1 })).await.refused(400, &[], required);
}
