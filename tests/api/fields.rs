//! Custom fields: created, changed, trashed, restored, deleted.

use crate::support::{Client, World};
use serde_json::{Value, json};

const TYPES: &str = "com.atlassian.jira.plugin.system.customfieldtypes:";

/// Creates a field of one of Jira's own types; its id.
pub async fn create(admin: &Client, kind: &str, name: &str) -> String {
    let body = json!({ "name": name, "type": format!("{TYPES}{kind}") });
    admin.post("/rest/api/3/field", body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// Creates a field and puts it on the default screen.
pub async fn create_on_screen(admin: &Client, kind: &str, name: &str) -> String {
    let id = create(admin, kind, name).await;
    admin.post(&format!("/rest/api/3/screens/addToDefault/{id}"), json!({})).await.expect(200);
    id
}

/// The only context of a field.
pub async fn context_of(admin: &Client, field: &str) -> String {
    let page = admin.get(&format!("/rest/api/3/field/{field}/context")).await.expect(200);
    page["values"][0]["id"].as_str().unwrap().to_owned()
}

/// Adds options to a field's only context; their ids.
pub async fn add_options(admin: &Client, field: &str, values: &[&str]) -> Vec<String> {
    let context = context_of(admin, field).await;
    let options: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
    let path = format!("/rest/api/3/field/{field}/context/{context}/option");
    let made = admin.post(&path, json!({ "options": options })).await.expect(200);
    made["options"].as_array().unwrap().iter().map(|option| option["id"].as_str().unwrap().to_owned()).collect()
}

fn bug(summary: &str) -> Value {
    json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Bug" }, "summary": summary })
}

#[tokio::test]
async fn created() {
    let world = World::empty().await;
    let admin = world.admin();
    let body = json!({
        "name": "Zone", "description": "Where", "type": format!("{TYPES}float"), "searcherKey": format!("{TYPES}numberrange"),
    });
    let made = admin.post("/rest/api/3/field", body).await.expect(201);
    insta::assert_json_snapshot!(made);
    let all = world.anonymous().get("/rest/api/3/field").await.expect(200);
    assert!(all.as_array().unwrap().contains(&made));
    let id = made["id"].as_str().unwrap();
    let expand = "key,stableId,isLocked,searcherKey,screensCount,contextsCount,projectsCount,lastUsed";
    let page = admin.get(&format!("/rest/api/3/field/search?id={id}&expand={expand}")).await.expect(200);
    insta::assert_json_snapshot!(page["values"][0]);
    let contexts = admin.get(&format!("/rest/api/3/field/{id}/context")).await.expect(200);
    insta::assert_json_snapshot!(contexts["values"][0]);
    let old = admin.get(&format!("/rest/api/3/field/{id}/contexts")).await.expect(200);
    assert_eq!(old["values"][0]["name"], "Default Configuration Scheme for Zone");
}

#[tokio::test]
async fn creation_refused() {
    let world = World::empty().await;
    let (admin, path) = (world.admin(), "/rest/api/3/field");
    let kind = format!("{TYPES}float");
    let wrong = json!({ "name": "A", "type": kind, "searcherKey": format!("{TYPES}textsearcher") });
    admin.post(path, wrong).await.refused(400, &["searcherKey is invalid for the field type."], json!({}));
    admin.post(path, json!({ "type": "boom" })).await.refused(
        400,
        &[],
        json!({ "type": "The custom field type 'boom' is invalid.", "name": "The custom field name cannot be empty." }),
    );
    admin.post(path, json!({ "name": "x".repeat(256), "type": kind })).await.expect(400);
    admin.post(path, json!({ "name": 5, "type": kind })).await.expect(400);
    admin.post(path, json!({ "name": "A", "type": kind, "more": 1 })).await.expect(400);
    let sentence = "Only Jira administrators can create custom fields.";
    world.developer().post(path, json!({ "name": "A", "type": kind })).await.refused(400, &[sentence], json!({}));
    world.anonymous().post(path, json!({ "name": "A", "type": kind })).await.refused(400, &[sentence], json!({}));
}

#[tokio::test]
async fn updated() {
    let world = World::empty().await;
    let admin = world.admin();
    let id = create(&admin, "textfield", "Old").await;
    let path = format!("/rest/api/3/field/{id}");
    let searcher = format!("{TYPES}textsearcher");
    admin.put(&path, json!({ "name": "New", "searcherKey": searcher })).await.expect(204);
    let page = admin.get(&format!("/rest/api/3/field/search?id={id}&expand=searcherKey")).await.expect(200);
    assert_eq!((&page["values"][0]["name"], &page["values"][0]["searcherKey"]), (&json!("New"), &json!(searcher)));
    let wrong = json!({ "searcherKey": format!("{TYPES}exactnumber") });
    admin.put(&path, wrong).await.refused(400, &["searcherKey is invalid for the field type."], json!({}));
    admin.put(&path, json!({ "name": " " })).await.expect(400);
    admin.put(&path, json!({ "type": "x" })).await.expect(400);
    admin.put("/rest/api/3/field/customfield_10020", json!({ "name": "S" })).await.expect(400);
    let missing = admin.put("/rest/api/3/field/customfield_99999", json!({ "name": "S" })).await;
    missing.refused(404, &["The custom field was not found."], json!({}));
    let sentence = "Only Jira administrators can edit custom fields.";
    world.developer().put(&path, json!({ "name": "S" })).await.refused(403, &[sentence], json!({}));
}

/// Every type can be made, put on a screen, set on an issue and read back.
#[tokio::test]
async fn every_type_on_issues() {
    let world = World::demo().await;
    let admin = world.admin();
    let me = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let group = admin.get("/rest/api/3/myself?expand=groups").await.expect(200)["groups"]["items"][0]["name"].clone();
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200);
    let version = admin.get("/rest/api/3/project/DEMO/versions").await.expect(200);
    let document = json!({
        "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "Hi" }] }],
    });
    let mut values = vec![
        ("textfield", json!("Word"), None),
        ("readonlyfield", json!("Fixed"), None),
        ("textarea", document, None),
        ("url", json!("https://example.com"), None),
        ("float", json!(1.5), None),
        ("importid", json!(7.0), None),
        ("datepicker", json!("2026-02-03"), None),
        ("datetime", json!("2026-02-03T04:05:06.000+0000"), Some("")),
        ("userpicker", json!({ "accountId": me }), Some("accountId")),
        ("multiuserpicker", json!([{ "accountId": me }]), Some("accountId")),
        ("people", json!([{ "accountId": me }]), Some("accountId")),
        ("grouppicker", json!({ "name": group }), Some("name")),
        ("multigrouppicker", json!([{ "name": group }]), Some("name")),
        ("labels", json!(["a", "b"]), None),
        ("project", json!({ "id": project["id"] }), Some("id")),
    ];
    if let Some(version) = version.get(0) {
        values.push(("version", json!({ "id": version["id"] }), Some("id")));
        values.push(("multiversion", json!([{ "id": version["id"] }]), Some("id")));
    }
    for kind in ["select", "radiobuttons", "multiselect", "multicheckboxes", "cascadingselect"] {
        values.push((kind, json!("option"), Some("value")));
    }
    let mut fields = bug("Full");
    let mut expected = Vec::new();
    for (kind, mut value, member) in values {
        let id = create_on_screen(&admin, kind, kind).await;
        if value == "option" {
            add_options(&admin, &id, &["One", "Two"]).await;
            value = if kind.starts_with("multi") { json!([{ "value": "Two" }]) } else { json!({ "value": "Two" }) };
        }
        fields[&id] = value.clone();
        expected.push((id, value, member));
    }
    let key = admin.create(fields).await;
    let issue = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
    for (id, value, member) in expected {
        let shown = &issue["fields"][&id];
        match member {
            None => assert_eq!(*shown, value, "{id}"),
            Some("") => assert!(shown.is_string(), "{id}"),
            Some(member) if value.is_array() => assert_eq!(shown[0][member], value[0][member], "{id}"),
            Some(member) => assert_eq!(shown[member], value[member], "{id}"),
        }
    }
}

#[tokio::test]
async fn trashed_and_restored() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = create_on_screen(&admin, "textfield", "Zone").await;
    let searcher = json!({ "searcherKey": format!("{TYPES}textsearcher") });
    admin.put(&format!("/rest/api/3/field/{id}"), searcher).await.expect(204);
    let mut fields = bug("Has a zone");
    fields[&id] = "North".into();
    let key = admin.create(fields).await;
    let known = async |there: bool| {
        let all = admin.get("/rest/api/3/field").await.expect(200);
        assert_eq!(all.as_array().unwrap().iter().any(|field| field["id"] == id.as_str()), there);
        let issue = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
        assert_eq!(issue["fields"].get(&id), there.then(|| json!("North")).as_ref());
        let meta = admin.get(&format!("/rest/api/3/issue/{key}/editmeta")).await.expect(200);
        assert_eq!(meta["fields"].get(&id).is_some(), there);
        let parsed =
            admin.post("/rest/api/3/jql/parse?validation=strict", json!({ "queries": ["Zone ~ North"] })).await;
        if parsed.status == 200 {
            assert_eq!(parsed.json()["queries"][0].get("errors").is_none(), there);
        }
        let found = admin.post("/rest/api/3/search/jql", json!({ "jql": "Zone ~ North" })).await.expect(200);
        assert_eq!(found["issues"].as_array().unwrap().len(), usize::from(there));
        let tab = admin.get("/rest/api/3/screens/1/tabs/10000/fields").await.expect(200);
        assert_eq!(tab.as_array().unwrap().iter().any(|field| field["id"] == id.as_str()), there);
        let page = admin.get("/rest/api/3/field/search/trashed?query=zon&orderBy=-trashDate").await.expect(200);
        assert_eq!(page["total"], usize::from(!there));
        if !there {
            let told = ["trashedBy", "trashedDate", "plannedDeletionDate"];
            assert!(told.iter().all(|member| !page["values"][0][member].is_null()));
        }
    };
    known(true).await;
    let path = format!("/rest/api/3/field/{id}");
    admin.post(&format!("{path}/restore"), json!({})).await.expect(400);
    admin.post(&format!("{path}/trash"), json!({})).await.expect(200);
    admin.post(&format!("{path}/trash"), json!({})).await.expect(400);
    known(false).await;
    // What happens meanwhile leaves the value alone.
    admin.put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": { "summary": "Changed" } })).await.expect(204);
    admin.post(&format!("{path}/restore"), json!({})).await.expect(200);
    known(true).await;

    admin.post("/rest/api/3/field/customfield_10020/trash", json!({})).await.refused(
        400,
        &["The custom field is locked."],
        json!({}),
    );
    admin.post("/rest/api/3/field/summary/trash", json!({})).await.expect(400);
    admin.post("/rest/api/3/field/customfield_99999/trash", json!({})).await.expect(404);
    admin.post("/rest/api/3/field/customfield_99999/restore", json!({})).await.expect(404);
    world.developer().post(&format!("{path}/trash"), json!({})).await.expect(403);
    world.developer().post(&format!("{path}/restore"), json!({})).await.expect(403);
    let sentence = "Only custom fields can be queried.";
    admin.get("/rest/api/3/field/search/trashed?type=system").await.refused(400, &[sentence], json!({}));
    world.developer().get("/rest/api/3/field/search/trashed").await.expect(403);
}

