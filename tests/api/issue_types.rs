//! Issue types, their properties and their schemes: changing them, and what that does to projects and issues.

use crate::support::{Client, World, names};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const TYPE: &str = "/rest/api/3/issuetype";
const SCHEME: &str = "/rest/api/3/issuetypescheme";
const ADMINISTRATORS: &str = "Only Jira administrators can access issue type schemes.";

async fn make(admin: &Client, name: &str) -> String {
    let made = admin.post(TYPE, json!({ "name": name })).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// The id of a project, and of its issue type scheme.
async fn project(admin: &Client, key: &str) -> (String, String) {
    let project = admin.get(&format!("/rest/api/3/project/{key}")).await.expect(200);
    let id = project["id"].as_str().unwrap().to_owned();
    let page = admin.get(&format!("{SCHEME}/project?projectId={id}")).await.expect(200);
    let scheme = page["values"][0]["issueTypeScheme"]["id"].as_str().unwrap_or_default().to_owned();
    (id, scheme)
}

async fn types_of(client: &Client, key: &str) -> Vec<String> {
    let project = client.get(&format!("/rest/api/3/project/{key}")).await.expect(200);
    names(&project["issueTypes"]).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_type_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let admin = world.admin();
    let made = admin.post(TYPE, json!({ "name": "Idea", "description": "A thought.", "type": "standard" })).await;
    let made = made.expect(201);
    assert_json_snapshot!(world.portable(&made), { ".id" => "[id]", ".self" => "[self]" });
    let path = format!("{TYPE}/{}", made["id"].as_str().unwrap());
    let changed = admin.put(&path, json!({ "name": "Thought", "avatarId": 10303 })).await.expect(200);
    assert_eq!((&changed["name"], &changed["avatarId"]), (&json!("Thought"), &json!(10303)));
    assert_eq!(changed["description"], "A thought.");
    assert_eq!(admin.get(&path).await.expect(200), changed);
    // The default scheme has every new type.
    let page = admin.get(&format!("{SCHEME}?id=10000&expand=issueTypes,projects")).await.expect(200);
    assert_json_snapshot!("issue_type_scheme", world.portable(&page), {
        ".values[].issueTypes.values[5].id" => "[id]", ".values[].issueTypes.values[5].self" => "[self]",
    });
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
    let subtask = admin.post(TYPE, json!({ "name": "Step", "hierarchyLevel": -1 })).await.expect(201);
    assert_eq!((&subtask["subtask"], &subtask["avatarId"]), (&json!(true), &json!(10316)));
}

#[tokio::test]
async fn issues_get_the_alternative_of_a_deleted_type() {
    let world = World::demo().await;
    let admin = world.admin();
    let in_use = "The issue type is in use and an alternative issue type has to be provided.";
    admin.delete(&format!("{TYPE}/10004")).await.refused(404, &[in_use], json!({}));
    let with = async |id: &str| admin.delete(&format!("{TYPE}/10004?alternativeIssueTypeId={id}")).await;
    with("99").await.expect(404);
    with("10004").await.expect(409);
    with("10003").await.expect(409); // a sub-task
    with("10000").await.expect(400); // an epic
    let apart = make(&admin, "In no project").await;
    with(&apart).await.expect(400);
    with("10002").await.expect(204);
    let issue = admin.get("/rest/api/3/issue/DEMO-4?fields=issuetype").await.expect(200);
    assert_eq!(issue["fields"]["issuetype"]["name"], "Task");
    let history = admin.get("/rest/api/3/issue/DEMO-4/changelog").await.expect(200);
    assert_json_snapshot!("type_replaced", history["values"].as_array().unwrap().last().unwrap()["items"]);
    assert_eq!(types_of(&admin, "DEMO").await, ["Epic", "Story", "Task", "Sub-task"]);
    assert_eq!(types_of(&admin, "TEAM").await.len(), 5);
}

#[tokio::test]
async fn refuses_bad_types() {
    let world = World::empty().await;
    let (admin, developer) = (world.admin(), world.developer());
    let sentence = "You are not authorized to perform this action. Administrator privileges are required.";
    developer.post(TYPE, json!({ "name": "x" })).await.refused(403, &[sentence], json!({}));
    developer.delete(&format!("{TYPE}/10004")).await.expect(403);
    developer.put(&format!("{TYPE}/10004"), json!({})).await.expect(403);
    assert_eq!(world.anonymous().post(TYPE, json!({ "name": "x" })).await.status, 401);
    admin.post(TYPE, json!({})).await.refused(400, &[], json!({ "name": "You must specify a name." }));
    let long = json!({ "name": "The issue type name must not exceed 60 characters." });
    admin.post(TYPE, json!({ "name": "x".repeat(61) })).await.refused(400, &[], long);
    admin.post(TYPE, json!({ "name": "x", "type": "other" })).await.expect(400);
    admin.post(TYPE, json!({ "name": "x", "hierarchyLevel": 3 })).await.expect(400);
    admin.post(TYPE, json!({ "nom": "x" })).await.expect(400);
    let taken = ["An issue type with this name already exists."];
    admin.post(TYPE, json!({ "name": "bug" })).await.refused(409, &taken, json!({}));
    admin.put(&format!("{TYPE}/10004"), json!({ "name": "Task" })).await.refused(409, &taken, json!({}));
    admin.put(&format!("{TYPE}/10004"), json!({ "name": "" })).await.expect(400);
    admin.put(&format!("{TYPE}/99"), json!({ "name": "x" })).await.expect(404);
    admin.delete(&format!("{TYPE}/x")).await.expect(404);
}

#[tokio::test]
async fn types_have_properties() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = format!("{TYPE}/10004/properties/colour");
    developer.put(&path, json!("red")).await.expect(403);
    admin.put(&path, json!({ "is": "red" })).await.expect(201);
    admin.put(&path, json!({ "is": "blue" })).await.expect(200);
    assert_eq!(developer.get(&path).await.expect(200), json!({ "key": "colour", "value": { "is": "blue" } }));
    let keys = developer.get(&format!("{TYPE}/10004/properties")).await.expect(200);
    assert_json_snapshot!("issue_type_property_keys", world.portable(&keys));
    developer.delete(&path).await.expect(403);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(404);
    developer.get(&path).await.expect(404);
    developer.get(&format!("{TYPE}/99/properties")).await.expect(404);
    admin.put(&format!("{TYPE}/99/properties/x"), json!(1)).await.expect(404);
    world.anonymous().get(&format!("{TYPE}/10004/properties")).await.expect(404);
}

