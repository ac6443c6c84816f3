//! Worklogs.

use crate::support::{Client, World, document};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const LOGS: &str = "/rest/api/3/issue/DEMO-7/worklog";

async fn log(client: &Client, query: &str, body: Value) -> Value {
    client.post(&format!("{LOGS}{query}"), body).await.expect(201)
}

/// The remaining estimate and the time spent, in seconds.
async fn totals(client: &Client, key: &str) -> (Value, Value) {
    let path = format!("/rest/api/3/issue/{key}?fields=timeestimate,timespent");
    let fields = client.get(&path).await.expect(200)["fields"].clone();
    (fields["timeestimate"].clone(), fields["timespent"].clone())
}

async fn estimate(client: &Client, key: &str, original: &str, remaining: &str) {
    let fields = json!({ "timetracking": { "originalEstimate": original, "remainingEstimate": remaining } });
    client.put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": fields })).await.expect(204);
}

/// The items of the newest entry of the history: field, from and to.
async fn newest_items(client: &Client, key: &str) -> Vec<(String, Value, Value)> {
    let issue = client.get(&format!("/rest/api/3/issue/{key}?fields=summary&expand=changelog")).await.expect(200);
    let items = issue["changelog"]["histories"][0]["items"].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .map(|item| (item["field"].as_str().unwrap().to_owned(), item["from"].clone(), item["to"].clone()))
        .collect()
}

#[tokio::test]
async fn a_worklog_lives_from_creation_to_deletion() {
    let world = World::demo().await;
    let developer = world.developer();
    let body =
        json!({ "comment": document("Did it"), "started": "2026-01-17T12:34:00.000+0000", "timeSpent": "3h 20m" });
    let made = log(&developer, "", body).await;
    assert_json_snapshot!(made, {
        ".self" => "[self]", ".id" => "[id]", ".created" => "[time]", ".updated" => "[time]",
        ".**.self" => "[self]", ".**.avatarUrls" => "[avatars]",
    });
    let path = format!("{LOGS}/{}", made["id"].as_str().unwrap());
    let edited = developer.put(&path, json!({ "timeSpentSeconds": 3600 })).await.expect(200);
    assert_eq!(edited["comment"], made["comment"]); // what is left out stays
    assert_eq!(edited["started"], made["started"]);
    assert_eq!(edited["timeSpent"], "1h");
    let read = developer.get(&path.replace("/3/", "/2/")).await.expect(200);
    assert_eq!(read["comment"], "Did it");
    assert_eq!(developer.get(LOGS).await.expect(200)["total"], 1);
    developer.delete(&path).await.expect(204);
    developer.get(&path).await.expect(404);
    assert_eq!(developer.get(LOGS).await.expect(200)["worklogs"], json!([]));
}

#[tokio::test]
async fn estimates_follow_in_all_four_ways() {
    let world = World::demo().await;
    let developer = world.developer();
    estimate(&developer, "DEMO-7", "2h", "2h").await;
    let hour = || json!({ "timeSpentSeconds": 3600 });
    let first = log(&developer, "", hour()).await;
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(3600), json!(3600)));
    let items = newest_items(&developer, "DEMO-7").await;
    assert_eq!(items[0], ("timeestimate".into(), json!("7200"), json!("3600")));
    assert_eq!(items[1], ("timespent".into(), json!(null), json!("3600")));
    assert_eq!(items[2], ("WorklogId".into(), json!(null), first["id"].clone()));
    let second = log(&developer, "?adjustEstimate=leave", hour()).await;
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(3600), json!(7200)));
    assert_eq!(newest_items(&developer, "DEMO-7").await.len(), 2); // no estimate in it
    log(&developer, "?adjustEstimate=new&newEstimate=1d", hour()).await;
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(28_800), json!(10_800)));
    log(&developer, "?adjustEstimate=manual&reduceBy=7h", hour()).await;
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(3600), json!(14_400)));
    // Never below nothing, and told even where it stays the same.
    log(&developer, "", json!({ "timeSpent": "5h" })).await;
    log(&developer, "", hour()).await;
    assert_eq!(newest_items(&developer, "DEMO-7").await[0], ("timeestimate".into(), json!("0"), json!("0")));
    // Changing and removing give back.
    let path = |worklog: &Value| format!("{LOGS}/{}", worklog["id"].as_str().unwrap());
    developer.put(&path(&first), json!({ "timeSpent": "30m" })).await.expect(200);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(1800), json!(34_200)));
    developer.delete(&path(&first)).await.expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(3600), json!(32_400)));
    developer.delete(&format!("{}?adjustEstimate=manual&increaseBy=1h", path(&second))).await.expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(7200), json!(28_800)));
    let issue = developer.get("/rest/api/3/issue/DEMO-7?fields=timetracking,progress,workratio").await.expect(200);
    assert_eq!(issue["fields"]["timetracking"]["timeSpent"], "1d");
    assert_eq!(issue["fields"]["progress"], json!({ "progress": 28_800, "total": 36_000, "percent": 80 }));
    assert_eq!(issue["fields"]["workratio"], 400);
    for (query, field) in [
        ("?adjustEstimate=new", "newEstimate"),
        ("?adjustEstimate=new&newEstimate=soon", "newEstimate"),
        ("?adjustEstimate=manual", "adjustmentAmount"),
        ("?adjustEstimate=manual&reduceBy=x", "adjustmentAmount"),
    ] {
        let refused = developer.post(&format!("{LOGS}{query}"), hour()).await.expect(400);
        assert!(refused["errors"][field].is_string(), "{query}: {refused}");
    }
    developer.post(&format!("{LOGS}?adjustEstimate=perhaps"), hour()).await.expect(400);
}

