//! Options of select fields.

use crate::{
    fields::{add_options, context_of, create, create_on_screen},
    support::World,
};
use serde_json::{Value, json};

fn with(field: &str, value: Value) -> Value {
    json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Bug" }, "summary": "One", field: value })
}

fn values(page: &Value) -> Vec<&str> {
    page["values"].as_array().unwrap().iter().map(|option| option["value"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn made_listed_changed_and_moved() {
    let world = World::empty().await;
    let admin = world.admin();
    let field = create(&admin, "cascadingselect", "Place").await;
    let context = context_of(&admin, &field).await;
    let path = format!("/rest/api/3/field/{field}/context/{context}/option");
    let ids = add_options(&admin, &field, &["Asia", "Europe", "Africa"]).await;
    let body = json!({ "options": [{ "value": "Bern", "optionId": ids[1] }, { "value": "Rome", "optionId": ids[1], "disabled": true }] });
    insta::assert_json_snapshot!(admin.post(&path, body).await.expect(200));
    let page = admin.get(&path).await.expect(200);
    assert_eq!(values(&page), ["Asia", "Europe", "Africa", "Bern", "Rome"]);
    insta::assert_json_snapshot!(page["values"][4]);
    assert_eq!(values(&admin.get(&format!("{path}?onlyOptions=true")).await.expect(200)), ["Asia", "Europe", "Africa"]);
    let below = admin.get(&format!("{path}?optionId={}", ids[1])).await.expect(200);
    assert_eq!(values(&below), ["Europe", "Bern", "Rome"]);

    let change = json!({ "options": [{ "id": ids[0], "value": "Asia Pacific" }, { "id": ids[2], "disabled": false }] });
    let changed = admin.put(&path, change).await.expect(200);
    assert_eq!(changed, json!({ "options": [{ "id": ids[0], "value": "Asia Pacific", "disabled": false }] }));
    let order = async |body: Value, order: &[&str]| {
        admin.put(&format!("{path}/move"), body).await.expect(204);
        assert_eq!(values(&admin.get(&format!("{path}?onlyOptions=true")).await.expect(200)), order);
    };
    order(json!({ "customFieldOptionIds": [ids[2]], "position": "First" }), &["Africa", "Asia Pacific", "Europe"])
        .await;
    order(json!({ "customFieldOptionIds": [ids[2]], "position": "Last" }), &["Asia Pacific", "Europe", "Africa"]).await;
    order(json!({ "customFieldOptionIds": [ids[2], ids[1]], "after": ids[0] }), &["Asia Pacific", "Africa", "Europe"])
        .await;

    let one = world.developer().get(&format!("/rest/api/3/customFieldOption/{}", ids[0])).await;
    one.expect(404); // no project in which the field is used
    let one = admin.get(&format!("/rest/api/3/customFieldOption/{}", ids[0])).await.expect(200);
    assert_eq!(one["value"], "Asia Pacific");
    admin.get("/rest/api/3/customFieldOption/1").await.expect(404);
}

#[tokio::test]
async fn options_refused() {
    let world = World::empty().await;
    let admin = world.admin();
    let field = create(&admin, "select", "Size").await;
    let context = context_of(&admin, &field).await;
    let ids = add_options(&admin, &field, &["S", "M"]).await;
    let path = format!("/rest/api/3/field/{field}/context/{context}/option");
    let post =
        async |options: Value, status: u16| admin.post(&path, json!({ "options": options })).await.expect(status);
    post(json!([{ "value": "XL", "disabled": "maybe" }]), 400).await;
    post(json!([{ "value": "XL", "disabled": "false" }]), 200).await; // what clients send
    post(json!([]), 400).await;
    post(json!([{ "value": "" }]), 400).await;
    post(json!([{ "value": "s" }]), 400).await; // taken, in another case
    post(json!([{ "value": "L" }, { "value": "L" }]), 400).await;
    post(json!([{ "value": "x".repeat(256) }]), 400).await;
    post(json!([{ "value": "Below", "optionId": ids[0] }]), 400).await;
    post(vec![json!({ "value": "v" }); 1001].into(), 400).await;
    admin.put(&path, json!({ "options": [{ "id": "1", "value": "x" }] })).await.expect(404);
    admin.put(&path, json!({ "options": [{ "id": ids[0], "value": "M" }] })).await.expect(400);
    admin.put(&path, json!({ "options": [{ "id": ids[0] }, { "id": ids[0] }] })).await.expect(400);
    let both = json!({ "customFieldOptionIds": [ids[0]], "after": ids[1], "position": "Last" });
    let sentence = "'after' and 'position' were provided. Only 'after' or 'position' can be specified.";
    admin.put(&format!("{path}/move"), both).await.refused(400, &[sentence], json!({}));
    admin.put(&format!("{path}/move"), json!({ "customFieldOptionIds": [ids[0]] })).await.expect(400);
    admin.put(&format!("{path}/move"), json!({ "customFieldOptionIds": ["1"], "position": "Last" })).await.expect(404);
    admin.put(&format!("{path}/move"), json!({ "customFieldOptionIds": [ids[0]], "after": ids[0] })).await.expect(400);
    admin.delete(&format!("{path}/1")).await.expect(404);
    admin.get(&format!("{path}?optionId=1")).await.expect(404);

    let text = create(&admin, "textfield", "Text").await;
    let other = format!("/rest/api/3/field/{text}/context/{}/option", context_of(&admin, &text).await);
    admin.get(&other).await.refused(400, &["The custom field doesn't support options."], json!({}));
    admin.post(&other, json!({ "options": [{ "value": "x" }] })).await.expect(400);
    admin.get(&format!("/rest/api/3/field/{field}/context/1/option")).await.expect(404);
    admin.get("/rest/api/3/field/customfield_99999/context/1/option").await.expect(404);
    let sentence = "Only Jira administrators can manage custom field options.";
    let developer = world.developer();
    developer.get(&path).await.refused(403, &[sentence], json!({}));
    developer.post(&path, json!({ "options": [] })).await.expect(403);
    developer.put(&path, json!({ "options": [] })).await.expect(403);
    developer.delete(&format!("{path}/{}", ids[0])).await.expect(403);
    developer.delete(&format!("{path}/{}/issue", ids[0])).await.expect(403);
}

#[tokio::test]
async fn a_deleted_option_leaves_the_issues() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create_on_screen(&admin, "multiselect", "Sizes").await;
    let context = context_of(&admin, &field).await;
    let ids = add_options(&admin, &field, &["S", "M"]).await;
    let both = admin.create(with(&field, json!([{ "id": ids[0] }, { "id": ids[1] }]))).await;
    let one = admin.create(with(&field, json!([{ "id": ids[0] }]))).await;
    let path = format!("/rest/api/3/field/{field}/context/{context}/option");
    admin.delete(&format!("{path}/{}", ids[0])).await.expect(204);
    assert_eq!(values(&admin.get(&path).await.expect(200)), ["M"]);
    admin.get(&format!("/rest/api/3/customFieldOption/{}", ids[0])).await.expect(404);
    let shown = async |key: &str| {
        admin.get(&format!("/rest/api/3/issue/{key}?fields={field}")).await.expect(200)["fields"][&field].clone()
    };
    while !shown(&one).await.is_null() {
        tokio::task::yield_now().await;
    }
    while shown(&both).await.as_array().unwrap().len() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(shown(&both).await[0]["value"], "M");
    let log = admin.get(&format!("/rest/api/3/issue/{one}/changelog")).await.expect(200);
    let item = &log["values"][0]["items"][0];
    assert_eq!((&item["field"], &item["fromString"], &item["to"]), (&json!("Sizes"), &json!("S"), &Value::Null));
}

#[tokio::test]
async fn options_with_options_below_stay() {
    let world = World::empty().await;
    let admin = world.admin();
    let path = "/rest/api/3/field/customfield_10032/context/10115/option";
    let sentence = "Options with cascading options cannot be deleted.";
    admin.delete(&format!("{path}/10026")).await.refused(400, &[sentence], json!({}));
    admin.delete(&format!("{path}/10027")).await.expect(204);
}

#[tokio::test]
async fn replaced_on_issues() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = create_on_screen(&admin, "select", "Size").await;
    let context = context_of(&admin, &field).await;
    let ids = add_options(&admin, &field, &["S", "M"]).await;
    let one = admin.create(with(&field, json!({ "id": ids[0] }))).await;
    let two = admin.create(with(&field, json!({ "id": ids[0] }))).await;
    let path = format!("/rest/api/3/field/{field}/context/{context}/option/{}/issue", ids[0]);
    let see = admin.delete(&format!("{path}?replaceWith={}&jql=key%20%3D%20{one}", ids[1])).await;
    let task = admin.task(&see).await;
    let issue = admin.get(&format!("/rest/api/3/issue/{one}?fields={field}")).await.expect(200);
    let id: i64 = issue["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(task["result"], json!({ "modifiedIssues": [id], "unmodifiedIssues": [] }));
    assert_eq!(issue["fields"][&field]["value"], "M");
    let other = admin.get(&format!("/rest/api/3/issue/{two}?fields={field}")).await.expect(200);
    assert_eq!(other["fields"][&field]["value"], "S");
    // Without a replacement the field is emptied.
    admin.task(&admin.delete(&path).await).await;
    let other = admin.get(&format!("/rest/api/3/issue/{two}?fields={field}")).await.expect(200);
    assert_eq!(other["fields"][&field], Value::Null);
    let log = admin.get(&format!("/rest/api/3/issue/{one}/changelog")).await.expect(200);
    let item = &log["values"][0]["items"][0];
    assert_eq!((&item["fromString"], &item["toString"]), (&json!("S"), &json!("M")));

    admin.delete(&format!("{path}?replaceWith=1")).await.expect(404);
    admin.delete(&format!("{path}?replaceWith={}", ids[0])).await.expect(400);
    admin.delete(&format!("{path}?jql=%28")).await.expect(400);
    admin.delete(&path.replace(&ids[0], "1")).await.expect(404);
    admin.delete(&path.replace(&field, "customfield_10033")).await.expect(404);
}

#[tokio::test]
async fn what_is_below_a_replaced_option_goes_with_it() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = "customfield_10032";
    let key = admin.create(with(field, json!({ "value": "Production", "child": { "value": "EU" } }))).await;
    let path = format!("/rest/api/3/field/{field}/context/10115/option/10026/issue?replaceWith=10029");
    admin.task(&admin.delete(&path).await).await;
    let issue = admin.get(&format!("/rest/api/3/issue/{key}?fields={field}")).await.expect(200);
    assert_eq!(issue["fields"][field]["value"], "Staging");
    assert_eq!(issue["fields"][field].get("child"), None);
}
