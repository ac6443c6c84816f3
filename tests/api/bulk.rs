//! Changing many issues at once.

use crate::support::{Client, Reply, World};
use http::Method;
use serde_json::{Value, json};

const DELETE: &str = "/rest/api/3/bulk/issues/delete";
const FIELDS: &str = "/rest/api/3/bulk/issues/fields";
const MOVE: &str = "/rest/api/3/bulk/issues/move";
const TRANSITION: &str = "/rest/api/3/bulk/issues/transition";
const WATCH: &str = "/rest/api/3/bulk/issues/watch";
const UNWATCH: &str = "/rest/api/3/bulk/issues/unwatch";

/// What became of a bulk operation, once it has ended.
async fn outcome(client: &Client, submitted: &Reply) -> Value {
    let task = submitted.expect(201);
    let path = format!("/rest/api/3/bulk/queue/{}", task["taskId"].as_str().unwrap());
    loop {
        let progress = client.get(&path).await.expect(200);
        if !["ENQUEUED", "RUNNING", "CANCEL_REQUESTED"].contains(&progress["status"].as_str().unwrap()) {
            return progress;
        }
        tokio::task::yield_now().await;
    }
}

async fn issue(client: &Client, key: &str) -> Value {
    client.get(&format!("/rest/api/3/issue/{key}?expand=changelog")).await.expect(200)
}

async fn id_of(client: &Client, key: &str) -> i64 {
    issue(client, key).await["id"].as_str().unwrap().parse().unwrap()
}

async fn task(client: &Client, project: &str, summary: &str) -> String {
    client.create(json!({ "project": { "key": project }, "issuetype": { "name": "Task" }, "summary": summary })).await
}

/// A refusal in the dialect of bulk operations (J-133).
#[track_caller]
fn refused(reply: &Reply, status: u16, sentence: &str) {
    assert_eq!(reply.expect(status), json!({ "errors": [{ "message": sentence }] }));
}

