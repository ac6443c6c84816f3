//! Workflows as they are found and shown.

use crate::{
    support::World,
    workflows::{REFUSAL, WORKFLOWS, new_workflow, read},
};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

#[tokio::test]
async fn workflows_are_found() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let search = async |query: &str| -> Vec<String> {
        let page = admin.get(&format!("{WORKFLOWS}/search?{query}")).await.expect(200);
        let values = page["values"].as_array().unwrap().iter();
        values.map(|workflow| workflow["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_json_snapshot!("workflow_names", search("").await);
    assert_eq!(search("queryString=CLASSIC").await, ["classic default workflow"]);
    assert_eq!(search("scope=PROJECT").await, ["Software Simplified Workflow for Project TEAM"]);
    let active = search("isActive=true&orderBy=-name").await;
    assert_eq!(active, ["TEAM", "OPS", "DEMO"].map(|key| format!("Software Simplified Workflow for Project {key}")));
    let page = admin.get(&format!("{WORKFLOWS}/search?maxResults=1&startAt=1")).await.expect(200);
    assert_eq!((&page["isLast"], &page["values"][0]["transitions"]), (&json!(false), &Value::Null));
    assert!(page["statuses"].as_array().unwrap().len() > 1);
    let full = admin.get(&format!("{WORKFLOWS}/search?expand=values.transitions")).await.expect(200);
    assert!(full["values"][0]["transitions"].is_array());
    admin.get(&format!("{WORKFLOWS}/search?scope=ALL")).await.expect(400);
    admin.get(&format!("{WORKFLOWS}/search?orderBy=age")).await.expect(400);
    world.anonymous().get(&format!("{WORKFLOWS}/search")).await.expect(401);

    // By ids, names, and by who follows them; what is not there is left out.
    let demo = admin.get("/rest/api/3/project/DEMO").await.expect(200);
    let kind = &demo["issueTypes"][0]["id"];
    let wanted = json!({
        "workflowIds": ["jira", "none"],
        "workflowNames": ["classic default workflow"],
        "projectAndIssueTypes": [{ "projectId": demo["id"], "issueTypeId": kind }],
    });
    let found = admin.post(WORKFLOWS, wanted).await.expect(200);
    assert_eq!(found["workflows"].as_array().unwrap().len(), 3);
    assert_eq!(admin.post(WORKFLOWS, json!({})).await.expect(200), json!({ "statuses": [], "workflows": [] }));
    admin.post(WORKFLOWS, json!({ "names": [] })).await.expect(400);
    world.anonymous().post(WORKFLOWS, json!({})).await.expect(401);
    let (jira, _) = read(&admin, "jira").await;
    assert_json_snapshot!("workflow_jira", jira, {
        ".version.id" => "[id]", ".transitions[].*[].id" => "[id]", ".transitions[].transitionScreen.id" => "[id]",
        ".transitions[].conditions.conditions[].id" => "[id]",
    });

    // A preview is for who works in the project.
    let preview = format!("{WORKFLOWS}/preview");
    let wanted = json!({ "projectId": demo["id"], "issueTypeIds": [kind] });
    let shown = developer.post(&preview, wanted.clone()).await.expect(200);
    assert_eq!(shown["workflows"][0]["queryContext"], json!([{ "project": demo["id"], "issueTypes": [kind] }]));
    assert_eq!(shown["statuses"][0]["rawName"], shown["statuses"][0]["name"]);
    assert!(shown["workflows"][0]["transitions"][0].get("properties").is_none());
    let by_name =
        json!({ "projectId": demo["id"], "workflowNames": ["Software Simplified Workflow for Project DEMO"] });
    assert_eq!(developer.post(&preview, by_name).await.expect(200)["workflows"][0]["id"], shown["workflows"][0]["id"]);
    for (status, body) in [
        (400, json!({ "projectId": demo["id"] })),
        (400, json!({ "projectId": demo["id"], "issueTypeIds": vec!["1"; 26] })),
        (404, json!({ "projectId": demo["id"], "workflowIds": ["jira"] })),
        (404, json!({ "projectId": "1", "workflowIds": ["jira"] })),
    ] {
        developer.post(&preview, body).await.expect(status);
    }
    world.anonymous().post(&preview, wanted).await.expect(401);
}

#[tokio::test]
async fn workflows_tell_who_follows_them() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let demo = admin.get("/rest/api/3/project/DEMO").await.expect(200);
    let id = read(&admin, "Software Simplified Workflow for Project DEMO").await.0["id"].as_str().unwrap().to_owned();
    let workflow = format!("/rest/api/3/workflow/{id}");
    let projects = admin.get(&format!("{workflow}/projectUsages")).await.expect(200);
    assert_eq!(projects, json!({ "workflowId": id, "projects": { "values": [{ "id": demo["id"] }] } }));
    let types = format!("{workflow}/project/{}/issueTypeUsages", demo["id"].as_str().unwrap());
    let page = admin.get(&format!("{types}?maxResults=2")).await.expect(200);
    assert_eq!(page["issueTypes"]["values"].as_array().unwrap().len(), 2);
    assert!(page["issueTypes"]["nextPageToken"].is_string());
    let schemes = admin.get(&format!("{workflow}/workflowSchemes")).await.expect(200);
    let scheme = schemes["workflowSchemes"]["values"][0]["id"].as_str().unwrap();
    let users = admin.get(&format!("/rest/api/3/workflowscheme/{scheme}/projectUsages")).await.expect(200);
    assert_eq!(users, json!({ "workflowSchemeId": scheme, "projects": { "values": [{ "id": demo["id"] }] } }));
    for path in [format!("{workflow}/projectUsages"), types.clone(), format!("{workflow}/workflowSchemes")] {
        admin.get(&format!("{path}?nextPageToken=x")).await.expect(400);
        admin.get(&path.replace(&id, "none")).await.expect(404);
        developer.get(&path).await.expect(404);
        world.anonymous().get(&path).await.expect(401);
    }
    admin.get(&format!("{workflow}/project/1/issueTypeUsages")).await.expect(404);
}

#[tokio::test]
async fn tells_which_rules_can_be_written() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = format!("{WORKFLOWS}/capabilities");
    assert_json_snapshot!("workflow_capabilities", admin.get(&format!("{path}?workflowId=jira")).await.expect(200));
    let team = admin.get("/rest/api/3/project/TEAM").await.expect(200);
    let (project, kind) = (team["id"].as_str().unwrap(), team["issueTypes"][0]["id"].as_str().unwrap());
    let own = admin.get(&format!("{path}?projectId={project}&issueTypeId={kind}")).await.expect(200);
    assert_eq!((&own["editorScope"], &own["projectTypes"]), (&"PROJECT".into(), &json!(["software"])));
    for query in ["", "?workflowId=none", "?projectId=10000", "?workflowId=jira&projectId=1"] {
        admin.get(&format!("{path}{query}")).await.expect(400);
    }
    developer.get(&format!("{path}?workflowId=jira")).await.refused(401, &[REFUSAL], json!({}));
    let editor = developer.get(&format!("{WORKFLOWS}/defaultEditor")).await.expect(200);
    assert_eq!(editor, json!({ "value": "NEW" }));
}

