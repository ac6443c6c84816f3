//! Issues: create, read, edit, assign, delete.

use crate::support::{World, key_of};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

fn task(summary: &str) -> Value {
    json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": summary })
}

fn with(mut fields: Value, more: Value) -> Value {
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

#[tokio::test]
async fn reads_a_demo_issue_by_key_id_and_in_any_case() {
    let world = World::demo().await;
    let admin = world.admin();
    let issue = admin.get("/rest/api/3/issue/DEMO-4").await.expect(200);
    assert_json_snapshot!(issue, {
        ".self" => "[self]",
        ".fields.**.self" => "[self]",
        ".fields.**.iconUrl" => "[icon]",
        ".fields.**.avatarUrls" => "[avatars]",
        ".fields.created" => "[time]",
        ".fields.updated" => "[time]",
        ".fields.statuscategorychangedate" => "[time]",
        ".fields.**.startDate" => "[time]",
        ".fields.**.endDate" => "[time]",
    });
    for name in ["10003", "demo-4"] {
        let same = admin.get(&format!("/rest/api/3/issue/{name}")).await.expect(200);
        assert_eq!(same["key"], issue["key"]);
    }
    for missing in ["DEMO-999", "NOPE-1", "99999", "x", "DEMO-", "DEMO-99999999999999999999"] {
        let reply = admin.get(&format!("/rest/api/3/issue/{missing}")).await;
        reply.refused(404, &["Issue does not exist or you do not have permission to see it."], json!({})); // J-31
    }
}

#[tokio::test]
async fn links_follow_the_address_and_version_of_the_call() {
    let world = World::demo().await;
    let admin = world.admin();
    let url = world.url();
    let three = admin.get("/rest/api/3/issue/DEMO-1?fields=summary").await.expect(200);
    assert_eq!(three["self"], format!("{url}/rest/api/3/issue/10000"));
    let two = admin.get("/rest/api/2/issue/DEMO-1?fields=summary,description").await.expect(200);
    assert_eq!(two["self"], format!("{url}/rest/api/2/issue/10000"));
    assert_eq!(two["fields"]["description"], "h2. Goal\n\nEverybody signs in *once*.\n\n* company accounts\n* guests"); // J-94
    let latest = admin.get("/rest/api/latest/issue/DEMO-1?fields=description").await.expect(200);
    assert_eq!(latest["fields"]["description"]["type"], "doc");
}

#[tokio::test]
async fn shows_the_fields_that_are_asked_for() {
    let world = World::demo().await;
    let admin = world.admin();
    let keys = async |query: &str| -> Vec<String> {
        let issue = admin.get(&format!("/rest/api/3/issue/DEMO-2?{query}")).await.expect(200);
        issue["fields"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys("fields=summary").await, ["summary"]); // S-17
    assert_eq!(keys("fields=summary&fields=status").await, ["status", "summary"]);
    assert!(!keys("fields=-summary").await.contains(&"summary".into())); // J-34
    assert!(keys("fields=-summary").await.contains(&"customfield_10016".into()));
    assert_eq!(keys("fields=*all,-comment").await.iter().filter(|id| *id == "comment").count(), 0);
    assert_eq!(keys("fields=nonsense").await, Vec::<String>::new());
    let issue =
        admin.get("/rest/api/3/issue/DEMO-2?fields=customfield_10016,customfield_10014,customfield_10019").await;
    let fields = issue.expect(200)["fields"].clone();
    assert_eq!(fields["customfield_10016"], json!(5.0)); // T-18
    assert_eq!(fields["customfield_10014"], "DEMO-1");
    assert_eq!(fields["customfield_10019"], "0|i0000f:"); // J-42
}

#[tokio::test]
async fn expands_what_is_asked_for() {
    let world = World::demo().await;
    let developer = world.developer();
    let path = "/rest/api/3/issue/DEMO-4?expand=names,schema,transitions,changelog,renderedFields,editmeta,operations";
    let issue = developer.get(path).await.expect(200);
    assert_eq!(issue["names"]["customfield_10016"], "Story point estimate");
    assert_eq!(issue["schema"]["summary"], json!({ "type": "string", "system": "summary" }));
    assert_eq!(issue["transitions"][0]["name"], "To Do");
    assert_eq!(issue["changelog"]["total"], 4); // parent, In Progress, Done, To Do
    assert_eq!(issue["changelog"]["histories"][0]["items"][0]["toString"], "To Do"); // newest first (J-36)
    assert!(issue["renderedFields"]["description"].as_str().unwrap().contains("<li>Open the sign-in page"));
    assert_eq!(issue["editmeta"]["fields"]["summary"]["required"], true);
    let versions =
        developer.get("/rest/api/3/issue/DEMO-4?expand=versionedRepresentations&fields=summary").await.expect(200);
    assert!(versions.get("fields").is_none()); // J-34
}

#[tokio::test]
async fn creates_an_issue_with_every_kind_of_field() {
    let world = World::demo().await;
    let developer = world.developer();
    let me =
        developer.get("/rest/api/3/issue/DEMO-2?fields=assignee").await.expect(200)["fields"]["assignee"]["accountId"]
            .clone();
    let fields = with(
        task("Everything at once"),
        json!({
            "description": { "version": 1, "type": "doc", "content": [{ "content": [{ "text": "Hi", "type": "text" }], "type": "paragraph" }] },
            "labels": ["b", "a", "b"],
            "priority": { "id": "1" },
            "duedate": "2027-01-31",
            "assignee": { "accountId": me },
            "timetracking": { "originalEstimate": "1w 2d", "remainingEstimate": "3h" },
            "customfield_10016": 8,
            "customfield_10021": [{ "value": "Impediment" }],
            "customfield_10030": { "value": "Major" },
            "customfield_10031": [{ "value": "Chrome" }, { "value": "Safari" }],
            "customfield_10032": { "value": "Production", "child": { "value": "EU" } },
            "customfield_10033": "ACME",
            "customfield_10034": { "type": "doc", "version": 1, "content": [] },
            "customfield_10035": [{ "accountId": me }],
            "customfield_10036": "2027-02-01T10:30:00.000+0100",
            "customfield_10037": "https://example.com/design",
            "customfield_10038": { "accountId": me },
            "customfield_10039": ["one", "two"],
            "customfield_10040": { "name": "jira-software-users" },
        }),
    );
    let key = developer.create(fields).await;
    let issue = developer.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
    // Member order is that of what was stored (observed shapes, 0.5).
    assert_eq!(
        issue["fields"]["description"].to_string(),
        r#"{"version":1,"type":"doc","content":[{"content":[{"text":"Hi","type":"text"}],"type":"paragraph"}]}"#
    );
    let custom: serde_json::Map<String, Value> = issue["fields"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(id, _)| id.starts_with("customfield_"))
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect();
    assert_json_snapshot!(json!({ "custom": custom, "labels": issue["fields"]["labels"], "timetracking": issue["fields"]["timetracking"] }), {
        ".custom.**.self" => "[self]",
        ".custom.**.avatarUrls" => "[avatars]",
        ".custom.**.groupId" => "[group]",
    });
}

#[tokio::test]
async fn refuses_bad_creations_with_jiras_sentences() {
    let world = World::demo().await;
    let developer = world.developer();
    let off_screen = |id: &str| format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.");
    let long = "x".repeat(256);
    let cases = [
        (json!({}), json!({ "project": "Specify a valid project ID or key" })), // J-2
        (json!({ "project": { "key": "NOPE" } }), json!({ "project": "Specify a valid project ID or key" })),
        (json!({ "project": { "key": "DEMO" } }), json!({ "issuetype": "Specify an issue type" })),
        (
            json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Nope" } }),
            json!({ "issuetype": "The issue type selected is invalid." }), // J-9
        ),
        (task(""), json!({ "summary": "You must specify a summary of the issue." })), // J-4
        (task(&long), json!({ "summary": "Summary can't exceed 255 characters." })),  // J-5
        (task("a\nb"), json!({ "summary": "The summary is invalid because it contains newline characters." })), // J-6
        (with(task("x"), json!({ "nope": 1 })), json!({ "nope": off_screen("nope") })), // J-8
        (
            with(task("x"), json!({ "customfield_99999": 1 })),
            json!({ "customfield_99999": off_screen("customfield_99999") }),
        ),
        // Epic Name has no context for tasks.
        (
            with(task("x"), json!({ "customfield_10011": "E" })),
            json!({ "customfield_10011": off_screen("customfield_10011") }),
        ),
        // Developers may not say who reported (J-53).
        (with(task("x"), json!({ "reporter": null })), json!({ "reporter": off_screen("reporter") })),
        (
            with(task("x"), json!({ "labels": ["Test Application"] })),
            json!({ "labels": "The label 'Test Application' contains spaces which is invalid." }),
        ), // J-12
        (
            with(task("x"), json!({ "description": "text" })),
            json!({ "description": "Operation value must be an Atlassian Document (see the Atlassian Document Format)" }), // J-13
        ),
        (
            with(task("x"), json!({ "description": { "type": "doc", "version": 1, "content": [{ "type": "nope" }] } })),
            json!({ "description": "INVALID_INPUT" }),
        ),
        (with(task("x"), json!({ "summary": 5 })), json!({ "summary": "Operation value must be a string" })), // J-14
        (
            with(task("x"), json!({ "customfield_10016": "5" })),
            json!({ "customfield_10016": "Operation value must be a number" }),
        ),
        (with(task("x"), json!({ "labels": "a" })), json!({ "labels": "data was not an array" })),
        (
            with(task("x"), json!({ "priority": { "name": "Nope" } })),
            json!({ "priority": "Priority name 'Nope' is not valid" }),
        ), // J-15
        (
            with(task("x"), json!({ "components": [{ "name": "Nope" }] })),
            json!({ "components": "Component name 'Nope' is not valid" }),
        ),
        (
            with(task("x"), json!({ "fixVersions": [{ "name": "Nope" }] })),
            json!({ "fixVersions": "Version name 'Nope' is not valid" }),
        ),
        (
            with(task("x"), json!({ "assignee": { "accountId": "x" } })),
            json!({ "assignee": "User 'x' does not exist." }),
        ), // J-16
        (
            with(task("x"), json!({ "duedate": "31/01/2027" })),
            json!({ "duedate": "Operation value must be a string in the format yyyy-MM-dd" }),
        ),
        (
            with(task("x"), json!({ "duedate": "2027-02-30" })),
            json!({ "duedate": "Operation value must be a string in the format yyyy-MM-dd" }),
        ),
        (
            with(task("x"), json!({ "parent": { "key": "DEMO-999" } })),
            json!({ "parent": "Could not find issue by id or key." }),
        ), // J-11
        (
            with(task("x"), json!({ "parent": { "key": "DEMO-2" } })),
            json!({ "parentId": "Given parent work item does not belong to appropriate hierarchy" }), // J-10
        ),
        (
            json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Sub-task" }, "summary": "x" }),
            json!({ "parent": "Issue type is a sub-task but parent issue key or id not specified." }), // J-11
        ),
        (
            with(task("x"), json!({ "issuetype": { "name": "Sub-task" }, "parent": { "key": "TEAM-2" } })),
            json!({ "project": "Sub-tasks must be created in the same project as the parent." }), // J-9
        ),
    ];
    for (fields, errors) in cases {
        developer.post("/rest/api/3/issue", json!({ "fields": fields })).await.refused(400, &[], errors);
    }
    // All complaints at once (J-52).
    let reply = developer
        .post("/rest/api/3/issue", json!({ "fields": with(task(""), json!({ "nope": 1, "labels": 1 })) }))
        .await;
    assert_eq!(reply.expect(400)["errors"].as_object().unwrap().len(), 3);
    // A field can't be in both (J-20).
    let both =
        json!({ "fields": with(task("x"), json!({ "labels": ["a"] })), "update": { "labels": [{ "add": "b" }] } });
    let reply = developer.post("/rest/api/3/issue", both).await;
    reply.refused(400, &[], json!({ "labels": "Field 'labels' cannot appear in both 'fields' and 'update'" }));
    // Nothing of all this was stored.
    assert_eq!(developer.create(task("first")).await, "DEMO-9");
}

#[tokio::test]
async fn a_new_issue_takes_a_transition_right_away() {
    let world = World::demo().await;
    let developer = world.developer();
    let new = json!({
        "fields": task("Begun"),
        "transition": { "id": "21" },
        "properties": [{ "key": "origin", "value": { "system": "other" } }],
    });
    let taken = json!({ "status": 200, "errorCollection": { "errorMessages": [], "errors": {} } });
    let made = developer.post("/rest/api/3/issue", new.clone()).await.expect(201);
    assert_eq!(made["transition"], taken); // J-1
    let path = format!("/rest/api/3/issue/{}?fields=status&properties=*all", key_of(&made));
    let issue = developer.get(&path).await.expect(200);
    assert_eq!(issue["fields"]["status"]["name"], "In Progress"); // J-21
    assert_eq!(issue["properties"], json!({ "origin": { "system": "other" } }));
    let bulk = json!({ "issueUpdates": [new, { "fields": task("To be begun") }] });
    let made = developer.post("/rest/api/3/issue/bulk", bulk).await.expect(201);
    let told: Vec<&Value> = made["issues"].as_array().unwrap().iter().map(|issue| &issue["transition"]).collect();
    assert_eq!(told, [&taken, &Value::Null]);
    // One that can't be taken leaves no issue behind.
    let last = made["issues"][1]["key"].as_str().unwrap().to_owned();
    let stuck = json!({ "fields": task("Never"), "transition": { "id": "999" } });
    let sentence = "Transition id '999' is not valid for this issue.";
    developer.post("/rest/api/3/issue", stuck).await.refused(400, &[sentence], json!({}));
    let newest = developer.get("/rest/api/3/search/jql?jql=project=DEMO&maxResults=1&fields=key").await.expect(200);
    assert_eq!(key_of(&newest["issues"][0]), last);
}

#[tokio::test]
async fn who_may_not_create_is_told_after_the_fields_were_looked_at() {
    let world = World::demo().await;
    let reply = world.viewer().post("/rest/api/3/issue", json!({ "fields": task("x") })).await;
    reply.refused(400, &[], json!({ "project": "You do not have permission to create issues in this project." })); // J-19
    let reply = world.anonymous().post("/rest/api/3/issue", json!({ "fields": {} })).await;
    reply.refused(400, &[], json!({ "project": "Specify a valid project ID or key" })); // J-3
}

#[tokio::test]
async fn edits_with_fields_and_every_verb() {
    let world = World::demo().await;
    let developer = world.developer();
    let key = developer.create(with(task("Old"), json!({ "labels": ["a"] }))).await;
    let path = format!("/rest/api/3/issue/{key}");
    let update = json!({
        "fields": { "summary": "New", "customfield_10016": 3 },
        "update": {
            "labels": [{ "add": "b" }, { "remove": "a" }, { "add": "c" }],
            "customfield_10031": [{ "add": { "value": "Chrome" } }, { "add": { "value": "Firefox" } }, { "remove": { "value": "Chrome" } }],
            "timetracking": [{ "edit": { "originalEstimate": "2h" } }],
            "comment": [{ "add": { "body": { "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "Edited" }] }] } } }],
            "issuelinks": [{ "add": { "type": { "name": "Blocks" }, "outwardIssue": { "key": "DEMO-1" } } }],
            "priority": [{ "set": { "name": "Low" } }],
        },
    });
    assert_eq!(developer.put(&path, update).await.expect(204), Value::Null);
    let fields = developer.get(&path).await.expect(200)["fields"].clone();
    assert_eq!(fields["summary"], "New");
    assert_eq!(fields["labels"], json!(["b", "c"]));
    assert_eq!(fields["customfield_10031"][0]["value"], "Firefox");
    assert_eq!(fields["timetracking"]["remainingEstimateSeconds"], 7200);
    assert_eq!(fields["comment"]["total"], 1);
    assert_eq!(fields["priority"]["name"], "Low");
    assert_eq!(fields["issuelinks"][0]["outwardIssue"]["key"], "DEMO-1"); // J-112
    let other = developer.get("/rest/api/3/issue/DEMO-1?fields=issuelinks").await.expect(200);
    assert_eq!(other["fields"]["issuelinks"][0]["inwardIssue"]["key"], key);

    let changes = developer.get(&format!("{path}/changelog")).await.expect(200);
    assert_eq!(changes["total"], 1);
    assert_json_snapshot!(changes["values"][0]["items"]);

    // returnIssue (J-50)
    let issue = developer
        .put(&format!("{path}?returnIssue=true"), json!({ "fields": { "summary": "Newer" } }))
        .await
        .expect(200);
    assert_eq!(issue["fields"]["summary"], "Newer");
    // A change to the same leaves no trace (J-57).
    // Nor does a member that the document does not name.
    developer.put(&path, json!({ "fields": { "summary": "Newer" }, "notifyUsers": "true" })).await.expect(204);
    assert_eq!(developer.get(&format!("{path}/changelog")).await.expect(200)["total"], 2);
    // Unknown verbs, and all or nothing (J-51, J-52).
    let bad = json!({ "fields": { "summary": "Newest" }, "update": { "priority": [{ "add": { "name": "Low" } }] } });
    let reply = developer.put(&path, bad).await;
    reply.refused(
        400,
        &[],
        json!({ "priority": "Field with id 'priority' and name 'Priority' does not support operation 'add'" }),
    );
    assert_eq!(developer.get(&path).await.expect(200)["fields"]["summary"], "Newer");
}

#[tokio::test]
async fn who_may_not_edit_finds_no_field_on_the_screen() {
    let world = World::demo().await;
    let reply = world.viewer().put("/rest/api/3/issue/DEMO-1", json!({ "fields": { "summary": "x" } })).await;
    let sentence = "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.";
    reply.refused(400, &[], json!({ "summary": sentence })); // J-53
}

#[tokio::test]
async fn parents_are_set_and_cleared() {
    let world = World::demo().await;
    let developer = world.developer();
    let parent = async |key: &str| {
        developer.get(&format!("/rest/api/3/issue/{key}?fields=parent")).await.expect(200)["fields"]["parent"]["key"]
            .clone()
    };
    // A field of its own, the old Epic Link, and nothing (J-56).
    developer.put("/rest/api/3/issue/DEMO-6", json!({ "fields": { "parent": { "key": "DEMO-1" } } })).await.expect(204);
    assert_eq!(parent("DEMO-6").await, "DEMO-1");
    developer
        .put("/rest/api/3/issue/DEMO-6", json!({ "update": { "parent": [{ "set": { "none": true } }] } }))
        .await
        .expect(204);
    assert_eq!(parent("DEMO-6").await, Value::Null);
    developer.put("/rest/api/3/issue/DEMO-6", json!({ "fields": { "customfield_10014": "DEMO-1" } })).await.expect(204);
    assert_eq!(parent("DEMO-6").await, "DEMO-1");
    // An issue is not its own parent, and an epic is not below its child.
    for (child, parent) in [("DEMO-6", "DEMO-6"), ("DEMO-1", "DEMO-2")] {
        let reply = developer
            .put(&format!("/rest/api/3/issue/{child}"), json!({ "fields": { "parent": { "key": parent } } }))
            .await;
        reply.refused(
            400,
            &[],
            json!({ "parentId": "Given parent work item does not belong to appropriate hierarchy" }),
        );
    }
    let reply = developer.put("/rest/api/3/issue/DEMO-5", json!({ "fields": { "parent": null } })).await;
    reply.refused(400, &[], json!({ "parent": "Issue type is a sub-task but parent issue key or id not specified." }));
}

#[tokio::test]
async fn assigns() {
    let world = World::demo().await;
    let (admin, developer, viewer) = (world.admin(), world.developer(), world.viewer());
    let path = "/rest/api/3/issue/DEMO-7";
    let assignee = async || developer.get(path).await.expect(200)["fields"]["assignee"]["displayName"].clone();
    let dana =
        developer.get("/rest/api/3/issue/DEMO-2?fields=assignee").await.expect(200)["fields"]["assignee"]["accountId"]
            .clone();
    let unknown = json!({ "accountId": dana, "notDocumented": 1 });
    admin.put(&format!("{path}/assignee"), unknown).await.expect(400);
    admin.put(&format!("{path}/assignee"), json!({ "accountId": dana })).await.expect(204);
    assert_eq!(assignee().await, "Dana Developer");
    admin.put(&format!("{path}/assignee"), json!({ "accountId": null })).await.expect(204); // J-58
    assert_eq!(assignee().await, Value::Null);
    admin.put(&format!("{path}/assignee"), json!({ "accountId": "-1" })).await.expect(204);
    assert_eq!(assignee().await, Value::Null); // the project leaves issues unassigned
    admin.put(&format!("{path}/assignee"), json!({ "accountId": "nobody" })).await.refused(
        400,
        &[],
        json!({ "assignee": "User 'nobody' does not exist." }),
    );
    let vic = "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03";
    let reply = admin.put(&format!("{path}/assignee"), json!({ "accountId": vic })).await;
    reply.refused(400, &[], json!({ "assignee": format!("User '{vic}' cannot be assigned issues.") })); // J-16
    admin.put(&format!("{path}/assignee"), json!({})).await.expect(400);
    viewer.put(&format!("{path}/assignee"), json!({ "accountId": null })).await.expect(403);
}

#[tokio::test]
async fn deletes() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    developer.delete("/rest/api/3/issue/DEMO-8").await.expect(403);
    admin.delete("/rest/api/3/issue/DEMO-8").await.expect(204);
    admin.get("/rest/api/3/issue/DEMO-8").await.expect(404);
    admin.delete("/rest/api/3/issue/DEMO-8").await.expect(404);
    // J-59, two blanks
    let reply = admin.delete("/rest/api/3/issue/DEMO-4").await;
    let sentence = "The issue 'DEMO-4' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.";
    reply.refused(400, &[sentence], json!({}));
    admin.delete("/rest/api/3/issue/DEMO-4?deleteSubtasks=true").await.expect(204);
    admin.get("/rest/api/3/issue/DEMO-5").await.expect(404);
    // Children of an epic lose it (J-60), and numbers are not given again (J-26).
    admin.delete("/rest/api/3/issue/DEMO-1").await.expect(204);
    let child = admin.get("/rest/api/3/issue/DEMO-2?fields=parent").await.expect(200);
    assert!(child["fields"].get("parent").is_none());
    assert_eq!(admin.create(task("next")).await, "DEMO-9");
}

#[tokio::test]
async fn creates_in_bulk_what_can_be_created() {
    let world = World::demo().await;
    let developer = world.developer();
    let bulk =
        json!({ "issueUpdates": [{ "fields": task("one") }, { "fields": task("") }, { "fields": task("three") }] });
    let made = developer.post("/rest/api/3/issue/bulk", bulk).await.expect(201); // J-24
    assert_eq!(made["issues"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>(), ["DEMO-9", "DEMO-10"]);
    assert_eq!(made["errors"][0]["failedElementNumber"], 1);
    assert_eq!(made["errors"][0]["elementErrors"]["errors"]["summary"], "You must specify a summary of the issue.");
    let none =
        developer.post("/rest/api/3/issue/bulk", json!({ "issueUpdates": [{ "fields": {} }] })).await.expect(400);
    assert_eq!(none["issues"], json!([]));
    let many: Vec<Value> = (0..51).map(|_| json!({ "fields": task("x") })).collect();
    developer.post("/rest/api/3/issue/bulk", json!({ "issueUpdates": many })).await.expect(400);
}

#[tokio::test]
async fn fetches_in_bulk_by_ascending_id() {
    let world = World::demo().await;
    let wanted = json!({ "issueIdsOrKeys": ["DEMO-3", "10000", "NOPE-1"], "fields": ["summary"] });
    let found = world.developer().post("/rest/api/3/issue/bulkfetch", wanted).await.expect(200); // S-47
    assert_eq!(found["issues"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>(), ["DEMO-1", "DEMO-3"]);
    assert_eq!(found["issueErrors"][0]["id"], "NOPE-1");
    world.developer().post("/rest/api/3/issue/bulkfetch", json!({ "issueIdsOrKeys": [] })).await.expect(400);
}

#[tokio::test]
async fn edits_of_one_issue_come_one_after_the_other() {
    let world = World::demo().await;
    let key = world.developer().create(task("Counted")).await;
    let path = format!("/rest/api/3/issue/{key}");
    let edits = (0..16).map(|number| {
        let (client, path) = (world.developer(), path.clone());
        tokio::spawn(async move {
            let body = json!({ "update": { "labels": [{ "add": format!("l{number:02}") }] } });
            client.put(&path, body).await.status.as_u16()
        })
    });
    for edit in edits.collect::<Vec<_>>() {
        assert_eq!(edit.await.unwrap(), 204);
    }
    let labels = world.developer().get(&path).await.expect(200)["fields"]["labels"].clone();
    assert_eq!(labels.as_array().unwrap().len(), 16, "an edit was lost: {labels}");
    let created = (0..16).map(|_| {
        let client = world.developer();
        tokio::spawn(async move { client.create(task("Parallel")).await })
    });
    let mut keys = Vec::new();
    for key in created.collect::<Vec<_>>() {
        keys.push(key.await.unwrap());
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 16);
}