#[tokio::test]
async fn deleted_with_its_values() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = create_on_screen(&admin, "textfield", "Zone").await;
    let mut fields = bug("Has a zone");
    fields[&id] = "Quixotic".into();
    let key = admin.create(fields).await;
    let task = admin.task(&admin.delete(&format!("/rest/api/3/field/{id}")).await).await;
    assert_eq!(task["status"], "COMPLETE");
    admin.delete(&format!("/rest/api/3/field/{id}")).await.expect(404);
    let issue = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
    assert_eq!(issue["fields"].get(&id), None);
    // Its text is no longer found.
    let found = admin.post("/rest/api/3/search/jql", json!({ "jql": "text ~ Quixotic" })).await.expect(200);
    assert_eq!(found["issues"], json!([]));
    let screens = admin.get(&format!("/rest/api/3/field/{id}/screens")).await.expect(200);
    assert_eq!(screens["total"], 0);

    admin.delete("/rest/api/3/field/customfield_10020").await.expect(400);
    admin.delete("/rest/api/3/field/boom").await.expect(400);
    admin.delete("/rest/api/3/field/customfield_99999").await.expect(404);
    world.developer().delete("/rest/api/3/field/customfield_10030").await.expect(403);
    assert_eq!(world.anonymous().delete("/rest/api/3/field/customfield_10030").await.status, 401);
}