#[tokio::test]
async fn workflows_are_shown_as_of_old() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let search = "/rest/api/3/workflow/search";
    let page = admin.get(&format!("{search}?workflowName=jira")).await.expect(200);
    assert_eq!(
        page["values"][0],
        json!({
            "id": { "name": "jira", "entityId": "jira" },
            "description": "The default Jira workflow.",
            "created": page["values"][0]["created"],
            "updated": page["values"][0]["updated"],
        })
    );
    assert!(page["values"][0]["created"].as_str().unwrap().starts_with("19")); // observed shapes, 0.1
    let all = "transitions,transitions.rules,transitions.properties,statuses,statuses.properties,default,schemes,\
               projects,hasDraftWorkflow,operations";
    let full = admin.get(&format!("{search}?queryString=JIRA&isActive=false&expand={all}")).await.expect(200);
    assert_json_snapshot!("workflow_of_old", full["values"]);
    admin.post(&format!("{WORKFLOWS}/create"), new_workflow("Reviewed")).await.expect(200);
    let own = admin.get(&format!("{search}?workflowName=Reviewed&expand={all}")).await.expect(200);
    assert_json_snapshot!("rules_of_old", own["values"][0]["transitions"]);
    let names = admin.get(&format!("{search}?orderBy=-name&maxResults=2")).await.expect(200);
    assert_eq!(names["values"].as_array().unwrap().len(), 2);
    let sentence = "Only Jira administrators can access workflows.";
    developer.get(search).await.refused(403, &[sentence], json!({}));
    world.anonymous().get(search).await.expect(401);

    let list = "/rest/api/2/workflow";
    let one = admin.get(&format!("{list}?workflowName=jira")).await.expect(200);
    let jira = json!({ "name": "jira", "description": "The default Jira workflow.", "steps": 5, "default": true });
    assert_eq!(one, jira);
    assert!(admin.get(list).await.expect(200).as_array().unwrap().contains(&jira));
    assert_eq!(admin.get(&format!("{list}?workflowName=none")).await.expect(200), json!([]));
    developer.get(list).await.refused(401, &[REFUSAL], json!({}));
}