#[tokio::test]
async fn many_issues_are_edited_as_one_is() {
    let world = World::demo().await;
    let developer = world.developer();
    let (one, other) = (task(&developer, "DEMO", "one").await, task(&developer, "DEMO", "other").await);
    developer.put(&format!("/rest/api/3/issue/{one}"), json!({ "fields": { "labels": ["old"] } })).await.expect(204);
    let edit = json!({
        "selectedIssueIdsOrKeys": [one, other.to_lowercase(), one],
        "selectedActions": ["labels", "priority", "duedate", "description", "assignee", "timetracking"],
        "editedFieldsInput": {
            "labelsFields": [{ "fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{ "name": "new" }] }],
            "priority": { "priorityId": "1" },
            "datePickerFields": [{ "fieldId": "duedate", "date": { "formattedDate": "3/Feb/26" } }],
            "richTextFields": [{ "fieldId": "description", "richText": { "adfValue": { "type": "doc", "version": 1, "content": [
                { "type": "paragraph", "content": [{ "type": "text", "text": "For all" }] } ] } } }],
            "singleSelectClearableUserPickerFields": [{ "fieldId": "assignee", "user": null }],
            "originalEstimateField": { "originalEstimateField": "2d" },
        },
        "sendBulkNotification": false,
    });
    let submitted = developer.post(FIELDS, edit).await;
    let outcome = outcome(&developer, &submitted).await;
    let ids = [id_of(&developer, &one).await, id_of(&developer, &other).await];
    assert_eq!(outcome["processedAccessibleIssues"], json!(ids));
    let times = |name: &str| outcome[name].is_i64();
    assert!(times("created") && times("started") && times("updated"), "{outcome}"); // J-132
    let told = json!([
        outcome["status"],
        outcome["progressPercent"],
        outcome["totalIssueCount"],
        outcome["invalidOrInaccessibleIssueCount"]
    ]);
    assert_eq!(told, json!(["COMPLETE", 100, 2, 0]));
    for (key, labels) in [(&one, json!(["new", "old"])), (&other, json!(["new"]))] {
        let issue = issue(&developer, key).await;
        let fields = &issue["fields"];
        assert_eq!(
            (&fields["labels"], &fields["duedate"], &fields["priority"]["id"]),
            (&labels, &json!("2026-02-03"), &json!("1"))
        );
        assert_eq!((&fields["timeoriginalestimate"], &fields["assignee"]), (&json!(57_600), &Value::Null));
        let items = issue["changelog"]["histories"][0]["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["field"] == "labels"), "{items:?}");
    }
    // The same task as any other.
    let path = format!("/rest/api/3/task/{}", outcome["taskId"].as_str().unwrap());
    let task = developer.get(&path).await.expect(200);
    assert_eq!(
        (&task["description"], &task["result"]["processedAccessibleIssues"]),
        (&json!("Bulk edit"), &json!(ids))
    );
}

#[tokio::test]
async fn an_edit_that_fails_for_some_is_done_for_the_others() {
    let world = World::demo().await;
    let admin = world.admin();
    let (task, epic) = (task(&admin, "DEMO", "a task").await, "DEMO-1".to_owned());
    let edit = json!({
        "selectedIssueIdsOrKeys": [task, epic],
        "selectedActions": ["status", "issuetype"],
        "editedFieldsInput": { "issueType": { "issueTypeId": issue(&admin, "DEMO-4").await["fields"]["issuetype"]["id"] },
                               "status": { "statusId": issue(&admin, "DEMO-2").await["fields"]["status"]["id"] } },
    });
    let outcome = outcome(&admin, &admin.post(FIELDS, edit).await).await;
    let ids = (id_of(&admin, &task).await, id_of(&admin, &epic).await.to_string());
    assert_eq!((&outcome["status"], &outcome["processedAccessibleIssues"]), (&json!("COMPLETE"), &json!([ids.0])));
    assert_eq!(outcome["failedAccessibleIssues"], json!({ ids.1: ["The issue type selected is invalid."] }));
    assert_eq!(issue(&admin, &task).await["fields"]["issuetype"]["name"], "Bug");
    assert_eq!(issue(&admin, &task).await["fields"]["status"]["name"], "Done");
    assert_eq!(issue(&admin, &epic).await["fields"]["issuetype"]["name"], "Epic");
}

#[tokio::test]
async fn many_issues_are_transitioned_watched_and_deleted() {
    let world = World::demo().await;
    let admin = world.admin();
    let keys = [task(&admin, "DEMO", "one").await, task(&admin, "DEMO", "other").await];
    let path = format!("{TRANSITION}?issueIdsOrKeys={},{}", keys[0], keys[1]);
    let offered = admin.get(&path).await.expect(200);
    insta::assert_json_snapshot!("transitions_of_many", offered);
    let group = &offered["availableTransitions"][0];
    let done = group["transitions"].as_array().unwrap().iter().find(|one| one["transitionName"] == "Done").unwrap();
    let id = done["transitionId"].to_string();
    let steps = json!({ "bulkTransitionInputs": [
        { "selectedIssueIdsOrKeys": [keys[0]], "transitionId": id },
        { "selectedIssueIdsOrKeys": [keys[1]], "transitionId": "9999" },
    ] });
    let told = outcome(&admin, &admin.post(TRANSITION, steps).await).await;
    assert_eq!(issue(&admin, &keys[0]).await["fields"]["status"]["name"], "Done");
    let other = id_of(&admin, &keys[1]).await.to_string();
    let sentence = "Transition id '9999' is not valid for this issue.";
    assert_eq!(told["failedAccessibleIssues"], json!({ other: [sentence] }));

    let developer = world.developer();
    for (path, watching) in [(WATCH, true), (UNWATCH, false)] {
        let submitted = developer.post(path, json!({ "selectedIssueIdsOrKeys": keys })).await;
        assert_eq!(outcome(&developer, &submitted).await["processedAccessibleIssues"].as_array().unwrap().len(), 2);
        for key in &keys {
            assert_eq!(issue(&developer, key).await["fields"]["watches"]["isWatching"], watching);
        }
    }

    // A parent and its sub-task: each is told, whatever their order.
    let ids = [id_of(&admin, "DEMO-5").await, id_of(&admin, "DEMO-4").await];
    let submitted = admin
        .post(DELETE, json!({ "selectedIssueIdsOrKeys": ["DEMO-4", "DEMO-5"], "sendBulkNotification": null }))
        .await;
    let told = outcome(&admin, &submitted).await;
    assert_eq!(told["processedAccessibleIssues"], json!(ids));
    admin.get("/rest/api/3/issue/DEMO-4").await.expect(404);
    // Without the permission for the issue, it fails alone.
    let submitted = developer.post(DELETE, json!({ "selectedIssueIdsOrKeys": [keys[0]] })).await;
    let told = outcome(&developer, &submitted).await;
    assert_eq!(told["failedAccessibleIssues"].as_object().unwrap().len(), 1);
    issue(&developer, &keys[0]).await;
}

#[tokio::test]
async fn editable_fields_come_in_parts() {
    let world = World::demo().await;
    let admin = world.admin();
    let all = admin.get(&format!("{FIELDS}?issueIdsOrKeys=DEMO-2,DEMO-4")).await.expect(200);
    let fields = all["fields"].as_array().unwrap();
    let field = |id: &str| fields.iter().find(|field| field["id"] == id).unwrap_or_else(|| panic!("{id}"));
    insta::assert_json_snapshot!(
        "editable_fields",
        world.portable(&json!([
            field("assignee"),
            field("components"),
            field("labels"),
            field("priority"),
            field("summary")
        ]))
    );
    let found = admin.get(&format!("{FIELDS}?issueIdsOrKeys=DEMO-2&searchText=PRIO")).await.expect(200);
    assert_eq!(found["fields"].as_array().unwrap().len(), 1);
    assert!(fields.len() <= 50);
    let second = fields[1]["id"].as_str().unwrap();
    let after = admin.get(&format!("{FIELDS}?issueIdsOrKeys=DEMO-2,DEMO-4&startingAfter={second}")).await.expect(200);
    assert_eq!((&after["fields"][0], &after["endingBefore"]), (&fields[2], &fields[2]["id"]));
    let before = admin.get(&format!("{FIELDS}?issueIdsOrKeys=DEMO-2,DEMO-4&endingBefore={second}")).await.expect(200);
    assert_eq!((before["fields"].as_array().unwrap().len(), &before["startingAfter"]), (1, &fields[0]["id"]));

    let reply = admin.get(&format!("{FIELDS}?issueIdsOrKeys=DEMO-2&searchText=nothing")).await;
    refused(&reply, 404, "No editable fields were found for the issues.");
    let reply = admin.get(&format!("{FIELDS}?issueIdsOrKeys=DEMO-2&startingAfter=nothing")).await;
    refused(&reply, 400, "The cursor 'startingAfter' is not valid.");
    for path in [FIELDS, TRANSITION] {
        refused(&admin.get(path).await, 400, "The list of issues must not be empty.");
        let invalid = "Some of the issues in the issueIdsOrKeys are not valid";
        refused(&admin.get(&format!("{path}?issueIdsOrKeys=DEMO-2,DEMO-999")).await, 400, invalid);
        let reply = world.viewer().get(&format!("{path}?issueIdsOrKeys=DEMO-2")).await;
        refused(&reply, 403, "You do not have permission to make bulk changes.");
        world.anonymous().get(&format!("{path}?issueIdsOrKeys=DEMO-2")).await.expect(401);
    }
}

#[tokio::test]
async fn issues_move_to_another_project_and_are_found_by_their_old_keys() {
    let world = World::demo().await;
    let admin = world.admin();
    let source = issue(&admin, "DEMO-4").await;
    let subtask = issue(&admin, "DEMO-5").await;
    let other = admin.get("/rest/api/3/project/search").await.expect(200);
    let other =
        other["values"].as_array().unwrap().iter().find(|one| one["key"] != "DEMO" && one["simplified"] == false);
    let other = match other {
        Some(project) => project["key"].as_str().unwrap().to_owned(),
        None => new_project(&admin).await,
    };
    let types = admin.get(&format!("/rest/api/3/project/{other}")).await.expect(200)["issueTypes"].clone();
    let kind = types.as_array().unwrap().iter().find(|kind| kind["name"] == "Task").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let target = |infer: bool| {
        json!({ "targetToSourcesMapping": { format!("{other},{kind}"): {
            "issueIdsOrKeys": ["DEMO-4"], "inferClassificationDefaults": true, "inferFieldDefaults": true,
            "inferStatusDefaults": true, "inferSubtaskTypeDefault": infer,
        } } })
    };
    refused(&admin.post(MOVE, target(false)).await, 400, "The sub-tasks of the issue 'DEMO-4' must be moved with it.");
    let told = outcome(&admin, &admin.post(MOVE, target(true)).await).await;
    assert_eq!(
        told["processedAccessibleIssues"],
        json!([source["id"].as_str().unwrap().parse::<i64>().unwrap()]),
        "{told}"
    );
    let moved = issue(&admin, "DEMO-4").await; // J-30
    assert_eq!(moved["id"], source["id"]);
    let key = moved["key"].as_str().unwrap();
    assert!(key.starts_with(&format!("{other}-")), "{key}");
    assert_eq!(
        (&moved["fields"]["issuetype"]["id"], &moved["fields"]["project"]["key"]),
        (&json!(kind), &json!(other))
    );
    let items = moved["changelog"]["histories"][0]["items"].as_array().unwrap();
    let item =
        |field: &str| items.iter().find(|item| item["field"] == field).unwrap_or_else(|| panic!("{field}: {items:?}"));
    assert_eq!((&item("Key")["fromString"], &item("Key")["toString"]), (&json!("DEMO-4"), &json!(key)));
    assert_eq!(item("project")["from"], source["fields"]["project"]["id"]);
    let along = issue(&admin, "DEMO-5").await;
    assert_eq!((&along["id"], &along["fields"]["parent"]["key"]), (&subtask["id"], &json!(key)));
    assert_eq!(along["fields"]["project"]["key"], json!(other));

    // Back again, it has its own key.
    let home = source["fields"]["issuetype"]["id"].as_str().unwrap();
    let back = json!({ "targetToSourcesMapping": { format!("DEMO,{home}"): {
        "issueIdsOrKeys": [key], "inferFieldDefaults": true, "inferStatusDefaults": true, "inferSubtaskTypeDefault": true } } });
    outcome(&admin, &admin.post(MOVE, back).await).await;
    assert_eq!(issue(&admin, key).await["key"], "DEMO-4");
    assert_eq!(issue(&admin, "DEMO-5").await["key"], "DEMO-5");
}

async fn new_project(admin: &Client) -> String {
    let lead = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let project = json!({ "key": "MOVED", "name": "Moved", "leadAccountId": lead,
        "projectTemplateKey": "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic" });
    admin.post("/rest/api/3/project", project).await.expect(201);
    "MOVED".to_owned()
}

#[tokio::test]
async fn a_task_becomes_a_sub_task_below_another() {
    let world = World::demo().await;
    let admin = world.admin();
    let one = task(&admin, "DEMO", "below").await;
    let kind = issue(&admin, "DEMO-5").await["fields"]["issuetype"]["id"].as_str().unwrap().to_owned();
    let mapping = |key: String, names: Value| {
        json!({ "targetToSourcesMapping": { key: { "issueIdsOrKeys": names, "inferFieldDefaults": true,
            "inferStatusDefaults": true, "inferSubtaskTypeDefault": true } } })
    };
    let told = outcome(&admin, &admin.post(MOVE, mapping(format!("DEMO,{kind},DEMO-2"), json!([one]))).await).await;
    assert_eq!(told["processedAccessibleIssues"].as_array().unwrap().len(), 1, "{told}");
    let below = issue(&admin, &one).await;
    assert_eq!((&below["key"], &below["fields"]["parent"]["key"]), (&json!(one), &json!("DEMO-2")));
    // What has sub-tasks can't become one, and none is without a parent.
    let told =
        outcome(&admin, &admin.post(MOVE, mapping(format!("DEMO,{kind},DEMO-3"), json!(["DEMO-4"]))).await).await;
    let reasons: Vec<&Value> = told["failedAccessibleIssues"].as_object().unwrap().values().collect();
    assert_eq!(reasons, [&json!(["An issue with sub-tasks can't become a sub-task."])]);
    let told = outcome(&admin, &admin.post(MOVE, mapping(format!("DEMO,{kind}"), json!(["DEMO-3"]))).await).await;
    assert_eq!(told["failedAccessibleIssues"].as_object().unwrap().len(), 1);
    for key in ["DEMO", "NONE,1", "DEMO,1", "DEMO,x,DEMO-2", &format!("DEMO,{kind},DEMO-999")] {
        let reply = admin.post(MOVE, mapping(key.to_owned(), json!(["DEMO-3"]))).await;
        refused(&reply, 400, &format!("The target '{key}' is not valid."));
    }
    let both = json!({ "targetToSourcesMapping": { format!("DEMO,{kind}"): { "issueIdsOrKeys": ["DEMO-3"],
        "inferStatusDefaults": true, "targetStatus": [{ "statuses": { "1": ["2"] } }] } } });
    refused(&admin.post(MOVE, both).await, 400, "targetStatus must not be provided if inferStatusDefaults is true.");
}

#[tokio::test]
async fn statuses_that_the_target_does_not_have_are_replaced() {
    let world = World::demo().await;
    let admin = world.admin();
    let one = task(&admin, "DEMO", "one").await;
    let status = issue(&admin, &one).await["fields"]["status"]["id"].as_str().unwrap().to_owned();
    let there = admin.get("/rest/api/3/project/TEAM/statuses").await.expect(200);
    let kind = there.as_array().unwrap().iter().find(|kind| kind["name"] == "Task").unwrap();
    let last = kind["statuses"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    let mapping = |statuses: Value| {
        let key = format!("TEAM,{}", kind["id"].as_str().unwrap());
        json!({ "targetToSourcesMapping": { key: { "issueIdsOrKeys": [one], "inferFieldDefaults": true,
            "inferStatusDefaults": false, "inferSubtaskTypeDefault": true, "targetStatus": statuses } } })
    };
    let sentence = format!("A target status must be provided for the status with id {status}.");
    for statuses in [json!(null), json!([]), json!([{ "statuses": { &status: [&status] } }])] {
        refused(&admin.post(MOVE, mapping(statuses)).await, 400, &sentence);
    }
    let told = outcome(&admin, &admin.post(MOVE, mapping(json!([{ "statuses": { &last: [&status] } }]))).await).await;
    assert_eq!(told["processedAccessibleIssues"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(issue(&admin, &one).await["fields"]["status"]["id"], last);
}

#[tokio::test]
async fn refuses_bad_bulk_requests() {
    let world = World::demo().await;
    let admin = world.admin();
    let sentence = "You do not have permission to make bulk changes.";
    let one = json!({ "selectedIssueIdsOrKeys": ["DEMO-2"] });
    let edit = json!({ "selectedIssueIdsOrKeys": ["DEMO-2"], "selectedActions": ["priority"],
                       "editedFieldsInput": { "priority": { "priorityId": "1" } } });
    let step = json!({ "bulkTransitionInputs": [{ "selectedIssueIdsOrKeys": ["DEMO-2"], "transitionId": "11" }] });
    let moves = json!({ "targetToSourcesMapping": { "DEMO,1": { "issueIdsOrKeys": ["DEMO-2"] } } });
    for (path, body, status) in [
        (DELETE, &one, 403),
        (WATCH, &one, 403),
        (UNWATCH, &one, 403),
        (TRANSITION, &step, 403),
        (FIELDS, &edit, 401),
        (MOVE, &moves, 401),
    ] {
        refused(&world.viewer().post(path, body.clone()).await, status, sentence);
        world.anonymous().post(path, body.clone()).await.expect(401);
        for wrong in [json!({}), json!([]), json!({ "others": 1 }), json!({ "selectedIssueIdsOrKeys": 1 })] {
            admin.post(path, wrong).await.expect(400);
        }
    }
    let many: Vec<String> = (0..1_001).map(|number| number.to_string()).collect();
    for (names, sentence) in [
        (json!([]), "The list of issues must not be empty."),
        (json!(many), "At most 1000 issues can be changed at once."),
        (json!(["DEMO-2", "DEMO-999"]), "Some of the issues in the issueIdsOrKeys are not valid"),
        (json!(["nothing"]), "Some of the issues in the issueIdsOrKeys are not valid"),
    ] {
        refused(&admin.post(WATCH, json!({ "selectedIssueIdsOrKeys": names })).await, 400, sentence);
    }
    let mut hidden = edit.clone();
    hidden["selectedActions"] = json!(["labels"]);
    let sentence = "The following editedFieldInput values are not listed as selectedActions : priority";
    refused(&admin.post(FIELDS, hidden).await, 400, sentence);

    // A label is an object with a name.
    let labels = json!({ "selectedIssueIdsOrKeys": ["DEMO-2"], "selectedActions": ["labels"], "editedFieldsInput": {
        "labelsFields": [{ "fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": ["plain"] }] } });
    let sentence = "Invalid request payload. Refer to the REST API documentation and try again.";
    assert_eq!(admin.post(FIELDS, labels).await.expect(400), json!({ "errorMessages": [sentence] })); // H-15

    let queue = |id: &str| format!("/rest/api/3/bulk/queue/{id}");
    refused(&admin.get(&queue("99999")).await, 400, "The task with ID 99999 does not exist.");
    let submitted = admin.post(WATCH, one).await;
    let id = submitted.expect(201)["taskId"].as_str().unwrap().to_owned();
    refused(&world.viewer().get(&queue(&id)).await, 401, "You do not have permission to make bulk changes.");
    let see = admin.post("/rest/api/3/project/DEMO/delete", json!(null)).await;
    let other = see.expect(303)["id"].as_str().unwrap().to_owned();
    refused(&admin.get(&queue(&other)).await, 400, "The task associated with this taskId is not a bulk operation task");
    // Progress is shown for two weeks (J-132).
    world.change(json!({ "clock": { "advanceMs": 15 * 86_400_000i64 } })).await;
    admin.get(&queue(&id)).await.expect(400);
    admin
        .raw(Method::POST, "/rest/api/2/bulk/issues/watch", &[("content-type", "application/json")], b"{}".to_vec())
        .await
        .expect(404); // T-21
}

#[tokio::test]
async fn a_bulk_operation_is_cancelled() {
    let world = World::demo().await;
    let admin = world.admin();
    let updates: Vec<Value> = (0..50)
        .map(|number| json!({ "fields": { "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": format!("{number}") } }))
        .collect();
    let mut keys = Vec::new();
    for _ in 0..4 {
        let made = admin.post("/rest/api/3/issue/bulk", json!({ "issueUpdates": updates })).await.expect(201);
        keys.extend(made["issues"].as_array().unwrap().iter().map(|issue| issue["key"].clone()));
    }
    let submitted = admin.post(DELETE, json!({ "selectedIssueIdsOrKeys": keys })).await;
    let id = submitted.expect(201)["taskId"].as_str().unwrap().to_owned();
    admin.post(&format!("/rest/api/3/task/{id}/cancel"), json!(null)).await.expect(202);
    let told = outcome(&admin, &submitted).await;
    assert_eq!(told["status"], "CANCELLED");
    // What is told to be done is done, and nothing else.
    let done = told["processedAccessibleIssues"].as_array().unwrap().len();
    assert!(done < keys.len());
    let mut gone = 0;
    for key in &keys {
        gone += usize::from(admin.get(&format!("/rest/api/3/issue/{}", key.as_str().unwrap())).await.status == 404);
    }
    assert_eq!(gone, done);
}

#[tokio::test]
async fn those_whom_changes_concern_are_told_once() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let me = |client: &Value| client["accountId"].as_str().unwrap().to_owned();
    let admins = me(&admin.get("/rest/api/3/myself").await.expect(200));
    let (one, other) = (task(&admin, "DEMO", "one").await, task(&admin, "DEMO", "other").await);
    let delete = |keys: Value, send: Value| json!({ "selectedIssueIdsOrKeys": keys, "sendBulkNotification": send });
    let submitted = admin.post(DELETE, delete(json!([task(&admin, "DEMO", "own").await]), Value::Null)).await;
    outcome(&admin, &submitted).await;
    assert_eq!(world.mail().await, json!([]), "nobody is told what they do themselves");
    let edit = |send: bool| {
        json!({
            "selectedIssueIdsOrKeys": [one, other], "selectedActions": ["priority"],
            "editedFieldsInput": { "priority": { "priorityId": "1" } }, "sendBulkNotification": send,
        })
    };
    outcome(&developer, &developer.post(FIELDS, edit(false)).await).await;
    assert_eq!(world.mail().await, json!([]));
    outcome(&developer, &developer.post(FIELDS, edit(true)).await).await;
    let mail = world.mail().await;
    assert_eq!(mail.as_array().unwrap().len(), 1, "{mail}");
    let told = json!([mail[0]["subject"], mail[0]["to"], mail[0]["issueId"]]);
    assert_eq!(told, json!(["Bulk edit: 2 issues", [admins], null]));
    // Without being asked not to; and though the issues are gone.
    outcome(&admin, &admin.post(WATCH, json!({ "selectedIssueIdsOrKeys": [one] })).await).await;
    let submitted = world.admin().post(DELETE, delete(json!([one]), Value::Null)).await;
    outcome(&admin, &submitted).await;
    assert_eq!(world.mail().await.as_array().unwrap().len(), 1);
    world.change(json!({ "settings": { "outgoingMail": false } })).await;
    let transition = json!({ "bulkTransitionInputs": [{ "selectedIssueIdsOrKeys": [other], "transitionId": "21" }] });
    let done = outcome(&developer, &developer.post(TRANSITION, transition).await).await;
    assert_eq!(done["processedAccessibleIssues"].as_array().unwrap().len(), 1);
    assert_eq!(world.mail().await.as_array().unwrap().len(), 1);
}
