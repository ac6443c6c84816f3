//! Contexts of custom fields: where a field applies, and what it starts with.

use crate::{
    fields::{add_options, context_of, create, create_on_screen},
    support::World,
};
use serde_json::{Value, json};

fn of_type(kind: &str) -> Value {
    json!({ "project": { "key": "DEMO" }, "issuetype": { "name": kind }, "summary": "One" })
}

#[tokio::test]
async fn a_context_decides_where_a_field_is() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create_on_screen(&admin, "textfield", "Zone").await;
    let demo = admin.project_id("DEMO").await.to_string();
    let path = format!("/rest/api/3/field/{field}/context");
    let has = async |kind: &str| {
        let key = admin.create(of_type(kind)).await;
        let issue = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
        issue["fields"].get(&field).is_some()
    };
    assert!(has("Bug").await && has("Task").await);
    let body = json!({ "name": "Bugs", "description": "d", "projectIds": [demo], "issueTypeIds": ["10004"] });
    let made = admin.post(&path, body).await.expect(201);
    insta::assert_json_snapshot!(made, { ".projectIds[0]" => "[project]" });
    assert!(has("Bug").await && !has("Task").await);
    let mut fields = of_type("Task");
    fields[&field] = "x".into();
    admin.post("/rest/api/3/issue", json!({ "fields": fields })).await.expect(400);

    let id = made["id"].as_str().unwrap();
    admin.put(&format!("{path}/{id}/issuetype"), json!({ "issueTypeIds": ["10002"] })).await.expect(204);
    assert!(has("Task").await);
    let mapping = json!({ "mappings": [
        { "projectId": demo, "issueTypeId": "10002" }, { "projectId": demo, "issueTypeId": "10001" },
    ] });
    let page = admin.post(&format!("{path}/mapping"), mapping).await.expect(200);
    let found: Vec<&Value> = page["values"].as_array().unwrap().iter().map(|item| &item["contextId"]).collect();
    assert_eq!(found, [&json!(id), &Value::Null]);
    let page = admin.get(&format!("{path}/issuetypemapping?contextId={id}")).await.expect(200);
    assert_eq!(
        page["values"],
        json!([
            { "contextId": id, "issueTypeId": "10002" }, { "contextId": id, "issueTypeId": "10004" },
        ])
    );
    let page = admin.get(&format!("{path}/projectmapping")).await.expect(200);
    let global = context_of(&admin, &field).await;
    assert_eq!(
        page["values"],
        json!([
            { "contextId": global, "isGlobalContext": true }, { "contextId": id, "projectId": demo },
        ])
    );
    admin
        .post(&format!("{path}/{id}/issuetype/remove"), json!({ "issueTypeIds": ["10002", "10004"] }))
        .await
        .expect(204);
    let page = admin.get(&format!("{path}?isAnyIssueType=true&isGlobalContext=false")).await.expect(200);
    assert_eq!(page["values"][0]["id"], id);

    let team = admin.project_id("TEAM").await.to_string();
    admin.put(&format!("{path}/{id}/project"), json!({ "projectIds": [team] })).await.expect(204);
    admin.post(&format!("{path}/{id}/project/remove"), json!({ "projectIds": [demo] })).await.expect(204);
    let page = admin.get(&format!("{path}/projectmapping?contextId={id}")).await.expect(200);
    assert_eq!(page["values"], json!([{ "contextId": id, "projectId": team }]));
    admin.put(&format!("{path}/{id}"), json!({ "name": "Renamed" })).await.expect(204);
    let page = admin.get(&format!("{path}?contextId={id}")).await.expect(200);
    assert_eq!((&page["values"][0]["name"], &page["values"][0]["description"]), (&json!("Renamed"), &json!("d")));
    admin.delete(&format!("{path}/{id}")).await.expect(204);
    admin.delete(&format!("{path}/{id}")).await.refused(404, &["The context was not found."], json!({}));
}

