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

/// The shipped workflow of old has what simplified ones lack: steps from certain statuses only, conditions,
/// validators and screens.
#[tokio::test]
async fn a_directed_workflow_asks_and_refuses() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let project = json!({ "key": "OLD", "name": "Old", "projectTypeKey": "business", "workflowScheme": 10000 });
    admin.post("/rest/api/3/project", project).await.expect(201);
    let fields = json!({ "project": { "key": "OLD" }, "issuetype": { "name": "Task" }, "summary": "Step by step" });
    let key = developer.create(fields).await;
    let (issue, path) = (format!("/rest/api/3/issue/{key}"), format!("/rest/api/3/issue/{key}/transitions"));
    let offered = async |query: &str| {
        let answer = developer.get(&format!("{path}{query}")).await.expect(200);
        let steps = answer["transitions"].as_array().unwrap().iter();
        steps.map(|step| (step["name"].as_str().unwrap().to_owned(), step["isAvailable"] == true)).collect::<Vec<_>>()
    };
    let take = async |id: &str, fields: Value| {
        developer.post(&path, json!({ "transition": { "id": id }, "fields": fields })).await
    };
    let named = |steps: &[(&str, bool)]| steps.iter().map(|(name, on)| ((*name).to_owned(), *on)).collect::<Vec<_>>();

    // Work is begun by the assignee only.
    assert_eq!(offered("").await, named(&[("Resolve Issue", true), ("Close Issue", true)]));
    let all = offered("?includeUnavailableTransitions=true").await; // J-71
    assert_eq!(all, named(&[("Start Progress", false), ("Resolve Issue", true), ("Close Issue", true)]));
    take("4", json!({})).await.refused(400, &["Transition id '4' is not valid for this issue."], json!({}));
    let me = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    developer.put(&format!("{issue}/assignee"), json!({ "accountId": me })).await.expect(204);
    take("4", json!({})).await.expect(204);
    let working = named(&[("Resolve Issue", true), ("Stop Progress", true), ("Close Issue", true)]);
    assert_eq!(offered("").await, working);

    // The screen asks for a resolution, and takes nothing that is not on it.
    let screen = developer.get(&format!("{path}?transitionId=5&expand=transitions.fields")).await.expect(200);
    let step = &screen["transitions"][0];
    assert_eq!(
        (&step["hasScreen"], &step["isConditional"], &step["isGlobal"]),
        (&true.into(), &true.into(), &false.into())
    );
    let asked: Vec<(&str, bool)> = step["fields"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, field)| (id.as_str(), field["required"] == true))
        .collect();
    assert_eq!(asked, [("comment", false), ("resolution", true), ("fixVersions", false), ("assignee", false)]);
    let required = "Resolution is required."; // J-7, J-73
    take("5", json!({})).await.refused(400, &[], json!({ "resolution": required }));
    take("5", json!({ "resolution": null })).await.refused(400, &[], json!({ "resolution": required }));
    let off_screen = "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.";
    take("5", json!({ "summary": "x" })).await.refused(
        400,
        &[],
        json!({ "summary": off_screen, "resolution": required }),
    );
    let duplicate = json!({ "resolution": { "name": "Duplicate" }, "assignee": null });
    take("5", duplicate).await.expect(204); // J-75
    let resolved =
        developer.get(&format!("{issue}?fields=status,resolution,assignee,resolutiondate")).await.expect(200);
    let fields = &resolved["fields"];
    assert_eq!((&fields["status"]["name"], &fields["resolution"]["name"]), (&"Resolved".into(), &"Duplicate".into()));
    assert!(fields["assignee"].is_null() && fields["resolutiondate"].is_string());

    // Taken up again it is not resolved any more.
    assert_eq!(offered("").await, named(&[("Close Issue", true), ("Reopen Issue", true)]));
    take("3", json!({})).await.expect(204);
    assert_eq!(status(&developer, &issue).await["resolution"], Value::Null);
    let changes = developer.get(&format!("{issue}/changelog")).await.expect(200);
    assert_json_snapshot!(
        changes["values"].as_array().unwrap().iter().map(|entry| &entry["items"]).collect::<Vec<_>>()
    );
}
