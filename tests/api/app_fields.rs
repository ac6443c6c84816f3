//! Fields of apps: their options, values and settings.

use crate::{
    fields::context_of,
    support::{Client, World},
};
use serde_json::{Value, json};

const SELECT: &str = "com.atlassian.plugins.atlassian-connect-plugin:com.example__team";
const FORGE: &str = "ari:cloud:ecosystem::extension/a/b/static/money";

async fn create(admin: &Client, kind: &str, name: &str) -> String {
    let made = admin.post("/rest/api/3/field", json!({ "name": name, "type": kind })).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    admin.post(&format!("/rest/api/3/screens/addToDefault/{id}"), json!({})).await.expect(200);
    id
}

fn bug(more: Value) -> Value {
    let mut fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Bug" }, "summary": "One" });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

#[tokio::test]
async fn options_of_a_select_list() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = create(&admin, SELECT, "Crew").await;
    let project = |key: &'static str| {
        let admin = &admin;
        async move {
            let project = admin.get(&format!("/rest/api/3/project/{key}")).await.expect(200);
            project["id"].as_str().unwrap().parse::<i64>().unwrap()
        }
    };
    let (demo, team) = (project("DEMO").await, project("TEAM").await);
    let path = "/rest/api/3/field/com.example__team/option";
    let made = admin.post(path, json!({ "value": "Red", "properties": { "members": 4 } })).await.expect(200);
    insta::assert_json_snapshot!(made);
    let scope = json!({ "projects": [], "projects2": [{ "id": demo, "attributes": ["notSelectable"] }] });
    let body = json!({ "id": 7, "value": "Blue", "config": { "scope": scope, "attributes": [] } });
    admin.put(&format!("{path}/7"), body).await.expect(200);
    let page = admin.get(path).await.expect(200);
    assert_eq!(page["total"], 2);
    assert_eq!(page, {
        let mut same = admin.get(&format!("/rest/api/3/field/{id}/option")).await.expect(200);
        same["self"] = page["self"].clone();
        same
    });
    let names = async |path: String| -> Vec<String> {
        let page = world.developer().get(&path).await.expect(200);
        page["values"].as_array().unwrap().iter().map(|item| item["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(format!("{path}/suggestions/search?projectId={demo}")).await, ["Red", "Blue"]);
    assert_eq!(names(format!("{path}/suggestions/edit?projectId={demo}")).await, ["Red"]);
    assert_eq!(names(format!("{path}/suggestions/search?projectId={team}")).await, ["Red"]);

    let issue = admin.create(bug(json!({ &id: { "id": 1 } }))).await;
    let shown = admin.get(&format!("/rest/api/3/issue/{issue}?fields={id}")).await.expect(200);
    assert_eq!(shown["fields"][&id], json!({ "id": 1, "value": "Red", "properties": { "members": 4 } }));
    admin.post("/rest/api/3/issue", json!({ "fields": bug(json!({ &id: { "id": 7 } })) })).await.expect(400);
    let found = admin.post("/rest/api/3/search/jql", json!({ "jql": "Crew = Red" })).await.expect(200);
    assert_eq!(found["issues"].as_array().unwrap().len(), 1);
    admin.delete(&format!("{path}/1")).await.expect(409);
    let task = admin.task(&admin.delete(&format!("{path}/1/issue?replaceWith=7")).await).await;
    assert_eq!(task["result"]["modifiedIssues"].as_array().unwrap().len(), 1);
    admin.delete(&format!("{path}/1")).await.expect(204);
    admin.get(&format!("{path}/1")).await.expect(404);
    assert_eq!(admin.get(&format!("{path}/7")).await.expect(200)["value"], "Blue");

    let sentence = "Connect and Forge app users with Administer Jira global permission can override screen security.";
    let forced = admin.delete(&format!("{path}/7/issue?overrideScreenSecurity=true")).await;
    forced.refused(403, &[sentence], json!({}));
    admin.delete(&format!("{path}/7/issue?replaceWith=7")).await.expect(400);
    admin.delete(&format!("{path}/8/issue")).await.expect(404);
    admin.put(&format!("{path}/8"), json!({ "id": 9, "value": "x" })).await.expect(400);
    // The document closes the form of an option that is named, not that of a new one.
    for more in [
        json!({ "id": 8, "value": "x", "more": 1 }),
        json!({ "id": 8, "value": "x", "config": { "more": 1 } }),
        json!({ "id": 8, "value": "x", "config": { "scope": { "global": { "more": 1 } } } }),
    ] {
        let sentence = "Invalid request payload. Refer to the REST API documentation and try again.";
        let refused = admin.put(&format!("{path}/8"), more).await.expect(400);
        assert_eq!(refused, json!({ "errorMessages": [sentence] })); // H-15
    }
    admin.post(path, json!({ "value": "Green", "more": 1 })).await.expect(200);
    admin.post(path, json!({ "value": "" })).await.expect(400);
    admin.post(path, json!({ "value": "x", "config": { "scope": { "projects": [1] } } })).await.expect(400);
    admin.post(path, json!({ "value": "x", "config": { "attributes": ["boom"] } })).await.expect(400);
    admin.get("/rest/api/3/field/customfield_10030/option").await.expect(400);
    admin.post("/rest/api/3/field/customfield_10030/option", json!({ "value": "x" })).await.expect(404);
    admin.get("/rest/api/3/field/customfield_10030/option/suggestions/edit").await.expect(404);
    world.developer().get(path).await.expect(403);
    world.developer().post(path, json!({ "value": "x" })).await.expect(403);
}

#[tokio::test]
async fn values_set_by_apps() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create(&admin, FORGE, "Price").await;
    let key = admin.create(bug(json!({}))).await;
    let id = async |key: &str| {
        let issue = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
        issue["id"].as_str().unwrap().parse::<i64>().unwrap()
    };
    let issue_id = id(&key).await;
    let shown = async || admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200)["fields"][&field].clone();
    let history = async || admin.get(&format!("/rest/api/3/issue/{key}/changelog")).await.expect(200)["total"].clone();
    let path = format!("/rest/api/3/app/field/{field}/value");
    let body = json!({ "updates": [{ "issueIds": [issue_id], "value": { "amount": 5 } }] });
    admin.put(&path, body.clone()).await.expect(204);
    assert_eq!((shown().await, history().await), (json!({ "amount": 5 }), json!(1)));
    let many = json!({ "updates": [{ "customField": field, "issueIds": [issue_id], "value": 6 }] });
    admin.post("/rest/api/3/app/field/value?generateChangelog=false", many).await.expect(204);
    assert_eq!((shown().await, history().await), (json!(6), json!(1)));
    admin.put(&path, json!({ "updates": [{ "issueIds": [issue_id], "value": null }] })).await.expect(204);
    assert_eq!(shown().await, Value::Null);

    admin.put(&path, json!({ "updates": [{ "issueIds": [1], "value": 1 }] })).await.expect(400);
    admin.put(&path, json!({ "updates": [{ "issueIds": [issue_id, issue_id], "value": 1 }] })).await.expect(400);
    admin.put(&path, json!({ "updates": [] })).await.expect(400);
    admin.put("/rest/api/3/app/field/customfield_10030/value", body.clone()).await.expect(404);
    world.developer().put(&path, body).await.expect(403);
    let foreign = json!({ "updates": [{ "customField": "customfield_10030", "issueIds": [issue_id], "value": 6 }] });
    admin.post("/rest/api/3/app/field/value", foreign).await.expect(404);
}