#[tokio::test]
async fn contexts_refused() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create(&admin, "textfield", "Zone").await;
    let demo = admin.project_id("DEMO").await.to_string();
    let path = format!("/rest/api/3/field/{field}/context");
    let global = context_of(&admin, &field).await;
    let refused = async |body: Value, status: u16, sentence: &str| {
        admin.post(&path, body).await.refused(status, &[sentence], json!({}));
    };
    refused(json!({ "name": "B" }), 400, "There can only be one global context for the custom field.").await;
    refused(json!({ "name": "B", "projectIds": ["1"] }), 404, "These projects were not found: 1.").await;
    refused(json!({ "name": "B", "issueTypeIds": ["x"] }), 404, "These issue types were not found: x.").await;
    let twice = json!({ "name": "B", "projectIds": [demo, demo] });
    refused(twice, 400, "The projectIds must not contain duplicates.").await;
    admin.post(&path, json!({ "name": " ", "projectIds": [demo] })).await.expect(400);
    admin.post(&path, json!({ "name": 1 })).await.expect(400);
    let made = admin.post(&path, json!({ "name": "B", "projectIds": [demo] })).await.expect(201);
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    let sentence = format!("These projects are already associated with a context: {demo}.");
    refused(json!({ "name": "C", "projectIds": [demo] }), 400, &sentence).await;
    admin.put(&format!("{own}/project"), json!({ "projectIds": [demo] })).await.refused(400, &[&sentence], json!({}));
    // Without projects there would be two contexts for all.
    admin.post(&format!("{own}/project/remove"), json!({ "projectIds": [demo] })).await.expect(400);
    let foreign = admin.post(&format!("{own}/issuetype/remove"), json!({ "issueTypeIds": ["10002"] })).await;
    foreign.refused(400, &["These issue types are not associated with the context: 10002."], json!({}));
    admin.put(&format!("{own}/issuetype"), json!({ "issueTypeIds": ["10002"] })).await.expect(204);
    let again = admin.put(&format!("{own}/issuetype"), json!({ "issueTypeIds": ["10002"] })).await;
    again.refused(400, &["These issue types are already associated with the context: 10002."], json!({}));
    admin.put(&format!("{own}/issuetype"), json!({ "issueTypeIds": [] })).await.expect(400);
    admin.put(&format!("{own}/issuetype"), json!({})).await.expect(400);

    admin.delete(&format!("{path}/{global}")).await.expect(400);
    admin.put(&format!("{path}/{global}/issuetype"), json!({ "issueTypeIds": ["10002"] })).await.expect(400);
    admin.put(&format!("{path}/{global}/project"), json!({ "projectIds": [demo] })).await.expect(400);
    admin.put(&format!("{path}/99"), json!({ "name": "x" })).await.expect(404);
    admin.put(&own, json!({ "name": "" })).await.expect(400);
    let pair = json!({ "projectId": demo, "issueTypeId": "10002" });
    let twice = admin.post(&format!("{path}/mapping"), json!({ "mappings": [pair, pair] })).await;
    twice.refused(400, &["Duplicate project and issue type mappings cannot be provided."], json!({}));
    let foreign = json!({ "mappings": [{ "projectId": "1", "issueTypeId": "10002" }] });
    let gone = admin.post(&format!("{path}/mapping"), foreign).await;
    gone.refused(404, &["These projects were not found: 1."], json!({}));

    let sentence = "Only Jira administrators can access custom field contexts.";
    let developer = world.developer();
    for path in ["", "/defaultValue", "/issuetypemapping", "/projectmapping"] {
        let path = format!("/rest/api/3/field/{field}/context{path}");
        developer.get(&path).await.refused(403, &[sentence], json!({}));
    }
    developer.get(&format!("/rest/api/3/field/{field}/contexts")).await.expect(403);
    developer.delete(&own).await.expect(403);
    developer.post(&format!("{path}/mapping"), json!({ "mappings": [] })).await.expect(403);
    assert_eq!(developer.post(&path, json!({ "name": "B" })).await.status, 401);
    let missing = "/rest/api/3/field/customfield_99999/context";
    admin.get(missing).await.refused(404, &["The custom field was not found."], json!({}));
    admin.get(&format!("{missing}/issuetypemapping")).await.expect(200);
}

