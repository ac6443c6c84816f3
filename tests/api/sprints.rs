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
