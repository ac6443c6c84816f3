//! Workflow schemes, and which projects follow them.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::json;

const SCHEMES: &str = "/rest/api/3/workflowscheme";

#[tokio::test]
async fn a_scheme_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let input = json!({
        "name": "Mixed",
        "description": "Bugs go their own way.",
        "defaultWorkflow": "simplified default workflow",
        "issueTypeMappings": { "10004": "classic default workflow" },
    });
    let made = admin.post(SCHEMES, input.clone()).await.expect(201);
    assert_json_snapshot!(world.portable(&made));
    let scheme = format!("{SCHEMES}/{}", made["id"]);
    assert_eq!(admin.get(&scheme).await.expect(200), made);
    let all = admin.get(SCHEMES).await.expect(200);
    assert!(all["values"].as_array().unwrap().iter().any(|one| one["id"] == made["id"]), "{all}");
    let plain = admin.post(SCHEMES, json!({ "name": "Plain" })).await.expect(201);
    assert_eq!(plain["defaultWorkflow"], "jira");

    // A project that follows it has other transitions for bugs.
    let project = json!({ "key": "NEW", "name": "New", "projectTypeKey": "business" });
    let project = admin.post("/rest/api/3/project", project).await.expect(201)["id"].to_string();
    let assigned = json!({ "projectId": project, "workflowSchemeId": made["id"].to_string() });
    admin.put(&format!("{SCHEMES}/project"), assigned.clone()).await.expect(204);
    let pairs = admin.get(&format!("{SCHEMES}/project?projectId={project}")).await.expect(200);
    assert_eq!(pairs["values"][0]["projectIds"], json!([project]));
    assert_eq!(pairs["values"][0]["workflowScheme"]["id"], made["id"]);
    for (kind, first) in [("Bug", "Open"), ("Task", "To Do")] {
        let fields = json!({ "project": { "key": "NEW" }, "issuetype": { "name": kind }, "summary": kind });
        let key = developer.create(fields).await;
        let issue = developer.get(&format!("/rest/api/3/issue/{key}?fields=status")).await.expect(200);
        assert_eq!(issue["fields"]["status"]["name"], first);
    }
    let sentence = "The project has issues; its workflow scheme can't be changed.";
    admin.put(&format!("{SCHEMES}/project"), assigned).await.refused(400, &[sentence], json!({}));
    let sentence = "The workflow scheme is active and can't be deleted.";
    admin.delete(&scheme).await.refused(400, &[sentence], json!({}));
    let plain = format!("{SCHEMES}/{}", plain["id"]);
    admin.delete(&plain).await.expect(204);
    admin.delete(&plain).await.expect(404);
    admin.get(&plain).await.refused(404, &["The workflow scheme was not found."], json!({}));
}

#[tokio::test]
async fn refuses_bad_schemes() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let bad = json!({
        "name": "CLASSIC",
        "defaultWorkflow": "none",
        "issueTypeMappings": { "99": "jira", "10004": "nothing" },
    });
    let refused = admin.post(SCHEMES, bad).await.expect(400);
    let messages = refused["errorMessages"].as_array().unwrap();
    for sentence in [
        "The name is used by another scheme.",
        "The workflow 'none' was not found.",
        "The issue type with ID 99 was not found.",
        "The workflow 'nothing' was not found.",
    ] {
        assert!(messages.contains(&json!(sentence)), "{sentence}: {refused}");
    }
    admin.post(SCHEMES, json!({})).await.refused(400, &["The name has to be provided."], json!({}));
    admin.post(SCHEMES, json!({ "title": "x" })).await.expect(400);
    admin.delete(&format!("{SCHEMES}/10000")).await.expect(400);
    admin.get(&format!("{SCHEMES}/x")).await.expect(400);
    admin.get(&format!("{SCHEMES}/99/projectUsages")).await.expect(404);
    admin.get(&format!("{SCHEMES}/10001/projectUsages?maxResults=0")).await.expect(400);
    let missing = json!({ "projectId": "The ID of a project has to be provided." });
    admin.get(&format!("{SCHEMES}/project")).await.refused(400, &[], missing.clone());
    admin.put(&format!("{SCHEMES}/project"), json!({})).await.refused(400, &[], missing);
    let assign = async |project: &str, scheme: &str| {
        admin.put(&format!("{SCHEMES}/project"), json!({ "projectId": project, "workflowSchemeId": scheme })).await
    };
    let id = async |key: &str| {
        admin.get(&format!("/rest/api/3/project/{key}")).await.expect(200)["id"].as_str().unwrap().to_owned()
    };
    let (demo, team) = (id("DEMO").await, id("TEAM").await);
    assign("1", "10001").await.expect(404);
    assign(&demo, "99").await.refused(404, &["The workflow scheme was not found."], json!({}));
    assign(&team, "10001").await.refused(
        400,
        &["Only classic projects can have workflow schemes assigned."],
        json!({}),
    );
    let pairs = admin.get(&format!("{SCHEMES}/project?projectId={team}&projectId=1")).await.expect(200);
    assert_eq!(pairs, json!({ "values": [] }));

    for client in [developer, world.anonymous()] {
        let status = |reply: crate::support::Reply| reply.status.as_u16();
        let refused = [
            status(client.get(SCHEMES).await),
            status(client.post(SCHEMES, json!({ "name": "x" })).await),
            status(client.get(&format!("{SCHEMES}/10001")).await),
            status(client.delete(&format!("{SCHEMES}/10001")).await),
            status(client.get(&format!("{SCHEMES}/project?projectId={demo}")).await),
            status(client.put(&format!("{SCHEMES}/project"), json!({ "projectId": demo })).await),
        ];
        assert!(refused == [403; 6] || refused == [401; 6], "{refused:?}");
        assert_eq!(status(client.get(&format!("{SCHEMES}/10001/projectUsages")).await), 401);
    }
}