#[tokio::test]
async fn configurations_of_contexts() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create(&admin, FORGE, "Price").await;
    let context = context_of(&admin, &field).await;
    let path = format!("/rest/api/3/app/field/{field}/context/configuration");
    let own = json!({ "id": context, "fieldContextId": context, "configuration": { "max": 5 }, "schema": { "type": "number" } });
    admin.put(&path, json!({ "configurations": [own] })).await.expect(200);
    let page = admin.get(&path).await.expect(200);
    assert_eq!(page["values"], json!([own]));
    assert_eq!(admin.get(&format!("{path}?projectKeyOrId=DEMO&issueTypeId=10004")).await.expect(200)["total"], 1);
    assert_eq!(admin.get(&format!("{path}?fieldContextId=1")).await.expect(200)["total"], 0);
    assert_eq!(admin.get(&format!("{path}?issueId=1")).await.expect(200)["total"], 0);
    let list = "/rest/api/3/app/field/context/configuration/list";
    let page = admin.post(list, json!({ "fieldIdsOrKeys": [field] })).await.expect(200);
    assert_eq!(page["values"][0]["customFieldId"], field.as_str());

    admin.get(&format!("{path}?id=1&issueId=1")).await.expect(400);
    admin.get(&format!("{path}?issueTypeId=10004")).await.expect(400);
    admin.get("/rest/api/3/app/field/customfield_10030/context/configuration").await.expect(404);
    admin.post(list, json!({ "fieldIdsOrKeys": ["customfield_10030"] })).await.expect(404);
    admin.post(list, json!({ "fieldIdsOrKeys": [] })).await.expect(400);
    let foreign = json!({ "configurations": [{ "id": "1", "fieldContextId": "1" }] });
    admin.put(&path, foreign).await.expect(400);
    world.developer().get(&path).await.expect(403);
    world.developer().put(&path, json!({ "configurations": [] })).await.expect(403);
    world.developer().post(list, json!({ "fieldIdsOrKeys": [field] })).await.expect(403);

    // Defaults of a Forge field are of the app's own types.
    let path = format!("/rest/api/3/field/{field}/context/defaultValue");
    let value = json!({ "contextId": context, "type": "forge.object", "object": { "amount": 1 } });
    admin.put(&path, json!({ "defaultValues": [value] })).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["values"], json!([value]));
}