#[tokio::test]
async fn deleted_from_the_trash() {
    let world = World::empty().await;
    let admin = world.admin();
    let id = create(&admin, "float", "Gone").await;
    admin.post(&format!("/rest/api/3/field/{id}/trash"), json!({})).await.expect(200);
    let task = admin.task(&admin.delete(&format!("/rest/api/3/field/{id}")).await).await;
    assert_eq!(task["status"], "COMPLETE");
    admin.post(&format!("/rest/api/3/field/{id}/restore"), json!({})).await.expect(404);
}

#[tokio::test]
async fn searched_by_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].as_str().unwrap().to_owned();
    let page = admin.get(&format!("/rest/api/3/field/search?projectIds={project}&type=custom")).await.expect(200);
    assert!(page["total"].as_u64().unwrap() > 5);
    let page = admin.get("/rest/api/3/field/search?projectIds=1").await.expect(200);
    assert_eq!(page["total"], 0);
}

#[tokio::test]
async fn fields_of_projects() {
    let world = World::demo().await;
    let developer = world.developer();
    let project = developer.get("/rest/api/3/project/DEMO").await.expect(200)["id"].as_str().unwrap().to_owned();
    let path = format!("/rest/api/3/projects/fields?projectId={project}&workTypeId=10004&workTypeId=10000");
    let page = developer.get(&format!("{path}&fieldId=summary&fieldId=customfield_10011")).await.expect(200);
    let found: Vec<(&Value, &Value)> =
        page["values"].as_array().unwrap().iter().map(|item| (&item["workTypeId"], &item["fieldId"])).collect();
    assert_eq!(
        found,
        [
            (&json!(10000), &json!("summary")),
            (&json!(10000), &json!("customfield_10011")),
            (&json!(10004), &json!("summary")),
        ]
    );
    insta::assert_json_snapshot!(page["values"][0], { ".projectId" => "[id]" });
    developer.get("/rest/api/3/projects/fields?projectId=10000").await.expect(400);
    developer.get("/rest/api/3/projects/fields?projectId=1&workTypeId=10004").await.expect(403);
}