#[tokio::test]
async fn sub_tasks_add_up_in_their_parent_but_issues_not_in_their_epic() {
    let world = World::demo().await;
    let admin = world.admin();
    let parent = admin.create(json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "p", "parent": { "key": "DEMO-1" } })).await;
    let child = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Sub-task" }, "summary": "c", "parent": { "key": parent } });
    let child = admin.create(child).await;
    admin.post(&format!("/rest/api/3/issue/{child}/worklog"), json!({ "timeSpent": "1h" })).await.expect(201);
    let fields = async |key: &str| {
        let path = format!("/rest/api/3/issue/{key}?fields=timespent,aggregatetimespent,aggregateprogress");
        admin.get(&path).await.expect(200)["fields"].clone()
    };
    let above = fields(&parent).await;
    assert_eq!((&above["timespent"], &above["aggregatetimespent"]), (&json!(null), &json!(3600)));
    assert_eq!(above["aggregateprogress"], json!({ "progress": 3600, "total": 3600, "percent": 100 }));
    assert_eq!(fields("DEMO-1").await["aggregatetimespent"], json!(null));
}

#[tokio::test]
async fn refuses_bad_worklogs() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    for (body, field) in [
        (json!({}), "timeLogged"),
        (json!({ "timeSpent": "soon" }), "timeLogged"),
        (json!({ "timeSpent": "0m" }), "timeLogged"),
        (json!({ "timeSpentSeconds": -5 }), "timeLogged"),
        (json!({ "timeSpent": "1h", "timeSpentSeconds": 5 }), "timeLogged"),
        (json!({ "timeSpent": "1h", "started": "yesterday" }), "started"),
        (json!({ "timeSpent": "1h", "comment": "text" }), "comment"),
        (json!({ "timeSpent": "1h", "visibility": { "type": "role", "value": "Nobody" } }), "visibility"),
        (json!({ "timeSpent": "1h", "properties": [{ "key": "", "value": 1 }] }), "properties"),
    ] {
        let refused = developer.post(LOGS, body.clone()).await.expect(400);
        assert!(refused["errors"][field].is_string(), "{body}: {refused}");
    }
    developer.post(LOGS, json!([])).await.expect(400);
    viewer.post(LOGS, json!({ "timeSpent": "1h" })).await.refused(
        400,
        &["You do not have the permission to associate a worklog to this issue."],
        json!({}),
    );
    developer.post("/rest/api/3/issue/NOPE-1/worklog", json!({ "timeSpent": "1h" })).await.expect(404);
    let made = log(&developer, "", json!({ "timeSpent": "1h" })).await;
    let path = format!("{LOGS}/{}", made["id"].as_str().unwrap());
    viewer.put(&path, json!({ "timeSpent": "2h" })).await.expect(400);
    viewer.delete(&path).await.expect(400);
    world.admin().put(&path, json!({ "timeSpent": "2h" })).await.expect(200); // may edit all
    for missing in [format!("{LOGS}/99999"), format!("{LOGS}/x"), path.replace("DEMO-7", "DEMO-6")] {
        developer.get(&missing).await.expect(404);
        developer.put(&missing, json!({ "timeSpent": "2h" })).await.expect(404);
        developer.delete(&missing).await.expect(404);
    }
}