#[tokio::test]
async fn a_scheme_decides_the_types_of_its_projects() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let (ops, old) = project(&admin, "OPS").await;
    let idea = make(&admin, "Idea").await;
    let input = json!({ "name": "Two", "issueTypeIds": ["10002", idea], "defaultIssueTypeId": idea });
    let id = admin.post(SCHEME, input).await.expect(201)["issueTypeSchemeId"].as_str().unwrap().to_owned();
    let assign = |scheme: &str| json!({ "issueTypeSchemeId": scheme, "projectId": ops });
    admin.put(&format!("{SCHEME}/project"), assign(&id)).await.expect(204);
    assert_eq!(types_of(&admin, "OPS").await, ["Task", "Idea"]);
    let key = developer.create(json!({ "project": { "key": "OPS" }, "issuetype": { "name": "Idea" }, "summary": "x" }));
    let key = key.await;
    let bug = json!({ "fields": { "project": { "key": "OPS" }, "issuetype": { "name": "Bug" }, "summary": "x" } });
    let sentence = json!({ "issuetype": "The issue type selected is invalid." });
    developer.post("/rest/api/3/issue", bug).await.refused(400, &[], sentence); // J-9
    let meta = developer.get("/rest/api/3/issue/createmeta/OPS/issuetypes").await.expect(200);
    assert_eq!(names(&meta["issueTypes"]), ["Task", "Idea"]);

    // The issue keeps the project from going back, and the type in its scheme.
    let issue = developer.get(&format!("/rest/api/3/issue/{key}")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let sentence = format!(
        "This issue type scheme can't be assigned to the project. This is because some issues in this project use issue types not present in the scheme. Before assigning the scheme to the project, update the issue types on these issues: {issue}"
    );
    admin.put(&format!("{SCHEME}/project"), assign(&old)).await.refused(400, &[&sentence], json!({}));
    let path = format!("{SCHEME}/{id}");
    let sentence = ["Can't remove the issue type from the issue type scheme, because issues use it."];
    admin.delete(&format!("{path}/issuetype/{idea}")).await.refused(400, &sentence, json!({}));
    admin.delete(&path).await.expect(400);
    developer
        .put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": { "issuetype": { "name": "Task" } } }))
        .await
        .expect(204);
    admin.delete(&format!("{path}/issuetype/{idea}")).await.expect(204);
    let sentence = ["The issue type was not found in the issue type scheme."];
    admin.delete(&format!("{path}/issuetype/{idea}")).await.refused(404, &sentence, json!({}));
    let sentence = ["Can't remove the last standard issue type from the issue type scheme."];
    admin.delete(&format!("{path}/issuetype/10002")).await.refused(400, &sentence, json!({}));
    admin.put(&format!("{SCHEME}/project"), assign(&old)).await.expect(204);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.refused(404, &["The issue type scheme was not found."], json!({}));
}