#[tokio::test]
async fn every_kind_of_default() {
    let world = World::demo().await;
    let admin = world.admin();
    let me = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let groups = admin.get("/rest/api/3/myself?expand=groups").await.expect(200);
    let group = groups["groups"]["items"][0]["groupId"].clone();
    let demo = admin.project_id("DEMO").await.to_string();
    let values = [
        ("textfield", json!({ "type": "textfield", "text": "a" }), json!("a")),
        ("readonlyfield", json!({ "type": "readonly", "text": "a" }), json!("a")),
        ("textarea", json!({ "type": "textarea", "text": "a *b*" }), Value::Null),
        ("url", json!({ "type": "url", "url": "https://a.example" }), json!("https://a.example")),
        ("float", json!({ "type": "float", "number": 2.5 }), json!(2.5)),
        ("datepicker", json!({ "type": "datepicker", "date": "2026-01-02", "useCurrent": false }), json!("2026-01-02")),
        ("datepicker", json!({ "type": "datepicker", "useCurrent": true }), Value::Null),
        (
            "datetime",
            json!({ "type": "datetimepicker", "dateTime": "2026-01-02T03:04:05.000Z", "useCurrent": false }),
            Value::Null,
        ),
        ("labels", json!({ "type": "labels", "labels": ["x"] }), json!(["x"])),
        (
            "userpicker",
            json!({
                "type": "single.user.select", "accountId": me,
                "userFilter": { "enabled": true, "groups": ["g"], "roleIds": [1] },
            }),
            Value::Null,
        ),
        ("multiuserpicker", json!({ "type": "multi.user.select", "accountIds": [me] }), Value::Null),
        ("grouppicker", json!({ "type": "grouppicker.single", "groupId": group }), Value::Null),
        ("multigrouppicker", json!({ "type": "grouppicker.multiple", "groupIds": [group] }), Value::Null),
        ("project", json!({ "type": "project", "projectId": demo }), Value::Null),
    ];
    let mut made = Vec::new();
    for (kind, mut value, shown) in values {
        let field = create_on_screen(&admin, kind, kind).await;
        value["contextId"] = context_of(&admin, &field).await.into();
        made.push((field, value, shown));
    }
    for (kind, name, many) in [("select", "option.single", false), ("multiselect", "option.multiple", true)] {
        let field = create_on_screen(&admin, kind, kind).await;
        let options = add_options(&admin, &field, &["One", "Two"]).await;
        let context = context_of(&admin, &field).await;
        let value = match many {
            true => json!({ "type": name, "contextId": context, "optionIds": options }),
            false => json!({ "type": name, "contextId": context, "optionId": options[1] }),
        };
        made.push((field, value, Value::Null));
    }
    for (field, value, _) in &made {
        let path = format!("/rest/api/3/field/{field}/context/defaultValue");
        assert_eq!(admin.get(&path).await.expect(200)["total"], 0);
        admin.put(&path, json!({ "defaultValues": [value] })).await.expect(204);
        assert_eq!(admin.get(&path).await.expect(200)["values"], json!([value]));
        let by_context = admin.get(&format!("{path}s?contextId={}", value["contextId"].as_str().unwrap())).await;
        assert_eq!(
            by_context.expect(200)["values"][0]["defaultValues"],
            json!([{ "isAnyIssueType": true, "value": value }])
        );
        for (member, wrong) in
            [("useCurrent", json!("maybe")), ("userFilter", json!({ "enabled": true, "groups": {} }))]
        {
            let mut bad = value.clone();
            if bad.get(member).is_some() {
                bad[member] = wrong;
                admin.put(&path, json!({ "defaultValues": [bad] })).await.expect(400);
            }
        }
    }
    // New issues get them, createmeta tells them.
    let key = admin.create(of_type("Bug")).await;
    let issue = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
    let meta = admin.get("/rest/api/3/issue/createmeta/DEMO/issuetypes/10004?maxResults=200").await.expect(200);
    for (field, value, shown) in &made {
        let got = &issue["fields"][field];
        assert!(!got.is_null(), "{value}");
        assert!(shown.is_null() || got == shown, "{value}");
        let told = meta["fields"].as_array().unwrap().iter().find(|entry| entry["fieldId"] == field.as_str()).unwrap();
        assert_eq!(told["hasDefaultValue"], true);
    }
    let select = &made[made.len() - 2];
    assert_eq!(issue["fields"][&select.0]["value"], "Two");
    // Null takes it away.
    let path = format!("/rest/api/3/field/{}/context/defaultValue", select.0);
    let mut none = select.1.clone();
    none["optionId"] = Value::Null;
    admin.put(&path, json!({ "defaultValues": [none] })).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["total"], 0);
    let by_context = admin.get(&format!("{path}s")).await.expect(200);
    let id: i64 = select.1["contextId"].as_str().unwrap().parse().unwrap();
    assert_eq!(by_context["values"], json!([{ "contextId": id, "defaultValues": [{ "isAnyIssueType": true }] }]));
    admin.get("/rest/api/3/field/customfield_99999/context/defaultValues").await.expect(404);
    world.developer().get(&format!("{path}s")).await.expect(403);
}

