//! Settings of all of Jira.

use crate::support::World;
use serde_json::{Value, json};

#[tokio::test]
async fn application_properties() {
    let world = World::empty().await;
    let admin = world.admin();
    let path = "/rest/api/3/application-properties";
    let all = admin.get(path).await.expect(200);
    assert_eq!(all.as_array().unwrap().len(), 25);
    insta::assert_json_snapshot!(all[1]);
    assert_eq!(admin.get(&format!("{path}?key=jira.clone.prefix")).await.expect(200), all[1]);
    let some = admin.get(&format!("{path}?keyFilter=jira.lf.date.*")).await.expect(200);
    assert_eq!(some.as_array().unwrap().len(), 4);
    assert_eq!(admin.get(&format!("{path}?keyFilter=%28")).await.expect(200), json!([]));
    assert_eq!(admin.get(&format!("{path}/advanced-settings")).await.expect(200).as_array().unwrap().len(), 9);

    let own = format!("{path}/jira.clone.prefix");
    let changed = admin.put(&own, json!({ "id": "jira.clone.prefix", "value": "Copy" })).await.expect(200);
    assert_eq!(changed["value"], "Copy");
    assert_eq!(admin.get(&format!("{path}?key=jira.clone.prefix")).await.expect(200), changed);
    let flag = format!("{path}/jira.option.globalsharing");
    admin.put(&flag, json!({ "value": "maybe" })).await.expect(400);
    admin.put(&flag, json!({ "value": "false" })).await.expect(200);
    admin.put(&format!("{path}/jira.newsletter.tip.delay.days"), json!({ "value": "x" })).await.expect(400);
    admin.put(&own, json!({ "id": "other", "value": "x" })).await.expect(400);
    admin.put(&own, json!({})).await.expect(400);
    admin.put(&format!("{path}/boom"), json!({ "value": "x" })).await.expect(404);
    admin.get(&format!("{path}?key=boom")).await.expect(404);
    let developer = world.developer();
    developer.get(&format!("{path}?key=jira.clone.prefix")).await.expect(404);
    assert_eq!(developer.get(path).await.status, 401);
    developer.put(&own, json!({ "value": "x" })).await.expect(403);
    developer.get(&format!("{path}/advanced-settings")).await.expect(403);
}

#[tokio::test]
async fn time_tracking() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/configuration/timetracking";
    assert_eq!(admin.get(path).await.expect(200), json!({ "key": "JIRA", "name": "JIRA provided time tracking" }));
    admin.put(path, json!({ "key": "Jira" })).await.expect(204);
    admin.put(path, json!({ "key": "other" })).await.expect(400);
    admin.put(path, json!({})).await.expect(400);
    world.developer().put(path, json!({ "key": "JIRA" })).await.expect(403);

    let fields = json!({
        "project": { "key": "DEMO" }, "issuetype": { "name": "Bug" }, "summary": "Long", "timetracking": { "originalEstimate": "1d" },
    });
    let key = admin.create(fields).await;
    let shown = async || {
        let issue = admin.get(&format!("/rest/api/3/issue/{key}?fields=timetracking")).await.expect(200);
        issue["fields"]["timetracking"]["originalEstimate"].as_str().unwrap().to_owned()
    };
    assert_eq!(shown().await, "1d");
    let options =
        json!({ "workingHoursPerDay": 4.0, "workingDaysPerWeek": 2.5, "timeFormat": "hours", "defaultUnit": "day" });
    let path = "/rest/api/3/configuration/timetracking/options";
    assert_eq!(admin.put(path, options.clone()).await.expect(200), options);
    assert_eq!(admin.get(path).await.expect(200), options);
    let whole = admin.get("/rest/api/3/configuration").await.expect(200);
    assert_eq!(whole["timeTrackingConfiguration"], options);
    assert_eq!(shown().await, "8h");
    let edit = json!({ "fields": { "timetracking": { "originalEstimate": "2" } } });
    admin.put(&format!("/rest/api/3/issue/{key}"), edit).await.expect(204);
    assert_eq!(shown().await, "8h"); // two days of four hours
    let found = admin.post("/rest/api/3/search/jql", json!({ "jql": "originalEstimate = 2d" })).await.expect(200);
    assert_eq!(found["issues"].as_array().unwrap().len(), 1);

    let refused = async |member: &str, value: Value| {
        let mut body = options.clone();
        body[member] = value;
        admin.put(path, body).await.expect(400);
    };
    refused("workingHoursPerDay", json!(0)).await;
    refused("workingDaysPerWeek", json!(8)).await;
    refused("timeFormat", json!("boom")).await;
    refused("defaultUnit", json!(1)).await;
    admin.put(path, json!({})).await.expect(400);
    world.developer().put(path, options.clone()).await.expect(403);
}

#[tokio::test]
async fn announcement_banner() {
    let world = World::empty().await;
    let admin = world.admin();
    let path = "/rest/api/3/announcementBanner";
    insta::assert_json_snapshot!(admin.get(path).await.expect(200));
    let body = json!({ "message": "Closed tonight", "isEnabled": true, "visibility": "private" });
    admin.put(path, body).await.expect(204);
    admin.put(path, json!({ "isDismissible": true })).await.expect(204);
    insta::assert_json_snapshot!(admin.get(path).await.expect(200));
    admin.put(path, json!({ "visibility": "secret" })).await.expect(400);
    admin.put(path, json!({ "message": 5 })).await.expect(400);
    admin.put(path, json!({ "message": null })).await.refused(400, &["Banner message cannot be null."], json!({}));
    world.developer().get(path).await.refused(403, &["Only admins can read banner configuration."], json!({}));
    let sentence = "Only admins can update banner configuration.";
    world.developer().put(path, json!({})).await.refused(403, &[sentence], json!({}));
}

#[tokio::test]
async fn default_columns() {
    let world = World::empty().await;
    let admin = world.admin();
    let path = "/rest/api/3/settings/columns";
    let values = async || -> Vec<String> {
        let columns = admin.get(path).await.expect(200);
        columns.as_array().unwrap().iter().map(|column| column["value"].as_str().unwrap().to_owned()).collect()
    };
    let columns = admin.get(path).await.expect(200);
    assert_eq!(columns[1], json!({ "label": "Key", "value": "issuekey" }));
    let form = &[("content-type", "application/x-www-form-urlencoded")];
    let body = b"columns=summary&columns=customfield_10030".to_vec();
    admin.raw(http::Method::PUT, path, form, body).await.expect(200);
    assert_eq!(values().await, ["summary", "customfield_10030"]);
    // What people get who chose none.
    let own = world.developer().get("/rest/api/3/user/columns").await.expect(200);
    assert_eq!(own.as_array().unwrap().len(), 2);
    admin.raw(http::Method::PUT, path, form, b"columns=boom".to_vec()).await.expect(404);
    assert_eq!(values().await, ["summary", "customfield_10030"]);
    // A column leaves with its field.
    admin.post("/rest/api/3/field/customfield_10030/trash", json!({})).await.expect(200);
    assert_eq!(values().await, ["summary"]);
    admin.raw(http::Method::PUT, path, form, Vec::new()).await.expect(200);
    assert!(values().await.is_empty());
    let sentence = "Only Jira administrators can access the default columns.";
    world.developer().get(path).await.refused(403, &[sentence], json!({}));
    world.developer().raw(http::Method::PUT, path, form, Vec::new()).await.expect(403);
}