#[tokio::test]
async fn restricted_worklogs_are_missing_for_others() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let restricted = json!({ "timeSpent": "1h", "visibility": { "type": "role", "value": "Administrators" } });
    let made = log(&admin, "", restricted).await;
    assert_eq!(made["visibility"], json!({ "type": "role", "value": "Administrators", "identifier": "10002" }));
    let path = format!("{LOGS}/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.get(LOGS).await.expect(200)["total"], 1);
    assert_eq!(developer.get(LOGS).await.expect(200)["total"], 0);
    developer.get(&path).await.expect(404);
    let id: i64 = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(developer.post("/rest/api/3/worklog/list", json!({ "ids": [id] })).await.expect(200), json!([]));
    for (client, count) in [(&admin, 1), (&developer, 0)] {
        let field =
            client.get("/rest/api/3/issue/DEMO-7?fields=worklog").await.expect(200)["fields"]["worklog"].clone();
        assert_eq!((&field["total"], field["worklogs"].as_array().unwrap().len()), (&json!(count), count));
    }
    // The total of the issue is for everybody.
    assert_eq!(totals(&developer, "DEMO-7").await.1, 3600);
    // Saying nothing keeps the restriction, null takes it away.
    assert!(admin.put(&path, json!({ "timeSpent": "2h" })).await.expect(200)["visibility"].is_object());
    assert!(admin.put(&path, json!({ "visibility": null })).await.expect(200).get("visibility").is_none());
    let group = json!({ "visibility": { "type": "group", "value": "jira-software-users" } });
    admin.put(&path, group).await.expect(200);
    developer.get(&path).await.expect(200);
    world.viewer().get(&path).await.expect(404);
}

#[tokio::test]
async fn lists_in_pages_by_time_and_at_most_twenty_inside_the_issue() {
    let world = World::demo().await;
    let developer = world.developer();
    for day in 10..31 {
        let started = format!("2026-01-{day}T10:00:00.000+0000");
        log(&developer, "", json!({ "timeSpent": "1m", "started": started })).await;
    }
    let page = developer.get(&format!("{LOGS}?startAt=20&maxResults=5")).await.expect(200);
    assert_eq!((&page["total"], page["worklogs"].as_array().unwrap().len()), (&json!(21), 1));
    let at = |day: i64| (1_767_225_600 + (day - 1) * 86_400 + 36_000) * 1000;
    let page = developer.get(&format!("{LOGS}?startedAfter={}&startedBefore={}", at(12), at(14))).await.expect(200);
    assert_eq!(page["total"], 2);
    developer.get(&format!("{LOGS}?startedAfter={}", i64::MAX)).await.expect(200);
    let issue = developer.get("/rest/api/3/issue/DEMO-7?expand=renderedFields").await.expect(200);
    let field = &issue["fields"]["worklog"];
    assert_eq!((&field["maxResults"], &field["total"]), (&json!(20), &json!(21)));
    assert_eq!(field["worklogs"].as_array().unwrap().len(), 20); // J-35
    let rendered = &issue["renderedFields"]["worklog"]["worklogs"][0];
    assert_eq!(rendered["timeSpent"], "1 minute");
    assert!(rendered.get("timeSpentSeconds").is_none());
}

#[tokio::test]
async fn several_are_deleted_and_moved_at_once() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let mut ids = Vec::new();
    for _ in 0..4 {
        let made = log(&developer, "", json!({ "timeSpent": "1h" })).await;
        ids.push(made["id"].as_str().unwrap().parse::<i64>().unwrap());
    }
    let delete = async |client: &Client, ids: Value| {
        let body = json!({ "ids": ids }).to_string().into_bytes();
        client.raw(http::Method::DELETE, LOGS, &[("content-type", "application/json")], body).await
    };
    delete(&developer, json!(ids[..1])).await.expect(400); // takes Delete All Worklogs
    delete(&admin, json!([])).await.expect(400);
    delete(&admin, json!([ids[0], 99_999])).await.expect(404);
    assert_eq!(developer.get(LOGS).await.expect(200)["total"], 4);
    delete(&admin, json!(ids[..2])).await.expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(7200), json!(7200)));
    assert_eq!(newest_items(&developer, "DEMO-7").await.len(), 4);

    let path = format!("{LOGS}/move");
    let histories = developer.get("/rest/api/3/issue/DEMO-6/changelog").await.expect(200)["total"].clone();
    let to = |ids: &[i64]| json!({ "ids": ids, "issueIdOrKey": "DEMO-6" });
    developer.post(&path, to(&ids[2..])).await.expect(400);
    admin.post(&path, json!({ "ids": ids[2..] })).await.expect(400);
    admin.post(&path, json!({ "ids": ids[2..], "issueIdOrKey": "DEMO-7" })).await.expect(400);
    admin.post(&path, json!({ "ids": ids[2..], "issueIdOrKey": "DEMO-999" })).await.expect(404);
    admin.post(&path, to(&[99_999])).await.expect(404);
    admin.post(&path, to(&ids[2..])).await.expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await.1, 0);
    assert_eq!(totals(&developer, "DEMO-6").await.1, 7200);
    assert_eq!(developer.get("/rest/api/3/issue/DEMO-6/worklog").await.expect(200)["total"], 2);
    assert_eq!(developer.get("/rest/api/3/issue/DEMO-6/changelog").await.expect(200)["total"], histories);
}