#[tokio::test]
async fn associations() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = create_on_screen(&admin, "textfield", "Zone").await;
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].as_str().unwrap().to_owned();
    let body = json!({
        "fields": [{ "type": "FIELD_ID", "identifier": id }],
        "associationContexts": [{ "type": "PROJECT_ID", "identifier": project.parse::<i64>().unwrap() }],
    });
    let path = "/rest/api/3/field/association";
    let associated = async || {
        let page = admin.get(&format!("/rest/api/3/field/{id}/association/project")).await.expect(200);
        page["values"].as_array().unwrap().contains(&json!({ "projectId": project }))
    };
    let settable = async || {
        let meta = admin.get("/rest/api/3/issue/createmeta/DEMO/issuetypes/10004?maxResults=200").await.expect(200);
        meta["fields"].as_array().unwrap().iter().any(|field| field["fieldId"] == id.as_str())
    };
    assert!(associated().await && settable().await);
    let removed =
        admin.raw(http::Method::DELETE, path, &[("content-type", "application/json")], body.to_string().into_bytes());
    removed.await.expect(204);
    assert!(!associated().await && !settable().await);
    admin.put(path, body.clone()).await.expect(204);
    assert!(associated().await && settable().await);

    let mut other = body.clone();
    other["fields"][0]["identifier"] = "customfield_99999".into();
    admin.put(path, other).await.expect(404);
    let mut other = body.clone();
    other["associationContexts"][0]["identifier"] = 1.into();
    admin.put(path, other).await.expect(404);
    let mut other = body.clone();
    other["fields"] = vec![body["fields"][0].clone(); 51].into();
    admin.put(path, other).await.expect(400);
    let mut other = body.clone();
    other["associationContexts"][0]["type"] = "ISSUE_TYPE_ID".into();
    admin.put(path, other).await.expect(400);
    admin.put(path, json!({ "fields": [], "associationContexts": [] })).await.expect(400);
    assert_eq!(world.developer().put(path, body).await.status, 401);
    admin.get("/rest/api/3/field/summary/association/project").await.expect(400);
    world.developer().get(&format!("/rest/api/3/field/{id}/association/project")).await.expect(403);
}