#[tokio::test]
async fn types_of_a_scheme_are_added_and_moved() {
    let world = World::demo().await;
    let admin = world.admin();
    let (_, scheme) = project(&admin, "DEMO").await;
    let path = format!("{SCHEME}/{scheme}/issuetype");
    let idea = make(&admin, "Idea").await;
    admin.put(&path, json!({ "issueTypeIds": [idea] })).await.expect(204);
    let order = json!({ "issueTypeIds": [idea, "10004"], "position": "First" });
    admin.put(&format!("{path}/move"), order).await.expect(204);
    admin.put(&format!("{path}/move"), json!({ "issueTypeIds": ["10004"], "after": "10001" })).await.expect(204);
    assert_eq!(types_of(&admin, "DEMO").await, ["Idea", "Epic", "Story", "Bug", "Task", "Sub-task"]);
    let present =
        format!("These issue types were not added because they are already present in the issue type scheme: {idea}");
    admin.put(&path, json!({ "issueTypeIds": [idea] })).await.refused(400, &[&present], json!({}));
    let missing = ["These issue types were not found: 7, x"];
    admin.put(&path, json!({ "issueTypeIds": ["7", "x"] })).await.refused(404, &missing, json!({}));
    admin.put(&path, json!({})).await.expect(400);
    let sentence = "The issue type scheme does not include some of the specified issue types. Issue type IDs missing from the scheme are: 7";
    let body = json!({ "issueTypeIds": ["7"], "position": "Last" });
    admin.put(&format!("{path}/move"), body).await.refused(400, &[sentence], json!({}));
    admin.put(&format!("{SCHEME}/7/issuetype"), json!({ "issueTypeIds": [idea] })).await.expect(404);
    let mapping = admin.get(&format!("{SCHEME}/mapping?issueTypeSchemeId={scheme}&maxResults=1")).await.expect(200);
    assert_eq!(mapping["values"], json!([{ "issueTypeSchemeId": scheme, "issueTypeId": idea }]));
    assert_eq!(mapping["total"], 6);
}