#[tokio::test]
async fn feeds_tell_what_was_updated_and_deleted() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let kept = log(&developer, "", json!({ "timeSpent": "1h", "properties": [{ "key": "k", "value": 1 }] })).await;
    let gone = log(&developer, "", json!({ "timeSpent": "1h" })).await;
    let id = |worklog: &Value| worklog["id"].as_str().unwrap().parse::<i64>().unwrap();
    developer.delete(&format!("{LOGS}/{}", id(&gone))).await.expect(204);
    let feed = async |path: &str| developer.get(&format!("/rest/api/3/worklog/{path}")).await.expect(200);
    assert_eq!(feed("updated").await["values"], json!([])); // not within the last minute (J-99)
    assert_eq!(feed("deleted").await["values"], json!([]));
    world.change(json!({ "clock": { "advanceMs": 61_000 } })).await;
    let updated = feed("updated?expand=properties").await;
    assert_eq!(updated["values"].as_array().unwrap().len(), 1);
    assert_eq!(updated["values"][0]["worklogId"], id(&kept));
    assert_eq!(updated["values"][0]["properties"], json!([{ "key": "k", "value": 1 }]));
    assert_eq!((&updated["lastPage"], &updated["since"]), (&json!(true), &json!(0)));
    assert_eq!(updated["until"], updated["values"][0]["updatedTime"]);
    assert_eq!(feed(&format!("updated?since={}", updated["until"])).await["values"], json!([]));
    let deleted = feed("deleted").await;
    assert_eq!(deleted["values"].as_array().unwrap().len(), 1);
    assert_eq!(deleted["values"][0]["worklogId"], id(&gone));
    // An issue takes its worklogs with it.
    admin.delete("/rest/api/3/issue/DEMO-7").await.expect(204);
    world.change(json!({ "clock": { "advanceMs": 61_000 } })).await;
    assert_eq!(feed("updated").await["values"], json!([]));
    assert_eq!(feed(&format!("deleted?since={}", deleted["until"])).await["values"][0]["worklogId"], id(&kept));
    world.anonymous().get("/rest/api/3/worklog/updated").await.expect(401);
}

#[tokio::test]
async fn looks_worklogs_up_by_id() {
    let world = World::demo().await;
    let developer = world.developer();
    let made = log(&developer, "", json!({ "timeSpent": "1h" })).await;
    let id: i64 = made["id"].as_str().unwrap().parse().unwrap();
    let list = "/rest/api/3/worklog/list?expand=properties";
    let found = developer.post(list, json!({ "ids": [id, id, 99_999] })).await.expect(200);
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["properties"], json!([]));
    developer.post(list, json!({ "ids": [] })).await.expect(400);
    developer.post(list, json!({ "ids": (0..1001).collect::<Vec<_>>() })).await.expect(400);
    developer.post(list, json!({ "ids": ["x"] })).await.expect(400);
}

#[tokio::test]
async fn properties_hang_on_worklogs() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let made = log(&developer, "", json!({ "timeSpent": "1h" })).await;
    let worklog = format!("{LOGS}/{}", made["id"].as_str().unwrap());
    let path = format!("{worklog}/properties/a.b");
    developer.put(&path, json!({ "x": 1 })).await.expect(201);
    developer.put(&path, json!({ "x": 2 })).await.expect(200);
    viewer.put(&path, json!(1)).await.expect(403);
    assert_eq!(viewer.get(&path).await.expect(200)["value"], json!({ "x": 2 }));
    let keys = developer.get(&format!("{worklog}/properties")).await.expect(200);
    assert_eq!(keys["keys"][0]["key"], "a.b");
    let shown = developer.get(&format!("{worklog}?expand=properties")).await.expect(200);
    assert_eq!(shown["properties"], json!([{ "key": "a.b", "value": { "x": 2 } }]));
    viewer.delete(&path).await.expect(403);
    developer.delete(&path).await.expect(204);
    developer.delete(&path).await.expect(404);
    developer.get(&format!("{LOGS}/x/properties")).await.expect(400);
    developer.get(&format!("{LOGS}/99999/properties")).await.expect(404);
}