#[tokio::test]
async fn defaults_of_cascades_and_versions() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create_on_screen(&admin, "cascadingselect", "Place").await;
    let context = context_of(&admin, &field).await;
    let parent = add_options(&admin, &field, &["Europe"]).await.remove(0);
    let options = format!("/rest/api/3/field/{field}/context/{context}/option");
    let child = json!({ "options": [{ "value": "Bern", "optionId": parent }] });
    let child = admin.post(&options, child).await.expect(200)["options"][0]["id"].clone();
    let path = format!("/rest/api/3/field/{field}/context/defaultValue");
    let value =
        json!({ "type": "option.cascading", "contextId": context, "optionId": parent, "cascadingOptionId": child });
    admin.put(&path, json!({ "defaultValues": [value] })).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["values"], json!([value]));
    let key = admin.create(of_type("Bug")).await;
    let issue = admin.get(&format!("/rest/api/3/issue/{key}?fields={field}")).await.expect(200);
    assert_eq!(issue["fields"][&field]["child"]["value"], "Bern");

    let refused = async |value: Value, status: u16| {
        admin.put(&path, json!({ "defaultValues": [value] })).await.expect(status);
    };
    refused(json!({ "type": "option.single", "contextId": context, "optionId": parent }), 400).await;
    refused(json!({ "type": "option.cascading", "contextId": context, "optionId": "1" }), 404).await;
    refused(json!({ "type": "option.cascading", "contextId": context, "optionId": child }), 404).await;
    refused(json!({ "type": "option.cascading", "contextId": "1", "optionId": parent }), 404).await;
    refused(json!({ "contextId": context, "optionId": parent }), 400).await;
    let two = json!({ "defaultValues": [value, { "type": "float", "contextId": context, "number": 1 }] });
    let sentence = "All default values in the request must have the same type.";
    admin.put(&path, two).await.refused(400, &[sentence], json!({}));
    world.developer().put(&path, json!({ "defaultValues": [] })).await.expect(403);
    admin
        .put("/rest/api/3/field/customfield_99999/context/defaultValue", json!({ "defaultValues": [] }))
        .await
        .expect(404);
}