#[tokio::test]
async fn schemes_of_team_managed_projects_are_their_own() {
    let world = World::demo().await;
    let admin = world.admin();
    let page = admin.get(&format!("{SCHEME}?orderBy=-name")).await.expect(200);
    assert_eq!(names(&page["values"]).len(), 3);
    assert_eq!(page["values"][2]["isDefault"], true);
    let found = admin.get(&format!("{SCHEME}?queryString=DEMO")).await.expect(200);
    assert_eq!(names(&found["values"]), ["DEMO: Software Issue Type Scheme"]);
    let (team, none) = project(&admin, "TEAM").await;
    assert_eq!(none, "");
    let body = json!({ "issueTypeSchemeId": "10000", "projectId": team });
    let sentence = ["Issue type schemes can only be assigned to company-managed projects."];
    admin.put(&format!("{SCHEME}/project"), body).await.refused(400, &sentence, json!({}));
}

#[tokio::test]
async fn refuses_bad_schemes() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    for path in ["", "/mapping", "/project?projectId=1"] {
        developer.get(&format!("{SCHEME}{path}")).await.refused(403, &[ADMINISTRATORS], json!({}));
    }
    developer.post(SCHEME, json!({ "name": "x", "issueTypeIds": ["10002"] })).await.refused(
        403,
        &[ADMINISTRATORS],
        json!({}),
    );
    developer.delete(&format!("{SCHEME}/10000")).await.expect(403);
    let refused = async |body: Value, status: u16, sentence: &str| {
        admin.post(SCHEME, body).await.refused(status, &[sentence], json!({}));
    };
    let default = "The default issue type ID has to be present in issue type IDs list.";
    refused(json!({ "name": "x", "issueTypeIds": ["10002"], "defaultIssueTypeId": "10004" }), 400, default).await;
    refused(
        json!({ "name": "x", "issueTypeIds": ["10003"] }),
        400,
        "At least one standard issue type has to be provided.",
    )
    .await;
    refused(json!({ "name": "x", "issueTypeIds": ["7"] }), 400, "These issue types were not found: 7").await;
    refused(json!({ "issueTypeIds": ["10002"] }), 400, "The name has to be provided.").await;
    let taken = "The name is used by another scheme.";
    refused(json!({ "name": "default issue type scheme", "issueTypeIds": ["10002"] }), 409, taken).await;
    let (_, demo) = project(&admin, "DEMO").await;
    admin.put(&format!("{SCHEME}/{demo}"), json!({ "name": "Default Issue Type Scheme" })).await.refused(
        400,
        &[taken],
        json!({}),
    );
    let sentence = ["The default issue type has to be one of the issue types of the scheme."];
    admin.put(&format!("{SCHEME}/{demo}"), json!({ "defaultIssueTypeId": "7" })).await.refused(
        400,
        &sentence,
        json!({}),
    );
    admin.put(&format!("{SCHEME}/{demo}"), json!({ "name": "x".repeat(256) })).await.expect(400);
    admin.put(&format!("{SCHEME}/{demo}"), json!({ "name": "Ours", "defaultIssueTypeId": "10004" })).await.expect(204);
    admin.put(&format!("{SCHEME}/7"), json!({ "name": "Ours" })).await.expect(404);
    admin.put(&format!("{SCHEME}/x"), json!({ "name": "Ours" })).await.expect(400);
    let sentence = ["The default issue type scheme can't be removed."];
    admin.delete(&format!("{SCHEME}/10000")).await.refused(400, &sentence, json!({}));
    admin.delete(&format!("{SCHEME}/10000/issuetype/10004")).await.expect(400);
    admin.get(&format!("{SCHEME}/project")).await.expect(400);
    admin.get(&format!("{SCHEME}?orderBy=size")).await.expect(400);
    let assign = async |body: Value| admin.put(&format!("{SCHEME}/project"), body).await;
    assign(json!({ "issueTypeSchemeId": "7", "projectId": "1" })).await.refused(
        404,
        &["The issue type scheme was not found."],
        json!({}),
    );
    assign(json!({ "issueTypeSchemeId": demo, "projectId": "1" })).await.refused(
        404,
        &["The project was not found."],
        json!({}),
    );
    assign(json!({})).await.expect(400);
}
