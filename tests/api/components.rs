//! Components: their own life, whom they give issues to, and what their end does to issues.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const PATH: &str = "/rest/api/3/component";

pub async fn issue(client: &Client, fields: Value) -> String {
    let mut all = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "A task" });
    for (id, value) in fields.as_object().unwrap() {
        all[id] = value.clone();
    }
    let made = client.post("/rest/api/3/issue", json!({ "fields": all })).await.expect(201);
    made["key"].as_str().unwrap().to_owned()
}

pub async fn make(client: &Client, path: &str, body: Value) -> String {
    client.post(path, body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// The items of the newest entry of an issue's history.
pub async fn newest_change(client: &Client, key: &str) -> Value {
    let page = client.get(&format!("/rest/api/3/issue/{key}/changelog")).await.expect(200);
    page["values"].as_array().unwrap().last().unwrap()["items"].clone()
}

#[tokio::test]
async fn a_component_from_beginning_to_end() {
    let world = World::demo().await;
    let admin = world.admin();
    let me = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let body = json!({
        "project": "DEMO", "name": "Backend", "description": "Servers", "leadAccountId": me, "assigneeType": "COMPONENT_LEAD",
    });
    let made = admin.post(PATH, body).await.expect(201);
    assert_json_snapshot!("component", world.portable(&made));
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    assert_eq!(world.viewer().get(&path).await.expect(200), made);

    // Clients send back all that they got.
    let mut body = made.clone();
    body["name"] = json!("Back end");
    body["leadAccountId"] = json!("");
    let changed = admin.put(&path, body).await.expect(200);
    assert_eq!((&changed["name"], changed.get("lead")), (&json!("Back end"), None));
    assert_eq!(
        (&changed["assigneeType"], &changed["realAssigneeType"], &changed["isAssigneeTypeValid"]),
        (&json!("COMPONENT_LEAD"), &json!("PROJECT_DEFAULT"), &json!(false))
    );
    let counts = world.anonymous().get(&format!("{path}/relatedIssueCounts")).await.expect(200);
    assert_eq!(counts["issueCount"], 0);
    admin.delete(&path).await.expect(204);
    let id = made["id"].as_str().unwrap();
    let sentence = format!("The component with id {id} does not exist.");
    admin.get(&path).await.refused(404, &[&sentence], json!({}));
    admin.delete(&path).await.expect(404);
    admin.put(&path, json!({ "name": "X" })).await.expect(404);
    admin.get(&format!("{path}/relatedIssueCounts")).await.expect(404);
}

#[tokio::test]
async fn a_component_chooses_who_gets_issues() {
    let world = World::demo().await;
    let admin = world.admin();
    let developer = world.developer().get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let admin_id = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    admin.put("/rest/api/3/project/DEMO", json!({ "assigneeType": "PROJECT_LEAD" })).await.expect(200);
    let mut expected = Vec::new();
    for (rule, lead, person) in [
        ("PROJECT_DEFAULT", &developer, &admin_id),
        ("COMPONENT_LEAD", &developer, &developer),
        ("PROJECT_LEAD", &developer, &admin_id),
        ("UNASSIGNED", &developer, &Value::Null),
        ("COMPONENT_LEAD", &Value::Null, &admin_id),
    ] {
        let name = format!("C{}", expected.len());
        let body = json!({ "project": "DEMO", "name": name, "leadAccountId": lead, "assigneeType": rule });
        let made = admin.post(PATH, body).await.expect(201);
        let key = issue(&admin, json!({ "components": [{ "name": name }] })).await;
        let fields = &admin.get(&format!("/rest/api/3/issue/{key}?fields=assignee")).await.expect(200)["fields"];
        let assignee = fields["assignee"].get("accountId").cloned().unwrap_or_default();
        assert_eq!(assignee, *person, "{rule} {lead}");
        assert_eq!(made["realAssignee"].get("accountId").cloned().unwrap_or_default(), *person, "{rule} {lead}");
        expected.push(person);
    }
}

#[tokio::test]
async fn deleting_a_component_changes_its_issues() {
    let world = World::demo().await;
    let admin = world.admin();
    let old = make(&admin, PATH, json!({ "project": "DEMO", "name": "Old" })).await;
    let new = make(&admin, PATH, json!({ "project": "DEMO", "name": "New" })).await;
    let one = issue(&admin, json!({ "components": [{ "id": old }] })).await;
    let both = issue(&admin, json!({ "components": [{ "id": old }, { "id": new }] })).await;
    assert_eq!(admin.get(&format!("{PATH}/{old}/relatedIssueCounts")).await.expect(200)["issueCount"], 2);
    let page = admin.get("/rest/api/3/project/DEMO/component?orderBy=-issueCount").await.expect(200);
    let counts: Vec<&Value> = page["values"].as_array().unwrap().iter().map(|value| &value["issueCount"]).collect();
    assert_eq!(counts, [2, 1]);

    admin.delete(&format!("{PATH}/{old}?moveIssuesTo=999")).await.expect(404);
    admin.delete(&format!("{PATH}/{old}?moveIssuesTo={old}")).await.expect(404);
    admin.delete(&format!("{PATH}/{old}?moveIssuesTo={new}")).await.expect(204);
    for key in [&one, &both] {
        let fields = &admin.get(&format!("/rest/api/3/issue/{key}?fields=components")).await.expect(200)["fields"];
        let names: Vec<&Value> = fields["components"].as_array().unwrap().iter().map(|value| &value["name"]).collect();
        assert_eq!(names, ["New"], "{key}");
    }
    assert_json_snapshot!("component_replaced", newest_change(&admin, &one).await);
    assert_eq!(newest_change(&admin, &both).await.as_array().unwrap().len(), 1);

    admin.delete(&format!("{PATH}/{new}")).await.expect(204);
    let fields = &admin.get(&format!("/rest/api/3/issue/{one}?fields=components")).await.expect(200)["fields"];
    assert_eq!(fields["components"], json!([]));
}

#[tokio::test]
async fn refuses_bad_components() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let id = make(&admin, PATH, json!({ "project": "DEMO", "name": "Taken" })).await;
    let taken = "A component with the name taken already exists in this project.";
    for (body, errors) in [
        (
            json!({ "project": "DEMO" }),
            json!({ "name": "The component name specified is invalid - cannot be an empty string." }),
        ),
        (json!({ "project": "DEMO", "name": "taken" }), json!({ "name": taken })),
        (
            json!({ "project": "DEMO", "name": "x".repeat(256) }),
            json!({ "name": "The component name must not exceed 255 characters in length." }),
        ),
        (json!({ "name": "No project" }), json!({ "project": "The project of the component must be specified." })),
        (
            json!({ "project": "DEMO", "name": "X", "leadAccountId": "nobody", "assigneeType": "SOMEBODY" }),
            json!({ "leadAccountId": "The user nobody does not exist.", "assigneeType": "The assignee type 'SOMEBODY' is invalid." }),
        ),
    ] {
        admin.post(PATH, body).await.refused(400, &[], errors);
    }
    admin.post(PATH, json!({ "project": "DEMO", "name": 5 })).await.expect(400);
    admin.post(PATH, json!({ "project": "DEMO", "name": "X", "other": 5 })).await.expect(400);
    admin.post(PATH, json!({ "project": "NOPE", "name": "X" })).await.expect(404);
    developer.post(PATH, json!({ "project": "DEMO", "name": "X" })).await.expect(403);
    developer.put(&format!("{PATH}/{id}"), json!({ "name": "X" })).await.expect(403);
    developer.delete(&format!("{PATH}/{id}")).await.expect(403);
    world.anonymous().get(&format!("{PATH}/{id}")).await.expect(404);
    world.anonymous().post(PATH, json!({ "project": "DEMO", "name": "X" })).await.expect(404);
    make(&admin, PATH, json!({ "project": "OPS", "name": "Taken" })).await;
}

#[tokio::test]
async fn finds_components_of_several_projects() {
    let world = World::demo().await;
    let admin = world.admin();
    for (project, name, description) in [("DEMO", "b", "second"), ("DEMO", "a", "first"), ("OPS", "c", "third")] {
        make(&admin, PATH, json!({ "project": project, "name": name, "description": description })).await;
    }
    for (query, expected) in [
        ("", vec!["a", "b", "c"]),
        ("projectIdsOrKeys=DEMO", vec!["a", "b"]),
        ("projectIdsOrKeys=DEMO,OPS&orderBy=-name", vec!["c", "b", "a"]),
        ("orderBy=description&query=R", vec!["a", "c"]),
        ("startAt=1&maxResults=1", vec!["b"]),
    ] {
        let page = world.developer().get(&format!("{PATH}?{query}")).await.expect(200);
        let names: Vec<&str> =
            page["values"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{query}");
    }
    let page = admin.get(&format!("{PATH}?maxResults=1")).await.expect(200);
    assert_json_snapshot!("component_search", world.portable(&page));
    admin.get(&format!("{PATH}?projectIdsOrKeys=NOPE")).await.expect(404);
    assert_eq!(world.anonymous().get(PATH).await.expect(200)["total"], 0);
}

#[tokio::test]
async fn no_issue_keeps_what_is_deleted_at_the_same_time() {
    let world = World::demo().await;
    let admin = world.admin();
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let project: i64 = project.as_str().unwrap().parse().unwrap();
    for turn in 0..10 {
        let component = make(&admin, PATH, json!({ "project": "DEMO", "name": format!("C{turn}") })).await;
        let version = json!({ "projectId": project, "name": format!("V{turn}") });
        let version = make(&admin, "/rest/api/3/version", version).await;
        let fields = json!({ "components": [{ "id": component }], "fixVersions": [{ "id": version }] });
        let mut new = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "A task" });
        new["components"] = fields["components"].clone();
        let (edited, created, one, other) = tokio::join!(
            admin.put("/rest/api/3/issue/DEMO-7", json!({ "fields": fields })),
            admin.post("/rest/api/3/issue", json!({ "fields": new })),
            async { admin.delete(&format!("{PATH}/{component}")).await },
            async { admin.delete(&format!("/rest/api/3/version/{version}")).await },
        );
        one.expect(204);
        other.expect(204);
        assert!([204, 400].contains(&edited.status.as_u16()), "{}", edited.text());
        assert!([201, 400].contains(&created.status.as_u16()), "{}", created.text());
        // An id that nothing stands for would be no empty value.
        for field in ["component", "fixVersion"] {
            let count = json!({ "jql": format!("project = DEMO AND {field} IS NOT EMPTY") });
            let found = admin.post("/rest/api/3/search/approximate-count", count).await.expect(200);
            assert_eq!(found["count"], 0, "{field}, turn {turn}");
        }
    }
}
