//! Workflows as callers meet them.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const ISSUE: &str = "/rest/api/3/issue/DEMO-7";

async fn status(client: &crate::support::Client, path: &str) -> Value {
    client.get(&format!("{path}?fields=status,resolution,resolutiondate")).await.expect(200)["fields"].clone()
}

#[tokio::test]
async fn a_simplified_workflow_leads_everywhere() {
    let world = World::demo().await;
    let developer = world.developer();
    let offered = developer.get(&format!("{ISSUE}/transitions")).await.expect(200);
    assert_json_snapshot!(offered, { ".**.self" => "[self]", ".**.iconUrl" => "[icon]" });
    developer.post(&format!("{ISSUE}/transitions"), json!({ "transition": { "id": "31" } })).await.expect(204);
    let done = status(&developer, ISSUE).await;
    assert_eq!(done["status"]["name"], "Done");
    assert_eq!(done["resolution"]["name"], "Done"); // J-76
    assert!(done["resolutiondate"].is_string());
    developer.post(&format!("{ISSUE}/transitions"), json!({ "transition": { "id": 11 } })).await.expect(204);
    let reopened = status(&developer, ISSUE).await;
    assert_eq!((&reopened["resolution"], &reopened["resolutiondate"]), (&Value::Null, &Value::Null));
    // The changelog tells both (J-81).
    let changes = developer.get(&format!("{ISSUE}/changelog")).await.expect(200);
    assert_json_snapshot!(
        changes["values"].as_array().unwrap().iter().map(|entry| &entry["items"]).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn refuses_transitions_that_do_not_lead_on() {
    let world = World::demo().await;
    let developer = world.developer();
    let path = format!("{ISSUE}/transitions");
    developer.post(&path, json!({})).await.refused(400, &["Missing 'transition' identifier"], json!({})); // J-72
    let reply = developer.post(&path, json!({ "transition": { "id": "999" } })).await;
    reply.refused(400, &["Transition id '999' is not valid for this issue."], json!({}));
    // A reader is offered none, and can take none (J-70).
    let viewer = world.viewer();
    assert_eq!(viewer.get(&path).await.expect(200)["transitions"], json!([]));
    viewer.post(&path, json!({ "transition": { "id": "31" } })).await.expect(400);
    assert_eq!(developer.get(&format!("{path}?transitionId=999")).await.expect(200)["transitions"], json!([]));
    developer.get("/rest/api/3/issue/NOPE-1/transitions").await.expect(404);
    // Without a screen nothing but a comment can be set (J-75, J-8).
    let reply = developer
        .post(&path, json!({ "transition": { "id": "31" }, "fields": { "resolution": { "name": "Done" } } }))
        .await;
    let sentence = "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.";
    reply.refused(400, &[], json!({ "resolution": sentence }));
    let body = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "So be it" }] }] });
    let with_comment = json!({ "transition": { "id": "31" }, "update": { "comment": [{ "add": { "body": body } }] } });
    developer.post(&path, with_comment).await.expect(204);
    assert_eq!(developer.get(&format!("{ISSUE}/comment")).await.expect(200)["total"], 1);
}

#[tokio::test]
async fn a_team_managed_project_resolves_what_is_done() {
    let world = World::demo().await;
    let developer = world.developer();
    let fields = status(&developer, "/rest/api/3/issue/TEAM-3").await;
    assert_eq!(fields["resolution"]["name"], "Done");
    developer.post("/rest/api/3/issue/TEAM-3/transitions", json!({ "transition": { "id": "21" } })).await.expect(204);
    assert_eq!(status(&developer, "/rest/api/3/issue/TEAM-3").await["resolution"], Value::Null);
}