#[tokio::test]
async fn work_is_logged_by_edits_too() {
    let world = World::demo().await;
    let developer = world.developer();
    let edit = async |operation: Value| {
        developer.put("/rest/api/3/issue/DEMO-7", json!({ "update": { "worklog": [operation] } })).await
    };
    edit(
        json!({ "add": { "timeSpent": "1h", "adjustEstimate": "new", "newEstimate": "2h", "comment": document("x") } }),
    )
    .await
    .expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(7200), json!(3600)));
    let logs = developer.get(LOGS).await.expect(200);
    let id = logs["worklogs"][0]["id"].clone();
    let items = newest_items(&developer, "DEMO-7").await;
    let fields: Vec<&str> = items.iter().map(|(field, _, _)| field.as_str()).collect();
    assert_eq!(fields, ["timeestimate", "timespent", "WorklogId"]);
    edit(json!({ "edit": { "id": id, "timeSpent": "2h" } })).await.expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(3600), json!(7200)));
    for bad in [
        json!({ "add": {} }),
        json!({ "add": { "timeSpent": "1h", "adjustEstimate": "new" } }),
        json!({ "edit": { "timeSpent": "1h" } }),
        json!({ "remove": { "id": "99999" } }),
        json!({ "set": [] }),
    ] {
        edit(bad.clone()).await.expect(400);
    }
    edit(json!({ "remove": { "id": id } })).await.expect(204);
    assert_eq!(totals(&developer, "DEMO-7").await, (json!(10_800), json!(0)));
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "new" });
    let new = json!({ "fields": fields, "update": { "worklog": [{ "add": { "timeSpent": "1h" } }] } });
    let made = developer.post("/rest/api/3/issue", new).await.expect(201);
    assert_eq!(totals(&developer, made["key"].as_str().unwrap()).await.1, 3600);
}

#[tokio::test]
async fn without_time_tracking_nobody_logs_work() {
    let world = World::demo().await;
    let admin = world.admin();
    let made = log(&admin, "", json!({ "timeSpent": "1h" })).await;
    let path = format!("{LOGS}/{}", made["id"].as_str().unwrap());
    world.change(json!({ "settings": { "timeTrackingEnabled": false } })).await;
    let ids = json!({ "ids": [made["id"].as_str().unwrap().parse::<i64>().unwrap()] });
    let moving = json!({ "ids": ids["ids"], "issueIdOrKey": "DEMO-8" });
    for reply in [
        admin.get(LOGS).await,
        admin.get(&path).await,
        admin.post(LOGS, json!({ "timeSpent": "1h" })).await,
        admin.put(&path, json!({ "timeSpent": "2h" })).await,
        admin.delete(&path).await,
        admin.post(&format!("{LOGS}/move"), moving).await,
    ] {
        reply.refused(404, &["Time tracking is disabled."], json!({}));
    }
    let update = json!({ "update": { "worklog": [{ "add": { "timeSpent": "1h" } }] } });
    admin.put("/rest/api/3/issue/DEMO-7", update).await.expect(400);
    world.change(json!({ "settings": {} })).await;
    assert_eq!(admin.get(&path).await.expect(200)["timeSpent"], "1h");
}

#[tokio::test]
async fn services_are_told_which_worklogs_there_are() {
    let world = World::demo().await;
    let developer = world.developer();
    let mut ids = Vec::new();
    for key in ["DEMO-1", "DEMO-2"] {
        let made = developer.post(&format!("/rest/api/3/issue/{key}/worklog"), json!({ "timeSpentSeconds": 60 })).await;
        let made = made.expect(201);
        let id = |member: &str| made[member].as_str().unwrap().parse::<i64>().unwrap();
        ids.push((id("issueId"), id("id")));
    }
    let pair = |(issue, worklog): (i64, i64)| json!({ "issueId": issue, "worklogId": worklog });
    let bulk = async |requests: Value| {
        developer.post("/rest/internal/api/latest/worklog/bulk", json!({ "requests": requests })).await
    };
    let asked = json!([pair(ids[1]), pair((ids[0].0, ids[1].1)), pair(ids[0]), pair((1, 1))]);
    assert_eq!(bulk(asked).await.expect(200), json!({ "worklogs": [pair(ids[0]), pair(ids[1])] }));
    bulk(json!([])).await.expect(400);
    bulk(json!([{ "issueId": 1 }])).await.expect(400);
    bulk(json!(vec![pair((1, 1)); 1001])).await.expect(400);
    let nobody = world.anonymous().post("/rest/internal/api/latest/worklog/bulk", json!({ "requests": [] })).await;
    assert_eq!(nobody.status, 401);
}
